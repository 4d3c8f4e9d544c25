"""Lists over all cases of a board, from the read tables by SQL: a page of rows at a time, whatever there are in all.

Whom a row may be shown to is decided by ``Reach``, which says the same of many cases as a page's own rules of one.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true

from domain.model import Model
from domain.people import Role
from domain.record import CaseRef, ClockEntry
from records import appointed, queries
from records.store import Record
from records.tables import AppointmentRow, CaseRow, DeadlineRow, TaskRow
from records.views import RecordedTask

A_PAGE: Final = 50
"""Rows of a list on one page."""
CHILDREN_TO_COME: Final = re.compile(r" \([0-9]|; children first: ")


class Reach(Model):
    """The cases of a board that somebody sees something of."""

    board: str
    person: str
    everything: bool = False
    """Whether something of every case of the board."""
    agencies: tuple[str, ...] = ()
    """The agencies as which the person sees the cases in which they are asked."""
    standing: bool = False
    """Whether the person sees where each case of the board stands."""


class Asking(Model):
    """What somebody is asked in by the directory, beside what they are asked by appointment."""

    role: Role
    agency: str | None = None
    """For roles within an agency."""


class CaseLine(Model):
    """A case as a list shows it."""

    case: CaseRef
    stage: str
    opened_at: datetime
    closed_at: datetime | None
    standing: bool
    """Whether its stage and its times may be shown."""


class CaseFilter(Model):
    """Which cases are asked for."""

    reference: str = ""
    """What their reference contains."""
    stage: str = ""
    """Where they stand, as ``kind_of_stage`` says it."""
    open: bool | None = None
    """Open or closed ones; none for both."""


class StageCount(Model):
    """How many open cases stand somewhere."""

    stage: str
    """As ``CaseFilter`` takes it."""
    cases: int

    @property
    def words(self) -> str:
        """To be read by itself: without what every case begins with."""
        words = self.stage.removeprefix("Case: ")
        return words[:1].upper() + words[1:]


class TaskPage(Model):
    """A page of tasks, the earliest due first."""

    tasks: tuple[RecordedTask, ...]
    count: int
    """How many there are on all pages."""
    overdue: int


def cases(record: Record, reach: Reach, wanted: CaseFilter, number: int = 1) -> tuple[tuple[CaseLine, ...], bool]:
    """A page of the cases that somebody sees something of, by reference, and whether more follow."""
    if not reach.everything or not reach.standing:
        appointed.refresh(record, reach.board)
    shown = true() if reach.standing else CaseRow.id.in_(_appointed_in(reach, STANDING))
    query = (
        select(CaseRow.reference, CaseRow.stage, CaseRow.opened_at, CaseRow.closed_at, shown.label("standing"))
        .where(*_within(reach), *_wanted(wanted))
        .order_by(CaseRow.reference)
        .offset((number - 1) * A_PAGE)
        .limit(A_PAGE + 1)
    )
    with record.reading() as session:
        rows = session.execute(query).all()
    lines = [
        CaseLine(
            case=CaseRef(board=reach.board, reference=row.reference),
            stage=row.stage if row.standing else "",
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            standing=bool(row.standing),
        )
        for row in rows
    ]
    return tuple(lines[:A_PAGE]), len(lines) > A_PAGE


STANDING: Final = (Role.PANEL_CHAIR, Role.LEAD_REVIEWER, Role.PANEL_MEMBER)
"""Who, being appointed, sees where the case stands."""


def _within(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    of_board = CaseRow.board == reach.board
    if reach.everything:
        return (of_board,)
    asked = select(TaskRow.case_id).where(TaskRow.agency.in_(reach.agencies))
    return of_board, or_(CaseRow.id.in_(asked), CaseRow.id.in_(_appointed_in(reach)))


def _appointed_in(reach: Reach, roles: Iterable[Role] = ()) -> Select[int]:
    """The cases in which the person has a part, or one of these roles."""
    mine = select(AppointmentRow.case_id).where(AppointmentRow.person == reach.person)
    values = [role.value for role in roles]
    return mine.where(AppointmentRow.role.in_(values)) if values else mine


def _wanted(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.reference:
        conditions.append(func.lower(CaseRow.reference).contains(wanted.reference.lower(), autoescape=True))
    if wanted.open is not None:
        conditions.append(CaseRow.closed_at.is_(None) if wanted.open else CaseRow.closed_at.is_not(None))
    if wanted.stage:
        more = (
            CaseRow.stage.startswith(f"{wanted.stage}{mark}", autoescape=True) for mark in (" (", "; children first: ")
        )
        conditions.append(or_(CaseRow.stage == wanted.stage, *more))
    return conditions


def stages(record: Record, board: str) -> tuple[StageCount, ...]:
    """Where the open cases of the board stand, most of them first."""
    query = (
        select(CaseRow.stage, func.count())
        .where(CaseRow.board == board, CaseRow.closed_at.is_(None))
        .group_by(CaseRow.stage)
    )
    counted: Counter[str] = Counter()
    with record.reading() as session:
        for stage, count in session.execute(query):
            counted[kind_of_stage(stage)] += count
    return tuple(StageCount(stage=stage, cases=count) for stage, count in sorted(counted.items(), key=_most_first))


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def kind_of_stage(stage: str) -> str:
    """Where a case stands, without what differs from case to case: how many children are still to be decided for."""
    return CHILDREN_TO_COME.split(stage, maxsplit=1)[0]


def tasks(record: Record, reach: Reach, asking: Iterable[Asking], at: datetime, number: int = 1) -> TaskPage:
    """A page of what somebody is asked and has not done, those without a due instant last."""
    appointed.refresh(record, reach.board)
    mine = and_(CaseRow.board == reach.board, TaskRow.done_at.is_(None), _asked(reach, asking))
    counts = select(func.count(), func.sum(case((TaskRow.due_at <= at, 1), else_=0)))
    order = TaskRow.due_at.is_(None), TaskRow.due_at, TaskRow.task
    rows = queries.select_tasks().where(mine).order_by(*order).offset((number - 1) * A_PAGE).limit(A_PAGE)
    with record.reading() as session:
        count, overdue = session.execute(counts.join(CaseRow, CaseRow.id == TaskRow.case_id).where(mine)).one()
        return TaskPage(tasks=tuple(queries.read_tasks(session, rows)), count=count, overdue=overdue or 0)


def _asked(reach: Reach, asking: Iterable[Asking]) -> ColumnElement[bool]:
    held = (
        and_(TaskRow.role == each.role.value, or_(TaskRow.agency.is_(None), TaskRow.agency == each.agency))
        if each.role.of_an_agency
        else TaskRow.role == each.role.value
        for each in asking
    )
    # Of the leads of actions each has their own; in other roles of a case all who hold them are asked.
    own = or_(
        AppointmentRow.role != Role.ACTION_LEAD.value,
        TaskRow.item == AppointmentRow.item,
        func.substr(TaskRow.item, 1, func.length(AppointmentRow.item) + 1) == AppointmentRow.item + "/",
    )
    here = AppointmentRow.case_id == TaskRow.case_id, AppointmentRow.role == TaskRow.role
    appointed_there = select(AppointmentRow.id).where(AppointmentRow.person == reach.person, *here, own).exists()
    return or_(false(), *held, appointed_there)


def clocks_of(record: Record, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ClockEntry]:
    """The clocks of these stages and ids, each by its last computation, without its working."""
    keys = set(wanted)
    query = (
        select(DeadlineRow.stage, DeadlineRow.clock, DeadlineRow.entry)
        .where(DeadlineRow.stage.in_({stage for stage, _ in keys}), DeadlineRow.clock.in_({clock for _, clock in keys}))
        .order_by(DeadlineRow.computation)
    )
    with record.reading() as session:
        found = {(stage, clock): entry for stage, clock, entry in session.execute(query)}
    return {key: without_working(entry) for key, entry in found.items() if key in keys}


def without_working(entry: dict[str, object]) -> ClockEntry:
    """The clock as it was kept. Its working, a line for each day, is most of it and left out."""
    deadline = entry["deadline"]
    assert isinstance(deadline, dict), "an entry has its deadline"  # noqa: S101
    return ClockEntry.model_validate({**entry, "deadline": {**deadline, "working": ()}})
