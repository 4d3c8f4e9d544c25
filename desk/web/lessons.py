"""Lessons of the board's accepted reports: what was found before, what was done, what changed. No names are in them."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.lessons import search
from desk.web import pages
from desk.web.access import guarded
from desk.web.cases import case_href
from desk.web.context import Desk, desk_of
from desk.web.lists import page_number
from desk.web.whom import For
from domain.change_commands import Judgement
from domain.directory import Board
from domain.model import Model
from records.lesson_views import Lesson, LessonKind
from records.lessons import LIMIT
from records.queries import NotFound

LONGEST: Final = 500
"""Characters of a question."""
MOST: Final = 500
"""Lessons that can be paged through: whoever finds more asks more closely."""
JUDGED: Final[Mapping[Judgement, str]] = {
    Judgement.IMPROVED: "improved",
    Judgement.NO_CHANGE: "no change",
    Judgement.WORSE: "worse",
    Judgement.UNINTENDED: "an unintended consequence",
    Judgement.CANNOT_TELL: "cannot be told",
}


class Wanted(Model):
    """What is searched for."""

    text: str = ""
    themes: tuple[str, ...] = ()
    kinds: tuple[LessonKind, ...] = ()
    number: int = 1
    """Which page."""

    @property
    def href(self) -> str:
        """The address of this search, without a page."""
        given = [("q", self.text)] if self.text else []
        given += [("theme", theme) for theme in self.themes] + [("kind", kind.value) for kind in self.kinds]
        return f"/lessons?{urlencode(given)}" if given else "/lessons"


def wanted_by(request: Request) -> Wanted:
    """What is asked for in the address. Raises ``NotFound`` for a kind that there is not."""
    given = request.query_params
    kinds = given.getlist("kind")
    if not set(kinds) <= set(LessonKind):
        raise NotFound(f"there is no such kind of lesson; there is {', '.join(LessonKind)}")
    return Wanted(
        text=given.get("q", "").strip()[:LONGEST],
        themes=tuple(dict.fromkeys(given.getlist("theme"))),
        kinds=tuple(LessonKind(kind) for kind in dict.fromkeys(kinds)),
        number=min(page_number(request.query_params), MOST // LIMIT),
    )


def found_of(desk: Desk, board: Board, wanted: Wanted) -> tuple[list[Lesson], bool]:
    """A page of the lessons, and whether there are more. Raises ``NotFound`` for a theme that the board has not."""
    last = wanted.number * LIMIT
    found = search(desk.record, board, wanted.text, themes=wanted.themes, kinds=wanted.kinds, limit=min(last + 1, MOST))
    return found[last - LIMIT : last], len(found) > last


async def show_lessons(request: Request) -> Response:
    """The search, and a page of what it finds; the newest lessons where nothing is asked."""
    desk = desk_of(request)
    board = desk.directory().board(request.state.viewer.board)
    try:
        wanted = wanted_by(request)
        found, more = await run_in_threadpool(found_of, desk, board, wanted)
    except NotFound as error:
        return pages.problem(request, 404, "This cannot be searched for", f"{error}.")
    titles = {theme.id: theme.title for theme in board.themes}
    return pages.page(
        request,
        "lessons.html",
        wanted=wanted,
        href=wanted.href,
        kind_choices=[(kind.value, kind.value.capitalize(), kind in wanted.kinds) for kind in LessonKind],
        theme_choices=[(theme.id, theme.title, theme.id in wanted.themes) for theme in board.themes],
        rows=[_row(each, titles) for each in found],
        judged=JUDGED,
        more=more,
        longest=LONGEST,
    )


def _row(lesson: Lesson, titles: Mapping[str, str]) -> dict[str, Any]:
    themes = "; ".join(titles.get(theme, theme) for theme in lesson.themes)
    return {"lesson": lesson, "themes": themes, "href": case_href(lesson.case)}


routes: list[Route] = [guarded("/lessons", show_lessons, For.LEARNING, name="lessons")]
