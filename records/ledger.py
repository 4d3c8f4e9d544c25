"""What should happen by when, as the record knows it: written with each transition, when a timer is armed.

Who reads this needs neither Temporal nor the key ring: nothing here is sealed.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from domain.model import Model
from domain.record import CaseRef, ClockEntry, ClockStatus
from records.tables import CaseRow, DeadlineRow, LetterRow, PostState, TransitionRow

ROWS_AT_A_TIME = 500


class OpenStage(Model):
    """A stage that is not at its end, as its last recorded transition left it."""

    case: CaseRef
    stage: str
    """Workflow id."""
    sequence: int
    """How many transitions it has."""
    at: datetime
    """The engine's time of the last."""


class WaitingLetters(Model):
    """Letters of a board that should have left."""

    board: str
    letters: int
    urgent: int
    """How many of them are child-safety letters."""
    since: datetime
    """When the first of them should have left."""


def open_stages(session: Session) -> dict[str, OpenStage]:
    """Every stage of every case, the case itself among them, of which the end is not recorded; by workflow id."""
    last = select(TransitionRow.stage, func.max(TransitionRow.sequence).label("sequence")).group_by(TransitionRow.stage)
    newest = last.subquery()
    is_last = and_(TransitionRow.stage == newest.c.stage, TransitionRow.sequence == newest.c.sequence)
    columns = select(
        CaseRow.board, CaseRow.reference, TransitionRow.stage, TransitionRow.sequence, TransitionRow.at
    ).order_by(TransitionRow.stage)
    rows = session.execute(
        columns.join(newest, is_last)
        .join(CaseRow, CaseRow.id == TransitionRow.case_id)
        .where(TransitionRow.finished.is_(False))
    )
    return {
        stage: OpenStage(case=CaseRef(board=board, reference=reference), stage=stage, sequence=sequence, at=at)
        for board, reference, stage, sequence, at in rows
    }


def running_clocks(session: Session) -> Iterator[tuple[str, ClockEntry]]:
    """Every clock that runs, by its last computation, with the workflow id of its stage; without its working."""
    later = aliased(DeadlineRow)
    superseded = exists().where(
        later.stage == DeadlineRow.stage,
        later.clock == DeadlineRow.clock,
        later.computation > DeadlineRow.computation,
    )
    running = select(DeadlineRow.stage, DeadlineRow.entry).where(
        DeadlineRow.status == ClockStatus.OPEN.value, ~superseded
    )
    for stage, entry in session.execute(running.execution_options(yield_per=ROWS_AT_A_TIME)):
        # The working, a line for each day, decides nothing and is most of it.
        yield stage, ClockEntry.model_validate({**entry, "deadline": {**entry["deadline"], "working": ()}})


def waiting_letters(session: Session, since: datetime) -> list[WaitingLetters]:
    """The letters, board by board, that could have left at that instant or before it and did not."""
    counted = (
        CaseRow.board,
        func.count(),
        func.sum(case((LetterRow.urgent.is_(True), 1), else_=0)),
        func.min(LetterRow.not_before),
    )
    rows = session.execute(
        select(*counted)
        .join(CaseRow, CaseRow.id == LetterRow.case_id)
        .where(LetterRow.state.in_([PostState.WAITING, PostState.SENDING]), LetterRow.not_before <= since)
        .group_by(CaseRow.board)
        .order_by(CaseRow.board)
    )
    return [
        WaitingLetters(board=board, letters=letters, urgent=urgent, since=first)
        for board, letters, urgent, first in rows
    ]
