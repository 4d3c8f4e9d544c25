"""Lessons across a board's reviews: what was found before, what was done about it, and what changed.

Shown is what a report says that the board has accepted; before that, nothing of a case. No name is in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from domain.directory import Board
from domain.record import CaseRef
from records.lesson_views import Entry, Lesson, LessonAction, LessonChange, LessonFinding, LessonKind
from records.lesson_words import alike, asked, matching
from records.lessons_index import rebuild, refresh
from records.store import Record
from records.tables import CaseRow, LessonRow

__all__ = ["LIMIT", "Lesson", "LessonKind", "rebuild", "refresh", "search", "similar"]

LIMIT: Final = 20

E = TypeVar("E", bound=Entry)
_Entries = dict[str, dict[str, Any]]
"""The entries of one kind of a case, by their ids."""


def search(
    record: Record,
    board: Board,
    text: str,
    *,
    themes: Sequence[str] = (),
    kinds: Sequence[LessonKind] = (),
    limit: int = LIMIT,
) -> list[Lesson]:
    """The board's lessons that answer what was typed, the best first; where no word is asked for, the newest first.

    All words have to stand there, ``"words in quotes"`` one after the other, and ``-words`` must not. Words are found
    in their other forms, too ("shared" by "sharing"); anything that can be typed is understood. ``themes`` and
    ``kinds``: only lessons of any of them. Raises ``RecordFault``.
    """
    refresh(record, board)
    query = _of_board(board.id)
    if themes:
        query = query.where(or_(*(LessonRow.themes.contains(f" {theme} ", autoescape=True) for theme in themes)))
    if kinds:
        query = query.where(LessonRow.kind.in_([kind.value for kind in kinds]))
    with record.reading() as session:
        return _lessons(session, session.scalars(matching(session, query, asked(text)).limit(limit)))


def similar(record: Record, board: Board, text: str, *, without: CaseRef | None, limit: int = 5) -> list[Lesson]:
    """The findings of the board's reviews that are most like the text, the likest first; any of its words may match.

    ``without`` leaves out a case: the one that the text belongs to. Raises ``RecordFault``.
    """
    refresh(record, board)
    query = _of_board(board.id).where(LessonRow.kind == LessonKind.FINDING)
    if without is not None:
        query = query.where(CaseRow.workflow_id != without.workflow_id)
    with record.reading() as session:
        ranked = alike(session, query, (text,))
        return [] if ranked is None else _lessons(session, session.scalars(ranked.limit(limit)))


def _of_board(board: str) -> Select[int]:
    return select(LessonRow.id).join(CaseRow, CaseRow.id == LessonRow.case_id).where(CaseRow.board == board)


def _lessons(session: Session, ids: Iterable[int]) -> list[Lesson]:
    """These lessons in their order, each with what it is connected with in its review."""
    wanted = list(ids)
    query = select(LessonRow, CaseRow).join(CaseRow, CaseRow.id == LessonRow.case_id).where(LessonRow.id.in_(wanted))
    found = {row.id: (row, case) for row, case in session.execute(query)}
    reviews = {case.id: _Review(session, case) for _, case in found.values()}
    return [reviews[found[id][1].id].lesson(found[id][0]) for id in wanted]


class _Review:
    """Everything of one case that is shown."""

    def __init__(self, session: Session, case: CaseRow) -> None:
        self._case = CaseRef(board=case.board, reference=case.reference)
        self._entries: dict[str, _Entries] = defaultdict(dict)
        of_case = select(LessonRow.kind, LessonRow.item, LessonRow.entry).where(LessonRow.case_id == case.id)
        for kind, item, entry in session.execute(of_case.order_by(LessonRow.id)):
            self._entries[kind][item] = entry

    def lesson(self, row: LessonRow) -> Lesson:
        """The lesson with the findings, actions and changes that hang together with it."""
        match LessonKind(row.kind):
            case LessonKind.FINDING:
                findings, actions = [row.item], self._naming(LessonKind.ACTION, "findings", [row.item])
                changes = self._naming(LessonKind.CHANGE, "actions", actions)
            case LessonKind.ACTION:
                findings, actions = row.entry["findings"], [row.item]
                changes = self._naming(LessonKind.CHANGE, "actions", actions)
            case LessonKind.CHANGE:
                actions, changes = row.entry["actions"], [row.item]
                known = self._known(LessonKind.ACTION, actions)
                findings = list(dict.fromkeys(id for each in known for id in each["findings"]))
        return Lesson(
            case=self._case,
            kind=LessonKind(row.kind),
            id=row.item,
            told_at=row.told_at,
            themes=row.entry["themes"],
            findings=self._as(LessonFinding, findings),
            actions=self._as(LessonAction, actions),
            changes=self._as(LessonChange, changes),
        )

    def _naming(self, kind: LessonKind, field: str, ids: list[str]) -> list[str]:
        """The entries of that kind that name any of these ids."""
        return [id for id, entry in self._entries[kind].items() if not set(entry[field]).isdisjoint(ids)]

    def _known(self, kind: LessonKind, ids: Iterable[str]) -> list[dict[str, Any]]:
        return [self._entries[kind][id] for id in ids if id in self._entries[kind]]

    def _as(self, shown: type[E], ids: Iterable[str]) -> tuple[E, ...]:
        return tuple(shown.model_validate(entry) for entry in self._known(shown.KIND, ids))
