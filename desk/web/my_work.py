"""My work: what is asked of me, the earliest due first, with what happens if I do not."""

from datetime import datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk.taskview import task_line
from desk.views import TaskView
from desk.web import pages
from desk.web.access import guarded
from desk.web.context import Desk, desk_of
from desk.web.lists import asking_of, page_number, reach_of
from desk.web.viewer import Viewer
from desk.web.whom import For
from domain.model import Model
from domain.record import ClockEntry
from records import overview
from records.views import RecordedTask


class Asked(Model):
    """A task as its page lists it."""

    task: TaskView
    href: str
    deputising: bool
    """Whether it is somebody else's, for whom the person stands in."""
    otherwise: str
    """What happens if it is not done in time; empty where nothing does."""


class AskedPage(Model):
    """A page of what somebody is asked."""

    asked: tuple[Asked, ...]
    count: int
    """How much it is in all."""
    overdue: int
    more: bool


def asked_of(desk: Desk, viewer: Viewer, number: int = 1) -> AskedPage:
    """A page of what the person is asked, overdue first."""
    now = desk.now()
    found = overview.tasks(desk.record, reach_of(viewer), asking_of(viewer), now, number)
    clocks = overview.clocks_of(desk.record, {(task.stage, task.clock) for task in found.tasks if task.clock})
    asked = [_asked(viewer, task, clocks.get((task.stage, task.clock or "")), now) for task in found.tasks]
    more = number * overview.A_PAGE < found.count
    return AskedPage(asked=tuple(asked), count=found.count, overdue=found.overdue, more=more)


def task_href(task: str) -> str:
    """Address of the page of a task."""
    return f"/tasks/{quote(task)}"


def _asked(viewer: Viewer, task: RecordedTask, clock: ClockEntry | None, at: datetime) -> Asked:
    held = [each for each in viewer.roles if each.role is task.role and each.agency in {None, task.agency}]
    return Asked(
        task=task_line(task, clock, at),
        href=task_href(task.id),
        deputising=bool(held) and all(each.deputising for each in held),
        otherwise=_otherwise(clock),
    )


def _otherwise(entry: ClockEntry | None) -> str:
    """Who hears of it after the due instant, in order."""
    if entry is None:
        return ""
    after = [rung.to for rung in entry.rule.ladder if rung.offset >= 0 and not rung.from_start]
    others = dict.fromkeys(role.words for role in after if role is not entry.waiting_on)
    return f"the {', then the '.join(others)} will be told" if others else ""


async def my_work(request: Request) -> Response:
    """The page that people come to."""
    viewer: Viewer = request.state.viewer
    if viewer.only_operates:
        return RedirectResponse("/operator", 303)
    number = page_number(request.query_params)
    found = await run_in_threadpool(asked_of, desk_of(request), viewer, number)
    return pages.page(request, "my-work.html", found=found, asked=found.asked, number=number)


routes: list[Route] = [
    guarded("/", my_work, For.SIGNED_IN, name="my-work"),
]
