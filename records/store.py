"""Writing the case record: everything of one transition in one transaction, once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session

from domain.record import CaseRef, Climb, Fact, Letter, Recorded, Recording, Task
from records import chain
from records.deadlines import keep_clock
from records.engine import reading, writing
from records.insert import insert_new
from records.mornings import in_the_morning
from records.snapshots import keep_stage, open_snapshot, open_stage, seal_snapshot
from records.superseding import supersede
from records.tables import CaseRow, LetterRow, PostState, RungRow, TaskRow, TransitionRow
from sealing import Keyring

LATE = timedelta(minutes=15)
"""A rung climbed so long after its instant passed while the service was down."""
GATHER = timedelta(seconds=60)
"""How long the letters of such rungs, and daily letters, wait for each other, so that one combined letter leaves."""

HoldUntil = Callable[[str, datetime, bool], datetime]
"""When a letter of this board, written at this instant, urgent or not, may leave: after its quiet hours."""


class Record:
    """The case record. Safe to share between threads; every method is a transaction and raises ``RecordFault``."""

    def __init__(self, engine: Engine, keyring: Keyring, hold_until: HoldUntil) -> None:
        self.engine = engine
        self.keyring = keyring
        self._hold_until = hold_until

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction that writes."""
        return writing(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        """A transaction that reads."""
        return reading(self.engine)

    def write(self, recording: Recording) -> Recorded:
        """Record a transition. The same again gives the same answer and changes nothing.

        A worker may be killed after this and before the engine has taken the transition into history. Then another
        transition may come under the same sequence, at a later engine time: that is the one that stands, and facts
        that it does not repeat are named in a fact of their own as superseded. One at an earlier time comes from a
        worker that was given up, and is passed over.
        """
        with self.writing() as session:
            case = chain.locked_case(session, recording.case, recording.at)
            earlier = session.scalar(
                select(TransitionRow).where(
                    TransitionRow.stage == recording.stage, TransitionRow.sequence == recording.sequence
                )
            )
            if earlier is not None and recording.at <= earlier.at:
                return Recorded(next_post_at=earlier.next_post_at)
            facts = recording.facts if earlier is None else supersede(session, self.keyring, case, recording)
            self._write(session, case, recording, facts)
            return self._answer(session, case, recording, earlier)

    def daily_from(self, board: str, at: datetime) -> datetime:
        """When daily letters of the board may leave, those of that morning with them: after its quiet hours."""
        held = self._hold_until(board, at, False)
        return self._hold_until(board, in_the_morning(held), False) + GATHER

    def append_fact(self, session: Session, case: CaseRef, stage: str, fact: Fact) -> None:
        """Append a fact within the caller's transaction; the case stays locked until that ends."""
        chain.append_fact(session, self.keyring, chain.locked_case(session, case, fact.at), stage, fact)

    def restore(self, case: CaseRef) -> dict[str, Any] | None:
        """The state that the case was last closed with; ``None`` for a case that never closed.

        It is kept when the case opens again: a worker may be killed after the first recording of a case that goes on
        and before the engine took it in, and then asks once more.
        """
        with self.reading() as session:
            row = session.scalar(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id))
            return None if row is None else open_snapshot(self.keyring, row)

    def restore_stage(self, stage: str) -> dict[str, Any] | None:
        """The state that the stage of that workflow id ended with last; ``None`` where none was kept."""
        with self.reading() as session:
            return open_stage(session, self.keyring, stage)

    def _write(self, session: Session, case: CaseRow, recording: Recording, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            chain.append_fact(session, self.keyring, case, recording.stage, fact, sequence=recording.sequence)
        for entry in recording.clocks:
            keep_clock(session, case, recording, entry)
        _keep_tasks(session, case, recording)
        for letter, late in (*_claimed(session, case, recording), *((letter, False) for letter in recording.letters)):
            self._put(session, case, recording, letter, late)
        self._keep_case(case, recording)
        if recording.snapshot is not None and recording.stage != case.workflow_id:
            keep_stage(session, self.keyring, case, recording.stage, at=recording.at, snapshot=recording.snapshot)

    def _put(self, session: Session, case: CaseRow, recording: Recording, letter: Letter, late: bool) -> None:
        """Put a letter into the outbox; one that is there already is left as it is."""
        daily = letter.daily and letter.kind == "climb" and not letter.urgent
        not_before = self._not_before(case.board, recording.at, letter.urgent, late=late, daily=daily)
        key_id, sealed = self.keyring.seal(
            letter.model_dump_json().encode(), letter_context(recording.stage, letter.id)
        )
        insert_new(
            session,
            LetterRow,
            case_id=case.id,
            stage=recording.stage,
            letter=letter.id,
            sequence=recording.sequence,
            kind=letter.kind,
            role=letter.to.value,
            agency=letter.agency,
            urgent=letter.urgent,
            late=late,
            daily=daily,
            not_before=not_before,
            key_id=key_id,
            sealed=sealed,
        )

    def _not_before(self, board: str, at: datetime, urgent: bool, *, late: bool, daily: bool) -> datetime:
        if daily:
            return self.daily_from(board, at)
        held = self._hold_until(board, at, urgent)
        return max(held, at + GATHER) if late else held

    def _keep_case(self, case: CaseRow, recording: Recording) -> None:
        of_parent = recording.stage == case.workflow_id
        if recording.regime and (of_parent or not case.regime):  # the case may be moved to another one
            case.regime = recording.regime
        if of_parent or not case.stage:
            case.stage = recording.stage_title
        if not of_parent:
            return
        case.closed_at = recording.at if recording.finished else None
        if recording.finished and recording.snapshot is not None:
            seal_snapshot(self.keyring, case, recording.snapshot)

    def _answer(self, session: Session, case: CaseRow, recording: Recording, earlier: TransitionRow | None) -> Recorded:
        """The answer, kept with the transition for whoever asks again."""
        session.flush()
        row = earlier or TransitionRow(case_id=case.id, stage=recording.stage, sequence=recording.sequence)
        row.at, row.title, row.finished = recording.at, recording.stage_title, recording.finished
        row.next_post_at = first_waiting(session, recording.stage)
        session.add(row)
        return Recorded(next_post_at=row.next_post_at)


def letter_context(stage: str, letter: str) -> bytes:
    """What the body of a letter is sealed with beside the key: it opens only as the letter that it is."""
    return f"{stage}/letter/{letter}".encode()


def first_waiting(session: Session, stage: str) -> datetime | None:
    """When the first of the stage's waiting letters may leave."""
    waiting = LetterRow.stage == stage, LetterRow.state == PostState.WAITING
    return session.scalar(select(func.min(LetterRow.not_before)).where(*waiting))


def _claimed(session: Session, case: CaseRow, recording: Recording) -> Iterator[tuple[Letter, bool]]:
    """Claim the rungs. The letters of those that nobody claimed before, and whether they are late."""
    for climb in recording.climbs:
        if _claim(session, case, recording, climb):
            yield climb.letter, recording.at > climb.scheduled_at + LATE


def _claim(session: Session, case: CaseRow, recording: Recording, climb: Climb) -> bool:
    return insert_new(
        session,
        RungRow,
        case_id=case.id,
        stage=recording.stage,
        clock=climb.clock,
        computation=climb.computation,
        rung=climb.rung,
        scheduled_at=climb.scheduled_at,
        claimed_at=recording.at,
        letter=climb.letter.id,
    )


def _keep_tasks(session: Session, case: CaseRow, recording: Recording) -> None:
    """What the transition lists is open; what was open and is not listed any more is done."""
    listed = {} if recording.finished else {_full_id(recording.stage, task): task for task in recording.tasks}
    concerned = or_(TaskRow.done_at.is_(None), TaskRow.task.in_(list(listed)))
    of_stage = select(TaskRow).where(TaskRow.stage == recording.stage, concerned)
    rows = {row.task: row for row in session.scalars(of_stage)}
    for full, row in rows.items():
        if full not in listed and row.done_at is None:
            row.done_at = recording.at
    for full, task in listed.items():
        known = rows.get(full)
        row = known or TaskRow(case_id=case.id, stage=recording.stage, task=full)
        if known is None or known.done_at is not None:
            row.opened_at, row.done_at = recording.at, None
        row.form, row.item, row.role, row.agency = task.form, task.item, task.role.value, task.agency
        row.title, row.clock, row.due_at = task.title, task.clock, task.due_at
        session.add(row)


def _full_id(stage: str, task: Task) -> str:
    return f"{stage.removeprefix('scr/')}/{task.id}"
