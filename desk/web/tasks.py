"""Answering: the form of a task, a look at the answers before they are sent, and the receipt.

No rule lives here. What was typed is read as the command line reads it, asked and answered by the same service. It is
kept as a draft until it is sent, so that a time-out or a refusal loses nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk.answers import Target, able, compose
from desk.fields import Field, FieldFaults, read_fields
from desk.sending import NotKnownYet, NotTaken, StageEnded, Unreachable
from desk.service import TextMarked
from desk.value_words import in_full
from desk.views import ReceiptView
from desk.web import pages
from desk.web.access import Sight, guarded, note, sight_of
from desk.web.cases import case_href
from desk.web.context import Desk, desk_of
from desk.web.findings import check_href, note_names
from desk.web.form_fields import ENTRIES, as_typed, asked, in_words
from desk.web.history import before
from desk.web.my_work import task_href
from desk.web.viewer import Viewer
from desk.web.whom import For
from domain.command import please
from domain.forms import UNASKED
from domain.model import Refused
from domain.people import Actor, Role
from domain.record import CaseRef
from records import drafts, queries
from records.queries import Ambiguous, NotFound

WAIT: Final = timedelta(seconds=20)
LONGEST: Final = 200_000
"""Characters of one field."""
ROLE: Final = "desk-role"
AGENCY: Final = "desk-agency"
REQUEST: Final = "desk-request"
STEP: Final = "desk-step"
OWN: Final = ("form_token", ROLE, AGENCY, REQUEST, STEP)
"""Inputs of a form that are no fields of the answer: by names that no field can have."""


async def form(request: Request) -> Response:
    """The form of the task, with what was typed before."""
    found = await _found(request)
    if isinstance(found, Response):
        return found
    desk, viewer = desk_of(request), request.state.viewer
    if await run_in_threadpool(_is_done, desk, found):
        return pages.page(request, "done.html", **_words(found))
    typed = await run_in_threadpool(drafts.kept, desk.record, viewer.board, viewer.person, found.id)
    return await _form(request, found, typed)


def _is_done(desk: Desk, target: Target) -> bool:
    """Whether it was asked and is done, and is nothing that can be given again."""
    if target.form in UNASKED:
        return False
    try:
        return queries.find_task(desk.record, target.id).done_at is not None
    except (NotFound, Ambiguous):
        return False


async def take(request: Request) -> Response:
    """What came in from the form: kept, looked at once more, or sent."""
    found = await _found(request)
    if isinstance(found, Response):
        return found
    desk, viewer = desk_of(request), request.state.viewer
    given, typed = await _given(request)
    await run_in_threadpool(drafts.keep, desk.record, viewer.board, viewer.person, found.id, typed, desk.now())
    step = given.get(STEP, "check")
    if step == "send":
        return await _send(request, found, typed, given)
    if step == "check":
        return await _check(request, found, typed, given)
    return await _form(request, found, typed, more=step)


async def go(request: Request) -> Response:
    """Where a link in a letter leads: to its task while it is open and the reader's, else to its case."""
    desk, viewer, given = desk_of(request), request.state.viewer, request.query_params
    task, board, reference = given.get("task", ""), given.get("board", ""), given.get("case", "")
    target = await _target(request, task, viewer)
    if target is not None and not await run_in_threadpool(_is_done, desk, target):
        return RedirectResponse(task_href(task), 303)
    if board == viewer.board and reference:
        return RedirectResponse(pages.case_path(CaseRef(board=board, reference=reference)), 303)
    return RedirectResponse("/", 303)


async def keep_late(request: Request, viewer: Viewer) -> None:
    """What somebody sends whose session has run out is kept as a draft: they find it once they have signed in."""
    desk, (_, typed) = desk_of(request), await _given(request)
    target = await _target(request, request.path_params["task"], viewer)
    if target is not None:
        await run_in_threadpool(drafts.keep, desk.record, viewer.board, viewer.person, target.id, typed, desk.now())


async def _given(request: Request) -> tuple[dict[str, str], dict[str, str]]:
    """Everything that came in, and of it the fields of the answer."""
    given = {str(name): str(value)[:LONGEST] for name, value in (await request.form()).items()}
    return given, {name: value for name, value in given.items() if name not in OWN}


async def _found(request: Request) -> Target | Response:
    """The task that is asked for, where the person may answer it; else a page that says that there is none."""
    target = await _target(request, request.path_params["task"], request.state.viewer)
    if target is None:
        text = "It may have been answered already, by you or by somebody else, or it is not meant for you."
        return pages.problem(request, 404, "There is no such task", text)
    return target


async def _target(request: Request, text: str, viewer: Viewer) -> Target | None:
    """The task of that id, where the person may answer it, with what they see of its case on ``request.state``."""
    desk = desk_of(request)
    try:
        target = await run_in_threadpool(desk.service.target, text)
        sight = await run_in_threadpool(sight_of, desk, viewer, target.case)
    except (NotFound, Ambiguous):
        return None
    if target.id != text or not may_answer(target, sight):
        return None
    request.state.case, request.state.sight, request.state.detail = target.case, sight, target.id
    return target


def may_answer(target: Target, sight: Sight) -> bool:
    """Whether the person has a role that may answer, in the agency that is asked."""
    own = target.item if target.command.ITEM_IS_AGENCY else None
    asked = ((role, target.agency or (own if role.of_an_agency else None)) for role in able(target))
    return any(sight.is_asked(role, agency, target.item) for role, agency in asked)


async def _form(
    request: Request,
    target: Target,
    typed: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
    more: str = "",
) -> Response:
    desk = desk_of(request)
    fields = await run_in_threadpool(desk.service.fields, target)
    asked_for = [
        asked(field, typed, _shown(field, typed, more), (faults or {}).get(field.name, "")) for field in fields
    ]
    words = {
        **_words(target),
        "fields": asked_for,
        "request_id": str(uuid4()),
        "errors": errors or [],
        "actors": _actors(request, target),
        "about": await run_in_threadpool(_about, desk, target, request.state.sight),
        "before": await run_in_threadpool(before, desk, target, request.state.sight),
        "text_check": check_href(target.case, target.form, request.state.sight),
    }
    await note(request, "task")
    return pages.page(request, "task.html", 400 if errors else 200, **words)


def _about(desk: Desk, target: Target, sight: Sight) -> str:
    """Which child it is, by name, for those who act for the child; empty where that is not for them, or no child."""
    if not sight.names or target.item is None:
        return ""
    people = desk.service.case(target.case, desk.now(), people=True).people
    child = next((each for each in people if each.key == target.item and not each.professional), None)
    return f"{child.key} is {child.name}, {child.part}." if child is not None else ""


def _shown(field: Field, typed: Mapping[str, str], more: str) -> int:
    """How many entries of a list are shown: one more where that was asked for."""
    there = asked(field, typed, 1).entries
    return min(there + (more == f"more:{field.name}"), ENTRIES)


def _words(target: Target) -> dict[str, Any]:
    return {
        "target": target,
        "title": please(target.command),
        "explains": " ".join((target.command.__doc__ or "").split()),
        "href": task_href(target.id),
        "case_href": case_href(target.case),
    }


def _actors(request: Request, target: Target) -> list[str]:
    """The roles that the person can answer in, where there are several."""
    sight: Sight = request.state.sight
    able = {target.asked} if target.asked in target.command.ROLES else target.command.ROLES
    roles = [role.value for role in Role if role in able and sight.is_asked(role, target.agency, target.item)]
    return roles if len(roles) > 1 else []


async def _check(request: Request, target: Target, typed: Mapping[str, str], given: Mapping[str, str]) -> Response:
    """Everything once more before it is sent, once it can be read."""
    desk = desk_of(request)
    fields = await run_in_threadpool(desk.service.fields, target)
    try:
        actor = await run_in_threadpool(_actor, desk, request.state.viewer, target, given)
        command = compose(target, actor, "check", read_fields(as_typed(fields, typed)), desk.now())
        await run_in_threadpool(desk.service.look_through, target, command)
    except FieldFaults as faults:
        return await _faulty(request, target, typed, faults)
    except Refused as refused:
        return await _refused(request, target, typed, refused)
    words = {
        **_words(target),
        "answers": in_words(fields, typed),
        "typed": typed,
        "request_id": str(uuid4()),
        "role": given.get(ROLE, ""),
        "agency": given.get(AGENCY, ""),
    }
    return pages.page(request, "check.html", **words)


async def _send(request: Request, target: Target, typed: Mapping[str, str], given: Mapping[str, str]) -> Response:
    """Give the answer; the same request counts once, however often it comes."""
    desk, viewer = desk_of(request), request.state.viewer
    fields = await run_in_threadpool(desk.service.fields, target)
    request_id = given.get(REQUEST) or str(uuid4())
    try:
        actor = await run_in_threadpool(_actor, desk, viewer, target, given)
        answer = read_fields(as_typed(fields, typed))
        receipt = await desk.service.answer(target, actor, answer, request_id=request_id, at=desk.now(), wait=WAIT)
    except FieldFaults as faults:
        return await _faulty(request, target, typed, faults)
    except Refused as refused:
        return await _refused(request, target, typed, refused)
    except (NotKnownYet, Unreachable, NotTaken, StageEnded) as error:
        return _not_done(request, target, typed, {**given, REQUEST: request_id}, error)
    await run_in_threadpool(drafts.drop, desk.record, viewer.board, viewer.person, target.id)
    await note(request, "answer", target.id)
    return _receipt(request, target, receipt)


def _actor(desk: Desk, viewer: Viewer, target: Target, given: Mapping[str, str]) -> Actor:
    role = Role(given[ROLE]) if given.get(ROLE) in set(Role) else None
    return desk.service.actor(target, viewer.person, desk.now(), role=role, agency=given.get(AGENCY) or None)


def _receipt(request: Request, target: Target, receipt: ReceiptView) -> Response:
    return pages.page(request, "receipt.html", **_words(target), receipt=receipt)


async def _faulty(request: Request, target: Target, typed: Mapping[str, str], faults: FieldFaults) -> Response:
    by_field = {fault.field.partition(".")[0]: fault.message for fault in faults.faults}
    named = [(fault.field, f"{in_full(fault.field)}: {fault.message}") for fault in faults.faults]
    errors = [{"text": text, "href": f"#{field}"} for field, text in named]
    return await _form(request, target, typed, faults=by_field, errors=errors)


async def _refused(request: Request, target: Target, typed: Mapping[str, str], refused: Refused) -> Response:
    refusal = refused.refusal
    errors = [{"text": f"{refusal.text} ({refusal.source})", "href": "#fields"}]
    if isinstance(refused, TextMarked):
        await note_names(request, refused.marks)
        errors += [{"text": f"{mark.kind}: “{mark.passage}”: {mark.why}", "href": "#fields"} for mark in refused.marks]
    return await _form(request, target, typed, errors=errors)


def _not_done(
    request: Request, target: Target, typed: Mapping[str, str], given: Mapping[str, str], error: Exception
) -> Response:
    """Not recorded, or not known whether: the same request can be sent again, and counts once."""
    words = {**_words(target), "typed": typed, "request_id": given[REQUEST], "why": str(error)}
    words |= {"role": given.get(ROLE, ""), "agency": given.get(AGENCY, "")}
    words["known"] = not isinstance(error, NotKnownYet)
    words["ended"] = isinstance(error, StageEnded)
    return pages.page(request, "not-done.html", 503, **words)


async def forget(request: Request) -> Response:
    """Throw a draft away."""
    desk, viewer = desk_of(request), request.state.viewer
    await run_in_threadpool(drafts.drop, desk.record, viewer.board, viewer.person, request.path_params["task"])
    return RedirectResponse(task_href(request.path_params["task"]), 303)


routes: list[Route] = [
    guarded("/go", go, For.SIGNED_IN, name="go"),
    guarded("/drafts/{task:path}", forget, For.SIGNED_IN, name="forget-draft", methods=("POST",)),
    guarded("/tasks/{task:path}", form, For.SIGNED_IN, name="task"),
    guarded("/tasks/{task:path}", take, For.SIGNED_IN, name="take-answer", methods=("POST",), late=keep_late),
]
"""Whom a task is for is asked once it is known: who may not answer it is told that there is none."""
