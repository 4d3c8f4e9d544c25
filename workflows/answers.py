"""Answers that a stage takes: each command is an update of its own name, asked by the same rules."""

from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import workflow

from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.command import Command, Receipt, please
    from domain.forms import EVERYWHERE
    from domain.regime_change import RegimeChanged

T = TypeVar("T", bound="TakesAnswers")


class TakesAnswers:
    """What a workflow needs to take answers; it keeps its shell in ``_shell``."""

    _shell: StageShell[Any]

    async def _take(self, command: Command) -> Receipt:
        """Accept the command; a stage that tells its case how it stands adds that."""
        return await self._shell.take(command)

    @workflow.signal(name="regime-changed", description="The case was moved to another edition of its rules")
    async def regime_changed(self, change: RegimeChanged) -> None:
        """Dates are counted by the other rules from now on."""
        await self._shell.change_rules(change)

    @workflow.signal(name="look-again", description="Look again at what is due, where a timer was lost")
    def look_again(self) -> None:
        """Whoever watches from outside found something late."""
        self._shell.look_again()


def takes(*commands: type[Command]) -> Callable[[type[T]], type[T]]:
    """Make a stage's workflow take these commands, and those that every stage takes."""

    def taking(stage: type[T]) -> type[T]:
        for command in (*commands, *EVERYWHERE):
            setattr(stage, f"take_{command.FORM.replace('-', '_')}", _update(command))
        return stage

    return taking


def _update(kind: type[Command]) -> Callable[..., Any]:
    async def answer(self: TakesAnswers, command: Command) -> Receipt:
        return await self._take(command)

    def may_answer(self: TakesAnswers, command: Command) -> None:
        self._shell.validate(command)

    # The engine reads from the annotations what it is sent.
    answer.__annotations__ = {"command": kind, "return": Receipt}
    may_answer.__annotations__ = {"command": kind, "return": None}
    update = workflow.update(name=kind.FORM, description=please(kind))(answer)
    update.validator(may_answer)
    return update
