"""Destroying the record of a closed case: everything goes but the case and the log, however often it is begun."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from recorded_cases import CASE, DECISION, SAFETY, climb, clock, fact, letter, minutes, recording, task
from sqlalchemy import event, func, select, text

from domain.chronology import Precision, Row, Seen, When
from domain.destruction import DestroyRecord
from domain.document import DocumentKind, NewDocument
from domain.document_types import DocumentType
from domain.people import Actor, Role
from domain.record import CaseRef
from records import chronology, destruction, documents, drafts, outbox, queries
from records.destruction import CaseOpen, LettersUnderWay, destroy
from records.engine import RecordFault, make_engine
from records.files import FileFault, FileMissing, FileStore, open_files, open_folder
from records.lesson_words import put
from records.store import Record
from records.tables import Base, CaseRow, DestructionRow, DraftRow, LessonRow
from sealing import Keyring
from settings import Settings

NAME = "Quillfeather"
OTHER = CaseRef(board=CASE.board, reference=CASE.reference + "1")
"""Its reference begins like the other's: nothing of it may go with that."""
AT = datetime(2061, 5, 3, 9, 0, tzinfo=UTC)
MANAGER = Actor(person="nb-manager", role=Role.BUSINESS_MANAGER)
CHAIR = Actor(person="nb-chair", role=Role.BOARD_CHAIR)
ORDER = DestroyRecord(
    case=CASE, retention="safeguarding-30", proposed_by=MANAGER, agreed_by=CHAIR, agreed_at=AT - timedelta(minutes=1)
)
CONTENT = f"{NAME} was seen by a doctor.".encode()


def lived(record: Record, store: FileStore, case: CaseRef, *, closed: bool = True) -> None:
    """A case with rows in every table, and two files."""
    safety = SAFETY if case == CASE else case.stage_id("safety", 1)
    told = fact(detail={"reason": f"{NAME} was seen"})
    written = letter("letter/1", words={"contact": NAME})
    begun = {"tasks": (task(),), "climbs": (climb(),), "letters": (written, letter("letter/2"))}
    record.write(recording(1, safety, case, facts=(told,), clocks=(clock(),), **begun))
    record.write(recording(2, safety, case, finished=True, snapshot={"child": NAME}))
    actor = Actor(person="p-1", role=Role.AGENCY_LEAD, agency="health")
    new = NewDocument(
        kind=DocumentKind.AGENCY_REPORT, title=NAME, file_name="a.txt", type=DocumentType.TXT, agency="health"
    )
    for content in (CONTENT, b"further"):
        documents.keep(record, store, case, new, content, actor=actor, at=minutes(3))
    when = When(precision=Precision.INSTANT, earliest=minutes(0), latest=minutes(0), written="3 March 2031")
    rows = [Row(agency="health", version=1, number=n, when=when, event=NAME, seen=Seen.YES) for n in (1, 2)]
    digest = sha256(NAME.encode()).hexdigest()
    chronology.keep(record, case, "health", rows, (), sha256=digest, actor=actor, at=minutes(4))
    with record.writing() as session:
        row = session.scalars(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id)).one()
        lesson = LessonRow(case_id=row.id, kind="finding", item="F1", told_at=minutes(5), themes="", entry={"w": NAME})
        session.add(lesson)
        session.flush()
        put(session, lesson.id, (NAME, "was not seen"))
    record.write(recording(1, case.workflow_id, case, finished=closed, snapshot={"child": NAME} if closed else None))


def hand_over(record: Record, case: CaseRef = CASE) -> None:
    stage = case.stage_id("safety", 1)
    for claimed in outbox.claim_ripe(record, stage, minutes(9), "w", timedelta(minutes=5)):
        outbox.mark_sent(record, claimed.pk, minutes(9), message_id="<1@scr>", person="p-1", proof="250 ok")


def rows_of(record: Record, case: CaseRef) -> dict[str, int]:
    """How many rows the case has in which table."""
    with record.reading() as session:
        row = session.scalars(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id)).one()
        counts = {
            table.name: session.scalar(select(func.count()).select_from(table).where(of_case)) or 0
            for table, of_case in destruction._tables(row)
        }
        counts["words"] = session.scalar(text("SELECT count(*) FROM lesson_words")) or 0
    return {name: count for name, count in counts.items() if count}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def files(folder: Path, keyring: Keyring) -> FileStore:
    return open_folder(folder, keyring)


@pytest.fixture
def closed(record: Record, files: FileStore) -> Record:
    lived(record, files, CASE)
    return record


def test_every_table_with_rows_of_a_case_is_known(closed: Record) -> None:
    with closed.reading() as session:
        known = {table.name for table, _ in destruction._tables(session.scalars(select(CaseRow)).one())}
    of_no_case = {"daily_posts", "proclaimed_days", "heartbeats", "desk_sessions"}
    assert {*Base.metadata.tables} - known == {"cases", "destructions", "access_log", *of_no_case}


def test_all_is_gone_but_the_case_and_the_log(closed: Record, files: FileStore, folder: Path) -> None:
    before = queries.verify(closed, CASE)
    with closed.reading() as session:
        head = session.scalars(select(CaseRow.head)).one()
    done = destroy(closed, files, ORDER, AT)
    assert rows_of(closed, CASE) == {} and [path for path in folder.rglob("*") if path.is_file()] == []
    assert closed.restore(CASE) is None and closed.restore_stage(SAFETY) is None
    assert (done.facts, done.head, done.at) == (before.facts, head, AT)
    with closed.reading() as session:
        log = session.scalars(select(DestructionRow)).one()
        assert (log.proposed_by, log.proposed_role) == ("nb-manager", "business-manager")
        assert (log.agreed_by, log.agreed_role, log.retention) == ("nb-chair", "board-chair", "safeguarding-30")
        assert log.counts["facts"] == before.facts and log.counts["files"] == 2
        assert log.counts["letters"] == 3 and log.counts["chronology_entries"] == 2


def test_what_was_typed_and_never_sent_is_gone_too(closed: Record, files: FileStore) -> None:
    mine, another = (f"{case.board}/{case.reference}/panel/decide" for case in (CASE, OTHER))
    for where in (mine, another):
        drafts.keep(closed, CASE.board, "nb-duty-1", where, {"reason": "typed"}, AT)
    destroy(closed, files, ORDER, AT)
    with closed.reading() as session:
        assert [row.task for row in session.scalars(select(DraftRow))] == [another]


def test_everything_says_plainly_on_which_day_it_was_destroyed(closed: Record, files: FileStore) -> None:
    assert queries.destroyed(closed, CASE) is None
    assert destroy(closed, files, ORDER, AT) == queries.destroyed(closed, CASE)
    verified = queries.verify(closed, CASE)
    assert verified.ok and verified.reason == "the record was destroyed on Tuesday 3 May 2061"
    assert queries.case_summary(closed, CASE).stage == "Case: closed; the record was destroyed on Tuesday 3 May 2061"
    export = queries.export(closed, CASE)
    assert "destroyed on Tuesday 3 May 2061" in str(export["case"]) and export["facts"] == []
    assert "destroyed on Tuesday 3 May 2061" in str(export["chain"])
    assert documents.verify(closed, files, CASE) == []


def test_other_cases_are_left_as_they_are(closed: Record, files: FileStore) -> None:
    lived(closed, files, OTHER)
    before = rows_of(closed, OTHER)
    destroy(closed, files, ORDER, AT)
    assert rows_of(closed, OTHER) == before | {"words": 1}
    assert queries.verify(closed, OTHER).ok and documents.verify(closed, files, OTHER) == []
    assert documents.content(closed, files, OTHER, "D-1") == CONTENT


def test_killed_before_the_rows_are_gone_it_is_finished_by_doing_it_again(
    closed: Record, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(destruction, "_delete_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            destroy(closed, files, ORDER, AT)
    assert rows_of(closed, CASE)["documents"] == 2
    with pytest.raises(FileFault):
        documents.content(closed, files, CASE, "D-1")
    done = destroy(closed, files, ORDER, AT)
    assert rows_of(closed, CASE) == {} and done.counts["files"] == 2


def test_killed_within_the_transaction_nothing_of_it_is_done(
    closed: Record, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    before = rows_of(closed, CASE)
    with monkeypatch.context() as patched:
        patched.setattr(destruction, "_logged", killed)
        with pytest.raises(KeyboardInterrupt):
            destroy(closed, files, ORDER, AT)
    assert rows_of(closed, CASE) == before and not queries.verify(closed, CASE).reason
    destroy(closed, files, ORDER, AT)
    assert rows_of(closed, CASE) == {}


def test_killed_at_the_end_the_same_order_again_gives_the_same_entry_once(
    closed: Record, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(destruction, "_scrub", killed)
        with pytest.raises(KeyboardInterrupt):
            destroy(closed, files, ORDER, AT)
    first = destroy(closed, files, ORDER, AT + timedelta(days=1))
    assert first == destroy(closed, files, ORDER, AT + timedelta(days=2)) and first.at == AT
    with closed.reading() as session:
        assert len(session.scalars(select(DestructionRow)).all()) == 1


def test_an_open_case_is_not_destroyed(record: Record, files: FileStore) -> None:
    lived(record, files, CASE, closed=False)
    before = rows_of(record, CASE)
    with pytest.raises(CaseOpen):
        destroy(record, files, ORDER, AT)
    assert rows_of(record, CASE) == before and documents.verify(record, files, CASE) == []
    with pytest.raises(CaseOpen):
        destroy(record, files, ORDER.model_copy(update={"case": OTHER}), AT)


def test_letters_on_their_way_are_waited_for_and_no_other_leaves(closed: Record, files: FileStore) -> None:
    [first, *_] = outbox.claim_ripe(closed, SAFETY, minutes(9), "w", timedelta(minutes=5))
    outbox.release(closed, {first.pk}, "not now")
    with pytest.raises(LettersUnderWay):
        destroy(closed, files, ORDER, minutes(10))
    assert documents.verify(closed, files, CASE) == []
    states = {each.letter.id: each.state for each in queries.letters(closed, CASE)}
    assert states[first.letter.id] == "withdrawn"
    destroy(closed, files, ORDER, minutes(15))
    assert rows_of(closed, CASE) == {}


def test_letters_that_were_handed_over_go_with_their_proof(closed: Record, files: FileStore) -> None:
    hand_over(closed)
    destroy(closed, files, ORDER, AT)
    assert rows_of(closed, CASE) == {}


def test_the_chain_goes_on_where_it_ended_when_the_reference_is_used_again(closed: Record, files: FileStore) -> None:
    done = destroy(closed, files, ORDER, AT)
    closed.write(recording(1, DECISION, at=AT + timedelta(days=3), facts=(fact(), fact())))
    verified = queries.verify(closed, CASE)
    assert verified.ok and verified.facts == 2 and "destroyed" in verified.reason
    assert [each.seq for each in queries.facts(closed, CASE)] == [done.facts + 1, done.facts + 2]
    with closed.writing() as session:
        session.execute(text("DELETE FROM facts WHERE seq = :seq"), {"seq": done.facts + 1})
    broken = queries.verify(closed, CASE)
    assert not broken.ok and broken.first_broken == done.facts + 1


def test_nothing_of_the_case_is_left_in_the_sqlite_files(
    sqlite_record: Record, files: FileStore, tmp_path: Path
) -> None:
    lived(sqlite_record, files, CASE)
    with sqlite_record.reading() as session:
        sealed = [bytes(each[0])[:24] for each in session.execute(text("SELECT sealed FROM facts"))]
    destroy(sqlite_record, files, ORDER, AT)
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert sealed and not [each for each in sealed if each in left]
    assert b"decide-child" not in left and b"quillfeather" not in left.lower()
    assert b"quillfeath" not in left.lower(), "the index of words keeps stems"
    assert CASE.reference.encode() in left


def test_the_cleaning_of_the_sqlite_file_is_tried_again_while_somebody_reads(
    sqlite_record: Record, files: FileStore, tmp_path: Path
) -> None:
    lived(sqlite_record, files, CASE)
    impatient = make_engine(sqlite_record.engine.url.render_as_string())
    event.listen(impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0").close())
    reader = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM facts").fetchone()[0]
    with pytest.raises(RecordFault, match="being read"):
        destruction._scrub(impatient)
    reader.close()
    destruction._scrub(impatient)
    impatient.dispose()


def test_the_files_of_one_case_are_deleted_once_and_again(files: FileStore, folder: Path) -> None:
    digest = files.put(CASE, CONTENT)
    kept = files.put(OTHER, CONTENT)
    [path] = [path for path in folder.rglob(digest) if path.parts[-3] == CASE.reference]
    path.with_name(f"{digest}#1").write_bytes(b"half written by a process that was killed")
    files.delete(CASE)
    files.delete(CASE)
    assert files.get(OTHER, kept) == CONTENT
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_the_files_of_one_case_are_deleted_from_a_bucket(s3_bucket: FileStore) -> None:
    digest, kept = s3_bucket.put(CASE, CONTENT), s3_bucket.put(OTHER, CONTENT)
    s3_bucket.put(CASE, b"further")
    s3_bucket.delete(CASE)
    s3_bucket.delete(CASE)
    with pytest.raises(FileMissing):
        s3_bucket.get(CASE, digest)
    assert s3_bucket.get(OTHER, kept) == CONTENT


@pytest.fixture
def s3_bucket(keyring: Keyring) -> Iterator[FileStore]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"region_name": "us-east-1", "aws_access_key_id": "id", "aws_secret_access_key": "secret"}
    boto3.client("s3", endpoint_url=f"http://{host}:{port}", **keys).create_bucket(Bucket="records")
    settings = Settings(
        files="s3://records/reviews/files",
        s3_endpoint=f"http://{host}:{port}",
        s3_region="us-east-1",
        s3_access_key="id",
        s3_secret_key="secret",
    )
    yield open_files(settings, keyring)
    server.stop()
