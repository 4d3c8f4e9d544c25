"""An action plan to talk to: findings that the board has answered, actions, expected changes, people in their roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from stage_world import CALENDAR, CASE, CHAIR, DAY, MANAGER, REGIME, SUB_GROUP, T0, World, actor, request_id

from domain.action import Action
from domain.action_plan import ActionPlanState
from domain.command import Command, Found
from domain.learning import ActionRules, AnsweredFinding, AnswerWasWrong, FindingsAnswered
from domain.model import Refusal
from domain.people import Actor, Role
from domain.record import ClockEntry
from domain.stage import Stage

FORMS: dict[str, type[Command]] = {command.FORM: command for command in ActionPlanState.commands()}
FINDINGS = ("F1", "F2")
"""Accepted by the board; ``F3`` beside them is rejected."""
REJECTED = "F3"
LEAD = "nb-lead-1"
VERIFIER = "nb-verifier-1"
DUE = (T0 + 150 * DAY).date()


@dataclass
class Planning(World[ActionPlanState]):
    """As the shell asks: with the calendar."""

    def refuses(self, command: Command) -> Refusal | None:
        return self.stage.refuses(command, self.at, CALENDAR)

    def refusal(self, command: Command) -> Refusal:
        refusal = self.refuses(command)
        assert refusal is not None, f"{command.FORM} was not refused"
        return refusal

    def all(self, commands: Iterable[Command]) -> "Planning":
        for command in commands:
            self.give(command)
        return self

    def clock(self, clock: str) -> ClockEntry:
        entry = self.stage.clocks.get(clock)
        assert entry is not None, f"there is no clock {clock}"
        return entry

    def action(self, action: str = "A1") -> Action:
        known = self.state.actions.get(action)
        assert known is not None
        return known

    def written(self, template: str) -> list[tuple[Role, str | None]]:
        """To whom letters of that template were called for: role and agency."""
        return [(letter.to, letter.agency) for letter in self.letters if letter.template == template]

    def answered(self, message: FindingsAnswered | None = None) -> "Planning":
        """The board has answered its findings, or changed an answer."""
        self.then(*self.state.findings_answered(message or findings(self.at), self.at))
        return self

    def wrong(self, *actions: str, change: str = "C1") -> "Planning":
        """A judgement concluded that these actions were the wrong answer."""
        message = AnswerWasWrong(change=change, actions=actions, at=self.at)
        self.then(*self.state.answer_was_wrong(message, self.at))
        return self

    def told_to_end(self) -> "Planning":
        """The case closes."""
        self.stage = self.stage.with_state(self.state.winding_up())
        return self


def findings(at: datetime = T0, **answers: str) -> FindingsAnswered:
    """Two findings that the board accepted and one that it rejected, unless said otherwise."""
    given = {**dict.fromkeys(FINDINGS, "accepted"), REJECTED: "rejected"} | answers
    answered = tuple(AnsweredFinding.model_validate({"id": key, "answer": given[key]}) for key in given)
    return FindingsAnswered(findings=answered, answered_at=at)


def early_plan(rules: ActionRules | None = None, at: datetime = T0) -> Planning:
    """The stage on the first day of its case: there are no findings yet."""
    state = ActionPlanState.begun(at, rules or REGIME.actions, REGIME.changes)
    stage = Stage[ActionPlanState](
        case=CASE, id=CASE.stage_id("actions"), regime=REGIME.id, rules=REGIME.clock, state=state
    )
    world = Planning(stage, at)
    world.advance(state.opening(at))
    return world


def plan(rules: ActionRules | None = None) -> Planning:
    """A plan whose findings the board has answered."""
    return early_plan(rules).answered()


def command(
    form: str, item: str | None = None, by: Actor = MANAGER, found: Found | None = None, **answer: Any
) -> Command:
    """A command of that form, as it comes from the desk."""
    envelope = {"request_id": request_id(), "actor": by, "item": item, "found": found}
    return FORMS[form].model_validate(envelope | answer)


def plan_action(action: str = "A1", *of: str, by: Actor = MANAGER, found: Found | None = None, **more: Any) -> Command:
    """An action for these findings, ``F1`` unless said otherwise."""
    given: dict[str, Any] = {
        "findings": of or ("F1",),
        "outcome": "what is known is brought together",
        "what": "one summary is used",
        "agency": "health",
        "lead": LEAD,
        "starts_on": T0.date(),
        "due_on": DUE,
        "evidence": "a sample",
        "effect": "decisions rest on what all know",
    }
    return command("plan-action", action, by, found, **(given | more))


def no_action(finding: str = "F2") -> Command:
    return command("record-no-action", finding, reason="done already")


def expect_change(change: str = "C1", *actions: str, **more: Any) -> Command:
    """A change in figures expected of these actions, ``A1`` unless said otherwise."""
    given: dict[str, Any] = {
        "actions": actions or ("A1",),
        "what": "decisions rest on what all know",
        "kind": "audit",
        "measure": "share of decisions with a summary",
        "gathered": "thirty decisions, by the audit officer",
        "unit": "per cent",
        "direction": "higher",
        "baseline": "31",
        "target": "80",
    }
    found = more.pop("found", None)
    return command("expect-change", change, found=found, **(given | more))


def drop_change(change: str = "C1") -> Command:
    return command("drop-expected-change", change, reason="seen elsewhere")


def sign_off(outcome: str = "signed-off") -> Command:
    return command("sign-off-plan", by=CHAIR, outcome=outcome, reason="as discussed")


def start(action: str = "A1", at: datetime = T0) -> Command:
    return command("start-action", action, started_at=at)


def submit(action: str = "A1") -> Command:
    return command("submit-evidence", action, note="a sample of ten")


def verify(action: str = "A1") -> Command:
    by = actor(Role.SUB_GROUP, VERIFIER)
    return command("verify-action", action, by, outcome="verified", reason="the sample was looked at")


def done(action: str = "A1") -> list[Command]:
    """Evidence, and its verification by somebody else."""
    return [submit(action), verify(action)]


def extend(action: str = "A1", until: date = DUE, by: Actor = SUB_GROUP) -> Command:
    return command("extend-action", action, by, until=until, reason="places were short")


def supersede(action: str = "A1", successor: str = "A2") -> Command:
    envelope = {"request_id": request_id(), "actor": MANAGER, "item": action}
    return FORMS["supersede-action"].model_validate(envelope | {"by": successor, "reason": "it answers more"})


def refuse(action: str = "A1") -> Command:
    return command("refuse-action", action, CHAIR, reason="it would not help")


def reopen(action: str = "A1", due_on: date = DUE) -> Command:
    return command("reopen-action", action, due_on=due_on, reason="it did not last")


def rate(action: str = "A1", colour: str = "red") -> Command:
    return command("rate-action", action, colour=colour, reason="as discussed")


def review(at: datetime) -> Command:
    return command("review-plan", held_at=at, decided="the plan goes on")


def decide_on(action: str = "A1") -> Command:
    return command("decide-on-action", action, CHAIR, decision="it goes on with help")


def drafted() -> Planning:
    """A plan in which everything connects: an action with an expected change, and a reason for no action."""
    return plan().all([plan_action(), no_action(), expect_change()])


def signed() -> Planning:
    """The same, signed off by the board."""
    world = drafted()
    world.give(sign_off())
    return world
