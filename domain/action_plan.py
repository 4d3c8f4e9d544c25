"""The action plan of a case: what follows from its findings, signed off by the board, carried out, reviewed.

Finding, answer, action and expected change always connect: they live in one state.
"""

from datetime import datetime
from typing import ClassVar, Self

from domain.action_commands import (
    ActionStatus,
    PlanAction,
    RecordNoAction,
    SupersedeAction,
)
from domain.actions import Actions
from domain.change_commands import DropExpectedChange, ExpectChange
from domain.command import Command
from domain.learning import ActionRules, AnswerWasWrong, ChangeRules, ChangesExpected, FindingsAnswered
from domain.model import Refusal
from domain.part import Part, StateOfParts
from domain.people import Role
from domain.plan_changes import ExpectedChanges
from domain.plan_response import FindingsToAnswer
from domain.plan_reviews import PlanReviews
from domain.plan_sign_off import PlanSignOff
from domain.record import Fact, Letter
from domain.stage_state import Transition

CHANGES_PLAN = (PlanAction, RecordNoAction, ExpectChange, DropExpectedChange, SupersedeAction)
"""Commands after which the plan is no longer what was signed off."""


class ActionPlanState(StateOfParts):
    """The action plan of one case as it stands."""

    STAGE: ClassVar[str] = "actions"
    PARTS: ClassVar[dict[str, type[Part]]] = {
        "response": FindingsToAnswer,
        "actions": Actions,
        "changes": ExpectedChanges,
        "sign_off": PlanSignOff,
        "reviews": PlanReviews,
    }

    begun_at: datetime
    rules: ActionRules = ActionRules()
    change_rules: ChangeRules = ChangeRules()
    response: FindingsToAnswer = FindingsToAnswer()
    actions: Actions = Actions()
    changes: ExpectedChanges = ExpectedChanges()
    sign_off: PlanSignOff = PlanSignOff()
    reviews: PlanReviews = PlanReviews()
    wrong: tuple[AnswerWasWrong, ...] = ()
    """Judgements that came from the monitoring of change."""
    ended: bool = False
    """Whether the case has told it that it closes."""

    @classmethod
    def begun(cls, at: datetime, rules: ActionRules, change_rules: ChangeRules) -> Self:
        """The state on the first day of the case."""
        return cls(begun_at=at, rules=rules, change_rules=change_rules)

    def opening(self, at: datetime) -> Transition:
        """What beginning the stage, or going on with it, records."""
        return Transition(facts=(Fact(kind="action-plan-begun", at=at),))

    def resumed(self) -> Self:
        """Open again, as it stood."""
        return self.model_copy(update={"ended": False})

    def findings_answered(self, message: FindingsAnswered, at: datetime) -> tuple[Self, Transition]:
        """After the board answered its findings, or changed an answer."""
        if (message.findings, message.answered_at) == (self.response.findings, self.response.answered_at):
            return self, Transition()
        update = {"findings": message.findings, "answered_at": message.answered_at}
        detail = {finding.id: finding.answer for finding in message.findings}
        fact = Fact(kind="findings-received", at=at, detail={"answers": dict(detail)})
        state = self.model_copy(update={"response": self.response.model_copy(update=update)})
        return state._as_it_stands(at), Transition(facts=(fact,))

    def answer_was_wrong(self, message: AnswerWasWrong, at: datetime) -> tuple[Self, Transition]:
        """After a judgement that actions were the wrong answer: they are planned anew."""
        if (message.change, message.at) in {(known.change, known.at) for known in self.wrong}:
            return self, Transition()
        actions = self.actions.with_wrong_answer(message.actions, at)
        state = self.model_copy(update={"actions": actions, "wrong": (*self.wrong, message)})
        waiting = [known.id for known in actions.all if known.id in message.actions and known.replan_since is not None]
        fact = Fact(kind="answer-was-wrong", at=at, item=message.change, detail={"actions": list(message.actions)})
        letter = Letter(
            id=f"action-replan/{message.change}/{message.at:%Y%m%d-%H%M%S}",
            template="action-replan",
            to=Role.BUSINESS_MANAGER,
            words={"about": message.change, "actions": ", ".join(waiting) or "none"},
        )
        return state._as_it_stands(at), Transition(facts=(fact,), letters=(letter,))

    def winding_up(self) -> Self:
        """Told that the case closes: it ends, unless something is open after all."""
        return self.model_copy(update={"ended": self.settled})

    @property
    def settled(self) -> bool:
        """Whether every action is at its end and, once there are findings, the plan is signed off as it stands."""
        if not self.actions.at_their_end:
            return False
        if not self.response.answered:
            return True
        return not (self.response.uncovered(self) or self.sign_off.is_due(self))

    @property
    def signed_off_changes(self) -> ChangesExpected | None:
        """What is to be watched, as it was signed off last."""
        expected = self.sign_off.expected
        return expected if expected is not None and expected.changes else None

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """As the command's part says; nothing once the case closes."""
        if self.ended:
            text = "The case is being closed; nothing is taken in any more. A closed case can be opened again."
            return Refusal(code="case-closes", text=text, source="Closing of a case")
        return super().refuses(command, at)

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """As the command's part says; what changes the plan calls for its sign-off."""
        state, then = super().accept(command, at)
        if isinstance(command, CHANGES_PLAN):
            state = state.model_copy(update={"sign_off": state.sign_off.changed(at)})
        over = {action.id for action in state.actions.all if not action.open}
        if isinstance(command, PlanAction):
            over.add(command.item or "")
        return state.model_copy(update={"reviews": state.reviews.without(over)})._as_it_stands(at), then

    def _as_it_stands(self, at: datetime) -> Self:
        """Its sign-off is called for where findings, actions and changes no longer connect; what opens again goes on.

        An answer that the board changed, or an action that is reopened, may undo what was signed off.
        """
        state = self.model_copy(update={"sign_off": self.sign_off.with_sides(at, self)})
        if state.sign_off.versions and (state.response.uncovered(state) or state.changes.unwatched(state)):
            state = state.model_copy(update={"sign_off": state.sign_off.changed(at)})
        return state.model_copy(update={"ended": state.ended and state.settled})

    def headline(self) -> str:
        """How many actions stand where, and what the plan waits for."""
        if not self.actions.all:
            return "Action plan: no actions yet" + self._waits_for()
        counts = [
            f"{number} {status.words}"
            for status in ActionStatus
            if (number := sum(action.status is status for action in self.actions.all))
        ]
        return f"Action plan: {', '.join(counts)}" + self._waits_for()

    def _waits_for(self) -> str:
        uncovered = self.response.uncovered(self)
        waits = [f"findings without an action: {', '.join(uncovered)}"] if uncovered else []
        if self.sign_off.is_due(self):
            waits.append("to be signed off")
        return "; " + "; ".join(waits) if waits else ""

    def done(self) -> bool:
        """Whether the case closes and nothing is open."""
        return self.ended and self.settled
