"""What people answer while it is decided whether to hold a review."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from domain.command import Command, Words
from domain.model import Model
from domain.people import Role


class ReviewOutcome(StrEnum):
    """What the chair decides."""

    SERIOUS_CASE_REVIEW = "serious-case-review"
    OTHER_REVIEW = "other-review"
    NONE = "none"

    @property
    def words(self) -> str:
        """As letters write it."""
        return {"serious-case-review": "a serious case review", "other-review": "another learning review"}.get(
            self.value, "no review"
        )


class Dissent(Model):
    """A view that differs from what was recommended or decided, kept with it."""

    who: Words
    """Role and agency of who dissents, not a name."""
    view: Words


class AnswerCriterion(Command):
    """A fact that bears on the criteria becomes known, or is known otherwise than before."""

    FORM: ClassVar[str] = "answer-criterion"
    FACT: ClassVar[str] = "criterion-answered"
    TITLE: ClassVar[str] = "answer a fact that the criteria need"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.SUB_GROUP, Role.BUSINESS_MANAGER, Role.BOARD_CHAIR})

    fact: str
    """Name of the fact, as the regime's criteria use it."""
    holds: Literal["yes", "no", "not-known"]
    reason: Words
    """What the answer rests on."""


class Recommend(Command):
    """The sub-group's recommendation to the chair, with a reason for each limb of the criteria."""

    FORM: ClassVar[str] = "recommend"
    FACT: ClassVar[str] = "review-recommended"
    TITLE: ClassVar[str] = "recommend to the chair whether to hold a review"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.SUB_GROUP})

    outcome: ReviewOutcome
    other_review: str = Field("", max_length=200)
    """Which learning review, where another one is recommended."""
    reasons: dict[str, Words]
    """A reason for each limb of the criteria, by the limb's id."""
    rationale: Words
    dissent: tuple[Dissent, ...] = ()


class Decide(Command):
    """The chair's decision, with its full rationale."""

    FORM: ClassVar[str] = "decide"
    FACT: ClassVar[str] = "review-decided"
    TITLE: ClassVar[str] = "decide whether to hold a serious case review"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: ReviewOutcome
    other_review: str = Field("", max_length=200)
    """Which learning review, where another one is decided."""
    rationale: Words
    dissent: tuple[Dissent, ...] = ()


class RecordLearning(Command):
    """What is learned where no serious case review is held, and how it will be acted on."""

    FORM: ClassVar[str] = "record-learning"
    FACT: ClassVar[str] = "learning-recorded"
    TITLE: ClassVar[str] = "record what is learned without a serious case review"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.SUB_GROUP, Role.BUSINESS_MANAGER})

    learned: Words
    acted_on: Words
