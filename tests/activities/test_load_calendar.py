"""The calendar that the activity loads: the right holidays of each nation and the right changes of civil time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calendar import Calendars, build_calendar
from activities.directory import read_directory
from domain.clocks.calendar import Calendar, CalendarRequest, Holiday
from domain.clocks.proclaimed import CalendarCorrection
from records import proclaimed
from records.store import Record

T0 = datetime(2027, 5, 1, 9, tzinfo=UTC)

NATIONS = {
    "england-wales": BankHolidays.ENGLAND_AND_WALES,
    "scotland": BankHolidays.SCOTLAND,
    "northern-ireland": BankHolidays.NORTHERN_IRELAND,
}
# Announced after the official list that the package carries was taken.
ANNOUNCED_LATER = {"scotland": {date(2026, 6, 15)}}

DIRECTORY = read_directory(Path(__file__).parents[2] / "directory.toml")


def loaded(nation: str, first: int, last: int, *closures: Holiday) -> Calendar:
    return build_calendar(CalendarRequest(id=nation, first_year=first, last_year=last, closure_days=closures))


def weekdays_off(calendar: Calendar) -> set[date]:
    return {holiday.on for holiday in calendar.holidays if holiday.on.isoweekday() <= 5}


@pytest.mark.parametrize("nation", NATIONS)
def test_bank_holidays_are_those_of_the_official_list(nation: str) -> None:
    official = {entry["date"] for entry in BankHolidays(use_cached_holidays=True).get_holidays(NATIONS[nation])}
    first, last = min(official).year, max(official).year
    assert last - first >= 10
    assert weekdays_off(loaded(nation, first, last)) == official | ANNOUNCED_LATER.get(nation, set())


# Holidays given or moved once, and substitutes over Christmas, where a table made by rule alone goes wrong.
ONCE = [
    ("2002-06-03", True),
    ("2002-06-04", True),
    ("2002-05-27", False),
    ("2004-12-27", True),
    ("2004-12-28", True),
    ("2011-04-29", True),
    ("2012-05-28", False),
    ("2012-06-04", True),
    ("2012-06-05", True),
    ("2016-12-27", True),
    ("2017-01-02", True),
    ("2020-05-04", False),
    ("2020-05-08", True),
    ("2022-05-30", False),
    ("2022-06-02", True),
    ("2022-06-03", True),
    ("2022-09-19", True),
    ("2023-05-08", True),
]


@pytest.mark.parametrize(("day", "off"), ONCE)
def test_holidays_given_or_moved_once_are_right_back_to_2002(day: str, off: bool) -> None:
    calendar = loaded("england-wales", 2002, 2023)
    assert (calendar.reason_not_counted(date.fromisoformat(day)) is not None) is off


@pytest.mark.parametrize(
    ("day", "nations"),
    [
        ("2026-01-02", {"scotland"}),
        ("2026-03-17", {"northern-ireland"}),
        ("2026-04-06", {"england-wales", "northern-ireland"}),
        ("2026-06-15", {"scotland"}),
        ("2026-07-13", {"northern-ireland"}),
        ("2026-08-03", {"scotland"}),
        ("2026-08-31", {"england-wales", "northern-ireland"}),
        ("2026-11-30", {"scotland"}),
        ("2026-12-28", {"england-wales", "scotland", "northern-ireland"}),
    ],
)
def test_each_nation_keeps_its_own_days(day: str, nations: set[str]) -> None:
    on = date.fromisoformat(day)
    assert {nation for nation in NATIONS if loaded(nation, 2026, 2026).reason_not_counted(on)} == nations


def test_closure_days_are_added_and_a_bank_holiday_keeps_its_name() -> None:
    closures = (
        Holiday(on=date(2026, 12, 29), name="Offices closed"),
        Holiday(on=date(2026, 12, 25), name="Offices closed"),
        Holiday(on=date(2031, 1, 1), name="Outside the span"),
    )
    calendar = loaded("england-wales", 2026, 2026, *closures)
    assert calendar.reason_not_counted(date(2026, 12, 29)) == "Offices closed"
    assert calendar.reason_not_counted(date(2026, 12, 25)) == "Christmas Day"
    days = [holiday.on for holiday in calendar.holidays]
    assert days == sorted(set(days))
    assert max(days).year == 2026


def last_sundays_at_one_utc(first: int, last: int) -> Iterator[datetime]:
    """The Summer Time Order 2002: from the last Sunday in March to the last in October, at 1 o'clock GMT."""
    for year in range(first, last + 1):
        for month in (3, 10):
            end = date(year, month, 31)
            sunday = end - timedelta(days=end.isoweekday() % 7)
            yield datetime(sunday.year, sunday.month, sunday.day, 1, tzinfo=UTC)


def test_civil_time_changes_when_the_law_says() -> None:
    first, *changes = loaded("england-wales", 2002, 2040).offsets
    assert (first.at, first.minutes) == (datetime(2002, 1, 1, tzinfo=UTC), 0)
    assert [change.at for change in changes] == list(last_sundays_at_one_utc(2002, 2040))
    assert [change.minutes for change in changes] == [60, 0] * 39


def test_the_version_names_its_sources_and_changes_with_the_content() -> None:
    calendar = loaded("england-wales", 2025, 2030)
    words = calendar.version.split()
    assert words[:2] == ["england-wales", "2025-2030"]
    assert words[2].startswith("holidays-")
    assert words[3].startswith("tzdata-")
    assert len(words[4]) == 12
    assert loaded("england-wales", 2025, 2030).version == calendar.version
    others = [
        loaded("scotland", 2025, 2030),
        loaded("england-wales", 2025, 2031),
        loaded("england-wales", 2025, 2030, Holiday(on=date(2026, 12, 29), name="Offices closed")),
    ]
    assert len({calendar.version, *(other.version for other in others)}) == 4
    assert words[4] not in {other.version.split()[4] for other in others}


def test_the_names_do_not_depend_on_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = loaded("scotland", 2026, 2026)
    monkeypatch.setenv("LANGUAGE", "th")
    monkeypatch.setenv("LANG", "th_TH.UTF-8")
    assert loaded("scotland", 2026, 2026) == expected


def test_an_unknown_calendar_is_refused_for_good() -> None:
    with pytest.raises(ApplicationError) as refused:
        loaded("isle-of-man", 2026, 2026)
    assert (refused.value.type, refused.value.non_retryable) == ("UnknownCalendar", True)


@pytest.mark.parametrize(("first", "last"), [(2001, 2026), (2026, 2101), (2027, 2026)])
def test_years_for_which_nothing_is_known_are_refused_for_good(first: int, last: int) -> None:
    with pytest.raises(ApplicationError) as refused:
        loaded("scotland", first, last)
    assert (refused.value.type, refused.value.non_retryable) == ("CalendarSpan", True)


def test_the_activity_gives_what_the_plain_function_builds(sqlite_record: Record) -> None:
    request = CalendarRequest(id="northern-ireland", first_year=2026, last_year=2028)
    assert ActivityEnvironment().run(
        Calendars(sqlite_record, lambda: DIRECTORY).load_calendar, request
    ) == build_calendar(request)


def test_the_closure_days_of_a_board_are_those_of_the_directory_now(sqlite_record: Record) -> None:
    closed = Holiday(on=date(2026, 12, 29), name="Offices closed")
    boards = tuple(board.model_copy(update={"closure_days": (closed,)}) for board in DIRECTORY.boards)
    load = Calendars(sqlite_record, lambda: DIRECTORY.model_copy(update={"boards": boards})).load_calendar
    request = CalendarRequest(id="england-wales", first_year=2026, last_year=2027)
    for board, why in (("northbridge", "Offices closed"), ("atlantis", None), ("", None)):
        calendar = ActivityEnvironment().run(load, request.model_copy(update={"board": board}))
        assert calendar.reason_not_counted(closed.on) == why
        assert calendar.national.reason_not_counted(closed.on) is None
        assert calendar.national.reason_not_counted(date(2026, 12, 25)) == "Christmas Day"


def test_what_was_proclaimed_since_is_in_the_calendar_and_the_last_word_stands(sqlite_record: Record) -> None:
    request = CalendarRequest(id="scotland", first_year=2026, last_year=2028)
    on = date(2027, 6, 3)
    load = Calendars(sqlite_record, lambda: DIRECTORY).load_calendar
    before = ActivityEnvironment().run(load, request)
    for name, at in (("Jubilee", T0), ("Jubilee", T0), ("", T0 + timedelta(days=1))):
        given = {"calendar": "scotland", "source": "Proclamation", "day": [{"on": on, "name": name}]}
        proclaimed.keep(sqlite_record, CalendarCorrection.model_validate(given), at)
        calendar = ActivityEnvironment().run(load, request)
        assert calendar.reason_not_counted(on) == (name or None)
        assert (calendar.version == before.version) is not bool(name)
    assert len(proclaimed.kept(sqlite_record, "scotland")) == 2
    assert proclaimed.kept(sqlite_record, "england-wales") == ()
