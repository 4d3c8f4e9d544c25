"""Corrections of what dates are counted from: a start event, the calendar. The reason is kept, and told."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from domain.clocks.calendar import Calendar, day_in_words
from domain.clocks.explain import in_words, time_in_words
from domain.clocks.need import ClockNeed
from domain.clocks.rule import Direction
from domain.command import Command, HappenedAt, Words, refuses_future
from domain.model import Model, Refusal
from domain.people import Role
from domain.record import ClockEntry, ClockStatus, Letter
from domain.vocabulary import Vocabulary

NEVER_SILENT = "Corrections of dates: recorded with their reason, and told to everybody who was told another date"


class CorrectStart(Command):
    """What a clock counts from happened at another time than was recorded. Clocks from the same instant go with it."""

    FORM: ClassVar[str] = "correct-start"
    FACT: ClassVar[str] = "start-corrected"
    TITLE: ClassVar[str] = "correct when something happened that a clock counts from"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.BOARD_CHAIR})
    ABOUT: ClassVar[str] = "CLOCK"
    ITEM_IS_AGENCY: ClassVar[bool] = False

    started_at: HappenedAt
    """When it really happened, with the offset from UTC."""
    reason: Words
    """How it became known, and why it was recorded otherwise."""


class ApplyCalendar(Command):
    """The calendar was corrected after dates had been counted by it: a bank holiday was proclaimed, or withdrawn."""

    FORM: ClassVar[str] = "apply-calendar"
    FACT: ClassVar[str] = "calendar-applied"
    TITLE: ClassVar[str] = "count the dates again by the corrected calendar"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.BOARD_CHAIR})

    days: tuple[date, ...] = Field(min_length=1, max_length=40)
    """The days that became bank holidays, or are none any more."""
    source: Words
    """Where that is written: the proclamation, its date."""

    @property
    def why(self) -> str:
        """The reason as computations and letters give it."""
        return self.why_of(self.days)

    @staticmethod
    def why_of(days: Iterable[date]) -> str:
        """The same for these days."""
        return f"the calendar was corrected for {' and '.join(map(day_in_words, days))}"


class Corrected(Model):
    """A start that was corrected: what counted from the one instant counts from the other."""

    was: datetime
    started_at: datetime

    def why(self, calendar: Calendar) -> str:
        """The reason as computations and letters give it, in civil time."""
        times = (time_in_words(calendar.local(at)) for at in (self.was, self.started_at))
        return "the start was corrected from {} to {}".format(*times)


def corrected(needs: Iterable[ClockNeed], corrections: Iterable[Corrected], calendar: Calendar) -> list[ClockNeed]:
    """The needs with every correction so far, one after the other."""
    told = list(corrections)
    return [_corrected(need, told, calendar) for need in needs]


def _corrected(need: ClockNeed, corrections: list[Corrected], calendar: Calendar) -> ClockNeed:
    for correction in corrections:
        if need.started_at == correction.was and need.due_on is None:
            why = correction.why(calendar)
            need = need.model_copy(update={"started_at": correction.started_at, "why": why})
    return need


def refuses_start(command: CorrectStart, entry: ClockEntry | None, at: datetime) -> Refusal | None:
    """A start lies in the past, and before what satisfied its clock; a day that was set has none to correct."""
    if entry is None:
        return _no("clock-known", "This stage has no such clock; show lists them (item CLOCK).")
    if entry.due_on is not None or entry.rule.direction is Direction.BEFORE:
        text = "This clock runs to a day that was set; its day is set anew by the command that set it."
        return _no("day-set", text)
    if command.started_at == entry.deadline.started_at:
        return _no("start-stands", "That is what the clock counts from already.")
    if entry.satisfied_at is not None and command.started_at > entry.satisfied_at:
        return _no("start-before-end", "It cannot have begun after what it waited for had happened.")
    return refuses_future("What the clock counts from", command.started_at, at)


def letters_of_moved(
    before: Iterable[ClockEntry], after: Iterable[ClockEntry], vocabulary: Vocabulary
) -> tuple[Letter, ...]:
    """One letter about each clock that moved, to each of those who had been told its earlier date."""
    known = {entry.id: entry for entry in before}
    return tuple(
        letter
        for entry in after
        if (earlier := known.get(entry.id)) is not None and _moved(earlier, entry)
        for letter in _told_otherwise(earlier, entry, vocabulary)
    )


def _moved(before: ClockEntry, after: ClockEntry) -> bool:
    """Whether it runs and is due otherwise by a correction; a day that somebody sets is told by the letters of that."""
    return (
        after.status is ClockStatus.OPEN
        and after.computation > before.computation
        and after.deadline.due_at != before.deadline.due_at
        and after.due_on == before.due_on
        and after.rule.direction is Direction.AFTER
        and after.stops == before.stops
    )


def _told_otherwise(before: ClockEntry, after: ClockEntry, vocabulary: Vocabulary) -> list[Letter]:
    told = {key.partition(".")[0] for key in before.climbed}
    rungs = [rung for number, rung in enumerate(before.rule.ladder) if str(number) in told]
    readers = dict.fromkeys((rung.to, before.agency or before.item if rung.to.of_an_agency else None) for rung in rungs)
    return [
        Letter(
            id=f"moved/{after.id}/{after.computation}/{role.value}",
            template="clock-moved",
            to=role,
            agency=agency,
            urgent=after.rule.urgent,
            clock_title=after.rule.title,
            due_at=after.deadline.due_at,
            due_on=in_words(after.deadline),
            vocabulary=vocabulary,
            words={"was": in_words(before.deadline), "why": after.reason, "about": after.item or ""},
        )
        for role, agency in readers
    ]


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=NEVER_SILENT)
