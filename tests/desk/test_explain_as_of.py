"""What was believed of a clock at an earlier date, and why it is different now."""

import json
from datetime import datetime

import pytest
from kept_clocks import CASE, Kept, rule
from learning_records import on
from sqlalchemy import update

from desk.clocks_believed import AsOf
from desk.explaining import explanations
from domain.clocks.rule import Unit
from domain.clocks.stops import Stop
from domain.record import ClockStatus, Recording
from records import queries
from records.queries import NotFound
from records.store import Record
from records.tables import DeadlineRow

TEN = rule("ten-days", 10, Unit.WORKING_DAYS, stops_with_review=True)
NOW = on("2026-06-30")


def as_of(text: str) -> AsOf:
    return AsOf.read(text, NOW)


@pytest.fixture
def corrected(sqlite_record: Record) -> Kept:
    """Begun on 27 April; on 5 May it was told that it had begun on 24 April."""
    kept = Kept(sqlite_record, TEN)
    kept.needed(on("2026-04-27"), "ten-days")
    kept.needed(
        on("2026-05-05"), "ten-days", started_at=on("2026-04-24"), why="the day of becoming aware was corrected"
    )
    return kept


def test_start_corrected_later_is_as_it_was_believed_before_the_correction(corrected: Kept) -> None:
    [then] = explanations(corrected.told.record, CASE, "ten-days", as_of("2026-05-03"))
    assert then.entry.computation == 1
    assert then.text.startswith(
        "As believed at the end of Sunday 3 May 2026; computed at 10:00 on Monday 27 April 2026."
    )
    assert "Due by the end of Tuesday 12 May 2026." in then.text
    [now] = [each for each in explanations(corrected.told.record, CASE, "ten-days") if each.current]
    assert "Due by the end of Monday 11 May 2026." in now.text
    assert "Then and now" not in now.text


def test_text_ends_with_both_dates_and_the_recorded_reason_where_the_clock_moved(corrected: Kept) -> None:
    [then] = explanations(corrected.told.record, CASE, "ten-days", as_of("2026-05-03"))
    assert then.text.partition("Then and now")[2].splitlines() == [
        "",
        "  Then, at the end of Sunday 3 May 2026: due by the end of Tuesday 12 May 2026.",
        "  Now: due by the end of Monday 11 May 2026.",
        "  Computed again at 10:00 on Tuesday 5 May 2026, due by the end of Monday 11 May 2026:"
        " the day of becoming aware was corrected.",
    ]


def test_from_the_correction_on_the_corrected_date_is_believed(corrected: Kept) -> None:
    [before] = explanations(corrected.told.record, CASE, "ten-days", as_of("2026-05-05T09:59"))
    [at] = explanations(corrected.told.record, CASE, "ten-days", as_of("2026-05-05T10:00"))
    assert (before.entry.computation, at.entry.computation) == (1, 2)
    assert (before.current, at.current) == (False, True)
    assert "Then and now" not in at.text


def test_json_has_the_later_computations_and_what_holds_now(corrected: Kept) -> None:
    [then] = explanations(corrected.told.record, CASE, "ten-days", as_of("2026-05-03"))
    data = json.loads(then.model_dump_json())
    assert [(each["computation"], each["reason"]) for each in data["later"]] == [
        (2, "the day of becoming aware was corrected")
    ]
    assert data["now"]["deadline"]["due_on"] == "2026-05-11"
    assert data["computed_at_told"] is True


def test_stop_told_with_hindsight_is_not_believed_before_it_was_told(sqlite_record: Record) -> None:
    kept = Kept(sqlite_record, TEN)
    kept.needed(on("2026-04-27"), "ten-days")
    stop = Stop(since=on("2026-04-29"), reason="the court asked for it")
    kept.needed(on("2026-05-06"), "ten-days", stops=(stop,))
    kept.needed(on("2026-05-11"), "ten-days", stops=(stop.model_copy(update={"until": on("2026-05-11")}),))
    [before] = explanations(sqlite_record, CASE, "ten-days", as_of("2026-05-05"))
    assert (before.entry.status, before.entry.stops) == (ClockStatus.OPEN, ())
    assert "stopped since" not in before.text
    [standing] = explanations(sqlite_record, CASE, "ten-days", as_of("2026-05-06"))
    assert standing.entry.status is ClockStatus.STOPPED
    assert "Stopped since Wednesday 29 April 2026; 1 working day used, 9 working days left." in standing.text
    assert "Now: due by the end of Thursday 21 May 2026." in standing.text
    [after] = explanations(sqlite_record, CASE, "ten-days", as_of("2026-05-11"))
    assert "Then and now" not in after.text


def test_what_was_met_later_still_ran_then(sqlite_record: Record) -> None:
    kept = Kept(sqlite_record, TEN)
    kept.needed(on("2026-04-27"), "ten-days")
    kept.needed(on("2026-05-06"), "ten-days", satisfied_at=on("2026-04-30"))
    [then] = explanations(sqlite_record, CASE, "ten-days", as_of("2026-05-03"))
    assert "Status:    open" in then.text
    [later] = explanations(sqlite_record, CASE, "ten-days", as_of("2026-05-06"))
    assert "Status:    met at 10:00 on Thursday 30 April 2026" in later.text


def test_clock_that_began_later_is_refused_with_when_it_began(corrected: Kept) -> None:
    with pytest.raises(NotFound, match="had no clock ten-days at the end of Sunday 26 April 2026; the first was"):
        explanations(corrected.told.record, CASE, "ten-days", as_of("2026-04-26"))


@pytest.mark.parametrize("text", ["2026-07-01", "2026-06-30T10:01", "yesterday", "2026-02-30"])
def test_date_to_come_and_no_date_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is (still to come|no time)"):
        as_of(text)


def test_today_is_a_date_of_which_something_is_known() -> None:
    assert as_of("2026-06-30").words == "at the end of Tuesday 30 June 2026"
    assert as_of("2026-05-03").at.isoformat() == "2026-05-03T23:59:59.999999+01:00"


def test_record_of_an_earlier_version_says_that_it_does_not_know_when(corrected: Kept) -> None:
    record = corrected.told.record
    with record.writing() as session:
        session.execute(update(DeadlineRow).values(history=None))
    [then] = explanations(record, CASE, "ten-days", as_of("2026-05-03"))
    assert "at a time that the record of then did not keep" in then.text
    assert then.computed_at_told is False


def test_change_after_an_earlier_version_keeps_what_was_known(sqlite_record: Record) -> None:
    kept = Kept(sqlite_record, TEN)
    kept.needed(on("2026-04-27"), "ten-days")
    with sqlite_record.writing() as session:
        session.execute(update(DeadlineRow).values(history=None))
    kept.needed(on("2026-05-06"), "ten-days", satisfied_at=on("2026-05-06"))
    [clock] = queries.clocks(sqlite_record, CASE)
    assert [(step.sequence, step.at, step.status) for step in clock.history] == [
        (1, None, ClockStatus.OPEN),
        (2, on("2026-05-06"), ClockStatus.MET),
    ]
    [then] = explanations(sqlite_record, CASE, "ten-days", as_of("2026-05-03"))
    assert then.entry.status is ClockStatus.OPEN


def test_climbed_rungs_are_no_steps_of_a_clock(corrected: Kept) -> None:
    record = corrected.told.record
    entry = corrected.book.entries[0].model_copy(update={"climbed": ("0",)})
    corrected.told.moved(on("2026-05-08"), "a rung", stage="decision/1", clocks=(entry,))
    assert [len(each.history) for each in queries.clocks(record, CASE)] == [1, 1]


def test_step_of_a_transition_that_came_again_otherwise_is_taken_back(sqlite_record: Record) -> None:
    kept = Kept(sqlite_record, TEN)
    kept.needed(on("2026-04-27"), "ten-days")
    kept.needed(on("2026-05-06"), "ten-days", satisfied_at=on("2026-05-06"))
    sqlite_record.write(_again(on("2026-05-06", 11)))
    [clock] = queries.clocks(sqlite_record, CASE)
    assert [step.status for step in clock.history] == [ClockStatus.OPEN]
    assert clock.entry.status is ClockStatus.OPEN


def _again(at: datetime) -> Recording:
    """The second transition, without what it did to the clock."""
    return Recording(case=CASE, stage=CASE.stage_id("decision/1"), sequence=2, at=at, stage_title="it goes on")
