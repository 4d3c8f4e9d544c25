"""What somebody has typed into a form and not sent yet: kept sealed, for that person and task alone."""

import json
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from records.store import Record
from records.tables import DraftRow


def keep(record: Record, board: str, person: str, task: str, typed: dict[str, str], at: datetime) -> None:
    """Keep what is in the form now, in place of what was kept before."""
    key_id, sealed = record.keyring.seal(json.dumps(typed).encode(), _context(board, person, task))
    with record.writing() as session:
        session.execute(delete(DraftRow).where(*_mine(board, person, task)))
        session.add(DraftRow(board=board, person=person, task=task, kept_at=at, key_id=key_id, sealed=sealed))


def kept(record: Record, board: str, person: str, task: str) -> dict[str, str]:
    """What was kept; empty where nothing was. Raises ``KeyringFault`` where it does not open."""
    with record.reading() as session:
        row = session.scalar(select(DraftRow).where(*_mine(board, person, task)))
        if row is None:
            return {}
        opened = record.keyring.open(row.key_id, row.sealed, _context(board, person, task))
    return {str(name): str(value) for name, value in json.loads(opened).items()}


def drop(record: Record, board: str, person: str, task: str) -> None:
    """It was sent, or is not wanted any more."""
    with record.writing() as session:
        session.execute(delete(DraftRow).where(*_mine(board, person, task)))


def _mine(board: str, person: str, task: str) -> tuple[ColumnElement[bool], ...]:
    return DraftRow.board == board, DraftRow.person == person, DraftRow.task == task


def _context(board: str, person: str, task: str) -> bytes:
    return f"draft {board} {person} {task}".encode()
