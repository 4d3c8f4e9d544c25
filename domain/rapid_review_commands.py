"""What is answered from the rapid review to the decision on a local review."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from domain.command import Command, HappenedAt, LookUp, Words
from domain.decision_commands import Dissent, ReviewOutcome
from domain.people import Role
from domain.text_check import Kept


class LocalReviewOutcome(StrEnum):
    """What a rapid review recommends, and what the partners decide."""

    LOCAL_REVIEW = "local-review"
    OTHER_REVIEW = "other-review"
    NONE = "none"

    @property
    def means(self) -> ReviewOutcome:
        """The same in the words of the case: a local review is what goes on to a panel, a report and an action plan."""
        return ReviewOutcome.SERIOUS_CASE_REVIEW if self is LocalReviewOutcome.LOCAL_REVIEW else ReviewOutcome(self)


class RecordRapidReview(Command):
    """The rapid review, for the three partners to agree to. Recorded again it is a new version: all three are asked."""

    FORM: ClassVar[str] = "record-rapid-review"
    FACT: ClassVar[str] = "rapid-review-recorded"
    TITLE: ClassVar[str] = "record the rapid review"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.SUB_GROUP})

    facts: Words
    """The facts as gathered, and how agencies were involved."""
    immediate_action: Words
    """What was or is done at once to make children safe; if nothing is needed, why."""
    improvements: Words
    """How practice could improve, and what was learned already."""
    context: Words
    """Context and circumstances, inequality and disadvantage among them."""
    outcome: LocalReviewOutcome
    """What is recommended."""
    other_review: str = Field("", max_length=200)
    """Which learning review, where another one is recommended."""
    reasons: dict[str, Words]
    """How each limb of the criteria was considered, by the limb's id."""
    rationale: Words
    """Why this is recommended."""
    stays: tuple[Kept, ...] = ()
    """Marked passages that stay as they are, each with its reason."""

    def looks_up(self) -> LookUp:
        """The safeguarding partners; and words of blame, names and identifiers in its text."""
        said = (self.facts, self.immediate_action, self.improvements, self.context, self.rationale)
        return LookUp(texts=(*said, *self.reasons.values()), partners=True)


class AnswerRapidReview(Command):
    """A safeguarding partner's answer to the rapid review as recorded last. Silence is no answer."""

    FORM: ClassVar[str] = "answer-rapid-review"
    FACT: ClassVar[str] = "rapid-review-answered"
    TITLE: ClassVar[str] = "agree to the rapid review, or disagree with a reason"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.SAFEGUARDING_PARTNER})

    outcome: Literal["agree", "disagree", "agree-with-comment"]
    reason: str = Field("", max_length=20_000)
    """The reason or the comment; not needed to agree."""


class SettleDisagreement(Command):
    """The chair settles what the partners disagree on, with the reasons; their views stay in the record."""

    FORM: ClassVar[str] = "settle-disagreement"
    FACT: ClassVar[str] = "disagreement-settled"
    TITLE: ClassVar[str] = "settle the safeguarding partners' disagreement on the rapid review"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: Literal["stands", "anew"]
    """stands: it goes to the national panel as recorded; anew: it is recorded anew and all partners are asked."""
    reasons: Words


class SubmitRapidReview(Command):
    """The rapid review was sent to the national panel."""

    FORM: ClassVar[str] = "submit-rapid-review"
    FACT: ClassVar[str] = "rapid-review-submitted"
    TITLE: ClassVar[str] = "send the rapid review to the national panel"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER})

    sent_at: HappenedAt
    reference: Words
    """What proves it: the national panel's reference."""


class RecordPanelAnswer(Command):
    """What the national panel answered to the rapid review, or that it gave no answer though it was asked."""

    FORM: ClassVar[str] = "record-panel-answer"
    FACT: ClassVar[str] = "panel-answered-rapid-review"
    TITLE: ClassVar[str] = "record what the national panel answered to the rapid review; ask it where nothing came"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.BOARD_CHAIR})

    outcome: Literal["agrees", "challenges", "asks", "no-answer"]
    """asks: it wants to know more; no-answer: it was asked and said nothing."""
    received_at: HappenedAt
    """When the answer came; for no-answer when the panel was asked last."""
    text: Words
    """What it says, or how it was asked."""


class DecideLocalReview(Command):
    """The partners' decision on a local review, given by their chair, with its full rationale."""

    FORM: ClassVar[str] = "decide-local-review"
    FACT: ClassVar[str] = "local-review-decided"
    TITLE: ClassVar[str] = "decide after the rapid review whether a serious case review is held"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: LocalReviewOutcome
    other_review: str = Field("", max_length=200)
    """Which learning review, where another one is decided."""
    rationale: Words
    answer_to_panel: str = Field("", max_length=20_000)
    """Why it is decided so although the national panel challenged it; needed only then."""
    dissent: tuple[Dissent, ...] = ()
