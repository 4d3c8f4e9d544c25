"""Chronologies as agencies send them, CSV or Excel: every row that can be read, and why each other one cannot.

Nothing of a file appears in what goes wrong with it: rows are named by their number, columns by what they hold.
"""

import csv
import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from itertools import islice
from typing import Final

from desk.chronology_dates import DateFault, read_when
from desk.chronology_headings import DATE, SEEN, TEXTS, TIME, UNTIL, Columns, columns_of
from domain.chronology import Row, RowFault, Seen
from domain.document_types import MEGABYTE, DocumentFault, DocumentType, text_in, type_of, unpacked
from domain.model import Model

FILE_LIMIT: Final = 20 * MEGABYTE
ROWS_LIMIT: Final = 20_000
CELL_LIMIT: Final = 5_000
"""Characters of one cell."""
COLUMNS_LIMIT: Final = 100
PART_LIMIT: Final = 100 * MEGABYTE
"""Bytes of one unpacked part of an Excel file."""
_PARTS: Final = {"xl/styles.xml": MEGABYTE, "xl/sharedstrings.xml": 20 * MEGABYTE}
"""Those that are read as a whole before any row is."""
SHEET_LIMIT: Final = 1_048_576
"""Rows that a sheet has at most; damaged files may say more."""
HEADINGS_WITHIN: Final = 20
"""Titles and notes may stand above the headings, in so many rows."""

Cells = Sequence[object]


class ChronologyFile(Model):
    """What a file holds."""

    sha256: str
    """Of the file, in hexadecimal."""
    rows: tuple[Row, ...]
    """Their ``version`` is 0 until they are kept."""
    faults: tuple[RowFault, ...]


def read_chronology(file_name: str, content: bytes, agency: str) -> ChronologyFile:
    """Read the chronology of that agency.

    Raises ``DocumentFault`` where the whole file cannot be read, has no usable headings, or holds no row at all.
    """
    kind = type_of(file_name, content, limit=FILE_LIMIT)
    if kind is DocumentType.XLSX:
        lines = _excel(content)
    elif kind in (DocumentType.CSV, DocumentType.TXT):
        lines = _separated(text_in(content) or "")
    else:
        raise DocumentFault("a chronology is a CSV file (.csv) or an Excel file (.xlsx); save it as one of them")
    rows, faults = _rows(lines, agency)
    if not rows and not faults:
        raise DocumentFault("the file has headings, and no row below them")
    return ChronologyFile(sha256=hashlib.sha256(content).hexdigest(), rows=rows, faults=faults)


def _rows(lines: Iterator[Cells], agency: str) -> tuple[tuple[Row, ...], tuple[RowFault, ...]]:
    columns, above = _headings(lines)
    rows: list[Row] = []
    faults: list[RowFault] = []
    for number, cells in enumerate(lines, start=above + 1):
        if not any(_text(cell) for cell in cells):
            continue
        if len(rows) + len(faults) == ROWS_LIMIT:
            raise DocumentFault(f"the file is too long: chronologies of up to {ROWS_LIMIT:,} rows are kept")
        try:
            rows.append(_row(cells, columns, agency, number))
        except DateFault as fault:
            faults.append(RowFault(number=number, reason=str(fault)))
    return tuple(rows), tuple(faults)


def _headings(lines: Iterator[Cells]) -> tuple[Columns, int]:
    """The columns, and how many rows stand down to the headings."""
    best: Columns | None = None
    for number, cells in enumerate(islice(lines, HEADINGS_WITHIN), start=1):
        columns = columns_of([_text(cell) for cell in cells])
        if not columns.missing():
            return columns, number
        if best is None or len(columns.first) > len(best.first):
            best = columns
    missing = " and ".join(best.missing()) if best is not None else "date and event"
    raise DocumentFault(f"the file has no headings that can be used: there is no column for {missing}")


def _row(cells: Cells, columns: Columns, agency: str, number: int) -> Row:
    """The row. Raises ``DateFault`` with what is wrong with it, which for want of a better place tells of any cell."""

    def cell(field: str) -> object:
        column = columns.first.get(field)
        return None if column is None or column >= len(cells) else cells[column]

    texts = {field: _text(cell(field)) for field in TEXTS}
    further = {heading: _text(cells[column]) for column, heading in columns.further.items() if column < len(cells)}
    texts["comment"] = "\n".join(filter(None, (texts["comment"], *(f"{h}: {t}" for h, t in further.items() if t))))
    if not texts["event"]:
        raise DateFault("it does not say what happened")
    seen, more = read_seen(_text(cell(SEEN)))
    texts["child"] = "\n".join(filter(None, (more, texts["child"])))
    for field, text in texts.items():
        if len(text) > CELL_LIMIT:
            raise DateFault(f"its text for {field} is longer than {CELL_LIMIT:,} characters")
    when = read_when(cell(DATE), cell(TIME), cell(UNTIL))
    said_nothing = _NO_CONTACT.fullmatch(texts["event"].lower()) is not None
    return Row(agency=agency, version=0, number=number, when=when, seen=seen, no_contact=said_nothing, **texts)


def read_seen(text: str) -> tuple[Seen, str]:
    """Whether the child was seen or heard, and what else the cell says. What is neither yes nor no is not known."""
    for pattern, seen in _SEEN:
        if (found := pattern.match(text)) is not None:
            rest = text[found.end() :].strip(" ,;:.()-\n\t")
            return seen, rest if found.groupdict().get("bare") else text
    return Seen.NOT_KNOWN, text


def _text(cell: object) -> str:
    """The cell as text, each of its lines without blanks around it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    lines = (" ".join(line.split()) for line in str(cell).replace("\0", "").splitlines())
    return "\n".join(line for line in lines if line)


def _separated(text: str) -> Iterator[Cells]:
    """The rows of a CSV file, with whichever separator makes the most of its headings."""

    def known(delimiter: str) -> int:
        try:
            first = list(islice(_parsed(text, delimiter), HEADINGS_WITHIN))
        except csv.Error:
            return 0
        return max((len(columns_of(cells[:COLUMNS_LIMIT]).first) for cells in first), default=0)

    delimiter = max((",", ";", "\t", "|"), key=known)
    try:
        for cells in _parsed(text, delimiter):
            if any(cells[COLUMNS_LIMIT:]):
                raise DocumentFault(f"the file is too wide: up to {COLUMNS_LIMIT} columns are read")
            yield cells[:COLUMNS_LIMIT]
    except csv.Error:
        raise DocumentFault(
            "the file is no sound CSV: a quotation mark is not closed, or a cell is far too long; save it as CSV anew"
        ) from None


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _excel(content: bytes) -> Iterator[Cells]:
    """The rows of the first sheet that is not hidden: values as they were last calculated."""
    parts = unpacked(content).infolist()
    if any(part.file_size > _PARTS.get(part.filename.casefold(), PART_LIMIT) for part in parts):
        raise DocumentFault("unpacked, the file is too big")
    import openpyxl  # noqa: PLC0415 - takes long to load, and few commands need it
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of things in the file that do not matter here
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
            sheet = sheets[0]
            assert isinstance(sheet, ReadOnlyWorksheet)  # noqa: S101
            sheet.reset_dimensions()  # some programs write them wrongly
            yield from sheet.iter_rows(max_row=SHEET_LIMIT, max_col=COLUMNS_LIMIT, values_only=True)
    except DocumentFault:
        raise
    except Exception:
        # What the reader raises for damaged files is of every kind, and may quote them.
        raise DocumentFault("the file is damaged, or of a form that is not understood; save it as .xlsx anew") from None


_BOTH: Final = r"(?:seen|heard)(?: ?(?:or|and|/) ?(?:seen|heard))?"
_SEEN: Final = (
    (re.compile(r"(?P<bare>not known|unknown|not recorded|n/k|nk|n/a|\?)(?=$|[\s,;:.(-])", re.I), Seen.NOT_KNOWN),
    (
        re.compile(rf"{_BOTH}(?: ?[-:?(]+ ?(?:not known|unknown|not recorded|n/?k)\W*$| ?\(?\?\W*$)", re.I),
        Seen.NOT_KNOWN,
    ),
    # "no-one saw" is a sentence of its own: a dash ends the answer only with a blank beside it.
    (re.compile(r"(?P<bare>no|n|false)(?=$|\s*[,;:.(\n]|\s+-|-\s)|(?:no )?not (?:seen|heard)\b", re.I), Seen.NO),
    (re.compile(rf"{_BOTH} ?(?:[-:?(]+ ?(?:no|n)\W*$|by (?:nobody|none|no[- ]?one)\b)", re.I), Seen.NO),
    (re.compile(r"(?P<bare>yes|y|true)(?=$|[\s,;:.(-])|(?:seen|heard)\b", re.I), Seen.YES),
)
"""What a cell begins with; ``bare`` is an answer that is taken off the text."""
_MONTHS: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|tember|ober)?"
_STRETCH: Final = (
    r" (?:between|from|in|during|since|for|on)"
    rf"(?: (?:the|of|to|and|until|till|-|{_MONTHS}|[0-9][0-9/.:-]*(?:st|nd|rd|th)?))+"
)
"""From when to when, in dates: whoever else is named after "from" or "between" makes it another statement."""
_WHOM: Final = r"(?:the )?(?:child(?:ren)?|family|household|agency)"
_NO_CONTACT: Final = re.compile(
    r"(?:nothing (?:was )?recorded|nil return|(?:there (?:was|were) )?(?:no|nil)"
    r" (?:(?:recorded|known|further|other|agency|direct|face to face|health|police|school|social care|service) )*"
    r"(?:contacts?|involvement|entry|entries|records?|activity))"
    rf"(?: (?:recorded|made|held|noted|known|with {_WHOM}(?: (?:or|and) {_WHOM})?"
    r"|by (?:the|this|any) (?:agency|service)"
    r"|(?:in|during|for) (?:the|this) (?:period|month|week|year|time)|this (?:period|month|week|year))"
    rf"|{_STRETCH})*[.]?"
)
"""What states that there was no contact, and nothing else: "no contact from the mother, visited" is a contact."""
