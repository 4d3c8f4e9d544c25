"""A deadline: an instant together with its working."""

from datetime import date, datetime

from domain.clocks.rule import Direction, FirstDay, Unit
from domain.model import Model


class WorkedDay(Model):
    """One line of a deadline's working: a day that was counted, or skipped, and why."""

    on: date
    number: int | None
    """The count reached on that day; ``None`` where the day was skipped."""
    why: str
    """``working day``, ``Saturday``, ``Good Friday``, ``the day of the event is not counted`` …"""


class Deadline(Model):
    """When a clock runs out. Computed once from a recorded event and a recorded calendar version; never changed.

    ``due_at`` is the first instant that is too late: for clocks in days, months or years the midnight (civil time of
    the calendar) after ``due_on``; for clocks in hours exactly so many hours after the start.
    """

    rule: str
    amount: int
    unit: Unit
    direction: Direction
    first_day: FirstDay
    started_at: datetime
    due_on: date
    due_at: datetime
    calendar: str
    """Version of the calendar it was computed with."""
    working: tuple[WorkedDay, ...] = ()
    note: str = ""
    """What else decided the date: a clamped month, a change of civil time."""
