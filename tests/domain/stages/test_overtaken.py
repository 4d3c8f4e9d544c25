"""What happens when things cross: new facts after a decision, further discussions, another answer under an old id."""

from case_world import case, event, receive, report
from stage_world import (
    CHAIR,
    DAY,
    DUTY,
    HOUR,
    T0,
    decide,
    decide_child,
    decided,
    deciding,
    discussion,
    known,
    recommend,
    request_id,
    safety,
)

from domain.case_messages import StageReport
from domain.command import refuses_long_ago
from domain.decision import FactsChanged
from domain.decision_commands import ReviewOutcome
from domain.people import Actor, Role
from domain.safety_commands import AcknowledgeChild, ChildDecision

NONE = ReviewOutcome.NONE
CALLED = ChildDecision.STRATEGY_DISCUSSION_CALLED


def died() -> FactsChanged:
    return known({"child_died": True, "abuse_or_neglect": True}, agencies=())


def test_decision_against_a_review_is_overtaken_by_a_death_that_crossed_it() -> None:
    world = decided(NONE)
    state, transition = world.state.changed(died(), world.at)
    world.then(state, transition)
    assert world.state.overtaken
    assert "record-learning" not in {task.form for task in world.state.tasks()}


def test_case_decides_again_when_its_decision_reports_that_it_was_overtaken() -> None:
    world = case()
    receive(world, event())
    report(world, "decision", 1, outcome=NONE, overtaken=True)
    told = StageReport(stage="decision", number=1, outcome=NONE, overtaken=True)
    assert world.state.is_overtaken(told)
    again = world.state.deciding_again()
    assert again.decision_open and again.decisions == 2
    assert not again.is_overtaken(told), "an old decision's report overtakes nothing"


def test_decision_for_a_review_is_not_overtaken() -> None:
    world = case()
    receive(world, event())
    told = StageReport(
        stage="decision", number=1, outcome=ReviewOutcome.SERIOUS_CASE_REVIEW, overtaken=True, finished=True
    )
    world.then(*world.state.reported(told, world.at))
    assert not world.state.is_overtaken(told)


def test_further_strategy_discussion_has_a_clock_of_its_own() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED))
    world.give(discussion(not_held_because="the police had not answered"))
    world.sleep(2 * HOUR)
    world.give(decide_child(decision=CALLED))
    clocks = {entry.id: entry for entry in world.stage.clocks.entries}
    assert clocks["strategy-discussion/S1"].satisfied_at is not None
    assert clocks["strategy-discussion/S1.2"].deadline.started_at == world.at
    assert world.task("S1/record-strategy-discussion").clock == "strategy-discussion/S1.2"
    assert not world.state.done()


def test_conference_counts_from_the_discussion_that_led_to_it() -> None:
    world = safety()
    world.give(decide_child(decision=CALLED))
    world.give(discussion(held_at=T0, conference=True))
    world.sleep(3 * DAY)
    world.give(decide_child(decision=CALLED))
    world.give(discussion(held_at=world.at))
    entry = next(e for e in world.stage.clocks.entries if e.id == "child-protection-conference/S1")
    assert entry.deadline.started_at == T0
    assert entry.computation == 1


def test_request_id_with_another_answer_is_refused_and_changes_nothing() -> None:
    world = deciding()
    first = recommend()
    world.give(first)
    other = first.model_copy(update={"rationale": "another rationale"})
    refusal = world.refuses(other)
    assert refusal is not None and refusal.code == "request-id-used"
    assert world.refuses(first) is None


def test_whoever_made_an_overtaken_recommendation_does_not_decide() -> None:
    world = deciding({"child_died": False, "abuse_or_neglect": False})
    early = Actor(person="early-recommender", role=Role.SUB_GROUP)
    world.give(recommend(by=early))
    world.then(*world.state.changed(died(), world.at))
    world.give(recommend())
    decider = Actor(person="early-recommender", role=Role.BOARD_CHAIR, deputising=True)
    refusal = world.refuses(decide(by=decider))
    assert refusal is not None and refusal.code == "recommender-is-not-decider"
    assert world.refuses(decide(by=CHAIR)) is None


def test_command_of_another_year_than_the_case_is_refused_before_a_clock_is_counted() -> None:
    command = discussion(held_at=T0.replace(year=1999))
    refusal = refuses_long_ago(command, 2024)
    assert refusal is not None and refusal.code == "long-ago"
    fresh = AcknowledgeChild(request_id=request_id(), actor=DUTY, item="S1")
    assert refuses_long_ago(fresh, 2024) is None
