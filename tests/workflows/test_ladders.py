"""Every rung of every ladder is climbed on time, in order, once: on the real engine, with real letters."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from domain.incident import IncidentEvent
from domain.people import Role
from domain.record import CaseRef
from records import queries
from records.tables import LetterRow, RungRow
from rehearsal.service import Rehearsal

Event = Callable[..., IncidentEvent]
SLACK = timedelta(seconds=5)
"""The time-skipping server runs on while a workflow task is worked on."""


def climbed(stage: Rehearsal, clock: str) -> list[RungRow]:
    """The claimed rungs of a clock, in the order of their instants."""
    with stage.record.reading() as session:
        rows = session.scalars(select(RungRow).where(RungRow.clock == clock)).all()
        session.expunge_all()
    return sorted(rows, key=lambda row: (row.scheduled_at, row.rung))


def letters_of(stage: Rehearsal, clock: str) -> dict[str, tuple[str, str]]:
    """Role and state of each escalation letter of a clock, by rung."""
    with stage.record.reading() as session:
        rows = session.scalars(select(LetterRow).where(LetterRow.letter.startswith(f"climb/{clock}/"))).all()
        return {row.letter.rpartition("/")[2]: (row.role, row.state) for row in rows}


async def climbs_whole_ladder(stage: Rehearsal, case: CaseRef, clock: str) -> None:
    """Nobody answers: all rungs that lie after the start are climbed, each at its instant, each with its letter."""
    entry = next(c.entry for c in queries.clocks(stage.record, case) if c.entry.id == clock)
    repeated = entry.rungs[-1] + timedelta(hours=entry.rule.repeat_hours * entry.rule.repeat_times)
    await stage.pass_until(max(repeated, *entry.rungs) + timedelta(days=4))
    expected = {
        str(number): (rung.to, at)
        for number, (rung, at) in enumerate(zip(entry.rule.ladder, entry.rungs, strict=True))
        if at >= entry.deadline.started_at
    }
    for number, rung in enumerate(entry.rule.ladder):
        if rung.acknowledge:
            again = timedelta(hours=entry.rule.repeat_hours)
            for time in range(1, entry.rule.repeat_times + 1):
                expected[f"{number}.{time}"] = (rung.to, entry.rungs[number] + time * again)
    rows = climbed(stage, clock)
    assert [row.rung for row in rows] == [key for key, _ in sorted(expected.items(), key=lambda item: item[1][1])]
    for row in rows:
        assert row.scheduled_at == expected[row.rung][1]
        assert timedelta() <= row.claimed_at - row.scheduled_at < SLACK, f"rung {row.rung} of {clock}"
    assert letters_of(stage, clock) == {key: (to.value, "sent") for key, (to, _) in expected.items()}


async def test_acknowledgement_and_decision_climb_to_the_chair_night_and_day(stage: Rehearsal, event: Event) -> None:
    incident = event()
    await stage.tell(incident)
    for child in ("S1", "H1"):
        await climbs_whole_ladder(stage, incident.case, f"safety-acknowledgement/{child}")
        await climbs_whole_ladder(stage, incident.case, f"safety-decision/{child}")


async def test_follow_ups_of_a_child_climb_to_the_chair(stage: Rehearsal, event: Event) -> None:
    incident = event()
    safety = incident.case.stage_id("safety", 1)
    await stage.tell(incident)
    for child in ("S1", "H1"):
        await stage.answer(
            safety,
            "decide-for-child",
            Role.DUTY_MANAGER,
            item=child,
            decision="protection-taken",
            protection="Moved",
            strategy_discussion=True,
            other_authority="the neighbouring authority",
        )
    await stage.answer(safety, "record-allegation", Role.DUTY_MANAGER)
    await stage.answer(
        safety, "record-strategy-discussion", Role.DUTY_MANAGER, item="S1", held_at=await stage.now(), conference=True
    )
    for clock in ("strategy-discussion/H1", "authority-acceptance/S1", "designated-officer"):
        await climbs_whole_ladder(stage, incident.case, clock)
    await climbs_whole_ladder(stage, incident.case, "child-protection-conference/S1")


async def test_decision_and_silent_agencies_climb_to_the_chair(stage: Rehearsal, event: Event) -> None:
    incident = event()
    await stage.tell(incident)
    agency = incident.data.agencies[0].id
    for clock in (f"agency-records-secured/{agency}", f"agency-first-summary/{agency}", "review-decision"):
        await climbs_whole_ladder(stage, incident.case, clock)


async def test_acknowledged_escalation_is_not_repeated(stage: Rehearsal, event: Event, start: datetime) -> None:
    incident = event()
    safety = incident.case.stage_id("safety", 1)
    await stage.tell(incident)
    await stage.pass_until(start + timedelta(hours=6, minutes=30))  # not on a rung: the test server stumbles there
    for child in ("S1", "H1"):
        item = f"safety-acknowledgement/{child}/4"
        await stage.answer(safety, "acknowledge-escalation", Role.BOARD_CHAIR, item=item)
    await stage.pass_until(start + timedelta(days=6))
    assert [row.rung for row in climbed(stage, "safety-acknowledgement/S1")] == ["0", "1", "2", "3", "4"]


async def test_no_timer_closes_a_safety_task(stage: Rehearsal, event: Event) -> None:
    incident = event()
    await stage.tell(incident)
    await stage.pass_time(timedelta(days=400))
    forms = {task.form for task in queries.tasks(stage.record) if "/safety/" in task.id}
    assert {"acknowledge-child", "decide-for-child"} <= forms
    assert not [fact for fact in stage.facts(incident.case) if fact.kind == "stage-finished"]
