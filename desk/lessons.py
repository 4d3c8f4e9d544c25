"""Lessons across a board's reviews at the desk: searching them, and what was found before when a finding is entered."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from rich.console import Console

from domain.change_commands import Judgement
from domain.directory import Board, Directory, UnknownBoard
from domain.findings import EnterFinding
from domain.model import Model
from domain.record import CaseRef
from records import lessons
from records.engine import RecordFault
from records.lesson_views import Lesson, LessonAction, LessonChange, LessonFinding, LessonKind
from records.queries import NotFound
from records.store import Record

SHOWN_BEFORE: Final = 5
"""So many earlier findings are shown when one is entered."""
_LONGEST: Final = 240
"""Characters of a text that are shown in a list."""


class FoundBefore(Model):
    """An earlier finding of the board's reviews that is like the one that was just entered."""

    lesson: Lesson
    themes: tuple[str, ...] = ()
    """Ids of the themes that both have."""


def search(
    record: Record,
    board: Board,
    text: str,
    *,
    themes: Sequence[str] = (),
    kinds: Sequence[LessonKind] = (),
    limit: int = lessons.LIMIT,
) -> list[Lesson]:
    """The board's lessons that answer what was typed, the best first; how to ask is said in ``records.lessons``.

    Raises ``NotFound`` for a theme that is not on the board's list.
    """
    known = [theme.id for theme in board.themes]
    if not set(known).issuperset(themes):
        raise NotFound(f"the board's list has no such theme; it has {', '.join(known) or 'none'}")
    return lessons.search(record, board, text, themes=themes, kinds=kinds, limit=limit)


def found_before(record: Record, directory: Directory, case: CaseRef, command: EnterFinding) -> tuple[FoundBefore, ...]:
    """The findings of the board's other reviews that are most like this one, the likest first; at most five.

    The finding was entered already. So nothing is raised where earlier ones cannot be read: then none are shown.
    """
    said = (command.what_happened, command.why, command.how_usual, command.put_to_board, *command.themes)
    try:
        board = directory.board(case.board)
        found = lessons.similar(record, board, " ".join(said), without=case, limit=SHOWN_BEFORE)
    except (RecordFault, UnknownBoard):
        return ()
    return tuple(
        FoundBefore(lesson=each, themes=tuple(theme for theme in command.themes if theme in each.themes))
        for each in found
    )


def print_lessons(out: Console, found: Sequence[Lesson], board: Board) -> None:
    """Each lesson: what was found, what was done, what changed. Long texts are cut; as JSON they are whole."""
    if not found:
        out.print("No accepted report of the board says anything of this.")
    for lesson in found:
        out.print(f"{lesson.case.board}/{lesson.case.reference}: {lesson.kind.value} {lesson.id}", style="bold")
        for line in _lines(lesson):
            out.print(f"  {line}")
        if titles := _titles(board, lesson.themes):
            out.print(f"  Themes: {titles}", style="dim")


def print_found_before(out: Console, found: Sequence[FoundBefore]) -> None:
    """What earlier reviews found that is like it; nothing where they found nothing."""
    if not found:
        return
    out.print("\nFindings of earlier reviews that are most like this one", style="bold")
    for each in found:
        lesson = each.lesson
        same = f" (also under {', '.join(each.themes)})" if each.themes else ""
        out.print(f"  {lesson.case.reference} {lesson.id}{same}")
        for line in _lines(lesson):
            out.print(f"    {line}")


def _lines(lesson: Lesson) -> Iterable[str]:
    yield from map(_found, lesson.findings)
    yield from map(_done, lesson.actions)
    if lesson.kind is LessonKind.FINDING and not lesson.actions:
        yield "Done: no action is recorded."
    yield from map(_changed, lesson.changes)


def _found(finding: LessonFinding) -> str:
    answer = f" The board's answer: {finding.answer.value}." if finding.answer else ""
    kind = "Good practice" if finding.kind == "good-practice" else "Found"
    return f"{kind} ({finding.id}): {_short(finding.what_happened)}{answer}"


def _done(action: LessonAction) -> str:
    by = f" by {action.superseded_by}" if action.superseded_by else ""
    return f"Done ({action.id}, {action.agency}, {action.status.words}{by}): {_short(action.what)}"


def _changed(change: LessonChange) -> str:
    seen = _JUDGED[change.judgement] if change.judgement else "not judged yet"
    if change.value is not None and change.target is not None:
        seen += f", {_figure(change.value)} of {_figure(change.target)} {change.unit}".rstrip()
    if change.target_met is not None:
        seen += ", target met" if change.target_met else ", target not met"
    if change.absent:
        seen += f"; no observation at {change.absent} of its dates"
    if change.outcome:
        seen += f"; closed as {change.outcome.replace('-', ' ')}"
    return f"Changed ({change.id}, {seen}): {_short(change.what)}"


def _figure(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _short(text: str) -> str:
    """On one line, and not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"


def _titles(board: Board, themes: Iterable[str]) -> str:
    """Titles of the themes; of one that left the board's list its id."""
    titles = {theme.id: theme.title for theme in board.themes}
    return "; ".join(titles.get(theme, theme) for theme in themes)


_JUDGED: Final = {
    Judgement.IMPROVED: "improved",
    Judgement.NO_CHANGE: "no change",
    Judgement.WORSE: "worse",
    Judgement.UNINTENDED: "an unintended consequence",
    Judgement.CANNOT_TELL: "cannot be told",
}
