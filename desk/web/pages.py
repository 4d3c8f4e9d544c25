"""Pages from templates: what every page has around it, times in words, and pages that say what is wrong."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from jinja2.utils import missing
from starlette.requests import Request
from starlette.responses import HTMLResponse

from desk.civil import moment_in_words
from desk.web import sessions
from desk.web.assets import static
from desk.web.context import desk_of
from desk.web.menu import menu_for
from desk.web.viewer import Viewer
from domain.clocks.calendar import day_in_words
from domain.record import CaseRef
from domain.safety import NOT_A_REFERRAL

TEMPLATES: Final = Path(__file__).parent / "templates"


class Forgotten(ChainableUndefined):
    """A word that a page was not given is an error; a part of one that components may leave out is not."""

    def _checked(self) -> None:
        if self._undefined_obj is missing and self._undefined_name != "caller":  # that macros ask for themselves
            self._fail_with_undefined_error()

    def __str__(self) -> str:
        self._checked()
        return ""

    def __bool__(self) -> bool:
        self._checked()
        return False

    def __iter__(self) -> Iterator[Any]:
        self._checked()
        return iter(())


@cache
def _environment() -> Environment:
    """The templates; what a page forgot to hand in is an error, and never an empty place."""
    design_system = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), design_system]),
        autoescape=True,
        undefined=Forgotten,
    )
    made.filters.update(moment=moment_in_words, day=_day)
    made.globals.update(static=static, case_path=case_path, not_a_referral=NOT_A_REFERRAL)
    return made


def page(request: Request, template: str, status: int = 200, **words: Any) -> HTMLResponse:
    """A page: the template with these words, and with what all pages have."""
    around = _around(request)
    return HTMLResponse(_environment().get_template(template).render(**{**around, **words}), status)


def problem(request: Request, status: int, title: str, text: str) -> HTMLResponse:
    """A page that says what is wrong, and what can be done; never how the service is made."""
    return page(request, "problem.html", status, title=title, text=text)


def case_path(case: CaseRef) -> str:
    """Address of the page of a case."""
    return f"/cases/{quote(case.board, safe='')}/{quote(case.reference, safe='')}"


def _around(request: Request) -> dict[str, Any]:
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    desk = desk_of(request)
    return {
        "viewer": viewer,
        "menu": menu_for(viewer, request.url.path) if viewer else (),
        "form_token": sessions.form_token(request) if viewer else "",
        "idle_minutes": desk.settings.session_minutes if viewer else 0,
        "agency_named": desk.directory().board(viewer.board).agency_named if viewer else str,
        "tryout": request.app.state.tryout,
        "errors": (),
        "path": request.url.path,
    }


def _day(value: date | datetime) -> str:
    return day_in_words(value.date() if isinstance(value, datetime) else value)
