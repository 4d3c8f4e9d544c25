"""The clocks in the record: one row a computation, as it stands now, with how it stood from when on."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.record import ClockEntry, ClockStatus, Recording
from records.tables import CaseRow, DeadlineRow, LetterRow, PostState
from records.views import ClockStep


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
    row.history = _history(row, recording, entry)
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
            row.history = [step for step in row.history or () if step["sequence"] < recording.sequence] or None
    session.flush()


def _history(row: DeadlineRow, recording: Recording, entry: ClockEntry) -> list[dict[str, Any]]:
    """What is known of how the computation stood, with this transition where it changes that; rungs do not."""
    known = list(row.history or ())
    if not known and row.entry is not None:  # recorded by an earlier version
        known.append(_step(row.sequence, None, ClockEntry.model_validate(row.entry)))
    step = _step(recording.sequence, recording.at, entry)
    last = known[-1] if known else {}
    if any(last.get(name) != step[name] for name in ("status", "satisfied_at", "stops")):
        known.append(step)
    return known


def _step(sequence: int, at: datetime | None, entry: ClockEntry) -> dict[str, Any]:
    told = ClockStep(sequence=sequence, at=at, status=entry.status, satisfied_at=entry.satisfied_at, stops=entry.stops)
    return told.model_dump(mode="json")


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
