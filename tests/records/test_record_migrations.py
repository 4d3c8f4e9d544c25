"""Migrations lead from nothing to exactly the tables of the code; faults of the database are one clear line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres_server import PostgresServer
from sqlalchemy import insert, inspect, text

from records.engine import RecordFault, make_engine
from records.migrate import upgrade
from records.tables import Base, CaseRow

FULL_TEXT = "lesson_words"
"""Each database's own index of words, made by its migration and by the database itself."""


def _not_of_full_text(name: str | None, kind: str, parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith(FULL_TEXT))


def test_upgrade_from_nothing_equals_the_tables_of_the_code(record_url: str) -> None:
    upgrade(record_url)
    engine = make_engine(record_url)
    with engine.connect() as connection:
        ours = MigrationContext.configure(connection, opts={"include_name": _not_of_full_text})
        assert compare_metadata(ours, Base.metadata) == []
        tables = {name for name in inspect(connection).get_table_names() if not name.startswith(FULL_TEXT)}
        assert tables == {*Base.metadata.tables, "alembic_version"}
    engine.dispose()


def test_upgrade_again_changes_nothing(record_url: str) -> None:
    engine = make_engine(record_url)
    upgrade(engine)
    case = insert(CaseRow).values(
        board="b", reference="r", workflow_id="scr/b/r", opened_at=datetime(2031, 1, 1, tzinfo=UTC)
    )
    with engine.begin() as connection:
        connection.execute(case)
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1
    engine.dispose()


def test_processes_that_upgrade_at_once_do_not_disturb_each_other(record_url: str) -> None:
    engines = [make_engine(record_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, engines))
    for engine in engines:
        engine.dispose()


def test_record_of_a_newer_version_is_refused(record_url: str) -> None:
    engine = make_engine(record_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RecordFault, match="newer version"):
        upgrade(engine)
    engine.dispose()


def test_file_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RecordFault, match=r"missing/record.db cannot be used: unable to open database file") as fault:
        upgrade(f"sqlite:///{tmp_path}/missing/record.db")
    assert "\n" not in str(fault.value)


def test_missing_permission_is_one_clear_line(postgres_server: PostgresServer) -> None:
    url = postgres_server.new_database()
    owner = make_engine(url)
    with owner.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS reader"))
        connection.execute(text("CREATE ROLE reader LOGIN"))
    owner.dispose()
    with pytest.raises(RecordFault, match="permission") as fault:
        upgrade(url.replace("postgres@", "reader@"))
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("url", ["", "mysql://x@y/z", "nonsense", "sqlite://", "postgresql+psycopg2://x@y/z"])
def test_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(RecordFault):
        make_engine(url)


def test_sqlite_survives_a_power_cut_and_waits_for_others(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        said = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000, "foreign_keys": 1}
    engine.dispose()
