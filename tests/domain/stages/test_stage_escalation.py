"""Escalation: climbed once, acknowledged by its reader; undelivered letters are brought in another way."""

import pytest
from stage_world import (
    CALENDAR,
    CHAIR,
    DAY,
    HOUR,
    MANAGER,
    REGIME,
    T0,
    World,
    acknowledge,
    actor,
    child,
    decide_child,
    decided,
    deciding,
    identify,
    refused,
    request_id,
    safety,
    sent,
)

from domain.command import AcknowledgeEscalation, DeliverOtherwise
from domain.decision import ReviewDecisionState
from domain.decision_commands import ReviewOutcome
from domain.people import Role
from domain.record import ClockStatus, Delivery, LetterOutcome
from domain.safety import SafetyState
from domain.stage_state import Transition

LADDER = [("safety-acknowledgement/S1", str(rung)) for rung in range(5)]
NOTICE = "notice/board-members/board-member"


def seen(item: str, by: Role = Role.BOARD_CHAIR, agency: str | None = None) -> AcknowledgeEscalation:
    return AcknowledgeEscalation(request_id=request_id(), actor=actor(by, agency=agency), item=item)


def brought(letter: str, world: World[SafetyState] | World[ReviewDecisionState]) -> DeliverOtherwise:
    return DeliverOtherwise(
        request_id=request_id(), actor=MANAGER, item=letter, told_at=world.at, how="telephone", reference="call 3"
    )


def test_the_ladder_of_a_safety_check_goes_duty_manager_head_of_service_director_chair() -> None:
    world = safety()
    world.walk(6 * HOUR)
    climbs = [c for r in world.recordings for c in r.climbs if c.clock == "safety-acknowledgement/S1"]
    assert [climb.letter.to for climb in climbs] == [
        Role.DUTY_SOCIAL_WORKER,
        Role.DUTY_MANAGER,
        Role.HEAD_OF_SERVICE,
        Role.DIRECTOR,
        Role.BOARD_CHAIR,
    ]
    assert [(climb.scheduled_at - T0) / HOUR for climb in climbs] == [0, 1, 2, 3, 5]
    assert all(climb.letter.urgent for climb in climbs)


def test_a_long_sleep_climbs_every_rung_in_one_transition_and_leaves_nothing_in_the_past() -> None:
    world = safety().sleep(60 * DAY)
    recording = world.advance()
    assert len(recording.climbs) == 4 + 5 + 2 * 3  # the first letter of the six-letter ladder went out at the start
    assert world.stage.clocks.next_instant() is None
    assert not world.stage.moved(world.at)


def test_the_same_rungs_are_climbed_awake_and_asleep() -> None:
    awake, asleep = safety(child("S1"), child("S2")), safety(child("S1"), child("S2"))
    awake.walk(60 * DAY)
    asleep.sleep(60 * DAY).advance()
    assert sorted(awake.climbed) == sorted(asleep.climbed)
    assert len(awake.climbed) == len(set(awake.climbed))


def test_advancing_again_at_the_same_instant_climbs_nothing_again() -> None:
    world = safety().walk(30 * HOUR)
    recording = world.advance()
    assert (recording.climbs, recording.facts, recording.clocks) == ((), (), ())


def test_each_climb_and_each_running_out_leaves_one_fact() -> None:
    world = safety().walk(60 * DAY)
    assert world.kinds.count("rung-climbed") == len(world.climbed)
    ran_out = [fact.detail["clock"] for fact in world.facts if fact.kind == "clock-ran-out"]
    assert ran_out == ["safety-acknowledgement/S1", "safety-decision/S1"]


def test_an_answer_stops_the_ladder() -> None:
    world = safety().walk(90 * HOUR / 60)
    world.give(acknowledge())
    world.give(decide_child())
    world.walk(60 * DAY)
    assert world.climbed == LADDER[:2]


def test_an_answer_after_an_outage_sends_no_escalation_any_more() -> None:
    world = safety().sleep(3 * DAY)
    world.give(decide_child())
    assert world.climbed == LADDER[:1]
    assert {entry.status for entry in world.stage.clocks.entries} == {ClockStatus.LATE}


def test_the_chair_is_asked_to_acknowledge_and_then_no_more() -> None:
    world = safety().walk(6 * HOUR)
    task = world.task("safety-acknowledgement/S1/4/acknowledge-escalation")
    assert task.role is Role.BOARD_CHAIR
    letter = next(letter for letter in world.letters if letter.id.endswith("/4"))
    assert letter.acknowledge == f"{world.stage.path}/{task.id}"
    world.give(seen("safety-acknowledgement/S1/4"))
    assert task.id not in world.asked
    assert "S1/acknowledge-child" in world.asked
    world.walk(60 * DAY)
    assert ("safety-acknowledgement/S1", "4.1") not in world.climbed
    assert ("safety-decision/S1", "4.1") in world.climbed


def test_acknowledged_again_is_refused_and_the_repetition_asks_under_the_same_task() -> None:
    world = safety().walk(60 * HOUR)
    assert ("safety-acknowledgement/S1", "4.2") in world.climbed
    letters = [letter for letter in world.letters if letter.id.startswith("climb/safety-acknowledgement/S1/1/4")]
    assert len({letter.acknowledge for letter in letters}) == 1
    world.give(seen("safety-acknowledgement/S1/4"))
    refusal = world.refuses(seen("safety-acknowledgement/S1/4"))
    assert refusal is not None
    assert refusal.code == "nothing-to-acknowledge"


def test_the_acknowledged_clock_is_recorded_with_the_fact() -> None:
    world = safety().walk(6 * HOUR)
    world.give(seen("safety-acknowledgement/S1/4"))
    recording = world.recordings[-1]
    assert [(f.kind, f.by) for f in recording.facts] == [("escalation-acknowledged", CHAIR)]
    assert [entry.acknowledged for entry in recording.clocks] == [("4",)]


def test_an_agency_acknowledges_its_own_escalation_and_not_another_s() -> None:
    world = deciding(agencies=("health", "police"))
    rule = REGIME.rule("agency-records-secured")
    ladder = tuple(rung.model_copy(update={"acknowledge": True}) for rung in rule.ladder)
    rules = tuple(r if r.id != rule.id else rule.model_copy(update={"ladder": ladder}) for r in REGIME.clock)
    fresh = world.stage.model_copy(update={"rules": rules, "clocks": type(world.stage.clocks)()})
    world.stage, _ = fresh.advanced(Transition(), CALENDAR, world.at)
    item = "agency-records-secured/health/0"
    refusal = world.refuses(seen(item, Role.AGENCY_LEAD, "police"))
    assert refusal is not None
    assert refusal.code == "own-agency"
    world.give(seen(item, Role.AGENCY_LEAD, "health"))
    assert f"{item}/acknowledge-escalation" not in world.asked


# Letters that could not be delivered


@pytest.mark.parametrize("delivery", [Delivery.REFUSED, Delivery.UNADDRESSED])
def test_an_undelivered_letter_is_a_task_of_the_business_manager_on_a_clock(delivery: Delivery) -> None:
    world = safety()
    letter = "climb/safety-acknowledgement/S1/1/0"
    world.told(LetterOutcome(letter=letter, delivery=delivery, at=T0))
    task = world.task(f"{letter}/deliver-otherwise")
    assert (task.role, task.clock) == (Role.BUSINESS_MANAGER, f"undelivered-letter/{letter}")
    assert task.due_at is not None
    assert (f"undelivered-letter/{letter}", "0") in world.climbed


def test_an_undelivered_letter_keeps_a_stage_open_until_it_is_brought() -> None:
    world = safety()
    letter = "climb/safety-acknowledgement/S1/1/0"
    world.told(refused(letter, T0))
    world.give(decide_child())
    assert world.state.done()
    assert not world.stage.done()
    world.walk(365 * DAY)
    assert not world.stage.done()
    world.give(brought(letter, world))
    assert world.stage.done()
    entry = world.stage.clocks.get(f"undelivered-letter/{letter}")
    assert entry is not None
    assert entry.status is ClockStatus.LATE


def test_a_notice_brought_in_another_way_counts_as_told_with_its_reference() -> None:
    world = decided()
    others = [letter.id for letter in world.letters if letter.kind == "notice" and letter.id != NOTICE]
    world.told(*(sent(letter, T0) for letter in others), refused(NOTICE, T0))
    assert not world.stage.done()
    world.give(brought(NOTICE, world))
    assert world.stage.done()
    given = [fact for fact in world.facts if fact.kind == "notice-given" and fact.detail["letter"] == NOTICE]
    assert [fact.detail["proof"] for fact in given] == ["call 3"]
    assert "letter-delivered-otherwise" in world.kinds


def test_an_outcome_told_twice_is_taken_in_once_whatever_the_second_says() -> None:
    world = decided()
    world.told(sent(NOTICE, T0))
    once = world.stage
    world.told(refused(NOTICE, T0), sent(NOTICE, T0))
    assert world.stage.model_copy(update={"sequence": once.sequence}) == once


def test_two_undelivered_letters_are_two_tasks_and_each_is_solved_by_itself() -> None:
    world = decided()
    panel = "notice/decision-to-national-bodies/national-panel"
    world.told(refused(NOTICE, T0), refused(panel, T0))
    world.give(brought(NOTICE, world))
    assert f"{panel}/deliver-otherwise" in world.asked
    assert f"{NOTICE}/deliver-otherwise" not in world.asked


def test_a_business_manager_without_a_working_mailbox_starts_no_endless_chain_of_letters() -> None:
    """Every letter about an undelivered letter is itself refused: the chain must end."""
    world = safety()
    identify(world, died=("S1",))
    world.told(refused("letter/first", T0))
    known: set[str] = {"letter/first"}
    for _ in range(40):
        fresh = [letter.id for letter in world.letters if letter.id not in known]
        if not fresh and not any(True for _ in world.instants(world.at + 30 * DAY)):
            break
        known |= set(fresh)
        world.told(*(refused(letter, world.at) for letter in fresh))
    clocks = [entry.id for entry in world.stage.clocks.entries if entry.rule.id == "undelivered-letter"]
    assert clocks.count("undelivered-letter/letter/first") == 1
    assert len(known) < 12
    assert not [clock for clock in clocks if clock.count("undelivered-letter") > 1]


def test_a_reminder_of_an_undelivered_letter_that_is_refused_too_is_still_somebody_s_task() -> None:
    world = safety()
    world.told(refused("letter/first", T0))
    reminder = "climb/undelivered-letter/letter/first/1/0"
    world.told(refused(reminder, T0))
    assert world.task(f"{reminder}/deliver-otherwise").clock is None
    world.give(brought(reminder, world))
    assert f"{reminder}/deliver-otherwise" not in world.asked


def test_every_clock_that_a_stage_can_need_is_in_the_regime() -> None:
    rules = {rule.id for rule in REGIME.clock}
    world = decided(ReviewOutcome.NONE)
    world.told(refused(NOTICE, T0))
    assert {need.rule for need in world.state.needs()} <= rules
    assert "undelivered-letter" in rules
