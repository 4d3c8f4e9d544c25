"""Setting up a review: who is appointed, what keeps them apart, terms of reference, time and milestones."""

from datetime import date, timedelta
from typing import Any

import pytest
from panel_world import (
    AGENCIES,
    PANEL_CHAIR,
    REVIEWER,
    appoint,
    convened,
    decide_on_terms,
    draft_terms,
    end_appointment,
    explain_delay,
    extend_review,
    gathering,
    give,
    meet_milestone,
    member,
    review,
    send_report,
)
from stage_world import CHAIR, DAY, MANAGER, T0, World, actor, sent

from domain.appointments import Appoint
from domain.command import Found
from domain.panel import PanelReviewState
from domain.people import Role
from domain.record import ClockStatus
from domain.terms import Milestone

MEMBER, LEAD, PANEL = Role.PANEL_MEMBER, Role.LEAD_REVIEWER, Role.PANEL_CHAIR
LEARNING_EVENT = Milestone(id="learning-event", title="Learning event", due_on=date(2026, 5, 12))


def code(world: World[PanelReviewState], command: Appoint) -> str:
    refusal = world.refuses(command)
    return refusal.code if refusal else ""


QUESTIONS = ("belongs_to_board", "belongs_to_agency", "managed_the_case", "worked_on_the_case", "other_interests")


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("role", [MEMBER, LEAD, PANEL])
def test_every_question_of_the_declaration_is_answered(question: str, role: Role) -> None:
    agency = "health" if role is MEMBER else ""
    left_out: dict[str, Any] = {question: None}
    refusal = review().refuses(appoint(role, "nb-x", agency, **left_out))
    assert refusal is not None
    assert refusal.code == "declaration-unanswered"
    assert question in refusal.text


def test_lead_reviewer_belongs_neither_to_the_board_nor_to_an_agency_under_review() -> None:
    world = review()
    assert code(world, appoint(LEAD, "nb-x", belongs_to_board=True)) == "reviewer-independent"
    assert code(world, appoint(LEAD, "nb-x", belongs_to_agency="police")) == "reviewer-independent"
    assert code(world, appoint(LEAD, "nb-x", worked_on_the_case=True)) == "reviewer-independent"
    assert code(world, appoint(LEAD, "nb-x", belongs_to_agency="elsewhere")) == ""


def test_what_the_directory_knows_counts_more_than_what_is_declared() -> None:
    world = review()
    of_board = Found(roles=(Role.BOARD_MEMBER,))
    of_agency = Found(agencies=("health",))
    assert code(world, appoint(LEAD, "nb-x", found=of_board)) == "reviewer-independent"
    assert code(world, appoint(LEAD, "nb-x", found=of_agency)) == "reviewer-independent"
    assert code(world, appoint(PANEL, "nb-x", found=of_agency)) == "chair-independent"


def test_a_person_whom_nobody_knows_is_not_appointed() -> None:
    assert code(review(), appoint(LEAD, "nb-x", found=Found(missing=("person",)))) == "person-known"


def test_an_employer_is_named_by_the_id_that_the_directory_has() -> None:
    unknown = Found(missing=("agencies",))
    assert code(review(), appoint(LEAD, "nb-x", belongs_to_agency="The Police", found=unknown)) == "agency-known"
    assert code(review(), appoint(LEAD, "nb-x", belongs_to_agency="other")) == ""


def test_nobody_appoints_themselves() -> None:
    assert code(review(), appoint(PANEL, CHAIR.person)) == "appoints-themselves"


def test_panel_chair_and_lead_reviewer_are_two_people() -> None:
    world = give(review(), appoint(PANEL, "nb-x"))
    assert code(world, appoint(LEAD, "nb-x")) == "roles-apart"
    world = give(review(), appoint(LEAD, "nb-x"))
    assert code(world, appoint(PANEL, "nb-x")) == "roles-apart"


def test_they_stay_apart_after_an_appointment_has_ended() -> None:
    world = give(review(), appoint(LEAD, "nb-x"), end_appointment(LEAD, "nb-x"))
    assert code(world, appoint(PANEL, "nb-x")) == "roles-apart"
    assert code(world, appoint(MEMBER, "nb-x", "health")) == "roles-apart"
    world = give(review(), appoint(MEMBER, "nb-y", "health"), end_appointment(MEMBER, "nb-y"))
    assert code(world, appoint(LEAD, "nb-y")) == "roles-apart"


def test_a_member_who_managed_or_worked_on_the_case_is_refused() -> None:
    world = review()
    assert code(world, appoint(MEMBER, "nb-x", "health", managed_the_case=True)) == "managed-the-case"
    assert code(world, appoint(MEMBER, "nb-x", "health", worked_on_the_case=True)) == "managed-the-case"
    assert code(world, appoint(PANEL, "nb-x", managed_the_case=True)) == "managed-the-case"


def test_one_senior_person_an_agency() -> None:
    world = give(review(), appoint(MEMBER, "nb-x", "health"))
    assert code(world, appoint(MEMBER, "nb-y", "health")) == "one-member-an-agency"
    assert code(world, appoint(MEMBER, "nb-y", "library")) == "agency-under-review"
    give(world, end_appointment(MEMBER, "nb-x"), appoint(MEMBER, "nb-y", "health"))
    assert [(held.person, held.until is None) for held in world.state.appointments.all] == [
        ("nb-x", False),
        ("nb-y", True),
    ]


def test_one_panel_chair_and_several_lead_reviewers() -> None:
    world = convened()
    assert code(world, appoint(PANEL, "nb-other")) == "one-panel-chair"
    assert code(world, appoint(LEAD, "nb-reviewer-2")) == ""
    assert code(world, appoint(LEAD, REVIEWER.person)) == "appointed-already"


def test_only_a_panel_member_speaks_for_an_agency() -> None:
    assert code(review(), appoint(LEAD, "nb-x", "elsewhere")) == "agency-of-a-member"


def test_an_appointment_that_does_not_stand_cannot_end() -> None:
    refusal = review().refuses(end_appointment(LEAD, "nb-x"))
    assert refusal is not None and refusal.code == "no-such-appointment"


def test_whoever_is_appointed_is_written_to_in_person() -> None:
    letters = [letter for letter in convened().letters if letter.template == "appointed"]
    assert [letter.person for letter in letters][:2] == [PANEL_CHAIR.person, REVIEWER.person]
    assert len({letter.id for letter in letters}) == 5


def test_appointing_is_asked_for_until_each_agency_has_its_member() -> None:
    world = give(review(), appoint(PANEL, "nb-panel-chair"), appoint(LEAD, "nb-reviewer-1"))
    assert "panel member of school" in world.task("appoint").title
    give(world, *(appoint(MEMBER, f"nb-{agency}", agency) for agency in AGENCIES))
    assert "appoint" not in world.asked


def test_the_panel_is_convened_in_time_and_a_later_vacancy_is_a_task() -> None:
    world = convened()
    clock = world.stage.clocks.get("panel-convened")
    assert clock is not None and clock.status is ClockStatus.MET
    give(world, end_appointment(LEAD, REVIEWER.person))
    assert "lead reviewer" in world.task("appoint").title
    assert world.stage.clocks.get("panel-convened") == clock


def test_who_is_not_appointed_at_present_does_nothing_in_that_role() -> None:
    assert refuses_terms(review()) == "appointed"


def refuses_terms(world: World[PanelReviewState], *, by: object = None, **fields: object) -> str:
    agencies = fields.pop("agencies", AGENCIES)
    refusal = world.refuses(draft_terms(agencies, **fields))  # type: ignore[arg-type]
    return refusal.code if refusal else ""


def test_terms_have_a_possible_period_and_timetable() -> None:
    world = convened()
    assert refuses_terms(world, period_to=date(2024, 1, 1)) == "period"
    assert refuses_terms(world, period_from=date(2026, 3, 1), period_to=date(2026, 4, 1)) == "period"
    past = LEARNING_EVENT.model_copy(update={"due_on": date(2026, 2, 4)})
    assert refuses_terms(world, milestones=(past,)) == "milestones"
    assert refuses_terms(world, milestones=(LEARNING_EVENT, LEARNING_EVENT)) == "milestones"
    assert refuses_terms(world, reports_due_on=date(2026, 2, 4)) == "milestones"
    assert refuses_terms(world, found=Found(missing=("agencies",))) == "agencies-known"
    assert refuses_terms(world) == ""


def test_an_agency_of_a_reviewer_cannot_come_under_review() -> None:
    world = give(convened(), appoint(LEAD, "nb-x", belongs_to_agency="library"))
    assert refuses_terms(world, agencies=("health", "library")) == "independence"
    give(world, end_appointment(LEAD, "nb-x"))
    assert refuses_terms(world, agencies=("health", "library")) == ""


def test_who_drafted_the_terms_does_not_approve_them() -> None:
    world = give(convened(), draft_terms(by=actor(Role.SUB_GROUP, CHAIR.person)))
    refusal = world.refuses(decide_on_terms())
    assert refusal is not None and refusal.code == "drafter-is-not-decider"
    assert world.refuses(decide_on_terms(by=actor(Role.BOARD_CHAIR, "nb-vice", deputising=True))) is None


def test_terms_sent_back_are_drafted_anew() -> None:
    world = give(convened(), draft_terms(), decide_on_terms("sent-back"))
    assert world.state.terms.in_force is None
    assert "draft-terms" in world.asked
    refusal = world.refuses(decide_on_terms())
    assert refusal is not None and refusal.code == "no-draft"
    give(world, draft_terms(), decide_on_terms())
    assert world.state.terms.in_force is not None and world.state.terms.in_force.version == 2


def test_a_later_version_needs_its_reason_and_keeps_what_was_received() -> None:
    world = give(gathering())
    give(world, send_report("health", nil_return=True, report="", chronology=""))
    assert refuses_terms(world) == "reason-for-change"
    assert refuses_terms(world, reason="the school closed", agencies=("police",)) == "agency-has-reported"
    give(world, draft_terms(("health", "police", "library"), reason="the school closed"), decide_on_terms())
    assert [report.id for report in world.state.reports.agencies] == ["health", "police", "library"]
    assert world.state.reports.get("health").rounds  # type: ignore[union-attr]
    assert [fact.item for fact in world.facts if fact.kind == "agency-asked"] == [*AGENCIES, "library"]


def test_agencies_are_asked_when_the_terms_are_approved_and_not_before() -> None:
    world = give(convened(), draft_terms())
    assert not any(task.endswith("send-agency-report") for task in world.asked)
    give(world, decide_on_terms())
    assert {f"{agency}/send-agency-report" for agency in AGENCIES} <= world.asked
    requests = [letter for letter in world.letters if letter.template == "report-request"]
    assert {letter.agency for letter in requests} == set(AGENCIES)


def due(world: World[PanelReviewState], clock: str) -> date:
    entry = world.stage.clocks.get(clock)
    assert entry is not None
    return entry.deadline.due_on


def test_the_review_is_due_six_months_after_the_decision() -> None:
    assert due(review(), "serious-case-review") == date(2026, 8, 5)


def test_an_extension_keeps_the_first_date_and_tells_the_bodies_outside() -> None:
    world = give(gathering(), extend_review(date(2026, 10, 30)))
    entry = world.stage.clocks.get("serious-case-review")
    assert entry is not None
    assert (entry.deadline.due_on, entry.computation) == (date(2026, 10, 30), 2)
    assert "board chair" in entry.reason
    notices = [letter for letter in world.letters if letter.template == "review-extended"]
    assert {letter.to for letter in notices} == {Role.NATIONAL_PANEL, Role.DEPARTMENT}
    clock = "delay-notice/extension/1"
    assert clock in {entry.id for entry in world.stage.clocks.open}
    world.told(*(sent(letter.id, T0) for letter in notices))
    assert clock not in {entry.id for entry in world.stage.clocks.open}


def test_an_extension_goes_forward_only() -> None:
    world = give(gathering(), extend_review(date(2026, 10, 30)))
    for day in (date(2026, 10, 30), date(2026, 9, 1), date(2026, 2, 5)):
        refusal = world.refuses(extend_review(day))
        assert refusal is not None and refusal.code == "extension-forward"


def test_an_extension_that_would_shorten_the_six_months_is_refused() -> None:
    refusal = gathering().refuses(extend_review(date(2026, 7, 1)))
    assert refusal is not None and refusal.code == "no-extension"
    assert "Wednesday 5 August 2026" in refusal.text


@pytest.mark.parametrize("year", [2047, 2101, 9999])
def test_a_day_beyond_every_review_is_refused(year: int) -> None:
    far = date(year, 1, 1)
    for command in (
        extend_review(far),
        draft_terms(milestones=(LEARNING_EVENT.model_copy(update={"due_on": far}),), reason="why"),
        draft_terms(reports_due_on=far, reason="why"),
    ):
        refusal = gathering().refuses(command)
        assert refusal is not None and refusal.code == "far-ahead"


def test_a_milestone_runs_to_its_day_and_moves_with_the_terms() -> None:
    world = gathering(milestones=(LEARNING_EVENT,))
    assert due(world, "milestone/learning-event") == date(2026, 5, 12)
    later = LEARNING_EVENT.model_copy(update={"due_on": date(2026, 6, 9)})
    give(world, draft_terms(milestones=(later,), reason="the room is taken"), decide_on_terms())
    entry = world.stage.clocks.get("milestone/learning-event")
    assert entry is not None
    assert (entry.deadline.due_on, entry.computation) == (date(2026, 6, 9), 2)
    assert "version 2" in entry.reason


def test_a_milestone_is_met_once() -> None:
    world = give(gathering(milestones=(LEARNING_EVENT,)), meet_milestone("learning-event"))
    assert world.refuses(meet_milestone("learning-event")).code == "milestone-met"  # type: ignore[union-attr]
    assert world.refuses(meet_milestone("party")).code == "milestone-known"  # type: ignore[union-attr]
    assert "learning-event/meet-milestone" not in world.asked


def test_a_milestone_of_tomorrow_is_not_met() -> None:
    world = gathering(milestones=(LEARNING_EVENT,))
    refusal = world.refuses(meet_milestone("learning-event", T0 + DAY))
    assert refusal is not None and refusal.code == "future"


def test_a_delay_is_explained_for_a_clock_of_the_review() -> None:
    world = give(gathering(milestones=(LEARNING_EVENT,)), explain_delay(), explain_delay("milestone/learning-event"))
    refusal = world.refuses(explain_delay("agency-report/health"))
    assert refusal is not None and refusal.code == "clock-of-review"
    assert world.kinds.count("delay-explained") == 2


def test_a_late_review_is_brought_to_the_chair_with_the_question_why() -> None:
    world = gathering()
    world.walk(timedelta(days=200))
    late = [letter.to for letter in world.letters if letter.template == "review-overdue" and "." not in letter.id]
    assert late == [Role.BUSINESS_MANAGER, Role.BOARD_CHAIR]


def test_the_business_manager_may_appoint_on_the_chairs_behalf_and_nobody_else() -> None:
    assert code(review(), appoint(PANEL, "nb-panel-chair", by=MANAGER)) == ""
    assert code(review(), appoint(PANEL, "nb-panel-chair", by=member("health"))) == "role"
