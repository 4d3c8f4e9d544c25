"""Deadlines of clocks that stood for a time: the time is given back, no more and no less."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from clock_rules import clock
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.calendar import build_calendar
from domain.clocks.arithmetic import compute
from domain.clocks.calendar import CalendarRequest
from domain.clocks.deadline import Deadline
from domain.clocks.rule import ClockRule, Direction, Unit
from domain.clocks.stops import Stop, united, within

ENGLAND = build_calendar(CalendarRequest(id="england-wales", first_year=2024, last_year=2034))
TRIAL = "police and prosecution (trial-1)"
DAYS = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MONTHS, Unit.YEARS)

starts = st.datetimes(
    datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-12-31"), timezones=st.just(UTC)
)
amounts = st.integers(1, 12)
YEARS_AT_MOST = 2
units = st.sampled_from([unit for unit in Unit if unit is not Unit.SET_DATE])


def any_clock(amount: int, unit: Unit, direction: Direction = Direction.AFTER) -> ClockRule:
    """Of so many units, but not of so many years that every day of them takes long to list."""
    return clock(min(amount, YEARS_AT_MOST) if unit is Unit.YEARS else amount, unit, direction)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stop(since: str, until: str | None = None, reason: str = TRIAL) -> Stop:
    return Stop(since=at(since), until=at(until) if until else None, reason=reason)


@st.composite
def several_stops(draw: st.DrawFn) -> list[Stop]:
    """Up to four stops, which may overlap, within two years of the start of 2026."""
    stops = []
    for number in range(draw(st.integers(0, 4))):
        since = at("2026-01-01") + timedelta(hours=draw(st.integers(0, 17_000)))
        until = since + timedelta(hours=draw(st.integers(0, 3_000)))
        stops.append(Stop(since=since, until=until, reason=f"reason {number}"))
    return stops


def numbers(deadline: Deadline) -> list[int]:
    return [day.number for day in deadline.working if day.number is not None]


def stopped_lines(deadline: Deadline) -> list[date]:
    return [day.on for day in deadline.working if day.why.startswith("stopped: ")]


@settings(deadline=None)
@given(starts, amounts, several_stops())
def test_stops_leave_as_many_days_counted_as_the_rule_has(start: datetime, amount: int, stops: list[Stop]) -> None:
    for unit in DAYS:
        rule = any_clock(amount, unit)
        free, stood = compute(rule, start, ENGLAND), compute(rule, start, ENGLAND, stops=stops)
        assert numbers(stood) == numbers(free)
        assert set(stopped_lines(stood)).isdisjoint(day.on for day in stood.working if day.number is not None)
        span = (stood.due_on - stood.started_at.date()).days + 1
        assert len({day.on for day in stood.working}) == len(stood.working) == span


@settings(deadline=None)
@given(starts, amounts, several_stops())
def test_months_and_years_move_on_by_exactly_the_days_on_which_the_clock_stood(
    start: datetime, amount: int, stops: list[Stop]
) -> None:
    for unit in (Unit.MONTHS, Unit.YEARS):
        free = compute(any_clock(amount, unit), start, ENGLAND)
        stood = compute(any_clock(amount, unit), start, ENGLAND, stops=stops)
        assert (stood.due_on - free.due_on).days == len(stopped_lines(stood))


@settings(deadline=None)
@given(starts, st.integers(1, 60), several_stops())
def test_days_that_count_between_start_and_end_are_the_rule_s_whatever_stops_lie_between(
    start: datetime, amount: int, stops: list[Stop]
) -> None:
    """Looked at from outside: not by the working, but by every day of the calendar."""
    for unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        begun, due_on = ENGLAND.day_of(start), compute(clock(amount, unit), start, ENGLAND, stops=stops).due_on
        days = (begun + timedelta(days=n) for n in range(1, (due_on - begun).days + 1))
        counted = [day for day in days if unit is Unit.CALENDAR_DAYS or ENGLAND.reason_not_counted(day) is None]
        assert sum(not stood_on(day, stops) for day in counted) == amount


def stood_on(day: date, stops: list[Stop]) -> bool:
    """Whether the clock stands when the day ends: from the day on which a stop begins to the one before it ends."""
    end = ENGLAND.midnight_after(day)
    return any(each.since < end and (each.until is None or each.until >= end) for each in stops)


@given(starts, st.integers(1, 2_000), several_stops())
def test_hours_that_run_while_the_clock_does_not_stand_are_the_rule_s_hours(
    start: datetime, hours: int, stops: list[Stop]
) -> None:
    deadline = compute(clock(hours, Unit.CLOCK_HOURS), start, ENGLAND, stops=stops)
    ran, instant = timedelta(), start
    for each in united(stops):
        assert each.until is not None
        since = min(max(each.since, instant), deadline.due_at)
        ran += since - instant
        instant = min(max(each.until, since), deadline.due_at)
    assert ran + (deadline.due_at - instant) == timedelta(hours=hours)


@settings(deadline=None)
@given(starts, amounts, units, st.sampled_from(Direction))
def test_without_stops_nothing_changes(start: datetime, amount: int, unit: Unit, direction: Direction) -> None:
    rule = any_clock(amount, unit, direction)
    assert compute(rule, start, ENGLAND, stops=()) == compute(rule, start, ENGLAND)


# Months are of different lengths: with days given back on top, a start in a long one may be due after a later one.
@given(
    starts,
    amounts,
    st.sampled_from([Unit.CLOCK_HOURS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS]),
    several_stops(),
    st.timedeltas(timedelta(0), timedelta(days=90)),
)
def test_a_later_start_with_the_same_stops_is_never_due_earlier(
    start: datetime, amount: int, unit: Unit, stops: list[Stop], later: timedelta
) -> None:
    rule = clock(amount, unit)
    first = compute(rule, start, ENGLAND, stops=stops)
    # A stop that comes too late to help the earlier start may help the later one; never the other way round.
    assert first.due_at <= compute(rule, start + later, ENGLAND, stops=stops).due_at


@settings(deadline=None)
@given(starts, amounts, units, several_stops())
def test_overlapping_stops_count_once(start: datetime, amount: int, unit: Unit, stops: list[Stop]) -> None:
    rule = any_clock(amount, unit)
    whole = compute(rule, start, ENGLAND, stops=stops)
    assert compute(rule, start, ENGLAND, stops=united(stops)) == whole
    assert compute(rule, start, ENGLAND, stops=[*stops, *stops]).due_at == whole.due_at


@given(several_stops())
def test_joined_stops_are_in_order_and_apart(stops: list[Stop]) -> None:
    joined = united(stops)
    assert all(a.until is not None and a.until < b.since for a, b in pairwise(joined))
    assert united(joined) == joined


@settings(deadline=None)
@given(starts, amounts, units, several_stops())
def test_a_clock_that_counts_backwards_is_never_stopped(
    start: datetime, amount: int, unit: Unit, stops: list[Stop]
) -> None:
    rule = any_clock(amount, unit, Direction.BEFORE)
    assert compute(rule, start, ENGLAND, stops=stops) == compute(rule, start, ENGLAND)


def test_overlapping_stops_become_one_that_names_each_reason() -> None:
    joined = united([stop("2026-03-01", "2026-03-20"), stop("2026-03-10", "2026-04-01", "coroner (inquest-1)")])
    assert joined == (stop("2026-03-01", "2026-04-01", f"{TRIAL}; coroner (inquest-1)"),)


def test_a_stop_that_stands_swallows_what_begins_after_it() -> None:
    assert united([stop("2026-03-01"), stop("2026-03-10", "2026-04-01")]) == (stop("2026-03-01"),)


def test_of_stops_only_what_lies_within_the_time_is_kept() -> None:
    stops = [stop("2026-03-01", "2026-03-20"), stop("2026-04-10")]
    assert within(stops, at("2026-03-05"), at("2026-05-01")) == (
        stop("2026-03-05", "2026-03-20"),
        stop("2026-04-10", "2026-05-01"),
    )
    assert within(stops, at("2026-03-20")) == (stop("2026-04-10"),)
    assert within(stops, until=at("2026-03-01")) == ()


def test_working_days_on_which_the_clock_stood_are_skipped_and_say_why() -> None:
    """Thursday 5 February 2026, five working days; the clock stands from Monday 9 to Wednesday 11 February."""
    deadline = compute(
        clock(5, Unit.WORKING_DAYS),
        at("2026-02-05T10:00"),
        ENGLAND,
        stops=[stop("2026-02-09T09:00", "2026-02-11T15:00")],
    )
    assert deadline.due_on == date(2026, 2, 16)
    assert [day.why for day in deadline.working if day.on.day in (9, 10)] == [f"stopped: {TRIAL}"] * 2
    assert deadline.note == "2 days on which the clock stood are given back."


def test_a_stop_that_begins_and_ends_on_one_day_gives_back_no_day() -> None:
    stops = [stop("2026-02-09T09:00", "2026-02-09T15:00")]
    for unit in DAYS:
        rule = clock(5, unit)
        assert compute(rule, at("2026-02-05"), ENGLAND, stops=stops) == compute(rule, at("2026-02-05"), ENGLAND)


def test_hours_are_given_back_exactly_and_the_days_say_so() -> None:
    deadline = compute(
        clock(24, Unit.CLOCK_HOURS),
        at("2026-02-05T10:00"),
        ENGLAND,
        stops=[stop("2026-02-05T20:00", "2026-02-07T08:30")],
    )
    assert deadline.due_at == at("2026-02-07T22:30")
    assert [(day.on.day, day.number, day.why) for day in deadline.working] == [
        (5, 10, f"part of the day stopped: {TRIAL}"),
        (6, None, f"stopped: {TRIAL}"),
        (7, 24, f"part of the day stopped: {TRIAL}"),
    ]


def test_days_given_back_may_fall_into_a_further_stop() -> None:
    """A month to 5 March; ten days given back lead to 15 March, into a stop that begins on 10 March."""
    stops = [stop("2026-02-10", "2026-02-20"), stop("2026-03-10", "2026-03-15")]
    deadline = compute(clock(1, Unit.MONTHS), at("2026-02-05T10:00"), ENGLAND, stops=stops)
    assert deadline.due_on == date(2026, 3, 20)
    assert deadline.working[-1].why == "month 1 ends: 15 days on which the clock stood are given back"


@pytest.mark.parametrize("unit", DAYS)
def test_a_stop_after_the_clock_had_run_out_heals_nothing(unit: Unit) -> None:
    rule = clock(1, unit)
    free = compute(rule, at("2026-02-05"), ENGLAND)
    late = Stop(since=free.due_at, until=free.due_at + timedelta(days=30), reason=TRIAL)
    just_in_time = late.model_copy(update={"since": free.due_at - timedelta(minutes=1)})
    assert compute(rule, at("2026-02-05"), ENGLAND, stops=[late]) == free
    assert compute(rule, at("2026-02-05"), ENGLAND, stops=[just_in_time]).due_on > free.due_on


def test_a_stop_before_the_start_gives_back_nothing() -> None:
    stops = [stop("2025-12-01", "2026-02-05T09:00")]
    assert compute(clock(1, Unit.MONTHS), at("2026-02-05T10:00"), ENGLAND, stops=stops).due_on == date(2026, 3, 5)
    hours = compute(clock(4, Unit.CLOCK_HOURS), at("2026-02-05T10:00"), ENGLAND, stops=stops)
    assert hours.due_at == at("2026-02-05T14:00")


def test_a_stop_that_stands_gives_back_nothing_yet() -> None:
    rule = clock(1, Unit.MONTHS)
    assert compute(rule, at("2026-02-05"), ENGLAND, stops=[stop("2026-02-10")]) == compute(
        rule, at("2026-02-05"), ENGLAND
    )


# Set dates


@pytest.mark.parametrize("rule", [clock(6, Unit.MONTHS), clock(4, Unit.CLOCK_HOURS), clock(0, Unit.SET_DATE)])
def test_a_set_day_is_due_at_its_end_whatever_the_rule_counts(rule: ClockRule) -> None:
    deadline = compute(
        rule, at("2026-02-05T10:00"), ENGLAND, due_on=date(2026, 6, 1), why="the board chair extended the time"
    )
    assert deadline.due_on == date(2026, 6, 1)
    assert deadline.due_at == ENGLAND.midnight_after(date(2026, 6, 1))
    assert deadline.note == "The day was set to Monday 1 June 2026: the board chair extended the time."
    assert [day.on for day in deadline.working] == [date(2026, 2, 5), date(2026, 6, 1)]


def test_a_set_day_on_a_weekend_is_not_moved_and_says_so() -> None:
    deadline = compute(clock(0, Unit.SET_DATE), at("2026-02-05"), ENGLAND, due_on=date(2026, 6, 6))
    assert deadline.due_on == date(2026, 6, 6)
    assert "no working day (Saturday); the date is not moved" in deadline.note


def test_a_set_day_moves_on_by_the_days_on_which_the_clock_stood() -> None:
    stops = [stop("2026-03-02", "2026-03-12"), stop("2026-06-05", "2026-06-08")]
    deadline = compute(clock(0, Unit.SET_DATE), at("2026-02-05"), ENGLAND, due_on=date(2026, 6, 1), stops=stops)
    assert deadline.due_on == date(2026, 6, 14)
    assert len(stopped_lines(deadline)) == 13


def test_a_clock_that_runs_to_a_set_day_needs_one() -> None:
    with pytest.raises(ValueError, match="runs to a set day"):
        compute(clock(0, Unit.SET_DATE), at("2026-02-05"), ENGLAND)


@pytest.mark.parametrize(("amount", "unit"), [(0, Unit.MONTHS), (0, Unit.CLOCK_HOURS), (3, Unit.SET_DATE)])
def test_only_a_clock_to_a_set_day_counts_no_amount(amount: int, unit: Unit) -> None:
    with pytest.raises(ValueError, match="an amount of at least 1"):
        clock(amount, unit)
