"""What people do with a case's documents: add, list, read, check, take out the pack for publication.

Every document that is read, checked or taken out leaves a fact in the case record.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from desk.pack import Pack, pack_of, write_new
from desk.persons import acting_person
from domain.directory import Board, Directory
from domain.document import (
    PACKED,
    Document,
    DocumentKind,
    NewDocument,
    refuses_adding,
    refuses_packing,
    refuses_reading,
    refuses_replacing,
)
from domain.document_types import MEGABYTE, DocumentFault, type_of
from domain.model import Model, Refusal, Refused
from domain.people import Actor, Role
from domain.record import CaseRef
from domain.text_check import Mark
from records import documents, queries
from records.documents import Kept
from records.files import FileStore
from records.store import Record

TITLE_LIMIT: Final = 300


class DocumentView(Model):
    """One version of a document, by reference; its title only where it is asked for."""

    id: str
    kind: DocumentKind
    type: str
    agency: str | None
    sha256: str
    size: int
    at: datetime
    person: str
    role: Role
    newest: bool
    title: str = ""


class DocumentDesk:
    """A case's documents as people meet them."""

    def __init__(self, record: Record, store: FileStore, directory: Callable[[], Directory], megabytes: int) -> None:
        self._record = record
        self._store = store
        self._directory = directory
        self._limit = megabytes * MEGABYTE

    @property
    def limit(self) -> int:
        """Bytes of the largest document that is kept."""
        return self._limit

    def resolve(self, reference: str) -> CaseRef:
        """The case of ``NB-2026-014`` or ``northbridge/NB-2026-014``. Raises ``NotFound`` or ``Ambiguous``."""
        return queries.resolve(self._record, reference)

    def add(
        self,
        case: CaseRef,
        file_name: str,
        content: bytes,
        *,
        kind: DocumentKind,
        title: str,
        person: str,
        at: datetime,
        role: Role | None = None,
        agency: str | None = None,
        replaces: str | None = None,
    ) -> Kept:
        """Keep a document, or the next version of the one it replaces.

        People of an agency need not name it, and a new version has the agency of the earlier one. Raises
        ``DocumentFault``, ``Refused``, ``NotFound``, ``FileFault``.
        """
        title = " ".join(title.split())
        if not 0 < len(title) <= TITLE_LIMIT:
            raise DocumentFault(f"the title is empty, or longer than {TITLE_LIMIT} letters")
        board = self._directory().board(case.board)
        replaced = documents.get(self._record, case, replaces) if replaces else None
        of_agency = agency or (replaced.agency if replaced else None)
        if of_agency is not None and of_agency not in {known.id for known in board.agencies}:
            text = "The board's directory does not know that agency; the business manager can add it."
            raise Refused(Refusal(code="document-agency-known", text=text, source="The board's directory"))

        def refuses(actor: Actor) -> Refusal | None:
            belongs = _agency(actor, of_agency)
            refusal = refuses_adding(actor, kind, belongs)
            return refusal or (refuses_replacing(actor, kind, belongs, replaced) if replaced else None)

        actor = self._actor(board, case, person, at, role=role, refuses=refuses)
        new = NewDocument(
            kind=kind,
            title=title,
            file_name=file_name,
            type=type_of(file_name, content, limit=self._limit),
            agency=_agency(actor, of_agency),
            replaces=replaced.number if replaced else None,
        )
        return documents.keep(self._record, self._store, case, new, content, actor=actor, at=at)

    def listed(self, case: CaseRef, *, titles: bool = False) -> list[DocumentView]:
        """Every version of every document, in order. Raises ``NotFound``."""
        found = documents.list_of(self._record, case)
        newest = {each.number: each.version for each in found}
        return [view(each, newest=newest[each.number] == each.version, title=titles) for each in found]

    def read(
        self, case: CaseRef, id: str, *, person: str, at: datetime, role: Role | None = None
    ) -> tuple[Document, bytes]:
        """A document with its content, verified; that it was read is recorded before it is given out.

        Raises ``NotFound``, ``Refused``, ``FileMissing``, ``FileChanged``.
        """
        document = documents.get(self._record, case, id)
        board = self._directory().board(case.board)
        actor = self._actor(board, case, person, at, role=role, refuses=lambda actor: refuses_reading(actor, document))
        content = self._store.get(case, document.sha256)
        documents.note_read(self._record, case, document, actor=actor, at=at)
        return document, content

    def check(self, case: CaseRef, id: str, *, person: str, at: datetime, role: Role | None = None) -> tuple[Mark, ...]:
        """What is marked in a document; it counts as reading, because marks quote it. Raises as ``read`` does."""
        from records import marking  # noqa: PLC0415 - readers of PDF and Word take long to load

        document, content = self.read(case, id, person=person, at=at, role=role)
        names = marking.known_names(self._record, case, self._directory())
        return marking.marks_of_document(document.type, content, names)

    def check_file(self, file_name: str, content: bytes) -> tuple[Mark, ...]:
        """What is marked in a file that is not kept yet. Raises ``DocumentFault``."""
        from records import marking  # noqa: PLC0415 - as above

        kind = type_of(file_name, content, limit=self._limit)
        return marking.marks_of_document(kind, content, marking.staff_names(self._directory().boards))

    def pack(self, case: CaseRef, target: Path, *, person: str, at: datetime, role: Role | None = None) -> Pack:
        """Write the pack for publication into a new file. Raises ``NotFound``, ``Refused``, ``FileFault``."""
        board = self._directory().board(case.board)
        actor = self._actor(board, case, person, at, role=role, refuses=refuses_packing)
        pack, content, packed = pack_of(self._record, self._store, case)
        documents.note(self._record, case, PACKED, packed, actor=actor, at=at)
        write_new(target, content)
        return pack

    def _actor(
        self,
        board: Board,
        case: CaseRef,
        person: str,
        at: datetime,
        *,
        role: Role | None,
        refuses: Callable[[Actor], Refusal | None],
    ) -> Actor:
        appointed = queries.appointed(self._record, case)
        return acting_person(board, person, at, appointed=appointed, refuses=refuses, role=role)


def view(document: Document, *, newest: bool, title: bool = False) -> DocumentView:
    """The document by reference, with its title where that is asked for."""
    return DocumentView(
        id=document.full_id,
        kind=document.kind,
        type=document.type.value,
        agency=document.agency,
        sha256=document.sha256,
        size=document.size,
        at=document.at,
        person=document.by.person,
        role=document.by.role,
        newest=newest,
        title=document.title if title else "",
    )


def _agency(actor: Actor, named: str | None) -> str | None:
    """The agency whose document it is: people of an agency need not name their own."""
    return named or (actor.agency if actor.role.of_an_agency else None)
