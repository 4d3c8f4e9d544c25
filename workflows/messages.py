"""What begins the workflows of a case and its stages."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.accepted_report import Accepted
    from domain.action_plan import ActionPlanState
    from domain.agency import AgencyAsked
    from domain.case import CaseState
    from domain.case_messages import OpenReview
    from domain.change import ChangeMonitoringState
    from domain.clocks.rule import ClockRule
    from domain.decision import FactsChanged, ReviewDecisionState
    from domain.learning import ActionRules, ChangeRules, ChangesExpected
    from domain.model import Model
    from domain.panel import PanelReviewState
    from domain.people import BODIES, Role
    from domain.publication import PublicationState
    from domain.rapid_review import RapidReviewBegins, RapidReviewState
    from domain.record import CaseRef
    from domain.regimes import Criterion, Notice, Regime, RetentionClass
    from domain.retention import RetentionState
    from domain.safety import ChildrenIdentified, SafetyState
    from domain.stage import Stage
    from domain.vocabulary import Vocabulary


class BeginCase(OpenReview):
    """Begins a case; the further fields tell how it stood when it continued as new."""

    carried: Stage[CaseState] | None = None
    pinned: Regime | None = None


class BeginStage(Model):
    """What every stage of a case begins with: the rules that the case is pinned to."""

    case: CaseRef
    regime: str
    calendar: str
    rules: tuple[ClockRule, ...]
    vocabulary: Vocabulary = Vocabulary()
    bodies: tuple[Role, ...] = BODIES
    """The outside bodies of the regime."""


class BeginSafetyCheck(BeginStage):
    """Begins a safety check for these children."""

    number: int
    since: datetime
    children: ChildrenIdentified
    carried: Stage[SafetyState] | None = None


class BeginDecision(BeginStage):
    """Begins a decision on a review with the facts as known."""

    number: int
    criteria: tuple[Criterion, ...]
    notices: tuple[Notice, ...]
    because: str
    since: datetime
    """The instant that the month of the decision counts from."""
    facts: FactsChanged
    carried: Stage[ReviewDecisionState] | None = None


class BeginRapidReview(BeginStage):
    """Begins notification and rapid review, where the regime decides so on a review."""

    number: int
    begins: RapidReviewBegins
    carried: Stage[RapidReviewState] | None = None


class BeginPanel(BeginStage):
    """Begins the review itself."""

    quorum_percent: int
    decided_at: datetime
    """When the chair decided: the six months count from here."""
    involved: tuple[AgencyAsked, ...]
    carried: Stage[PanelReviewState] | None = None


class BeginPublication(BeginStage):
    """Begins the publication of the report that the board accepted."""

    accepted: Accepted
    available_months: int = 12
    """For how long a published report stays available, as the regime's clock says."""
    carried: Stage[PublicationState] | None = None


class BeginActionPlan(BeginStage):
    """Begins the action plan of a case, on its first day: there may be actions before there is a report."""

    actions: ActionRules
    changes: ChangeRules
    begun_at: datetime
    resumed: bool = False
    """Whether it goes on as it stood when the case was closed."""
    carried: Stage[ActionPlanState] | None = None


class BeginChangeMonitoring(BeginStage):
    """Begins to watch the changes that a plan was signed off with."""

    changes: ChangeRules
    expected: ChangesExpected
    resumed: bool = False
    """Whether it goes on as it stood when the case was closed."""
    carried: Stage[ChangeMonitoringState] | None = None


class BeginRetention(BeginStage):
    """Begins to keep the record of a closed case, by a class of the regime."""

    classes: tuple[RetentionClass, ...]
    retention: str
    """Id of the class by which it is kept."""
    closed_at: datetime
    carried: Stage[RetentionState] | None = None
