"""``scr.py chronology``: agencies' chronologies at the command line."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from activities.directory import read_directory
from desk import terminal
from desk.chronology import ChronologyDesk, ChronologyView
from desk.chronology_export import order_note
from desk.chronology_files import FILE_LIMIT
from desk.civil import moment_in_words
from desk.opening import open_record, read_settings
from desk.pack import write_new
from desk.telling import print_json, told
from domain.chronology import Seen
from domain.chronology_merge import MergedRow
from domain.document_types import DocumentFault
from domain.model import Model
from domain.people import Role

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Agencies' chronologies: add, see them together, gaps, what tells of the same, export.",
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Ref = Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")]
RowId = Annotated[str, typer.Argument(metavar="ROW", help="Agency, version and row: northbridge-icb/2/117.")]
Person = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who does it: an id of the directory.")]
InRole = Annotated[Role | None, typer.Option(help="In which role, where the person has several.")]


class Linked(Model):
    """Two rows after they were linked, or the link was undone."""

    rows: tuple[str, str]
    linked: bool
    changed: bool
    """False where it was so already."""


@app.command()
def add(
    ref: Ref,
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="The agency's id in the directory.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="csv or xlsx with columns for date and event.")],
    *,
    person: Person,
    role: InRole = None,
    as_json: AsJson = False,
) -> None:
    """Keep an agency's chronology as its next version. The same file again is kept once."""
    with told(as_json):
        desk = _desk()
        case = desk.resolve(ref)
        upload = desk.add(case, agency, file.name, _content(file), person=person, at=_now(), role=role)
        if as_json:
            print_json(upload)
            return
        before = "" if upload.changed else " already; nothing was done again"
        typer.echo(f"Kept{before}: {upload.id}, {_count(upload.rows, 'row')}, SHA-256 {upload.sha256}")
        for fault in upload.faults:
            typer.echo(f"  row {fault.number} is not kept: {fault.reason}")
        if upload.faults:
            typer.echo(f"{_count(len(upload.faults), 'row')} not kept: put right what they say and add the file again.")


@app.command()
def show(
    ref: Ref,
    *,
    person: Person,
    role: InRole = None,
    agency: Annotated[str | None, typer.Option(help="Only this agency's.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Up to and with this day.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows at most.")] = 200,
    as_json: AsJson = False,
) -> None:
    """The newest chronologies in one order. What is said there is confidential; that it was read is recorded."""
    with told(as_json):
        desk = _desk()
        view = desk.show(
            desk.resolve(ref),
            person=person,
            at=_now(),
            role=role,
            agency=agency,
            since=_day(since),
            until=_day(until),
            limit=limit,
        )
        if as_json:
            print_json(view)
        else:
            for line in _lines(view):
                terminal.make_console().print(line)


@app.command()
def gaps(
    ref: Ref,
    *,
    person: Person,
    role: InRole = None,
    days: Annotated[int, typer.Option(min=1, help="Only stretches of so many days or more.")] = 28,
    as_json: AsJson = False,
) -> None:
    """Stretches in which no agency recorded contact."""
    with told(as_json):
        desk = _desk()
        found = desk.gaps(desk.resolve(ref), person=person, at=_now(), role=role, days=days)
        if as_json:
            print_json(found)
            return
        for gap in found:
            typer.echo(gap.words)
        if not found:
            typer.echo(f"There is no gap of {days} days or more.")


@app.command()
def duplicates(ref: Ref, *, person: Person, role: InRole = None, as_json: AsJson = False) -> None:
    """Rows of several agencies that may tell of the same. They are linked by a person, and none is ever deleted."""
    with told(as_json):
        desk = _desk()
        found = desk.duplicates(desk.resolve(ref), person=person, at=_now(), role=role)
        if as_json:
            print_json(found)
            return
        for each in found:
            typer.echo(f"{each.first} and {each.second}: {each.likeness} % alike")
        if not found:
            typer.echo("No rows look as if they told of the same.")


@app.command()
def link(
    ref: Ref,
    first: RowId,
    second: RowId,
    *,
    person: Person,
    role: InRole = None,
    undo: Annotated[bool, typer.Option("--undo", help="Undo the link; both rows stay.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say that two rows tell of the same. Both stay."""
    with told(as_json):
        desk = _desk()
        changed = desk.link(desk.resolve(ref), first, second, person=person, at=_now(), role=role, undo=undo)
        done = "Not linked" if undo else "Linked"
        if as_json:
            print_json(Linked(rows=(first, second), linked=not undo, changed=changed))
        else:
            typer.echo(f"{done}{'' if changed else ' already'}: {first} and {second}")


@app.command()
def export(
    ref: Ref,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv|.xlsx", help="A new file.")],
    *,
    person: Person,
    role: InRole = None,
) -> None:
    """Take out the merged chronology; in Excel with gaps, contradictions and suggestions. That is recorded."""
    with told(False):
        if file.exists():
            raise DocumentFault(f"{file} exists already and is left as it is; name another file")
        desk = _desk()
        content, rows = desk.export(desk.resolve(ref), file.name, person=person, at=_now(), role=role)
        write_new(file, content)
        typer.echo(f"{file} holds {_count(rows, 'row')}. It is confidential.")


@app.command()
def versions(ref: Ref, *, as_json: AsJson = False) -> None:
    """Every version of every agency's chronology: when it came, by whom, how many rows; nothing of what they say."""
    with told(as_json):
        desk = _desk()
        found = desk.versions(desk.resolve(ref))
        if as_json:
            print_json(found)
            return
        for each in found:
            faults = f", {len(each.faults)} not kept" if each.faults else ""
            who = f"by the {each.by.role.words} at {moment_in_words(each.at)}"
            typer.echo(f"{each.id}: {_count(each.rows, 'row')}{faults}, {who}")
        if not found:
            typer.echo("The case has no chronologies yet.")


def _lines(view: ChronologyView) -> list[str]:
    lines = [line for row in view.rows for line in _row_lines(row)]
    if len(view.rows) < view.of:
        lines.append(f"{len(view.rows)} of {_count(view.of, 'row')} are shown.")
    if view.links_of_earlier_versions:
        count = _count(view.links_of_earlier_versions, "link")
        lines.append(f"Naming rows of earlier versions: {count}. Link the rows of the newest versions anew.")
    return lines or ["There are no rows yet."]


def _row_lines(merged: MergedRow) -> list[str]:
    row = merged.row
    seen = {Seen.YES: "child seen or heard", Seen.NO: "child not seen or heard", Seen.NOT_KNOWN: ""}[row.seen]
    said = (row.event, row.response and f"Response: {row.response}", row.child and f"Child: {row.child}", seen)
    notes = (order_note(merged), merged.linked and f"linked with {', '.join(merged.linked)}", *merged.contradicts)
    written = row.when.written or "date unknown"
    return [
        f"{written} [{row.id}]",
        *(f"  {text}" for text in said if text),
        *(f"  ! {note}" for note in notes if note),
    ]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write days like 2026-03-13") from None


def _content(file: Path) -> bytes:
    """The file's content; of one that is too big only as much as shows it."""
    try:
        with file.open("rb") as opened:
            return opened.read(FILE_LIMIT + 1)
    except OSError as error:
        raise DocumentFault(f"{file} cannot be read: {error.strerror}") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _desk() -> ChronologyDesk:
    """The desk on the record of the settings. Raises ``SettingsFault`` and what opening it raises."""
    settings = read_settings()
    return ChronologyDesk(open_record(settings), lambda: read_directory(settings.directory_file))
