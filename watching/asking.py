"""The whole look: the case record first, which is enough, then Temporal, where it can be reached."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine
from temporalio.service import RPCError

from records.engine import RecordFault, reading
from records.ledger import OpenStage, open_stages
from watching.faults import OF_RECORD, OF_TEMPORAL, Fault, FaultKind, Seen
from watching.looking import Limits, look
from watching.temporal import MOST, Temporal

READING: Final = timedelta(minutes=2)
ASKING: Final = timedelta(minutes=1)
"""How long the record, and Temporal, may take to answer everything that is asked at one look."""
LONGEST: Final = 120

Reach = Callable[[], Awaitable[Temporal]]
"""How Temporal is reached; raises ``RPCError``, ``RuntimeError`` or ``ValueError`` where it is not."""


async def look_at_all(engine: Engine, task_queue: str, limits: Limits, reach: Reach, now: datetime) -> Seen:
    """What is wrong at this instant, and what could not be looked at."""
    try:
        async with asyncio.timeout(READING.total_seconds()):
            found = await asyncio.to_thread(look, engine, task_queue, limits, now)
    except (RecordFault, TimeoutError) as error:
        why = str(error) or "it does not answer"
        away = Fault(
            kind=FaultKind.RECORD,
            where="record",
            since=now,
            words=f"The watchdog cannot see whether all is well: {why}. No worker can record anything either.",
        )
        return Seen(at=now, faults=(away,), unknown=OF_RECORD | OF_TEMPORAL)
    try:
        async with asyncio.timeout(ASKING.total_seconds()):
            told, remarks = await _ask(await reach(), engine, found, limits, now)
    except (RPCError, RuntimeError, TimeoutError, ValueError, RecordFault) as error:
        why = in_brief(error)
        remark = f"Temporal could not be asked ({why}); what is told here is known from the case record."
        return Seen(at=now, faults=tuple(found), remarks=(remark,), unknown=OF_TEMPORAL)
    return Seen(at=now, faults=(*found, *told), remarks=remarks)


def in_brief(error: Exception) -> str:
    """Why Temporal did not answer: the engine's own errors run over many lines."""
    said = str(error).partition("\n")[0] or "it does not answer"
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rstrip()} …"


async def _ask(
    temporal: Temporal, engine: Engine, found: list[Fault], limits: Limits, now: datetime
) -> tuple[list[Fault], tuple[str, ...]]:
    pollers = await temporal.no_poller(now, limits.worker)
    # The list before the record: a stage that begins or ends meanwhile is not taken for one that is missing.
    running = await temporal.running()
    stages = await asyncio.to_thread(_open_stages, engine)
    missing = [stage for id, stage in stages.items() if id not in running]
    absent = await temporal.not_running(missing[:MOST])
    if absent:  # those that came to their end while they were asked about are well
        still = await asyncio.to_thread(_open_stages, engine)
        absent = [fault for fault in absent if fault.stage in still]
    late = list(dict.fromkeys(f.stage for f in found if f.kind is FaultKind.LATE and f.stage in stages))
    failing = await temporal.failing(stages, [stage for stage in late if stage is not None][:MOST])
    remarks: tuple[str, ...] = ()
    if len(missing) > MOST:
        remarks = (f"{len(missing)} open stages are not in Temporal's list; only the first {MOST} were asked about.",)
    return [*pollers, *absent, *failing], remarks


def _open_stages(engine: Engine) -> dict[str, OpenStage]:
    with reading(engine) as session:
        return open_stages(session)
