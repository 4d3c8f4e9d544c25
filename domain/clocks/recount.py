"""Clocks counted again by a calendar or a rule that was corrected. Earlier computations stay in the record. Pure."""

from datetime import datetime

from domain.clocks.arithmetic import compute, rung_instants
from domain.clocks.calendar import Calendar
from domain.clocks.due_day import due_day
from domain.clocks.recompute import RAN_OUT
from domain.clocks.rule import ClockRule, Unit
from domain.record import ClockEntry, ClockStatus


def recounted(entry: ClockEntry, rule: ClockRule, calendar: Calendar, at: datetime, reason: str) -> ClockEntry:
    """The clock as it stands by this rule and this calendar; itself where neither moves anything.

    A rung that was climbed is not climbed again, whatever its new instant; one that is due now is climbed at once.
    ``reason`` stands with the new computation. Raises as ``compute``.
    """
    if entry.status is ClockStatus.WITHDRAWN:
        return entry
    deadline, another = entry.deadline, rule != entry.rule
    if entry.due_on is None and (another or _moves(entry, calendar)):
        deadline = compute(rule, deadline.started_at, calendar, stops=entry.stops)
    rungs = rung_instants(rule, deadline, calendar)
    if deadline.due_at == entry.deadline.due_at and not another:
        return entry if rungs == entry.rungs else entry.model_copy(update={"rungs": rungs})
    climbed = _climbed(entry, rule, rungs)
    if deadline.due_at > at:
        climbed = tuple(key for key in climbed if key != RAN_OUT)
    return entry.model_copy(
        update={
            "rule": rule,
            "deadline": deadline,
            "rungs": rungs,
            "computation": entry.computation + 1,
            "reason": reason,
            "climbed": climbed,
            "status": _status(entry, deadline.due_at),
        }
    )


def _climbed(entry: ClockEntry, rule: ClockRule, rungs: tuple[datetime, ...]) -> tuple[str, ...]:
    """What counts as climbed on the rule's ladder: of another ladder, every rung up to the last instant that came."""
    if rule.ladder == entry.rule.ladder:
        return entry.climbed
    came = [entry.rungs[int(key.partition(".")[0])] for key in entry.climbed if key != RAN_OUT]
    passed = tuple(str(number) for number, at in enumerate(rungs) if came and at <= max(came))
    return (*passed, *(key for key in entry.climbed if key == RAN_OUT))


def _moves(entry: ClockEntry, calendar: Calendar) -> bool:
    """Whether its day is another by this calendar; a day that was set stays, and hours pass whatever the calendar."""
    if entry.due_on is not None or entry.deadline.unit is Unit.SET_DATE:
        return False
    day = due_day(entry.rule, entry.deadline.started_at, calendar, stops=entry.stops)
    return day != entry.deadline.due_on


def _status(entry: ClockEntry, due_at: datetime) -> ClockStatus:
    """What was met or late is judged anew by the date that it should have had."""
    if entry.status not in (ClockStatus.MET, ClockStatus.LATE) or entry.satisfied_at is None:
        return entry.status
    return ClockStatus.MET if entry.satisfied_at < due_at else ClockStatus.LATE
