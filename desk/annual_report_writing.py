"""A board's annual report as Markdown, as one page of HTML, and as CSV. The same report always gives the same text."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from desk.annual_report import AnnualReport
from desk.annual_tables import Cell, Table, day, heading, sections
from desk.chronology_export import safe
from desk.markdown import lines_of, plain

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def as_markdown(report: AnnualReport) -> str:
    """Headings, sentences and pipe tables."""
    title, days, notes = heading(report)
    lines = [f"# {plain(title)}", "", f"**{days}**", ""]
    for note in notes:
        lines += [note, ""]
    for section in sections(report):
        lines += [f"## {section.title}", ""]
        for sentence in section.sentences:
            lines += [sentence, ""]
        for table in section.tables:
            lines += [f"### {table.caption}", "", *_pipes(table), ""]
    return "\n".join(lines).rstrip() + "\n"


def as_html(report: AnnualReport) -> str:
    """One page that holds everything it needs: no script, nothing from elsewhere, for screen and print."""
    title, days, notes = heading(report)
    return _template().render(
        title=title, days=days, notes=notes, sections=sections(report), shown=shown, is_number=is_number
    )


def as_csv(table: Table) -> bytes:
    """One table in UTF-8 as spreadsheet programs recognise it, without the row of sums; days as 2026-04-01."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def csv_files(report: AnnualReport) -> dict[str, bytes]:
    """Every table by the name of its file."""
    return {f"{table.id}.csv": as_csv(table) for table in tables(report).values()}


def tables(report: AnnualReport) -> dict[str, Table]:
    """Every table by its id, in the order of the report."""
    return {table.id: table for section in sections(report) for table in section.tables}


def zipped(report: AnnualReport) -> bytes:
    """The CSV files in one archive, always the same bytes for the same report."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in csv_files(report).items():
            last = report.period.today
            entry = zipfile.ZipInfo(name, (last.year, last.month, last.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def shown(cell: Cell) -> str:
    """A cell as a reader sees it."""
    if cell is None or cell == "":
        return "-"
    if isinstance(cell, date):
        return day(cell)
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def is_number(cell: Cell) -> bool:
    """Whether it stands at the right of its column."""
    return isinstance(cell, int | float)


def _pipes(table: Table) -> Iterator[str]:
    if not table.rows:
        yield table.empty
        return
    rows = (*table.rows, table.total) if table.total else table.rows
    yield from lines_of(table.columns, [[shown(cell) for cell in row] for row in rows])


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    return text if _NUMBER.fullmatch(text) else safe(text)


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    pages = Environment(loader=folder, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("annual_report.html")
