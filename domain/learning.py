"""What stages hand to each other about the learning of a review: findings and answers, changes that are expected."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from domain.change_commands import MeasureKind
from domain.clocks.rule import Source
from domain.model import Model
from domain.people import Role


class AnsweredFinding(Model):
    """A finding of the accepted report with the board's answer to it."""

    id: str
    kind: Literal["finding", "good-practice"] = "finding"
    addressed_to: Literal["board", "national", "local"] = "board"
    answer: Literal["accepted", "partly", "rejected", "noted"]

    @property
    def wants_action(self) -> bool:
        """Whether something has to follow from it: an action, or a recorded reason why none."""
        return self.answer in ("accepted", "partly")


class FindingsAnswered(Model):
    """Message to the action plan: the board has answered every finding. Sent again when an answer changes."""

    findings: tuple[AnsweredFinding, ...]
    answered_at: datetime
    """When every finding had an answer for the first time: the plan's clock counts from here."""


class ExpectedChange(Model):
    """A change as the signed-off plan expects it; what change monitoring begins with. Its texts are in the record."""

    id: str
    version: int = 1
    """Of the plan that it was signed off with."""
    findings: tuple[str, ...] = ()
    actions: tuple[str, ...]
    owners: tuple[str, ...]
    """Ids of the agencies that own these actions, or whose people led them."""
    leads: tuple[str, ...]
    """Ids of everybody who ever led one of them: none of these, and nobody of the owners, judges it."""
    agency: str = ""
    """Id of the agency that gathers; empty where the board's office does."""
    kind: MeasureKind
    unit: str = ""
    direction: Literal["higher", "lower", "described"] = "described"
    baseline: Decimal | None = None
    target: Decimal | None = None
    dates: tuple[date, ...]
    """On which it is looked at, in order."""

    @property
    def in_figures(self) -> bool:
        """Whether its target is a figure, so that meeting it can be worked out."""
        return self.direction != "described"


class ChangesExpected(Model):
    """Message to change monitoring: the plan was signed off with these changes."""

    changes: tuple[ExpectedChange, ...]
    at: datetime


class AnswerWasWrong(Model):
    """Message to the action plan: a judgement concluded that these actions were the wrong answer."""

    change: str
    actions: tuple[str, ...]
    at: datetime


class Colour(Model):
    """One colour of the board's legend. What it means is the board's."""

    id: str
    meaning: str
    counts_as: Literal["red", "amber", ""] = ""
    """Whether tolerance rules count it as red or amber."""


class ActionRules(Model):
    """The board's rules of action plans that are no clocks."""

    legend: tuple[Colour, ...] = (
        Colour(id="blue", meaning="done, and its effect was shown"),
        Colour(id="green", meaning="on track"),
        Colour(id="amber", meaning="at risk, with a plan to bring it back", counts_as="amber"),
        Colour(id="red", meaning="late, or not moving", counts_as="red"),
        Colour(id="grey", meaning="not to begin yet"),
    )
    extensions_by_sub_group: int = Field(2, ge=0, le=20)
    """How often the sub-group may give an action more time; after that the chair decides."""
    amber_reviews_to_executive: int = Field(2, ge=1, le=20)
    """After so many reviews in a row at amber or red the agency's executive is told."""
    red_reviews_to_chair: int = Field(2, ge=1, le=20)
    """After so many reviews in a row at red the action goes to the chair."""
    source: Source = Source(document="Board's own procedure", paragraph="monitoring of actions", confirm=True)


class ChangeRules(Model):
    """The board's rules of change monitoring that are no clocks."""

    observe_after_months: tuple[int, ...] = (3, 6, 12, 24)
    """Months after the latest due day of a change's actions, where the plan sets no dates of its own."""
    sustained_dates: int = Field(2, ge=1, le=10)
    """At how many consecutive dates the target is met before a change counts as sustained …"""
    sustained_months: int = Field(6, ge=1, le=60)
    """… and how many months lie at least between the first and the last of them."""
    another_look_months: int = Field(12, ge=1, le=60)
    """How long after its closing a change is looked at once more; as the clock ``another-look`` counts."""
    closed_by: tuple[Role, ...] = Field((Role.BOARD_CHAIR,), min_length=1)
    """The body that closes an expected change."""
    source: Source = Source(document="Board's own procedure", paragraph="monitoring of change", confirm=True)
