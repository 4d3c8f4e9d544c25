"""The explanation of a date: everything a challenged date is defended with, in words."""

from datetime import datetime, timedelta

import pytest

from activities.calendar import build_calendar
from activities.regimes import read_regime
from domain.clocks.arithmetic import compute, rung_instants
from domain.clocks.calendar import CalendarRequest, day_in_words
from domain.clocks.explain import explain, in_words
from domain.clocks.rule import ClockRule, Unit
from domain.record import ClockEntry, ClockStatus

ENGLAND = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2032))
REGIME = read_regime("england-scr")


def entry(clock: str, start: str) -> ClockEntry:
    rule = REGIME.rule(clock)
    started_at = datetime.fromisoformat(start)
    set_on = (started_at + timedelta(days=60)).date() if rule.unit is Unit.SET_DATE else None
    deadline = compute(rule, started_at, ENGLAND, due_on=set_on)
    return ClockEntry(rule=rule, deadline=deadline, rungs=rung_instants(rule, deadline, ENGLAND))


def test_due_in_words_names_the_end_of_the_day_or_the_time_for_hours() -> None:
    assert in_words(entry("review-decision", "2026-03-13T10:15:00+00:00").deadline) == (
        "by the end of Monday 13 April 2026"
    )
    assert in_words(entry("safety-decision", "2026-03-13T06:15:00+00:00").deadline) == (
        "by 10:15 on Friday 13 March 2026"
    )
    assert in_words(entry("safety-decision", "2026-06-12T22:15:00+00:00").deadline) == (
        "by 03:15 on Saturday 13 June 2026"
    )


def test_a_whole_explanation_reads_like_this() -> None:
    assert explain(entry("incident-notification", "2026-04-01T15:30:00+00:00")) == "\n".join(
        [
            "Notification of the incident",
            "Due by the end of Friday 10 April 2026.",
            "",
            "Counted:   5 working days after the authority became aware of the incident,",
            "           which was at 16:30 on Wednesday 1 April 2026.",
            "Strength:  guidance (depart from it only for a recorded reason)",
            "Source:    Working Together to Safeguard Children (2015), notifiable incidents, as the procedures of the"
            " Warrington and Newcastle boards state it",
            f"Calendar:  {ENGLAND.version}",
            "Status:    open",
            "",
            "How it was counted:",
            "  Wednesday 1 April 2026        skipped   the day of the event is not counted",
            "  Thursday 2 April 2026         day 1     working day",
            "  Friday 3 April 2026           skipped   Good Friday",
            "  Saturday 4 April 2026         skipped   Saturday",
            "  Sunday 5 April 2026           skipped   Sunday",
            "  Monday 6 April 2026           skipped   Easter Monday",
            "  Tuesday 7 April 2026          day 2     working day",
            "  Wednesday 8 April 2026        day 3     working day",
            "  Thursday 9 April 2026         day 4     working day",
            "  Friday 10 April 2026          day 5     working day",
            "Result: due by the end of Friday 10 April 2026.",
        ]
    )


@pytest.mark.parametrize("rule", REGIME.clock, ids=lambda rule: rule.id)
def test_every_clock_of_the_regime_explains_each_day_and_its_source(rule: ClockRule) -> None:
    told = entry(rule.id, "2026-03-28T10:15:00+00:00")
    text = explain(told)
    for day in told.deadline.working:
        assert f"  {day_in_words(day.on)}  " in text
        assert day.why in text
    assert str(rule.source) in text
    assert rule.start_event in text
    assert rule.title in text
    assert ENGLAND.version in text
    assert ("to be confirmed by the board" in text) is rule.source.confirm
    assert f"Result: due {in_words(told.deadline)}." in text
    assert told.deadline.note in text


def test_a_month_says_that_days_within_it_all_count() -> None:
    text = explain(entry("review-decision", "2026-01-31T10:15:00+00:00"))
    assert "1 month after the board was told of the incident" in text
    assert "month 1 ends: last day of a shorter month" in text
    assert text.count("calendar day") > 25, "each day of the month is listed"
    assert "That month has no day 31: its last day stands in." in text
    assert "The last day is no working day (Saturday); the date is not moved." in text


def test_hours_mention_a_change_of_civil_time() -> None:
    text = explain(entry("strategy-discussion", "2026-10-24T10:15:00+01:00"))
    assert "by 09:15 on Sunday 25 October 2026" in text
    assert "The clocks go back by 60 minutes on Sunday 25 October 2026" in text
    spring = explain(entry("strategy-discussion", "2026-03-28T10:15:00+00:00"))
    assert "The clocks go forward by 60 minutes on Sunday 29 March 2026" in spring


def test_status_tells_whether_it_was_met_late_or_withdrawn() -> None:
    told = entry("safety-decision", "2026-06-12T08:00:00+00:00")

    def as_(status: ClockStatus, hours: int) -> str:
        at = told.deadline.due_at + timedelta(hours=hours)
        return explain(told.model_copy(update={"status": status, "satisfied_at": at}))

    assert "Status:    met at 12:00 on Friday 12 June 2026" in as_(ClockStatus.MET, -1)
    assert "Status:    late: satisfied at 14:00 on Friday 12 June 2026" in as_(ClockStatus.LATE, 1)
    assert "Status:    withdrawn" in as_(ClockStatus.WITHDRAWN, 1)


def test_a_moment_whose_civil_time_is_not_known_is_marked_as_utc() -> None:
    """The record keeps instants in UTC; the deadline tells the civil offset only between its start and its end."""
    told = entry("safety-decision", "2026-06-12T08:00:00+00:00")

    def satisfied(at: str) -> str:
        update = {"status": ClockStatus.MET, "satisfied_at": datetime.fromisoformat(at)}
        return explain(told.model_copy(update=update))

    assert "met at 10:30 on Friday 12 June 2026\n" in satisfied("2026-06-12T09:30:00+00:00")
    assert "met at 12:30 on Friday 12 June 2026 UTC\n" in satisfied("2026-06-12T12:30:00+00:00")


def test_a_computation_that_replaced_another_gives_its_reason_and_item() -> None:
    again = entry("agency-first-summary", "2026-03-02T10:00:00+00:00").model_copy(
        update={"computation": 2, "reason": "the start event was corrected", "item": "north-hospital"}
    )
    text = explain(again)
    assert text.startswith("First summary of the agency (north-hospital)\n")
    assert "Computed:  2 times; earlier results stay in the record: the start event was corrected" in text
