"""An incident event is safe once Temporal has it, even while no worker runs."""

import asyncio
import json
import socket
import sysconfig
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from desk.intake import SIGNAL, WORKFLOW, NotDelivered, deliver, insist
from domain.incident import IncidentEvent
from workflows.case import SeriousCaseReview
from workflows.messages import BeginCase
from workflows.search_attributes import ALL_KEYS

pytestmark = pytest.mark.engine

EXAMPLES = Path(__file__).parents[2] / "examples"
QUEUE = "nobody-listens"
WAIT = timedelta(seconds=20)


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    server = Path(sysconfig.get_path("scripts")) / "temporal"
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(server),
        search_attributes=ALL_KEYS,
        data_converter=pydantic_data_converter,
        dev_server_log_level="error",
    ) as environment:
        yield environment.client


def event(subject: str, number: str = "1") -> IncidentEvent:
    raw = json.loads((EXAMPLES / "incident.json").read_text("utf-8"))
    return IncidentEvent.model_validate(raw | {"subject": subject, "id": number})


async def signals(client: Client, workflow_id: str) -> list[IncidentEvent]:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    found = []
    for entry in history.events:
        if entry.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            signal = entry.workflow_execution_signaled_event_attributes
            assert signal.signal_name == SIGNAL
            found += await client.data_converter.decode(signal.input.payloads, [IncidentEvent])
    return found


def test_the_event_goes_to_the_workflow_and_the_signal_that_take_it_in() -> None:
    definition = workflow._Definition.must_from_class(SeriousCaseReview)
    assert definition.name == WORKFLOW
    assert SIGNAL in definition.signals


async def test_an_event_is_kept_by_the_server_while_no_worker_runs(client: Client) -> None:
    told = event("NB-2026-201")
    delivered = await deliver(client, told, regime="england-scr", task_queue=QUEUE, wait=WAIT)
    assert delivered.workflow_id == "scr/northbridge/NB-2026-201"
    assert await signals(client, delivered.workflow_id) == [told]


async def test_a_further_event_of_the_same_case_adds_to_it_and_starts_no_second_one(client: Client) -> None:
    first, second = event("NB-2026-202"), event("NB-2026-202", "2")
    begun = await deliver(client, first, regime="england-scr", task_queue=QUEUE, wait=WAIT)
    run = (await client.get_workflow_handle(begun.workflow_id).describe()).run_id
    await deliver(client, second, regime="england-2018", task_queue=QUEUE, wait=WAIT)
    assert (await client.get_workflow_handle(begun.workflow_id).describe()).run_id == run
    assert await signals(client, begun.workflow_id) == [first, second]


async def test_what_begins_a_case_names_it_by_reference_and_nobody_by_name(client: Client) -> None:
    told = event("NB-2026-203")
    delivered = await deliver(client, told, regime="england-scr", task_queue=QUEUE, wait=WAIT)
    described = await client.get_workflow_handle(delivered.workflow_id).describe()
    assert await described.static_summary() == "NB-2026-203"
    shown = {pair.key.name: pair.value for pair in described.typed_search_attributes.search_attributes}
    assert shown == {
        "Board": "northbridge",
        "CaseReference": "NB-2026-203",
        "Stage": "deciding",
        "Regime": "england-scr",
    }
    history = await client.get_workflow_handle(delivered.workflow_id).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    [order] = await client.data_converter.decode(started.input.payloads, [BeginCase])
    assert order == BeginCase(case=told.case, regime="england-scr")


async def test_a_closed_case_is_begun_again_by_a_further_event(client: Client) -> None:
    first, second = event("NB-2026-204"), event("NB-2026-204", "2")
    begun = await deliver(client, first, regime="england-scr", task_queue=QUEUE, wait=WAIT)
    await client.get_workflow_handle(begun.workflow_id).terminate()
    await deliver(client, second, regime="england-scr", task_queue=QUEUE, wait=WAIT)
    assert await signals(client, begun.workflow_id) == [second]


async def test_a_refusal_by_the_server_is_told_at_once(client: Client) -> None:
    elsewhere = await Client.connect(
        client.service_client.config.target_host,
        namespace="there-is-no-such-namespace",
        data_converter=pydantic_data_converter,
    )
    with pytest.raises(NotDelivered, match="NOT_FOUND") as refused:
        await deliver(elsewhere, event("NB-2026-205"), regime="england-scr", task_queue=QUEUE, wait=timedelta(hours=1))
    assert not refused.value.unreachable


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def test_a_server_that_cannot_be_reached_is_given_up_after_the_time_there_was() -> None:
    address = f"127.0.0.1:{unused_port()}"
    with pytest.raises(NotDelivered, match="cannot be reached") as given_up:
        await insist(lambda: Client.connect(address), timedelta(seconds=2))
    assert given_up.value.unreachable


async def test_a_server_that_never_answers_is_given_up_too() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NotDelivered, match="cannot be reached"):
        await insist(never, timedelta(seconds=1))


async def test_a_server_that_comes_up_in_time_is_reached() -> None:
    attempts = 0

    async def third_time_lucky() -> str:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionRefusedError
        return "reached"

    assert await insist(third_time_lucky, timedelta(minutes=5)) == "reached"
