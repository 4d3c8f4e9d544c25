"""Marking words in texts and documents of a case, with the names that the case and the directory know."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from pydantic import ValidationError

from domain.directory import Board, Directory
from domain.document_types import DocumentType
from domain.incident import Incident, IncidentEvent
from domain.people import Role
from domain.record import CaseRef
from domain.text_check import Mark, check
from domain.text_check_words import ORDINARY, ORGANISATIONS
from records import queries
from records.document_text import Unreadable, text_of
from records.queries import NotFound
from records.store import Record

MARKS_LIMIT: Final = 200
UNREADABLE: Final = "unreadable"
"""Kind of the mark of a document whose text a program cannot read."""

_OF_STAFF, _OF_FAMILY = 4, 3
"""Letters from which on a word of a name is looked for: shorter ones are too often something else."""
_WORDS: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_NOT_A_NAME: Final = ORDINARY | ORGANISATIONS | {word for role in Role for word in role.value.split("-")}
"""Words by which a contact is given as a role of an organisation instead of as a person."""


def known_names(record: Record, case: CaseRef, directory: Directory) -> frozenset[str]:
    """Words of the names that no report may hold: of the board's people, and of everybody whom the incident names."""
    staff = staff_names(board for board in directory.boards if board.id == case.board)
    family, contacts, agencies = _of_incidents(record, case)
    of_agencies = {word.casefold() for word in _long(agencies, _OF_STAFF)}
    named = (word for word in _long(contacts, _OF_STAFF) if word.casefold() not in _NOT_A_NAME | of_agencies)
    return staff.union(named, _long(family, _OF_FAMILY))


def staff_names(boards: Iterable[Board]) -> frozenset[str]:
    """Words of the names of these boards' people."""
    return frozenset(_long((person.name for board in boards for person in board.people), _OF_STAFF))


def marks_in(texts: Iterable[str], names: Collection[str]) -> tuple[Mark, ...]:
    """What is marked in the texts, each passage once for each kind, at most 200."""
    return once(mark for text in texts for mark in check(text, names))


def once(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks in their order, each passage once for each kind, at most 200."""
    found: dict[tuple[str, str], Mark] = {}
    for mark in marks:
        found.setdefault((mark.kind, mark.passage), mark)
        if len(found) == MARKS_LIMIT:
            break
    return tuple(found.values())


def marks_of_document(kind: DocumentType, content: bytes, names: Collection[str]) -> tuple[Mark, ...]:
    """What is marked in the text of a document; where it cannot be read, one mark that says so."""
    try:
        return marks_in((text_of(kind, content),), names)
    except Unreadable as error:
        why = f"The text of this document could not be checked: {error}. Somebody has to read it for names and blame."
        return (Mark(passage="the whole document", kind=UNREADABLE, why=why),)


def _long(names: Iterable[str], letters: int) -> Iterator[str]:
    words = (word for name in names for word in _WORDS.findall(_POSSESSIVE.sub("", name)))
    return (word for word in words if len(word) >= letters)


def _of_incidents(record: Record, case: CaseRef) -> tuple[list[str], list[str], list[str]]:
    """Names of the children, of the professionals and of the agencies that the incident events name."""
    family: list[str] = []
    contacts: list[str] = []
    agencies: list[str] = []
    for incident in _incidents(record, case):
        family += [name for child in incident.children for name in (child.given_name, child.family_name)]
        others = [name for child in incident.other_children for name in (child.given_name, child.family_name)]
        family += [name for name in others if name]
        contacts += [incident.notified_by.name, *(agency.contact.name for agency in incident.agencies)]
        agencies += [agency.name for agency in incident.agencies]
    return family, contacts, agencies


def _incidents(record: Record, case: CaseRef) -> Iterator[Incident]:
    try:
        facts = queries.facts(record, case, "incident-notified", "incident-updated")
    except NotFound:
        return
    for each in facts:
        try:
            yield IncidentEvent.model_validate(each.fact.detail.get("event")).data
        except ValidationError:  # a record of years ago may hold an event of another shape
            continue
