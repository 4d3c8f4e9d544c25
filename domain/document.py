"""Documents of a case: what kinds there are, how they are named, and who may add and read them.

A document keeps its id (``D-1``) for ever; what takes its place is its next version (``D-1/2``). Nothing is deleted.
"""

import re
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from domain.command import Found
from domain.document_types import DocumentType
from domain.model import Model, Refusal
from domain.people import Actor, Role

KEPT: Final = "document-kept"
READ: Final = "document-read"
PACKED: Final = "publication-pack-written"
"""Facts of the case record about documents. They hold ids and hashes, no titles."""

_ID: Final = re.compile(r"D-([1-9][0-9]{0,8})(?:/([1-9][0-9]{0,8}))?")
_OUTSIDE: Final = frozenset({Role.INSPECTORATE, Role.DEPARTMENT, Role.NATIONAL_PANEL})


class DocumentKind(StrEnum):
    """What a document is for the review."""

    AGENCY_REPORT = "agency-report"
    DRAFT_REPORT = "draft-report"
    REPORT = "report"
    BOARD_RESPONSE = "board-response"
    STATEMENT = "statement"
    MINUTES = "minutes"
    TERMS = "terms"
    LETTER = "letter"
    OTHER = "other"


FOR_PUBLICATION: Final = (DocumentKind.DRAFT_REPORT, DocumentKind.REPORT)
"""What is signed off and published: the last draft, or the report made from it."""
FOR_EVERY_AGENCY: Final = frozenset({DocumentKind.DRAFT_REPORT, DocumentKind.REPORT})
"""What an agency may read beside its own documents: it comments on the drafts and acts on the report."""


class DocumentRef(Model):
    """A document of a case, or one version of it."""

    number: int
    version: int | None = None
    """``None`` for the newest version, whichever that is."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The document that ``D-1`` or ``D-1/2`` names; ``None`` for what is no id of a document."""
        found = _ID.fullmatch(text.strip())
        if found is None:
            return None
        number, version = found.groups()
        return cls(number=int(number), version=int(version) if version else None)

    @property
    def id(self) -> str:
        """``D-1``, or ``D-1/2`` for one version."""
        return f"D-{self.number}" + (f"/{self.version}" if self.version else "")


class NewDocument(Model):
    """What a person adds to a case."""

    kind: DocumentKind
    title: str
    file_name: str
    """As it was called where it came from. May name somebody, so it is kept sealed."""
    type: DocumentType
    agency: str | None = None
    """The agency whose document it is."""
    replaces: int | None = None
    """Number of the document whose next version it is."""


class Document(Model):
    """One version of a document, as it is kept."""

    number: int
    version: int
    kind: DocumentKind
    type: DocumentType
    agency: str | None = None
    sha256: str
    """Of the content as it was added, in hexadecimal."""
    size: int
    """Bytes of the content as it was added."""
    by: Actor
    at: datetime
    title: str
    file_name: str

    @property
    def id(self) -> str:
        """The document's id, the same for all its versions: ``D-1``."""
        return f"D-{self.number}"

    @property
    def full_id(self) -> str:
        """The id of this version: ``D-1/2``."""
        return f"{self.id}/{self.version}"


def refuses_adding(actor: Actor, kind: DocumentKind, agency: str | None) -> Refusal | None:
    """The rule that forbids this person to add a document of that kind for that agency."""
    if actor.role in _OUTSIDE:
        return _no("document-outside-body", "Outside bodies add nothing themselves; the business manager can.")
    if actor.role.of_an_agency and agency != actor.agency:
        return _no("document-own-agency", "People of an agency add documents for their own agency only.")
    if actor.role.of_an_agency and kind in FOR_EVERY_AGENCY:
        able = "a lead reviewer or the business manager can"
        return _no("document-of-the-panel", f"An agency adds no report or draft of the whole review; {able}.")
    if kind is DocumentKind.AGENCY_REPORT and agency is None:
        return _no("document-agency-named", "An agency's report needs the agency whose report it is (--agency).")
    return None


def refuses_replacing(actor: Actor, kind: DocumentKind, agency: str | None, replaced: Document) -> Refusal | None:
    """The rule that forbids a document of that kind and agency to be the next version of this one."""
    if (refusal := refuses_reading(actor, replaced)) is not None:
        return refusal
    if kind is not replaced.kind:
        text = f"The document that it would replace is of the kind {replaced.kind.value}; add this one without it."
        return _no("document-same-kind", text)
    if agency != replaced.agency:
        return _no("document-same-agency", "A new version belongs to the same agency as the earlier one.")
    return None


def refuses_reading(actor: Actor, document: Document) -> Refusal | None:
    """The rule that forbids this person to read the document."""
    if actor.role in _OUTSIDE:
        text = "Outside bodies are sent what concerns them; they read no documents here. The business manager can help."
        return _no("document-outside-body", text)
    own = document.agency is not None and document.agency == actor.agency
    if actor.role.of_an_agency and not own and document.kind not in FOR_EVERY_AGENCY:
        text = "People of an agency read their own agency's documents, the drafts and the report; nothing else."
        return _no("document-own-agency", text)
    return None


def refuses_packing(actor: Actor) -> Refusal | None:
    """The rule that forbids this person to take out the pack for publication."""
    if actor.role in _OUTSIDE or actor.role.of_an_agency:
        text = "The pack for publication is for the board; the business manager or the chair can take it out."
        return _no("pack-for-the-board", text)
    return None


def _no(
    code: str, text: str, source: str = "Who may see what of a review: information sharing of the board"
) -> Refusal:
    return Refusal(code=code, text=text, source=source)


def refuses_document(
    id: str, found: Found | None, kinds: Collection[DocumentKind], agency: str | None = None
) -> Refusal | None:
    """Whether a command names no version of a document of that kind, kept with the case, of that agency.

    The version is named because what is signed off, sent or published is that and no later one.
    """
    ref = DocumentRef.parse(id)
    if ref is None or ref.version is None:
        return _no("document-version", "Name the document with its version, as D-5/1.")
    if found is None:
        return None
    if "documents" in found.missing:
        return _no("document-kept", "That document is not kept with the case yet; add the file first.")
    kept = next((each for each in found.documents if each.id == ref.id), None)
    if kept is not None and kept.kind not in {kind.value for kind in kinds}:
        wanted = " or ".join(sorted(kind.value.replace("-", " ") for kind in kinds))
        return _no("document-kind", f"That document is kept as {kept.kind.replace('-', ' ')}; it has to be {wanted}.")
    if kept is not None and agency is not None and kept.agency not in ("", agency):
        return _no("own-document", "That document belongs to another agency.")
    return None
