"""The case: what an event leads to, what follows from what a stage reports, and where the whole case stands."""

from itertools import product

import pytest
from case_world import case, event, other, receive, report, subject
from stage_world import DAY, HOUR, MANAGER, REGIME, T0, World, request_id

from domain.case import CaseState
from domain.case_commands import Challenge
from domain.case_messages import Onward, Standing
from domain.decision import FactAnswer
from domain.decision_commands import ReviewOutcome
from domain.record import ClockStatus
from domain.safety import OTHERS

SCR, OTHER, NONE = ReviewOutcome.SERIOUS_CASE_REVIEW, ReviewOutcome.OTHER_REVIEW, ReviewOutcome.NONE
DIED = [subject("C1", "died")]


def opened(**more: object) -> World[CaseState]:
    world = case()
    receive(world, event(**more))  # type: ignore[arg-type]
    return world


def more(world: World[CaseState], **what: object) -> Onward:
    world.sleep(DAY)
    onward = receive(world, event(at=world.at, **what))  # type: ignore[arg-type]
    assert onward is not None
    return onward


def decided(outcome: ReviewOutcome, *, finished: bool = True) -> World[CaseState]:
    world = opened()
    report(world, "safety", 1, undecided=(), finished=True)
    report(world, "decision", 1, outcome=outcome, answers=world.state.answers, finished=finished)
    return world


def standing(world: World[CaseState]) -> Standing:
    return world.state.standing


def challenge() -> Challenge:
    return Challenge(request_id=request_id(), actor=MANAGER, received_at=T0, reason="not convinced")


# The first event


def test_the_first_event_makes_the_children_safe_and_begins_a_decision() -> None:
    world = case()
    onward = receive(world, event(others=[other("S1")]))
    assert onward is not None
    assert onward.begins_safety
    assert onward.begins_decision
    assert [c.key for c in onward.children.children] == ["C1", "S1"]
    assert [a.id for a in onward.facts.agencies] == ["health"]
    assert standing(world) is Standing.DECIDING
    assert world.state.undecided == ("C1", "S1")


def test_where_all_children_died_and_no_other_is_known_a_check_still_asks_whether_there_are_any() -> None:
    world = case()
    onward = receive(world, event(children=DIED))
    assert onward is not None
    assert onward.begins_safety
    assert [c.key for c in onward.children.children] == [OTHERS]


def test_the_incident_s_notification_is_met_or_late_at_once_and_nobody_is_chased() -> None:
    world = opened()
    (entry,) = world.stage.clocks.entries
    assert (entry.id, entry.status) == ("incident-notification", ClockStatus.MET)
    late = opened(at=T0 + 30 * DAY)
    assert late.stage.clocks.entries[0].status is ClockStatus.LATE
    assert late.walk(400 * DAY).climbed == []


def test_a_repeated_delivery_changes_nothing() -> None:
    world = case()
    first = event(delivery="d-1", others=[other("S1")])
    receive(world, first)
    before = world.stage
    assert receive(world, first) is None
    assert receive(world, event(delivery="d-1", children=DIED)) is None
    assert world.stage == before


def test_an_event_is_in_the_record_whole() -> None:
    first = event()
    world = case()
    receive(world, first)
    (fact,) = (fact for fact in world.facts if fact.kind == "incident-notified")
    assert fact.detail["event"] == first.model_dump(mode="json", exclude_none=True)


# Children


def test_a_new_child_while_the_check_is_open_is_told_to_it() -> None:
    world = opened(others=[other("S1")])
    onward = more(world, others=[other("S1"), other("S9")])
    assert not onward.begins_safety
    assert [c.key for c in onward.children.children] == ["S9"]
    assert onward.children.children[0].since == T0 + DAY
    assert world.state.safety_checks == 1
    assert "S9" in world.state.undecided


@pytest.mark.parametrize("outcome", [None, *ReviewOutcome])
def test_a_new_child_after_the_check_has_ended_begins_another_at_any_stage(outcome: ReviewOutcome | None) -> None:
    world = opened(others=[other("S1")])
    report(world, "safety", 1, undecided=(), finished=True)
    if outcome is not None:
        report(world, "decision", 1, outcome=outcome, finished=True)
    onward = more(world, others=[other("S9")])
    assert onward.begins_safety
    assert [c.key for c in onward.children.children] == ["S9"]
    assert (world.state.safety_checks, world.state.safety_open) == (2, True)
    assert world.state.undecided == ("S9",)
    assert not world.state.done()


def test_an_event_without_a_new_child_begins_no_check() -> None:
    world = opened(others=[other("S1")])
    report(world, "safety", 1, undecided=(), finished=True)
    onward = more(world, others=[other("S1")])
    assert not onward.begins_safety
    assert onward.children.children == ()
    assert world.state.undecided == ()


def test_the_question_whether_there_are_others_is_asked_only_at_the_beginning() -> None:
    world = opened(others=[other("S1")])
    onward = more(world, children=[subject("C1"), subject("S1", "died")])
    assert OTHERS not in {child.key for child in onward.children.children}


def test_names_that_follow_after_the_check_has_ended_open_it_again_for_that_child() -> None:
    world = opened(others=[other("S1", named=False)])
    report(world, "safety", 1, undecided=(), finished=True)
    onward = more(world, others=[other("S1")])
    assert onward.begins_safety
    assert [(c.key, c.named) for c in onward.children.children] == [("S1", True)]
    assert world.state.undecided == ("S1",)


def test_a_child_who_died_is_waited_for_no_longer() -> None:
    world = opened(children=[subject("C1"), subject("C2")])
    onward = more(world, children=[subject("C1", "died")])
    assert onward.children.died == ("C1",)
    assert world.state.undecided == ("C2", OTHERS)


def test_what_a_check_said_before_it_heard_of_a_child_does_not_count_for_that_child() -> None:
    """Messages cross: the check ends for S1 while S9 is on the way to it."""
    world = opened(others=[other("S1")])
    report(world, "decision", 1, outcome=SCR, finished=True)
    more(world, others=[other("S9")])
    report(world, "safety", 1, undecided=(), children=("C1", "S1"))
    assert world.state.undecided == ("S9",)
    assert standing(world) is Standing.CHILDREN_FIRST
    report(world, "safety", 1, undecided=(), children=("C1", "S1", "S9"), finished=True)
    assert standing(world) is Standing.WAITING_FOR_PANEL


def test_an_earlier_check_s_report_says_nothing_about_the_present_one() -> None:
    world = opened()
    report(world, "safety", 1, undecided=(), finished=True)
    more(world, others=[other("S9")])
    before = world.state
    report(world, "safety", 1, undecided=(), finished=True)
    assert world.state == before


# A death


def test_an_injured_child_who_dies_while_undecided_is_told_to_the_open_decision() -> None:
    world = opened()
    onward = more(world, children=DIED)
    assert not onward.begins_decision
    assert [(a.fact, a.holds) for a in onward.facts.answers] == [("child_died", True)]
    assert world.state.verdict(REGIME.criterion).verdict == "always"


@pytest.mark.parametrize(("outcome", "finished"), list(product([NONE, OTHER], [True, False])))
def test_an_injured_child_who_dies_after_a_decision_against_a_review_is_put_to_the_criteria_again(
    outcome: ReviewOutcome, finished: bool
) -> None:
    """Also where the stage that decided still gives its notices or waits for its learning."""
    world = decided(outcome, finished=finished)
    onward = more(world, children=DIED)
    assert onward.begins_decision
    assert onward.because == "a child has died"
    assert (world.state.decisions, world.state.decision_open, world.state.outcome) == (2, True, None)
    assert standing(world) is Standing.DECIDING
    put = next(fact for fact in world.facts if fact.kind == "put-to-the-criteria")
    assert put.detail["verdict"] == "always"


@pytest.mark.parametrize("finished", [True, False])
def test_a_child_who_dies_after_a_decision_for_a_review_is_recorded_and_the_decision_stands(finished: bool) -> None:
    world = decided(SCR, finished=finished)
    onward = more(world, children=DIED)
    assert not onward.begins_decision
    assert world.state.outcome is SCR
    assert "put-to-the-criteria" in world.kinds


def test_the_overtaken_stage_s_reports_say_nothing_about_the_new_decision() -> None:
    world = decided(NONE, finished=False)
    more(world, children=DIED)
    before = world.state
    report(world, "decision", 1, outcome=NONE, finished=True)
    assert world.state == before


def test_the_same_death_told_again_begins_nothing_again() -> None:
    world = decided(NONE)
    more(world, children=DIED)
    report(world, "decision", 2, outcome=OTHER, answers=world.state.answers, finished=True)
    onward = more(world, children=DIED)
    assert not onward.begins_decision
    assert world.state.decisions == 2


def test_a_second_child_s_death_is_put_to_the_criteria_though_the_verdict_is_the_same() -> None:
    world = opened(children=[subject("C1", "died"), subject("C2")])
    report(world, "decision", 1, outcome=NONE, answers=world.state.answers, finished=True)
    assert more(world, children=[subject("C2", "died")]).begins_decision


# Facts


def test_an_unknown_fact_erases_no_answer() -> None:
    world = opened()
    before = world.state.answers
    onward = more(world, facts={"abuse_or_neglect": "unknown", "life_threatening_injury": None})
    assert onward.facts.answers == ()
    assert world.state.answers == before


def test_a_fact_known_otherwise_than_before_is_news_with_who_told_it() -> None:
    world = opened()
    onward = more(world, facts={"serious_sexual_abuse": True})
    (answer,) = onward.facts.answers
    assert (answer.fact, answer.holds, answer.by, answer.at) == (
        "serious_sexual_abuse",
        True,
        "duty manager, health",
        T0 + DAY,
    )


def test_the_sub_group_s_answers_survive_into_the_next_decision() -> None:
    world = opened()
    inquest = FactAnswer(fact="abuse_or_neglect", holds=False, by="sub group", at=T0 + HOUR)
    report(world, "decision", 1, outcome=NONE, answers=(*world.state.answers[:1], inquest), finished=True)
    more(world, children=DIED)
    kept = {answer.fact: answer for answer in world.state.facts_known(world.at).answers}
    assert kept["abuse_or_neglect"] == inquest
    assert kept["child_died"].holds is True


def test_an_event_that_repeats_what_it_told_before_does_not_overrule_the_sub_group() -> None:
    """Every update carries all facts as its sender knows them; only what changed in it is news."""
    world = opened()
    inquest = FactAnswer(fact="abuse_or_neglect", holds=False, by="sub group", at=T0 + HOUR)
    answers = tuple(inquest if a.fact == inquest.fact else a for a in world.state.answers)
    report(world, "decision", 1, outcome=NONE, answers=answers, finished=True)
    onward = more(world, others=[other("S9")])
    assert inquest in world.state.answers
    assert not onward.begins_decision


def test_a_fact_that_changes_the_verdict_overtakes_a_decision_against_a_review() -> None:
    world = decided(NONE)
    onward = more(world, facts={"serious_sexual_abuse": True})
    assert onward.begins_decision
    assert onward.because == "what is known has changed"


def test_a_fact_that_no_criterion_needs_overtakes_nothing() -> None:
    assert not more(decided(NONE), facts={"died_in_custody": True}).begins_decision


def test_an_agency_told_of_later_is_asked_from_then_on() -> None:
    onward = more(opened(), agencies=("health", "police"))
    assert [(a.id, a.asked_at) for a in onward.facts.agencies] == [("health", T0 + DAY), ("police", T0 + DAY)]


# Where the case stands


@pytest.mark.parametrize("outcome", [None, *ReviewOutcome])
@pytest.mark.parametrize("undecided", [(), ("S1",)])
@pytest.mark.parametrize("finished", [True, False])
def test_never_waiting_for_the_panel_while_a_child_has_no_decision(
    outcome: ReviewOutcome | None, undecided: tuple[str, ...], finished: bool
) -> None:
    world = opened(others=[other("S1")])
    report(world, "safety", 1, undecided=undecided)
    report(world, "decision", 1, outcome=outcome, finished=finished and outcome is not None)
    waits = world.state.standing is Standing.WAITING_FOR_PANEL
    assert waits == (outcome is SCR and finished and not undecided)


def test_the_panel_waits_for_the_children_and_goes_on_when_each_is_decided_for() -> None:
    world = opened()
    report(world, "decision", 1, outcome=SCR, finished=True)
    assert standing(world) is Standing.CHILDREN_FIRST
    report(world, "safety", 1, undecided=())
    assert standing(world) is Standing.WAITING_FOR_PANEL
    moved = [fact.detail["standing"] for fact in world.facts if fact.kind == "case-moved-on"]
    assert moved == ["children first", "waiting for the panel"]


def test_a_child_named_while_the_panel_is_awaited_comes_first_again() -> None:
    world = decided(SCR)
    assert standing(world) is Standing.WAITING_FOR_PANEL
    more(world, others=[other("S9")])
    assert standing(world) is Standing.CHILDREN_FIRST


def test_a_case_with_a_review_is_never_done_by_itself() -> None:
    world = decided(SCR)
    world.walk(5 * 365 * DAY)
    assert not world.stage.done()


@pytest.mark.parametrize("outcome", [OTHER, NONE])
def test_without_a_review_the_case_is_done_only_when_both_stages_have_ended(outcome: ReviewOutcome) -> None:
    world = opened()
    report(world, "decision", 1, outcome=outcome, finished=True)
    assert not world.stage.done()
    report(world, "safety", 1, undecided=(), finished=True)
    assert world.stage.done()
    assert standing(world) is Standing.CLOSING


def test_closing_tells_the_board_and_each_agency_and_nothing_about_anybody() -> None:
    world = opened(agencies=("health", "police"))
    report(world, "decision", 1, outcome=NONE, finished=True)
    state, transition = world.state.closing_now(T0)
    assert state.standing is Standing.CLOSED
    assert [letter.agency for letter in transition.letters] == [None, "health", "police"]
    assert {tuple(letter.words.items()) for letter in transition.letters} == {(("outcome", "no review"),)}


def test_an_event_opens_a_closed_case_again() -> None:
    world = decided(NONE)
    world.then(*world.state.closing_now(world.at))
    more(world, others=[other("S9")])
    assert world.state.closed_at is None
    assert standing(world) is Standing.CLOSING
    assert not world.stage.done()
    assert "case-reopened" in world.kinds


# Challenge


@pytest.mark.parametrize(("outcome", "finished"), list(product(ReviewOutcome, [True, False])))
def test_the_national_panel_can_challenge_a_decision_as_soon_as_it_is_made(
    outcome: ReviewOutcome, finished: bool
) -> None:
    """The notice reaches it while learning is still to be recorded; it need not wait for that."""
    world = decided(outcome, finished=finished)
    world.give(challenge())
    assert (world.state.decisions, world.state.outcome) == (2, None)
    assert standing(world) is Standing.DECIDING
    assert "decision-challenged" in world.kinds


def test_a_decision_that_was_opened_again_cannot_be_challenged_before_it_is_made() -> None:
    world = decided(NONE)
    world.give(challenge())
    assert world.refuses(challenge()) is not None


def test_a_closed_case_may_be_challenged() -> None:
    world = decided(NONE)
    world.then(*world.state.closing_now(world.at))
    world.give(challenge())
    assert standing(world) is Standing.DECIDING
