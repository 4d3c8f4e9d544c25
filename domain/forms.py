"""Every command by its name, and the stage that takes it."""

from typing import Final

from domain.agency import SecureRecords, SendFirstSummary
from domain.case import CaseState, Challenge
from domain.command import AcknowledgeEscalation, Command, DeliverOtherwise, SeeToMailServer
from domain.decision import ReviewDecisionState
from domain.decision_commands import AnswerCriterion, Decide, Recommend, RecordLearning
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

EVERYWHERE: Final[tuple[type[Command], ...]] = (AcknowledgeEscalation, DeliverOtherwise, SeeToMailServer)

OF_STAGE: Final[dict[str, tuple[type[Command], ...]]] = {
    CaseState.STAGE: (Challenge,),
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
}

FORMS: Final[dict[str, type[Command]]] = {
    form.FORM: form for form in (*EVERYWHERE, *(form for forms in OF_STAGE.values() for form in forms))
}

UNASKED: Final = frozenset(
    {
        Challenge.FORM,
        RecordAllegation.FORM,
        AnswerCriterion.FORM,
        DecideForChild.FORM,
        Recommend.FORM,
        SecureRecords.FORM,
        SendFirstSummary.FORM,
    }
)
"""Commands that may be given without being asked for at the moment, or given again."""
