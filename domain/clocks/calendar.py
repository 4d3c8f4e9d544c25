"""A working-day calendar as versioned data: what decides a date is recorded with it, never looked up again."""

from bisect import bisect_left, bisect_right
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
    of_board: bool = False
    """A closure day of the board: only its own clocks do not count it, never one of law or guidance."""


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
    board: str = ""
    """Whose closure days are added, as the directory has them when the calendar is loaded."""


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
        civil = instant.astimezone(self._zone_at(instant))
        self.check(civil.date())
        return civil

    def day_of(self, instant: datetime) -> date:
        """The civil day on which the instant falls. Raises as ``local`` does."""
        return self.local(instant).date()

    def reason_not_counted(self, day: date) -> str | None:
        """Why the day is no working day (``Saturday``, ``Good Friday``); ``None`` for a working day.

        Saturdays, Sundays and bank holidays are no working days (Children Act 1989 Representations Procedure
        (England) Regulations 2006, regulation 2). Raises ``CalendarDoesNotCover``.
        """
        self.check(day)
        return _WEEKEND.get(day.weekday()) or self._names.get(day)

    def working_day_number(self, day: date) -> int:
        """The number of the last working day that is not after ``day``; each working day has the next number.

        Only differences of numbers mean something. The day itself may lie just outside the calendar, as the day before
        a first day does.
        """
        ordinal = day.toordinal()
        return _weekdays_through(ordinal) - bisect_right(self._weekdays_off[0], ordinal)

    def working_day(self, number: int) -> date:
        """The working day of that number (see ``working_day_number``). Raises ``CalendarDoesNotCover``."""
        weeks, days = divmod(number + bisect_left(self._weekdays_off[1], number) - 1, 5)
        return self.day(weeks * 7 + days + 1)

    def day(self, ordinal: int) -> date:
        """The day of that ordinal (as ``date.toordinal``).

        Raises ``CalendarDoesNotCover`` with the first day that the calendar lacks on the way there.
        """
        first, last = self._span
        if first <= ordinal <= last:
            return date.fromordinal(ordinal)
        raise CalendarDoesNotCover(self.id, date.fromordinal(first - 1 if ordinal < first else last + 1))

    def check(self, day: date) -> None:
        """Raise ``CalendarDoesNotCover`` for a day outside the years of the calendar."""
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarDoesNotCover(self.id, day)

    def at_time(self, day: date, hour: int, minute: int = 0) -> datetime:
        """The instant at which clocks show that time on that day, with its civil offset.

        A time that occurs twice in autumn is the first of the two; one that is skipped in spring is as much later.
        Raises ``CalendarDoesNotCover``.
        """
        self.check(day)
        return self._instant_of(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001 - placed below

    def midnight_after(self, day: date) -> datetime:
        """The end of the day: the midnight that follows it, with its civil offset. Raises ``CalendarDoesNotCover``."""
        self.check(day)
        end = day + _DAY
        return self._instant_of(datetime(end.year, end.month, end.day))  # noqa: DTZ001 - placed below

    def changes_between(self, start: datetime, end: datetime) -> tuple[OffsetChange, ...]:
        """The changes of civil time after ``start`` and up to ``end``."""
        return tuple(change for change in self.offsets[1:] if start < change.at <= end)

    def _instant_of(self, civil: datetime) -> datetime:
        around = civil.replace(tzinfo=UTC)
        before, after = (self._zone_at(around + step) for step in (-_DAY, _DAY))
        for zone in (before, after):
            instant = civil.replace(tzinfo=zone)
            if self._zone_at(instant) == zone:
                return instant
        return self.local(civil.replace(tzinfo=before))

    def _zone_at(self, instant: datetime) -> timezone:
        instants, zones = self._zones
        return zones[max(bisect_right(instants, instant) - 1, 0)]

    @cached_property
    def national(self) -> "Calendar":
        """The calendar without the board's closure days: what law and guidance count by."""
        bank_holidays = tuple(holiday for holiday in self.holidays if not holiday.of_board)
        return self if bank_holidays == self.holidays else self.model_copy(update={"holidays": bank_holidays})

    @cached_property
    def _zones(self) -> tuple[list[datetime], list[timezone]]:
        """When each offset begins, and the offset."""
        zones = [timezone(timedelta(minutes=change.minutes)) for change in self.offsets]
        return [change.at for change in self.offsets], zones

    @cached_property
    def _span(self) -> tuple[int, int]:
        return date(self.first_year, 1, 1).toordinal(), date(self.last_year, 12, 31).toordinal()

    @cached_property
    def _names(self) -> dict[date, str]:
        return {holiday.on: holiday.name for holiday in self.holidays}

    @cached_property
    def _weekdays_off(self) -> tuple[list[int], list[int]]:
        """The ordinals of the holidays on weekdays, in order, and how many working days there are up to each."""
        ordinals = sorted(day.toordinal() for day in self._names if day.weekday() not in _WEEKEND)
        return ordinals, [_weekdays_through(day) - count for count, day in enumerate(ordinals, start=1)]

    def __copy__(self) -> Self:
        # A copy may be given other holidays: it must not remember what followed from the old ones.
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


def _weekdays_through(ordinal: int) -> int:
    """How many days from Monday to Friday there are from day 1, a Monday, to the day of that ordinal."""
    weeks, days = divmod(ordinal, 7)
    return weeks * 5 + min(days, 5)
