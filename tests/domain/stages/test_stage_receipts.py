"""A request id makes a command safe to send twice, also after the stage was carried over as JSON."""

from typing import Any

import pytest
from case_world import case, event, receive, report
from stage_world import (
    DAY,
    DUTY,
    HOUR,
    MANAGER,
    T0,
    World,
    acknowledge,
    allegation,
    answer,
    child,
    decide,
    decide_child,
    decided,
    deciding,
    discussion,
    recommend,
    refused,
    safety,
    sent,
    summary,
)

from domain.case_commands import Challenge
from domain.command import Command, DeliverOtherwise
from domain.decision_commands import ReviewOutcome
from domain.safety_commands import AcknowledgeChild, ChildDecision
from domain.stage import RECEIPTS_KEPT


def test_the_same_again_gets_the_same_receipt_and_changes_nothing() -> None:
    world = safety()
    command = acknowledge()
    first = world.give(command)
    stage, recorded = world.stage, len(world.recordings)
    world.sleep(HOUR)
    again = world.give(command)
    assert first.changed
    assert again == first.model_copy(update={"changed": False})
    assert (world.stage, len(world.recordings)) == (stage, recorded)


def test_the_same_again_is_answered_even_where_the_rules_would_refuse_it_now() -> None:
    world = deciding()
    world.give(recommend())
    command = decide()
    world.give(command)
    assert world.refuses(command) is None
    assert world.refuses(decide()) is not None


@pytest.mark.parametrize(
    "other",
    [
        AcknowledgeChild(request_id="r-1", actor=DUTY, item="S2"),
        decide_child().model_copy(update={"request_id": "r-1"}),
        allegation().model_copy(update={"request_id": "r-1"}),
    ],
    ids=["another child", "another form", "no child"],
)
def test_a_request_id_used_for_another_answer_is_refused(other: Command) -> None:
    world = safety(child("S1"), child("S2"))
    world.give(AcknowledgeChild(request_id="r-1", actor=DUTY, item="S1"))
    refusal = world.refuses(other)
    assert refusal is not None
    assert refusal.code == "request-id-used"
    assert refusal.source


def test_a_refused_command_uses_up_no_request_id() -> None:
    world = safety()
    command = discussion(held_at=T0)
    assert world.refuses(command) is not None
    world.give(decide_child(decision=ChildDecision.STRATEGY_DISCUSSION_CALLED))
    assert world.give(command).changed


def test_a_receipt_says_what_is_waited_for_now() -> None:
    receipt = safety(child("S1"), child("S2")).give(decide_child("S1"))
    assert receipt.next == "Children's safety check, 2 children: 1 to be acknowledged, 1 to be decided"
    assert (receipt.form, receipt.item, receipt.accepted_at) == ("decide-for-child", "S1", T0)


def test_receipts_are_kept_in_a_bounded_number_the_latest_ones() -> None:
    world = safety()
    commands = [decide_child() for _ in range(RECEIPTS_KEPT + 1)]
    for command in commands:
        world.stage, _ = world.stage.received(command, world.at)
    assert len(world.stage.receipts) == RECEIPTS_KEPT
    assert world.stage.receipt(commands[0]) is None
    assert world.stage.receipt(commands[-1]) is not None


def lived_safety() -> World[Any]:
    world = safety(child("S1"), child("S2", named=False)).walk(30 * HOUR)
    world.give(decide_child("S1", ChildDecision.STRATEGY_DISCUSSION_CALLED, other_authority="Southmere"))
    world.give(discussion("S1", held_at=T0 + HOUR, conference=True))
    world.give(allegation())
    world.told(refused("climb/safety-acknowledgement/S1/1/0", world.at))
    return world.walk(200 * DAY)  # into summer time


def lived_decision() -> World[Any]:
    world = decided(ReviewOutcome.NONE)
    world.give(summary())
    notice = "notice/board-members/board-member"
    world.told(refused(notice, T0), sent("notice/decision-to-national-bodies/department", T0 + HOUR))
    world.give(
        DeliverOtherwise(request_id="by-post", actor=MANAGER, item=notice, told_at=T0, how="post", reference="RM 1")
    )
    return world.walk(200 * DAY)


def lived_case() -> World[Any]:
    world = case()
    receive(world, event(delivery="first"))
    report(world, "decision", 1, outcome=ReviewOutcome.NONE, finished=True)
    world.give(Challenge(request_id="challenged", actor=MANAGER, received_at=T0, reason="not convinced"))
    return world


LIVED = [lived_safety, lived_decision, lived_case]


@pytest.mark.parametrize("lived", LIVED, ids=lambda lived: lived.__name__)
def test_a_stage_carried_over_as_json_is_the_same_stage(lived: Any) -> None:
    world = lived()
    before = world.stage
    assert world.carried().stage == before
    assert type(world.state) is type(before.state)


@pytest.mark.parametrize("lived", LIVED, ids=lambda lived: lived.__name__)
def test_a_stage_carried_over_goes_on_as_the_other_would_have(lived: Any) -> None:
    stayed, carried = lived(), lived().carried()
    stayed.walk(400 * DAY)
    carried.walk(400 * DAY)
    assert [r.model_dump(mode="json") for r in stayed.recordings] == [
        r.model_dump(mode="json") for r in carried.recordings
    ]
    assert carried.advance().clocks == ()


def test_a_command_is_known_again_after_the_stage_was_carried_over() -> None:
    world = deciding()
    command = answer("abuse_or_neglect", "no")
    first = world.give(command)
    assert world.carried().give(command) == first.model_copy(update={"changed": False})
    assert world.refuses(summary().model_copy(update={"request_id": command.request_id})) is not None


def test_each_recording_has_the_next_number() -> None:
    world = lived_safety()
    assert [r.sequence for r in world.recordings] == list(range(1, len(world.recordings) + 1))
