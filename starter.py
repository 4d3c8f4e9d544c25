"""Turns incident events into reviews, or adds them to the reviews that are open.

``python starter.py FILE…`` reads JSON or NDJSON; ``-`` is standard input. Exit status: 0 where every event is
delivered, 1 where any was refused or could not be delivered, 2 where the command or the settings are wrong.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.calendar import closure_days
from activities.directory import read_directory
from activities.regimes import Regimes, known_regimes
from desk.events import Reading, read_events
from desk.intake import NotDelivered, deliver, insist
from desk.outlook import as_data, in_text, outlook
from desk.readiness import readiness
from desk.rejects import Rejects
from domain.clocks.calendar import Holiday
from domain.directory import DirectoryFault
from domain.incident import IncidentEvent
from domain.intake import Fault, check_event, regime_of
from domain.intake_rules import WhyNotReady
from domain.regimes import Regime
from domain.safety import NOT_A_REFERRAL
from process import run_and_leave
from sealing import Keyring, KeyringFault, load_keyring
from settings import Settings, SettingsFault
from wiring import connect

STDIN: Final = "-"
REFERENCE: Final = re.compile(r"[A-Z0-9-]{3,40}")
_DURATION = re.compile(r"([0-9]{1,6})(s|m)?")

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@dataclass(frozen=True)
class Order:
    """What was asked on the command line, and the settings it runs with."""

    files: list[str]
    settings: Settings
    keyring: Keyring | None
    """Seals what goes to Temporal; a dry run needs none."""
    boards: dict[str, str]
    regimes: tuple[str, ...]
    rules: Callable[[str, str], Regime]
    """A regime as it holds for a board, both by their ids."""
    closed: Callable[[str], tuple[Holiday, ...]]
    """A board's closure days, by its id."""
    why_not_ready: WhyNotReady
    """Why a board cannot begin cases under a regime; empty where it can."""
    dry_run: bool
    as_json: bool
    rejects: Path | None
    wait: timedelta
    shift_to: datetime | None


@dataclass
class Tally:
    """What became of the events."""

    accepted: int = 0
    refused: int = 0
    not_delivered: int = 0

    @property
    def status(self) -> int:
        """The exit status."""
        return 1 if self.refused or self.not_delivered else 0


@dataclass(frozen=True)
class Source:
    """An input, and where that of it goes which is refused."""

    name: str
    rejects: Rejects | None

    def where(self, reading: Reading) -> str:
        """Where an event was read, for people."""
        return f"{'standard input' if self.name == STDIN else self.name}, line {reading.line}"


class Starter:
    """Takes the events in one after the other, so that an update never overtakes the first notice of its case."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._tally = Tally()
        self._out = Console(soft_wrap=True, markup=False, highlight=False)
        self._err = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
        self._client: Client | None = None
        self._given_up = ""
        """Why no further event is tried, once the server could not be reached for as long as was to be waited."""

    async def run(self) -> int:
        """Take in every event of every input. Returns the exit status."""
        shown_on = self._out if self._out.is_terminal else self._err
        with Progress(
            console=shown_on,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not shown_on.is_terminal or self._order.as_json,
        ) as progress:
            task = progress.add_task("Incident events", total=_size(self._order.files))
            for name in self._order.files:
                source = Source(name, self._rejects(name))
                with _opened(name) as stream:
                    for reading in read_events(stream):
                        await self._take_in(reading, source)
                        progress.advance(task, len(reading.text) + 1)
                self._tell_rejects(source.rejects)
        self._summarise()
        return self._tally.status

    async def _take_in(self, reading: Reading, source: Source) -> None:
        found = self._checked(reading)
        if isinstance(found, tuple):
            self._refuse(reading, found, source)
            return
        event = found if self._order.shift_to is None else shifted(found, self._order.shift_to)
        regime = regime_of(event, self._order.boards)
        if self._order.dry_run:
            self._preview(event, regime)
        else:
            await self._hand_over(event, regime, reading, source)

    def _checked(self, reading: Reading) -> IncidentEvent | tuple[Fault, ...]:
        if reading.raw is None and reading.faults:
            return reading.faults
        # Not looked at: whether it was notified in the future. Examples and old events are tried out with any date.
        order = self._order
        found = check_event(reading.raw, order.boards, order.regimes, at=None, why_not_ready=order.why_not_ready)
        if isinstance(found, tuple) or reading.faults:
            return (*reading.faults, *(found if isinstance(found, tuple) else ()))
        return found

    def _refuse(self, reading: Reading, faults: tuple[Fault, ...], source: Source) -> None:
        self._tally.refused += 1
        subject = _subject(reading.raw, faults)
        if self._order.as_json:
            self._line({"subject": subject, "accepted": False, "errors": [fault.model_dump() for fault in faults]})
        else:
            self._out.print(f"{subject or 'an event'} ({source.where(reading)}): refused")
            for fault in faults:
                self._out.print(f"  {fault.path}: {fault.message}" if fault.path else f"  {fault.message}")
        self._keep(reading, faults, source)

    def _keep(self, reading: Reading, faults: tuple[Fault, ...], source: Source) -> None:
        if source.rejects is None:
            return
        try:
            source.rejects.keep(reading, faults)
        except OSError as error:
            self._warn(f"{source.where(reading)} cannot be kept in {source.rejects.path}: {error.strerror}")

    def _preview(self, event: IncidentEvent, regime: str) -> None:
        rules = self._order.rules(regime, event.data.board)
        found = outlook(event, rules, self._order.closed(event.data.board))
        self._tally.accepted += 1
        if self._order.as_json:
            self._line(as_data(event, found))
        else:
            self._out.print(in_text(event, rules, found) + "\n")

    async def _hand_over(self, event: IncidentEvent, regime: str, reading: Reading, source: Source) -> None:
        failure = await self._deliver(event, regime)
        self._tell(event, source.where(reading), failure)
        if not failure:
            self._tally.accepted += 1
            return
        self._tally.not_delivered += 1
        if source.name == STDIN:  # a file can be read again
            self._keep(reading, (Fault(path="", message=f"not delivered: {failure}"),), source)

    async def _deliver(self, event: IncidentEvent, regime: str) -> str:
        """Why the event was not delivered; empty where it was."""
        order = self._order
        try:
            if self._given_up:
                raise NotDelivered(self._given_up, unreachable=True)
            if self._client is None:
                connection = partial(connect, order.settings, keyring=order.keyring)
                self._client = await insist(connection, order.wait, self._warn)
            queue = order.settings.task_queue
            await deliver(self._client, event, regime=regime, task_queue=queue, wait=order.wait, tell=self._warn)
        except NotDelivered as error:
            self._given_up = str(error) if error.unreachable else ""
            return str(error)
        return ""

    def _tell(self, event: IncidentEvent, where: str, failure: str) -> None:
        status = "not delivered" if failure else "delivered"
        if not self._order.as_json:
            self._out.print(f"{event.subject} ({where}): {status}{': ' if failure else ''}{failure}")
            return
        told = {"subject": event.subject, "accepted": True, "workflow_id": event.case.workflow_id, "status": status}
        self._line(told | ({"reason": failure} if failure else {}))

    def _summarise(self) -> None:
        tally, order = self._tally, self._order
        if order.dry_run:
            self._err.print(f"{tally.accepted} would be delivered, {tally.refused} refused")
            return
        self._err.print(f"{tally.accepted} delivered, {tally.refused} refused, {tally.not_delivered} not delivered")
        if tally.not_delivered:
            self._err.print("Deliver them again when the server is back; what is delivered twice counts once.")
        if tally.accepted and not order.as_json:
            self._err.print(NOT_A_REFERRAL)

    def _rejects(self, name: str) -> Rejects | None:
        """Where refused events of this input go. A dry run changes nothing, so it keeps them only where asked to."""
        given = self._order.rejects
        if given is not None:
            return Rejects(given)
        if self._order.dry_run:
            return None
        return Rejects(Path("rejects.ndjson" if name == STDIN else f"{name}.rejects.ndjson"))

    def _tell_rejects(self, rejects: Rejects | None) -> None:
        if rejects is not None and rejects.kept:
            self._err.print(f"{rejects.kept} kept, with the reasons, in {rejects.path}")

    def _warn(self, words: str) -> None:
        self._err.print(f"{words[:1].upper()}{words[1:]}")

    def _line(self, data: dict[str, Any]) -> None:
        self._out.print(json.dumps(data))


def shifted(event: IncidentEvent, to: datetime) -> IncidentEvent:
    """The event as if it were notified at ``to``: every instant moved by the same time, every day by its whole days."""
    by = to - event.data.notified_at
    return IncidentEvent.model_validate(_moved(event.model_dump(), by))


def _moved(value: Any, by: timedelta) -> Any:
    match value:
        case datetime():
            return value + by
        case date():
            return value + timedelta(days=by.days)
        case dict():
            return {name: _moved(item, by) for name, item in value.items()}
        case list() | tuple():
            return [_moved(item, by) for item in value]
    return value


def _subject(raw: object, faults: tuple[Fault, ...]) -> str | None:
    """The reference, if it is one: what was refused as a reference may be a name."""
    subject = raw.get("subject") if isinstance(raw, dict) else None
    if not isinstance(subject, str) or not REFERENCE.fullmatch(subject):
        return None
    return None if any(fault.path == "subject" for fault in faults) else subject


def _size(names: list[str]) -> int | None:
    """Bytes to be read, where that is known."""
    return None if STDIN in names else sum(Path(name).stat().st_size for name in names)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == STDIN:
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as stream:
        yield stream


def _usage(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if found is None or int(found[1]) == 0:
        _usage("--wait takes a number of seconds or minutes: 60s, 5m")
    return timedelta(minutes=int(found[1])) if found[2] == "m" else timedelta(seconds=int(found[1]))


@app.command()
def start(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="JSON or NDJSON; - is standard input.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would follow; needs no server.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where refused events are added, with reasons. [<input>.rejects.ndjson]"),
    ] = None,
    wait: Annotated[
        str, typer.Option(metavar="TIME", help="How long to try where the server cannot be reached: 60s, 5m.")
    ] = "60s",
    shift_to_now: Annotated[
        bool, typer.Option("--shift-to-now", help="Move all dates so that each event was notified just now.")
    ] = False,
) -> None:
    """Hand incident events to their reviews. A review that is open is added to; a new one begins."""
    _check_files(files, rejects)
    waiting = _duration(wait)
    try:
        settings = Settings()
        directory, regimes = read_directory(settings.directory_file), Regimes(settings.overlays)
        order = Order(
            files=files,
            settings=settings,
            keyring=None if dry_run else load_keyring(settings.key_file),
            boards={board.id: board.regime for board in directory.boards},
            regimes=known_regimes(),
            rules=cache(regimes.of_board),
            closed=partial(closure_days, directory),
            why_not_ready=readiness(regimes, directory),
            dry_run=dry_run,
            as_json=as_json,
            rejects=rejects,
            wait=waiting,
            shift_to=datetime.now(UTC).replace(microsecond=0) if shift_to_now else None,
        )
        status = asyncio.run(Starter(order).run())
    except (SettingsFault, KeyringFault, DirectoryFault, ApplicationError, OSError) as error:
        _usage(str(error))
    raise typer.Exit(status)


def _check_files(files: list[str], rejects: Path | None) -> None:
    """Before anything starts: every input is there, and the refused events do not go into one of them."""
    for name in files:
        if name != STDIN and (Path(name).is_dir() or not os.access(name, os.R_OK)):
            _usage(f"{name}: there is no such file, or it cannot be read")
        if rejects is not None and name != STDIN and rejects.resolve() == Path(name).resolve():
            _usage(f"{name}: refused events cannot be added to the file they are read from")
    if files.count(STDIN) > 1:
        _usage("standard input can be read once only")


if __name__ == "__main__":
    run_and_leave(app)
