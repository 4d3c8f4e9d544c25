"""Why a date is what it is, for a reader who knows neither the rules nor this service."""

from datetime import datetime, timedelta

from domain.clocks.calendar import day_in_words
from domain.clocks.deadline import Deadline, WorkedDay
from domain.clocks.rule import Direction, Source, Strength, Unit
from domain.clocks.stops import Stop
from domain.record import ClockEntry, ClockStatus

_STRENGTH = {
    Strength.STATUTE: "statute (a duty in law)",
    Strength.GUIDANCE: "guidance (depart from it only for a recorded reason)",
    Strength.LOCAL: "local (set by the board itself)",
}


def in_words(deadline: Deadline) -> str:
    """When it is due, to follow the word "due", in civil time.

    ``by the end of Monday 13 April 2026``, or for clocks in hours ``by 10:15 on Friday 13 March 2026``.
    """
    if deadline.unit is Unit.CLOCK_HOURS:
        return f"by {time_in_words(deadline.due_at)}"
    return f"by the end of {day_in_words(deadline.due_on)}"


def due_in_words(entry: ClockEntry) -> str:
    """A whole phrase: ``due by the end of Monday 13 April 2026``, or since when it is stopped and what is left of it.

    ``stopped since Monday 2 March 2026; 3 working days used, 7 working days left``.
    """
    stop = entry.stopped if entry.status is ClockStatus.STOPPED else None
    return f"due {in_words(entry.deadline)}" if stop is None else stopped_in_words(entry, stop)


def stopped_in_words(entry: ClockEntry, stop: Stop) -> str:
    """Since when the clock stands, how much of it is used and how much is left, in the unit that it counts."""
    deadline = entry.deadline
    since = f"stopped since {day_in_words(stop.since.date())}"
    used, left = _used_and_left(deadline, stop)
    if deadline.unit in (Unit.MONTHS, Unit.YEARS, Unit.SET_DATE):
        was_due = f"until {day_in_words(deadline.due_on)}, when it was due"
        return f"{since}; {number_of(used, 'days')} used, {number_of(left, 'days')} left {was_due}"
    unit = deadline.unit.value
    return f"{since}; {number_of(used, unit)} used, {number_of(left, unit)} left"


def explain(entry: ClockEntry) -> str:
    """The whole working of a clock as plain text: basis, source, each day counted or skipped and why, due date, status.

    All times are civil times of the calendar, unless marked ``UTC``.
    """
    rule, deadline = entry.rule, entry.deadline
    lines = [
        rule.title if entry.item is None else f"{rule.title} ({entry.item})",
        _sentence(due_in_words(entry)),
        "",
        *_counted(entry),
        f"Strength:  {_STRENGTH[rule.strength]}",
        f"Source:    {_source(rule.source)}",
        f"Calendar:  {deadline.calendar}",
        *(_stop_line(stop) for stop in entry.stops),
        f"Status:    {_status(entry)}",
        *_computed_again(entry),
        "",
        "How it was counted:",
        *(_line(day, deadline.unit) for day in deadline.working),
        _result(entry),
    ]
    if deadline.note:
        lines.append(f"Note: {deadline.note}")
    return "\n".join(lines)


def _counted(entry: ClockEntry) -> list[str]:
    rule, deadline = entry.rule, entry.deadline
    tense = "is" if deadline.direction is Direction.BEFORE else "was"
    when = f"           which {tense} at {time_in_words(deadline.started_at)}."
    if deadline.unit is Unit.SET_DATE:
        return [f"Counted:   to a day that was set; the clock began when {rule.start_event},", when]
    amount = number_of(deadline.amount, deadline.unit.value)
    return [f"Counted:   {amount} {deadline.direction} {rule.start_event},", when]


def _used_and_left(deadline: Deadline, stop: Stop) -> tuple[int, int]:
    """How much of the clock was used when it was stopped, and how much is left of it then."""
    since = stop.since.date()
    if deadline.unit is Unit.CLOCK_HOURS:
        remaining = deadline.due_at - max(stop.since, deadline.started_at)
        left = -(-remaining // timedelta(hours=1))
        return deadline.amount - left, left
    if deadline.unit is Unit.SET_DATE:
        begun, given_back = deadline.started_at.date(), sum(d.why.startswith("stopped: ") for d in deadline.working)
        left = (deadline.due_on - max(since, begun)).days + 1
        return (deadline.due_on - begun).days + 1 - given_back - left, left
    used = max((day.number for day in deadline.working if day.number is not None and day.on < since), default=0)
    whole = deadline.working[-1].number or 0
    return used, whole - used


def number_of(number: int, unit: str) -> str:
    """``1 month``, ``7 working days``."""
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _stop_line(stop: Stop) -> str:
    since = time_in_words(stop.since)
    until = f"to {time_in_words(stop.until)}" if stop.until else "and it still stands"
    return f"Stopped:   from {since} {until}: {stop.reason}"


def _result(entry: ClockEntry) -> str:
    if entry.status is ClockStatus.STOPPED:
        return f"Result: {due_in_words(entry)}. The time for which it stands is given back when it runs on."
    return f"Result: due {in_words(entry.deadline)}."


def _source(source: Source) -> str:
    return f"{source} (to be confirmed by the board)" if source.confirm else str(source)


def _computed_again(entry: ClockEntry) -> list[str]:
    if entry.computation == 1:
        return []
    why = f": {entry.reason}" if entry.reason else ""
    return [f"Computed:  {entry.computation} times; earlier results stay in the record{why}"]


def _line(day: WorkedDay, unit: Unit) -> str:
    return f"  {day_in_words(day.on):<28}  {_count(day, unit):<9} {day.why}"


def _count(day: WorkedDay, unit: Unit) -> str:
    if day.number is None:
        return "skipped" if unit is not Unit.SET_DATE or day.why.startswith("stopped: ") else "begins"
    if unit is Unit.SET_DATE:
        return "due"
    if unit is Unit.CLOCK_HOURS:
        return f"{day.number} hour{'' if day.number == 1 else 's'}"
    return f"day {day.number}"


def _status(entry: ClockEntry) -> str:
    if entry.status not in (ClockStatus.MET, ClockStatus.LATE):
        return entry.status.value
    when = "" if entry.satisfied_at is None else _moment(entry.satisfied_at, entry.deadline)
    return f"met at {when}" if entry.status is ClockStatus.MET else f"late: satisfied at {when}"


def _moment(instant: datetime, deadline: Deadline) -> str:
    """In civil time where the deadline tells what it was then; else as it stands, marked as UTC."""
    if instant.utcoffset():
        return time_in_words(instant)
    start, due = deadline.started_at, deadline.due_at
    if start.utcoffset() == due.utcoffset() and min(start, due) <= instant < max(start, due):
        return time_in_words(instant.astimezone(due.tzinfo))
    return f"{time_in_words(instant)} UTC"


def time_in_words(instant: datetime) -> str:
    """An instant with its own offset, as people write it: ``10:15 on Friday 13 March 2026``."""
    return f"{instant:%H:%M} on {day_in_words(instant.date())}"
