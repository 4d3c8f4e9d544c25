"""A case at a glance: where it stands, who is waited for, its dates and how they came about, what happened."""

from typing import Any
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.answers import stage_name
from desk.clocks_believed import AsOf
from desk.explaining import explanations
from desk.timeline import timeline_of
from desk.timeline_picture import timeline_svg
from desk.views import CaseView, ClockView, TaskView
from desk.web import pages
from desk.web.access import Sight, guarded
from desk.web.chronology import sees_chronology
from desk.web.context import desk_of
from desk.web.documents import sees_documents
from desk.web.history import every_date, latest_facts
from desk.web.lists import page_number, reach_of
from desk.web.my_work import task_href
from desk.web.plan import sees_plan
from desk.web.recording import may_of
from desk.web.whom import RUN_THE_BOARD, For
from domain.record import CaseRef, ClockEntry
from records import access_log, overview
from records.overview import A_PAGE, CaseFilter, Reach
from records.queries import NotFound


async def list_cases(request: Request) -> Response:
    """The cases of the board that the person may see something of, searched by reference and filtered."""
    desk, reach, number = desk_of(request), reach_of(request.state.viewer), page_number(request.query_params)
    wanted = _wanted(request, reach)
    found, more = await run_in_threadpool(overview.cases, desk.record, reach, wanted, number)
    stages = await run_in_threadpool(overview.stages, desk.record, reach.board) if reach.standing else ()
    state = {True: "open", False: "closed", None: ""}[wanted.open]
    asked = {"reference": wanted.reference, "stage": wanted.stage, "state": state}
    query = urlencode({name: value for name, value in asked.items() if value})
    return pages.page(
        request,
        "cases.html",
        rows=[{"case": each, "href": case_href(each.case)} for each in found],
        number=number,
        more=more,
        wanted=asked,
        href=f"/cases?{query}" if query else "/cases",
        stages=stages,
    )


def _wanted(request: Request, reach: Reach) -> CaseFilter:
    """What is asked for; where cases stand is a filter only for those who may see it of each."""
    given = request.query_params
    return CaseFilter(
        reference=given.get("reference", "").strip()[:100],
        stage=given.get("stage", "")[:300] if reach.standing else "",
        open={"open": True, "closed": False}.get(given.get("state", "")),
    )


async def show_case(request: Request) -> Response:
    """The case as far as the person may see it."""
    desk, case, sight = desk_of(request), request.state.case, request.state.sight
    view = await run_in_threadpool(desk.service.case, case, desk.now(), people=sight.names)
    latest = await run_in_threadpool(latest_facts, desk, case, sight) if sight.whole else []
    link = desk.settings.ui_link_template.format(board=quote(case.board), reference=quote(case.reference), task="")
    return pages.page(
        request,
        "case.html",
        **_shown(view, case, sight),
        facts=latest,
        ui_link=link,
        sees_accesses=request.state.viewer.has(*RUN_THE_BOARD),
    )


def _shown(view: CaseView, case: CaseRef, sight: Sight) -> dict[str, Any]:
    clocks = [clock for clock in view.clocks if _sees_clock(clock, case, sight)]
    tasks = [task for task in view.tasks if _sees_task(task, case, sight)]
    return {
        "view": view,
        "case": case,
        "sight": sight,
        "clocks": [{"clock": clock, "href": clock_href(case, clock.stage, clock.id)} for clock in clocks],
        "tasks": [{"task": task, "href": task_href(task.id), "mine": is_asked(sight, task)} for task in tasks],
        "may_record": bool(may_of(view, sight)),
        "sees_plan": sees_plan(sight),
        "sees_documents": sees_documents(sight),
        "sees_chronology": sees_chronology(sight),
        "people": view.people if sight.names else (),
    }


def is_asked(sight: Sight, task: TaskView) -> bool:
    """Whether the task is the person's own."""
    return sight.is_asked(task.role, task.agency, task.item)


def _sees_task(task: TaskView, case: CaseRef, sight: Sight) -> bool:
    return sight.of_stage(stage_name(case, f"scr/{task.id}")) or is_asked(sight, task)


def _sees_clock(clock: ClockView, case: CaseRef, sight: Sight) -> bool:
    if sight.of_stage(stage_name(case, clock.stage)):
        return True
    return clock.waiting_on is not None and sight.is_asked(clock.waiting_on, clock.item, clock.item)


def case_href(case: CaseRef) -> str:
    """Address of the page of a case."""
    return f"/cases/{quote(case.board)}/{quote(case.reference)}"


def clock_href(case: CaseRef, stage: str, clock: str) -> str:
    """Address of the page that explains a date."""
    way = stage.removeprefix(case.workflow_id).strip("/")
    return f"{case_href(case)}/dates?stage={quote(way)}&clock={quote(clock)}"


async def picture(request: Request) -> Response:
    """The case over time, as a picture."""
    desk, case = desk_of(request), request.state.case
    drawn = await run_in_threadpool(lambda: timeline_svg(timeline_of(desk.record, case, desk.now())))
    return Response(drawn, media_type="image/svg+xml")


async def explain(request: Request) -> Response:
    """A date's whole working, day by day with its source; as of an earlier date where one is given."""
    desk, case, sight = desk_of(request), request.state.case, request.state.sight
    clock = request.query_params.get("clock", "")
    if not clock:
        return await _every_date(request)
    request.state.detail = clock[:200]
    try:
        typed = request.query_params.get("as_of", "")
        as_of = AsOf.read(typed, desk.now()) if typed else None
        found = await run_in_threadpool(explanations, desk.record, case, clock, as_of)
    except (ValueError, OverflowError) as error:
        text = "It is too long ago." if isinstance(error, OverflowError) else f"It {error}."
        return pages.problem(request, 400, "This day cannot be looked back to", text)
    except NotFound as error:  # which tells of clocks that there are
        text = str(error) if sight.whole else "Or it is not meant for you."
        return pages.problem(request, 404, "There is no such date", text)
    stage = request.query_params.get("stage")
    shown = [
        each
        for each in found
        if (stage is None or each.stage.removeprefix(case.workflow_id).strip("/") == stage)
        and _sees_entry(each.stage, each.entry, case, sight)
    ]
    if not shown:
        return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")
    return pages.page(request, "explain.html", case=case, found=shown, clock=clock, href=case_href(case))


async def _every_date(request: Request) -> Response:
    """Every clock that runs or ran, each with a link to its working."""
    desk, case, sight = desk_of(request), request.state.case, request.state.sight
    found = await run_in_threadpool(every_date, desk, case, lambda stage, entry: _sees_entry(stage, entry, case, sight))
    rows = [{**each, "href": clock_href(case, each["stage"], each["entry"].id)} for each in found]
    return pages.page(request, "dates.html", case=case, rows=rows)


def _sees_entry(stage: str, entry: ClockEntry, case: CaseRef, sight: Sight) -> bool:
    return sight.of_stage(stage_name(case, stage)) or sight.is_asked(
        entry.waiting_on, entry.agency or entry.item, entry.item
    )


async def accesses(request: Request) -> Response:
    """Who looked at the case, took something along, or answered; for those who run the board."""
    if not request.state.viewer.has(*RUN_THE_BOARD):
        return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")
    desk, case = desk_of(request), request.state.case
    number = page_number(request.query_params)
    found = await run_in_threadpool(
        lambda: access_log.noted(
            desk.record, case.board, case.reference, limit=A_PAGE + 1, before=(number - 1) * A_PAGE
        )
    )
    return pages.page(
        request,
        "accesses.html",
        case=case,
        href=case_href(case),
        rows=found[:A_PAGE],
        number=number,
        more=len(found) > A_PAGE,
    )


_CASE = "/cases/{board}/{reference}"
routes: list[Route] = [
    guarded("/cases", list_cases, For.SIGNED_IN, name="cases"),
    guarded(_CASE, show_case, For.CASE, name="case"),
    guarded(f"{_CASE}/timeline.svg", picture, For.WHOLE_CASE, name="timeline"),
    guarded(f"{_CASE}/dates", explain, For.CASE, name="explain"),
    guarded(f"{_CASE}/accesses", accesses, For.WHOLE_CASE, name="accesses"),
]
