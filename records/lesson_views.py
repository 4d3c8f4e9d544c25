"""A lesson as it is shown: what was found, what was done, what changed. Names were taken out of every text."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final, Literal

from domain.action_commands import ActionStatus
from domain.change_commands import Judgement
from domain.model import Model
from domain.publication_commands import FindingAnswer
from domain.record import CaseRef


class LessonKind(StrEnum):
    """What a lesson is of."""

    FINDING = "finding"
    ACTION = "action"
    CHANGE = "change"


class Entry(Model):
    """One finding, action or expected change of a review."""

    KIND: ClassVar[LessonKind]
    TEXTS: ClassVar[tuple[str, ...]]
    """The fields that a person typed."""

    id: str
    """Within its case: ``F1``, ``A1``, ``C1``."""
    told_at: datetime
    """When it was entered or planned first."""
    themes: tuple[str, ...] = ()
    """Ids of its own themes, and of those of what it answers: an action has its findings', a change its actions'."""

    @property
    def searched(self) -> tuple[str, ...]:
        """The texts in which it is found."""
        return (*(str(getattr(self, name)) for name in self.TEXTS), *self.themes)


class LessonFinding(Entry):
    """What was found, and what the board answered."""

    KIND: ClassVar[LessonKind] = LessonKind.FINDING
    TEXTS: ClassVar[tuple[str, ...]] = ("what_happened", "why", "how_usual", "put_to_board")

    kind: Literal["finding", "good-practice"] = "finding"
    what_happened: str = ""
    why: str = ""
    how_usual: str = ""
    put_to_board: str = ""
    part_of_system: str = ""
    answer: FindingAnswer | None = None

    @property
    def searched(self) -> tuple[str, ...]:
        """Also the part of the system that it is about."""
        return (*super().searched, self.part_of_system)


class LessonAction(Entry):
    """What was planned in answer, and what became of it."""

    KIND: ClassVar[LessonKind] = LessonKind.ACTION
    TEXTS: ClassVar[tuple[str, ...]] = ("what", "outcome", "effect")

    findings: tuple[str, ...] = ()
    what: str = ""
    outcome: str = ""
    """What was to be different once it is done."""
    effect: str = ""
    """How its effect was to be seen."""
    agency: str = ""
    status: ActionStatus = ActionStatus.PLANNED
    superseded_by: str = ""

    @property
    def searched(self) -> tuple[str, ...]:
        """Also the agency that owns it."""
        return (*super().searched, self.agency)


class LessonChange(Entry):
    """What was expected to change, and what was seen."""

    KIND: ClassVar[LessonKind] = LessonKind.CHANGE
    TEXTS: ClassVar[tuple[str, ...]] = ("what", "measure", "unit")

    actions: tuple[str, ...] = ()
    what: str = ""
    measure: str = ""
    unit: str = ""
    """Of the figures that follow, where it is measured in figures."""
    direction: Literal["higher", "lower", "described"] = "described"
    baseline: Decimal | None = None
    target: Decimal | None = None
    judgement: Judgement | None = None
    """Of the latest date that was judged."""
    value: Decimal | None = None
    """What was observed at that date."""
    target_met: bool | None = None
    """Whether the target was met at that date; ``None`` where nothing was judged, or a figure is missing."""
    absent: int = 0
    """For how many dates it was recorded that there is no observation."""
    outcome: Literal["", "sustained", "re-planned", "not-achieved"] = ""
    """With which it was closed; empty while it is watched."""


ENTRIES: Final[dict[LessonKind, type[Entry]]] = {
    each.KIND: each for each in (LessonFinding, LessonAction, LessonChange)
}


class Lesson(Model):
    """One lesson of an accepted report with all that it is connected with in its review."""

    case: CaseRef
    kind: LessonKind
    id: str
    told_at: datetime
    themes: tuple[str, ...] = ()
    findings: tuple[LessonFinding, ...] = ()
    """What was found: the lesson itself, or the findings that led to it."""
    actions: tuple[LessonAction, ...] = ()
    """What was done: the lesson itself, the actions that followed, or those that were to bring the change about."""
    changes: tuple[LessonChange, ...] = ()
    """What changed."""
