"""Steps of a review in an order that nobody expects: what was judged once is judged again when it takes effect."""

from datetime import timedelta

from panel_world import (
    AGENCIES,
    REVIEWER,
    answer_report,
    appoint,
    check_facts,
    checked,
    convened,
    decide_on_report,
    decide_on_terms,
    declare_impasse,
    draft_terms,
    drafted,
    family,
    finding,
    gathering,
    give,
    go_on_without_report,
    member,
    nominate,
    plan_family,
    practitioners,
    review,
    send_report,
    settle_impasse,
    sign_off,
    signed_off,
    submit,
    withdraw,
)
from stage_world import MANAGER, World

from domain.command import Command
from domain.panel import PanelReviewState
from domain.people import Role

MORE = (*AGENCIES, "library")


def given(world: World[PanelReviewState], *commands: Command) -> World[PanelReviewState]:
    """Those that are not refused are given."""
    for command in commands:
        if world.refuses(command) is None:
            world.give(command)
    return world


def to_the_end(world: World[PanelReviewState]) -> World[PanelReviewState]:
    """The panel signs off and the board accepts, as far as that is not refused."""
    return given(world, sign_off(), *(sign_off(member(agency)) for agency in AGENCIES[:2]), decide_on_report())


def asks_nothing_once_it_is_done(world: World[PanelReviewState]) -> bool:
    return not world.state.done() or (not world.stage.tasks() and not world.stage.clocks.open)


def test_panel_chair_and_members_are_asked_to_sign_off_by_tasks_that_are_told_apart() -> None:
    ids = [task.id for task in checked().stage.tasks() if task.form == "sign-off"]
    assert len(ids) == len(set(ids)) == 2


def test_a_reviewer_appointed_while_terms_wait_is_judged_by_them_when_they_are_approved() -> None:
    world = give(review(), draft_terms(MORE, by=MANAGER))
    given(world, appoint(Role.LEAD_REVIEWER, REVIEWER.person, belongs_to_agency="library"), decide_on_terms())
    ties = {tie for held in world.state.appointments.now(Role.LEAD_REVIEWER) for tie in held.ties}
    assert not ties & set(world.state.under_review)


def test_a_report_that_comes_in_while_terms_wait_is_not_lost_when_they_are_approved() -> None:
    world = give(gathering(), draft_terms(AGENCIES[:2], reason="why"), nominate("school"), send_report("school"))
    given(world, decide_on_terms())
    assert world.state.reports.get("school") is not None


def test_who_signed_a_report_off_cannot_be_named_its_author_afterwards() -> None:
    world = give(gathering(), nominate("health"), send_report("health"))
    given(world, nominate("health", author="health-senior"), answer_report("health"))
    report = world.state.reports.get("health")
    assert report is not None
    assert report.author == "health-author"


def test_terms_that_wait_for_the_chair_are_decided_before_the_panel_signs_off() -> None:
    world = to_the_end(give(checked(), draft_terms(reason="why")))
    assert asks_nothing_once_it_is_done(world)


def test_an_agency_that_comes_under_review_late_is_heard_before_the_panel_signs_off() -> None:
    world = to_the_end(give(checked(), draft_terms(MORE, reason="why"), decide_on_terms()))
    assert asks_nothing_once_it_is_done(world)


def test_a_report_that_comes_in_after_sign_off_is_not_left_without_an_answer() -> None:
    world = gathering()
    for agency in AGENCIES[:2]:
        give(world, nominate(agency), send_report(agency), answer_report(agency))
    give(world, nominate("school"), go_on_without_report("school"))
    world.at += timedelta(hours=1)
    steps = ("invited", "informed", "supported", "learning-event-held")
    give(world, plan_family(), family("informed"), *(practitioners(step) for step in steps), finding(), submit())
    give(world, *(check_facts(agency) for agency in AGENCIES[:2]), family("feedback-given"))
    give(world, sign_off(), *(sign_off(member(agency)) for agency in AGENCIES[:2]))
    given(world, send_report("school"), decide_on_report())
    assert asks_nothing_once_it_is_done(world)


def test_a_report_without_any_finding_is_not_signed_off() -> None:
    assert not to_the_end(give(checked(), withdraw())).state.done()


def test_nobody_is_asked_to_sign_off_a_draft_that_was_given_up() -> None:
    world = give(drafted(), declare_impasse(), settle_impasse("draft-again"))
    given(world, *(check_facts(agency) for agency in AGENCIES))
    assert "panel-sign-off/1" not in {entry.id for entry in world.stage.clocks.open}


def test_the_panel_is_asked_once_the_checks_of_an_earlier_draft_are_settled() -> None:
    world = give(drafted(), submit("D-9/2", facts_unchanged=True))
    assert not [letter.id for letter in world.letters if "sign-off" in letter.id]
    give(world, *(check_facts(agency) for agency in AGENCIES))
    assert [letter.id for letter in world.letters if "sign-off" in letter.id]


def test_a_review_that_is_signed_off_takes_no_other_report() -> None:
    assert world_refuses(signed_off(), nominate("health"))
    assert world_refuses(convened(), nominate("health"))


def world_refuses(world: World[PanelReviewState], command: Command) -> bool:
    return world.refuses(command) is not None
