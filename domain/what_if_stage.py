"""A stage whose clocks are those of a live one, and in which things are done when they are assumed to be. Pure."""

from datetime import datetime, timedelta
from typing import ClassVar, Final, Self

from domain.clocks.need import ClockNeed
from domain.command import Command
from domain.model import Refusal
from domain.record import Task
from domain.stage_state import StageState, Transition
from domain.what_if import Expected

FORM: Final = "what-if"
WATCHED: Final = timedelta(days=62)
"""How long what is never done is watched after it was due, or from now on where that has passed."""


class WhatIfState(StageState):
    """The clocks of a live stage as time passes; nobody is asked anything."""

    STAGE: ClassVar[str] = "what-if"

    expected: tuple[Expected, ...]
    began_at: datetime
    seen_at: datetime
    """What was to be done by then is done."""

    def at(self, instant: datetime) -> Self:
        """The state at a later instant."""
        return self.model_copy(update={"seen_at": instant})

    def next_done(self) -> datetime | None:
        """When the next thing is done, or is not watched any more."""
        return min((at for at in map(self._ends_at, self.expected) if at > self.seen_at), default=None)

    def _ends_at(self, each: Expected) -> datetime:
        return max(each.entry.deadline.due_at, self.began_at) + WATCHED if each.done_at is None else each.done_at

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """Every command: what happens was assumed before."""
        return Refusal(code="what-if", text="Nothing is answered in a forecast.", source="What-if")

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """Nothing changes."""
        return self, Transition()

    def needs(self) -> tuple[ClockNeed, ...]:
        """The clocks of the live stage, done when it was assumed; withdrawn when they are not watched any more."""
        watched = (each for each in self.expected if each.done_at is not None or self.seen_at < self._ends_at(each))
        return tuple(each.need(self.seen_at).model_copy(update={"task": _task(each)}) for each in watched)

    def tasks(self) -> tuple[Task, ...]:
        """One for each clock whose end is to come: a letter that waits for the morning leaves only while there is."""
        return tuple(
            Task(
                form=FORM,
                item=each.entry.id,
                role=need.waiting_on,
                agency=each.entry.agency,
                title=each.entry.rule.title,
                clock=each.entry.id,
            )
            for each in self.expected
            if (need := each.need(self.seen_at)).satisfied_at is None
        )

    def headline(self) -> str:
        """That it is none of the live stages."""
        return "What would happen if"

    def done(self) -> bool:
        """Whether nothing is left to wait for."""
        return self.next_done() is None


def _task(each: Expected) -> str:
    return f"{each.entry.id}/{FORM}"
