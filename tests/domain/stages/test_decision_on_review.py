"""Deciding on a review: agencies, recommendation, decision, notices, learning; who waits for whom, on which clock."""

from datetime import timedelta

import pytest
from stage_world import (
    CHAIR,
    DAY,
    DEATH,
    HOUR,
    INJURY,
    MANAGER,
    SUB_GROUP,
    T0,
    UNKNOWN,
    World,
    actor,
    answer,
    change,
    decide,
    decided,
    deciding,
    known,
    learning,
    recommend,
    secure,
    sent,
    summary,
)

from domain.decision import ReviewDecisionState
from domain.decision_commands import Dissent, ReviewOutcome
from domain.people import Role
from domain.record import ClockEntry, ClockStatus

SCR, OTHER, NONE = ReviewOutcome.SERIOUS_CASE_REVIEW, ReviewOutcome.OTHER_REVIEW, ReviewOutcome.NONE
NATIONAL = {f"notice/decision-to-national-bodies/{body}" for body in ("inspectorate", "department", "national-panel")}
MEMBERS = {"notice/board-members/board-member"}
WHY_NOT = {"notice/no-review-to-national-panel/national-panel"}


def clock(world: World[ReviewDecisionState], clock_id: str) -> ClockEntry:
    entry = world.stage.clocks.get(clock_id)
    assert entry is not None, clock_id
    return entry


def notices(world: World[ReviewDecisionState]) -> set[str]:
    return {letter.id for letter in world.letters if letter.kind == "notice"}


def give_notices(world: World[ReviewDecisionState]) -> None:
    world.told(*(sent(letter, world.at) for letter in sorted(notices(world))))


# Agencies


def test_each_agency_is_asked_for_records_and_a_first_summary_on_clocks_of_its_own() -> None:
    world = deciding(agencies=("health", "police"))
    assert {"health/secure-records", "health/send-first-summary", "police/secure-records"} <= world.asked
    assert clock(world, "agency-records-secured/health").deadline.due_on.isoformat() == "2026-02-06"
    assert clock(world, "agency-first-summary/police").deadline.due_on.isoformat() == "2026-02-19"
    assert world.task("police/secure-records").agency == "police"
    assert world.kinds.count("agency-asked") == 2


def test_an_agency_is_chased_by_letters_to_itself() -> None:
    world = deciding(agencies=("health", "police"))
    world.walk(60 * DAY)
    to_agencies = [letter for letter in world.letters if letter.to.of_an_agency]
    assert {letter.agency for letter in to_agencies} == {"health", "police"}
    assert all(letter.agency is None for letter in world.letters if not letter.to.of_an_agency)


def test_letters_to_an_agency_s_lead_know_the_address_that_the_event_named() -> None:
    world = deciding().walk(60 * DAY)
    addresses = {(letter.to, letter.address) for letter in world.letters if letter.address}
    assert addresses == {(Role.AGENCY_LEAD, "lead@health.example")}


def test_a_nil_return_is_a_valid_answer() -> None:
    world = deciding()
    world.give(summary(nil_return=True))
    assert world.state.agencies[0].nil_return
    assert clock(world, "agency-first-summary/health").status is ClockStatus.MET
    assert "health/send-first-summary" not in world.asked


def test_one_agency_s_answer_is_not_another_s() -> None:
    world = deciding(agencies=("health", "police"))
    world.give(secure("health"))
    world.give(summary("health"))
    assert {"police/secure-records", "police/send-first-summary"} <= world.asked
    assert clock(world, "agency-records-secured/police").status is ClockStatus.OPEN


def test_a_late_summary_is_seen_as_late() -> None:
    world = deciding().walk(30 * DAY)
    world.give(summary())
    assert clock(world, "agency-first-summary/health").status is ClockStatus.LATE


def test_an_absent_summary_is_recorded_with_the_decision_and_nobody_is_chased_any_more() -> None:
    world = deciding(agencies=("health", "police"))
    world.give(summary("health"))
    world.give(recommend())
    world.give(decide())
    assert [fact.item for fact in world.facts if fact.kind == "first-summary-absent"] == ["police"]
    assert clock(world, "agency-first-summary/police").status is ClockStatus.WITHDRAWN
    assert clock(world, "agency-first-summary/health").status is ClockStatus.MET
    before = len(world.climbed)
    world.walk(60 * DAY)
    assert not [c for c, _ in world.climbed[before:] if c.startswith("agency-")]


def test_a_summary_after_the_decision_is_still_taken_in() -> None:
    world = decided()
    world.sleep(60 * DAY)
    world.give(summary())
    assert clock(world, "agency-first-summary/health").status is ClockStatus.LATE


def test_an_agency_that_is_told_of_later_is_asked_once() -> None:
    world = deciding()
    more = known({}, ("health", "police"), T0 + DAY)
    world.sleep(DAY)
    change(world, more)
    change(world, more)
    assert [agency.id for agency in world.state.agencies] == ["health", "police"]
    assert world.state.agencies[0].asked_at == T0
    assert world.kinds.count("agency-asked") == 2


# Criteria


def test_the_case_is_put_to_the_criteria_at_the_beginning_limb_by_limb() -> None:
    put = next(fact for fact in deciding(DEATH).facts if fact.kind == "put-to-the-criteria")
    assert put.detail["verdict"] == "always"
    assert put.detail["met"] == ["death", "life_threatening_injury"]
    assert isinstance(put.detail["limbs"], dict)
    assert len(put.detail["limbs"]) == 7


def test_what_nobody_knows_yet_is_asked_for_while_it_matters() -> None:
    world = deciding(UNKNOWN)
    assert "abuse_or_neglect" in world.task("answer-criterion").title
    assert "child_died" not in world.task("answer-criterion").title
    for fact in (f for f in INJURY if f != "child_died"):
        world.give(answer(fact, "no"))
    assert "answer-criterion" not in world.asked
    assert world.state.verdict.verdict == "not_met"


def test_every_answer_is_kept_with_who_gave_it_when_and_what_it_rests_on() -> None:
    world = deciding(UNKNOWN).sleep(HOUR)
    world.give(answer("abuse_or_neglect", "yes", by=MANAGER))
    fact = world.facts[-2]
    assert (fact.kind, fact.at, fact.by) == ("criterion-answered", T0 + HOUR, MANAGER)
    assert fact.detail == {"fact": "abuse_or_neglect", "holds": "yes", "reason": "the inquest"}
    kept = next(a for a in world.state.answers if a.fact == "abuse_or_neglect")
    assert (kept.by, kept.at, kept.holds) == ("business manager", T0 + HOUR, True)


def test_an_answer_may_be_withdrawn_to_not_known() -> None:
    world = deciding()
    world.give(answer("abuse_or_neglect", "not-known"))
    assert world.state.verdict.verdict == "undetermined"


# Recommending and deciding


def test_the_chair_is_asked_after_the_sub_group_has_recommended() -> None:
    world = deciding()
    assert {"recommend"} == {t for t in world.asked if "/" not in t}
    assert clock(world, "review-decision").waiting_on is Role.SUB_GROUP
    world.give(recommend())
    assert {"decide"} == {t for t in world.asked if "/" not in t}
    assert clock(world, "review-decision").waiting_on is Role.BOARD_CHAIR
    assert [letter.id for letter in world.letters if letter.to is Role.BOARD_CHAIR] == ["task/decide/1"]


def test_facts_that_change_the_verdict_overtake_the_recommendation() -> None:
    world = deciding()
    world.give(recommend(NONE))
    change(world, known({"child_died": True}, ()))
    assert world.state.recommendation is None
    assert "recommend" in world.asked
    assert "decide" not in world.asked
    assert world.kinds[-3:] == ["criterion-answered", "put-to-the-criteria", "recommendation-overtaken"]
    refusal = world.refuses(decide(NONE))
    assert refusal is not None
    assert refusal.code == "recommended"


def test_an_answer_that_changes_the_verdict_overtakes_the_recommendation_too() -> None:
    world = deciding(UNKNOWN)
    world.give(recommend())
    world.give(answer("abuse_or_neglect", "yes"))
    assert world.state.recommendation is None


def test_facts_that_change_no_limb_leave_the_recommendation() -> None:
    world = deciding()
    world.give(recommend())
    change(world, known({"abuse_or_neglect": True, "died_in_custody": True}, ()))
    assert world.state.recommendation is not None
    assert "recommendation-overtaken" not in world.kinds


def test_each_recommendation_s_letters_have_ids_of_their_own() -> None:
    world = deciding()
    world.give(recommend(NONE))
    change(world, known({"child_died": True}, ()))
    world.give(recommend())
    world.give(answer("abuse_or_neglect", "no"))
    world.give(recommend(NONE))
    ids = [letter.id for letter in world.letters]
    assert len(ids) == len(set(ids))


def test_who_replaces_a_recommendation_is_the_recommender_from_then_on() -> None:
    world = deciding()
    world.give(recommend(by=actor(Role.SUB_GROUP, "nb-second")))
    world.give(recommend())
    refusal = world.refuses(decide(by=actor(Role.BOARD_CHAIR, SUB_GROUP.person, deputising=True)))
    assert refusal is not None
    assert refusal.code == "recommender-is-not-decider"


@pytest.mark.parametrize("outcome", list(ReviewOutcome))
def test_the_decision_stands_in_the_record_with_rationale_and_dissent(outcome: ReviewOutcome) -> None:
    world = deciding()
    world.give(recommend(outcome))
    world.sleep(HOUR)
    dissent = Dissent(who="police member", view="a review is needed")
    world.give(decide(outcome, dissent=(dissent,)))
    fact = next(fact for fact in world.facts if fact.kind == "review-decided")
    assert (fact.by, fact.at, fact.detail["outcome"]) == (CHAIR, T0 + HOUR, outcome.value)
    assert fact.detail["rationale"] == "as weighed"
    assert fact.detail["dissent"] == [dissent.model_dump()]


def test_the_chair_may_decide_otherwise_than_recommended() -> None:
    world = deciding()
    world.give(recommend(NONE))
    world.give(decide(SCR))
    assert world.state.decision is not None
    assert world.state.decision.outcome is SCR


def test_decided_within_the_month_is_met_and_from_the_midnight_after_it_late() -> None:
    due = clock(deciding(), "review-decision").deadline.due_at
    assert due.isoformat() == "2026-03-06T00:00:00+00:00"
    for at, status in ((due - timedelta(microseconds=1), ClockStatus.MET), (due, ClockStatus.LATE)):
        world = deciding()
        world.give(recommend())
        world.at = at
        world.give(decide())
        assert clock(world, "review-decision").status is status


def test_years_without_a_decision_decide_nothing() -> None:
    world = deciding().walk(5 * 365 * DAY)
    assert world.state.decision is None
    assert {"recommend", "health/secure-records", "health/send-first-summary"} <= world.asked
    assert not world.stage.done()


# Telling


@pytest.mark.parametrize(
    ("outcome", "owed"),
    [(SCR, NATIONAL | MEMBERS), (OTHER, NATIONAL | MEMBERS | WHY_NOT), (NONE, NATIONAL | MEMBERS | WHY_NOT)],
)
def test_each_outcome_owes_exactly_the_notices_of_the_regime(outcome: ReviewOutcome, owed: set[str]) -> None:
    world = decided(outcome)
    assert notices(world) == owed
    assert len([letter for letter in world.letters if letter.kind == "notice"]) == len(owed)


def test_nothing_is_told_before_the_decision() -> None:
    world = deciding()
    world.give(recommend())
    world.told(*(sent(letter, T0) for letter in sorted(NATIONAL)))
    assert notices(world) == set()
    assert "notice-given" not in world.kinds
    world.give(decide())
    assert not world.stage.done()


def test_a_notice_is_recorded_once_with_when_reference_and_proof() -> None:
    world = decided()
    letter = sorted(NATIONAL)[0]
    outcome = sent(letter, T0 + HOUR, "250 queued as 4711")
    world.told(outcome)
    world.told(outcome)
    (fact,) = (fact for fact in world.facts if fact.kind == "notice-given")
    assert fact.detail["letter"] == letter
    assert fact.detail["proof"] == "250 queued as 4711"
    assert fact.detail["message_id"] == outcome.message_id


def test_a_notice_that_was_sent_and_then_brought_by_hand_too_keeps_its_first_time_and_proof() -> None:
    state = decided().state
    letter = sorted(MEMBERS)[0]
    once, _ = state.told_of(sent(letter, T0))
    again, transition = once.told_of(sent(letter, T0 + HOUR, "by hand"))
    assert again == once
    assert transition.facts == ()


def test_a_clock_for_several_bodies_is_met_only_when_the_last_one_is_told() -> None:
    world = decided()
    first, second, last = sorted(NATIONAL)
    world.told(sent(first, T0), sent(second, T0))
    assert clock(world, "decision-notices").status is ClockStatus.OPEN
    world.told(sent(last, T0 + HOUR))
    assert clock(world, "decision-notices").status is ClockStatus.MET
    assert clock(world, "decision-notices").satisfied_at == T0 + HOUR


def test_a_serious_case_review_is_done_when_all_are_told() -> None:
    world = decided()
    assert not world.stage.done()
    give_notices(world)
    assert world.stage.done()


@pytest.mark.parametrize("outcome", [OTHER, NONE])
def test_without_a_serious_case_review_learning_closes(outcome: ReviewOutcome) -> None:
    world = decided(outcome)
    give_notices(world)
    assert not world.stage.done()
    assert world.asked == {"record-learning"}
    assert clock(world, "closing-learning").deadline.due_on.isoformat() == "2026-03-05"
    world.give(learning())
    assert world.stage.done()
    assert clock(world, "closing-learning").status is ClockStatus.MET


def test_learning_before_the_last_notice_does_not_close_without_it() -> None:
    world = decided(NONE)
    world.give(learning())
    assert not world.stage.done()
    give_notices(world)
    assert world.stage.done()


def test_the_learning_s_clock_counts_from_the_decision_at_the_earliest() -> None:
    world = decided(NONE)
    world.told(*(sent(letter, T0 - 300 * DAY) for letter in sorted(notices(world))))
    assert clock(world, "closing-learning").deadline.started_at == T0


def test_facts_after_the_decision_are_put_to_the_criteria_and_leave_the_decision_as_it_was_made() -> None:
    world = decided(NONE)
    before = world.state.decision
    change(world, known({"child_died": True}, ()))
    assert world.state.decision == before
    assert world.kinds[-1] == "put-to-the-criteria"


def test_every_letter_of_a_decision_has_an_id_of_its_own() -> None:
    world = decided(NONE).walk(100 * DAY)
    ids = [letter.id for letter in world.letters]
    assert len(ids) == len(set(ids))
