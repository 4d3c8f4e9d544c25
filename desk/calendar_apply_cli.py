"""``scr.py calendar apply``: a bank holiday was proclaimed or withdrawn; which dates that moves, first as a dry run."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from activities.directory import read_directory
from desk.calendar_apply import Move, Told, moves, tell_stages
from desk.opening import open_record, read_settings
from desk.sending import connected
from desk.telling import NOT_DONE, print_json, told
from domain.clocks.proclaimed import CalendarCorrection, CalendarFault, parse_correction
from domain.directory import Directory, NotInRole
from domain.model import Model
from domain.people import Actor, Role
from records import proclaimed
from wiring import connect

WAIT = timedelta(seconds=20)


class Outcome(Model):
    """What would move, or moved, and which stages were told."""

    moves: tuple[Move, ...]
    told: tuple[Told, ...] = ()


def apply_calendar(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML: calendar, source, and a [[day]] for each day.")],
    *,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who applies it: a business manager.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list every date that would move.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Count the dates of every open case again by a corrected calendar. Who was told another date is told, once."""
    correction = _read(file)
    with told(as_json):
        settings = read_settings()
        record, at = open_record(settings), datetime.now(UTC)
        directory = read_directory(settings.directory_file)
        found = moves(record, directory, correction, at)
        outcomes: tuple[Told, ...] = ()
        if not dry_run:
            actor = _actor(directory, person, at)

            async def tell() -> tuple[Told, ...]:
                client = await connected(lambda: connect(settings, keyring=record.keyring))
                return await tell_stages(record, client, correction, actor=actor, wait=WAIT)

            proclaimed.keep(record, correction, at)
            outcomes = asyncio.run(tell())
        if as_json:
            print_json(Outcome(moves=found, told=outcomes))
        else:
            _print(found, outcomes, dry_run=dry_run)
    if any(not each.done for each in outcomes):
        raise typer.Exit(NOT_DONE)


def _read(file: Path) -> CalendarCorrection:
    try:
        return parse_correction(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"{file} cannot be read") from None
    except CalendarFault as fault:
        raise typer.BadParameter(f"{file}:\n{fault}") from None


def _actor(directory: Directory, person: str, at: datetime) -> Actor:
    for board in directory.boards:
        try:
            return board.actor(person, Role.BUSINESS_MANAGER, None, at.date())
        except NotInRole:
            continue
    raise typer.BadParameter("say who applies it: a business manager of the directory", param_hint="--as")


def _print(found: Sequence[Move], outcomes: Sequence[Told], *, dry_run: bool) -> None:
    verb = "would move" if dry_run else "moves"
    if not found:
        typer.echo(f"No date of an open case {verb}.")
    for case, of_case in groupby(found, key=lambda move: move.case):
        typer.echo(case.reference)
        for move in of_case:
            typer.echo(f"  {move.title} ({move.clock}): due {move.now}, was {move.was} ({_by(move.days)})")
    for each in outcomes:
        if not each.done:
            typer.echo(f"Not told yet: {each.stage}: {each.why_not}")
    if outcomes:
        typer.echo(f"{sum(each.done for each in outcomes)} of {len(outcomes)} stages count by the corrected calendar.")


def _by(days: int) -> str:
    return f"{abs(days)} {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'}"
