"""England now on the time-skipping server: notification, rapid review, three partners, and what follows from them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.incident import IncidentEvent
from domain.people import Role
from domain.record import CaseRef
from records import queries
from rehearsal.rapid_review import all_agree, decide, learned, notify, panel_agrees, record, send, tell
from rehearsal.rapid_review import stage_of as rapid
from rehearsal.service import Rehearsal

Event = Callable[..., IncidentEvent]
HEAD, MANAGER = Role.HEAD_OF_SERVICE, Role.BUSINESS_MANAGER


def standing(stage: Rehearsal, case: CaseRef) -> str:
    return queries.case_summary(stage.record, case).stage


async def refused(answer: Any) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await answer
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError) and cause.type == "Refused"
    return str(cause.details[0])


async def children_safe(stage: Rehearsal, case: CaseRef) -> None:
    for child in ("S1", "H1"):
        seen: dict[str, Any] = {"decision": "no-further-action", "reason": "Seen at home; safe."}
        await stage.answer(case.stage_id("safety", 1), "decide-for-child", Role.DUTY_MANAGER, item=child, **seen)


async def test_three_partners_agree_and_a_local_review_begins(stage: Rehearsal, event: Event) -> None:
    case = await tell(stage, event())
    await children_safe(stage, case)
    assert await refused(record(stage, case, "local-review")) == "notified-first"
    await notify(stage, case)
    await record(stage, case, "local-review")
    await stage.pass_time(timedelta(days=1))
    asked = [letter for letter in stage.letters() if "answer-rapid-review" in letter.text]
    assert {letter.to for letter in asked if "version 1" in letter.text} == {
        f"safeguarding-partner@{host}.northbridge.example" for host in ("cs", "police", "icb")
    }
    assert await refused(send(stage, case)) == "partners-agree"
    await all_agree(stage, case)
    await send(stage, case)
    await stage.pass_time(timedelta(days=2))
    await panel_agrees(stage, case)
    await decide(stage, case, "local-review")
    await stage.pass_time(timedelta(days=5))
    kinds = [fact.kind for fact in stage.facts(case)]
    assert kinds.count("notice-given") == 4
    assert "local child safeguarding practice review" in next(
        letter.text for letter in stage.letters() if "notice of the" in letter.subject
    )
    assert [s.finished for s in queries.case_summary(stage.record, case).stages if s.stage == rapid(case)] == [True]
    assert "panel" in {s.stage.rpartition("/")[2] for s in queries.case_summary(stage.record, case).stages}
    assert queries.verify(stage.record, case).ok


async def test_a_challenge_opens_another_rapid_review_without_a_second_notification(
    stage: Rehearsal, event: Event
) -> None:
    case = await tell(stage, event())
    await children_safe(stage, case)
    await notify(stage, case)
    await record(stage, case, "none")
    await all_agree(stage, case)
    await send(stage, case)
    await decide(stage, case, "none")
    await stage.pass_time(timedelta(days=4))
    challenged: dict[str, Any] = {"received_at": await stage.now(), "reason": "Not convinced."}
    await stage.answer(case.workflow_id, "challenge", MANAGER, **challenged)
    await stage.pass_time(timedelta(minutes=5))
    again = {task.id for task in queries.tasks(stage.record) if task.stage == rapid(case, 2)}
    assert f"{rapid(case, 2)[4:]}/record-rapid-review" in again
    assert not [task for task in again if task.endswith(("notify-panel", "tell-partners"))]
    await record(stage, case, "none", 2)
    await all_agree(stage, case, 2)
    await send(stage, case, 2)
    await panel_agrees(stage, case, 2)
    await decide(stage, case, "none", 2)
    await stage.pass_time(timedelta(days=4))
    await learned(stage, case, 2)
    await stage.pass_time(timedelta(days=4))
    assert standing(stage, case) == "Case: closed"


async def test_a_withdrawn_notification_closes_the_case(stage: Rehearsal, event: Event) -> None:
    case = await tell(stage, event())
    await children_safe(stage, case)
    await notify(stage, case)
    withdrawn: dict[str, Any] = {
        "agreed_at": await stage.now(),
        "reference": "P-3",
        "reason": "An accident, as is known now.",
    }
    assert await refused(stage.answer(rapid(case), "withdraw-notification", HEAD, **withdrawn)) == "criteria-met"
    known: dict[str, Any] = {"fact": "abuse_or_neglect", "holds": "no", "reason": "The inquest."}
    await stage.answer(rapid(case), "answer-criterion", Role.SUB_GROUP, **known)
    await stage.answer(rapid(case), "withdraw-notification", HEAD, **withdrawn)
    await stage.pass_time(timedelta(days=4))
    assert standing(stage, case) == "Case: closed"
    assert not [letter for letter in stage.letters() if "notice of the" in letter.subject]


async def test_a_death_while_it_is_open_has_the_rapid_review_recorded_anew(stage: Rehearsal, event: Event) -> None:
    child = {"key": "C1", "given_name": "Tamsin", "family_name": "Wexcombe-Arle", "date_of_birth": "2024-05-19"}
    case = await tell(stage, event(children=[{**child, "outcome": "seriously_harmed"}]))
    await notify(stage, case)
    await record(stage, case, "none")
    await tell(stage, event(at=await stage.now(), kind="updated", children=[{**child, "outcome": "died"}]))
    assert "rapid-review-overtaken" in [fact.kind for fact in stage.facts(case)]
    assert f"{rapid(case)[4:]}/record-rapid-review" in {task.id for task in queries.tasks(stage.record)}
