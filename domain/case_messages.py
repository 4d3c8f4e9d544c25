"""What the case and its stages tell each other, and where a case can stand."""

from datetime import datetime
from enum import StrEnum

from domain.accepted_report import Accepted
from domain.decision import FactAnswer, FactsChanged
from domain.decision_commands import ReviewOutcome
from domain.learning import AnswerWasWrong, ChangesExpected, FindingsAnswered
from domain.model import Model
from domain.notification import Notification
from domain.record import CaseRef
from domain.safety import ChildrenIdentified


class OpenReview(Model):
    """Starts the review of a case under a regime."""

    case: CaseRef
    regime: str


class Standing(StrEnum):
    """Where the whole case stands, as lists and the Temporal Web UI show it."""

    DECIDING = "deciding"
    WAITING_FOR_PANEL = "waiting for the panel"
    CHILDREN_FIRST = "children first"
    PANEL_REVIEW = "panel review"
    PUBLICATION = "publication"
    REVIEWED = "reviewed"
    CLOSING = "closing"
    CLOSED = "closed"


class Progress(StrEnum):
    """Whether a stage that comes once is to come, under way or over."""

    TO_COME = "to come"
    UNDER_WAY = "under way"
    OVER = "over"


class StageReport(Model):
    """Message from a stage to its case."""

    stage: str
    """Its name: ``safety``, ``decision``, ``rapid-review``, ``panel``, ``publication``, ``actions`` or ``change``."""
    number: int = 1
    undecided: tuple[str, ...] = ()
    """Children for whom the safety check has no decision."""
    children: tuple[str, ...] | None = None
    """Children whom the safety check knows. Of others handed to it meanwhile it has not heard yet."""
    outcome: ReviewOutcome | None = None
    answers: tuple[FactAnswer, ...] = ()
    """What is known of the facts, as the decision left it."""
    overtaken: bool = False
    """Whether facts came in after the decision that lead to another verdict."""
    decided_at: datetime | None = None
    """When the chair decided."""
    notification: Notification | None = None
    """Of a rapid review: the notification as it stands, for the one that may come after it."""
    accepted: Accepted | None = None
    """The report, once the board has accepted it."""
    convened: bool = False
    """Whether the panel has its chair and its lead reviewer: from then on there is somebody to be asked."""
    published: bool = False
    """Whether the report is published, or it is decided not to publish it and the bodies are told."""
    findings: FindingsAnswered | None = None
    """The board's answers, once every finding has one."""
    settled: bool | None = None
    """Of the action plan and of change monitoring: whether everything in them is at its end."""
    heard: datetime | None = None
    """Which message these two heard last, by its time."""
    changes: ChangesExpected | None = None
    """What is to be watched, as the plan was signed off last."""
    wrong: tuple[AnswerWasWrong, ...] = ()
    """Every conclusion of change monitoring that actions were the wrong answer."""
    finished: bool = False


class Onward(Model):
    """What follows from an incident event for the stages of the case."""

    since: datetime
    """When the board was told of it: new clocks count from here."""
    children: ChildrenIdentified
    begins_safety: bool
    facts: FactsChanged
    begins_decision: bool
    because: str
