"""Who is signed in at the desk's pages. Tokens are not kept, only their hashes. Instants are passed in."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update

from domain.model import Model
from records.store import Record
from records.tables import DeskSessionRow


class DeskSession(Model):
    """Somebody who is signed in, or was."""

    board: str
    person: str
    """Id of the person in the directory."""
    begun_at: datetime
    seen_at: datetime
    ended_at: datetime | None


def begin(record: Record, token: str, board: str, person: str, at: datetime) -> None:
    """Somebody has signed in; whoever shows the token is that person from now on."""
    with record.writing() as session:
        session.add(DeskSessionRow(token=_hash(token), board=board, person=person, begun_at=at, seen_at=at))


def find(record: Record, token: str) -> DeskSession | None:
    """Whose the token is; also of a session that is over."""
    with record.reading() as session:
        row = session.scalar(select(DeskSessionRow).where(DeskSessionRow.token == _hash(token)))
        return None if row is None else DeskSession.model_validate(row, from_attributes=True)


def is_open(record: Record, fingerprint: str) -> bool:
    """Whether the session with that fingerprint was not ended."""
    with record.reading() as session:
        query = select(DeskSessionRow.ended_at).where(DeskSessionRow.token == fingerprint)
        row = session.execute(query).first()
        return row is not None and row.ended_at is None


def fingerprint(token: str) -> str:
    """By which a session can be found and nobody can be taken for its person."""
    return _hash(token)


def seen(record: Record, token: str, at: datetime) -> None:
    """A page was asked for."""
    _change(record, token, {"seen_at": at})


def end(record: Record, token: str, at: datetime) -> None:
    """Signed out; the first end stands."""
    _change(record, token, {"ended_at": at})


def _change(record: Record, token: str, values: dict[str, datetime]) -> None:
    with record.writing() as session:
        mine = (DeskSessionRow.token == _hash(token), DeskSessionRow.ended_at.is_(None))
        session.execute(update(DeskSessionRow).where(*mine).values(**values))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
