"""The action plan of a case, and the changes that are expected of it, with what was seen of each."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.annual_case import CaseAsOf, case_as_of
from desk.change_reading import ReadChange, ReadDate
from desk.civil import in_civil_time
from desk.measure_picture import measure_svg
from desk.measures import Series, series_of
from desk.plan_pack import ActionRow, LateItem, PlanPack, plan_pack
from desk.web import pages
from desk.web.access import Sight, guarded
from desk.web.context import Desk, desk_of
from desk.web.findings import whole
from desk.web.whom import For
from domain.action_commands import ActionStatus
from domain.learning import Colour
from domain.model import Model
from domain.people import Role
from domain.record import CaseRef
from records import queries

STATUSES: Final[Mapping[ActionStatus, tuple[str, str]]] = {
    ActionStatus.PLANNED: ("○", "not begun yet"),
    ActionStatus.UNDER_WAY: ("◐", "begun, and not done yet"),
    ActionStatus.EVIDENCE_SUBMITTED: ("◕", "said to be done; waits for somebody else to verify it"),
    ActionStatus.VERIFIED: ("●", "done, as somebody else has verified"),
    ActionStatus.SUPERSEDED: ("→", "another action has taken its place"),
    ActionStatus.REFUSED: ("✕", "will not be done, for a recorded reason"),
}
"""A sign for each status, and what it means."""
_TAGS: Final = {"blue": "blue", "green": "green", "amber": "orange", "red": "red", "grey": "grey"}
_SHAPES: Final = {"blue": "✔", "green": "◆", "amber": "▲", "red": "■", "grey": "◇"}
"""A shape for each colour that boards use; another one has its word alone."""


class ShownColour(Model):
    """A colour of the board's legend: by its word and its shape as well."""

    id: str
    meaning: str
    shape: str
    tag: str
    """Class of the tag that shows it."""


class ShownAction(Model):
    """An action as the plan's page shows it."""

    row: ActionRow
    sign: str
    colour: ShownColour | None
    changes: tuple[str, ...]
    """Ids of the expected changes that it belongs to."""
    because: str = ""
    """Why it is late, as last reported."""


class ShownPlan(Model):
    """The plan as far as the person may see it."""

    pack: PlanPack
    actions: tuple[ShownAction, ...]
    legend: tuple[ShownColour, ...]


def plan_of(desk: Desk, case: CaseRef, sight: Sight, person: str) -> ShownPlan:
    """The whole plan, or the actions of the person's own agencies and those that they lead.

    Raises ``NotFound``, ``KeyringFault``.
    """
    pack = plan_pack(desk.record, desk.directory(), case, desk.now())
    late = {each.item: each for each in pack.late}
    legend = tuple(_colour(each) for each in pack.legend)
    return ShownPlan(
        pack=pack,
        actions=tuple(_action(pack, each, legend, late) for each in pack.actions if _sees(each, sight, person)),
        legend=legend,
    )


def sees_plan(sight: Sight) -> bool:
    """Whether anything of the plan is for the person."""
    return sight.whole or bool(sight.agencies) or sight.is_asked(Role.ACTION_LEAD, None)


def _sees(row: ActionRow, sight: Sight, person: str) -> bool:
    leads = row.lead == person and sight.is_asked(Role.ACTION_LEAD, None)
    return sight.whole or row.agency in sight.agencies or leads


def _colour(colour: Colour) -> ShownColour:
    known = colour.id if colour.id in _TAGS else {"": "grey"}.get(colour.counts_as, colour.counts_as)
    return ShownColour(id=colour.id, meaning=colour.meaning, shape=_SHAPES.get(colour.id, ""), tag=_TAGS[known])


def _action(
    pack: PlanPack, row: ActionRow, legend: tuple[ShownColour, ...], late: Mapping[str, LateItem]
) -> ShownAction:
    other = ShownColour(id=row.colour, meaning=row.colour_means, shape="", tag="grey") if row.colour else None
    item = late.get(row.action)
    return ShownAction(
        row=row,
        sign=STATUSES[row.status][0],
        colour=next((each for each in legend if each.id == row.colour), other),
        changes=tuple(each.change for each in pack.changes if row.action in each.actions),
        because=item.because.text if item and item.because else "",
    )


async def show_plan(request: Request) -> Response:
    """Every action that the person may see, with the legend."""
    case, sight = request.state.case, request.state.sight
    if not sees_plan(sight):
        return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")
    found = await run_in_threadpool(plan_of, desk_of(request), case, sight, request.state.viewer.person)
    return pages.page(request, "plan.html", case=case, sight=sight, found=found, statuses=STATUSES)


class ShownDate(Model):
    """A date on which a change was looked at, or was to be: what its picture shows, in words."""

    number: int
    on: date
    state: str
    observed_on: date | None
    value: str
    judged: str
    target_met: str


class ShownChange(Model):
    """An expected change as its page shows it."""

    series: Series
    """As it is drawn; what was typed stands in it only where no name was found in it."""
    actions: tuple[str, ...]
    stood: str
    what: str
    measure: str
    baseline: str
    target: str
    dates: tuple[ShownDate, ...]


def changes_of(desk: Desk, case: CaseRef) -> tuple[ShownChange, ...]:
    """The changes that are not taken out of the plan, in order of their numbers. Raises ``NotFound``."""
    summary = queries.case_summary(desk.record, case)
    known = case_as_of(desk.record, desk.directory(), summary, desk.now())
    today = in_civil_time(desk.now()).date()
    return tuple(_change(known, each, today) for each in known.changes if each.dropped_at is None)


def _change(known: CaseAsOf, change: ReadChange, today: date) -> ShownChange:
    what, measure = (whole(known, known.said(change.fact, field), field) for field in ("what", "measure"))
    return ShownChange(
        series=series_of(change, today).model_copy(update={"what": what, "measure": measure}),
        actions=change.actions,
        stood=change.words,
        what=what,
        measure=measure,
        baseline=change.figure(change.baseline),
        target=change.figure(change.target),
        dates=tuple(_date(change, each, today) for each in sorted(change.dates, key=lambda each: each.on)),
    )


def _date(change: ReadChange, on: ReadDate, today: date) -> ShownDate:
    met = change.meets_target(on)
    return ShownDate(
        number=on.number,
        on=on.on,
        state=on.words(today),
        observed_on=on.observed.observed_on if on.observed else None,
        value=change.figure(on.observed.value) if on.observed else "",
        judged=_judged(on),
        target_met="" if met is None else "yes" if met else "no",
    )


def _judged(on: ReadDate) -> str:
    if on.judged is not None:
        return on.judged.judgement.value.replace("-", " ")
    return "not judged yet" if on.observed is not None else ""


async def show_changes(request: Request) -> Response:
    """Each expected change as a picture, and the same numbers as a table."""
    case = request.state.case
    found = await run_in_threadpool(changes_of, desk_of(request), case)
    return pages.page(request, "changes.html", case=case, found=found)


async def picture(request: Request) -> Response:
    """One expected change over time."""
    found = await run_in_threadpool(changes_of, desk_of(request), request.state.case)
    wanted = request.path_params["change"]
    series = next((each.series for each in found if each.series.id == wanted), None)
    if series is None:
        return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")
    return Response(await run_in_threadpool(measure_svg, series), media_type="image/svg+xml")


_CASE: Final = "/cases/{board}/{reference}"
routes: list[Route] = [
    guarded(f"{_CASE}/plan", show_plan, For.CASE, name="plan"),
    guarded(f"{_CASE}/changes", show_changes, For.WHOLE_CASE, name="changes"),
    guarded(f"{_CASE}/changes/{{change}}.svg", picture, For.WHOLE_CASE, name="change-picture"),
]
