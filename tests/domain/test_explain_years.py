"""A clock in years explains itself: how much, counted how, and what is left of it while it stands."""

from datetime import UTC, datetime

from clock_rules import clock

from activities.calendar import build_calendar
from domain.clocks.arithmetic import compute
from domain.clocks.calendar import CalendarRequest
from domain.clocks.explain import due_in_words, explain
from domain.clocks.rule import Direction, Unit
from domain.clocks.stops import Stop
from domain.record import ClockEntry, ClockStatus

ENGLAND = build_calendar(CalendarRequest(id="england-wales", first_year=2023, last_year=2030))
START = datetime(2024, 2, 29, 10, 15, tzinfo=UTC)


def entry(amount: int, direction: Direction = Direction.AFTER) -> ClockEntry:
    rule = clock(amount, Unit.YEARS, direction)
    return ClockEntry(rule=rule, deadline=compute(rule, START, ENGLAND))


def test_years_are_told_like_months() -> None:
    lines = explain(entry(1)).splitlines()
    assert lines[:5] == [
        "Any clock",
        "Due by the end of Friday 28 February 2025.",
        "",
        "Counted:   1 year after the event,",
        "           which was at 10:15 on Thursday 29 February 2024.",
    ]
    assert lines[-3:] == [
        "  Friday 28 February 2025       day 365   year 1 ends: last day of a shorter month",
        "Result: due by the end of Friday 28 February 2025.",
        "Note: A year runs to the same day and month; weekends and bank holidays within it count."
        " That year has no 29 February: the 28th stands in.",
    ]
    assert "Counted:   2 years after the event," in explain(entry(2)).splitlines()
    assert "Counted:   1 year before the event," in explain(entry(1, Direction.BEFORE)).splitlines()


def test_a_stopped_clock_in_years_says_how_many_days_are_used_and_left() -> None:
    stop = Stop(since=datetime(2024, 3, 11, 9, tzinfo=UTC), reason="police and prosecution (trial-1)")
    stopped = entry(1).model_copy(update={"status": ClockStatus.STOPPED, "stops": (stop,)})
    assert due_in_words(stopped) == (
        "stopped since Monday 11 March 2024; 10 days used, 355 days left until Friday 28 February 2025, when it was due"
    )
