"""The pack for publication: report, response and statement, and what the record says about them, in one file.

It is for the board's own use. Of what people typed it holds the answers to findings and nothing else; reasons of
decisions, names of people and what was withdrawn stay in the record.
"""

import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from desk.civil import in_civil_time, moment_in_words
from domain.document import Document, DocumentKind, DocumentRef
from domain.document_types import DocumentFault
from domain.model import Model
from domain.record import CaseRef, Fact
from records import documents, queries
from records.files import FileStore
from records.queries import NotFound
from records.store import Record

PARTS: Final = {
    "report": DocumentKind.REPORT,
    "response": DocumentKind.BOARD_RESPONSE,
    "statement": DocumentKind.STATEMENT,
}
"""What belongs into the pack, and the kind of document that it is."""

_NAMES_DOCUMENTS: Final = ("publication-begun", "report-replaced", "published")
_TOLD: Final = {
    "report-decided": ("outcome",),
    "publication-decided": ("outcome",),
    "publication-date-set": ("publish_at",),
    "publication-aborted": (),
    "published": ("published_at", "address", "report", "response", "statement"),
}
"""The facts that the pack tells, each with what is told of its detail."""


class Pack(Model):
    """What was written."""

    documents: dict[str, str]
    """Id of the version for each part: report, response, statement."""
    missing: tuple[str, ...]
    """Parts that the case has no document for."""
    sha256: str


def write_pack(record: Record, store: FileStore, case: CaseRef, target: Path) -> Pack:
    """Write the pack into a new file. Who may have it, and the fact of it, are the caller's.

    Raises ``NotFound`` where the case has no report, ``DocumentFault`` where the file cannot be made, ``FileFault``.
    """
    pack, content, _ = pack_of(record, store, case)
    write_new(target, content)
    return pack


def pack_of(record: Record, store: FileStore, case: CaseRef) -> tuple[Pack, bytes, tuple[Document, ...]]:
    """The pack, its content, and the documents in it. Raises as ``write_pack`` does."""
    facts = [each.fact for each in queries.facts(record, case) if each.stands]
    chosen = _chosen(documents.list_of(record, case), facts)
    if "report" not in chosen:
        raise NotFound(f"{case.reference} has no document of the kind report yet: there is nothing to publish")
    told = _as_data(case, chosen, facts)
    files: dict[str, tuple[bytes, datetime]] = {
        f"{part}-{each.id}-{each.version}.{each.type.value}": (store.get(case, each.sha256), each.at)
        for part, each in chosen.items()
    }
    newest = max(at for _, at in files.values())
    files["record.json"] = json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n", newest
    files["record.txt"] = "\n".join(_as_text(told)).encode() + b"\n", newest
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, (content, _) in files.items())
    files["SHA256SUMS"] = sums.encode(), newest
    content = _zipped(files)
    pack = Pack(
        documents={part: each.full_id for part, each in chosen.items()},
        missing=tuple(part for part in PARTS if part not in chosen),
        sha256=sha256(content).hexdigest(),
    )
    return pack, content, tuple(chosen.values())


def write_new(target: Path, content: bytes) -> None:
    """Write a file that only its owner can read. Never overwrites. Raises ``DocumentFault``."""
    try:
        with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise DocumentFault(f"{target} exists already and is left as it is; name another file") from None
    except OSError as error:
        raise DocumentFault(f"{target} cannot be written: {error.strerror}") from None


def _chosen(kept: Sequence[Document], facts: Sequence[Fact]) -> dict[str, Document]:
    """For each part the version that the record named last, else the newest of its kind."""
    found: dict[str, Document] = {}
    for part, kind in PARTS.items():
        of_kind = sorted((each for each in kept if each.kind is kind), key=lambda each: (each.at, each.number))
        named = [str(fact.detail[part]) for fact in facts if fact.kind in _NAMES_DOCUMENTS and fact.detail.get(part)]
        ref = DocumentRef.parse(named[-1]) if named else None
        meant = [each for each in kept if ref is not None and _is(each, ref)] or of_kind
        if meant:
            found[part] = meant[-1]
    return found


def _is(document: Document, ref: DocumentRef) -> bool:
    return document.number == ref.number and ref.version in (None, document.version)


def _as_data(case: CaseRef, chosen: dict[str, Document], facts: Sequence[Fact]) -> dict[str, Any]:
    return {
        "case": case.model_dump(),
        "documents": [
            {"part": part, "id": each.full_id, "type": each.type.value, "size": each.size, "sha256": each.sha256}
            for part, each in chosen.items()
        ],
        "findings": list(_findings(facts)),
        "dates": [
            {"what": fact.kind, "at": fact.at.astimezone(UTC).isoformat()}
            | {name: fact.detail[name] for name in _TOLD[fact.kind] if fact.detail.get(name)}
            for fact in facts
            if fact.kind in _TOLD
        ],
    }


def _findings(facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    """Each finding that stands, with the board's last answer to it."""
    entered = {fact.item: fact.detail for fact in facts if fact.kind == "finding-entered"}
    answers = {fact.item: fact for fact in facts if fact.kind == "finding-answered"}
    withdrawn = _withdrawn(facts)
    for item in dict.fromkeys((*entered, *answers)):
        if item is None or item in withdrawn:
            continue
        asked = {name: entered.get(item, {}).get(name) for name in ("kind", "priority", "put_to_board")}
        given = answers.get(item)
        yield {
            "finding": item,
            **{name: value for name, value in asked.items() if value},
            "answer": given.detail if given else None,
            "answered_at": given.at.astimezone(UTC).isoformat() if given else None,
        }


def _withdrawn(facts: Sequence[Fact]) -> set[str | None]:
    last = {fact.item: fact.kind for fact in facts if fact.kind in ("finding-entered", "finding-withdrawn")}
    return {item for item, kind in last.items() if kind == "finding-withdrawn"}


def _as_text(told: dict[str, Any]) -> Iterator[str]:
    yield f"Review {told['case']['reference']}"
    yield "\nDocuments"
    for each in told["documents"]:
        yield f"  {each['part']}: {each['id']}, {each['size']} bytes, SHA-256 {each['sha256']}"
    yield "\nFindings and the board's answers"
    for finding in told["findings"]:
        yield f"  {finding['finding']}" + (f": {finding['put_to_board']}" if "put_to_board" in finding else "")
        if finding["answer"] is None:
            yield "    not answered yet"
        for name, value in (finding["answer"] or {}).items():
            yield f"    {name.replace('_', ' ')}: {value}"
    yield "\nDates"
    for each in told["dates"]:
        more = [f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in each.items() if name not in _FIRST]
        yield f"  {each['what']}, {_shown(each['at'])}" + (f" ({'; '.join(more)})" if more else "")


_FIRST: Final = ("what", "at")


def _shown(value: object) -> str:
    """An instant in civil time; everything else as it is."""
    try:
        return moment_in_words(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _zipped(files: dict[str, tuple[bytes, datetime]]) -> bytes:
    """The same files always give the same bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (content, at) in files.items():
            entry = zipfile.ZipInfo(name, in_civil_time(at).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return packed.getvalue()
