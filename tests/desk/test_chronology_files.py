"""Chronologies from files: dates as people write them, headings as agencies call them, and what cannot be read."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from desk.chronology_dates import DateFault, read_when
from desk.chronology_export import HEADINGS, as_csv, as_excel, safe
from desk.chronology_files import CELL_LIMIT, ROWS_LIMIT, ChronologyFile, read_chronology, read_seen
from domain.chronology import Precision, Row, Seen, When
from domain.chronology_findings import gaps, suggested_duplicates
from domain.chronology_merge import merge
from domain.document_types import DocumentFault

ROOT = Path(__file__).parents[2]
NAME = "Quillfeather"
moment = partial(datetime, tzinfo=None)
"""As a spreadsheet holds it: a moment of civil time, without an offset."""


def read(text: str, name: str = "sent.csv", encoding: str = "utf-8") -> ChronologyFile:
    return read_chronology(name, text.encode(encoding), "health")


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def ends(when: When) -> tuple[str, str]:
    assert when.earliest is not None and when.latest is not None
    return when.earliest.isoformat(), when.latest.isoformat()


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("03/04/2025", "day", "2025-04-03T00:00:00+01:00", "2025-04-04T00:00:00+01:00"),
        ("3.4.25", "day", "2025-04-03T00:00:00+01:00", "2025-04-04T00:00:00+01:00"),
        ("2025-04-03", "day", "2025-04-03T00:00:00+01:00", "2025-04-04T00:00:00+01:00"),
        ("Thursday 3rd of April 2025", "day", "2025-04-03T00:00:00+01:00", "2025-04-04T00:00:00+01:00"),
        ("03/04/2025 00:00", "day", "2025-04-03T00:00:00+01:00", "2025-04-04T00:00:00+01:00"),
        ("03/04/2025 2.30pm", "instant", "2025-04-03T14:30:00+01:00", "2025-04-03T14:30:00+01:00"),
        ("2025-04-03T10:30:00Z", "instant", "2025-04-03T11:30:00+01:00", "2025-04-03T11:30:00+01:00"),
        ("3 April 2025, 10:00-11:15", "interval", "2025-04-03T10:00:00+01:00", "2025-04-03T11:15:00+01:00"),
        ("March 2025", "month", "2025-03-01T00:00:00+00:00", "2025-04-01T00:00:00+01:00"),
        ("late March 2025", "month", "2025-03-01T00:00:00+00:00", "2025-04-01T00:00:00+01:00"),
        ("03/2025", "month", "2025-03-01T00:00:00+00:00", "2025-04-01T00:00:00+01:00"),
        ("2025", "year", "2025-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"),
        ("12-14 March 2025", "interval", "2025-03-12T00:00:00+00:00", "2025-03-15T00:00:00+00:00"),
        ("28 February – 2 March 2025", "interval", "2025-02-28T00:00:00+00:00", "2025-03-03T00:00:00+00:00"),  # noqa: RUF001
        ("12/03/2025 to 14/03/2025", "interval", "2025-03-12T00:00:00+00:00", "2025-03-15T00:00:00+00:00"),
        ("March to May 2025", "interval", "2025-03-01T00:00:00+00:00", "2025-06-01T00:00:00+01:00"),
        ("approx. March 2025", "interval", "2025-02-01T00:00:00+00:00", "2025-05-01T00:00:00+01:00"),
        ("c. 12/03/2025", "interval", "2025-03-11T00:00:00+00:00", "2025-03-14T00:00:00+00:00"),
        ("26/10/2025 01:30", "interval", "2025-10-26T01:30:00+01:00", "2025-10-26T01:30:00+00:00"),
    ],
)
def test_dates_are_as_exact_as_they_were_written(text: str, precision: str, earliest: str, latest: str) -> None:
    when = read_when(text)
    assert (when.precision, *ends(when)) == (precision, earliest, latest)
    assert when.written == text


@pytest.mark.parametrize("text", ["unknown", "Not known", "n/k", "?", "Date unknown"])
def test_an_unknown_date_is_a_date_nobody_knows(text: str) -> None:
    assert read_when(text) == When(precision=Precision.UNKNOWN, written=text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/02/2025",
        "03/25/2025",
        "45000",
        "sometime",
        NAME,
        "14 March 2025 - 12 March 2025",
        "01/01/1800",
        "March 12",
        "30/03/2025 01:30",
        "03/04/2025 25:00",
        "9" * 300,
    ],
)
def test_a_date_that_is_not_understood_is_never_guessed_or_repeated(text: str) -> None:
    with pytest.raises(DateFault) as raised:
        read_when(text)
    assert not text or text not in str(raised.value)


@pytest.mark.parametrize("hour", ["14:30", "1430", "14.30", "2.30 pm", "1430hrs", time(14, 30), 1430, 29 / 48])
def test_a_column_of_its_own_gives_the_time_of_day(hour: object) -> None:
    when = read_when("03/04/2025", hour)
    assert ends(when) == ("2025-04-03T14:30:00+01:00", "2025-04-03T14:30:00+01:00")


@pytest.mark.parametrize("hour", ["", None, "unknown", "am", "approx 14:30", "00:00"])
def test_where_the_time_of_day_is_not_known_the_day_is(hour: object) -> None:
    assert read_when("03/04/2025", hour).precision is Precision.DAY


def test_spreadsheets_own_dates_are_read() -> None:
    assert read_when(moment(2025, 4, 3)).precision is Precision.DAY
    assert read_when(date(2025, 4, 3)).precision is Precision.DAY
    assert ends(read_when(moment(2025, 4, 3, 14, 29, 59, 999_999)))[0] == "2025-04-03T14:30:00+01:00"
    assert read_when(2025).precision is Precision.YEAR
    with pytest.raises(DateFault, match="year"):
        read_when(moment(9999, 12, 31, 23, 59, 59, 999_999))
    assert ends(read_when("03/04/2025", None, "05/04/2025"))[1] == "2025-04-06T00:00:00+01:00"


def test_headings_are_recognised_as_agencies_call_them() -> None:
    head = " DATE of Event ;Source of information;Ward;Child's voice;Child seen (Y/N);Details;Action Taken"
    [row] = read(f"{head}\n03/04/2025;GP record;nurse;Cried;Y;Weighed;Advice\n").rows
    assert row == Row(
        agency="health", version=0, number=2, when=row.when, event="Weighed", source="GP record",
        child="Cried", seen=Seen.YES, response="Advice", comment="Ward: nurse",
    )  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_separator_and_encoding_is_read(separator: str, encoding: str) -> None:
    lines = separator.join(("Date", "Event", "Who")), separator.join(("03/04/2025", '"café, £5; seen"', "nurse"))
    [row] = read("\r\n".join(lines), encoding=encoding).rows
    assert (row.event, row.who) == ("café, £5; seen", "nurse")


def test_every_bad_row_is_named_by_its_number_and_the_rest_are_kept() -> None:
    lines = ["Title", "", "Date,Event", "03/04/2025,a", f"{NAME},b", "", "04/04/2025,", f"05/04/2025,{'x' * 5001}"]
    file = read("\n".join([*lines, '06/04/2025,"two', 'lines"', "07/04/2025,end"]))
    assert [(row.number, row.event) for row in file.rows] == [(4, "a"), (9, "two\nlines"), (10, "end")]
    assert [fault.number for fault in file.faults] == [5, 7, 8]
    assert NAME not in str(file.faults) and str(f"{CELL_LIMIT:,}") in file.faults[2].reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Event,Who\na,b\n", "no column for date"),
        ("a,b\nc,d\n", "no column for date and event"),
        ("Date,Event\n", "no row below"),
        ('Date,Event\n03/04/2025,"open\n', "quotation mark"),
        ("Date,Event\n" + "2025,a\n" * (ROWS_LIMIT + 1), "too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(text: str, words: str) -> None:
    with pytest.raises(DocumentFault, match=words) as raised:
        read(text)
    assert "\n" not in str(raised.value)


def test_an_excel_file_is_read_with_its_own_dates_times_and_answers() -> None:
    content = workbook(
        ("Chronology",),
        ("Date", "Time", "Event", "Child seen", "Further"),
        (moment(2025, 4, 3), time(14, 30), "Visit", True, 7.0),
        (None, None, None, None, None),
        ("approx. May 2025", None, "Call", "No", None),
        (moment(2025, 4, 4), "later on", "Letter", None, None),
    )
    file = read_chronology("sent.xlsx", content, "health")
    assert [(row.number, row.when.precision, row.seen) for row in file.rows] == [
        (3, "instant", Seen.YES),
        (5, "interval", Seen.NO),
    ]
    assert file.rows[0].comment == "Further: 7"
    assert [(fault.number, "time of day" in fault.reason) for fault in file.faults] == [(6, True)]


def test_a_damaged_or_dangerous_excel_file_is_one_clear_line() -> None:
    whole = workbook(("Date", "Event"), *(("2025", f"event {number}") for number in range(500)))
    for length in range(0, len(whole), len(whole) // 20):
        with pytest.raises(DocumentFault):
            read_chronology("sent.xlsx", whole[:length], "health")
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            more = b" " * (101 * 1024 * 1024) if entry.filename.endswith("sheet1.xml") else b""
            new.writestr(entry.filename, old.read(entry) + more)
    with pytest.raises(DocumentFault, match="too big"):
        read_chronology("sent.xlsx", bomb.getvalue(), "health")


@pytest.mark.parametrize(
    ("text", "seen", "more"),
    [
        ("Yes", Seen.YES, ""),
        ("y - asleep", Seen.YES, "asleep"),
        ("N", Seen.NO, ""),
        ("Not seen", Seen.NO, "Not seen"),
        ("n/k", Seen.NOT_KNOWN, ""),
        ("", Seen.NOT_KNOWN, ""),
        ("No concerns", Seen.NOT_KNOWN, "No concerns"),
        ("No-one saw the child", Seen.NOT_KNOWN, "No-one saw the child"),
        ("No - asleep", Seen.NO, "asleep"),
        ("FALSE", Seen.NO, ""),
        ("seen alone", Seen.YES, "seen alone"),
        ("Seen, no concerns", Seen.YES, "Seen, no concerns"),
        ("Seen: yes", Seen.YES, "Seen: yes"),
        ("Seen - no", Seen.NO, "Seen - no"),
        ("Seen or heard: No.", Seen.NO, "Seen or heard: No."),
        ("Seen by no-one", Seen.NO, "Seen by no-one"),
        ("Seen?", Seen.NOT_KNOWN, "Seen?"),
        ("seen: not known", Seen.NOT_KNOWN, "seen: not known"),
    ],
)
def test_whether_the_child_was_seen_is_read_and_never_guessed(text: str, seen: Seen, more: str) -> None:
    assert read_seen(text) == (seen, more)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("No contact recorded.", True),
        ("There was no contact with the family", True),
        ("No entries this month", True),
        ("Nil contact", True),
        ("Nil return.", True),
        ("Nothing recorded", True),
        ("No health contact", True),
        ("No contact with child or family", True),
        ("No recorded contact with the family in March 2025", True),
        ("No contacts from 3rd March to 4 April 2025", True),
        ("No agency contact between 01/05/2025 and 30/05/2025.", True),
        ("No contact between the parents", False),
        ("No contact from 3 March; visited on 4 March", False),
        ("No contact with mother in March 2025", False),
        ("No contact from the mother, so visited", False),
        ("Contact", False),
    ],
)
def test_a_row_that_states_no_contact_is_of_its_own_kind(text: str, states: bool) -> None:
    assert read(f'Date,Event\n2025,"{text}"\n').rows[0].no_contact is states


def test_what_nearly_states_no_contact_is_read_at_once() -> None:
    rows = "".join(
        f"2025,no contact{stretch * 500} x\n" for stretch in (" until 1", " from 1 to", " in the month", " in the")
    )
    assert not any(row.no_contact for row in read(f"Date,Event\n{rows}").rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", " =1", "\uff1d1"])
def test_no_cell_of_an_export_is_a_formula(text: str) -> None:
    row = Row(agency="health", version=1, number=2, when=read_when("2025"), event=text)
    merged = merge([row])
    cells = list(csv.reader(io.StringIO(as_csv(merged).decode("utf-8-sig"), newline="")))[1]
    assert cells[HEADINGS.index("Event")] == f"'{text}" == safe(text)
    book = openpyxl.load_workbook(io.BytesIO(as_excel(merged, (), ())))
    assert "f" not in {cell.data_type for line in book["Chronology"] for cell in line}
    written = book["Chronology"].cell(2, HEADINGS.index("Event") + 1).value
    assert str(written).startswith("'")


def test_the_examples_merge_into_a_file_with_what_was_noticed() -> None:
    rows: list[Row] = []
    for name in ("health", "police"):
        file = read_chronology("x.csv", (ROOT / "examples" / f"chronology-{name}.csv").read_bytes(), name)
        assert len(file.faults) == 1
        rows += [row.model_copy(update={"version": 1}) for row in file.rows]
    book = openpyxl.load_workbook(io.BytesIO(as_excel(merge(rows), gaps(rows), suggested_duplicates(rows))))
    assert book["Chronology"].max_row == len(rows) + 1
    assert {line[0].value for line in book["Noticed"]} >= {"What", "gap", "suggested duplicate"}


def test_a_file_with_too_many_columns_is_refused_at_once_and_empty_ones_are_no_matter() -> None:
    wide = ",".join(["date", "event", *(f"h{number}" for number in range(50_000))])
    with pytest.raises(DocumentFault, match="too wide"):
        read(f"{wide}\n" + "2026-01-01,seen\n" * 10_000)
    empty = "," * 500
    assert len(read(f"date,event{empty}\n2026-01-01,seen{empty}\n").rows) == 1


def test_an_excel_file_of_nothing_but_styles_is_refused_before_they_are_read() -> None:
    packed = io.BytesIO(workbook(("date", "event"), ("2026-01-01", "seen")))
    made = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, content + b" " * 2_000_000 if entry.filename == "xl/styles.xml" else content)
    with pytest.raises(DocumentFault, match="too big"):
        read_chronology("sent.xlsx", made.getvalue(), "northbridge-cs")
