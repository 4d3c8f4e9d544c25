"""Stopped clocks: when a clock stood still, and why. The time is given back when it runs on.

For clocks in days a civil day is stopped from the day on which the stop begins, included, to the day on which the clock
runs on, excluded: a stop that begins and ends on one day gives back nothing. Clocks in hours get back the exact time.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from domain.clocks.calendar import Calendar
from domain.model import Model


class Stop(Model):
    """A time during which a clock stands still."""

    since: datetime
    until: datetime | None = None
    """When the clock runs on; ``None`` while it stands."""
    reason: str
    """Why, by role and reference, never by name."""


class StoppedDays(Model):
    """The civil days of a stop that has ended."""

    first: date
    ran_on: date
    """The first day that counts again."""
    reason: str


def united(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """The same times in order, with those that overlap or touch joined into one that names each reason."""
    joined: list[Stop] = []
    for stop in sorted(stops, key=lambda stop: (stop.since, stop.reason)):
        if stop.until is not None and stop.until <= stop.since:
            continue
        if joined and _reaches(joined[-1], stop):
            joined[-1] = _both(joined[-1], stop)
        else:
            joined.append(stop)
    return tuple(joined)


def within(stops: Iterable[Stop], since: datetime | None = None, until: datetime | None = None) -> tuple[Stop, ...]:
    """What of the stops, in order and joined, lies from ``since`` on and before ``until``."""
    cut = []
    for stop in stops:
        begins = stop.since if since is None else max(stop.since, since)
        ends = stop.until if until is None else min(stop.until or until, until)
        if ends is None or begins < ends:
            cut.append(stop.model_copy(update={"since": begins, "until": ends}))
    return united(cut)


def in_civil_time(stops: Iterable[Stop], calendar: Calendar) -> tuple[Stop, ...]:
    """The same stops with the civil offset of the calendar, for the reader. Raises ``CalendarDoesNotCover``."""
    return tuple(
        stop.model_copy(
            update={"since": calendar.local(stop.since), "until": stop.until and calendar.local(stop.until)}
        )
        for stop in stops
    )


def standing(stops: Iterable[Stop]) -> Stop | None:
    """The stop that has not ended, if there is one."""
    return next((stop for stop in stops if stop.until is None), None)


def stopped_days(stops: Iterable[Stop], calendar: Calendar) -> tuple[StoppedDays, ...]:
    """The civil days of the stops that have ended. Raises ``CalendarDoesNotCover``."""
    return tuple(
        StoppedDays(first=calendar.day_of(stop.since), ran_on=calendar.day_of(stop.until), reason=stop.reason)
        for stop in stops
        if stop.until is not None
    )


def why_stopped(day: date, stopped: Iterable[StoppedDays]) -> str | None:
    """``stopped: …`` for a day on which the clock stood, else ``None``."""
    return next((f"stopped: {days.reason}" for days in stopped if days.first <= day < days.ran_on), None)


def stood(stops: Iterable[Stop], since: datetime, until: datetime) -> timedelta:
    """How long the clock stood between the two instants; the stops do not overlap."""
    return sum(
        (max(min(stop.until or until, until) - max(stop.since, since), timedelta()) for stop in stops), timedelta()
    )


def _reaches(earlier: Stop, later: Stop) -> bool:
    return earlier.until is None or later.since <= earlier.until


def _both(earlier: Stop, later: Stop) -> Stop:
    until = None if earlier.until is None or later.until is None else max(earlier.until, later.until)
    reasons = dict.fromkeys((*earlier.reason.split("; "), *later.reason.split("; ")))
    return Stop(since=earlier.since, until=until, reason="; ".join(reasons))
