"""``scr.py regime migrate``: the list of every clock before and after, then the chair's recorded decision."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import uuid4

import typer
from rich import box
from rich.table import Table
from rich.text import Text
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.directory import read_directory
from activities.regimes import Regimes
from desk.opening import open_record, read_settings
from desk.regime_migrate import BeforeAndAfter, WouldNotMove, before_and_after
from desk.sending import NotKnownYet, NotTaken, StageEnded, connected, send
from desk.telling import NOT_DONE, print_json, told
from desk.terminal import table_console
from domain.model import Model, Refused
from domain.people import Role
from domain.record import CaseRef
from domain.regime_change import MoveToRegime
from records import queries
from records.queries import NotFound
from wiring import connect

WAIT = timedelta(seconds=20)


class Moved(Model):
    """What became of moving one case, or would."""

    case: CaseRef
    clocks: tuple[BeforeAndAfter, ...] = ()
    moved: bool = False
    why_not: str = ""


def migrate(
    ref: Annotated[
        str | None,
        typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014; or --board and --from."),
    ] = None,
    *,
    to: Annotated[str, typer.Option("--to", metavar="REGIME", help="The edition that is to hold from now on.")],
    board: Annotated[str, typer.Option("--board", metavar="BOARD", help="Every open case of this board …")] = "",
    since: Annotated[str, typer.Option("--from", metavar="REGIME", help="… that runs under this edition.")] = "",
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="The board's chair, who decides it.")] = "",
    reason: Annotated[str, typer.Option(help="Why; it is kept with the decision.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list every clock before and after.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Move cases to another edition of their rules, or to their own as it was corrected since.

    Who was told a date that moves is told, once, with the reason.
    """
    if not dry_run and not (person and reason.strip()):
        raise typer.BadParameter("the chair decides it with a reason: --as and --reason; or --dry-run")
    if (ref is None) != bool(board and since):
        raise typer.BadParameter("name one case, or the cases of a board: --board BOARD --from REGIME")
    with told(as_json):
        desk = _Desk()
        cases = desk.running_under(board, since) if ref is None else (queries.resolve(desk.record, ref),)
        found = tuple(desk.would_move(case, to) for case in cases)
        if ref is not None and found[0].why_not:
            raise typer.BadParameter(found[0].why_not, param_hint="--to")
        if not as_json:
            print_cases(found)
        if not dry_run:
            found = asyncio.run(desk.move(found, to, person, reason))
        if as_json:
            print_json(found if ref is None else found[0].clocks)
        elif not dry_run:
            _print_moved(found, to)
    if any(each.why_not for each in found):
        raise typer.Exit(NOT_DONE)


class _Desk:
    """The record and the rules, once for all cases."""

    def __init__(self) -> None:
        self.settings = read_settings()
        self.record, self.at = open_record(self.settings), datetime.now(UTC)
        self.directory = read_directory(self.settings.directory_file)
        self.regimes = Regimes(self.settings.overlays)

    def running_under(self, board: str, regime: str) -> tuple[CaseRef, ...]:
        """The open cases of the board under this regime.

        Raises ``UnknownBoard``, and ``NotFound`` where there is none.
        """
        self.directory.board(board)
        open_cases = queries.cases(self.record, open_only=True)
        found = tuple(each.case for each in open_cases if (each.case.board, each.regime) == (board, regime))
        if not found:
            raise NotFound(f"no open case of {board} runs under {regime}")
        return found

    def would_move(self, case: CaseRef, to: str) -> Moved:
        """Every clock before and after."""
        regime = queries.case_summary(self.record, case).regime
        try:
            pinned, other = self.regimes.laid_over(regime, case.board), self.regimes.of_board(to, case.board)
            clocks = before_and_after(self.record, self.directory, case, pinned=pinned, other=other, at=self.at)
        except WouldNotMove as error:
            return Moved(case=case, why_not=str(error))
        except ApplicationError as error:
            return Moved(case=case, why_not=error.message)
        return Moved(case=case, clocks=clocks)

    async def move(self, found: Sequence[Moved], to: str, person: str, reason: str) -> tuple[Moved, ...]:
        """The chair's decision, given to each case that can move; of one alone, what goes wrong is raised."""
        client = await connected(lambda: connect(self.settings, keyring=self.record.keyring))
        moved = []
        for each in found:
            try:
                moved.append(each if each.why_not else await self._move(client, each, to, person, reason))
            except (Refused, NotKnownYet, NotTaken, StageEnded) as error:
                if len(found) == 1:
                    raise
                moved.append(each.model_copy(update={"why_not": str(error)}))
        return tuple(moved)

    async def _move(self, client: Client, found: Moved, to: str, person: str, reason: str) -> Moved:
        board = self.directory.board(found.case.board)
        actor = board.actor(person, Role.BOARD_CHAIR, None, self.at.date())
        command = MoveToRegime(request_id=f"move-{uuid4().hex}", actor=actor, regime=to, reason=reason)
        await send(client, found.case.workflow_id, command, WAIT)
        return found.model_copy(update={"moved": True})


def print_cases(found: Sequence[Moved]) -> None:
    """The clocks of each case before and after."""
    for each in found:
        if len(found) > 1:
            typer.echo(f"{each.case.reference}:")
        if each.why_not:
            typer.echo(f"  cannot move: {each.why_not}")
        else:
            print_clocks(each.clocks)


def _print_moved(found: Sequence[Moved], to: str) -> None:
    for each in found:
        if each.moved:
            typer.echo(f"{each.case.reference} runs under {to} from now on.")
        else:
            typer.echo(f"{each.case.reference} was not moved: {each.why_not}")


def print_clocks(found: Sequence[BeforeAndAfter]) -> None:
    """The clocks as a table; those that move come first."""
    if not found:
        typer.echo("The case has no clock yet.")
        return
    table = Table("Clock", "Before", "After", "Moves", "Source after", box=box.SIMPLE, pad_edge=False)
    for each in sorted(found, key=lambda clock: not clock.moves):
        cells = (
            f"{each.title} ({each.clock})",
            each.before,
            each.after,
            "yes" if each.moves else "",
            each.after_source,
        )
        table.add_row(*map(Text, cells))
    out = table_console()
    out.print(table)
