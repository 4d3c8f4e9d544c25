"""What people record and decide about processes beside the review."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from domain.command import Command, Words
from domain.people import Role


class ParallelKind(StrEnum):
    """What kind of process it is."""

    POLICE_AND_PROSECUTION = "police-and-prosecution"
    CORONER = "coroner"
    FAMILY_COURT = "family-court"
    DISCIPLINARY = "disciplinary"
    REGULATOR = "regulator"
    DOMESTIC_HOMICIDE_REVIEW = "domestic-homicide-review"
    ADULT_REVIEW = "adult-review"
    CHILD_DEATH_REVIEW = "child-death-review"

    @property
    def words(self) -> str:
        """As letters write it."""
        return self.value.replace("-", " ")


class Effect(StrEnum):
    """What a process means for the review, as the chair decides."""

    NONE = "none"
    LIMITS_WHAT_MAY_BE_DONE = "limits-what-may-be-done"
    HOLDS_PUBLICATION = "holds-publication"
    STOPS_REVIEW_CLOCK = "stops-review-clock"

    @property
    def words(self) -> str:
        """As letters write it, to follow the name of the process."""
        return {
            "none": "has no effect on the review",
            "limits-what-may-be-done": "limits what the review may do",
            "holds-publication": "holds the publication of the report",
            "stops-review-clock": "stops the review's clock",
        }[self.value]


class RecordParallelProcess(Command):
    """A process beside the review, and how it stands. Given again for the same key, it is updated."""

    FORM: ClassVar[str] = "record-parallel-process"
    FACT: ClassVar[str] = "parallel-process-recorded"
    TITLE: ClassVar[str] = "record how a process beside the review stands"
    ABOUT: ClassVar[str] = "PROCESS"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.PANEL_CHAIR, Role.LEAD_REVIEWER})

    kind: ParallelKind
    contact: Words
    """Role and organisation of who answers for it there, not a name."""
    status: Words
    """How it stands, and what came of its last date."""
    next_on: date | None = None
    """Its next date (a hearing, an inquest), where there is one. The business manager is asked what came of it."""
    ended: bool = False
    """Whether it is over. One that was over and goes on is recorded again without this."""


class DecideEffect(Command):
    """The chair decides what a process means for the review. It lasts until the chair decides again."""

    FORM: ClassVar[str] = "decide-effect"
    FACT: ClassVar[str] = "effect-decided"
    TITLE: ClassVar[str] = "decide what a process beside the review means for it"
    ABOUT: ClassVar[str] = "PROCESS"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    effect: Effect
    reason: Words
    look_again_on: date | None = None
    """The day by which the chair decides again; needed unless there is no effect."""
    since: datetime | None = None
    """From when it counts, where that is before it is recorded; clocks are counted again from then."""
    told: Words
    """Who was told, in roles and organisations."""
