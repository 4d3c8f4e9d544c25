"""A worker's heart: it beats in the case record for as long as the worker works."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from records import heartbeats
from records.engine import RecordFault

EVERY: Final = timedelta(minutes=1)
LAST_BEAT: Final = timedelta(seconds=2)
"""How long the end of the worker waits for it to be told."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def beating(
    engine: Engine, worker: str, task_queue: str, clock: Callable[[], datetime], every: timedelta = EVERY
) -> AsyncIterator[None]:
    """Tell the record about every minute that this worker is there, and at the end that it was stopped in order.

    A record that is away is told in the log, and tried again.
    """
    _log.info("this worker's heart beats as %s", worker)
    heart = asyncio.create_task(_beat(engine, worker, task_queue, clock, every))
    try:
        yield
    finally:
        heart.cancel()
        with suppress(RecordFault, TimeoutError):
            async with asyncio.timeout(LAST_BEAT.total_seconds()):
                await asyncio.to_thread(heartbeats.end, engine, worker, clock())


async def _beat(engine: Engine, worker: str, task_queue: str, clock: Callable[[], datetime], every: timedelta) -> None:
    while True:
        try:
            await asyncio.to_thread(heartbeats.beat, engine, worker, task_queue, clock())
        except RecordFault as fault:
            _log.warning("the heartbeat could not be recorded: %s", fault)
        await asyncio.sleep(every.total_seconds())
