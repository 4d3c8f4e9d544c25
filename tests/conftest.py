"""Databases for tests: SQLite files, and a private PostgreSQL instance where its programs are installed."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, installed_programs, unprivileged_user

from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import Keyring


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that nobody waits for it in the end."""
    items.sort(
        key=lambda item: (
            not item.path.name.startswith(
                ("test_whole_", "test_big_", "test_review_itself", "test_every_page", "test_journeys")
            )
        )
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL instance; the test is skipped where none is installed."""
    programs = installed_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed on this machine (no initdb)")
    # Not below pytest's own folder: only its owner may enter that. A socket's path must be short, too.
    folder = Path(tempfile.mkdtemp(prefix="record-pg-", dir="/tmp"))
    owner = unprivileged_user()
    if owner:
        shutil.chown(folder, owner)
    server = PostgresServer(programs, folder, owner)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'record.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty database: the test runs once on each kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """A key ring with one key."""
    return Keyring.model_validate({"current": "k1", "keys": {"k1": bytes(range(32))}})


@pytest.fixture
def open_record(keyring: Keyring) -> Iterator[Callable[[str], Record]]:
    """Opens the migrated record at an address; letters may leave at once, there are no quiet hours."""
    opened: list[Record] = []

    def open_at(url: str) -> Record:
        engine = make_engine(url)
        upgrade(engine)
        opened.append(Record(engine, keyring, lambda board, at, urgent: at))
        return opened[-1]

    yield open_at
    for record in opened:
        record.engine.dispose()


@pytest.fixture
def record(record_url: str, open_record: Callable[[str], Record]) -> Record:
    """A migrated record, once on SQLite and once on PostgreSQL."""
    return open_record(record_url)


@pytest.fixture
def sqlite_record(sqlite_url: str, open_record: Callable[[str], Record]) -> Record:
    """A migrated record on SQLite."""
    return open_record(sqlite_url)
