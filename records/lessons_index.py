"""Keeping the search across reviews in step with the facts, from which it can be made again at any time."""

import logging
from collections.abc import Iterator

from pydantic import ValidationError
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from domain.directory import Board, Directory
from domain.model import Model
from domain.record import CaseRef
from records import chain
from records.insert import insert_new
from records.lesson_reading import TEACH, TEXTS, Taught
from records.lesson_views import ENTRIES, Entry, LessonKind
from records.lesson_words import drop, put
from records.marking import known_names
from records.masking import Masking
from records.store import Record
from records.superseding import SUPERSEDED, superseded_by
from records.tables import CaseRow, FactRow, LessonRow, LessonsReadRow
from sealing import KeyringFault

OF_NAMES = frozenset({"incident-notified", "incident-updated"})
"""Facts that name people: with more names known, every text of the case is gone through again."""
CHANGING = TEACH | OF_NAMES | {SUPERSEDED}
_Texts = dict[tuple[str, str], dict[str, str]]
"""The texts of each entry by kind and id, without names."""

_log = logging.getLogger(__name__)


class _Behind(Model):
    """A case with facts that were not read."""

    id: int
    case: CaseRef
    read: int
    """Number of the last fact that was read."""
    facts: int


def refresh(record: Record, board: Board) -> None:
    """Read what is new in the facts of the board's cases. Quick where nothing is. Raises ``RecordFault``.

    A case whose facts do not open is left as it was, and told of in the log; ``scr.py verify`` says what is wrong.
    """
    for behind in _behind(record, board.id):
        try:
            entries = _entries(record, behind, board)
        except (KeyringFault, ValidationError) as error:
            # Not the error itself: it may quote what was typed.
            _log.warning("lessons of %s were not read: %s", behind.case.reference, type(error).__name__)
            continue
        with record.writing() as session:
            _keep(session, behind, entries)


def rebuild(record: Record, board: Board) -> None:
    """Read all facts of the board's cases again, with the names that the directory knows now.

    Until a case has been read again, what was known of it stays.
    """
    with record.writing() as session:
        cases = select(CaseRow.id).where(CaseRow.board == board.id)
        session.execute(delete(LessonsReadRow).where(LessonsReadRow.case_id.in_(cases)))
    refresh(record, board)


def _behind(record: Record, board: str) -> list[_Behind]:
    read = func.coalesce(LessonsReadRow.seq, 0)
    query = (
        select(CaseRow.id, CaseRow.board, CaseRow.reference, CaseRow.facts, read)
        .outerjoin(LessonsReadRow, LessonsReadRow.case_id == CaseRow.id)
        .where(CaseRow.board == board, or_(LessonsReadRow.id.is_(None), CaseRow.facts > read))
        .order_by(CaseRow.id)
    )
    with record.reading() as session:
        return [
            _Behind(id=id, case=CaseRef(board=board, reference=reference), read=seq, facts=facts)
            for id, board, reference, facts, seq in session.execute(query)
        ]


def _entries(record: Record, behind: _Behind, board: Board) -> tuple[Entry, ...] | None:
    """What the case teaches now, with no name in it; ``None`` where its new facts change nothing of that."""
    with record.reading() as session:
        new = _new(session, behind)
        if not new:
            return None
        taught = _taught(record, session, behind)
        done = _texts(session, behind) if new <= TEACH - TEXTS else {}
    if not taught.accepted:
        return ()
    # The names are read after the facts were counted: whoever comes to be known later comes with a fact of its own.
    names = known_names(record, behind.case, Directory.model_validate({"board": (board,)}))
    masking = Masking(names, taught.stays)
    return tuple(
        each.model_copy(
            update=done.get((each.KIND, each.id)) or {name: masking.masked(getattr(each, name)) for name in each.TEXTS}
        )
        for each in taught.entries()
    )


def _new(session: Session, behind: _Behind) -> frozenset[str]:
    """The kinds of facts that came since and change what is shown."""
    since = FactRow.case_id == behind.id, FactRow.seq > behind.read, FactRow.seq <= behind.facts
    return CHANGING.intersection(session.scalars(select(FactRow.kind).where(*since).distinct()))


def _texts(session: Session, behind: _Behind) -> _Texts:
    """What was made of the texts before: going through all of them takes time."""
    of_case = select(LessonRow.kind, LessonRow.item, LessonRow.entry).where(LessonRow.case_id == behind.id)
    texts: _Texts = {}
    for kind, item, entry in session.execute(of_case):
        texts[kind, item] = {name: entry[name] for name in ENTRIES[LessonKind(kind)].TEXTS}
    return texts


def _taught(record: Record, session: Session, behind: _Behind) -> Taught:
    case = session.get_one(CaseRow, behind.id)
    query = select(FactRow).where(FactRow.case_id == case.id, FactRow.kind.in_(TEACH | {SUPERSEDED}))
    rows = session.scalars(query.where(FactRow.seq <= behind.facts).order_by(FactRow.seq))
    facts = {row.seq: chain.open_fact(record.keyring, case, row) for row in rows}
    gone = frozenset[int]().union(*map(superseded_by, facts.values()))
    return Taught(fact for seq, fact in facts.items() if seq not in gone)


def _keep(session: Session, behind: _Behind, entries: tuple[Entry, ...] | None) -> None:
    """Put the entries in the place of those that were there, unless somebody else has read further meanwhile."""
    session.scalar(select(CaseRow.id).where(CaseRow.id == behind.id).with_for_update())
    insert_new(session, LessonsReadRow, case_id=behind.id, seq=0)
    read = session.scalars(select(LessonsReadRow).where(LessonsReadRow.case_id == behind.id)).one()
    if read.seq > behind.facts:
        return
    last = select(FactRow.id).where(FactRow.case_id == behind.id, FactRow.seq == behind.facts)
    if session.scalar(last) is None:  # the record of the case was destroyed meanwhile
        entries = ()
    if entries is not None:
        _clear(session, behind.id)
        for row, entry in list(_added(session, behind.id, entries)):
            put(session, row.id, entry.searched)
    read.seq = behind.facts


def _added(session: Session, case: int, entries: tuple[Entry, ...]) -> Iterator[tuple[LessonRow, Entry]]:
    rows = [
        LessonRow(
            case_id=case,
            kind=entry.KIND.value,
            item=entry.id,
            told_at=entry.told_at,
            themes="".join(f" {theme} " for theme in entry.themes),
            entry=entry.model_dump(mode="json"),
        )
        for entry in entries
    ]
    session.add_all(rows)
    session.flush()
    return zip(rows, entries, strict=True)


def _clear(session: Session, case: int) -> None:
    drop(session, case)
    session.execute(delete(LessonRow).where(LessonRow.case_id == case))
