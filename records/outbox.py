"""The outbox: letters are claimed, handed over, and their end is kept with the case.

A claim has a lease: when its holder dies, others take the letter after it. A letter's first end stands; telling an end
again changes nothing. Instants come from the engine and are passed in.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from domain.model import Model
from domain.record import CaseRef, Delivery, Fact, Letter, LetterOutcome
from records import chain
from records.store import GATHER, Record, first_waiting, letter_context
from records.tables import CaseRow, LetterRow, PostState, TaskRow
from sealing import Keyring

ENDS = (PostState.SENT, PostState.REFUSED, PostState.UNADDRESSED, PostState.WITHDRAWN)


class OutboxLetter(Model):
    """A letter claimed for sending."""

    pk: int
    """Names it for the other functions of the outbox."""
    case: CaseRef
    stage: str
    letter: Letter
    late: bool
    """An escalation whose instant passed while the service was down: combined with others to the same person."""
    daily: bool = False
    """An escalation that leaves with others of its kind, one message a person and day."""
    not_before: datetime
    attempts: int
    """How often it was claimed, this time included."""


def claim_ripe(record: Record, stage: str, at: datetime, claimant: str, lease: timedelta) -> list[OutboxLetter]:
    """Claim the letters that may leave at this instant, in the order they were written.

    They are the stage's own, and the late and the daily escalations of every case, so that a person gets one letter
    after an outage, and one a day. Letters being sent are claimed again by the same claimant, or by anybody once their
    lease is over; then those of one claimant alone, so that what the mail server may have taken already makes the same
    messages again.
    """
    with record.writing() as session:
        rows = session.execute(
            select(LetterRow, CaseRow)
            .join(CaseRow, CaseRow.id == LetterRow.case_id)
            .where(_in_reach(stage), _free(at, claimant))
            .order_by(LetterRow.id)
            .with_for_update(of=LetterRow, skip_locked=True)
        ).all()
        begun = {row.claimed_by or "" for row, _ in rows if row.state == PostState.SENDING}
        # Letters that wait are nobody's yet.
        whose = min(begun, key=lambda by: (by != claimant, by)) if begun else None
        mine = [(row, case) for row, case in rows if row.claimed_by == whose]
        leaving = {_gathers(row) for row, _ in mine if row.not_before <= at or row.state == PostState.SENDING}
        return [
            _claimed(record.keyring, case, row, claimant, at + lease)
            for row, case in mine
            # Letters that gather leave with the first of them, not with others that happen to leave before it.
            if _gathers(row) in leaving
        ]


def _gathers(row: LetterRow) -> tuple[bool, bool]:
    return row.late, row.daily


def _in_reach(stage: str) -> ColumnElement[bool]:
    together = or_(LetterRow.late, LetterRow.daily)
    return or_(LetterRow.stage == stage, and_(together, LetterRow.kind == "climb"))


def _free(at: datetime, claimant: str) -> ColumnElement[bool]:
    # Those that gather leave with the first of them: cases wake a moment apart after an outage.
    gathering = and_(or_(LetterRow.late, LetterRow.daily), LetterRow.not_before <= at + GATHER)
    ripe = and_(LetterRow.state == PostState.WAITING, or_(LetterRow.not_before <= at, gathering))
    lapsed = or_(LetterRow.claimed_by == claimant, LetterRow.claimed_until < at)
    return or_(ripe, and_(LetterRow.state == PostState.SENDING, lapsed))


def _claimed(keyring: Keyring, case: CaseRow, row: LetterRow, claimant: str, until: datetime) -> OutboxLetter:
    row.state = PostState.SENDING
    row.claimed_by, row.claimed_until = claimant, until
    row.attempts += 1
    return OutboxLetter(
        pk=row.id,
        case=CaseRef(board=case.board, reference=case.reference),
        stage=row.stage,
        letter=open_letter(keyring, row),
        late=row.late,
        daily=row.daily,
        not_before=row.not_before,
        attempts=row.attempts,
    )


def open_letter(keyring: Keyring, row: LetterRow) -> Letter:
    """The letter as it was put in. Raises ``KeyringFault`` where it does not open."""
    return Letter.model_validate_json(keyring.open(row.key_id, row.sealed, letter_context(row.stage, row.letter)))


def mark_sent(record: Record, pk: int, at: datetime, *, message_id: str, person: str | None, proof: str) -> None:
    """The letter was handed over to the mail server. ``person`` is the reader's id; ``proof`` holds no address."""
    _end(record, pk, PostState.SENT, at, message_id=message_id, person=person, proof=proof)


def mark_refused(record: Record, pk: int, at: datetime, *, message_id: str, person: str | None, proof: str) -> None:
    """The mail server refused the letter for good. ``proof`` is its answer without addresses."""
    _end(record, pk, PostState.REFUSED, at, message_id=message_id, person=person, proof=proof)


def mark_withdrawn(record: Record, pk: int, at: datetime) -> None:
    """What the letter asks for was done before it left."""
    _end(record, pk, PostState.WITHDRAWN, at, message_id="", person=None, proof="")


def is_done(record: Record, task: str) -> bool:
    """Whether that task, by its full id, was asked for and is done."""
    with record.reading() as session:
        known = session.execute(select(TaskRow.done_at).where(TaskRow.task == task)).one_or_none()
        return known is not None and known.done_at is not None


def mark_unaddressed(record: Record, pk: int, at: datetime, *, proof: str = "") -> None:
    """The directory has nobody to send the letter to."""
    _end(record, pk, PostState.UNADDRESSED, at, message_id="", person=None, proof=proof)


def _end(
    record: Record, pk: int, end: PostState, at: datetime, *, message_id: str, person: str | None, proof: str
) -> None:
    with record.writing() as session:
        case = session.execute(
            select(CaseRow.board, CaseRow.reference)
            .join(LetterRow, LetterRow.case_id == CaseRow.id)
            .where(LetterRow.id == pk)
        ).one()
        # The case first, then the letter: the order in which everybody locks.
        locked = chain.locked_case(session, CaseRef(board=case.board, reference=case.reference), at)
        row = session.scalars(select(LetterRow).where(LetterRow.id == pk).with_for_update()).one()
        if row.state in ENDS:
            return
        row.state, row.ended_at = end, at
        row.message_id, row.person, row.proof = message_id, person, proof
        row.claimed_by = row.claimed_until = None
        chain.append_fact(session, record.keyring, locked, row.stage, _end_fact(row, end, at))


def _end_fact(row: LetterRow, end: PostState, at: datetime) -> Fact:
    detail = {"letter": row.letter, "role": row.role, "message_id": row.message_id, "proof": row.proof}
    return Fact(kind=f"letter-{end}", at=at, item=row.agency, detail={k: v for k, v in detail.items() if v})


def release(record: Record, pks: Iterable[int], error: str) -> None:
    """Give claimed letters back to wait for another attempt. ``error`` says why, without addresses."""
    with record.writing() as session:
        session.execute(
            update(LetterRow)
            .where(LetterRow.id.in_(list(pks)), LetterRow.state == PostState.SENDING)
            .values(state=PostState.WAITING, claimed_by=None, claimed_until=None, last_error=error)
        )


def put_off(record: Record, pk: int, until: datetime) -> None:
    """Let a claimed letter wait: its reader had the message of that day. This attempt does not count as one."""
    waiting = {"state": PostState.WAITING, "claimed_by": None, "claimed_until": None, "not_before": until}
    with record.writing() as session:
        session.execute(
            update(LetterRow)
            .where(LetterRow.id == pk, LetterRow.state == PostState.SENDING)
            .values(**waiting, attempts=LetterRow.attempts - 1)
        )


def outcomes(record: Record, stage: str) -> tuple[LetterOutcome, ...]:
    """What the stage has to know: its notices that were sent, and every letter that could not be delivered."""
    with record.reading() as session:
        told = or_(
            and_(LetterRow.kind == "notice", LetterRow.state == PostState.SENT),
            LetterRow.state.in_([PostState.REFUSED, PostState.UNADDRESSED]),
        )
        rows = session.scalars(select(LetterRow).where(LetterRow.stage == stage, told).order_by(LetterRow.id))
        return tuple(_outcome(row) for row in rows)


def _outcome(row: LetterRow) -> LetterOutcome:
    assert row.ended_at is not None, "an end has its instant"  # noqa: S101
    return LetterOutcome(
        letter=row.letter, delivery=Delivery(row.state), at=row.ended_at, message_id=row.message_id, proof=row.proof
    )


def next_post_at(record: Record, stage: str, at: datetime) -> datetime | None:
    """When to look again: the first waiting letter, or the end of a lease on one that is being sent; never before now.

    ``None`` where the stage has no letter on its way.
    """
    with record.reading() as session:
        instants: Sequence[datetime | None] = (first_waiting(session, stage), _first_lease(session, stage))
        return max(at, min(known)) if (known := [i for i in instants if i is not None]) else None


def _first_lease(session: Session, stage: str) -> datetime | None:
    sending = LetterRow.stage == stage, LetterRow.state == PostState.SENDING
    return session.scalar(select(func.min(LetterRow.claimed_until)).where(*sending))
