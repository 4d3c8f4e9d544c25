"""The calendar as a value: civil time from its own data, days that do not count, and the edge of what it covers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from activities.calendar import build_calendar
from domain.clocks.calendar import Calendar, CalendarDoesNotCover, CalendarRequest, Holiday

ENGLAND = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2027))


def civil(text: str) -> str:
    return ENGLAND.local(datetime.fromisoformat(text)).isoformat()


def test_civil_time_is_an_hour_ahead_of_utc_in_summer_only() -> None:
    assert civil("2026-01-15T12:00:00+00:00") == "2026-01-15T12:00:00+00:00"
    assert civil("2026-07-15T12:00:00+00:00") == "2026-07-15T13:00:00+01:00"


def test_civil_time_changes_at_one_o_clock_utc() -> None:
    assert civil("2026-03-29T00:59:59+00:00") == "2026-03-29T00:59:59+00:00"
    assert civil("2026-03-29T01:00:00+00:00") == "2026-03-29T02:00:00+01:00"
    assert civil("2026-10-25T00:59:59+00:00") == "2026-10-25T01:59:59+01:00"
    assert civil("2026-10-25T01:00:00+00:00") == "2026-10-25T01:00:00+00:00"


def test_an_instant_of_another_zone_falls_on_its_civil_day() -> None:
    assert ENGLAND.day_of(datetime.fromisoformat("2026-07-01T23:30:00+00:00")) == date(2026, 7, 2)
    assert ENGLAND.day_of(datetime.fromisoformat("2026-07-02T08:59:00+10:00")) == date(2026, 7, 1)


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        ENGLAND.local(datetime.fromisoformat("2026-01-01T12:00:00"))


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 4, 2), None),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 4), "Saturday"),
        (date(2026, 4, 5), "Sunday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 12, 26), "Saturday"),
        (date(2026, 12, 28), "Boxing Day (observed)"),
    ],
)
def test_a_day_that_does_not_count_says_why(day: date, reason: str | None) -> None:
    assert ENGLAND.reason_not_counted(day) == reason


@pytest.mark.parametrize(
    ("day", "midnight"),
    [
        (date(2026, 3, 28), "2026-03-29T00:00:00+00:00"),
        (date(2026, 3, 29), "2026-03-30T00:00:00+01:00"),
        (date(2026, 10, 24), "2026-10-25T00:00:00+01:00"),
        (date(2026, 10, 25), "2026-10-26T00:00:00+00:00"),
        (date(2027, 12, 31), "2028-01-01T00:00:00+00:00"),
    ],
)
def test_a_day_ends_at_the_next_civil_midnight(day: date, midnight: str) -> None:
    assert ENGLAND.midnight_after(day).isoformat() == midnight


def test_the_days_of_the_change_are_23_and_25_hours_long() -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)):
        begins = ENGLAND.midnight_after(day - timedelta(days=1))
        assert ENGLAND.midnight_after(day) - begins == timedelta(hours=hours)


def test_a_time_of_day_carries_the_offset_of_that_day() -> None:
    assert ENGLAND.at_time(date(2026, 3, 27), 9).isoformat() == "2026-03-27T09:00:00+00:00"
    assert ENGLAND.at_time(date(2026, 3, 29), 9).isoformat() == "2026-03-29T09:00:00+01:00"
    assert ENGLAND.at_time(date(2026, 10, 25), 9, 30).isoformat() == "2026-10-25T09:30:00+00:00"


def test_a_time_that_occurs_twice_is_the_first_and_a_skipped_one_is_later() -> None:
    assert ENGLAND.at_time(date(2026, 10, 25), 1, 30).isoformat() == "2026-10-25T01:30:00+01:00"
    assert ENGLAND.at_time(date(2026, 3, 29), 1, 30).isoformat() == "2026-03-29T02:30:00+01:00"


def test_days_outside_its_years_are_refused_and_not_guessed() -> None:
    for day in (date(2024, 12, 31), date(2028, 1, 1)):
        with pytest.raises(CalendarDoesNotCover, match=day.isoformat()):
            ENGLAND.reason_not_counted(day)
        with pytest.raises(CalendarDoesNotCover):
            ENGLAND.midnight_after(day)
        with pytest.raises(CalendarDoesNotCover):
            ENGLAND.at_time(day, 9)
        with pytest.raises(CalendarDoesNotCover):
            ENGLAND.local(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def test_working_days_have_consecutive_numbers_and_other_days_that_of_the_one_before() -> None:
    friday, tuesday = date(2026, 4, 17), date(2026, 4, 21)
    number = ENGLAND.working_day_number(friday)
    assert [ENGLAND.working_day_number(friday + timedelta(days=n)) - number for n in range(5)] == [0, 0, 0, 1, 2]
    assert [ENGLAND.working_day(number + n) for n in (0, 2)] == [friday, tuesday]
    before_easter = date(2026, 4, 2)
    assert ENGLAND.working_day(ENGLAND.working_day_number(before_easter) + 1) == date(2026, 4, 7)


def test_a_working_day_outside_its_years_is_refused_with_the_first_day_that_is_missing() -> None:
    last, first = (ENGLAND.working_day_number(day) for day in (date(2027, 12, 31), date(2025, 1, 2)))
    assert ENGLAND.working_day(last) == date(2027, 12, 31)
    with pytest.raises(CalendarDoesNotCover, match="2028-01-01"):
        ENGLAND.working_day(last + 40)
    with pytest.raises(CalendarDoesNotCover, match="2024-12-31"):
        ENGLAND.working_day(first - 1)


def test_a_copy_with_an_added_holiday_does_not_remember_the_old_ones() -> None:
    day = date(2026, 9, 21)
    number = ENGLAND.working_day_number(day)
    assert ENGLAND.reason_not_counted(day) is None
    added = (*ENGLAND.holidays, Holiday(on=day, name="State funeral"))
    copied = ENGLAND.model_copy(update={"holidays": added})
    assert copied.reason_not_counted(day) == "State funeral"
    assert copied.working_day_number(day) == copied.working_day_number(day - timedelta(days=1)) == number - 1
    assert ENGLAND.reason_not_counted(day) is None
    assert ENGLAND.working_day_number(day) == number


def test_a_calendar_survives_its_way_through_history() -> None:
    assert ENGLAND.reason_not_counted(date(2026, 4, 3)) == "Good Friday"
    again = Calendar.model_validate_json(ENGLAND.model_dump_json())
    assert again == ENGLAND
    assert again.midnight_after(date(2026, 7, 1)) == ENGLAND.midnight_after(date(2026, 7, 1))
