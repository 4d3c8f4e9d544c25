"""What the Temporal Web UI shows: by reference what it is, where it stands, who is waited for, and until when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from running_service import RunningService, incident, journey, running_service
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle

from domain.clocks.explain import in_words
from domain.record import CaseRef, ClockEntry
from records import queries
from workflows.search_attributes import NEXT_DEADLINE

pytestmark = pytest.mark.engine

STAGES = ("", "safety/1", "decision/1")
FRESH, LATE, SETTLED = "NB-2026-431", "NB-2026-432", "NB-2026-433"
WITH_SUMMARY = (
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_MARKER_RECORDED,
)


@dataclass(frozen=True)
class Shown:
    """Three cases: just begun, overdue for hours, and decided."""

    service: RunningService

    def stage(self, reference: str, *parts: str | int) -> WorkflowHandle[object, object]:
        """The case's workflow, or that of a stage."""
        workflow = "/".join((case(reference).workflow_id, *map(str, parts)))
        return self.service.client.get_workflow_handle(workflow)

    async def details(self, reference: str, *parts: str | int) -> str:
        """The current details of a workflow."""
        metadata: WorkflowMetadata = await self.stage(reference, *parts).query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        return metadata.current_details

    async def listed(self, query: str) -> set[str]:
        """The ids of the workflows that a list with this query shows."""
        return {execution.id async for execution in self.service.client.list_workflows(query)}

    def running(self, reference: str, stage: str) -> list[ClockEntry]:
        """The clocks that run in a stage, as the record has them."""
        clocks = queries.clocks(self.service.record, case(reference))
        return [c.entry for c in clocks if c.current and c.entry.status == "open" and c.stage.endswith(stage)]


def case(reference: str) -> CaseRef:
    """The case of that reference."""
    return CaseRef(board="northbridge", reference=reference)


@pytest.fixture(scope="module")
async def shown(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shown]:
    async with running_service(tmp_path_factory.mktemp("shown")) as service:
        await service.open_case(incident(FRESH))
        await service.open_case(incident(LATE, told=timedelta(hours=3, minutes=5)))
        await service.open_case(settled := incident(SETTLED))
        await service.answer_all(journey(settled))
        await service.client.get_workflow_handle(settled.case.stage_id("decision", 1)).result()
        yield Shown(service)


async def test_every_workflow_is_summed_up_by_its_reference(shown: Shown) -> None:
    for parts, words in (((), ""), (("safety", 1), "children's safety check 1"), (("decision", 1), "decision on a")):
        summary = await (await shown.stage(FRESH, *parts).describe()).static_summary()
        assert summary is not None
        assert summary.startswith(FRESH)
        assert words in summary


@pytest.mark.parametrize("stage", ["safety/1", "decision/1"])
async def test_current_details_name_each_running_clock_with_its_due_date_in_words(shown: Shown, stage: str) -> None:
    details = await shown.details(FRESH, stage)
    running = shown.running(FRESH, stage)
    assert running
    for entry in running:
        assert entry.waiting_on is not None
        rows = [row for row in details.splitlines() if row.startswith(f"| {entry.rule.title} | {entry.item or ''} |")]
        assert len(rows) == 1, entry.id
        assert in_words(entry.deadline) in rows[0]
        assert entry.waiting_on.words in rows[0]
        assert "overdue" not in rows[0]


async def test_current_details_say_what_is_overdue_and_who_is_asked(shown: Shown) -> None:
    details = await shown.details(LATE, "safety", 1)
    for child in ("S1", "H1"):
        assert f"| Child acknowledged | {child} |" not in details
        [row] = [r for r in details.splitlines() if f"| {child} |" in r and "**overdue** since" in r]
        assert "duty social worker" in row
        assert f"- duty social worker: Child {child}: acknowledge that this child may be at risk" in details
    assert "not a referral to children's social care" in details


async def test_the_case_shows_that_the_review_is_under_way(shown: Shown) -> None:
    assert "the serious case review is under way" in await shown.details(SETTLED)
    assert "panel and terms of reference are being set up" in await shown.details(SETTLED, "panel")


@pytest.mark.parametrize(
    ("reference", "stage"),
    [*((FRESH, stage) for stage in STAGES), *((SETTLED, stage) for stage in (*STAGES, "panel"))],
)
async def test_every_timer_and_activity_says_what_it_is_for(shown: Shown, reference: str, stage: str) -> None:
    history = await shown.stage(reference, *filter(None, [stage])).fetch_history()
    events = [event for event in history.events if event.event_type in WITH_SUMMARY and not _is_patch(event)]
    assert events
    for event in events:
        assert event.user_metadata.summary.data, f"event {event.event_id} of type {event.event_type}"
        [summary] = await shown.service.client.data_converter.decode([event.user_metadata.summary], [str])
        assert 5 < len(summary) < 120


def _is_patch(event: HistoryEvent) -> bool:
    """The engine's own note that the code was changed; it has no summary."""
    return event.marker_recorded_event_attributes.marker_name == "core_patch"


async def test_lists_find_a_case_by_board_reference_and_regime(shown: Shown) -> None:
    stages = (("safety", 1), ("decision", 1), ("actions",))
    workflows = {case(FRESH).workflow_id, *(case(FRESH).stage_id(*stage) for stage in stages)}
    await lists(shown, f'CaseReference="{FRESH}"', workflows)
    await lists(shown, f'Board="northbridge" AND Regime="england-scr" AND CaseReference="{FRESH}"', workflows)
    await lists(shown, f'Board="elsewhere" AND CaseReference="{FRESH}"', set())


async def test_lists_find_cases_by_where_they_stand(shown: Shown) -> None:
    parent = 'WorkflowType="SeriousCaseReview" AND '
    await lists(shown, f'{parent}Stage="panel review"', {case(SETTLED).workflow_id})
    await lists(shown, f'{parent}Stage="deciding"', {case(FRESH).workflow_id, case(LATE).workflow_id})


async def test_lists_find_what_is_overdue_and_how_far_it_was_escalated(shown: Shown) -> None:
    late = case(LATE).stage_id("safety", 1)
    await lists(shown, "Overdue=true", {late})
    # Two hours after its end the director was told; the chair is only after four.
    await lists(shown, "EscalationLevel=3", {late})
    await lists(shown, "EscalationLevel>3", set())


async def test_lists_find_what_is_due_next(shown: Shown) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    running = 'ExecutionStatus="Running" AND '
    safety = {case(reference).stage_id("safety", 1) for reference in (FRESH, LATE)}
    await lists(shown, f'{running}NextDeadline<"{soon}"', safety)


async def test_the_next_deadline_is_that_of_the_clock_that_ends_first(shown: Shown) -> None:
    for stage in ("safety/1", "decision/1"):
        described = await shown.stage(FRESH, stage).describe()
        first = min(entry.deadline.due_at for entry in shown.running(FRESH, stage))
        assert described.typed_search_attributes[NEXT_DEADLINE] == first
    ended = await shown.stage(SETTLED, "decision/1").describe()
    assert ended.typed_search_attributes.get(NEXT_DEADLINE) is None


async def test_lists_find_what_waits_for_a_role(shown: Shown) -> None:
    running = 'ExecutionStatus="Running" AND '
    decisions = {case(reference).stage_id("decision", 1) for reference in (FRESH, LATE)}
    # The quality markers are asked of the sub-group too, about the case as a whole and never to hold anything up.
    asked = {case(reference).workflow_id for reference in (FRESH, LATE, SETTLED)}
    await lists(shown, f'{running}WaitingOn="sub-group"', decisions | asked)
    await lists(shown, f'{running}WaitingOn="agency-lead"', decisions)
    await lists(shown, f'{running}WaitingOn="board-chair"', set())


async def lists(shown: Shown, query: str, workflows: set[str]) -> None:
    """Wait until the list shows exactly these: lists follow what happens after a moment."""
    seen: set[str] = set()
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            while (seen := await shown.listed(query)) != workflows:  # noqa: ASYNC110 - the server tells it in no other way
                await asyncio.sleep(0.1)
    assert seen == workflows, query
