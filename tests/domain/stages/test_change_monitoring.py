"""What was expected to change is looked at on its dates, and judged by others than those who acted."""

from datetime import date, timedelta

import pytest
from change_world import (
    DATES,
    GATHERER,
    LEAD,
    absent,
    close,
    command,
    described,
    figures,
    further,
    judge,
    observe,
    sustained,
    told,
    watching,
)
from stage_world import DAY, MANAGER, SUB_GROUP, T0, actor

from domain.change import ChangeMonitoringState
from domain.change_commands import Judgement
from domain.command import Command, Found
from domain.learning import AnswerWasWrong, ChangesExpected
from domain.people import Role
from domain.record import ClockStatus

FIRST, SECOND, _, FOURTH = DATES
EXECUTIVE = actor(Role.AGENCY_EXECUTIVE, "nb-executive-1", "police")
OTHER_AGENCY = actor(Role.AGENCY_LEAD, "nb-health-1", "health")
MEMBER = actor(Role.BOARD_MEMBER, "nb-member-1")


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
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.LATE


def test_nothing_is_late_on_its_due_day() -> None:
    world = watching(figures()).until(FIRST)
    world.sleep(timedelta(hours=11)).give(observe("C1/1", FIRST))
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.MET


def test_lateness_is_counted_in_civil_days_where_the_calendar_is_known() -> None:
    """In summer time, half past eleven of UTC is past midnight."""
    world = watching(figures()).until(FIRST)
    world.sleep(timedelta(hours=13)).give(observe("C1/1", FIRST))
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.LATE


def test_a_missing_observation_is_escalated_to_the_chair() -> None:
    world = watching(described()).until(FIRST + 60 * DAY)
    told_of = {letter.to for letter in world.letters if letter.task.endswith("C2/1/record-observation")}
    assert {Role.AGENCY_LEAD, Role.BUSINESS_MANAGER, Role.AGENCY_EXECUTIVE, Role.BOARD_CHAIR} <= told_of
    assert world.look("C2/1").value is None


def test_an_observation_may_come_thirty_days_before_its_date_and_not_earlier() -> None:
    world = watching(figures()).until(FIRST - 30 * DAY)
    assert world.code(observe("C1/1", FIRST - 31 * DAY)) == "too-early"
    assert world.refuses(observe("C1/1", FIRST - 30 * DAY)) is None


def test_observations_follow_one_another_as_their_dates_do() -> None:
    world = watching(figures()).until(FIRST + 80 * DAY)
    world.give(observe("C1/1", FIRST + 75 * DAY))
    for day in (74, 75):
        assert world.code(observe("C1/2", FIRST + day * DAY)) == "observations-in-order"
    assert world.refuses(observe("C1/2", FIRST + 76 * DAY)) is None


def test_an_earlier_date_is_not_observed_after_a_later_one() -> None:
    world = watching(figures()).until(FIRST)
    world.give(absent("C1/1"))
    world.until(SECOND).give(observe("C1/2", SECOND))
    world.walk(DAY)
    assert world.code(observe("C1/1", SECOND + DAY)) == "observations-in-order"
    assert world.refuses(observe("C1/1", FIRST + DAY)) is None


def test_what_was_absent_may_still_be_observed_and_is_late() -> None:
    world = watching(figures()).until(FIRST)
    world.all([absent("C1/1"), judge("C1/1", "cannot-tell")])
    assert world.clock("observation-by-board/C1/1").status is ClockStatus.WITHDRAWN
    world.until(FIRST + 10 * DAY).give(observe("C1/1", FIRST))
    look = world.look("C1/1")
    assert (look.absent, look.judgement) == (False, None)
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
    assert watching().until(FIRST).code(given) == code


def test_the_executive_of_the_agency_that_gathers_may_record() -> None:
    assert watching().until(FIRST).refuses(told("C2/1", FIRST, EXECUTIVE)) is None


def test_a_date_is_answered_once() -> None:
    world = watching().until(FIRST).all([observe("C1/1", FIRST), absent("C2/1")])
    assert world.code(observe("C1/1", FIRST)) == "observed-already"
    assert world.code(absent("C1/1")) == "observed-already"
    assert world.code(absent("C2/1")) == "observed-already"


# Judging


def test_a_judgement_is_owed_from_the_observation_on_and_kept_with_who_judged() -> None:
    world = watching(figures()).until(FIRST)
    world.give(observe("C1/1", FIRST))
    assert world.clock("change-judgement/C1/1").deadline.started_at == world.at
    assert world.task("C1/1/judge-change").role is Role.SUB_GROUP
    world.give(judge("C1/1"))
    assert world.look("C1/1").judged_by == SUB_GROUP
    assert world.clock("change-judgement/C1/1").status is ClockStatus.MET
    assert world.code(judge("C1/1", "worse")) == "judged-already"


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
    assert world.code(given) == "own-side"


def test_somebody_of_an_agency_that_did_not_act_may_judge() -> None:
    world = watching(figures()).until(FIRST).all([observe("C1/1", FIRST)])
    assert world.refuses(judge("C1/1", by=MEMBER, found=Found(agencies=("police",)))) is None


def test_whose_side_cannot_be_told_does_not_judge() -> None:
    world = watching(figures()).until(FIRST).all([observe("C1/1", FIRST)])
    assert world.code(judge("C1/1", by=MEMBER, found=Found(missing=("person",)))) == "person-known"
    assert world.code(judge("C1/1", found=Found(missing=("documents",)))) == "document-kept"


@pytest.mark.parametrize(
    ("direction", "value", "met"),
    [("higher", "80", True), ("higher", "79.9", False), ("lower", "80", True), ("lower", "80.1", False)],
)
def test_whether_a_figure_meets_the_target_is_worked_out(direction: str, value: str, met: bool) -> None:
    world = watching(figures(direction=direction)).looked(value)
    assert world.look("C1/1").target_met is met


def test_with_figures_nobody_says_that_the_target_is_met() -> None:
    world = watching(figures()).until(FIRST).all([observe("C1/1", FIRST, "12")])
    assert world.code(judge("C1/1", target_met=True)) == "target-in-figures"


def test_told_in_words_whoever_judges_says_whether_the_target_is_met() -> None:
    world = watching(described()).until(FIRST).all([told("C2/1", FIRST)])
    assert world.code(judge("C2/1", "cannot-tell", target_met=True)) == "target-not-seen"
    world.give(judge("C2/1", target_met=True))
    assert world.look("C2/1").target_met is True


def test_of_an_absent_observation_one_can_only_say_that_one_cannot_tell() -> None:
    world = watching(described()).until(FIRST).all([absent("C2/1")])
    assert world.code(judge("C2/1", "improved")) == "nothing-observed"
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
    assert watching(figures()).code(further(*on)) == code


def test_a_closed_change_gets_further_dates_by_being_reopened() -> None:
    world = sustained()
    assert world.code(further(date(2030, 1, 7))) == "change-closed"
    assert world.code(close()) == "change-closed"


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
