"""Whoever answers what in whatever order: no action is certified by its own side, no original day or finding lost."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

from actions_world import day, replace_lead
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_world import command, early_plan, findings, plan_action
from stage_world import T0

from domain.action import Action
from domain.action_commands import (
    ActionStatus,
    ExtendAction,
    PlanAction,
    ReplaceLead,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.action_plan import ActionPlanState
from domain.command import Command, Found, refuses_role
from domain.learning import AnswerWasWrong
from domain.people import Actor, Role

STEPS = 250
ACTIONS = ("A1", "A2", "A3")
AGENCIES = ("health", "police")
PEOPLE: dict[str, tuple[tuple[Role, str | None], ...]] = {
    "nb-1": ((Role.AGENCY_LEAD, "health"), (Role.SUB_GROUP, None)),
    "nb-2": ((Role.AGENCY_EXECUTIVE, "health"), (Role.BOARD_MEMBER, None)),
    "nb-3": ((Role.AGENCY_LEAD, "police"), (Role.SUB_GROUP, None)),
    "nb-4": ((Role.AGENCY_EXECUTIVE, "police"), (Role.BOARD_CHAIR, None)),
    "nb-5": ((Role.BUSINESS_MANAGER, None), (Role.SUB_GROUP, None)),
    "nb-6": ((Role.BOARD_MEMBER, None), (Role.BOARD_CHAIR, None)),
}
"""Everybody's parts; each of them may lead an action besides."""
PARTS = {person: {agency for _, agency in roles if agency is not None} for person, roles in PEOPLE.items()}
ACTORS = [
    Actor(person=person, role=role, agency=agency)
    for person, roles in PEOPLE.items()
    for role, agency in (*roles, (Role.ACTION_LEAD, None))
]
WRONG = "answer-was-wrong"
FORMS = (
    *("plan-action", "submit-evidence", "verify-action") * 3,
    *("start-action", "extend-action", "supersede-action", "refuse-action", "reopen-action", "replace-lead"),
    *("report-progress", "rate-action", "reach-action-milestone", "sign-off-plan", WRONG),
)


def some_step(chance: Random) -> dict[str, Any]:
    """Anything, of anybody, about any action."""
    return {
        "form": chance.choice(FORMS),
        "action": chance.choice(ACTIONS),
        "by": chance.choice(ACTORS),
        "person": chance.choice(sorted(PEOPLE)),
        "other": chance.choice(ACTIONS),
        "agency": chance.choice(AGENCIES),
        "findings": chance.choice([("F1",), ("F2",), ("F1", "F2"), ()]),
        "days": chance.randint(1, 40),
        "back": chance.random() < 0.4,
    }


class Told:
    """A plan and what was told of it, kept apart from what the plan itself remembers."""

    def __init__(self) -> None:
        self.at = T0
        self.state: ActionPlanState = early_plan().state
        self.leads: dict[str, set[str]] = defaultdict(set)
        self.submitters: dict[str, set[str]] = defaultdict(set)
        self.owners: dict[str, set[str]] = defaultdict(set)
        """Of the evidence as it was submitted and verified."""
        self.verifier: dict[str, str] = {}

    def action(self, action: str) -> Action | None:
        return self.state.actions.get(action)

    def answered(self) -> None:
        self.state, _ = self.state.findings_answered(findings(self.at), self.at)

    def wrong(self, action: str) -> None:
        message = AnswerWasWrong(change="C1", actions=(action,), at=self.at)
        self.state, _ = self.state.answer_was_wrong(message, self.at)

    def give(self, given: Command) -> None:
        self.at += timedelta(hours=3)
        if refuses_role(given) or self.state.refuses(given, self.at):
            return
        before = {action.id: action.original_due_on for action in self.state.actions.all}
        owner = known.agency if (known := self.action(given.item or "")) else ""
        self.state, _ = self.state.accept(given, self.at)
        self.remember(given, given.item or "", owner)
        if isinstance(given, ExtendAction):
            assert {action.id: action.original_due_on for action in self.state.actions.all} == before

    def remember(self, given: Command, action: str, owner: str) -> None:
        if isinstance(given, PlanAction | ReplaceLead):
            self.leads[action].add(given.lead)
        if isinstance(given, SubmitEvidence):
            self.submitters[action].add(given.actor.person)
            self.owners[action] = {owner}
        if isinstance(given, VerifyAction) and given.outcome == "verified":
            self.verifier[action] = given.actor.person
            self.owners[action].add(owner)


def step_of(told: Told, step: dict[str, Any]) -> None:
    """Give what the step says; refused or not."""
    form, action, by = step["form"], step["action"], step["by"]
    if form == WRONG:
        told.wrong(action)
    elif form == "plan-action":
        given = {name: step[name] for name in ("agency", "findings")} | planned_days(told, action, step["days"])
        given |= {"lead": step["person"], "found": Found(agencies=tuple(PARTS[step["person"]]))}
        told.give(plan_action(action, by=by, no_change="seen", reason="as agreed", **given))
    elif form == "replace-lead":
        told.give(replace_lead(step["person"], action, by, Found(agencies=tuple(PARTS[step["person"]]))))
    elif form == "supersede-action":
        given = {"request_id": "r", "actor": by, "item": action, "by": step["other"], "reason": "it answers more"}
        told.give(SupersedeAction.model_validate(given))
    else:
        found = Found(agencies=tuple(PARTS[by.person])) if form == "verify-action" else None
        told.give(command(form, None if form == "sign-off-plan" else action, by, found, **answer(told, step)))


def planned_days(told: Told, action: str, days: int) -> dict[str, date]:
    """Mostly the day that stands, which is the only one that a signed-off action may have."""
    known = told.action(action)
    stays = known is not None and days > 10
    return {"due_on": known.due_on if known is not None and stays else day(100 + days)}


def answer(told: Told, step: dict[str, Any]) -> dict[str, Any]:
    until = {"until": day(130 + 3 * step["days"]), "reason": "as agreed"}
    judged = {"outcome": "sent-back" if step["back"] else "verified", "reason": "as seen"}
    answers: dict[str, dict[str, Any]] = {
        "start-action": {"started_at": told.at},
        "report-progress": {"note": "half of it"},
        "reach-action-milestone": {"milestone": 1, "reached_at": told.at},
        "rate-action": {"colour": "red", "reason": "as seen"},
        "submit-evidence": {"note": "a sample"},
        "verify-action": judged,
        "extend-action": until,
        "refuse-action": {"reason": "as agreed"},
        "reopen-action": {"due_on": day(120 + 3 * step["days"]), "reason": "as agreed"},
        "sign-off-plan": {"outcome": "signed-off", "reason": "as agreed"},
    }
    return answers[step["form"]]


def certified_by_its_own_side(told: Told, action: Action) -> bool:
    verifier = told.verifier[action.id]
    leads = told.leads[action.id]
    sides = told.owners[action.id].union({action.agency}, *(PARTS[lead] for lead in leads))
    return verifier in leads | told.submitters[action.id] or bool(PARTS[verifier] & sides)


def successor(told: Told, action: Action) -> Action | None:
    """Followed to the end; a circle would never end."""
    for _ in ACTIONS:
        known = told.action(action.superseded_by)
        if known is None or known.status is not ActionStatus.SUPERSEDED:
            return known
        action = known
    return None


def is_sound(told: Told) -> None:
    """What must hold after each step."""
    standing = [each for each in told.state.actions.all if each.status is not ActionStatus.SUPERSEDED]
    covered = {finding for each in standing for finding in each.findings}
    for action in told.state.actions.all:
        if action.status is ActionStatus.VERIFIED:
            assert not certified_by_its_own_side(told, action)
        if action.status is ActionStatus.SUPERSEDED:
            assert successor(told, action) is not None
            assert set(action.findings) <= covered


def walk(seed: int) -> Counter[str]:
    """Go through some order of steps; how often an action came to be in each status."""
    chance, told = Random(seed), Told()
    answered_after = chance.randint(0, 30)
    came: Counter[str] = Counter()
    for number in range(STEPS):
        if number == answered_after:
            told.answered()
        before = {action.id: action.status for action in told.state.actions.all}
        step_of(told, some_step(chance))
        is_sound(told)
        came.update(
            action.status.value for action in told.state.actions.all if action.status is not before.get(action.id)
        )
    return came


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=150, deadline=None)
def test_no_action_is_certified_by_its_own_side_and_no_finding_is_lost(seed: int) -> None:
    walk(seed)


def test_such_orders_bring_actions_into_every_status() -> None:
    """Otherwise the rule above would hold for want of anything that was done."""
    came = sum((walk(seed) for seed in range(8)), Counter[str]())
    assert {status for status in ActionStatus if came[status.value] >= 2} == set(ActionStatus)
