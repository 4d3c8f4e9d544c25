"""The status page and everything else that is shown or sent: true, by reference, and without anything about anybody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from case_world import PLANTED, case, event, other, receive, report
from stage_world import (
    DAY,
    DEATH,
    HOUR,
    MANAGER,
    T0,
    World,
    acceptance,
    acknowledge,
    actor,
    allegation,
    answer,
    child,
    conference,
    decide,
    decide_child,
    decided,
    deciding,
    discussion,
    learning,
    recommend,
    refused,
    request_id,
    safety,
    secure,
    sent,
    summary,
    tell_officer,
)

from domain.case_commands import Challenge
from domain.command import DeliverOtherwise
from domain.decision_commands import Dissent, ReviewOutcome
from domain.people import Role
from domain.safety import NOT_A_REFERRAL
from domain.safety_commands import ChildDecision
from domain.status import status_markdown

TYPED = "Ottoline Fenwhistle said so"
"""Free text that a person typed into an answer; it belongs into the sealed record and nowhere else."""
SECRETS = (*PLANTED, TYPED, "Ottoline", "Fenwhistle")


def page(world: World[Any]) -> str:
    return status_markdown(world.stage, world.at, world.stage.tasks())


def test_the_page_of_a_safety_check_says_that_it_is_no_referral() -> None:
    assert NOT_A_REFERRAL in page(safety())
    assert "not a referral" in NOT_A_REFERRAL
    assert NOT_A_REFERRAL not in page(deciding())


def test_the_page_names_reference_clocks_due_dates_and_who_is_waited_for() -> None:
    text = page(safety())
    assert text.startswith("### NB-2026-101: Children's safety check, 1 child: 1 to be acknowledged")
    assert (
        "| Acknowledgement of the safety check | S1 | by 11:30 on Thursday 5 February 2026 | duty social worker |"
        in text
    )
    assert "- duty social worker: Child S1: acknowledge that this child may be at risk" in text


def test_the_page_says_overdue_from_the_due_instant_on() -> None:
    world = safety().sleep(HOUR - timedelta(microseconds=1))
    assert "**overdue**" not in page(world)
    world.sleep(timedelta(microseconds=1))
    assert page(world).count("**overdue** since by 11:30 on Thursday 5 February 2026") == 1


def test_the_page_shows_clocks_that_stopped_with_the_civil_day_of_it() -> None:
    summer = T0.replace(month=7, day=1, hour=22, minute=50)
    world = safety(at=summer).sleep(HOUR / 2)
    world.give(acknowledge())
    assert (
        "- Acknowledgement of the safety check (S1): met on 2026-07-02, due by 00:50 on Thursday 2 July 2026"
        in page(world)
    )


def test_a_long_page_says_how_many_more_there_are() -> None:
    world = safety(*(child(f"R{n}") for n in range(20)))
    assert page(world).count("and 28 more") == 2


def test_an_agency_is_named_by_its_id_where_it_is_waited_for() -> None:
    assert "- agency lead of health: Secure the agency's records of the case" in page(deciding())


def brought(letter: str) -> DeliverOtherwise:
    return DeliverOtherwise(request_id=request_id(), actor=MANAGER, item=letter, told_at=T0, how=TYPED, reference=TYPED)


def told_safety() -> World[Any]:
    world = safety(child("S1"), child("S2", named=False))
    world.told(refused("climb/safety-acknowledgement/S1/1/0", T0))
    world.give(brought("climb/safety-acknowledgement/S1/1/0"))
    world.give(
        decide_child(
            "S1",
            ChildDecision.PROTECTION_TAKEN,
            protection=TYPED,
            reason=TYPED,
            strategy_discussion=True,
            other_authority=TYPED,
        )
    )
    world.give(discussion("S1", held_at=T0, conference=True))
    world.give(conference("S1", not_held_because=TYPED))
    world.give(acceptance("S1").model_copy(update={"accepted_by": TYPED, "reference": TYPED}))
    world.give(allegation())
    world.give(tell_officer().model_copy(update={"reference": TYPED}))
    return world.walk(60 * DAY)


def told_decision() -> World[Any]:
    dissent = (Dissent(who=TYPED, view=TYPED),)
    world = deciding(agencies=("health", "police"))
    world.give(secure().model_copy(update={"secured_by": TYPED}))
    world.give(summary(involvement=TYPED, immediate_concerns=TYPED, early_learning=TYPED))
    world.give(answer("abuse_or_neglect", "yes").model_copy(update={"reason": TYPED}))
    world.walk(10 * DAY)
    reasons = dict.fromkeys(recommend().reasons, TYPED)
    other_review = ReviewOutcome.OTHER_REVIEW
    world.give(recommend(other_review, other_review=TYPED, reasons=reasons, rationale=TYPED, dissent=dissent))
    world.give(decide(other_review, other_review=TYPED, rationale=TYPED, dissent=dissent))
    world.told(sent("notice/board-members/board-member", world.at))
    world.give(learning().model_copy(update={"learned": TYPED, "acted_on": TYPED}))
    return world.walk(60 * DAY)


def told_case() -> World[Any]:
    world = case()
    receive(world, event(others=[other("S1")]))
    report(world, "decision", 1, outcome=ReviewOutcome.NONE, finished=True)
    world.give(Challenge(request_id="c", actor=MANAGER, received_at=T0, reason=TYPED, reference=TYPED))
    report(world, "decision", 2, outcome=ReviewOutcome.NONE, finished=True)
    world.then(*world.state.closing_now(T0))
    return world


@pytest.mark.parametrize("told", [told_safety, told_decision, told_case], ids=lambda told: told.__name__)
def test_nothing_shown_sent_or_searched_tells_a_name_or_what_a_person_typed(told: Any) -> None:
    world = told()
    shown = [page(world), world.state.headline(), str(world.state.standing)]
    shown += [receipt.next for receipt in world.stage.receipts]
    for recording in world.recordings:
        shown += [recording.stage, recording.stage_title]
        shown += [task.model_dump_json() for task in recording.tasks]
        shown += [entry.model_dump_json() for entry in recording.clocks]
        shown += [fact.item or "" for fact in recording.facts]
    shown += [letter.model_dump_json(exclude={"address"}) for letter in world.letters]
    found = [(secret, text) for secret in SECRETS for text in shown if secret in text]
    assert found == []
    assert len(shown) > 10


@pytest.mark.parametrize("told", [told_safety, told_decision, told_case], ids=lambda told: told.__name__)
def test_what_a_person_typed_is_in_the_record(told: Any) -> None:
    facts = "".join(fact.model_dump_json() for fact in told().facts)
    assert TYPED in facts


def test_a_headline_says_where_the_decision_stands() -> None:
    world = deciding(DEATH)
    assert world.state.headline() == (
        "Decision on a review (criteria: always): waits for the sub-group's recommendation, 1 of 1 agencies' summaries"
    )
    world.give(summary(by=actor(Role.BUSINESS_MANAGER)))
    world.give(recommend())
    assert world.state.headline() == "Decision on a review (criteria: always): waits for the chair's decision"
    assert decided().state.headline() == "Decided: a serious case review; 4 notices to be given"


def test_the_page_tells_what_happened_last_by_role_and_civil_time() -> None:
    world = safety(at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    world.give(acknowledge())
    text = status_markdown(world.stage, world.at, world.stage.tasks())
    assert "**What happened last**" in text
    last = text.rpartition("\n")[2]
    assert last.startswith("- ") and last.endswith("child acknowledged (S1), duty social worker")
    assert "Wednesday 1 July 2026 23:30" in last, "civil time, not UTC"
