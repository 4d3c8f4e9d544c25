"""What breaks in the engine room is found: a timer that is lost, a workflow that is gone or fails, no worker."""

import asyncio
import fcntl
import os
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from own_copy import as_environment, own_settings
from running_service import ROOT, RunningService, incident, running_service, until
from sqlalchemy import select

from domain.record import CaseRef
from records import queries
from records.tables import RungRow
from sealing import Keyring
from temporal_server import TemporalServer
from watchdog import make_watchdog
from watching.faults import Seen
from wiring import connect

pytestmark = pytest.mark.engine

OVERDUE = "1"
"""The rung of a safety acknowledgement that is climbed when it runs out, an hour after the board was told."""


async def once(service: RunningService, *arguments: str) -> tuple[int | None, str]:
    """``watchdog.py --once`` without any grace: its exit status, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "watchdog.py"), "--once", *arguments),
        cwd=service.settings.var_dir,
        env=service._environment() | {"SCR_WATCHDOG_GRACE_SECONDS": "0"},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, errors = await process.communicate()
    return process.returncode, out.decode() + errors.decode()


async def look(service: RunningService, ahead: timedelta = timedelta()) -> Seen:
    """What the watchdog would see so much later, if nothing happened until then."""
    return await make_watchdog(service.settings).look(datetime.now(UTC) + ahead)


async def until_all_is_well(service: RunningService) -> None:
    """A worker's first heartbeat and first poll come a moment after it says that it works."""
    async with asyncio.timeout(60):
        while (await look(service)).faults:  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(0.2)


def climbed(service: RunningService, case: CaseRef) -> set[str]:
    """The clocks of which the overdue rung was climbed."""
    stage = case.stage_id("safety", 1)
    with service.record.reading() as session:
        query = select(RungRow.clock).where(RungRow.stage == stage, RungRow.rung == OVERDUE)
        return set(session.scalars(query))


def lose_all_timers(database: Path) -> int:
    """Delete every timer of the embedded server. How many there were."""
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute("DELETE FROM timer_tasks").rowcount


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[RunningService]:
    """A service of its own for each test: it is broken."""
    async with running_service(tmp_path) as running:
        yield running


async def test_lost_timer_is_found_and_the_stage_looks_again_when_asked(service: RunningService) -> None:
    case = await service.open_case(incident("NB-2026-201", told=timedelta(minutes=59)))
    acknowledgement = [
        c.entry for c in queries.clocks(service.record, case) if c.entry.rule.id == "safety-acknowledgement"
    ]
    (due,) = {entry.deadline.due_at for entry in acknowledgement}
    await until_all_is_well(service)
    assert await once(service) == (0, "All is well.\n")

    await service.kill_worker()
    await service.server.stop()
    assert lose_all_timers(service.server.database) > 0
    assert datetime.now(UTC) < due, (
        "this machine is too slow for this test: the timer has fired before it could be lost"
    )
    await service.start_server()
    await service.start_worker()
    await until(lambda: datetime.now(UTC) > due + timedelta(seconds=8))
    assert climbed(service, case) == set(), "there is no timer that would wake the stage"

    status, printed = await once(service, "--ask")
    assert status == 1
    safety = case.stage_id("safety", 1)
    for entry in acknowledgement:
        assert f"{safety}, clock {entry.id} (Acknowledgement of the safety check): " in printed
    assert "Its timer is missing" in printed
    assert printed.endswith(f"{safety} was asked to look again.\n")

    await until(lambda: climbed(service, case) == {entry.id for entry in acknowledgement})
    status, printed = await once(service)
    assert (status, printed) == (0, "All is well.\n")


async def test_workflow_that_is_gone_or_fails_is_found(service: RunningService) -> None:
    gone = await service.open_case(incident("NB-2026-202"))
    fails = await service.open_case(incident("NB-2026-203"))
    await until_all_is_well(service)

    await service.client.get_workflow_handle(gone.stage_id("decision", 1)).terminate("a test")
    # What comes sealed with a key that nobody has cannot be read by the worker: each attempt fails.
    stranger = Keyring.model_validate({"current": "k1", "keys": {"k1": b"x" * 32}})
    client = await connect(service.settings, keyring=stranger, embedded=True)
    await client.get_workflow_handle(fails.stage_id("safety", 1)).signal("children-identified", "sealed")

    async def found() -> set[str]:
        # In two hours the failing stage will be late, and so be asked about by itself.
        seen = await look(service, ahead=timedelta(hours=2))
        assert seen.remarks == ()
        wanted = {fault.id: fault for fault in seen.faults if fault.kind in ("not-running", "failing")}
        assert all(fault.board == "northbridge" for fault in wanted.values())
        return set(wanted)

    expected = {f"not-running {gone.stage_id('decision', 1)}", f"failing {fails.stage_id('safety', 1)}"}
    async with asyncio.timeout(180):
        while await found() != expected:  # noqa: ASYNC110 - other processes bring it about
            await asyncio.sleep(0.5)


async def test_worker_that_is_lost_is_found(service: RunningService) -> None:
    await until_all_is_well(service)
    await service.kill_worker()
    seen = await look(service, ahead=timedelta(minutes=4))
    assert sorted(fault.id for fault in seen.faults) == [
        "no-poller scr activities",
        "no-poller scr workflows",
        "worker scr",
    ]
    # Temporal too may be away: the record alone shows it.
    await service.kill_server()
    seen = await look(service, ahead=timedelta(minutes=4))
    assert [fault.id for fault in seen.faults] == ["worker scr"]
    assert seen.remarks[0].startswith("Temporal could not be asked (")


async def test_everything_on_one_machine_has_a_watchdog_that_ends_with_it(tmp_path: Path) -> None:
    settings = own_settings(tmp_path / "var")
    log = settings.var_dir / "watchdog.log"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "worker.py"), "--embedded"),
        cwd=tmp_path,
        env=os.environ | as_environment(settings),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        await until(lambda: log.exists() and "watching every 300 s" in log.read_text())
        assert watched(settings.var_dir)
    finally:
        process.kill()  # it can no more end what it has begun
        await process.wait()
        await TemporalServer(settings).stop_left_over()
    await until(lambda: not watched(settings.var_dir))
    assert "stopped" in log.read_text()


def watched(folder: Path) -> bool:
    """Whether a watchdog watches from that folder."""
    with (folder / "watchdog.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
