"""A statutory or local clock as data: how long, counted how, from what, and who is told when it runs out."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from domain.model import Model
from domain.people import Role


class Unit(StrEnum):
    """What a clock counts. Units are never mixed within one clock."""

    CLOCK_HOURS = "clock hours"
    CALENDAR_DAYS = "calendar days"
    WORKING_DAYS = "working days"
    MONTHS = "months"
    YEARS = "years"
    SET_DATE = "set date"
    """Counts nothing: the clock runs to a day that somebody set."""


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
    repeats: int = Field(0, ge=0)
    """Where it is not 0, the rung stands for so many rungs, each ``offset`` after the one before (a monthly report)."""

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if self.unit is Unit.SET_DATE:
            raise ValueError("a rung counts hours, days, months or years; a set date is none of them")
        if self.repeats and self.offset == 0:
            raise ValueError("a rung that repeats needs an offset")
        return self


class Suspension(Model):
    """Civil days, both included, on which a clock stands still for everybody, as in March 2020."""

    first: date
    last: date
    reason: str
    source: Source

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("a suspension ends before it begins")
        return self


SET_BY_BOARD = "set by the board"
"""What a file says in place of an amount that no source gives: no case begins until the board has set it."""


class ClockRule(Model):
    """One clock of a regime."""

    id: str
    title: str
    amount: int = Field(0, ge=0)
    """How many units; 0 only where the clock runs to a set day, or the board has yet to say."""
    set_by_board: bool = False
    """Whether the amount is still to be set by the board (``SET_BY_BOARD`` in the file)."""
    unit: Unit
    direction: Direction = Direction.AFTER
    start_event: str
    """What starts it, in words that complete "counted from …"."""
    first_day: FirstDay = FirstDay.DAY_AFTER
    strength: Strength
    source: Source
    urgent: bool = False
    """Child-safety clocks: their letters do not wait for the morning."""
    daily: bool = False
    """Whether its letters leave together, one a person and day at most."""
    stops_with_review: bool = False
    """Whether the clock stands still while the chair has stopped the review's clock."""
    beside: str = ""
    """Id of the clock beside which this stricter one of the board runs: same start, same end."""
    suspended: tuple[Suspension, ...] = ()
    ladder: tuple[Rung, ...] = ()
    """Its rungs; one that repeats is read as so many rungs of their own."""
    repeat_hours: int = 24
    """Clock hours between repetitions of a letter that must be acknowledged and was not."""
    repeat_times: int = 3

    @field_validator("ladder")
    @classmethod
    def _each_repetition_is_a_rung(cls, ladder: tuple[Rung, ...]) -> tuple[Rung, ...]:
        """What is read again changes nothing: the rungs that this gives repeat no more."""
        return tuple(
            rung.model_copy(update={"offset": rung.offset * time, "repeats": 0})
            for rung in ladder
            for time in range(1, (rung.repeats or 1) + 1)
        )

    @model_validator(mode="before")
    @classmethod
    def _amount_in_words(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("amount") == SET_BY_BOARD:
            return {**data, "amount": 0, "set_by_board": True}
        return data

    @model_validator(mode="after")
    def _counts_unless_the_day_is_set(self) -> Self:
        if self.set_by_board:
            if self.amount or self.unit is Unit.SET_DATE:
                raise ValueError("what the board has yet to set is an amount, and none is given")
        elif (self.amount == 0) is not (self.unit is Unit.SET_DATE):
            raise ValueError("a clock counts an amount of at least 1; only one that runs to a set date has none")
        return self
