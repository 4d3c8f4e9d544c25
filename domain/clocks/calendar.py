"""A working-day calendar as versioned data: what decides a date is recorded with it, never looked up again."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from typing import Self

from domain.model import Model

_WEEKEND = {5: "Saturday", 6: "Sunday"}
_DAY = timedelta(days=1)


def day_in_words(day: date) -> str:
    """The day as people write it: ``Monday 13 April 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


FIRST_YEAR = 2002
"""Calendars reach back to this year: earlier one-off holidays are not known for sure."""


class CalendarDoesNotCover(ValueError):
    """A date is needed that lies outside the years a calendar was loaded for."""

    def __init__(self, calendar: str, day: date) -> None:
        super().__init__(f"the calendar {calendar} does not cover {day.isoformat()}")
        self.day = day


class Holiday(Model):
    """A day on which nobody counts: a bank holiday or a board's own closure day."""

    on: date
    name: str


class OffsetChange(Model):
    """From this instant on, civil time is this many minutes ahead of UTC."""

    at: datetime
    minutes: int


class CalendarRequest(Model):
    """Which calendar is wanted, and for which years (both included)."""

    id: str
    """``england-wales``, ``scotland`` or ``northern-ireland``."""
    first_year: int
    last_year: int
    closure_days: tuple[Holiday, ...] = ()
    """The board's own closure days, in addition to the nation's bank holidays."""


class Calendar(Model):
    """Holidays and civil time of one nation for a span of years, as they were known when it was loaded.

    It carries the changes of civil time (summer time) as data, so that a date computed from it is the same on every
    machine and at every replay.
    """

    id: str
    """``england-wales``, ``scotland`` or ``northern-ireland``."""
    version: str
    """Names the content: source, its version and a digest."""
    source: str
    zone: str
    """IANA name of the civil time, for the reader: ``Europe/London``."""
    first_year: int
    last_year: int
    holidays: tuple[Holiday, ...]
    offsets: tuple[OffsetChange, ...]
    """In order of time; the first holds from before ``first_year`` on."""

    def local(self, instant: datetime) -> datetime:
        """The instant in civil time, with its offset. Raises ``CalendarDoesNotCover``; ``ValueError`` if naive."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs its offset from UTC")
        civil = instant.astimezone(timezone(timedelta(minutes=self._minutes_at(instant))))
        self._check(civil.date())
        return civil

    def day_of(self, instant: datetime) -> date:
        """The civil day on which the instant falls. Raises as ``local`` does."""
        return self.local(instant).date()

    def reason_not_counted(self, day: date) -> str | None:
        """Why the day is no working day (``Saturday``, ``Good Friday``); ``None`` for a working day.

        Saturdays, Sundays and bank holidays are no working days (Children Act 1989 Representations Procedure
        (England) Regulations 2006, regulation 2). Raises ``CalendarDoesNotCover``.
        """
        self._check(day)
        return _WEEKEND.get(day.weekday()) or self._names.get(day)

    def at_time(self, day: date, hour: int, minute: int = 0) -> datetime:
        """The instant at which clocks show that time on that day, with its civil offset.

        A time that occurs twice in autumn is the first of the two; one that is skipped in spring is as much later.
        Raises ``CalendarDoesNotCover``.
        """
        self._check(day)
        return self._instant_of(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001 - placed below

    def midnight_after(self, day: date) -> datetime:
        """The end of the day: the midnight that follows it, with its civil offset. Raises ``CalendarDoesNotCover``."""
        self._check(day)
        end = day + _DAY
        return self._instant_of(datetime(end.year, end.month, end.day))  # noqa: DTZ001 - placed below

    def changes_between(self, start: datetime, end: datetime) -> tuple[OffsetChange, ...]:
        """The changes of civil time after ``start`` and up to ``end``."""
        return tuple(change for change in self.offsets[1:] if start < change.at <= end)

    def _instant_of(self, civil: datetime) -> datetime:
        around = civil.replace(tzinfo=UTC)
        before, after = (self._minutes_at(around + step) for step in (-_DAY, _DAY))
        for minutes in (before, after):
            instant = civil.replace(tzinfo=timezone(timedelta(minutes=minutes)))
            if self._minutes_at(instant) == minutes:
                return instant
        return self.local(civil.replace(tzinfo=timezone(timedelta(minutes=before))))

    def _minutes_at(self, instant: datetime) -> int:
        index = bisect_right(self.offsets, instant, key=lambda change: change.at)
        return self.offsets[max(index - 1, 0)].minutes

    def _check(self, day: date) -> None:
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarDoesNotCover(self.id, day)

    @cached_property
    def _names(self) -> dict[date, str]:
        return {holiday.on: holiday.name for holiday in self.holidays}

    def __copy__(self) -> Self:
        # A copy may be given other holidays: it must not remember the old ones.
        copied = super().__copy__()
        copied.__dict__.pop("_names", None)
        return copied
