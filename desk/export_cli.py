"""``scr.py export --folder``: a case with its pictures, at the command line."""

from datetime import datetime
from pathlib import Path

import typer

from desk.export_folder import write_folder
from desk.telling import print_json
from domain.record import CaseRef
from records.store import Record


def to_folder(record: Record, case: CaseRef, folder: Path, at: datetime, *, as_json: bool) -> None:
    """Write the case into a new folder and say what is in it. Raises as ``write_folder`` does."""
    written = write_folder(record, case, folder, at)
    if as_json:
        print_json(written)
        return
    typer.echo(f"Written to {written.folder}, names included; only you can read it:")
    for name in written.files:
        typer.echo(f"  {name}")
