"""A whole case can be lived under each regime, from the incident to its closing years later."""

from pathlib import Path

import pytest

from activities.regimes import known_regimes, read_regime
from records import queries
from rehearsal.play import play
from rehearsal.service import REGIME, Rehearsal, example, rehearsal

pytestmark = pytest.mark.time_skipping
AGENCIES = ("northbridge-cs", "northbridge-police", "northbridge-housing")
"""Fewer than the example has: what differs between regimes does not depend on how many there are."""


@pytest.mark.parametrize("regime", [regime for regime in known_regimes() if regime != REGIME])
async def test_a_whole_case_is_lived_to_its_closing(tmp_path: Path, regime: str) -> None:
    async with rehearsal(tmp_path, regime=regime) as stage:
        case = await play(stage, AGENCIES)
        summary = queries.case_summary(stage.record, case)
        assert summary.regime == regime and summary.closed_at is not None
        kinds = {fact.kind for fact in stage.facts(case)}
        assert {"published", "action-judged", "change-closed", "case-closed"} <= kinds
        assert queries.verify(stage.record, case).ok
        assert not _in_words_of_another(stage, regime)


def _in_words_of_another(stage: Rehearsal, regime: str) -> list[str]:
    """Letters that call the review what the regime does not call it; the sender's name is the service's."""
    if read_regime(regime).vocabulary.spoken("serious case review") == "serious case review":
        return []
    return [mail.subject for mail in stage.letters() if "serious case review" in f"{mail.subject}\n{mail.text}".lower()]


async def test_where_a_case_stands_is_said_in_its_regimes_words(tmp_path: Path) -> None:
    async with rehearsal(tmp_path, regime="wales-susr") as stage:
        event = example("incident.json", await stage.now())
        await stage.tell(event)
        summary = queries.case_summary(stage.record, event.case)
        assert "single unified safeguarding review" in summary.stage
        assert not [each.title for each in summary.stages if "serious case review" in each.title]
