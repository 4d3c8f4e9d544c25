"""Killed without warning, worker and server, at the worst moments of every stage: nothing is lost, nothing is done twice."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from nothing_lost import check_letters, check_whole_case
from running_service import Answer, RunningService, incident, journey, running_service, until

from desk.sending import NotKnownYet
from domain.incident import IncidentEvent
from domain.record import CaseRef
from records import queries

pytestmark = pytest.mark.engine

SEED = 20261122
KILLS = 3
DUE_SOON = timedelta(minutes=59, seconds=45)
"""Told so long ago, the clock of the acknowledgement runs out while everything lies dead, or soon after."""


class Stalling:
    """A mail server that keeps a letter and never says so: the worst moment for its sender to die."""

    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper
        self.stall_at = b""
        self._seen = 0
        self.stalled = threading.Event()
        self.over = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the letter; at the second one that is looked for, say nothing more."""
        answer: str = await self._keeper.handle_DATA(server, session, envelope)
        if self.stall_at and self.stall_at in envelope.content and not self.over.is_set():
            self._seen += 1
            if self._seen == 2:
                self.stalled.set()
                while not self.over.is_set():
                    await asyncio.sleep(0.05)
        return answer


@dataclass
class Situation:
    """A case as it stood when everything was killed, and what it still has to be answered."""

    event: IncidentEvent
    left: list[Answer]

    @property
    def case(self) -> CaseRef:
        """Which case it is."""
        return self.event.case


@dataclass
class Survived:
    """The service after worker and server were killed and started again."""

    service: RunningService
    situations: dict[str, Situation] = field(default_factory=dict)

    async def to_the_end(self, name: str) -> None:
        """Give the answers that are left; then all must be in the record, once."""
        situation = self.situations[name]
        answers = journey(situation.event)
        await until(lambda: {a.form for a in situation.left[:1]} <= self.service.asked(situation.case))
        await self.service.answer_all(situation.left)
        await check_whole_case(self.service, situation.case, answers)


async def arranged(service: RunningService, event: IncidentEvent, until_form: str) -> Situation:
    """A case that is answered up to, and without, the first answer of that form."""
    await service.open_case(event)
    answers = journey(event)
    here = next(number for number, answer in enumerate(answers) if answer.form == until_form)
    await service.answer_all(answers[:here])
    return Situation(event, answers[here:])


@pytest.fixture(scope="module")
async def survived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Survived]:
    async with running_service(tmp_path_factory.mktemp("killed")) as service:
        await service.close_post()
        stalling: list[Stalling] = []
        await service.open_post(lambda keeper: stalling.append(Stalling(keeper)) or stalling[0])
        house = Survived(service)
        unseen = incident("NB-2026-401", told=DUE_SOON)
        await service.open_case(unseen)
        house.situations["unseen"] = Situation(unseen, journey(unseen))
        house.situations["between"] = await arranged(service, incident("NB-2026-402"), "decide-for-child")
        house.situations["recommended"] = await arranged(service, incident("NB-2026-403"), "decide")
        decided = await arranged(service, incident("NB-2026-404"), "decide")
        stalling[0].stall_at = b"NB-2026-404: the chair has decided"
        await service.answer(decided.left.pop())
        await until(stalling[0].stalled.is_set)
        house.situations["decided"] = decided
        await service.kill_worker()
        stalling[0].over.set()
        await _while_no_worker_runs(house)
        await service.kill_server()
        await service.start_server()
        await service.start_worker()
        yield house


async def _while_no_worker_runs(house: Survived) -> None:
    """An event comes in, and somebody answers: neither learns what became of it."""
    delivered = incident("NB-2026-405")
    await house.service.deliver(delivered)
    house.situations["delivered"] = Situation(delivered, journey(delivered))
    with pytest.raises(NotKnownYet):
        await house.service.try_once(house.situations["between"].left[0], timedelta(seconds=1))


async def test_an_event_delivered_while_nothing_worked_becomes_a_review(survived: Survived) -> None:
    await survived.to_the_end("delivered")


async def test_an_answer_given_while_no_worker_ran_is_taken_once_when_it_is_given_again(survived: Survived) -> None:
    await survived.to_the_end("between")


async def test_a_recommendation_made_before_the_kill_is_decided_on_after_it(survived: Survived) -> None:
    await survived.to_the_end("recommended")


@pytest.fixture(scope="module")
async def other_service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    """A service that is killed without touching the one that waits for what has survived."""
    async with running_service(tmp_path_factory.mktemp("killed-often")) as service:
        yield service


async def test_a_server_killed_under_a_living_worker_is_worked_for_again(other_service: RunningService) -> None:
    event = incident("NB-2026-406")
    situation = await arranged(other_service, event, "secure-records")
    await other_service.kill_server()
    with pytest.raises(NotKnownYet):
        await other_service.try_once(situation.left[0], timedelta(seconds=1))
    await other_service.start_server()
    await other_service.answer_all(situation.left)
    await check_whole_case(other_service, event.case, journey(event))


async def test_notices_of_a_dead_mail_server_leave_once_after_worker_and_server_were_killed_too(
    other_service: RunningService,
) -> None:
    event = incident("NB-2026-407")
    situation = await arranged(other_service, event, "decide")
    await until(lambda: len([x for x in queries.letters(other_service.record, event.case) if x.state == "sent"]) >= 9)
    await other_service.close_post()
    await other_service.answer_all(situation.left)
    await until(lambda: any(x.last_error for x in queries.letters(other_service.record, event.case)))
    await other_service.kill_worker()
    await other_service.kill_server()
    await other_service.start_server()
    await other_service.start_worker()
    assert not [x for x in other_service.letters() if x.subject == "NB-2026-407: the chair has decided"]
    await other_service.open_post()
    await check_whole_case(other_service, event.case, journey(event))


async def test_a_worker_killed_again_and_again_at_random_moments_loses_no_answer_and_doubles_none(
    other_service: RunningService,
) -> None:
    chance = random.Random(SEED)
    event = incident("NB-2026-408")
    await other_service.open_case(event)
    answers = journey(event)
    repeated_before = len(other_service.repeated())
    struck = sorted(chance.sample(range(len(answers)), KILLS))
    for number, answer in enumerate(answers):
        if number not in struck:
            await other_service.answer(answer)
            continue
        giving = asyncio.create_task(other_service.answer(answer))
        await asyncio.sleep(chance.uniform(0, 0.15))
        await other_service.kill_worker()
        await other_service.start_worker()
        await giving
    await check_whole_case(other_service, event.case, answers, superseded=KILLS)
    # A letter comes again only where a kill fell between the mail server's taking it and its being noted.
    assert len(other_service.repeated()) - repeated_before <= KILLS


async def test_notices_that_were_leaving_reach_everybody_once(survived: Survived) -> None:
    await survived.to_the_end("decided")
    [again] = [mail for mail in survived.service.letters() if mail.message_id in survived.service.repeated()]
    # The mail server had taken it and was not heard: sent again under the same id, it is known again and kept once.
    assert again.subject == "NB-2026-404: the chair has decided"
    assert len(survived.service.repeated()) == 1


async def test_rungs_that_came_due_while_all_lay_dead_are_climbed_once(survived: Survived) -> None:
    situation = survived.situations["unseen"]

    def climbed() -> Counter[str]:
        return Counter(f.fact.kind for f in survived.service.facts(situation.case) if f.fact.item in {"S1", "H1"})

    await until(lambda: climbed()["clock-ran-out"] == 2)
    await survived.to_the_end("unseen")
    export: dict[str, Any] = queries.export(survived.service.record, situation.case)
    overdue = [r for r in export["rungs"] if r["clock"].startswith("safety-acknowledgement/")]
    assert Counter(rung["rung"] for rung in overdue) == {"0": 2, "1": 2}
    check_letters(survived.service, situation.case)
