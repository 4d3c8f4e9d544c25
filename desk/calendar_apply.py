"""A corrected calendar, applied to every open case: first what would move, then each stage is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.calendar import build_calendar, closure_days
from activities.regimes import read_regime
from desk.sending import NotKnownYet, NotTaken, StageEnded, send
from domain.clocks.calendar import Calendar, CalendarRequest, Holiday
from domain.clocks.explain import in_words
from domain.clocks.proclaimed import CalendarCorrection, ProclaimedDay
from domain.clocks.recount import recounted
from domain.corrections import ApplyCalendar
from domain.directory import Directory
from domain.model import Model
from domain.people import Actor
from domain.record import CaseRef, ClockEntry, ClockStatus
from records import proclaimed, queries
from records.store import Record
from records.views import CaseSummary

AROUND = 2
"""Years before and after a clock's own that its calendar is looked at with."""


class Move(Model):
    """A date that moves, or would."""

    case: CaseRef
    stage: str
    clock: str
    title: str
    status: ClockStatus
    was: str
    now: str
    """When it is due, in words."""
    days: int
    """By how many civil days it is due later; negative for earlier."""


class Told(Model):
    """What became of telling one stage."""

    stage: str
    done: bool
    why_not: str = ""


def moves(record: Record, directory: Directory, correction: CalendarCorrection, at: datetime) -> tuple[Move, ...]:
    """Every date of every open case that the correction moves, case by case; nothing is changed."""
    since = (*proclaimed.kept(record, correction.calendar), *correction.day)
    why = ApplyCalendar.why_of(correction.days)
    found = []
    for summary in _concerned(record, correction):
        closed = closure_days(directory, summary.case.board)
        for each in queries.clocks(record, summary.case):
            if each.current:
                calendar = _around(each.entry, correction.calendar, since, closed)
                after = recounted(each.entry, each.entry.rule, calendar, at, why)
                if after.deadline.due_at != each.entry.deadline.due_at:
                    found.append(_move(summary.case, each.stage, each.entry, after))
    return tuple(found)


async def tell_stages(
    record: Record, client: Client, correction: CalendarCorrection, *, actor: Actor, wait: timedelta
) -> tuple[Told, ...]:
    """Tell every stage that is open of a correction that is kept; the same is told once, however often asked."""
    stages = _open(record, correction)
    return tuple([await _tell(client, stage, _command(correction, actor, stage), wait) for stage in stages])


def _open(record: Record, correction: CalendarCorrection) -> Iterator[str]:
    for summary in _concerned(record, correction):
        running = (stage.stage for stage in summary.stages if not stage.finished)
        yield from dict.fromkeys((summary.workflow_id, *running))


async def _tell(client: Client, stage: str, command: ApplyCalendar, wait: timedelta) -> Told:
    try:
        await send(client, stage, command, wait)
    except (NotKnownYet, NotTaken) as error:
        return Told(stage=stage, done=False, why_not=str(error))
    except StageEnded:
        return Told(stage=stage, done=True, why_not="it has ended meanwhile")
    return Told(stage=stage, done=True)


def _concerned(record: Record, correction: CalendarCorrection) -> Iterator[CaseSummary]:
    for summary in queries.cases(record, open_only=True):
        try:
            calendar = read_regime(summary.regime).calendar
        except ApplicationError:
            continue  # of a regime that this version does not know it cannot say which calendar it has
        if calendar == correction.calendar:
            yield summary


def _around(
    entry: ClockEntry, calendar: str, since: tuple[ProclaimedDay, ...], closed: tuple[Holiday, ...]
) -> Calendar:
    first, last = entry.deadline.started_at.year - AROUND, entry.deadline.due_on.year + AROUND
    request = CalendarRequest(id=calendar, first_year=first, last_year=last, closure_days=closed)
    return build_calendar(request, since)


def _move(case: CaseRef, stage: str, before: ClockEntry, after: ClockEntry) -> Move:
    return Move(
        case=case,
        stage=stage,
        clock=before.id,
        title=before.rule.title,
        status=after.status,
        was=in_words(before.deadline),
        now=in_words(after.deadline),
        days=(after.deadline.due_on - before.deadline.due_on).days,
    )


def _command(correction: CalendarCorrection, actor: Actor, stage: str) -> ApplyCalendar:
    digest = sha256(f"{correction.model_dump_json()} {stage}".encode()).hexdigest()[:32]
    given = {"days": correction.days, "source": correction.source}
    return ApplyCalendar.model_validate({"request_id": f"calendar-{digest}", "actor": actor, **given})
