"""What the desk shows, for the command line and for pages: values, by reference, without names of people."""

from datetime import datetime
from typing import Any

from desk.fields import Field
from desk.lessons import FoundBefore
from domain.command import Receipt
from domain.model import Model
from domain.people import Role
from domain.record import CaseRef, ClockEntry


class TaskView(Model):
    """Something asked of somebody."""

    id: str
    case: CaseRef
    role: Role
    agency: str | None
    title: str
    form: str
    item: str | None
    due_at: datetime | None
    due: str = ""
    """When it is due, to follow the word "due", in civil time; empty where no clock runs."""
    overdue: bool = False
    opened_at: datetime
    done_at: datetime | None = None
    fields: tuple[Field, ...] = ()
    answer_schema: dict[str, Any] = {}
    """JSON Schema of the answer."""


class StageView(Model):
    """One stage of a case and where it stands."""

    id: str
    title: str
    finished: bool
    at: datetime
    """Engine's time of its last transition."""


class ClockView(Model):
    """A running clock, or one that stands still."""

    id: str
    stage: str
    title: str
    item: str | None
    due_at: datetime
    """For one that stands: when it would have been due."""
    due: str
    """To follow the word "due"; for one that stands since when it is stopped and what is left of it."""
    overdue: bool
    stopped: bool = False
    waiting_on: Role | None
    explained_in: tuple[int, ...] = ()
    """Numbers of the facts that say why it is late."""


class FactView(Model):
    """A fact without what was typed: what kind, when, and in which role."""

    seq: int
    kind: str
    at: datetime
    role: Role | None
    agency: str | None
    item: str | None
    stands: bool


class LetterView(Model):
    """A letter and what became of it."""

    id: str
    stage: str
    to: Role
    agency: str | None
    state: str
    ended_at: datetime | None


class MayRecord(Model):
    """A command that may be given without having been asked for."""

    id: str
    """To be used like a task's id."""
    title: str
    roles: tuple[Role, ...]


class PersonView(Model):
    """Somebody whom the incident concerns, by name. Shown only where names are asked for."""

    key: str
    name: str
    part: str
    """``died``, ``seriously harmed``, ``sibling`` …, ``notified by``, or ``contact of`` an agency."""
    professional: bool = False
    """Whether they are concerned by their work."""
    named: bool = True
    """Whether the name is known; otherwise ``name`` says that it is to follow."""


class CaseView(Model):
    """A case as it stands."""

    case: CaseRef
    stage: str
    regime: str
    opened_at: datetime
    closed_at: datetime | None
    stages: tuple[StageView, ...]
    clocks: tuple[ClockView, ...]
    tasks: tuple[TaskView, ...]
    facts: tuple[FactView, ...]
    letters: tuple[LetterView, ...]
    may_record: tuple[MayRecord, ...]
    link: str
    notice: str = ""
    """What must be said with it: logging a child is not a referral."""
    people: tuple[PersonView, ...] = ()


class Explained(Model):
    """A computation of a clock with its whole working."""

    stage: str
    id: str
    current: bool
    text: str
    entry: ClockEntry


class ReceiptView(Model):
    """The receipt of an accepted answer. With the same request id the same answer may be sent again."""

    task: str
    receipt: Receipt
    notice: str = ""
    found_before: tuple[FoundBefore, ...] = ()
    """After a finding was entered: the likest findings of the board's earlier reviews."""
