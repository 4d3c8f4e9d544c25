"""``scr.py lessons``: what earlier reviews of a board found, what was done about it, and what changed."""

from typing import Annotated

import typer

from activities.directory import read_directory
from desk import terminal
from desk.lessons import print_lessons, search
from desk.opening import open_record, read_settings
from desk.telling import print_json, told
from domain.directory import Board, Directory
from records import lessons as kept
from records.lesson_views import LessonKind

WORDS = 'Words that all have to stand there; "words in a row"; -words that must not. [the newest lessons]'


def register(app: typer.Typer) -> None:
    """Add the command to ``scr.py``."""
    # A word with a minus is one that must not stand there, not an option.
    app.command("lessons", context_settings={"ignore_unknown_options": True})(lessons)


def lessons(
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS…", help=WORDS)] = None,
    *,
    board: Annotated[str | None, typer.Option(help="The board's id. [the only board of the directory]")] = None,
    theme: Annotated[
        list[str] | None, typer.Option(metavar="THEME", help="Only of this theme of the board's list; several: of any.")
    ] = None,
    kind: Annotated[list[LessonKind] | None, typer.Option(help="Only of this kind; several: of any.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = kept.LIMIT,
    themes: Annotated[bool, typer.Option("--themes", help="The board's list of themes.")] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read all facts again first, with the names that are known now.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Search the findings, actions and changes of the board's accepted reports. No names are in them."""
    if any(word.startswith("--") for word in words or ()):
        raise typer.BadParameter("there is no such option; a word that must not stand there has one minus")
    with told(as_json):
        settings = read_settings()
        of = _board(read_directory(settings.directory_file), board)
        if themes:
            _print_themes(of, as_json=as_json)
            return
        record = open_record(settings)
        if rebuild:
            kept.rebuild(record, of)
        found = search(record, of, _typed(words or ()), themes=theme or (), kinds=kind or (), limit=limit)
        if as_json:
            print_json(found)
        else:
            print_lessons(terminal.make_console(), found, of)


def _board(directory: Directory, board: str | None) -> Board:
    """That board, or the only one. Raises ``UnknownBoard``."""
    if board is None and len(directory.boards) == 1:
        return directory.boards[0]
    if board is None:
        raise typer.BadParameter(f"say which board: --board {' or '.join(each.id for each in directory.boards)}")
    return directory.board(board)


def _typed(words: list[str] | tuple[()]) -> str:
    """The question. The shell has taken the quotes off ``"words in a row"``: they are put back."""
    return " ".join(_in_quotes(word) if " " in word and '"' not in word else word for word in words)


def _in_quotes(words: str) -> str:
    return f'-"{words[1:]}"' if words.startswith("-") else f'"{words}"'


def _print_themes(board: Board, *, as_json: bool) -> None:
    if as_json:
        print_json(board.themes)
        return
    out = terminal.make_console()
    if not board.themes:
        out.print("The board has no list of themes.")
    for theme in board.themes:
        out.print(f"{theme.id}: {theme.title}")
