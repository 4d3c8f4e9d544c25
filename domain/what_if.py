"""What would happen if: when each thing that a case waits for is assumed to be done, and which clocks break. Pure.

Whatever nothing is assumed of is done on its due day. Work that was planned after something that comes late, the
later milestones of the same timetable, comes as many working days late; and what the review as a whole has to reach
after its last milestone is reached with that.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.clocks.arithmetic import shift
from domain.clocks.calendar import Calendar, day_in_words
from domain.clocks.need import ClockNeed
from domain.clocks.rule import Unit
from domain.model import Model
from domain.record import ClockEntry

MILESTONE: Final = "milestone"
JUST_BEFORE: Final = timedelta(minutes=1)
"""What is done on a day is done this long before its end, and what is done in time this long before it is due."""
FORMS: Final = "+15wd (working days), -3d, +2m, +1y, +12h, 2027-03-01, or never"
_UNITS: Final = {
    "wd": Unit.WORKING_DAYS,
    "d": Unit.CALENDAR_DAYS,
    "m": Unit.MONTHS,
    "y": Unit.YEARS,
    "h": Unit.CLOCK_HOURS,
}
_WRITTEN: Final = re.compile(
    r"(?P<stage>[a-z-]+)\.(?P<clock>[a-z0-9_-]+)(/(?P<item>[^=]+))?=(?P<when>[^=]+)", re.IGNORECASE
)
_BY: Final = re.compile(r"(?P<count>[+-]\d{1,4})(?P<unit>wd|d|m|y|h)")


class NotAssumable(ValueError):
    """An assumption that cannot be read, or that is about no clock that runs; the text says what there is."""


class Assumption(Model):
    """When what a clock waits for is done: by so much after it is due, on a day, or never."""

    stage: str
    """``panel``, as in ids."""
    clock: str
    """Id of the rule; a plural is accepted for it (``agency-reports``)."""
    item: str | None = None
    by: int | None = None
    """How many units after the due day; negative before it."""
    unit: Unit = Unit.WORKING_DAYS
    on: date | None = None
    """The civil day. Without ``by`` and ``on`` it is never done."""

    @property
    def words(self) -> str:
        """What is assumed, for people."""
        clock = f"{self.stage}.{self.clock}" + ("" if self.item is None else f"/{self.item}")
        if self.on is not None:
            return f"{clock} is done on {day_in_words(self.on)}"
        if self.by is None:
            return f"{clock} is never done"
        if self.by == 0:
            return f"{clock} is done on its due day"
        unit = self.unit.value.removesuffix("s") if abs(self.by) == 1 else self.unit.value
        return f"{clock} is done {abs(self.by)} {unit} {'after' if self.by > 0 else 'before'} it is due"

    def is_about(self, running: "Running") -> bool:
        """Whether it says when what this clock waits for is done."""
        named = {running.leads, running.entry.rule.id}
        return (
            running.stage_name == self.stage
            and bool(named & {self.clock, self.clock.removesuffix("s"), re.sub("ies$", "y", self.clock)})
            and self.item in {None, running.entry.item}
        )


class Running(Model):
    """A clock of an open case that runs."""

    stage: str
    """Id of the stage's workflow."""
    entry: ClockEntry
    person: str = ""
    """Id of the one person that it waits for, where a role of the case alone does not say it."""

    @property
    def stage_name(self) -> str:
        """``panel`` of ``scr/northbridge/NB-2026-014/panel``; ``case`` for the case itself."""
        return (*self.stage.split("/")[3:], "case")[0]

    @property
    def leads(self) -> str:
        """Id of the rule that it runs beside, or of its own."""
        return self.entry.rule.beside or self.entry.rule.id


class Because(StrEnum):
    """Why something is taken to be done when it is."""

    ASSUMED = "assumed"
    FOLLOWS = "follows"
    IN_TIME = "in time"


class Expected(Model):
    """A clock and when what it waits for is taken to be done."""

    stage: str
    entry: ClockEntry
    person: str
    done_at: datetime | None
    """``None`` for never."""
    because: Because

    @property
    def breaks(self) -> bool:
        """Whether the clock runs out before."""
        return self.done_at is None or self.done_at >= self.entry.deadline.due_at

    def need(self, at: datetime) -> ClockNeed:
        """What its stage says of it at that instant."""
        entry = self.entry
        since = {suspended.reason for suspended in entry.rule.suspended}
        return ClockNeed(
            rule=entry.rule.id,
            item=entry.item,
            started_at=entry.deadline.started_at,
            satisfied_at=self.done_at if self.done_at is not None and self.done_at <= at else None,
            waiting_on=entry.waiting_on or entry.rule.ladder[0].to,
            agency=entry.agency,
            person=self.person,
            due_on=entry.due_on,
            stops=tuple(stop for stop in entry.stops if stop.reason not in since),
            opened_at=entry.opened_at,
        )


def parse_assumption(text: str) -> Assumption:
    """The assumption of ``panel.agency_reports=+15wd`` or ``panel.agency-report/northbridge-police=never``.

    Raises ``NotAssumable``.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise NotAssumable(f"{text}: write STAGE.CLOCK=WHEN, as panel.agency_reports=+15wd; WHEN is {FORMS}")
    of = {
        "stage": written["stage"].lower(),
        "clock": written["clock"].lower().replace("_", "-"),
        "item": written["item"],
    }
    when = written["when"].strip().lower()
    if when == "never":
        return Assumption(**of)
    if (by := _BY.fullmatch(when)) is not None:
        return Assumption(**of, by=int(by["count"]), unit=_UNITS[by["unit"]])
    try:
        return Assumption(**of, on=date.fromisoformat(when))
    except ValueError:
        raise NotAssumable(f"{text}: {written['when'].strip()} is none of {FORMS}") from None


def expected(
    running: Sequence[Running], assumptions: Sequence[Assumption], calendar: Calendar, at: datetime
) -> tuple[Expected, ...]:
    """When what each clock waits for is done under the assumptions, seen from this instant.

    Of two assumptions on the same clock the later counts. Raises ``NotAssumable`` for one that is about no clock, and
    ``CalendarDoesNotCover``.
    """
    for assumption in assumptions:
        if not any(assumption.is_about(each) for each in running):
            raise NotAssumable(_what_there_is(assumption, running))
    first = [_by_itself(each, running, assumptions, calendar, at) for each in running]
    return tuple(_following(each, first, calendar) for each in first)


def _by_itself(
    each: Running, running: Iterable[Running], assumptions: Iterable[Assumption], calendar: Calendar, at: datetime
) -> Expected:
    *_, assumption = (None, *(assumption for assumption in assumptions if assumption.is_about(each)))
    # What is done for a clock is done for the stricter one beside it as well.
    together = [other for other in running if _same(other, each)]
    leading = next((other for other in together if not other.entry.rule.beside), each).entry
    soonest = min(together, key=lambda other: other.entry.deadline.due_at).entry
    if assumption is None:
        done, because = _in_time(soonest, calendar, at), Because.IN_TIME
    else:
        done, because = _as_assumed(assumption, leading, calendar, at), Because.ASSUMED
    return Expected(stage=each.stage, entry=each.entry, person=each.person, done_at=done, because=because)


def _same(one: Running, other: Running) -> bool:
    return (one.stage, one.leads, one.entry.item) == (other.stage, other.leads, other.entry.item)


def _in_time(entry: ClockEntry, calendar: Calendar, at: datetime) -> datetime:
    """Just before it is due; what is overdue already, by the end of today."""
    due = entry.deadline.due_at - JUST_BEFORE
    return due if due > at else calendar.midnight_after(calendar.day_of(at)) - JUST_BEFORE


def _as_assumed(assumption: Assumption, entry: ClockEntry, calendar: Calendar, at: datetime) -> datetime | None:
    due = entry.deadline.due_at - JUST_BEFORE
    if assumption.on is not None:
        done = calendar.midnight_after(assumption.on) - JUST_BEFORE
    elif assumption.by is None:
        return None
    elif assumption.unit is Unit.CLOCK_HOURS:
        done = due + timedelta(hours=assumption.by)
    else:
        day = shift(entry.deadline.due_on, assumption.by, assumption.unit, calendar)
        done = calendar.midnight_after(day) - JUST_BEFORE
    return max(done, at)


def _following(each: Expected, others: Sequence[Expected], calendar: Calendar) -> Expected:
    """Later milestones wait for what comes late; what lies after the last milestone is reached with it."""
    if each.because is Because.ASSUMED:
        return each
    stage = [other for other in others if other.stage == each.stage]
    if each.entry.rule.id == MILESTONE:
        return _moved(each, stage, calendar)
    milestones = [_moved(other, stage, calendar) for other in stage if other.entry.rule.id == MILESTONE]
    if each.entry.item is not None or not milestones:
        return each
    last = max(milestones, key=lambda other: other.entry.deadline.due_at)
    if each.entry.deadline.due_at < last.entry.deadline.due_at:
        return each
    because = each.because if last.because is Because.IN_TIME else Because.FOLLOWS
    return each.model_copy(update={"done_at": last.done_at, "because": because})


def _moved(milestone: Expected, stage: Iterable[Expected], calendar: Calendar) -> Expected:
    if milestone.because is Because.ASSUMED:
        return milestone
    due_on = milestone.entry.deadline.due_on
    late = [
        other
        for other in stage
        if other.because is Because.ASSUMED and other.breaks and other.entry.deadline.due_on < due_on
    ]
    if not late:
        return milestone
    if any(other.done_at is None for other in late):
        return milestone.model_copy(update={"done_at": None, "because": Because.FOLLOWS})
    by = max(_working_days_late(other, calendar) for other in late)
    done = calendar.midnight_after(shift(due_on, by, Unit.WORKING_DAYS, calendar)) - JUST_BEFORE
    return milestone.model_copy(update={"done_at": done, "because": Because.FOLLOWS})


def _working_days_late(late: Expected, calendar: Calendar) -> int:
    return -(margin(late, calendar) or 0)


def margin(each: Expected, calendar: Calendar) -> int | None:
    """Working days between being done and the due day: negative where it is late, ``None`` where it is never done."""
    if each.done_at is None:
        return None
    due, done = each.entry.deadline.due_on, calendar.day_of(each.done_at)
    return calendar.working_day_number(due) - calendar.working_day_number(done)


def _what_there_is(assumption: Assumption, running: Iterable[Running]) -> str:
    asked = assumption.clock if assumption.item is None else f"{assumption.clock}/{assumption.item}"
    there = sorted({f"{each.stage_name}.{each.entry.rule.id}" for each in running})
    known = "these do: " + ", ".join(there) if there else "none does"
    return f"no clock {assumption.stage}.{asked} runs in this case; {known}"
