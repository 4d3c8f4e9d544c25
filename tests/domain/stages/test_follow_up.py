"""What follows a review, as the case sees it: when a plan begins, what is passed on, when the case may be closed."""

from datetime import date, timedelta
from typing import Any

import pytest
from case_world import case, event, receive, report
from stage_world import CHAIR, DAY, MANAGER, REGIME, T0, World, request_id

from domain.case import CaseState
from domain.case_commands import CloseCase, ReopenCase
from domain.case_messages import Progress, Standing
from domain.change_commands import MeasureKind
from domain.command import Command
from domain.decision_commands import ReviewOutcome
from domain.learning import AnsweredFinding, AnswerWasWrong, ChangesExpected, ExpectedChange, FindingsAnswered
from domain.people import Role
from domain.quality import JudgeMarker

RETENTION = ("safeguarding-30", "looked-after-75")
ANSWERED = FindingsAnswered(findings=(AnsweredFinding(id="F1", answer="accepted"),), answered_at=T0 + 2 * DAY)
EXPECTED = ChangesExpected(
    changes=(
        ExpectedChange(
            id="C1",
            actions=("A1",),
            owners=("health",),
            leads=("p-1",),
            kind=MeasureKind.AUDIT,
            dates=(date(2027, 1, 4),),
        ),
    ),
    at=T0 + 3 * DAY,
)
WRONG = AnswerWasWrong(change="C1", actions=("A1",), at=T0 + 300 * DAY)


def followed() -> World[CaseState]:
    """A case as it is opened today: its plan is under way from the first day."""
    world = case()
    state = world.state.followed_up((), REGIME.retention)
    follow_up = state.follow_up
    assert follow_up is not None
    known = follow_up.model_copy(update={"retention_classes": RETENTION})
    world.stage = world.stage.with_state(state.with_follow_up(known.with_plan()))
    receive(world, event())
    report(world, "safety", 1, finished=True)
    return world


def passed_on(world: World[CaseState]) -> list[str]:
    """What the workflow passes on now, in order."""
    told = []
    while (message := world.state.outgoing) is not None:
        told.append(f"{message.stage}: {message.signal}")
        follow_up = world.state.follow_up
        assert follow_up is not None
        world.stage = world.stage.with_state(world.state.with_follow_up(follow_up.told(message)))
    return told


def begun_watching(world: World[CaseState]) -> None:
    follow_up = world.state.follow_up
    assert follow_up is not None and follow_up.change_is_due and follow_up.changes is not None
    world.stage = world.stage.with_state(world.state.with_follow_up(follow_up.with_change(follow_up.changes)))


def reviewed() -> World[CaseState]:
    """A case with its report published, its findings answered, its plan signed off with one expected change."""
    world = followed()
    report(world, "decision", 1, outcome=ReviewOutcome.SERIOUS_CASE_REVIEW, decided_at=T0, finished=True)
    report(world, "publication", 1, published=True, findings=ANSWERED)
    assert passed_on(world) == ["actions: findings-answered"]
    report(world, "actions", 1, settled=False, heard=ANSWERED.answered_at, changes=EXPECTED)
    begun_watching(world)
    report(world, "change", 1, settled=False, heard=EXPECTED.at)
    return world


def settled() -> World[CaseState]:
    world = reviewed()
    report(world, "change", 1, settled=True, heard=EXPECTED.at)
    report(world, "actions", 1, settled=True, heard=ANSWERED.answered_at, changes=EXPECTED)
    return world


def close(**more: Any) -> Command:
    given = {"summary": "what was learned", "retention": RETENTION[0]} | more
    return CloseCase(request_id=request_id(), actor=CHAIR, **given)


def reopen(because: str = "minister") -> Command:
    return ReopenCase.model_validate(
        {"request_id": request_id(), "actor": MANAGER, "because": because, "received_at": T0, "reason": "a letter"}
    )


def end_stages(world: World[CaseState]) -> None:
    for stage, heard in (("change", EXPECTED.at), ("actions", ANSWERED.answered_at)):
        report(world, stage, 1, settled=True, heard=heard, finished=True)


def closed() -> World[CaseState]:
    world = settled()
    world.give(close())
    passed_on(world)
    end_stages(world)
    world.then(*world.state.closing_now(world.at))
    return world


def test_a_case_begun_before_there_were_action_plans_ends_as_it_did() -> None:
    world = case()
    receive(world, event())
    report(world, "safety", 1, finished=True)
    report(world, "decision", 1, outcome=ReviewOutcome.NONE, finished=True)
    assert world.state.done() and world.state.outgoing is None


def test_without_a_review_the_case_waits_for_its_early_actions_and_then_ends_the_plan() -> None:
    world = followed()
    report(world, "actions", 1, settled=False)
    report(world, "decision", 1, outcome=ReviewOutcome.NONE, finished=True)
    assert not world.state.done() and passed_on(world) == []
    report(world, "actions", 1, settled=True)
    assert passed_on(world) == ["actions: wind-up"]
    assert not world.state.done()
    report(world, "actions", 1, settled=True, finished=True)
    assert world.state.done()


def test_a_plan_that_is_open_after_all_is_told_again_when_it_has_settled() -> None:
    world = followed()
    report(world, "decision", 1, outcome=ReviewOutcome.NONE, finished=True)
    assert passed_on(world) == ["actions: wind-up"]
    report(world, "actions", 1, settled=False)
    assert passed_on(world) == []
    report(world, "actions", 1, settled=True)
    assert passed_on(world) == ["actions: wind-up"]


def test_the_boards_answers_are_passed_on_to_the_plan_once_and_again_when_they_change() -> None:
    world = reviewed()
    assert passed_on(world) == []
    changed = ANSWERED.model_copy(update={"findings": (AnsweredFinding(id="F1", answer="partly"),)})
    report(world, "publication", 1, published=True, findings=changed)
    assert passed_on(world) == ["actions: findings-answered"]


def test_change_monitoring_begins_with_the_first_changes_and_is_told_of_later_ones() -> None:
    world = reviewed()
    later = EXPECTED.model_copy(update={"at": EXPECTED.at + DAY})
    report(world, "actions", 1, settled=False, heard=ANSWERED.answered_at, changes=later)
    assert passed_on(world) == ["change: changes-expected"]
    follow_up = world.state.follow_up
    assert follow_up is not None and not follow_up.settled
    report(world, "change", 1, settled=True, heard=later.at)
    report(world, "actions", 1, settled=True, heard=ANSWERED.answered_at, changes=later)
    assert world.state.may_close


def test_a_wrong_answer_is_passed_on_to_the_plan_once() -> None:
    world = reviewed()
    report(world, "change", 1, settled=False, heard=EXPECTED.at, wrong=(WRONG,))
    assert passed_on(world) == ["actions: answer-was-wrong"]
    report(world, "change", 1, settled=True, heard=EXPECTED.at, wrong=(WRONG,))
    assert passed_on(world) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"published": False}, "published-first"),
        ({"undecided": ("S1",)}, "children-first"),
        ({"decision_open": True}, "review-held"),
        ({"outcome": ReviewOutcome.NONE}, "review-held"),
    ],
)
def test_what_stands_in_the_way_of_closing_is_named(change: dict[str, Any], code: str) -> None:
    world = settled()
    world.stage = world.stage.with_state(world.state.model_copy(update=change))
    refusal = world.refuses(close())
    assert refusal is not None and refusal.code == code


def test_the_case_is_not_closed_while_an_action_or_a_change_is_open() -> None:
    refusal = reviewed().refuses(close())
    assert refusal is not None and refusal.code == "all-at-its-end"
    world = settled()
    report(world, "actions", 1, settled=False, heard=ANSWERED.answered_at, changes=EXPECTED)
    refusal = world.refuses(close())
    assert refusal is not None and refusal.code == "all-at-its-end"


def test_the_class_of_retention_is_one_of_the_boards() -> None:
    refusal = settled().refuses(close(retention="for-ever"))
    assert refusal is not None and refusal.code == "retention-known"
    assert RETENTION[0] in refusal.text and "for-ever" not in refusal.text


def test_closing_is_asked_with_a_clock_once_everything_is_at_its_end() -> None:
    assert "close-case" not in reviewed().asked
    world = settled()
    assert "close-case" in world.asked
    clock = world.stage.clocks.get("case-closing")
    assert clock is not None and clock.deadline.started_at == world.at
    world.give(close())
    assert "close-case" not in world.asked
    assert world.state.standing is Standing.CLOSING


def test_the_case_closes_when_both_stages_have_ended() -> None:
    world = settled()
    world.give(close())
    assert passed_on(world) == ["change: wind-up", "actions: wind-up"]
    assert not world.state.done()
    end_stages(world)
    assert world.state.done()
    recording = world.then(*world.state.closing_now(world.at))
    assert [fact.detail.get("retention") for fact in recording.facts] == [RETENTION[0]]
    assert {letter.template for letter in recording.letters} == {"case-closed"}


def test_the_closing_is_taken_back_where_an_action_was_opened_at_the_same_moment() -> None:
    world = settled()
    world.give(close())
    passed_on(world)
    report(world, "actions", 1, settled=False, heard=ANSWERED.answered_at, changes=EXPECTED)
    assert "closing-withdrawn" in world.kinds
    assert not world.state.done() and world.state.closing is None
    report(world, "actions", 1, settled=True, heard=ANSWERED.answered_at, changes=EXPECTED)
    assert "close-case" in world.asked


@pytest.mark.parametrize("because", ["new-facts", "national-panel", "minister", "other"])
def test_a_closed_case_is_opened_again_and_its_plan_and_changes_go_on(because: str) -> None:
    world = closed()
    assert world.state.standing is Standing.CLOSED
    world.sleep(400 * DAY)
    world.give(reopen(because))
    assert world.state.standing is not Standing.CLOSED
    follow_up = world.state.follow_up
    assert follow_up is not None and follow_up.plan_is_due and follow_up.change_is_due
    assert follow_up.resuming == ("actions", "change")
    assert world.facts[-1].kind == "case-reopened" or "case-reopened" in world.kinds


def test_a_case_that_is_not_closed_is_not_opened_again() -> None:
    refusal = settled().refuses(reopen())
    assert refusal is not None and refusal.code == "case-closed"


def test_a_case_without_a_review_that_is_opened_again_is_decided_on_again() -> None:
    world = followed()
    report(world, "decision", 1, outcome=ReviewOutcome.NONE, finished=True)
    passed_on(world)
    report(world, "actions", 1, settled=True, finished=True)
    world.then(*world.state.closing_now(world.at))
    world.give(reopen())
    assert (world.state.decisions, world.state.outcome) == (2, None)


def test_an_incident_event_opens_a_closed_case_with_all_that_follows() -> None:
    world = closed()
    world.sleep(timedelta(days=30))
    receive(world, event(delivery="later"))
    follow_up = world.state.follow_up
    assert follow_up is not None and follow_up.plan is Progress.TO_COME
    assert world.state.closing is None


def asked_of(world: World[CaseState], template: str) -> list[tuple[Role, str]]:
    """Who was written to about which quality markers."""
    return [(letter.to, letter.words["markers"]) for letter in world.letters if letter.template == template]


def with_markers() -> World[CaseState]:
    world = case()
    world.stage = world.stage.with_state(world.state.followed_up(REGIME.marker, REGIME.retention))
    receive(world, event())
    return world


def test_quality_markers_of_the_panel_are_asked_once_it_has_its_people_and_again_at_its_end() -> None:
    world = with_markers()
    report(world, "panel", 1)
    assert asked_of(world, "quality-asked") == []
    report(world, "panel", 1, convened=True)
    report(world, "panel", 1, convened=True)
    assert asked_of(world, "quality-asked") == [
        (Role.LEAD_REVIEWER, "4, 10, 11, 12"),
        (Role.PANEL_CHAIR, "5, 6, 7, 13"),
        (Role.BUSINESS_MANAGER, "8, 9"),
    ]
    report(world, "panel", 1, finished=True)
    assert len(asked_of(world, "quality-asked-again")) == 3


def test_a_marker_that_was_judged_is_not_asked_again() -> None:
    world = with_markers()
    report(world, "panel", 1, convened=True)
    for marker in ("qm-8", "qm-9"):
        world.give(judge_marker(marker))
    report(world, "panel", 1, finished=True)
    assert Role.BUSINESS_MANAGER not in dict(asked_of(world, "quality-asked-again"))


def judge_marker(marker: str) -> Command:
    return JudgeMarker(request_id=request_id(), actor=MANAGER, item=marker, judgement="Run well.")


def test_what_is_closed_already_or_was_begun_before_there_were_plans_is_not_closed_in_this_way() -> None:
    world = settled()
    world.give(close())
    refusal = world.refuses(close())
    assert refusal is not None and refusal.code == "closing-decided"
    older = settled()
    older.stage = older.stage.with_state(older.state.model_copy(update={"follow_up": None}))
    refusal = older.refuses(close())
    assert refusal is not None and refusal.code == "closing-known"
