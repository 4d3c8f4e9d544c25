"""``worker.py`` as people start it, stop it, and lose it."""

import asyncio
import os
import re
import shutil
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest
from own_copy import PORTS, ROOT, as_environment, own_settings, refuses_connections

from embedded import Embedded
from letters.mailbox import list_letters
from records import queries
from records.engine import make_engine
from records.store import Record
from sealing import load_keyring
from settings import Settings

pytestmark = pytest.mark.engine

PATIENCE = 180
"""Seconds that something may take which does happen; only a failing test waits so long."""
LAST_LINE = "Ctrl-C stops everything; make run goes on with the same reviews."
NOT_EVEN_OUR_OWN = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Takes from the administrator the right to write where nobody may."""


async def start(settings: Settings, *arguments: str, before: tuple[str, ...] = (), **more: str) -> Process:
    command = [*before, sys.executable, str(ROOT / "worker.py"), *arguments]
    environment = os.environ | as_environment(settings) | more
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE)


async def running(settings: Settings) -> tuple[Process, str]:
    """The worker with everything it needs, and what it told until it was up."""
    process = await start(settings, "--embedded")
    assert process.stdout is not None
    told = ""
    async with asyncio.timeout(PATIENCE):
        while LAST_LINE not in told and (line := (await process.stdout.readline()).decode()):
            told += line
    assert LAST_LINE in told, await ended(process)
    return process, told


async def ended(process: Process) -> tuple[int | None, str]:
    """Its exit status, and what it told as errors."""
    async with asyncio.timeout(PATIENCE):
        _, errors = await process.communicate()
    return process.returncode, errors.decode().strip()


async def refusal(settings: Settings, *arguments: str, before: tuple[str, ...] = (), **more: str) -> tuple[int, str]:
    """Exit status and the one line with which it does not start."""
    status, errors = await ended(await start(settings, *arguments, before=before, **more))
    assert status is not None
    assert len(errors.splitlines()) == 1, errors
    return status, errors


def server_of(settings: Settings) -> int:
    return int((settings.var_dir / "temporal.pid").read_text())


def cases(settings: Settings) -> list[str]:
    record = Record(make_engine(settings.database_url), load_keyring(settings.key_file), lambda board, at, urgent: at)
    return [summary.case.reference for summary in queries.cases(record)]


async def a_letter_in(mailbox: Path) -> None:
    """Wait until a letter has come."""
    async with asyncio.timeout(PATIENCE):
        while not list_letters(mailbox):  # noqa: ASYNC110 - other processes send and keep it
            await asyncio.sleep(0.1)


async def nothing_runs(settings: Settings) -> None:
    assert all(refuses_connections(getattr(settings, port)) for port in PORTS)
    assert not (settings.var_dir / "temporal.pid").exists()


async def test_it_is_started_lost_and_stopped_and_goes_on_with_the_same_reviews(settings: Settings) -> None:
    process, told = await running(settings)
    ui = f"http://localhost:{settings.ui_port}/namespaces/default/workflows?query=CaseReference%3D%22NB-2026-101%22"
    assert ui in told
    assert ".venv/bin/python scr.py tasks" in told
    assert cases(settings) == ["NB-2026-101"]
    await a_letter_in(settings.var_dir / "mailbox")

    # The worker is killed; its server is left behind, is known again, and makes way.
    process.kill()
    await process.communicate()
    orphan = server_of(settings)
    process, _ = await running(settings)
    assert server_of(settings) != orphan
    assert cases(settings) == ["NB-2026-101"]

    # The server is killed: that is noticed, and told.
    os.kill(server_of(settings), signal.SIGKILL)
    status, errors = await ended(process)
    log = settings.var_dir / "temporal.log"
    assert (status, errors) == (1, f"worker: the Temporal server ended by itself (exit status -9); see {log}")
    await nothing_runs(settings)

    # It is stopped in order.
    process, told = await running(settings)
    assert ui in told
    asked_at = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert await ended(process) == (0, "")
    assert time.monotonic() - asked_at < 10
    await nothing_runs(settings)
    assert cases(settings) == ["NB-2026-101"]
    assert not re.search("[^ ]@[^ ]", (settings.var_dir / "worker.log").read_text()), "an address was logged"


async def test_what_is_in_the_way_is_told_in_one_line(machine: Embedded, machine_settings: Settings) -> None:
    port = machine_settings.temporal_port
    folder = machine_settings.var_dir
    elsewhere = own_settings(folder.parent / "another", temporal_port=port)
    second, taken = await asyncio.gather(refusal(own_settings(folder), "--embedded"), refusal(elsewhere, "--embedded"))
    assert second == (1, f"worker: another copy is already running here (pid {os.getpid()})")
    assert taken == (1, f"worker: port {port} is taken: set SCR_TEMPORAL_PORT to another")
    assert [path.name for path in elsewhere.var_dir.iterdir()] == ["lock"]


async def test_a_folder_that_may_not_be_written_to_is_told(settings: Settings) -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("an administrator may write anywhere, and setpriv is not installed to take that away")
    settings.var_dir.mkdir(mode=0o500)
    before = NOT_EVEN_OUR_OWN if os.geteuid() == 0 else ()
    told = f"worker: the folder {settings.var_dir} may not be written to by this user (SCR_VAR_DIR)"
    assert await refusal(settings, "--embedded", before=before) == (1, told)


async def test_a_lost_key_file_is_told(settings: Settings) -> None:
    settings.var_dir.mkdir()
    (settings.var_dir / "record.db").touch()
    status, line = await refusal(settings, "--embedded")
    assert status == 1
    assert line.startswith(f"worker: there is no key file {settings.key_file}")


async def test_a_wrong_setting_is_told_by_its_name(settings: Settings) -> None:
    assert await refusal(settings, SCR_LOG_LEVEL="loud") == (
        2,
        "worker: SCR_LOG_LEVEL: input should be 'debug', 'info', 'warning' or 'error'",
    )


async def test_alone_it_works_for_the_server_of_temporals_own_configuration(
    machine: Embedded, machine_settings: Settings, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{machine_settings.temporal_port}"
    far_off = machine_settings.model_copy(update={"temporal_port": 1})
    process = await start(far_off, TEMPORAL_ADDRESS=address, SCR_TASK_QUEUE="alone")
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while (line := (await process.stderr.readline()).decode()) and "working on task queue alone" not in line:
            pass
    assert "working on task queue alone" in line
    process.send_signal(signal.SIGTERM)
    assert (await ended(process))[0] == 0


async def test_alone_without_a_server_it_says_so(machine: Embedded, machine_settings: Settings) -> None:
    status, line = await refusal(machine_settings, TEMPORAL_ADDRESS="127.0.0.1:1")
    assert status == 1
    assert line.startswith("worker: Temporal cannot be reached (TEMPORAL_ADDRESS)")
