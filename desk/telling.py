"""How a command ends: what goes wrong is one line on standard error and an exit status.

0 done; 1 not done; 2 wrong command or settings; 3 refused by a rule; 4 not known yet whether done.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import BaseModel

from desk.fields import FieldFaults
from desk.sending import NotKnownYet, NotTaken, StageEnded, Unreachable
from desk.service import TextMarked
from domain.directory import DirectoryFault, UnknownBoard
from domain.document_types import DocumentFault
from domain.model import Refused
from records.engine import RecordFault
from records.files import FileFault
from records.queries import Ambiguous, NotFound
from sealing import KeyringFault
from settings import SettingsFault

NOT_DONE, USAGE, REFUSED, NOT_KNOWN = 1, 2, 3, 4

PLAIN_FAULTS = (
    NotFound,
    Ambiguous,
    StageEnded,
    Unreachable,
    NotTaken,
    RecordFault,
    KeyringFault,
    DirectoryFault,
    UnknownBoard,
    DocumentFault,
    FileFault,
)
"""What is told by its own one line."""


@contextmanager
def told(as_json: bool) -> Iterator[None]:
    """What goes wrong as one line on standard error and an exit status; as JSON on standard output as well."""
    try:
        yield
    except TextMarked as error:
        lines = [f'{mark.kind}: "{mark.passage}": {mark.why}' for mark in error.marks]
        if error.to_see:
            lines.append(f"To see what is marked: scr.py {error.to_see}")
        lines.append("To keep a passage as it is: stays.0.passage=… stays.0.reason=…")
        marks = [mark.model_dump() for mark in error.marks]
        more = {"kind": "refused", **error.refusal.model_dump(), "marks": marks}
        fail(REFUSED, "\n".join([f"Refused: {error}", *lines]), as_json, more)
    except Refused as error:
        fail(REFUSED, f"Refused: {error}", as_json, {"kind": "refused", **error.refusal.model_dump()})
    except NotKnownYet as error:
        fail(NOT_KNOWN, str(error), as_json, {"kind": "not-known-yet", "request_id": error.request_id})
    except FieldFaults as error:
        lines = [f"{f.field}: {f.message}" + (f" (asked: {f.asks})" if f.asks else "") for f in error.faults]
        faults = [fault.model_dump() for fault in error.faults]
        fail(NOT_DONE, "\n".join(lines), as_json, {"kind": "faults", "faults": faults})
    except SettingsFault as error:
        fail(USAGE, str(error), as_json, {"kind": "settings"})
    except PLAIN_FAULTS as error:
        fail(NOT_DONE, str(error), as_json, {"kind": "not-done"})


def fail(status: int, message: str, as_json: bool, more: dict[str, Any]) -> NoReturn:
    """End the command with that status and message."""
    typer.echo(message, err=True)
    if as_json:
        typer.echo(json.dumps({"error": {"message": message, **more}}, ensure_ascii=False))
    raise typer.Exit(status)


def print_json(found: BaseModel | Sequence[BaseModel]) -> None:
    """One JSON document on standard output."""
    if isinstance(found, BaseModel):
        typer.echo(found.model_dump_json())
    else:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in found], ensure_ascii=False))
