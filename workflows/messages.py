"""What begins the workflows of a case and its stages."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.case import CaseState, OpenReview
    from domain.clocks.rule import ClockRule
    from domain.decision import FactsChanged, ReviewDecisionState
    from domain.model import Model
    from domain.record import CaseRef
    from domain.regimes import Criterion, Notice, Regime
    from domain.safety import ChildrenIdentified, SafetyState
    from domain.stage import Stage


class BeginCase(OpenReview):
    """Begins a case; the further fields tell how it stood when it continued as new."""

    carried: Stage[CaseState] | None = None
    pinned: Regime | None = None


class BeginSafetyCheck(Model):
    """Begins a safety check for these children."""

    case: CaseRef
    number: int
    regime: str
    calendar: str
    rules: tuple[ClockRule, ...]
    since: datetime
    children: ChildrenIdentified
    carried: Stage[SafetyState] | None = None


class BeginDecision(Model):
    """Begins a decision on a review with the facts as known."""

    case: CaseRef
    number: int
    regime: str
    calendar: str
    rules: tuple[ClockRule, ...]
    criteria: tuple[Criterion, ...]
    notices: tuple[Notice, ...]
    because: str
    since: datetime
    """The instant that the month of the decision counts from."""
    facts: FactsChanged
    carried: Stage[ReviewDecisionState] | None = None
