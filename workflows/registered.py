"""Every workflow that a worker runs."""

from typing import Final

from workflows.action_plan import ActionPlan
from workflows.case import SeriousCaseReview
from workflows.change import ChangeMonitoring
from workflows.decision import ReviewDecision
from workflows.panel import PanelReview
from workflows.publication import Publication
from workflows.rapid_review import RapidReview
from workflows.retention import RecordRetention
from workflows.safety import ChildrenSafetyCheck

WORKFLOWS: Final = (
    SeriousCaseReview,
    ChildrenSafetyCheck,
    ReviewDecision,
    RapidReview,
    PanelReview,
    Publication,
    ActionPlan,
    ChangeMonitoring,
    RecordRetention,
)
