"""My work: what is asked of me, the earliest due first, with what happens if I do not."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk.calendar_waiting import leads_of_actions
from desk.taskview import task_views
from desk.views import TaskView
from desk.web import pages
from desk.web.access import guarded, sight_of
from desk.web.context import Desk, desk_of
from desk.web.viewer import Viewer
from desk.web.whom import For
from domain.model import Model
from domain.people import OPERATORS, Role
from domain.record import CaseRef, ClockEntry
from records import queries
from records.queries import Ambiguous, NotFound

CASE_ROLES = tuple(role for role in Role if role.of_a_case)


class Asked(Model):
    """A task as its page lists it."""

    task: TaskView
    href: str
    deputising: bool
    """Whether it is somebody else's, for whom the person stands in."""
    otherwise: str
    """What happens if it is not done in time; empty where nothing does."""


def asked_of(desk: Desk, viewer: Viewer) -> list[Asked]:
    """Everything that the person is asked, overdue first."""
    found = {task.id: task for task in _tasks(desk, viewer)}
    clocks = _clocks(desk, found.values())
    asked = [_asked(viewer, task, clocks) for task in found.values()]
    return sorted(asked, key=lambda each: (each.task.due_at is None, each.task.due_at or desk.now(), each.task.id))


def task_href(task: str) -> str:
    """Address of the page of a task."""
    return f"/tasks/{quote(task)}"


def _tasks(desk: Desk, viewer: Viewer) -> Iterator[TaskView]:
    now = desk.now()
    for held in dict.fromkeys((each.role, each.agency) for each in viewer.roles if each.role not in OPERATORS):
        role, agency = held
        for task in task_views(desk.record, now, role=role, board=viewer.board):
            if not role.of_an_agency or task.agency in {None, agency}:
                yield task
    appointed: dict[CaseRef, tuple[Role, ...]] = {}
    for role in CASE_ROLES:
        for task in task_views(desk.record, now, role=role, board=viewer.board):
            if task.case not in appointed:
                sight = sight_of(desk, viewer, task.case)
                appointed[task.case] = tuple(each.role for each in sight.roles)
            if role in appointed[task.case] and _is_mine(desk, viewer, task):
                yield task


def _is_mine(desk: Desk, viewer: Viewer, task: TaskView) -> bool:
    """Of the leads of actions each has their own; other roles of a case have one holder, or all are asked."""
    if task.role is not Role.ACTION_LEAD:
        return True
    return leads_of_actions(desk.record, task.case).get((task.item or "").partition("/")[0]) == viewer.person


def _asked(viewer: Viewer, task: TaskView, clocks: dict[str, ClockEntry]) -> Asked:
    held = [each for each in viewer.roles if each.role is task.role and each.agency in {None, task.agency}]
    return Asked(
        task=task.model_copy(update={"fields": (), "answer_schema": {}}),
        href=task_href(task.id),
        deputising=bool(held) and all(each.deputising for each in held),
        otherwise=_otherwise(clocks.get(task.id)),
    )


def _otherwise(entry: ClockEntry | None) -> str:
    """Who hears of it after the due instant, in order."""
    if entry is None:
        return ""
    after = [rung.to for rung in entry.rule.ladder if rung.offset >= 0 and not rung.from_start]
    others = dict.fromkeys(role.words for role in after if role is not entry.waiting_on)
    return f"the {', then the '.join(others)} will be told" if others else ""


def _clocks(desk: Desk, tasks: Iterable[TaskView]) -> dict[str, ClockEntry]:
    """The clock of each open task, by the task's id, for the cases of these tasks."""
    found: dict[str, ClockEntry] = {}
    for case in dict.fromkeys(task.case for task in tasks):
        entries = {(c.stage, c.entry.id): c.entry for c in queries.clocks(desk.record, case) if c.current}
        for each in queries.tasks(desk.record, board=case.board, reference=case.reference):
            if (entry := entries.get((each.stage, each.clock or ""))) is not None:
                found[each.id] = entry
    return found


async def my_work(request: Request) -> Response:
    """The page that people come to."""
    viewer: Viewer = request.state.viewer
    if viewer.only_operates:
        return RedirectResponse("/operator", 303)
    asked = await run_in_threadpool(asked_of, desk_of(request), viewer)
    overdue = [each for each in asked if each.task.overdue]
    return pages.page(request, "my-work.html", asked=asked, overdue=len(overdue))


async def go(request: Request) -> Response:
    """Where a link in a letter leads: to its task while it is open, else to its case."""
    desk, viewer = desk_of(request), request.state.viewer
    task = request.query_params.get("task", "")
    board, reference = request.query_params.get("board", ""), request.query_params.get("case", "")
    still_open: bool = await run_in_threadpool(_is_open, desk, task)
    if still_open:
        return RedirectResponse(task_href(task), 303)
    if board == viewer.board and reference:
        return RedirectResponse(f"/cases/{quote(board)}/{quote(reference)}", 303)
    return RedirectResponse("/", 303)


def _is_open(desk: Desk, task: str) -> bool:
    try:
        return queries.find_task(desk.record, task).id == task
    except (NotFound, Ambiguous):
        return False


routes: list[Route] = [
    guarded("/", my_work, For.SIGNED_IN, name="my-work"),
    guarded("/go", go, For.SIGNED_IN, name="go"),
]
