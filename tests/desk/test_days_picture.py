"""The picture of a clock's days: every day with what it was, readable without colour, the same each time."""

import re
from datetime import date, datetime
from itertools import combinations
from xml.etree import ElementTree as Xml

import pytest
from kept_clocks import CASE, rule
from learning_records import on

from activities.calendar import build_calendar
from desk.clocks_believed import AsOf
from desk.days import ClockDay, DayKind, days_of
from desk.days_picture import DaysView, days_svg
from desk.explain_cli import days_view
from desk.explaining import Explanation
from desk.pictures import width_of
from domain.clocks.book import ClockBook
from domain.clocks.calendar import CalendarRequest
from domain.clocks.need import ClockNeed
from domain.clocks.rule import ClockRule, Direction, Unit
from domain.clocks.stops import Stop
from domain.people import Role
from domain.record import ClockEntry

SVG = "{http://www.w3.org/2000/svg}"
CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=2024, last_year=2045))
BEGAN, AT = on("2026-03-20"), on("2026-04-10")
STOP = Stop(since=on("2026-03-30"), until=on("2026-04-02"), reason="the police asked that nobody be interviewed yet")
LONG = Stop(since=on("2026-03-30"), until=on("2026-04-02"), reason="for a reason that takes many words to tell " * 8)
DAYS = rule("fifteen-days", 15, Unit.WORKING_DAYS, stops_with_review=True)
MONTHS = rule("six-months", 6, Unit.MONTHS, stops_with_review=True)
HOURS = rule("hours", 72, Unit.CLOCK_HOURS)
SET = rule("to-a-day", 0, Unit.SET_DATE)
NOTICE = rule("notice", 10, Unit.WORKING_DAYS, direction=Direction.BEFORE)
YEARS = rule("years", 12, Unit.YEARS)
ALL_YEAR = rule("all-year", 200, Unit.WORKING_DAYS, stops_with_review=True)


def entry(of: ClockRule, started_at: datetime = BEGAN, *stops: Stop, due_on: date | None = None) -> ClockEntry:
    need = ClockNeed(rule=of.id, started_at=started_at, waiting_on=Role.BOARD_CHAIR, stops=stops, due_on=due_on)
    book, _ = ClockBook().reconciled([need], {of.id: of}, CALENDAR, started_at)
    return book.entries[0]


ENTRIES = {
    "working days": lambda: entry(DAYS, BEGAN, STOP),
    "reason of many words": lambda: entry(DAYS, BEGAN, LONG),
    "standing": lambda: entry(DAYS, BEGAN, STOP.model_copy(update={"until": None})),
    "clock hours": lambda: entry(HOURS, on("2026-03-27")),
    "set day": lambda: entry(SET, due_on=date(2026, 4, 28)),
    "set day far off": lambda: entry(SET, due_on=date(2026, 12, 1)),
    "before": lambda: entry(NOTICE, on("2026-04-20")),
    "months": lambda: entry(MONTHS, BEGAN, STOP),
    "years": lambda: entry(YEARS),
    "working days over a year": lambda: entry(ALL_YEAR, on("2026-10-20"), STOP),
}


def view(name: str) -> DaysView:
    of = ENTRIES[name]()
    shown = Explanation(stage="decision/1", id=of.id, current=True, text="", entry=of, computed_at=AT)
    return days_view(CASE, shown, None, AT)


def on_day(name: str, day: str) -> ClockDay:
    [found] = [each for each in days_of(ENTRIES[name](), AT) if each.on == date.fromisoformat(day)]
    return found


def words(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in Xml.fromstring(svg).iter(f"{SVG}text")]


def described(svg: str) -> str:
    [found] = Xml.fromstring(svg).findall(f"{SVG}desc")
    return found.text or ""


@pytest.mark.parametrize("name", ENTRIES)
def test_picture_of_days_is_well_formed_says_what_it_is_and_loads_nothing(name: str) -> None:
    svg = days_svg(view(name))
    root = Xml.fromstring(svg)
    assert (root.attrib["role"], root.attrib["aria-labelledby"]) == ("img", "title description")
    [title] = root.findall(f"{SVG}title")
    assert (title.text or "").startswith("NB-2026-501: ")
    assert not re.search(r"href|<script|<image|url\((?!#)", svg)
    assert svg == days_svg(view(name))


@pytest.mark.parametrize("name", [each for each in ENTRIES if each != "years"])
def test_no_words_of_days_stand_on_others_or_outside(name: str) -> None:
    svg = days_svg(view(name))
    _, _, width, height = (float(each) for each in Xml.fromstring(svg).attrib["viewBox"].split())
    boxes = []
    for each in Xml.fromstring(svg).iter(f"{SVG}text"):
        said, size = "".join(each.itertext()), float(each.attrib["font-size"])
        long, x, y = width_of(said, size), float(each.attrib["x"]), float(each.attrib["y"])
        left = x - {"start": 0, "middle": long / 2, "end": long}[each.attrib.get("text-anchor", "start")]
        assert left >= 0 and left + long <= width and y <= height, said
        boxes.append((said, left, y - 0.72 * size, left + long, y + 0.2 * size))
    for one, other in combinations(boxes, 2):
        assert not (one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]), (one, other)


def test_each_day_is_counted_with_its_number_or_left_out_with_the_reason() -> None:
    assert (on_day("working days", "2026-03-20").kind, on_day("working days", "2026-03-20").event) == (
        DayKind.EVENT,
        True,
    )
    assert on_day("working days", "2026-03-23").number == 1
    assert on_day("working days", "2026-03-21").kind is DayKind.WEEKEND
    assert on_day("working days", "2026-03-31").why == STOP.reason
    good_friday = on_day("working days", "2026-04-03")
    assert (good_friday.kind, good_friday.why, good_friday.number) == (DayKind.HOLIDAY, "Good Friday", None)
    assert (on_day("working days", "2026-04-17").number, on_day("working days", "2026-04-17").due) == (15, True)


def test_week_rows_name_each_day_in_words() -> None:
    said = words(days_svg(view("working days")))
    assert {"day 1", "day 15", "DUE", "weekend", "Good Friday", "Easter Monday", "Monday", "Week of 30 Mar"} <= set(
        said
    )
    assert any(each.startswith("stopped: the police") for each in said)
    assert f"Stopped from Monday 30 March 2026 to Wednesday 1 April 2026: {STOP.reason}" in said


def test_month_rows_name_holidays_stops_and_the_due_day_beside_them() -> None:
    said = words(days_svg(view("working days over a year")))
    assert "Oct 2026" in said
    assert "25 Christmas Day; 28 Boxing Day (observed)" in said
    assert any(re.fullmatch(r"\d+ due.*", each) for each in said)
    assert "30 to 31 stopped" in words(days_svg(view("months")))


def test_hours_are_counted_through_the_night_in_which_clocks_go_forward() -> None:
    numbers = [day.number for day in days_of(ENTRIES["clock hours"](), AT)]
    assert numbers == [14, 38, 61, 72]
    assert "72 h" in words(days_svg(view("clock hours")))


def test_set_day_has_every_day_until_it_though_none_is_counted() -> None:
    days = days_of(ENTRIES["set day"](), AT)
    assert len(days) == 40
    assert {each.kind for each in days[1:-1]} == {DayKind.BETWEEN}
    assert (days[-1].due, days[-1].why) == (True, "the day that was set")


def test_clock_before_an_event_is_numbered_backwards_from_it() -> None:
    days = [each for each in days_of(ENTRIES["before"](), AT) if each.number or each.event]
    assert [each.number for each in days] == [*range(10, 0, -1), None]
    assert (days[0].due, days[-1].event, days[-1].on) == (True, True, date(2026, 4, 20))


def test_clock_that_stands_is_drawn_as_stopped_until_today_without_a_due_day() -> None:
    days = days_of(ENTRIES["standing"](), AT)
    assert (days[-1].on, days[-1].kind) == (AT.date(), DayKind.STOPPED)
    assert not any(each.due for each in days)
    assert any(
        each.startswith("Stopped from Monday 30 March 2026 and it still stands")
        for each in words(days_svg(view("standing")))
    )


def test_of_very_many_months_the_middle_is_told_in_a_line() -> None:
    said = words(days_svg(view("years")))
    assert any(each.startswith("… 97 months, Mar 2028 to Mar 2036: 2,953 days …") for each in said)


def test_whole_picture_is_told_in_words_too() -> None:
    said = described(days_svg(view("working days")))
    assert "15 working days after it began; due by the end of Friday 17 April 2026." in said
    assert "Monday 23 March 2026 to Friday 27 March 2026: day 1 to 5." in said.replace("days 1", "day 1")
    assert f"Monday 30 March 2026 to Wednesday 1 April 2026: stopped: {STOP.reason}." in said
    assert "Friday 3 April 2026: Good Friday." in said
    assert "Friday 17 April 2026: day 15; due." in said


def test_kinds_of_days_differ_without_colour() -> None:
    svg = re.sub(r"#[0-9a-f]{6}", "", days_svg(view("working days over a year")))
    cells: dict[str, list[tuple[str, str | None, str]]] = {}
    for each in Xml.fromstring(svg).iter(f"{SVG}g"):
        [title] = each.findall(f"{SVG}title")
        kind = (title.text or "").partition(": ")[2]
        drawn = [(part.tag, part.attrib.get("fill"), "".join(part.itertext())) for part in each if part is not title]
        cells.setdefault(kind, drawn)
    shown = [cells["day 1"], cells["weekend"], cells["Christmas Day"], cells[DayKind.EVENT.value]]
    assert all(one != other for one, other in combinations(shown, 2))


def test_as_of_an_earlier_date_the_picture_says_what_holds_now() -> None:
    before, after = ENTRIES["working days"](), entry(DAYS, on("2026-03-19"), STOP)
    after = after.model_copy(update={"computation": 2, "reason": "the day was corrected"})
    as_of = AsOf.read("2026-03-25", AT)
    shown = Explanation(
        stage="decision/1",
        id=before.id,
        current=False,
        text="",
        entry=before,
        computed_at=BEGAN,
        as_of=as_of.at,
        now=after,
    )
    drawn = days_view(CASE, shown, as_of, AT)
    assert drawn.lines[1:] == (
        "As believed at the end of Wednesday 25 March 2026.",
        "Now it is due by the end of Thursday 16 April 2026: the day was corrected.",
    )
    assert drawn.marked == date(2026, 3, 25)


def test_one_of_a_unit_is_said_in_the_singular() -> None:
    of = entry(rule("a-month", 1, Unit.MONTHS))
    shown = Explanation(stage="decision/1", id=of.id, current=True, text="", entry=of, computed_at=AT)
    assert days_view(CASE, shown, None, AT).lines[0].startswith("1 month after ")
