"""What the case record shows: values for lists, pages and exports."""

from datetime import datetime

from domain.clocks.stops import Stop
from domain.model import Model
from domain.people import Role
from domain.record import CaseRef, ClockEntry, ClockStatus, Fact, Letter
from records.chain import Verified


class RecordedTask(Model):
    """A task as the record knows it; open while ``done_at`` is ``None``."""

    id: str
    case: CaseRef
    stage: str
    form: str
    item: str | None
    role: Role
    agency: str | None
    title: str
    clock: str | None
    due_at: datetime | None
    opened_at: datetime
    done_at: datetime | None


class StageStanding(Model):
    """Where one stage of a case stands: its last recorded transition."""

    stage: str
    title: str
    at: datetime
    finished: bool


class CaseSummary(Model):
    """A case at a glance."""

    case: CaseRef
    workflow_id: str
    regime: str
    stage: str
    opened_at: datetime
    closed_at: datetime | None
    facts: int
    open_tasks: int
    next_due_at: datetime | None
    """The earliest due instant among its running clocks."""
    stages: tuple[StageStanding, ...] = ()


class ClockStep(Model):
    """How a computation of a clock stood from a transition on. The first step is when it was computed."""

    sequence: int
    """The stage's transition."""
    at: datetime | None
    """The engine's time of it; none where an earlier version, which did not keep it, recorded the step."""
    status: ClockStatus
    satisfied_at: datetime | None = None
    stops: tuple[Stop, ...] = ()


class RecordedClock(Model):
    """One computation of a clock of a stage."""

    stage: str
    current: bool
    """False where a later computation took its place."""
    entry: ClockEntry
    history: tuple[ClockStep, ...] = ()
    """How it stood from when on; empty where an earlier version recorded it and nothing changed since."""


class RecordedFact(Model):
    """A fact with its place in the chain."""

    seq: int
    stage: str
    sequence: int | None
    hash: str
    stands: bool
    """False where a later fact says that it was superseded."""
    fact: Fact


class RecordedRung(Model):
    """A climbed rung of a ladder."""

    stage: str
    clock: str
    computation: int
    rung: str
    scheduled_at: datetime
    claimed_at: datetime
    letter: str


class RecordedLetter(Model):
    """A letter and what became of it."""

    stage: str
    late: bool
    not_before: datetime
    state: str
    attempts: int
    last_error: str | None
    message_id: str
    person: str | None
    ended_at: datetime | None
    proof: str
    letter: Letter


class Export(Model):
    """The whole record of a case."""

    case: CaseSummary
    chain: Verified
    facts: tuple[RecordedFact, ...]
    clocks: tuple[RecordedClock, ...]
    tasks: tuple[RecordedTask, ...]
    rungs: tuple[RecordedRung, ...]
    letters: tuple[RecordedLetter, ...]
