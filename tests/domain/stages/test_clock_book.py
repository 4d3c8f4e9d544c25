"""The book of clocks: opened, met or late, computed again, reopened, withdrawn; ladders climbed rung by rung, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from stage_world import CALENDAR, DAY, HOUR, REGIME, T0

from domain.clocks.book import RAN_OUT, ClockBook, ClockNeed
from domain.clocks.rule import ClockRule, Rung, Unit
from domain.people import Role
from domain.record import ClockEntry, ClockStatus

RULES = {rule.id: rule for rule in REGIME.clock}
STARTS = [T0, datetime.fromisoformat("2026-03-28T23:30:00+00:00"), datetime.fromisoformat("2026-12-24T17:00:00+00:00")]
"""A winter's morning, the night in which the clocks go forward, and Christmas Eve."""


def need(
    rule: str = "strategy-discussion",
    started_at: datetime = T0,
    satisfied_at: datetime | None = None,
    item: str | None = None,
) -> ClockNeed:
    to_set_day = rule in RULES and RULES[rule].unit is Unit.SET_DATE
    return ClockNeed(
        rule=rule,
        item=item,
        started_at=started_at,
        satisfied_at=satisfied_at,
        waiting_on=Role.DUTY_MANAGER,
        due_on=(started_at + 60 * DAY).date() if to_set_day else None,
    )


def meet(book: ClockBook, *needs: ClockNeed) -> tuple[ClockBook, tuple[ClockEntry, ...]]:
    return book.reconciled(needs, RULES, CALENDAR, T0)


def opened(*needs: ClockNeed) -> ClockBook:
    return meet(ClockBook(), *(needs or (need(),)))[0]


def only(book: ClockBook) -> ClockEntry:
    (entry,) = book.entries
    return entry


def climb(book: ClockBook, at: datetime) -> tuple[ClockBook, list[str]]:
    """Climb what is due and mark what ran out, for a book with one clock."""
    keys = [rung.key for rung in book.due_rungs(at)]
    marks = (*keys, *(RAN_OUT for _ in book.ran_out(at)))
    entry = only(book)
    return book.replaced((entry.model_copy(update={"climbed": (*entry.climbed, *marks)}),)), keys


def walk(book: ClockBook) -> tuple[ClockBook, list[tuple[datetime, list[str]]]]:
    """Go from instant to instant until nothing is to come."""
    steps: list[tuple[datetime, list[str]]] = []
    while (coming := book.next_instant()) is not None:
        assert len(steps) < 50, "an instant that never passes"
        book, keys = climb(book, coming[0])
        steps.append((coming[0], keys))
    return book, steps


def expected_keys(entry: ClockEntry) -> set[str]:
    """Every rung from the start of the clock on, and the repetitions of those to be acknowledged."""
    keys: set[str] = set()
    for number, rung in enumerate(entry.rule.ladder):
        if entry.rungs[number] >= (entry.opened_at or entry.deadline.started_at):
            keys.add(str(number))
            if rung.acknowledge:
                keys |= {f"{number}.{time}" for time in range(1, entry.rule.repeat_times + 1)}
    return keys


def acknowledged(book: ClockBook, *keys: str) -> ClockBook:
    entry = only(book)
    return book.replaced((entry.model_copy(update={"acknowledged": keys}),))


def with_rung(rule: ClockRule, rung: Rung) -> ClockRule:
    return rule.model_copy(update={"ladder": (rung,)})


@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.date().isoformat())
@pytest.mark.parametrize("rule", REGIME.clock, ids=lambda rule: rule.id)
def test_walking_from_instant_to_instant_climbs_each_rung_of_each_clock_once_in_order(
    rule: ClockRule, start: datetime
) -> None:
    book, steps = walk(opened(need(rule.id, start)))
    keys = [key for _, climbed in steps for key in climbed]
    assert len(keys) == len(set(keys))
    assert set(keys) == expected_keys(only(book))
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(steps))
    numbers = [int(key) for key in keys if "." not in key]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("rule", REGIME.clock, ids=lambda rule: rule.id)
def test_after_a_long_sleep_everything_is_climbed_in_one_step_in_the_same_order(rule: ClockRule) -> None:
    awake = [key for _, climbed in walk(opened(need(rule.id)))[1] for key in climbed]
    book, keys = climb(opened(need(rule.id)), T0 + 2000 * DAY)
    assert keys == awake
    assert book.next_instant() is None


@pytest.mark.parametrize("rule", [r for r in REGIME.clock if r.ladder], ids=lambda rule: rule.id)
def test_each_rung_is_climbed_at_exactly_its_instant(rule: ClockRule) -> None:
    book = opened(need(rule.id))
    instants = dict(enumerate(only(book).rungs))
    for at, keys in walk(book)[1]:
        assert all(instants[int(key)] == at for key in keys if "." not in key)


def test_what_is_asked_again_and_again_is_worked_out_once_and_anew_for_a_changed_book() -> None:
    book = opened()
    asked = book.next_instant()
    assert book.open is book.open and book.next_instant() is asked
    assert book == ClockBook(entries=book.entries) and book.model_dump() == {"entries": book.model_dump()["entries"]}
    entry = only(book).model_copy(update={"status": ClockStatus.WITHDRAWN})
    changed = book.replaced([entry])
    assert (changed.open, changed.next_instant(), changed.get(entry.id)) == ((), None, entry)
    assert (book.next_instant(), len(book.open)) == (asked, 1)


def test_a_rung_is_not_due_before_its_instant() -> None:
    book = opened()
    due = only(book).rungs[1]
    assert [rung.key for rung in book.due_rungs(due - timedelta(microseconds=1))] == ["0"]
    assert [rung.key for rung in book.due_rungs(due)] == ["0", "1"]


def test_a_reminder_that_lies_before_the_start_is_never_climbed() -> None:
    """Ten working days before the end of a month's clock may lie before a start over Christmas; here a short clock."""
    early = REGIME.rule("agency-records-secured").ladder[1].model_copy(update={"offset": -3, "acknowledge": True})
    rules = {"x": with_rung(RULES["agency-records-secured"], early).model_copy(update={"id": "x"})}
    book, _ = ClockBook().reconciled([need("x")], rules, CALENDAR, T0)
    assert only(book).rungs[0] < T0
    assert book.due_rungs(T0 + 400 * DAY) == ()
    assert [keys for _, keys in walk(book)[1]] == [[]]


def test_an_unacknowledged_rung_is_repeated_each_day_and_not_for_ever() -> None:
    book, steps = walk(opened())
    last = only(book).rungs[4]
    assert [(at - last, keys) for at, keys in steps if at > last] == [
        (timedelta(days=n), [f"4.{n}"]) for n in (1, 2, 3)
    ]
    assert only(book).status is ClockStatus.OPEN


def test_an_acknowledged_rung_is_not_repeated() -> None:
    book, _ = climb(opened(), T0 + 48 * HOUR)
    assert only(book).climbed[-2:] == ("4", RAN_OUT)
    seen = acknowledged(book, "4")
    assert seen.next_instant() is None
    assert seen.due_rungs(T0 + 400 * DAY) == ()


def test_an_acknowledgement_between_repetitions_stops_the_rest() -> None:
    book, _ = climb(opened(), T0 + 72 * HOUR)
    assert "4.1" in only(book).climbed
    assert acknowledged(book, "4").next_instant() is None


@pytest.mark.parametrize("rule", REGIME.clock, ids=lambda rule: rule.id)
def test_met_until_just_before_the_due_instant_and_late_from_it_on(rule: ClockRule) -> None:
    due = only(opened(need(rule.id))).deadline.due_at
    statuses = [
        only(opened(need(rule.id, satisfied_at=due + step))).status
        for step in (-timedelta(microseconds=1), timedelta(), timedelta(days=900))
    ]
    assert statuses == [ClockStatus.MET, ClockStatus.LATE, ClockStatus.LATE]


def test_overdue_and_ran_out_from_the_due_instant_on() -> None:
    book = opened()
    due = only(book).deadline.due_at
    just_before = due - timedelta(microseconds=1)
    assert (book.overdue(just_before), book.ran_out(just_before)) == ((), ())
    assert (book.overdue(due), book.ran_out(due)) == (book.entries, book.entries)


def test_running_out_is_recorded_once_and_the_clock_stays_open() -> None:
    book, _ = climb(opened(), T0 + 25 * HOUR)
    assert book.ran_out(T0 + 400 * DAY) == ()
    assert book.overdue(T0 + 25 * HOUR) == book.entries


def test_a_stopped_clock_climbs_nothing_more() -> None:
    book, _ = climb(opened(), T0 + 25 * HOUR)
    stopped, _ = meet(book, need(satisfied_at=T0 + 26 * HOUR))
    assert only(stopped).status is ClockStatus.LATE
    assert stopped.due_rungs(T0 + 400 * DAY) == ()
    assert stopped.next_instant() is None
    assert stopped.ran_out(T0 + 400 * DAY) == ()


def test_meeting_the_same_needs_again_changes_nothing() -> None:
    book = opened()
    again, changed = meet(book, need())
    assert (again, changed) == (book, ())


def test_the_same_instant_in_another_offset_is_no_correction() -> None:
    again, changed = meet(opened(), need(started_at=datetime.fromisoformat("2026-02-05T12:30:00+02:00")))
    assert changed == ()
    assert only(again).computation == 1


def test_a_clock_that_is_needed_no_longer_is_withdrawn_and_one_that_stopped_stays_as_it_stopped() -> None:
    book = opened(need(item="S1"), need(item="S2", satisfied_at=T0))
    after, changed = meet(book)
    assert [(entry.item, entry.status) for entry in after.entries] == [
        ("S1", ClockStatus.WITHDRAWN),
        ("S2", ClockStatus.MET),
    ]
    assert [entry.item for entry in changed] == ["S1"]
    assert after.next_instant() is None
    assert meet(after) == (after, ())


def test_a_withdrawn_clock_that_is_needed_again_runs_on_with_its_first_deadline() -> None:
    book = opened()
    withdrawn, _ = meet(book)
    again, changed = meet(withdrawn, need())
    assert only(again) == only(book)
    assert changed == again.entries


def test_a_reopened_clock_keeps_its_deadline_and_climbs_only_what_it_had_not_climbed() -> None:
    book, _ = climb(opened(), T0 + 25 * HOUR)
    met, _ = meet(book, need(satisfied_at=T0))
    again, _ = meet(met, need())
    assert only(again).status is ClockStatus.OPEN
    assert only(again).satisfied_at is None
    assert only(again).deadline == only(book).deadline
    assert [rung.key for rung in again.due_rungs(T0 + 30 * HOUR)] == ["2"]


def test_a_corrected_start_is_a_second_computation_that_says_why() -> None:
    corrected, changed = meet(opened(), need(started_at=T0 + 5 * HOUR))
    entry = only(corrected)
    assert changed == (entry,)
    assert (entry.computation, entry.reason) == (2, "the start event was corrected")
    assert entry.deadline.due_at == T0 + 29 * HOUR
    assert entry.rungs[1] == T0 + 29 * HOUR


def test_after_a_correction_rungs_already_climbed_are_not_climbed_again_and_the_clock_may_run_out_anew() -> None:
    book, keys = climb(opened(), T0 + 25 * HOUR)
    assert keys == ["0", "1"]
    corrected, _ = meet(book, need(started_at=T0 + 10 * HOUR))
    assert corrected.ran_out(T0 + 26 * HOUR) == ()
    steps = walk(corrected)[1]
    assert (T0 + 34 * HOUR, []) in steps
    assert [key for _, climbed in steps for key in climbed][:2] == ["2", "3"]


def test_a_correction_of_a_stopped_clock_may_turn_met_into_late_and_back() -> None:
    satisfied = T0 + 25 * HOUR
    late, _ = meet(opened(), need(satisfied_at=satisfied))
    met, _ = meet(late, need(started_at=T0 + 2 * HOUR, satisfied_at=satisfied))
    again, _ = meet(met, need(satisfied_at=satisfied))
    assert [only(book).status for book in (late, met, again)] == [ClockStatus.LATE, ClockStatus.MET, ClockStatus.LATE]
    assert only(again).computation == 3


def test_a_rule_that_changed_since_does_not_move_a_clock_that_runs() -> None:
    longer = {**RULES, "strategy-discussion": RULES["strategy-discussion"].model_copy(update={"amount": 99})}
    book, changed = opened().reconciled([need()], longer, CALENDAR, T0)
    assert changed == ()
    assert only(book).deadline.amount == 24


def test_open_clocks_come_earliest_first() -> None:
    needs = [need(item="late", started_at=T0 + HOUR), need(item="early")]
    assert [entry.item for entry in opened(*needs).open] == ["early", "late"]


def test_rungs_of_several_clocks_come_in_order_of_their_instants() -> None:
    book = opened(*(need(item=key, started_at=T0 + n * HOUR) for n, key in enumerate(("a", "b", "c"))))
    due: Sequence[datetime] = [rung.at for rung in book.due_rungs(T0 + 73 * HOUR)]
    assert list(due) == sorted(due)
    assert len(due) == 3 * 5 + 2  # each ladder, and the first repetitions of a's and b's last rungs


def test_the_escalation_level_counts_rungs_after_the_due_instant_on_the_worst_clock() -> None:
    levels = [climb(opened(), T0 + hours * HOUR)[0].escalation_level() for hours in (0, 20, 24, 28, 32, 48)]
    assert levels == [0, 0, 1, 2, 3, 4]
    first_letter_only, _ = climb(opened(need("safety-acknowledgement")), T0)
    assert first_letter_only.escalation_level() == 0


def test_a_stopped_clock_does_not_count_into_the_escalation_level() -> None:
    book, _ = climb(opened(), T0 + 48 * HOUR)
    assert meet(book, need(satisfied_at=T0 + 48 * HOUR))[0].escalation_level() == 0


def test_the_next_instant_names_the_clock_that_it_is_for() -> None:
    book = opened(need(), need("safety-decision", T0 - HOUR))
    assert book.next_instant() == (T0 + 2 * HOUR, "Safety decision")
