"""The day without its working is the day of the full computation, whatever the clock, its stops and its calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest
from clock_rules import clock
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.calendar import build_calendar
from domain.clocks.arithmetic import add_working_days, compute
from domain.clocks.calendar import CalendarDoesNotCover, CalendarRequest, Holiday
from domain.clocks.due_day import due_day
from domain.clocks.rule import ClockRule, Direction, FirstDay, Strength, Unit
from domain.clocks.stops import Stop

# Closure days of a board: on a weekend, on a working day, on a bank holiday.
CLOSED = tuple(Holiday(on=date(2026, month, 25), name="Offices closed") for month in (4, 6, 12))
CALENDARS = {
    (nation, bool(closed)): build_calendar(
        CalendarRequest(id=nation, first_year=2022, last_year=2030, closure_days=closed)
    )
    for nation in ("england-wales", "scotland", "northern-ireland")
    for closed in ((), CLOSED)
}
ENGLAND = CALENDARS["england-wales", False]
Result = TypeVar("Result")

calendars = st.sampled_from(sorted(CALENDARS))
# Some of the deadlines lie beyond the calendar, on either side.
instants = st.datetimes(
    datetime.fromisoformat("2022-01-01"), datetime.fromisoformat("2030-12-31T23:59"), timezones=st.just(UTC)
)
units = st.sampled_from([unit for unit in Unit if unit is not Unit.SET_DATE])


@st.composite
def rules(draw: st.DrawFn) -> ClockRule:
    unit = draw(units)
    most = {Unit.CLOCK_HOURS: 900, Unit.MONTHS: 14, Unit.YEARS: 2}.get(unit, 90)
    drawn = clock(draw(st.integers(1, most)), unit, draw(st.sampled_from(Direction)), draw(st.sampled_from(FirstDay)))
    return drawn.model_copy(update={"strength": draw(st.sampled_from(Strength))})


@st.composite
def started(draw: st.DrawFn) -> tuple[datetime, list[Stop]]:
    """A start, and up to four stops around it and in the months that follow; some overlap, one may still stand."""
    start, stops = draw(instants), []
    for number in range(draw(st.integers(0, 4))):
        since = start + timedelta(hours=draw(st.integers(-1_000, 6_000)))
        lasts = draw(st.integers(0, 2_000) | (st.none() if number == 3 else st.nothing()))
        until = None if lasts is None else since + timedelta(hours=lasts)
        stops.append(Stop(since=since, until=until, reason=f"reason {number}"))
    return start, stops


def unless_beyond(computed: Callable[[], Result]) -> Result | None:
    try:
        return computed()
    except CalendarDoesNotCover:
        return None


@settings(max_examples=400, deadline=None)
@given(rules(), started(), calendars)
def test_the_day_alone_is_the_day_of_the_full_computation(
    rule: ClockRule, started: tuple[datetime, list[Stop]], known: tuple[str, bool]
) -> None:
    calendar, (start, stops) = CALENDARS[known], started
    full = unless_beyond(lambda: compute(rule, start, calendar, stops=stops).due_on)
    assert unless_beyond(lambda: due_day(rule, start, calendar, stops=stops)) == full


@settings(deadline=None)
@given(rules(), started(), calendars, st.integers(-40, 400))
def test_the_day_alone_is_that_of_a_day_that_was_set_too(
    rule: ClockRule, started: tuple[datetime, list[Stop]], known: tuple[str, bool], later: int
) -> None:
    calendar, (start, stops) = CALENDARS[known], started
    due_on = start.date() + timedelta(days=later)
    full = unless_beyond(lambda: compute(rule, start, calendar, due_on=due_on, stops=stops).due_on)
    assert unless_beyond(lambda: due_day(rule, start, calendar, due_on=due_on, stops=stops)) == full


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit is not Unit.SET_DATE])
def test_a_stop_moves_the_day_only_where_it_begins_before_the_clock_had_run_out(unit: Unit) -> None:
    rule, start = clock(1, unit), datetime(2026, 2, 5, 10, tzinfo=UTC)
    free = compute(rule, start, ENGLAND)
    late = Stop(since=free.due_at, until=free.due_at + timedelta(days=30), reason="trial")
    just_in_time = late.model_copy(update={"since": free.due_at - timedelta(minutes=1)})
    assert due_day(rule, start, ENGLAND, stops=[late]) == free.due_on
    moved = compute(rule, start, ENGLAND, stops=[just_in_time]).due_on
    assert due_day(rule, start, ENGLAND, stops=[just_in_time]) == moved > free.due_on


@given(st.dates(date(2022, 1, 1), date(2030, 12, 31)), st.integers(-90, 90), calendars)
def test_working_days_are_found_at_once_where_day_by_day_counting_finds_them(
    day: date, n: int, known: tuple[str, bool]
) -> None:
    calendar = CALENDARS[known]

    def day_by_day() -> date:
        reached, left = day, abs(n)
        while left:
            reached += timedelta(days=1 if n > 0 else -1)
            left -= calendar.reason_not_counted(reached) is None
        return reached

    assert unless_beyond(lambda: add_working_days(day, n, calendar)) == unless_beyond(day_by_day)


@pytest.mark.parametrize("n", [3, -3])
def test_the_first_day_that_the_calendar_lacks_is_named_whichever_way_it_is_counted(n: int) -> None:
    start = datetime(2030, 12, 30, 12, tzinfo=UTC) if n > 0 else datetime(2022, 1, 4, 12, tzinfo=UTC)
    rule = clock(abs(n), Unit.WORKING_DAYS, Direction.AFTER if n > 0 else Direction.BEFORE)
    for counted in (compute, due_day):
        with pytest.raises(CalendarDoesNotCover) as gap:
            counted(rule, start, ENGLAND)
        assert gap.value.day == (date(2031, 1, 1) if n > 0 else date(2021, 12, 31))


def test_an_added_holiday_moves_the_day_of_a_copy_of_the_calendar_only() -> None:
    rule, start = clock(5, Unit.WORKING_DAYS), datetime(2026, 9, 16, 12, tzinfo=UTC)
    assert due_day(rule, start, ENGLAND) == date(2026, 9, 23)
    added = (*ENGLAND.holidays, Holiday(on=date(2026, 9, 21), name="State funeral"))
    assert due_day(rule, start, ENGLAND.model_copy(update={"holidays": added})) == date(2026, 9, 24)
    assert due_day(rule, start, ENGLAND) == date(2026, 9, 23)


@pytest.mark.parametrize("counted", [compute, due_day])
def test_a_clock_whose_amount_the_board_has_yet_to_set_counts_nothing(counted: Callable[..., object]) -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for unit in set(Unit) - {Unit.SET_DATE}:
        rule = clock(1, unit).model_copy(update={"amount": 0, "set_by_board": True})
        with pytest.raises(ValueError, match=f"the board has yet to set how many {unit.value} the clock any counts"):
            counted(rule, start, ENGLAND)


@pytest.mark.parametrize("counted", [compute, due_day])
def test_a_clock_to_a_set_day_needs_that_day(counted: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="runs to a set day, and none is given"):
        counted(clock(0, Unit.SET_DATE), datetime(2026, 3, 2, 12, tzinfo=UTC), ENGLAND)
