"""A whole case can be lived under each regime, from the incident to its closing years later."""

from pathlib import Path

import pytest

from activities.regimes import known_regimes
from records import queries
from rehearsal.play import play
from rehearsal.service import REGIME, rehearsal

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
