"""The watchdog: sees what should have happened and did not, and tells the operator and the business managers.

It reads the case record and needs no Temporal. It goes on until it is stopped; with ``--once`` it looks once, prints
what is wrong and writes to nobody. Exit status of ``--once``: 0 where all is well, 1 where something is wrong, 2 where
it could not look. Without it: 0 when stopped by Ctrl-C or SIGTERM, 1 where it cannot watch from this folder. A wrong
setting is 2.
"""

import asyncio
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from activities.directory import read_directory
from domain.directory import Directory, DirectoryFault
from process import run_and_leave
from records.engine import RecordFault, make_engine
from settings import PREFIX, Settings, SettingsFault
from watching.asking import Reach
from watching.faults import FaultKind
from watching.looking import Limits
from watching.metrics import serving_metrics
from watching.rounds import SETTLING, Rounds, Watchdog
from watching.telling import Teller
from watching.temporal import Temporal
from wiring import configure_logging, connect_to_ask, make_sender

_log = logging.getLogger(__name__)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def watch(
    once: Annotated[bool, typer.Option("--once", help="Look once, print what is wrong, and end.")] = False,
    ask: Annotated[bool, typer.Option("--ask", help="With --once: ask stages that are late to look again.")] = False,
    until_input_ends: Annotated[
        bool, typer.Option("--until-input-ends", help="End with whoever holds the other end of standard input.")
    ] = False,
) -> None:
    """Watch over the reviews' clocks, letters and workers until stopped."""
    status = 0
    try:
        settings = Settings()
        configure_logging(settings)
        if once:
            status = asyncio.run(_once(make_watchdog(settings), ask=ask))
        else:
            with _only_one(settings):
                rounds = make_rounds(settings)
                with _metrics_page(settings, lambda: rounds.page):
                    asyncio.run(_until_stopped(settings, rounds, until_input_ends=until_input_ends))
    except (SettingsFault, RecordFault) as fault:
        _end(fault, 2)
    except OSError as error:
        _end(error, 2 if once else 1)
    raise typer.Exit(status)


def _end(fault: Exception, status: int) -> None:
    typer.echo(f"watchdog: {fault}", err=True)
    raise typer.Exit(status)


def make_watchdog(settings: Settings) -> Watchdog:
    """The watchdog of these settings. Raises ``RecordFault`` where the record's address is none."""
    limits = Limits(
        grace=timedelta(seconds=settings.watchdog_grace_seconds),
        letters=timedelta(seconds=settings.watchdog_letter_seconds),
        worker=timedelta(seconds=settings.watchdog_worker_seconds),
    )
    return Watchdog(make_engine(settings.database_url), settings.task_queue, limits, _reaching(settings))


def make_rounds(settings: Settings) -> Rounds:
    """Its rounds. Raises as ``make_watchdog``."""

    def directory() -> Directory | None:
        try:
            return read_directory(settings.directory_file)
        except DirectoryFault as fault:
            _log.error("no business manager can be told: %s", "; ".join(str(fault).splitlines()))
            return None

    return Rounds(
        make_watchdog(settings),
        Teller(make_sender(settings), settings.operator_email, directory),
        asks=settings.watchdog_asks,
        memory=settings.var_dir / "watchdog.json",
        metrics=settings.watchdog_metrics_file,
    )


def _reaching(settings: Settings) -> Reach:
    known: list[Temporal] = []

    async def reach() -> Temporal:
        if not known:
            known.append(Temporal(await connect_to_ask(settings), settings.task_queue))
        return known[0]

    return reach


async def _once(watchdog: Watchdog, *, ask: bool) -> int:
    seen = await watchdog.look(datetime.now(UTC))
    for fault in seen.faults:
        typer.echo(fault.words)
    for remark in seen.remarks:
        typer.echo(remark)
    if not seen.could_look:
        return 2
    if ask:
        asked = await watchdog.ask(tuple(fault for fault in seen.faults if fault.kind is FaultKind.LATE))
        for stage in dict.fromkeys(fault.stage for fault in asked):
            typer.echo(f"{stage} was asked to look again.")
    if not seen.faults:
        typer.echo("All is well.")
    return int(bool(seen.faults))


async def _until_stopped(settings: Settings, rounds: Rounds, *, until_input_ends: bool) -> None:
    """Round after round until asked to stop. The first comes when what was started with it had time to begin."""
    task = asyncio.create_task(_rounds(settings, rounds))
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, task.cancel)
    if until_input_ends:
        loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1) or task.cancel())
    with suppress(asyncio.CancelledError):
        await task
    _log.info("stopped")


async def _rounds(settings: Settings, rounds: Rounds) -> None:
    interval = timedelta(seconds=settings.watchdog_seconds)
    if not settings.operator_email:
        _log.warning("%sOPERATOR_EMAIL is not set: only the boards' business managers are told", PREFIX)
    _log.info("watching every %d s", settings.watchdog_seconds)
    pause = min(SETTLING, interval)
    while True:
        await asyncio.sleep(pause.total_seconds())
        try:
            done = await rounds.go(datetime.now(UTC))
        except Exception:
            _log.exception("the watchdog stumbled and looks again soon")
            done = False
        pause = interval if done else min(SETTLING, interval)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Two that remember in one file would tell everything twice. Raises ``OSError``."""
    settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.var_dir / "watchdog.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(f"another watchdog watches from the folder {settings.var_dir} already") from None
        yield


def _metrics_page(settings: Settings, page: Callable[[], str]) -> AbstractContextManager[None]:
    if not settings.watchdog_metrics_address:
        return nullcontext()
    return serving_metrics(settings.watchdog_metrics_address, page)


if __name__ == "__main__":
    run_and_leave(app)
