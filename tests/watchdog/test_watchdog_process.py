"""``watchdog.py`` as it is started, asked once, and stopped."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from watched_cases import CASE, QUEUE, SAFETY, clock, recorded

from letters.mailbox import Mailbox, list_letters
from records.heartbeats import beat
from records.store import Record

ROOT = Path(__file__).parents[2]
PATIENCE = 120
"""Seconds that something may take which does happen; only a failing test waits so long."""


class Place:
    """A folder with a record, and nothing else that runs."""

    def __init__(self, record: Record, folder: Path, port: int) -> None:
        self.record, self.folder, self.port = record, folder, port

    async def start(self, *arguments: str, **settings: str) -> Process:
        """Start the watchdog."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("SCR_", "TEMPORAL_"))}
        given = {
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": str(self.record.engine.url),
            "DIRECTORY_FILE": str(ROOT / "directory.toml"),
            "MAILBOX_PORT": str(self.port),
            "OPERATOR_EMAIL": "operator@service.example, second@service.example",
            "WATCHDOG_SECONDS": "1",
        }
        environment = mine | {f"SCR_{name}": value for name, value in (given | settings).items()}
        environment["TEMPORAL_ADDRESS"] = "127.0.0.1:1"
        return await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "watchdog.py"), *arguments),
            cwd=self.folder,
            env=environment,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )

    async def once(self, *arguments: str, **settings: str) -> tuple[int | None, str]:
        """Exit status of a single look, and what it printed."""
        status, printed, _ = await ended(await self.start("--once", *arguments, **settings))
        return status, printed

    def worker_is_there(self) -> None:
        """A worker's heart has just beaten."""
        beat(self.record.engine, "w1", QUEUE, datetime.now(UTC))

    async def until_looked(self) -> str:
        """Wait for the metrics of a look."""
        file = self.folder / "watchdog.prom"
        async with asyncio.timeout(PATIENCE):
            while not file.exists():  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)
        return file.read_text()


async def ended(process: Process) -> tuple[int | None, str, str]:
    """Its exit status, and what it told."""
    async with asyncio.timeout(PATIENCE):
        out, errors = await process.communicate()
    return process.returncode, out.decode(), errors.decode()


@pytest.fixture
def place(sqlite_record: Record, tmp_path: Path, unused_tcp_port: int) -> Place:
    return Place(sqlite_record, tmp_path, unused_tcp_port)


async def test_once_with_all_well_is_0(place: Place) -> None:
    place.worker_is_there()
    status, printed = await place.once()
    assert status == 0
    assert printed.splitlines()[-1] == "All is well."
    assert printed.startswith("Temporal could not be asked")


async def test_once_with_a_fault_is_1_and_writes_to_nobody(place: Place) -> None:
    place.worker_is_there()
    long_ago = datetime.now(UTC) - timedelta(days=1)
    recorded(place.record, clock(due=long_ago))
    async with Mailbox(place.folder / "mailbox", place.port):
        status, printed = await place.once("--ask")
    assert status == 1
    assert printed.startswith(f"{SAFETY}, clock safety-decision/S1 (Safety decision): the letter to the duty manager")
    assert "asked to look again" not in printed, "there is no Temporal to ask by"
    assert list_letters(place.folder / "mailbox") == []
    assert not (place.folder / "watchdog.json").exists()


async def test_once_without_a_worker_is_1(place: Place) -> None:
    status, printed = await place.once()
    assert status == 1
    assert printed.startswith("No worker is there for the task queue scr")


@pytest.mark.parametrize("setting", ["DATABASE_URL", "WATCHDOG_SECONDS"])
async def test_once_that_could_not_look_is_2(place: Place, setting: str) -> None:
    status, _ = await place.once(**{setting: "sqlite:////nowhere/at/all/record.db"})
    assert status == 2


async def test_it_looks_at_its_interval_tells_and_ends_in_order(place: Place) -> None:
    recorded(place.record, clock(due=datetime.now(UTC) - timedelta(days=1)), case=CASE)
    process = await place.start()
    try:
        assert 'scr_watchdog_faults{kind="late"} 1' in await place.until_looked()
        # The mail server was away; it comes, and the messages with it.
        async with Mailbox(place.folder / "mailbox", place.port):
            async with asyncio.timeout(PATIENCE):
                while len(list_letters(place.folder / "mailbox")) < 3:  # noqa: ASYNC110 - another process sends them
                    await asyncio.sleep(0.05)
        assert {letter.to for letter in list_letters(place.folder / "mailbox")} == {
            "operator@service.example",
            "second@service.example",
            "business-manager@board.northbridge.example",
        }
    finally:
        process.send_signal(signal.SIGTERM)
    status, _, errors = await ended(process)
    assert status == 0
    assert "could not leave and is tried again" in errors
    assert errors.splitlines()[-1].find("stopped") > 0
    assert "@" not in errors, "an address was logged"


async def test_second_watchdog_in_the_same_folder_is_refused(place: Place) -> None:
    first = await place.start()
    try:
        await place.until_looked()
        status, _, errors = await ended(await place.start())
        assert status == 1
        assert errors == f"watchdog: another watchdog watches from the folder {place.folder} already\n"
    finally:
        first.send_signal(signal.SIGTERM)
    assert (await ended(first))[0] == 0


async def test_metrics_are_served_and_it_ends_with_its_input(place: Place, unused_tcp_port_factory) -> None:  # type: ignore[no-untyped-def]
    port = unused_tcp_port_factory()
    process = await place.start("--until-input-ends", WATCHDOG_METRICS_ADDRESS=f"127.0.0.1:{port}")
    written = await place.until_looked()
    with await asyncio.to_thread(urlopen, f"http://127.0.0.1:{port}/metrics") as answer:
        served = answer.read().decode()
    assert [line.split(" ")[0] for line in served.splitlines()] == [line.split(" ")[0] for line in written.splitlines()]
    assert process.stdin is not None
    process.stdin.close()
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 0


async def test_metrics_address_that_is_taken_is_told(place: Place) -> None:
    async with Mailbox(place.folder / "mailbox", place.port):
        process = await place.start(WATCHDOG_METRICS_ADDRESS=f"127.0.0.1:{place.port}")
        status, _, errors = await ended(process)
    assert status == 1
    assert "Address already in use" in errors
