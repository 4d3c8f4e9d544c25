"""Sizes seen in real reviews: 47 recommendations, 120 actions. No run of a workflow grows too long to be read."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from activities.regimes import read_regime
from domain.learning import AnsweredFinding, FindingsAnswered
from domain.people import Role
from domain.record import CaseRef
from records import queries
from rehearsal.service import REGIME, Rehearsal, rehearsal
from wiring import scr_plugin
from workflows.following import BROUGHT_BACK
from workflows.messages import BeginActionPlan
from workflows.registered import WORKFLOWS

RECOMMENDATIONS, ACTIONS = 47, 120
CARRIED_OUT = 40
"""Enough for several runs; each of the others would only take time."""
MOST_EVENTS = 4_096
LARGEST_PAYLOAD = 1_500_000
"""Bytes; the server refuses 2 MB."""
CASE = CaseRef(board="northbridge", reference="NB-2026-747")
AGENCIES = ("northbridge-cs", "northbridge-police", "northbridge-icb", "northbridge-housing")

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Big:
    """A plan of its own, without a case around it."""

    def __init__(self, stage: Rehearsal) -> None:
        self.stage = stage
        self.plan = CASE.stage_id("actions")

    async def begin(self) -> None:
        regime = read_regime(REGIME)
        now = await self.stage.now()
        order = BeginActionPlan(
            case=CASE,
            regime=regime.id,
            calendar=regime.calendar,
            rules=regime.clock,
            actions=regime.actions,
            changes=regime.changes,
            begun_at=now,
        )
        queue = self.stage.settings.task_queue
        handle = await self.stage.env.client.start_workflow(
            "ActionPlan", order, id=self.plan, task_queue=queue, task_timeout=BROUGHT_BACK
        )
        findings = tuple(AnsweredFinding(id=f"F{n}", answer="accepted") for n in range(1, RECOMMENDATIONS + 1))
        await handle.signal("findings-answered", FindingsAnswered(findings=findings, answered_at=now))

    async def answer(self, form: str, role: Role, item: str | None = None, **answer: Any) -> None:
        await self.stage.give(self.plan, form, role, answer, item=item)

    async def draft(self, day: date) -> None:
        for number in range(1, ACTIONS + 1):
            agency = AGENCIES[number % len(AGENCIES)]
            await self.answer(
                "plan-action",
                Role.BUSINESS_MANAGER,
                f"A{number}",
                findings=(f"F{number % RECOMMENDATIONS + 1}",),
                outcome="What is known is brought together.",
                what="A shared summary is used.",
                agency=agency,
                lead=await self.stage.holder(Role.AGENCY_LEAD, agency),
                starts_on=day,
                due_on=day + timedelta(days=100 + number),
                evidence="A sample.",
                effect="Decisions rest on what all know.",
                no_change="" if number <= RECOMMENDATIONS else "Seen with the others of its finding.",
            )
        for number in range(1, RECOMMENDATIONS + 1):
            await self.answer(
                "expect-change",
                Role.BUSINESS_MANAGER,
                f"C{number}",
                actions=(f"A{number}",),
                what="Decisions rest on what all know.",
                kind="audit",
                measure="Share of decisions",
                gathered="Thirty, by the audit officer",
                unit="per cent",
                direction="higher",
                baseline="31",
                target="80",
            )
        await self.answer("sign-off-plan", Role.BOARD_CHAIR, outcome="signed-off", reason="As discussed.")

    async def carry_out(self) -> None:
        for number in range(1, CARRIED_OUT + 1):
            await self.answer("submit-evidence", Role.BUSINESS_MANAGER, f"A{number}", note="As planned.")
            seen = {"outcome": "verified", "reason": "The sample was looked at."}
            await self.answer("verify-action", Role.SUB_GROUP, f"A{number}", **seen)

    async def runs(self) -> list[WorkflowHistory]:
        """The history of every run, the last one first."""
        found, run = [], None
        while True:
            history = await self.stage.env.client.get_workflow_handle(self.plan, run_id=run).fetch_history()
            found.append(history)
            run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
            if not run:
                return found


@pytest.fixture(scope="module")
async def big(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Big]:
    async with rehearsal(tmp_path_factory.mktemp("big")) as stage:
        plan = Big(stage)
        await plan.begin()
        await plan.draft(await stage.pass_days(1))
        await stage.pass_days(90)
        await plan.carry_out()
        await stage.pass_days(1)
        yield plan


async def test_no_run_passes_4096_events_and_no_payload_comes_near_the_limit(big: Big) -> None:
    runs = await big.runs()
    assert len(runs) > 1
    for history in runs:
        assert len(history.events) < MOST_EVENTS
        assert max(event.ByteSize() for event in history.events) < LARGEST_PAYLOAD


async def test_each_run_is_brought_back_by_a_worker_that_begins_anew(big: Big) -> None:
    plugin = scr_plugin(big.stage.record.keyring, workflows=WORKFLOWS)
    for history in await big.runs():
        await Replayer(workflows=[], plugins=[plugin]).replay_workflow(history)


async def test_each_action_is_asked_for_until_it_is_verified(big: Big) -> None:
    facts = [fact for fact in big.stage.facts(CASE) if fact.kind == "action-judged"]
    assert sorted(fact.item or "" for fact in facts) == sorted(f"A{n}" for n in range(1, CARRIED_OUT + 1))
    asked = {task.item for task in queries.tasks(big.stage.record, reference=CASE.reference) if task.item}
    assert {item for item in asked if item.startswith("A")} == {f"A{n}" for n in range(CARRIED_OUT + 1, ACTIONS + 1)}
    assert queries.verify(big.stage.record, CASE).ok


async def test_a_lead_of_thirty_actions_gets_one_letter_a_day_at_most(big: Big) -> None:
    of_actions = [mail for mail in big.stage.letters() if "Due: " in mail.text and "Action" in mail.text]
    days = [(mail.to, mail.date.date()) for mail in of_actions if "you lead action" not in mail.subject]
    assert days and len(days) == len(set(days))
