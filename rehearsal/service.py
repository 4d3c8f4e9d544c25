"""The real service on Temporal's time-skipping server; only its clock is not real.

Workflows, activities, case record and mail server are those of the service itself.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.directory import read_directory
from desk.intake import deliver
from domain.chronology import Precision, Row, Seen, When
from domain.command import Receipt
from domain.directory import Directory, QuietHours
from domain.document import DocumentKind, NewDocument
from domain.document_types import DocumentType
from domain.forms import FORMS
from domain.incident import IncidentEvent
from domain.people import Actor, Role
from domain.record import CaseRef, Fact
from letters.mailbox import Kept, Mailbox, list_letters
from records import chronology, documents, queries
from records.files import open_files
from records.store import Record
from settings import ScratchSettings, Settings
from simulated import free_port, simulated
from starter import shifted

HERE = Path(__file__).parent.parent
REGIME = "england-scr"
CIVIL = ZoneInfo("Europe/London")
WORKING_HOUR = time(10, 17)
"""When people answer: at no instant at which a clock's letters leave, for the server cannot bear both at once."""
PATIENCE = 6
"""How often a stretch of time is asked for until it has passed."""


class Rehearsal:
    """The service on a clock that can be moved."""

    regime = REGIME
    """Under which its cases begin."""

    def __init__(self, env: WorkflowEnvironment, settings: Settings, record: Record, directory: Directory) -> None:
        self.env = env
        self.settings = settings
        self.record = record
        self.directory = directory
        self.store = open_files(settings, record.keyring)
        self._requests = 0

    async def now(self) -> datetime:
        """The time of the rehearsal's clock."""
        return await self.env.get_current_time()

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass: everything that falls due meanwhile happens."""
        await self.pass_until(await self.now() + span)

    async def pass_until(self, instant: datetime) -> None:
        """Let time pass until an instant."""
        for attempt in range(1, PATIENCE + 1):
            try:
                return await self.env.sleep(max(instant - await self.now(), timedelta(seconds=1)))
            except RPCError:
                # A call lasts 30 seconds at most; on a busy machine a day with much to do takes longer.
                if attempt == PATIENCE:
                    raise

    async def pass_days(self, days: int) -> date:
        """Let days pass, and a weekend with them; it is then mid-morning, civil time."""
        day = (await self.now()).astimezone(CIVIL).date() + timedelta(days=days)
        return await self._pass_to(day + timedelta(days=8 - day.isoweekday() if day.isoweekday() > 5 else 0))

    async def pass_to(self, day: date) -> date:
        """Let time pass to the morning of that day, or of the Friday before it."""
        return await self._pass_to(day - timedelta(days=max(day.isoweekday() - 5, 0)))

    async def _pass_to(self, day: date) -> date:
        await self.pass_until(datetime.combine(day, WORKING_HOUR, CIVIL))
        return day

    @asynccontextmanager
    async def mail_server(self) -> AsyncIterator[None]:
        """The mail server, for as long as the context lasts."""
        async with Mailbox(self.settings.var_dir / "mailbox", self.settings.mailbox_port):
            yield

    async def tell(self, event: IncidentEvent) -> None:
        """An incident event comes in and is dealt with, letters included."""
        wait = timedelta(seconds=30)
        await deliver(self.env.client, event, regime=self.regime, task_queue=self.settings.task_queue, wait=wait)
        await self.pass_time(timedelta(seconds=90))

    async def answer(
        self, stage: str, form: str, role: Role, *, person: str = "", item: str | None = None, **answer: Any
    ) -> Receipt:
        """Somebody in a role answers. Raises ``WorkflowUpdateFailedError`` where the answer is refused."""
        agency = item if role.of_an_agency else None
        return await self.give(stage, form, role, answer, by=person, item=item, agency=agency)

    async def give(
        self,
        stage: str,
        form: str,
        role: Role,
        answer: dict[str, Any],
        *,
        by: str = "",
        item: str | None = None,
        agency: str | None = None,
    ) -> Receipt:
        """The same, with the answer's fields as they are and the agency that the person answers for."""
        self._requests += 1
        actor = Actor(person=by or await self.holder(role, agency), role=role, agency=agency)
        envelope = {"request_id": f"request-{self._requests}", "actor": actor, "item": item}
        command = FORMS[form].model_validate({**answer, **envelope})
        handle = self.env.client.get_workflow_handle(stage)
        receipt: Receipt = await handle.execute_update(form, command, id=command.request_id, result_type=Receipt)
        return receipt

    async def holder(self, role: Role, agency: str | None) -> str:
        """Id of the person who holds a role."""
        return self.directory.boards[0].holders(role, agency, (await self.now()).date())[0].id

    async def keep_document(self, case: CaseRef, kind: str, title: str, agency: str | None = None) -> str:
        """Add a document to the case, as the business manager does. Returns its id."""
        new = NewDocument(
            kind=DocumentKind(kind),
            title=title,
            file_name="report.txt",
            type=DocumentType.TXT,
            agency=agency,
        )
        actor = Actor(person=await self.holder(Role.BUSINESS_MANAGER, None), role=Role.BUSINESS_MANAGER)
        text = f"{title}. What organisations can learn from this case.".encode()
        kept = documents.keep(self.record, self.store, case, new, text, actor=actor, at=await self.now())
        return kept.document.full_id

    async def keep_chronology(self, case: CaseRef, agency: str) -> str:
        """Add an agency's chronology of two rows to the case, as its lead does. Returns its id."""
        actor = Actor(person=await self.holder(Role.AGENCY_LEAD, agency), role=Role.AGENCY_LEAD, agency=agency)
        at = await self.now()
        rows = [_row(agency, number, at - timedelta(days=900 - 40 * number)) for number in (1, 2)]
        digest = sha256(agency.encode()).hexdigest()
        return chronology.keep(self.record, case, agency, rows, (), sha256=digest, actor=actor, at=at).id

    def letters(self) -> list[Kept]:
        """The letters in the mailbox, the oldest first."""
        return list_letters(self.settings.var_dir / "mailbox")

    def dates_of(self, case: CaseRef, change: str) -> list[date]:
        """The days on which an expected change is to be looked at, as its clocks have them."""
        clocks = [each.entry for each in queries.clocks(self.record, case) if each.current]
        return sorted(c.deadline.due_on for c in clocks if (c.item or "").startswith(f"{change}/") and c.due_on)

    def facts(self, case: CaseRef) -> list[Fact]:
        """The facts of a case in order."""
        return [recorded.fact for recorded in queries.facts(self.record, case)]


@asynccontextmanager
async def rehearsal(
    folder: Path,
    *,
    mail_server: bool = True,
    cached: int = 1_000,
    regime: str = REGIME,
    people: Callable[[Directory], Directory] = lambda known: known,
    **more: Any,
) -> AsyncIterator[Rehearsal]:
    """The service in a folder of its own, its clock beginning now; with or without a mail server that is there.

    Its cases begin under the ``regime``. ``cached`` is how many workflows its worker keeps in memory; of the others it
    replays the history for each step. ``people`` changes the example's directory; further settings as they are named.
    """
    settings = ScratchSettings(
        var_dir=folder,
        mailbox_port=free_port(),
        directory_file=HERE / "directory.toml",
        overlays=HERE / "overlays",
        cached_workflows=cached,
        **more,
    )
    directory = people(_with_quiet_hours(read_directory(settings.directory_file)))
    mailbox = Mailbox(folder / "mailbox", settings.mailbox_port) if mail_server else nullcontext()
    async with mailbox, simulated(settings, directory) as (env, record):
        stage = Rehearsal(env, settings, record, directory)
        stage.regime = regime
        yield stage


def _row(agency: str, number: int, at: datetime) -> Row:
    when = When(precision=Precision.INSTANT, earliest=at, latest=at, written=f"{at:%d %B %Y}")
    return Row(agency=agency, version=1, number=number, when=when, event="Seen at home with a parent.", seen=Seen.YES)


def _with_quiet_hours(directory: Directory) -> Directory:
    """The example's board does without them, for trying out; a rehearsal keeps the usual ones."""
    boards = tuple(board.model_copy(update={"quiet_hours": QuietHours()}) for board in directory.boards)
    return directory.model_copy(update={"boards": boards})


def example(name: str, notified_at: datetime) -> IncidentEvent:
    """An event of the folder ``examples`` as if the board had been told at that instant."""
    return shifted(IncidentEvent.model_validate(json.loads((HERE / "examples" / name).read_text())), notified_at)
