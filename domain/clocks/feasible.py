"""Whether the day of an event leaves the time that has to lie before it; what cannot be met is refused. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.clocks.arithmetic import compute
from domain.clocks.calendar import Calendar, CalendarDoesNotCover, day_in_words
from domain.clocks.explain import in_words
from domain.clocks.need import ClockNeed
from domain.clocks.rule import ClockRule, Direction
from domain.model import Refusal
from domain.record import ClockEntry

DAYS_AHEAD = 60
"""How far beyond the day asked for an earliest possible one is looked for."""


def refuses_too_soon(
    before: Iterable[ClockNeed],
    after: Iterable[ClockNeed],
    rules: Iterable[ClockRule],
    calendar: Calendar,
    at: datetime,
) -> Refusal | None:
    """The first clock counted back from an event that could not be met any more, if the needs became ``after``.

    Only clocks are looked at that the command opens, moves or opens again: what was done late can always be recorded.
    """
    known = {need.id: need for need in before}
    backwards = {rule.id: rule for rule in rules if rule.direction is Direction.BEFORE}
    for need in after:
        rule = backwards.get(need.rule)
        if rule is None or not _asks_anew(need, known.get(need.id)):
            continue
        if (refusal := _refuses(need, rule, calendar, at)) is not None:
            return refusal
    return None


def refuses_no_extension(entries: Iterable[ClockEntry], after: Iterable[ClockNeed]) -> Refusal | None:
    """The first clock to which the needs, as they would become, give no more time than it has."""
    standing = {entry.id: entry for entry in entries}
    for need in after:
        entry = standing.get(need.id)
        if entry is None or need.due_on is None or need.due_on == entry.due_on:
            continue
        if need.due_on <= entry.deadline.due_on:
            text = f"{entry.rule.title} is due {in_words(entry.deadline)}; more time ends on a later day."
            return Refusal(code="no-extension", text=text, source=str(entry.rule.source))
    return None


def _asks_anew(need: ClockNeed, before: ClockNeed | None) -> bool:
    if before is None or (need.started_at, need.due_on) != (before.started_at, before.due_on):
        return True
    return before.satisfied_at is not None and need.satisfied_at is None


def _refuses(need: ClockNeed, rule: ClockRule, calendar: Calendar, at: datetime) -> Refusal | None:
    by = need.satisfied_at or at
    try:
        deadline = compute(rule, need.started_at, calendar, due_on=need.due_on, why=need.why)
        if by < deadline.due_at:
            return None
        earliest = "" if need.due_on is not None else _earliest(need, rule, calendar, by)
    except CalendarDoesNotCover:
        text = "That day lies beyond the calendar that is known; an earlier day can be given."
        return Refusal(code="calendar", text=text, source=str(rule.source))
    text = f"{rule.title} would have been due {in_words(deadline)}, and that cannot be met any more{earliest}."
    return Refusal(code="cannot-be-met", text=text, source=str(rule.source))


def _earliest(need: ClockNeed, rule: ClockRule, calendar: Calendar, by: datetime) -> str:
    """The earliest later day of the event that can be met, at the same civil time, to end the sentence."""
    event = calendar.local(need.started_at)
    for days in range(1, DAYS_AHEAD + 1):
        later = calendar.at_time(event.date() + timedelta(days=days), event.hour, event.minute)
        if by < compute(rule, later, calendar).due_at:
            return f"; the earliest day that leaves the time for it is {day_in_words(later.date())}"
    return ""
