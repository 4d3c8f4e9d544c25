"""A case whose regime has rapid reviews: what it hears of them, and what it hands from one to the next."""

import pytest
from case_world import case, event, receive, report, subject
from rapid_world import NOW, submitted
from stage_world import DAY, MANAGER, T0, World, request_id

from domain.case import CaseState
from domain.case_commands import Challenge
from domain.case_messages import StageReport, Standing
from domain.decision_commands import ReviewOutcome

SCR, NONE = ReviewOutcome.SERIOUS_CASE_REVIEW, ReviewOutcome.NONE


def opened() -> World[CaseState]:
    world = case()
    state = world.state.model_copy(update={"process": "rapid-review"})
    world.stage = world.stage.with_state(state).model_copy(update={"rules": NOW.clock})
    receive(world, event())
    return world


def decided(outcome: ReviewOutcome) -> World[CaseState]:
    world = opened()
    report(world, "safety", 1, undecided=(), finished=True)
    notification = submitted().state.notification
    report(
        world, "rapid-review", 1, outcome=outcome, decided_at=T0, notification=notification, answers=world.state.answers
    )
    return world


def test_the_authority_s_notification_is_no_clock_of_the_case() -> None:
    assert opened().stage.clocks.get("incident-notification") is None


def test_a_local_review_goes_on_to_the_panel() -> None:
    world = decided(SCR)
    assert world.state.panel_is_due
    assert world.state.outcome is SCR


def test_reports_of_another_kind_of_decision_are_not_its_own() -> None:
    world = opened()
    report(world, "decision", 1, outcome=SCR, decided_at=T0, finished=True)
    assert world.state.outcome is None
    assert standing(world) is Standing.DECIDING


def test_without_a_local_review_the_case_closes_by_itself() -> None:
    world = decided(NONE)
    report(world, "rapid-review", 1, outcome=NONE, decided_at=T0, finished=True)
    assert standing(world) is Standing.CLOSING
    assert world.state.ends


def test_a_challenge_opens_it_again_and_the_notification_is_kept_for_the_next() -> None:
    world = decided(NONE)
    world.give(Challenge(request_id=request_id(), actor=MANAGER, received_at=T0, reason="not convinced"))
    assert (world.state.decisions, world.state.outcome) == (2, None)
    assert world.state.notification is not None
    assert world.state.notification.carried_over().earlier


def test_a_death_after_a_decision_against_a_review_opens_it_again() -> None:
    world = decided(NONE).sleep(DAY)
    onward = receive(world, event(at=world.at, children=[subject("C1", "died")]))
    assert onward is not None
    assert onward.begins_decision
    assert [child.died for child in onward.facts.children] == [True]


def test_an_overtaken_rapid_review_is_made_again() -> None:
    world = decided(NONE)

    late = StageReport(stage="rapid-review", number=1, outcome=NONE, overtaken=True)
    assert world.state.is_overtaken(late)
    assert not world.state.is_overtaken(late.model_copy(update={"stage": "decision"}))


def standing(world: World[CaseState]) -> Standing:
    return world.state.standing


@pytest.mark.parametrize("stage", ["rapid-review", "decision"])
def test_quality_markers_of_the_decision_are_asked_at_its_end_whichever_stage_makes_it(stage: str) -> None:
    world = opened() if stage == "rapid-review" else case()
    if stage == "decision":
        receive(world, event())
    world.stage = world.stage.with_state(world.state.followed_up(NOW.marker, NOW.retention))
    recording = report(world, stage, 1, outcome=SCR, decided_at=T0, finished=True)
    assert [letter.template for letter in recording.letters if letter.template.startswith("quality-asked")]
