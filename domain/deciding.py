"""How it is decided whether a review is held, process by process: the stage that does it, and the facts that say so."""

from typing import Final

from domain.decision import ReviewDecisionState
from domain.decision_commands import Decide, ReviewOutcome
from domain.notification_commands import DecideNoRapidReview, WithdrawNotification
from domain.rapid_review import RapidReviewState
from domain.rapid_review_commands import DecideLocalReview, LocalReviewOutcome
from domain.record import Fact

STAGES: Final = {"serious-case-review": ReviewDecisionState.STAGE, "rapid-review": RapidReviewState.STAGE}
"""For each process of a regime the stage that decides."""

DECIDED: Final = frozenset({Decide.FACT, DecideLocalReview.FACT, WithdrawNotification.FACT, DecideNoRapidReview.FACT})
"""The facts of a decision, for a review or against one."""


def outcome_of(fact: Fact) -> ReviewOutcome:
    """What such a fact decided, in the words of the case. Raises ``KeyError`` or ``ValueError`` for another fact."""
    if fact.kind == Decide.FACT:
        return ReviewOutcome(str(fact.detail["outcome"]))
    if fact.kind == DecideLocalReview.FACT:
        return LocalReviewOutcome(str(fact.detail["outcome"])).means
    if fact.kind in DECIDED:
        return ReviewOutcome.NONE
    raise KeyError(fact.kind)
