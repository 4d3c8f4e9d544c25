"""Types of files that are kept as documents: told by the name's ending and, independently, by the content itself.

What carries programs is not kept: a document of a review is opened by many people in many organisations.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from enum import StrEnum
from io import BytesIO
from typing import Final

MEGABYTE: Final = 1024 * 1024
UNPACKED_LIMIT: Final = 500 * MEGABYTE
"""Bytes that a packed file (docx, xlsx, odt) may hold unpacked."""
ENTRIES_LIMIT: Final = 10_000
"""Files that a packed file may hold."""


class DocumentType(StrEnum):
    """Types of files that are kept."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    ODT = "odt"
    TXT = "txt"
    MD = "md"
    CSV = "csv"
    PNG = "png"
    JPG = "jpg"


class DocumentFault(ValueError):
    """A file that is not kept: one line that says why, without its name or content."""


def type_of(file_name: str, content: bytes, *, limit: int) -> DocumentType:
    """The type that the name's ending and the content agree on; ``limit`` is the largest size in bytes.

    Raises ``DocumentFault``.
    """
    if not content:
        raise DocumentFault("the file is empty")
    if len(content) > limit:
        raise DocumentFault(f"the file is too big: documents of up to {limit / MEGABYTE:g} MB are kept")
    ending = file_name.rpartition(".")[2].lower() if "." in file_name else ""
    if ending in _WITH_MACROS:
        raise DocumentFault("a type with macros is not kept; save the document without macros, as .docx or .xlsx")
    if ending in _OLD_OFFICE:
        raise DocumentFault("old Office files are not kept; save the document as .docx or .xlsx")
    kind = DocumentType.JPG if ending == "jpeg" else next((known for known in DocumentType if known == ending), None)
    if kind is None:
        raise DocumentFault(f"files of this type are not kept; kept are {', '.join(DocumentType)}")
    if fault := _CONTENT[kind](content):
        raise DocumentFault(f"the content is not what the ending .{ending} says: {fault}")
    return kind


def unpacked(content: bytes) -> zipfile.ZipFile:
    """A packed file, once it is seen that it is not dangerously big. Raises ``DocumentFault``."""
    try:
        packed = zipfile.ZipFile(BytesIO(content))
        entries = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise DocumentFault("the file is damaged: it cannot be unpacked") from None
    if len(entries) > ENTRIES_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise DocumentFault("unpacked, the file is too big")
    return packed


def text_in(content: bytes) -> str | None:
    """Plain text, in whichever of the usual encodings it is written; ``None`` where it is none."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


_WITH_MACROS: Final = frozenset({"docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm"})
_OLD_OFFICE: Final = frozenset({"doc", "xls", "ppt", "dot", "xlt"})
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_TEXT: Final = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"MZ", b"\x7fELF", b"{\\rtf", _OLE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _beginning(*signatures: bytes, within: int = 0) -> Callable[[bytes], str]:
    def fault(content: bytes) -> str:
        found = any(signature in content[: within + len(signature)] for signature in signatures)
        return "" if found else "it begins like something else"

    return fault


def _office(needed: str) -> Callable[[bytes], str]:
    def fault(content: bytes) -> str:
        if content.startswith(_OLE):
            return "it is an old Office file, or locked by a password; save it anew without one"
        try:
            names = {name.lower() for name in unpacked(content).namelist()}
        except DocumentFault as error:
            return str(error)
        if any(name.endswith("vbaproject.bin") for name in names):
            return "it holds macros; save the document without them"
        return "" if {"[content_types].xml", needed} <= names else "it holds something else"

    return fault


def _open_document(content: bytes) -> str:
    try:
        packed = unpacked(content)
        with packed.open("mimetype") as file:
            said = file.read(100).strip()
    except DocumentFault as error:
        return str(error)
    except (KeyError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return "it holds something else"
    if said != b"application/vnd.oasis.opendocument.text":
        return "it holds something else"
    macros = any(name.startswith(("Basic/", "Scripts/")) for name in packed.namelist())
    return "it holds macros; save the document without them" if macros else ""


def _plain(content: bytes) -> str:
    if content.startswith(_NO_TEXT) or text_in(content) is None:
        return "it is no plain text"
    return ""


_CONTENT: Final[dict[DocumentType, Callable[[bytes], str]]] = {
    DocumentType.PDF: _beginning(b"%PDF-", within=1024),
    DocumentType.DOCX: _office("word/document.xml"),
    DocumentType.XLSX: _office("xl/workbook.xml"),
    DocumentType.ODT: _open_document,
    DocumentType.TXT: _plain,
    DocumentType.MD: _plain,
    DocumentType.CSV: _plain,
    DocumentType.PNG: _beginning(b"\x89PNG\r\n\x1a\n"),
    DocumentType.JPG: _beginning(b"\xff\xd8\xff"),
}
"""What is wrong with content that is to be of the type; empty where nothing is."""
