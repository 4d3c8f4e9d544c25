"""From the incident event to the chair's decision."""

from datetime import timedelta
from typing import Any

from activities.regimes import read_regime
from domain.decision_commands import ReviewOutcome
from domain.incident import IncidentEvent
from domain.people import Role
from domain.record import CaseRef
from rehearsal.rapid_review import decide_on_local_review
from rehearsal.service import Rehearsal, example


async def decide_on_review(stage: Rehearsal, event: IncidentEvent | None = None) -> CaseRef:
    """Children first, one agency late, a recommendation, the chair's decision for a review, the notices."""
    event = event or example("incident.json", await stage.now())
    if read_regime(stage.regime).process == "rapid-review":
        return await _review_rapidly(stage, event)
    case = event.case
    safety, decision = case.stage_id("safety", 1), case.stage_id("decision", 1)
    await stage.tell(event)
    first, *others = [child.key for child in event.data.other_children]
    *prompt, late = [agency.id for agency in event.data.agencies]
    await _decide_for_children(stage, safety, first, others)
    await stage.pass_time(timedelta(hours=14))
    for agency in prompt:
        await stage.answer(decision, "secure-records", Role.AGENCY_LEAD, item=agency, secured_by="records manager")
    await _follow_children_up(stage, safety, first, others)
    await stage.pass_time(timedelta(days=4))
    for agency in prompt:
        summary: dict[str, Any] = {"involvement": "Known since 2024.", "signed_off_by": "head of safeguarding"}
        await stage.answer(decision, "send-first-summary", Role.AGENCY_LEAD, item=agency, **summary)
    await stage.pass_time(timedelta(days=9))
    await stage.answer(safety, "record-conference", Role.DUTY_MANAGER, item=first, held_at=await stage.now())
    nil: dict[str, Any] = {"nil_return": True, "signed_off_by": "head of safeguarding"}
    await stage.answer(decision, "secure-records", Role.AGENCY_LEAD, item=late, secured_by="records manager")
    await stage.answer(decision, "send-first-summary", Role.AGENCY_EXECUTIVE, item=late, **nil)
    await stage.pass_time(timedelta(days=2))
    limbs = [limb.id for limb in read_regime(stage.regime).criterion]
    await stage.answer(
        decision,
        "recommend",
        Role.SUB_GROUP,
        outcome=ReviewOutcome.SERIOUS_CASE_REVIEW,
        reasons=dict.fromkeys(limbs, "Considered at the sub-group's meeting."),
        rationale="The criterion that always calls for a review is met.",
    )
    await stage.pass_time(timedelta(days=4))
    await stage.answer(
        decision,
        "decide",
        Role.BOARD_CHAIR,
        outcome=ReviewOutcome.SERIOUS_CASE_REVIEW,
        rationale="A child has died and neglect is suspected; organisations can learn from this case.",
    )
    await stage.pass_time(timedelta(days=6))
    return case


async def _review_rapidly(stage: Rehearsal, event: IncidentEvent) -> CaseRef:
    """Children first, then notification, rapid review and the decision for a local review."""
    case = event.case
    safety = case.stage_id("safety", 1)
    await stage.tell(event)
    first, *others = [child.key for child in event.data.other_children]
    await _decide_for_children(stage, safety, first, others)
    await stage.pass_time(timedelta(hours=14))
    await _follow_children_up(stage, safety, first, others)
    await stage.answer(safety, "record-conference", Role.DUTY_MANAGER, item=first, held_at=await stage.now())
    await decide_on_local_review(stage, case)
    return case


async def _decide_for_children(stage: Rehearsal, safety: str, first: str, others: list[str]) -> None:
    """The first child is seen at once; the others only after the clock ran out and was escalated."""
    await stage.pass_time(timedelta(minutes=25))
    await stage.answer(safety, "acknowledge-child", Role.DUTY_SOCIAL_WORKER, item=first)
    await stage.pass_time(timedelta(minutes=50))
    for child in others:
        await stage.answer(safety, "acknowledge-child", Role.DUTY_MANAGER, item=child)
    taken: dict[str, Any] = {"decision": "protection-taken", "protection": "Placed with a relative"}
    await stage.answer(safety, "decide-for-child", Role.DUTY_MANAGER, item=first, strategy_discussion=True, **taken)
    for child in others:
        called = "strategy-discussion-called"
        await stage.answer(safety, "decide-for-child", Role.DUTY_MANAGER, item=child, decision=called)


async def _follow_children_up(stage: Rehearsal, safety: str, first: str, others: list[str]) -> None:
    await stage.pass_time(timedelta(hours=5))
    for child in (first, *others):
        held: dict[str, Any] = {"held_at": await stage.now(), "conference": child == first}
        await stage.answer(safety, "record-strategy-discussion", Role.DUTY_MANAGER, item=child, **held)
