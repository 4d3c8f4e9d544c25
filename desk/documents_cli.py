"""``scr.py document``: a case's documents at the command line."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from activities.directory import read_directory
from desk import terminal
from desk.civil import moment_in_words
from desk.documents import DocumentDesk, DocumentView, view
from desk.opening import open_record, read_settings
from desk.pack import write_new
from desk.telling import print_json, told
from domain.document import DocumentKind
from domain.document_types import MEGABYTE, DocumentFault
from domain.people import Role
from records.files import open_files

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Documents kept with a case: reports, minutes, terms, letters.",
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Ref = Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")]
Id = Annotated[str, typer.Argument(metavar="DOCUMENT", help="D-1, or D-1/2 for its version 2.")]
Person = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who does it: an id of the directory.")]
InRole = Annotated[Role | None, typer.Option(help="In which role, where the person has several.")]


@app.command()
def add(
    ref: Ref,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="pdf, docx, xlsx, odt, txt, md, csv, png or jpg.")],
    *,
    kind: Annotated[DocumentKind, typer.Option(help="What it is for the review.")],
    title: Annotated[str, typer.Option(help="By which people know it. Kept sealed.")],
    person: Person,
    role: InRole = None,
    agency: Annotated[str | None, typer.Option(help="The agency whose document it is.")] = None,
    replaces: Annotated[str | None, typer.Option(metavar="D-1", help="The document whose next version it is.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a document with the case. The same again is kept once."""
    with told(as_json):
        desk = _desk()
        kept = desk.add(
            desk.resolve(ref),
            file.name,
            _content(file, desk.limit),
            kind=kind,
            title=title,
            person=person,
            at=_now(),
            role=role,
            agency=agency,
            replaces=replaces,
        )
        document = kept.document
        if as_json:
            print_json(view(document, newest=True))
        else:
            before = "" if kept.changed else " already; nothing was done again"
            typer.echo(f"Kept{before}: {document.full_id} ({document.kind.value}), SHA-256 {document.sha256}")


@app.command("list")
def list_documents(
    ref: Ref,
    *,
    titles: Annotated[bool, typer.Option("--titles", help="With their titles, which may hold names.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every document of a case, each with its versions."""
    with told(as_json):
        desk = _desk()
        found = desk.listed(desk.resolve(ref), titles=titles)
        if as_json:
            print_json(found)
        else:
            for line in _lines(found):
                terminal.make_console().print(line)


@app.command()
def get(
    ref: Ref,
    document: Id,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A new file, a folder, or - for standard output.")],
    *,
    person: Person,
    role: InRole = None,
) -> None:
    """Read a document back, checked against its hash. That it was read is recorded."""
    with told(False):
        desk = _desk()
        to_folder = target.is_dir()
        if not to_folder and target.exists():
            raise DocumentFault(f"{target} exists already and is left as it is; name another file")
        found, content = desk.read(desk.resolve(ref), document, person=person, at=_now(), role=role)
        if str(target) == "-":
            sys.stdout.buffer.write(content)
            return
        name = f"{found.id}-{found.version}.{found.type.value}"
        path = target / name if to_folder else target
        write_new(path, content)
        typer.echo(f"{found.full_id} is in {path}: {found.size} bytes, as they were added")


@app.command()
def check(
    target: Annotated[str, typer.Argument(metavar="FILE|REF", help="A file, or a case and one of its documents.")],
    document: Annotated[str | None, typer.Argument(metavar="[DOCUMENT]", help="D-1, or D-1/2.")] = None,
    *,
    person: Annotated[
        str | None, typer.Option("--as", metavar="PERSON", help="Who reads it; needed for a document of a case.")
    ] = None,
    role: InRole = None,
    as_json: AsJson = False,
) -> None:
    """Mark words of blame, names and identifiers. Nothing is changed; for a document of a case it counts as reading."""
    if document is not None and person is None:
        raise typer.BadParameter("say who reads it: --as PERSON")
    with told(as_json):
        desk = _desk()
        if document is not None and person is not None:
            marks = desk.check(desk.resolve(target), document, person=person, at=_now(), role=role)
        else:
            file = Path(target)
            marks = desk.check_file(file.name, _content(file, desk.limit))
        if as_json:
            print_json(marks)
            return
        for mark in marks:
            terminal.make_console().print(f"{mark.kind}: {mark.passage}\n  {mark.why}")
        typer.echo(f"{len(marks)} passages are marked." if marks else "Nothing is marked.")


@app.command()
def pack(
    ref: Ref,
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A new file.")],
    *,
    person: Person,
    role: InRole = None,
    as_json: AsJson = False,
) -> None:
    """Take out the pack for publication: report, response, statement, and what the record says. That is recorded."""
    with told(as_json):
        if file.exists():
            raise DocumentFault(f"{file} exists already and is left as it is; name another file")
        desk = _desk()
        written = desk.pack(desk.resolve(ref), file, person=person, at=_now(), role=role)
        if as_json:
            print_json(written)
            return
        holds = ", ".join(f"{part} {id}" for part, id in written.documents.items())
        typer.echo(f"{file} holds: {holds}, record.txt, record.json. SHA-256 {written.sha256}")
        if written.missing:
            typer.echo(f"Not there yet: {', '.join(written.missing)}.")


def _lines(found: list[DocumentView]) -> list[str]:
    if not found:
        return ["The case has no documents yet."]
    lines = []
    for each in found:
        of = f" of {each.agency}" if each.agency else ""
        earlier = "" if each.newest else " [replaced]"
        size = f"{each.size / MEGABYTE:.1f} MB" if each.size >= MEGABYTE else f"{each.size} bytes"
        who = f"by the {each.role.words} at {moment_in_words(each.at)}"
        lines.append(f"{each.id}: {each.kind.value}{of}, {each.type}, {size}, {who}{earlier}")
        if each.title:
            lines.append(f"  {each.title}")
    return lines


def _content(file: Path, limit: int) -> bytes:
    """The file's content; of one that is too big only as much as shows it."""
    try:
        with file.open("rb") as opened:
            return opened.read(limit + 1)
    except OSError as error:
        raise DocumentFault(f"{file} cannot be read: {error.strerror}") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _desk() -> DocumentDesk:
    """The desk on record and store of the settings. Raises ``SettingsFault`` and what opening them raises."""
    settings = read_settings()
    record = open_record(settings)
    store = open_files(settings, record.keyring)
    return DocumentDesk(record, store, lambda: read_directory(settings.directory_file), settings.document_megabytes)
