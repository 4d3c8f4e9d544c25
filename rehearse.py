"""A whole review so far, months in seconds: the real service on Temporal's time-skipping server, told as a timeline.

``python rehearse.py`` plays the example. ``Rehearsal`` is the same for tests: real workflows and activities, a real
case record and a real mail server, on a clock that can be moved.
"""

import asyncio
import socket
import sys
import sysconfig
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from temporalio.testing import WorkflowEnvironment

from desk.intake import deliver
from domain.command import Command, Receipt
from domain.forms import FORMS
from domain.incident import IncidentEvent
from domain.people import Actor, Role
from domain.record import CaseRef
from letters.mailbox import Mailbox
from records.store import Record
from sealing import create_keyring
from settings import Settings
from wiring import make_activities, make_worker, register_search_attributes, scr_plugin

REGIME = "england-scr"


class Rehearsal:
    """The service on a clock that can be moved."""

    def __init__(self, env: WorkflowEnvironment, settings: Settings, record: Record) -> None:
        self.env = env
        self.settings = settings
        self.record = record
        self.mailbox = settings.var_dir / "mailbox"
        self._requests = 0

    async def now(self) -> datetime:
        """The time of the rehearsal's clock."""
        return await self.env.get_current_time()

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass: everything that falls due happens."""
        await self.env.sleep(span)

    async def settle(self) -> None:
        """Let what was just told be dealt with, letters included."""
        await self.env.sleep(timedelta(seconds=90))

    async def tell(self, event: IncidentEvent) -> None:
        """An incident event comes in."""
        await deliver(
            self.env.client,
            event,
            regime=REGIME,
            task_queue=self.settings.task_queue,
            wait=timedelta(seconds=30),
        )
        await self.settle()

    async def answer(
        self, stage: str, form: str, role: Role, *, person: str = "", item: str | None = None, **answer: Any
    ) -> Receipt:
        """Somebody answers. Raises what Temporal's client raises where the answer is refused."""
        self._requests += 1
        agency = item if role.of_an_agency else None
        command: Command = FORMS[form].model_validate(
            {
                "request_id": f"rehearsal-{self._requests}",
                "actor": Actor(person=person or f"the-{role.value}", role=role, agency=agency),
                "item": item,
                **answer,
            }
        )
        handle = self.env.client.get_workflow_handle(stage)
        receipt: Receipt = await handle.execute_update(form, command, id=command.request_id, result_type=Receipt)
        return receipt


def shifted(raw: dict[str, Any], notified_at: datetime) -> IncidentEvent:
    """The event as if it had been notified at that instant."""
    event = IncidentEvent.model_validate(raw)
    by = notified_at - event.data.notified_at
    data = event.data.model_copy(
        update={"notified_at": event.data.notified_at + by, "aware_at": event.data.aware_at + by}
    )
    return event.model_copy(update={"time": event.time + by, "data": data})
