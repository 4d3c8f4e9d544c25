"""Serious case reviews at the command line: what is asked of whom, how a case stands, and answering.

Every command has ``--json``: one JSON document on standard output. What goes wrong is one line on standard error.
Exit status: 0 done; 1 not done; 2 wrong command or settings; 3 refused by a rule; 4 not known yet whether done.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from activities.directory import read_directory
from desk import (
    annual_report_cli,
    calendar_cli,
    chronology_cli,
    documents_cli,
    explain_cli,
    export_cli,
    lessons_cli,
    notification_cli,
    plan_cli,
    quality_cli,
    regime_cli,
    terminal,
)
from desk.calendar_apply_cli import apply_calendar
from desk.civil import moment_in_words
from desk.fields import parse_object, read_fields
from desk.lessons import print_found_before
from desk.opening import open_record, read_settings
from desk.prompting import ask_fields
from desk.sending import NotKnownYet
from desk.service import Service
from desk.telling import NOT_DONE, print_json, told
from domain.people import Role
from process import run_and_leave
from records.files import open_files
from records.queries import NotFound
from sealing import load_keyring
from settings import Settings
from whatif import what_if
from wiring import connect

# No pretty exceptions: they would show variables, which may hold names.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Serious case reviews: see and answer.",
)
app.add_typer(documents_cli.app, name="document")
app.add_typer(chronology_cli.app, name="chronology")
app.add_typer(calendar_cli.app, name="calendar")
calendar_cli.app.command("apply")(apply_calendar)
app.add_typer(regime_cli.app, name="regime")
app.command("whatif")(what_if)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Ref = Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")]


@app.command()
def tasks(
    *,
    role: Annotated[Role | None, typer.Option(help="Only what this role is asked.")] = None,
    board: Annotated[str | None, typer.Option(help="Only this board's.")] = None,
    case: Annotated[str | None, typer.Option(metavar="REF", help="Only this case's.")] = None,
    done: Annotated[bool, typer.Option("--all", help="Those that are done as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """What is asked of whom, the earliest due first; as JSON with the JSON Schema of each answer."""
    with told(as_json):
        service = _service()
        only = service.resolve(case) if case else None
        found = service.tasks(_now(), role=role, board=board, case=only, done=done)
        if as_json:
            print_json(found)
        else:
            terminal.print_tasks(terminal.make_console(), found)


@app.command()
def show(
    ref: Ref,
    *,
    people: Annotated[bool, typer.Option("--people", help="With the names that the record holds.")] = False,
    as_json: AsJson = False,
) -> None:
    """How a case stands: stages, clocks, what is asked, last facts, letters."""
    with told(as_json):
        service = _service()
        view = service.case(service.resolve(ref), _now(), people=people)
        if as_json:
            print_json(view)
        else:
            terminal.print_case(terminal.make_console(), view)


@app.command()
def answer(
    task: Annotated[str, typer.Argument(help="Full id of the task, or an ending of it that only one open task has.")],
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE…", help="reasons.death=…, dissent.0.who=…")
    ] = None,
    *,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who answers: an id of the directory.")],
    role: Annotated[Role | None, typer.Option(help="In which role, where the person has several.")] = None,
    agency: Annotated[str | None, typer.Option(help="For roles within an agency, where the task does not say.")] = None,
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="The fields as a JSON object; - is standard input.")
    ] = None,
    request_id: Annotated[str | None, typer.Option(help="To send the same answer again safely. [a new one]")] = None,
    wait: Annotated[int, typer.Option(metavar="SECONDS", min=1, help="How long to wait for the receipt.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Answer a task, or record what nobody asked for. Times without an offset are UK times; now is a time, too."""
    with told(as_json):
        if fields and file:
            raise typer.BadParameter("give FIELD=VALUE or --file, not both")
        service, at, request = _service(), _now(), request_id or str(uuid4())
        target = service.target(task)
        actor = service.actor(target, person, at, role=role, agency=agency)
        if not fields and not file and not as_json and sys.stdin.isatty():
            fields = ask_fields(service.fields(target), _ask)
            at = _now()
        given = parse_object(_read_file(file)) if file else read_fields(fields or ())
        sent = service.answer(target, actor, given, request_id=request, at=at, wait=timedelta(seconds=wait))
        try:
            view = asyncio.run(sent)
        except (NotKnownYet, KeyboardInterrupt):
            # Another time would be another answer under the same request id.
            more = f" and with {at:%Y-%m-%dT%H:%M:%SZ} in place of now" if "now" in given.values() else ""
            raise NotKnownYet(request, more) from None
        if as_json:
            print_json(view)
        else:
            out = terminal.make_console()
            terminal.print_receipt(out, view)
            print_found_before(out, view.found_before)


explain_cli.register(app)


@app.command()
def fact(
    ref: Ref,
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="Its number, as show lists it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """One fact of a case with everything that was answered, names included."""
    with told(as_json):
        service = _service()
        found = service.fact(service.resolve(ref), number)
        if as_json:
            print_json(found)
        else:
            terminal.print_fact(terminal.make_console(), found)


@app.command()
def export(
    ref: Ref,
    *,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder: the record and its pictures.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The whole record of a case as JSON, names included; with --folder also its pictures."""
    with told(as_json):
        service = _service()
        case = service.resolve(ref)
        if folder is not None:
            export_cli.to_folder(open_record(read_settings()), case, folder, _now(), as_json=as_json)
            return
        whole = service.export(case)
        typer.echo(json.dumps(whole, indent=None if as_json else 2, ensure_ascii=False))


@app.command()
def verify(
    ref: Annotated[str | None, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every case of the record.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check that no fact and no document of a case was changed or taken away; names what is broken."""
    if every == (ref is not None):
        raise typer.BadParameter("give a REF or --all")
    with told(as_json):
        service = _service()
        refs = [service.resolve(ref)] if ref is not None else [each.case for each in service.cases()]
        settings = read_settings()
        store = open_files(settings, load_keyring(settings.key_file))
        checked = [(case, service.verify(case), service.verify_documents(case, store)) for case in refs]
        if as_json:
            found = [
                case.model_dump() | result.model_dump() | {"documents": [each.model_dump() for each in broken]}
                for case, result, broken in checked
            ]
            typer.echo(json.dumps(found if every else found[0]))
        else:
            for case, result, broken in checked:
                holds = f"{result.facts} facts, the chain holds" + (f"; {result.reason}" if result.reason else "")
                words = holds if result.ok else f"BROKEN: {result.reason}"
                typer.echo(f"{case.board}/{case.reference}: {words}")
                for document in broken:
                    typer.echo(f"{case.board}/{case.reference}: BROKEN: {document.id}: {document.reason}")
        if not all(result.ok and not broken for _, result, broken in checked):
            raise typer.Exit(NOT_DONE)


@app.command()
def cases(
    *,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    as_json: AsJson = False,
) -> None:
    """All cases and where they stand."""
    with told(as_json):
        found = _service().cases(open_only=open_only)
        if as_json:
            print_json(found)
        else:
            terminal.print_cases(terminal.make_console(), found)


@app.command()
def letters(
    number: Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="Which letter. [a list of all]")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """The local mailbox: all letters that were sent to it, or one of them."""
    with told(as_json):
        found = _mailbox(read_settings())
        if number is not None and number > len(found):
            raise NotFound(f"the mailbox has {len(found)} letters")
        if number is None:
            shown = [{key: value for key, value in letter.items() if key != "text"} for letter in found]
            _print_letters(shown, as_json=as_json)
        else:
            _print_letters([found[number - 1]], as_json=as_json, one=True)


def _mailbox(settings: Settings) -> list[dict[str, Any]]:
    """The letters; their readers by the ids of the directory."""
    try:
        from letters.mailbox import list_letters  # noqa: PLC0415 - production has no mailbox and lacks its package
    except ImportError:
        raise NotFound("there is no local mailbox in this installation") from None
    directory = read_directory(settings.directory_file)
    ids = {person.email: person.id for board in directory.boards for person in board.everybody}
    return [
        {
            "number": number,
            "date": kept.date.isoformat(),
            "to": ids.get(parseaddr(kept.to)[1], "somebody outside the directory"),
            "subject": kept.subject,
            "text": kept.text,
        }
        for number, kept in enumerate(list_letters(settings.var_dir / "mailbox"), start=1)
    ]


def _print_letters(found: list[dict[str, Any]], *, as_json: bool, one: bool = False) -> None:
    if as_json:
        typer.echo(json.dumps(found[0] if one else found, ensure_ascii=False))
        return
    if not found:
        typer.echo("The mailbox is empty.")
    for letter in found:
        when = moment_in_words(datetime.fromisoformat(letter["date"]))
        typer.echo(f"{letter['number']}. {when}, to {letter['to']}: {letter['subject']}")
        if one:
            typer.echo(f"\n{letter['text']}")


def _now() -> datetime:
    return datetime.now(UTC)


def _service() -> Service:
    """The desk on the record of the settings. Raises ``SettingsFault``, ``KeyringFault`` or ``RecordFault``."""
    settings = read_settings()
    record = open_record(settings)
    return Service(
        record,
        directory=lambda: read_directory(settings.directory_file),
        connect=lambda: connect(settings, keyring=record.keyring),
        task_queue=settings.task_queue,
        link_template=settings.link_template,
    )


def _read_file(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"{name} cannot be read") from None


def _ask(words: str) -> str:
    return str(typer.prompt(words, default="", show_default=False, err=True))


# After the daily commands, so that help lists those first.
plan_cli.register(app)
quality_cli.register(app)
lessons_cli.register(app)
annual_report_cli.register(app)
notification_cli.register(app)


if __name__ == "__main__":
    run_and_leave(app)
