"""How long two long chronologies take from file to merged export, and how much memory at most.

``python -m benchmarks.chronology`` takes two of 5,000 rows each; ``--rows`` takes another number.
"""

import argparse
import resource
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from openpyxl import Workbook

from desk.chronology_export import as_csv, as_excel
from desk.chronology_files import ChronologyFile, read_chronology
from domain.chronology_findings import gaps
from domain.chronology_merge import merge
from domain.people import Actor, Role
from domain.record import CaseRef, Recording
from records import chronology
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CASE = CaseRef(board="northbridge", reference="NB-2026-999")
AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
AGENCIES = ("health", "police")
EVENTS = ("Visit to the home; the child was seen and settled.", "Telephone call; nobody answered.", "Meeting held.")
T = TypeVar("T")
MEBIBYTE_IN_KIBIBYTES = 1024


def main() -> None:
    """Time each step and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000, help="rows of each chronology (default: 5,000)")
    count = parser.parse_args().rows
    sent = {agency: _sheet(count, step) for step, agency in enumerate(AGENCIES)}
    before = _peak()
    with tempfile.TemporaryDirectory() as folder:
        record = _record(Path(folder))
        files = _timed(f"read {2 * count:,} rows of XLSX", lambda: _read(sent))
        _timed("keep them", lambda: _keep(record, files))
        kept = _timed("read them from the record", lambda: chronology.current(record, CASE))
        rows = [row for each in kept for row in each.rows]
        merged = _timed("merge, suggest duplicates", lambda: merge(rows))
        found = _timed("gaps", lambda: gaps(rows))
        _timed("export CSV", lambda: as_csv(merged))
        _timed("export XLSX", lambda: as_excel(merged, found, merged.suggestions))
        record.engine.dispose()
    print(f"{'peak memory':<28}{_peak():8.0f} MiB, {before:.0f} before the first step")


def _timed(what: str, step: Callable[[], T]) -> T:
    began = perf_counter()
    done = step()
    print(f"{what:<28}{perf_counter() - began:8.2f} s")
    return done


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE_IN_KIBIBYTES


def _sheet(count: int, step: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(("Date", "Event", "Who", "Source", "Child seen"))
    first = datetime(2020, 1, 1, 9 + step, tzinfo=UTC).replace(tzinfo=None)  # a sheet holds no offsets
    for number in range(count):
        when: object = first + timedelta(hours=9 * number)
        if number % 50 == 0:
            when = f"{first + timedelta(hours=9 * number):%B %Y}"
        event = f"{EVENTS[(number + step) % len(EVENTS)]} Entry {number // 7}."
        sheet.append((when, event, "nurse", "record", ("yes", "no", "")[number % 3]))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _record(folder: Path) -> Record:
    engine = make_engine(f"sqlite:///{folder / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(folder / "keyring.json"), lambda board, at, urgent: at)
    record.write(Recording(case=CASE, stage=CASE.workflow_id, sequence=1, at=AT, stage_title="Begun"))
    return record


def _read(sent: dict[str, bytes]) -> dict[str, ChronologyFile]:
    return {agency: read_chronology("sent.xlsx", content, agency) for agency, content in sent.items()}


def _keep(record: Record, files: dict[str, ChronologyFile]) -> None:
    actor = Actor(person="p-3", role=Role.BUSINESS_MANAGER)
    for agency, file in files.items():
        chronology.keep(record, CASE, agency, file.rows, file.faults, sha256=file.sha256, actor=actor, at=AT)


if __name__ == "__main__":
    main()
