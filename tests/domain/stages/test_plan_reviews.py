"""Reviews of the plan: on the board's rhythm; what stays at amber or red, or is put off again and again, is told."""

from datetime import timedelta

import pytest
from plan_world import (
    DUE,
    Planning,
    decide_on,
    done,
    early_plan,
    extend,
    plan,
    plan_action,
    rate,
    reopen,
    review,
    signed,
)
from stage_world import CHAIR, DAY, T0

from domain.learning import ActionRules
from domain.people import Role
from domain.record import ClockStatus

EXECUTIVE = (Role.AGENCY_EXECUTIVE, "health")
TO_CHAIR = (Role.BOARD_CHAIR, None)
DECIDE = "A1/decide-on-action"


def reviewed(world: Planning, *colours: str, action: str = "A1") -> Planning:
    """A review for each of these colours, a month apart."""
    for colour in colours:
        world.sleep(30 * DAY).all([rate(action, colour), review(world.at)])
    return world


def told(world: Planning) -> list[tuple[Role, str | None]]:
    """Who was told that an action is beyond the board's tolerance."""
    return world.written("action-beyond-tolerance")


# The rhythm


def test_reviews_are_due_from_the_first_sign_off_on() -> None:
    world = plan()
    world.give(plan_action())
    assert world.stage.clocks.get("plan-review") is None
    world = signed()
    assert world.clock("plan-review").deadline.started_at == T0
    assert world.task("review-plan").clock == "plan-review"


def test_each_review_opens_the_clock_of_the_next() -> None:
    world = reviewed(signed(), "green")
    assert (world.clock("plan-review").status, world.clock("plan-review").satisfied_at) == (ClockStatus.MET, world.at)
    assert world.clock("plan-review/2").deadline.started_at == world.at


def test_nothing_is_reviewed_once_no_action_is_open() -> None:
    world = signed().all(done())
    assert world.clock("plan-review").status is ClockStatus.WITHDRAWN
    assert "review-plan" not in world.asked


def test_a_review_before_the_sign_off_is_recorded_and_moves_no_clock() -> None:
    world = early_plan()
    world.give(plan_action(findings=()))
    world.sleep(DAY).give(review(world.at))
    assert world.state.reviews.held == (world.at,)
    assert world.state.reviews.needs(world.state) == ()


def test_there_is_nothing_to_review_before_the_first_action() -> None:
    assert plan().refusal(review(T0)).code == "actions-first"


def test_a_review_is_not_recorded_before_it_is_held_nor_before_the_last_one() -> None:
    world = signed().sleep(DAY)
    assert world.refusal(review(world.at + timedelta(hours=1))).code == "future"
    world.give(review(world.at))
    assert world.refusal(review(world.at)).code == "review-in-order"
    assert world.refusal(review(world.at - timedelta(hours=1))).code == "review-in-order"


# Tolerance


def test_an_action_at_amber_for_two_reviews_is_told_to_the_executive_of_its_agency() -> None:
    world = reviewed(signed(), "amber")
    assert told(world) == []
    reviewed(world, "amber")
    assert told(world) == [EXECUTIVE]
    reviewed(world, "amber")
    assert told(world) == [EXECUTIVE]
    assert DECIDE not in world.asked


def test_an_action_at_red_for_two_reviews_is_told_to_the_executive_and_goes_to_the_chair() -> None:
    world = reviewed(signed(), "red", "red")
    assert told(world) == [EXECUTIVE, TO_CHAIR]
    assert world.task(DECIDE).role is Role.BOARD_CHAIR
    assert world.task(DECIDE).clock == "action-tolerance/A1"
    assert world.clock("action-tolerance/A1").deadline.started_at == world.at
    assert [each.because for each in world.state.reviews.beyond] == ["red"]


def test_red_counts_as_amber_too() -> None:
    assert told(reviewed(signed(), "amber", "red")) == [EXECUTIVE]


@pytest.mark.parametrize("between", ["green", "blue", "grey"])
def test_a_review_at_another_colour_begins_the_count_anew(between: str) -> None:
    assert told(reviewed(signed(), "red", between, "red")) == []


def test_an_action_that_nobody_rated_counts_as_neither() -> None:
    world = signed()
    for _ in range(3):
        world.sleep(30 * DAY).give(review(world.at))
    assert told(world) == []


def test_how_many_reviews_are_too_many_is_the_boards_rule() -> None:
    world = plan(ActionRules(amber_reviews_to_executive=3, red_reviews_to_chair=1))
    world.give(plan_action())
    reviewed(world, "red")
    assert told(world) == [TO_CHAIR]
    reviewed(world, "amber", "amber")
    assert told(world) == [TO_CHAIR, EXECUTIVE]


def test_an_action_put_off_more_often_than_the_sub_group_may_goes_to_the_chair_at_the_next_review() -> None:
    world = signed()
    for number in (1, 2):
        world.give(extend(until=DUE + number * 30 * DAY))
    world.sleep(DAY).give(review(world.at))
    assert told(world) == []
    world.all([extend(until=DUE + 90 * DAY, by=CHAIR)])
    assert told(world) == []
    world.sleep(DAY).give(review(world.at))
    assert told(world) == [TO_CHAIR]
    assert [each.because for each in world.state.reviews.beyond] == ["extended"]


def test_the_same_extensions_are_brought_to_the_chair_once() -> None:
    world = signed()
    world.all(extend(until=DUE + number * 30 * DAY, by=CHAIR) for number in (1, 2, 3))
    world.sleep(DAY).all([review(world.at), decide_on()])
    world.sleep(DAY).give(review(world.at))
    assert DECIDE not in world.asked
    world.give(extend(until=DUE + 120 * DAY, by=CHAIR))
    world.sleep(DAY).give(review(world.at))
    assert DECIDE in world.asked


# The chair's decision


def test_the_chairs_decision_meets_its_clock_and_begins_the_count_anew() -> None:
    world = reviewed(signed(), "red", "red").sleep(DAY)
    world.give(decide_on())
    entry = world.clock("action-tolerance/A1")
    assert (entry.status, entry.satisfied_at) == (ClockStatus.MET, world.at)
    reviewed(world, "red")
    assert DECIDE not in world.asked
    reviewed(world, "red")
    assert world.task(DECIDE).clock == "action-tolerance/A1/2"


def test_the_chair_decides_only_where_something_is_asked() -> None:
    world = reviewed(signed(), "red")
    assert world.refusal(decide_on()).code == "nothing-to-decide"
    reviewed(world, "red")
    assert world.refusal(decide_on("A2")).code == "nothing-to-decide"
    world.give(decide_on())
    assert world.refusal(decide_on()).code == "nothing-to-decide"


def test_while_the_chair_has_it_an_action_is_not_brought_again() -> None:
    world = reviewed(signed(), "red", "red", "red", "red")
    assert told(world) == [EXECUTIVE, TO_CHAIR]


def test_an_action_at_its_end_needs_no_decision_nor_when_it_is_reopened() -> None:
    world = reviewed(signed(), "red", "red").all(done())
    assert world.clock("action-tolerance/A1").status is ClockStatus.WITHDRAWN
    world.sleep(DAY).give(reopen(due_on=world.at.date() + 90 * DAY))
    assert DECIDE not in world.asked
    reviewed(world, "red")
    assert DECIDE not in world.asked
    reviewed(world, "red")
    assert world.task(DECIDE).clock == "action-tolerance/A1/2"


def test_an_action_that_is_planned_anew_needs_no_decision() -> None:
    world = reviewed(signed(), "red", "red")
    world.give(plan_action(reason="it was too wide"))
    assert DECIDE not in world.asked
    assert world.refusal(decide_on()).code == "nothing-to-decide"
    assert world.clock("action-tolerance/A1").status is ClockStatus.WITHDRAWN
