"""Nothing that was said is readable where the engine keeps it, and all of it is for whoever holds the key."""

import base64
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import httpx2 as httpx
import pytest
from google.protobuf.json_format import MessageToDict
from telling import NAME, Note, Peeking, Telling, write_down
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import Worker

from desk.codec import worked
from embedded import Embedded
from sealing import Keyring, KeyringFault
from settings import Settings
from wiring import KeyringCodec, register_search_attributes, scr_plugin

pytestmark = pytest.mark.engine

OLD = Keyring.model_validate({"current": "k1", "keys": {"k1": b"1" * 32}})
BOTH = Keyring.model_validate({"current": "k2", "keys": {"k1": b"1" * 32, "k2": b"2" * 32}})
NEW = Keyring.model_validate({"current": "k2", "keys": {"k2": b"2" * 32}})
OTHER = Keyring.model_validate({"current": "k1", "keys": {"k1": b"x" * 32}})


@pytest.fixture
def address(machine: Embedded, machine_settings: Settings) -> str:
    return f"127.0.0.1:{machine_settings.temporal_port}"


@asynccontextmanager
async def at_work(address: str, keyring: Keyring, queue: str) -> AsyncIterator[Client]:
    """A client with a worker of its own, both made by the one plugin."""
    plugin = scr_plugin(keyring, activities=[], workflows=[Telling, Peeking])
    client = await Client.connect(address, plugins=[plugin])
    with ThreadPoolExecutor(2) as threads:
        async with Worker(client, task_queue=queue, activities=[write_down], activity_executor=threads):
            yield client


async def begin(client: Client, queue: str) -> WorkflowHandle[Telling, Note]:
    return await client.start_workflow(
        Telling.run,
        Note(about=NAME),
        id=f"telling-{uuid4()}",
        task_queue=queue,
        static_summary=f"Summary of {NAME}",
        static_details=f"Details of {NAME}",
        memo={"first": NAME},
    )


async def kept(address: str, workflow_id: str) -> bytes:
    """All that the engine knows of a workflow, as it keeps it."""
    raw = await Client.connect(address)
    handle = raw.get_workflow_handle(workflow_id)
    history = b"".join(event.SerializeToString() for event in (await handle.fetch_history()).events)
    described = (await handle.describe()).raw_description.SerializeToString()
    return history + described


async def test_the_engine_keeps_no_word_readable_and_the_key_opens_every_one(
    address: str, machine_settings: Settings
) -> None:
    queue = f"q-{uuid4()}"
    told = Note(about=NAME, at=datetime.fromisoformat("2026-03-13T09:15:00+00:00"))
    async with at_work(address, BOTH, queue) as client:
        handle = await begin(client, queue)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(Telling.tell, Note(about=""))
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.message == f"not about {NAME}"
        assert refused.value.cause.details == (NAME,)
        assert await handle.execute_update(Telling.tell, told) == told
        assert await handle.result() == told
        described = await handle.describe()
        assert await described.static_summary() == f"Summary of {NAME}"
        assert await described.static_details() == f"Details of {NAME}"
        assert await described.memo_value("about") == NAME
    found = await kept(address, handle.id)
    assert b"binary/encrypted" in found
    assert NAME.encode() not in found
    for file in machine_settings.var_dir.glob("temporal.db*"):
        assert NAME.encode() not in file.read_bytes()


async def test_the_words_of_a_failure_are_sealed_too(address: str) -> None:
    queue = f"q-{uuid4()}"
    async with at_work(address, BOTH, queue) as client:
        handle = await begin(client, queue)
        await handle.execute_update(Telling.tell, Note(about=NAME))
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
        assert isinstance(failed.value.cause, ActivityError)
        reason = failed.value.cause.cause
        assert isinstance(reason, ApplicationError)
        assert (reason.message, reason.type, reason.details) == (f"{NAME} has no time", "NoTime", (NAME,))
    assert NAME.encode() not in await kept(address, handle.id)


async def test_current_details_are_sealed_and_the_codec_endpoint_opens_them(address: str, machine: Embedded) -> None:
    queue = f"q-{uuid4()}"
    async with at_work(address, machine.keyring, queue) as client:
        handle = await begin(client, queue)
        raw = (await Client.connect(address)).get_workflow_handle(handle.id)
        shown = (await raw.query("__temporal_workflow_metadata", result_type=RawValue)).payload
        [told] = (await raw.fetch_history()).events[0].workflow_execution_started_event_attributes.input.payloads
        assert NAME.encode() not in shown.data + told.data
        given = json.dumps({"payloads": [MessageToDict(shown), MessageToDict(told)]}).encode()
        opened = (await worked(given, KeyringCodec(machine.keyring).decode))[0]["payloads"]
    details, note = (base64.b64decode(payload["data"]).decode() for payload in opened)
    assert f"**{NAME}**" in details
    assert Note.model_validate_json(note) == Note(about=NAME)


async def test_a_review_begun_under_an_old_key_goes_on_under_a_new_one(address: str) -> None:
    queue = f"q-{uuid4()}"
    async with at_work(address, OLD, queue) as client:
        handle = await begin(client, queue)
        await handle.describe()
    told = Note(about=NAME, at=datetime.fromisoformat("2026-03-13T09:15:00+00:00"))
    async with at_work(address, BOTH, queue) as client:
        again = client.get_workflow_handle_for(Telling.run, handle.id)
        await again.execute_update(Telling.tell, told)
        assert await again.result() == told
    found = await kept(address, handle.id)
    assert b"k1" in found
    assert b"k2" in found


@pytest.mark.parametrize(("ring", "says"), [(NEW, "'k1', which the key ring does not hold"), (OTHER, "does not open")])
async def test_a_missing_or_wrong_key_is_told_as_such(address: str, ring: Keyring, says: str) -> None:
    queue = f"q-{uuid4()}"
    told = Note(about=NAME, at=datetime.fromisoformat("2026-03-13T09:15:00+00:00"))
    async with at_work(address, OLD, queue) as client:
        handle = await begin(client, queue)
        await handle.execute_update(Telling.tell, told)
        await handle.result()
    stranger = await Client.connect(address, plugins=[scr_plugin(ring, workflows=[Telling])])
    with pytest.raises(KeyringFault, match=says):
        await stranger.get_workflow_handle_for(Telling.run, handle.id).result()


async def test_the_plugin_runs_workflows_in_the_sandbox(address: str) -> None:
    queue = f"q-{uuid4()}"
    async with at_work(address, BOTH, queue) as client:
        assert await client.execute_workflow(Peeking.run, id=f"peeking-{uuid4()}", task_queue=queue) == "refused"


async def test_search_attributes_are_registered_and_closed_reviews_kept_for_years(address: str) -> None:
    client = await Client.connect(address)
    assert await register_search_attributes(client) == []
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    kept_for = timedelta(seconds=described.config.workflow_execution_retention_ttl.seconds)
    assert kept_for >= timedelta(days=3650)


async def test_the_web_ui_is_told_where_the_codec_endpoint_is(machine: Embedded, machine_settings: Settings) -> None:
    async with httpx.AsyncClient() as browser:
        told = (await browser.get(f"http://127.0.0.1:{machine_settings.ui_port}/api/v1/settings")).json()
    assert told["Codec"]["Endpoint"] == f"{machine_settings.desk_url}/codec"
    assert told["Codec"]["IncludeCredentials"] is True
