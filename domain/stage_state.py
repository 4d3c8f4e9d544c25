"""What one kind of stage knows and decides by itself; what all stages share is in ``domain.stage``."""

from abc import abstractmethod
from datetime import datetime
from typing import ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command
from domain.model import Model, Refusal
from domain.record import ClockEntry, Fact, Letter, LetterOutcome, Task


class Transition(Model):
    """What a state becomes by a command or a message, the facts of it, and the letters it calls for."""

    facts: tuple[Fact, ...] = ()
    letters: tuple[Letter, ...] = ()
    clocks: tuple[ClockEntry, ...] = ()
    """Entries that the command itself changed (an acknowledged rung)."""
    recounts: str = ""
    """Why every clock is counted again by the calendar as it is now; empty where none has to be."""


class StageState(Model):
    """What one kind of stage knows. Pure: subclasses decide, the shell carries out."""

    STAGE: ClassVar[str]
    """Name of the stage in ids and search attributes."""

    @abstractmethod
    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """The rule that forbids the command as things stand, or ``None``."""

    @abstractmethod
    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The state after a command that is not refused."""

    @abstractmethod
    def needs(self) -> tuple[ClockNeed, ...]:
        """The clocks that run, or ran, as things stand."""

    @abstractmethod
    def tasks(self) -> tuple[Task, ...]:
        """What is asked of whom as things stand."""

    @abstractmethod
    def headline(self) -> str:
        """Where the stage stands, in one line without names."""

    @abstractmethod
    def done(self) -> bool:
        """Whether nothing remains to be done."""

    @property
    def standing(self) -> str:
        """Where the stage stands in a few fixed words, for lists and searches."""
        return self.STAGE

    def resumed(self) -> Self:
        """The state of a stage that ended, as it goes on once its case is open again."""
        return self

    def told_of(self, outcome: LetterOutcome) -> tuple[Self, Transition]:
        """The state after a letter was handed over to the mail server; most stages take no note."""
        return self, Transition()
