"""The day of publication and after: nothing public with a step missing, then available for twelve months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from publication_world import (
    ADDRESS,
    PUBLISH_AT,
    TOLD,
    abort,
    accepted,
    answers,
    checks,
    command,
    confirm,
    decide,
    decide_availability,
    effect,
    family_member,
    process,
    publication,
    published,
    ready,
    report_sent,
    reports_sent,
    set_date,
)
from stage_world import CHAIR, DAY, HOUR, T0
from stage_world import decide as decide_review

from domain.command import Found, LookUp
from domain.people import Role
from domain.publication import PublicationState
from domain.record import ClockStatus

LATER = PUBLISH_AT + 14 * DAY


# The day


def test_published_when_everything_is_done_and_the_day_has_come() -> None:
    world = ready()
    assert world.refusal(confirm(T0)).code == "day-has-come"
    world.walk(PUBLISH_AT - world.at + HOUR)
    assert world.refusal(confirm(PUBLISH_AT - timedelta(minutes=1))).code == "day-has-come"
    assert world.refusal(confirm(world.at + HOUR)).code == "future"
    world.give(confirm(PUBLISH_AT))
    assert world.state.published_at == PUBLISH_AT
    assert world.state.standing == "published"
    assert world.written("published") == [f"published/{told}" for told in TOLD]
    assert world.stage.clocks.get("publication-day").status is ClockStatus.MET  # type: ignore[union-attr]
    assert world.refusal(confirm(PUBLISH_AT)).code == "published-already"


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        (0, "every-finding-answered"),
        (3, "every-check-passed"),
        (8, "decided-to-publish"),
        (9, "date-set"),
        (10, "bodies-have-report"),
    ],
)
def test_nothing_is_published_with_one_step_missing(left_out: int, code: str) -> None:
    steps = [*answers(), *checks(), decide(), set_date(), *reports_sent(T0)]
    del steps[left_out]
    world = publication().all(steps)
    world.walk(PUBLISH_AT - world.at)
    assert world.refusal(confirm(PUBLISH_AT)).code == code


def test_a_member_of_the_family_who_is_not_told_comes_before_the_public() -> None:
    world = ready()
    world.give(family_member())
    world.walk(PUBLISH_AT - world.at)
    assert world.refusal(confirm(PUBLISH_AT)).code == "family-told-first"


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"response": ""}, "documents-named"),
        ({"statement": ""}, "documents-named"),
        ({"report": "D-8/1"}, "checked-version"),
        ({"statement": "D-10/1"}, "documents-apart"),
    ],
)
def test_the_checked_report_the_response_and_the_statement_are_named(named: dict[str, str], code: str) -> None:
    world = ready().walk(PUBLISH_AT - T0)
    assert world.refusal(confirm(PUBLISH_AT, **named)).code == code


def test_what_is_published_is_kept_with_the_case() -> None:
    given = confirm(PUBLISH_AT)
    assert given.looks_up() == LookUp(documents=("D-9/1", "D-10/1", "D-11/1"))
    world = ready().walk(PUBLISH_AT - T0)
    missing = given.model_copy(update={"found": Found(missing=("documents",))})
    assert world.refusal(missing).code == "document-kept"


def test_an_address_is_one_of_the_web() -> None:
    with pytest.raises(ValueError, match="address"):
        confirm(PUBLISH_AT, address="on our site")
    assert published().state.day.address == ADDRESS


def test_once_published_the_date_stands() -> None:
    world = published()
    for given in (set_date(LATER, "late"), abort(), decide("in-part"), report_sent("department", T0)):
        assert world.refusal(given).code == "published-already"


def test_a_new_process_after_publication_asks_for_no_other_date() -> None:
    world = published().all([process(), effect(until=(PUBLISH_AT + 300 * DAY).date())])
    assert "set-publication-date" not in world.asked


# Available for at least twelve months


def test_the_report_stays_available_for_twelve_months() -> None:
    world = published()
    assert world.due_on("availability") == date(2027, 4, 14)
    assert world.refusal(decide_availability()).code == "still-available"
    world.walk(datetime(2027, 4, 14, 20, tzinfo=UTC) - world.at)
    assert world.refusal(decide_availability()).code == "still-available"
    world.walk(12 * HOUR)
    told = [letter.to for letter in world.letters if letter.template == "availability-over"]
    assert told == [Role.BUSINESS_MANAGER, Role.BOARD_CHAIR]
    world.give(decide_availability())
    assert world.stage.clocks.get("availability").status is ClockStatus.MET  # type: ignore[union-attr]
    assert world.stage.done()


def test_to_keep_it_begins_another_period() -> None:
    world = published().walk(366 * DAY)
    world.give(decide_availability("keep", CHAIR))
    assert world.due_on("availability/2") == date(2028, 4, 15)
    assert not world.stage.done()
    assert world.task("decide-availability").clock == "availability/2"
    assert world.refusal(decide_availability("archive-on-request")).code == "still-available"
    world.walk(367 * DAY)
    world.give(decide_availability("archive-on-request"))
    assert world.stage.done()
    assert world.refusal(decide_availability()).code == "availability-decided"


# As a stage


def test_a_report_without_findings_needs_no_answers() -> None:
    world = publication(accepted(findings=()))
    assert world.stage.clocks.get("board-response") is None
    assert world.state.unanswered_findings == ()


def test_the_stage_is_the_same_after_it_went_through_json() -> None:
    for world in (publication(), ready(), published()):
        world.carried()


def test_the_headline_says_what_is_waited_for() -> None:
    world = publication()
    assert world.state.headline() == (
        "Publication: 3 findings to be answered, 5 checks to be passed, the chair's decision, a date to be set"
    )
    assert ready().state.headline() == "Publication: ready for its day"
    assert published().state.headline() == "Report published; available"


def test_a_command_of_another_stage_is_refused() -> None:
    assert publication().refusal(decide_review()).code == "unknown-command"


def test_letters_say_nothing_that_a_person_typed() -> None:
    world = published()
    world.walk(366 * DAY)
    typed = ("as resolved", "as weighed", "as checked", ADDRESS, "receipt 7")
    for letter in world.letters:
        assert not [word for word in typed if word in letter.model_dump_json()]


def test_no_command_is_in_two_parts() -> None:
    forms = PublicationState.commands()
    assert len({form.FORM for form in forms}) == len(forms)
    assert command("abort-publication", by=CHAIR, reason="x").FORM == "abort-publication"
