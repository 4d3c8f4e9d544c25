"""Actions of a plan: planned, carried out, shown; their clocks and what is asked of whom."""

from collections.abc import Callable
from typing import Any

import pytest
from actions_world import (
    HEALTH,
    HEALTH_EXECUTIVE,
    LATER,
    LEADER,
    MILESTONES,
    POLICE,
    SECOND,
    TODAY,
    TOLD,
    code,
    day,
    everything,
    judge,
    letters,
    planned,
    reach,
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
    rate,
    refuse,
    reopen,
    signed,
    start,
    submit,
    supersede,
)
from stage_world import DAY, MANAGER, T0, actor

from domain.action_commands import ActionStatus
from domain.command import Found
from domain.people import Actor, Role
from domain.record import ClockStatus
from domain.text_check import Mark

AT_ITS_END = pytest.mark.parametrize("ended", [verified, superseded, refused])


# Planning


@pytest.mark.parametrize("name", [None, "A0", "A1000", "a1", "A1 ", "A01", "B1", "Anna"])
def test_an_action_has_an_id_in_which_there_is_no_room_for_a_name(name: str | None) -> None:
    given = plan_action().model_copy(update={"item": name})
    assert code(plan(), given) == "action-named"


@pytest.mark.parametrize(
    ("kind", "expected"), [("person", "lead-known"), ("agencies", "agency-known"), ("themes", "theme-known")]
)
def test_lead_agency_and_themes_are_known(kind: str, expected: str) -> None:
    assert code(plan(), plan_action(found=unknown(kind))) == expected


def test_marked_words_of_an_action_are_rephrased_or_have_a_reason_to_stay() -> None:
    mark = Mark(passage="negligent", kind="blame", why="say what made it hard")
    found = Found(marks=(mark,))
    assert code(plan(), plan_action(found=found)) == "text-marked"
    kept = ({"passage": "negligent", "reason": "it is quoted from the law"},)
    assert code(plan(), plan_action(found=found, stays=kept)) == ""


@pytest.mark.parametrize("by", [HEALTH, HEALTH_EXECUTIVE])
def test_an_agency_plans_actions_of_its_own_only(by: Actor) -> None:
    assert code(plan(), plan_action(by=by)) == ""
    assert code(plan(), plan_action(by=by, agency="police")) == "own-agency"


def test_an_agency_takes_no_action_over_from_another_and_gives_none_away() -> None:
    world = planned()
    assert code(world, plan_action(by=POLICE, agency="police")) == "own-agency"
    assert code(world, plan_action(by=HEALTH, agency="police")) == "own-agency"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"starts_on": day(20), "due_on": day(10)}, "days-in-order"),
        ({"starts_on": day(-20), "due_on": day(-1)}, "due-to-come"),
        ({"starts_on": day(-20), "due_on": TODAY}, ""),
        ({"starts_on": day(40), "milestones": MILESTONES}, "milestones-within"),
        ({"due_on": day(59), "milestones": MILESTONES}, "milestones-within"),
        ({"starts_on": day(30), "due_on": day(60), "milestones": MILESTONES}, ""),
    ],
)
def test_the_days_of_an_action_come_in_order(days: dict[str, Any], expected: str) -> None:
    assert code(plan(), plan_action(**days)) == expected


def test_an_early_action_names_no_findings_and_may_stay_early() -> None:
    world = early_plan()
    assert code(world, plan_action()) == "findings-not-answered"
    world.give(plan_action(findings=()))
    assert world.action().early
    world.answered()
    assert code(world, plan_action(findings=(), what="in another way")) == ""
    world.give(plan_action())
    assert world.action().findings == ("F1",)


def test_a_new_action_names_findings_that_the_board_has_answered() -> None:
    world = plan()
    assert code(world, plan_action(findings=())) == "finding-named"
    assert code(world, plan_action("A1", "F1", "F9")) == "finding-known"
    world.give(plan_action())
    assert code(world, plan_action(findings=())) == "finding-named"


def test_no_finding_loses_its_last_action_by_planning_anew() -> None:
    world = planned()
    assert code(world, plan_action("A1", "F2")) == "finding-kept"
    world.give(plan_action("A2"))
    assert code(world, plan_action("A1", "F2")) == ""


def test_the_lead_is_told_of_a_new_action_once() -> None:
    world = planned()
    (letter,) = letters(world, "action-assigned")
    assert (letter.to, letter.person, letter.kind) == (Role.ACTION_LEAD, LEAD, "letter")
    assert letter.words == {"about": "A1", "due_on": DUE.isoformat()}
    assert letter.task.endswith("/actions/A1/start-action")
    world.give(plan_action(what="in another way"))
    assert len(letters(world, "action-assigned")) == 1
    world.sleep(DAY).give(plan_action(lead=SECOND))
    assert [each.person for each in letters(world, "action-assigned")] == [LEAD, SECOND]


def test_until_it_is_signed_off_a_day_is_planned_anew_without_a_reason() -> None:
    world = planned().all([plan_action(due_on=LATER)])
    assert (world.action().due_on, world.action().original_due_on) == (LATER, LATER)


def test_once_signed_off_a_change_has_a_reason_and_no_day_moves_by_it() -> None:
    world = signed()
    assert code(world, plan_action(what="in another way")) == "reason-for-change"
    assert code(world, plan_action(due_on=LATER, reason="slow")) == "more-time-by-extension"
    world.give(plan_action(agency="police", lead=SECOND, reason="it moved to them"))
    action = world.action()
    assert (action.agency, action.lead, action.leads) == ("police", SECOND, (LEAD, SECOND))
    assert action.original_due_on == DUE


def test_the_original_day_of_an_extended_action_outlives_planning_anew() -> None:
    world = planned().all([extend(until=LATER)])
    assert code(world, plan_action(reason="shorter")) == "more-time-by-extension"
    world.give(plan_action(due_on=LATER, reason="in another way"))
    assert (world.action().due_on, world.action().original_due_on) == (LATER, DUE)


def test_planning_anew_keeps_the_status_and_the_milestones_that_were_reached() -> None:
    world = planned(milestones=MILESTONES).all([start(), reach(1)])
    world.give(plan_action(milestones=(*MILESTONES, {"what": "all use it", "due_on": day(90)})))
    action = world.action()
    assert action.status is ActionStatus.UNDER_WAY
    assert [step.reached_at for step in action.milestones] == [T0, None, None]


@AT_ITS_END
def test_an_action_at_its_end_is_reopened_before_it_is_planned_anew(ended: Callable[[], Planning]) -> None:
    world = ended()
    assert code(world, plan_action()) == "action-over"
    world.give(reopen())
    assert code(world, plan_action()) == ""


def test_a_verified_action_that_was_the_wrong_answer_does_not_stay_verified_with_another_lead() -> None:
    world = verified().wrong("A1")
    assert code(world, plan_action(lead="nb-verifier-1", reason="another way")) == "action-over"
    world.all([reopen(), plan_action(lead="nb-verifier-1", reason="another way"), submit()])
    assert code(world, judge(by=actor(Role.SUB_GROUP, "nb-verifier-1"))) == "own-side"


def test_a_wrong_answer_waits_until_it_is_planned_anew_superseded_or_ended_with_a_reason() -> None:
    def wrong() -> Planning:
        world = planned().all([plan_action("A2")]).wrong("A1")
        assert world.action().replan_since == T0
        assert not world.state.actions.at_their_end
        return world

    for answer in (plan_action(), supersede(), refuse()):
        assert wrong().all([answer]).action().replan_since is None
    again = verified().wrong("A1").all([reopen()])
    assert again.action().replan_since == T0
    assert again.all([plan_action(reason="another way")]).action().replan_since is None


def test_a_second_judgement_gives_no_more_time_to_plan_anew() -> None:
    assert planned().wrong("A1").sleep(DAY).wrong("A1").action().replan_since == T0


@pytest.mark.parametrize("ended", [superseded, refused])
def test_a_wrong_answer_that_is_superseded_or_refused_already_is_not_planned_anew(
    ended: Callable[[], Planning],
) -> None:
    assert ended().wrong("A1").action().replan_since is None


# Carrying out


BY_LEAD = pytest.mark.parametrize(
    "form", ["start-action", "report-progress", "reach-action-milestone", "submit-evidence"]
)


@BY_LEAD
@pytest.mark.parametrize("by", [LEADER, HEALTH, MANAGER])
def test_lead_agency_and_business_manager_tell_how_an_action_goes(form: str, by: Actor) -> None:
    assert code(planned(milestones=MILESTONES), command(form, "A1", by, **TOLD[form])) == ""


@BY_LEAD
@pytest.mark.parametrize("by", [actor(Role.ACTION_LEAD, SECOND), POLICE])
def test_nobody_else_tells_how_an_action_goes(form: str, by: Actor) -> None:
    assert code(planned(milestones=MILESTONES), command(form, "A1", by, **TOLD[form])) == "own-action"


def test_a_lead_who_was_replaced_leads_no_more() -> None:
    world = planned().all([replace_lead()])
    assert code(world, command("submit-evidence", "A1", LEADER, note="mine")) == "own-action"
    assert code(world, command("submit-evidence", "A1", actor(Role.ACTION_LEAD, SECOND), note="mine")) == ""


def test_an_action_starts_once_and_not_in_the_future() -> None:
    world = planned()
    assert code(world, start(at=T0 + DAY)) == "future"
    world.give(start())
    assert (world.action().status, world.action().started_at) == (ActionStatus.UNDER_WAY, T0)
    assert code(world, start()) == "started-already"


def test_progress_leaves_the_status_as_it_is() -> None:
    world = planned()
    before = world.action()
    world.give(command("report-progress", "A1", LEADER, note="half of it", late_because="the release moved"))
    assert world.action() == before


def test_a_milestone_is_reached_once() -> None:
    world = planned(milestones=MILESTONES)
    assert code(world, reach(3)) == "milestone-known"
    assert code(world, reach(2, reached_at=T0 + DAY)) == "future"
    world.give(reach(2))
    assert [step.reached_at for step in world.action().milestones] == [None, T0]
    assert code(world, reach(2)) == "reached-already"


def test_a_colour_is_of_the_boards_legend_and_no_status() -> None:
    world = verified()
    assert code(world, rate(colour="purple")) == "colour-of-legend"
    world.give(rate(colour="red"))
    assert (world.action().colour, world.action().status) == ("red", ActionStatus.VERIFIED)


@pytest.mark.parametrize("ended", [superseded, refused])
def test_what_is_not_carried_out_has_no_colour(ended: Callable[[], Planning]) -> None:
    assert code(ended(), rate()) == "action-over"


def test_evidence_is_submitted_once_with_documents_that_are_kept() -> None:
    world = planned()
    assert code(world, command("submit-evidence", "A1", found=unknown("documents"), note="see D-9")) == "document-kept"
    world.give(submit())
    action = world.action()
    assert (action.status, action.started_at, action.submitted_at) == (ActionStatus.EVIDENCE_SUBMITTED, T0, T0)
    assert action.submitted_by == (MANAGER.person,)
    assert code(world, submit()) == "submitted-already"


@pytest.mark.parametrize("number", range(11))
def test_only_actions_of_the_plan_are_spoken_of(number: int) -> None:
    given = everything("A7")[number]
    refusal = planned().refusal(given)
    assert refusal.code == "action-known"
    assert "A7" not in refusal.text


@AT_ITS_END
@pytest.mark.parametrize("number", [0, 1, 2, 3, 6, 7, 8, 10])
def test_what_is_at_its_end_does_not_go_on(ended: Callable[[], Planning], number: int) -> None:
    assert code(ended(), everything("A1")[number]) == "action-over"


# Clocks and tasks


def test_the_day_of_an_action_is_its_clock_until_the_evidence_is_there() -> None:
    world = planned()
    entry = world.clock("action/A1")
    assert (entry.status, entry.due_on, entry.agency) == (ClockStatus.OPEN, DUE, "health")
    world.give(submit())
    assert world.clock("action/A1").status is ClockStatus.MET
    world.sleep(DAY).give(send_back())
    assert world.clock("action/A1").status is ClockStatus.OPEN


def test_more_time_and_reopening_compute_the_day_again_and_say_why() -> None:
    world = planned().all([extend(until=LATER)])
    entry = world.clock("action/A1")
    assert (entry.due_on, entry.computation, entry.reason) == (LATER, 2, "more time was given")
    world.all(done()).give(reopen(due_on=day(300)))
    entry = world.clock("action/A1")
    both = "more time was given and it was reopened"
    assert (entry.due_on, entry.computation, entry.reason) == (day(300), 3, both)
    entry = verified().all([reopen(due_on=LATER)]).clock("action/A1")
    assert (entry.computation, entry.reason) == (2, "it was reopened")


def test_nobody_is_late_with_what_will_not_be_carried_out() -> None:
    for world in (refused(), superseded()):
        assert world.clock("action/A1").status is ClockStatus.WITHDRAWN
    world = planned().all([submit(), refuse()])
    assert world.clock("action/A1").status is ClockStatus.MET
    assert world.clock("action-verification/A1").status is ClockStatus.WITHDRAWN


def test_each_milestone_has_its_day_until_it_is_reached_or_the_action_is_done() -> None:
    world = planned(milestones=MILESTONES)
    assert [world.clock(f"action-milestone/A1/{n}").due_on for n in (1, 2)] == [day(30), day(60)]
    world.give(reach(1))
    world.give(submit())
    assert world.clock("action-milestone/A1/1").status is ClockStatus.MET
    assert world.clock("action-milestone/A1/2").status is ClockStatus.WITHDRAWN


def test_each_submission_has_a_clock_of_its_own() -> None:
    world = planned().all([submit()]).sleep(DAY).all([send_back()]).sleep(DAY).all([submit()])
    assert world.clock("action-verification/A1").status is ClockStatus.MET
    assert world.clock("action-verification/A1/2").status is ClockStatus.OPEN
    assert world.task("A1/verify-action").clock == "action-verification/A1/2"


def test_the_lead_is_asked_to_begin_and_to_submit_and_somebody_else_to_verify() -> None:
    world = planned()
    asked = {"A1/start-action", "A1/submit-evidence", "A1/verify-action"}
    assert world.asked & asked == {"A1/start-action", "A1/submit-evidence"}
    task = world.task("A1/submit-evidence")
    assert (task.role, task.agency, task.clock) == (Role.ACTION_LEAD, "health", "action/A1")
    world.give(start())
    assert world.asked & asked == {"A1/submit-evidence"}
    world.give(submit())
    assert world.asked & asked == {"A1/verify-action"}
    assert world.task("A1/verify-action").role is Role.BUSINESS_MANAGER
    world.give(judge())
    assert not world.asked & asked


def test_a_plan_survives_being_carried_over() -> None:
    world = planned(milestones=MILESTONES).all([reach(1), submit(), send_back(), replace_lead(), submit()])
    assert world.carried().action().leads == (LEAD, SECOND)
