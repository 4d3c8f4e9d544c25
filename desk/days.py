"""The days of a clock one by one, as a picture shows them: counted, weekend, holiday, stopped."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from desk.civil import in_civil_time
from domain.clocks.deadline import Deadline, WorkedDay
from domain.clocks.rule import Unit
from domain.clocks.stops import Stop
from domain.model import Model
from domain.record import ClockEntry, ClockStatus

_DAY: Final = timedelta(days=1)
_STOPPED: Final = "stopped: "
_WEEKEND: Final = ("Saturday", "Sunday")


class DayKind(StrEnum):
    """What a day was for the clock."""

    COUNTED = "counted"
    EVENT = "the day it is counted from"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    STOPPED = "stopped"
    BETWEEN = "the clock runs"
    """Of a clock that runs to a day that was set: it counts nothing, and runs."""


class ClockDay(Model):
    """One civil day of a clock."""

    on: date
    kind: DayKind
    number: int | None = None
    """The count reached on that day; for clocks in hours whole hours."""
    why: str = ""
    """The name of the holiday, the reason of the stop, what else is to be said; empty for a plain day."""
    event: bool = False
    """Whether the clock is counted from this day."""
    due: bool = False


def days_of(entry: ClockEntry, at: datetime) -> tuple[ClockDay, ...]:
    """Every day from the first to the last of the working, in order of the calendar.

    Of a clock that stands still the days until ``at`` are stopped, and no later one is there: when it will be due is
    not known.
    """
    deadline = entry.deadline
    worked = {day.on: day for day in deadline.working}
    days = [_day(on, worked, deadline) for on in _span(deadline)]
    stop = entry.stopped if entry.status is ClockStatus.STOPPED else None
    return tuple(days if stop is None else _standing(days, stop, at))


def _span(deadline: Deadline) -> Iterator[date]:
    known = [day.on for day in deadline.working] + [deadline.started_at.date(), deadline.due_on]
    first, last = min(known), max(known)
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def _day(on: date, worked: Mapping[date, WorkedDay], deadline: Deadline) -> ClockDay:
    day = ClockDay(on=on, kind=DayKind.BETWEEN, event=on == deadline.started_at.date(), due=on == deadline.due_on)
    known = worked.get(on)
    if known is None:
        return day if deadline.unit is Unit.SET_DATE or not day.event else _changed(day, DayKind.EVENT)
    if known.number is not None:
        number = None if deadline.unit is Unit.SET_DATE else known.number
        return _changed(day, DayKind.COUNTED, why=_worth_saying(known.why), number=number)
    if known.why.startswith(_STOPPED):
        return _changed(day, DayKind.STOPPED, why=known.why.removeprefix(_STOPPED))
    if known.why in _WEEKEND:
        return _changed(day, DayKind.WEEKEND, why=known.why)
    return _changed(day, DayKind.EVENT if day.event else DayKind.HOLIDAY, why=known.why)


def _worth_saying(why: str) -> str:
    """Of a counted day only what is not so of every other."""
    if why.endswith(" counts too)"):
        counts_too = why[why.index("(") + 1 : -1]
        return "" if counts_too.split(" ")[0] in _WEEKEND else counts_too
    return "" if why in ("working day", "calendar day", "every hour") else why


def _standing(days: list[ClockDay], stop: Stop, at: datetime) -> Iterator[ClockDay]:
    since, last = stop.since.date(), in_civil_time(at).date()
    yield from (_changed(day, day.kind, why=day.why, number=day.number, due=False) for day in days if day.on < since)
    events = {day.on for day in days if day.event}
    for number in range(max((last - since).days, 0) + 1):
        on = since + number * _DAY
        yield ClockDay(on=on, kind=DayKind.STOPPED, why=stop.reason, event=on in events)


def _changed(
    day: ClockDay, kind: DayKind, *, why: str = "", number: int | None = None, due: bool | None = None
) -> ClockDay:
    return day.model_copy(update={"kind": kind, "why": why, "number": number, "due": day.due if due is None else due})
