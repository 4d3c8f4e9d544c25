"""The text of documents, and what is marked in it."""

import json
from pathlib import Path

import pytest
from made_documents import DOCX_TYPES, JPG, PNG, excel, open_document, pdf, word, zipped
from recorded_cases import CASE, fact, recording

from activities.directory import read_directory
from domain.document_types import DocumentType
from domain.text_check import Mark
from records.document_text import Unreadable, text_of
from records.marking import MARKS_LIMIT, UNREADABLE, known_names, marks_of_document, once
from records.store import Record

ROOT = Path(__file__).parents[2]


def why_not(kind: DocumentType, content: bytes) -> str:
    with pytest.raises(Unreadable) as raised:
        text_of(kind, content)
    return str(raised.value)


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        (DocumentType.PDF, pdf("In a page"), "In a page"),
        (DocumentType.XLSX, excel("In a cell"), "In a cell"),
        (DocumentType.ODT, open_document("In a paragraph"), "In a paragraph"),
        (DocumentType.TXT, "In sixteen bits".encode("utf-16"), "In sixteen bits"),
        (DocumentType.CSV, b"a,b\r\n\r\nc,d", "a,b\nc,d"),
    ],
)
def test_the_text_of_each_type_is_read(kind: DocumentType, content: bytes, text: str) -> None:
    assert text_of(kind, content) == text


def test_the_text_of_a_word_document_is_read_with_its_tables_and_headers() -> None:
    read = text_of(DocumentType.DOCX, word("First.", "Second.", header="On every page", cell="In a table"))
    assert set(read.splitlines()) == {"First.", "Second.", "On every page", "In a table"}


def test_words_struck_out_in_a_word_document_are_read_as_well() -> None:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    of_word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    files: dict[str, bytes | str] = {
        "[Content_Types]_DOT_xml": DOCX_TYPES.replace(
            b"/>",
            b'><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            b'<Override PartName="/word/document.xml" ContentType="%b"/></Types>' % main.encode(),
        ),
        "_rels___DOT_rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>'
        ),
        "word__document_DOT_xml": (
            f'<w:document xmlns:w="{of_word}"><w:body><w:p><w:r><w:t>Seen</w:t></w:r>'
            "<w:del><w:r><w:delText> by Quillfeather</w:delText></w:r></w:del></w:p></w:body></w:document>"
        ),
    }
    assert text_of(DocumentType.DOCX, zipped(**files)) == "Seen by Quillfeather"


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        (DocumentType.PNG, PNG, "picture"),
        (DocumentType.JPG, JPG, "picture"),
        (DocumentType.PDF, pdf(), "scan"),
        (DocumentType.PDF, pdf("Text", password="secret"), "password"),
        (DocumentType.PDF, b"%PDF-1.7 and nothing else", "damaged"),
        (DocumentType.DOCX, zipped(a=b"b"), "damaged"),
        (DocumentType.XLSX, zipped(xl__sharedStrings_DOT_xml=b"<sst>"), "damaged"),
    ],
)
def test_a_document_without_text_says_why(kind: DocumentType, content: bytes, words: str) -> None:
    assert words in why_not(kind, content)


def test_a_document_cut_short_anywhere_is_unreadable_and_no_failure() -> None:
    whole = word("Text " * 200)
    for length in range(0, len(whole), len(whole) // 50):
        assert why_not(DocumentType.DOCX, whole[:length])


def test_a_document_that_cannot_be_read_is_marked_as_such() -> None:
    [mark] = marks_of_document(DocumentType.PDF, pdf(), ())
    assert mark.kind == UNREADABLE and "Somebody has to read it" in mark.why


def test_marks_are_told_once_and_not_without_end() -> None:
    def mark(passage: str, kind: str = "name") -> Mark:
        return Mark(passage=passage, kind=kind, why="A name.")

    assert once([mark("a"), mark("b"), mark("a"), mark("a", "blame")]) == (mark("a"), mark("b"), mark("a", "blame"))
    assert len(once(mark(str(n)) for n in range(1000))) == MARKS_LIMIT


def test_names_of_the_incident_and_of_the_boards_people_are_known(sqlite_record: Record) -> None:
    raw = json.loads((ROOT / "examples" / "incident.json").read_text("utf-8"))
    told = fact("incident-notified", detail={"event": raw})
    sqlite_record.write(recording(1, CASE.workflow_id, facts=(told,)))
    known = known_names(sqlite_record, CASE, read_directory(ROOT / "directory.toml"))
    child = raw["data"]["children"][0]
    assert {child["given_name"], child["family_name"], "Sorrelwood"} <= known
    assert not [name for name in known if len(name) < 3]
