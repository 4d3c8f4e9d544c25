"""What the keeping of a record consists of: legal holds, reviews and their days, proposals to destroy it."""

from datetime import UTC, date, datetime, time, timedelta

from domain.clocks.arithmetic import add_months
from domain.command import please
from domain.model import Model
from domain.people import Actor, Role
from domain.record import Letter
from domain.retention_commands import AgreeDestruction

CLOCK_MONTHS = 12 * 40
"""The clock of a review begins at most so long before its day: calendars do not reach further than people foresee,
and the engine keeps no timer of a hundred years."""
TO_REVIEW = timedelta(weeks=12)
"""How long the board has for a review once its day has come."""


class LegalHold(Model):
    """Something for which the record is needed, whatever its class says."""

    id: str
    placed_at: datetime
    lifted_at: datetime | None = None


class Review(Model):
    """A review of whether the record is kept, to come or done."""

    number: int
    since: datetime
    """When the day was set first: at the closing, or by what was decided before."""
    on: date
    """From this day on it may be reviewed."""
    why: str
    done_at: datetime | None = None

    @property
    def due_on(self) -> date:
        """By when it is to be reviewed."""
        return self.on + TO_REVIEW

    @property
    def item(self) -> str | None:
        """What its clock is for: the number of the review, none for the first."""
        return None if self.number == 1 else str(self.number)

    @property
    def clock_begins_at(self) -> datetime:
        """From when on it has a clock."""
        return morning(add_months(self.on, -CLOCK_MONTHS))

    @property
    def comes_at(self) -> datetime:
        """From when on it may be reviewed."""
        return morning(self.on)


class Proposal(Model):
    """A proposal to destroy the record, and who agreed to it."""

    number: int
    at: datetime
    by: Actor
    agreed_at: datetime | None = None
    agreed_by: Actor | None = None
    withdrawn_at: datetime | None = None

    @property
    def second(self) -> Role:
        """The role that is asked to agree: one of the two people is the chair."""
        return Role.BUSINESS_MANAGER if self.by.role is Role.BOARD_CHAIR else Role.BOARD_CHAIR

    @property
    def task(self) -> str:
        """Id, within the stage, of what the second person is asked."""
        return f"{self.number}/{AgreeDestruction.FORM}"

    def withdrawn(self, at: datetime) -> "Proposal":
        """It, withdrawn at that instant where it was not before."""
        return self if self.withdrawn_at else self.model_copy(update={"withdrawn_at": at})

    def asks_second(self) -> Letter:
        """The letter that asks a second person."""
        id = f"task/{AgreeDestruction.FORM}/{self.number}"
        title = please(AgreeDestruction)
        return Letter(id=id, template="task", to=self.second, task=self.task, clock_title=title)


def morning(day: date) -> datetime:
    """The beginning of a day."""
    return datetime.combine(day, time(0), UTC)
