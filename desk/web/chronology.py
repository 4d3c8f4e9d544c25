"""Agencies' chronologies: adding one's own, all of them together, gaps and what may tell of the same.

Names are left out unless somebody who may see them asks for them. Rules are those of ``desk.chronology``.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk.chronology import LEADING, ChronologyDesk, ChronologyView
from desk.chronology_export import order_note
from desk.chronology_search import holding
from desk.glossary import Glossary
from desk.web import pages
from desk.web.access import Sight, guarded, note
from desk.web.context import Desk, desk_of
from desk.web.lists import page_number
from desk.web.naming import glossary_for
from desk.web.uploads import file_of
from desk.web.whom import For
from domain.chronology import Seen
from domain.chronology_merge import MergedRow
from domain.document_types import DocumentFault
from domain.model import Refused
from domain.record import CaseRef
from records.queries import NotFound

A_PAGE: Final = 200
"""Rows on one page."""
GAP: Final = 28
"""Days without any recorded contact that count as a gap."""
LONGEST: Final = 200
"""Characters of what is looked for."""
TYPES: Final = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_SEEN: Final = {Seen.YES: "Child seen or heard", Seen.NO: "Child not seen or heard", Seen.NOT_KNOWN: ""}


def sees_together(sight: Sight) -> bool:
    """Whether the person sees the chronologies of all agencies together."""
    return any(held.role in LEADING for held in sight.roles)


def sees_chronology(sight: Sight) -> bool:
    """Whether there are chronologies of the case for this person."""
    return sees_together(sight) or bool(sight.agencies)


def _chronologies(desk: Desk) -> ChronologyDesk:
    return ChronologyDesk(desk.record, desk.directory)


async def show(request: Request) -> Response:
    """The newest chronologies in one order, or one's own agency's."""
    if not sees_chronology(request.state.sight):
        return _none(request)
    return await _shown(request, request.query_params)


async def look_for(request: Request) -> Response:
    """The rows that hold some words: these are sent as a form, since addresses are kept in too many places."""
    if not sees_chronology(request.state.sight):
        return _none(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    return await _shown(request, form, words=form.get("words", "")[:LONGEST].strip())


async def _shown(
    request: Request,
    given: Mapping[str, str],
    *,
    words: str = "",
    status: int = 200,
    error: str = "",
    added: dict[str, Any] | None = None,
) -> Response:
    desk, case, sight = desk_of(request), request.state.case, request.state.sight
    asked = {name: given.get(name, "") for name in ("agency", "from", "to")}
    number, named = page_number(given), given.get("names") == "1" and sight.names
    errors = [{"text": error, "href": "#file"}] if error else []
    try:
        view = await run_in_threadpool(_view, request, asked, number)
        glossary = await run_in_threadpool(glossary_for, desk, case)
        chosen = await run_in_threadpool(_chosen, view, words, glossary, named)
    except ValueError:
        view, chosen, status = ChronologyView(rows=(), of=0), (), 400
        errors.append({"text": "Write days as year, month and day: 2026-03-13.", "href": "#from"})
    except Refused as refused:
        return pages.problem(request, 403, "This is not for you to see", refused.refusal.text)
    if named:
        await note(request, "chronology-with-names")
    begin = (number - 1) * A_PAGE
    rows = [_row(each, glossary, named) for each in chosen[begin : begin + A_PAGE]]
    versions = await run_in_threadpool(_chronologies(desk).versions, case)
    shown: dict[str, Any] = {
        "case": case,
        "rows": rows,
        "chosen": len(chosen),
        "of": view.of,
        "begin": begin,
        "number": number,
        "more": len(chosen) > begin + A_PAGE,
        "last": max((len(chosen) + A_PAGE - 1) // A_PAGE, 1),
        "asked": {**asked, "words": words},
        "named": named,
        "may_name": sight.names,
        "together": sees_together(sight),
        "href": f"{pages.case_path(case)}/chronology",
        "query": urlencode({name: text for name, text in (*asked.items(), ("names", "1" if named else "")) if text}),
        "versions": [each for each in versions if sees_together(sight) or each.agency in sight.agencies],
        "agencies": _agencies(desk, case, sight),
        "added": added,
        "stale": view.links_of_earlier_versions,
        "errors": errors,
    }
    return pages.page(request, "chronology.html", status, **shown)


def _view(request: Request, asked: dict[str, str], number: int) -> ChronologyView:
    desk, case, sight = desk_of(request), request.state.case, request.state.sight
    own = None if sees_together(sight) else sight.agencies[0]
    return _chronologies(desk).show(
        case,
        person=request.state.viewer.person,
        at=desk.now(),
        agency=asked["agency"] or own,
        since=date.fromisoformat(asked["from"]) if asked["from"] else None,
        until=date.fromisoformat(asked["to"]) if asked["to"] else None,
        noted=number == 1,
    )


def _chosen(view: ChronologyView, words: str, glossary: Glossary, named: bool) -> tuple[MergedRow, ...]:
    return tuple(holding(view.rows, words, glossary, named=named)) if words else view.rows


def _row(merged: MergedRow, glossary: Glossary, named: bool) -> dict[str, Any]:
    row = merged.row
    read = str if named else glossary.anonymised
    parts = (
        ("Concerning", row.concerning),
        ("Response", row.response),
        ("Child", row.child),
        ("Comment", row.comment),
        ("Significance", row.significance),
        ("Recorded by", row.who),
        ("Source", row.source),
    )
    return {
        "id": row.id,
        "agency": row.agency,
        "when": row.when.written or "date unknown",
        "event": read(row.event),
        "parts": [(label, read(written)) for label, written in parts if written],
        "seen": _SEEN[row.seen],
        "notes": [note for note in (order_note(merged), *merged.contradicts) if note],
        "linked": merged.linked,
    }


def _agencies(desk: Desk, case: CaseRef, sight: Sight) -> list[str]:
    """The agencies of which the person may add or choose a chronology."""
    known = [each.id for each in desk.directory().board(case.board).agencies]
    return known if sees_together(sight) else [each for each in known if each in sight.agencies]


async def add(request: Request) -> Response:
    """Keep an agency's file as its next version, and say which of its rows could not be read, and why."""
    desk, case, viewer, sight = desk_of(request), request.state.case, request.state.viewer, request.state.sight
    if not sees_chronology(sight):
        return _none(request)
    agency = str((await request.form()).get("agency", ""))
    if agency not in _agencies(desk, case, sight):
        return await _shown(request, {}, status=400, error="Choose the agency whose chronology it is.")
    try:
        name, content = await file_of(request)
        upload = await run_in_threadpool(
            _chronologies(desk).add, case, agency, name, content, person=viewer.person, at=desk.now()
        )
    except DocumentFault as fault:
        return await _shown(request, {}, status=400, error=f"{str(fault)[:1].upper()}{str(fault)[1:]}.")
    except Refused as refused:
        return await _shown(request, {}, status=400, error=f"{refused.refusal.text} ({refused.refusal.source})")
    request.state.detail = upload.id
    told = {"id": upload.id, "rows": upload.rows, "faults": upload.faults, "changed": upload.changed}
    return await _shown(request, {}, added=told)


async def look_closer(request: Request) -> Response:
    """Stretches without contact, and rows of several agencies that may tell of the same."""
    desk, case, viewer = desk_of(request), request.state.case, request.state.viewer
    if not sees_together(request.state.sight):
        return _none(request)
    chronologies = _chronologies(desk)
    gaps = await run_in_threadpool(chronologies.gaps, case, person=viewer.person, at=desk.now(), days=GAP)
    alike = await run_in_threadpool(chronologies.duplicates, case, person=viewer.person, at=desk.now())
    href = f"{pages.case_path(case)}/chronology"
    words = {"case": case, "gaps": gaps, "days": GAP, "alike": alike[:A_PAGE], "all_alike": len(alike), "href": href}
    return pages.page(request, "chronology-gaps.html", **words)


async def link(request: Request) -> Response:
    """Two rows are said to tell of the same, or not to after all; both stay."""
    desk, case, viewer = desk_of(request), request.state.case, request.state.viewer
    if not sees_together(request.state.sight):
        return _none(request)
    form = await request.form()
    first, second = str(form.get("first", "")), str(form.get("second", ""))
    undo = form.get("undo") == "yes"
    try:
        await run_in_threadpool(
            _chronologies(desk).link, case, first, second, person=viewer.person, at=desk.now(), undo=undo
        )
    except (DocumentFault, NotFound, Refused) as fault:
        return pages.problem(request, 400, "These rows cannot be linked", f"{str(fault)[:1].upper()}{str(fault)[1:]}.")
    request.state.detail = f"{first} {second}"[:200]
    return RedirectResponse(f"{pages.case_path(case)}/chronology/gaps", 303)


async def export(request: Request) -> Response:
    """The merged chronology as a file, names included; that it was taken out is recorded."""
    desk, case, viewer = desk_of(request), request.state.case, request.state.viewer
    kind = request.path_params["kind"]
    if kind not in TYPES or not (sees_together(request.state.sight) and request.state.sight.names):
        return _none(request)
    name = f"{case.reference}-chronology.{kind}"
    content, _ = await run_in_threadpool(_chronologies(desk).export, case, name, person=viewer.person, at=desk.now())
    request.state.detail = kind
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=TYPES[kind], headers=headers)


def _none(request: Request) -> Response:
    return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")


_CASE: Final = "/cases/{board}/{reference}"
routes: list[Route] = [
    guarded(f"{_CASE}/chronology", show, For.CASE, name="chronology"),
    guarded(f"{_CASE}/chronology", add, For.CASE, name="chronology-added", methods=("POST",)),
    guarded(f"{_CASE}/chronology/rows", look_for, For.CASE, name="chronology", methods=("POST",)),
    guarded(f"{_CASE}/chronology/gaps", look_closer, For.CASE, name="chronology-gaps"),
    guarded(f"{_CASE}/chronology/link", link, For.CASE, name="chronology-linked", methods=("POST",)),
    guarded(f"{_CASE}/chronology/export/{{kind}}", export, For.CASE, name="chronology-export"),
]
