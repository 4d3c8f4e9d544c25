"""The findings of a case with what became of each, and the check of words while somebody types."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from desk.annual_case import CaseAsOf, case_as_of
from desk.finding_reading import ReadFinding
from desk.said import Said
from desk.web import pages
from desk.web.access import Sight, guarded, note
from desk.web.context import Desk, desk_of
from desk.web.whom import For
from domain.findings import EnterFinding, WithdrawFinding
from domain.forms import FORMS
from domain.model import Model
from domain.people import Role
from domain.publication_commands import FindingAnswer
from domain.record import CaseRef
from domain.text_check import Mark
from domain.text_check_known import KIND as NAME
from records import queries
from records.marking import known_names, marks_in

LONGEST: Final = 20_000
"""Characters that are looked at at once: so many a field of a form takes."""
AROUND: Final = 40
"""Characters that are shown before and after a marked passage."""
CHECKED: Final = frozenset(role for form in FORMS.values() if "stays" in form.model_fields for role in form.ROLES)
"""Who gives answers of which the words are checked: they are told the same once they send it."""
_ANSWERED: Final = {
    FindingAnswer.ACCEPTED: "Accepted by the board",
    FindingAnswer.PARTLY: "Accepted in part by the board",
    FindingAnswer.REJECTED: "Rejected by the board",
    FindingAnswer.NOTED: "Noted by the board",
}
_PARTS: Final = (
    ("what_happened", "What happened"),
    ("why", "Why it made sense to those who were there"),
    ("how_usual", "How usual it is beyond this case"),
    ("put_to_board", "Put to the board"),
)


class ShownText(Model):
    """A text of a finding, under its heading."""

    title: str
    text: str
    """The whole text where no name is found in it; else the fact in which it is to be read."""


class ShownFinding(Model):
    """A finding as its page shows it."""

    id: str
    kind: str
    state: str
    """Where it stands, in words."""
    entered_at: datetime | None
    answered_at: datetime | None
    texts: tuple[ShownText, ...]
    rows: tuple[str, ...] = ()
    """Rows of the chronologies that it rests on."""
    conversations: int = 0
    """How many conversations it rests on."""
    actions: tuple[str, ...] = ()
    """Ids of the actions that answer it."""
    wants_action: bool = False
    """Whether it was accepted, and has neither an action nor a reason why none."""


def findings_of(desk: Desk, case: CaseRef) -> tuple[ShownFinding, ...]:
    """The findings of the case, in the order in which they came. Raises ``NotFound``, ``KeyringFault``."""
    summary = queries.case_summary(desk.record, case)
    known = case_as_of(desk.record, desk.directory(), summary, desk.now())
    entered = _last(known, EnterFinding.FACT)
    return tuple(_shown(known, finding, entered.get(finding.id)) for finding in known.findings)


def whole(known: CaseAsOf, said: Said, field: str) -> str:
    """The text without being cut where it may be shown: it was looked through as a whole."""
    if not said.shown:
        return said.text
    return " ".join(str(known.by_number[said.fact].fact.detail.get(field) or "").split())


def _last(known: CaseAsOf, kind: str) -> dict[str, int]:
    """The number of the last fact of that kind about each finding."""
    return {each.fact.item: each.seq for each in known.facts if each.fact.kind == kind and each.fact.item}


def _shown(known: CaseAsOf, finding: ReadFinding, entered: int | None) -> ShownFinding:
    detail = known.by_number[entered].fact.detail if entered else {}
    rows, conversations = detail.get("chronology_rows"), detail.get("conversations")
    return ShownFinding(
        id=finding.id,
        kind="Good practice" if detail.get("kind") == "good-practice" else "Finding",
        state=_state(finding),
        entered_at=finding.entered_at,
        answered_at=finding.answered_at,
        texts=tuple(_texts(known, finding, entered)),
        rows=tuple(map(str, rows)) if isinstance(rows, list) else (),
        conversations=len(conversations) if isinstance(conversations, list) else 0,
        actions=tuple(each.action.id for each in known.plan.answering(finding.id)),
        wants_action=finding.wants_action and known.plan.uncovered(finding.id),
    )


def _state(finding: ReadFinding) -> str:
    if not finding.stands:
        return "Withdrawn"
    return _ANSWERED[finding.answer] if finding.answer else "Waits for the board's answer"


def _texts(known: CaseAsOf, finding: ReadFinding, entered: int | None) -> Iterable[ShownText]:
    withdrawn = _last(known, WithdrawFinding.FACT).get(finding.id) if not finding.stands else None
    parts = [(entered, field, title) for field, title in _PARTS]
    parts += [(withdrawn, "reason", "Why it was withdrawn"), (finding.answered_in, "reason", "Why the board says so")]
    parts += [(known.plan.no_action.get(finding.id), "reason", "Why no action follows")]
    for fact, field, title in parts:
        if fact is not None and (text := whole(known, known.said(fact, field), field)):
            yield ShownText(title=title, text=text)


async def show_findings(request: Request) -> Response:
    """Every finding, its answer, and the actions that follow from it."""
    case = request.state.case
    found = await run_in_threadpool(findings_of, desk_of(request), case)
    return pages.page(request, "findings.html", case=case, found=found)


class PlacedMark(Model):
    """A marked passage, and where it stands in what was typed."""

    kind: str
    passage: str
    why: str
    start: int
    """Where it begins, counted as browsers count: in units of UTF-16."""
    end: int
    around: str
    """The passage with a few words before and after it."""


def placed(text: str, marks: Iterable[Mark]) -> tuple[PlacedMark, ...]:
    """The marks with the place of the first occurrence of each."""
    return tuple(_placed(text, mark) for mark in marks)


def _placed(text: str, mark: Mark) -> PlacedMark:
    found = re.search(rf"(?<!\w){re.escape(mark.passage)}(?!\w)", text)
    start = found.start() if found else max(text.find(mark.passage), 0)
    end = start + len(mark.passage)
    before, after = text[max(start - AROUND, 0) : start], text[end : end + AROUND]
    around = f"{'…' if start > AROUND else ''}{before}{mark.passage}{after}{'…' if end + AROUND < len(text) else ''}"
    return PlacedMark(
        kind=mark.kind,
        passage=mark.passage,
        why=mark.why,
        start=_units(text[:start]),
        end=_units(text[:end]),
        around=" ".join(around.split()),
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def may_check(sight: Sight) -> bool:
    """Whether the person gives answers in this case of which the words are checked."""
    return any(sight.is_asked(role, None) for role in Role if role in CHECKED)


def check_href(case: CaseRef, form: str, sight: Sight) -> str:
    """Where a form whose words are checked has them checked while somebody types; empty for any other form."""
    checked = form in FORMS and "stays" in FORMS[form].model_fields
    return f"{pages.case_path(case)}/text-check" if checked and may_check(sight) else ""


async def check_text(request: Request) -> Response:
    """What is marked in the text that somebody is typing. It is looked at, and neither kept nor written anywhere."""
    if not may_check(request.state.sight):
        return pages.problem(request, 404, "There is no such page", "Or it is not meant for you.")
    text = (await request.form()).get("text", "")
    if not isinstance(text, str):
        return JSONResponse({"message": "Only text can be checked."}, 400)
    if len(text) > LONGEST:
        return JSONResponse({"message": f"Only {LONGEST:,} characters are checked at a time."}, 413)
    marks = await run_in_threadpool(_marks, desk_of(request), request.state.case, text)
    await note_names(request, marks)
    return JSONResponse({"marks": [mark.model_dump(mode="json") for mark in marks]})


async def note_names(request: Request, marks: Iterable[Mark | PlacedMark]) -> None:
    """Who sees no names and was told that words are some: written down, since it can be tried with many words."""
    if not request.state.sight.names and any(mark.kind == NAME for mark in marks):
        await note(request, "text-check", "names marked")


def _marks(desk: Desk, case: CaseRef, text: str) -> tuple[PlacedMark, ...]:
    # Half characters cannot be sent back: no browser types them.
    text = text.encode("utf-8", "replace").decode()
    return placed(text, marks_in((text,), known_names(desk.record, case, desk.directory())))


_CASE: Final = "/cases/{board}/{reference}"
routes: list[Route] = [
    guarded(f"{_CASE}/findings", show_findings, For.WHOLE_CASE, name="findings"),
    guarded(f"{_CASE}/text-check", check_text, For.CASE, name="text-check", methods=("POST",), noted=False),
]
