"""A whole case, from the incident to its closing, with every answer given through the form of its page."""

from pathlib import Path

import pytest
from desk_life import AtTheDesk

from rehearsal.play import play
from rehearsal.service import rehearsal

pytestmark = pytest.mark.time_skipping
FEW = ("northbridge-cs", "northbridge-police", "northbridge-housing")


async def test_a_whole_case_can_be_lived_on_the_pages_alone(tmp_path: Path) -> None:
    async with rehearsal(tmp_path) as stage:
        people = AtTheDesk(stage)
        case = await play(people, FEW)
        assert "case-closed" in [fact.kind for fact in people.facts(case)]
    assert len(people.forms) > 50
