"""Who looked at what of a case, took what along, or answered what: appended, never changed."""

from datetime import datetime

from sqlalchemy import select

from domain.model import Model
from records.store import Record
from records.tables import AccessRow


class Access(Model):
    """One look, download or answer."""

    at: datetime
    board: str
    reference: str
    """Of the case; empty for what is of no one case."""
    person: str
    what: str
    detail: str = ""
    """What of it, by id; never what was typed."""


def note(record: Record, access: Access) -> None:
    """Append it."""
    with record.writing() as session:
        session.add(AccessRow(**access.model_dump()))


def noted(record: Record, board: str, reference: str = "", *, limit: int = 100, before: int = 0) -> list[Access]:
    """What was noted of a board, or of one of its cases, the last first; ``before`` are passed over."""
    query = select(AccessRow).where(AccessRow.board == board)
    query = query.where(AccessRow.reference == reference) if reference else query
    with record.reading() as session:
        rows = session.scalars(query.order_by(AccessRow.id.desc()).offset(before).limit(limit))
        return [Access.model_validate(row, from_attributes=True) for row in rows]
