"""The whole service as processes of its own, each of which can be killed: Temporal server, worker, mail server."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.directory import read_directory
from desk.intake import deliver
from desk.sending import NotKnownYet, send
from domain.command import Command, Receipt
from domain.directory import Directory
from domain.forms import FORMS
from domain.incident import IncidentEvent
from domain.people import Actor, Role
from domain.record import CaseRef
from letters.mailbox import Kept, Mailbox, list_letters
from records import queries
from records.migrate import upgrade
from records.store import Record
from records.views import RecordedFact
from sealing import Keyring, create_keyring
from settings import Settings
from starter import shifted
from temporal_server import EmbeddedFault, TemporalServer
from wiring import connect, open_record

ROOT = Path(__file__).parents[2]
REGIME = "england-scr"
PATIENCE = 180.0
"""Seconds that something may take which does happen; only a failing test waits so long."""
ONE_ATTEMPT = timedelta(seconds=5)


@dataclass(frozen=True)
class Answer:
    """One answer of a person in a role."""

    stage: str
    form: str
    role: Role
    item: str | None = None
    fields: tuple[tuple[str, Any], ...] = ()

    @property
    def request(self) -> str:
        """The same for the same answer, however often it is given."""
        return f"{self.stage} {self.form} {self.item}"


class RunningService:
    """Server and worker are processes; the mail server lives here, and so does the one who answers."""

    client: Client

    def __init__(self, folder: Path, *server_arguments: str) -> None:
        temporal, ui, mailbox, desk = free_ports(4)
        (folder / "directory.toml").write_text(_without_quiet_hours((ROOT / "directory.toml").read_text("utf-8")))
        self.settings = Settings(
            var_dir=folder,
            temporal_port=temporal,
            ui_port=ui,
            mailbox_port=mailbox,
            desk_port=desk,
            directory_file=folder / "directory.toml",
        )
        self.keyring: Keyring = create_keyring(self.settings.key_file)
        self.directory: Directory = read_directory(self.settings.directory_file)
        upgrade(self.settings.database_url)
        self.record: Record = open_record(self.settings, self.keyring, self.directory)
        self.server = _Server(self.settings, server_arguments)
        self.worker_log = folder / "worker.log"
        self._worker: asyncio.subprocess.Process | None = None
        self._post = AsyncExitStack()

    async def start_server(self) -> None:
        """Start the Temporal server, or start it again on what it has kept."""
        await self.server.start()

    async def kill_server(self) -> None:
        """End it without warning."""
        await self.server.kill()

    async def start_worker(self) -> None:
        """Start a worker process and wait until it works."""
        begun = self._times_worker_began()
        with self.worker_log.open("ab") as log:
            self._worker = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "worker.py"),
                cwd=self.settings.var_dir,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        await until(lambda: self._times_worker_began() > begun or self._ended())
        assert not self._ended(), self.worker_log.read_text("utf-8")

    async def kill_worker(self) -> None:
        """End it without warning."""
        if self._worker is None:
            return
        with suppress(ProcessLookupError):
            self._worker.kill()
        await self._worker.wait()

    async def open_post(self, wrap: Callable[[Any], Any] | None = None) -> None:
        """Start the mail server; ``wrap`` may be put around what deals with its letters."""
        mailbox = Mailbox(self.settings.var_dir / "mailbox", self.settings.mailbox_port)
        if wrap is not None:
            mailbox._controller.handler = wrap(mailbox._controller.handler)
        await self._post.enter_async_context(mailbox)

    async def close_post(self) -> None:
        """Stop the mail server."""
        await self._post.aclose()

    async def deliver(self, event: IncidentEvent) -> CaseRef:
        """Hand an event to the Temporal server, as the starter does."""
        queue, wait = self.settings.task_queue, timedelta(seconds=PATIENCE)
        return (await deliver(self.client, event, regime=REGIME, task_queue=queue, wait=wait)).case

    async def open_case(self, event: IncidentEvent) -> CaseRef:
        """Deliver an event and wait until something is asked in both of its stages."""
        case = await self.deliver(event)
        await until(lambda: {"recommend", "acknowledge-child"} <= self.asked(case))
        return case

    def asked(self, case: CaseRef) -> set[str]:
        """The forms that wait for an answer."""
        return {task.form for task in queries.tasks(self.record, board=case.board, reference=case.reference)}

    def asked_about(self, case: CaseRef, item: str) -> bool:
        """Whether something is asked about a child or an agency."""
        tasks = queries.tasks(self.record, board=case.board, reference=case.reference)
        return item in {task.item for task in tasks}

    def command(self, answer: Answer) -> Command:
        """The answer of whoever holds the role today."""
        agency = answer.item if answer.role.of_an_agency else None
        holder = self.directory.boards[0].holders(answer.role, agency, datetime.now(UTC).date())[0]
        actor = Actor(person=holder.id, role=answer.role, agency=agency)
        given = {"request_id": answer.request, "actor": actor, "item": answer.item, **dict(answer.fields)}
        return FORMS[answer.form].model_validate(given)

    async def try_once(self, answer: Answer, wait: timedelta = ONE_ATTEMPT) -> Receipt:
        """Give the answer. Raises ``NotKnownYet`` where no receipt comes in time."""
        return await send(self.client, answer.stage, self.command(answer), wait)

    async def answer(self, answer: Answer) -> Receipt:
        """Give the answer, and give it again under the same request id until its receipt comes."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(NotKnownYet):
                    return await self.try_once(answer)
                await asyncio.sleep(0.1)

    async def answer_all(self, answers: list[Answer]) -> None:
        """One answer after the other."""
        for answer in answers:
            await self.answer(answer)

    def letters(self) -> list[Kept]:
        """What is in the mailbox."""
        return list_letters(self.settings.var_dir / "mailbox")

    def repeated(self) -> list[str]:
        """The ids of letters that came again, once for each time."""
        files = (self.settings.var_dir / "mailbox").glob("*.again")
        return [line for file in files for line in file.read_text("utf-8").splitlines()]

    def facts(self, case: CaseRef) -> list[RecordedFact]:
        """The facts of a case in order; none before its first transition is recorded."""
        with suppress(queries.NotFound):
            return queries.facts(self.record, case)
        return []

    async def stop(self) -> None:
        """End all of it."""
        await self.kill_worker()
        await self.server.stop()
        await self.close_post()
        self.record.engine.dispose()

    def _ended(self) -> bool:
        return self._worker is not None and self._worker.returncode is not None

    def _times_worker_began(self) -> int:
        return self.worker_log.read_bytes().count(b"working on task queue") if self.worker_log.exists() else 0

    def _environment(self) -> dict[str, str]:
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("SCR_", "TEMPORAL_"))}
        return mine | {
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.settings.temporal_port}",
            "SCR_VAR_DIR": str(self.settings.var_dir),
            "SCR_DIRECTORY_FILE": str(self.settings.directory_file),
            "SCR_MAILBOX_PORT": str(self.settings.mailbox_port),
        }


class _Server(TemporalServer):
    """The embedded server, with a way to kill it."""

    def __init__(self, settings: Settings, more: tuple[str, ...]) -> None:
        super().__init__(settings)
        self._more = more
        self._pid_of_it = settings.var_dir / "temporal.pid"

    def _arguments(self) -> list[str]:
        return [*super()._arguments(), *self._more]

    async def kill(self) -> None:
        """End it without warning, and wait until it is gone."""
        os.kill(int(self._pid_of_it.read_text()), signal.SIGKILL)
        with suppress(EmbeddedFault):
            await self.until_it_ends()


@asynccontextmanager
async def running_service(folder: Path, *server_arguments: str) -> AsyncIterator[RunningService]:
    """The service in a folder of its own: server, mail server, worker."""
    service = RunningService(folder, *server_arguments)
    try:
        await service.start_server()
        service.client = await connect(service.settings, keyring=service.keyring, embedded=True)
        await service.open_post()
        await service.start_worker()
        yield service
    finally:
        await service.stop()


async def until(holds: Callable[[], object]) -> None:
    """Wait until something is so, or fail."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - other processes write what is waited for
            await asyncio.sleep(0.05)


def incident(reference: str, told: timedelta = timedelta()) -> IncidentEvent:
    """The example incident as another case, of which the board was told so long ago."""
    raw = json.loads((ROOT / "examples" / "incident.json").read_text("utf-8")) | {"subject": reference}
    return shifted(IncidentEvent.model_validate(raw), datetime.now(UTC) - told)


def journey(event: IncidentEvent) -> list[Answer]:
    """The answers from the first acknowledgement to the chair's decision."""
    safety, decision = event.case.stage_id("safety", 1), event.case.stage_id("decision", 1)
    agencies = [agency.id for agency in event.data.agencies]
    return [*_children(safety, event), *_agencies(decision, agencies), *_deciding(decision)]


def _children(safety: str, event: IncidentEvent) -> list[Answer]:
    first, *others = [child.key for child in event.data.other_children]
    called = (("decision", "strategy-discussion-called"),)
    safe = (("decision", "no-further-action"), ("reason", "Seen at home; safe."))
    not_held = (("not_held_because", "Held together with another."),)
    return [
        *(Answer(safety, "acknowledge-child", Role.DUTY_SOCIAL_WORKER, child) for child in (first, *others)),
        Answer(safety, "decide-for-child", Role.DUTY_MANAGER, first, called),
        *(Answer(safety, "decide-for-child", Role.DUTY_MANAGER, child, safe) for child in others),
        Answer(safety, "record-strategy-discussion", Role.DUTY_MANAGER, first, not_held),
    ]


def _agencies(decision: str, agencies: list[str]) -> list[Answer]:
    secured = (("secured_by", "records manager"),)
    summary = (("involvement", "Known since 2024."), ("signed_off_by", "head of safeguarding"))
    return [
        *(Answer(decision, "secure-records", Role.AGENCY_LEAD, agency, secured) for agency in agencies),
        *(Answer(decision, "send-first-summary", Role.AGENCY_LEAD, agency, summary) for agency in agencies),
    ]


def _deciding(decision: str) -> list[Answer]:
    outcome = ("outcome", "serious-case-review")
    reasons = ("reasons", dict.fromkeys(LIMBS, "See the minutes."))
    return [
        Answer(decision, "recommend", Role.SUB_GROUP, None, (outcome, reasons, ("rationale", "As discussed."))),
        Answer(decision, "decide", Role.BOARD_CHAIR, None, (outcome, ("rationale", "The first criterion is met."))),
    ]


LIMBS = (
    "death",
    "life_threatening_injury",
    "serious_permanent_impairment",
    "serious_sexual_abuse",
    "parent_murdered",
    "killed_by_parent_with_mental_illness",
    "inter_agency_working",
)


def free_ports(number: int) -> list[int]:
    """Different ports on which nothing listens."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [int(taken.getsockname()[1]) for taken in sockets]


def _without_quiet_hours(directory: str) -> str:
    """Letters leave at any hour, whenever the tests run."""
    quiet = 'quiet_hours = { begin = "00:00:00", end = "00:00:00", working_days_only = false }'
    lines = [quiet if line.startswith("quiet_hours") else line for line in directory.splitlines()]
    assert quiet in lines
    return "\n".join(lines)
