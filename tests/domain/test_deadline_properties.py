"""What holds for every deadline, whatever the start, the amount and the nation."""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from clock_rules import clock
from hypothesis import example, given, settings
from hypothesis import strategies as st

from activities.calendar import build_calendar
from domain.clocks.arithmetic import add_working_days, compute
from domain.clocks.calendar import Calendar, CalendarRequest, Holiday
from domain.clocks.due_day import due_day
from domain.clocks.rule import Direction, FirstDay, Unit

FIRST, LAST = 2010, 2039
CALENDARS = {
    nation: build_calendar(CalendarRequest(id=nation, first_year=FIRST, last_year=LAST))
    for nation in ("england-wales", "scotland", "northern-ireland")
}


def every_working_day(calendar: Calendar) -> list[date]:
    """All working days of thirty years in order, by subtraction of sets."""
    days = {date.fromordinal(n) for n in range(date(FIRST, 1, 1).toordinal(), date(LAST, 12, 31).toordinal() + 1)}
    weekends = {day for day in days if day.isoweekday() >= 6}
    return sorted(days - weekends - {holiday.on for holiday in calendar.holidays})


ORACLE = {nation: every_working_day(calendar) for nation, calendar in CALENDARS.items()}

nations = st.sampled_from(sorted(CALENDARS))
days = st.dates(date(2012, 1, 1), date(2037, 12, 31))
amounts = st.integers(1, 260)
counted_units = st.sampled_from([unit for unit in Unit if unit is not Unit.SET_DATE])


def between(first: str, last: str) -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(UTC))


# The whole range, and the weeks in which civil time changes.
instants = st.one_of(
    between("2012-01-01", "2037-12-31"), between("2026-03-27", "2026-03-31"), between("2026-10-23", "2026-10-27")
)


def within_calendar(amount: int, unit: Unit) -> int:
    """The amount, or as many months or years as the calendars have beyond the instants."""
    return {Unit.MONTHS: min(amount, 18), Unit.YEARS: (amount + 1) % 2 + 1}.get(unit, amount)


@given(days, amounts, nations)
@example(date(2022, 12, 31), 1, "scotland")
@example(date(2021, 12, 24), 5, "england-wales")
def test_working_days_agree_with_the_list_of_all_working_days(day: date, n: int, nation: str) -> None:
    listed, calendar = ORACLE[nation], CALENDARS[nation]
    assert add_working_days(day, n, calendar) == listed[bisect_right(listed, day) + n - 1]
    assert add_working_days(day, -n, calendar) == listed[bisect_left(listed, day) - n]


@given(instants, amounts, nations, st.sampled_from(Direction), st.sampled_from(FirstDay))
def test_deadlines_in_working_days_agree_with_the_list_too(
    start: datetime, n: int, nation: str, direction: Direction, first: FirstDay
) -> None:
    listed, calendar = ORACLE[nation], CALENDARS[nation]
    deadline = compute(clock(n, Unit.WORKING_DAYS, direction, first), start, calendar)
    day = deadline.started_at.date()
    inclusive = first is FirstDay.EVENT_DAY
    if direction is Direction.AFTER:
        index = (bisect_left if inclusive else bisect_right)(listed, day) + n - 1
    else:
        index = (bisect_right if inclusive else bisect_left)(listed, day) - n
    assert deadline.due_on == listed[index]
    counted = [line.number for line in deadline.working if line.number is not None]
    assert counted == list(range(1, n + 1))
    span = abs((deadline.due_on - day).days) + 1
    assert len({line.on for line in deadline.working}) == len(deadline.working) == span


@settings(deadline=None)
@given(instants, st.timedeltas(timedelta(0), timedelta(days=40)), st.integers(1, 60), nations, counted_units)
def test_a_later_start_is_never_due_earlier(
    start: datetime, later: timedelta, amount: int, nation: str, unit: Unit
) -> None:
    calendar, amount = CALENDARS[nation], within_calendar(amount, unit)
    for direction in Direction:
        for first in FirstDay:
            rule = clock(amount, unit, direction, first)
            assert compute(rule, start, calendar).due_at <= compute(rule, start + later, calendar).due_at


@given(days, amounts, amounts, nations)
def test_n_and_then_m_working_days_are_n_plus_m(day: date, n: int, m: int, nation: str) -> None:
    calendar = CALENDARS[nation]
    assert add_working_days(add_working_days(day, n, calendar), m, calendar) == add_working_days(day, n + m, calendar)


@given(st.integers(300, 7000), amounts, nations)
def test_before_undoes_after_for_working_days(index: int, n: int, nation: str) -> None:
    day, calendar = ORACLE[nation][index], CALENDARS[nation]
    assert add_working_days(add_working_days(day, n, calendar), -n, calendar) == day
    assert add_working_days(add_working_days(day, -n, calendar), n, calendar) == day


@given(days, amounts, nations)
def test_before_leads_from_after_back_to_the_last_working_day_until_then(day: date, n: int, nation: str) -> None:
    """From a day that does not count there is no way back to itself: it leads to the working day beside it."""
    listed, calendar = ORACLE[nation], CALENDARS[nation]
    back = add_working_days(add_working_days(day, n, calendar), -n, calendar)
    assert back == listed[bisect_right(listed, day) - 1]
    there = add_working_days(add_working_days(day, -n, calendar), n, calendar)
    assert there == listed[bisect_left(listed, day)]


@given(instants, st.integers(2, 100), nations, st.sampled_from(Direction))
def test_counting_the_event_day_saves_a_day_where_it_is_a_working_day(
    start: datetime, n: int, nation: str, direction: Direction
) -> None:
    calendar = CALENDARS[nation]
    counted = calendar.reason_not_counted(calendar.day_of(start)) is None
    inclusive = due_day(clock(n, Unit.WORKING_DAYS, direction, FirstDay.EVENT_DAY), start, calendar)
    assert inclusive == due_day(clock(n - counted, Unit.WORKING_DAYS, direction), start, calendar)


@settings(deadline=None)
@given(instants, st.integers(1, 60), nations, st.integers(-100, 100), counted_units, st.sampled_from(FirstDay))
@example(datetime(2026, 9, 14, 12, tzinfo=UTC), 5, "scotland", 3, Unit.WORKING_DAYS, FirstDay.DAY_AFTER)
def test_an_added_holiday_never_shortens_a_clock_in_working_days_and_touches_no_other(
    start: datetime, amount: int, nation: str, days_on: int, unit: Unit, first: FirstDay
) -> None:
    calendar, amount = CALENDARS[nation], within_calendar(amount, unit)
    on = calendar.day_of(start) + timedelta(days=days_on)
    fuller = calendar.model_copy(update={"holidays": (*calendar.holidays, Holiday(on=on, name="Day of mourning"))})
    for direction in Direction:
        rule = clock(amount, unit, direction, first)
        was, now = compute(rule, start, calendar).due_on, compute(rule, start, fuller).due_on
        if unit is not Unit.WORKING_DAYS:
            assert now == was
            continue
        low, high = sorted((calendar.day_of(start), was))
        after = direction is Direction.AFTER
        counts = calendar.reason_not_counted(on) is None and low <= on <= high
        counts = counts and (first is FirstDay.EVENT_DAY or on != calendar.day_of(start))
        assert now == (add_working_days(was, 1 if after else -1, calendar) if counts else was)


@given(instants, st.integers(1, 500), nations)
def test_hours_are_exactly_so_many_hours_of_elapsed_time(start: datetime, hours: int, nation: str) -> None:
    calendar = CALENDARS[nation]
    deadline = compute(clock(hours, Unit.CLOCK_HOURS), start, calendar)
    assert deadline.due_at - start == timedelta(hours=hours)
    assert deadline.due_on == deadline.due_at.date() == calendar.day_of(deadline.due_at)
    assert deadline.working[-1].number == hours
    moved = deadline.started_at.utcoffset() != deadline.due_at.utcoffset()
    assert ("The clocks go" in deadline.note) is moved


@given(instants, st.integers(1, 18), nations)
def test_months_keep_the_day_number_or_end_on_the_last_day(start: datetime, months: int, nation: str) -> None:
    deadline = compute(clock(months, Unit.MONTHS), start, CALENDARS[nation])
    day, due = deadline.started_at.date(), deadline.due_on
    assert (due.year - day.year) * 12 + due.month - day.month == months
    assert due.day == min(day.day, monthrange(due.year, due.month)[1])


@settings(deadline=None)
@given(instants, st.integers(1, 60), nations, counted_units.filter(lambda unit: unit is not Unit.CLOCK_HOURS))
def test_a_clock_in_days_runs_out_at_the_civil_midnight_after_its_due_day(
    start: datetime, amount: int, nation: str, unit: Unit
) -> None:
    calendar = CALENDARS[nation]
    deadline = compute(clock(within_calendar(amount, unit), unit), start, calendar)
    assert (deadline.due_at.hour, deadline.due_at.minute, deadline.due_at.second) == (0, 0, 0)
    assert deadline.due_at.date() == deadline.due_on + timedelta(days=1)
    assert calendar.local(deadline.due_at).utcoffset() == deadline.due_at.utcoffset()


@settings(deadline=None)
@given(instants, st.integers(1, 2), nations, st.sampled_from(Direction))
@example(datetime(2028, 2, 29, 12, tzinfo=UTC), 1, "scotland", Direction.AFTER)
@example(datetime(2028, 2, 29, 12, tzinfo=UTC), 1, "scotland", Direction.BEFORE)
def test_years_keep_the_date_and_are_as_long_as_twelve_months_each(
    start: datetime, amount: int, nation: str, direction: Direction
) -> None:
    calendar = CALENDARS[nation]
    for first in FirstDay:
        deadline = compute(clock(amount, Unit.YEARS, direction, first), start, calendar)
        assert deadline.due_at == compute(clock(12 * amount, Unit.MONTHS, direction, first), start, calendar).due_at
        day, due = deadline.started_at.date(), deadline.due_on
        if first is FirstDay.DAY_AFTER:
            assert abs(due.year - day.year) == amount
            assert (due.month, due.day) in {(day.month, day.day), (2, 28)}
            assert due.day == day.day or (day.month, day.day) == (2, 29)
