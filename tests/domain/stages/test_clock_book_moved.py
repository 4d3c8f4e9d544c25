"""The book of clocks where a clock stands, runs on, gets another day, or counts backwards from an event."""

from datetime import UTC, date, datetime, timedelta

import pytest
from stage_world import CALENDAR, DAY, HOUR, T0

from domain.clocks.book import RAN_OUT, ClockBook, ClockNeed
from domain.clocks.explain import due_in_words, explain
from domain.clocks.rule import ClockRule, Direction, Rung, Source, Strength, Unit
from domain.clocks.stops import Stop
from domain.people import Role
from domain.record import ClockEntry, ClockStatus

TRIAL = "police and prosecution (trial-1)"


def rung(offset: int, unit: Unit, *, from_start: bool = False, repeats: int = 0) -> Rung:
    return Rung(
        to=Role.BOARD_CHAIR, offset=offset, unit=unit, from_start=from_start, repeats=repeats, letter="clock-reminder"
    )


def rule(rule_id: str, amount: int, unit: Unit, ladder: tuple[Rung, ...] = (), **more: object) -> ClockRule:
    given: dict[str, object] = {
        "id": rule_id,
        "title": f"The {rule_id}",
        "amount": amount,
        "unit": unit,
        "start_event": "the event",
        "strength": Strength.LOCAL,
        "source": Source(document="Test"),
        "ladder": ladder,
    }
    return ClockRule.model_validate(given | more)


REMINDED = (
    rung(0, Unit.WORKING_DAYS, from_start=True),
    rung(-10, Unit.WORKING_DAYS),
    rung(0, Unit.WORKING_DAYS),
    rung(5, Unit.WORKING_DAYS),
)
RULES = {
    each.id: each
    for each in (
        rule("review", 6, Unit.MONTHS, REMINDED, stops_with_review=True),
        rule("report", 10, Unit.WORKING_DAYS, REMINDED, stops_with_review=True),
        rule("hours", 24, Unit.CLOCK_HOURS, stops_with_review=True),
        rule("safety", 10, Unit.WORKING_DAYS, REMINDED),
        rule("milestone", 0, Unit.SET_DATE, REMINDED, stops_with_review=True),
        rule(
            "notice",
            7,
            Unit.WORKING_DAYS,
            (rung(-5, Unit.WORKING_DAYS), rung(0, Unit.WORKING_DAYS)),
            direction=Direction.BEFORE,
        ),
        rule("stopped-clock", 0, Unit.SET_DATE, (rung(1, Unit.MONTHS, from_start=True, repeats=36),)),
    )
}


def need(rule_id: str, **more: object) -> ClockNeed:
    return ClockNeed.model_validate({"rule": rule_id, "started_at": T0, "waiting_on": Role.LEAD_REVIEWER} | more)


def meet(book: ClockBook, at: datetime, *needs: ClockNeed) -> ClockBook:
    return book.reconciled(needs, RULES, CALENDAR, at)[0]


def opened(*needs: ClockNeed, at: datetime = T0) -> ClockBook:
    return meet(ClockBook(), at, *needs)


def only(book: ClockBook) -> ClockEntry:
    (entry,) = book.entries
    return entry


def climb(book: ClockBook, at: datetime) -> tuple[ClockBook, list[str]]:
    rungs = book.due_rungs(at)
    return book.marked(rungs, book.ran_out(at))[0], [each.key for each in rungs]


def day(text: str, hour: int = 12) -> datetime:
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=UTC)


def stop(since: datetime, until: datetime | None = None) -> Stop:
    return Stop(since=since, until=until, reason=TRIAL)


# A clock that stands


def test_while_a_clock_stands_nothing_of_it_is_due_and_it_does_not_run_out() -> None:
    book, _ = climb(opened(need("report")), T0)
    standing = meet(book, T0 + DAY, need("report", stops=[stop(T0 + DAY)]))
    assert only(standing).status is ClockStatus.STOPPED
    later = T0 + 400 * DAY
    assert (standing.due_rungs(later), standing.ran_out(later), standing.overdue(later)) == ((), (), ())
    assert (standing.next_instant(), standing.open) == (None, ())
    assert [entry.id for entry in standing.stopped] == ["report"]
    assert standing.escalation_level() == 0


def test_stopping_is_no_new_computation_and_running_on_is_one_that_says_why() -> None:
    begun = only(opened(need("report")))
    standing = meet(opened(need("report")), day("2026-02-10"), need("report", stops=[stop(day("2026-02-10"))]))
    assert (only(standing).computation, only(standing).deadline) == (1, begun.deadline)
    running = only(
        meet(standing, day("2026-03-10"), need("report", stops=[stop(day("2026-02-10"), day("2026-03-10"))]))
    )
    assert (running.computation, running.status) == (2, ClockStatus.OPEN)
    assert running.reason == (
        "the clock was stopped from Tuesday 10 February 2026 to Tuesday 10 March 2026; the time is given back"
    )
    # Ten working days from 5 February: 6 and 9 February, then eight from 10 March on.
    assert running.deadline.due_on == date(2026, 3, 19)


def test_after_a_stop_rungs_climbed_before_are_not_climbed_again_and_the_others_come_later() -> None:
    reminder = only(opened(need("review"))).rungs[1]
    book, keys = climb(opened(need("review")), reminder)
    assert keys == ["0", "1"]
    since, until = reminder + 2 * DAY, reminder + 100 * DAY
    standing = meet(book, since, need("review", stops=[stop(since)]))
    running = meet(standing, until, need("review", stops=[stop(since, until)]))
    assert only(running).climbed == ("0", "1")
    assert running.due_rungs(until) == ()
    assert [each.key for each in running.due_rungs(until + 60 * DAY)] == ["2", "3"]
    assert only(running).rungs[2] > only(book).rungs[2] + 90 * DAY


def test_a_reminder_not_yet_climbed_is_computed_anew_after_a_stop() -> None:
    book, _ = climb(opened(need("review")), T0)
    since, until = T0 + 30 * DAY, T0 + 60 * DAY
    running = meet(book, until, need("review", stops=[stop(since, until)]))
    assert only(running).rungs[1] >= only(book).rungs[1] + 25 * DAY
    assert [each.key for each in running.due_rungs(only(running).rungs[1])] == ["1"]


def test_rungs_climbed_before_it_was_known_that_the_clock_stood_come_again() -> None:
    """The stop is recorded with a day in the past, after the clock had seemed to run out."""
    due = only(opened(need("report"))).deadline.due_at
    book, keys = climb(opened(need("report")), due + DAY)
    assert keys == ["0", "2"]
    known = due + DAY
    standing = meet(book, known, need("report", stops=[stop(due - 3 * DAY)]))
    assert only(standing).status is ClockStatus.STOPPED
    running = meet(standing, known + DAY, need("report", stops=[stop(due - 3 * DAY, known + DAY)]))
    again, keys = climb(running, known + 60 * DAY)
    assert keys == ["1", "2", "3"], "the reminder had lain before the start"
    assert RAN_OUT in only(again).climbed


def test_a_clock_stops_and_runs_on_twice() -> None:
    first, second = (day("2026-03-02"), day("2026-03-12")), (day("2026-04-01"), day("2026-04-21"))
    book = opened(need("review"))
    for stops in ([stop(first[0])], [stop(*first)], [stop(*first), stop(second[0])], [stop(*first), stop(*second)]):
        book = meet(book, day("2026-04-22"), need("review", stops=stops))
    assert only(book).computation == 3
    assert only(book).deadline.due_on == date(2026, 8, 5) + timedelta(days=30)
    assert [each.since.date().day for each in only(book).stops] == [2, 1]


def test_a_stop_that_is_taken_back_gives_nothing_back() -> None:
    book = opened(need("review"))
    stopped = meet(book, day("2026-03-12"), need("review", stops=[stop(day("2026-03-02"), day("2026-03-12"))]))
    again = only(meet(stopped, day("2026-03-13"), need("review")))
    assert again.deadline == only(book).deadline
    assert (again.computation, again.reason) == (3, "the times at which the clock stood were corrected")


def test_a_stop_within_one_day_is_no_new_computation() -> None:
    once = stop(day("2026-03-02", 9), day("2026-03-02", 17))
    entry = only(meet(opened(need("review")), day("2026-03-03"), need("review", stops=[once])))
    assert (entry.computation, entry.status) == (1, ClockStatus.OPEN)


def test_a_clock_that_had_run_out_stays_overdue_when_the_review_is_stopped() -> None:
    book = opened(need("report"))
    due = only(book).deadline.due_at
    standing = meet(book, due + DAY, need("report", stops=[stop(due)]))
    assert only(standing).status is ClockStatus.OPEN
    assert standing.overdue(due + DAY) == standing.entries
    running = meet(standing, due + 30 * DAY, need("report", stops=[stop(due, due + 30 * DAY)]))
    assert (only(running).computation, only(running).deadline.due_at) == (1, due)


def test_a_clock_that_does_not_stop_with_the_review_runs_on() -> None:
    book = meet(opened(need("safety")), T0 + DAY, need("safety", stops=[stop(T0 + DAY)]))
    assert (only(book).status, only(book).stops) == (ClockStatus.OPEN, ())


def test_what_is_done_while_the_clock_stands_is_judged_as_if_it_ran_on_then() -> None:
    since = day("2026-02-10")
    standing = meet(opened(need("report")), since, need("report", stops=[stop(since)]))
    done = day("2026-06-01")
    met = only(meet(standing, done, need("report", stops=[stop(since)], satisfied_at=done)))
    assert (met.status, met.deadline.due_on) == (ClockStatus.MET, date(2026, 6, 10))
    after = meet(standing, done, need("report", stops=[stop(since)], satisfied_at=done))
    ended = meet(after, done + 9 * DAY, need("report", stops=[stop(since, done + 9 * DAY)], satisfied_at=done))
    assert only(ended) == met


def test_what_was_done_before_the_stop_is_judged_without_it() -> None:
    book = opened(need("report"))
    stops = [stop(day("2026-02-10"), day("2026-03-10"))]
    entry = only(meet(book, day("2026-03-11"), need("report", stops=stops, satisfied_at=day("2026-02-09"))))
    assert (entry.status, entry.computation) == (ClockStatus.MET, 1)


def test_a_standing_clock_that_is_needed_no_longer_is_withdrawn() -> None:
    standing = meet(opened(need("report")), T0 + DAY, need("report", stops=[stop(T0 + DAY)]))
    assert only(meet(standing, T0 + 2 * DAY)).status is ClockStatus.WITHDRAWN


def test_a_clock_that_begins_while_the_review_stands_begins_stopped() -> None:
    book = opened(need("report", stops=[stop(T0 - 10 * DAY)]))
    assert only(book).status is ClockStatus.STOPPED
    assert due_in_words(only(book)).endswith("; 0 working days used, 10 working days left")


@pytest.mark.parametrize(
    ("rule_id", "since", "words"),
    [
        ("report", day("2026-02-10"), "2 working days used, 8 working days left"),
        ("report", day("2026-02-06"), "0 working days used, 10 working days left"),
        ("hours", T0 + 5 * HOUR, "5 clock hours used, 19 clock hours left"),
        (
            "review",
            day("2026-02-16"),
            "10 days used, 171 days left until Wednesday 5 August 2026, when it was due",
        ),
    ],
)
def test_a_stopped_clock_says_since_when_and_what_is_used_and_left(rule_id: str, since: datetime, words: str) -> None:
    entry = only(meet(opened(need(rule_id)), since, need(rule_id, stops=[stop(since)])))
    assert due_in_words(entry) == f"stopped since {since:%A} {since.day} February 2026; {words}"
    assert "Status:    stopped" in explain(entry)
    assert f"and it still stands: {TRIAL}" in explain(entry)
    assert "overdue" not in explain(entry)


def test_a_stopped_set_date_says_what_is_left_of_it() -> None:
    set_day = {"due_on": date(2026, 2, 28), "why": "set in the terms of reference"}
    since = day("2026-02-10")
    entry = only(meet(opened(need("milestone", **set_day)), since, need("milestone", **set_day, stops=[stop(since)])))
    assert due_in_words(entry) == (
        "stopped since Tuesday 10 February 2026; 5 days used, 19 days left"
        " until Saturday 28 February 2026, when it was due"
    )


def test_a_stop_survives_the_record() -> None:
    stops = [stop(day("2026-02-10"))]
    book = meet(opened(need("report")), day("2026-02-10"), need("report", stops=stops))
    again = ClockBook.model_validate_json(book.model_dump_json())
    assert again == book
    assert meet(again, day("2026-02-11"), need("report", stops=stops)) == again


def test_an_entry_recorded_before_clocks_could_stop_is_read() -> None:
    old = only(opened(need("report"))).model_dump(
        mode="json", exclude={"stops", "due_on", "set_at", "opened_at", "agency"}
    )
    assert ClockEntry.model_validate(old) == only(opened(need("report")))


# Set days


def test_an_extension_is_a_new_computation_with_its_reason_and_the_first_is_kept() -> None:
    book, _ = climb(opened(need("review")), only(opened(need("review"))).rungs[1])
    extended = need("review", due_on=date(2026, 12, 1), why="the board chair extended the time for the review")
    entry = only(meet(book, day("2026-07-25"), extended))
    assert (entry.computation, entry.reason) == (2, "the board chair extended the time for the review")
    assert entry.deadline.due_on == date(2026, 12, 1)
    assert entry.climbed == ("0",), "the reminder is possible again"
    text = explain(entry)
    assert "Counted:   to a day that was set; the clock began when the event," in text
    assert "Note: The day was set to Tuesday 1 December 2026: the board chair extended the time for the review." in text
    back = only(meet(meet(book, day("2026-07-25"), extended), day("2026-07-26"), need("review")))
    assert (back.computation, back.deadline) == (3, only(book).deadline)


def test_an_overdue_clock_that_is_extended_runs_out_anew() -> None:
    book, _ = climb(opened(need("review")), day("2026-09-30"))
    extended = meet(book, day("2026-10-01"), need("review", due_on=date(2026, 12, 1), why="extended"))
    assert extended.overdue(day("2026-10-02")) == ()
    assert [each.key for each in extended.due_rungs(day("2026-12-31"))] == ["1", "2", "3"]
    assert extended.ran_out(day("2026-12-31")) == extended.entries


def test_a_day_that_is_moved_nearer_repeats_no_reminder() -> None:
    far, near = need("milestone", due_on=date(2026, 6, 1)), need("milestone", due_on=date(2026, 5, 20))
    book, keys = climb(opened(far), day("2026-05-18"))
    assert keys == ["0", "1"]
    nearer = meet(book, day("2026-05-18"), near)
    assert [each.key for each in nearer.due_rungs(day("2026-06-30"))] == ["2", "3"]


def test_another_reason_for_the_same_day_is_no_new_computation() -> None:
    book = opened(need("milestone", due_on=date(2026, 6, 1), why="set in version 1 of the terms of reference"))
    again = meet(book, T0 + DAY, need("milestone", due_on=date(2026, 6, 1), why="set in version 2"))
    assert again == book


def test_a_stop_before_the_day_was_set_does_not_move_it_and_one_after_does() -> None:
    """The chair extends to 1 December knowing that the clock stood in spring: 1 December is meant."""
    spring, autumn = stop(day("2026-03-02"), day("2026-03-12")), stop(day("2026-09-01"), day("2026-09-11"))
    book = opened(need("review"))
    extended = meet(book, day("2026-07-01"), need("review", due_on=date(2026, 12, 1), stops=[spring]))
    assert only(extended).deadline.due_on == date(2026, 12, 1)
    both = meet(extended, day("2026-09-11"), need("review", due_on=date(2026, 12, 1), stops=[spring, autumn]))
    assert only(both).deadline.due_on == date(2026, 12, 11)


# Counting backwards from an event

PUBLISHED = day("2026-06-30", 9)


def test_reminders_before_the_event_are_climbed_from_when_the_clock_was_opened() -> None:
    notice = need("notice", started_at=PUBLISHED, opened_at=day("2026-05-01"))
    book = opened(notice, at=day("2026-05-01"))
    assert only(book).deadline.due_on == date(2026, 6, 19)
    assert [each.key for each in book.due_rungs(PUBLISHED)] == ["0", "1"]
    late = opened(need("notice", started_at=PUBLISHED, opened_at=day("2026-06-15")), at=day("2026-06-15"))
    assert [each.key for each in late.due_rungs(PUBLISHED)] == ["1"], "the reminder of 12 June lies before the opening"


def test_a_clock_that_counts_backwards_has_its_rungs_even_where_nobody_says_when_it_was_opened() -> None:
    book = opened(need("notice", started_at=PUBLISHED), at=day("2026-05-01"))
    assert [each.key for each in book.due_rungs(PUBLISHED)] == ["0", "1"]


def test_a_notice_is_in_time_before_its_due_instant_though_the_event_is_to_come() -> None:
    due = only(opened(need("notice", started_at=PUBLISHED))).deadline.due_at
    for satisfied_at, status in ((due - HOUR, ClockStatus.MET), (due, ClockStatus.LATE)):
        assert only(opened(need("notice", started_at=PUBLISHED, satisfied_at=satisfied_at))).status is status


def test_an_event_that_is_put_off_makes_its_reminders_possible_again() -> None:
    book, keys = climb(opened(need("notice", started_at=PUBLISHED)), day("2026-06-22"))
    assert keys == ["0", "1"]
    put_off = meet(book, day("2026-06-22"), need("notice", started_at=PUBLISHED + 60 * DAY, why="the day was moved"))
    assert (only(put_off).computation, only(put_off).reason) == (2, "the day was moved")
    assert put_off.ran_out(day("2026-06-23")) == ()
    assert [each.key for each in put_off.due_rungs(PUBLISHED + 60 * DAY)] == ["0", "1"]


def test_an_event_that_is_brought_forward_is_late_at_once_and_repeats_nothing() -> None:
    book, keys = climb(opened(need("notice", started_at=PUBLISHED)), day("2026-06-15"))
    assert keys == ["0"]
    sooner = meet(book, day("2026-06-15"), need("notice", started_at=PUBLISHED - 10 * DAY))
    assert only(sooner).reason == "the start event was corrected"
    assert [each.key for each in sooner.due_rungs(day("2026-06-15"))] == ["1"]
    assert sooner.ran_out(day("2026-06-15")) == sooner.entries


# Rungs that repeat


def test_a_rung_that_repeats_is_read_as_so_many_rungs_and_reading_them_again_changes_nothing() -> None:
    monthly = RULES["stopped-clock"]
    assert [each.offset for each in monthly.ladder] == list(range(1, 37))
    assert {each.repeats for each in monthly.ladder} == {0}
    assert ClockRule.model_validate_json(monthly.model_dump_json()) == monthly


@pytest.mark.parametrize(
    "wrong", [{"unit": "months", "offset": 0, "repeats": 3}, {"unit": "set date"}, {"repeats": -1, "offset": 1}]
)
def test_a_rung_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"rung|greater than"):
        Rung.model_validate({"to": "board-chair", "letter": "clock-reminder"} | wrong)


def test_a_stopped_clock_reports_itself_each_month_and_nothing_else_of_the_review_is_due() -> None:
    stops = [stop(T0)]
    review = need("review", started_at=T0 - DAY, stops=stops)
    reporting = need("stopped-clock", item="trial-1", due_on=date(2026, 12, 1), stops=stops)
    book, _ = climb(opened(need("review", started_at=T0 - DAY), at=T0 - DAY), T0 - DAY)
    book = meet(book, T0, review, reporting)
    reports: list[tuple[str, str]] = []
    while (coming := book.next_instant()) is not None and coming[0] < day("2026-08-01"):
        rungs = book.due_rungs(coming[0])
        reports += [(each.clock, each.at.date().isoformat()) for each in rungs]
        book, _ = book.marked(rungs, book.ran_out(coming[0]))
    assert reports == [("stopped-clock/trial-1", f"2026-0{month}-05") for month in range(3, 8)]
