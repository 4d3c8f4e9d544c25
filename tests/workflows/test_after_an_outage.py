"""After days without the service: what passed is told once to each person, not in a storm."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from desk.intake import deliver
from domain.incident import IncidentEvent
from domain.people import Role
from records import queries
from rehearsal.service import REGIME, Rehearsal

Event = Callable[..., IncidentEvent]


async def test_each_person_gets_one_letter_for_all_that_passed_in_all_cases(
    stage: Rehearsal, event: Event, start: datetime
) -> None:
    """Two cases, both notified six days ago, are only now worked on: every rung of the safety ladders has passed."""
    long_ago = start - timedelta(days=6)
    first = event(at=long_ago)
    second = event(at=long_ago).model_copy(update={"subject": "NB-2026-102"})
    wait = timedelta(seconds=30)
    await asyncio.gather(
        *(
            deliver(stage.env.client, each, regime=REGIME, task_queue=stage.settings.task_queue, wait=wait)
            for each in (first, second)
        )
    )
    # The server's clock would run ahead of a stage that is still being recorded.
    async with asyncio.timeout(30):
        while not all(_climbed(stage, each) for each in (first, second)):  # noqa: ASYNC110 - the record calls nobody
            await asyncio.sleep(0.05)
    await stage.pass_time(timedelta(minutes=10))
    urgent = [letter for letter in stage.letters() if "not a referral" in letter.text]
    per_person = Counter(letter.to for letter in urgent)
    assert set(per_person.values()) == {1}, per_person
    assert len(per_person) == 5, "duty social worker, duty manager, head of service, director, chair"
    chair = next(letter for letter in urgent if letter.to.startswith("chair@"))
    assert "This one letter says what has passed" in chair.text
    assert chair.text.count("Safety decision") == 4, "two children in each of two cases"
    assert first.case.reference in chair.text and second.case.reference in chair.text


async def test_escalation_that_waits_for_the_morning_is_withdrawn_when_it_is_answered(
    stage: Rehearsal, event: Event
) -> None:
    incident = event()
    decision = incident.case.stage_id("decision", 1)
    await stage.tell(incident)
    agency = incident.data.agencies[0].id
    due = await _due(stage, incident, f"agency-records-secured/{agency}")
    await stage.pass_until(due + timedelta(minutes=30))
    await stage.answer(decision, "secure-records", Role.AGENCY_LEAD, item=agency, secured_by="records manager")
    await stage.pass_time(timedelta(days=3))
    overdue = [
        letter for letter in stage.letters() if letter.subject.endswith("Securing of the agency's records is overdue")
    ]
    lead = stage.directory.boards[0].holders(Role.AGENCY_LEAD, agency, due.date())[0].email
    assert lead not in {letter.to for letter in overdue}
    assert overdue, "the other agencies are chased"


def _climbed(stage: Rehearsal, event: IncidentEvent) -> bool:
    known = event.case in {summary.case for summary in queries.cases(stage.record)}
    safety = (
        [c.entry for c in queries.clocks(stage.record, event.case) if c.stage.endswith("safety/1")] if known else []
    )
    return bool(safety) and all(entry.climbed for entry in safety)


async def _due(stage: Rehearsal, incident: IncidentEvent, clock: str) -> datetime:
    return next(c.entry.deadline.due_at for c in queries.clocks(stage.record, incident.case) if c.entry.id == clock)
