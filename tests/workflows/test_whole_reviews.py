"""Whole reviews on the time-skipping server: what comes in, what is decided, who is told, and what closes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.regimes import read_regime
from domain.incident import IncidentEvent
from domain.people import Role
from domain.record import CaseRef
from records import queries
from rehearsal.beginning import decide_on_review
from rehearsal.service import REGIME, Rehearsal

Event = Callable[..., IncidentEvent]
LIMBS = [limb.id for limb in read_regime(REGIME).criterion]
REASONS = dict.fromkeys(LIMBS, "Considered by the sub-group.")
NOBODY_DIED = {"abuse_or_neglect": "not_suspected", "inter_agency_concerns": False}


def kinds(stage: Rehearsal, case: CaseRef) -> list[str]:
    return [fact.kind for fact in stage.facts(case)]


def standing(stage: Rehearsal, case: CaseRef) -> str:
    return queries.case_summary(stage.record, case).stage


def subjects(stage: Rehearsal) -> list[str]:
    return [letter.subject for letter in stage.letters()]


async def refused(answer: Any) -> str:
    """The rule that refuses the answer."""
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await answer
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError) and cause.type == "Refused"
    return str(cause.details[0])


async def children_decided(stage: Rehearsal, case: CaseRef, *children: str, check: int = 1) -> None:
    for child in children:
        reason = {"decision": "no-further-action", "reason": "Seen at home; safe."}
        await stage.answer(case.stage_id("safety", check), "decide-for-child", Role.DUTY_MANAGER, item=child, **reason)


async def recommended(stage: Rehearsal, case: CaseRef, outcome: str, number: int = 1) -> None:
    decision = case.stage_id("decision", number)
    named = {"other_review": "a multi-agency audit"} if outcome == "other-review" else {}
    await stage.answer(
        decision, "recommend", Role.SUB_GROUP, outcome=outcome, reasons=REASONS, rationale="As reasoned.", **named
    )


async def chair_decides(stage: Rehearsal, case: CaseRef, outcome: str, number: int = 1) -> None:
    named = {"other_review": "a multi-agency audit"} if outcome == "other-review" else {}
    decision = case.stage_id("decision", number)
    await stage.answer(decision, "decide", Role.BOARD_CHAIR, outcome=outcome, rationale="In full.", **named)


async def learned(stage: Rehearsal, case: CaseRef, number: int = 1) -> None:
    decision = case.stage_id("decision", number)
    words = {"learned": "Hand-overs were weak.", "acted_on": "The audit looks at them."}
    await stage.answer(decision, "record-learning", Role.BUSINESS_MANAGER, **words)


async def test_the_example_goes_from_event_to_decision_and_notices(stage: Rehearsal) -> None:
    case = await decide_on_review(stage)
    assert standing(stage, case) == "Case: the serious case review is under way"
    assert kinds(stage, case).count("notice-given") == 4
    assert {letter.subject for letter in stage.letters() if "notice" in letter.subject} == {
        f"{case.reference}: notice of the board chair's decision"
    }
    assert queries.verify(stage.record, case).ok
    assert not list((stage.settings.var_dir / "mailbox").glob("*.again")), "no letter went out twice"


async def test_panel_waits_until_each_child_has_a_decision(stage: Rehearsal, event: Event) -> None:
    incident = event()
    case = incident.case
    await stage.tell(incident)
    await recommended(stage, case, "serious-case-review")
    await chair_decides(stage, case, "serious-case-review")
    await stage.pass_time(timedelta(days=4))
    assert "the panel waits for a decision about the safety of each child (2 to come)" in standing(stage, case)
    await children_decided(stage, case, "S1", "H1")
    await stage.pass_time(timedelta(minutes=5))
    assert "the serious case review is under way" in standing(stage, case)


async def test_repeated_delivery_changes_nothing(stage: Rehearsal, event: Event) -> None:
    incident = event()
    await stage.tell(incident)
    before, letters = kinds(stage, incident.case), len(stage.letters())
    await stage.tell(incident)
    assert kinds(stage, incident.case) == before
    assert len(stage.letters()) == letters


async def test_child_named_later_joins_the_open_check(stage: Rehearsal, event: Event, start: datetime) -> None:
    incident = event()
    await stage.tell(incident)
    late = start + timedelta(minutes=3)
    await stage.tell(event(at=late, kind="updated", other_children=[{"key": "S9", "relationship": "sibling"}]))
    open_tasks = {task.id for task in queries.tasks(stage.record)}
    assert f"{incident.case.stage_id('safety', 1)[4:]}/S9/acknowledge-child" in open_tasks
    clock = next(c.entry for c in queries.clocks(stage.record, incident.case) if c.entry.id == "safety-decision/S9")
    assert clock.deadline.started_at == late, "the clock of a child counts from when the board was told of it"


async def test_child_named_after_the_check_ended_opens_another(stage: Rehearsal, event: Event) -> None:
    incident = event()
    case = incident.case
    await stage.tell(incident)
    await children_decided(stage, case, "S1", "H1")
    await recommended(stage, case, "serious-case-review")
    await chair_decides(stage, case, "serious-case-review")
    await stage.pass_time(timedelta(days=4))
    assert "the serious case review is under way" in standing(stage, case)
    named = [{"key": "S9", "relationship": "sibling", "given_name": "Ash", "family_name": "Wexcombe-Arle"}]
    await stage.tell(event(at=await stage.now(), kind="updated", other_children=named))
    assert "children first: the safety of 1 named later is to be decided" in standing(stage, case)
    await children_decided(stage, case, "S9", check=2)
    await stage.pass_time(timedelta(minutes=5))
    assert standing(stage, case).endswith("the serious case review is under way")


async def test_injured_child_who_dies_is_put_to_the_criteria_again(stage: Rehearsal, event: Event) -> None:
    child = {"key": "C1", "given_name": "Tamsin", "family_name": "Wexcombe-Arle", "date_of_birth": "2024-05-19"}
    facts = {"abuse_or_neglect": "suspected", "life_threatening_injury": True}
    incident = event(children=[{**child, "outcome": "seriously_harmed"}], facts=facts)
    case = incident.case
    await stage.tell(incident)
    await children_decided(stage, case, "C1", "S1", "H1")
    await recommended(stage, case, "none")
    died = event(at=await stage.now(), kind="updated", children=[{**child, "outcome": "died"}], facts=facts)
    await stage.tell(died)
    assert "recommendation-overtaken" in kinds(stage, case)
    await recommended(stage, case, "serious-case-review")
    decision = case.stage_id("decision", 1)
    none = stage.answer(decision, "decide", Role.BOARD_CHAIR, outcome="none", rationale="In full.")
    assert await refused(none) == "always"
    await chair_decides(stage, case, "serious-case-review")


async def test_death_after_a_decision_against_a_review_opens_the_decision_again(stage: Rehearsal, event: Event) -> None:
    child = {"key": "C1", "given_name": "Tamsin", "family_name": "Wexcombe-Arle", "date_of_birth": "2024-05-19"}
    facts = {"abuse_or_neglect": "suspected", "life_threatening_injury": True}
    incident = event(children=[{**child, "outcome": "seriously_harmed"}], facts=facts)
    case = incident.case
    await stage.tell(incident)
    await recommended(stage, case, "none")
    await chair_decides(stage, case, "none")
    await stage.pass_time(timedelta(days=4))
    await stage.tell(event(at=await stage.now(), kind="updated", children=[{**child, "outcome": "died"}], facts=facts))
    again = case.stage_id("decision", 2)[4:]
    assert f"{again}/recommend" in {task.id for task in queries.tasks(stage.record)}
    assert not [task for task in queries.tasks(stage.record) if task.form == "record-learning"]


@pytest.mark.parametrize("outcome", ["none", "other-review"])
async def test_without_a_review_the_case_closes_properly(stage: Rehearsal, event: Event, outcome: str) -> None:
    children = event().data.model_dump(mode="json")["children"]
    incident = event(children=[{**children[0], "outcome": "neither"}], facts=NOBODY_DIED)
    case = incident.case
    await stage.tell(incident)
    await children_decided(stage, case, "C1", "S1", "H1")
    await recommended(stage, case, outcome)
    await chair_decides(stage, case, outcome)
    await stage.pass_time(timedelta(days=4))
    assert kinds(stage, case).count("notice-given") == 5, "three bodies, the panel's explanation, the board members"
    await learned(stage, case)
    await stage.pass_time(timedelta(days=4))
    assert standing(stage, case) == "Case: closed"
    assert queries.case_summary(stage.record, case).closed_at is not None
    closing = [subject for subject in subjects(stage) if subject.endswith("the case is closed")]
    assert len(closing) == len(incident.data.agencies) + 4, "each agency's lead and each board member"
    assert not queries.tasks(stage.record)


async def test_event_for_a_closed_case_opens_it_again(stage: Rehearsal, event: Event) -> None:
    await test_without_a_review_the_case_closes_properly(stage, event, "none")
    case = event().case
    # The time-skipping server's clock stands still for ever once the child of a closed workflow completes.
    await stage.env.client.get_workflow_handle(case.stage_id("retention")).terminate()
    child = event().data.model_dump(mode="json")["children"][0]
    facts = {"abuse_or_neglect": "known"}
    died = event(at=await stage.now(), kind="updated", children=[{**child, "outcome": "died"}], facts=facts)
    await stage.tell(died)
    assert "case-reopened" in kinds(stage, case)
    await recommended(stage, case, "serious-case-review", number=2)
    await chair_decides(stage, case, "serious-case-review", number=2)
    await stage.pass_time(timedelta(days=4))
    assert "the serious case review is under way" in standing(stage, case)
    assert queries.verify(stage.record, case).ok


async def test_national_panel_challenges_a_decision(stage: Rehearsal, event: Event) -> None:
    incident = event(facts=NOBODY_DIED)
    case = incident.case
    await stage.tell(incident)
    await recommended(stage, case, "none")
    await chair_decides(stage, case, "none")
    await stage.pass_time(timedelta(days=4))
    await stage.answer(
        case.workflow_id, "challenge", Role.BUSINESS_MANAGER, received_at=await stage.now(), reason="Not convinced."
    )
    await stage.pass_time(timedelta(minutes=5))
    await recommended(stage, case, "serious-case-review", number=2)
    await chair_decides(stage, case, "serious-case-review", number=2)
    await stage.pass_time(timedelta(days=4))
    decided = [fact.detail["outcome"] for fact in stage.facts(case) if fact.kind == "review-decided"]
    assert decided == ["none", "serious-case-review"], "both decisions stay in the record"


async def test_recommender_does_not_decide(stage: Rehearsal, event: Event) -> None:
    incident = event()
    decision = incident.case.stage_id("decision", 1)
    await stage.tell(incident)
    await recommended(stage, incident.case, "serious-case-review")
    answer = {"outcome": "serious-case-review", "rationale": "In full."}
    same = stage.answer(decision, "decide", Role.BOARD_CHAIR, person="nb-subgroup-chair", **answer)
    assert await refused(same) == "recommender-is-not-decider"
    assert "review-decided" not in kinds(stage, incident.case)


async def test_awareness_long_before_the_notice_is_counted_from_then(
    stage: Rehearsal, event: Event, start: datetime
) -> None:
    aware = start - timedelta(days=900)
    incident = event(aware_at=aware.isoformat(), occurred_on=aware.date().isoformat())
    await stage.tell(incident)
    clock = next(
        c.entry for c in queries.clocks(stage.record, incident.case) if c.entry.rule.id == "incident-notification"
    )
    assert clock.status == "late"
    assert clock.deadline.started_at == aware
