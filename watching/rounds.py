"""One round of the watchdog after the other: look, ask late stages to look again, tell, show the metrics."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from temporalio.service import RPCError

from watching.asking import Reach, in_brief, look_at_all
from watching.faults import Fault, FaultKind, Seen
from watching.looking import Limits
from watching.memory import keep, remember, write_whole
from watching.metrics import metrics
from watching.telling import Teller

SETTLING: Final = timedelta(minutes=1)
"""How long something that was just started is given: a database that starts anew is no fault."""

_log = logging.getLogger(__name__)


class Watchdog:
    """What one watchdog watches, and what it remembers."""

    def __init__(self, engine: Engine, task_queue: str, limits: Limits, reach: Reach) -> None:
        self._engine = engine
        self._task_queue = task_queue
        self._limits = limits
        self._reach = reach

    async def look(self, now: datetime) -> Seen:
        """What is wrong at this instant."""
        return await look_at_all(self._engine, self._task_queue, self._limits, self._reach, now)

    async def ask(self, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
        """Ask the stages of these faults to look again. Returns the faults of those that were reached."""
        reached: set[str] = set()
        for stage in dict.fromkeys(fault.stage for fault in faults if fault.stage is not None):
            try:
                await (await self._reach()).look_again(stage)
            except (RPCError, RuntimeError, ValueError) as error:
                _log.warning("%s could not be asked to look again: %s", stage, in_brief(error))
            else:
                reached.add(stage)
        return tuple(fault for fault in faults if fault.stage in reached)


class Rounds:
    """The rounds of one watchdog. What it remembers outlives it in a file, which two must not share."""

    def __init__(self, watchdog: Watchdog, teller: Teller, *, asks: bool, memory: Path, metrics: Path) -> None:
        self._watchdog = watchdog
        self._teller = teller
        self._asks = asks
        self._memory_file, self._metrics_file = memory, metrics
        self._memory = remember(memory)
        self._blind_since: datetime | None = None
        self._shown: tuple[str, ...] | None = None
        self.page = ""
        """The metrics of the last look; empty before the first."""

    async def go(self, now: datetime) -> bool:
        """One round. Returns whether all of it could be done; what could not is tried again at the next."""
        seen = await self._watchdog.look(now)
        self._log(seen)
        asked = await self._watchdog.ask(self._memory.to_ask(seen)) if self._asks else ()
        memory = self._memory.asked_about(asked, seen)
        stages = len({fault.stage for fault in asked})
        self._memory, all_left = await self._teller.tell(self._to_tell(seen), memory, stages)
        self.page = metrics(seen, mail_waits=not all_left)
        self._keep()
        return seen.could_look and all_left

    def _to_tell(self, seen: Seen) -> Seen:
        """What was seen; but that the record is away is told only once it stays away."""
        if seen.could_look:
            self._blind_since = None
            return seen
        self._blind_since = self._blind_since or seen.at
        if seen.at - self._blind_since >= SETTLING:
            return seen
        return seen.model_copy(update={"faults": (), "unknown": frozenset(FaultKind)})

    def _log(self, seen: Seen) -> None:
        """What has changed since the last look, a line for each fault."""
        said = (*(fault.id for fault in seen.faults), *seen.remarks)
        if said == self._shown:
            return
        before, self._shown = self._shown or (), said
        for fault in seen.faults:
            if fault.id not in before:
                _log.error("%s: %s", fault.kind.value, fault.words)
        for remark in seen.remarks:
            if remark not in before:
                _log.warning("%s", remark)
        if not seen.faults:
            _log.info("all is well")

    def _keep(self) -> None:
        try:
            keep(self._memory_file, self._memory)
            write_whole(self._metrics_file, self.page)
        except OSError as error:
            _log.error("what the watchdog remembers cannot be kept: %s", error)
