"""Reading the case record: lists of open tasks, and everything about one case."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from domain.action_commands import PlanAction, ReplaceLead
from domain.appointments import APPOINTED, APPOINTMENT_ENDED
from domain.destruction import RecordDestroyed
from domain.people import Actor, Role
from domain.record import CaseRef, ClockEntry, ClockStatus, Fact
from records import chain
from records.chain import Verified
from records.destroyed import last_destruction
from records.outbox import open_letter
from records.store import Record
from records.superseding import SUPERSEDED, superseded_by
from records.tables import CaseRow, DeadlineRow, FactRow, LetterRow, RungRow, TaskRow, TransitionRow
from records.views import (
    CaseSummary,
    ClockStep,
    Export,
    RecordedClock,
    RecordedFact,
    RecordedLetter,
    RecordedRung,
    RecordedTask,
    StageStanding,
)


class NotFound(LookupError):
    """The record has no such case or task."""


class Ambiguous(LookupError):
    """Several cases or tasks fit; the message lists them."""


def resolve(record: Record, reference: str, board: str | None = None) -> CaseRef:
    """The case of that reference, its board found where only one has it; ``board/reference`` is understood too.

    Raises ``NotFound`` or ``Ambiguous``.
    """
    if board is None and "/" in reference:
        board, _, reference = reference.partition("/")
    query = select(CaseRow.board).where(CaseRow.reference == reference).order_by(CaseRow.board)
    with record.reading() as session:
        boards = session.scalars(query if board is None else query.where(CaseRow.board == board)).all()
    if not boards:
        raise NotFound(f"the record has no case {board + '/' if board else ''}{reference}")
    if len(boards) > 1:
        raise Ambiguous(f"several boards have a case {reference}: {', '.join(boards)}")
    return CaseRef(board=boards[0], reference=reference)


def cases(record: Record, open_only: bool = False) -> list[CaseSummary]:
    """All cases, or those not closed, in order of board and reference."""
    query = select(CaseRow).order_by(CaseRow.board, CaseRow.reference)
    with record.reading() as session:
        rows = session.scalars(query.where(CaseRow.closed_at.is_(None)) if open_only else query)
        return [_summary(session, row) for row in rows.all()]


def case_summary(record: Record, case: CaseRef) -> CaseSummary:
    """One case at a glance. Raises ``NotFound``."""
    with record.reading() as session:
        return _summary(session, _case(session, case))


def tasks(
    record: Record, role: Role | None = None, board: str | None = None, reference: str | None = None, done: bool = False
) -> list[RecordedTask]:
    """Open tasks (or those that are done), the earliest due first, those without a due instant last."""
    query = select_tasks().where(TaskRow.done_at.is_not(None) if done else TaskRow.done_at.is_(None))
    wanted = ((TaskRow.role, role), (CaseRow.board, board), (CaseRow.reference, reference))
    for column, value in wanted:
        query = query if value is None else query.where(column == value)
    with record.reading() as session:
        return read_tasks(session, query.order_by(TaskRow.due_at.is_(None), TaskRow.due_at, TaskRow.task))


def find_task(record: Record, text: str) -> RecordedTask:
    """The task of that full id, done or open, or the only open one whose id ends with ``/`` and the text.

    Raises ``NotFound`` or ``Ambiguous``.
    """
    ending = TaskRow.done_at.is_(None) & TaskRow.task.endswith(f"/{text}", autoescape=True)
    with record.reading() as session:
        found = read_tasks(session, select_tasks().where(or_(TaskRow.task == text, ending)).order_by(TaskRow.task))
    if exact := [task for task in found if task.id == text]:
        return exact[0]
    found = [task for task in found if task.id.endswith(f"/{text}")]  # SQLite compares without regard to case
    if not found:
        raise NotFound("no open task has that id, or an id that ends so")
    if len(found) > 1:
        raise Ambiguous(f"several open tasks have ids that end so: {', '.join(task.id for task in found)}")
    return found[0]


def clocks(record: Record, case: CaseRef) -> list[RecordedClock]:
    """Every clock of the case with each of its computations, by stage and clock, the earliest computation first."""
    with record.reading() as session:
        return _clocks(session, _case(session, case))


def facts(record: Record, case: CaseRef, *kinds: str) -> list[RecordedFact]:
    """The facts of the case in order, or those of some kinds. Whether one stands is told only where all are asked for.

    Raises ``KeyringFault`` where one does not open (see ``verify``).
    """
    with record.reading() as session:
        return _facts(record, session, _case(session, case), kinds)


def letters(record: Record, case: CaseRef) -> list[RecordedLetter]:
    """The letters of the case in the order they were written. Raises ``KeyringFault`` where one does not open."""
    with record.reading() as session:
        return _letters(record, session, _case(session, case))


def appointed(record: Record, case: CaseRef) -> tuple[Actor, ...]:
    """Who has a role in the case now: each person in their role, panel members with their agency, leads of actions.

    Empty where nobody is, or the record has no such case.
    """
    return tuple(dict.fromkeys(parts(record, case).values()))


def parts(record: Record, case: CaseRef) -> dict[str, Actor]:
    """The same, leads of actions by the id of the action."""
    with record.reading() as session:
        row = session.scalar(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id))
        known = [] if row is None else [f for f in _facts(record, session, row, OF_APPOINTMENTS) if f.stands]
    return appointed_by(each.fact for each in known)


OF_APPOINTMENTS: Final = (APPOINTED, APPOINTMENT_ENDED, PlanAction.FACT, ReplaceLead.FACT, SUPERSEDED)
"""The facts that say who has a part in a case, and those that say which of them do not stand."""


def appointed_by(facts: Iterable[Fact]) -> dict[str, Actor]:
    """Who has a part after these facts, all of which stand; leads of actions by the id of the action."""
    holding: dict[str, Actor] = {}
    for fact in facts:
        if fact.kind == APPOINTED:
            person, role = str(fact.detail["person"]), Role(str(fact.detail["role"]))
            agency = str(fact.detail.get("agency") or "") or None
            holding[f"{role.value}/{person}"] = Actor(person=person, role=role, agency=agency)
        elif fact.kind == APPOINTMENT_ENDED:
            holding.pop(fact.item or "", None)
        elif fact.kind in (PlanAction.FACT, ReplaceLead.FACT):  # whoever led it before does so no more
            holding[fact.item or ""] = Actor(person=str(fact.detail["lead"]), role=Role.ACTION_LEAD)
    return holding


def require_kept(session: Session, case: CaseRow) -> None:
    """Raises ``NotFound`` for a closed case whose record was destroyed: nothing is added to it any more."""
    gone = last_destruction(session, case) if case.closed_at is not None else None
    if gone is not None:
        raise NotFound(f"{case.reference}: {gone.words}; nothing is added to it")


def verify(record: Record, case: CaseRef) -> Verified:
    """Check the chain of the case's facts. Raises ``NotFound``."""
    with record.reading() as session:
        return chain.verify(session, record.keyring, _case(session, case))


def destroyed(record: Record, case: CaseRef) -> RecordDestroyed | None:
    """What the log says where the record of the case was destroyed, else ``None``. Raises ``NotFound``."""
    with record.reading() as session:
        return last_destruction(session, _case(session, case))


def export(record: Record, case: CaseRef) -> dict[str, object]:
    """The whole record of a case as a dict for JSON, read in one transaction; ``Export`` reads it back."""
    with record.reading() as session:
        row = _case(session, case)
        whole = Export(
            case=_summary(session, row),
            chain=chain.verify(session, record.keyring, row),
            facts=tuple(_facts(record, session, row)),
            clocks=tuple(_clocks(session, row)),
            tasks=tuple(read_tasks(session, select_tasks().where(TaskRow.case_id == row.id).order_by(TaskRow.id))),
            rungs=tuple(_rungs(session, row)),
            letters=tuple(_letters(record, session, row)),
        )
    return whole.model_dump(mode="json")


def _case(session: Session, case: CaseRef) -> CaseRow:
    row = session.scalar(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id))
    if row is None:
        raise NotFound(f"the record has no case {case.board}/{case.reference}")
    return row


def _summary(session: Session, row: CaseRow) -> CaseSummary:
    open_tasks = select(func.count()).where(TaskRow.case_id == row.id, TaskRow.done_at.is_(None))
    running = [clock.entry for clock in _clocks(session, row) if clock.current]
    due = (entry.deadline.due_at for entry in running if entry.status is ClockStatus.OPEN)
    return CaseSummary(
        case=CaseRef(board=row.board, reference=row.reference),
        workflow_id=row.workflow_id,
        regime=row.regime,
        stage=row.stage,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        facts=row.facts,
        open_tasks=session.scalar(open_tasks) or 0,
        next_due_at=min(due, default=None),
        stages=_stages(session, row),
    )


def _stages(session: Session, row: CaseRow) -> tuple[StageStanding, ...]:
    of_case = select(TransitionRow).where(TransitionRow.case_id == row.id).order_by(TransitionRow.sequence)
    last = {transition.stage: transition for transition in session.scalars(of_case)}
    return tuple(
        StageStanding(stage=stage, title=last[stage].title, at=last[stage].at, finished=last[stage].finished)
        for stage in sorted(last)
    )


def select_tasks() -> Select[TaskRow, CaseRow]:
    """Tasks, each with its case."""
    return select(TaskRow, CaseRow).join(CaseRow, CaseRow.id == TaskRow.case_id)


def read_tasks(session: Session, query: Select[TaskRow, CaseRow]) -> list[RecordedTask]:
    """What such a query finds."""
    return [
        RecordedTask(
            id=row.task,
            case=CaseRef(board=case.board, reference=case.reference),
            stage=row.stage,
            form=row.form,
            item=row.item,
            role=Role(row.role),
            agency=row.agency,
            title=row.title,
            clock=row.clock,
            due_at=row.due_at,
            opened_at=row.opened_at,
            done_at=row.done_at,
        )
        for row, case in session.execute(query)
    ]


def _clocks(session: Session, case: CaseRow) -> list[RecordedClock]:
    order = DeadlineRow.stage, DeadlineRow.clock, DeadlineRow.computation
    rows = session.scalars(select(DeadlineRow).where(DeadlineRow.case_id == case.id).order_by(*order)).all()
    last = {(row.stage, row.clock): row.computation for row in rows}
    return [
        RecordedClock(
            stage=row.stage,
            current=last[row.stage, row.clock] == row.computation,
            entry=ClockEntry.model_validate(row.entry),
            history=tuple(ClockStep.model_validate(step) for step in row.history or ()),
        )
        for row in rows
    ]


def _facts(record: Record, session: Session, case: CaseRow, kinds: tuple[str, ...] = ()) -> list[RecordedFact]:
    query = select(FactRow).where(FactRow.case_id == case.id).order_by(FactRow.seq)
    rows = session.scalars(query.where(FactRow.kind.in_(kinds)) if kinds else query).all()
    opened = {row.seq: chain.open_fact(record.keyring, case, row) for row in rows}
    gone = frozenset[int]().union(*map(superseded_by, opened.values()))
    return [
        RecordedFact(
            seq=row.seq,
            stage=row.stage,
            sequence=row.sequence,
            hash=row.hash,
            stands=row.seq not in gone,
            fact=opened[row.seq],
        )
        for row in rows
    ]


def _rungs(session: Session, case: CaseRow) -> list[RecordedRung]:
    rows = session.scalars(select(RungRow).where(RungRow.case_id == case.id).order_by(RungRow.id))
    return [
        RecordedRung(
            stage=row.stage,
            clock=row.clock,
            computation=row.computation,
            rung=row.rung,
            scheduled_at=row.scheduled_at,
            claimed_at=row.claimed_at,
            letter=row.letter,
        )
        for row in rows
    ]


def _letters(record: Record, session: Session, case: CaseRow) -> list[RecordedLetter]:
    rows = session.scalars(select(LetterRow).where(LetterRow.case_id == case.id).order_by(LetterRow.id))
    return [
        RecordedLetter(
            stage=row.stage,
            late=row.late,
            not_before=row.not_before,
            state=row.state,
            attempts=row.attempts,
            last_error=row.last_error,
            message_id=row.message_id,
            person=row.person,
            ended_at=row.ended_at,
            proof=row.proof,
            letter=open_letter(record.keyring, row),
        )
        for row in rows
    ]
