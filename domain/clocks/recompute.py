"""A clock's first deadline, and the next one: a corrected start, a day set anew, time given back.

An earlier computation stays in the record as it was; the entry says why there is another. Pure.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from domain.clocks.arithmetic import compute, rung_instants
from domain.clocks.calendar import Calendar, day_in_words
from domain.clocks.need import ClockNeed
from domain.clocks.rule import ClockRule, Direction
from domain.clocks.stops import Stop, in_civil_time, within
from domain.record import ClockEntry

RAN_OUT = "due"
"""Marks in ``ClockEntry.climbed`` that running out was recorded."""


def first_entry(need: ClockNeed, rule: ClockRule, calendar: Calendar, at: datetime) -> ClockEntry:
    """The clock as it begins. Raises as ``compute`` does."""
    set_at = at if need.due_on is not None else None
    stops = _stops(need, rule, set_at, calendar)
    deadline = compute(rule, need.started_at, calendar, due_on=need.due_on, why=need.why, stops=stops)
    return ClockEntry(
        rule=rule,
        item=need.item,
        deadline=deadline,
        rungs=rung_instants(rule, deadline, calendar),
        due_on=need.due_on,
        set_at=set_at,
        stops=stops,
        # The start of a clock that counts backwards is still to come: its rungs all lie before it.
        opened_at=at if rule.direction is Direction.BEFORE else None,
    )


def brought_up_to_date(need: ClockNeed, entry: ClockEntry, calendar: Calendar, at: datetime) -> ClockEntry:
    """The clock with a deadline that fits the need: computed again only where that moves it. Raises as ``compute``."""
    set_anew = need.due_on != entry.due_on
    set_at = entry.set_at if not set_anew else (at if need.due_on is not None else None)
    stops = _stops(need, entry.rule, set_at, calendar)
    corrected = need.started_at != entry.deadline.started_at
    if not (corrected or set_anew or stops != entry.stops):
        return entry
    deadline = compute(entry.rule, need.started_at, calendar, due_on=need.due_on, why=need.why, stops=stops)
    known = entry.model_copy(update={"due_on": need.due_on, "set_at": set_at, "stops": stops})
    if not (corrected or set_anew) and deadline.due_at == entry.deadline.due_at:
        return known
    rungs = rung_instants(entry.rule, deadline, calendar)
    again = _climbable_again(need, entry, stops, rungs, at)
    return known.model_copy(
        update={
            "deadline": deadline,
            "rungs": rungs,
            "computation": entry.computation + 1,
            "reason": _reason(need, entry, stops),
            "climbed": tuple(key for key in entry.climbed if key != RAN_OUT and _root(key) not in again),
            "acknowledged": tuple(key for key in entry.acknowledged if key not in again),
        }
    )


def _stops(need: ClockNeed, rule: ClockRule, set_at: datetime | None, calendar: Calendar) -> tuple[Stop, ...]:
    """The stops that concern this clock: none after it was satisfied, none before its day was set."""
    if rule.direction is Direction.BEFORE:
        return ()
    of_review = need.stops if rule.stops_with_review else ()
    stops = within((*of_review, *_suspensions(need, rule, calendar)), set_at, need.satisfied_at)
    return in_civil_time(stops, calendar)


def _suspensions(need: ClockNeed, rule: ClockRule, calendar: Calendar) -> Iterator[Stop]:
    """When the rule itself stood still for everybody, as far as it can concern this clock."""
    for suspended in rule.suspended:
        if suspended.last >= need.started_at.date():
            since, until = calendar.at_time(suspended.first, 0), calendar.midnight_after(suspended.last)
            yield Stop(since=since, until=until, reason=suspended.reason)


def _reason(need: ClockNeed, entry: ClockEntry, stops: tuple[Stop, ...]) -> str:
    if need.due_on != entry.due_on:
        return need.why or ("the day was set anew" if need.due_on else "the day that was set does not hold any more")
    if need.started_at != entry.deadline.started_at:
        return need.why or "the start event was corrected"
    ended = [stop for stop in stops if stop not in entry.stops and stop.until is not None]
    if not ended:
        return "the times at which the clock stood were corrected"
    times = ", ".join(_from_to(stop) for stop in ended)
    return f"the clock was stopped {times}; the time is given back"


def _from_to(stop: Stop) -> str:
    until = stop.until or stop.since
    return f"from {day_in_words(stop.since.date())} to {day_in_words(until.date())}"


def _climbable_again(
    need: ClockNeed, entry: ClockEntry, stops: tuple[Stop, ...], rungs: tuple[datetime, ...], at: datetime
) -> frozenset[str]:
    """Keys of climbed rungs that may be climbed again: their instant moved on, and is still to come.

    That holds where the day to be met was moved. After a correction of the start event a reminder is not repeated;
    after a stop only those are that were climbed while the clock, as is known now, already stood.
    """
    later = ((str(n), was, now) for n, (was, now) in enumerate(zip(entry.rungs, rungs, strict=True)) if at < now > was)
    if need.due_on != entry.due_on or entry.rule.direction is Direction.BEFORE:
        return frozenset(key for key, _, _ in later)
    since = _first_difference(entry.stops, stops)
    return frozenset(key for key, was, _ in later if since is not None and since <= was)


def _first_difference(before: Iterable[Stop], after: Iterable[Stop]) -> datetime | None:
    differing = set(_times(before)) ^ set(_times(after))
    return min((since for since, _ in differing), default=None)


def _times(stops: Iterable[Stop]) -> list[tuple[datetime, datetime | None]]:
    return [(stop.since, stop.until) for stop in stops]


def _root(key: str) -> str:
    return key.partition(".")[0]
