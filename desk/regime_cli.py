"""``scr.py regime``: the rules that cases run under, looked at, compared and checked before anybody relies on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from temporalio.exceptions import ApplicationError

from activities.directory import read_directory
from activities.regimes import Regimes, known_regimes, read_regime
from desk.opening import read_settings
from desk.regime_check import Checked, check_text, letter_names
from desk.regime_diff import differences
from desk.regime_migrate_cli import migrate
from desk.regime_show import (
    ListedRegime,
    print_list,
    print_regime,
    print_table,
    print_to_confirm,
    print_to_set,
)
from desk.regime_table import common_clocks, table
from desk.regime_view import regime_view
from desk.regime_words import NATIONS, in_force_in_words
from desk.telling import NOT_DONE, fail, print_json, told
from desk.terminal import table_console
from domain.regimes import Regime
from domain.regimes.checking import awaiting_confirmation

app = typer.Typer(help="The rules that cases run under.", rich_markup_mode=None, no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="REGIME", help="Its id, as regime list has it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
OfBoard = Annotated[str | None, typer.Option("--board", metavar="BOARD", help="With what this board lays over it.")]


@app.command("list")
def list_regimes(*, board: OfBoard = None, as_json: AsJson = False) -> None:
    """Every regime there is; with --board whether its cases can begin under it, and why not."""
    with _told(as_json):
        regimes = _regimes(board)
        found = [_listed(regimes, each, board) for each in known_regimes()]
        if as_json:
            print_json(found)
        else:
            print_list(table_console(), found)


@app.command()
def show(regime: Named, *, board: OfBoard = None, as_json: AsJson = False) -> None:
    """One regime whole: when a review is held, every clock with its source, who is told when."""
    _check_known(regime)
    with _told(as_json):
        view = regime_view(_as_it_holds(regime, board))
        if as_json:
            print_json(view)
        else:
            print_regime(table_console(), view)


@app.command()
def diff(
    one: Annotated[str, typer.Argument(metavar="A", help="A regime.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another, that is compared with it.")],
    *,
    board: OfBoard = None,
    as_json: AsJson = False,
) -> None:
    """What is new, gone and different in B, compared with A."""
    _check_known(one, other)
    with _told(as_json):
        found = differences(regime_view(_as_it_holds(one, board)), regime_view(_as_it_holds(other, board)))
        if as_json:
            print_json(found)
        elif not found:
            typer.echo("Nothing differs.")
        else:
            rows = ((each.what, each.change, each.before, each.after) for each in found)
            print_table(table_console(), "", ("What", "Is", one, other), rows)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML: a regime, or a board's overlay.")],
    *,
    as_json: AsJson = False,
) -> None:
    """List every fault of a regime or an overlay, and what awaits the board. Exit status 1 where there is a fault."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"{file} cannot be read") from None
    with _told(as_json):
        boards = [board.id for board in read_directory(read_settings().directory_file).boards]
        found = check_text(text, boards, letter_names())
        if as_json:
            print_json(found)
        else:
            _print_checked(file, found)
    if not found.ok:
        raise typer.Exit(NOT_DONE)


@app.command("table")
def print_document() -> None:
    """Every clock of every regime as Markdown: what docs/clocks.md is made from."""
    with _told(as_json=False):
        typer.echo(table(common_clocks(), map(read_regime, known_regimes())), nl=False)


app.command("migrate")(migrate)


def _listed(regimes: Regimes, regime: str, board: str | None) -> ListedRegime:
    found = read_regime(regime) if board is None else regimes.laid_over(regime, board)
    return ListedRegime(
        id=found.id,
        title=found.title,
        edition=found.edition,
        nation=NATIONS[found.nation],
        in_force=in_force_in_words(found.in_force),
        to_set=found.unset,
        to_confirm=len(awaiting_confirmation(found)),
        not_ready=None if board is None else regimes.why_not_ready(regime, board),
    )


def _as_it_holds(regime: str, board: str | None) -> Regime:
    return read_regime(regime) if board is None else _regimes(board).laid_over(regime, board)


def _regimes(board: str | None) -> Regimes:
    """Raises ``UnknownBoard`` and ``DirectoryFault``."""
    settings = read_settings()
    if board is not None:
        read_directory(settings.directory_file).board(board)
    return Regimes(settings.overlays)


def _check_known(*regimes: str) -> None:
    if unknown := [each for each in regimes if each not in known_regimes()]:
        there = ", ".join(known_regimes())
        raise typer.BadParameter(f"there is no regime {', '.join(unknown)}; there are: {there}")


def _print_checked(file: Path, found: Checked) -> None:
    what = "overlay" if found.kind == "overlay" else "regime"
    if found.ok:
        typer.echo(f"{file}: the {what} can be used.")
    else:
        typer.echo(f"{file}: the {what} cannot be used, {len(found.faults)} fault(s):")
    for fault in found.faults:
        typer.echo(f"  {fault}")
    print_to_set(table_console(), found.to_set)
    print_to_confirm(table_console(), found.to_confirm)


@contextmanager
def _told(as_json: bool) -> Iterator[None]:
    """As ``told``, and a regime or an overlay of the folder that cannot be used is told, too."""
    with told(as_json):
        try:
            yield
        except ApplicationError as error:
            fail(NOT_DONE, error.message, as_json, {"kind": "regime"})
