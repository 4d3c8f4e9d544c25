"""A board's annual report: as a page, and to take along as the command line writes it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.annual_case import Period
from desk.annual_report import AnnualReport, annual_report
from desk.annual_report_writing import as_html, as_markdown, is_number, shown, zipped
from desk.annual_tables import heading, sections
from desk.civil import in_civil_time
from desk.web import pages
from desk.web.access import guarded, note
from desk.web.context import Desk, desk_of
from desk.web.whom import For
from records.queries import NotFound

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2200


class Form(NamedTuple):
    """A form in which the report can be taken along."""

    title: str
    ending: str
    media_type: str
    write: Callable[[AnnualReport], bytes]


FORMS: Final[Mapping[str, Form]] = {
    "html": Form("One page, for screen and print", "html", "text/html", lambda report: as_html(report).encode()),
    "markdown": Form("Markdown", "md", "text/markdown", lambda report: as_markdown(report).encode()),
    "csv": Form("Every table, for spreadsheet programs", "zip", "application/zip", zipped),
}
_NO_YEAR: Final = "There is no such year"


def year_of(request: Request) -> int:
    """The year that is asked for, by the calendar year in which it begins; else this one. Raises ``NotFound``."""
    typed = request.query_params.get("year", "").strip()
    if not typed:
        desk = desk_of(request)
        board = desk.directory().board(request.state.viewer.board)
        today = in_civil_time(desk.now()).date()
        return today.year - (today < date.fromisoformat(f"{today.year:04}-{board.year_begins}"))
    if not typed.isascii() or not typed.isdecimal() or not FIRST_YEAR <= int(typed[:5]) <= LAST_YEAR:
        raise NotFound(f"write the year with four digits, from {FIRST_YEAR} to {LAST_YEAR}")
    return int(typed)


def report_of(desk: Desk, board: str, year: int) -> AnnualReport:
    """The report as things stand. Raises ``NotFound`` for a year that has not begun."""
    return annual_report(desk.record, desk.directory(), board, year, desk.now())


def has_begun(desk: Desk, board: str, year: int) -> bool:
    """Whether there is something to report of that year."""
    try:
        Period.of(desk.directory().board(board), year, desk.now())
    except NotFound:
        return False
    return year >= FIRST_YEAR


async def show_report(request: Request) -> Response:
    """The report of a year as a page."""
    desk, board = desk_of(request), request.state.viewer.board
    try:
        year = year_of(request)
        report = await run_in_threadpool(report_of, desk, board, year)
    except NotFound as error:
        return pages.problem(request, 404, _NO_YEAR, _sentence(error))
    title, days, notes = heading(report)
    return pages.page(
        request,
        "annual-report.html",
        title=title,
        days=days,
        notes=notes,
        sections=sections(report),
        shown=shown,
        is_number=is_number,
        year=year,
        years=[each for each in (year - 1, year + 1) if has_begun(desk, board, each)],
        forms=FORMS,
    )


async def download(request: Request) -> Response:
    """The report as a file; that it was taken along is noted."""
    wanted = FORMS.get(request.path_params["form"])
    if wanted is None:
        return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")
    desk, board = desk_of(request), request.state.viewer.board
    try:
        year = year_of(request)
        report = await run_in_threadpool(report_of, desk, board, year)
    except NotFound as error:
        return pages.problem(request, 404, _NO_YEAR, _sentence(error))
    content = await run_in_threadpool(wanted.write, report)
    await note(request, "annual-report-download", f"{year} {wanted.ending}")
    name = f"annual-report-{board}-{year}.{wanted.ending}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=wanted.media_type, headers=headers)


def _sentence(error: NotFound) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


routes: list[Route] = [
    guarded("/annual-report", show_report, For.BOARD, name="annual-report"),
    guarded("/annual-report/{form}", download, For.BOARD, name="annual-report-download"),
]
