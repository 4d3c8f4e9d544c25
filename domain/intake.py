"""Taking in an incident event: every fault told at once, what would follow from it, and adding it to an open case."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from domain.clocks.arithmetic import compute
from domain.clocks.calendar import Calendar
from domain.criteria import Verdict, case_facts, judge
from domain.incident import Abuse, Agency, Incident, IncidentChild, IncidentEvent, IncidentFacts, OtherChild, Outcome
from domain.intake_faults import Fault, shape_faults
from domain.intake_rules import WhyNotReady, always_ready, rule_faults
from domain.model import Model
from domain.record import ClockEntry, ClockStatus
from domain.regimes.regime import Regime

__all__ = ["Fault", "Preview", "check_event", "merge_incident", "preview", "regime_of"]

NOTIFICATION_CLOCK = "incident-notification"
PARTNERS_CLOCK = "partners-told"
CHILDREN_FIRST = ("safety-acknowledgement", "safety-decision")

_Item = TypeVar("_Item", IncidentChild, OtherChild, Agency)


def check_event(
    raw: object,
    boards: Mapping[str, str],
    regimes: Collection[str],
    at: datetime | None = None,
    why_not_ready: WhyNotReady = always_ready,
) -> IncidentEvent | tuple[Fault, ...]:
    """The event, or every fault by its path.

    ``raw`` is parsed JSON. ``boards`` gives each board's default regime by the board's id, ``regimes`` the ids there
    are. With ``at`` (now) an event that was notified in the future is refused; without it, it is not looked at.
    ``why_not_ready`` says of a regime and a board why no case can begin, and nothing where one can.
    """
    text = _as_json(raw)
    if text is None or not isinstance(raw, Mapping):
        return (Fault(path="", message="is not a JSON object"),)
    shape: tuple[Fault, ...] = ()
    event: IncidentEvent | None = None
    try:
        event = IncidentEvent.model_validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        if error.errors(include_input=False)[0]["type"] == "json_invalid":
            return (Fault(path="", message="is nested too deeply, or contains what is not JSON"),)
        shape = tuple(shape_faults(error, raw))
    faults = dict.fromkeys((*shape, *rule_faults(raw, boards, regimes, at, why_not_ready)))
    if faults or event is None:
        return tuple(faults)
    return event


def regime_of(event: IncidentEvent, boards: Mapping[str, str]) -> str:
    """The regime that a case opened by the event is pinned to: the event's own, or its board's default."""
    return event.data.regime or boards[event.data.board]


class Preview(Model):
    """What an event by itself would lead to."""

    verdict: Verdict
    clocks: tuple[ClockEntry, ...]


def preview(event: IncidentEvent, regime: Regime, calendar: Calendar) -> Preview:
    """The criteria's verdict and the clocks that the event starts. Raises ``CalendarDoesNotCover``."""
    incident = event.data
    aware, told = incident.aware_at, incident.notified_at
    rapid = regime.process == "rapid-review"  # there the authority has yet to notify the national panel
    clocks = [
        _clock(regime, NOTIFICATION_CLOCK, aware, calendar, satisfied_at=None if rapid else told),
        *(_clock(regime, clock, told, calendar) for clock in CHILDREN_FIRST),
        _clock(regime, PARTNERS_CLOCK, aware, calendar) if rapid else _clock(regime, "review-decision", told, calendar),
    ]
    return Preview(verdict=judge(case_facts(incident, regime.criterion), regime.criterion), clocks=tuple(clocks))


def merge_incident(known: Incident, update: Incident) -> Incident:
    """What is known of an incident after an update of it. The same update again changes nothing.

    The regime, the day of the incident and the instants that started clocks stay as they were first given. What an
    update leaves out, or says is not known, erases nothing.
    """
    children = _joined(known.children, update.children, _key, _merged_child)
    others = _joined(known.other_children, update.other_children, _key, _merged_other)
    of_the_incident = {child.key for child in children}
    return known.model_copy(
        update={
            "setting": known.setting.model_copy(update=_given(update.setting)),
            "children": children,
            "other_children": tuple(child for child in others if child.key not in of_the_incident),
            "facts": _merged_facts(known.facts, update.facts),
            "agencies": _joined(known.agencies, update.agencies, lambda agency: agency.id, lambda _, given: given),
            "summary": update.summary or known.summary,
        }
    )


def _as_json(raw: object) -> bytes | None:
    try:
        # Half a character (a lone surrogate) is told by its path among the rules; here it must not end the reading.
        return json.dumps(raw, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError):
        return None


def _clock(
    regime: Regime, clock: str, started_at: datetime, calendar: Calendar, satisfied_at: datetime | None = None
) -> ClockEntry:
    rule = regime.rule(clock)
    deadline = compute(rule, started_at, calendar)
    status = ClockStatus.OPEN
    if satisfied_at is not None:
        status = ClockStatus.MET if satisfied_at < deadline.due_at else ClockStatus.LATE
    return ClockEntry(rule=rule, deadline=deadline, status=status, satisfied_at=satisfied_at)


def _joined(
    known: Iterable[_Item],
    update: Iterable[_Item],
    key: Callable[[_Item], str],
    merged: Callable[[_Item, _Item], _Item],
) -> tuple[_Item, ...]:
    """Those known, changed where the update has the same, then those that are new."""
    items = {key(item): item for item in known}
    for item in update:
        before = items.get(key(item))
        items[key(item)] = item if before is None else merged(before, item)
    return tuple(items.values())


def _key(child: IncidentChild | OtherChild) -> str:
    return child.key


def _merged_child(known: IncidentChild, update: IncidentChild) -> IncidentChild:
    birth = {"date_of_birth": update.date_of_birth, "unborn": update.unborn}  # a child of an update has one of the two
    died = known.outcome is Outcome.DIED  # an update that was overtaken on its way brings nobody back to life
    outcome = {"outcome": Outcome.DIED} if died else {}
    return known.model_copy(update=_given(update) | birth | outcome)


def _merged_other(known: OtherChild, update: OtherChild) -> OtherChild:
    return known.model_copy(update=_given(update))


def _merged_facts(known: IncidentFacts, update: IncidentFacts) -> IncidentFacts:
    answers = {name: answer for name, answer in _given(update).items() if answer is not Abuse.UNKNOWN}
    return known.model_copy(update=answers)


def _given(update: Model) -> dict[str, Any]:
    return {name: value for name, value in update if value is not None}
