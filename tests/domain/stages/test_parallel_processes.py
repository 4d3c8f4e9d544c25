"""Processes beside the review: an effect is the chair's decision, with a day to look again; nothing pauses silently."""

from datetime import UTC, date, datetime, timedelta

import pytest
from beside_world import SECRET, BesideState, beside, changed, code, effect, process
from stage_world import CHAIR, DAY, MANAGER, T0, World, actor

from domain.clocks.stops import Stop
from domain.parallel import ParallelProcesses
from domain.parallel_commands import Effect, ParallelKind
from domain.people import Role
from domain.record import ClockEntry, ClockStatus, Letter
from letters.render import Written, render

REASON = "police and prosecution (trial-1)"
OTHER = [Effect.LIMITS_WHAT_MAY_BE_DONE, Effect.HOLDS_PUBLICATION]
WITH_DAY = [*OTHER, Effect.STOPS_REVIEW_CLOCK]


def entry(world: World[BesideState], clock: str) -> ClockEntry:
    found = world.stage.clocks.get(clock)
    assert found is not None
    return found


def asked(world: World[BesideState]) -> set[str]:
    """Ids of the open tasks that are about processes."""
    return {task for task in world.asked if task.endswith(("record-parallel-process", "decide-effect"))}


def stopped() -> World[BesideState]:
    """A trial that stops the review's clock from T0 on, to be looked at again by 7 May."""
    world = beside()
    world.give(process())
    world.give(effect())
    return world


def notices(world: World[BesideState]) -> list[Letter]:
    return [letter for letter in world.letters if letter.template == "effect-decided"]


def test_a_process_has_no_effect_until_the_chair_decides_one() -> None:
    world = beside()
    world.give(process())
    assert [world.state.parallel.in_force(what) for what in Effect] == [(), (), (), ()]
    assert world.state.parallel.stops == ()
    assert world.stage.clocks.entries == ()
    assert world.letters == []


@pytest.mark.parametrize("key", [None, "trial", "Trial-1", "trial-0", "jane-doe-1", "trial-1\n", "a/b-1"])
def test_a_process_is_named_by_what_it_is_and_a_number(key: str | None) -> None:
    assert code(beside(), process(key)) == "process-key"


@pytest.mark.parametrize("what", WITH_DAY)
def test_an_effect_needs_a_day_to_look_again_that_is_still_to_come(what: Effect) -> None:
    world = beside()
    world.give(process())
    assert code(world, effect(what, None)) == "look-again-day"
    assert code(world, effect(what, T0.date())) == "look-again-ahead"
    assert code(world, effect(what, (T0 - DAY).date())) == "look-again-ahead"
    assert code(world, effect(what, (T0 + DAY).date())) == ""


def test_no_effect_needs_no_day_and_may_have_one() -> None:
    world = beside()
    world.give(process())
    world.give(effect(Effect.NONE, None))
    assert world.state.parallel.in_force(Effect.NONE) == ("trial-1",)
    assert world.stage.clocks.entries == ()
    world.give(effect(Effect.NONE, date(2026, 3, 2)))
    assert [e.id for e in world.stage.clocks.open] == ["look-again/trial-1/2"]


def test_an_effect_is_decided_of_a_process_that_is_recorded() -> None:
    assert code(beside(), effect()) == "process-known"
    assert code(beside(), effect(key=None)) == "process-known"


def test_only_the_chair_decides_an_effect() -> None:
    world = beside()
    world.give(process())
    for role in (Role.BUSINESS_MANAGER, Role.LEAD_REVIEWER, Role.PANEL_CHAIR):
        assert code(world, effect().model_copy(update={"actor": actor(role)})) == "role"


@pytest.mark.parametrize("what", WITH_DAY)
def test_an_effect_is_in_force_until_the_chair_decides_again_and_its_history_is_kept(what: Effect) -> None:
    world = beside()
    world.give(process())
    world.give(effect(what))
    assert world.state.parallel.in_force(what) == ("trial-1",)
    world.sleep(30 * DAY)
    world.give(effect(Effect.NONE, None))
    assert world.state.parallel.in_force(what) == ()
    history = world.state.parallel.processes[0].effects
    assert [(e.effect, e.since, e.until, e.by) for e in history] == [
        (what, T0, T0 + 30 * DAY, CHAIR),
        (Effect.NONE, T0 + 30 * DAY, None, CHAIR),
    ]


def test_a_decision_that_is_recorded_later_counts_from_its_own_instant_and_the_look_again_from_the_record() -> None:
    world = beside()
    world.give(process())
    world.sleep(20 * DAY)
    world.give(effect(since=T0 + 10 * DAY, again=(T0 + 40 * DAY).date()))
    world.sleep(30 * DAY)
    world.give(effect(Effect.NONE, None, since=T0 + 15 * DAY))
    [stop] = world.state.parallel.stops
    assert (stop.since, stop.until) == (T0 + 10 * DAY, T0 + 15 * DAY)
    look = entry(world, "look-again/trial-1/1")
    assert (look.deadline.started_at, look.satisfied_at) == (T0 + 20 * DAY, T0 + 50 * DAY)
    assert look.status is ClockStatus.LATE, "whoever looks again too late does so, from whenever the decision counts"
    stopped = entry(world, "stopped-clock/trial-1/1")
    assert (stopped.deadline.started_at, stopped.opened_at) == (T0 + 10 * DAY, T0 + 20 * DAY)


def test_decisions_of_a_process_count_one_after_the_other_and_none_ahead() -> None:
    world = beside()
    world.give(process())
    world.sleep(20 * DAY)
    assert code(world, effect(since=T0 + 21 * DAY)) == "future"
    world.give(effect(since=T0 + 10 * DAY))
    for instant in (T0 + 9 * DAY, T0 + 10 * DAY):
        assert code(world, effect(Effect.NONE, None, since=instant)) == "since-after-last"
    assert code(world, effect(Effect.NONE, None, since=T0 + 11 * DAY)) == ""


@pytest.mark.parametrize("what", WITH_DAY)
def test_the_day_to_look_again_is_a_clock_that_the_next_decision_satisfies(what: Effect) -> None:
    world = beside()
    world.give(process())
    world.give(effect(what, date(2026, 3, 2)))
    first = entry(world, "look-again/trial-1/1")
    assert (first.deadline.due_on, first.waiting_on) == (date(2026, 3, 2), Role.BOARD_CHAIR)
    task = world.task("trial-1/decide-effect")
    assert (task.role, task.clock, task.due_at) == (Role.BOARD_CHAIR, first.id, first.deadline.due_at)
    world.walk(10 * DAY)
    world.give(effect(what, date(2026, 6, 1)))
    assert entry(world, "look-again/trial-1/1").status is ClockStatus.MET
    second = entry(world, "look-again/trial-1/2")
    assert (second.status, second.deadline.due_on) == (ClockStatus.OPEN, date(2026, 6, 1))
    assert world.task("trial-1/decide-effect").clock == second.id


def test_looking_again_too_late_is_kept_as_late_and_the_effect_did_not_end_by_itself() -> None:
    world = beside()
    world.give(process())
    world.give(effect(Effect.HOLDS_PUBLICATION, date(2026, 3, 2)))
    world.walk(60 * DAY)
    assert world.state.parallel.in_force(Effect.HOLDS_PUBLICATION) == ("trial-1",)
    overdue = [c.letter.to for r in world.recordings for c in r.climbs if c.letter.template == "clock-overdue"]
    assert {Role.BOARD_CHAIR, Role.BUSINESS_MANAGER} <= set(overdue)
    world.give(effect(Effect.NONE, None))
    assert entry(world, "look-again/trial-1/1").status is ClockStatus.LATE


def test_a_stop_runs_from_the_decision_to_the_decision_that_ends_it() -> None:
    world = stopped()
    assert world.state.parallel.stops == (Stop(since=T0, until=None, reason=REASON),)
    world.sleep(40 * DAY)
    world.give(effect(Effect.HOLDS_PUBLICATION))
    assert world.state.parallel.stops == (Stop(since=T0, until=T0 + 40 * DAY, reason=REASON),)


def test_the_same_stop_decided_again_is_one_stop_and_tells_nobody_twice() -> None:
    world = stopped()
    world.sleep(40 * DAY)
    world.give(effect(again=date(2026, 8, 3)))
    assert world.state.parallel.stops == (Stop(since=T0, until=None, reason=REASON),)
    assert entry(world, "stopped-clock/trial-1/1").deadline.due_on == date(2026, 8, 3)
    assert entry(world, "stopped-clock/trial-1/1").status is ClockStatus.OPEN
    assert len(notices(world)) == 2


def test_two_stops_with_time_between_them_are_two() -> None:
    world = stopped()
    world.sleep(10 * DAY)
    world.give(effect(Effect.NONE, None))
    world.sleep(10 * DAY)
    world.give(effect())
    assert [(stop.since, stop.until) for stop in world.state.parallel.stops] == [
        (T0, T0 + 10 * DAY),
        (T0 + 20 * DAY, None),
    ]
    assert entry(world, "stopped-clock/trial-1/1").status is ClockStatus.MET
    assert entry(world, "stopped-clock/trial-1/3").status is ClockStatus.OPEN


def test_stops_of_two_processes_are_told_apart_by_kind_and_key() -> None:
    world = stopped()
    world.give(process("inquest-1", kind=ParallelKind.CORONER))
    world.give(effect(key="inquest-1"))
    assert [stop.reason for stop in world.state.parallel.stops] == [REASON, "coroner (inquest-1)"]
    assert world.state.parallel.in_force(Effect.STOPS_REVIEW_CLOCK) == ("trial-1", "inquest-1")


def test_a_stopped_clock_reports_itself_to_the_chair_every_month_until_the_effect_ends() -> None:
    world = stopped()
    world.walk(100 * DAY)
    reports = [c for r in world.recordings for c in r.climbs if c.letter.template == "clock-stopped"]
    assert [(c.scheduled_at.month, c.scheduled_at.day) for c in reports] == [(3, 5), (4, 5), (5, 5)]
    assert {c.letter.to for c in reports} == {Role.BOARD_CHAIR}
    world.give(effect(Effect.NONE, None))
    world.walk(100 * DAY)
    assert len([c for r in world.recordings for c in r.climbs if c.letter.template == "clock-stopped"]) == 3


def test_looking_again_sends_no_monthly_report_twice() -> None:
    world = stopped()
    world.walk(70 * DAY)
    world.give(effect(again=date(2026, 9, 1)))
    world.walk(40 * DAY)
    months = [c.scheduled_at.month for r in world.recordings for c in r.climbs if c.letter.template == "clock-stopped"]
    assert months == [3, 4, 5]


def test_outside_bodies_are_told_when_the_clock_stops_and_when_it_runs_again() -> None:
    world = stopped()
    world.sleep(40 * DAY)
    world.give(effect(Effect.LIMITS_WHAT_MAY_BE_DONE))
    letters = notices(world)
    assert [(letter.id, letter.to, letter.kind) for letter in letters] == [
        ("effect/trial-1/1/national-panel", Role.NATIONAL_PANEL, "notice"),
        ("effect/trial-1/1/department", Role.DEPARTMENT, "notice"),
        ("effect/trial-1/2/national-panel", Role.NATIONAL_PANEL, "notice"),
        ("effect/trial-1/2/department", Role.DEPARTMENT, "notice"),
    ]
    assert [letter.words["clock"] for letter in letters] == ["is stopped"] * 2 + ["runs again"] * 2


@pytest.mark.parametrize("what", [Effect.NONE, *OTHER])
def test_outside_bodies_are_not_told_of_what_does_not_stop_the_clock(what: Effect) -> None:
    world = beside()
    world.give(process())
    world.give(effect(what))
    assert notices(world) == []


def test_the_notice_says_process_effect_and_days_and_nothing_that_a_person_typed() -> None:
    world = stopped()
    world.give(effect(Effect.NONE, None))
    for letter in notices(world):
        written = Written(case=world.stage.case, letter=letter, link="https://desk.example/case")
        text = render(written, letter.to, "Northbridge board").text
        assert REASON in text
        assert "Thursday 5 February 2026" in text
        assert SECRET not in text
    first = Written(case=world.stage.case, letter=notices(world)[0], link="https://desk.example/case")
    assert "To be decided again by: Thursday 7 May 2026" in render(first, Role.DEPARTMENT, "Northbridge board").text


def test_the_monthly_report_can_be_rendered() -> None:
    world = stopped()
    world.walk(40 * DAY)
    letter = next(letter for letter in world.letters if letter.template == "clock-stopped")
    text = render(
        Written(case=world.stage.case, letter=letter, link="https://desk", answer=f"https://desk/{letter.task}"),
        letter.to,
        "board",
    ).text
    assert "stands still" in text
    assert "7 May 2026" in text
    assert "trial-1/decide-effect" in text


def test_the_next_date_of_a_process_asks_the_business_manager_what_came_of_it() -> None:
    world = beside()
    world.give(process(next_on=date(2026, 3, 2)))
    task = world.task("trial-1/record-parallel-process")
    assert (task.role, task.clock) == (Role.BUSINESS_MANAGER, "parallel-next-date/trial-1/1")
    world.sleep(25 * DAY)
    world.give(process(next_on=date(2026, 6, 1)))
    assert entry(world, "parallel-next-date/trial-1/1").status is ClockStatus.MET
    assert entry(world, "parallel-next-date/trial-1/2").deadline.due_on == date(2026, 6, 1)
    world.sleep(365 * DAY)
    world.give(process(ended=True))
    assert entry(world, "parallel-next-date/trial-1/2").status is ClockStatus.LATE
    assert not asked(world)


def test_a_next_date_that_is_moved_is_computed_again_and_the_reason_is_kept() -> None:
    world = beside()
    world.give(process(next_on=date(2026, 3, 2)))
    world.give(process(next_on=date(2026, 4, 20)))
    moved = entry(world, "parallel-next-date/trial-1/1")
    assert (moved.status, moved.deadline.due_on, moved.computation) == (ClockStatus.OPEN, date(2026, 4, 20), 2)
    assert "moved" in moved.reason
    world.give(process(next_on=date(2026, 4, 20)))
    assert entry(world, "parallel-next-date/trial-1/1") == moved


def test_a_next_date_that_is_dropped_is_waited_for_no_more() -> None:
    world = beside()
    world.give(process(next_on=date(2026, 3, 2)))
    world.give(process())
    assert entry(world, "parallel-next-date/trial-1/1").status is ClockStatus.MET
    assert not asked(world)


def test_a_next_date_is_not_in_the_past_and_an_ended_process_has_none() -> None:
    world = beside()
    assert code(world, process(next_on=(T0 - DAY).date())) == "next-date-ahead"
    assert code(world, process(next_on=T0.date())) == ""
    assert code(world, process(next_on=date(2026, 3, 2), ended=True)) == "ended-without-date"


@pytest.mark.parametrize("what", WITH_DAY)
def test_an_effect_outlasts_its_process_until_the_chair_who_is_asked_decides(what: Effect) -> None:
    world = beside()
    world.give(process())
    world.give(effect(what))
    world.give(process(ended=True))
    assert world.state.parallel.in_force(what) == ("trial-1",)
    assert "ended" in world.task("trial-1/decide-effect").title
    assert world.letters[-1].task.endswith("/trial-1/decide-effect")
    assert world.letters[-1].to is Role.BOARD_CHAIR
    world.give(process(ended=True))
    assert len([letter for letter in world.letters if letter.template == "task"]) == 1
    world.give(effect(Effect.NONE, None))
    assert not asked(world)
    assert world.stage.clocks.open == ()


@pytest.mark.parametrize("what", WITH_DAY)
def test_an_ended_process_has_no_effect_unless_it_is_reopened(what: Effect) -> None:
    world = beside()
    world.give(process(ended=True))
    assert code(world, effect(what)) == "process-ended"
    assert code(world, effect(Effect.NONE, None)) == ""
    world.give(process())
    assert code(world, effect(what)) == ""


def test_a_process_that_ends_without_effect_is_looked_at_no_more() -> None:
    world = beside()
    world.give(process())
    world.give(effect(Effect.NONE, date(2026, 3, 2)))
    world.give(process(ended=True))
    assert entry(world, "look-again/trial-1/1").status is ClockStatus.WITHDRAWN
    assert not asked(world)
    world.give(process())
    assert world.task("trial-1/decide-effect").due_at is not None


def test_open_clocks_are_handed_on_with_the_part_and_settled_ones_are_not_opened_again() -> None:
    review = beside()
    review.give(process(next_on=date(2026, 3, 2)))
    review.give(effect(Effect.HOLDS_PUBLICATION, date(2026, 3, 2)))
    review.walk(25 * DAY)
    review.give(process(next_on=date(2026, 6, 1)))
    review.give(effect(Effect.HOLDS_PUBLICATION, date(2026, 6, 1)))
    review.sleep(DAY)
    changed(review, over=True)
    assert review.stage.clocks.open == ()
    assert not asked(review)
    carried = review.state.parallel.carried_over(review.at)
    publication = beside(BesideState(parallel=carried), review.at)
    assert {e.id for e in publication.stage.clocks.entries} == {
        "look-again/trial-1/2",
        "parallel-next-date/trial-1/2",
    }
    assert publication.state.parallel.in_force(Effect.HOLDS_PUBLICATION) == ("trial-1",)
    publication.give(effect(Effect.NONE, None))
    assert entry(publication, "look-again/trial-1/2").status is ClockStatus.MET


def test_a_review_that_is_complete_cannot_be_stopped_and_its_stopped_clock_reports_no_more() -> None:
    review = stopped()
    review.walk(70 * DAY)
    publication = beside(BesideState(parallel=review.state.parallel.carried_over(review.at)), review.at)
    publication.walk(100 * DAY)
    assert not [letter for letter in publication.letters if letter.template == "clock-stopped"]
    assert code(publication, effect(again=date(2027, 1, 4))) == "review-complete"
    assert code(publication, effect(Effect.HOLDS_PUBLICATION, date(2027, 1, 4))) == ""


def test_no_rung_of_before_is_climbed_again_in_the_next_stage() -> None:
    review = beside()
    review.give(process())
    review.give(effect(Effect.HOLDS_PUBLICATION, date(2026, 3, 2)))
    review.walk(28 * DAY)
    handed_on = review.at
    publication = beside(BesideState(parallel=review.state.parallel.carried_over(handed_on)), handed_on)
    publication.walk(60 * DAY)
    scheduled = [c.scheduled_at for r in publication.recordings for c in r.climbs]
    assert scheduled
    assert all(at >= handed_on for at in scheduled)


def test_ids_letters_and_clocks_hold_nothing_that_a_person_typed() -> None:
    world = stopped()
    world.walk(100 * DAY)
    world.give(process(ended=True))
    for recording in world.recordings:
        shown = recording.model_dump_json(exclude={"facts"})
        assert SECRET not in shown


def test_the_part_is_the_same_after_it_was_carried_through_json() -> None:
    world = stopped()
    world.carried()
    part = ParallelProcesses.model_validate_json(world.state.parallel.model_dump_json())
    assert part == world.state.parallel


def test_a_process_may_be_recorded_shortly_after_midnight_of_its_date() -> None:
    world = beside(at=datetime(2026, 3, 2, 0, 5, tzinfo=UTC))
    world.give(process(next_on=date(2026, 3, 2)))
    world.sleep(timedelta(hours=12))
    world.give(process(next_on=date(2026, 3, 9)).model_copy(update={"actor": MANAGER}))
    assert entry(world, "parallel-next-date/trial-1/1").status is ClockStatus.MET
