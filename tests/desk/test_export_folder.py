"""A case as a folder: the record and its pictures, for its owner's eyes, never on top of what is there."""

import json
import stat
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from activities.calendar import build_calendar
from activities.regimes import read_regime
from desk.export_cli import to_folder
from desk.export_folder import write_folder
from desk.measures import measures_of
from desk.timeline import BarStatus, timeline_of
from domain.change_commands import (
    CloseChange,
    DropExpectedChange,
    ExpectChange,
    JudgeChange,
    Judgement,
    RecordNoObservation,
    RecordObservation,
)
from domain.clocks.book import ClockBook
from domain.clocks.calendar import CalendarRequest
from domain.clocks.need import ClockNeed
from domain.clocks.stops import Stop
from domain.command import Command
from domain.document_types import DocumentFault
from domain.people import Actor, Role
from domain.record import CaseRef, ClockEntry, Fact, Recording
from records import queries
from records.queries import NotFound
from records.store import Record

CASE = CaseRef(board="northbridge", reference="NB-2026-101")
OPENED = datetime(2026, 2, 5, 10, 30, tzinfo=UTC)
NOW = datetime(2029, 1, 20, 12, 0, tzinfo=UTC)
CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2030))
RULES = {rule.id: rule for rule in read_regime("england-scr").clock}
SUB_GROUP = Actor(person="nb-sub-group", role=Role.SUB_GROUP)


def told(command: type[Command], at: datetime, item: str, **fields: Any) -> Fact:
    """The fact of an answer, as its stage records it."""
    given = {"request_id": f"request-{item}", "actor": SUB_GROUP, "item": item, **fields}
    answer = command.model_validate(given)
    return Fact(kind=answer.FACT, at=at, by=answer.actor, item=item, detail=answer.answer())


def entry(rule: str, started_at: datetime, **need: Any) -> ClockEntry:
    """A clock as a stage keeps it."""
    needed = ClockNeed(rule=rule, started_at=started_at, waiting_on=Role.BUSINESS_MANAGER, **need)
    _, [made] = ClockBook().reconciled([needed], RULES, CALENDAR, started_at)
    return made


def write(record: Record, stage: str, at: datetime, facts: tuple[Fact, ...], *clocks: ClockEntry) -> None:
    stage_id = CASE.stage_id(stage) if stage else CASE.workflow_id
    record.write(Recording(case=CASE, stage=stage_id, sequence=1, at=at, stage_title=stage, facts=facts, clocks=clocks))


def expected(item: str, **fields: Any) -> Fact:
    given: dict[str, Any] = {
        "actions": ("A1",),
        "what": "children are seen alone",
        "kind": "audit",
        "measure": "cases in which the child was seen alone",
        "gathered": "by the board's office",
        "direction": "higher",
        "unit": "per cent",
        "baseline": Decimal(40),
        "target": Decimal(90),
        "observe_on": (date(2027, 9, 1), date(2027, 12, 1), date(2028, 6, 1), date(2029, 6, 1)),
    }
    return told(ExpectChange, OPENED + timedelta(days=450), item, **given | fields)


def seen(item: str, on: date, value: int, late: int = 0) -> Fact:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC) + timedelta(days=late)
    return told(RecordObservation, at, item, observed_on=on, value=Decimal(value), seen="12 of 30 cases")


@pytest.fixture
def case(sqlite_record: Record) -> Record:
    """A case of three years: a decision made late, a report stopped for a while, and two changes that are watched."""
    write(sqlite_record, "", OPENED, (Fact(kind="case-opened", at=OPENED),))
    outcome = Fact(kind="review-decided", at=OPENED + timedelta(days=40), detail={"outcome": "serious-case-review"})
    late = entry("review-decision", OPENED, satisfied_at=OPENED + timedelta(days=40))
    write(sqlite_record, "decision/1", OPENED + timedelta(days=40), (outcome,), late)
    due = NOW.date() - timedelta(days=100)
    overdue = entry("action", OPENED + timedelta(days=460), item="A1", due_on=due)
    running = entry("action", OPENED + timedelta(days=460), item="A2", due_on=NOW.date() + timedelta(days=30))
    planned = (
        expected("C1"),
        expected("C2", direction="described", unit="", baseline=None, target=None, described="from seldom to always"),
        expected("C3"),
        told(DropExpectedChange, OPENED + timedelta(days=451), "C3", reason="watched elsewhere"),
    )
    write(sqlite_record, "actions", OPENED + timedelta(days=460), planned, overdue, running)
    watched = (
        seen("C1/1", date(2027, 9, 1), 55, late=5),
        told(JudgeChange, OPENED + timedelta(days=600), "C1/1", judgement="improved", reason="more were seen alone"),
        told(RecordNoObservation, OPENED + timedelta(days=700), "C1/2", reason="the audit was not held"),
        told(CloseChange, OPENED + timedelta(days=1000), "C2", outcome="not-achieved", reason="no sign of it"),
    )
    write(sqlite_record, "change", OPENED + timedelta(days=1000), watched)
    return sqlite_record


def test_folder_holds_the_record_the_timeline_and_a_picture_of_each_change(case: Record, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    written = write_folder(case, CASE, folder, NOW)
    names = ["record.json", "timeline.svg", "measure-C1.svg", "measure-C2.svg"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert list(written.files) == names
    assert json.loads((folder / "record.json").read_text("utf-8"))["case"]["case"]["reference"] == CASE.reference
    [what] = {each.fact.detail["what"] for each in queries.facts(case, CASE, ExpectChange.FACT)}
    assert f"Expected change C1: {what}" in (folder / "measure-C1.svg").read_text("utf-8")
    for name in names[1:]:
        assert Xml.parse(folder / name).getroot().attrib["role"] == "img"


def test_only_the_owner_can_read_it(case: Record, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    write_folder(case, CASE, folder, NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_nothing_is_ever_overwritten(case: Record, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("as it was")
    for there in (tmp_path, kept):
        with pytest.raises(DocumentFault, match="exists already and is left as it is"):
            write_folder(case, CASE, there, NOW)
    assert [path for path in tmp_path.iterdir() if path.suffix != ".db" and ".db-" not in path.name] == [kept]
    with pytest.raises(DocumentFault, match="cannot be made"):
        write_folder(case, CASE, tmp_path / "missing" / "export", NOW)


def test_case_that_is_not_there_leaves_no_folder(case: Record, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        write_folder(case, CASE.model_copy(update={"reference": "NB-2026-999"}), tmp_path / "export", NOW)
    assert not (tmp_path / "export").exists()


def test_same_record_gives_the_same_files(case: Record, tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    for folder in (first, again):
        write_folder(case, CASE, folder, NOW)
    for path in first.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


@pytest.mark.parametrize("as_json", [False, True])
def test_command_says_what_it_wrote(
    case: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    to_folder(case, CASE, tmp_path / "export", NOW, as_json=as_json)
    said = capsys.readouterr().out
    assert "measure-C1.svg" in said
    assert str(tmp_path / "export") in said
    if as_json:
        assert json.loads(said)["files"][0] == "record.json"


def test_changes_are_read_from_the_facts_of_the_record(case: Record) -> None:
    first, second = measures_of(case, CASE, NOW)
    assert (first.id, first.direction, first.unit, first.baseline, first.target) == (
        "C1",
        "higher",
        "per cent",
        Decimal(40),
        Decimal(90),
    )
    observed, absent, missed, to_come = first.points
    assert (observed.value, observed.late_days, observed.judgement) == (Decimal(55), 5, Judgement.IMPROVED)
    assert (absent.absent, absent.observed_on, absent.missed) == (True, None, False)
    assert missed.missed
    assert not to_come.missed and not to_come.absent
    assert (second.closed_outcome, second.closed_on) == ("not achieved", (OPENED + timedelta(days=1000)).date())


def test_what_came_later_is_not_in_the_picture_of_an_earlier_day(case: Record) -> None:
    first, second = measures_of(case, CASE, datetime(2027, 9, 3, tzinfo=UTC))
    assert [look.observed_on for look in first.points] == [None] * 4
    assert first.points[0].missed
    assert second.closed_on is None


def test_timeline_shows_each_stage_with_its_clocks_and_what_happened(case: Record) -> None:
    view = timeline_of(case, CASE, NOW)
    assert [lane.title for lane in view.lanes] == ["The case", "Decision on a review", "Action plan", "Change"]
    opened, decision, actions, change = view.lanes
    assert [mark.words for mark in opened.marks] == ["case opened"]
    assert [mark.words for mark in decision.marks] == ["decided: serious case review"]
    assert [(bar.status, bar.done_on) for bar in decision.bars] == [(BarStatus.LATE, date(2026, 3, 17))]
    assert {bar.about: bar.status for bar in actions.bars} == {"A1": BarStatus.OVERDUE, "A2": BarStatus.OPEN}
    assert [mark.words for mark in change.marks] == ["C2 closed: not achieved"]


def test_stretches_for_which_clocks_stood_are_shown_once(sqlite_record: Record) -> None:
    stop = Stop(since=OPENED + timedelta(days=90), until=OPENED + timedelta(days=150), reason="the inquest")
    report = entry("serious-case-review", OPENED + timedelta(days=30), stops=(stop,))
    write(sqlite_record, "panel", OPENED + timedelta(days=200), (), report)
    view = timeline_of(sqlite_record, CASE, NOW)
    assert [(each.since, each.until) for each in view.stops] == [(date(2026, 5, 6), date(2026, 7, 5))]
