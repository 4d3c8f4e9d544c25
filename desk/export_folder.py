"""A case as a folder: its whole record, and the pictures that can be drawn from it. It holds names: keep it as such."""

import json
import os
from datetime import datetime
from pathlib import Path

from desk.measure_picture import measure_svg
from desk.measures import measures_of
from desk.pack import write_new
from desk.timeline import timeline_of
from desk.timeline_picture import timeline_svg
from domain.document_types import DocumentFault
from domain.model import Model
from domain.record import CaseRef
from records import queries
from records.store import Record


class ExportedFolder(Model):
    """What was written."""

    folder: str
    files: tuple[str, ...]
    """Names of the files in it."""


def write_folder(record: Record, case: CaseRef, folder: Path, at: datetime) -> ExportedFolder:
    """Write the case into a new folder that only its owner can read, the pictures as things stand at that instant.

    Raises ``NotFound``, ``KeyringFault`` where something of the record does not open, and ``DocumentFault`` where the
    folder is there already or cannot be made.
    """
    files = files_of(record, case, at)
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        raise DocumentFault(f"{folder} exists already and is left as it is; name another folder") from None
    except OSError as error:
        raise DocumentFault(f"{folder} cannot be made: {error.strerror}") from None
    for name, content in files.items():
        write_new(folder / name, content.encode())
    return ExportedFolder(folder=str(folder), files=tuple(files))


def files_of(record: Record, case: CaseRef, at: datetime) -> dict[str, str]:
    """Name and content of each file. Raises ``NotFound`` and ``KeyringFault``."""
    whole = json.dumps(queries.export(record, case), indent=2, ensure_ascii=False)
    pictures = {f"measure-{series.id}.svg": measure_svg(series) for series in measures_of(record, case, at)}
    return {"record.json": f"{whole}\n", "timeline.svg": timeline_svg(timeline_of(record, case, at)), **pictures}
