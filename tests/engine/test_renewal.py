"""A stage whose history has grown long continues as new in the middle: nothing is lost, repeated or moved."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

import pytest
from nothing_lost import check_whole_case
from running_service import RunningService, incident, journey, running_service, until

from domain.record import CaseRef
from records import queries

pytestmark = pytest.mark.engine

EARLY = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=30")
"""Of itself the server would suggest it after some four thousand events."""


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    async with running_service(tmp_path_factory.mktemp("renewal"), *EARLY) as running:
        yield running


def computed(service: RunningService, case: CaseRef) -> Counter[tuple[str, str, datetime, datetime]]:
    """Each computation of each clock: when it began, and when it is due."""
    clocks = queries.clocks(service.record, case)
    return Counter((c.stage, c.entry.id, c.entry.deadline.started_at, c.entry.deadline.due_at) for c in clocks)


async def run_of(service: RunningService, workflow: str) -> str:
    """Which of its runs goes on now."""
    return (await service.client.get_workflow_handle(workflow).describe()).run_id


async def test_a_review_goes_on_as_it_stood_when_its_stages_continue_as_new(service: RunningService) -> None:
    event = incident("NB-2026-421")
    case, answers = await service.open_case(event), journey(event)
    at_first = computed(service, case)
    stages = [case.stage_id("safety", 1), case.stage_id("decision", 1)]
    begun_as = [await run_of(service, stage) for stage in stages]
    for answer in answers:
        await service.answer(answer)
        # What was computed at first is there still, once: nothing was computed again, and nothing moved.
        assert {clock: computed(service, case)[clock] for clock in at_first} == at_first
    await check_whole_case(service, case, answers)
    assert service.repeated() == []
    ended_as = [await run_of(service, stage) for stage in stages]
    assert not set(begun_as) & set(ended_as)


async def test_a_request_of_an_earlier_run_is_not_done_again(service: RunningService) -> None:
    event = incident("NB-2026-422")
    case = await service.open_case(event)
    decision = case.stage_id("decision", 1)
    begun_as = await run_of(service, decision)
    earliest, *further = [answer for answer in journey(event) if answer.stage == decision][:-1]
    given = await service.answer(earliest)
    for answer in further:
        await service.answer(answer)
    assert await run_of(service, decision) != begun_as
    facts = [fact.seq for fact in service.facts(case) if fact.fact.by]
    again = await service.answer(earliest)
    assert again == given.model_copy(update={"changed": False})
    assert [fact.seq for fact in service.facts(case) if fact.fact.by] == facts


async def test_the_case_itself_continues_as_new_and_takes_in_further_events(service: RunningService) -> None:
    event = incident("NB-2026-423")
    case = await service.open_case(event)
    begun_as = await run_of(service, case.workflow_id)
    for number in range(5):
        child = event.data.other_children[1].model_copy(update={"key": f"N{number}"})
        data = event.data.model_copy(update={"other_children": (child,)})
        more = event.model_copy(
            update={"id": f"later-{number}", "type": "uk.safeguarding.incident.updated.v1", "data": data}
        )
        await service.deliver(more)
        await service.deliver(more)
        await until(partial(service.asked_about, case, child.key))
    assert await run_of(service, case.workflow_id) != begun_as
    identified = Counter(f.fact.item for f in service.facts(case) if f.fact.kind == "child-identified")
    assert identified == dict.fromkeys(("S1", "H1", "N0", "N1", "N2", "N3", "N4"), 1)
    assert [f.fact.kind for f in service.facts(case)].count("incident-updated") == 5
