"""One action of the plan as far as rules need it; its texts are in the record."""

from datetime import date, datetime

from domain.action_commands import ActionStatus
from domain.model import Model


class Step(Model):
    """A milestone of an action."""

    due_on: date
    reached_at: datetime | None = None


class Verification(Model):
    """One look at submitted evidence."""

    submitted_at: datetime
    judged_at: datetime | None = None
    """None where the action came to its end before anybody judged it."""


class Action(Model):
    """An action as it stands. Its status and its colour are two things: the colour is the board's view of it."""

    id: str
    findings: tuple[str, ...] = ()
    """Ids of the findings that it answers; none for an early action."""
    agency: str
    """Id of the agency that owns it."""
    agencies: tuple[str, ...] = ()
    """Ids of the agencies that ever owned it."""
    lead: str
    """Id of the person who leads it now."""
    leads: tuple[str, ...]
    """Ids of everybody who ever led it."""
    leads_agencies: tuple[str, ...] = ()
    """Ids of the agencies that these belonged to when they took it on."""
    planned_at: datetime
    """When it was first planned."""
    starts_on: date
    due_on: date
    original_due_on: date
    """The day that was first planned: extensions never change it; planning anew before the first sign-off does."""
    extensions: int = 0
    milestones: tuple[Step, ...] = ()
    change_watched: bool = True
    """False where the plan says why no expected change is watched for it."""
    status: ActionStatus = ActionStatus.PLANNED
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    """When its evidence was submitted; none again once it is sent back."""
    submitted_by: tuple[str, ...] = ()
    """Ids of everybody who ever submitted evidence for it: none of them verifies it."""
    verifications: tuple[Verification, ...] = ()
    """Every judgement of its evidence so far."""
    sent_back: int = 0
    reopened: int = 0
    reopened_at: datetime | None = None
    assigned: int = 1
    """How often somebody was told that they lead it."""
    ended_at: datetime | None = None
    superseded_by: str = ""
    colour: str = ""
    """Of the board's legend; empty where nobody has rated it."""
    replan_since: datetime | None = None
    """When a judgement concluded that it was the wrong answer; none once it is superseded or planned anew."""

    @property
    def early(self) -> bool:
        """Whether it was made without a finding."""
        return not self.findings

    @property
    def sides(self) -> tuple[str, ...]:
        """Ids of the agencies that ever owned it, and of those whose people ever led it: its own sides."""
        return tuple(dict.fromkeys((*self.agencies, *self.leads_agencies)))

    @property
    def open(self) -> bool:
        """Whether it is not at its end."""
        return not self.status.at_its_end
