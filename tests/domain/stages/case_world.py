"""A case to talk to: incident events as they come in, and what its stages report."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stage_world import CASE, DAY, REGIME, T0, World

from domain.case import CaseState
from domain.case_messages import Onward, StageReport
from domain.incident import IncidentEvent
from domain.record import Recording
from domain.stage import Stage

GIVEN_NAME, FAMILY_NAME, CONTACT, SUMMARY = "Zebedelia", "Quorndon-Ashvale", "Philomena Grobelaar", "found at the weir"
PLANTED = (GIVEN_NAME, FAMILY_NAME, CONTACT, SUMMARY, "grobelaar@health.example")
"""What an event tells about people: it is in the sealed record and nowhere else."""

_deliveries = itertools.count(1)
NO_FACTS: dict[str, Any] = {
    "abuse_or_neglect": "suspected",
    "life_threatening_injury": True,
    "serious_permanent_impairment": False,
    "serious_sexual_abuse": False,
    "parent_murdered": False,
    "homicide_review_initiated": False,
    "killed_by_parent": False,
    "parent_mental_illness": False,
    "inter_agency_concerns": False,
}


def subject(key: str = "C1", outcome: str = "seriously_harmed") -> dict[str, Any]:
    named = {"given_name": GIVEN_NAME, "family_name": FAMILY_NAME, "date_of_birth": "2024-05-19"}
    return {"key": key, "outcome": outcome} | named


def other(key: str, *, named: bool = True) -> dict[str, Any]:
    name = {"given_name": GIVEN_NAME, "family_name": FAMILY_NAME} if named else {}
    return {"key": key, "relationship": "sibling"} | name


def event(
    *,
    children: Sequence[dict[str, Any]] = (),
    others: Sequence[dict[str, Any]] = (),
    facts: dict[str, Any] | None = None,
    agencies: Sequence[str] = ("health",),
    at: datetime = T0,
    delivery: str = "",
) -> IncidentEvent:
    """An incident event: by default an infant with a life-threatening injury, abuse suspected, nobody else known."""
    data = {
        "board": CASE.board,
        "occurred_on": "2026-02-03",
        "aware_at": T0 - DAY,
        "notified_at": at,
        "notified_by": {"name": CONTACT, "agency": "health", "role": "duty manager", "email": PLANTED[-1]},
        "setting": {"kind": "family_home"},
        "children": list(children) or [subject()],
        "other_children": list(others),
        "facts": NO_FACTS | (facts or {}),
        "agencies": [
            {"id": a, "name": a, "kind": "health", "contact": {"name": CONTACT, "email": PLANTED[-1]}} for a in agencies
        ],
        "summary": SUMMARY,
    }
    return IncidentEvent.model_validate(
        {
            "specversion": "1.0",
            "type": "uk.safeguarding.incident.notified.v1",
            "source": "urn:northbridge:duty-desk",
            "id": delivery or f"event-{next(_deliveries)}",
            "subject": CASE.reference,
            "time": at,
            "data": data,
        }
    )


def case() -> World[CaseState]:
    """A case of which nothing was told yet."""
    return World(
        Stage[CaseState](case=CASE, id=CASE.workflow_id, regime=REGIME.id, rules=REGIME.clock, state=CaseState())
    )


def receive(world: World[CaseState], happened: IncidentEvent) -> Onward | None:
    taken_in = world.state.received(happened, REGIME.criterion, world.at)
    if taken_in is None:
        return None
    state, transition, onward = taken_in
    world.then(state, transition)
    return onward


def report(world: World[CaseState], stage: str, number: int, **more: Any) -> Recording:
    told = StageReport(stage=stage, number=number, **more)
    return world.then(*world.state.reported(told, world.at))
