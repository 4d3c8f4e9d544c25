"""Who may see what: everything is refused unless a route or a part of a case is said to be for somebody here.

What is refused of a case looks like a case that is not there. ``docs/access.md`` has the table, made from this.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk.web import pages, sessions
from desk.web.context import Desk, desk_of
from desk.web.viewer import Held, Viewer
from desk.web.whom import FOLLOW, MAKE_SAFE, OF_AGENCIES, RUN_THE_BOARD, RUN_THE_REVIEW, SAFETY, For, is_for
from domain.model import Model
from domain.people import OPERATORS, Role
from domain.record import CaseRef
from records import access_log, queries
from records.access_log import Access

NOT_OWN: Final = "It was not sent from a page of this desk, or you have signed in again since. Go back and try again."


class Sight(Model):
    """What somebody may see of a case."""

    whole: bool = False
    names: bool = False
    """The names of children and of those who notified."""
    stages: tuple[str, ...] = ()
    """Names of the stages of which every clock and task may be seen."""
    standing: bool = False
    """Where the case and each of its stages stand."""
    agencies: tuple[str, ...] = ()
    """The agencies whose own requests may be seen."""
    roles: tuple[Held, ...] = ()
    """All roles of the person in this case, those by appointment included."""

    @property
    def anything(self) -> bool:
        """Whether there is anything of the case for them."""
        return self.whole or self.standing or bool(self.stages) or bool(self.agencies) or bool(self.roles)

    def of_stage(self, stage: str) -> bool:
        """Whether everything of that stage, by its name, may be seen."""
        return self.whole or stage in self.stages

    def is_asked(self, role: Role | None, agency: str | None, item: str | None = None) -> bool:
        """Whether the person is asked what this role is asked: by their agency, and of the actions that they lead."""
        if role is None:
            return False
        action = item.partition("/")[0] if item else None
        held = (each for each in self.roles if each.role is role and each.action in (None, action or each.action))
        return any(not role.of_an_agency or agency is None or each.agency == agency for each in held)


def sight_of(desk: Desk, viewer: Viewer, case: CaseRef) -> Sight:
    """What the person may see of the case; nothing of a case of another board. Raises ``NotFound``."""
    if case.board != viewer.board:
        return Sight()
    tasks = queries.tasks(desk.record, board=case.board, reference=case.reference)
    done = queries.tasks(desk.record, board=case.board, reference=case.reference, done=True)
    asked = {task.agency for task in (*tasks, *done) if task.agency}
    appointed = [
        Held(role=each.role, agency=each.agency, action=part if each.role is Role.ACTION_LEAD else None)
        for part, each in queries.parts(desk.record, case).items()
        if each.person == viewer.person
    ]
    within = viewer.agencies_as(*OF_AGENCIES) & asked
    own = [held for held in viewer.roles if held.role not in OPERATORS and _concerns(held, within)]
    safety = viewer.has(*MAKE_SAFE)
    whole = viewer.has(*RUN_THE_BOARD) or any(held.role in RUN_THE_REVIEW for held in appointed)
    return Sight(
        whole=whole,
        names=(whole and not _only_sub_group(viewer, appointed)) or safety,
        stages=(SAFETY,) if safety else (),
        standing=whole or safety or viewer.has(*FOLLOW) or any(held.role is Role.PANEL_MEMBER for held in appointed),
        agencies=tuple(sorted(within)),
        roles=(*own, *appointed),
    )


def _concerns(held: Held, asked: frozenset[str]) -> bool:
    """A role within an agency concerns a case once the agency is asked something in it."""
    return held.role not in OF_AGENCIES or held.agency in asked


def _only_sub_group(viewer: Viewer, appointed: list[Held]) -> bool:
    """The sub-group recommends by reference; the names are not needed for that."""
    leading = viewer.has(Role.BUSINESS_MANAGER, Role.BOARD_CHAIR)
    return not leading and not any(held.role in RUN_THE_REVIEW for held in appointed)


Page = Callable[[Request], Awaitable[Response]]


Late = Callable[[Request, Viewer], Awaitable[None]]


def guarded(
    path: str,
    page: Page,
    whom: For,
    *,
    name: str,
    methods: tuple[str, ...] = ("GET",),
    late: Late | None = None,
    counts: bool = True,
    noted: bool = True,
) -> Route:
    """A route that nobody reaches but those whom it is for; the name is what the access log calls it.

    ``late`` sees to what somebody sends whose session has run out meanwhile; ``counts`` is whether asking for it keeps
    the session alive; ``noted``, whether it is a look at the case.
    """

    async def answer(request: Request) -> Response:
        refused = await _refused(request, whom, counts=counts)
        if refused is not None:
            if request.state.viewer is None and request.method == "POST" and late is not None:
                await _keep_late(request, late)
            return refused
        if request.method == "POST" and not await _own_form(request):
            return pages.problem(request, 403, "This form cannot be taken", NOT_OWN)
        response = await page(request)
        if noted and whom in (For.CASE, For.WHOLE_CASE) and response.status_code not in (403, 404):
            await note(request, name)
        return response

    route = Route(path, answer, methods=list(methods), name=name)
    route.whom = whom  # type: ignore[attr-defined]
    return route


def self_guarded(path: str, page: Page, *, name: str, methods: tuple[str, ...] = ("GET",)) -> Route:
    """A route that itself checks who asks: to sign in, with a key and a signature, with a token."""
    route = Route(path, page, methods=list(methods), name=name)
    route.whom = For.EVERYBODY  # type: ignore[attr-defined]
    return route


async def note(request: Request, what: str, detail: str = "") -> None:
    """Write down who looked at what, or took it along."""
    viewer: Viewer = request.state.viewer
    case: CaseRef | None = getattr(request.state, "case", None)
    desk = desk_of(request)
    access = Access(
        at=desk.now(),
        board=viewer.board,
        reference=case.reference if case else "",
        person=viewer.person,
        what=what,
        detail=detail or getattr(request.state, "detail", ""),
    )
    await run_in_threadpool(access_log.note, desk.record, access)


async def _refused(request: Request, whom: For, *, counts: bool) -> Response | None:
    """Why this person does not get the page; ``None`` where they do, with who they are on ``request.state``."""
    viewer = await sessions.viewer_of(request, counts=counts)
    request.state.viewer = viewer
    if whom is For.EVERYBODY:
        return None
    if viewer is None:
        return RedirectResponse(f"/sign-in?{_after(request)}", 303)
    if whom in (For.CASE, For.WHOLE_CASE):
        return await _refused_of_case(request, viewer, whom)
    if not is_for(whom, viewer):
        return pages.problem(request, 403, "You cannot see this page", "It is not meant for any of your roles.")
    return None


async def _refused_of_case(request: Request, viewer: Viewer, whom: For) -> Response | None:
    desk = desk_of(request)
    case = CaseRef(board=request.path_params["board"], reference=request.path_params["reference"])
    try:
        sight = await run_in_threadpool(_known_sight, desk, viewer, case)
    except queries.NotFound:
        sight = Sight()
    if not sight.anything or (whom is For.WHOLE_CASE and not sight.whole):
        return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")
    request.state.case, request.state.sight = case, sight
    return None


def _known_sight(desk: Desk, viewer: Viewer, case: CaseRef) -> Sight:
    if case.board != viewer.board:
        return Sight()
    queries.case_summary(desk.record, case)
    return sight_of(desk, viewer, case)


def _after(request: Request) -> str:
    """Where to go once signed in: the same page."""
    query = f"?{request.url.query}" if request.url.query else ""
    return urlencode({"next": request.url.path + query})


async def _keep_late(request: Request, late: Late) -> None:
    viewer = await sessions.lately(request)
    if viewer is not None and await _own_form(request):
        await late(request, viewer)


async def _own_form(request: Request) -> bool:
    form = await request.form()
    return sessions.is_own_form(request, str(form.get("form_token", "")))
