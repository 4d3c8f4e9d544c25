"""Every day of thirty years, in every nation and unit: the product and an account written differently agree.

``due_day`` is compared for every day with every amount, direction and first day. ``compute`` lists each day it counts
and takes longer: it is asked for the next of those combinations every time, of every day where it counts days or hours,
and of every day (months) or every fifth (years) where the nations take turns. That the two never differ is also a
property of its own (``test_due_day.py``).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import cycle, product

import counting_oracle as oracle
import pytest
from clock_rules import clock
from counting_oracle import DAYS, NATIONS, STARTS, Due

from activities.calendar import build_calendar
from domain.clocks.arithmetic import compute
from domain.clocks.calendar import Calendar, CalendarDoesNotCover, CalendarRequest
from domain.clocks.due_day import due_day
from domain.clocks.rule import ClockRule, Direction, FirstDay, Unit

CALENDARS = {
    nation: build_calendar(CalendarRequest(id=nation, first_year=oracle.FIRST.year, last_year=oracle.LAST.year))
    for nation in NATIONS
}
# Of every three days one event is at midnight, one in the morning, and one a second before the next midnight.
TIMES = (0, 9 * oracle.HOUR + 17 * 60, oracle.DAY - 1)
INSTANTS = [oracle.instant_of(day, TIMES[day % 3]) for day in STARTS]
MOMENTS = [datetime.fromtimestamp(instant, UTC) for instant in INSTANTS]

WORKING_DAYS = (1, 5, 7, 15, 60)
CALENDAR_DAYS = (14, 60)
MONTHS = (1, 6)
YEARS = (1, 4)
HOURS = (24, 72)
WAYS = tuple(product(Direction, FirstDay))

Ways = dict[tuple[Direction, FirstDay], list[Due]]


@cache
def counting(nation: str) -> oracle.Counting:
    return oracle.Counting(oracle.working_days(nation))


def expected(nation: str, unit: Unit, amount: int) -> Ways:
    count: dict[Unit, Callable[..., list[Due]]] = {
        Unit.WORKING_DAYS: counting(nation).working_days,
        Unit.CALENDAR_DAYS: oracle.calendar_days,
        Unit.MONTHS: oracle.months,
        Unit.YEARS: oracle.years,
    }
    return {
        (way, first): count[unit](amount, after=way is Direction.AFTER, event_day=first is FirstDay.EVENT_DAY)
        for way, first in WAYS
    }


def days(reached: Iterable[Due]) -> list[date | None]:
    return [None if day is None else DAYS[day] for day in reached]


def due_days(rule: ClockRule, nation: str) -> list[date | None]:
    return [due_day_or_beyond(rule, start, CALENDARS[nation]) for start in MOMENTS]


def due_day_or_beyond(rule: ClockRule, start: datetime, calendar: Calendar) -> date | None:
    try:
        return due_day(rule, start, calendar)
    except CalendarDoesNotCover:
        return None


def differences(expected: Iterable[object], found: Iterable[object]) -> list[tuple[date, object, object]]:
    """The first few days on which the two do not agree."""
    return [(day, one, other) for day, one, other in zip(DAYS, expected, found, strict=False) if one != other][:5]


@pytest.mark.parametrize("nation", NATIONS)
def test_working_days_of_thirty_five_years_are_those_of_the_law(nation: str) -> None:
    found = [CALENDARS[nation].reason_not_counted(day) is None for day in DAYS]
    assert differences(oracle.working_days(nation), found) == []


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize(
    ("unit", "amounts"),
    [
        (Unit.WORKING_DAYS, WORKING_DAYS),
        (Unit.CALENDAR_DAYS, CALENDAR_DAYS),
        (Unit.MONTHS, MONTHS),
        (Unit.YEARS, YEARS),
    ],
)
def test_every_day_of_thirty_years_is_due_when_the_oracle_says(
    nation: str, unit: Unit, amounts: tuple[int, ...]
) -> None:
    for amount in amounts:
        for (way, first), reached in expected(nation, unit, amount).items():
            found = due_days(clock(amount, unit, way, first), nation)
            assert differences(days(reached), found) == [], (amount, way, first)


def full(rules: Iterator[ClockRule], nation: str, starts: Iterable[int]) -> Iterator[tuple[int, ClockRule, object]]:
    """For each start the next of the rules, computed with all its working: due day, due instant, and its offset."""
    for start in starts:
        rule = next(rules)
        try:
            deadline = compute(rule, MOMENTS[start], CALENDARS[nation])
        except CalendarDoesNotCover:
            yield start, rule, None
        else:
            due_at = deadline.due_at
            yield start, rule, (deadline.due_on, due_at.timestamp(), due_at.utcoffset())


def as_end_of_day(day: Due) -> object:
    if day is None:
        return None
    midnight = oracle.instant_of(day + 1, 0)
    return DAYS[day], midnight, timedelta(seconds=oracle.offset(midnight))


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize(
    ("unit", "amounts"),
    [
        (Unit.WORKING_DAYS, (1, 5, 15)),
        (Unit.CALENDAR_DAYS, (14,)),
        (Unit.MONTHS, (1, 6)),
        (Unit.YEARS, (1,)),
    ],
)
def test_the_full_working_ends_when_the_oracle_says(nation: str, unit: Unit, amounts: tuple[int, ...]) -> None:
    turn = NATIONS.index(nation)
    starts = {Unit.MONTHS: STARTS[turn::3], Unit.YEARS: STARTS[turn * 5 :: 15]}.get(unit, STARTS)
    told = {amount: expected(nation, unit, amount) for amount in amounts}
    rules = cycle([clock(amount, unit, way, first) for amount in amounts for way, first in WAYS])
    wrong = [
        (DAYS[start], rule.amount, rule.direction, rule.first_day, found)
        for start, rule, found in full(rules, nation, starts)
        if found != as_end_of_day(told[rule.amount][rule.direction, rule.first_day][start])
    ]
    assert wrong[:5] == []


# Clock hours, with the whole of the days on which civil time changes


def due_instant(instant: int, hours: int, way: Direction) -> object:
    at = instant + hours * oracle.HOUR * (1 if way is Direction.AFTER else -1)
    day = oracle.civil_day(at)
    return None if day is None else (DAYS[day], at, timedelta(seconds=oracle.offset(at)))


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("way", Direction)
def test_hours_from_every_day_of_thirty_years_end_on_the_day_of_the_oracle(nation: str, way: Direction) -> None:
    sign = oracle.HOUR if way is Direction.AFTER else -oracle.HOUR
    for amount in HOURS:
        reached = days(oracle.civil_day(instant + amount * sign) for instant in INSTANTS)
        assert differences(reached, due_days(clock(amount, Unit.CLOCK_HOURS, way), nation)) == [], amount


@pytest.mark.parametrize("nation", NATIONS)
def test_hours_of_every_day_of_thirty_years_end_at_the_instant_of_the_oracle(nation: str) -> None:
    rules = cycle([clock(amount, Unit.CLOCK_HOURS, way) for amount in HOURS for way in Direction])
    wrong = [
        (MOMENTS[start], rule.amount, rule.direction, found)
        for start, rule, found in full(rules, nation, STARTS)
        if found != due_instant(INSTANTS[start], rule.amount, rule.direction)
    ]
    assert wrong[:5] == []


def around_changes() -> Iterator[int]:
    """Every half hour from a day before each change of civil time to a day after it."""
    for year in range(2002, 2032):
        for change in oracle.summer_time(year):
            yield from range(change - oracle.DAY, change + oracle.DAY + 1, oracle.HOUR // 2)


@pytest.mark.parametrize("amount", [24])
@pytest.mark.parametrize("way", Direction)
def test_hours_across_both_changes_of_civil_time_are_elapsed_hours(amount: int, way: Direction) -> None:
    calendar, rule = CALENDARS["england-wales"], clock(amount, Unit.CLOCK_HOURS, way)
    for instant in around_changes():
        deadline = compute(rule, datetime.fromtimestamp(instant, UTC), calendar)
        found = deadline.due_on, deadline.due_at.timestamp(), deadline.due_at.utcoffset()
        assert found == due_instant(instant, amount, way)
        assert deadline.started_at.utcoffset() == timedelta(seconds=oracle.offset(instant))
