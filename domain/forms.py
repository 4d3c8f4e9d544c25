"""Every command by its name, and the stage that takes it."""

from typing import Final

from domain.case import CaseState, Challenge
from domain.command import Command
from domain.decision import (
    AnswerCriterion,
    Decide,
    Recommend,
    RecordLearning,
    ReviewDecisionState,
    SecureRecords,
    SendFirstSummary,
)
from domain.safety import (
    AcknowledgeChild,
    DecideForChild,
    RecordAcceptance,
    RecordAllegation,
    RecordConference,
    RecordStrategyDiscussion,
    SafetyState,
    TellDesignatedOfficer,
)
from domain.stage import AcknowledgeEscalation, DeliverOtherwise

EVERYWHERE: Final[tuple[type[Command], ...]] = (AcknowledgeEscalation, DeliverOtherwise)

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
