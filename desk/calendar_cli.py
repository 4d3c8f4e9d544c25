"""``scr.py calendar``: every date ahead of a board, an agency or a person, as a table, as JSON, and as a feed."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from activities.directory import read_directory
from desk.calendar_dates import DateAhead, dates_ahead
from desk.calendar_feed import feed
from desk.opening import open_record, read_settings
from desk.telling import print_json, told
from desk.terminal import URGENT, table_console
from domain.document_types import DocumentFault

app = typer.Typer(
    invoke_without_command=True, help="Every date ahead of a board, an agency or a person.", rich_markup_mode=None
)


@app.callback()
def calendar(
    context: typer.Context,
    *,
    board: Annotated[str | None, typer.Option(help="The board's id in the directory.")] = None,
    agency: Annotated[str | None, typer.Option(help="Only what waits for this agency.")] = None,
    person: Annotated[
        str | None, typer.Option(metavar="PERSON", help="Only what waits for this person, in every role and deputised.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last due day to be told: 2026-12-31. Overdue ones are too.")
    ] = None,
    ics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="An iCalendar feed; a file that exists is replaced; - is standard output."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Every date ahead, the earliest first: which case, what, due when, who is waited for, how binding it is."""
    if context.invoked_subcommand is not None:
        return
    if board is None:
        raise typer.BadParameter("say which board's dates: --board northbridge")
    if as_json and ics == Path("-"):
        raise typer.BadParameter("give --json or --ics -, not both")
    last = _day(until)
    with told(as_json):
        settings = read_settings()
        of_board = read_directory(settings.directory_file).board(board)
        record, at = open_record(settings), datetime.now(UTC)
        found = dates_ahead(record, of_board, at, agency=agency, person=person, until=last)
        if ics is not None:
            written = feed(_name(board, agency, person), found)
            if ics == Path("-"):
                typer.echo(written, nl=False)
                return
            replace(ics, written)
        waiting = [each for each in found if not each.ended]
        if as_json:
            print_json(waiting)
            return
        print_dates(waiting)
        if ics is not None:
            typer.echo(f"The feed is in {ics}.")


def print_dates(dates: Sequence[DateAhead]) -> None:
    """The dates as a table."""
    if not dates:
        typer.echo("No date is ahead.")
        return
    table = Table("Case", "What", "Due", "Waits for", "Strength", box=box.SIMPLE, pad_edge=False)
    for each in dates:
        about = f" ({each.item})" if each.item else ""
        overdue = "OVERDUE, was " if each.overdue else ""
        deputy = " (as deputy)" if each.deputising else ""
        cells = (each.case.reference, f"{each.what}{about}", f"{overdue}{each.due}", f"{each.who}{deputy}")
        table.add_row(*map(Text, (*cells, each.strength.value)), style=URGENT if each.overdue else "")
    out = table_console()
    out.print(table)


def replace(target: Path, content: bytes) -> None:
    """Write the file as a whole or not at all, readable by its owner only; one that was there is replaced.

    Raises ``DocumentFault``.
    """
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            file.write(content)
        os.replace(file.name, target)
    except OSError as error:
        raise DocumentFault(f"{target} cannot be written: {error.strerror}") from None


def _name(board: str, agency: str | None, person: str | None) -> str:
    return " ".join(("Case reviews:", *(part for part in (board, agency, person) if part)))


def _day(until: str | None) -> date | None:
    try:
        return date.fromisoformat(until) if until is not None else None
    except ValueError:
        raise typer.BadParameter("is no day: write 2026-12-31", param_hint="--until") from None
