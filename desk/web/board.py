"""The board overview: how the board's cases stand, what is due, what is overdue and why, and who was told of it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.annual_case import DELAYS, delays_in
from desk.calendar_waiting import agency_of
from desk.civil import moment_in_words
from desk.web import pages
from desk.web.access import guarded
from desk.web.cases import case_href, clock_href
from desk.web.context import Desk, desk_of
from desk.web.lists import page_number
from desk.web.whom import For
from domain.clocks.explain import in_words
from domain.clocks.rule import Strength
from domain.command import AcknowledgeEscalation
from domain.model import Model
from domain.record import CaseRef, ClockStatus
from records import board_clocks, overview
from records.board_clocks import ClimbedRung, RunningClock, YearOfRule
from records.overview import A_PAGE
from records.tables import PostState

AHEAD: Final = timedelta(weeks=4)
"""How far the overview looks ahead for what is due, and back for escalations."""
AT_A_GLANCE: Final = 10
"""Rows of each list on the overview; a page of its own has more."""
YEARS: Final = 5
"""Columns of the table of years."""
REVIEW: Final = "serious-case-review"
"""The clock of the review as a whole, which comes first."""


class ClockLine(Model):
    """A clock in a list."""

    case: CaseRef
    case_href: str
    title: str
    href: str
    """Where its date is explained."""
    due: str
    waits_for: str
    reasons: tuple[str, ...] = ()
    """The facts that say why it is late."""


class EscalationLine(Model):
    """Something that was brought to somebody's attention because a clock had run out."""

    case: CaseRef
    case_href: str
    title: str
    href: str
    at: datetime
    to: str
    letter: str
    acknowledged: str
    waits: bool
    """Whether its acknowledgement has still to come."""


class RuleLine(Model):
    """How the clocks of one rule ended, year by year."""

    title: str
    source: str
    years: tuple[str, ...]


Named = Callable[[str], str]
"""The name of an agency by its id."""


def _named(request: Request) -> Named:
    return desk_of(request).directory().board(request.state.viewer.board).agency_named


async def overview_page(request: Request) -> Response:
    """Everything at a glance."""
    words = await run_in_threadpool(_glance, desk_of(request), _named(request), request.state.viewer.board)
    return pages.page(request, "board.html", **words)


def _glance(desk: Desk, named: Named, board: str) -> dict[str, Any]:
    now, record = desk.now(), desk.record
    due = board_clocks.due(record, board, now, now + AHEAD, rows=AT_A_GLANCE)
    late = board_clocks.overdue(record, board, now, rows=AT_A_GLANCE)
    climbed, more = board_clocks.escalations(record, board, now - AHEAD, rows=AT_A_GLANCE)
    years, rules = _timeliness(board_clocks.by_year(record, board))
    stages = overview.stages(record, board)
    return {
        "stages": [
            {"stage": each, "href": "/cases?" + urlencode({"state": "open", "stage": each.stage})} for each in stages
        ],
        "open_cases": sum(each.cases for each in stages),
        "due": {"rows": _clock_lines(named, due.clocks), "count": due.count, "more": due.count > AT_A_GLANCE},
        "overdue": {
            "rows": _overdue_lines(desk, named, late.clocks),
            "count": late.count,
            "more": late.count > AT_A_GLANCE,
        },
        "escalations": {"rows": _escalation_lines(desk, named, climbed), "more": more},
        "years": years,
        "rules": rules,
        "at": now,
    }


async def due_page(request: Request) -> Response:
    """All that is due within the next weeks."""
    desk, number = desk_of(request), page_number(request.query_params)
    now = desk.now()
    found = await run_in_threadpool(board_clocks.due, desk.record, request.state.viewer.board, now, now + AHEAD, number)
    words: dict[str, Any] = {
        "rows": _clock_lines(_named(request), found.clocks),
        "count": found.count,
        "more": number * A_PAGE < found.count,
    }
    return pages.page(request, "board-list.html", kind="due", title="Due in the next 4 weeks", number=number, **words)


async def overdue_page(request: Request) -> Response:
    """All that is overdue, and why."""
    desk, number = desk_of(request), page_number(request.query_params)

    def read() -> dict[str, Any]:
        found = board_clocks.overdue(desk.record, request.state.viewer.board, desk.now(), number)
        rows = _overdue_lines(desk, _named(request), found.clocks)
        return {"rows": rows, "count": found.count, "more": number * A_PAGE < found.count}

    words = await run_in_threadpool(read)
    return pages.page(request, "board-list.html", kind="overdue", title="Overdue", number=number, **words)


async def escalations_page(request: Request) -> Response:
    """All escalations of the last weeks."""
    desk, number = desk_of(request), page_number(request.query_params)

    def read() -> dict[str, Any]:
        board, since = request.state.viewer.board, desk.now() - AHEAD
        climbed, more = board_clocks.escalations(desk.record, board, since, number)
        return {"rows": _escalation_lines(desk, _named(request), climbed), "count": None, "more": more}

    words = await run_in_threadpool(read)
    title = "Escalations of the last 4 weeks"
    return pages.page(request, "board-list.html", kind="escalations", title=title, number=number, **words)


def _clock_lines(named: Named, clocks: Iterable[RunningClock]) -> list[ClockLine]:
    return [
        ClockLine(
            case=each.case,
            case_href=case_href(each.case),
            title=_title(named, each.entry.rule.title, each.entry.item),
            href=clock_href(each.case, each.stage, each.entry.id),
            due=in_words(each.entry.deadline),
            waits_for=_waits_for(named, each),
        )
        for each in clocks
    ]


def _title(named: Named, title: str, item: str | None) -> str:
    return f"{title} ({named(item)})" if item else title


def _waits_for(named: Named, clock: RunningClock) -> str:
    role, agency = clock.entry.waiting_on, agency_of(clock.entry)
    if role is None:
        return "nobody"
    return f"{role.words} of {named(agency)}" if agency else role.words


def _overdue_lines(desk: Desk, named: Named, clocks: tuple[RunningClock, ...]) -> list[ClockLine]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for _, fact in board_clocks.facts_of(desk.record, {each.case for each in clocks}, DELAYS):
        for delay in delays_in(fact):
            told = f"fact {delay.fact}, recorded at {moment_in_words(delay.at)}"
            reasons.setdefault((delay.stage, delay.clock), []).append(told)
    return [
        line.model_copy(update={"reasons": tuple(reasons.get((clock.stage, clock.entry.id), ()))})
        for line, clock in zip(_clock_lines(named, clocks), clocks, strict=True)
    ]


def _escalation_lines(desk: Desk, named: Named, climbed: tuple[ClimbedRung, ...]) -> list[EscalationLine]:
    facts = board_clocks.facts_of(desk.record, {each.case for each in climbed}, (AcknowledgeEscalation.FACT,))
    seen = {(fact.stage, fact.fact.item or ""): fact.fact.at for _, fact in facts}
    return [
        EscalationLine(
            case=each.case,
            case_href=case_href(each.case),
            title=_title(named, each.entry.rule.title, each.entry.item),
            href=clock_href(each.case, each.stage, each.entry.id),
            at=each.climbed_at,
            to=_to(named, each),
            letter=_LETTER.get(each.letter, ""),
            acknowledged=_acknowledged(each, seen.get((each.stage, f"{each.entry.id}/{each.root}"))),
            waits=_waits(each),
        )
        for each in climbed
    ]


_LETTER: Final = {
    PostState.WAITING.value: "the letter waits to leave",
    PostState.SENDING.value: "the letter is leaving",
    PostState.SENT.value: "the letter was sent",
    PostState.REFUSED.value: "the mail server refused the letter",
    PostState.UNADDRESSED.value: "there was nobody to write to",
    PostState.WITHDRAWN.value: "the letter was not needed any more",
}


def _to(named: Named, climbed: ClimbedRung) -> str:
    step = climbed.step
    if step is None:
        return "not known"
    agency = (climbed.entry.agency or climbed.entry.item) if step.to.of_an_agency else None
    words = f"{step.to.words} of {named(agency)}" if agency else step.to.words
    return f"{words}, again" if climbed.rung != climbed.root else words


def _waits(climbed: ClimbedRung) -> bool:
    asked = climbed.step is not None and climbed.step.acknowledge
    return asked and not climbed.acknowledged and climbed.entry.status is ClockStatus.OPEN


def _acknowledged(climbed: ClimbedRung, at: datetime | None) -> str:
    if climbed.acknowledged:
        return f"Acknowledged at {moment_in_words(at)}" if at else "Acknowledged"
    if climbed.step is None or not climbed.step.acknowledge:
        return "Needs no acknowledgement"
    return "Not acknowledged yet" if _waits(climbed) else "Not acknowledged, and not needed any more"


def _timeliness(found: tuple[YearOfRule, ...]) -> tuple[tuple[int, ...], list[RuleLine]]:
    """The last years, and how the clocks that law or guidance sets ended in each."""
    binding = [each for each in found if each.strength is not Strength.LOCAL]
    years = tuple(sorted({each.year for each in binding})[-YEARS:])
    cells = {(each.rule, each.year): _ended(each) for each in binding}
    rules = {each.rule: each for each in binding if each.year in years}
    lines = [
        RuleLine(
            title=rule.title,
            source="law" if rule.strength is Strength.STATUTE else "guidance",
            years=tuple(cells.get((rule.rule, year), "none") for year in years),
        )
        for rule in sorted(rules.values(), key=lambda each: (each.rule != REVIEW, each.title, each.rule))
    ]
    return years, lines


def _ended(each: YearOfRule) -> str:
    return f"{each.met} of {each.met + each.late} in time"


routes: list[Route] = [
    guarded("/board", overview_page, For.BOARD, name="board"),
    guarded("/board/due", due_page, For.BOARD, name="board-due"),
    guarded("/board/overdue", overdue_page, For.BOARD, name="board-overdue"),
    guarded("/board/escalations", escalations_page, For.BOARD, name="board-escalations"),
]
