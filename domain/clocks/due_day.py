"""The day on which a clock runs out, without the working: for computing very many deadlines again.

It counts no day by itself: working days have consecutive numbers in the calendar, so the nth is found at once. The day
is always the one of ``domain.clocks.arithmetic.compute``, which counts day by day.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from domain.clocks.arithmetic import counted_by, period_end, why_not_counted
from domain.clocks.calendar import Calendar
from domain.clocks.rule import ClockRule, Direction, FirstDay, Unit
from domain.clocks.stops import Stop, united

_DAY = timedelta(days=1)
_Stood = tuple[tuple[datetime, datetime], ...]
"""The times for which the clock stood, in order and apart."""


def due_day(
    rule: ClockRule,
    started_at: datetime,
    calendar: Calendar,
    *,
    due_on: date | None = None,
    stops: Iterable[Stop] = (),
) -> date:
    """The ``due_on`` of the deadline that ``compute`` makes of the same, in civil time of the calendar.

    ``due_on`` is a day that was set instead of the rule's amount; ``stops`` are times for which the clock stood. The
    instant is the end of that day, for clocks in hours an instant within it. Raises as ``compute`` does.
    """
    calendar = counted_by(rule, calendar)
    start = calendar.local(started_at)
    stood = () if rule.direction is Direction.BEFORE else _stood(stops)
    if due_on is not None:
        return _to_set_day(due_on, start.date(), calendar, stood)
    if rule.amount == 0:
        raise ValueError(why_not_counted(rule))
    if rule.unit is Unit.WORKING_DAYS or rule.unit is Unit.CALENDAR_DAYS:
        return _after_days(rule, start.date(), calendar, stood)
    if rule.unit is Unit.CLOCK_HOURS:
        return calendar.day_of(_after_hours(rule, start, stood))
    return _after_months_or_years(rule, start.date(), calendar, stood)


def _stood(stops: Iterable[Stop]) -> _Stood:
    """A stop that has not ended gives back nothing yet."""
    return tuple((stop.since, stop.until) for stop in united(stops) if stop.until is not None) if stops else ()


def _after_hours(rule: ClockRule, start: datetime, stood: _Stood) -> datetime:
    if rule.direction is Direction.BEFORE:
        return start - timedelta(hours=rule.amount)
    due_at = start + timedelta(hours=rule.amount)
    for since, until in stood:
        if since >= due_at:
            break
        due_at += max(until - max(since, start), timedelta())
    return due_at


def _after_days(rule: ClockRule, start: date, calendar: Calendar, stood: _Stood) -> date:
    event_day = rule.first_day is FirstDay.EVENT_DAY
    if rule.direction is Direction.BEFORE:
        last = start if event_day else start - _DAY
        return _day(rule.unit, _number(rule.unit, last, calendar) - rule.amount + 1, calendar)
    before = start - _DAY if event_day else start
    return _moved_on(rule.unit, before, rule.amount, calendar, stood)


def _after_months_or_years(rule: ClockRule, start: date, calendar: Calendar, stood: _Stood) -> date:
    """Months and years are given back the days for which the clock stood."""
    end, _ = period_end(rule, start, rule.amount, calendar)
    due = calendar.day(end.toordinal())
    if not stood:
        return due
    before = start - _DAY if rule.first_day is FirstDay.EVENT_DAY else start
    return _moved_on(rule.unit, before, (due - before).days, calendar, stood)


def _to_set_day(set_on: date, start: date, calendar: Calendar, stood: _Stood) -> date:
    calendar.check(set_on)
    if set_on < start:
        return set_on
    before = start - _DAY
    return _moved_on(Unit.SET_DATE, before, (set_on - before).days, calendar, stood)


def _moved_on(unit: Unit, before: date, count: int, calendar: Calendar, stood: _Stood) -> date:
    """The day on which ``count`` is reached after the day ``before``, days on which the clock stood left out."""
    begin = _number(unit, before, calendar)
    due = _day(unit, begin + count, calendar)
    for since, until in stood:
        if since >= calendar.midnight_after(due):
            break
        first, ran_on = calendar.day_of(since), calendar.day_of(until)
        given_back = _number(unit, ran_on - _DAY, calendar) - max(_number(unit, first - _DAY, calendar), begin)
        count += max(given_back, 0)
        due = _day(unit, begin + count, calendar)
    return due


def _number(unit: Unit, day: date, calendar: Calendar) -> int:
    """The number of the last counted day that is not after this one; counted days have consecutive numbers."""
    return calendar.working_day_number(day) if unit is Unit.WORKING_DAYS else day.toordinal()


def _day(unit: Unit, number: int, calendar: Calendar) -> date:
    return calendar.working_day(number) if unit is Unit.WORKING_DAYS else calendar.day(number)
