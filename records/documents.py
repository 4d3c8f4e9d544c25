"""Documents kept with the case: their contents in the store of files, what is known of them in the record.

The content is stored first, then one transaction writes the row and appends the fact. A process that is killed in
between leaves a content that nothing speaks of, and adding the document again finishes it.
"""

from collections.abc import Iterable
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.document import KEPT, READ, Document, DocumentRef, NewDocument
from domain.model import Model
from domain.people import Actor
from domain.record import CaseRef, Fact
from records import chain, queries
from records.files import FileFault, FileStore
from records.queries import NotFound
from records.store import Record
from records.tables import CaseRow, DocumentRow
from sealing import Keyring, KeyringFault


class Kept(Model):
    """A document after it was added."""

    document: Document
    changed: bool
    """False where it was kept already, and nothing was done again."""


class BrokenDocument(Model):
    """A document that is not as it was added."""

    id: str
    """With its version: ``D-1/2``."""
    reason: str


def keep(
    record: Record, store: FileStore, case: CaseRef, new: NewDocument, content: bytes, *, actor: Actor, at: datetime
) -> Kept:
    """Keep a document, once: the same content of the same kind and title again is the document that is kept already.

    Raises ``NotFound`` where the record has no such case, or no document that it is to replace; ``FileFault`` and
    ``RecordFault``.
    """
    replaced = DocumentRef(number=new.replaces) if new.replaces is not None else None
    _require(record, case, replaced)
    digest = store.put(case, content)
    with record.writing() as session:
        row = chain.locked_case(session, case, at)
        kept = [_open(record.keyring, case, each) for each in _rows(session, row)]
        if (same := _same(kept, new, digest)) is not None:
            return Kept(document=same, changed=False)
        number, version = _next(kept, new)
        document = Document(
            number=number,
            version=version,
            kind=new.kind,
            type=new.type,
            agency=new.agency,
            sha256=digest,
            size=len(content),
            by=actor,
            at=at,
            title=new.title,
            file_name=new.file_name,
        )
        session.add(_row(record.keyring, case, row, document))
        chain.append_fact(session, record.keyring, row, case.workflow_id, _kept_fact(document))
    return Kept(document=document, changed=True)


def get(record: Record, case: CaseRef, id: str) -> Document:
    """The document of that id: the version named, or its newest (``D-1``). Raises ``NotFound``."""
    ref = DocumentRef.parse(id)
    found = [each for each in list_of(record, case) if ref is not None and _meant(each, ref)]
    if not found:
        raise NotFound(f"{case.reference} has no document of that id; ids are like D-1, or D-1/2 for its version 2")
    return found[-1]


def list_of(record: Record, case: CaseRef) -> list[Document]:
    """Every version of every document of the case, in order. Raises ``NotFound`` where there is no such case."""
    with record.reading() as session:
        row = _case(session, case)
        if row is None:
            raise NotFound(f"the record has no case {case.board}/{case.reference}")
        return [_open(record.keyring, case, each) for each in _rows(session, row)]


def known(record: Record, case: CaseRef, ids: Iterable[str]) -> set[str]:
    """Those of the ids (``D-1``, ``D-1/2``) that are kept with the case; none where there is no such case."""
    asked = {id: DocumentRef.parse(id) for id in ids}
    with record.reading() as session:
        row = _case(session, case)
        rows = [] if row is None else _rows(session, row)
        kept = {(each.number, version) for each in rows for version in (each.version, None)}
    return {id for id, ref in asked.items() if ref is not None and (ref.number, ref.version) in kept}


def content(record: Record, store: FileStore, case: CaseRef, id: str) -> bytes:
    """The content of the document of that id, verified. Raises ``NotFound``, ``FileMissing``, ``FileChanged``."""
    return store.get(case, get(record, case, id).sha256)


def note(
    record: Record, case: CaseRef, kind: str, documents: Iterable[Document], *, actor: Actor, at: datetime
) -> None:
    """Append a fact about these documents: that somebody read them, or took them out. Raises ``RecordFault``."""
    ids = [each.full_id for each in documents]
    item = ids[0] if len(ids) == 1 else None
    fact = Fact(kind=kind, at=at, by=actor, item=item, detail={"documents": list(ids)})
    with record.writing() as session:
        record.append_fact(session, case, case.workflow_id, fact)


def note_read(record: Record, case: CaseRef, document: Document, *, actor: Actor, at: datetime) -> None:
    """Append the fact that somebody read the document. Raises ``RecordFault``."""
    note(record, case, READ, (document,), actor=actor, at=at)


def verify(record: Record, store: FileStore, case: CaseRef) -> list[BrokenDocument]:
    """Every document that is not as the chain of facts says it was added; none where all is well.

    Raises ``NotFound``, and ``FileFault`` where the store cannot be used at all.
    """
    with record.reading() as session:
        row = _case(session, case)
        if row is None:
            raise NotFound(f"the record has no case {case.board}/{case.reference}")
        kept = {f"D-{each.number}/{each.version}": each for each in _rows(session, row)}
        found = {id: _document_fault(record.keyring, case, each) for id, each in kept.items()}
        digests = {id: each.sha256 for id, each in kept.items()}
    told = _told(record, case)
    for id, digest in digests.items():
        found[id] = found[id] or _fact_fault(told.get(id), digest) or _file_fault(store, case, digest)
    for id in told.keys() - kept:
        found[id] = "the record says that it was added, and has it no more"
    return [BrokenDocument(id=id, reason=reason) for id, reason in found.items() if reason]


def _document_fault(keyring: Keyring, case: CaseRef, row: DocumentRow) -> str:
    try:
        document = _open(keyring, case, row)
    except (KeyringFault, ValidationError):
        return "what is known of it was changed: it does not open"
    return "" if document.sha256 == row.sha256 else "its hash was changed"


def _told(record: Record, case: CaseRef) -> dict[str, str]:
    """The hash of every version as the fact of its adding has it."""
    facts = (each.fact for each in queries.facts(record, case))
    return {str(fact.item): str(fact.detail.get("sha256")) for fact in facts if fact.kind == KEPT}


def _fact_fault(told: str | None, digest: str) -> str:
    if told is None:
        return "no fact says that it was added"
    return "" if told == digest else "its hash is not the one that the fact of its adding has"


def _file_fault(store: FileStore, case: CaseRef, digest: str) -> str:
    try:
        store.get(case, digest)
    except FileFault as fault:
        return str(fault)
    return ""


def _case(session: Session, case: CaseRef) -> CaseRow | None:
    return session.scalar(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id))


def _require(record: Record, case: CaseRef, replaced: DocumentRef | None) -> None:
    """That case and document are there, before anything is stored for them."""
    with record.reading() as session:
        row = _case(session, case)
        if row is None:
            raise NotFound(f"the record has no case {case.board}/{case.reference}")
        queries.require_kept(session, row)
        if replaced is None:
            return
        of_case = DocumentRow.case_id == row.id, DocumentRow.number == replaced.number
        if not session.scalar(select(func.count()).select_from(DocumentRow).where(*of_case)):
            raise NotFound(f"{case.reference} has no document {replaced.id} that could be replaced")


def _rows(session: Session, case: CaseRow) -> list[DocumentRow]:
    order = DocumentRow.number, DocumentRow.version
    return list(session.scalars(select(DocumentRow).where(DocumentRow.case_id == case.id).order_by(*order)))


def _meant(document: Document, ref: DocumentRef) -> bool:
    return document.number == ref.number and ref.version in (None, document.version)


def _same(kept: list[Document], new: NewDocument, digest: str) -> Document | None:
    """The document that is kept already: the newest version of the one to be replaced, or any with the same title."""
    if new.replaces is not None:
        newest = [each for each in kept if each.number == new.replaces][-1]
        return newest if newest.sha256 == digest else None
    key = (new.kind, new.agency, digest, _title_key(new.title))
    return next((each for each in kept if (each.kind, each.agency, each.sha256, _title_key(each.title)) == key), None)


def _title_key(title: str) -> str:
    return " ".join(title.split()).casefold()


def _next(kept: list[Document], new: NewDocument) -> tuple[int, int]:
    """Number and version of what is added."""
    if new.replaces is None:
        return max((each.number for each in kept), default=0) + 1, 1
    return new.replaces, max(each.version for each in kept if each.number == new.replaces) + 1


def _row(keyring: Keyring, case: CaseRef, row: CaseRow, document: Document) -> DocumentRow:
    key_id, sealed = keyring.seal(document.model_dump_json().encode(), _context(case, document.full_id))
    return DocumentRow(
        case_id=row.id,
        number=document.number,
        version=document.version,
        kind=document.kind.value,
        agency=document.agency,
        sha256=document.sha256,
        size=document.size,
        at=document.at,
        key_id=key_id,
        sealed=sealed,
    )


def _open(keyring: Keyring, case: CaseRef, row: DocumentRow) -> Document:
    """The document as it was added. Raises ``KeyringFault`` where it does not open."""
    context = _context(case, f"D-{row.number}/{row.version}")
    return Document.model_validate_json(keyring.open(row.key_id, row.sealed, context))


def _context(case: CaseRef, full_id: str) -> bytes:
    return f"{case.board}/{case.reference}/document/{full_id}".encode()


def _kept_fact(document: Document) -> Fact:
    return Fact(
        kind=KEPT,
        at=document.at,
        by=document.by,
        item=document.full_id,
        detail={
            "document": document.id,
            "version": document.version,
            "kind": document.kind.value,
            "type": document.type.value,
            "agency": document.agency,
            "sha256": document.sha256,
            "size": document.size,
        },
    )
