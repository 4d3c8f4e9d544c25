"""Documents of a case: ids and versions, kept once however often they are added, bound to the chain of facts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from recorded_cases import CASE, minutes, recording
from sqlalchemy import delete, update

from domain.document import KEPT, READ, Document, DocumentKind, DocumentRef, NewDocument
from domain.document_types import DocumentType
from domain.people import Actor, Role
from domain.record import CaseRef
from records import documents, queries
from records.documents import Kept
from records.files import FileChanged, FileMissing, FileStore, open_files
from records.queries import NotFound
from records.store import Record
from records.tables import DocumentRow
from sealing import Keyring
from settings import Settings

NAME = "Quillfeather"
MANAGER = Actor(person="p-3", role=Role.BUSINESS_MANAGER)
NOWHERE = CaseRef(board="northbridge", reference="SCR-1999-01")


@pytest.fixture
def files(tmp_path: Path, keyring: Keyring) -> FileStore:
    return open_files(Settings(files=str(tmp_path / "files")), keyring)


@pytest.fixture
def opened(record: Record) -> Record:
    """A record with one case."""
    record.write(recording(1, CASE.workflow_id))
    return record


def add(record: Record, files: FileStore, content: bytes = b"one", at: datetime | None = None, **given: Any) -> Kept:
    given = {"kind": DocumentKind.REPORT, "title": f"Report on {NAME}", "file_name": f"{NAME}.txt"} | given
    new = NewDocument(type=DocumentType.TXT, **given)
    return documents.keep(record, files, CASE, new, content, actor=MANAGER, at=at or minutes(5))


def ids(record: Record) -> list[str]:
    return [each.full_id for each in documents.list_of(record, CASE)]


def facts(record: Record, kind: str) -> list[Any]:
    return [each.fact for each in queries.facts(record, CASE) if each.fact.kind == kind]


def test_documents_are_counted_within_their_case(opened: Record, files: FileStore) -> None:
    first, second = add(opened, files, b"one"), add(opened, files, b"two")
    assert [first.document.full_id, second.document.full_id] == ["D-1/1", "D-2/1"] == ids(opened)
    assert documents.content(opened, files, CASE, "D-2") == b"two"


def test_a_replacing_document_is_the_next_version_and_the_earlier_stays(opened: Record, files: FileStore) -> None:
    add(opened, files, b"one")
    replaced = add(opened, files, b"two", replaces=1, title="Another title")
    assert replaced.document.full_id == "D-1/2"
    assert documents.get(opened, CASE, "D-1").sha256 == replaced.document.sha256
    assert documents.content(opened, files, CASE, "D-1/1") == b"one"
    assert documents.content(opened, files, CASE, "D-1/2") == b"two"


def test_who_added_it_when_and_in_which_role_is_kept(opened: Record, files: FileStore) -> None:
    kept = add(opened, files, at=minutes(7)).document
    assert (kept.by, kept.at, kept.size) == (MANAGER, minutes(7), 3)
    [fact] = facts(opened, KEPT)
    assert (fact.by, fact.at, fact.item) == (MANAGER, minutes(7), "D-1/1")
    told = {"document": "D-1", "version": 1, "kind": "report", "sha256": kept.sha256, "size": 3}
    assert told.items() <= fact.detail.items()
    assert NAME not in str(fact)


def test_the_same_document_again_is_the_one_that_is_kept(opened: Record, files: FileStore) -> None:
    first = add(opened, files, b"one", title="The  Report")
    again = add(opened, files, b"one", title="the report", file_name="renamed.txt")
    assert (first.changed, again.changed) == (True, False)
    assert again.document == first.document and len(facts(opened, KEPT)) == 1
    assert [add(opened, files, b"two", replaces=1).changed for _ in range(2)] == [True, False]
    assert ids(opened) == ["D-1/1", "D-1/2"]


def test_the_same_content_as_another_kind_or_under_another_title_is_another_document(
    opened: Record, files: FileStore
) -> None:
    add(opened, files, b"one")
    assert add(opened, files, b"one", kind=DocumentKind.STATEMENT).document.id == "D-2"
    assert add(opened, files, b"one", title="Another").document.id == "D-3"


def test_several_added_at_once_have_ids_of_their_own(opened: Record, files: FileStore) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: add(opened, files, b"%d" % n), range(8)))
        list(pool.map(lambda n: add(opened, files, b"v%d" % n, replaces=1), range(4)))
    assert ids(opened) == [f"D-1/{n}" for n in range(1, 6)] + [f"D-{n}/1" for n in range(2, 9)]
    assert queries.verify(opened, CASE).ok and documents.verify(opened, files, CASE) == []


def test_a_process_killed_between_file_and_record_leaves_nothing_and_adding_again_finishes_it(
    opened: Record, files: FileStore
) -> None:
    files.put(CASE, b"one")  # all that it came to
    assert documents.list_of(opened, CASE) == [] and documents.verify(opened, files, CASE) == []
    assert add(opened, files, b"one").changed


def test_nothing_is_kept_for_a_case_or_a_document_that_is_not_there(
    opened: Record, files: FileStore, tmp_path: Path
) -> None:
    new = NewDocument(kind=DocumentKind.OTHER, title="t", file_name="f.txt", type=DocumentType.TXT)
    with pytest.raises(NotFound):
        documents.keep(opened, files, NOWHERE, new, b"one", actor=MANAGER, at=minutes(1))
    with pytest.raises(NotFound, match="no document D-9"):
        add(opened, files, replaces=9)
    assert not any((tmp_path / "files").iterdir())


def test_ids_that_are_kept_are_known_with_and_without_version(opened: Record, files: FileStore) -> None:
    add(opened, files, b"one")
    asked = ["D-1", "D-1/1", "D-1/2", "D-2", "D-01", "health/2", ""]
    assert documents.known(opened, CASE, asked) == {"D-1", "D-1/1"}
    assert documents.known(opened, NOWHERE, asked) == set()


@pytest.mark.parametrize("id", ["D-2", "D-1/2", "1", "D-0", "D-1/", "../D-1", "D-99999999999999999999"])
def test_an_id_that_names_no_document_is_not_found(opened: Record, files: FileStore, id: str) -> None:
    add(opened, files)
    with pytest.raises(NotFound):
        documents.get(opened, CASE, id)


def test_reading_leaves_a_fact_with_the_version_that_was_read(opened: Record, files: FileStore) -> None:
    kept = add(opened, files).document
    reader = Actor(person="p-9", role=Role.BOARD_MEMBER)
    documents.note_read(opened, CASE, kept, actor=reader, at=minutes(9))
    [fact] = facts(opened, READ)
    assert (fact.by, fact.item) == (reader, "D-1/1") and queries.verify(opened, CASE).ok


def test_titles_and_file_names_are_sealed(sqlite_record: Record, tmp_path: Path, files: FileStore) -> None:
    sqlite_record.write(recording(1, CASE.workflow_id))
    add(sqlite_record, files, NAME.encode())
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"document-kept" in stored and NAME.encode() not in stored
    assert documents.get(sqlite_record, CASE, "D-1").file_name == f"{NAME}.txt"


def path_of(folder: Path, document: Document) -> Path:
    [path] = folder.rglob(document.sha256)
    return path


def test_a_content_that_is_missing_or_changed_is_told(opened: Record, files: FileStore, tmp_path: Path) -> None:
    first, second = add(opened, files, b"one").document, add(opened, files, b"two").document
    path_of(tmp_path, first).unlink()
    path_of(tmp_path, second).write_bytes(b"SCR1\x00\x02k1" + bytes(60))
    with pytest.raises(FileMissing):
        documents.content(opened, files, CASE, "D-1")
    with pytest.raises(FileChanged):
        documents.content(opened, files, CASE, "D-2")
    told = {each.id: each.reason for each in documents.verify(opened, files, CASE)}
    assert list(told) == ["D-1/1", "D-2/1"]
    assert "missing" in told["D-1/1"] and "changed" in told["D-2/1"]


def test_rows_that_were_changed_exchanged_or_taken_away_are_told(opened: Record, files: FileStore) -> None:
    for content in (b"one", b"two", b"three", b"four"):
        add(opened, files, content)
    sealed_three = documents.get(opened, CASE, "D-3")
    with opened.writing() as session:
        session.execute(delete(DocumentRow).where(DocumentRow.number == 1))
        session.execute(update(DocumentRow).where(DocumentRow.number == 2).values(sha256=sealed_three.sha256))
        session.execute(update(DocumentRow).where(DocumentRow.number == 3).values(number=7))
    told = {each.id: each.reason for each in documents.verify(opened, files, CASE)}
    assert set(told) == {"D-1/1", "D-2/1", "D-3/1", "D-7/1"}
    assert "no more" in told["D-1/1"] and "changed" in told["D-2/1"] and "changed" in told["D-7/1"]


def test_an_id_is_read_as_it_is_written() -> None:
    assert DocumentRef.parse("D-12/3") == DocumentRef(number=12, version=3)
    assert DocumentRef.parse(" D-12 ") == DocumentRef(number=12)
    assert [DocumentRef(number=4).id, DocumentRef(number=4, version=2).id] == ["D-4", "D-4/2"]
