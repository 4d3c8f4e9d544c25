"""England now: notification, rapid review, three partners' agreement, the national panel, the decision, its notices."""

from datetime import timedelta

import pytest
from rapid_world import (
    AWARE,
    CHAIR_OF_PARTNERS,
    HARMED,
    LOCAL,
    NO_LOCAL,
    NOT_ABUSED,
    NOT_KNOWN,
    NOW,
    OTHER_LOCAL,
    PARTNERS,
    after,
    agree,
    agreed,
    decide_local,
    decided_local,
    kid,
    no_review,
    notices_handed_over,
    notified,
    notify,
    panel,
    partner,
    rapid,
    record,
    recorded,
    settle,
    submit,
    submitted,
    tell_partners,
    withdraw,
)
from stage_world import DAY, HOUR, MANAGER, SUB_GROUP, T0, World, actor, answer, known, learning, secure, summary

from domain.decision_commands import ReviewOutcome
from domain.people import Role
from domain.rapid_review import RapidReviewState
from domain.record import ClockEntry, ClockStatus

SILENCE = 200 * DAY


def clock(world: World[RapidReviewState], clock_id: str) -> ClockEntry:
    entry = world.stage.clocks.get(clock_id)
    assert entry is not None, clock_id
    return entry


def status(world: World[RapidReviewState], clock_id: str) -> ClockStatus:
    return clock(world, clock_id).status


def to_partners(world: World[RapidReviewState], template: str) -> list[str | None]:
    return [letter.agency for letter in world.letters if letter.template == template]


# Notification


def test_the_authority_is_asked_to_notify_and_to_tell_the_partners_within_five_working_days_of_becoming_aware() -> None:
    world = rapid(agencies=())
    assert {"notify-panel", "tell-partners"} <= world.asked
    assert world.task("notify-panel").role is Role.HEAD_OF_SERVICE
    for each in ("incident-notification", "partners-told"):
        assert clock(world, each).deadline.started_at == AWARE
        assert clock(world, each).deadline.due_on.isoformat() == "2026-02-11"
    assert [(letter.to, letter.task) for letter in world.letters] == [
        (Role.HEAD_OF_SERVICE, "northbridge/NB-2026-101/rapid-review/1/notify-panel")
    ]


def test_silence_of_the_authority_climbs_to_the_director_and_to_the_chair() -> None:
    world = rapid(agencies=()).walk(10 * DAY)
    told = {letter.to for letter in world.letters if "incident-notification" in letter.id}
    assert told == {Role.HEAD_OF_SERVICE, Role.DIRECTOR, Role.BOARD_CHAIR}


def test_the_notification_meets_its_clock_by_when_it_was_sent_not_by_when_it_is_recorded() -> None:
    world = rapid().walk(20 * DAY)
    world.give(notify(at=T0 + DAY))
    assert status(world, "incident-notification") is ClockStatus.MET
    late = rapid().walk(20 * DAY)
    late.give(notify(at=T0 + 19 * DAY))
    assert status(late, "incident-notification") is ClockStatus.LATE


def test_one_notification_has_up_to_four_children_and_tells_of_further_ones_in_words() -> None:
    six = [kid(f"C{n}") for n in range(1, 7)]
    world = rapid(children=six)
    world.give(notify("C1", "C2", "C3", "C4", others="two further siblings, unharmed"))
    assert world.state.notification.notified is not None
    assert len(world.state.notification.notified.children) == 4


def test_while_it_is_not_known_whether_the_criteria_are_met_the_notification_is_owed() -> None:
    world = rapid(NOT_KNOWN)
    assert {"notify-panel", "answer-criterion"} <= world.asked
    assert "abuse_or_neglect" in world.task("answer-criterion").title
    world.give(answer("abuse_or_neglect", "no"))
    assert "notify-panel" not in world.asked
    assert status(world, "incident-notification") is ClockStatus.WITHDRAWN


def test_without_abuse_nothing_is_notified_and_the_authority_says_so() -> None:
    world = rapid(NOT_ABUSED)
    assert "decide-no-rapid-review" in world.asked
    assert not world.stage.done()
    world.give(no_review())
    assert world.stage.done()
    assert (world.state.outcome, world.state.decided_at) == (ReviewOutcome.NONE, world.at)
    assert not world.stage.tasks()
    assert not [letter for letter in world.letters if letter.kind == "notice"]


def test_the_death_of_a_looked_after_child_is_notified_though_no_abuse_is_suspected_and_no_rapid_review_is_owed() -> (
    None
):
    world = rapid(NOT_ABUSED | {"child_died": True}, [kid(died=True, looked_after=True)])
    assert "notify-panel" in world.asked
    assert "decide-no-rapid-review" not in world.asked
    world.give(notify())
    assert world.stage.clocks.get("rapid-review") is None
    assert "record-rapid-review" not in world.asked
    world.give(no_review())
    assert world.stage.done()


def test_the_death_of_a_looked_after_child_by_abuse_has_a_rapid_review_too() -> None:
    world = after(rapid(HARMED | {"child_died": True}, [kid(died=True, looked_after=True)]), notify())
    assert "record-rapid-review" in world.asked
    assert status(world, "rapid-review") is ClockStatus.OPEN


def test_a_withdrawn_notification_ends_the_stage_without_a_review_and_the_members_are_told() -> None:
    world = after(notified(), answer("abuse_or_neglect", "no"), withdraw())
    assert world.stage.done()
    assert world.state.outcome is ReviewOutcome.NONE
    assert not world.stage.tasks()
    assert status(world, "rapid-review") is ClockStatus.WITHDRAWN
    assert [letter.to for letter in world.letters if letter.template == "notification-withdrawn"] == [Role.BOARD_MEMBER]
    assert "withdrawn" in world.stage.headline


# The rapid review's working days


def test_the_fifteen_working_days_count_from_the_notification() -> None:
    world = rapid()
    assert world.stage.clocks.get("rapid-review") is None
    world.sleep(2 * DAY)
    world.give(notify(at=T0 + HOUR))
    assert clock(world, "rapid-review").deadline.started_at == T0 + HOUR
    assert clock(world, "rapid-review").deadline.due_on.isoformat() == "2026-02-26"


def test_under_the_older_edition_they_count_from_becoming_aware() -> None:
    world = rapid(starts_from="awareness")
    assert clock(world, "rapid-review").deadline.started_at == AWARE
    assert clock(world, "rapid-review").waiting_on is Role.HEAD_OF_SERVICE
    world.give(notify())
    assert clock(world, "rapid-review").computation == 1


def test_sending_it_to_the_panel_meets_the_clock_and_recording_it_does_not() -> None:
    world = agreed()
    assert status(world, "rapid-review") is ClockStatus.OPEN
    world.give(submit())
    assert status(world, "rapid-review") is ClockStatus.MET


def test_agencies_are_asked_as_under_the_other_regimes() -> None:
    world = rapid(agencies=("health", "police"))
    assert {"health/secure-records", "police/send-first-summary"} <= world.asked
    after(world, secure("health"), summary("health"))
    assert status(world, "agency-first-summary/health") is ClockStatus.MET
    assert "health/secure-records" not in world.asked


# Three partners


def test_each_partner_is_asked_by_a_letter_and_a_clock_of_its_own() -> None:
    world = recorded()
    assert {f"{agency}/answer-rapid-review" for agency in PARTNERS} <= world.asked
    assert to_partners(world, "rapid-review-to-agree") == list(PARTNERS)
    assert all(status(world, f"partner-agreement/{agency}") is ClockStatus.OPEN for agency in PARTNERS)
    assert "submit-rapid-review" not in world.asked


def test_silence_is_never_consent_however_long_it_lasts() -> None:
    world = after(recorded(), agree("authority"), agree("health"))
    world.walk(SILENCE)
    refusal = world.refuses(submit(world.at))
    assert refusal is not None
    assert refusal.code == "partners-agree"
    assert "police" in refusal.text
    assert "health" not in refusal.text
    assert "submit-rapid-review" not in world.asked


def test_a_silent_partner_is_chased_and_the_others_are_left_alone() -> None:
    world = after(recorded(), agree("authority"), agree("health"))
    world.walk(20 * DAY)
    chased = [letter for letter in world.letters if letter.id.startswith("climb/partner-agreement")]
    assert {letter.agency for letter in chased if letter.to is Role.SAFEGUARDING_PARTNER} == {"police"}
    assert {letter.to for letter in chased} >= {Role.SAFEGUARDING_PARTNER, Role.BUSINESS_MANAGER, Role.BOARD_CHAIR}


def test_with_three_agreements_it_can_be_sent() -> None:
    assert "submit-rapid-review" in agreed().asked
    commented = after(recorded(), agree("authority"), agree("health", "agree-with-comment"), agree("police"))
    assert commented.refuses(submit()) is None


def test_a_new_version_asks_all_three_again_and_earlier_agreement_does_not_count() -> None:
    world = agreed()
    world.give(record(by=SUB_GROUP))
    assert {f"{agency}/answer-rapid-review" for agency in PARTNERS} <= world.asked
    refusal = world.refuses(submit())
    assert refusal is not None
    assert all(agency in refusal.text for agency in PARTNERS)
    assert status(world, "partner-agreement/police") is ClockStatus.MET
    assert status(world, "partner-agreement/police/2") is ClockStatus.OPEN
    assert clock(world, "partner-agreement/police/2").agency == "police"


def test_a_disagreement_goes_to_the_chair_once_everybody_has_answered() -> None:
    world = after(recorded(), agree("authority", "disagree"), agree("health"))
    assert "settle-disagreement" not in world.asked
    world.give(agree("police"))
    assert "settle-disagreement" in world.asked
    assert status(world, "disagreement") is ClockStatus.OPEN
    assert clock(world, "rapid-review").waiting_on is Role.BOARD_CHAIR
    world.give(settle("stands"))
    assert status(world, "disagreement") is ClockStatus.MET
    assert "submit-rapid-review" in world.asked
    assert to_partners(world, "disagreement-settled") == list(PARTNERS)


def test_settled_as_to_be_recorded_anew_it_is_not_sent() -> None:
    world = after(recorded(), agree("authority", "disagree"), agree("health"), agree("police"), settle("anew"))
    refusal = world.refuses(submit())
    assert refusal is not None
    assert "recorded anew" in refusal.text
    after(world, record(), *(agree(agency) for agency in PARTNERS))
    assert world.refuses(submit()) is None


def test_a_partner_may_change_its_mind_until_it_is_settled() -> None:
    world = after(recorded(), agree("authority", "disagree"), agree("health"), agree("police"))
    world.give(agree("authority"))
    assert "settle-disagreement" not in world.asked
    assert world.refuses(submit()) is None


def test_a_deputy_answers_for_the_partner_and_is_counted_for_its_agency() -> None:
    world = after(recorded(), agree("authority"), agree("health"))
    deputy = actor(Role.SAFEGUARDING_PARTNER, "deputy-police", "police", deputising=True)
    world.give(agree("police", by=deputy))
    assert world.refuses(submit()) is None


# The panel, and the decision


def test_the_panel_s_reply_is_an_expectation_that_reminds_the_business_manager_only() -> None:
    world = submitted()
    assert world.task("record-panel-answer").role is Role.BUSINESS_MANAGER
    assert clock(world, "panel-reply").waiting_on is Role.NATIONAL_PANEL
    world.walk(100 * DAY)
    told = {letter.to for letter in world.letters if letter.id.startswith("climb/panel-reply")}
    assert told == {Role.BUSINESS_MANAGER}


def test_the_decision_does_not_wait_for_the_panel_s_reply_but_the_stage_does() -> None:
    world = notices_handed_over(decided_local())
    assert not world.stage.done()
    assert "national panel" in world.stage.headline
    world.give(panel("agrees"))
    assert world.stage.done()


def test_a_panel_that_says_nothing_though_asked_holds_nothing_up() -> None:
    world = after(notices_handed_over(decided_local()), panel("no-answer"))
    assert world.stage.done()
    assert status(world, "panel-reply") is ClockStatus.WITHDRAWN


def test_a_panel_that_asks_can_be_answered_by_a_new_version_that_all_three_agree_to() -> None:
    world = after(submitted(), panel("asks"))
    assert "record-panel-answer" in world.asked
    after(world, record(), *(agree(agency) for agency in PARTNERS), submit())
    assert status(world, "panel-reply") is ClockStatus.MET
    assert status(world, "panel-reply/2") is ClockStatus.OPEN
    assert clock(world, "review-decision").status is ClockStatus.OPEN


def test_deciding_as_recommended_although_the_panel_challenged_needs_an_answer_to_it() -> None:
    world = after(submitted(NO_LOCAL), panel("challenges"))
    refusal = world.refuses(decide_local(NO_LOCAL))
    assert refusal is not None
    assert refusal.code == "panel-is-answered"
    assert world.refuses(decide_local(LOCAL)) is None
    assert world.refuses(decide_local(NO_LOCAL, answer_to_panel="why all the same")) is None


@pytest.mark.parametrize(
    ("decided", "means"),
    [
        (LOCAL, ReviewOutcome.SERIOUS_CASE_REVIEW),
        (OTHER_LOCAL, ReviewOutcome.OTHER_REVIEW),
        (NO_LOCAL, ReviewOutcome.NONE),
    ],
)
def test_the_decision_is_told_to_the_case_in_its_own_words(decided: object, means: ReviewOutcome) -> None:
    world = decided_local(decided)  # type: ignore[arg-type]
    assert (world.state.outcome, world.state.decided_at) == (means, world.at)


def test_every_notice_that_the_regime_lists_goes_out_and_is_waited_for() -> None:
    world = decided_local()
    owed = {letter.id for letter in world.letters if letter.kind == "notice"}
    assert owed == {f"notice/{notice.id}/{role.value}" for notice in NOW.notice for role in notice.to}
    assert status(world, "decision-notices") is ClockStatus.OPEN
    notices_handed_over(world)
    assert status(world, "decision-notices") is ClockStatus.MET
    assert world.kinds.count("notice-given") == len(owed)


def test_without_a_local_review_its_learning_is_recorded() -> None:
    world = after(decided_local(NO_LOCAL), panel())
    assert world.task("record-learning").clock is None
    notices_handed_over(world)
    assert not world.stage.done()
    assert world.task("record-learning").clock == "closing-learning"
    world.give(learning())
    assert world.stage.done()
    assert status(world, "closing-learning") is ClockStatus.MET


def test_an_absent_summary_is_recorded_with_the_decision() -> None:
    assert "first-summary-absent" in decided_local().kinds


def test_the_words_that_people_read_are_those_of_the_regime() -> None:
    world = decided_local()
    world.stage = world.stage.model_copy(update={"vocabulary": NOW.vocabulary})
    assert "local child safeguarding practice review" in world.stage.headline
    assert "serious case review" not in world.stage.headline


# What comes in meanwhile


def died(world: World[RapidReviewState]) -> None:
    message = known({"child_died": True}, (), world.at).model_copy(update={"children": (kid(died=True),)})
    world.then(*world.state.changed(message, world.at))


def test_a_death_has_the_rapid_review_recorded_anew_and_all_partners_asked_again() -> None:
    world = agreed()
    died(world)
    assert "rapid-review-overtaken" in world.kinds
    assert "record-rapid-review" in world.asked
    refusal = world.refuses(submit())
    assert refusal is not None
    assert refusal.code == "recorded-first"
    after(world, record(), *(agree(agency) for agency in PARTNERS))
    assert world.refuses(submit()) is None


def test_a_death_after_the_decision_overtakes_it_and_its_notices_still_go_out() -> None:
    world = decided_local(NO_LOCAL)
    died(world)
    assert world.state.overtaken
    assert not world.stage.tasks()
    assert not world.stage.done()
    notices_handed_over(world)
    assert world.stage.done()


def test_facts_that_change_nothing_leave_the_rapid_review_as_it_is() -> None:
    world = agreed()
    message = known({"parent_murdered": True}, ("health", "police"), world.at)
    world.then(*world.state.changed(message, world.at))
    assert world.refuses(submit()) is None
    assert [agency.id for agency in world.state.gathering.agencies] == ["health", "police"]
    assert [child.key for child in world.state.children] == ["C1"]


def test_new_facts_after_a_withdrawal_overtake_it() -> None:
    world = after(notified(), answer("abuse_or_neglect", "no"), withdraw())
    message = known({"abuse_or_neglect": True}, (), world.at)
    world.then(*world.state.changed(message, world.at))
    assert world.state.overtaken


def test_after_a_challenge_nothing_is_notified_twice_and_the_days_count_from_the_challenge() -> None:
    before = submitted().state.notification
    world = rapid(again=True, notification=before, at=T0 + 60 * DAY)
    assert not {"notify-panel", "tell-partners"} & world.asked
    assert "record-rapid-review" in world.asked
    assert clock(world, "rapid-review").deadline.started_at == T0 + 60 * DAY
    assert world.stage.clocks.get("incident-notification") is None
    after(world, record(), *(agree(agency) for agency in PARTNERS), submit(world.at), decide_local())
    assert world.state.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW


def test_after_a_withdrawal_that_was_overtaken_it_is_notified_again() -> None:
    before = after(notified(), answer("abuse_or_neglect", "no"), withdraw()).state.notification
    world = rapid(again=True, notification=before, at=T0 + 60 * DAY)
    assert "notify-panel" in world.asked
    assert clock(world, "incident-notification").deadline.started_at == T0 + 60 * DAY
    assert world.stage.clocks.get("rapid-review") is None, "it counts from the notification, as ever"


def test_the_state_is_the_same_after_it_was_carried_over() -> None:
    for world in (rapid(), recorded(), agreed(), submitted(), decided_local(NO_LOCAL)):
        world.carried()


def test_headlines_say_what_is_waited_for() -> None:
    assert "the authority's notification" in rapid().stage.headline
    assert "to be recorded" in notified().stage.headline
    assert "3 of 3 partners" in recorded().stage.headline
    assert "to be sent" in agreed().stage.headline
    assert "to be decided" in submitted().stage.headline
    assert "4 notices" in decided_local().stage.headline


def test_nobody_is_chased_for_ever_after_a_decision() -> None:
    world = after(notices_handed_over(decided_local()), panel())
    before = len(world.climbed)
    world.walk(timedelta(days=400))
    assert len(world.climbed) == before


def test_roles_of_those_who_act() -> None:
    """The authority alone notifies; the business manager sends; the chair decides."""
    world = notified()
    assert world.refuses(notify(by=MANAGER)) is not None
    assert agreed().refuses(submit(by=CHAIR_OF_PARTNERS)) is not None
    assert submitted().refuses(decide_local(by=MANAGER)) is not None
    assert recorded().refuses(agree("police", by=partner("health"))) is not None
    assert rapid().refuses(tell_partners(by=MANAGER)) is not None
