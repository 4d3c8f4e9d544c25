"""The real service on Temporal's time-skipping server: only its clock is not real.

Workflows, activities, case record and mail server are those of the service itself, in a folder that is thrown away.
"""

import socket
import sysconfig
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from domain.directory import Directory
from letters.mailbox import Mailbox
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring
from settings import ScratchSettings
from wiring import make_activities, make_runtime, make_worker, open_record, scr_plugin
from workflows import WORKFLOWS
from workflows.search_attributes import ALL_KEYS


@asynccontextmanager
async def simulated(
    settings: ScratchSettings,
    directory: Directory,
    *,
    workflows: Sequence[type] = WORKFLOWS,
    mail_server: bool = True,
) -> AsyncIterator[tuple[WorkflowEnvironment, Record]]:
    """Server, worker and an empty case record, the clock beginning now; with or without a mail server that is there."""
    keyring = create_keyring(settings.key_file)
    upgrade(settings.database_url)
    record = open_record(settings, keyring, directory)
    plugin = scr_plugin(keyring, make_activities(settings, record, directory), workflows)
    server = str(Path(sysconfig.get_path("scripts")) / "temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=server, plugins=[plugin], runtime=make_runtime(settings)
    ) as env:
        await _register_search_attributes(env)
        async with AsyncExitStack() as stack:
            if mail_server:
                await stack.enter_async_context(Mailbox(settings.var_dir / "mailbox", settings.mailbox_port))
            await stack.enter_async_context(make_worker(env.client, settings, grace=timedelta(seconds=5)))
            yield env, record


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _register_search_attributes(env: WorkflowEnvironment) -> None:
    """The time-skipping server cannot list them, and a workflow that sets an unknown one would hang."""
    kinds = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in ALL_KEYS}
    await env.client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=env.client.namespace, search_attributes=kinds)
    )
