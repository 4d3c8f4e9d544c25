"""How a case stood at an earlier instant, as far as its record tells it beside the facts."""

from datetime import datetime

from sqlalchemy import select

from domain.record import CaseRef
from records.store import Record
from records.tables import CaseRow, DeadlineRow, TransitionRow

ClockKey = tuple[str, str, int]
"""Stage, id of the clock within it, and number of the computation."""


def stage_title(record: Record, case: CaseRef, stage: str, until: datetime) -> str:
    """Where a stage stood at that instant, in words; empty where it had not begun.

    ``stage`` is a workflow id; that of the case itself tells where the whole case stood.
    """
    query = (
        select(TransitionRow.title)
        .join(CaseRow, CaseRow.id == TransitionRow.case_id)
        .where(CaseRow.workflow_id == case.workflow_id, TransitionRow.stage == stage, TransitionRow.at <= until)
        .order_by(TransitionRow.sequence.desc())
        .limit(1)
    )
    with record.reading() as session:
        return session.scalar(query) or ""


def clocks_changed(record: Record, case: CaseRef) -> dict[ClockKey, datetime]:
    """When each computation of each clock was changed last: for one that was withdrawn, when it was withdrawn."""
    query = (
        select(DeadlineRow.stage, DeadlineRow.clock, DeadlineRow.computation, TransitionRow.at)
        .join(CaseRow, CaseRow.id == DeadlineRow.case_id)
        .join(
            TransitionRow,
            (TransitionRow.stage == DeadlineRow.stage) & (TransitionRow.sequence == DeadlineRow.sequence),
        )
        .where(CaseRow.workflow_id == case.workflow_id)
    )
    with record.reading() as session:
        return {(stage, clock, number): at for stage, clock, number, at in session.execute(query)}
