"""Agencies' chronologies kept with the case: every file that was sent, row by row, and which rows tell of the same.

One transaction writes a file with all its rows and appends the fact. A process that is killed leaves nothing of it,
and adding the file again does it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from domain.chronology import Link, Row, RowFault
from domain.model import Model
from domain.people import Actor
from domain.record import CaseRef, Fact
from records import chain, queries
from records.queries import NotFound
from records.store import Record
from records.tables import CaseRow, ChronologyEntryRow, ChronologyLinkRow, ChronologyRow
from sealing import Keyring

RECEIVED: Final = "chronology-received"
LINKED: Final = "chronology-rows-linked"
UNLINKED: Final = "chronology-rows-unlinked"
READ: Final = "chronology-read"
EXPORTED: Final = "chronology-exported"
"""Facts of the case record about chronologies. They hold ids, counts and hashes, nothing of what a row says."""

_ID: Final = re.compile(r"([^/\s]+)/([1-9][0-9]{0,8})(?:/([1-9][0-9]{0,8}))?")


class Upload(Model):
    """One version of an agency's chronology: one file as it was sent."""

    agency: str
    version: int
    """Counts the agency's files in the case from 1."""
    sha256: str
    """Of the file, in hexadecimal."""
    rows: int
    """How many of its rows are kept."""
    faults: tuple[RowFault, ...] = ()
    """The rows that could not be read, and why."""
    by: Actor
    at: datetime
    changed: bool = True
    """False where the same file was the newest already, and nothing was done again."""

    @property
    def id(self) -> str:
        """By which the version is named: ``health/2``."""
        return f"{self.agency}/{self.version}"


class Chronology(Model):
    """One version of an agency's chronology with its rows, as they stand in the file."""

    upload: Upload
    rows: tuple[Row, ...]


def keep(
    record: Record,
    case: CaseRef,
    agency: str,
    rows: Sequence[Row],
    faults: Sequence[RowFault],
    *,
    sha256: str,
    actor: Actor,
    at: datetime,
) -> Upload:
    """Keep a file of an agency as its next version; the file that is its newest already is not kept again.

    The rows' own ``agency`` and ``version`` are set here. Raises ``NotFound`` where the record has no such case;
    ``RecordFault``; ``ValueError`` where two rows have one number.
    """
    if len({row.number for row in rows}) != len(rows):
        raise ValueError("two rows of a chronology have one number")
    _require(record, case)
    with record.writing() as session:
        of_case = chain.locked_case(session, case, at)
        newest = _newest(session, of_case).get(agency)
        if newest is not None and newest.sha256 == sha256:
            return _open_upload(record.keyring, case, newest).model_copy(update={"changed": False})
        upload = Upload(
            agency=agency,
            version=1 if newest is None else newest.version + 1,
            sha256=sha256,
            rows=len(rows),
            faults=tuple(faults),
            by=actor,
            at=at,
        )
        _add(session, record.keyring, case, of_case, upload=upload, rows=rows)
        detail = {"agency": agency, "version": upload.version, "sha256": sha256}
        counts = {"rows": upload.rows, "rows_not_read": len(upload.faults)}
        fact = Fact(kind=RECEIVED, at=at, by=actor, item=upload.id, detail=detail | counts)
        chain.append_fact(session, record.keyring, of_case, case.workflow_id, fact)
    return upload


def current(record: Record, case: CaseRef) -> tuple[Chronology, ...]:
    """The newest chronology of each agency, by agency. Raises ``NotFound`` where there is no such case."""
    with record.reading() as session:
        newest = _newest(session, _case(session, case))
        return tuple(_open(session, record.keyring, case, newest[agency]) for agency in sorted(newest))


def versions(record: Record, case: CaseRef) -> tuple[Upload, ...]:
    """Every version of every agency's chronology, in order. Raises ``NotFound`` where there is no such case."""
    with record.reading() as session:
        found = _uploads(session, _case(session, case))
        return tuple(_open_upload(record.keyring, case, row) for row in found)


def links(record: Record, case: CaseRef) -> tuple[Link, ...]:
    """The links that stand, in order of their making. Raises ``NotFound`` where there is no such case."""
    with record.reading() as session:
        stands = ChronologyLinkRow.case_id == _case(session, case).id, ChronologyLinkRow.stands
        rows = session.scalars(select(ChronologyLinkRow).where(*stands).order_by(ChronologyLinkRow.id))
        return tuple(Link(first=row.first, second=row.second) for row in rows)


def link(record: Record, case: CaseRef, first: str, second: str, *, actor: Actor, at: datetime) -> bool:
    """Keep that these two rows tell of the same; which is named first does not matter.

    ``False`` where they are linked already. Raises ``NotFound`` where case or row is not known, and ``ValueError`` for
    a row with itself.
    """
    return _set(record, case, first, second, actor=actor, at=at, stands=True)


def unlink(record: Record, case: CaseRef, first: str, second: str, *, actor: Actor, at: datetime) -> bool:
    """Undo a link; the rows stay. ``False`` where there is none. Raises as ``link`` does."""
    return _set(record, case, first, second, actor=actor, at=at, stands=False)


def known_ids(record: Record, case: CaseRef, ids: Iterable[str]) -> set[str]:
    """Those of the ids that are kept with the case: of versions (``health/2``) and of rows (``health/2/117``)."""
    asked = {id: found.groups() for id in ids if (found := _ID.fullmatch(id)) is not None}
    with record.reading() as session:
        row = _find(session, case)
        if row is None or not asked:
            return set()
        kept = {(each.agency, str(each.version)): each.id for each in _uploads(session, row)}
        numbers: dict[int, set[int]] = defaultdict(set)
        for agency, version, number in asked.values():
            if number is not None and (agency, version) in kept:
                numbers[kept[agency, version]].add(int(number))
        entries = {(upload, number) for upload in numbers for number in _entries(session, upload, numbers[upload])}
    return {
        id
        for id, (agency, version, number) in asked.items()
        if (upload := kept.get((agency, version))) is not None and (number is None or (upload, int(number)) in entries)
    }


def note(record: Record, case: CaseRef, kind: str, uploads: Iterable[Upload], *, actor: Actor, at: datetime) -> None:
    """Append the fact that somebody read these versions, or took them out. Raises ``RecordFault``."""
    fact = Fact(kind=kind, at=at, by=actor, detail={"chronologies": [upload.id for upload in uploads]})
    with record.writing() as session:
        record.append_fact(session, case, case.workflow_id, fact)


def _add(
    session: Session, keyring: Keyring, case: CaseRef, of_case: CaseRow, *, upload: Upload, rows: Sequence[Row]
) -> None:
    key_id, sealed = keyring.seal(upload.model_dump_json(exclude={"changed"}).encode(), _context(case, upload.id))
    kept = ChronologyRow(
        case_id=of_case.id,
        agency=upload.agency,
        version=upload.version,
        sha256=upload.sha256,
        rows=upload.rows,
        faults=len(upload.faults),
        at=upload.at,
        key_id=key_id,
        sealed=sealed,
    )
    session.add(kept)
    session.flush()
    belongs = {"agency": upload.agency, "version": upload.version}
    entries = [_entry(keyring, case, kept.id, row.model_copy(update=belongs)) for row in rows]
    if entries:
        session.execute(insert(ChronologyEntryRow), entries)


def _entry(keyring: Keyring, case: CaseRef, upload: int, row: Row) -> dict[str, object]:
    key_id, sealed = keyring.seal(row.model_dump_json().encode(), _context(case, row.id))
    return {
        "chronology_id": upload,
        "number": row.number,
        "earliest": row.when.earliest,
        "latest": row.when.latest,
        "key_id": key_id,
        "sealed": sealed,
    }


def _open(session: Session, keyring: Keyring, case: CaseRef, kept: ChronologyRow) -> Chronology:
    upload = _open_upload(keyring, case, kept)
    columns = ChronologyEntryRow.number, ChronologyEntryRow.key_id, ChronologyEntryRow.sealed
    of_upload = ChronologyEntryRow.chronology_id == kept.id
    rows = []
    for number, key_id, sealed in session.execute(select(*columns).where(of_upload).order_by(columns[0])):
        body = keyring.open(key_id, sealed, _context(case, f"{upload.id}/{number}"))
        rows.append(Row.model_validate_json(body))
    return Chronology(upload=upload, rows=tuple(rows))


def _open_upload(keyring: Keyring, case: CaseRef, row: ChronologyRow) -> Upload:
    """The version as it was kept. Raises ``KeyringFault`` where it does not open."""
    context = _context(case, f"{row.agency}/{row.version}")
    return Upload.model_validate_json(keyring.open(row.key_id, row.sealed, context))


def _context(case: CaseRef, id: str) -> bytes:
    return f"{case.board}/{case.reference}/chronology/{id}".encode()


def _set(record: Record, case: CaseRef, first: str, second: str, *, actor: Actor, at: datetime, stands: bool) -> bool:
    if first == second:
        raise ValueError("a row is not linked with itself")
    _require(record, case)
    known = known_ids(record, case, (first, second))
    for place, id in (("first", first), ("second", second)):
        if id not in known or id.count("/") != 2:
            raise NotFound(f"{case.reference} has no row with the {place} of these ids; they are like health/2/117")
    first, second = sorted((first, second), key=_order)
    with record.writing() as session:
        of_case = chain.locked_case(session, case, at)
        pair = ChronologyLinkRow.first == first, ChronologyLinkRow.second == second
        row = session.scalar(select(ChronologyLinkRow).where(ChronologyLinkRow.case_id == of_case.id, *pair))
        if stands is (row is not None and row.stands):
            return False
        row = row or ChronologyLinkRow(case_id=of_case.id, first=first, second=second)
        row.stands, row.at = stands, at
        session.add(row)
        fact = Fact(kind=LINKED if stands else UNLINKED, at=at, by=actor, detail={"rows": [first, second]})
        chain.append_fact(session, record.keyring, of_case, case.workflow_id, fact)
    return True


def _order(id: str) -> tuple[str, int, int]:
    agency, version, number = id.split("/")
    return agency, int(version), int(number)


def _find(session: Session, case: CaseRef) -> CaseRow | None:
    return session.scalar(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id))


def _case(session: Session, case: CaseRef) -> CaseRow:
    if (row := _find(session, case)) is None:
        raise NotFound(f"the record has no case {case.board}/{case.reference}")
    return row


def _require(record: Record, case: CaseRef) -> None:
    """That the case is there: nothing is written for one that is not."""
    with record.reading() as session:
        queries.require_kept(session, _case(session, case))


def _uploads(session: Session, case: CaseRow) -> list[ChronologyRow]:
    order = ChronologyRow.agency, ChronologyRow.version
    return list(session.scalars(select(ChronologyRow).where(ChronologyRow.case_id == case.id).order_by(*order)))


def _newest(session: Session, case: CaseRow) -> dict[str, ChronologyRow]:
    """The newest version of each agency: versions come in order, so the last one of each stays."""
    return {row.agency: row for row in _uploads(session, case)}


def _entries(session: Session, upload: int, numbers: set[int]) -> Iterable[int]:
    """Those of the numbers that are rows of the version."""
    of_upload = ChronologyEntryRow.chronology_id == upload, ChronologyEntryRow.number.in_(numbers)
    return session.scalars(select(ChronologyEntryRow.number).where(*of_upload))
