"""How an action ends: verified by somebody else, superseded, refused; before that more time, after it reopened."""

from collections.abc import Callable
from datetime import date

import pytest
from actions_world import (
    HEALTH,
    HEALTH_EXECUTIVE,
    LATER,
    LEADER,
    MEMBER,
    POLICE,
    POLICE_EXECUTIVE,
    SECOND,
    code,
    day,
    everything,
    judge,
    letters,
    part_of,
    planned,
    refused,
    replace_lead,
    send_back,
    superseded,
    unknown,
    verified,
)
from plan_world import (
    DUE,
    LEAD,
    Planning,
    command,
    done,
    early_plan,
    extend,
    plan,
    plan_action,
    refuse,
    reopen,
    sign_off,
    start,
    submit,
    supersede,
)
from stage_world import CHAIR, DAY, MANAGER, SUB_GROUP, T0, actor

from domain.action_commands import ActionStatus
from domain.command import Command
from domain.people import Actor, Role

AT_ITS_END = pytest.mark.parametrize("ended", [verified, superseded, refused])


# Verification: done is not closed


def test_there_is_evidence_before_it_is_verified() -> None:
    world = planned()
    assert code(world, judge()) == "evidence-first"
    world.all([submit(), send_back()])
    assert code(world, judge()) == "evidence-first"


def test_whoever_is_of_neither_side_verifies() -> None:
    for by in (MEMBER, SUB_GROUP, CHAIR, POLICE, POLICE_EXECUTIVE):
        world = planned().all([submit(), judge(by=by)])
        action = world.action()
        assert (action.status, action.ended_at) == (ActionStatus.VERIFIED, T0)
        assert world.state.actions.at_their_end


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.SUB_GROUP, Role.BOARD_CHAIR, Role.BUSINESS_MANAGER])
def test_its_lead_verifies_in_no_role(role: Role) -> None:
    assert code(planned().all([submit()]), judge(by=actor(role, LEAD))) == "own-side"


def test_an_earlier_lead_does_not_verify() -> None:
    world = planned().all([replace_lead(), submit()])
    assert code(world, judge(by=actor(Role.SUB_GROUP, LEAD))) == "own-side"


def test_whoever_ever_submitted_its_evidence_does_not_verify() -> None:
    world = planned().all([submit(), send_back(), command("submit-evidence", "A1", LEADER, note="more")])
    assert code(world, judge(by=MANAGER)) == "own-side"


@pytest.mark.parametrize("by", [HEALTH, HEALTH_EXECUTIVE])
def test_nobody_verifies_for_the_agency_that_owns_it(by: Actor) -> None:
    assert code(planned().all([submit()]), judge(by=by)) == "own-side"


def test_a_board_member_with_a_part_in_the_owner_agency_does_not_verify() -> None:
    world = planned().all([submit()])
    assert code(world, judge(found=part_of("education", "health"))) == "own-side"
    assert code(world, judge(found=part_of("education"))) == ""


@pytest.mark.parametrize(
    "taken_on",
    [plan_action(lead=SECOND, found=part_of("education")), replace_lead(found=part_of("education"))],
    ids=["planned", "replaced"],
)
def test_nobody_of_the_agency_that_its_lead_works_for_verifies(taken_on: Command) -> None:
    world = planned().all([taken_on, submit()])
    assert code(world, judge(found=part_of("education"))) == "own-side"
    assert code(world, judge(found=part_of("probation"))) == ""
    world.all([send_back(), replace_lead("nb-lead-3"), submit()])
    assert code(world, judge(found=part_of("education"))) == "own-side", "it was theirs once"


@pytest.mark.parametrize("other", ["health", "police"])
def test_a_lead_of_another_action_of_the_owner_agency_does_not_verify(other: str) -> None:
    world = planned().all([plan_action("A2", agency=other, lead=MEMBER.person), replace_lead(LEAD, "A2", SUB_GROUP)])
    world.give(submit())
    assert code(world, judge()) == ("own-side" if other == "health" else "")


def test_evidence_that_waits_keeps_the_agency_that_submitted_it() -> None:
    world = planned().all([submit()])
    assert code(world, plan_action(agency="police", lead=SECOND)) == "evidence-waits"
    assert code(world, plan_action(what="in other words")) == ""
    world.give(send_back())
    assert code(world, plan_action(agency="police", lead=SECOND)) == ""


def test_evidence_that_is_sent_back_comes_again() -> None:
    world = planned().all([start(), submit()]).sleep(DAY).all([send_back()])
    action = world.action()
    assert (action.status, action.submitted_at, action.sent_back) == (ActionStatus.UNDER_WAY, None, 1)
    (letter,) = letters(world, "action-sent-back")
    assert (letter.to, letter.person, letter.words["about"]) == (Role.ACTION_LEAD, LEAD, "A1")
    world.sleep(DAY).all([*done()])
    assert world.action().status is ActionStatus.VERIFIED
    looks = [(look.submitted_at, look.judged_at) for look in world.action().verifications]
    assert looks == [(T0, T0 + DAY), (T0 + 2 * DAY, T0 + 2 * DAY)]


def test_each_submission_has_a_clock_of_its_own_also_after_one_that_nobody_looked_at() -> None:
    world = planned().all([submit()]).sleep(DAY).all([refuse(), reopen(), submit()])
    clocks = {clock.id: clock.deadline.started_at for clock in world.stage.clocks.open if "verif" in clock.id}
    assert clocks == {"action-verification/A1/2": T0 + DAY}


def test_milestones_of_a_reopened_action_climb_no_rung_that_passed_before() -> None:
    steps = [{"what": "tried", "due_on": day(30)}]
    world = planned(milestones=steps).all([submit(), judge()]).sleep(60 * DAY)
    before = len(world.climbed)
    world.give(reopen(due_on=day(200)))
    assert [clock for clock, _ in world.climbed[before:] if clock.startswith("action-milestone")] == []


# More time


def test_more_time_keeps_the_original_day_and_is_counted() -> None:
    world = planned().all([extend(until=day(160)), extend(until=day(170))])
    action = world.action()
    assert (action.due_on, action.original_due_on, action.extensions) == (day(170), DUE, 2)


def test_the_sub_group_gives_more_time_as_often_as_the_board_lets_it_then_the_chair() -> None:
    world = planned()
    limit = world.state.rules.extensions_by_sub_group
    world.all([extend(until=day(160 + number)) for number in range(limit)])
    assert code(world, extend(until=LATER)) == "extension-for-chair"
    world.give(extend(until=LATER, by=CHAIR))
    assert world.action().extensions == limit + 1


@pytest.mark.parametrize("until", [DUE, day(10)])
def test_more_time_ends_later_than_the_day_that_stands(until: date) -> None:
    assert code(planned(), extend(until=until)) == "later-day"


def test_more_time_does_not_end_in_the_past() -> None:
    world = planned().sleep(180 * DAY)
    assert code(world, extend(until=day(170))) == "later-day"
    assert code(world, extend(until=day(190))) == ""


def test_submitted_evidence_needs_no_more_time() -> None:
    assert code(planned().all([submit()]), extend(until=LATER)) == "submitted-already"


# Ends, and beginnings again


def test_the_action_that_takes_the_place_of_another_answers_its_findings() -> None:
    world = plan().all([plan_action("A1", "F1", "F2"), plan_action("A2", "F1"), plan_action("A3", "F2", "F1")])
    assert code(world, supersede("A1", "A2")) == "findings-covered"
    world.give(supersede("A1", "A3"))
    action = world.action()
    assert (action.status, action.superseded_by, action.ended_at) == (ActionStatus.SUPERSEDED, "A3", T0)
    assert code(world, supersede("A2", "A3")) == ""


def test_any_open_action_takes_the_place_of_an_early_one() -> None:
    world = early_plan().all([plan_action(findings=())]).answered()
    assert code(world.all([plan_action("A2", "F2")]), supersede()) == ""


@pytest.mark.parametrize("by", ["A1", "A2", "A9"])
def test_only_another_open_action_takes_its_place(by: str) -> None:
    world = planned().all([plan_action("A2"), refuse("A2")])
    assert code(world, supersede("A1", by)) == "successor-open"


@pytest.mark.parametrize("ended", [verified, refused])
def test_nothing_takes_the_place_of_what_is_at_its_end(ended: Callable[[], Planning]) -> None:
    assert code(ended().all([plan_action("A2")]), supersede()) == "action-over"


def test_actions_take_each_others_place_in_a_chain() -> None:
    world = superseded().all([plan_action("A3"), supersede("A2", "A3")])
    assert [action.superseded_by for action in world.state.actions.all] == ["A2", "A3", ""]
    assert code(world, supersede("A3", "A1")) == "successor-open"


def test_an_executive_refuses_for_the_own_agency_and_the_chair_is_told() -> None:
    world = planned()
    no = "it would not help"
    assert code(world, command("refuse-action", "A1", POLICE_EXECUTIVE, reason=no)) == "own-action"
    world.give(command("refuse-action", "A1", HEALTH_EXECUTIVE, reason=no))
    assert (world.action().status, world.action().ended_at) == (ActionStatus.REFUSED, T0)
    (letter,) = letters(world, "action-refused")
    assert (letter.to, letter.words) == (Role.BOARD_CHAIR, {"about": "A1"})


def test_the_chair_who_refuses_gets_no_letter() -> None:
    assert letters(refused(), "action-refused") == []


@AT_ITS_END
def test_a_reopened_action_goes_on_to_a_new_day(ended: Callable[[], Planning]) -> None:
    world = ended().sleep(DAY)
    assert code(world, reopen(due_on=day(1))) == "due-to-come"
    world.give(reopen(due_on=LATER))
    action = world.action()
    assert (action.status, action.reopened, action.due_on) == (ActionStatus.UNDER_WAY, 1, LATER)
    assert (action.submitted_at, action.ended_at, action.superseded_by) == (None, None, "")
    assert action.original_due_on == DUE
    (letter,) = letters(world, "action-reopened")
    assert (letter.person, letter.words) == (LEAD, {"about": "A1", "due_on": LATER.isoformat()})


def test_an_open_action_is_not_reopened() -> None:
    assert code(planned(), reopen()) == "action-open"


def test_somebody_else_leads_an_action() -> None:
    world = planned()
    assert code(world, replace_lead(LEAD)) == "lead-stands"
    assert code(world, replace_lead(found=unknown("person"))) == "lead-known"
    assert code(world, replace_lead(by=POLICE)) == "own-action"
    world.sleep(DAY).give(replace_lead(by=HEALTH_EXECUTIVE))
    assert (world.action().lead, world.action().leads) == (SECOND, (LEAD, SECOND))
    assert [letter.person for letter in letters(world, "action-assigned")] == [LEAD, SECOND]
    assert world.clock("action/A1").waiting_on is Role.ACTION_LEAD


@pytest.mark.parametrize("number", range(11))
def test_nothing_is_accepted_once_the_case_closes(number: int) -> None:
    world = refused().all([command("record-no-action", "F2", reason="done already"), sign_off()])
    assert world.told_to_end().state.ended
    assert code(world, everything("A1")[number]) == "case-closes"
    assert code(world, plan_action("A3")) == "case-closes"
