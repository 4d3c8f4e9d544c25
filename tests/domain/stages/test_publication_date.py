"""The date of publication: it can be met, it moves, it is called off, and who was told it is told of that."""

from datetime import UTC, date, datetime

import pytest
from publication_world import (
    BODY_IDS,
    PUBLISH_AT,
    TOLD,
    abort,
    answers,
    checks,
    confirm,
    decide,
    decide_availability,
    effect,
    process,
    publication,
    ready,
    report_sent,
    reports_sent,
    set_date,
)
from stage_world import DAY, HOUR, MANAGER, T0, sent

from domain.people import Role
from domain.record import ClockStatus

LATER = PUBLISH_AT + 14 * DAY


# The date


def test_the_report_is_with_the_bodies_seven_working_days_before() -> None:
    world = publication().all([decide(), set_date()])
    assert world.due_on("advance-notice") == date(2026, 4, 1)
    assert {f"{body}/record-report-sent" for body in BODY_IDS} <= world.asked
    world.all(reports_sent(T0)[:2])
    world.sleep(DAY).give(report_sent(BODY_IDS[2], world.at))
    entry = world.stage.clocks.get("advance-notice")
    assert entry is not None
    assert (entry.status, entry.satisfied_at) == (ClockStatus.MET, T0 + DAY)


def test_moving_the_date_moves_the_advance_notice_and_keeps_the_reason() -> None:
    world = publication().all([decide(), set_date()])
    world.give(set_date(LATER, "a hearing"))
    entry = world.stage.clocks.get("advance-notice")
    assert entry is not None
    assert (entry.computation, entry.deadline.due_on) == (2, date(2026, 4, 17))
    assert entry.reason == "the date of publication was moved by the business manager"
    assert world.due_on("publication-day") == LATER.date()


def test_a_date_that_leaves_the_bodies_too_little_time_is_refused() -> None:
    world = publication()
    soon = T0 + 7 * DAY
    refusal = world.refusal(set_date(soon))
    assert refusal.code == "cannot-be-met"
    world.give(set_date())
    assert world.refusal(set_date(soon, "earlier")).code == "cannot-be-met"


def test_a_nearer_date_can_be_met_where_the_bodies_have_the_report_already() -> None:
    world = publication().all(reports_sent(T0))
    world.sleep(10 * DAY).give(set_date(T0 + 14 * DAY))
    assert world.stage.clocks.get("advance-notice").status is ClockStatus.MET  # type: ignore[union-attr]


def test_nothing_is_published_of_which_a_body_was_told_too_late_until_the_date_is_moved() -> None:
    world = publication().all([*answers(), *checks(), decide(), set_date()])
    world.walk(datetime(2026, 4, 7, 12, tzinfo=UTC) - T0)
    world.all(reports_sent(T0)[:2])
    world.give(report_sent(BODY_IDS[2], world.at))
    assert world.stage.clocks.get("advance-notice").status is ClockStatus.LATE  # type: ignore[union-attr]
    world.walk(PUBLISH_AT - world.at + HOUR)
    refusal = world.refusal(confirm(PUBLISH_AT))
    assert refusal.code == "cannot-be-met"
    assert "Thursday 16 April 2026" in refusal.text
    world.give(set_date(LATER, "the report went out late"))
    world.walk(LATER - world.at)
    world.give(confirm(LATER))
    assert world.stage.clocks.get("advance-notice/published").status is ClockStatus.MET  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (set_date(T0), "date-past"),
        (set_date(T0 - DAY), "date-past"),
        (abort(), "no-date"),
        (report_sent("parliament", T0), "body-known"),
        (report_sent("department", T0 + HOUR), "future"),
        (report_sent("department", T0 - HOUR), "sent-after-acceptance"),
        (decide_availability(), "not-published"),
    ],
)
def test_what_is_said_of_the_date_is_possible(given: object, code: str) -> None:
    assert publication().refusal(given).code == code  # type: ignore[arg-type]


def test_a_move_is_a_move_and_has_its_reason() -> None:
    world = publication().all([set_date()])
    assert world.refusal(set_date(LATER)).code == "reason-for-move"
    assert world.refusal(set_date(PUBLISH_AT, "again")).code == "date-stands"


def test_bodies_members_and_agencies_are_told_the_date() -> None:
    world = publication().all([set_date()])
    assert world.written("publication-date-set") == [f"date/1/{told}" for told in TOLD]
    lead = next(letter for letter in world.letters if letter.id == "date/1/agency-lead/health")
    assert (lead.to, lead.agency, lead.address) == (Role.AGENCY_LEAD, "health", "lead@health.example")


def test_who_was_told_the_earlier_date_is_told_of_the_move_once() -> None:
    world = publication().all([set_date()])
    world.told(sent("date/1/national-panel", T0), sent("date/1/agency-lead/health", T0))
    world.give(set_date(LATER, "a hearing"))
    moved = ["date/2/national-panel", "date/2/agency-lead/health"]
    assert world.written("publication-date-moved") == moved
    world.told(*(sent(letter, T0) for letter in moved))
    assert world.written("publication-date-moved") == moved


def test_who_is_told_of_a_date_after_it_was_moved_is_told_of_the_move_at_once() -> None:
    world = publication().all([set_date(), set_date(LATER, "a hearing")])
    assert world.written("publication-date-moved") == []
    world.told(sent("date/1/department", T0))
    world.told(sent("date/1/department", T0))
    assert world.written("publication-date-moved") == ["date/2/department"]


def test_an_abort_stops_everything_in_one_step_and_tells_who_was_told() -> None:
    world = ready()
    world.told(sent("date/1/national-panel", T0), sent("date/1/board-member", T0))
    world.give(abort())
    assert world.state.publish_at is None
    statuses = [world.stage.clocks.get(clock).status for clock in ("advance-notice", "publication-day")]  # type: ignore[union-attr]
    assert statuses[1] is ClockStatus.WITHDRAWN
    assert statuses[0] is not ClockStatus.OPEN
    assert world.written("publication-aborted") == ["aborted/1/national-panel", "aborted/1/board-member"]
    assert "confirm-published" not in world.asked
    assert world.refusal(confirm(T0)).code == "date-set"
    world.told(sent("date/1/department", T0))
    assert world.written("publication-aborted")[2:] == ["aborted/1/department"]


def test_clocks_that_ran_for_the_date_are_withdrawn_with_it() -> None:
    world = publication().all([set_date(), abort()])
    assert not [entry.id for entry in world.stage.clocks.open if entry.rule.id in ("advance-notice", "publication-day")]


def test_after_an_abort_another_date_can_be_set_and_the_abort_is_kept() -> None:
    world = publication().all([set_date(), abort(), set_date(LATER)])
    assert [aborted.date for aborted in world.state.dates.aborts] == [1]
    assert world.written("publication-date-set")[len(TOLD) :] == [f"date/2/{told}" for told in TOLD]
    assert world.due_on("advance-notice/2") == date(2026, 4, 17)
    assert world.task("confirm-published").clock == "publication-day/2"


def test_only_the_chair_calls_the_publication_off() -> None:
    assert ready().refusal(abort(by=MANAGER)).code == "role"


# Parallel processes


def test_no_date_is_set_while_a_process_holds_publication() -> None:
    world = publication().all([process(), effect()])
    assert world.refusal(set_date()).code == "publication-held"
    world.sleep(DAY).give(effect(effect="none"))
    world.give(set_date())


def test_a_hold_that_comes_after_the_date_refuses_publication_and_asks_to_move_or_abort() -> None:
    world = ready()
    world.all([process(), effect()])
    assert "set-publication-date" in world.asked
    asked = [letter for letter in world.letters if letter.id == "task/held/1"]
    assert [(letter.to, letter.template) for letter in asked] == [(Role.BUSINESS_MANAGER, "task")]
    world.walk(PUBLISH_AT - world.at)
    assert world.refusal(confirm(PUBLISH_AT)).code == "publication-held"
    world.give(set_date(LATER, "the trial"))
    assert "set-publication-date" not in world.asked
    world.walk(LATER - world.at)
    assert world.refusal(confirm(LATER)).code == "publication-held"
    world.give(abort())


def test_a_date_that_is_held_is_not_brought_forward() -> None:
    world = ready().all([process(), effect()])
    assert world.refusal(set_date(PUBLISH_AT - DAY, "sooner")).code == "publication-held"
