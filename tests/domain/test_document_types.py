"""What is kept as a document: the ending and the content must agree, and nothing may carry programs."""

import zipfile
from io import BytesIO

import pytest
from made_documents import JPG, PNG, excel, open_document, pdf, with_macros, word, zipped

from domain.document_types import UNPACKED_LIMIT, DocumentFault, DocumentType, type_of

LIMIT = 1024 * 1024


def fault(name: str, content: bytes, limit: int = LIMIT) -> str:
    with pytest.raises(DocumentFault) as raised:
        type_of(name, content, limit=limit)
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("report.pdf", pdf("Text"), DocumentType.PDF),
        ("Report.DOCX", word("Text"), DocumentType.DOCX),
        ("rows.xlsx", excel(), DocumentType.XLSX),
        ("minutes.odt", open_document(), DocumentType.ODT),
        ("note.txt", "Zażółć".encode(), DocumentType.TXT),
        ("note.txt", "caf\xe9".encode("cp1252"), DocumentType.TXT),
        ("note.txt", "in sixteen bits".encode("utf-16"), DocumentType.TXT),
        ("note.md", b"# Note", DocumentType.MD),
        ("rows.csv", b"date,event\n", DocumentType.CSV),
        ("drawing.png", PNG, DocumentType.PNG),
        ("drawing.jpeg", JPG, DocumentType.JPG),
    ],
)
def test_each_type_is_known_by_its_ending_and_its_content(name: str, content: bytes, kind: DocumentType) -> None:
    assert type_of(name, content, limit=LIMIT) is kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", word("Text")),
        ("report.docx", pdf("Text")),
        ("report.docx", excel()),
        ("rows.xlsx", word("Text")),
        ("minutes.odt", open_document(mimetype="application/vnd.oasis.opendocument.spreadsheet")),
        ("minutes.odt", zipped(a=b"b")),
        ("note.txt", pdf("Text")),
        ("note.txt", b"MZ\x90 a program"),
        ("note.txt", b"a\x00b"),
        ("drawing.png", JPG),
        ("drawing.jpg", PNG),
        ("report.docx", b"PK\x03\x04 cut short"),
    ],
)
def test_a_file_whose_content_is_another_is_refused(name: str, content: bytes) -> None:
    assert fault(name, content).startswith("the content is not what the ending ")


def test_office_files_with_macros_are_refused_under_every_name() -> None:
    assert "macros" in fault("report.docm", word("Text"))
    assert "macros" in fault("report.docx", with_macros(word("Text")))


def test_an_office_file_locked_by_a_password_says_so() -> None:
    assert "password" in fault("report.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_an_empty_file_and_one_that_is_too_big_are_refused() -> None:
    assert fault("note.txt", b"") == "the file is empty"
    assert fault("note.txt", b"x" * 2049, limit=2048).startswith("the file is too big")
    assert type_of("note.txt", b"x" * 2048, limit=2048) is DocumentType.TXT


@pytest.mark.parametrize("name", ["program.exe", "page.html", "noending", "letter.doc", ".pdf.zip"])
def test_other_types_are_refused(name: str) -> None:
    assert "not kept" in fault(name, b"anything")


def test_a_packed_file_that_would_unpack_to_gigabytes_is_refused() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as file:
            for _ in range(UNPACKED_LIMIT // (8 * LIMIT) + 1):
                file.write(bytes(8 * LIMIT))
    assert "too big" in fault("report.docx", packed.getvalue(), limit=50 * LIMIT)


def test_a_fault_repeats_neither_name_nor_content() -> None:
    told = fault("Quillfeather.exe", b"Quillfeather") + fault("Quillfeather.pdf", b"Quillfeather")
    assert "Quillfeather" not in told
