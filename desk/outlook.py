"""What an incident event would lead to, found out without a server: as data for programs, in words for people."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from activities.calendar import build_calendar
from desk.regime_words import NOTIFIED
from domain.clocks.calendar import Calendar, CalendarRequest, Holiday
from domain.clocks.explain import explain, in_words
from domain.criteria import LimbAnswer
from domain.incident import IncidentEvent
from domain.intake import Preview, preview
from domain.regimes import Regime

VERDICTS: Final = {
    "always": "a serious case review must be held",
    "consider": "the board considers whether to hold a serious case review",
    "undetermined": "not determined yet; what is not known could still meet a limb",
    "not_met": "no limb is met",
}
_YEARS_AHEAD: Final = 4
_MET: Final = {True: "met", False: "not met", None: "not known yet"}


def outlook(event: IncidentEvent, rules: Regime, closed: tuple[Holiday, ...] = ()) -> Preview:
    """The criteria's verdict and the clocks that the event by itself would start under these rules.

    ``closed`` are the closure days of its board.
    """
    incident = event.data
    calendar = _calendar(rules.calendar, incident.aware_at.year - 1, incident.notified_at.year + _YEARS_AHEAD, closed)
    return preview(event, rules, calendar)


def as_data(event: IncidentEvent, found: Preview) -> dict[str, Any]:
    """The outlook for programs; instants carry the civil offset of the calendar."""
    clocks = [
        {
            "id": clock.id,
            "due_on": clock.deadline.due_on.isoformat(),
            "due_at": clock.deadline.due_at.isoformat(),
            "status": clock.status.value,
        }
        for clock in found.clocks
    ]
    verdict = found.verdict
    return {
        "subject": event.subject,
        "accepted": True,
        "verdict": verdict.verdict,
        "limbs": list(verdict.limbs),
        "clocks": clocks,
    }


def in_text(event: IncidentEvent, rules: Regime, found: Preview) -> str:
    """The outlook for people: each limb's answer with its source, each clock with its whole working."""
    return "\n".join(_lines(event, rules, found))


def _lines(event: IncidentEvent, rules: Regime, found: Preview) -> Iterator[str]:
    yield f"{event.subject} (board {event.data.board}, regime {rules.id})"
    yield f"  Criteria: {found.verdict.verdict.replace('_', ' ')}: {_leads_to(found, rules)}"
    for answer in found.verdict.answers:
        yield from _limb(answer)
    yield "  Clocks:"
    for clock in found.clocks:
        yield f"    {clock.id}: due {in_words(clock.deadline)}, {clock.status.value}"
    for clock in found.clocks:
        yield ""
        yield from (f"    {line}".rstrip() for line in explain(clock).splitlines())


def _limb(answer: LimbAnswer) -> Iterator[str]:
    yield f"    {_MET[answer.met]:<13}  {answer.title} ({answer.level.value})"
    yield f"    {'':<13}  {answer.source}"


def _leads_to(found: Preview, rules: Regime) -> str:
    verdict = found.verdict.verdict
    if rules.process == "rapid-review" and verdict == "always":
        return NOTIFIED
    return rules.vocabulary.spoken(VERDICTS[verdict])


@lru_cache(maxsize=64)
def _calendar(calendar: str, first_year: int, last_year: int, closed: tuple[Holiday, ...]) -> Calendar:
    return build_calendar(CalendarRequest(id=calendar, first_year=first_year, last_year=last_year, closure_days=closed))
