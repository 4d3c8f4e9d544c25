"""Looking at the case record: what it says should have happened, against the time of day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from domain.record import ClockEntry
from records.engine import reading
from records.heartbeats import Heartbeat, last_seen
from records.ledger import WaitingLetters, open_stages, running_clocks, waiting_letters
from watching.faults import Fault, FaultKind, moment
from watching.late import late_clocks


@dataclass(frozen=True)
class Limits:
    """How long something may take before it is a fault."""

    grace: timedelta = timedelta(minutes=5)
    """After the instant of a rung, or of a clock that runs out."""
    letters: timedelta = timedelta(minutes=15)
    """After the instant from which a letter may leave."""
    worker: timedelta = timedelta(minutes=3)
    """After a worker's last heartbeat."""


def look(engine: Engine, task_queue: str, limits: Limits, now: datetime) -> list[Fault]:
    """Every fault that the case record shows at this instant. Raises ``RecordFault`` where it cannot be read."""
    with reading(engine) as session:
        stages = open_stages(session)
        clocks: dict[str, list[ClockEntry]] = {}
        for stage, entry in running_clocks(session):
            clocks.setdefault(stage, []).append(entry)
        waiting = waiting_letters(session, now - limits.letters)
        worker = last_seen(session, task_queue)
    late = [
        fault
        for stage in stages.values()
        for fault in late_clocks(stage, clocks.get(stage.stage, ()), now - limits.grace)
    ]
    return [*_worker(worker, task_queue, now, limits.worker), *(_letters(each) for each in waiting), *late]


def _worker(seen: Heartbeat | None, task_queue: str, now: datetime, limit: timedelta) -> list[Fault]:
    if seen is not None and seen.ended_at is None and now - seen.at <= limit:
        return []
    if seen is None:
        how, since = "none was ever seen there", now
    elif seen.ended_at is not None:
        how, since = f"the last, worker {seen.worker}, was stopped in order at {moment(seen.ended_at)}", seen.ended_at
    else:
        how, since = f"the last, worker {seen.worker}, was seen at {moment(seen.at)} and not since", seen.at
    words = f"No worker is there for the task queue {task_queue}: {how}. Nothing is carried on until one is started."
    return [Fault(kind=FaultKind.WORKER, where=task_queue, since=since, words=words)]


def _letters(waiting: WaitingLetters) -> Fault:
    urgent = f", {waiting.urgent} of them about the safety of children," if waiting.urgent else ""
    many = waiting.letters != 1
    words = (
        f"{waiting.letters} letter{'s' if many else ''} of the board {waiting.board}{urgent} "
        f"should have left and {'do' if many else 'does'} not, since {moment(waiting.since)}. "
        "The mail server may be away, or nothing carries the stages on."
    )
    return Fault(kind=FaultKind.LETTERS, where=waiting.board, board=waiting.board, since=waiting.since, words=words)
