"""Actions of a plan as tests begin with them, and the people around them: leads, those of agencies and board."""

from datetime import date
from typing import Any

from plan_world import (
    LEAD,
    Planning,
    command,
    done,
    extend,
    plan,
    plan_action,
    rate,
    refuse,
    reopen,
    supersede,
)
from stage_world import DAY, SUB_GROUP, T0, actor

from domain.command import Command, Found
from domain.people import Actor, Role
from domain.record import Letter

TODAY = T0.date()
LEADER = actor(Role.ACTION_LEAD, LEAD)
SECOND = "nb-lead-2"
HEALTH = actor(Role.AGENCY_LEAD, "nb-health-lead", "health")
HEALTH_EXECUTIVE = actor(Role.AGENCY_EXECUTIVE, "nb-health-executive", "health")
POLICE = actor(Role.AGENCY_LEAD, "nb-police-lead", "police")
POLICE_EXECUTIVE = actor(Role.AGENCY_EXECUTIVE, "nb-police-executive", "police")
MEMBER = actor(Role.BOARD_MEMBER, "nb-member")
LATER = (T0 + 200 * DAY).date()
TOLD: dict[str, dict[str, Any]] = {
    "start-action": {"started_at": T0},
    "report-progress": {"note": "half of it"},
    "reach-action-milestone": {"milestone": 1, "reached_at": T0},
    "submit-evidence": {"note": "a sample of ten"},
}
"""What is told of how an action goes."""


def day(number: int) -> date:
    """So many days after the world begins."""
    return (T0 + number * DAY).date()


MILESTONES = ({"what": "the form is agreed", "due_on": day(30)}, {"what": "two teams use it", "due_on": day(60)})


def unknown(*kinds: str) -> Found:
    """The directory, or the case, does not know something of these kinds."""
    return Found(missing=kinds)


def part_of(*agencies: str) -> Found:
    """Whoever gives the command has a part in these agencies."""
    return Found(agencies=agencies)


def code(world: Planning, given: Command) -> str:
    """The code of the rule that refuses the command; empty where none does."""
    refusal = world.refuses(given)
    return refusal.code if refusal else ""


def judge(action: str = "A1", by: Actor = MEMBER, *, outcome: str = "verified", found: Found | None = None) -> Command:
    return command("verify-action", action, by, found or Found(), outcome=outcome, reason="the sample was looked at")


def send_back(action: str = "A1") -> Command:
    return judge(action, outcome="sent-back")


def replace_lead(lead: str = SECOND, action: str = "A1", by: Actor = HEALTH, found: Found | None = None) -> Command:
    return command("replace-lead", action, by, found, lead=lead, reason="moves to another post")


def reach(milestone: int, action: str = "A1", by: Actor = LEADER, **more: Any) -> Command:
    given = {"reached_at": T0} | more
    return command("reach-action-milestone", action, by, milestone=milestone, **given)


def letters(world: Planning, template: str) -> list[Letter]:
    """The letters of that template that were called for."""
    return [letter for letter in world.letters if letter.template == template]


def planned(**more: Any) -> Planning:
    """A plan with one action, not signed off."""
    return plan().all([plan_action(**more)])


def verified() -> Planning:
    return planned().all(done())


def superseded() -> Planning:
    """By a second action that answers the same."""
    return planned().all([plan_action("A2"), supersede()])


def refused() -> Planning:
    return planned().all([refuse()])


def everything(action: str) -> list[Command]:
    """One of each command about an action that there is already."""
    return [
        *(command(form, action, **told) for form, told in TOLD.items()),
        rate(action),
        judge(action),
        extend(action, LATER),
        supersede(action, "A2"),
        refuse(action),
        reopen(action),
        replace_lead(action=action, by=SUB_GROUP),
    ]
