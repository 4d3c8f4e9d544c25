"""Before publication: every finding answered, every check made, and a decision by the chair who did not write it."""

import pytest
from publication_world import (
    AUTHOR,
    BODY_IDS,
    FINDINGS,
    GOOD_PRACTICE,
    PUBLISH_AT,
    answer_finding,
    answers,
    check,
    checks,
    confirm,
    contact,
    decide,
    family_member,
    panel_answers,
    propose,
    publication,
    published,
    ready,
    replace,
    set_date,
)
from stage_world import DAY, HOUR, MANAGER, T0, actor, refused, request_id, sent

from domain.command import DeliverOtherwise, Found, LookUp
from domain.people import Role
from domain.publication_commands import PublicationOutcome
from domain.record import ClockStatus

# The board's answers


def test_every_finding_is_asked_for_until_it_has_an_answer() -> None:
    world = publication()
    assert {f"{finding}/answer-finding" for finding in (*FINDINGS, GOOD_PRACTICE)} <= world.asked
    world.give(answer_finding(FINDINGS[0], "rejected"))
    assert world.state.unanswered_findings == (FINDINGS[1], GOOD_PRACTICE)
    assert f"{FINDINGS[0]}/answer-finding" not in world.asked


def test_the_clock_of_the_answers_stops_with_the_last_of_them() -> None:
    world = publication()
    *most, last = answers()
    world.all(most)
    assert world.stage.clocks.get("board-response").status is ClockStatus.OPEN  # type: ignore[union-attr]
    world.sleep(DAY).give(last)
    entry = world.stage.clocks.get("board-response")
    assert entry is not None
    assert (entry.status, entry.satisfied_at) == (ClockStatus.MET, T0 + DAY)


def test_an_answer_can_be_given_anew_and_the_clock_stays_met() -> None:
    world = publication().all(answers())
    world.sleep(DAY).give(answer_finding(FINDINGS[0], "partly"))
    assert world.stage.clocks.get("board-response").satisfied_at == T0  # type: ignore[union-attr]
    assert [a.answer for a in world.state.response.answers if a.finding == FINDINGS[0]] == ["partly"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (answer_finding("finding-9"), "finding-known"),
        (answer_finding(FINDINGS[0], "noted"), "answer-fits"),
        (answer_finding(GOOD_PRACTICE, "accepted"), "answer-fits"),
        (answer_finding(FINDINGS[0], "rejected", "  "), "reason-for-answer"),
    ],
)
def test_an_answer_fits_its_finding_and_gives_a_reason(given: object, code: str) -> None:
    assert publication().refusal(given).code == code  # type: ignore[arg-type]


def test_answers_are_not_changed_once_they_are_published() -> None:
    assert published().refusal(answer_finding()).code == "response-published"


# The checks


def test_a_failed_check_says_what_is_to_be_done_and_can_be_passed_later() -> None:
    world = publication()
    assert world.refusal(check("identification", "failed")).code == "failed-check-to-do"
    world.give(check("identification", "failed", to_do="leave out the school"))
    assert "identification" in [missing.value for missing in world.state.checks.missing]
    assert "failed" in world.task("identification/record-check").title
    world.give(check("identification"))
    assert "identification/record-check" not in world.asked


def test_a_check_that_was_passed_can_fail_later() -> None:
    world = ready()
    world.give(check("support-and-media-plan", "failed", to_do="name who speaks"))
    world.walk(PUBLISH_AT - world.at)
    assert world.refusal(confirm(PUBLISH_AT)).code == "every-check-passed"


def test_an_author_makes_no_check_neither_for_themselves_nor_for_others() -> None:
    world = publication()
    assert world.refusal(check("identification", checked_by=AUTHOR)).code == "author-does-not-check"
    by_author = actor(Role.BUSINESS_MANAGER, AUTHOR)
    assert world.refusal(check("identification", by=by_author)).code == "author-does-not-check"


def test_who_checked_is_known_to_the_directory() -> None:
    given = check("identification")
    assert given.looks_up() == LookUp(person="nb-legal-1")
    unknown = given.model_copy(update={"found": Found(missing=("person",))})
    assert publication().refusal(unknown).code == "person-known"


def test_there_are_no_other_checks() -> None:
    assert publication().refusal(check("spelling")).code == "check-known"


def test_a_new_version_of_the_report_makes_the_checks_of_its_text_void_and_no_others() -> None:
    world = publication().all(checks())
    assert not world.state.checks.missing
    world.give(replace())
    assert [str(kind) for kind in world.state.checks.missing] == ["legal-and-data-protection", "identification"]
    world.give(replace("D-9/1"))
    assert len(world.state.checks.missing) == 2
    world.all([check("legal-and-data-protection"), check("identification")])
    assert not world.state.checks.missing


def test_a_new_version_is_another_document_that_is_kept() -> None:
    world = publication()
    assert world.refusal(replace("D-9/1")).code == "new-version"
    assert world.refusal(replace("")).code == "new-version"
    assert replace().looks_up() == LookUp(documents=("D-9/2",))
    missing = replace().model_copy(update={"found": Found(missing=("documents",))})
    assert world.refusal(missing).code == "document-kept"
    assert published().refusal(replace()).code == "published-already"


def test_the_family_is_told_before_a_check_can_say_so() -> None:
    world = publication()
    world.give(family_member())
    assert world.refusal(check("family-told")).code == "family-told-first"
    world.give(contact("told-of-publication", T0))
    world.give(check("family-told"))


# The decision


def test_the_chair_decides_to_publish_and_the_clock_stops() -> None:
    world = publication()
    world.give(decide("in-part"))
    assert world.state.outcome is PublicationOutcome.IN_PART
    assert world.stage.clocks.get("publication-decision").status is ClockStatus.MET  # type: ignore[union-attr]
    assert "set-publication-date" in world.asked


def test_an_author_does_not_decide_on_publication() -> None:
    author = actor(Role.BOARD_CHAIR, AUTHOR, deputising=True)
    assert publication().refusal(decide(by=author)).code == "author-does-not-decide"
    assert publication().refusal(propose(by=author)).code == "author-does-not-decide"


def test_only_the_chair_decides() -> None:
    assert publication().refusal(decide(by=MANAGER)).code == "role"


def test_not_to_publish_is_put_to_the_national_panel_first() -> None:
    world = publication()
    assert world.refusal(decide("not")).code == "panel-first"
    world.give(propose())
    assert [(n.id, n.to, n.kind) for n in world.letters if n.template == "proposal-not-to-publish"] == [
        ("proposal/1/national-panel", Role.NATIONAL_PANEL, "notice")
    ]
    assert world.refusal(decide("not")).code == "panel-to-answer"
    assert world.refusal(propose()).code == "panel-to-answer"
    assert world.refusal(set_date()).code == "panel-to-answer"
    assert "record-national-panel-answer" in world.asked
    world.sleep(DAY).give(panel_answers(world.at, "disagrees"))
    world.give(decide("not"))
    assert world.state.standing == "not published"


def test_a_decision_to_publish_settles_a_proposal() -> None:
    world = publication().all([propose()])
    world.sleep(HOUR).give(panel_answers(world.at))
    world.sleep(HOUR).give(decide("whole"))
    assert world.refusal(decide("not")).code == "panel-first"
    assert world.refusal(decide("whole")).code == "decided-so"


def test_the_panels_answer_belongs_to_a_proposal_and_to_the_past() -> None:
    world = publication()
    assert world.refusal(panel_answers(T0)).code == "nothing-proposed"
    world.give(propose())
    assert world.refusal(panel_answers(T0 - HOUR)).code == "answer-after-proposal"
    assert world.refusal(panel_answers(T0 + HOUR)).code == "future"


def test_not_published_ends_when_the_three_bodies_have_the_notice() -> None:
    world = publication().all([*answers(), propose(), panel_answers(T0), decide("not")])
    notices = world.written("notice-of-no-publication")
    assert notices == [f"decision/1/{body}" for body in BODY_IDS]
    world.told(*(sent(notice, T0) for notice in notices[:2]))
    assert not world.stage.done()
    world.told(sent(notices[2], T0 + HOUR))
    assert world.stage.done()
    assert world.asked == set()
    entry = world.stage.clocks.get("no-publication-notice")
    assert entry is not None
    assert (entry.status, entry.satisfied_at) == (ClockStatus.MET, T0 + HOUR)


def test_a_report_that_is_not_published_ends_only_with_the_boards_answers() -> None:
    world = publication().all([propose(), panel_answers(T0), decide("not")])
    world.told(*(sent(notice, T0) for notice in world.written("notice-of-no-publication")))
    assert not world.stage.done()
    assert world.state.answered is None
    world.all(answers())
    assert world.stage.done()
    answered = world.state.answered
    assert answered is not None
    assert {finding.id: finding.answer for finding in answered.findings if finding.kind == "finding"} == dict.fromkeys(
        FINDINGS, "accepted"
    )


def test_a_notice_that_mail_could_not_deliver_counts_when_it_is_brought_otherwise() -> None:
    world = publication().all([*answers(), propose(), panel_answers(T0), decide("not")])
    first, *others = world.written("notice-of-no-publication")
    world.told(refused(first, T0), *(sent(notice, T0) for notice in others))
    assert not world.stage.done()
    world.give(
        DeliverOtherwise(
            request_id=request_id(), actor=MANAGER, item=first, told_at=T0, how="telephone", reference="call 7"
        )
    )
    assert world.stage.done()


def test_after_the_decision_not_to_publish_nothing_else_is_decided() -> None:
    world = publication().all([propose(), panel_answers(T0), decide("not")])
    assert world.refusal(decide("whole")).code == "decided-not-to-publish"
    assert world.refusal(set_date()).code == "decided-not-to-publish"
    assert world.refusal(confirm(T0)).code == "decided-to-publish"


def test_a_date_that_stands_is_called_off_before_the_chair_decides_against() -> None:
    world = publication().all([set_date()])
    assert world.refusal(propose()).code == "date-stands"
