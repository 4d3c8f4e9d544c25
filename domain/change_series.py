"""One expected change over time, as charts and exports draw it. A pure reading: nothing is filled in between dates."""

from datetime import date
from decimal import Decimal
from typing import Literal

from domain.change_commands import Judgement, MeasureKind
from domain.clocks.calendar import Calendar
from domain.expected_change import Look, Outcome, WatchedChange, late_by_days
from domain.model import Model


class Point(Model):
    """One date on which the change was looked at, or is to be."""

    number: int
    due_on: date
    afterwards: bool = False
    """Whether it is the one more look after a closing."""
    observed_on: date | None = None
    value: Decimal | None = None
    """In the unit of the series; only where something was observed, and the change is in figures."""
    late_days: int = 0
    """By how many days the observation was recorded late; 0 where nothing was observed."""
    absent: bool = False
    """Whether it is recorded that there is no observation, and none came later."""
    judgement: Judgement | None = None
    target_met: bool | None = None
    """``None`` where it was not judged, or cannot be told."""


class Series(Model):
    """One expected change with all its dates."""

    id: str
    kind: MeasureKind
    unit: str = ""
    direction: Literal["higher", "lower", "described"] = "described"
    """Which figures are better; described where the change is told in words."""
    baseline: Decimal | None = None
    target: Decimal | None = None
    points: tuple[Point, ...] = ()
    """In the order of their due days."""
    outcome: Outcome | None = None
    """How it was closed; ``None`` while it is watched."""
    closed_on: date | None = None
    replaced_by: str = ""
    """Id of the change that took its place, where it was planned anew."""


def series(change: WatchedChange, calendar: Calendar | None = None) -> Series:
    """The change as it stands. With a calendar lateness is counted in its civil days, otherwise in days of UTC.

    Raises ``CalendarDoesNotCover``.
    """
    definition, closed = change.definition, change.closed
    return Series(
        id=change.id,
        kind=definition.kind,
        unit=definition.unit,
        direction=definition.direction,
        baseline=definition.baseline,
        target=definition.target,
        points=tuple(_point(look, calendar) for look in change.looks),
        outcome=closed.outcome if closed else None,
        closed_on=closed.on if closed else None,
        replaced_by=closed.by if closed else "",
    )


def _point(look: Look, calendar: Calendar | None) -> Point:
    return Point(
        number=look.number,
        due_on=look.due_on,
        afterwards=look.kind == "afterwards",
        observed_on=look.observed_on,
        value=look.value,
        late_days=late_by_days(look, calendar),
        absent=look.absent,
        judgement=look.judgement,
        target_met=look.target_met,
    )
