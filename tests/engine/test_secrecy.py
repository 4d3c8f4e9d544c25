"""No name of a child, and nothing that people write, lies open anywhere: databases, logs, letters, lists."""

import email
import email.policy
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from running_service import ROOT, Answer, RunningService, journey, running_service, until
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from desk.intake import SIGNAL, WORKFLOW
from domain.incident import IncidentChild, IncidentEvent, OtherChild
from domain.model import Refused
from domain.people import Role
from starter import shifted
from wiring import ENCRYPTED, data_converter

pytestmark = pytest.mark.engine

SHARED = ROOT.parent / "shared" / "acceptance" / "incidents"
FAMILIES = ("Quillfeather", "Ombersley-Vane", "Thistlewick", "Farrowmere")
PLANTED = "Brindlemarsh-Oake"
"""Somebody whom the answers speak of."""
LONGER = "anthessaly"
"""Given names are made longer by this: three letters may turn up by chance among millions of sealed bytes."""

FAILURES = ("with ID cannot-begin", "Failed deserializing signal input", "MailServerAway")
"""What the worker's log says of failures that are provoked."""


@dataclass(frozen=True)
class Told:
    """The service after all of the incidents, and the names in them."""

    service: RunningService
    events: list[IncidentEvent]

    @property
    def names(self) -> set[str]:
        """Every name that must be found nowhere."""
        named = {name for event in self.events for name in _names(event)}
        staff = {person.name for person in self.service.directory.boards[0].people}
        return {*named, *staff, *FAMILIES, PLANTED, LONGER}


def _names(event: IncidentEvent) -> Iterator[str]:
    children: tuple[IncidentChild | OtherChild, ...] = (*event.data.children, *event.data.other_children)
    for child in children:
        yield from filter(None, (child.given_name, child.family_name))


def incidents() -> list[IncidentEvent]:
    """The shared incidents where they are, else the example in each of the families."""
    raws = [json.loads(file.read_text("utf-8")) for file in sorted(SHARED.glob("*.json"))] or list(_of_each_family())
    return [_recent(_unmistakable(raw)) for raw in raws]


def _of_each_family() -> Iterator[dict[str, Any]]:
    for number, family in enumerate(FAMILIES):
        text = (ROOT / "examples" / "incident.json").read_text("utf-8").replace("Wexcombe-Arle", family)
        yield json.loads(text) | {"subject": f"NB-2026-9{number:02}", "id": family}


def _unmistakable(raw: dict[str, Any]) -> dict[str, Any]:
    for child in (*raw["data"]["children"], *raw["data"].get("other_children", ())):
        if child.get("given_name"):
            child["given_name"] += LONGER
    return raw


def _recent(raw: dict[str, Any]) -> IncidentEvent:
    return shifted(IncidentEvent.model_validate(raw), datetime.now(UTC))


@pytest.fixture(scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """All incidents delivered and answered, with a refusal and with failures of every kind on the way."""
    async with running_service(tmp_path_factory.mktemp("secrecy")) as service:
        told = Told(service, incidents())
        for event in told.events:
            await service.deliver(event)
        first = told.events[0]
        await until(lambda: "recommend" in service.asked(first.case))
        await _provoke(service, first)
        for answer in journey(first):
            with suppress(Refused):  # a case that has no such child or agency
                await service.answer(_speaking(answer))
        await until(lambda: "notice-given" in {fact.fact.kind for fact in service.facts(first.case)})
        yield told


def _speaking(answer: Answer) -> Answer:
    """The same answer, with a name wherever it is free to write."""
    spoken = {
        name: f"{PLANTED} was there." if name in {"rationale", "reason", "involvement", "not_held_because"} else value
        for name, value in answer.fields
    }
    return Answer(answer.stage, answer.form, answer.role, answer.item, tuple(spoken.items()))


async def _provoke(service: RunningService, event: IncidentEvent) -> None:
    """A refusal, arguments that cannot be read, a workflow that cannot begin, and a mail server that is away."""
    decision, safety = event.case.stage_id("decision", 1), event.case.stage_id("safety", 1)
    rationale = (("outcome", "none"), ("rationale", f"{PLANTED} says so."))
    with pytest.raises(Refused):
        await service.answer(Answer(decision, "decide", Role.BOARD_CHAIR, None, rationale))
    await service.close_post()
    for stage, form, wrong in (
        (decision, "recommend", {"outcome": PLANTED, "reasons": {PLANTED: ""}, PLANTED: PLANTED}),
        (safety, "decide-for-child", {"decision": PLANTED, "item": [PLANTED]}),
        (safety, "decide-for-child", f"{PLANTED}\nand {PLANTED}"),
    ):
        with pytest.raises(WorkflowUpdateFailedError):
            await service.client.get_workflow_handle(stage).execute_update(form, wrong)
    case = service.client.get_workflow_handle(event.case.workflow_id)
    await case.signal(SIGNAL, {"subject": PLANTED, "data": {"children": [{PLANTED: PLANTED}]}})
    await service.client.start_workflow(
        WORKFLOW,
        {"case": {PLANTED: [PLANTED]}, "regime": {}},
        id="cannot-begin",
        task_queue=service.settings.task_queue,
    )
    for failure in FAILURES:
        await until(lambda failure=failure: failure in service.worker_log.read_text("utf-8"))  # type: ignore[misc]
    await service.open_post()


def found(names: set[str], content: bytes) -> list[str]:
    """The names that are in there, in capitals or not, as text or as text of two bytes a letter."""
    lower = content.lower()
    return [n for n in sorted(names) if n.lower().encode() in lower or n.lower().encode("utf-16-le") in lower]


def files_of(folder: Path, stem: str) -> list[Path]:
    """A database and what lies beside it."""
    files = list(folder.glob(f"{stem}*"))
    assert files
    return files


async def opened(client: Client, told: Told, workflow: str) -> bytes:
    """The history of a workflow as that client shows it."""
    history = await client.get_workflow_handle(workflow).fetch_history()
    started = history.events[1].workflow_execution_signaled_event_attributes
    [event] = await client.data_converter.decode(started.input.payloads)
    return json.dumps(event).encode()


async def plain_client(told: Told, converter: DataConverter = pydantic_data_converter) -> Client:
    """A client of somebody who has no key."""
    return await Client.connect(f"127.0.0.1:{told.service.settings.temporal_port}", data_converter=converter)


async def test_with_the_key_the_names_are_found(told: Told) -> None:
    client = await plain_client(told, data_converter(told.service.keyring))
    for event in told.events:
        content = await opened(client, told, event.case.workflow_id)
        assert set(_names(event)) <= set(found(told.names, content))
    facts = json.dumps([fact.fact.model_dump(mode="json") for fact in told.service.facts(told.events[0].case)])
    assert PLANTED in found(told.names, facts.encode())


@pytest.mark.parametrize("stem", ["temporal.db", "record.db"])
def test_no_name_lies_in_the_files_of_a_database(told: Told, stem: str) -> None:
    content = b"".join(file.read_bytes() for file in files_of(told.service.settings.var_dir, stem))
    for event in told.events:
        assert event.subject.encode() in content, "what is not sealed is seen"
    assert found(told.names, content) == []


@pytest.mark.parametrize("log", ["worker.log", "temporal.log"])
def test_no_name_is_in_a_log(told: Told, log: str) -> None:
    content = (told.service.settings.var_dir / log).read_bytes()
    assert found(told.names, content) == []


def test_the_log_tells_of_what_failed_without_saying_what_was_written(told: Told) -> None:
    log = told.service.worker_log.read_text("utf-8")
    assert [failure for failure in FAILURES if failure not in log] == []
    assert "validation error" in log


def test_no_name_is_in_a_letter(told: Told) -> None:
    letters = list((told.service.settings.var_dir / "mailbox").iterdir())
    assert letters
    for letter in letters:
        content = letter.read_bytes()
        assert found(told.names, content + b"\n".join(_parts(content))) == [], letter.name


def _parts(content: bytes) -> Iterator[bytes]:
    """Headers and parts of a letter as its reader sees them."""
    message = email.message_from_bytes(content, EmailMessage, policy=email.policy.default)
    yield from (f"{name}: {value}".encode() for name, value in message.items())
    yield from (part.get_content().encode() for part in message.walk() if part.get_content_maintype() == "text")


async def test_no_name_is_in_what_the_server_shows_of_any_workflow(told: Told) -> None:
    client = await plain_client(told)
    seen = 0
    async for execution in client.list_workflows():
        seen += 1
        which = WorkflowExecution(workflow_id=execution.id, run_id=execution.run_id)
        described = await client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=which)
        )
        history = await client.workflow_service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(namespace=client.namespace, execution=which)
        )
        assert execution.id.encode() in described.SerializeToString()
        assert found(told.names, described.SerializeToString() + history.SerializeToString()) == [], execution.id
    assert seen >= 3 * len({event.subject for event in told.events})


async def test_no_failure_says_in_the_open_what_went_wrong(told: Told) -> None:
    client = await plain_client(told)
    history = await client.get_workflow_handle("cannot-begin").fetch_history()
    failures = [e.workflow_task_failed_event_attributes for e in history.events]
    said = [each.failure for each in failures if each.HasField("failure")]
    assert said
    for failure in said:
        assert (failure.message, failure.stack_trace) == ("Encoded failure", "")
        assert failure.encoded_attributes.metadata["encoding"] == ENCRYPTED


async def test_no_name_is_in_the_lists_with_their_search_attributes_and_memos(told: Told) -> None:
    client = await plain_client(told)
    listed = await client.workflow_service.list_workflow_executions(
        ListWorkflowExecutionsRequest(namespace=client.namespace, page_size=1000)
    )
    content = listed.SerializeToString()
    for event in told.events:
        assert event.subject.encode() in content
    assert told.service.settings.task_queue.encode() in content
    assert found(told.names, content) == []
