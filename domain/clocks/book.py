"""The running clocks of one stage: opened, satisfied, withdrawn and escalated, without arithmetic in the stage itself.

A stage says which clocks it needs as things stand; the book compares that with the clocks it keeps. A deadline is
computed once, when a clock is first needed, and again only when its start event is corrected, its day is set anew, or
time is given back for which it stood (see ``domain.clocks.recompute``).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from domain.clocks.calendar import Calendar
from domain.clocks.need import ClockNeed
from domain.clocks.recompute import RAN_OUT, brought_up_to_date, first_entry
from domain.clocks.recount import recounted
from domain.clocks.rule import ClockRule, Rung
from domain.model import Model
from domain.record import ClockEntry, ClockStatus

__all__ = ["RAN_OUT", "ClockBook", "ClockNeed", "DueRung"]


class DueRung(Model):
    """A rung whose instant has come and that was not climbed yet."""

    clock: str
    key: str
    """``2``, or ``2.1`` for the first repetition of rung 2."""
    at: datetime
    rung: Rung


class ClockBook(Model):
    """All clocks of one stage, those that are over included.

    What a plan of a hundred actions is asked for again and again is worked out once for each book.
    """

    entries: tuple[ClockEntry, ...] = ()

    def get(self, clock: str) -> ClockEntry | None:
        """The clock of that id, if there is one."""
        return self._by_id.get(clock)

    @cached_property
    def _by_id(self) -> dict[str, ClockEntry]:
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def open(self) -> tuple[ClockEntry, ...]:
        """The clocks still running, the earliest due first."""
        running = (entry for entry in self.entries if entry.status is ClockStatus.OPEN)
        return tuple(sorted(running, key=lambda entry: (entry.deadline.due_at, entry.id)))

    @property
    def stopped(self) -> tuple[ClockEntry, ...]:
        """The clocks that stand still: nobody is late by them, and nothing of theirs is due."""
        return tuple(entry for entry in self.entries if entry.status is ClockStatus.STOPPED)

    def overdue(self, at: datetime) -> tuple[ClockEntry, ...]:
        """The running clocks whose due instant has passed."""
        return tuple(entry for entry in self.open if entry.deadline.due_at <= at)

    def escalation_level(self) -> int:
        """How many rungs after the due instant were climbed, on the clock where it is most."""
        return max((_levels(entry) for entry in self.open), default=0)

    def next_instant(self) -> tuple[datetime, str] | None:
        """The earliest instant at which something is to be done, and the title of the clock it belongs to."""
        return self._next

    @cached_property
    def _next(self) -> tuple[datetime, str] | None:
        coming = [(at, entry.rule.title) for entry in self.open for _, at, _ in _pending(entry)]
        coming += [(e.deadline.due_at, e.rule.title) for e in self.open if RAN_OUT not in e.climbed]
        return min(coming, default=None)

    def due_rungs(self, at: datetime) -> tuple[DueRung, ...]:
        """Rungs to climb now, in order of their instants."""
        due = [
            DueRung(clock=entry.id, key=key, at=instant, rung=rung)
            for entry in self.open
            for key, instant, rung in _pending(entry)
            if instant <= at
        ]
        return tuple(sorted(due, key=lambda rung: (rung.at, rung.clock, rung.key)))

    def ran_out(self, at: datetime) -> tuple[ClockEntry, ...]:
        """Overdue clocks of which running out is not recorded yet."""
        return tuple(entry for entry in self.overdue(at) if RAN_OUT not in entry.climbed)

    def replaced(self, changed: Iterable[ClockEntry]) -> "ClockBook":
        """The book with these entries in place of those of the same id, new ones at the end."""
        return ClockBook(entries=tuple((self._by_id | {entry.id: entry for entry in changed}).values()))

    def marked(
        self, rungs: Iterable[DueRung], ran_out: Iterable[ClockEntry]
    ) -> tuple["ClockBook", tuple[ClockEntry, ...]]:
        """The book with these rungs climbed and these clocks marked as run out, and the entries that this changed."""
        keys: dict[str, tuple[str, ...]] = {entry.id: (RAN_OUT,) for entry in ran_out}
        for rung in rungs:
            keys[rung.clock] = (*keys.get(rung.clock, ()), rung.key)
        marked = tuple(
            entry.model_copy(update={"climbed": (*entry.climbed, *keys[entry.id])})
            for entry in self.entries
            if entry.id in keys
        )
        return self.replaced(marked), marked

    def recounted(
        self, rules: Mapping[str, ClockRule], calendar: Calendar, at: datetime, reason: str
    ) -> tuple["ClockBook", tuple[ClockEntry, ...]]:
        """The book counted again by these rules and this calendar, and the entries that changed; none without a reason.

        A clock whose rule is not there any more goes on by its own.
        """
        if not reason:
            return self, ()
        pairs = ((e, recounted(e, rules.get(e.rule.id, e.rule), calendar, at, reason)) for e in self.entries)
        changed = tuple(again for entry, again in pairs if again != entry)
        return self.replaced(changed), changed

    def reconciled(
        self, needs: Iterable[ClockNeed], rules: Mapping[str, ClockRule], calendar: Calendar, at: datetime
    ) -> tuple["ClockBook", tuple[ClockEntry, ...]]:
        """The book brought into line with what the stage needs, and the entries that changed by it.

        Raises ``CalendarDoesNotCover``, ``KeyError`` for a clock that the rules do not know, ``ValueError`` where a
        clock that runs to a set day is needed without one.
        """
        wanted = {need.id: need for need in needs}
        changed = [
            entry
            for need in wanted.values()
            if (entry := _meeting(need, self.get(need.id), rules[need.rule], calendar, at)) != self.get(need.id)
        ]
        changed += [
            entry.model_copy(update={"status": ClockStatus.WITHDRAWN})
            for entry in (*self.open, *self.stopped)
            if entry.id not in wanted
        ]
        return self.replaced(changed), tuple(changed)


def _meeting(
    need: ClockNeed, entry: ClockEntry | None, rule: ClockRule, calendar: Calendar, at: datetime
) -> ClockEntry:
    """The entry as the need wants it: opened, computed again, stopped, satisfied, or reopened."""
    entry = first_entry(need, rule, calendar, at) if entry is None else brought_up_to_date(need, entry, calendar, at)
    status = ClockStatus.OPEN if entry.stopped is None else ClockStatus.STOPPED
    if need.satisfied_at is not None:
        status = ClockStatus.MET if need.satisfied_at < entry.deadline.due_at else ClockStatus.LATE
    return entry.model_copy(
        update={
            "status": status,
            "satisfied_at": need.satisfied_at,
            "waiting_on": need.waiting_on,
            "agency": need.agency,
            "opened_at": need.opened_at or entry.opened_at,
        }
    )


def _pending(entry: ClockEntry) -> list[tuple[str, datetime, Rung]]:
    """Rungs not climbed yet, repetitions of unacknowledged ones included; reminders before the start do not count."""
    pending: list[tuple[str, datetime, Rung]] = []
    for number, (rung, at) in enumerate(zip(entry.rule.ladder, entry.rungs, strict=True)):
        key = str(number)
        if key not in entry.climbed:
            if at < (entry.opened_at or entry.deadline.started_at):
                continue
            pending.append((key, at, rung))
        if rung.acknowledge and key not in entry.acknowledged:
            pending += _repetitions(entry, key, at, rung)
    return pending


def _repetitions(entry: ClockEntry, key: str, at: datetime, rung: Rung) -> list[tuple[str, datetime, Rung]]:
    every = timedelta(hours=entry.rule.repeat_hours)
    keys = ((f"{key}.{time}", at + time * every) for time in range(1, entry.rule.repeat_times + 1))
    return [(repetition, instant, rung) for repetition, instant in keys if repetition not in entry.climbed]


def _levels(entry: ClockEntry) -> int:
    late = [str(n) for n, rung in enumerate(entry.rule.ladder) if not rung.from_start and rung.offset >= 0]
    return sum(key in entry.climbed for key in late)
