"""An expected change is closed by the board's rule, looked at once more, and may be watched again."""

from datetime import date

import pytest
from change_world import (
    DATES,
    RULES,
    absent,
    close,
    described,
    figures,
    further,
    judge,
    observe,
    reopen,
    sustained,
    watching,
)
from stage_world import CHAIR, DAY, SUB_GROUP

from domain.clocks.arithmetic import add_months
from domain.people import Role
from domain.record import ClockStatus

FIRST, SECOND, THIRD, FOURTH = DATES


# Closing


def test_the_target_met_at_two_dates_six_months_apart_is_sustained() -> None:
    world = watching(figures()).looked("50", "85", "86")
    assert world.task("C1/close-change").role is Role.BOARD_CHAIR
    world.give(close())
    closed = world.change().closed
    assert closed is not None
    assert (closed.outcome, closed.actor) == ("sustained", CHAIR)


def test_the_target_met_at_dates_too_near_each_other_is_not_sustained() -> None:
    world = watching(figures()).looked("85", "86")
    refusal = world.refusal(close())
    assert refusal.code == "not-sustained-yet"
    assert "6 months" in refusal.text
    assert "C1/close-change" not in world.asked


def test_a_date_without_observation_between_breaks_the_row() -> None:
    world = watching(figures()).looked("85", None, "86")
    assert world.code(close()) == "not-sustained-yet"


def test_six_months_less_a_day_are_not_six_months() -> None:
    world = watching(figures()).looked("50").until(SECOND + DAY)
    world.seen("C1/2", "85")
    world.until(THIRD).seen("C1/3", "86")
    assert world.code(close()) == "not-sustained-yet"


def test_six_months_from_the_end_of_a_long_month_end_with_the_shorter_one() -> None:
    days = (date(2026, 8, 31), date(2027, 2, 28))
    world = watching(figures(dates=days)).looked("85", "86")
    assert world.refuses(close()) is None


@pytest.mark.parametrize(("value", "judgement"), [("86", "worse"), ("79", "no-change")])
def test_a_later_look_that_went_back_takes_sustained_away(value: str, judgement: str) -> None:
    world = watching(figures()).looked("50", "85", "86")
    world.until(FOURTH).give(observe("C1/4", FOURTH, value))
    world.give(judge("C1/4", judgement))
    assert world.code(close()) == "not-sustained-yet"


def test_an_absent_look_after_the_row_does_not_take_sustained_away() -> None:
    assert watching(figures()).looked("50", "85", "86", None).refuses(close()) is None


def test_the_boards_own_rule_decides() -> None:
    rules = RULES.model_copy(update={"sustained_dates": 3, "sustained_months": 9})
    world = watching(figures(), rules=rules).looked("85", "86")
    assert world.code(close()) == "not-sustained-yet"
    assert world.looked("87").refuses(close()) is None


def test_months_alone_are_not_enough_dates() -> None:
    world = watching(figures(), rules=RULES.model_copy(update={"sustained_dates": 4})).looked("85", "86", "87")
    assert world.code(close()) == "not-sustained-yet"


def test_closing_is_not_asked_for_while_something_is_to_be_judged() -> None:
    world = watching(figures()).looked("50", "85", "86").until(FOURTH)
    assert "C1/close-change" in world.asked
    world.give(observe("C1/4", FOURTH, "87"))
    assert "C1/close-change" not in world.asked


def test_only_the_authorised_body_closes_and_the_refusal_names_it() -> None:
    world = watching(figures()).looked("50", "85", "86")
    refusal = world.refusal(close(by=SUB_GROUP))
    assert refusal.code == "authorised-body"
    assert "board chair" in refusal.text


def test_what_is_due_or_unjudged_is_seen_to_before_closing() -> None:
    world = watching(figures()).looked("50", "85").until(THIRD)
    assert world.code(close()) == "looks-judged"
    world.give(observe("C1/3", THIRD, "86"))
    assert "C1/close-change" not in world.asked
    assert world.code(close()) == "looks-judged"
    world.give(judge("C1/3"))
    assert world.refuses(close()) is None


def test_not_achieved_waits_for_every_date() -> None:
    world = watching(figures()).looked("50", "51", None)
    assert world.code(close(outcome="not-achieved")) == "dates-to-come"
    world.looked("52")
    world.give(close(outcome="not-achieved"))
    assert world.change().waiting[0].kind == "afterwards"


@pytest.mark.parametrize("by", ["", "C1", "C9", "C2"])
def test_planned_anew_names_another_change_that_is_watched(by: str) -> None:
    shared = described(actions=("A2", "A3"))
    world = watching(figures(), shared, figures("C3")).all([close("C2", "re-planned", replaced_by="C3")])
    assert world.code(close(outcome="re-planned", replaced_by=by)) == "re-planned-by"
    assert world.refuses(close(outcome="re-planned", replaced_by="C3")) is None


def test_a_change_that_was_planned_anew_is_not_looked_at_again() -> None:
    world = watching(figures(), figures("C2")).all([close(outcome="re-planned", replaced_by="C2")])
    assert world.change().looks == ()
    assert world.change().at_its_end
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.WITHDRAWN


def test_the_decision_is_owed_once_the_last_date_was_judged() -> None:
    world = watching(figures()).looked("50", "51", "52", "53")
    entry = world.clock("change-closing/C1")
    assert entry.deadline.started_at == world.at
    assert world.task("C1/close-change").clock == "change-closing/C1"
    world.walk(DAY)
    world.give(close(outcome="not-achieved"))
    assert world.clock("change-closing/C1").status is ClockStatus.MET


def test_a_change_closed_before_its_last_date_owed_no_decision_and_is_not_late() -> None:
    world = watching(figures()).looked("50", "85", "86").until(THIRD + 90 * DAY)
    world.give(close())
    assert world.stage.clocks.get("change-closing/C1") is None


def test_a_judgement_of_an_absent_date_gives_the_decision_no_more_time() -> None:
    world = watching(figures()).looked("50", "51", "52", None)
    since = world.clock("change-closing/C1").deadline.started_at
    world.walk(5 * DAY)
    world.give(judge("C1/4", "cannot-tell"))
    assert world.clock("change-closing/C1").deadline.started_at == since


def test_a_change_without_any_date_is_put_to_who_closes_it() -> None:
    world = watching(figures(dates=()))
    assert world.asked == {"C1/close-change"}


# One more look


def test_a_year_after_closing_it_is_looked_at_once_more() -> None:
    world = sustained()
    look = world.change().waiting[0]
    assert (look.kind, look.due_on) == ("afterwards", add_months(world.at.date(), 12))
    assert world.clock("another-look/C1").deadline.due_on == look.due_on
    assert world.task(f"C1/{look.number}/record-observation").clock == "another-look/C1"
    assert not world.state.settled
    world.looked("86")
    assert world.clock("another-look/C1").status is ClockStatus.MET
    assert world.state.settled
    assert world.asked == set()


def test_the_one_more_look_is_over_only_once_it_is_judged() -> None:
    world = sustained()
    look = world.change().waiting[0]
    world.until(look.due_on).give(observe(f"C1/{look.number}", look.due_on))
    assert not world.state.settled
    world.give(judge(f"C1/{look.number}"))
    assert world.state.settled


def test_the_one_more_look_may_be_recorded_as_absent_at_any_time() -> None:
    world = sustained()
    world.give(absent(f"C1/{world.change().waiting[0].number}"))
    assert world.state.settled
    assert world.clock("another-look/C1").status is ClockStatus.WITHDRAWN


def test_a_closed_change_is_not_observed_for_its_earlier_dates() -> None:
    world = watching(figures()).looked(None, "85", "86")
    world.give(close())
    assert world.code(observe("C1/1", FIRST)) == "change-closed"


@pytest.mark.parametrize(("value", "judgement"), [("60", "no-change"), ("85", "worse")])
def test_the_chair_is_told_once_that_a_sustained_change_did_not_last(value: str, judgement: str) -> None:
    world = sustained()
    look = world.change().waiting[0]
    world.until(look.due_on).give(observe(f"C1/{look.number}", look.due_on, value))
    world.give(judge(f"C1/{look.number}", judgement))
    assert world.written("change-not-lasting") == [(Role.BOARD_CHAIR, "C1")]
    assert world.written("change-worse") == []
    assert world.change().at_its_end


def test_nobody_is_told_that_something_did_not_last_where_nothing_was_seen_or_it_never_was() -> None:
    world = sustained()
    item = f"C1/{world.change().waiting[0].number}"
    world.all([absent(item), judge(item, "cannot-tell")])
    assert world.written("change-not-lasting") == []
    world = watching(figures()).looked("50", "51", "52", "53")
    world.give(close(outcome="not-achieved"))
    world.looked("54")
    assert world.written("change-not-lasting") == []


def test_a_change_that_was_reopened_is_watched_again_with_clocks_of_its_own() -> None:
    world = sustained().looked("60")
    more = (world.at.date() + 60 * DAY, world.at.date() + 300 * DAY)
    world.give(reopen(*more))
    assert [look.due_on for look in world.change().waiting] == list(more)
    assert world.change().closed is None
    world.looked("85", "86")
    world.give(close())
    assert world.clock("change-closing/C1/2").status is ClockStatus.MET
    assert world.clock("another-look/C1/2").status is ClockStatus.OPEN
    assert world.clock("another-look/C1").status is ClockStatus.MET


def test_what_was_met_before_it_did_not_last_does_not_count_again() -> None:
    world = sustained().looked("60")
    world.give(reopen(world.at.date() + 60 * DAY))
    assert world.code(close()) == "not-sustained-yet"
    assert "C1/close-change" not in world.asked


def test_a_look_that_was_missed_before_reopening_still_shows() -> None:
    world = sustained()
    missed = world.change().waiting[0]
    world.until(missed.due_on + 10 * DAY).give(reopen(missed.due_on + 100 * DAY))
    assert missed in world.change().looks
    assert world.clock("another-look/C1").status is ClockStatus.OPEN
    world.until(missed.due_on + 11 * DAY)
    assert world.code(close()) == "looks-judged"


def test_only_what_is_closed_is_reopened_and_to_dates_that_come() -> None:
    assert watching(figures()).code(reopen(date(2030, 1, 7))) == "change-open"
    world = sustained()
    assert world.code(reopen(world.at.date())) == "dates-in-order"
    many = tuple(world.at.date() + n * DAY for n in range(40, 61))
    assert world.code(reopen(*many)) == "dates-too-many"


# Ending


def test_it_ends_only_when_everything_is_closed_and_looked_at_once_more() -> None:
    world = sustained().told_to_end()
    assert not world.state.ended
    world.looked("86").told_to_end()
    assert world.stage.done()
    assert world.code(reopen(date(2030, 1, 7))) == "case-closes"
    assert world.state.resumed().refuses(reopen(date(2030, 1, 7)), world.at) is None


def test_a_plan_signed_off_while_it_winds_up_is_watched_after_all() -> None:
    world = sustained().looked("86").told_to_end()
    world.sleep(DAY)
    world.expected(figures("C4", dates=(date(2029, 6, 4),)))
    assert not world.stage.done()
    assert world.refuses(further(date(2030, 1, 7), change="C4")) is None


def test_the_headline_counts_and_names_nobody() -> None:
    world = watching().until(FIRST).all([observe("C1/1", FIRST)])
    assert world.state.headline() == "Change monitoring: 2 changes watched, 0 closed; 1 observations to be judged"
    assert world.state.standing == "change"
    assert world.carried().state == world.state


def test_a_change_of_other_actions_does_not_take_the_place_of_one() -> None:
    other = figures("C2").model_copy(update={"actions": ("A9",)})
    assert watching(figures(), other).code(close(outcome="re-planned", replaced_by="C2")) == "re-planned-actions"
