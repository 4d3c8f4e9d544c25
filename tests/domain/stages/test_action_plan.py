"""The action plan: from each accepted finding an action or a reason, each action watched, signed off by the board."""

from datetime import date, timedelta
from typing import Any

import pytest
from plan_world import (
    DUE,
    LEAD,
    REJECTED,
    command,
    done,
    drafted,
    drop_change,
    early_plan,
    expect_change,
    findings,
    no_action,
    plan,
    plan_action,
    refuse,
    reopen,
    review,
    sign_off,
    signed,
    supersede,
)
from stage_world import DAY, T0

from domain.action_commands import ActionStatus
from domain.actions import Actions
from domain.command import Command, Found
from domain.learning import AnswerWasWrong
from domain.people import Role
from domain.record import ClockStatus
from domain.text_check import Mark

# Findings


def test_each_accepted_finding_is_asked_for_until_something_follows_from_it() -> None:
    world = plan()
    assert {"F1/record-no-action", "F2/record-no-action"} <= world.asked
    assert f"{REJECTED}/record-no-action" not in world.asked
    world.give(plan_action())
    world.give(no_action())
    assert world.state.response.uncovered(world.state) == ()
    assert not {"F1/record-no-action", "F2/record-no-action"} & world.asked


def test_the_same_answers_again_change_nothing() -> None:
    world = plan()
    state = world.state
    again, transition = state.findings_answered(findings(), world.at + DAY)
    assert again == state
    assert transition.facts == ()


@pytest.mark.parametrize(
    ("finding", "code"), [("F9", "finding-known"), (REJECTED, "wants-no-action"), ("F1", "action-open")]
)
def test_a_reason_for_no_action_belongs_to_a_finding_that_has_none(finding: str, code: str) -> None:
    world = plan()
    world.give(plan_action())
    assert world.refusal(no_action(finding)).code == code


def test_a_refused_action_covers_its_finding_because_its_reason_is_recorded() -> None:
    world = plan().all([plan_action(), refuse()])
    assert world.state.response.uncovered(world.state) == ("F2",)


def test_a_superseded_action_alone_covers_no_finding() -> None:
    world = plan()
    world.give(plan_action())
    superseded = world.action().model_copy(update={"status": ActionStatus.SUPERSEDED, "superseded_by": "A2"})
    state = world.state.model_copy(update={"actions": Actions(all=(superseded,))})
    assert state.response.uncovered(state) == ("F1", "F2")


def test_a_finding_with_a_reason_may_lead_to_an_action_later() -> None:
    world = plan().all([no_action("F1"), plan_action()])
    assert world.state.response.no_action == ("F1",)
    assert world.state.actions.for_finding("F1") == (world.action(),)
    assert world.refusal(no_action("F1")).code == "action-open"


def test_an_early_action_needs_no_finding_and_no_sign_off() -> None:
    world = early_plan()
    world.give(plan_action(findings=()))
    assert world.refusal(sign_off()).code == "findings-not-answered"
    assert world.state.sign_off.needs(world.state) == ()
    world.all(done())
    assert world.state.settled


# Expected changes


def test_without_dates_of_its_own_a_change_is_looked_at_by_the_boards_rule_from_its_latest_action() -> None:
    world = plan().all([plan_action(due_on=date(2026, 5, 31)), plan_action("A2", "F2", due_on=date(2026, 8, 31))])
    world.give(expect_change("C1", "A1", "A2"))
    change = world.state.changes.get("C1")
    assert change is not None
    assert change.dates == (date(2026, 11, 30), date(2027, 2, 28), date(2027, 8, 31), date(2028, 8, 31))


def test_a_change_may_have_dates_of_its_own() -> None:
    world = plan().all([plan_action(), expect_change(observe_on=("2026-09-01", "2027-03-01"))])
    change = world.state.changes.get("C1")
    assert change is not None
    assert change.dates == (date(2026, 9, 1), date(2027, 3, 1))


MARKED = Mark(kind="blame", passage="failed", start=0, end=6, why="it names a culprit")
WORDS: dict[str, Any] = {"direction": "described", "baseline": None, "target": None}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (expect_change("change-1"), "change-named"),
        (expect_change("C1", "A9"), "action-known"),
        (expect_change("C1", "A2"), "action-known"),
        (expect_change(agency="nowhere", found=Found(missing=("agencies",))), "agency-known"),
        (expect_change(themes=("unlisted",), found=Found(missing=("themes",))), "theme-known"),
        (expect_change(found=Found(marks=(MARKED,))), "text-marked"),
        (expect_change(target=None), "target-in-figures"),
        (expect_change(unit=" "), "target-in-figures"),
        (expect_change(**WORDS), "target-in-words"),
        (expect_change(**WORDS | {"described": "nobody asked", "target": "80"}), "target-in-words"),
        (expect_change(observe_on=("2027-03-01", "2026-09-01")), "dates-in-order"),
        (expect_change(observe_on=("2026-09-01", "2026-09-01")), "dates-in-order"),
        (expect_change(observe_on=(T0.date(),)), "dates-in-order"),
        (expect_change(observe_on=tuple(T0.date() + n * DAY for n in range(1, 22))), "dates-in-order"),
    ],
)
def test_a_change_belongs_to_actions_and_says_how_it_is_seen(command: Command, code: str) -> None:
    world = plan().all([plan_action(), plan_action("A2"), refuse("A2")])
    refusal = world.refusal(command)
    assert (refusal.code, refusal.text[-1]) == (code, ".")
    assert world.state.changes.all == ()


def test_a_change_in_words_has_no_figures() -> None:
    world = plan().all([plan_action(), expect_change(**WORDS | {"described": "nobody asked; most are asked"})])
    assert world.state.changes.unwatched(world.state) == ()


@pytest.mark.parametrize(("direction", "baseline", "target"), [("higher", "50", "20"), ("lower", "20", "50")])
def test_a_target_lies_on_the_better_side_of_its_baseline(direction: str, baseline: str, target: str) -> None:
    figures = {"direction": direction, "baseline": baseline, "target": target, "unit": "per cent", "described": ""}
    world = plan().all([plan_action()])
    assert world.refusal(expect_change(**figures)).code == "target-better"
    assert world.refuses(expect_change(**(figures | {"baseline": target, "target": baseline}))) is None


def test_twenty_dates_are_taken() -> None:
    world = plan().all([plan_action(), expect_change(observe_on=tuple(T0.date() + n * DAY for n in range(1, 21)))])
    assert world.state.changes.get("C1") is not None


def test_an_action_is_in_a_change_or_says_why_not() -> None:
    world = plan().all([plan_action(), plan_action("A2", "F2", no_change="seen with the first")])
    assert world.state.changes.unwatched(world.state) == ("A1",)
    assert "A1" in world.task("expect-change").title
    world.give(expect_change())
    assert "expect-change" not in world.asked


def test_an_early_action_needs_no_expected_change() -> None:
    world = early_plan()
    world.give(plan_action("A2", findings=()))
    world.answered().all([plan_action(), no_action(), expect_change(), sign_off()])
    assert world.state.sign_off.signed_off("A2")


def test_a_change_goes_out_of_the_plan_only_before_it_is_signed_off() -> None:
    world = drafted()
    world.give(drop_change())
    assert world.state.changes.unwatched(world.state) == ("A1",)
    world.all([expect_change(), sign_off()])
    assert world.refusal(drop_change()).code == "change-watched"
    assert world.refusal(drop_change("C9")).code == "change-known"


def test_a_change_follows_its_actions_to_those_that_took_their_place() -> None:
    world = signed()
    steps = [plan_action("A2", lead="nb-lead-2", agency="police"), supersede()]
    world.all([*steps, plan_action("A3", lead="nb-lead-3"), supersede("A2", "A3")])
    assert world.state.changes.unwatched(world.state) == ()
    world.give(sign_off())
    expected = world.state.signed_off_changes
    assert expected is not None
    (change,) = expected.changes
    assert change.actions == ("A1", "A2", "A3")
    assert change.leads == (LEAD, "nb-lead-2", "nb-lead-3")
    assert change.owners == ("health", "police")
    assert change.findings == ("F1",)


# Sign-off


def test_a_plan_is_signed_off_when_everything_connects() -> None:
    world = plan()
    assert "sign-off-plan" not in world.asked
    refusal = world.refusal(sign_off())
    assert refusal.code == "finding-without-action"
    assert "F1, F2" in refusal.text
    world.all([plan_action(), no_action()])
    refusal = world.refusal(sign_off())
    assert refusal.code == "action-without-change"
    assert "A1" in refusal.text
    world.give(expect_change())
    assert world.task("sign-off-plan").role is Role.BOARD_CHAIR
    world.give(sign_off())
    assert world.state.sign_off.signed_off("A1")
    assert world.refusal(sign_off()).code == "nothing-to-sign-off"


def test_signing_off_tells_each_owner_agency_once_and_the_board() -> None:
    world = plan().all([plan_action(), plan_action("A2"), plan_action("A3", "F2", agency="police")])
    world.all([expect_change("C1", "A1", "A2", "A3"), sign_off()])
    assert sorted(world.written("plan-signed-off"), key=str) == sorted(
        [(Role.BOARD_MEMBER, None), (Role.AGENCY_LEAD, "health"), (Role.AGENCY_LEAD, "police")], key=str
    )
    assert {letter.words["version"] for letter in world.letters if letter.template == "plan-signed-off"} == {"1"}


def test_a_plan_that_is_sent_back_is_told_to_the_business_manager_and_its_clock_goes_on() -> None:
    world = plan()
    world.give(sign_off("sent-back"))
    assert world.written("plan-sent-back") == [(Role.BUSINESS_MANAGER, None)]
    assert world.state.sign_off.versions == ()
    assert world.clock("action-plan").status is ClockStatus.OPEN


def test_the_clock_of_the_first_version_counts_from_the_boards_answers() -> None:
    world = early_plan()
    world.give(plan_action(findings=()))
    world.sleep(100 * DAY).answered()
    assert world.clock("action-plan").deadline.started_at == world.at
    world.sleep(DAY).all([plan_action(due_on=T0.date() + 200 * DAY), no_action(), expect_change(), sign_off()])
    assert (world.clock("action-plan").status, world.clock("action-plan").satisfied_at) == (ClockStatus.MET, world.at)


def test_a_change_of_the_plan_opens_the_clock_of_its_next_version() -> None:
    world = signed()
    world.sleep(DAY)
    world.give(plan_action("A2", "F2", no_change="seen with the first"))
    changed = world.at
    world.sleep(DAY)
    world.give(plan_action("A3", "F2", no_change="seen with the first"))
    assert world.clock("action-plan/2").deadline.started_at == changed
    assert world.task("sign-off-plan").clock == "action-plan/2"
    world.give(sign_off())
    entry = world.clock("action-plan/2")
    assert (entry.status, entry.deadline.started_at, entry.computation) == (ClockStatus.MET, changed, 1)
    assert len(world.state.sign_off.versions) == 2


def test_carrying_an_action_out_changes_no_plan() -> None:
    world = signed()
    world.all(done())
    assert world.refusal(sign_off()).code == "nothing-to-sign-off"


def test_an_answer_that_the_board_changes_calls_for_the_plan_again() -> None:
    world = signed()
    world.sleep(30 * DAY).answered(findings(T0, F3="accepted"))
    assert world.clock("action-plan/2").deadline.started_at == world.at
    assert world.refusal(sign_off()).code == "finding-without-action"
    world.all([no_action(REJECTED), sign_off()])
    assert not world.state.sign_off.is_due(world.state)


def test_reopening_a_superseded_action_calls_for_the_plan_again() -> None:
    world = signed()
    world.all([plan_action("A2"), supersede(), sign_off(), reopen()])
    assert world.state.changes.unwatched(world.state) == ("A2",)
    assert world.clock("action-plan/3").status is ClockStatus.OPEN
    assert world.refusal(sign_off()).code == "action-without-change"


def test_what_is_watched_is_what_was_signed_off() -> None:
    world = drafted()
    assert world.state.signed_off_changes is None
    world.give(sign_off())
    before = world.state.signed_off_changes
    assert before is not None
    assert [(change.id, change.version, change.leads) for change in before.changes] == [("C1", 1, (LEAD,))]
    world.give(expect_change("C2"))
    assert world.state.signed_off_changes == before
    world.sleep(DAY).give(sign_off())
    after = world.state.signed_off_changes
    assert after is not None
    assert [(change.id, change.version) for change in after.changes] == [("C1", 2), ("C2", 2)]
    assert after.at == world.at


def test_who_leads_an_action_after_the_sign_off_is_told_to_those_who_watch() -> None:
    world = signed()
    before = world.state.signed_off_changes
    assert before is not None
    world.sleep(DAY).give(command("replace-lead", "A1", lead="nb-lead-9", reason="moved on"))
    after = world.state.signed_off_changes
    assert after is not None and after.at > before.at
    of_a1 = [change for change in after.changes if "A1" in change.actions]
    assert of_a1 and all("nb-lead-9" in change.leads for change in of_a1)
    assert [c.model_copy(update={"leads": ()}) for c in after.changes] == [
        c.model_copy(update={"leads": ()}) for c in before.changes
    ]


def test_a_dropped_change_is_not_handed_over() -> None:
    world = drafted().all([expect_change("C2"), drop_change("C2"), sign_off()])
    expected = world.state.signed_off_changes
    assert expected is not None
    assert [change.id for change in expected.changes] == ["C1"]


# Wrong answers


def test_a_wrong_answer_is_to_be_planned_anew_within_its_clock() -> None:
    world = signed()
    world.all(done())
    assert world.state.settled
    world.sleep(DAY).wrong("A1")
    assert world.clock("action-replan/A1").deadline.started_at == world.at
    assert world.task("A1/supersede-action").role is Role.BUSINESS_MANAGER
    assert world.written("action-replan") == [(Role.BUSINESS_MANAGER, None)]
    assert not world.state.settled
    world.all([plan_action("A2"), supersede(), sign_off(), *done("A2")])
    assert "A1/supersede-action" not in world.asked
    assert world.state.settled


def test_the_same_judgement_is_taken_in_once() -> None:
    world = signed()
    world.wrong("A1")
    message = AnswerWasWrong(change="C1", actions=("A1",), at=world.at)
    again, transition = world.state.answer_was_wrong(message, world.at + DAY)
    assert again == world.state
    assert (transition.facts, transition.letters) == ((), ())


def test_the_letter_names_the_actions_of_its_own_judgement() -> None:
    world = plan().all([plan_action(), plan_action("A2", "F2"), expect_change(), expect_change("C2", "A2"), sign_off()])
    world.wrong("A1").sleep(DAY).wrong("A2", change="C2")
    letters = [letter for letter in world.letters if letter.template == "action-replan"]
    assert [(letter.words["about"], letter.words["actions"]) for letter in letters] == [("C1", "A1"), ("C2", "A2")]


# The end


def test_a_case_without_a_review_is_settled_when_no_action_is_open() -> None:
    world = early_plan()
    assert world.state.settled
    world.give(plan_action(findings=()))
    assert not world.state.settled


def test_a_plan_is_settled_when_its_actions_are_at_their_end_and_it_is_signed_off() -> None:
    world = drafted().all(done())
    assert not world.state.settled
    world.give(sign_off())
    assert world.state.settled
    world.give(no_action("F1"))
    assert not world.state.settled


def test_a_plan_ends_only_when_it_is_told_to_and_nothing_is_open() -> None:
    world = signed().told_to_end()
    assert not world.state.ended
    world.all(done())
    assert not world.stage.done()
    world.told_to_end()
    assert world.stage.done()


@pytest.mark.parametrize("given", [plan_action("A2"), no_action("F1"), expect_change("C2"), sign_off(), review(T0)])
def test_nothing_is_taken_in_once_the_case_closes(given: Command) -> None:
    world = signed().all(done()).told_to_end()
    assert world.refusal(given).code == "case-closes"


def test_what_comes_in_while_the_case_closes_opens_the_plan_again() -> None:
    world = signed().all(done()).told_to_end().wrong("A1")
    assert not world.state.ended
    assert not world.stage.done()
    world.all([plan_action("A2"), supersede(), sign_off(), *done("A2")])
    assert world.told_to_end().stage.done()


def test_a_plan_goes_on_after_its_case_is_opened_again() -> None:
    world = signed().all(done()).told_to_end()
    world.stage = world.stage.with_state(world.state.resumed())
    world.give(reopen(due_on=DUE + timedelta(days=60)))
    assert not world.state.settled


def test_the_headline_says_what_the_plan_waits_for() -> None:
    assert early_plan().state.headline() == "Action plan: no actions yet"
    world = plan()
    world.give(plan_action())
    headline = "Action plan: 1 planned; findings without an action: F2; to be signed off"
    assert world.state.headline() == headline
    assert signed().all(done()).state.headline() == "Action plan: 1 verified"
