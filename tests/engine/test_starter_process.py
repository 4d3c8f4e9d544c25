"""The starter as a process of its own, with a real server and with none. Its settings are those of the environment."""

import json
import os
import socket
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from domain.incident import IncidentEvent
from sealing import create_keyring, load_keyring
from wiring import data_converter
from workflows.search_attributes import ALL_KEYS

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "incidents.ndjson"
SUBJECTS = ["NB-2026-102", "NB-2026-103", "NB-2026-104", "NB-2026-102"]
NAMES = (b"Hallowsedge", b"Dunmallow", b"Orlestone", b"Perrin")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("starter")
    create_keyring(made / "keyring.json")
    return made


@pytest.fixture(scope="module")
async def client(folder: Path) -> AsyncIterator[Client]:
    server = Path(sysconfig.get_path("scripts")) / "temporal"
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(server),
        search_attributes=ALL_KEYS,
        data_converter=data_converter(load_keyring(folder / "keyring.json")),
        dev_server_log_level="error",
    ) as environment:
        yield environment.client


def run(folder: Path, address: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {
        "TEMPORAL_ADDRESS": address,
        "SCR_DIRECTORY_FILE": str(ROOT / "directory.toml"),
        "SCR_KEY_FILE": str(folder / "keyring.json"),
        "SCR_TASK_QUEUE": "nobody-listens",
    }
    command = [sys.executable, str(ROOT / "starter.py"), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, check=False)


def unused_address() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def lines(ran: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


async def received(client: Client, workflow_id: str) -> list[IncidentEvent]:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    found = []
    for entry in history.events:
        if entry.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            payloads = entry.workflow_execution_signaled_event_attributes.input.payloads
            assert not any(name in payload.data for payload in payloads for name in NAMES), "a name lies open"
            found += await client.data_converter.decode(payloads, [IncidentEvent])
    return found


async def test_good_events_reach_their_cases_without_a_worker_and_a_bad_one_is_kept(
    client: Client, folder: Path
) -> None:
    given = folder / "events.ndjson"
    given.write_text(EXAMPLES.read_text("utf-8") + "{not json\n", "utf-8")
    ran = run(folder, client.service_client.config.target_host, "--json", str(given))
    assert [(line["subject"], line["accepted"]) for line in lines(ran)] == [
        *((s, True) for s in SUBJECTS),
        (None, False),
    ]
    assert {line["status"] for line in lines(ran)[:4]} == {"delivered"}
    assert (ran.returncode, b"4 delivered, 1 refused, 0 not delivered" in ran.stderr) == (1, True)
    kept = (folder / "events.ndjson.rejects.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(line)["raw"] for line in kept] == ["{not json"]
    events = [IncidentEvent.model_validate_json(line) for line in EXAMPLES.read_text("utf-8").splitlines()]
    assert await received(client, "scr/northbridge/NB-2026-102") == [events[0], events[3]]
    assert await received(client, "scr/northbridge/NB-2026-103") == [events[1]]


async def test_for_people_it_says_what_was_delivered_and_that_this_is_no_referral(client: Client, folder: Path) -> None:
    ran = run(folder, client.service_client.config.target_host, "--shift-to-now", str(ROOT / "examples/incident.json"))
    assert ran.returncode == 0
    assert b"NB-2026-101" in ran.stdout
    assert b": delivered" in ran.stdout
    assert b"not a referral" in ran.stderr


def test_without_a_server_it_gives_up_in_time_and_names_what_was_not_delivered(folder: Path) -> None:
    ran = run(folder, unused_address(), "--json", "--wait", "1s", str(EXAMPLES))
    assert ran.returncode == 1
    assert [(line["subject"], line["status"]) for line in lines(ran)] == [(s, "not delivered") for s in SUBJECTS]
    assert b"0 delivered, 0 refused, 4 not delivered" in ran.stderr
    assert b"cannot be reached; trying again" in ran.stderr


def test_what_came_by_standard_input_and_was_not_delivered_is_kept(folder: Path) -> None:
    text = EXAMPLES.read_bytes().splitlines()[0]
    ran = run(folder, unused_address(), "--wait", "1s", "--rejects", "undelivered.ndjson", "-", stdin=text)
    assert ran.returncode == 1
    [kept] = [json.loads(line) for line in (folder / "undelivered.ndjson").read_text("utf-8").splitlines()]
    assert kept["raw"].encode() == text
    assert "cannot be reached" in kept["reason"][0]["message"]


def test_another_key_than_the_services_own_is_a_clear_fault(folder: Path) -> None:
    (folder / "open.json").write_text("{}")
    (folder / "open.json").chmod(0o644)
    command = [sys.executable, str(ROOT / "starter.py"), str(EXAMPLES)]
    environment = os.environ | {
        "SCR_KEY_FILE": str(folder / "open.json"),
        "SCR_DIRECTORY_FILE": str(ROOT / "directory.toml"),
    }
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"chmod 600" in ran.stderr
