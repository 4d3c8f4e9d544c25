"""Worker and server killed in each step of the review and of its publication: nothing lost, nothing done twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from nothing_lost import check_letters, check_rungs, on_their_way
from running_service import ONE_ATTEMPT, PATIENCE, RunningService, incident, journey, running_service, until

from desk.sending import NotKnownYet, send
from domain.command import Receipt
from domain.forms import FORMS
from domain.people import Actor, Role
from domain.record import CaseRef, ClockStatus
from records import documents, queries
from records.views import Export
from rehearsal.publishing import prepare
from rehearsal.review import Review
from rehearsal.service import Rehearsal

pytestmark = pytest.mark.engine

SEED = 20261123
AGENCIES = ("northbridge-cs", "northbridge-police", "northbridge-ambulance")
MOST_EVENTS = 2_000


class OnTheRealClock(Rehearsal):
    """The rehearsed people on a service of real processes. Days do not pass; answers are given until they are taken."""

    def __init__(self, service: RunningService) -> None:
        super().__init__(None, service.settings, service.record, service.directory)  # type: ignore[arg-type]
        self.service = service
        self.given: Counter[tuple[str, str, str | None]] = Counter()
        """Accepted answers: stage, fact and item."""
        self.strike: Callable[[], Awaitable[None]] | None = None
        """What is done while the next answer is given."""

    async def now(self) -> datetime:
        return datetime.now(UTC)

    async def pass_until(self, instant: datetime) -> None:
        """The real clock is not moved."""

    async def _pass_to(self, day: date) -> date:
        return datetime.now(UTC).date()

    async def give(
        self,
        stage: str,
        form: str,
        role: Role,
        answer: dict[str, Any],
        *,
        by: str = "",
        item: str | None = None,
        agency: str | None = None,
    ) -> Receipt:
        self._requests += 1
        actor = Actor(person=by or await self.holder(role, agency), role=role, agency=agency)
        envelope = {"request_id": f"{stage} {self._requests}", "actor": actor, "item": item}
        command = FORMS[form].model_validate({**answer, **envelope})
        giving = asyncio.create_task(self._until_taken(stage, command))
        if self.strike is not None:
            strike, self.strike = self.strike, None
            await strike()
        receipt = await giving
        self.given[stage, FORMS[form].FACT, item] += 1
        return receipt

    async def _until_taken(self, stage: str, command: Any) -> Receipt:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(NotKnownYet):
                    return await send(self.service.client, stage, command, ONE_ATTEMPT)
                await asyncio.sleep(0.1)


class Harried:
    """A review in whose every step something is killed."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.stage = OnTheRealClock(service)
        self.kills = 0
        self._chance = random.Random(SEED)

    async def worker(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.2))
        self.kills += 1
        await self.service.kill_worker()
        await self.service.start_worker()

    async def server(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.2))
        self.kills += 1
        await self.service.kill_server()
        await self.service.start_server()

    async def play(self, case: CaseRef) -> None:
        """The whole review, one kill a step, up to the day before publication; then it is called off."""
        review = Review(self.stage, case, AGENCIES)
        steps = (review.set_up, review.gather, review.stop_for_trial, review.learn, review.sign_off)
        for number, step in enumerate(steps):
            self.stage.strike = self.server if number in (1, 3) else self.worker
            await step()
        await until(lambda: "answer-finding" in self.service.asked(case))
        self.stage.strike = self.worker
        await prepare(self.stage, case)
        self.stage.strike = self.worker
        await self.stage.answer(
            case.stage_id("publication"), "abort-publication", Role.BOARD_CHAIR, reason="The court forbade it."
        )


@pytest.fixture(scope="module")
async def harried(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Harried, CaseRef]]:
    async with running_service(tmp_path_factory.mktemp("review")) as service:
        event = incident("NB-2026-441")
        await service.open_case(event)
        await service.answer_all(journey(event))
        await until(lambda: "appoint" in service.asked(event.case))
        house = Harried(service)
        await house.play(event.case)
        # Who is handed an earlier date only now is told at once that it no longer stands.
        await until(lambda: not on_their_way(service, event.case) and _told(service, event.case, "publication-aborted"))
        with suppress(TimeoutError):
            await until(lambda: _settled(service, event.case))
        yield house, event.case


async def test_every_answer_of_the_review_is_in_the_record_once(harried: tuple[Harried, CaseRef]) -> None:
    house, case = harried
    assert house.kills == 7
    facts = tuple(house.service.facts(case))
    stages = {case.stage_id("panel"), case.stage_id("publication")}
    told = Counter((f.stage, f.fact.kind, f.fact.item) for f in facts if f.stands and f.fact.by and f.stage in stages)
    assert told == house.stage.given
    assert sum(f.fact.kind == "facts-superseded" for f in facts) <= house.kills


async def test_each_letter_arrived_once_and_each_rung_was_climbed_once(harried: tuple[Harried, CaseRef]) -> None:
    house, case = harried
    await until(lambda: not on_their_way(house.service, case))
    check_letters(house.service, case)
    check_rungs(Export.model_validate(queries.export(house.service.record, case)))
    of_case = {mail.message_id for mail in house.service.letters() if case.reference in mail.subject}
    # A message comes again only where a kill fell between the mail server's taking it and its being noted.
    assert len({again for again in house.service.repeated() if again in of_case}) <= 2 * house.kills


def _told(service: RunningService, case: CaseRef, template: str) -> Counter[tuple[Role, str | None]]:
    """Who was sent that letter, and how often."""
    letters = [x.letter for x in queries.letters(service.record, case) if x.state == "sent"]
    return Counter((x.to, x.agency) for x in letters if x.template == template)


def _settled(service: RunningService, case: CaseRef) -> bool:
    told = _told(service, case, "publication-date-set")
    return not on_their_way(service, case) and set(told) == set(_told(service, case, "publication-aborted"))


async def test_everybody_who_was_told_the_date_was_told_that_it_is_off(harried: tuple[Harried, CaseRef]) -> None:
    house, case = harried
    told = _told(house.service, case, "publication-date-set")
    assert set(told.values()) == {1}
    assert _told(house.service, case, "publication-aborted") == told


async def test_clocks_documents_and_chain_are_as_they_should_be(harried: tuple[Harried, CaseRef]) -> None:
    house, case = harried
    record = house.service.record
    assert queries.verify(record, case).ok
    assert documents.verify(record, house.stage.store, case) == []
    stopped = [c for c in queries.clocks(record, case) if c.current and c.entry.status is ClockStatus.STOPPED]
    assert stopped == []
    review = [c.entry for c in queries.clocks(record, case) if c.entry.id == "serious-case-review" and c.current]
    assert [entry.status for entry in review] == [ClockStatus.MET]


async def test_histories_stay_short(harried: tuple[Harried, CaseRef]) -> None:
    house, case = harried
    for stage in (case.stage_id("panel"), case.stage_id("publication"), case.workflow_id):
        history = await house.service.client.get_workflow_handle(stage).fetch_history()
        assert len(history.events) < MOST_EVENTS
