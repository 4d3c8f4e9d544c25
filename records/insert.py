"""Inserting a row that somebody else may be inserting at the same moment."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from records.tables import Base


def insert_new(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row; ``False``, and nothing changed, where a unique constraint of the table forbids it."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(table.id)
    return session.scalar(statement) is not None
