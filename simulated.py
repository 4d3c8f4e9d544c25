"""The real service on Temporal's time-skipping server: only its clock is not real.

Workflows, activities, case record and mail server are those of the service itself, in a folder that is thrown away.
"""

import socket
import sysconfig
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from domain.directory import Directory
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring
from settings import ScratchSettings
from wiring import Activities, make_activities, make_runtime, make_worker, open_record, scr_plugin
from workflows.registered import WORKFLOWS
from workflows.search_attributes import ALL_KEYS


@asynccontextmanager
async def simulated(
    settings: ScratchSettings,
    directory: Directory,
    *,
    workflows: Sequence[type] = WORKFLOWS,
    activities: Callable[[ScratchSettings, Record, Directory], Activities] = make_activities,
) -> AsyncIterator[tuple[WorkflowEnvironment, Record]]:
    """Server, worker and an empty case record, the clock beginning now; the mail server is the caller's to provide."""
    keyring = create_keyring(settings.key_file)
    upgrade(settings.database_url)
    record = open_record(settings, keyring, directory)
    event.listen(record.engine, "connect", _not_durable)
    plugin = scr_plugin(keyring, activities(settings, record, directory), workflows)
    server = str(Path(sysconfig.get_path("scripts")) / "temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=server, plugins=[plugin], runtime=make_runtime(settings)
    ) as env:
        await _register_search_attributes(env)
        async with make_worker(env.client, settings, grace=timedelta(seconds=5)):
            yield env, record


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _not_durable(connection: Any, _: object) -> None:
    # What is thrown away does not have to outlive a power cut.
    connection.execute("PRAGMA synchronous=OFF").close()


async def _register_search_attributes(env: WorkflowEnvironment) -> None:
    """The time-skipping server cannot list them, and a workflow that sets an unknown one would hang."""
    kinds = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in ALL_KEYS}
    await env.client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=env.client.namespace, search_attributes=kinds)
    )
