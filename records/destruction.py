"""Destroying the record of a closed case: everything of it but that there was a case, and the log of its destruction.

It may be killed at any moment and done again. The files go first, for the rows say what they are; then all rows in one
transaction with the entry of the log; then what is left of them in the database's file.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Engine, Table, delete, distinct, func, select, update
from sqlalchemy.orm import Session

from domain.destruction import DestroyRecord, RecordDestroyed
from records.destroyed import log_entry
from records.engine import RecordFault
from records.files import FileStore
from records.lesson_words import drop
from records.store import Record
from records.tables import Base, CaseRow, DestructionRow, DocumentRow, DraftRow, LetterRow, PostState

KEPT = frozenset({CaseRow.__tablename__, DestructionRow.__tablename__})
"""Tables of which nothing is deleted."""


class CaseOpen(Exception):
    """The case is open, or the record has none of that reference: nothing of it is destroyed."""


class LettersUnderWay(Exception):
    """Letters of the case are being handed over at this moment; it is tried again."""


def destroy(record: Record, store: FileStore, order: DestroyRecord, at: datetime) -> RecordDestroyed:
    """Destroy the record of a closed case and say so in the log; the same order again gives the same entry.

    Raises ``CaseOpen``; ``LettersUnderWay``, ``FileFault`` and ``RecordFault``, after which it is to be tried again.
    """
    done = _withhold_letters(record, order, at)
    if done is None:
        store.delete(order.case)
        done = _delete_rows(record, order, at)
    _scrub(record.engine)
    return done


def _withhold_letters(record: Record, order: DestroyRecord, at: datetime) -> RecordDestroyed | None:
    """No letter of the case leaves from now on. The log's entry where the record is destroyed already."""
    with record.writing() as session:
        case, row = _case(session, order)
        if row is not None:
            return log_entry(row)
        id = case.id
        waiting = update(LetterRow).where(LetterRow.case_id == id, LetterRow.state == PostState.WAITING)
        session.execute(waiting.values(state=PostState.WITHDRAWN, ended_at=at))
    with record.reading() as session:
        _require_none_under_way(session, id, at)
    return None


def _delete_rows(record: Record, order: DestroyRecord, at: datetime) -> RecordDestroyed:
    with record.writing() as session:
        case, row = _case(session, order)
        if row is not None:
            return log_entry(row)
        _require_none_under_way(session, case.id, at)
        counts = {"files": _files(session, case)}
        drop(session, case.id)
        for table, of_case in _tables(case):
            deleted = session.execute(delete(table).where(of_case))
            assert isinstance(deleted, CursorResult), "a deletion counts its rows"  # noqa: S101
            counts[table.name] = deleted.rowcount
        case.snapshot_key = case.snapshot = None
        row = _logged(case, order, at, counts)
        session.add(row)
        done = log_entry(row)
        case.stage = f"Case: closed; {done.words}"
        return done


def _case(session: Session, order: DestroyRecord) -> tuple[CaseRow, DestructionRow | None]:
    """The case, locked, and the log's entry where this destruction is done already. Raises ``CaseOpen``."""
    of_case = CaseRow.workflow_id == order.case.workflow_id
    case = session.scalar(select(CaseRow).where(of_case).with_for_update())
    if case is None:
        raise CaseOpen("the record has no such case")
    known = DestructionRow.case_id == case.id, DestructionRow.agreed_at == order.agreed_at
    row = session.scalar(select(DestructionRow).where(*known))
    if row is None and case.closed_at is None:
        raise CaseOpen("the record of an open case is not destroyed")
    return case, row


def _require_none_under_way(session: Session, case: int, at: datetime) -> None:
    """Whoever hands a letter over would find no row to say so. Raises ``LettersUnderWay``."""
    sending = LetterRow.case_id == case, LetterRow.state == PostState.SENDING, LetterRow.claimed_until > at
    if session.scalar(select(func.count()).select_from(LetterRow).where(*sending)):
        raise LettersUnderWay("letters of the case are on their way; their end is waited for")


def _files(session: Session, case: CaseRow) -> int:
    """How many contents the documents of the case have."""
    return session.scalar(select(func.count(distinct(DocumentRow.sha256))).where(DocumentRow.case_id == case.id)) or 0


def _logged(case: CaseRow, order: DestroyRecord, at: datetime, counts: dict[str, int]) -> DestructionRow:
    return DestructionRow(
        case_id=case.id,
        retention=order.retention,
        proposed_role=order.proposed_by.role.value,
        proposed_by=order.proposed_by.person,
        agreed_role=order.agreed_by.role.value,
        agreed_by=order.agreed_by.person,
        agreed_at=order.agreed_at,
        destroyed_at=at,
        facts=case.facts,
        head=case.head,
        counts={name: count for name, count in counts.items() if count},
    )


def _tables(case: CaseRow) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table with rows that belong to a case, those that refer to others first, and which rows are this one's."""
    for table in reversed(Base.metadata.sorted_tables):
        of_case = None if table.name in KEPT else _belongs(table, case)
        if of_case is not None:
            yield table, of_case


def _belongs(table: Table, case: CaseRow) -> ColumnElement[bool] | None:
    """Which rows belong to the case, by themselves or through the rows that they refer to."""
    if "case_id" in table.c:
        return table.c.case_id == case.id
    if table.name == DraftRow.__tablename__:  # what was typed and never sent, by the task's id
        return table.c.task.startswith(case.workflow_id.removeprefix("scr/") + "/", autoescape=True)
    for key in table.foreign_keys:
        above = _belongs(key.column.table, case)
        if above is not None:
            return key.parent.in_(select(key.column).where(above))
    return None


def _scrub(engine: Engine) -> None:
    """Leave nothing of deleted rows in an SQLite file: it is written anew, and its log is cut. Raises ``RecordFault``.

    PostgreSQL frees deleted rows by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        # The index of words keeps what was deleted from it until its parts are made one.
        cursor.execute("INSERT INTO lesson_words (lesson_words) VALUES ('optimize')")
        cursor.execute("VACUUM")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise RecordFault(f"the case record cannot be cleaned of what was deleted: {error}") from None
    finally:
        connection.close()
    if busy:
        raise RecordFault("the case record is being read; it is cleaned of what was deleted later")
