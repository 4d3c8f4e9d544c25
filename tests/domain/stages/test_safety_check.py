"""Children first: who is in the check, what is asked for each child, on which clock, and when the check is over."""

from datetime import timedelta

import pytest
from case_world import event, other, subject
from stage_world import (
    CHAIR,
    DAY,
    DUTY,
    HOUR,
    T0,
    World,
    acceptance,
    acknowledge,
    actor,
    allegation,
    child,
    conference,
    decide_child,
    discussion,
    identify,
    safety,
    tell_officer,
)

from domain.people import Role
from domain.record import ClockEntry, ClockStatus
from domain.safety import OTHERS, SafetyState, children_at_risk
from domain.safety_commands import ChildDecision

CALLED = ChildDecision.STRATEGY_DISCUSSION_CALLED
TAKEN = ChildDecision.PROTECTION_TAKEN
LONG = 5 * 365 * DAY


def clock(world: World[SafetyState], clock_id: str) -> ClockEntry:
    entry = world.stage.clocks.get(clock_id)
    assert entry is not None, clock_id
    return entry


def clocks(world: World[SafetyState]) -> dict[str, ClockStatus]:
    return {entry.id: entry.status for entry in world.stage.clocks.entries}


# Who is in the check


def test_living_children_of_the_incident_and_all_others_are_in_the_check_and_one_who_died_is_not() -> None:
    happened = event(
        children=[subject("C1", "died"), subject("C2"), subject("C3", "neither")],
        others=[other("S1"), other("S2", named=False)],
    )
    at_risk = children_at_risk(happened.data, T0)
    assert [(c.key, c.named) for c in at_risk] == [("C2", True), ("C3", True), ("S1", True), ("S2", False)]


@pytest.mark.parametrize("outcome", ["died", "seriously_harmed"])
def test_where_nobody_else_is_known_the_question_is_asked_whether_there_are_others(outcome: str) -> None:
    at_risk = children_at_risk(event(children=[subject("C1", outcome)]).data, T0)
    assert at_risk[-1].key == OTHERS
    assert not at_risk[-1].named


def test_the_question_whether_there_are_others_keeps_the_check_open_until_it_is_answered() -> None:
    world = safety(child(OTHERS, named=False))
    assert world.asked == {f"{OTHERS}/acknowledge-child", f"{OTHERS}/decide-for-child"}
    assert not world.stage.done()
    world.give(decide_child(OTHERS, reason="no other child lives there"))
    assert world.stage.done()


def test_an_unnamed_child_is_an_item_of_its_own_with_both_clocks() -> None:
    world = safety(child("S1"), child("S2", named=False))
    assert {"safety-acknowledgement/S2", "safety-decision/S2"} <= set(clocks(world))
    world.give(decide_child("S1"))
    assert world.state.undecided == ("S2",)
    assert not world.stage.done()


def test_a_child_named_later_is_the_same_item_and_keeps_its_decision() -> None:
    world = safety(child("S2", named=False))
    world.give(decide_child("S2"))
    identify(world, child("S2"))
    assert [(c.key, c.named) for c in world.state.children] == [("S2", True)]
    assert world.state.undecided == ()
    assert world.kinds.count("child-named") == 1


def test_a_child_identified_later_counts_from_when_the_board_was_told_of_it() -> None:
    world = safety()
    world.give(decide_child())
    assert world.stage.done()
    later = T0 + 40 * DAY
    world.at = later
    identify(world, child("S9", since=later))
    assert not world.stage.done()
    assert clock(world, "safety-acknowledgement/S9").deadline.due_at == later + HOUR
    assert clock(world, "safety-decision/S9").deadline.due_at == later + 4 * HOUR


def test_the_same_children_told_again_change_nothing() -> None:
    world = safety()
    recording = identify(world, child("S1", since=T0 + HOUR))
    assert (recording.facts, recording.clocks) == ((), ())
    assert world.state.children[0].since == T0


def test_a_child_who_died_leaves_the_check_with_its_tasks_and_clocks() -> None:
    world = safety(child("C1"), child("S1"))
    identify(world, died=("C1",))
    assert world.state.undecided == ("S1",)
    assert world.asked == {"S1/acknowledge-child", "S1/decide-for-child"}
    assert clocks(world)["safety-decision/C1"] is ClockStatus.WITHDRAWN
    world.walk(30 * DAY)
    assert not [clock_id for clock_id, _ in world.climbed[1:] if clock_id.endswith("/C1")]


def test_a_death_is_noted_once_and_only_for_children_of_the_check() -> None:
    world = safety(child("C1"), child("S1"))
    identify(world, died=("C1", "X9"))
    identify(world, died=("C1", "X9"))
    assert world.kinds.count("child-known-to-have-died") == 1


def test_a_child_who_is_told_of_together_with_its_death_is_asked_nothing() -> None:
    world = safety(child("C1"))
    identify(world, child("S1"), died=("S1",))
    assert world.state.undecided == ("C1",)
    assert not [task for task in world.asked if task.startswith("S1/")]


def test_naming_a_child_who_died_does_not_bring_it_back() -> None:
    world = safety(child("C1", named=False), child("S1"))
    identify(world, died=("C1",))
    identify(world, child("C1"))
    assert world.state.undecided == ("S1",)


# Deciding for a child


def test_a_decision_counts_as_acknowledgement() -> None:
    world = safety().sleep(30 * timedelta(minutes=1))
    world.give(decide_child())
    assert clocks(world) == {
        "safety-acknowledgement/S1": ClockStatus.MET,
        "safety-decision/S1": ClockStatus.MET,
    }
    assert world.state.children[0].acknowledged_by == DUTY


def test_an_earlier_acknowledgement_is_not_overwritten_by_the_decision() -> None:
    world = safety()
    world.give(acknowledge(by=actor(Role.DUTY_MANAGER)))
    world.sleep(HOUR)
    world.give(decide_child())
    at_risk = world.state.children[0]
    assert (at_risk.acknowledged_at, at_risk.decided_at) == (T0, T0 + HOUR)
    assert at_risk.acknowledged_by == actor(Role.DUTY_MANAGER)


@pytest.mark.parametrize("decision", list(ChildDecision))
def test_each_decision_is_recorded_with_who_when_and_what(decision: ChildDecision) -> None:
    world = safety()
    world.give(decide_child(decision=decision))
    fact = next(fact for fact in world.facts if fact.kind == "child-safety-decided")
    assert (fact.by, fact.at, fact.item, fact.detail["decision"]) == (DUTY, T0, "S1", decision.value)


def test_a_second_decision_keeps_the_time_of_the_first_and_both_stay_in_the_record() -> None:
    world = safety().sleep(HOUR)
    world.give(decide_child(decision=ChildDecision.CANNOT_BE_TRACED))
    world.sleep(30 * DAY)
    world.give(decide_child(decision=TAKEN))
    assert world.state.children[0].decided_at == T0 + HOUR
    assert world.state.children[0].decision is TAKEN
    assert clocks(world)["safety-decision/S1"] is ClockStatus.MET
    assert world.kinds.count("child-safety-decided") == 2


def test_acknowledged_in_time_until_just_before_the_hour_is_over() -> None:
    step = timedelta(microseconds=1)
    for wait, status in ((HOUR - step, ClockStatus.MET), (HOUR, ClockStatus.LATE)):
        world = safety().sleep(wait)
        world.give(acknowledge())
        assert clocks(world)["safety-acknowledgement/S1"] is status


def test_clock_hours_pass_at_night_and_on_bank_holidays() -> None:
    christmas = T0.replace(month=12, day=24, hour=23)
    world = safety(at=christmas)
    assert clock(world, "safety-decision/S1").deadline.due_at == christmas + 4 * HOUR


# Following up


def test_a_discussion_called_is_due_24_clock_hours_after_it_was_called() -> None:
    world = safety().sleep(2 * HOUR)
    world.give(decide_child(decision=CALLED))
    assert clock(world, "strategy-discussion/S1").deadline.due_at == T0 + 26 * HOUR
    assert world.asked == {"S1/record-strategy-discussion"}
    assert not world.stage.done()


def test_protection_may_be_taken_and_a_discussion_called_at_once() -> None:
    world = safety()
    world.give(decide_child(decision=TAKEN, strategy_discussion=True))
    assert "S1/record-strategy-discussion" in world.asked


def test_calling_a_discussion_again_while_one_is_awaited_does_not_win_time() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED))
    world.sleep(20 * HOUR)
    world.give(decide_child(decision=CALLED))
    assert clock(world, "strategy-discussion/S1").deadline.due_at == T0 + 24 * HOUR
    assert clock(world, "strategy-discussion/S1").computation == 1


def test_a_later_decision_does_not_do_away_with_a_discussion_that_was_called() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED))
    world.give(decide_child(decision=ChildDecision.NO_FURTHER_ACTION))
    assert "S1/record-strategy-discussion" in world.asked
    assert not world.stage.done()


def test_why_a_discussion_was_not_held_is_an_answer() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED))
    world.sleep(HOUR)
    world.give(discussion(not_held_because="the child has left the country"))
    assert clocks(world)["strategy-discussion/S1"] is ClockStatus.MET
    assert "child-protection-conference/S1" not in clocks(world)
    assert world.stage.done()


def test_a_conference_is_due_15_working_days_after_the_discussion_was_held_not_recorded() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED))
    world.sleep(30 * DAY)
    world.give(discussion(held_at=T0 + 20 * HOUR, conference=True))
    deadline = clock(world, "child-protection-conference/S1").deadline
    assert deadline.started_at == T0 + 20 * HOUR
    assert deadline.due_on.isoformat() == "2026-02-27"  # Friday 6 February is the day of the event
    assert clocks(world)["strategy-discussion/S1"] is ClockStatus.MET


def test_the_check_goes_on_until_the_conference_is_recorded() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED))
    world.give(discussion(held_at=T0, conference=True))
    assert world.asked == {"S1/record-conference"}
    world.give(conference(not_held_because="the family moved; the other authority holds it"))
    assert world.stage.done()


def test_another_authority_is_waited_for_until_it_accepts_in_writing() -> None:
    world = safety()
    world.give(decide_child(decision=TAKEN, other_authority="Southmere"))
    assert clock(world, "authority-acceptance/S1").deadline.due_at == T0 + 24 * HOUR
    world.walk(LONG)
    assert world.asked >= {"S1/record-acceptance"}
    world.give(acceptance(at=world.at))
    assert clocks(world)["authority-acceptance/S1"] is ClockStatus.LATE
    assert world.stage.done()


def test_an_allegation_is_due_at_the_designated_officer_one_working_day_after_it_became_known() -> None:
    friday = T0 + DAY
    world = safety(at=friday)
    world.give(allegation())
    assert clock(world, "designated-officer").deadline.due_on.isoformat() == "2026-02-09"
    world.give(decide_child())
    assert not world.stage.done()
    world.sleep(HOUR)
    world.give(tell_officer(at=world.at))
    assert clocks(world)["designated-officer"] is ClockStatus.MET
    assert world.stage.done()


def test_an_allegation_may_count_from_when_it_became_known_before_it_was_recorded() -> None:
    world = safety().sleep(10 * DAY)
    world.give(allegation(at=T0))
    assert clock(world, "designated-officer").deadline.started_at == T0
    assert ("designated-officer", "1") in world.climbed


# No timer closes anything


def test_years_without_an_answer_close_nothing() -> None:
    world = safety(child("S1"), child("S2", named=False))
    asked = set(world.asked)
    world.walk(LONG)
    assert world.asked >= asked
    assert world.state.undecided == ("S1", "S2")
    assert set(clocks(world).values()) == {ClockStatus.OPEN}
    assert not world.stage.done()


def test_years_without_an_answer_close_no_follow_up() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED, other_authority="Southmere"))
    world.give(discussion(held_at=T0, conference=True))
    world.give(allegation())
    asked = {"S1/record-conference", "S1/record-acceptance", "tell-designated-officer"}
    world.walk(LONG)
    assert world.asked >= asked
    assert not world.stage.done()


def test_the_chair_s_seeing_it_decides_nothing_for_the_child() -> None:
    world = safety().walk(30 * DAY)
    for task in world.stage.tasks():
        if task.form == "acknowledge-escalation":
            assert task.role is CHAIR.role
    assert world.state.undecided == ("S1",)


def test_the_headline_counts_what_is_waited_for() -> None:
    world = safety(child("S1"), child("S2"))
    world.give(acknowledge("S1"))
    world.give(decide_child("S2", decision=CALLED))
    world.give(allegation())
    assert world.state.headline() == (
        "Children's safety check, 2 children: 1 to be decided, 1 to be followed up, designated officer to be told"
    )
