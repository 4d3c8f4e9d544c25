"""The whole life of a case is the same when nothing is kept in memory and its long stages begin new runs early."""

import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain import renewal
from domain.record import CaseRef
from records import queries
from records.superseding import SUPERSEDED
from rehearsal.acting import act_early
from rehearsal.beginning import decide_on_review
from rehearsal.play import follow
from rehearsal.review import hold_review
from rehearsal.service import CIVIL, Rehearsal, rehearsal

pytestmark = pytest.mark.time_skipping

AGENCIES = ("northbridge-cs", "northbridge-police", "northbridge-housing")
EARLY = 400
"""Events from which on a stage continues as new here: several runs for each of the long stages, one for the case.

The time-skipping server's clock stands still for ever once the child of a run that has ended completes; what a case
keeps when it continues as new is tested on the real server (test_renewal).
"""


SECONDS = re.compile(r"([0-9]{8}-[0-9]{2})[0-9]{4}")


async def live(stage: Rehearsal, begin: datetime) -> CaseRef:
    await stage.pass_until(begin)
    case = await decide_on_review(stage)
    await act_early(stage, case)
    await follow(stage, case, await hold_review(stage, case, AGENCIES))
    return case


def clocks_of(stage: Rehearsal, case: CaseRef) -> Counter[tuple[Any, ...]]:
    found = queries.clocks(stage.record, case)
    return Counter((c.stage, c.entry.id, c.entry.computation, c.entry.deadline.due_on, c.entry.status) for c in found)


def facts_of(stage: Rehearsal, case: CaseRef) -> Counter[tuple[Any, ...]]:
    """Those that stand: a step that was thrown out after its recording is recorded again, and the first superseded."""
    standing = (each.fact for each in queries.facts(stage.record, case) if each.stands)
    of_steps = (fact for fact in standing if fact.kind != SUPERSEDED)
    return Counter((fact.kind, fact.item, fact.at.astimezone(CIVIL).date()) for fact in of_steps)


def letters_of(stage: Rehearsal, case: CaseRef) -> Counter[tuple[Any, ...]]:
    """By their ids without the seconds of an instant in them: how long the machine takes is no matter."""
    letters = queries.letters(stage.record, case)
    return Counter((each.stage, SECONDS.sub(r"\1", each.letter.id), each.state) for each in letters)


async def runs_of(stage: Rehearsal, workflow: str) -> int:
    """How many runs it took."""
    runs, run = 0, None
    while True:
        history = await stage.env.client.get_workflow_handle(workflow, run_id=run).fetch_history()
        runs, run = runs + 1, history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        if not run:
            return runs


async def test_dates_facts_and_letters_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin, told = None, []
    for long, cached in ((renewal.LONG_HISTORY, 1_000), (EARLY, 0)):
        monkeypatch.setattr(renewal, "LONG_HISTORY", long)
        async with rehearsal(tmp_path / str(long), cached=cached) as stage:
            # Both begin at the same instant, so that the same days are counted.
            begin = begin or (await stage.now()).replace(hour=0, minute=16, second=0, microsecond=0) + timedelta(days=1)
            case = await live(stage, begin)
            assert queries.case_summary(stage.record, case).closed_at is not None
            told.append((clocks_of(stage, case), facts_of(stage, case), letters_of(stage, case)))
            runs = [await runs_of(stage, case.stage_id(name)) for name in ("panel", "actions", "change")]
    assert min(runs) > 1
    for before, after in zip(*told, strict=True):
        assert after - before == Counter()
        assert before - after == Counter()
