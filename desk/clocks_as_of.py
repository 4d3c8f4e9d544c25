"""The clocks of a case as they stood at an instant: what was satisfied, withdrawn or moved later is as if it were not.

A day that was set, a stop and a publication that was moved count from when they were. A start that was corrected counts
as it is known now: the correction tells what had been true all along. What was believed then is in
``desk.clocks_believed``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from desk.civil import in_civil_time
from domain.clocks.rule import Direction, Unit
from domain.clocks.stops import Stop
from domain.model import Model
from domain.publication_commands import SetPublicationDate
from domain.record import CaseRef, ClockEntry, ClockStatus
from records import as_of, queries
from records.store import Record
from records.views import RecordedFact


class ClockStood(StrEnum):
    """Where a clock stood."""

    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"
    RUNNING = "running"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


class ClockAsOf(Model):
    """A clock as it stood at an instant."""

    stage: str
    """Workflow id of its stage."""
    entry: ClockEntry
    """The computation that held then. Its status is today's; see ``stood``."""
    stood: ClockStood
    ended_at: datetime | None = None
    """When it was satisfied or withdrawn; none where it still ran, or stood still."""
    until: datetime

    @property
    def id(self) -> str:
        """Of the clock, unique within its stage."""
        return self.entry.id

    @property
    def ran_out(self) -> bool:
        """Whether what it waited for came late, or had not come when it was due."""
        return self.stood in (ClockStood.LATE, ClockStood.OVERDUE)

    @property
    def late_by(self) -> int:
        """By how much, until it was satisfied or until then: whole hours for clocks in hours, else civil days.

        What is begun counts: one minute late is one hour or one day.
        """
        if not self.ran_out:
            return 0
        end, deadline = self.ended_at or self.until, self.entry.deadline
        if deadline.unit is Unit.CLOCK_HOURS:
            return max(1, -(-(end - deadline.due_at) // timedelta(hours=1)))
        return (in_civil_time(end).date() - deadline.due_on).days


def clocks_as_of(
    record: Record, case: CaseRef, facts: Iterable[RecordedFact], until: datetime
) -> tuple[ClockAsOf, ...]:
    """Every clock that there was by ``until``, in order of stage and clock; ``facts`` are all that stand now."""
    changed = as_of.clocks_changed(record, case)
    moved = _publication_days(facts)
    found = []
    for (stage, clock), group in groupby(queries.clocks(record, case), key=lambda each: (each.stage, each.entry.id)):
        held = _held([each.entry for each in group], moved, until)
        if held is not None:
            found.append(_stood(stage, held, changed.get((stage, clock, held.computation), until), until))
    return tuple(found)


def _held(entries: list[ClockEntry], moved: dict[datetime, datetime], until: datetime) -> ClockEntry | None:
    """The computation that held at ``until``; none where the clock began later."""
    held, since = None, _made_at(entries[0], moved, first=True)
    for number, entry in enumerate(entries):
        since = max(since, _made_at(entry, moved, first=number == 0))
        if since > until:
            break
        held = entry
    return held


def _made_at(entry: ClockEntry, moved: dict[datetime, datetime], *, first: bool) -> datetime:
    """From when on this computation held, as far as the record tells; else from the clock's start."""
    backwards = entry.rule.direction is Direction.BEFORE
    started = entry.opened_at if backwards and entry.opened_at else entry.deadline.started_at
    if backwards:
        return moved.get(entry.deadline.started_at, started)
    known = [at for at in (entry.set_at, *(() if first else (stop.until for stop in entry.stops))) if at is not None]
    return max(known) if known else started


def _publication_days(facts: Iterable[RecordedFact]) -> dict[datetime, datetime]:
    """When each day of publication was set: clocks that count backwards from it hold from then on."""
    found = {}
    for each in facts:
        day = each.fact.detail.get("publish_at")
        if each.fact.kind == SetPublicationDate.FACT and isinstance(day, str):
            found[datetime.fromisoformat(day)] = each.fact.at
    return found


def _stood(stage: str, entry: ClockEntry, changed_at: datetime, until: datetime) -> ClockAsOf:
    due, satisfied = entry.deadline.due_at, entry.satisfied_at
    stood, ended = ClockStood.RUNNING, None
    if satisfied is not None and satisfied <= until:
        stood, ended = (ClockStood.MET if satisfied < due else ClockStood.LATE), satisfied
    elif entry.status is ClockStatus.WITHDRAWN and changed_at <= until:
        stood, ended = ClockStood.WITHDRAWN, changed_at
    elif any(stop.since <= until and stop.since < due and not _ended(stop, until) for stop in entry.stops):
        stood = ClockStood.STOPPED
    elif due <= until:
        stood = ClockStood.OVERDUE
    return ClockAsOf(stage=stage, entry=entry, stood=stood, ended_at=ended, until=until)


def _ended(stop: Stop, until: datetime) -> bool:
    return stop.until is not None and stop.until <= until
