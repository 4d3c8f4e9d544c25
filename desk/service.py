"""What people and programs can do at the desk: see what is asked, look at a case, answer. Shared by tool and pages.

Reading needs the case record only; an answer goes through Temporal. Instants are passed in as ``at``.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from temporalio.client import Client

from desk.answers import Target, acting, compose, find_target
from desk.caseview import case_view, notice_of
from desk.clocks_believed import AsOf
from desk.explaining import Explanation, explanations
from desk.fields import Field
from desk.lessons import FoundBefore, found_before
from desk.sending import Connect, StageEnded, connected, send, send_reopening
from desk.taskview import fields_asked, task_views
from desk.views import CaseView, ReceiptView, TaskView
from domain.case_commands import Challenge, ReopenCase
from domain.command import Command, Found, Receipt
from domain.directory import Directory
from domain.findings import TEXT_MARKED, EnterFinding, refuses_marks
from domain.model import Refusal, Refused
from domain.people import Actor, Role
from domain.record import CaseRef
from domain.text_check import Mark, unanswered
from records import documents, queries
from records.chain import Verified
from records.documents import BrokenDocument
from records.files import FileStore
from records.marking import known_names, marks_in
from records.queries import NotFound
from records.store import Record
from records.views import CaseSummary, RecordedFact
from workflows.messages import BeginCase

REOPENING: Final = frozenset({Challenge.FORM, ReopenCase.FORM})
"""What a closed case takes: it goes on from the record."""


class TextMarked(Refused):
    """Words are marked in what a person typed. They are told to that person, and to nobody else."""

    def __init__(self, refusal: Refusal, marks: tuple[Mark, ...], to_see: str) -> None:
        super().__init__(refusal)
        self.marks = marks
        self.to_see = to_see
        """The command that shows the marks, where they are in a document."""


class Service:
    """The desk. ``directory`` and ``connect`` are called only when an answer is given."""

    def __init__(
        self,
        record: Record,
        *,
        directory: Callable[[], Directory],
        connect: Connect,
        task_queue: str,
        link_template: str,
    ) -> None:
        self._record = record
        self._directory = directory
        self._connect = connect
        self._task_queue = task_queue
        self._link_template = link_template

    def resolve(self, reference: str) -> CaseRef:
        """The case of ``NB-2026-014`` or ``northbridge/NB-2026-014``. Raises ``NotFound`` or ``Ambiguous``."""
        return queries.resolve(self._record, reference)

    def cases(self, *, open_only: bool = False) -> list[CaseSummary]:
        """All cases, or those not closed, by board and reference."""
        return queries.cases(self._record, open_only)

    def tasks(
        self,
        at: datetime,
        *,
        role: Role | None = None,
        board: str | None = None,
        case: CaseRef | None = None,
        done: bool = False,
    ) -> list[TaskView]:
        """Open tasks, the earliest due first; with ``done`` those that are done as well, after them."""
        return task_views(self._record, at, role=role, board=board, case=case, done=done)

    def case(self, case: CaseRef, at: datetime, *, people: bool = False) -> CaseView:
        """The case as it stands; with ``people`` also the names that the record holds. Raises ``NotFound``."""
        return case_view(self._record, case, at, self._link_template, people=people)

    def explain(self, case: CaseRef, clock: str | None = None, as_of: AsOf | None = None) -> list[Explanation]:
        """Each computation of each clock of the case, or of the clocks of that id or rule; as of a date the one then.

        Raises ``NotFound``, also for a clock that there was not yet at that date.
        """
        return explanations(self._record, case, clock, as_of)

    def fact(self, case: CaseRef, number: int) -> RecordedFact:
        """One fact with everything that was answered, names included. Raises ``NotFound``."""
        known = queries.facts(self._record, case)
        if not 0 < number <= len(known):
            raise NotFound(f"{case.reference} has {len(known)} facts")
        return known[number - 1]

    def export(self, case: CaseRef) -> dict[str, object]:
        """The whole record of the case, names included, for JSON. Raises ``NotFound``."""
        return queries.export(self._record, case)

    def verify(self, case: CaseRef) -> Verified:
        """Whether the chain of the case's facts holds. Raises ``NotFound``."""
        return queries.verify(self._record, case)

    def verify_documents(self, case: CaseRef, store: FileStore) -> list[BrokenDocument]:
        """The documents of the case that are missing, or not what they were. Raises ``NotFound``."""
        return documents.verify(self._record, store, case)

    def target(self, text: str) -> Target:
        """What an answer to that task goes to. Raises ``NotFound`` or ``Ambiguous``."""
        return find_target(self._record, text)

    def fields(self, target: Target) -> tuple[Field, ...]:
        """What is to be filled in there."""
        return fields_asked(self._record, target.case, target.stage, target.form)

    def actor(
        self, target: Target, person: str, at: datetime, *, role: Role | None = None, agency: str | None = None
    ) -> Actor:
        """Who answers: the person (an id of the directory) in the role named, or in their only one that may.

        Raises ``Refused``, and ``UnknownBoard`` where the directory lacks the case's board.
        """
        board = self._directory().board(target.case.board)
        appointed = queries.appointed(self._record, target.case)
        return acting(board, target, person, at, role=role, agency=agency, appointed=appointed)

    def look_through(self, target: Target, command: Command) -> None:
        """Look for marked words before an answer is sent: it would be refused. Raises ``TextMarked``."""
        left = self._marked(target, command)
        if (refusal := refuses_marks(Found(marks=left), ())) is not None:
            raise TextMarked(refusal, left, "")

    async def answer(
        self,
        target: Target,
        actor: Actor,
        fields: dict[str, Any],
        *,
        request_id: str,
        at: datetime,
        wait: timedelta,
    ) -> ReceiptView:
        """Give an answer and wait so long for its receipt. The same request id may be sent again: it is done once.

        Raises ``FieldFaults`` for an answer that cannot be read, ``Refused``, and what ``desk.sending`` raises.
        """
        command = compose(target, actor, request_id, fields, at)
        summary = queries.case_summary(self._record, target.case)
        client = await connected(self._connect)
        if target.form in REOPENING and (gone := queries.destroyed(self._record, target.case)) is not None:
            text = f"{gone.words[0].upper()}{gone.words[1:]}; there is nothing to open again."
            raise Refused(Refusal(code="record-destroyed", text=text, source="Log of destructions"))
        if target.form in REOPENING and summary.closed_at is not None:
            order = BeginCase(case=target.case, regime=summary.regime)
            receipt = await send_reopening(client, order, command, task_queue=self._task_queue, wait=wait)
        else:
            try:
                receipt = await self._send(client, target, command, wait)
            except StageEnded:
                raise StageEnded(words_of_end(self._record, summary)) from None
        before: tuple[FoundBefore, ...] = ()
        if isinstance(command, EnterFinding):
            before = found_before(self._record, self._directory(), target.case, command)
        notice = notice_of(target.case, target.stage)
        return ReceiptView(task=target.id, receipt=receipt, notice=notice, found_before=before)

    async def _send(self, client: Client, target: Target, command: Command, wait: timedelta) -> Receipt:
        """Send it; where words are marked in what was typed, say which. Raises ``TextMarked``."""
        try:
            return await send(client, target.stage, command, wait)
        except Refused as error:
            ask = command.looks_up()
            if error.refusal.code != TEXT_MARKED or ask is None:
                raise
            hint = f"document check {target.case.reference} {ask.report} --as {command.actor.person}"
            raise TextMarked(error.refusal, self._marked(target, command), hint if ask.report else "") from None

    def _marked(self, target: Target, command: Command) -> tuple[Mark, ...]:
        """What is marked in what was typed, and of which nobody has said why it stays."""
        ask = command.looks_up()
        if ask is None or not ask.texts:
            return ()
        marks = marks_in(ask.texts, known_names(self._record, target.case, self._directory()))
        return unanswered(marks, getattr(command, "stays", ()))


def words_of_end(record: Record, summary: CaseSummary) -> str:
    """That the stage has ended, and what can be done instead."""
    case = summary.case
    if summary.closed_at is None:
        more = f"scr.py show {case.reference} shows the stages that are open"
    elif queries.destroyed(record, case) is not None:
        more = "the case is closed and its record was destroyed"
    else:
        who = " or ".join(role.words for role in Role if role in ReopenCase.ROLES)
        way = f"scr.py answer {case.board}/{case.reference}/{ReopenCase.FORM}"
        more = f"the case is closed, and the {who} can open it again: {way}"
    return f"this stage has ended; it takes no answers any more; {more}"
