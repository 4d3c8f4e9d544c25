"""The database: SQLite or PostgreSQL, its transactions, and its faults in one clear line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

BUSY_MILLISECONDS = 10_000
CONNECT_SECONDS = 10
WRITES = "writes"


class RecordFault(Exception):
    """The case record cannot be used: one line that says why, without anything that was to be written."""


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://user@host/name``; connects only when it is first used.

    Raises ``RecordFault`` for an address of any other kind.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    arguments = {"connect_timeout": CONNECT_SECONDS}
    return create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise RecordFault("the address of the case record is not a database address") from None
    if address.drivername in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername in ("postgresql+psycopg", "sqlite") and address.database not in (None, "", ":memory:"):
        return address
    raise RecordFault("the case record lies in PostgreSQL (postgresql://…) or in an SQLite file (sqlite:///…)")


def _prepare_sqlite(connection: Any, _: object) -> None:
    # Transactions are begun by _begin_sqlite: the driver's own would begin too late to lock before reading.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writable(engine: Engine) -> Engine:
    """The engine with transactions that may write: on SQLite they take the write lock at once, and wait for it."""
    return engine.execution_options(**{WRITES: True})


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that writes: committed whole at the end, or not at all. Raises ``RecordFault``."""
    with faults(engine), Session(writable(engine)) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One transaction that reads, as things stand at its beginning. Raises ``RecordFault``."""
    if engine.dialect.name == "postgresql":  # a transaction of SQLite sees one state anyway
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with faults(engine), Session(engine) as session, session.begin():
        yield session


@contextmanager
def faults(engine: Engine) -> Iterator[None]:
    """Turn the database's errors into ``RecordFault``: where, what, and no values."""
    place = engine.url.render_as_string(hide_password=True)
    try:
        yield
    except PoolTimeout:
        raise RecordFault(f"the case record at {place} is too busy: no connection came free") from None
    except OperationalError as error:
        raise RecordFault(f"the case record at {place} cannot be used: {_first_line(error)}") from None
    except DBAPIError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise RecordFault(f"the case record at {place} cannot be used: {_first_line(error)}") from None
        # Other errors may quote what was to be written, so only their kind is told.
        kind = f"{type(error.orig).__name__} {getattr(error.orig, 'sqlstate', None) or ''}".strip()
        raise RecordFault(f"the case record at {place} refused: {kind}") from None


def _first_line(error: DBAPIError) -> str:
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    return lines[0] if lines else type(error.orig).__name__
