"""The axis of time of a picture: years, months as far as there is room for them, and days where there are few."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from desk.pictures import FAINT, INK, QUIET, line, text, width_of

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
GAP: Final = 6.0
"""At least so much room between two labels."""
HEIGHT: Final = 36.0
_SIZE: Final = 11.0
_ENOUGH: Final = 3
"""At least so many months are named; of a shorter time days are."""


@dataclass(frozen=True)
class TimeAxis:
    """Days from ``first`` to ``last`` between two upright edges."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """Where a day begins; days outside are at the edge."""
        days = max((self.last - self.first).days, 1)
        share = min(max((day - self.first).days / days, 0), 1)
        return self.left + share * (self.right - self.left)

    def years(self) -> Iterator[tuple[float, str]]:
        """Each year's name where it begins in the picture, as far as it has room; of many years every fifth or so."""
        for step in (1, 2, 5, 10, 20):
            begins = [date(year, 1, 1) for year in range(self.first.year + 1, self.last.year + 1) if year % step == 0]
            full = [self.x(end) - self.x(start) for start, end in pairwise(begins)]
            if all(room >= _room_for("0000") for room in full):
                yield from self._named([self.first, *begins])
                return

    def _named(self, starts: Iterable[date]) -> Iterator[tuple[float, str]]:
        for start, end in pairwise([*starts, self.last]):
            if self.x(end) - self.x(start) >= _room_for("0000"):
                yield self.x(start), str(start.year)

    def months(self) -> Iterator[tuple[float, str]]:
        """Each month's name where it begins: every month, or every second, third, fourth, sixth, as they have room.

        Where fewer than three months begin in the picture, days: every one, or as many as have room.
        """
        if self._few:
            yield from self._days()
            return
        begins = list(_months(self.first, self.last))
        for step in (1, 2, 3, 4, 6):
            shown = [(self.x(day), MONTHS[day.month - 1]) for day in begins if (day.month - 1) % step == 0]
            if all(x + _room_for(name) <= following for (x, name), (following, _) in pairwise(shown)):
                yield from shown
                return

    @property
    def _few(self) -> bool:
        return sum(1 for _ in _months(self.first, self.last)) < _ENOUGH

    def _days(self) -> Iterator[tuple[float, str]]:
        span = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        for step in (1, 2, 7, 14):
            shown = [(self.x(day), f"{day.day} {MONTHS[day.month - 1]}") for day in span[::step]]
            if all(x + _room_for(name) <= following for (x, name), (following, _) in pairwise(shown)):
                yield from shown
                return

    def drawn(self, y: float, bottom: float) -> Iterator[str]:
        """The labels in the ``HEIGHT`` below ``y``, and lines from there to ``bottom`` where years and months begin."""
        for x, name in self.months():
            yield line(x, y + HEIGHT - 18, x, bottom, stroke=FAINT)
            if x + width_of(name, _SIZE) <= self.right:
                yield text(x + 3, y + HEIGHT - 6, name, size=_SIZE, fill=QUIET)
        for day in _months(self.first, self.last):
            if day.month == 1:
                yield line(self.x(day), y, self.x(day), bottom, stroke=QUIET)
        for x, name in self.years():
            yield text(x + 3, y + 12, name, size=_SIZE, fill=INK, font_weight="bold")


def _room_for(name: str) -> float:
    return width_of(name, _SIZE) + GAP


def short_day(day: date) -> str:
    """``3 Apr 2027``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def around(days: Iterable[date]) -> tuple[date, date]:
    """The first and the last of the days with a little room on both sides, at least ten days in all."""
    known = sorted(days)
    first, last = known[0], known[-1]
    margin = max((last - first).days // 50, 3)
    return first - timedelta(days=margin), max(last + timedelta(days=margin), first + timedelta(days=10))


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of each month within the days."""
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            if first <= date(year, month, 1) <= last:
                yield date(year, month, 1)
