"""What can be recorded in a case without having been asked for: each command, and what it is to be about."""

import re
from itertools import groupby
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk.views import CaseView, MayRecord
from desk.web import pages
from desk.web.access import Sight, guarded
from desk.web.context import desk_of
from desk.web.my_work import task_href
from desk.web.whom import For
from domain.forms import FORMS

ITEM: Final = re.compile(r"[\w.-]{1,80}(/[\w.-]{1,80}){0,3}")


def may_of(view: CaseView, sight: Sight) -> list[MayRecord]:
    """What this person may record there."""
    return [may for may in view.may_record if any(sight.is_asked(role, None) for role in may.roles)]


async def choose(request: Request) -> Response:
    """Everything that the person may record in the case, stage by stage."""
    desk, case, sight = desk_of(request), request.state.case, request.state.sight
    view = await run_in_threadpool(desk.service.case, case, desk.now())
    titles = {stage.id.removeprefix("scr/"): stage.title for stage in view.stages}
    mine = [(_stage(may, titles), may) for may in may_of(view, sight)]
    groups = [
        {"title": titles[stage], "entries": [_entry(view, may) for _, may in found]}
        for stage, found in groupby(mine, key=lambda each: each[0])
    ]
    return pages.page(request, "record.html", case=case, groups=groups)


def _stage(may: MayRecord, titles: dict[str, str]) -> str:
    """The stage that takes it: the longest of the ids that its own begins with."""
    return max((stage for stage in titles if may.id.startswith(f"{stage}/")), key=len)


def _entry(view: CaseView, may: MayRecord) -> dict[str, Any]:
    form = may.id.rpartition("/")[2]
    about = FORMS[form].ABOUT
    known = {fact.item for fact in view.facts if about and fact.item and fact.kind.startswith(about.lower())}
    title = may.title.removeprefix(f"{about}: ") if about else may.title
    words = about.lower().replace("-", " ").replace("/", " and ")
    return {
        "title": title[:1].upper() + title[1:],
        "href": task_href(may.id),
        "id": may.id,
        "about": words,
        "known": sorted(known),
    }


async def begin(request: Request) -> Response:
    """On to the form, once it is said what it is to be about."""
    named, item = request.query_params.get("id", ""), request.query_params.get("item", "").strip()
    about = FORMS[form].ABOUT if (form := named.rpartition("/")[2]) in FORMS else ""
    if not about or not named.endswith(f"/{about}/{form}"):
        return pages.problem(request, 404, "There is no such form", "Go back and choose one of the list.")
    if not ITEM.fullmatch(item):
        text = f"Go back and say which {about.lower()} it is about: a short reference of letters, digits and hyphens."
        return pages.problem(request, 400, "It is not said what this is about", text)
    return RedirectResponse(task_href(f"{named.removesuffix(f'{about}/{form}')}{item}/{form}"), 303)


_CASE: Final = "/cases/{board}/{reference}"
routes: list[Route] = [
    guarded(f"{_CASE}/record", choose, For.CASE, name="record"),
    guarded(f"{_CASE}/record/begin", begin, For.CASE, name="record-begin"),
]
