"""Keeping a record for years on an engine whose clock can be moved, and its end.

The time-skipping server ends every workflow after ten years, so the classes here are shorter than those of real boards.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from activities.regimes import read_regime
from domain import retention, retention_items
from domain.clocks.arithmetic import add_months
from domain.clocks.rule import Source
from domain.command import Receipt
from domain.people import Role
from domain.record import CaseRef, Recording
from domain.regimes import RetentionClass
from records import queries
from records.tables import DestructionRow
from rehearsal.service import CIVIL, REGIME, Rehearsal, rehearsal
from workflows.messages import BeginRetention

CASE = CaseRef(board="northbridge", reference="NB-2026-707")
STAGE = CASE.stage_id("retention")
CLASSES = tuple(
    RetentionClass(id=f"kept-{years}", title="Record", years=years, source=Source(document="Board's own procedure"))
    for years in (3, 9)
)


class Keeping:
    """The keeping of one closed case's record, without a case around it."""

    def __init__(self, stage: Rehearsal) -> None:
        self.stage = stage
        self.closed_on = date.min

    async def begin(self, retention: str) -> None:
        at = await self.stage.now()
        self.closed_on = at.astimezone(CIVIL).date()
        closed = {"stage_title": "Case: closed", "finished": True, "snapshot": {}}
        sequence = len(self.transitions()) + 1
        case = Recording(case=CASE, stage=CASE.workflow_id, sequence=sequence, at=at, **closed)
        self.stage.record.write(case)
        await self.stage.keep_document(CASE, "agency-report", "A report")
        order = BeginRetention(
            case=CASE,
            regime=REGIME,
            calendar="england-wales",
            rules=read_regime(REGIME).clock,
            classes=CLASSES,
            retention=retention,
            closed_at=at,
        )
        queue = self.stage.settings.task_queue
        await self.stage.env.client.start_workflow("RecordRetention", order, id=STAGE, task_queue=queue)

    def transitions(self) -> list[str]:
        known = [each for each in queries.cases(self.stage.record) if each.case == CASE]
        return [each.stage for each in known[0].stages if each.stage == CASE.workflow_id] if known else []

    async def pass_years(self, years: int, days: int = 0) -> None:
        day = add_months(self.closed_on, 12 * years) + timedelta(days=days)
        await self.stage.pass_days((day - (await self.stage.now()).astimezone(CIVIL).date()).days)

    async def answer(self, form: str, role: Role, item: str | None = None, **answer: Any) -> Receipt:
        return await self.stage.answer(STAGE, form, role, item=item, **({"reason": "As discussed."} | answer))

    def asked(self) -> list[str]:
        return [task.form for task in queries.tasks(self.stage.record, reference=CASE.reference)]

    def clocks(self) -> list[str]:
        return [each.entry.id for each in queries.clocks(self.stage.record, CASE) if each.current]

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.stage.env.client.get_workflow_handle(STAGE)


@pytest.fixture
def keeping(stage: Rehearsal) -> Keeping:
    return Keeping(stage)


async def test_record_is_reviewed_after_its_years_and_destroyed_by_two_people(keeping: Keeping) -> None:
    await keeping.begin("kept-3")
    await keeping.pass_years(2)
    assert keeping.asked() == [] and keeping.clocks() == ["retention-review"]
    with pytest.raises(WorkflowUpdateFailedError):
        await keeping.answer("review-retention", Role.BUSINESS_MANAGER, outcome="destroy")
    await keeping.pass_years(3, days=1)
    assert keeping.asked() == ["review-retention"]
    await keeping.answer("review-retention", Role.BUSINESS_MANAGER, outcome="destroy")
    assert keeping.asked() == ["agree-destruction"]
    await keeping.answer("agree-destruction", Role.BOARD_CHAIR, item="1")
    await keeping.handle.result()
    summary = queries.case_summary(keeping.stage.record, CASE)
    assert summary.stage.startswith("Case: closed; the record was destroyed on ") and summary.stages == ()
    assert queries.facts(keeping.stage.record, CASE) == [] and keeping.clocks() == []
    assert not list((keeping.stage.settings.var_dir / "files").rglob(CASE.reference))
    with keeping.stage.record.reading() as session:
        log = session.scalars(select(DestructionRow)).one()
        assert (log.proposed_role, log.agreed_role) == ("business-manager", "board-chair")
        assert log.counts["files"] == 1 and log.counts["facts"] == log.facts


async def test_review_far_ahead_is_waited_for_in_steps_and_a_reopened_case_ends_it(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (retention, retention_items):
        monkeypatch.setattr(module, "CLOCK_MONTHS", 24)
    await keeping.begin("kept-9")
    await keeping.answer("place-legal-hold", Role.BUSINESS_MANAGER, item="H1")
    assert keeping.clocks() == []
    await keeping.pass_years(6)
    assert keeping.clocks() == []
    await keeping.pass_years(7, days=1)
    assert keeping.clocks() == ["retention-review"] and keeping.asked() == []
    await keeping.pass_years(9, days=1)
    assert keeping.asked() == ["review-retention"]
    await keeping.handle.signal("case-reopened")
    await keeping.handle.result()
    assert keeping.asked() == []
    await keeping.begin("kept-3")
    with pytest.raises(WorkflowUpdateFailedError):
        await keeping.answer("place-legal-hold", Role.BUSINESS_MANAGER, item="H1")
    assert queries.verify(keeping.stage.record, CASE).ok


async def test_legal_hold_between_agreement_and_destruction_stops_it(tmp_path: Path) -> None:
    async with rehearsal(tmp_path, mail_server=False) as stage:
        keeping = Keeping(stage)
        async with stage.mail_server():
            await keeping.begin("kept-3")
            await keeping.pass_years(3, days=1)
        # A letter is on its way and cannot leave: meanwhile nothing is destroyed.
        await keeping.answer("review-retention", Role.BUSINESS_MANAGER, outcome="destroy")
        await keeping.answer("agree-destruction", Role.BOARD_CHAIR, item="1")
        await keeping.answer("place-legal-hold", Role.BUSINESS_MANAGER, item="H1")
        async with stage.mail_server():
            await stage.pass_time(timedelta(hours=1))
        assert not queries.case_summary(stage.record, CASE).stages[-1].finished
        kinds = [fact.kind for fact in stage.facts(CASE)]
        assert kinds.index("destruction-agreed") < kinds.index("destruction-stopped")
        await keeping.answer("lift-legal-hold", Role.BOARD_CHAIR, item="H1")
        await keeping.answer("agree-destruction", Role.BOARD_CHAIR, item="1")
        await keeping.handle.result()
        assert queries.facts(stage.record, CASE) == []
