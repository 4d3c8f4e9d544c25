"""What the watchdog finds: by reference and role, never with a name."""

from datetime import datetime
from enum import StrEnum

from domain.clocks.calendar import day_in_words
from domain.model import Model
from letters.render import CIVIL


class FaultKind(StrEnum):
    """What kind of thing is wrong."""

    LATE = "late"
    """A stage has not done what time has brought."""
    LETTERS = "letters"
    """Letters that could leave do not."""
    WORKER = "worker"
    """No worker tells that it is there."""
    NOT_RUNNING = "not-running"
    """Temporal does not run the workflow of a stage that is open."""
    FAILING = "failing"
    """Temporal cannot carry a workflow on."""
    NO_POLLER = "no-poller"
    """Nobody asks Temporal for work."""
    RECORD = "record"
    """The case record cannot be read."""


OF_RECORD = frozenset({FaultKind.LATE, FaultKind.LETTERS, FaultKind.WORKER})
"""What is found in the record."""
OF_TEMPORAL = frozenset({FaultKind.NOT_RUNNING, FaultKind.FAILING, FaultKind.NO_POLLER})
"""What only Temporal can tell."""


class Fault(Model):
    """Something that is wrong."""

    kind: FaultKind
    where: str
    """The clock, stage, board or task queue that it is wrong with."""
    board: str | None = None
    """Whose it is; ``None`` where it concerns all boards."""
    stage: str | None = None
    """Workflow id, where it is one stage's."""
    since: datetime
    words: str
    """What is wrong, for whoever is told."""

    @property
    def id(self) -> str:
        """The same for as long as it lasts."""
        return f"{self.kind.value} {self.where}"


class Seen(Model):
    """What one look has found."""

    at: datetime
    faults: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = ()
    """What could not be looked at although it would be good to know."""
    unknown: frozenset[FaultKind] = frozenset()
    """Kinds that this look could not see: they may be there or not."""

    @property
    def could_look(self) -> bool:
        """Whether the case record could be read: without it nothing is known."""
        return not self.unknown & OF_RECORD


def kind_of(fault_id: str) -> FaultKind:
    """The kind of a fault, by its id."""
    return FaultKind(fault_id.partition(" ")[0])


def moment(at: datetime) -> str:
    """An instant in words, civil time: ``09:00 on Monday 3 March 2031``."""
    civil = at.astimezone(CIVIL)
    return f"{civil:%H:%M} on {day_in_words(civil.date())}"
