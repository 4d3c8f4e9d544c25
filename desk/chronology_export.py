"""The merged chronology as a file: CSV, or Excel with what was noticed about it on a second sheet.

Programs that open such files take a cell that begins with certain signs for a formula, which could reach out of the
file. Cells of ours that begin so get an apostrophe in front.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Final

from domain.chronology import When
from domain.chronology_findings import Gap, Suggestion
from domain.chronology_merge import Merged, MergedRow

HEADINGS: Final = (
    "Date as written", "Earliest", "Before", "Exactness", "Agency", "Version", "Row", "Event", "Source", "Who",
    "Concerning", "Response", "Child seen or heard", "Voice of the child", "Comment", "Significance", "No contact",
    "Order", "Linked with", "Contradictions",
)  # fmt: skip
NOTICED: Final = ("What", "First", "Second", "In words")
TEXT_LIMIT: Final = 32_000
"""Characters of the longest text that is put into one cell of Excel, which holds 32,767."""

_NOT_IN_EXCEL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide signs of East Asian keyboards, which some programs take for the same."""


def as_csv(merged: Merged) -> bytes:
    """The rows in their order, in UTF-8 as Excel recognises it."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([safe(cell) for cell in _cells(row)] for row in merged.rows)
    return text.getvalue().encode("utf-8-sig")


def as_excel(merged: Merged, gaps: Iterable[Gap], suggestions: Iterable[Suggestion]) -> bytes:
    """The rows in their order, and on a second sheet gaps, contradictions and suggested duplicates."""
    from openpyxl import Workbook  # noqa: PLC0415 - takes long to load, and few commands need it

    book = Workbook(write_only=True)
    rows, noticed = book.create_sheet("Chronology"), book.create_sheet("Noticed")
    rows.append(HEADINGS)
    for row in merged.rows:
        rows.append(_excel_cells(_cells(row)))
    noticed.append(NOTICED)
    for cells in _noticed(merged, gaps, suggestions):
        noticed.append(_excel_cells(cells))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def safe(text: str) -> str:
    """The text so that no program takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _cells(merged: MergedRow) -> tuple[str, ...]:
    row = merged.row
    return (
        row.when.written,
        *_ends(row.when),
        row.when.precision.value,
        row.agency,
        str(row.version),
        str(row.number),
        row.event,
        row.source,
        row.who,
        row.concerning,
        row.response,
        row.seen.value,
        row.child,
        row.comment,
        row.significance,
        "no contact" if row.no_contact else "",
        order_note(merged),
        "; ".join(merged.linked),
        "; ".join(merged.contradicts),
    )


def order_note(merged: MergedRow) -> str:
    """What is uncertain about where the row stands; empty where nothing is."""
    return merged.placed or ("" if merged.order_certain else "order not certain")


def _ends(when: When) -> tuple[str, str]:
    if when.earliest is None or when.latest is None:
        return "", ""
    earliest, latest = (each.isoformat(" ", "minutes") for each in (when.earliest, when.latest))
    return earliest, latest


def _noticed(
    merged: Merged, gaps: Iterable[Gap], suggestions: Iterable[Suggestion]
) -> Iterable[tuple[str, str, str, str]]:
    for gap in gaps:
        yield "gap", gap.since.isoformat(), gap.until.isoformat(), gap.words
    for row in merged.rows:
        for words in row.contradicts:
            yield "contradiction", row.row.id, "", words
    for each in suggestions:
        yield "suggested duplicate", each.first, each.second, f"{each.likeness} % alike"


def _excel_cells(cells: Sequence[str]) -> list[str]:
    """Without signs that Excel files cannot hold, and no longer than a cell can be."""
    return [safe(_NOT_IN_EXCEL.sub("", cell))[:TEXT_LIMIT] for cell in cells]
