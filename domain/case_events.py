"""What an incident event does to a case: what is known anew, whom it adds, whether it is decided again."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import JsonValue

from domain.agency import AgencyAsked
from domain.clocks.book import ClockNeed
from domain.criteria import OF_THE_CHILDREN, case_facts
from domain.decision import FactAnswer, ReviewDecisionState
from domain.decision_commands import ReviewOutcome
from domain.incident import Incident, IncidentEvent, Outcome
from domain.people import Role
from domain.record import Fact
from domain.regimes import Criterion
from domain.safety import OTHERS, ChildrenIdentified, children_at_risk

if TYPE_CHECKING:
    from domain.case import CaseState


def answered(
    state: "CaseState", event: IncidentEvent, before: Mapping[str, bool | None]
) -> tuple["CaseState", tuple[FactAnswer, ...]]:
    """What the event tells anew is known from now on; what it does not know, or only repeats, erases no answer."""
    assert state.incident is not None, "taken in before"  # noqa: S101
    by = f"{event.data.notified_by.role}, {event.data.notified_by.agency}"
    of_all = case_facts(state.incident)
    told = case_facts(event.data) | {fact: of_all[fact] for fact in OF_THE_CHILDREN}
    known = {answer.fact: answer for answer in state.answers}
    news = tuple(
        FactAnswer(fact=fact, holds=holds, by=by, at=event.data.notified_at)
        for fact, holds in told.items()
        if fact not in known or (holds is not None and holds not in (before.get(fact), known[fact].holds))
    )
    answers = known | {answer.fact: answer for answer in news}
    return state.model_copy(update={"answers": tuple(answers.values())}), news


def children_after(state: "CaseState", since: datetime) -> tuple["CaseState", ChildrenIdentified, bool]:
    """What a safety check is to be told, and whether a new one begins: only for children it has not seen."""
    assert state.incident is not None, "a case begins with its incident"  # noqa: S101
    new = tuple(c for c in children_at_risk(state.incident, since) if (c.key, c.named) not in state.checked)
    if state.checked:
        new = tuple(child for child in new if child.key != OTHERS)
    died = tuple(child.key for child in state.incident.children if child.outcome is Outcome.DIED)
    begins = bool(new) and not state.safety_open
    undecided = dict.fromkeys((*state.undecided, *(child.key for child in new)))
    changed = state.model_copy(
        update={
            "checked": (*state.checked, *((child.key, child.named) for child in new)),
            "undecided": tuple(key for key in undecided if key not in died),
            "safety_checks": state.safety_checks + begins,
            "safety_open": state.safety_open or begins,
        }
    )
    return changed, ChildrenIdentified(children=new, died=died), begins


def decision_after(
    state: "CaseState", before: "CaseState", criteria: tuple[Criterion, ...], at: datetime
) -> tuple["CaseState", bool, tuple[Fact, ...]]:
    """Whether a decision begins: at first, and when one that was made is overtaken by a death or another verdict.

    A stage that still gives its notices, or waits for its learning, has made its decision.
    """
    if before.incident is None or state.incident is None:
        return state.deciding_again(), True, ()
    verdict = state.verdict(criteria)
    overtaken = _deaths(state.incident) > _deaths(before.incident) or verdict != before.verdict(criteria)
    if state.outcome is None or not overtaken:
        return state, False, ()
    detail: dict[str, JsonValue] = {"verdict": verdict.verdict, "met": list(verdict.limbs)}
    put = (Fact(kind="put-to-the-criteria", at=at, detail=detail),)
    if state.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW:
        return state, False, put
    return state.deciding_again(), True, put


def agencies_asked(incident: Incident, at: datetime) -> tuple[AgencyAsked, ...]:
    """The agencies that the incident names, as asked at that instant."""
    return tuple(AgencyAsked(id=agency.id, address=agency.contact.email, asked_at=at) for agency in incident.agencies)


def because(before: Incident | None, now: Incident) -> str:
    """Why stages begin after an event, in words."""
    if before is None:
        return "the incident was notified"
    return "a child has died" if _deaths(now) > _deaths(before) else "what is known has changed"


def _deaths(incident: Incident) -> frozenset[str]:
    return frozenset(child.key for child in incident.children if child.outcome is Outcome.DIED)


def notification_needs(state: "CaseState") -> tuple[ClockNeed, ...]:
    """Whether the incident was notified in time. Under a rapid review that is a matter of the rapid review."""
    if state.incident is None or state.deciding_stage != ReviewDecisionState.STAGE:
        return ()
    return (
        ClockNeed(
            rule="incident-notification",
            started_at=state.incident.aware_at,
            satisfied_at=state.incident.notified_at,
            waiting_on=Role.DIRECTOR,
        ),
    )


def event_fact(event: IncidentEvent, at: datetime, *, first: bool) -> Fact:
    """The event as it is kept in the record, with the names that it holds."""
    kind = "incident-notified" if first else "incident-updated"
    return Fact(kind=kind, at=at, detail={"event": event.model_dump(mode="json", exclude_none=True)})
