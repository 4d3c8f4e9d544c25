"""How quickly the desk's lists come with 10,000 cases.

``python -m benchmarks.desk_lists`` writes them into an SQLite file and asks the real pages for My work, the cases and
the board overview, as people of several roles; ``--cases`` makes another number, ``--database postgresql://…`` writes
into an empty database there. They are meant to take under 300 ms each.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import insert, text
from starlette.testclient import TestClient

from activities.calendar import build_calendar
from activities.directory import read_directory
from activities.regimes import read_regime
from desk.web.app import web_app
from desk.web.serving import Connected, make_desk
from desk.web.sessions import cookie_name
from domain.appointments import APPOINTED
from domain.clocks.calendar import CalendarRequest
from domain.clocks.need import ClockNeed
from domain.clocks.recompute import first_entry
from domain.people import Role
from domain.record import CaseRef, ClockStatus, Fact
from records import desk_sessions
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from records.tables import CaseRow, DeadlineRow, FactRow, LetterRow, RungRow, TaskRow
from sealing import create_keyring
from settings import ScratchSettings

ROOT = Path(__file__).parents[1]
BOARD = "northbridge"
NOW = datetime.now(UTC).replace(microsecond=0)
STARTED = NOW - timedelta(days=150)
CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=STARTED.year - 1, last_year=STARTED.year + 3))
REGIME = read_regime("england-scr")
CLOCKS = ("safety-acknowledgement", "safety-decision", "review-decision", "decision-notices", "panel-convened")
LASTING = ("agency-report", "serious-case-review")
AGENCIES = ("northbridge-police", "northbridge-icb", "northbridge-housing", "northbridge-school")
TASKS = (
    ("decide-for-child", Role.DUTY_SOCIAL_WORKER),
    ("decide", Role.BOARD_CHAIR),
    ("appoint", Role.BUSINESS_MANAGER),
    ("agree-terms", Role.PANEL_CHAIR),
    ("give-report", Role.LEAD_REVIEWER),
)
WHO = (
    ("business manager", "nb-manager", ("/", "/cases", "/cases?state=open&page=20", "/cases?reference=777", "/board")),
    ("board's chair", "nb-chair", ("/", "/cases", "/board", "/board/overdue", "/board/due", "/board/escalations")),
    ("agency lead", "nb-police-lead", ("/", "/cases", "/cases?page=20")),
    ("duty social worker", "nb-duty-1", ("/", "/cases")),
    ("lead reviewer", "nb-reviewer-1", ("/", "/cases")),
)
STAGES = (
    "Case: it is being decided whether to hold a serious case review",
    "Case: the serious case review is under way",
    "Case: the report is accepted; its publication is under way",
)
TIMES = 7


def main() -> None:
    """Write the cases and time the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="(default: 10,000)")
    parser.add_argument("--database", default="", help="an empty database (default: an SQLite file)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = ScratchSettings(var_dir=Path(folder), directory_file=ROOT / "directory.toml")
        engine = make_engine(given.database or settings.database_url)
        upgrade(engine)
        record = Record(engine, create_keyring(settings.key_file), lambda board, at, urgent: at)
        began = perf_counter()
        _write(record, given.cases)
        print(f"{given.cases:,} cases in {engine.dialect.name}, written in {perf_counter() - began:.0f} s")
        _time_pages(settings, record)
        engine.dispose()


def _time_pages(settings: ScratchSettings, record: Record) -> None:
    directory = read_directory(settings.directory_file)
    desk = make_desk(settings, record, lambda: directory, Connected(settings, record))
    app = web_app(desk)
    print(f"{'who':<22}{'page':<34}{'first':>10}{'then':>10}")
    for who, person, paths in WHO:
        token = f"token-{person}"
        desk_sessions.begin(record, token, BOARD, person, NOW)
        client = TestClient(app, base_url=settings.desk_url, cookies={cookie_name(desk): token})
        for path in paths:
            took = [_timed(client, path) for _ in range(TIMES)]
            print(f"{who:<22}{path:<34}{took[0]:>7.0f} ms{median(took[1:]):>7.0f} ms")


def _timed(client: TestClient, path: str) -> float:
    began = perf_counter()
    page = client.get(path, follow_redirects=False)
    assert page.status_code == 200, f"{path}: {page.status_code}"
    return (perf_counter() - began) * 1000


def _write(record: Record, number: int) -> None:
    chance = Random(1)
    entries = [_entry(rule) for rule in (*CLOCKS, *LASTING)]
    for begin in range(0, number, 500):
        rows: dict[type[Any], list[dict[str, Any]]] = {
            table: [] for table in (CaseRow, FactRow, DeadlineRow, TaskRow, RungRow, LetterRow)
        }
        for case in range(begin, min(begin + 500, number)):
            for table, row in _case(record, case + 1, entries, chance):
                rows[table].append(row)
        with record.writing() as session:
            for table, found in rows.items():
                session.execute(insert(table), found)
    with record.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _entry(rule_id: str) -> dict[str, Any]:
    """A clock with its whole working, as the domain computes it."""
    rule = next(rule for rule in REGIME.clock if rule.id == rule_id)
    need = ClockNeed(rule=rule_id, started_at=STARTED, waiting_on=Role.BOARD_CHAIR)
    return first_entry(need, rule, CALENDAR, STARTED).model_dump(mode="json")


def _case(
    record: Record, id: int, entries: list[dict[str, Any]], chance: Random
) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    """A case of the last years: three in ten are open."""
    case, is_open = CaseRef(board=BOARD, reference=f"NB-{2016 + id % 11}-{id:05}"), chance.random() < 0.3
    opened = NOW - timedelta(days=chance.randrange(200) if is_open else chance.randrange(200, 3_600))
    facts = list(_appointments(chance, opened))
    yield (
        CaseRow,
        {
            "id": id,
            "board": BOARD,
            "reference": case.reference,
            "workflow_id": case.workflow_id,
            "regime": REGIME.id,
            "stage": chance.choice(STAGES) if is_open else "Case: closed",
            "facts": 60,
            "opened_at": opened,
            "closed_at": None if is_open else opened + timedelta(days=180),
            "snapshot_key": None if is_open else "k",
            "snapshot": None if is_open else bytes(20_000),
        },
    )
    for seq in range(1, 61):
        fact = facts[seq - 1] if seq <= len(facts) else Fact(kind="letter-sent", at=opened)
        key_id, sealed = record.keyring.seal(
            fact.model_dump_json().encode(), f"{BOARD}/{case.reference}/{seq}".encode()
        )
        yield (
            FactRow,
            {
                "case_id": id,
                "stage": case.stage_id("panel"),
                "seq": seq,
                "kind": fact.kind,
                "at": opened,
                "sequence": 1,
                "key_id": key_id,
                "sealed": sealed,
                "prev_hash": "0" * 64,
                "hash": "0" * 64,
            },
        )
    for number, entry in enumerate(entries):
        yield DeadlineRow, _clock(id, case, entry, opened, chance, running=is_open and number >= len(CLOCKS) - 2)
    for number, (form, role) in enumerate(TASKS):
        done = None if is_open and number < 3 and chance.random() < 0.6 else opened + timedelta(days=20)
        yield TaskRow, _task(id, case, form, role, agency=None, opened=opened, done=done)
    for agency in chance.sample(AGENCIES, 3):
        done = None if is_open and chance.random() < 0.5 else opened + timedelta(days=20)
        yield (
            TaskRow,
            _task(id, case, f"{agency}/secure-records", Role.AGENCY_LEAD, agency=agency, opened=opened, done=done),
        )
    yield from _rungs(id, case, opened, chance)


def _appointments(chance: Random, at: datetime) -> Iterator[Fact]:
    people = [f"nb-person-{chance.randrange(300)}" for _ in range(5)]
    if chance.random() < 0.02:
        people[0] = "nb-reviewer-1"
    for person, role in zip(people, ("lead-reviewer", "panel-chair", *["panel-member"] * 3), strict=True):
        yield Fact(kind=APPOINTED, at=at, detail={"person": person, "role": role, "declared": "x" * 300})


def _clock(
    id: int, case: CaseRef, entry: dict[str, Any], opened: datetime, chance: Random, *, running: bool
) -> dict[str, Any]:
    due = opened + timedelta(days=chance.randrange(5, 220))
    ended = chance.choice((ClockStatus.MET, ClockStatus.MET, ClockStatus.LATE))
    status = ClockStatus.OPEN if running else ended
    changed = {"status": status.value, "deadline": {**entry["deadline"], "due_at": due.isoformat()}}
    return {
        "case_id": id,
        "stage": case.stage_id("panel"),
        "clock": entry["rule"]["id"],
        "computation": 1,
        "rule": entry["rule"]["id"],
        "item": None,
        "title": entry["rule"]["title"],
        "due_on": due.date(),
        "due_at": due,
        "status": status.value,
        "satisfied_at": None,
        "waiting_on": "board-chair",
        "sequence": 1,
        "entry": {**entry, **changed},
        "before": None,
        "history": None,
    }


def _task(
    id: int, case: CaseRef, form: str, role: Role, *, agency: str | None, opened: datetime, done: datetime | None
) -> dict[str, Any]:
    stage = case.stage_id("panel")
    return {
        "case_id": id,
        "stage": stage,
        "task": f"{stage.removeprefix('scr/')}/{form}",
        "form": form,
        "item": None,
        "role": role.value,
        "agency": agency,
        "title": "Something that is asked",
        "clock": "panel-convened",
        "due_at": opened + timedelta(days=30),
        "opened_at": opened,
        "done_at": done,
    }


_numbers = count(1)


def _rungs(id: int, case: CaseRef, opened: datetime, chance: Random) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    stage = case.stage_id("panel")
    for clock in (*CLOCKS, *LASTING)[:5]:
        at, letter = opened + timedelta(days=chance.randrange(230)), f"climb/{clock}/1/1"
        place = {"case_id": id, "stage": stage}
        yield (
            RungRow,
            {
                **place,
                "clock": clock,
                "computation": 1,
                "rung": "1",
                "scheduled_at": at,
                "claimed_at": at,
                "letter": letter,
            },
        )
        yield (
            LetterRow,
            {
                **place,
                "letter": letter,
                "sequence": 1,
                "kind": "climb",
                "role": "board-chair",
                "agency": None,
                "urgent": False,
                "late": False,
                "daily": False,
                "not_before": at,
                "state": "sent",
                "ended_at": at,
                "attempts": 1,
                "message_id": f"<{next(_numbers)}@x>",
                "proof": "250 OK",
                "key_id": "k",
                "sealed": b"x",
            },
        )


if __name__ == "__main__":
    main()
