"""``scr.py annual-report``: a board's annual report at the command line."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from activities.directory import read_directory
from desk.annual_report import AnnualReport, annual_report
from desk.annual_report_writing import as_csv, as_html, as_markdown, csv_files, tables, zipped
from desk.opening import open_record, read_settings
from desk.pack import write_new
from desk.telling import told
from domain.document_types import DocumentFault
from records.queries import NotFound


class Format(StrEnum):
    """How the report is written."""

    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the command to ``scr.py``."""
    app.command("annual-report")(annual)


def annual(
    *,
    board: Annotated[str, typer.Option(help="The board's id in the directory.")],
    year: Annotated[
        int,
        typer.Option(min=2000, max=2200, metavar="YEAR", help="The calendar year in which the board's year begins."),
    ],
    format: Annotated[Format, typer.Option(help="How it is written.")] = Format.MARKDOWN,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="A new file; for csv a folder, or a new file that ends with .zip. [standard output]",
        ),
    ] = None,
    table: Annotated[str | None, typer.Option(metavar="TABLE", help="With csv: only this table, as clocks.")] = None,
) -> None:
    """The board's annual report: reviews, timeliness with reasons, findings and answers, actions, what changed."""
    if table is not None and format is not Format.CSV:
        raise typer.BadParameter("--table is for --format csv")
    if format is Format.CSV and out is None and table is None:
        raise typer.BadParameter("csv is several tables: say where to with --out, or which one with --table")
    with told(False):
        settings = read_settings()
        directory = read_directory(settings.directory_file)
        directory.board(board)
        report = annual_report(open_record(settings), directory, board, year, datetime.now(UTC))
        files = _files(report, format, out, table)
        if out is None:
            [content] = files.values()
            typer.echo(content, nl=False)
            return
        for line in _written(files, out, folder=format is Format.CSV and table is None and out.suffix != ".zip"):
            typer.echo(line)


def _files(report: AnnualReport, format: Format, out: Path | None, table: str | None) -> Mapping[str, bytes]:
    """What is to be written, by the names that files in a folder have. Raises ``NotFound`` for an unknown table."""
    if format is Format.HTML:
        return {"annual-report.html": as_html(report).encode()}
    if format is Format.MARKDOWN:
        return {"annual-report.md": as_markdown(report).encode()}
    if table is not None:
        known = tables(report)
        if table not in known:
            raise NotFound(f"the report has no table {table}; it has {', '.join(known)}")
        return {f"{table}.csv": as_csv(known[table])}
    if out is not None and out.suffix == ".zip":
        return {out.name: zipped(report)}
    return csv_files(report)


def _written(files: Mapping[str, bytes], out: Path, *, folder: bool) -> list[str]:
    """Write the files into the folder, or the one file. Nothing is overwritten. Raises ``DocumentFault``."""
    if not folder and not out.is_dir():
        [content] = files.values()
        write_new(out, content)
        return [f"The report is in {out}."]
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise DocumentFault(f"the folder {out} cannot be made: {error.strerror}") from None
    if there := [name for name in files if (out / name).exists()]:
        raise DocumentFault(f"{out / there[0]} exists already and is left as it is; name another folder")
    for name, content in files.items():
        write_new(out / name, content)
    return [f"The report is in {out}: {', '.join(files)}."]
