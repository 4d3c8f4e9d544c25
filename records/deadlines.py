"""The clocks in the record: one row a computation, as it stands now."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.record import ClockEntry, ClockStatus, Recording
from records.tables import CaseRow, DeadlineRow, LetterRow, PostState


def keep_clock(session: Session, case: CaseRow, recording: Recording, entry: ClockEntry) -> None:
    """Keep a clock as the transition left it. Earlier computations stay as they were."""
    row = session.scalar(
        select(DeadlineRow).where(
            DeadlineRow.stage == recording.stage,
            DeadlineRow.clock == entry.id,
            DeadlineRow.computation == entry.computation,
        )
    )
    if row is None:
        row = DeadlineRow(
            case_id=case.id, stage=recording.stage, clock=entry.id, computation=entry.computation, entry=None
        )
        session.add(row)
    row.before, row.sequence = row.entry, recording.sequence
    _fill(row, entry)
    if entry.status is not ClockStatus.OPEN:
        _withdraw_letters(session, recording.stage, entry.id)


def undo_clocks(session: Session, recording: Recording) -> None:
    """Take back what this transition, as it was recorded first, and any after it did to the stage's clocks."""
    changed = DeadlineRow.stage == recording.stage, DeadlineRow.sequence >= recording.sequence
    for row in session.scalars(select(DeadlineRow).where(*changed)):
        if row.before is None:
            session.delete(row)
        else:
            _fill(row, ClockEntry.model_validate(row.before))
    session.flush()


def _withdraw_letters(session: Session, stage: str, clock: str) -> None:
    """Nobody is chased for what has been done: escalations that still wait, for the morning say, do not leave."""
    waiting = LetterRow.stage == stage, LetterRow.kind == "climb", LetterRow.state == PostState.WAITING
    session.execute(
        update(LetterRow)
        .where(*waiting, LetterRow.letter.startswith(f"climb/{clock}/", autoescape=True))
        .values(state=PostState.WITHDRAWN.value)
    )


def _fill(row: DeadlineRow, entry: ClockEntry) -> None:
    row.rule, row.item, row.title = entry.rule.id, entry.item, entry.rule.title
    row.due_on, row.due_at = entry.deadline.due_on, entry.deadline.due_at
    row.status, row.satisfied_at = entry.status.value, entry.satisfied_at
    row.waiting_on = entry.waiting_on and entry.waiting_on.value
    row.entry = entry.model_dump(mode="json")
