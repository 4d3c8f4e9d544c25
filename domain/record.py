"""What a stage hands to the case record after each transition, and what it gets back.

Everything of one transition is written in one transaction: facts (appended, hash-chained), clocks, open tasks, climbed
rungs and letters waiting to leave. ``(stage, sequence)`` makes it idempotent.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from domain.clocks.deadline import Deadline
from domain.clocks.rule import ClockRule
from domain.clocks.stops import Stop, standing
from domain.model import Model
from domain.people import Actor, Role
from domain.vocabulary import Vocabulary


class CaseRef(Model):
    """A case by its board and the board's own reference: unique within the board, never a name."""

    board: str
    reference: str

    @property
    def workflow_id(self) -> str:
        """Id of the case's parent workflow; the ids of its stages begin with it."""
        return f"scr/{self.board}/{self.reference}"

    def stage_id(self, stage: str, number: int | None = None) -> str:
        """Workflow id of a stage: ``scr/{board}/{reference}/safety/1``."""
        return f"{self.workflow_id}/{stage}" + (f"/{number}" if number is not None else "")


class Fact(Model):
    """Something that happened, in the past tense (``child-safety-decided``). Appended, never changed."""

    kind: str
    at: datetime
    by: Actor | None = None
    item: str | None = None
    """Key of the child or id of the agency that it concerns."""
    detail: dict[str, JsonValue] = {}


class ClockStatus(StrEnum):
    """``open`` until satisfied in time (``met``) or after the due instant (``late``), or ``withdrawn``.

    ``stopped`` while the clock stands still with the review: nobody is late by it, and it runs on afterwards.
    """

    OPEN = "open"
    STOPPED = "stopped"
    MET = "met"
    LATE = "late"
    WITHDRAWN = "withdrawn"


class ClockEntry(Model):
    """A clock of one stage, running, standing still or over, for one item where the stage has items."""

    rule: ClockRule
    item: str | None = None
    computation: int = 1
    """1 for the first deadline, counted up with each correction; earlier ones stay in the record."""
    reason: str = ""
    """Why it was computed again; empty for the first."""
    deadline: Deadline
    rungs: tuple[datetime, ...] = ()
    """The instant of each rung of the rule's ladder, in the ladder's order."""
    status: ClockStatus = ClockStatus.OPEN
    satisfied_at: datetime | None = None
    waiting_on: Role | None = None
    agency: str | None = None
    """The agency that it waits for, where its item is not the agency itself (``police/2``)."""
    due_on: date | None = None
    """The day that a decision set instead of the rule's amount."""
    set_at: datetime | None = None
    """When that day was set: only stops from then on move it."""
    stops: tuple[Stop, ...] = ()
    """When it stood, in order and in civil time; the last one may stand now."""
    opened_at: datetime | None = None
    """Rungs before this instant are not climbed; where there is none, rungs before the start."""
    climbed: tuple[str, ...] = ()
    """Keys of the rungs (``0``, ``3``, repetition ``3.1``) that were claimed."""
    acknowledged: tuple[str, ...] = ()
    """Keys of rungs whose reader has acknowledged."""

    @property
    def id(self) -> str:
        """Unique within its stage: the rule, and the item where there is one."""
        return self.rule.id if self.item is None else f"{self.rule.id}/{self.item}"

    @property
    def stopped(self) -> Stop | None:
        """The stop that stands; one that began after the clock had run out does not stop it."""
        stop = standing(self.stops)
        return stop if stop is not None and stop.since < self.deadline.due_at else None


class Task(Model):
    """Something asked of somebody. Its answer is the command named by ``form`` of the stage's workflow."""

    form: str
    """Name of the command (and of the workflow update): ``acknowledge-child``."""
    item: str | None = None
    role: Role
    agency: str | None = None
    title: str
    """What is asked, by reference, never with a name."""
    clock: str | None = None
    """Id of the clock that it would satisfy."""
    due_at: datetime | None = None

    @property
    def id(self) -> str:
        """Unique within its stage."""
        return self.form if self.item is None else f"{self.item}/{self.form}"


class Letter(Model):
    """A letter to be written. Who receives it is resolved from role and agency when it is sent."""

    id: str
    """Deterministic and unique within the stage: ``climb/review-decision/1/3`` or ``notice/national-panel/1``."""
    template: str
    to: Role
    agency: str | None = None
    person: str = ""
    """Id of the one person it is for, where a role alone does not say it (somebody who was just appointed)."""
    address: str | None = None
    """Used only where the directory has nobody for the role (an agency's contact named in the incident event)."""
    urgent: bool = False
    """Child-safety letters leave at any hour; the others wait for the end of the board's quiet hours."""
    daily: bool = False
    """An escalation that leaves with others of its kind, of whatever stage or case: one message a person and day."""
    kind: str = "letter"
    """``climb`` (an escalation; may be collapsed with others after an outage), ``notice`` (to an outside body, proof
    is kept, never collapsed), or ``letter``."""
    clock_title: str = ""
    due_at: datetime | None = None
    due_on: str = ""
    waited_for: str = ""
    task: str = ""
    """Full id of the task that the reader is asked to answer."""
    acknowledge: str = ""
    """Full id of the acknowledgement asked for; empty where none is."""
    vocabulary: Vocabulary = Vocabulary()
    """The words of the case's regime, in which it is written."""
    words: dict[str, str] = {}
    """Further words for the template. References and dates only, never free text that a person typed."""


class Climb(Model):
    """A rung of a clock's ladder whose instant has come. Its unique row in the record is the claim."""

    clock: str
    computation: int
    rung: str
    """``2``, or ``2.1`` for the first repetition of rung 2."""
    scheduled_at: datetime
    letter: Letter


class Recording(Model):
    """One transition of one stage, complete."""

    case: CaseRef
    stage: str
    """Workflow id of the stage."""
    sequence: int
    """Counts the stage's transitions from 1; with ``stage`` the idempotency key."""
    at: datetime
    """The engine's time of the transition."""
    stage_title: str
    """What stage it is and where it stands, in words: ``Children's safety check: 2 children wait for a decision``."""
    finished: bool = False
    regime: str = ""
    facts: tuple[Fact, ...] = ()
    clocks: tuple[ClockEntry, ...] = ()
    """The entries that changed."""
    tasks: tuple[Task, ...] = ()
    """All tasks now open in this stage; those recorded before and missing here are done."""
    climbs: tuple[Climb, ...] = ()
    letters: tuple[Letter, ...] = ()
    snapshot: dict[str, Any] | None = None
    """State of a case that closes, so that it can be opened again years later."""


class Recorded(Model):
    """What the record answers."""

    next_post_at: datetime | None = None
    """When the next letter of this stage may leave; ``None`` where none waits."""


class Restored(Model):
    """How a closed case stood, for it to be opened again; ``None`` for a case that never closed."""

    snapshot: dict[str, Any] | None = None


class PostLetters(Model):
    """Ask for the letters of a stage (and, after an outage, of others to the same people) to be sent."""

    case: CaseRef
    stage: str
    patient: bool = False
    """Whether it is known already that the mail server is away: then it is tried for as long as it takes."""


class Delivery(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    REFUSED = "refused"
    UNADDRESSED = "unaddressed"


class Posted(Model):
    """What became of this stage's letters that left, or could not, since it last asked."""

    outcomes: tuple["LetterOutcome", ...] = ()
    next_post_at: datetime | None = None
    away: bool = False
    """Whether the mail server took nothing at several attempts."""


class LetterOutcome(Model):
    """One letter's end: handed over to the mail server with its proof, or refused with the server's answer."""

    letter: str
    delivery: Delivery
    at: datetime
    message_id: str = ""
    proof: str = ""
    """The mail server's answer, verbatim but for addresses."""
