"""What a command rests on is looked up: in the directory, among the documents of the case, in texts."""

from pathlib import Path
from typing import Any

import pytest
from made_documents import pdf, word
from temporalio.testing import ActivityEnvironment

from activities.directory import read_directory
from activities.lookup import LookingUp
from domain.command import Found, LookUp
from domain.directory import Directory
from domain.document import DocumentKind, NewDocument
from domain.document_types import DocumentType
from domain.looking_up import LookUpOrder
from domain.people import Actor, Role
from domain.record import CaseRef, Recording
from records import documents
from records.files import FileStore, open_files
from records.store import Record
from sealing import Keyring
from settings import Settings

ROOT = Path(__file__).parents[2]
CASE = CaseRef(board="northbridge", reference="NB-2031-001")
DIRECTORY = read_directory(ROOT / "directory.toml")
BOARD = DIRECTORY.board("northbridge")
AT = Recording.model_validate(
    {"case": CASE, "stage": CASE.workflow_id, "sequence": 1, "at": "2031-03-03T09:00Z", "stage_title": "t"}
)
BLAME = "The health visitor failed to act and was negligent."


@pytest.fixture
def files(tmp_path: Path, keyring: Keyring) -> FileStore:
    return open_files(Settings(files=str(tmp_path / "files")), keyring)


@pytest.fixture
def kept(sqlite_record: Record, files: FileStore) -> Record:
    """A record with a case that has a Word document (D-1) and a scan (D-2)."""
    sqlite_record.write(AT)
    for kind, content in ((DocumentType.DOCX, word(BLAME)), (DocumentType.PDF, pdf())):
        new = NewDocument(kind=DocumentKind.DRAFT_REPORT, title=kind.value, file_name=f"x.{kind}", type=kind)
        actor = Actor(person="p", role=Role.LEAD_REVIEWER)
        documents.keep(sqlite_record, files, CASE, new, content, actor=actor, at=AT.at)
    return sqlite_record


def look_up(record: Record, files: FileStore, case: CaseRef = CASE, **ask: Any) -> Found:
    looking = LookingUp(record, lambda: DIRECTORY, files)
    return ActivityEnvironment().run(looking.look_up, LookUpOrder(case=case, ask=LookUp(**ask)))


def test_a_person_comes_with_roles_and_agencies(kept: Record, files: FileStore) -> None:
    agency = BOARD.agencies[0]
    found = look_up(kept, files, person=agency.lead)
    assert found.missing == () and agency.id in found.agencies
    assert look_up(kept, files, person="nb-manager").roles == (Role.BUSINESS_MANAGER,)


def test_what_the_directory_does_not_know_is_missing(kept: Record, files: FileStore) -> None:
    assert look_up(kept, files, person="nobody").missing == ("person",)
    agency = BOARD.agencies[0].id
    assert look_up(kept, files, agencies=(agency,)).missing == ()
    assert look_up(kept, files, agencies=(agency, "no-agency")).missing == ("agencies",)


def test_a_board_that_left_the_directory_has_neither_people_nor_agencies(kept: Record, files: FileStore) -> None:
    elsewhere = CaseRef(board="elsewhere", reference="E-1")
    assert look_up(kept, files, elsewhere, person="p", agencies=("a",)).missing == ("person", "agencies")


def test_a_theme_that_is_not_on_the_boards_list_is_missing(kept: Record, files: FileStore) -> None:
    assert look_up(kept, files, themes=("hidden-men", "thresholds")).missing == ()
    assert look_up(kept, files, themes=("hidden-men", "no-such-theme")).missing == ("themes",)


def test_a_board_without_a_list_knows_no_theme(kept: Record, files: FileStore) -> None:
    bare = Directory.model_validate({"board": (BOARD.model_copy(update={"themes": ()}),)})
    looking = LookingUp(kept, lambda: bare, files)
    for themes, missing in ((("hidden-men",), ("themes",)), ((), ())):
        order = LookUpOrder(case=CASE, ask=LookUp(themes=themes))
        assert ActivityEnvironment().run(looking.look_up, order).missing == missing
    elsewhere = CaseRef(board="elsewhere", reference="E-1")
    assert look_up(kept, files, elsewhere, themes=("hidden-men",)).missing == ("themes",)


def test_a_document_that_is_not_kept_is_missing(kept: Record, files: FileStore) -> None:
    assert look_up(kept, files, documents=("D-1", "D-2/1")).missing == ()
    assert look_up(kept, files, documents=("D-1", "D-1/2")).missing == ("documents",)
    assert look_up(kept, files, report="D-9").missing == ("documents",)


def test_a_document_whose_content_was_changed_counts_as_not_kept(
    kept: Record, files: FileStore, tmp_path: Path
) -> None:
    [path] = tmp_path.rglob(documents.get(kept, CASE, "D-1").sha256)
    path.write_bytes(b"changed")
    found = look_up(kept, files, documents=("D-1",), report="D-1")
    assert found.missing == ("documents",) and found.marks == ()


def test_words_are_marked_in_texts_and_in_the_report(kept: Record, files: FileStore) -> None:
    in_text = look_up(kept, files, texts=(BLAME, BLAME)).marks
    assert "blame" in {mark.kind for mark in in_text}
    assert len({(mark.kind, mark.passage) for mark in in_text}) == len(in_text)
    in_report = look_up(kept, files, documents=("D-1",), report="D-1")
    assert in_report.missing == () and in_report.marks == in_text


def test_names_of_the_boards_people_are_marked(kept: Record, files: FileStore) -> None:
    marks = look_up(kept, files, texts=("It was discussed with sorrelwood in March.",)).marks
    assert "name" in {mark.kind for mark in marks}


def test_a_scan_is_marked_as_unreadable(kept: Record, files: FileStore) -> None:
    found = look_up(kept, files, report="D-2")
    assert [mark.kind for mark in found.marks] == ["unreadable"] and found.missing == ()


def test_nothing_asked_is_nothing_found(kept: Record, files: FileStore) -> None:
    assert look_up(kept, files) == Found()


def test_a_board_member_comes_with_the_agency_they_work_for(kept: Record, files: FileStore) -> None:
    [member] = BOARD.known(["nb-manager"])
    employed = [p.model_copy(update={"agency": "northbridge-police"}) if p == member else p for p in BOARD.people]
    directory = DIRECTORY.model_copy(update={"boards": (BOARD.model_copy(update={"people": tuple(employed)}),)})
    looking = LookingUp(kept, lambda: directory, files)
    order = LookUpOrder(case=CASE, ask=LookUp(person="nb-manager"))
    assert ActivityEnvironment().run(looking.look_up, order).agencies == ("northbridge-police",)
    assert look_up(kept, files, person="nb-manager").agencies == ()
