"""Killed without warning, worker and server, at the worst moments of every stage: nothing lost, nothing done twice."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nothing_lost import check_answers, check_facts, check_whole_case, on_their_way, until_its_post_rests
from running_service import REGIME, Answer, RunningService, incident, journey, running_service, until

from activities.regimes import read_regime
from desk.sending import NotKnownYet
from domain.incident import UPDATED, IncidentEvent
from domain.record import CaseRef
from records import queries
from records.views import Export

pytestmark = pytest.mark.engine

SEED = 20261122
KILLS = 3
REACHED = "NB-2026-409"
"""The case whose first letter had reached the mail server and was not noted yet."""
FIRST_LETTER = next(rule.title for rule in read_regime(REGIME).clock if rule.id == "safety-acknowledgement")
SOON = timedelta(seconds=20)
"""Until the clock of an acknowledgement runs out: while everything lies dead."""


class Stalling:
    """A mail server that keeps a letter and never says so: the worst moment for its sender to die."""

    def __init__(self) -> None:
        self._keeper: Any = None
        self._coming: dict[bytes, int] = {}
        self._over = threading.Event()

    def around(self, keeper: Any) -> "Stalling":
        """Stand before what keeps the letters."""
        self._keeper = keeper
        return self

    def at(self, subject: str, number: int) -> None:
        """Say nothing more at the letter of that subject and number."""
        self._coming[subject.encode()] = number

    @property
    def stalled(self) -> bool:
        """Whether every letter that it was to stall at has come."""
        return not any(self._coming.values())

    def give_up(self) -> None:
        """Go on as any mail server does."""
        self._over.set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the letter; say so, or not."""
        answer: str = await self._keeper.handle_DATA(server, session, envelope)
        for subject, number in self._coming.items():
            if number and subject in envelope.content:
                self._coming[subject] = number - 1
                if number == 1:
                    await asyncio.to_thread(self._over.wait)
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

    def came_again(self) -> list[str]:
        """The subjects of letters that came again, once for each time."""
        subjects = {mail.message_id: mail.subject for mail in self.service.letters()}
        return [subjects[again] for again in self.service.repeated()]


async def arranged(service: RunningService, event: IncidentEvent, until_form: str) -> Situation:
    """A case that is answered up to, and without, the first answer of that form."""
    await service.open_case(event)
    answers = journey(event)
    here = next(number for number, answer in enumerate(answers) if answer.form == until_form)
    await service.answer_all(answers[:here])
    return Situation(event, answers[here:])


def with_a_further_child(event: IncidentEvent) -> IncidentEvent:
    """The event as it is told again when another child was named."""
    further = event.data.other_children[-1].model_copy(update={"key": "N1"})
    data = event.data.model_copy(update={"other_children": (*event.data.other_children, further)})
    return event.model_copy(update={"id": "named-later", "type": UPDATED, "data": data})


@pytest.fixture(scope="module")
async def survived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Survived]:
    async with running_service(tmp_path_factory.mktemp("killed")) as service:
        await service.close_post()
        stalling = Stalling()
        await service.open_post(stalling.around)
        house = Survived(service)
        house.situations["between"] = await arranged(service, incident("NB-2026-401"), "decide-for-child")
        house.situations["recommended"] = await arranged(service, incident("NB-2026-402"), "decide")
        house.situations["decided"] = decided = await arranged(service, incident("NB-2026-403"), "decide")
        unseen = incident("NB-2026-404", told=timedelta(hours=1) - SOON)
        house.situations["unseen"] = await arranged(service, unseen, "acknowledge-child")
        for situation in house.situations.values():
            await until_its_post_rests(service, situation.case)
        stalling.at(f"{decided.case.reference}: the chair has decided", 2)
        stalling.at(f"{REACHED}: {FIRST_LETTER}", 1)
        await service.answer(decided.left.pop())
        reached = await service.open_case(incident(REACHED))
        try:
            await until(lambda: stalling.stalled and len(on_their_way(service, reached)) == 2)
        finally:
            await service.kill_worker()
            stalling.give_up()
        await _while_no_worker_runs(house)
        await service.kill_server()
        await until(lambda: datetime.now(UTC) > unseen.data.notified_at + timedelta(hours=1))
        await service.start_server()
        await service.start_worker()
        yield house


async def _while_no_worker_runs(house: Survived) -> None:
    """Events come in, and somebody answers: nobody learns what became of it."""
    named = with_a_further_child(incident(REACHED))
    await house.service.deliver(named)
    house.situations["reached"] = Situation(named, journey(named))
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
async def harried(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    """Another service, so that the letters of what has survived can wait meanwhile."""
    async with running_service(tmp_path_factory.mktemp("harried")) as service:
        yield service


async def test_no_answer_is_lost_or_doubled_when_the_worker_dies_at_random_moments(
    harried: RunningService,
) -> None:
    chance = random.Random(SEED)
    event = incident("NB-2026-406")
    await harried.open_case(event)
    answers = journey(event)
    struck = chance.sample(range(len(answers)), KILLS)
    for number, answer in enumerate(answers):
        giving = asyncio.create_task(harried.answer(answer))
        if number in struck:
            await asyncio.sleep(chance.uniform(0, 0.15))
            await harried.kill_worker()
            await harried.start_worker()
        await giving
    facts = tuple(harried.facts(event.case))
    check_answers(facts, answers)
    check_facts(facts, superseded=KILLS)


async def test_a_server_killed_under_a_living_worker_is_worked_for_again(harried: RunningService) -> None:
    situation = await arranged(harried, incident("NB-2026-407"), "secure-records")
    await until_its_post_rests(harried, situation.case)
    await harried.kill_server()
    with pytest.raises(NotKnownYet):
        await harried.try_once(situation.left[0], timedelta(seconds=1))
    await harried.start_server()
    await harried.answer_all(situation.left)
    await check_whole_case(harried, situation.case, journey(situation.event))


async def test_notices_wait_for_a_dead_mail_server_though_worker_and_server_are_killed_too(
    harried: RunningService,
) -> None:
    situation = await arranged(harried, incident("NB-2026-408"), "decide")
    await until_its_post_rests(harried, situation.case)
    await harried.close_post()
    await harried.answer_all(situation.left)
    await until(lambda: any(x.last_error for x in queries.letters(harried.record, situation.case)))
    await harried.kill_worker()
    await harried.kill_server()
    await harried.start_server()
    await harried.start_worker()
    assert not [
        mail for mail in harried.letters() if mail.subject == f"{situation.case.reference}: the chair has decided"
    ]
    await harried.open_post()
    await check_whole_case(harried, situation.case, journey(situation.event))


async def test_notices_that_were_leaving_reach_everybody_once(survived: Survived) -> None:
    await survived.to_the_end("decided")
    # The mail server had taken it and was not heard: sent again under the same id, it is known again and kept once.
    told = f"{survived.situations['decided'].case.reference}: the chair has decided"
    assert told in survived.came_again()


async def test_a_letter_that_was_leaving_is_not_sent_again_inside_of_another(survived: Survived) -> None:
    await survived.to_the_end("reached")
    letters = queries.letters(survived.service.record, survived.situations["reached"].case)
    message = {x.letter.id: x.message_id for x in letters}
    first, other, later = (message[f"climb/safety-acknowledgement/{child}/1/0"] for child in ("S1", "H1", "N1"))
    assert first == other != later
    assert first in survived.service.repeated()


async def test_only_letters_that_the_mail_server_had_taken_come_again(survived: Survived) -> None:
    decided = survived.situations["decided"].case.reference
    taken = {f"{decided}: the chair has decided", f"{REACHED}: {FIRST_LETTER} (2)"}
    assert set(survived.came_again()) == taken


async def test_rungs_that_came_due_while_all_lay_dead_are_climbed_once(survived: Survived) -> None:
    case = survived.situations["unseen"].case
    await until(lambda: [f.fact.kind for f in survived.service.facts(case)].count("clock-ran-out") == 2)
    await survived.to_the_end("unseen")
    climbed = Export.model_validate(queries.export(survived.service.record, case)).rungs
    unseen = Counter((rung.clock, rung.rung) for rung in climbed if rung.clock.startswith("safety-acknowledgement/"))
    assert unseen == {(f"safety-acknowledgement/{child}", rung): 1 for child in ("S1", "H1") for rung in ("0", "1")}


async def test_every_letter_arrives_once_when_the_worker_dies_at_random_moments(harried: RunningService) -> None:
    event = incident("NB-2026-406")
    await check_whole_case(harried, event.case, journey(event), superseded=KILLS)
    # One comes again only where a kill fell between the mail server's taking it and its being noted.
    of_case = {mail.message_id for mail in harried.letters() if event.subject in mail.subject}
    assert len([again for again in harried.repeated() if again in of_case]) <= KILLS + 1
