"""What a stage says of the clocks that it needs, without arithmetic."""

from datetime import date, datetime

from domain.clocks.stops import Stop
from domain.model import Model
from domain.people import Role


class ClockNeed(Model):
    """A clock that a stage needs as it stands, and whether what it waits for has happened."""

    rule: str
    item: str | None = None
    started_at: datetime
    satisfied_at: datetime | None = None
    waiting_on: Role
    agency: str | None = None
    person: str = ""
    """Id of the one person it waits for, where a role of the case alone does not say it (the lead of an action)."""
    address: str | None = None
    """Of the agency's contact, where the incident event named one."""
    task: str = ""
    """Id, within the stage, of the task that satisfies it."""
    due_on: date | None = None
    """The day that a decision set instead of the rule's amount; the clock runs out at the end of it."""
    why: str = ""
    """Why that day, or why it was moved; by role, never by name."""
    stops: tuple[Stop, ...] = ()
    """When the review's clock stood; they count where the rule says that the clock stops with the review."""
    opened_at: datetime | None = None
    """Where the clock does not begin with ``started_at``: rungs before this instant are not climbed."""

    @property
    def id(self) -> str:
        """The same id as the ``ClockEntry`` it leads to."""
        return self.rule if self.item is None else f"{self.rule}/{self.item}"
