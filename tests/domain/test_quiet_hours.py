"""Quiet hours: what waits, until when, and what never waits. Real calendars of England and Wales."""

from datetime import UTC, datetime, time

import pytest

from activities.calendar import build_calendar
from domain.clocks.calendar import Calendar, CalendarRequest, Holiday
from domain.directory import QuietHours
from domain.quiet_hours import may_leave_at

QUIET = QuietHours()


def calendar(*closure_days: Holiday) -> Calendar:
    return build_calendar(
        CalendarRequest(id="england-wales", first_year=2025, last_year=2027, closure_days=closure_days)
    )


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        pytest.param("2026-03-11T10:00+00:00", "2026-03-11T10:00+00:00", id="by day: at once"),
        pytest.param("2026-03-11T07:59:59+00:00", "2026-03-11T08:00+00:00", id="early: at eight"),
        pytest.param("2026-03-11T08:00+00:00", "2026-03-11T08:00+00:00", id="at eight: at once"),
        pytest.param("2026-03-11T18:59:59+00:00", "2026-03-11T18:59:59+00:00", id="before seven: at once"),
        pytest.param("2026-03-11T19:00+00:00", "2026-03-12T08:00+00:00", id="at seven: next morning"),
        pytest.param("2026-03-13T20:00+00:00", "2026-03-16T08:00+00:00", id="Friday evening: Monday"),
        pytest.param("2026-03-14T12:00+00:00", "2026-03-16T08:00+00:00", id="Saturday noon: Monday"),
        pytest.param("2026-07-01T07:30+00:00", "2026-07-01T08:30+01:00", id="half past eight in summer: at once"),
        pytest.param("2026-07-01T06:30+00:00", "2026-07-01T08:00+01:00", id="half past seven in summer: at eight"),
        pytest.param("2026-07-01T18:00+00:00", "2026-07-02T08:00+01:00", id="seven in summer: next morning"),
        pytest.param("2026-03-27T20:00+00:00", "2026-03-30T08:00+01:00", id="over the change to summer time"),
        pytest.param("2026-10-23T19:30+01:00", "2026-10-26T08:00+00:00", id="over the change to winter time"),
        pytest.param("2026-04-02T19:00+01:00", "2026-04-07T08:00+01:00", id="over Easter"),
        pytest.param("2026-12-24T19:00+00:00", "2026-12-29T08:00+00:00", id="over Christmas with its substitute day"),
        pytest.param("2026-05-25T10:00+01:00", "2026-05-26T08:00+01:00", id="Spring bank holiday"),
    ],
)
def test_letter_leaves_at_the_first_instant_outside_quiet_hours(at: str, leaves: str) -> None:
    held = may_leave_at(datetime.fromisoformat(at), False, QUIET, calendar())
    assert held == datetime.fromisoformat(leaves)


@pytest.mark.parametrize("at", ["2026-03-11T03:00+00:00", "2026-04-05T23:00+01:00", "2026-12-25T00:00+00:00"])
def test_child_safety_letter_never_waits(at: str) -> None:
    instant = datetime.fromisoformat(at)
    assert may_leave_at(instant, True, QUIET, calendar()) == instant


def test_letter_waits_through_the_closure_days_of_the_board() -> None:
    closed = calendar(Holiday(on=datetime(2026, 3, 12, tzinfo=UTC).date(), name="Board's closure"))
    held = may_leave_at(datetime(2026, 3, 11, 19, tzinfo=UTC), False, QUIET, closed)
    assert held == datetime(2026, 3, 13, 8, tzinfo=UTC)


def test_board_that_works_every_day_holds_letters_over_night_only() -> None:
    daily = QuietHours(working_days_only=False)
    friday_night, saturday_noon = datetime(2026, 3, 13, 23, tzinfo=UTC), datetime(2026, 3, 14, 12, tzinfo=UTC)
    assert may_leave_at(friday_night, False, daily, calendar()) == datetime(2026, 3, 14, 8, tzinfo=UTC)
    assert may_leave_at(saturday_noon, False, daily, calendar()) == saturday_noon


def test_quiet_hours_within_one_day_hold_letters_within_them_only() -> None:
    lunch = QuietHours(begin=time(12), end=time(13, 30))
    assert may_leave_at(datetime(2026, 3, 11, 12, tzinfo=UTC), False, lunch, calendar()) == datetime(
        2026, 3, 11, 13, 30, tzinfo=UTC
    )
    for at in (datetime(2026, 3, 11, 3, tzinfo=UTC), datetime(2026, 3, 11, 22, tzinfo=UTC)):
        assert may_leave_at(at, False, lunch, calendar()) == at


def test_equal_times_are_no_quiet_hours() -> None:
    none = QuietHours(begin=time(0), end=time(0), working_days_only=False)
    at = datetime(2026, 3, 11, 0, 0, tzinfo=UTC)
    assert may_leave_at(at, False, none, calendar()) == at


def test_held_letter_is_not_held_again_when_its_instant_has_come() -> None:
    first = may_leave_at(datetime(2026, 4, 3, 9, tzinfo=UTC), False, QUIET, calendar())
    assert may_leave_at(first, False, QUIET, calendar()) == first
