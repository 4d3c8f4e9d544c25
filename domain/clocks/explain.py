"""Why a date is what it is, for a reader who knows neither the rules nor this service."""

from datetime import datetime

from domain.clocks.calendar import day_in_words
from domain.clocks.deadline import Deadline, WorkedDay
from domain.clocks.rule import Source, Strength, Unit
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
        return f"by {_time_in_words(deadline.due_at)}"
    return f"by the end of {day_in_words(deadline.due_on)}"


def explain(entry: ClockEntry) -> str:
    """The whole working of a clock as plain text: basis, source, each day counted or skipped and why, due date, status.

    All times are civil times of the calendar, unless marked ``UTC``.
    """
    rule, deadline = entry.rule, entry.deadline
    lines = [
        rule.title if entry.item is None else f"{rule.title} ({entry.item})",
        f"Due {in_words(deadline)}.",
        "",
        f"Counted:   {_amount(deadline)} {deadline.direction} {rule.start_event},",
        f"           which was at {_time_in_words(deadline.started_at)}.",
        f"Strength:  {_STRENGTH[rule.strength]}",
        f"Source:    {_source(rule.source)}",
        f"Calendar:  {deadline.calendar}",
        f"Status:    {_status(entry)}",
        *_computed_again(entry),
        "",
        "How it was counted:",
        *(_line(day, deadline.unit) for day in deadline.working),
        f"Result: due {in_words(deadline)}.",
    ]
    if deadline.note:
        lines.append(f"Note: {deadline.note}")
    return "\n".join(lines)


def _amount(deadline: Deadline) -> str:
    unit = deadline.unit.value
    return f"{deadline.amount} {unit.removesuffix('s') if deadline.amount == 1 else unit}"


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
        return "skipped"
    if unit is Unit.CLOCK_HOURS:
        return f"{day.number} hour{'' if day.number == 1 else 's'}"
    return f"day {day.number}"


def _status(entry: ClockEntry) -> str:
    if entry.status is ClockStatus.OPEN or entry.status is ClockStatus.WITHDRAWN:
        return entry.status.value
    when = "" if entry.satisfied_at is None else _moment(entry.satisfied_at, entry.deadline)
    return f"met at {when}" if entry.status is ClockStatus.MET else f"late: satisfied at {when}"


def _moment(instant: datetime, deadline: Deadline) -> str:
    """In civil time where the deadline tells what it was then; else as it stands, marked as UTC."""
    if instant.utcoffset():
        return _time_in_words(instant)
    start, due = deadline.started_at, deadline.due_at
    if start.utcoffset() == due.utcoffset() and min(start, due) <= instant < max(start, due):
        return _time_in_words(instant.astimezone(due.tzinfo))
    return f"{_time_in_words(instant)} UTC"


def _time_in_words(instant: datetime) -> str:
    return f"{instant:%H:%M} on {day_in_words(instant.date())}"
