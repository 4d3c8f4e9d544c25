"""A whole review from the incident event to the months after publication."""

from domain.record import CaseRef
from rehearsal.beginning import decide_on_review
from rehearsal.publishing import end_availability, publish
from rehearsal.review import hold_review
from rehearsal.service import Rehearsal


async def play(stage: Rehearsal) -> CaseRef:
    """The example, to its end."""
    case = await decide_on_review(stage)
    report = await hold_review(stage, case)
    await publish(stage, case, report)
    await end_availability(stage, case)
    return case
