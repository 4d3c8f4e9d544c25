"""A statutory or local clock as data: how long, counted how, from what, and who is told when it runs out."""

from enum import StrEnum

from pydantic import Field

from domain.model import Model
from domain.people import Role


class Unit(StrEnum):
    """What a clock counts. Units are never mixed within one clock."""

    CLOCK_HOURS = "clock hours"
    CALENDAR_DAYS = "calendar days"
    WORKING_DAYS = "working days"
    MONTHS = "months"


class Direction(StrEnum):
    """Whether the due date lies after the event or before it (a notice before publication)."""

    AFTER = "after"
    BEFORE = "before"


class FirstDay(StrEnum):
    """Which day is day 1: the day after the event (the usual reading), or the day of the event itself."""

    DAY_AFTER = "day after"
    EVENT_DAY = "event day"


class Strength(StrEnum):
    """How binding a clock is."""

    STATUTE = "statute"
    GUIDANCE = "guidance"
    LOCAL = "local"


class Source(Model):
    """Where a rule is written."""

    document: str
    paragraph: str = ""
    confirm: bool = False
    """True where the board has to confirm the rule because the primary text was not checked word for word."""

    def __str__(self) -> str:
        return f"{self.document}, {self.paragraph}" if self.paragraph else self.document


class Rung(Model):
    """One step of an escalation ladder: who is told, how long before or after the due instant.

    Rungs in clock hours fall at exactly that instant. Rungs in days fall in the morning of that day.
    """

    to: Role
    offset: int = 0
    """Negative before the due instant, positive after it."""
    unit: Unit = Unit.CLOCK_HOURS
    from_start: bool = False
    """True where the offset counts from the start of the clock (the first letter) rather than from its end."""
    letter: str
    """Template in ``letters/``: ``clock-started``, ``clock-reminder`` or ``clock-overdue``."""
    acknowledge: bool = False
    """Whether the reader must acknowledge; until then the letter is repeated."""


class ClockRule(Model):
    """One clock of a regime."""

    id: str
    title: str
    amount: int = Field(gt=0)
    unit: Unit
    direction: Direction = Direction.AFTER
    start_event: str
    """What starts it, in words that complete "counted from …"."""
    first_day: FirstDay = FirstDay.DAY_AFTER
    strength: Strength
    source: Source
    urgent: bool = False
    """Child-safety clocks: their letters do not wait for the morning."""
    ladder: tuple[Rung, ...] = ()
    repeat_hours: int = 24
    """Clock hours between repetitions of a letter that must be acknowledged and was not."""
    repeat_times: int = 3
