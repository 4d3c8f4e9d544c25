"""A start or a calendar that was corrected: clocks are counted again, the reason is kept, who was told is told."""

from datetime import date, datetime, timedelta

import pytest
from stage_world import CALENDAR, CHAIR, DAY, MANAGER, SUB_GROUP, T0, World, deciding, request_id

from domain.clocks.calendar import Calendar, Holiday
from domain.corrections import ApplyCalendar, CorrectStart, refuses_start
from domain.decision import ReviewDecisionState
from domain.people import Actor, Role
from domain.record import ClockEntry, Letter
from domain.stage import Stage
from domain.stage_state import Transition

Deciding = World[ReviewDecisionState]
CLOCK = "review-decision"
SUMMARY = "agency-first-summary/health"


def correct(started_at: datetime, clock: str = CLOCK, by: Actor = MANAGER) -> CorrectStart:
    given = {"request_id": request_id(), "actor": by, "item": clock, "started_at": started_at}
    return CorrectStart.model_validate(given | {"reason": "The log of calls shows it."})


def apply(day: date) -> ApplyCalendar:
    given = {"request_id": request_id(), "actor": MANAGER, "days": [day], "source": "Proclamation"}
    return ApplyCalendar.model_validate(given)


def entry(world: Deciding, clock: str = CLOCK) -> ClockEntry:
    found = world.stage.clocks.get(clock)
    assert found is not None
    return found


def moved(world: Deciding) -> list[Letter]:
    return [letter for letter in world.letters if letter.template == "clock-moved"]


def with_holiday(day: date) -> Calendar:
    holidays = tuple(sorted((*CALENDAR.holidays, Holiday(on=day, name="Day of mourning")), key=lambda h: h.on))
    return CALENDAR.model_copy(update={"holidays": holidays, "version": "corrected"})


def applied(world: Deciding, calendar: Calendar, day: date) -> Stage[ReviewDecisionState]:
    world.stage, transition = world.stage.accept(apply(day), world.at)
    world.stage, recording = world.stage.advanced(transition, calendar, world.at)
    world.recordings.append(recording)
    return world.stage


def code(world: Deciding, command: CorrectStart) -> str:
    refusal = world.refuses(command)
    return refusal.code if refusal else ""


def test_a_corrected_start_moves_its_clock_and_keeps_the_reason() -> None:
    world = deciding().walk(DAY)
    before = entry(world)
    world.give(correct(T0 - 2 * DAY))
    after = entry(world)
    assert after.computation == 2 and after.deadline.started_at == T0 - 2 * DAY
    assert after.deadline.due_on == before.deadline.due_on - 2 * DAY
    assert after.reason.startswith("the start was corrected from ")
    assert "start-corrected" in world.kinds
    recorded = [c for r in world.recordings for c in r.clocks if c.id == CLOCK]
    assert {c.computation for c in recorded} == {1, 2}, "the earlier computation stays in the record"


def test_everybody_who_was_told_the_earlier_date_is_told_once_and_nobody_else() -> None:
    world = deciding().walk(DAY)
    told = {letter.to for letter in world.letters if letter.clock_title == entry(world).rule.title}
    assert told == {Role.BUSINESS_MANAGER}
    world.give(correct(T0 - 2 * DAY))
    [letter] = [each for each in moved(world) if each.clock_title == entry(world).rule.title]
    assert letter.to is Role.BUSINESS_MANAGER
    assert letter.words["why"] == entry(world).reason and letter.words["was"] != letter.due_on
    before = len(moved(world))
    world.advance()
    world.carried().walk(DAY)
    assert len(moved(world)) == before


def test_an_agency_that_was_told_is_told_itself() -> None:
    world = deciding().walk(DAY)
    world.give(correct(T0 - timedelta(hours=20), "agency-records-secured/health"))
    assert {(each.to, each.agency) for each in moved(world) if "records" in each.clock_title} == {
        (Role.AGENCY_LEAD, "health")
    }


def test_a_rung_that_is_overdue_now_is_climbed_at_once_and_none_is_climbed_again() -> None:
    world = deciding().walk(DAY)
    before = dict.fromkeys(world.climbed)
    world.give(correct(T0 - 40 * DAY))
    climbed = [rung for clock, rung in world.climbed if clock == CLOCK]
    assert len(climbed) == len(set(climbed)) and set(climbed) >= {"0", "1", "2", "3", "4", "5"}
    assert list(dict.fromkeys(world.climbed))[: len(before)] == list(before)
    assert "clock-ran-out" in world.kinds


def test_clocks_from_the_same_instant_go_with_it_and_others_stay() -> None:
    world = deciding().walk(DAY)
    world.give(correct(T0 - DAY))
    assert entry(world, SUMMARY).deadline.started_at == T0 - DAY
    other = deciding(agencies=()).walk(DAY)
    summary = [e.id for e in other.stage.clocks.entries]
    other.give(correct(T0 - DAY))
    assert [e.id for e in other.stage.clocks.entries] == summary


def test_a_start_can_be_corrected_again_and_back() -> None:
    world = deciding().walk(DAY)
    due = entry(world).deadline.due_on
    for started_at in (T0 - 2 * DAY, T0 - DAY, T0):
        world.carried().give(correct(started_at))
        assert entry(world).deadline.started_at == started_at
    assert entry(world).deadline.due_on == due and entry(world).computation == 4


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (correct(T0 - DAY, "no-such-clock"), "clock-known"),
        (correct(T0), "start-stands"),
        (correct(T0 + 3 * DAY), "future"),
        (correct(T0 - DAY, by=SUB_GROUP), "role"),
        (correct(T0 - DAY, by=CHAIR), ""),
    ],
)
def test_a_correction_has_a_clock_and_a_time_that_can_be(command: CorrectStart, refused: str) -> None:
    assert code(deciding().walk(DAY), command) == refused


def test_what_was_done_before_its_start_cannot_be_and_a_day_that_was_set_has_no_start_to_correct() -> None:
    world = deciding().walk(DAY)
    done = entry(world).model_copy(update={"satisfied_at": T0 + timedelta(hours=1)})
    refusal = refuses_start(correct(T0 + timedelta(hours=2)), done, world.at)
    assert refusal is not None and refusal.code == "start-before-end"
    day_set = entry(world).model_copy(update={"due_on": T0.date()})
    refusal = refuses_start(correct(T0 - DAY), day_set, world.at)
    assert refusal is not None and refusal.code == "day-set"


def test_a_proclaimed_holiday_moves_the_clocks_that_count_over_it() -> None:
    world = deciding().walk(DAY)
    before, month = entry(world, SUMMARY), entry(world)
    day = before.deadline.due_on
    applied(world, with_holiday(day), day)
    after = entry(world, SUMMARY)
    assert after.deadline.due_on > day and after.computation == 2
    assert after.reason.startswith("the calendar was corrected for ")
    assert "Day of mourning" in {worked.why for worked in after.deadline.working}
    assert entry(world).deadline == month.deadline, "a month does not count working days"
    assert "calendar-applied" in world.kinds


def test_rungs_in_working_days_are_armed_anew_where_the_day_itself_stays() -> None:
    world = deciding().walk(DAY)
    before = entry(world)
    day = before.deadline.due_on - 2 * DAY
    while CALENDAR.reason_not_counted(day) is not None:
        day -= DAY
    applied(world, with_holiday(day), day)
    after = entry(world)
    assert after.deadline == before.deadline and after.computation == 1
    assert after.rungs[1] < before.rungs[1]


def test_a_calendar_that_moves_nothing_changes_no_clock() -> None:
    world = deciding().walk(DAY)
    before = world.stage.clocks
    applied(world, with_holiday(date(2040, 6, 6)), date(2040, 6, 6))
    assert world.stage.clocks == before and moved(world) == []


def test_a_clock_that_was_late_by_the_wrong_calendar_was_met() -> None:
    world = deciding().walk(DAY)
    late = entry(world, SUMMARY)
    day = late.deadline.due_on
    ended = late.model_copy(update={"satisfied_at": late.deadline.due_at + timedelta(hours=3), "status": "late"})
    book, changed = world.stage.clocks.replaced([ended]).recounted({}, with_holiday(day), world.at, "corrected")
    assert [c.status.value for c in changed if c.id == SUMMARY] == ["met"]
    same, nothing = book.recounted({}, with_holiday(day), world.at, "")
    assert same == book and nothing == ()


def test_nothing_is_counted_again_without_a_reason() -> None:
    world = deciding().walk(DAY)
    _, recording = world.stage.advanced(Transition(), with_holiday(entry(world, SUMMARY).deadline.due_on), world.at)
    assert recording.clocks == ()
