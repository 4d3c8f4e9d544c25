"""Cases for the watchdog: recorded as the stages record them, looked at when a test says so."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from domain.clocks.book import RAN_OUT
from domain.clocks.deadline import Deadline
from domain.clocks.rule import ClockRule, Direction, FirstDay, Rung, Source, Strength, Unit
from domain.people import Role
from domain.record import CaseRef, Climb, ClockEntry, Letter, Recording
from records.heartbeats import beat
from records.store import Record
from watching.asking import look_at_all
from watching.faults import Fault, Seen
from watching.looking import Limits, look
from watching.temporal import Temporal

CASE = CaseRef(board="northbridge", reference="NB-2031-001")
OTHER = CaseRef(board="southbridge", reference="SB-2031-001")
SAFETY = CASE.stage_id("safety", 1)
START = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
DUE = START + timedelta(hours=4)
QUEUE = "scr"
LIMITS = Limits()
IN_TIME = ("0", "1", RAN_OUT)
"""All that is to be done of the clock once it has run out."""


def clock(climbed: tuple[str, ...] = (), due: datetime = DUE, **fields: Any) -> ClockEntry:
    """A clock of four hours: a letter to the duty manager an hour before, one to the director when it runs out."""
    rule = ClockRule(
        id="safety-decision",
        title="Safety decision",
        amount=4,
        unit=Unit.CLOCK_HOURS,
        start_event="the notification",
        strength=Strength.LOCAL,
        source=Source(document="Board's procedure"),
        urgent=True,
        ladder=(
            Rung(to=Role.DUTY_MANAGER, offset=-1, letter="clock-reminder"),
            Rung(to=Role.DIRECTOR, letter="clock-overdue", acknowledge=True),
        ),
    )
    deadline = Deadline(
        rule=rule.id,
        amount=4,
        unit=rule.unit,
        direction=Direction.AFTER,
        first_day=FirstDay.DAY_AFTER,
        started_at=due - timedelta(hours=4),
        due_on=due.date(),
        due_at=due,
        calendar="england-wales 1",
    )
    rungs = (due - timedelta(hours=1), due)
    return ClockEntry(rule=rule, item="S1", deadline=deadline, rungs=rungs, climbed=climbed, **fields)


def climb(rung: str, at: datetime, **letter: Any) -> Climb:
    """A rung that was climbed, with its letter."""
    written = Letter(id=f"climb/safety-decision/S1/1/{rung}", template="clock-overdue", to=Role.DIRECTOR, **letter)
    return Climb(clock="safety-decision/S1", computation=1, rung=rung, scheduled_at=at, letter=written)


def recorded(
    record: Record,
    *clocks: ClockEntry,
    case: CaseRef = CASE,
    sequence: int = 1,
    at: datetime = START,
    **fields: Any,
) -> None:
    """A transition of the case's first safety check."""
    stage = case.stage_id("safety", 1)
    transition = {"sequence": sequence, "at": at, "stage_title": "Children's safety check", "clocks": clocks}
    record.write(Recording(case=case, stage=stage, **transition, **fields))


def faults(record: Record, now: datetime, limits: Limits = LIMITS, *, worker: bool = True) -> list[Fault]:
    """What the record shows at that instant; with a worker whose heart beats, unless told otherwise."""
    if worker:
        beat(record.engine, "w1", QUEUE, now)
    return look(record.engine, QUEUE, limits, now)


async def seen(engine: Engine, now: datetime) -> Seen:
    """The whole look, where Temporal is away."""
    return await look_at_all(engine, QUEUE, LIMITS, nowhere, now)


async def nowhere() -> Temporal:
    """There is no Temporal."""
    raise RuntimeError("nobody listens there")


def ids(found: Iterable[Fault]) -> list[str]:
    """What the faults are called."""
    return [fault.id for fault in found]


def after(**span: float) -> datetime:
    """So much after the clock's end."""
    return DUE + timedelta(**span)
