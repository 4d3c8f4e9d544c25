"""Whatever a person typed, and whoever is written to, is sealed in the database."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from postgres_server import PostgresServer
from recorded_cases import CASE, SAFETY, climb, clock, fact, letter, minutes, recording, task
from sqlalchemy import text

from records import outbox, queries
from records.store import Record

NAME = "Quillfeather"
NAME_BYTES = NAME.encode()


def write_everything(record: Record) -> None:
    addressed = letter("letter/1", address=f"a.{NAME}@example.org", words={"contact": NAME})
    told = fact(detail={"reason": f"{NAME} was seen", "children": [{"family_name": NAME}]})
    record.write(
        recording(1, facts=(told,), clocks=(clock(),), tasks=(task(),), climbs=(climb(),), letters=(addressed,))
    )
    for claimed in outbox.claim_ripe(record, SAFETY, minutes(1), "w", minutes(6) - minutes(1)):
        outbox.mark_sent(record, claimed.pk, minutes(2), message_id="<1@scr>", person="p-1", proof="250 ok")
    record.write(recording(1, CASE.workflow_id, finished=True, snapshot={"child": NAME}))
    # Otherwise the searches below would find nothing for the wrong reason.
    assert NAME in str(queries.export(record, CASE)) and record.restore(CASE) == {"child": NAME}


def test_no_planted_name_is_in_the_bytes_of_the_sqlite_files(sqlite_record: Record, tmp_path: Path) -> None:
    write_everything(sqlite_record)
    before_checkpoint = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with sqlite_record.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stored = before_checkpoint + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"decide-child" in stored
    assert NAME_BYTES.lower() not in stored.lower()


def test_no_planted_name_is_in_a_dump_of_postgresql(
    postgres_server: PostgresServer, open_record: Callable[[str], Record]
) -> None:
    url = postgres_server.new_database()
    record = open_record(url)
    write_everything(record)
    with record.engine.connect() as connection:
        sealed = connection.execute(text("SELECT count(*) FROM facts")).scalar_one()
    command = [str(postgres_server.programs / "pg_dump"), url.replace("+psycopg", "")]
    dump = subprocess.run(command, check=True, capture_output=True).stdout
    assert sealed and b"decide-child" in dump
    # Bytes are dumped in hexadecimal.
    assert NAME_BYTES.lower() not in dump.lower() and NAME_BYTES.hex().encode() not in dump


def test_database_errors_do_not_quote_what_was_to_be_written(record: Record) -> None:
    with record.engine.begin() as connection:
        connection.execute(text("DROP TABLE facts"))
    try:
        record.write(recording(1, facts=(fact(detail={"name": NAME}),), letters=(letter(agency=NAME),)))
    except Exception as error:
        said = f"{error!r} {error.__cause__!r}"
    assert "case record at" in said
    assert NAME not in said
