"""How a deadline follows from a rule, the instant it is counted from, and a calendar. Pure; every step is kept.

The day of the event is not counted unless the rule says so, and the act is in time until the end of the last day:
guidance does not define day 1, this is the usual reading of public law. An event on a day that does not count makes the
next one that does day 1.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from domain.clocks.calendar import Calendar, OffsetChange, day_in_words
from domain.clocks.deadline import Deadline, WorkedDay
from domain.clocks.rule import ClockRule, Direction, FirstDay, Rung, Unit

MORNING = 9
"""Civil hour at which the letters of rungs in days are due."""
NOT_COUNTED = "the day of the event is not counted"

_Counted = tuple[date, tuple[WorkedDay, ...], str]
"""The due day, its working, and a note."""


def compute(rule: ClockRule, started_at: datetime, calendar: Calendar) -> Deadline:
    """The deadline of a rule counted from ``started_at``, with its working.

    All instants of the deadline carry the civil offset of the calendar. Raises ``CalendarDoesNotCover`` where a needed
    day lies outside the calendar, ``ValueError`` for an instant without offset.
    """
    start = calendar.local(started_at)
    if rule.unit is Unit.CLOCK_HOURS:
        # The offset of civil instants is fixed, so this adds elapsed time, exact across a change of civil time.
        due_at = calendar.local(start + timedelta(hours=_signed(rule)))
        due_on, working, note = _hours(start, due_at, calendar)
    else:
        due_on, working, note = _COUNTING[rule.unit](rule, start.date(), calendar)
        due_at = calendar.midnight_after(due_on)
    return Deadline(
        rule=rule.id,
        amount=rule.amount,
        unit=rule.unit,
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
    return tuple(_rung_instant(rung, deadline, calendar) for rung in rule.ladder)


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The nth working day after ``day`` (before it where ``n`` is negative); ``day`` itself for 0.

    ``day`` is not counted. Raises ``CalendarDoesNotCover``.
    """
    step = _step(n)
    left = abs(n)
    while left:
        day += step
        left -= calendar.reason_not_counted(day) is None
    return day


def add_months(day: date, n: int) -> date:
    """The same day number ``n`` months later (earlier where negative), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _rung_instant(rung: Rung, deadline: Deadline, calendar: Calendar) -> datetime:
    base = deadline.started_at if rung.from_start else deadline.due_at
    if rung.offset == 0:
        return base
    if rung.unit is Unit.CLOCK_HOURS:
        return calendar.local(base + timedelta(hours=rung.offset))
    day = deadline.started_at.date() if rung.from_start else deadline.due_on
    return calendar.at_time(_shift(day, rung.offset, rung.unit, calendar), MORNING)


def _shift(day: date, n: int, unit: Unit, calendar: Calendar) -> date:
    if unit is Unit.WORKING_DAYS:
        return add_working_days(day, n, calendar)
    if unit is Unit.MONTHS:
        return add_months(day, n)
    return day + timedelta(days=n)


def _working_days(rule: ClockRule, start: date, calendar: Calendar) -> _Counted:
    working, day, step = _first(rule, start)
    count = 0
    while True:
        reason = calendar.reason_not_counted(day)
        count += reason is None
        number = count if reason is None else None
        working.append(WorkedDay(on=day, number=number, why=reason or "working day"))
        if count == rule.amount:
            return day, tuple(working), ""
        day += step


def _calendar_days(rule: ClockRule, start: date, calendar: Calendar) -> _Counted:
    working, day, step = _first(rule, start)
    for number in range(1, rule.amount + 1):
        working.append(WorkedDay(on=day, number=number, why=_every_day("calendar day", day, calendar)))
        day += step
    due_on = day - step
    return due_on, tuple(working), _not_moved(due_on, calendar)


def _months(rule: ClockRule, start: date, calendar: Calendar) -> _Counted:
    working, day, step = _first(rule, start)
    sign = _signed(rule) // rule.amount
    ends = dict(_month_end(rule, start, sign * number) for number in range(1, rule.amount + 1))
    due_on = list(ends)[-1]
    count = 0
    while not working or working[-1].on != due_on:
        count += 1
        why = _every_day("calendar day", day, calendar)
        if day in ends:
            why = f"month {list(ends).index(day) + 1} ends: {ends[day]}"
        working.append(WorkedDay(on=day, number=count, why=why))
        day += step
    notes = ["A month runs to the same day number; weekends and bank holidays within it count."]
    if add_months(start, _signed(rule)).day != start.day:
        notes.append(f"That month has no day {start.day}: its last day stands in.")
    return due_on, tuple(working), " ".join([*notes, _not_moved(due_on, calendar)]).strip()


def _month_end(rule: ClockRule, start: date, n: int) -> tuple[date, str]:
    """Where the nth month ends: on the same day number, a day sooner where the event's own day is counted."""
    day = add_months(start, n)
    clamped = day.day != start.day
    if rule.first_day is FirstDay.DAY_AFTER:
        return day, "last day of a shorter month" if clamped else "same day of the month"
    if n < 0:
        return day + timedelta(days=1), "the day after the same day of the month"
    if clamped:
        return day, "last day of a shorter month"
    return day - timedelta(days=1), "the day before the same day of the month"


def _hours(start: datetime, due_at: datetime, calendar: Calendar) -> _Counted:
    """Each civil day that the hours touch, with the whole hours counted by its end."""
    first, last = sorted((start, due_at))
    days = [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]
    if due_at < start:
        days.reverse()
    working = tuple(
        WorkedDay(on=day, number=_hours_by(day, start, due_at, calendar), why=_every_day("every hour", day, calendar))
        for day in days
    )
    return (
        due_at.date(),
        working,
        " ".join(_change_in_words(c, calendar) for c in calendar.changes_between(first, last)),
    )


def _hours_by(day: date, start: datetime, due_at: datetime, calendar: Calendar) -> int:
    if due_at >= start:
        return (min(calendar.midnight_after(day), due_at) - start) // timedelta(hours=1)
    return (start - max(calendar.at_time(day, 0), due_at)) // timedelta(hours=1)


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


_COUNTING = {Unit.WORKING_DAYS: _working_days, Unit.CALENDAR_DAYS: _calendar_days, Unit.MONTHS: _months}
