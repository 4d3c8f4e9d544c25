"""A second account of bank holidays, civil time and counting, which shares nothing with the product but the law.

Holidays are worked out from the schedule of the Banking and Financial Dealings Act 1971 and the proclamations since
2002; nothing is counted by formula: each day knows only the next working day and the one before. Days are indices from
1 January 2002 on, instants are seconds since 1970.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import count

FIRST, LAST = date(2002, 1, 1), date(2036, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
STARTS = range((date(2031, 12, 31) - FIRST).days + 1)
"""Every day of thirty years, 2002 to 2031."""
NATIONS = ("england-wales", "scotland", "northern-ireland")

Due = int | None
"""Index of a day; ``None`` where it would lie outside 2002 to 2036."""

# The prayer book's table: the day of the Paschal full moon for each golden number, from 1900 to 2199.
_FULL_MOONS = (
    *((4, 14), (4, 3), (3, 23), (4, 11), (3, 31), (4, 18), (4, 8), (3, 28), (4, 16), (4, 5)),
    *((3, 25), (4, 13), (4, 2), (3, 22), (4, 10), (3, 30), (4, 17), (4, 7), (3, 27)),
)
MONDAY, SUNDAY = 1, 7

PROCLAIMED = {
    date(2002, 6, 3): NATIONS,  # golden jubilee
    date(2011, 4, 29): NATIONS,  # royal wedding
    date(2012, 6, 5): NATIONS,  # diamond jubilee
    date(2022, 6, 3): NATIONS,  # platinum jubilee
    date(2022, 9, 19): NATIONS,  # state funeral
    date(2023, 5, 8): NATIONS,  # coronation
    date(2026, 6, 15): ("scotland",),  # World Cup
}
MOVED = {
    date(2002, 5, 27): date(2002, 6, 4),
    date(2012, 5, 28): date(2012, 6, 4),
    date(2020, 5, 4): date(2020, 5, 8),  # 75 years after the end of the war in Europe
    date(2022, 5, 30): date(2022, 6, 2),
}


def easter(year: int) -> date:
    """The Sunday after the Paschal full moon."""
    full_moon = date(year, *_FULL_MOONS[year % 19])
    return next(day for n in count(1) if (day := full_moon + timedelta(days=n)).isoweekday() == SUNDAY)


def monday(year: int, month: int, *, last: bool = False) -> date:
    """The first or the last Monday of a month."""
    mondays = [day for n in range(1, 32) if (day := _day(year, month, n)) and day.isoweekday() == MONDAY]
    return mondays[-1 if last else 0]


def bank_holidays(nation: str, year: int) -> set[date]:
    """The days of the year on which banks are closed, weekends aside; days in lieu instead of what falls on them."""
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    days = {easter(year) - timedelta(days=2), monday(year, 5), monday(year, 5, last=True)}
    if nation == "scotland":
        fixed += [date(year, 1, 2)] + [date(year, 11, 30)] * (year >= 2007)
        days |= {monday(year, 8)}
    else:
        days |= {easter(year) + timedelta(days=1), monday(year, 8, last=True)}
    if nation == "northern-ireland":
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    days = {MOVED.get(day, day) for day in days}
    days |= {day for day, where in PROCLAIMED.items() if day.year == year and nation in where}
    days |= {day for day in fixed if day.isoweekday() <= 5}
    for day in sorted(day for day in fixed if day.isoweekday() > 5):
        days.add(next(free for n in count(1) if _free(free := day + timedelta(days=n), days)))
    return days


def working_days(nation: str) -> list[bool]:
    """Of each day, whether it is a working day."""
    off = set[date]().union(*(bank_holidays(nation, year) for year in range(FIRST.year, LAST.year + 1)))
    return [_free(day, off) for day in DAYS]


class Counting:
    """Counts with the working days of one nation, by hopping from one to the next."""

    def __init__(self, working: list[bool]) -> None:
        self.working = working
        self.ahead = self._hops(reversed(range(len(working))))
        self.back = self._hops(range(len(working)))

    def _hops(self, order: Iterable[int]) -> list[Due]:
        hops: list[Due] = [None] * len(self.working)
        seen: Due = None
        for day in order:
            hops[day] = seen
            seen = day if self.working[day] else seen
        return hops

    def working_days(self, amount: int, *, after: bool, event_day: bool) -> list[Due]:
        """Where so many working days lead from every start."""
        hops = self.ahead if after else self.back
        reached: list[Due] = [day if event_day and self.working[day] else hops[day] for day in STARTS]
        for _ in range(amount - 1):
            reached = [None if day is None else hops[day] for day in reached]
        return reached


def calendar_days(amount: int, *, after: bool, event_day: bool) -> list[Due]:
    """Where so many days lead from every start: the event's own day is the first of them, or is not one of them."""
    distance = amount - 1 if event_day else amount
    return [_known(day + distance if after else day - distance) for day in STARTS]


def months(amount: int, *, after: bool, event_day: bool) -> list[Due]:
    """Where so many months lead from every start."""
    return _periods(lambda day: _month_by_month(day, amount, after=after), after=after, event_day=event_day)


def years(amount: int, *, after: bool, event_day: bool) -> list[Due]:
    """Where so many years lead from every start: to the same date, and from 29 February to 28 February at need."""
    step = amount if after else -amount
    return _periods(
        lambda day: (
            day.year + step,
            day.month,
            28 if (day.month, day.day) == (2, 29) and not _leap(day.year + step) else day.day,
        ),
        after=after,
        event_day=event_day,
    )


def _periods(target: Callable[[date], tuple[int, int, int]], *, after: bool, event_day: bool) -> list[Due]:
    """The day of the target, or the last of its month; a day less where the event's own day is the first."""
    reached: list[Due] = []
    for start in STARTS:
        year, month, number = target(DAYS[start])
        day = date(year, month, number if _day(year, month, number) else _length(year, month))
        shortened = day.day < DAYS[start].day
        if event_day and not (after and shortened):
            day += timedelta(days=-1 if after else 1)
        reached.append(_known((day - FIRST).days))
    return reached


def _month_by_month(day: date, amount: int, *, after: bool) -> tuple[int, int, int]:
    year, month = day.year, day.month
    for _ in range(amount):
        month += 1 if after else -1
        if month in (0, 13):
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    return year, month, day.day


def _length(year: int, month: int) -> int:
    return (31, 29 if _leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _day(year: int, month: int, number: int) -> date | None:
    return date(year, month, number) if number <= _length(year, month) else None


def _known(day: int) -> Due:
    return day if 0 <= day < len(DAYS) else None


def _free(day: date, off: set[date]) -> bool:
    return day.isoweekday() <= 5 and day not in off


# Civil time

HOUR, DAY = 3600, 86400
_TO_1970 = (FIRST - date(1970, 1, 1)).days


def _midnight_gmt(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY


def summer_time(year: int) -> tuple[int, int]:
    """From one o'clock GMT on the last Sunday in March to one o'clock GMT on the last in October."""
    begins, ends = (
        max(day for n in range(1, 32) if (day := date(year, month, n)).isoweekday() == SUNDAY) for month in (3, 10)
    )
    return _midnight_gmt(begins) + HOUR, _midnight_gmt(ends) + HOUR


_SUMMERS = {year: summer_time(year) for year in range(FIRST.year - 1, LAST.year + 2)}


def offset(instant: int) -> int:
    """Seconds that clocks are ahead of GMT."""
    begins, ends = _SUMMERS[(date(1970, 1, 1) + timedelta(days=instant // DAY)).year]
    return HOUR if begins <= instant < ends else 0


def instant_of(day: int, seconds: int) -> int:
    """When clocks show that time of day; not for the hours in which they are changed."""
    gmt = (day + _TO_1970) * DAY + seconds
    return gmt - offset(gmt)


def civil_day(instant: int) -> Due:
    """The day that calendars show at that instant."""
    return _known((instant + offset(instant)) // DAY - _TO_1970)
