"""What is due when: counted day by day, in hours, in months, forwards and backwards."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from activities.calendar import build_calendar
from domain.clocks.arithmetic import NOT_COUNTED, add_months, add_working_days, compute, rung_instants
from domain.clocks.calendar import Calendar, CalendarDoesNotCover, CalendarRequest, Holiday
from domain.clocks.deadline import Deadline
from domain.clocks.due_day import due_day
from domain.clocks.rule import ClockRule, Direction, FirstDay, Rung, Source, Strength, Unit
from domain.people import Role

CALENDARS = {
    nation: build_calendar(CalendarRequest(id=nation, first_year=2024, last_year=2028))
    for nation in ("england-wales", "scotland", "northern-ireland")
}
ENGLAND = CALENDARS["england-wales"]
ACCEPTANCE = Path(__file__).parents[2] / ".." / "shared" / "acceptance" / "working-days.csv"

# Trigger, working days, and the day it leads to in England & Wales, Scotland, Northern Ireland.
CASES = [
    ("2025-12-19", 5, "2025-12-30", "2025-12-30", "2025-12-30"),
    ("2025-12-19", 15, "2026-01-14", "2026-01-15", "2026-01-14"),
    ("2025-12-24", 5, "2026-01-05", "2026-01-06", "2026-01-05"),
    ("2025-12-27", 5, "2026-01-05", "2026-01-06", "2026-01-05"),
    ("2026-03-30", 5, "2026-04-08", "2026-04-07", "2026-04-08"),
    ("2026-03-13", 15, "2026-04-07", "2026-04-06", "2026-04-08"),
    ("2026-07-08", 5, "2026-07-15", "2026-07-15", "2026-07-16"),
    ("2026-07-31", 5, "2026-08-07", "2026-08-10", "2026-08-07"),
    ("2026-08-28", 15, "2026-09-21", "2026-09-18", "2026-09-21"),
    ("2026-01-08", -7, "2025-12-29", "2025-12-24", "2025-12-29"),
]


def rule(
    amount: int,
    unit: Unit,
    direction: Direction = Direction.AFTER,
    first_day: FirstDay = FirstDay.DAY_AFTER,
    ladder: tuple[Rung, ...] = (),
    strength: Strength = Strength.LOCAL,
) -> ClockRule:
    return ClockRule(
        id="test",
        title="A clock",
        amount=amount,
        unit=unit,
        direction=direction,
        first_day=first_day,
        start_event="the event",
        strength=strength,
        source=Source(document="Test"),
        ladder=ladder,
    )


def due(clock: ClockRule, start: str, calendar: Calendar = ENGLAND) -> Deadline:
    return compute(clock, datetime.fromisoformat(start), calendar)


def check_case(trigger: str, amount: int, expected: dict[str, str]) -> None:
    for nation, day in expected.items():
        calendar = CALENDARS[nation]
        assert add_working_days(date.fromisoformat(trigger), amount, calendar) == date.fromisoformat(day), nation
        direction = Direction.AFTER if amount > 0 else Direction.BEFORE
        clock = rule(abs(amount), Unit.WORKING_DAYS, direction)
        deadline = compute(clock, calendar.at_time(date.fromisoformat(trigger), 15), calendar)
        assert deadline.due_on == date.fromisoformat(day), nation
        assert due_day(clock, deadline.started_at, calendar) == deadline.due_on, nation
        assert deadline.due_at == calendar.midnight_after(deadline.due_on)


@pytest.mark.parametrize(("trigger", "amount", "england", "scotland", "ireland"), CASES)
def test_working_days_of_each_nation(trigger: str, amount: int, england: str, scotland: str, ireland: str) -> None:
    check_case(trigger, amount, {"england-wales": england, "scotland": scotland, "northern-ireland": ireland})


def test_working_days_of_the_acceptance_data() -> None:
    if not ACCEPTANCE.exists():
        pytest.skip("the acceptance data do not lie beside this project")
    with ACCEPTANCE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    for row in rows:
        nations = {nation: row[nation.replace("-", "_")] for nation in CALENDARS}
        check_case(row["trigger"], int(row["working_days"]), nations)


def test_each_day_is_listed_as_counted_or_skipped_with_its_reason() -> None:
    deadline = due(rule(3, Unit.WORKING_DAYS), "2026-04-02T10:15:00+01:00")
    assert [(day.on.isoformat(), day.number, day.why) for day in deadline.working] == [
        ("2026-04-02", None, NOT_COUNTED),
        ("2026-04-03", None, "Good Friday"),
        ("2026-04-04", None, "Saturday"),
        ("2026-04-05", None, "Sunday"),
        ("2026-04-06", None, "Easter Monday"),
        ("2026-04-07", 1, "working day"),
        ("2026-04-08", 2, "working day"),
        ("2026-04-09", 3, "working day"),
    ]
    assert deadline.calendar == ENGLAND.version
    assert deadline.due_at.isoformat() == "2026-04-10T00:00:00+01:00"


def test_the_day_of_the_event_is_day_one_where_the_rule_says_so() -> None:
    clock = rule(5, Unit.WORKING_DAYS, first_day=FirstDay.EVENT_DAY)
    assert due(clock, "2026-03-09T10:00:00+00:00").due_on == date(2026, 3, 13)
    assert due(clock, "2026-03-07T10:00:00+00:00").due_on == date(2026, 3, 13)
    assert due(clock, "2026-03-09T10:00:00+00:00").working[0].number == 1


def test_the_day_of_the_event_is_the_civil_one() -> None:
    """Half past eleven at night in UTC is already the next day in British summer."""
    assert due(rule(1, Unit.WORKING_DAYS), "2026-07-01T23:30:00+00:00").due_on == date(2026, 7, 3)
    assert due(rule(1, Unit.WORKING_DAYS), "2026-01-07T23:30:00+00:00").due_on == date(2026, 1, 8)


def test_the_start_is_kept_in_civil_time() -> None:
    deadline = due(rule(1, Unit.WORKING_DAYS), "2026-07-01T23:30:00+00:00")
    assert deadline.started_at.isoformat() == "2026-07-02T00:30:00+01:00"


def test_counting_backwards_lists_the_days_as_they_are_counted() -> None:
    deadline = due(rule(2, Unit.WORKING_DAYS, Direction.BEFORE), "2026-04-07T12:00:00+01:00")
    assert [day.on.day for day in deadline.working] == [7, 6, 5, 4, 3, 2, 1]
    assert [day.number for day in deadline.working] == [None, None, None, None, None, 1, 2]
    assert deadline.due_at.isoformat() == "2026-04-02T00:00:00+01:00"


def test_calendar_days_count_every_day_and_the_date_is_not_moved() -> None:
    deadline = due(rule(14, Unit.CALENDAR_DAYS), "2026-03-28T10:15:00+00:00")
    assert deadline.due_on == date(2026, 4, 11)
    assert deadline.due_at.isoformat() == "2026-04-12T00:00:00+01:00"
    assert [day.number for day in deadline.working] == [None, *range(1, 15)]
    assert "Saturday" in deadline.note
    assert due(rule(14, Unit.CALENDAR_DAYS, Direction.BEFORE), "2026-04-11T12:00:00Z").due_on == date(2026, 3, 28)
    assert due(rule(1, Unit.CALENDAR_DAYS, first_day=FirstDay.EVENT_DAY), "2026-04-11T12:00:00Z").due_on.day == 11


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-03-13", 1, "2026-04-13"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2025-12-15", 13, "2027-01-15"),
    ],
)
def test_months_keep_the_day_number_and_stop_at_the_end_of_a_shorter_month(
    start: str, amount: int, expected: str
) -> None:
    deadline = due(rule(amount, Unit.MONTHS), f"{start}T12:00:00+00:00")
    assert deadline.due_on == date.fromisoformat(expected)
    assert deadline.due_at == ENGLAND.midnight_after(deadline.due_on)
    clamped = deadline.due_on.day != date.fromisoformat(start).day
    assert ("no day" in deadline.note) is clamped


def test_months_backwards_keep_the_day_number_too() -> None:
    assert due(rule(1, Unit.MONTHS, Direction.BEFORE), "2026-03-31T12:00:00+01:00").due_on == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


@pytest.mark.parametrize(
    ("start", "amount", "direction", "first_day", "expected"),
    [
        ("2025-03-13", 1, Direction.AFTER, FirstDay.DAY_AFTER, "2026-03-13"),
        ("2024-02-29", 1, Direction.AFTER, FirstDay.DAY_AFTER, "2025-02-28"),
        ("2024-02-29", 4, Direction.AFTER, FirstDay.DAY_AFTER, "2028-02-29"),
        ("2027-02-28", 1, Direction.AFTER, FirstDay.DAY_AFTER, "2028-02-28"),
        ("2025-03-13", 1, Direction.AFTER, FirstDay.EVENT_DAY, "2026-03-12"),
        ("2024-02-29", 1, Direction.AFTER, FirstDay.EVENT_DAY, "2025-02-28"),
        ("2024-03-01", 1, Direction.AFTER, FirstDay.EVENT_DAY, "2025-02-28"),
        ("2028-02-29", 1, Direction.BEFORE, FirstDay.DAY_AFTER, "2027-02-28"),
        ("2028-02-29", 4, Direction.BEFORE, FirstDay.DAY_AFTER, "2024-02-29"),
        ("2028-02-29", 1, Direction.BEFORE, FirstDay.EVENT_DAY, "2027-03-01"),
        ("2026-03-13", 2, Direction.BEFORE, FirstDay.EVENT_DAY, "2024-03-14"),
    ],
)
def test_years_keep_the_date_and_29_february_leads_to_the_28th(
    start: str, amount: int, direction: Direction, first_day: FirstDay, expected: str
) -> None:
    deadline = due(rule(amount, Unit.YEARS, direction, first_day), f"{start}T12:00:00+00:00")
    assert deadline.due_on == date.fromisoformat(expected)
    assert deadline.due_at == ENGLAND.midnight_after(deadline.due_on)
    short = start.endswith("02-29") and date.fromisoformat(expected).year % 4 != 0
    assert ("That year has no 29 February: the 28th stands in." in deadline.note) is short


def test_each_year_is_marked_where_it_ends_and_the_note_says_how_years_are_counted() -> None:
    deadline = due(rule(2, Unit.YEARS), "2024-06-07T12:00:00+01:00")
    ends = {day.on.isoformat(): day.why for day in deadline.working if "ends" in day.why}
    assert ends == {
        "2025-06-07": "year 1 ends: same day and month",
        "2026-06-07": "year 2 ends: same day and month",
    }
    assert deadline.working[-1].number == 730
    assert deadline.note == (
        "A year runs to the same day and month; weekends and bank holidays within it count."
        " The last day is no working day (Sunday); the date is not moved."
    )


def test_a_month_that_begins_with_the_event_day_ends_a_day_sooner() -> None:
    clock = rule(1, Unit.MONTHS, first_day=FirstDay.EVENT_DAY)
    assert due(clock, "2026-03-13T12:00:00+00:00").due_on == date(2026, 4, 12)
    assert due(clock, "2026-01-31T12:00:00+00:00").due_on == date(2026, 2, 28)
    before = rule(1, Unit.MONTHS, Direction.BEFORE, FirstDay.EVENT_DAY)
    assert due(before, "2026-03-31T12:00:00+01:00").due_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-28T10:15:00+00:00", "2026-03-29T11:15:00+01:00"),
        ("2026-10-24T10:15:00+01:00", "2026-10-25T09:15:00+00:00"),
        ("2025-12-24T23:50:00+00:00", "2025-12-25T23:50:00+00:00"),
    ],
)
def test_hours_pass_through_nights_holidays_and_changes_of_civil_time(start: str, expected: str) -> None:
    deadline = due(rule(24, Unit.CLOCK_HOURS), start)
    assert deadline.due_at.isoformat() == expected
    assert deadline.due_on == date.fromisoformat(expected[:10])
    assert ("The clocks go" in deadline.note) is (start[-6:] != expected[-6:])


def test_hours_list_each_day_they_touch_with_the_hours_counted_by_its_end() -> None:
    deadline = due(rule(48, Unit.CLOCK_HOURS), "2026-03-28T10:15:00+00:00")
    assert [(day.on.day, day.number) for day in deadline.working] == [(28, 13), (29, 36), (30, 48)]
    backwards = due(rule(24, Unit.CLOCK_HOURS, Direction.BEFORE), "2026-03-30T10:15:00+01:00")
    assert backwards.due_at.isoformat() == "2026-03-29T10:15:00+01:00"
    assert [(day.on.day, day.number) for day in backwards.working] == [(30, 10), (29, 24)]


CLOSED = build_calendar(
    CalendarRequest(
        id="england-wales",
        first_year=2024,
        last_year=2028,
        closure_days=(Holiday(on=date(2026, 3, 11), name="Offices closed"),),
    )
)


def test_a_closure_day_of_the_board_moves_its_own_clocks_and_names_another_calendar() -> None:
    own = rule(5, Unit.WORKING_DAYS, strength=Strength.LOCAL)
    before, after = (due(own, "2026-03-09T10:00:00Z", calendar) for calendar in (ENGLAND, CLOSED))
    assert (before.due_on, after.due_on) == (date(2026, 3, 16), date(2026, 3, 17))
    assert before.calendar != after.calendar
    assert "Offices closed" in [day.why for day in after.working]


@pytest.mark.parametrize("strength", [Strength.STATUTE, Strength.GUIDANCE])
def test_a_closure_day_of_the_board_stretches_no_clock_of_law_or_guidance(strength: Strength) -> None:
    of_law = rule(5, Unit.WORKING_DAYS, strength=strength)
    before, after = (due(of_law, "2026-03-09T10:00:00Z", calendar) for calendar in (ENGLAND, CLOSED))
    assert before.due_on == after.due_on == date(2026, 3, 16)
    assert "Offices closed" not in [day.why for day in after.working]


def test_a_deadline_beyond_the_calendar_is_refused() -> None:
    for unit in set(Unit) - {Unit.SET_DATE}:
        with pytest.raises(CalendarDoesNotCover):
            due(rule(60_000, unit), "2028-06-01T12:00:00+01:00")
    with pytest.raises(CalendarDoesNotCover):
        due(rule(1, Unit.WORKING_DAYS), "2028-12-31T12:00:00+00:00")


def test_a_deadline_survives_its_way_through_history() -> None:
    deadline = due(rule(24, Unit.CLOCK_HOURS), "2026-03-28T10:15:00+00:00")
    again = Deadline.model_validate_json(deadline.model_dump_json())
    assert again == deadline
    assert again.due_at.isoformat() == "2026-03-29T11:15:00+01:00"


def rung(offset: int, unit: Unit, *, from_start: bool = False) -> Rung:
    return Rung(to=Role.BOARD_CHAIR, offset=offset, unit=unit, from_start=from_start, letter="clock-reminder")


def rungs(clock: ClockRule, start: str) -> list[str]:
    return [at.isoformat() for at in rung_instants(clock, due(clock, start), ENGLAND)]


def test_rungs_in_hours_fall_exactly_so_many_hours_from_start_and_end() -> None:
    hours = Unit.CLOCK_HOURS
    ladder = (
        rung(0, hours, from_start=True),
        rung(2, hours, from_start=True),
        rung(-4, hours),
        rung(0, hours),
        rung(4, hours),
    )
    assert rungs(rule(24, hours, ladder=ladder), "2026-10-24T03:30:00+01:00") == [
        "2026-10-24T03:30:00+01:00",
        "2026-10-24T05:30:00+01:00",
        "2026-10-24T23:30:00+01:00",
        "2026-10-25T02:30:00+00:00",
        "2026-10-25T06:30:00+00:00",
    ]


def test_rungs_in_working_days_fall_in_the_morning_and_rung_zero_at_the_due_instant() -> None:
    days = Unit.WORKING_DAYS
    ladder = (rung(1, days, from_start=True), rung(-3, days), rung(0, days), rung(1, days), rung(5, days))
    assert rungs(rule(5, days, ladder=ladder), "2026-03-26T16:00:00+00:00") == [
        "2026-03-27T09:00:00+00:00",
        "2026-03-30T09:00:00+01:00",
        "2026-04-03T00:00:00+01:00",
        "2026-04-07T09:00:00+01:00",
        "2026-04-13T09:00:00+01:00",
    ]


def test_rungs_before_a_due_day_that_is_no_working_day_fall_on_working_days() -> None:
    ladder = (rung(-1, Unit.WORKING_DAYS), rung(1, Unit.WORKING_DAYS))
    assert rungs(rule(1, Unit.MONTHS, ladder=ladder), "2026-03-05T12:00:00+00:00") == [
        "2026-04-02T09:00:00+01:00",
        "2026-04-07T09:00:00+01:00",
    ]


def test_rungs_in_calendar_days_do_not_skip_weekends() -> None:
    ladder = (rung(-2, Unit.CALENDAR_DAYS), rung(0, Unit.CALENDAR_DAYS), rung(1, Unit.CALENDAR_DAYS))
    assert rungs(rule(14, Unit.CALENDAR_DAYS, ladder=ladder), "2026-03-28T10:15:00+00:00") == [
        "2026-04-09T09:00:00+01:00",
        "2026-04-12T00:00:00+01:00",
        "2026-04-12T09:00:00+01:00",
    ]


def test_rungs_in_months_and_years_keep_the_day_number() -> None:
    ladder = (rung(-1, Unit.MONTHS), rung(-1, Unit.YEARS), rung(1, Unit.YEARS), rung(1, Unit.YEARS, from_start=True))
    assert rungs(rule(2, Unit.YEARS, ladder=ladder), "2024-02-29T12:00:00+00:00") == [
        "2026-01-28T09:00:00+00:00",
        "2025-02-28T09:00:00+00:00",
        "2027-02-28T09:00:00+00:00",
        "2025-02-28T09:00:00+00:00",
    ]


def test_rungs_before_the_start_are_returned_as_computed() -> None:
    clock = rule(1, Unit.WORKING_DAYS, ladder=(rung(-5, Unit.WORKING_DAYS),))
    assert rungs(clock, "2026-03-12T10:00:00+00:00") == ["2026-03-06T09:00:00+00:00"]
