"""What happened in a case, with what was typed; the letters that were sent; every date that there ever was."""

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk.answers import Target, stage_name
from desk.civil import moment_in_words
from desk.fact_words import OF_THE_SERVICE, Told, concerning, told
from desk.value_words import label
from desk.web import pages
from desk.web.access import Sight, guarded
from desk.web.context import Desk, desk_of
from desk.web.lists import page_number
from desk.web.naming import glossary_for, letter_named, names_for
from desk.web.whom import For
from domain.clocks.explain import due_in_words
from domain.clocks.explain import in_words as due_on
from domain.record import CaseRef, ClockEntry, ClockStatus
from records import queries
from records.overview import A_PAGE
from records.views import RecordedFact

LATEST: Final = 5
"""Facts that the page of a case shows."""
BEFORE: Final = 30
"""Facts that a form shows, of those that came before."""


def in_words(desk: Desk, case: CaseRef, sight: Sight, facts: Iterable[RecordedFact]) -> list[Told]:
    """These facts as this person reads them: names of children for those alone who see names."""
    read: Callable[[str], str] = str if sight.names else glossary_for(desk, case).anonymised
    names = names_for(desk, case)
    return [told(each, label(stage_name(case, each.stage)), read, names) for each in facts]


def before(desk: Desk, target: Target, sight: Sight) -> list[Told]:
    """What is in the record of what a task is about, the last first: for those who may see that.

    An agency reads what concerns itself: why its report came back, and not what another was told.
    """
    agency = next((each for each in (target.item, target.agency) if each in sight.agencies), None)
    facts = [each for each in queries.facts(desk.record, target.case) if _is_for(sight, target.case, each, agency)]
    about = target.item if sight.whole or agency is None else agency
    found = concerning(facts, about) if about else [each for each in facts if each.stage == target.stage]
    wanted = [each for each in found if each.stands and each.fact.kind not in OF_THE_SERVICE]
    return in_words(desk, target.case, sight, wanted[: -BEFORE - 1 : -1])


def _is_for(sight: Sight, case: CaseRef, recorded: RecordedFact, agency: str | None) -> bool:
    """Whether the fact is of a stage that the person sees, or concerns their own agency."""
    own = agency is not None and bool(concerning((recorded,), agency))
    return sight.of_stage(stage_name(case, recorded.stage)) or own


def latest_facts(desk: Desk, case: CaseRef, sight: Sight) -> list[Told]:
    """The last things that people did, the last first."""
    facts = [each for each in queries.facts(desk.record, case) if each.fact.kind not in OF_THE_SERVICE]
    return in_words(desk, case, sight, facts[: -LATEST - 1 : -1])


async def show_facts(request: Request) -> Response:
    """Everything that happened, the last first: what people did, or what the service did as well."""
    desk, case, sight, number = _asked(request)
    facts = await run_in_threadpool(queries.facts, desk.record, case)
    stages = list(dict.fromkeys(stage_name(case, each.stage) for each in facts))
    stage, everything = request.query_params.get("stage", ""), request.query_params.get("all") == "1"
    chosen = [
        each
        for each in reversed(facts)
        if (everything or each.fact.kind not in OF_THE_SERVICE) and stage in ("", stage_name(case, each.stage))
    ]
    begin = (number - 1) * A_PAGE
    shown = await run_in_threadpool(in_words, desk, case, sight, chosen[begin : begin + A_PAGE])
    query = urlencode({name: text for name, text in (("stage", stage), ("all", "1" if everything else "")) if text})
    words: dict[str, Any] = {"facts": shown, "chosen": len(chosen), "stages": [(each, label(each)) for each in stages]}
    asked: dict[str, Any] = {"stage": stage, "everything": everything, "query": query}
    more = len(chosen) > begin + A_PAGE
    return pages.page(request, "facts.html", case=case, number=number, more=more, **words, **asked)


async def show_letters(request: Request) -> Response:
    """Every letter, to whom it went, and what became of it."""
    desk, case, _, number = _asked(request)
    found = (await run_in_threadpool(queries.letters, desk.record, case))[::-1]
    names = await run_in_threadpool(names_for, desk, case)
    begin = (number - 1) * A_PAGE
    rows = [
        {
            "letter": each,
            "about": letter_named(each),
            "item": names.get(each.letter.agency or "", ""),
            "person": names.get(each.person or "", each.person or ""),
        }
        for each in found[begin : begin + A_PAGE]
    ]
    words: dict[str, Any] = {"rows": rows, "of": len(found), "number": number, "more": len(found) > begin + A_PAGE}
    return pages.page(request, "letters.html", case=case, **words)


def _asked(request: Request) -> tuple[Desk, CaseRef, Sight, int]:
    state = request.state
    return desk_of(request), state.case, state.sight, page_number(request.query_params)


def every_date(desk: Desk, case: CaseRef, may_see: Callable[[str, ClockEntry], bool]) -> list[dict[str, Any]]:
    """Every clock that runs or ran, as its last computation has it, the earliest due first."""
    found = [each for each in queries.clocks(desk.record, case) if each.current and may_see(each.stage, each.entry)]
    found.sort(key=lambda each: each.entry.deadline.due_at)
    return [
        {
            "entry": each.entry,
            "stage": each.stage,
            "due": due_on(each.entry.deadline),
            "status": _status(each.entry),
            "overdue": each.entry.status is ClockStatus.OPEN and each.entry.deadline.due_at <= desk.now(),
        }
        for each in found
    ]


def _status(entry: ClockEntry) -> str:
    at = f", {moment_in_words(entry.satisfied_at)}" if entry.satisfied_at else ""
    match entry.status:
        case ClockStatus.MET:
            return f"done in time{at}"
        case ClockStatus.LATE:
            return f"done late{at}"
        case ClockStatus.WITHDRAWN:
            return "withdrawn"
        case ClockStatus.STOPPED:
            return due_in_words(entry)
        case _:
            return "runs"


_CASE: Final = "/cases/{board}/{reference}"
routes: list[Route] = [
    guarded(f"{_CASE}/facts", show_facts, For.WHOLE_CASE, name="facts"),
    guarded(f"{_CASE}/letters", show_letters, For.WHOLE_CASE, name="letters"),
]
