"""The text of a document, for the check of words: from PDF, Word, Excel, OpenDocument and plain text."""

import logging
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final
from xml.etree import ElementTree

import docx
from docx.opc.exceptions import OpcError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from domain.document_types import DocumentFault, DocumentType, text_in, unpacked

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it tells of damaged files may quote them

CHARACTERS_LIMIT: Final = 5_000_000
"""Longer texts are not read: some 2,000 pages."""
PAGES_LIMIT: Final = 3_000
PART_LIMIT: Final = 100 * 1024 * 1024
"""Bytes of one unpacked part of a packed file."""

_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEET: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DAMAGE: Final = (
    OpcError, PyPdfError, DocumentFault, zipfile.BadZipFile, zlib.error, ElementTree.ParseError,
    SyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError, OSError,
)  # fmt: skip
"""What the readers of other people's formats raise for damaged files, some of it by mistake."""


class Unreadable(Exception):
    """The document has no text that a program can read: one line that says why, without any of its content."""


def text_of(kind: DocumentType, content: bytes) -> str:
    """The text, a paragraph a line. Raises ``Unreadable``."""
    if kind in (DocumentType.PNG, DocumentType.JPG):
        raise Unreadable("it is a picture")
    try:
        lines = list(_limited(_LINES[kind](content)))
    except _DAMAGE:
        raise Unreadable("it is damaged, or of a form that is not understood") from None
    text = "\n".join(line for line in lines if line.strip())
    if not text:
        raise Unreadable("it holds no text; a scan has to be made readable first")
    return text


def _limited(lines: Iterable[str]) -> Iterator[str]:
    length = 0
    for line in lines:
        length += len(line)
        if length > CHARACTERS_LIMIT:
            raise Unreadable("its text is too long")
        yield line


def _pdf(content: bytes) -> Iterator[str]:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("it is locked by a password")
    if len(reader.pages) > PAGES_LIMIT:
        raise Unreadable("it has too many pages")
    for page in reader.pages:
        yield page.extract_text()


def _word(content: bytes) -> Iterator[str]:
    """Every paragraph of every part: body, tables, text boxes, headers, footers, footnotes, comments."""
    _within_limits(content)
    for part in docx.Document(BytesIO(content)).part.package.iter_parts():
        if not part.content_type.endswith("+xml") or "wordprocessingml" not in part.content_type:
            continue
        for paragraph in ElementTree.fromstring(part.blob).iter(f"{_WORD}p"):  # noqa: S314 - expat expands no bombs
            yield "".join(_word_text(paragraph))


def _word_text(paragraph: ElementTree.Element) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == f"{_WORD}t":
            yield element.text or ""
        elif element.tag in (f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr"):
            yield " "
        elif element.tag == f"{_WORD}delText":  # struck out, and still in the file that others are given
            yield element.text or ""


def _excel(content: bytes) -> Iterator[str]:
    packed = _within_limits(content)
    for name in sorted(packed.namelist()):
        if name == "xl/sharedStrings.xml" or name.startswith(("xl/worksheets/sheet", "xl/comments")):
            root = ElementTree.fromstring(packed.read(name))  # noqa: S314 - expat expands no bombs
            for entry in (*root.iter(f"{_SHEET}si"), *root.iter(f"{_SHEET}is"), *root.iter(f"{_SHEET}comment")):
                yield "".join(element.text or "" for element in entry.iter(f"{_SHEET}t"))


def _open_document(content: bytes) -> Iterator[str]:
    packed = _within_limits(content)
    for name in ("content.xml", "styles.xml"):  # headers and footers are among the styles
        if name not in packed.namelist():
            continue
        root = ElementTree.fromstring(packed.read(name))  # noqa: S314 - expat expands no bombs
        for element in root.iter():
            if element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                yield "".join(_open_document_text(element))


def _open_document_text(element: ElementTree.Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield " "
        yield from _open_document_text(child)
        yield child.tail or ""


def _plain(content: bytes) -> Iterator[str]:
    yield from (text_in(content) or "").splitlines()


def _within_limits(content: bytes) -> zipfile.ZipFile:
    packed = unpacked(content)
    if any(entry.file_size > PART_LIMIT for entry in packed.infolist()):
        raise Unreadable("unpacked, it is too big")
    return packed


_LINES: Final = {
    DocumentType.PDF: _pdf,
    DocumentType.DOCX: _word,
    DocumentType.XLSX: _excel,
    DocumentType.ODT: _open_document,
    DocumentType.TXT: _plain,
    DocumentType.MD: _plain,
    DocumentType.CSV: _plain,
}
