"""Whatever people answer in whatever order: finding, answer, action and expected change always connect."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from plan_world import (
    REJECTED,
    Planning,
    decide_on,
    done,
    drop_change,
    early_plan,
    expect_change,
    extend,
    findings,
    no_action,
    plan_action,
    rate,
    refuse,
    reopen,
    review,
    sign_off,
    start,
    submit,
    supersede,
    verify,
)
from stage_world import CHAIR, SUB_GROUP

from domain.action_commands import ActionStatus
from domain.command import Command
from domain.plan_changes import resolved

ACTIONS = ("A1", "A2", "A3")
CHANGES = ("C1", "C2")
OF_REVIEW = ("F1", "F2", REJECTED)
ANSWERS = ("accepted", "partly", "rejected", "noted")
GONE = (ActionStatus.SUPERSEDED, ActionStatus.REFUSED)


@st.composite
def answers(draw: st.DrawFn, world: Planning) -> Command:
    """Anything that people may answer in an action plan, sensible or not."""
    action = draw(st.sampled_from(ACTIONS))
    later = world.at.date() + timedelta(days=draw(st.integers(1, 200)))
    match draw(st.integers(0, 16)):
        case 0 | 1:
            named = draw(st.lists(st.sampled_from(OF_REVIEW), max_size=3, unique=True))
            why_not = draw(st.sampled_from(["", "", "seen elsewhere"]))
            lead, agency = draw(st.sampled_from([("nb-lead-1", "health"), ("nb-lead-2", "police")]))
            given: dict[str, Any] = {
                "findings": tuple(named),
                "no_change": why_not,
                "lead": lead,
                "agency": agency,
                "reason": "anew",
            }
            known = world.state.actions.get(action)
            due_on = known.due_on if known and draw(st.booleans()) else later
            return plan_action(action, **given, starts_on=min(due_on, world.at.date()), due_on=due_on)
        case 2:
            return no_action(draw(st.sampled_from(OF_REVIEW)))
        case 3 | 4:
            of = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3))
            return expect_change(draw(st.sampled_from(CHANGES)), *of)
        case 5:
            return drop_change(draw(st.sampled_from(CHANGES)))
        case 6 | 7:
            return sign_off(draw(st.sampled_from(["signed-off", "signed-off", "sent-back"])))
        case 8:
            return start(action, world.at)
        case 9:
            return submit(action)
        case 10:
            return verify(action)
        case 11:
            return supersede(action, draw(st.sampled_from(ACTIONS)))
        case 12:
            return refuse(action)
        case 13:
            return reopen(action, later)
        case 14:
            return extend(action, later, draw(st.sampled_from([CHAIR, SUB_GROUP])))
        case 15:
            return rate(action, draw(st.sampled_from(["red", "amber", "green"])))
        case _:
            return draw(st.sampled_from([review(world.at), decide_on(action)]))


class Plans(RuleBasedStateMachine):
    """An action plan from its case's first day, with answers that change and judgements that come from monitoring."""

    def __init__(self) -> None:
        super().__init__()
        self.world = early_plan()
        self.given: list[Command] = []

    def give(self, command: Command) -> None:
        before = self.world.stage
        refusal = self.world.refuses(command)
        if refusal is not None:
            assert self.world.stage == before
            assert refusal.text.endswith(".")
            assert refusal.source
            return
        assert self.world.give(command).changed
        self.given.append(command)
        if command.FORM == "sign-off-plan" and command.answer()["outcome"] == "signed-off":
            assert self.world.state.response.uncovered(self.world.state) == ()
            assert self.world.state.changes.unwatched(self.world.state) == ()

    @rule(data=st.data(), times=st.integers(1, 8))
    def somebody_answers(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self.give(data.draw(answers(self.world), label="command"))

    @rule()
    def the_plan_is_completed(self) -> None:
        """What is missing is done, and the plan signed off; some of it may be refused."""
        state = self.world.state
        for finding in state.response.uncovered(state):
            self.give(no_action(finding))
        if unwatched := state.changes.unwatched(state):
            self.give(expect_change("C1", *unwatched))
        self.give(sign_off())

    @rule()
    def every_action_is_done(self) -> None:
        for action in self.world.state.actions.open:
            for command in done(action.id):
                self.give(command)

    @rule(given=st.fixed_dictionaries({finding: st.sampled_from(ANSWERS) for finding in OF_REVIEW}))
    def the_board_answers(self, given: dict[str, str]) -> None:
        first = self.world.state.response.answered_at
        self.world.answered(findings(first or self.world.at, **given))

    @rule(of=st.lists(st.sampled_from(ACTIONS), min_size=1, unique=True))
    @precondition(lambda self: self.world.state.signed_off_changes is not None)
    def an_answer_was_wrong(self, of: list[str]) -> None:
        self.world.sleep(timedelta(minutes=1)).wrong(*of)

    @rule()
    def the_case_closes(self) -> None:
        settled = self.world.state.settled
        self.world.told_to_end()
        assert self.world.state.ended is settled
        assert self.world.stage.done() is settled

    @rule()
    @precondition(lambda self: self.world.state.ended)
    def the_case_is_opened_again(self) -> None:
        self.world.stage = self.world.stage.with_state(self.world.state.resumed())

    @rule(data=st.data())
    @precondition(lambda self: self.given)
    def somebody_sends_the_same_again(self, data: st.DataObject) -> None:
        before, recorded = self.world.stage, len(self.world.recordings)
        assert not self.world.give(data.draw(st.sampled_from(self.given))).changed
        assert (self.world.stage, len(self.world.recordings)) == (before, recorded)

    @rule(days=st.sampled_from([1, 20, 100]))
    def time_passes(self, days: int) -> None:
        self.world.walk(timedelta(days=days))

    @rule()
    def it_is_carried_over(self) -> None:
        self.world.carried()

    @invariant()
    def a_plan_that_stands_signed_off_connects(self) -> None:
        state = self.world.state
        if state.sign_off.versions and not state.sign_off.is_due(state):
            assert state.response.uncovered(state) == ()
            assert state.changes.unwatched(state) == ()

    @invariant()
    def every_wanting_finding_has_an_action_or_a_reason_or_is_asked_for(self) -> None:
        """Worked out anew from the actions themselves, not by the plan's own rule."""
        state = self.world.state
        for finding in state.response.findings:
            acted = any(
                finding.id in action.findings and action.status is not ActionStatus.SUPERSEDED
                for action in state.actions.all
            )
            told = any(c.FORM == "record-no-action" and c.item == finding.id for c in self.given)
            if finding.wants_action and not state.ended:
                assert acted or told or f"{finding.id}/record-no-action" in self.world.asked

    @invariant()
    def nothing_is_orphaned(self) -> None:
        """Actions name known findings, changes known actions, and who took an action's place is there."""
        state = self.world.state
        known = {action.id for action in state.actions.all}
        for action in state.actions.all:
            assert set(action.findings) <= state.response.known
            assert not action.superseded_by or action.superseded_by in known
        for change in state.changes.all:
            assert set(change.actions) <= known
            assert resolved(change.actions, state)
            for end in resolved(change.actions, state):
                found = state.actions.get(end)
                assert found is not None
                assert not found.superseded_by
        for handed in state.sign_off.expected.changes if state.sign_off.expected else ():
            assert state.changes.get(handed.id) is not None
            assert set(handed.actions) <= known

    @invariant()
    def a_plan_that_ended_has_nothing_open(self) -> None:
        if self.world.state.ended:
            assert self.world.state.actions.open == ()
            assert self.world.state.settled

    @invariant()
    def every_task_is_asked_once_and_its_clock_is_there(self) -> None:
        tasks = self.world.stage.tasks()
        assert len({task.id for task in tasks}) == len(tasks)
        for task in tasks:
            assert task.clock is None or self.world.stage.clocks.get(task.clock) is not None

    @invariant()
    def no_letter_of_the_plan_is_called_for_twice(self) -> None:
        plans = ("plan-signed-off", "action-replan")
        letters = Counter(letter.id for letter in self.world.letters if letter.template in plans)
        assert [letter for letter, times in letters.items() if times > 1] == []

    @invariant()
    def the_chair_decides_only_on_open_actions(self) -> None:
        state = self.world.state
        waiting = [each.action for each in state.reviews.waiting(state)]
        assert len(set(waiting)) == len(waiting)
        assert set(waiting) <= {action.id for action in state.actions.open}


Plans.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPlans = Plans.TestCase


def test_the_machine_can_reach_a_plan_that_ended() -> None:
    machine = Plans()
    machine.the_board_answers({"F1": "accepted", "F2": "accepted", REJECTED: "rejected"})
    machine.give(plan_action())
    machine.the_plan_is_completed()
    assert machine.world.state.sign_off.versions
    machine.every_action_is_done()
    machine.the_case_closes()
    machine.a_plan_that_ended_has_nothing_open()
    assert machine.world.stage.done()
