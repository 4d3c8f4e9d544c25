"""A whole case from the incident event to its closing, years later."""

from collections.abc import Collection
from datetime import timedelta

from domain.record import CaseRef
from rehearsal.acting import Acting, act_early
from rehearsal.beginning import decide_on_review
from rehearsal.diary import Diary
from rehearsal.publishing import archive, publish
from rehearsal.review import hold_review
from rehearsal.service import CIVIL, Rehearsal
from rehearsal.watching import Watching


async def play(stage: Rehearsal, only: Collection[str] = ()) -> CaseRef:
    """The example, to its end; with all agencies of the example, or with these alone."""
    case = await decide_on_review(stage)
    await act_early(stage, case)
    report = await hold_review(stage, case, only)
    await follow(stage, case, report)
    return case


async def follow(stage: Rehearsal, case: CaseRef, report: str) -> None:
    """From the board's acceptance of the report: publication, actions, change, closing."""
    diary = Diary(stage)
    published_at = await publish(stage, case, report, diary)
    a_year_later = published_at.astimezone(CIVIL).date() + timedelta(days=370)
    diary.on(a_year_later, lambda: archive(stage, case))
    await diary.live()
    await Watching(stage, case, Acting(stage, case, diary), diary).close_case()
