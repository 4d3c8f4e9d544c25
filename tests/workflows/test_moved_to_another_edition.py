"""A case is moved to another edition of its rules: a recorded decision, all clocks of all stages, one letter each."""

from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.regimes import Regimes, read_regime
from desk.regime_migrate import WouldNotMove, before_and_after
from domain.clocks.rule import ClockRule
from domain.people import Role
from domain.regime_change import RegimeChanged, refuses_move
from domain.regimes import Regime
from records import queries
from rehearsal.service import Rehearsal

pytestmark = pytest.mark.time_skipping

PINNED = read_regime("england-scr")
MONTH = "review-decision"


def edition(**changes: Any) -> Regime:
    """Another edition in which the month of the decision is three months."""
    rules = tuple(_longer(rule) if rule.id == MONTH else rule for rule in PINNED.clock)
    given = {"id": "england-scr-other", "edition": "Another", "clock": rules}
    return PINNED.model_copy(update=given | changes)


def _longer(rule: ClockRule) -> ClockRule:
    return rule.model_copy(update={"amount": 3})


async def test_every_stage_counts_by_the_other_rules_and_who_was_told_is_told(
    stage: Rehearsal, event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = edition()
    of_board = Regimes.of_board

    def with_other(self: Regimes, regime: str, board: str) -> Regime:
        return other if regime == other.id else of_board(self, regime, board)

    monkeypatch.setattr(Regimes, "of_board", with_other)
    incident = event()
    case = incident.case
    await stage.tell(incident)
    await stage.pass_days(1)
    at = await stage.now()
    would = {
        each.clock
        for each in before_and_after(stage.record, stage.directory, case, pinned=PINNED, other=other, at=at)
        if each.moves
    }
    assert would == {MONTH}
    given = {"regime": other.id, "reason": "Opened under the wrong edition."}
    await stage.answer(case.workflow_id, "move-to-regime", Role.BOARD_CHAIR, **given)
    await stage.pass_days(1)
    first, second = [each for each in queries.clocks(stage.record, case) if each.entry.id == MONTH]
    assert (first.entry.rule.amount, second.entry.rule.amount) == (1, 3)
    assert second.entry.reason.startswith("the case was moved to other rules: ")
    kinds = [fact.kind for fact in stage.facts(case)]
    assert kinds.count("move-to-regime-decided") == 1 and kinds.count("rules-changed") >= 3
    letters = [each for each in queries.letters(stage.record, case) if each.letter.template == "clock-moved"]
    assert [(each.letter.to, each.state) for each in letters] == [(Role.BUSINESS_MANAGER, "sent")]
    assert queries.case_summary(stage.record, case).regime == other.id
    assert queries.verify(stage.record, case).ok


async def test_a_case_is_not_moved_to_rules_that_are_not_there(stage: Rehearsal, event: Any) -> None:
    incident = event()
    await stage.tell(incident)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        given = {"regime": "england-nowhere", "reason": "x"}
        await stage.answer(incident.case.workflow_id, "move-to-regime", Role.BOARD_CHAIR, **given)
    assert refused.value.cause is not None and "there is no regime england-nowhere" in str(refused.value.cause)
    assert queries.case_summary(stage.record, incident.case).regime == PINNED.id


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (PINNED, "regime-stands"),
        (edition(nation="wales"), "other-process"),
        (edition(calendar="scotland"), "other-process"),
        (edition(process="rapid-review"), "other-process"),
        (edition(clock=PINNED.clock[1:]), "rules-missing"),
    ],
)
def test_only_another_edition_with_every_clock_is_moved_to(other: Regime, code: str) -> None:
    refusal = refuses_move(PINNED, other)
    assert refusal is not None and refusal.code == code
    assert refuses_move(PINNED, edition()) is None
    assert RegimeChanged.to(edition()).why.endswith("Serious case review, England, Another")


async def test_a_dry_run_of_an_impossible_move_says_why(stage: Rehearsal, event: Any) -> None:
    incident = event()
    with pytest.raises(WouldNotMove, match="another process is another case"):
        wales = edition(nation="wales")
        before_and_after(stage.record, stage.directory, incident.case, pinned=PINNED, other=wales, at=incident.time)


async def test_a_case_goes_on_by_its_own_rules_as_they_were_corrected(
    stage: Rehearsal, event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = event()
    case, corrected = incident.case, edition(id=PINNED.id, edition=PINNED.edition)
    await stage.tell(incident)
    await stage.pass_days(1)
    given = {"regime": PINNED.id, "reason": "The month had been entered wrongly."}
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await stage.answer(case.workflow_id, "move-to-regime", Role.BOARD_CHAIR, **given)
    assert "under these rules already" in str(refused.value.cause)
    with pytest.raises(WouldNotMove, match="under these rules already"):
        before_and_after(stage.record, stage.directory, case, pinned=PINNED, other=PINNED, at=incident.time)
    monkeypatch.setattr(Regimes, "of_board", lambda *_: corrected)
    would = before_and_after(
        stage.record, stage.directory, case, pinned=corrected, other=corrected, at=await stage.now()
    )
    assert {each.clock for each in would if each.moves} == {MONTH}
    await stage.answer(case.workflow_id, "move-to-regime", Role.BOARD_CHAIR, **given)
    await stage.pass_days(1)
    amounts = [each.entry.rule.amount for each in queries.clocks(stage.record, case) if each.entry.id == MONTH]
    assert amounts == [1, 3]
