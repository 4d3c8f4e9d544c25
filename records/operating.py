"""How the service itself does, for whoever operates it: numbers and instants, nothing of any case."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select, text

from domain.model import Model
from records.migrate import newest_version
from records.store import Record
from records.tables import HeartbeatRow, LetterRow, PostState

FAILED = (PostState.REFUSED.value, PostState.UNADDRESSED.value)
LATELY = timedelta(days=7)
"""How far back letters that failed are counted, and workers that ended are shown."""


class Worker(Model):
    """A worker process."""

    worker: str
    """Random id, which its log names too."""
    task_queue: str
    begun_at: datetime
    at: datetime
    """When its heart beat last."""
    ended_at: datetime | None
    """When it was stopped in order."""


class MailQueue(Model):
    """The letters of all boards on their way."""

    ready: int
    """That may leave, and wait."""
    oldest: datetime | None
    """Since when the first of those may leave."""
    urgent: int
    """How many of those are about the safety of children."""
    held: int
    """That wait for a later hour: for the end of quiet hours, or for others that leave with them."""
    next_at: datetime | None
    """When the first of those may leave."""
    sending: int
    sent: int
    """Lately."""
    refused: int
    """By the mail server, lately."""
    unaddressed: int
    """With nobody to write to, lately."""


class TablesVersion(Model):
    """The version of the record's tables."""

    now: str
    newest: str
    """That this version of the service knows."""


def workers(record: Record, at: datetime) -> tuple[Worker, ...]:
    """The worker processes of the last days, those that run first."""
    query = (
        select(HeartbeatRow)
        .where(HeartbeatRow.at >= at - LATELY)
        .order_by(HeartbeatRow.ended_at.is_not(None), HeartbeatRow.at.desc())
        .limit(20)
    )
    with record.reading() as session:
        return tuple(
            Worker(
                worker=row.worker,
                task_queue=row.task_queue,
                begun_at=row.begun_at,
                at=row.at,
                ended_at=row.ended_at,
            )
            for row in session.scalars(query)
        )


def mail_queue(record: Record, at: datetime) -> MailQueue:
    """How many letters wait, leave, left and failed."""
    ready = LetterRow.not_before <= at
    waiting = select(
        func.sum(case((ready, 1), else_=0)),
        func.min(case((ready, LetterRow.not_before))),
        func.sum(case((and_(ready, LetterRow.urgent.is_(True)), 1), else_=0)),
        func.sum(case((ready, 0), else_=1)),
        func.min(case((ready, None), else_=LetterRow.not_before)),
    ).where(LetterRow.state == PostState.WAITING.value)
    ended = (
        select(LetterRow.state, func.count())
        .where(LetterRow.state.in_((PostState.SENT.value, *FAILED)), LetterRow.ended_at >= at - LATELY)
        .group_by(LetterRow.state)
    )
    leaving = select(func.count()).select_from(LetterRow).where(LetterRow.state == PostState.SENDING.value)
    with record.reading() as session:
        count, oldest, urgent, held, next_at = session.execute(waiting).one()
        lately = dict(session.execute(ended).all())
        sending = session.scalar(leaving) or 0
    return MailQueue(
        ready=count or 0,
        oldest=oldest,
        urgent=urgent or 0,
        held=held or 0,
        next_at=next_at,
        sending=sending,
        sent=lately.get(PostState.SENT.value, 0),
        refused=lately.get(PostState.REFUSED.value, 0),
        unaddressed=lately.get(PostState.UNADDRESSED.value, 0),
    )


def tables_version(record: Record) -> TablesVersion:
    """Which version the tables of the record have, and which there could be."""
    with record.reading() as session:
        now = session.scalar(text("SELECT version_num FROM alembic_version"))
    return TablesVersion(now=str(now or "none"), newest=newest_version())
