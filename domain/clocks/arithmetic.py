"""How a deadline follows from a rule, the instant it is counted from, and a calendar. Pure; every step is kept.

The day of the event is not counted unless the rule says so, and the act is in time until the end of the last day:
guidance does not define day 1, this is the usual reading of public law. An event on a day that does not count makes the
next one that does day 1. Months and years run to the same day number: where a shorter month has none, its last day
stands in (29 February leads to 28 February in a common year).

Where only the day is wanted and not its working, ``domain.clocks.due_day`` is a hundred times as fast.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from domain.clocks.calendar import Calendar, OffsetChange, day_in_words
from domain.clocks.deadline import Deadline, WorkedDay
from domain.clocks.rule import ClockRule, Direction, FirstDay, Rung, Strength, Unit
from domain.clocks.stops import Stop, StoppedDays, stood, stopped_days, united, why_stopped

MORNING = 9
"""Civil hour at which the letters of rungs in days are due."""
MONTHS_IN = {Unit.MONTHS: 1, Unit.YEARS: 12}
"""The units that run from a day of the month to the same one, and how many months each has."""
NOT_COUNTED = "the day of the event is not counted"

_HOUR = timedelta(hours=1)
_Counted = tuple[date, tuple[WorkedDay, ...], str]
"""The due day, its working, and a note."""
_Stopped = tuple[StoppedDays, ...]


def compute(
    rule: ClockRule,
    started_at: datetime,
    calendar: Calendar,
    *,
    due_on: date | None = None,
    why: str = "",
    stops: Iterable[Stop] = (),
) -> Deadline:
    """The deadline of a rule counted from ``started_at``, with its working.

    With ``due_on`` the deadline is the end of that day, whatever the rule's amount, and ``why`` says who set it.
    ``stops`` that have ended are given back where they began before the clock ran out: a later one heals nothing. One
    that still stands gives back nothing yet, and a clock that counts backwards never stands.

    All instants of the deadline carry the civil offset of the calendar. Raises ``CalendarDoesNotCover`` where a needed
    day lies outside the calendar, ``ValueError`` for an instant without offset, a missing set date, or an amount that
    the board has yet to set.
    """
    calendar = counted_by(rule, calendar)
    start = calendar.local(started_at)
    given_back: tuple[Stop, ...] = ()
    deadline = _computed(rule, start, calendar, set_on=due_on, why=why, stops=())
    if rule.direction is Direction.BEFORE:
        return deadline
    for stop in united(stops):
        if stop.until is None or stop.since >= deadline.due_at:
            break
        given_back = (*given_back, stop)
        deadline = _computed(rule, start, calendar, set_on=due_on, why=why, stops=given_back)
    return deadline


def _computed(
    rule: ClockRule, start: datetime, calendar: Calendar, *, set_on: date | None, why: str, stops: tuple[Stop, ...]
) -> Deadline:
    stopped = stopped_days(stops, calendar)
    if set_on is not None:
        due_on, working, note = _set_date(set_on, why, start.date(), calendar, stopped)
        due_at = calendar.midnight_after(due_on)
    elif (missing := why_not_counted(rule)) is not None:
        raise ValueError(missing)
    elif rule.unit is Unit.CLOCK_HOURS:
        # The offset of civil instants is fixed, so this adds elapsed time, exact across a change of civil time.
        end = start + timedelta(hours=_signed(rule))
        due_at = calendar.local(end + sum((stood((s,), start, s.until or start) for s in stops), timedelta()))
        due_on, working, note = _hours(start, due_at, calendar, stops)
    else:
        due_on, working, note = _COUNTING[rule.unit](rule, start.date(), calendar, stopped)
        due_at = calendar.midnight_after(due_on)
    return Deadline(
        rule=rule.id,
        amount=rule.amount if set_on is None else 0,
        unit=rule.unit if set_on is None else Unit.SET_DATE,
        direction=rule.direction,
        first_day=rule.first_day,
        started_at=start,
        due_on=due_on,
        due_at=due_at,
        calendar=calendar.version,
        working=working,
        note=note,
    )


def rung_instants(rule: ClockRule, deadline: Deadline, calendar: Calendar) -> tuple[datetime, ...]:
    """The instant of each rung of the rule's ladder, in its order; some may lie before the start of the clock.

    Offset 0 is the start or the due instant itself; clock hours count exactly from it; days count from the start day or
    the due day and fall on that day's morning, civil time. Raises ``CalendarDoesNotCover``.
    """
    calendar = counted_by(rule, calendar)
    return tuple(_rung_instant(rung, deadline, calendar) for rung in rule.ladder)


def counted_by(rule: ClockRule, calendar: Calendar) -> Calendar:
    """The calendar that the rule counts by: a board's closure days stretch its own clocks alone."""
    return calendar if rule.strength is Strength.LOCAL else calendar.national


def why_not_counted(rule: ClockRule) -> str | None:
    """Why nothing can be counted by the rule itself, for an error: it runs to a set day, or lacks its amount."""
    if rule.unit is Unit.SET_DATE:
        return f"the clock {rule.id} runs to a set day, and none is given"
    if rule.amount == 0:
        return f"the board has yet to set how many {rule.unit.value} the clock {rule.id} counts"
    return None


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The nth working day after ``day`` (before it where ``n`` is negative); ``day`` itself for 0.

    ``day`` is not counted. Raises ``CalendarDoesNotCover``.
    """
    if n == 0:
        return day
    calendar.check(day + _step(n))
    if n > 0:
        return calendar.working_day(calendar.working_day_number(day) + n)
    return calendar.working_day(calendar.working_day_number(day - timedelta(days=1)) + n + 1)


def add_months(day: date, n: int) -> date:
    """The same day number ``n`` months later (earlier where negative), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_end(rule: ClockRule, start: date, number: int, calendar: Calendar) -> tuple[date, str]:
    """Where month or year ``number`` of the rule ends, and why, before any time is given back.

    It ends on the same day number, a day sooner where the event's own day is counted. The day itself may lie outside
    the calendar; raises ``CalendarDoesNotCover`` where it does so by more than a year.
    """
    months = MONTHS_IN[rule.unit] * (number if rule.direction is Direction.AFTER else -number)
    _check_years(start, months, calendar)
    day = add_months(start, months)
    same = "same day of the month" if rule.unit is Unit.MONTHS else "same day and month"
    clamped = day.day != start.day
    if rule.first_day is FirstDay.DAY_AFTER:
        return day, "last day of a shorter month" if clamped else same
    if months < 0:
        return day + timedelta(days=1), f"the day after the {same}"
    if clamped:
        return day, "last day of a shorter month"
    return day - timedelta(days=1), f"the day before the {same}"


def _check_years(start: date, months: int, calendar: Calendar) -> None:
    """Refuse what lies far beyond the calendar: there may be no such year at all."""
    year = (start.year * 12 + start.month - 1 + months) // 12
    if year > calendar.last_year + 1:
        calendar.check(date(calendar.last_year + 1, 1, 1))
    if year < calendar.first_year - 1:
        calendar.check(date(calendar.first_year - 1, 12, 31))


def _rung_instant(rung: Rung, deadline: Deadline, calendar: Calendar) -> datetime:
    base = deadline.started_at if rung.from_start else deadline.due_at
    if rung.offset == 0:
        return base
    if rung.unit is Unit.CLOCK_HOURS:
        return calendar.local(base + timedelta(hours=rung.offset))
    day = deadline.started_at.date() if rung.from_start else deadline.due_on
    return calendar.at_time(shift(day, rung.offset, rung.unit, calendar), MORNING)


def shift(day: date, n: int, unit: Unit, calendar: Calendar) -> date:
    """The day that lies ``n`` units of days, months or years after ``day``. Raises ``CalendarDoesNotCover``."""
    if unit is Unit.WORKING_DAYS:
        return add_working_days(day, n, calendar)
    if unit in MONTHS_IN:
        return add_months(day, n * MONTHS_IN[unit])
    return day + timedelta(days=n)


def _set_date(set_on: date, why: str, start: date, calendar: Calendar, stopped: _Stopped) -> _Counted:
    """The set day, moved on by the days on which the clock stood; only those are listed between start and end."""
    working = [WorkedDay(on=start, number=None, why="the clock begins")]
    day, left = start, (set_on - start).days + 1
    while left > 0:
        reason = why_stopped(day, stopped)
        left -= reason is None
        if reason:
            working.append(WorkedDay(on=day, number=None, why=reason))
        day += timedelta(days=1)
    # A day that was set before the clock's own start is not moved.
    due_on = day - timedelta(days=1) if set_on >= start else set_on
    working.append(
        WorkedDay(on=due_on, number=1, why="the day that was set" if due_on == set_on else "that much later")
    )
    set_by = f"The day was set to {day_in_words(set_on)}" + (f": {why}." if why else ".")
    return due_on, tuple(working), _notes(set_by, _given_back(working), _not_moved(due_on, calendar))


def _working_days(rule: ClockRule, start: date, calendar: Calendar, stopped: _Stopped) -> _Counted:
    working, day, step = _first(rule, start)
    count = 0
    while True:
        reason = why_stopped(day, stopped) or calendar.reason_not_counted(day)
        count += reason is None
        number = count if reason is None else None
        working.append(WorkedDay(on=day, number=number, why=reason or "working day"))
        if count == rule.amount:
            return day, tuple(working), _given_back(working)
        day += step


def _calendar_days(rule: ClockRule, start: date, calendar: Calendar, stopped: _Stopped) -> _Counted:
    working = _every_day_counted(rule, start, rule.amount, calendar, stopped)
    due_on = working[-1].on
    return due_on, tuple(working), _notes(_given_back(working), _not_moved(due_on, calendar))


def _every_day_counted(
    rule: ClockRule, start: date, amount: int, calendar: Calendar, stopped: _Stopped
) -> list[WorkedDay]:
    working, day, step = _first(rule, start)
    count = 0
    while count < amount:
        reason = why_stopped(day, stopped) if stopped else None
        count += reason is None
        number = count if reason is None else None
        working.append(WorkedDay(on=day, number=number, why=reason or _every_day("calendar day", day, calendar)))
        day += step
    return working


def _months_or_years(rule: ClockRule, start: date, calendar: Calendar, stopped: _Stopped) -> _Counted:
    """As many days as the months or years have; each day on which the clock stood moves the end on by one."""
    _, first, _ = _first(rule, start)
    period = "month" if rule.unit is Unit.MONTHS else "year"
    ends = [period_end(rule, start, number, calendar) for number in range(1, rule.amount + 1)]
    lengths = {abs((end - first).days) + 1: (number, end, why) for number, (end, why) in enumerate(ends, start=1)}
    working = _every_day_counted(rule, start, max(lengths), calendar, stopped)
    for index, day in enumerate(working):
        if day.number in lengths:
            number, end, why = lengths[day.number]
            words = why if day.on == end else f"{abs((day.on - end).days)} days on which the clock stood are given back"
            working[index] = day.model_copy(update={"why": f"{period} {number} ends: {words}"})
    due_on = working[-1].on
    return due_on, tuple(working), _notes(*_rounding(rule, start), _given_back(working), _not_moved(due_on, calendar))


def _rounding(rule: ClockRule, start: date) -> tuple[str, str]:
    """How months or years of different lengths are counted, and which day stands in where the same one is not there."""
    clamped = add_months(start, _signed(rule) * MONTHS_IN[rule.unit]).day != start.day
    if rule.unit is Unit.YEARS:
        no_day = "That year has no 29 February: the 28th stands in." if clamped else ""
        return "A year runs to the same day and month; weekends and bank holidays within it count.", no_day
    no_day = f"That month has no day {start.day}: its last day stands in." if clamped else ""
    return "A month runs to the same day number; weekends and bank holidays within it count.", no_day


def _hours(start: datetime, due_at: datetime, calendar: Calendar, stops: tuple[Stop, ...]) -> _Counted:
    """Each civil day that the hours touch, with the whole hours counted by its end."""
    first, last = sorted((start, due_at))
    days = [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]
    if due_at < start:
        days.reverse()
    working = tuple(_hours_of(day, start, due_at, calendar, stops) for day in days)
    changes = (_change_in_words(change, calendar) for change in calendar.changes_between(first, last))
    given_back = "The time during which the clock stood is given back." if stops else ""
    return due_at.date(), working, _notes(*changes, given_back)


def _hours_of(day: date, start: datetime, due_at: datetime, calendar: Calendar, stops: tuple[Stop, ...]) -> WorkedDay:
    why = _every_day("every hour", day, calendar)
    if due_at < start:
        return WorkedDay(on=day, number=(start - max(calendar.at_time(day, 0), due_at)) // _HOUR, why=why)
    begins, ends = max(calendar.at_time(day, 0), start), min(calendar.midnight_after(day), due_at)
    number: int | None = (ends - start - stood(stops, start, ends)) // _HOUR
    if stood(stops, begins, ends):
        reason = "; ".join(stop.reason for stop in stops if stood((stop,), begins, ends))
        whole = stood(stops, begins, ends) == ends - begins
        number, why = (None, f"stopped: {reason}") if whole else (number, f"part of the day stopped: {reason}")
    return WorkedDay(on=day, number=number, why=why)


def _given_back(working: Iterable[WorkedDay]) -> str:
    days = sum(day.why.startswith("stopped: ") for day in working)
    if not days:
        return ""
    return (
        "1 day on which the clock stood is given back."
        if days == 1
        else (f"{days} days on which the clock stood are given back.")
    )


def _notes(*notes: str) -> str:
    return " ".join(filter(None, notes))


def _change_in_words(change: OffsetChange, calendar: Calendar) -> str:
    after = calendar.local(change.at)
    before = calendar.local(change.at - timedelta(microseconds=1))
    minutes = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    way = "forward" if minutes > timedelta() else "back"
    return (
        f"The clocks go {way} by {abs(minutes) // timedelta(minutes=1)} minutes on {day_in_words(after.date())};"
        " the hours are counted as they pass."
    )


def _every_day(what: str, day: date, calendar: Calendar) -> str:
    reason = calendar.reason_not_counted(day)
    return f"{what} ({reason} counts too)" if reason else what


def _not_moved(due_on: date, calendar: Calendar) -> str:
    reason = calendar.reason_not_counted(due_on)
    return f"The last day is no working day ({reason}); the date is not moved." if reason else ""


def _first(rule: ClockRule, start: date) -> tuple[list[WorkedDay], date, timedelta]:
    """The working so far, the first day to look at, and the step to the next."""
    step = _step(_signed(rule))
    if rule.first_day is FirstDay.EVENT_DAY:
        return [], start, step
    return [WorkedDay(on=start, number=None, why=NOT_COUNTED)], start + step, step


def _signed(rule: ClockRule) -> int:
    return rule.amount if rule.direction is Direction.AFTER else -rule.amount


def _step(n: int) -> timedelta:
    return timedelta(days=1 if n > 0 else -1)


_COUNTING = {
    Unit.WORKING_DAYS: _working_days,
    Unit.CALENDAR_DAYS: _calendar_days,
    Unit.MONTHS: _months_or_years,
    Unit.YEARS: _months_or_years,
}
