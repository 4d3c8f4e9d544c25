"""``scr.py regime migrate``: the list of every clock before and after, then the chair's recorded decision."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import uuid4

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from activities.directory import read_directory
from activities.regimes import Regimes
from desk.opening import open_record, read_settings
from desk.regime_migrate import BeforeAndAfter, WouldNotMove, before_and_after
from desk.sending import connected, send
from desk.telling import print_json, told
from domain.people import Role
from domain.record import CaseRef
from domain.regime_change import MoveToRegime
from records import queries
from records.store import Record
from wiring import connect

WAIT = timedelta(seconds=20)
_WIDTH = 160
"""Of a table that is not shown in a terminal."""


def migrate(
    ref: Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")],
    *,
    to: Annotated[str, typer.Option("--to", metavar="REGIME", help="The edition that is to hold from now on.")],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="The board's chair, who decides it.")] = "",
    reason: Annotated[str, typer.Option(help="Why; it is kept with the decision.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list every clock before and after.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Move a case to another edition of its rules. Who was told a date that moves is told, once, with the reason."""
    if not dry_run and not (person and reason.strip()):
        raise typer.BadParameter("the chair decides it with a reason: --as and --reason; or --dry-run")
    with told(as_json):
        settings = read_settings()
        record, at = open_record(settings), datetime.now(UTC)
        case = queries.resolve(record, ref)
        regimes = Regimes(settings.overlays)
        pinned = regimes.laid_over(_regime_of(record, case), case.board)
        try:
            found = before_and_after(record, case, pinned, regimes.of_board(to, case.board), at)
        except WouldNotMove as error:
            raise typer.BadParameter(str(error), param_hint="--to") from None
        if as_json:
            print_json(found)
        else:
            print_clocks(found)
        if dry_run:
            return
        actor = (
            read_directory(settings.directory_file).board(case.board).actor(person, Role.BOARD_CHAIR, None, at.date())
        )
        command = MoveToRegime(request_id=f"move-{uuid4().hex}", actor=actor, regime=to, reason=reason)

        async def decide() -> None:
            client = await connected(lambda: connect(settings, keyring=record.keyring))
            await send(client, case.workflow_id, command, WAIT)

        asyncio.run(decide())
        if not as_json:
            typer.echo(f"{case.reference} runs under {to} from now on.")


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
    out = Console(highlight=False, markup=False)
    out.print(table, width=None if out.is_terminal else _WIDTH)


def _regime_of(record: Record, case: CaseRef) -> str:
    return queries.case_summary(record, case).regime
