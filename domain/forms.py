"""Every command by its name, and the stage that takes it."""

from typing import Final

from domain.action_plan import ActionPlanState
from domain.agency import SecureRecords, SendFirstSummary
from domain.case import CaseState
from domain.case_commands import Challenge, CloseCase, ReopenCase
from domain.change import ChangeMonitoringState
from domain.command import AcknowledgeEscalation, Command, DeliverOtherwise, SeeToMailServer
from domain.corrections import ApplyCalendar, CorrectStart
from domain.decision import ReviewDecisionState
from domain.decision_commands import AnswerCriterion, Decide, Recommend, RecordLearning
from domain.notification_commands import DecideNoRapidReview, TellPartners, WithdrawNotification
from domain.panel import PanelReviewState
from domain.publication import PublicationState
from domain.quality import JudgeMarker
from domain.rapid_review import RapidReviewState
from domain.rapid_review_commands import AnswerRapidReview, RecordPanelAnswer, RecordRapidReview
from domain.regime_change import MoveToRegime
from domain.retention import RetentionState
from domain.safety import SafetyState
from domain.safety_commands import (
    AcknowledgeChild,
    DecideForChild,
    RecordAcceptance,
    RecordAllegation,
    RecordConference,
    RecordStrategyDiscussion,
    TellDesignatedOfficer,
)

EVERYWHERE: Final[tuple[type[Command], ...]] = (
    AcknowledgeEscalation,
    DeliverOtherwise,
    SeeToMailServer,
    CorrectStart,
    ApplyCalendar,
)

OF_STAGE: Final[dict[str, tuple[type[Command], ...]]] = {
    CaseState.STAGE: (Challenge, JudgeMarker, CloseCase, ReopenCase, MoveToRegime),
    SafetyState.STAGE: (
        AcknowledgeChild,
        DecideForChild,
        RecordStrategyDiscussion,
        RecordConference,
        RecordAcceptance,
        RecordAllegation,
        TellDesignatedOfficer,
    ),
    ReviewDecisionState.STAGE: (
        AnswerCriterion,
        SecureRecords,
        SendFirstSummary,
        Recommend,
        Decide,
        RecordLearning,
    ),
    RapidReviewState.STAGE: RapidReviewState.commands(),
    PanelReviewState.STAGE: PanelReviewState.commands(),
    PublicationState.STAGE: PublicationState.commands(),
    ActionPlanState.STAGE: ActionPlanState.commands(),
    ChangeMonitoringState.STAGE: ChangeMonitoringState.commands(),
    RetentionState.STAGE: RetentionState.commands(),
}

ONCE: Final = (
    PanelReviewState.STAGE,
    PublicationState.STAGE,
    ActionPlanState.STAGE,
    ChangeMonitoringState.STAGE,
    RetentionState.STAGE,
)
"""Stages that a case has once: their ids carry no number."""

FORMS: Final[dict[str, type[Command]]] = {
    form.FORM: form for form in (*EVERYWHERE, *(form for forms in OF_STAGE.values() for form in forms))
}

UNASKED: Final = frozenset(
    {
        CorrectStart.FORM,
        ApplyCalendar.FORM,
        Challenge.FORM,
        MoveToRegime.FORM,
        JudgeMarker.FORM,
        ReopenCase.FORM,
        RecordAllegation.FORM,
        AnswerCriterion.FORM,
        DecideForChild.FORM,
        Recommend.FORM,
        SecureRecords.FORM,
        SendFirstSummary.FORM,
        TellPartners.FORM,
        WithdrawNotification.FORM,
        DecideNoRapidReview.FORM,
        RecordRapidReview.FORM,
        AnswerRapidReview.FORM,
        RecordPanelAnswer.FORM,
        *(form.FORM for stage in ONCE for form in OF_STAGE[stage]),
    }
)
"""Commands that may be given without being asked for at the moment, or given again."""
