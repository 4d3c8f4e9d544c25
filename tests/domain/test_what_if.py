"""Assumptions on a case's clocks: read from words, and what follows from them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from activities.calendar import build_calendar
from domain.clocks.arithmetic import add_working_days, compute, rung_instants
from domain.clocks.calendar import CalendarRequest
from domain.clocks.rule import ClockRule, Source, Strength, Unit
from domain.people import Role
from domain.record import ClockEntry
from domain.what_if import (
    MILESTONE,
    Assumption,
    Because,
    Expected,
    NotAssumable,
    Running,
    expected,
    margin,
    parse_assumption,
)

CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2029))
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
AT = START + timedelta(days=1)
PANEL = "scr/northbridge/NB-2026-014/panel"
DECISION = "scr/northbridge/NB-2026-014/decision/1"


def rule(id: str, amount: int = 0, unit: Unit = Unit.SET_DATE, beside: str = "") -> ClockRule:
    return ClockRule(
        id=id,
        title=id.capitalize(),
        amount=amount,
        unit=unit,
        start_event="the start",
        strength=Strength.LOCAL,
        source=Source(document="Procedure"),
        beside=beside,
    )


def running(rule: ClockRule, item: str | None = None, on: date | None = None, stage: str = PANEL) -> Running:
    deadline = compute(rule, START, CALENDAR, due_on=on, why="set")
    rungs = rung_instants(rule, deadline, CALENDAR)
    entry = ClockEntry(rule=rule, item=item, deadline=deadline, rungs=rungs, due_on=on, waiting_on=Role.AGENCY_LEAD)
    return Running(stage=stage, entry=entry)


REPORT = rule("agency-report", 20, Unit.WORKING_DAYS)
SIX_MONTHS = rule("serious-case-review", 6, Unit.MONTHS)
REVIEW = (
    running(REPORT, "police"),  # due on 30 March 2026
    running(REPORT, "housing"),
    running(rule(MILESTONE), "briefing", date(2026, 3, 20)),
    running(rule(MILESTONE), "draft", date(2026, 5, 29)),
    running(rule(MILESTONE), "sign-off", date(2026, 8, 14)),
    running(SIX_MONTHS),  # due on 2 September 2026
)


def found(*assumed: str, clocks: tuple[Running, ...] = REVIEW, at: datetime = AT) -> dict[str, Expected]:
    assumptions = [parse_assumption(each) for each in assumed]
    return {each.entry.id: each for each in expected(clocks, assumptions, CALENDAR, at)}


@pytest.mark.parametrize(
    ("text", "assumption"),
    [
        ("panel.agency_reports=+15wd", Assumption(stage="panel", clock="agency-reports", by=15)),
        (
            "panel.agency-report/police=-3d",
            Assumption(stage="panel", clock="agency-report", item="police", by=-3, unit=Unit.CALENDAR_DAYS),
        ),
        (" Panel.Agency_Report=+2m ", Assumption(stage="panel", clock="agency-report", by=2, unit=Unit.MONTHS)),
        ("case.x=+1y", Assumption(stage="case", clock="x", by=1, unit=Unit.YEARS)),
        (
            "safety.safety-decision=+12h",
            Assumption(stage="safety", clock="safety-decision", by=12, unit=Unit.CLOCK_HOURS),
        ),
        ("panel.x=2027-03-01", Assumption(stage="panel", clock="x", on=date(2027, 3, 1))),
        ("panel.x=NEVER", Assumption(stage="panel", clock="x")),
    ],
)
def test_an_assumption_is_read_from_its_words(text: str, assumption: Assumption) -> None:
    assert parse_assumption(text) == assumption


@pytest.mark.parametrize(
    "text",
    [
        "",
        "panel=+1wd",
        "panel.x",
        "panel.x=",
        "panel.x=15wd",
        "panel.x=+1",
        "panel.x=soon",
        "panel.x=2027-02-30",
        "panel.x=+1wd=2",
    ],
)
def test_what_cannot_be_read_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(NotAssumable, match=r"\+15wd"):
        parse_assumption(text)


def test_without_an_assumption_all_is_done_on_its_due_day_and_the_whole_with_the_last_milestone() -> None:
    by_clock = found()
    assert not any(each.breaks for each in by_clock.values())
    assert {each.because for each in by_clock.values()} == {Because.IN_TIME}
    assert by_clock["serious-case-review"].done_at == by_clock["milestone/sign-off"].done_at
    assert margin(by_clock["serious-case-review"], CALENDAR) == 12, (
        "from 14 August, over the bank holiday, to 2 September"
    )


def test_milestones_after_something_late_come_as_many_working_days_late_and_the_others_do_not() -> None:
    by_clock = found("panel.agency_reports=+15wd")
    assert margin(by_clock["agency-report/police"], CALENDAR) == -15
    assert by_clock["milestone/briefing"].because is Because.IN_TIME
    for item, due in (("draft", date(2026, 5, 29)), ("sign-off", date(2026, 8, 14))):
        milestone = by_clock[f"milestone/{item}"]
        assert (milestone.because, milestone.breaks) == (Because.FOLLOWS, True)
        assert milestone.done_at is not None
        assert CALENDAR.day_of(milestone.done_at) == add_working_days(due, 15, CALENDAR)


@pytest.mark.parametrize(("late", "breaks"), [(12, False), (13, True)])
def test_the_six_months_break_only_when_the_time_to_spare_is_used_up(late: int, breaks: bool) -> None:
    six_months = found(f"panel.agency_reports=+{late}wd")["serious-case-review"]
    assert (six_months.because, six_months.breaks) == (Because.FOLLOWS, breaks)
    assert margin(six_months, CALENDAR) == 12 - late


def test_the_latest_of_several_counts_and_the_later_of_two_assumptions_on_one() -> None:
    by_clock = found("panel.agency-reports=+15wd", "panel.agency-report/police=+2wd")
    assert margin(by_clock["agency-report/police"], CALENDAR) == -2
    assert margin(by_clock["agency-report/housing"], CALENDAR) == -15
    assert margin(by_clock["milestone/draft"], CALENDAR) == -15


def test_what_is_set_itself_does_not_follow() -> None:
    by_clock = found("panel.agency-reports=+15wd", "panel.milestone/draft=+0wd")
    assert not by_clock["milestone/draft"].breaks
    assert margin(by_clock["milestone/sign-off"], CALENDAR) == -15


def test_never_means_that_nothing_after_it_is_reached() -> None:
    by_clock = found("panel.agency-report/police=never")
    assert [each.done_at for each in by_clock.values() if each.breaks] == [None] * 4
    assert not by_clock["agency-report/housing"].breaks


def test_early_moves_nothing() -> None:
    by_clock = found("panel.agency-reports=-5wd")
    assert not any(each.breaks for each in by_clock.values())
    assert by_clock["milestone/draft"].because is Because.IN_TIME


def test_nothing_is_done_before_now() -> None:
    assert found("panel.agency-reports=2026-01-05")["agency-report/police"].done_at == AT


def test_what_is_overdue_is_done_by_the_end_of_today_unless_said_otherwise() -> None:
    at = datetime(2026, 4, 8, 10, tzinfo=UTC)
    report = found(clocks=REVIEW, at=at)["agency-report/police"]
    assert report.breaks and report.done_at is not None
    assert CALENDAR.day_of(report.done_at) == date(2026, 4, 8)


def test_a_stricter_clock_beside_another_ends_with_it() -> None:
    stricter = running(rule("board-report", 15, Unit.WORKING_DAYS, beside="agency-report"), "police")
    clocks = (*REVIEW, stricter)
    in_time = found(clocks=clocks)
    assert in_time["agency-report/police"].done_at == in_time["board-report/police"].done_at
    assert not in_time["board-report/police"].breaks, "what is in time is in time for the stricter one"
    late = found("panel.agency-report/police=+1wd", clocks=clocks)
    assert late["agency-report/police"].done_at == late["board-report/police"].done_at
    assert late["board-report/police"].breaks


@pytest.mark.parametrize("written", ["agency-summary", "agency_summaries", "agency-summarys"])
def test_a_plural_means_every_clock_of_the_rule(written: str) -> None:
    clocks = tuple(running(rule("agency-summary", 10, Unit.WORKING_DAYS), item) for item in ("police", "housing"))
    by_clock = found(f"panel.{written}=+1wd", clocks=clocks)
    assert {each.because for each in by_clock.values()} == {Because.ASSUMED}


def test_stages_are_apart() -> None:
    other = running(rule("review-decision", 1, Unit.MONTHS), stage=DECISION)
    by_clock = found("decision.review-decision=+60wd", clocks=(*REVIEW, other))
    assert [clock for clock, each in by_clock.items() if each.breaks] == ["review-decision"]


def test_an_assumption_about_no_clock_names_those_there_are() -> None:
    with pytest.raises(
        NotAssumable,
        match=r"no clock panel\.agency-report/school runs in this case; these do: panel\.agency-report, ",
    ):
        found("panel.agency_report/school=never")
    with pytest.raises(NotAssumable, match="none does"):
        found("panel.x=never", clocks=())
