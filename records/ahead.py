"""The clocks of all cases of a board that still wait for somebody, or lately stopped doing so."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from domain.model import Model
from domain.record import CaseRef, ClockEntry, ClockStatus
from records.store import Record
from records.tables import CaseRow, DeadlineRow, TransitionRow
from records.views import ClockStep

WAITING = (ClockStatus.OPEN, ClockStatus.STOPPED)


class ClockAhead(Model):
    """A clock as it stands now."""

    case: CaseRef
    stage: str
    """Workflow id of its stage."""
    entry: ClockEntry
    changed_at: datetime
    """The engine's time of the transition with which its date, its stops or its status changed last."""
    revision: int
    """How often they changed since it was computed first: it only ever rises."""

    @property
    def waits(self) -> bool:
        """Whether what it waits for has still to come."""
        return self.entry.status in WAITING


def clocks_ahead(record: Record, board: str, ended_since: datetime) -> list[ClockAhead]:
    """Clocks of the board that wait, and those that were satisfied or withdrawn since then, in order of the case."""
    last = (
        select(DeadlineRow.stage, DeadlineRow.clock, func.max(DeadlineRow.computation).label("computation"))
        .join(CaseRow, CaseRow.id == DeadlineRow.case_id)
        .where(CaseRow.board == board)
        .group_by(DeadlineRow.stage, DeadlineRow.clock)
        .subquery()
    )
    query = (
        select(DeadlineRow, CaseRow.reference, TransitionRow.at)
        .join(
            last,
            (last.c.stage == DeadlineRow.stage)
            & (last.c.clock == DeadlineRow.clock)
            & (last.c.computation == DeadlineRow.computation),
        )
        .join(CaseRow, CaseRow.id == DeadlineRow.case_id)
        .join(
            TransitionRow,
            (TransitionRow.stage == DeadlineRow.stage) & (TransitionRow.sequence == DeadlineRow.sequence),
        )
        .where(or_(DeadlineRow.status.in_(WAITING), TransitionRow.at >= ended_since))
        .order_by(CaseRow.reference, DeadlineRow.stage, DeadlineRow.clock)
    )
    with record.reading() as session:
        earlier = _earlier(session, board)
        found = [
            _ahead(CaseRef(board=board, reference=reference), row, at, earlier[row.stage, row.clock])
            for row, reference, at in session.execute(query)
        ]
    return [each for each in found if each.waits or each.changed_at >= ended_since]


def _earlier(session: Session, board: str) -> dict[tuple[str, str], dict[int, int]]:
    """Of each clock that was computed again, how many steps each computation has."""
    again = select(DeadlineRow.stage, DeadlineRow.clock).where(DeadlineRow.computation > 1).distinct().subquery()
    query = (
        select(DeadlineRow.stage, DeadlineRow.clock, DeadlineRow.computation, DeadlineRow.history)
        .join(again, (again.c.stage == DeadlineRow.stage) & (again.c.clock == DeadlineRow.clock))
        .join(CaseRow, CaseRow.id == DeadlineRow.case_id)
        .where(CaseRow.board == board)
    )
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for stage, clock, computation, history in session.execute(query):
        found[stage, clock][computation] = len(history or ()) or 1
    return found


def _ahead(case: CaseRef, row: DeadlineRow, transition_at: datetime, computations: dict[int, int]) -> ClockAhead:
    steps = [ClockStep.model_validate(step) for step in row.history or ()]
    before = sum(steps for number, steps in computations.items() if number < row.computation)
    changed_at = steps[-1].at if steps else None
    return ClockAhead(
        case=case,
        stage=row.stage,
        entry=ClockEntry.model_validate(row.entry),
        changed_at=changed_at or transition_at,
        revision=before + max(len(steps), 1) - 1,
    )
