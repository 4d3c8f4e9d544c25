"""The review itself and its publication on the engine: what is refused, called off, and begun by what."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.people import Role
from domain.record import ClockStatus
from domain.text_check import check
from records import queries
from rehearsal.beginning import decide_on_review
from rehearsal.publishing import publish
from rehearsal.review import Review, hold_review
from rehearsal.service import rehearsal


@pytest.fixture
async def decided(tmp_path: Path) -> AsyncIterator[Review]:
    async with rehearsal(tmp_path) as stage:
        yield Review(stage, await decide_on_review(stage))


async def refused(answer: Any) -> str:
    """The rule that refuses the answer."""
    with pytest.raises(WorkflowUpdateFailedError) as failure:
        await answer
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError) and cause.type == "Refused"
    return str(cause.type and cause.message)


async def test_what_the_directory_knows_of_a_person_refuses_them(decided: Review) -> None:
    """The declaration says nothing of it; the look-up does, and it stands in history."""
    declared = {
        "role": "lead-reviewer",
        "belongs_to_board": False,
        "belongs_to_agency": "none",
        "managed_the_case": False,
        "worked_on_the_case": False,
        "other_interests": "none",
    }
    give = decided.stage.give
    panel = decided.panel
    of_board = give(panel, "appoint", Role.BOARD_CHAIR, {"person": "nb-deputy-chair", **declared})
    assert "belong to the board" in await refused(of_board)
    of_agency = give(panel, "appoint", Role.BOARD_CHAIR, {"person": "nb-police-lead", **declared})
    assert "agency under review" in await refused(of_agency)
    nobody = give(panel, "appoint", Role.BOARD_CHAIR, {"person": "nb-nobody", **declared})
    assert "knows no such person" in await refused(nobody)
    forged = {"found": {"roles": []}, "person": "nb-deputy-chair", **declared}
    assert "belong to the board" in await refused(give(panel, "appoint", Role.BOARD_CHAIR, forged))


async def test_marked_words_come_back_with_advice_and_may_stay_with_a_reason(decided: Review) -> None:
    await decided.set_up()
    finding: dict[str, Any] = {
        "kind": "finding",
        "what_happened": "The social worker failed to act on what the school told her.",
        "why": "Nobody asked.",
        "conversations": ("school, 3 March",),
        "how_usual": "Not known.",
        "part_of_system": "working-together",
        "priority": "high",
        "put_to_board": "What will change?",
    }
    text = await refused(decided.answer("enter-finding", Role.LEAD_REVIEWER, "F1", **finding))
    assert "failed to act" not in text
    assert "Blame" in text
    (mark,) = check(finding["what_happened"])
    stays = ({"passage": mark.passage, "reason": "quoted from the inspectorate's letter"},)
    await decided.answer("enter-finding", Role.LEAD_REVIEWER, "F1", **finding, stays=stays)


async def test_a_publication_that_cannot_be_announced_in_time_is_refused(decided: Review) -> None:
    await hold_review(decided.stage, decided.case)
    publication = decided.case.stage_id("publication")
    await decided.stage.answer(
        publication, "decide-publication", Role.BOARD_CHAIR, outcome="whole", reason="For everybody."
    )
    soon = await decided.stage.now() + timedelta(days=6)
    text = await refused(
        decided.stage.answer(publication, "set-publication-date", Role.BUSINESS_MANAGER, publish_at=soon)
    )
    assert "cannot be met any more; the earliest day that leaves the time for it is" in text


async def test_an_abort_before_the_day_tells_everybody_who_was_told_and_stops_every_clock(decided: Review) -> None:
    stage, case = decided.stage, decided.case
    await hold_review(stage, case)
    publication = case.stage_id("publication")
    await stage.answer(publication, "decide-publication", Role.BOARD_CHAIR, outcome="whole", reason="For everybody.")
    day = await stage.now() + timedelta(days=60)
    await stage.answer(publication, "set-publication-date", Role.BUSINESS_MANAGER, publish_at=day)
    await stage.pass_days(3)
    await stage.answer(publication, "abort-publication", Role.BOARD_CHAIR, reason="The court forbade it.")
    await stage.pass_days(4)
    letters = [x.letter for x in queries.letters(stage.record, case) if x.state == "sent"]
    told = {(x.to, x.agency) for x in letters if x.template == "publication-date-set"}
    aborted = [(x.to, x.agency) for x in letters if x.template == "publication-aborted"]
    assert len(told) == 16
    assert sorted(aborted, key=str) == sorted(told, key=str)
    running = {c.entry.rule.id for c in queries.clocks(stage.record, case) if c.current}
    still = {
        c.entry.rule.id for c in queries.clocks(stage.record, case) if c.current and c.entry.status is ClockStatus.OPEN
    }
    assert "advance-notice" in running
    assert not still & {"advance-notice", "publication-day"}


async def test_the_panel_waits_for_the_children_and_begins_with_the_last_decision(decided: Review) -> None:
    facts = decided.stage.facts(decided.case)
    standings = [str(fact.detail["standing"]) for fact in facts if fact.kind == "case-moved-on"]
    assert standings[-1] == "panel review"
    history = await decided.stage.env.client.get_workflow_handle(decided.panel).fetch_history()
    assert history.events


async def test_whole_review_goes_on_where_the_publication_ends(decided: Review) -> None:
    report = await hold_review(decided.stage, decided.case)
    await publish(decided.stage, decided.case, report)
    summary = queries.case_summary(decided.stage.record, decided.case)
    assert summary.stage.startswith("Case: the report is accepted")
