"""The workers' heartbeats: a worker that is not there cannot say so itself."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from domain.model import Model
from records.engine import writing
from records.insert import insert_new
from records.tables import HeartbeatRow

FORGOTTEN_AFTER = timedelta(days=7)
"""How long a worker that beats no more is remembered."""


class Heartbeat(Model):
    """When a worker was seen last."""

    worker: str
    at: datetime
    ended_at: datetime | None
    """When it was stopped in order; ``None`` where it runs, or was lost."""


def beat(engine: Engine, worker: str, task_queue: str, at: datetime) -> None:
    """The worker is there at this instant; those long gone are forgotten. Raises ``RecordFault``."""
    with writing(engine) as session:
        values = {"worker": worker, "task_queue": task_queue, "begun_at": at, "at": at}
        if not insert_new(session, HeartbeatRow, **values):
            session.execute(update(HeartbeatRow).where(HeartbeatRow.worker == worker).values(at=at))
        session.execute(delete(HeartbeatRow).where(HeartbeatRow.at < at - FORGOTTEN_AFTER))


def end(engine: Engine, worker: str, at: datetime) -> None:
    """The worker was stopped in order. Raises ``RecordFault``."""
    with writing(engine) as session:
        session.execute(update(HeartbeatRow).where(HeartbeatRow.worker == worker).values(ended_at=at))


def last_seen(session: Session, task_queue: str) -> Heartbeat | None:
    """The worker of the task queue that was seen last, one that runs before one that ended; ``None`` without any."""
    of_queue = select(HeartbeatRow).where(HeartbeatRow.task_queue == task_queue)
    row = session.scalar(of_queue.order_by(HeartbeatRow.ended_at.is_not(None), HeartbeatRow.at.desc()).limit(1))
    return None if row is None else Heartbeat(worker=row.worker, at=row.at, ended_at=row.ended_at)
