"""Made-up recordings for the tests of the case record."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.clocks.deadline import Deadline
from domain.clocks.rule import ClockRule, Direction, FirstDay, Rung, Source, Strength, Unit
from domain.people import Actor, Role
from domain.record import CaseRef, Climb, ClockEntry, Fact, Letter, Recording, Task

CASE = CaseRef(board="northbridge", reference="SCR-2031-01")
SAFETY = CASE.stage_id("safety", 1)
DECISION = CASE.stage_id("decision", 1)
START = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """The instant so many minutes after the start."""
    return START + timedelta(minutes=count)


def recording(sequence: int = 1, stage: str = SAFETY, case: CaseRef = CASE, **fields: Any) -> Recording:
    """A transition, one minute after the other."""
    fields.setdefault("at", minutes(sequence))
    fields.setdefault("stage_title", f"{stage} after {sequence}")
    return Recording(case=case, stage=stage, sequence=sequence, **fields)


def fact(kind: str = "child-safety-decided", **fields: Any) -> Fact:
    """A fact with an actor and words that a person typed."""
    fields.setdefault("at", START)
    fields.setdefault("by", Actor(person="p-7", role=Role.DUTY_MANAGER))
    fields.setdefault("item", "c1")
    fields.setdefault("detail", {"reason": "seen by a doctor"})
    return Fact(kind=kind, **fields)


def letter(id: str = "letter/1", **fields: Any) -> Letter:
    """A letter to the duty manager."""
    fields.setdefault("to", Role.DUTY_MANAGER)
    return Letter(id=id, template="clock-reminder", **fields)


def climb(rung: str = "0", scheduled_at: datetime = START, clock: str = "safety-decision/c1") -> Climb:
    """A climbed rung with its letter."""
    written = letter(f"climb/{clock}/1/{rung}", kind="climb", urgent=True)
    return Climb(clock=clock, computation=1, rung=rung, scheduled_at=scheduled_at, letter=written)


def task(form: str = "decide-child", item: str | None = "c1", **fields: Any) -> Task:
    """Something asked of the duty manager."""
    fields.setdefault("role", Role.DUTY_MANAGER)
    return Task(form=form, item=item, title="Record the decision for child c1", **fields)


def clock(item: str | None = "c1", hours: int = 4, **fields: Any) -> ClockEntry:
    """A clock that runs so many hours from the start."""
    rule = ClockRule(
        id="safety-decision",
        title="Decide about the child's safety",
        amount=hours,
        unit=Unit.CLOCK_HOURS,
        start_event="the notification",
        strength=Strength.LOCAL,
        source=Source(document="Board's procedure"),
        ladder=(Rung(to=Role.DUTY_MANAGER, letter="clock-overdue"),),
    )
    due = START + timedelta(hours=hours)
    deadline = Deadline(
        rule=rule.id,
        amount=hours,
        unit=rule.unit,
        direction=Direction.AFTER,
        first_day=FirstDay.DAY_AFTER,
        started_at=START,
        due_on=due.date(),
        due_at=due,
        calendar="england-wales 1",
    )
    return ClockEntry(rule=rule, item=item, deadline=deadline, rungs=(due,), **fields)
