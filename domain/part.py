"""A part of a stage that is big: its own commands, rules, clocks and tasks, in a file of its own.

A stage that is made of parts asks each of them; a part sees the whole stage where its rules need the others.
"""

from abc import abstractmethod
from datetime import datetime
from typing import Any, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command
from domain.model import Model, Refusal
from domain.record import Fact, Letter, LetterOutcome, Task
from domain.stage_state import StageState, Transition


class Part(Model):
    """One part of a stage's state. Pure, like the stage itself."""

    COMMANDS: ClassVar[tuple[type[Command], ...]]
    """The commands that this part takes; every command belongs to one part."""

    @abstractmethod
    def refuses(self, command: Command, at: datetime, whole: Any) -> Refusal | None:
        """The rule that forbids one of its commands as things stand."""

    @abstractmethod
    def accept(self, command: Command, at: datetime, whole: Any) -> tuple[Self, Transition]:
        """The part after one of its commands; facts and letters beyond the command's own fact."""

    def needs(self, whole: Any) -> tuple[ClockNeed, ...]:
        """The clocks that this part needs as things stand."""
        return ()

    def tasks(self, whole: Any) -> tuple[Task, ...]:
        """What this part asks of whom as things stand."""
        return ()

    def told_of(self, outcome: LetterOutcome, whole: Any) -> tuple[Self, Transition]:
        """The part after a letter was handed over; most take no note."""
        return self, Transition()


class StateOfParts(StageState):
    """A stage's state that is made of parts. Each command goes to the part that takes it."""

    PARTS: ClassVar[dict[str, type[Part]]]
    """The fields that are parts, each with its class, in the order in which people read them."""

    @classmethod
    def commands(cls) -> tuple[type[Command], ...]:
        """Every command that one of the parts takes."""
        return tuple(command for part in cls.PARTS.values() for command in part.COMMANDS)

    def part_of(self, command: Command) -> str | None:
        """Name of the part that takes the command."""
        return next((name for name, part in self.PARTS.items() if type(command) in part.COMMANDS), None)

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """As the command's part says."""
        name = self.part_of(command)
        if name is None:
            return Refusal(code="unknown-command", text="This stage does not know this command.", source="Commands")
        refusal: Refusal | None = getattr(self, name).refuses(command, at, self)
        return refusal

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """With its part changed."""
        name = self.part_of(command)
        assert name is not None, "refused before"  # noqa: S101
        part, transition = getattr(self, name).accept(command, at, self)
        return self.model_copy(update={name: part}), transition

    def needs(self) -> tuple[ClockNeed, ...]:
        """The clocks of all parts."""
        return tuple(need for name in self.PARTS for need in getattr(self, name).needs(self))

    def tasks(self) -> tuple[Task, ...]:
        """What all parts ask for."""
        return tuple(task for name in self.PARTS for task in getattr(self, name).tasks(self))

    def told_of(self, outcome: LetterOutcome) -> tuple[Self, Transition]:
        """With every part told."""
        state, facts, letters = self, list[Fact](), list[Letter]()
        for name in self.PARTS:
            part, then = getattr(state, name).told_of(outcome, state)
            state = state.model_copy(update={name: part})
            facts += then.facts
            letters += then.letters
        return state, Transition(facts=tuple(facts), letters=tuple(letters))
