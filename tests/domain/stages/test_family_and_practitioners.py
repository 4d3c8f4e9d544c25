"""The family is told and heard, or it is recorded why not; practitioners are informed, supported and heard."""

from datetime import date

import pytest
from beside_world import (
    SECRET,
    BesideState,
    PanelLikeState,
    PlainState,
    beside,
    changed,
    code,
    contact,
    no_family,
    plan,
    practitioners,
)
from stage_world import CASE, DAY, HOUR, REGIME, T0, World

from domain.participation import FamilyStep, Participation, PractitionerStep
from domain.people import Role
from domain.record import ClockEntry, ClockStatus
from domain.stage import Stage

INFORMED, DECLINED, TOOK_PART = FamilyStep.INFORMED, FamilyStep.DECLINED, FamilyStep.TOOK_PART
FEEDBACK, TOLD, NOT_TOLD = FamilyStep.FEEDBACK_GIVEN, FamilyStep.TOLD_OF_PUBLICATION, FamilyStep.COULD_NOT_BE_TOLD
INVITED, HELD, NOT_HELD = PractitionerStep.INVITED, PractitionerStep.LEARNING_EVENT_HELD, PractitionerStep.NOT_HELD


def clock(world: World[BesideState], key: str = "family-1") -> ClockEntry:
    found = world.stage.clocks.get(f"family-informed/{key}")
    assert found is not None
    return found


def planned(*keys: str) -> World[BesideState]:
    world = beside()
    for key in keys or ("family-1",):
        world.give(plan(key))
    return world


def informed() -> World[BesideState]:
    world = planned()
    world.sleep(DAY)
    world.give(contact(INFORMED, world.at))
    return world


# Planning


def test_planning_the_family_is_asked_for_from_the_beginning() -> None:
    world = beside()
    assert world.task("family-1/plan-family-member").role is Role.BUSINESS_MANAGER
    assert not world.state.participation.planned
    world.give(plan())
    assert world.state.participation.planned
    assert "family-1/plan-family-member" not in world.asked


def test_that_nobody_of_the_family_takes_part_is_recorded_with_the_reason() -> None:
    world = beside()
    world.give(no_family())
    assert world.state.participation.planned
    assert "family-1/plan-family-member" not in world.asked
    world.give(plan())
    assert not world.state.participation.no_family
    assert code(world, no_family()) == "nobody-planned"


@pytest.mark.parametrize("key", [None, "mother", "family-0", "Family-1", "jane", "family-1/2", "family-1\n"])
def test_a_member_of_the_family_is_named_by_a_number_only(key: str | None) -> None:
    assert code(beside(), plan(key)) == "family-key"


@pytest.mark.parametrize("given", [{"takes_part": ""}, {"takes_part": " "}, {"why_not": "lives abroad"}])
def test_a_plan_says_how_somebody_takes_part_or_why_not(given: dict[str, str]) -> None:
    assert code(beside(), plan(**given)) == "part-or-reason"


def test_a_plan_lies_ahead() -> None:
    assert code(beside(), plan(planned_on=(T0 - DAY).date())) == "planned-ahead"
    assert code(beside(), plan(planned_on=T0.date())) == ""


# Informing


def test_each_member_is_to_be_informed_within_ten_working_days_of_planning() -> None:
    world = planned("family-1", "family-2")
    assert world.state.participation.family_gaps("informed") == ("family-1", "family-2")
    assert clock(world).deadline.due_on == date(2026, 2, 19)
    assert clock(world).rule.source.confirm
    assert world.task("family-1/record-family-contact").clock == "family-informed/family-1"
    world.sleep(DAY)
    world.give(contact(INFORMED, world.at))
    assert world.state.participation.family_gaps("informed") == ("family-2",)
    assert (clock(world).status, clock(world, "family-2").status) == (ClockStatus.MET, ClockStatus.OPEN)
    assert "family-1/record-family-contact" not in world.asked


def test_informing_late_is_kept_as_late_and_the_chair_is_told() -> None:
    world = planned()
    world.walk(40 * DAY)
    told = [letter.to for letter in world.letters]
    assert {Role.BUSINESS_MANAGER, Role.BOARD_CHAIR} == set(told)
    world.give(contact(INFORMED, world.at))
    assert clock(world).status is ClockStatus.LATE


def test_planning_again_does_not_begin_the_time_anew() -> None:
    world = planned()
    before = clock(world)
    world.sleep(3 * DAY)
    world.give(plan(takes_part="a letter"))
    assert clock(world) == before


def test_who_is_not_asked_to_take_part_is_excused_and_no_clock_runs() -> None:
    world = beside()
    world.give(plan(takes_part="", why_not=SECRET))
    assert world.state.participation.family_gaps("informed") == ()
    assert world.state.participation.family_gaps("feedback-given") == ()
    assert world.stage.clocks.entries == ()
    world.sleep(20 * DAY)
    world.give(plan())
    assert clock(world).deadline.started_at == world.at
    assert world.state.participation.family_gaps("informed") == ("family-1",)


def test_why_not_recorded_later_ends_the_clock() -> None:
    world = planned()
    world.give(plan(takes_part="", why_not=SECRET))
    assert clock(world).status is ClockStatus.WITHDRAWN


@pytest.mark.parametrize("step", [DECLINED, NOT_TOLD])
def test_who_declined_or_could_not_be_told_is_excused(step: FamilyStep) -> None:
    world = planned()
    world.give(contact(step, world.at))
    assert clock(world).status is ClockStatus.MET
    for each in ("informed", "took-part", "feedback-given"):
        assert world.state.participation.family_gaps(each) == ()


def test_gaps_are_asked_by_the_name_of_a_step() -> None:
    with pytest.raises(ValueError, match="is not a valid FamilyStep"):
        Participation().family_gaps("greeted")


# Contacts


def test_a_contact_is_of_a_member_who_is_planned_for_and_has_happened() -> None:
    world = planned()
    assert code(world, contact(INFORMED, world.at, "family-2")) == "member-known"
    assert code(world, contact(INFORMED, world.at, None)) == "member-known"
    assert code(world, contact(INFORMED, world.at + HOUR)) == "future"


@pytest.mark.parametrize("step", [TOOK_PART, FEEDBACK])
def test_nobody_takes_part_or_gives_feedback_before_they_were_informed(step: FamilyStep) -> None:
    world = planned()
    assert code(world, contact(step, world.at)) == "informed-first"
    world.sleep(2 * DAY)
    world.give(contact(INFORMED, world.at - DAY))
    assert code(world, contact(step, world.at - 2 * DAY)) == "informed-first"
    assert code(world, contact(step, world.at)) == ""


@pytest.mark.parametrize("step", [TOOK_PART, FEEDBACK])
def test_who_declined_takes_part_only_after_being_informed_again(step: FamilyStep) -> None:
    world = informed()
    world.sleep(DAY)
    world.give(contact(DECLINED, world.at))
    assert world.state.participation.family_gaps("feedback-given") == ()
    world.sleep(DAY)
    assert code(world, contact(step, world.at)) == "declined-before"
    world.give(contact(INFORMED, world.at))
    assert code(world, contact(step, world.at)) == ""
    assert world.state.participation.family_gaps("feedback-given") == ("family-1",)


def test_what_was_recorded_late_counts_at_the_time_when_it_happened() -> None:
    world = informed()
    world.sleep(10 * DAY)
    world.give(contact(DECLINED, world.at - DAY))
    assert code(world, contact(TOOK_PART, world.at - 2 * DAY)) == ""
    assert code(world, contact(TOOK_PART, world.at)) == "declined-before"


@pytest.mark.parametrize("note", ["", "  "])
def test_that_somebody_could_not_be_told_needs_the_reason(note: str) -> None:
    world = planned()
    assert code(world, contact(NOT_TOLD, world.at, note=note)) == "reason-recorded"


def test_feedback_is_asked_for_when_the_report_is_there() -> None:
    world = informed()
    assert "family-1/record-family-contact" not in world.asked
    changed(world, wants_feedback=True)
    assert "view of the report" in world.task("family-1/record-family-contact").title
    world.give(contact(FEEDBACK, world.at))
    assert "family-1/record-family-contact" not in world.asked


# Told of publication


def test_telling_of_publication_is_asked_for_before_publication() -> None:
    world = informed()
    assert world.state.participation.untold == ("family-1",)
    changed(world, wants_family_told=True)
    assert "told of publication" in world.task("family-1/record-family-contact").title
    world.give(contact(TOLD, world.at))
    assert not world.state.participation.untold
    assert "family-1/record-family-contact" not in world.asked


def test_one_task_asks_for_all_that_is_missing_of_a_member() -> None:
    world = planned()
    changed(world, wants_family_told=True, wants_feedback=True)
    title = world.task("family-1/record-family-contact").title
    assert title == "Record of family-1: told of the review, their view of the report, told of publication"


def test_who_declined_or_was_not_asked_to_take_part_is_told_of_publication_all_the_same() -> None:
    world = planned()
    world.give(plan("family-2", takes_part="", why_not=SECRET))
    world.give(contact(DECLINED, world.at))
    assert world.state.participation.untold == ("family-1", "family-2")
    for key in ("family-1", "family-2"):
        assert code(world, contact(TOLD, world.at, key)) == ""


def test_a_reason_why_somebody_cannot_be_told_stands_in_for_telling_them() -> None:
    world = planned()
    world.give(contact(NOT_TOLD, world.at))
    assert world.state.participation.untold == ()


def test_what_was_told_before_the_report_was_accepted_does_not_count_as_told_of_publication() -> None:
    world = planned()
    world.give(contact(NOT_TOLD, world.at))
    world.sleep(30 * DAY)
    carried = world.state.participation.carried_over(world.at)
    publication = beside(BesideState(participation=carried), world.at + DAY)
    assert publication.state.participation.untold == ("family-1",)
    assert code(publication, contact(TOLD, publication.at - 2 * DAY)) == "report-accepted-first"
    publication.give(contact(TOLD, publication.at))
    assert not publication.state.participation.untold


def test_while_the_panel_is_at_work_nobody_is_told_of_publication() -> None:
    world = beside(PanelLikeState())
    world.give(plan())
    assert code(world, contact(TOLD, world.at)) == "report-accepted-first"


def test_a_stage_that_wants_nothing_of_the_family_asks_for_nothing_more() -> None:
    stage = Stage[PlainState](
        case=CASE, id=CASE.stage_id("panel"), regime=REGIME.id, rules=REGIME.clock, state=PlainState()
    )
    world = World(stage)
    world.give(plan())
    world.give(contact(INFORMED, world.at))
    assert world.asked == {"record-practitioners"}


def test_the_clock_of_informing_goes_on_in_the_next_stage_only_where_it_is_open() -> None:
    world = planned("family-1", "family-2")
    world.give(contact(INFORMED, world.at))
    world.sleep(DAY)
    changed(world, over=True)
    assert clock(world, "family-2").status is ClockStatus.WITHDRAWN
    assert world.asked == set()
    carried = world.state.participation.carried_over(world.at)
    publication = beside(BesideState(participation=carried), world.at)
    assert [e.id for e in publication.stage.clocks.entries] == ["family-informed/family-2"]


# Practitioners


def test_what_is_missing_of_the_practitioners_is_asked_for() -> None:
    world = beside()
    assert world.task("record-practitioners").role is Role.BUSINESS_MANAGER
    for step in (INVITED, PractitionerStep.INFORMED, PractitionerStep.SUPPORTED, HELD):
        assert step in world.state.participation.practitioner_gaps
        world.give(practitioners(step, world.at))
        assert step not in world.state.participation.practitioner_gaps
    assert world.state.participation.practitioner_gaps == ()
    assert "record-practitioners" not in world.asked


def test_a_learning_event_comes_after_inviting_and_informing() -> None:
    world = beside()
    assert code(world, practitioners(HELD, world.at)) == "event-prepared"
    world.give(practitioners(INVITED, world.at))
    assert code(world, practitioners(HELD, world.at)) == "event-prepared"
    world.give(practitioners(PractitionerStep.INFORMED, world.at))
    assert code(world, practitioners(HELD, world.at)) == ""
    assert code(world, practitioners(HELD, world.at - DAY)) == "event-prepared"
    assert code(world, practitioners(HELD, world.at + DAY)) == "future"


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_learning_event_the_reason_is_recorded(reason: str) -> None:
    world = beside()
    assert code(world, practitioners(NOT_HELD, world.at, reason)) == "reason-recorded"
    world.give(practitioners(NOT_HELD, world.at, SECRET))
    gaps = world.state.participation.practitioner_gaps
    assert gaps == (PractitionerStep.INFORMED, PractitionerStep.SUPPORTED)


def test_a_learning_event_that_was_held_is_not_recorded_as_not_held() -> None:
    world = beside()
    for step in (INVITED, PractitionerStep.INFORMED, HELD):
        world.give(practitioners(step, world.at))
    assert code(world, practitioners(NOT_HELD, world.at, SECRET)) == "event-held"


def test_ids_tasks_and_clocks_hold_nothing_that_a_person_typed() -> None:
    world = informed()
    world.give(plan("family-2", takes_part="", why_not=SECRET))
    world.give(practitioners(NOT_HELD, world.at, SECRET))
    changed(world, wants_feedback=True, wants_family_told=True)
    for recording in world.recordings:
        assert SECRET not in recording.model_dump_json(exclude={"facts"})
    assert SECRET not in world.state.model_dump_json()


def test_the_part_is_the_same_after_it_was_carried_through_json() -> None:
    world = informed()
    world.give(practitioners(INVITED, world.at))
    world.carried()
    assert world.state.participation.family[0].contacts[0].step is INFORMED
