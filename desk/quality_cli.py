"""``scr.py quality``: the evidence pack of a case's quality markers at the command line."""

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from activities.directory import read_directory
from desk import terminal
from desk.opening import open_record, read_settings
from desk.quality import quality_pack
from desk.quality_writing import as_lines, as_markdown
from desk.telling import print_json, told
from records import queries


def register(app: typer.Typer) -> None:
    """Add the command to ``scr.py``."""
    app.command("quality")(quality)


def quality(
    ref: Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown.")] = False,
) -> None:
    """The 18 quality markers: what was said of each, what the record shows, what nobody has answered. No scores."""
    if as_json and markdown:
        raise typer.BadParameter("give --json or --markdown, not both")
    with told(as_json):
        settings = read_settings()
        record = open_record(settings)
        directory = read_directory(settings.directory_file)
        pack = quality_pack(record, directory, queries.resolve(record, ref), datetime.now(UTC))
        if as_json:
            print_json(pack)
        elif markdown:
            typer.echo(as_markdown(pack), nl=False)
        else:
            out = terminal.make_console()
            for line in as_lines(pack):
                out.print(line.text, style=_STYLES[line.look])


_STYLES: Final = {"heading": "bold", "plain": "", "dim": "dim", "urgent": terminal.URGENT}
