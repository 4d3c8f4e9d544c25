"""``scr.py notification``: the pack for the national system, on the terminal of who notifies."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from activities.directory import read_directory
from desk.notification_pack import as_text, show_pack
from desk.opening import open_record, read_settings
from desk.telling import print_json, told
from domain.people import Role
from records import queries


def register(app: typer.Typer) -> None:
    """Add the command to ``scr.py``."""
    app.command("notification")(notification)


def notification(
    ref: Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")],
    *,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who notifies: an id of the directory.")],
    role: Annotated[Role | None, typer.Option(help="In which role, where the person has several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """What the national system's form asks for, ready to be pasted. It holds names; that it was shown is recorded."""
    with told(as_json):
        settings = read_settings()
        record = open_record(settings)
        case = queries.resolve(record, ref)
        board = read_directory(settings.directory_file).board(case.board)
        pack = show_pack(record, board, case, person=person, at=datetime.now(UTC), role=role)
        if as_json:
            print_json(pack)
        else:
            typer.echo(as_text(pack), nl=False)
