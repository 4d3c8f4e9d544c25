"""A whole review so far, months in seconds: the real service on Temporal's time-skipping server, told as a timeline.

``Rehearsal`` is the service on a clock that can be moved (the tests use it too): real workflows and activities, a
real case record, a real mail server. ``python rehearse.py`` plays the example and prints what happened when.
"""

import asyncio
import json
import logging
import socket
import sysconfig
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from activities.directory import read_directory
from activities.regimes import read_regime
from desk.intake import deliver
from domain.clocks.explain import in_words
from domain.command import Receipt
from domain.decision_commands import ReviewOutcome
from domain.directory import Directory, QuietHours
from domain.forms import FORMS
from domain.incident import IncidentEvent
from domain.people import Actor, Role
from domain.record import CaseRef, Fact
from letters.mailbox import Kept, Mailbox, list_letters
from records import queries
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring
from settings import Settings
from starter import shifted
from wiring import make_activities, make_runtime, make_worker, open_record, scr_plugin
from workflows.search_attributes import ALL_KEYS

HERE = Path(__file__).parent
REGIME = "england-scr"
CIVIL = ZoneInfo("Europe/London")
TELLING = ("decision", "outcome", "verdict", "standing", "clock", "letter")
"""What of a fact's detail the timeline shows."""


class Rehearsal:
    """The service on a clock that can be moved."""

    def __init__(self, env: WorkflowEnvironment, settings: Settings, record: Record, directory: Directory) -> None:
        self.env = env
        self.settings = settings
        self.record = record
        self.directory = directory
        self._requests = 0

    async def now(self) -> datetime:
        """The time of the rehearsal's clock."""
        return await self.env.get_current_time()

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass: everything that falls due meanwhile happens."""
        await self.env.sleep(span)

    async def pass_until(self, instant: datetime) -> None:
        """Let time pass until an instant."""
        await self.env.sleep(max(instant - await self.now(), timedelta(seconds=1)))

    @asynccontextmanager
    async def mail_server(self) -> AsyncIterator[None]:
        """The mail server, for as long as the context lasts."""
        async with Mailbox(self.settings.var_dir / "mailbox", self.settings.mailbox_port):
            yield

    async def tell(self, event: IncidentEvent) -> None:
        """An incident event comes in and is dealt with, letters included."""
        wait = timedelta(seconds=30)
        await deliver(self.env.client, event, regime=REGIME, task_queue=self.settings.task_queue, wait=wait)
        await self.pass_time(timedelta(seconds=90))

    async def answer(
        self, stage: str, form: str, role: Role, *, person: str = "", item: str | None = None, **answer: Any
    ) -> Receipt:
        """Somebody in a role answers. Raises ``WorkflowUpdateFailedError`` where the answer is refused."""
        self._requests += 1
        agency = item if role.of_an_agency else None
        board = self.directory.boards[0]
        if not person:
            person = board.holders(role, agency, (await self.now()).date())[0].id
        envelope = {"request_id": f"request-{self._requests}", "actor": Actor(person=person, role=role, agency=agency)}
        command = FORMS[form].model_validate({**envelope, "item": item, **answer})
        handle = self.env.client.get_workflow_handle(stage)
        receipt: Receipt = await handle.execute_update(form, command, id=command.request_id, result_type=Receipt)
        return receipt

    def letters(self) -> list[Kept]:
        """The letters in the mailbox, the oldest first."""
        return list_letters(self.settings.var_dir / "mailbox")

    def facts(self, case: CaseRef) -> list[Fact]:
        """The facts of a case in order."""
        return [recorded.fact for recorded in queries.facts(self.record, case)]


@asynccontextmanager
async def rehearsal(folder: Path, *, mail_server: bool = True) -> AsyncIterator[Rehearsal]:
    """The service in a folder of its own, its clock beginning now; with or without a mail server that is there."""
    settings = Settings(var_dir=folder, mailbox_port=_free_port(), directory_file=HERE / "directory.toml")
    directory = _with_quiet_hours(read_directory(settings.directory_file))
    keyring = create_keyring(settings.key_file)
    upgrade(settings.database_url)
    record = open_record(settings, keyring, directory)
    plugin = scr_plugin(keyring, make_activities(settings, record, directory))
    server = str(Path(sysconfig.get_path("scripts")) / "temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=server, plugins=[plugin], runtime=make_runtime(settings)
    ) as env:
        await _register_search_attributes(env)
        stage = Rehearsal(env, settings, record, directory)
        async with AsyncExitStack() as stack:
            if mail_server:
                await stack.enter_async_context(stage.mail_server())
            await stack.enter_async_context(make_worker(env.client, settings, grace=timedelta(seconds=5)))
            yield stage


def _with_quiet_hours(directory: Directory) -> Directory:
    """The example's board does without them, for trying out; a rehearsal keeps the usual ones."""
    boards = tuple(board.model_copy(update={"quiet_hours": QuietHours()}) for board in directory.boards)
    return directory.model_copy(update={"boards": boards})


async def _register_search_attributes(env: WorkflowEnvironment) -> None:
    """The time-skipping server cannot list them, and a workflow that sets an unknown one would hang."""
    kinds = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in ALL_KEYS}
    await env.client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=env.client.namespace, search_attributes=kinds)
    )


def example(name: str, notified_at: datetime) -> IncidentEvent:
    """An event of the folder ``examples`` as if the board had been told at that instant."""
    return shifted(IncidentEvent.model_validate(json.loads((HERE / "examples" / name).read_text())), notified_at)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def play(stage: Rehearsal) -> CaseRef:
    """The example: children first, one agency late, a recommendation, the chair's decision, the notices."""
    event = example("incident.json", await stage.now())
    case = event.case
    safety, decision = case.stage_id("safety", 1), case.stage_id("decision", 1)
    await stage.tell(event)
    first, *others = [child.key for child in event.data.other_children]
    *prompt, late = [agency.id for agency in event.data.agencies]
    await _decide_for_children(stage, safety, first, others)
    await stage.pass_time(timedelta(hours=14))
    for agency in prompt:
        await stage.answer(decision, "secure-records", Role.AGENCY_LEAD, item=agency, secured_by="records manager")
    await _follow_children_up(stage, safety, first, others)
    await stage.pass_time(timedelta(days=4))
    for agency in prompt:
        summary: dict[str, Any] = {"involvement": "Known since 2024.", "signed_off_by": "head of safeguarding"}
        await stage.answer(decision, "send-first-summary", Role.AGENCY_LEAD, item=agency, **summary)
    await stage.pass_time(timedelta(days=9))
    await stage.answer(safety, "record-conference", Role.DUTY_MANAGER, item=first, held_at=await stage.now())
    nil: dict[str, Any] = {"nil_return": True, "signed_off_by": "head of safeguarding"}
    await stage.answer(decision, "secure-records", Role.AGENCY_LEAD, item=late, secured_by="records manager")
    await stage.answer(decision, "send-first-summary", Role.AGENCY_EXECUTIVE, item=late, **nil)
    await stage.pass_time(timedelta(days=2))
    limbs = [limb.id for limb in read_regime(REGIME).criterion]
    await stage.answer(
        decision,
        "recommend",
        Role.SUB_GROUP,
        outcome=ReviewOutcome.SERIOUS_CASE_REVIEW,
        reasons=dict.fromkeys(limbs, "Considered at the sub-group's meeting."),
        rationale="The criterion that always calls for a review is met.",
    )
    await stage.pass_time(timedelta(days=4))
    await stage.answer(
        decision,
        "decide",
        Role.BOARD_CHAIR,
        outcome=ReviewOutcome.SERIOUS_CASE_REVIEW,
        rationale="A child has died and neglect is suspected; organisations can learn from this case.",
    )
    await stage.pass_time(timedelta(days=6))
    return case


async def _decide_for_children(stage: Rehearsal, safety: str, first: str, others: list[str]) -> None:
    """The first child is seen at once; the others only after the clock ran out and was escalated."""
    await stage.pass_time(timedelta(minutes=25))
    await stage.answer(safety, "acknowledge-child", Role.DUTY_SOCIAL_WORKER, item=first)
    await stage.pass_time(timedelta(minutes=50))
    for child in others:
        await stage.answer(safety, "acknowledge-child", Role.DUTY_MANAGER, item=child)
    taken: dict[str, Any] = {"decision": "protection-taken", "protection": "Placed with a relative"}
    await stage.answer(safety, "decide-for-child", Role.DUTY_MANAGER, item=first, strategy_discussion=True, **taken)
    for child in others:
        called = "strategy-discussion-called"
        await stage.answer(safety, "decide-for-child", Role.DUTY_MANAGER, item=child, decision=called)


async def _follow_children_up(stage: Rehearsal, safety: str, first: str, others: list[str]) -> None:
    await stage.pass_time(timedelta(hours=5))
    for child in (first, *others):
        held: dict[str, Any] = {"held_at": await stage.now(), "conference": child == first}
        await stage.answer(safety, "record-strategy-discussion", Role.DUTY_MANAGER, item=child, **held)


def print_timeline(stage: Rehearsal, case: CaseRef, out: Console) -> None:
    """Each event, clock, letter and decision with its date, in the order in which they happened."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    day = ""
    for at, kind, words in sorted(_lines(stage, case), key=_in_order):
        civil = at.astimezone(CIVIL)
        today = f"{civil:%a} {civil.day:>2} {civil:%b %Y}"
        table.add_row(f"{today if today != day else '':<16} {civil:%H:%M}", kind, words)
        day = today
    out.print(f"Case {case.reference}, as it went on the rehearsal's clock\n")
    out.print(table)


def _in_order(line: tuple[datetime, str, str]) -> tuple[datetime, int]:
    """Minute by minute: what happened, then the clocks it started, then the letters that left."""
    return line[0].replace(second=0, microsecond=0), ("fact", "clock", "letter").index(line[1])


def _lines(stage: Rehearsal, case: CaseRef) -> Iterator[tuple[datetime, str, str]]:
    passed_over = {"letter-sent", "stage-finished", "agency-asked", "rung-climbed"}
    for fact in stage.facts(case):
        if fact.kind not in passed_over:
            yield fact.at, "fact", _told(fact)
    for clock in queries.clocks(stage.record, case):
        entry = clock.entry
        about = f" ({entry.item})" if entry.item else ""
        words = f"{entry.rule.title}{about}: due {in_words(entry.deadline)}; {entry.status.value}"
        yield entry.deadline.started_at, "clock", words
    for letter in stage.letters():
        yield letter.date, "letter", f"{letter.text.partition(chr(10))[0]}: {letter.subject}"


def _told(fact: Fact) -> str:
    words = fact.kind.replace("-", " ")
    about = f" ({fact.item})" if fact.item else ""
    by = f", by the {fact.by.role.words}" if fact.by else ""
    detail = next((fact.detail[key] for key in TELLING if fact.detail.get(key)), "")
    return f"{words}{about}{f': {detail}' if detail else ''}{by}"


async def main() -> None:
    """Play the example and print it."""
    logging.getLogger("temporalio").setLevel(logging.ERROR)  # the test server lacks what the client would like
    with tempfile.TemporaryDirectory() as folder:
        async with rehearsal(Path(folder)) as stage:
            case = await play(stage)
            print_timeline(stage, case, Console(width=150))


if __name__ == "__main__":
    asyncio.run(main())
