"""What was expected to change is looked at on its dates, judged by others, and closed by the board's rule."""

from datetime import date, timedelta

import pytest
from change_world import (
    DATES,
    GATHERER,
    LEAD,
    RULES,
    Watching,
    absent,
    close,
    command,
    described,
    figures,
    further,
    judge,
    observe,
    reopen,
    sustained,
    told,
    watching,
)
from stage_world import CALENDAR, CHAIR, DAY, MANAGER, SUB_GROUP, T0, actor

from domain.change import ChangeMonitoringState
from domain.change_commands import Judgement
from domain.change_series import series
from domain.clocks.arithmetic import add_months
from domain.command import Command, Found
from domain.expected_change import late_by_days
from domain.learning import AnswerWasWrong, ChangesExpected
from domain.people import Role
from domain.record import ClockStatus

FIRST, SECOND, THIRD, FOURTH = DATES
EXECUTIVE = actor(Role.AGENCY_EXECUTIVE, "nb-executive-1", "police")
OTHER_AGENCY = actor(Role.AGENCY_LEAD, "nb-health-1", "health")
MEMBER = actor(Role.BOARD_MEMBER, "nb-member-1")


def refused(world: Watching, given: Command) -> str:
    before = world.stage
    refusal = world.refusal(given)
    assert refusal.text.endswith(".")
    assert refusal.source
    assert world.stage == before
    return refusal.code


# Taking over


def test_every_date_of_a_change_has_its_clock_from_the_first_day() -> None:
    world = watching()
    assert [world.clock(f"observation-by-board/C1/{n}").deadline.due_on for n in (1, 2, 3, 4)] == list(DATES)
    assert world.clock("observation/C2/1").waiting_on is Role.AGENCY_LEAD
    assert world.clock("observation/C2/1").agency == "police"
    assert world.clock("observation-by-board/C1/1").waiting_on is Role.BUSINESS_MANAGER
    assert world.facts[0].kind == "changes-taken-over"
    assert world.facts[0].detail == {"changes": ["C1", "C2"]}


def test_only_the_next_date_of_each_change_is_asked_for() -> None:
    world = watching()
    assert world.asked == {"C1/1/record-observation", "C2/1/record-observation"}
    assert world.task("C2/1/record-observation").agency == "police"
    world.until(FIRST).give(observe("C1/1", FIRST))
    assert "C1/2/record-observation" in world.asked
    assert "C1/1/record-observation" not in world.asked


def test_the_same_message_again_changes_nothing() -> None:
    world = watching()
    message = ChangesExpected(changes=(figures(dates=DATES[:1]),), at=T0)
    state, transition = world.state.changes_expected(message, T0 + DAY)
    assert state == world.state
    assert transition.facts == ()


def test_a_plan_that_was_overtaken_by_a_later_one_changes_nothing() -> None:
    world = watching(at=T0 + 10 * DAY)
    message = ChangesExpected(changes=(figures(dates=DATES[:1]),), at=T0)
    assert world.state.changes_expected(message, world.at)[0] == world.state


def test_a_new_plan_with_the_same_changes_is_heard_and_leaves_no_fact() -> None:
    world = watching().sleep(DAY)
    before = len(world.facts)
    world.expected(figures(version=2), described(version=2))
    assert world.state.heard == world.at
    assert world.change().definition.version == 2
    assert len(world.facts) == before


def test_a_change_that_a_later_plan_leaves_out_stays() -> None:
    world = watching().sleep(DAY)
    world.expected(figures("C3"))
    assert [change.id for change in world.state.changes] == ["C1", "C2", "C3"]
    assert world.facts[-1].detail == {"changes": ["C3"]}


def test_dates_observed_or_past_stay_and_later_ones_are_replaced() -> None:
    world = watching(figures()).looked("50")
    world.until(SECOND + 3 * DAY)
    new = (date(2027, 7, 1), date(2028, 7, 1))
    world.expected(figures(version=2, dates=(FIRST, SECOND, *new)))
    assert [look.due_on for look in world.change().looks] == [FIRST, SECOND, *new]
    assert world.look("C1/1").value is not None
    assert world.look("C1/2").observed_on is None
    assert world.clock("observation-by-board/C1/3").status is ClockStatus.WITHDRAWN
    assert world.clock("observation-by-board/C1/5").deadline.due_on == new[0]


def test_a_new_date_that_passed_before_the_sign_off_shows_as_missed() -> None:
    world = watching(figures()).until(date(2026, 8, 1))
    early = date(2026, 7, 20)
    world.expected(figures(version=2, dates=(early, *DATES)))
    assert world.change().waiting[0].due_on == early


def test_a_number_is_never_given_twice() -> None:
    world = watching(figures()).sleep(DAY)
    world.expected(figures(version=2, dates=(date(2027, 1, 4),)))
    assert [look.number for look in world.change().looks] == [5]


def test_a_closed_change_gets_no_new_dates_from_a_new_plan() -> None:
    world = sustained()
    looks = world.change().looks
    world.expected(figures(version=2, dates=(*DATES, date(2029, 6, 1))))
    assert world.change().looks == looks


# Observing


def test_an_observation_is_kept_with_who_recorded_it_and_meets_its_clock() -> None:
    world = watching().until(FIRST)
    world.give(told("C2/1", FIRST))
    assert world.look("C2/1").by == GATHERER
    assert world.clock("observation/C2/1").status is ClockStatus.MET


def test_an_observation_that_came_late_is_visible_as_late() -> None:
    world = watching(figures()).until(FIRST + 5 * DAY)
    world.give(observe("C1/1", FIRST))
    assert late_by_days(world.look("C1/1")) == 5
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.LATE


def test_nothing_is_late_on_its_due_day() -> None:
    world = watching(figures()).until(FIRST)
    world.sleep(timedelta(hours=11)).give(observe("C1/1", FIRST))
    assert late_by_days(world.look("C1/1")) == 0


def test_lateness_is_counted_in_civil_days_where_the_calendar_is_known() -> None:
    """In summer time, half past eleven of UTC is past midnight."""
    world = watching(figures()).until(FIRST)
    world.sleep(timedelta(hours=13)).give(observe("C1/1", FIRST))
    assert late_by_days(world.look("C1/1")) == 0
    assert late_by_days(world.look("C1/1"), CALENDAR) == 1
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.LATE


def test_a_missing_observation_is_escalated_to_the_chair() -> None:
    world = watching(described()).until(FIRST + 60 * DAY)
    told_of = {letter.to for letter in world.letters if letter.task.endswith("C2/1/record-observation")}
    assert {Role.AGENCY_LEAD, Role.BUSINESS_MANAGER, Role.AGENCY_EXECUTIVE, Role.BOARD_CHAIR} <= told_of
    assert world.look("C2/1").value is None


def test_an_observation_may_come_thirty_days_before_its_date_and_not_earlier() -> None:
    world = watching(figures()).until(FIRST - 30 * DAY)
    assert refused(world, observe("C1/1", FIRST - 31 * DAY)) == "too-early"
    assert world.refuses(observe("C1/1", FIRST - 30 * DAY)) is None


def test_observations_follow_one_another_as_their_dates_do() -> None:
    world = watching(figures()).until(FIRST + 80 * DAY)
    world.give(observe("C1/1", FIRST + 75 * DAY))
    assert refused(world, observe("C1/2", FIRST + 74 * DAY)) == "observations-in-order"
    assert world.refuses(observe("C1/2", FIRST + 75 * DAY)) is None


def test_an_earlier_date_is_not_observed_after_a_later_one() -> None:
    world = watching(figures()).until(FIRST)
    world.give(absent("C1/1"))
    world.until(SECOND).give(observe("C1/2", SECOND))
    world.walk(DAY)
    assert refused(world, observe("C1/1", SECOND + DAY)) == "observations-in-order"
    assert world.refuses(observe("C1/1", FIRST + DAY)) is None


def test_what_was_absent_may_still_be_observed_and_is_late() -> None:
    world = watching(figures()).until(FIRST)
    world.all([absent("C1/1"), judge("C1/1", "cannot-tell")])
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.WITHDRAWN
    world.until(FIRST + 10 * DAY).give(observe("C1/1", FIRST))
    look = world.look("C1/1")
    assert (look.absent, late_by_days(look), look.judgement) == (False, 10, None)
    assert look.absent_at is not None
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.LATE
    assert world.refuses(judge("C1/1")) is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (observe("C9/1", FIRST), "change-known"),
        (observe("C1", FIRST), "look-known"),
        (observe("C1/01", FIRST), "look-known"),
        (observe("C1/9", FIRST), "look-known"),
        (observe("C1/1", FIRST + DAY), "future"),
        (observe("C1/1", FIRST, None), "value-needed"),
        (observe("C2/1", FIRST, "85"), "value-in-words"),
        (told("C2/1", FIRST, OTHER_AGENCY), "own-agency"),
        (told("C1/1", FIRST), "own-agency"),
        (observe("C1/1", FIRST, found=Found(missing=("documents",)), documents=("D-1/1",)), "document-kept"),
        (judge("C1/1"), "nothing-observed"),
        (absent("C1/2"), "not-due-yet"),
        (close("C1/1"), "change-known"),
    ],
)
def test_what_is_recorded_fits_the_change_and_its_date(given: Command, code: str) -> None:
    assert refused(watching().until(FIRST), given) == code


def test_the_executive_of_the_agency_that_gathers_may_record() -> None:
    assert watching().until(FIRST).refuses(told("C2/1", FIRST, EXECUTIVE)) is None


def test_a_date_is_answered_once() -> None:
    world = watching().until(FIRST).all([observe("C1/1", FIRST), absent("C2/1")])
    assert refused(world, observe("C1/1", FIRST)) == "observed-already"
    assert refused(world, absent("C1/1")) == "observed-already"
    assert refused(world, absent("C2/1")) == "observed-already"


# Judging


def test_a_judgement_is_owed_from_the_observation_on_and_kept_with_who_judged() -> None:
    world = watching(figures()).until(FIRST)
    world.give(observe("C1/1", FIRST))
    assert world.clock("change-judgement/C1/1").deadline.started_at == world.at
    assert world.task("C1/1/judge-change").role is Role.SUB_GROUP
    world.give(judge("C1/1"))
    assert world.look("C1/1").judged_by == SUB_GROUP
    assert world.clock("change-judgement/C1/1").status is ClockStatus.MET
    assert refused(world, judge("C1/1", "worse")) == "judged-already"


@pytest.mark.parametrize(
    "given",
    [
        judge("C1/1", by=actor(Role.BOARD_MEMBER, LEAD)),
        judge("C1/1", by=actor(Role.SUB_GROUP, "nb-lead-2")),
        judge("C1/1", by=MEMBER, found=Found(agencies=("police", "health"))),
        judge("C1/1", by=actor(Role.BOARD_MEMBER, "nb-member-1", "health")),
    ],
)
def test_nobody_judges_what_came_of_actions_of_their_own_side(given: Command) -> None:
    world = watching(figures()).until(FIRST).all([observe("C1/1", FIRST)])
    assert refused(world, given) == "own-side"


def test_somebody_of_an_agency_that_did_not_act_may_judge() -> None:
    world = watching(figures()).until(FIRST).all([observe("C1/1", FIRST)])
    assert world.refuses(judge("C1/1", by=MEMBER, found=Found(agencies=("police",)))) is None


def test_whose_side_cannot_be_told_does_not_judge() -> None:
    world = watching(figures()).until(FIRST).all([observe("C1/1", FIRST)])
    assert refused(world, judge("C1/1", by=MEMBER, found=Found(missing=("person",)))) == "person-known"
    assert refused(world, judge("C1/1", found=Found(missing=("documents",)))) == "document-kept"


@pytest.mark.parametrize(
    ("direction", "value", "met"),
    [("higher", "80", True), ("higher", "79.9", False), ("lower", "80", True), ("lower", "80.1", False)],
)
def test_whether_a_figure_meets_the_target_is_worked_out(direction: str, value: str, met: bool) -> None:
    world = watching(figures(direction=direction)).looked(value)
    assert world.look("C1/1").target_met is met


def test_with_figures_nobody_says_that_the_target_is_met() -> None:
    world = watching(figures()).until(FIRST).all([observe("C1/1", FIRST, "12")])
    assert refused(world, judge("C1/1", target_met=True)) == "target-in-figures"


def test_told_in_words_whoever_judges_says_whether_the_target_is_met() -> None:
    world = watching(described()).until(FIRST).all([told("C2/1", FIRST)])
    assert refused(world, judge("C2/1", "cannot-tell", target_met=True)) == "target-not-seen"
    world.give(judge("C2/1", target_met=True))
    assert world.look("C2/1").target_met is True


def test_of_an_absent_observation_one_can_only_say_that_one_cannot_tell() -> None:
    world = watching(described()).until(FIRST).all([absent("C2/1")])
    assert refused(world, judge("C2/1", "improved")) == "nothing-observed"
    world.give(judge("C2/1", "cannot-tell"))
    look = world.look("C2/1")
    assert (look.judgement, look.target_met, look.value) == (Judgement.CANNOT_TELL, None, None)


@pytest.mark.parametrize("judgement", ["worse", "unintended-consequence"])
def test_the_chair_is_told_of_what_goes_the_wrong_way(judgement: str) -> None:
    world = watching(figures()).until(FIRST)
    world.all([observe("C1/1", FIRST, "20"), judge("C1/1", judgement)])
    assert world.written("change-worse") == [(Role.BOARD_CHAIR, "C1")]
    assert world.letters[-1].words == {"about": "C1", "judgement": judgement.replace("-", " ")}


def test_a_wrong_answer_names_the_actions_and_is_told_to_the_business_manager() -> None:
    world = watching(figures()).until(FIRST)
    world.all([observe("C1/1", FIRST, "20"), judge("C1/1", "no-change", answer_was_wrong=True)])
    assert world.state.wrong == (AnswerWasWrong(change="C1", actions=("A1", "A2"), at=world.at),)
    assert world.look("C1/1").answer_was_wrong
    assert world.written("change-judged-wrong") == [(Role.BUSINESS_MANAGER, "C1")]


def test_each_conclusion_of_one_date_has_a_letter_of_its_own() -> None:
    world = watching(figures()).until(FIRST)
    world.all([absent("C1/1"), judge("C1/1", "cannot-tell", answer_was_wrong=True)])
    world.walk(DAY)
    world.all([observe("C1/1", FIRST, "20"), judge("C1/1", "no-change", answer_was_wrong=True)])
    ids = [letter.id for letter in world.letters if letter.template == "change-judged-wrong"]
    assert len(set(ids)) == len(ids) == len(world.state.wrong) == 2


# Further dates


def test_further_dates_come_after_the_last_in_order_and_get_clocks() -> None:
    world = watching(figures())
    more = (FOURTH + 100 * DAY, FOURTH + 200 * DAY)
    world.give(further(*more))
    assert [look.due_on for look in world.change().looks[4:]] == list(more)
    assert world.clock("observation-by-board/C1/6").deadline.due_on == more[1]


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ((FOURTH,), "dates-in-order"),
        ((FOURTH + 2 * DAY, FOURTH + DAY), "dates-in-order"),
        ((FOURTH + DAY, FOURTH + DAY), "dates-in-order"),
        (tuple(FOURTH + n * DAY for n in range(1, 18)), "dates-too-many"),
    ],
)
def test_further_dates_out_of_order_or_too_many_are_refused(on: tuple[date, ...], code: str) -> None:
    assert refused(watching(figures()), further(*on)) == code


def test_a_closed_change_gets_further_dates_by_being_reopened() -> None:
    world = sustained()
    assert refused(world, further(date(2030, 1, 7))) == "change-closed"
    assert refused(world, close()) == "change-closed"


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
    assert refused(world, close()) == "not-sustained-yet"


def test_six_months_less_a_day_are_not_six_months() -> None:
    world = watching(figures()).looked("50").until(SECOND + DAY)
    world.seen("C1/2", "85")
    world.until(THIRD).seen("C1/3", "86")
    assert refused(world, close()) == "not-sustained-yet"


def test_six_months_from_the_end_of_a_long_month_end_with_the_shorter_one() -> None:
    days = (date(2026, 8, 31), date(2027, 2, 28))
    world = watching(figures(dates=days)).looked("85", "86")
    assert world.refuses(close()) is None


@pytest.mark.parametrize(("value", "judgement"), [("86", "worse"), ("79", "no-change")])
def test_a_later_look_that_went_back_takes_sustained_away(value: str, judgement: str) -> None:
    world = watching(figures()).looked("50", "85", "86")
    world.until(FOURTH).give(observe("C1/4", FOURTH, value))
    world.give(judge("C1/4", judgement))
    assert refused(world, close()) == "not-sustained-yet"


def test_an_absent_look_after_the_row_does_not_take_sustained_away() -> None:
    assert watching(figures()).looked("50", "85", "86", None).refuses(close()) is None


def test_the_boards_own_rule_decides() -> None:
    rules = RULES.model_copy(update={"sustained_dates": 3, "sustained_months": 9})
    world = watching(figures(), rules=rules).looked("85", "86")
    assert refused(world, close()) == "not-sustained-yet"
    assert world.looked("87").refuses(close()) is None


def test_only_the_authorised_body_closes_and_the_refusal_names_it() -> None:
    world = watching(figures()).looked("50", "85", "86")
    refusal = world.refusal(close(by=SUB_GROUP))
    assert refusal.code == "authorised-body"
    assert "board chair" in refusal.text


def test_what_is_due_or_unjudged_is_seen_to_before_closing() -> None:
    world = watching(figures()).looked("50", "85").until(THIRD)
    assert refused(world, close()) == "looks-judged"
    world.give(observe("C1/3", THIRD, "86"))
    assert "C1/close-change" not in world.asked
    assert refused(world, close()) == "looks-judged"
    world.give(judge("C1/3"))
    assert world.refuses(close()) is None


def test_not_achieved_waits_for_every_date() -> None:
    world = watching(figures()).looked("50", "51", None)
    assert refused(world, close(outcome="not-achieved")) == "dates-to-come"
    world.looked("52")
    world.give(close(outcome="not-achieved"))
    assert world.change().waiting[0].kind == "afterwards"


@pytest.mark.parametrize("by", ["", "C1", "C9", "C2"])
def test_planned_anew_names_another_change_that_is_watched(by: str) -> None:
    world = watching(figures(), described(), figures("C3")).all([close("C2", "re-planned", replaced_by="C3")])
    assert refused(world, close(outcome="re-planned", replaced_by=by)) == "re-planned-by"
    assert world.refuses(close(outcome="re-planned", replaced_by="C3")) is None


def test_a_change_that_was_planned_anew_is_not_looked_at_again() -> None:
    world = watching().all([close(outcome="re-planned", replaced_by="C2")])
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


def test_the_one_more_look_may_be_recorded_as_absent_at_any_time() -> None:
    world = sustained()
    world.give(absent(f"C1/{world.change().waiting[0].number}"))
    assert world.state.settled
    assert world.clock("another-look/C1").status is ClockStatus.WITHDRAWN


def test_a_closed_change_is_not_observed_for_its_earlier_dates() -> None:
    world = watching(figures()).looked(None, "85", "86")
    world.give(close())
    assert refused(world, observe("C1/1", FIRST)) == "change-closed"


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
    assert refused(world, close()) == "not-sustained-yet"
    assert "C1/close-change" not in world.asked


def test_a_look_that_was_missed_before_reopening_still_shows() -> None:
    world = sustained()
    missed = world.change().waiting[0]
    world.until(missed.due_on + 10 * DAY).give(reopen(missed.due_on + 100 * DAY))
    assert missed in world.change().looks
    assert world.clock("another-look/C1").status is ClockStatus.OPEN
    world.until(missed.due_on + 11 * DAY)
    assert refused(world, close()) == "looks-judged"


def test_only_what_is_closed_is_reopened_and_to_dates_that_come() -> None:
    assert refused(watching(figures()), reopen(date(2030, 1, 7))) == "change-open"
    world = sustained()
    assert refused(world, reopen(world.at.date())) == "dates-in-order"
    many = tuple(world.at.date() + n * DAY for n in range(40, 61))
    assert refused(world, reopen(*many)) == "dates-too-many"


# Ending


def test_it_ends_only_when_everything_is_closed_and_looked_at_once_more() -> None:
    world = sustained().told_to_end()
    assert not world.state.ended
    world.looked("86").told_to_end()
    assert world.stage.done()
    assert refused(world, reopen(date(2030, 1, 7))) == "case-closes"
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


# Reading


def test_a_series_shows_what_was_seen_and_fills_nothing_in() -> None:
    world = watching(figures()).looked("50", None).until(THIRD + 4 * DAY)
    world.seen("C1/3", "85.5")
    read = series(world.change())
    assert (read.unit, read.direction, str(read.baseline), str(read.target)) == ("per cent", "higher", "31", "80")
    assert [str(point.value) for point in read.points] == ["50", "None", "85.5", "None"]
    assert [point.absent for point in read.points] == [False, True, False, False]
    assert [point.late_days for point in read.points] == [0, 0, 4, 0]
    assert [point.target_met for point in read.points] == [False, None, True, None]
    assert read.outcome is None


def test_a_series_shows_how_the_change_was_closed_and_the_one_more_look() -> None:
    world = sustained()
    read = series(world.change())
    assert (read.outcome, read.closed_on) == ("sustained", world.at.date())
    assert [point.afterwards for point in read.points] == [False, False, False, True]
    world = watching().all([close(outcome="re-planned", replaced_by="C2")])
    assert series(world.change()).replaced_by == "C2"


# All of it


def test_no_refusal_repeats_what_a_person_typed() -> None:
    typed = "Zebedelia"
    world = watching()
    for form in ("record-observation", "record-no-observation", "judge-change"):
        more = {"observed_on": T0.date(), "seen": typed} if form == "record-observation" else {"reason": typed}
        more |= {"judgement": "improved"} if form == "judge-change" else {}
        for item in (typed, f"C1/{typed}"):
            assert typed not in world.refusal(command(form, item, by=SUB_GROUP, **more)).model_dump_json()
    assert typed not in world.refusal(further(FOURTH + DAY, change=typed)).model_dump_json()
    assert typed not in world.refusal(close(typed)).model_dump_json()


def test_it_takes_six_commands() -> None:
    assert len(ChangeMonitoringState.commands()) == 6
    assert MANAGER.role in ChangeMonitoringState.commands()[0].ROLES
