"""``scr.py chronology`` as people use it: who adds and sees what, and what it leaves in the record."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desk_cases import ROOT
from typer.testing import CliRunner

from desk.chronology_cli import app
from domain.appointments import APPOINTED
from domain.people import Actor, Role
from domain.record import CaseRef, Fact, Recording
from records import queries
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CASE = CaseRef(board="northbridge", reference="NB-2026-102")
AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
REF = CASE.reference
NAME = "Quillfeather"
HEALTH_AGENCY, POLICE_AGENCY = "northbridge-icb", "northbridge-police"
MANAGER, REVIEWER = ("--as", "nb-manager"), ("--as", "nb-reviewer-1")
HEALTH, POLICE = ("--as", "nb-icb-lead"), ("--as", "nb-police-executive")
EXAMPLES = {HEALTH_AGENCY: "chronology-health.csv", POLICE_AGENCY: "chronology-police.csv"}


class Ran:
    """What a command left behind."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str) -> Ran:
    ran = CliRunner().invoke(app, list(arguments))
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # the tool replaces and closes the handlers it finds
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def record(tmp_path: Path, a_folder_of_its_own: None) -> Iterator[Record]:
    """A record with one case, in which one lead reviewer is appointed."""
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    upgrade(engine)
    opened = Record(engine, keyring, lambda board, at, urgent: at)
    detail = {"person": REVIEWER[1], "role": "lead-reviewer"}
    fact = Fact(kind=APPOINTED, at=AT, item=f"lead-reviewer/{REVIEWER[1]}", detail=detail)
    stage = CASE.stage_id("panel")
    opened.write(Recording(case=CASE, stage=stage, sequence=1, at=AT, stage_title="t", facts=(fact,)))
    yield opened
    engine.dispose()


def add(agency: str, *options: str, text: str = "", name: str = "sent.csv") -> Ran:
    if text:
        Path(name).write_text(text, "utf-8")
    return run("add", REF, agency, name if text else str(ROOT / "examples" / EXAMPLES[agency]), *options)


def both() -> None:
    assert add(HEALTH_AGENCY, *HEALTH).status == add(POLICE_AGENCY, *POLICE).status == 0


def code(ran: Ran) -> str:
    assert ran.status == 3, (ran.status, ran.err)
    found: str = ran.data["error"]["code"]
    return found


def facts_of(record: Record, kind: str) -> list[Fact]:
    return [each.fact for each in queries.facts(record, CASE) if each.fact.kind == kind]


def test_a_chronology_is_added_once_with_each_row_that_is_not_kept(record: Record) -> None:
    added = add(HEALTH_AGENCY, *HEALTH)
    assert added.status == 0 and added.out.startswith("Kept: northbridge-icb/1, 14 rows, SHA-256 ")
    assert "row 15 is not kept: there is no such day" in added.out
    again = add(HEALTH_AGENCY, *HEALTH)
    assert again.out.startswith("Kept already; nothing was done again: northbridge-icb/1")
    assert add(HEALTH_AGENCY, *MANAGER, "--json", text="Date,Event\n2025,a\n").data["version"] == 2
    assert [fact.item for fact in facts_of(record, "chronology-received")] == ["northbridge-icb/1", "northbridge-icb/2"]
    assert run("versions", REF).out.splitlines()[1].startswith("northbridge-icb/2: 1 row, by the business manager at ")


def test_an_agency_adds_for_itself_only() -> None:
    for person in (POLICE, REVIEWER, ("--as", "nb-chair")):
        assert code(add(HEALTH_AGENCY, *person, "--json")) == "chronology-own-agency"
    assert code(run("add", REF, NAME, str(ROOT / "README.md"), *MANAGER, "--json")) == "chronology-agency-known"
    assert run("versions", REF).out == "The case has no chronologies yet.\n"


def test_a_file_that_cannot_be_read_leaves_nothing() -> None:
    for text, words in (("a,b\nc,d\n", "no column for date"), (f"Date,Event\n{NAME},a\n", "none of its rows")):
        ran = add(HEALTH_AGENCY, *HEALTH, text=text)
        assert ran.status == 1 and words in ran.err and len(ran.err.splitlines()) == 1 and NAME not in ran.err
    assert run("add", REF, HEALTH_AGENCY, "nowhere.csv", *HEALTH).status == 1
    assert run("versions", REF, "--json").data == []


def test_whoever_leads_the_review_sees_all_in_one_order_and_that_is_recorded(record: Record) -> None:
    both()
    for person in (MANAGER, REVIEWER):
        view = run("show", REF, *person, "--json").data
        assert view["of"] == len(view["rows"]) == 24
        assert {each["row"]["agency"] for each in view["rows"]} == {HEALTH_AGENCY, POLICE_AGENCY}
    read = facts_of(record, "chronology-read")
    assert [fact.by for fact in read][1] == Actor(person=REVIEWER[1], role=Role.LEAD_REVIEWER)
    assert read[0].detail == {"chronologies": ["northbridge-icb/1", "northbridge-police/1"]}
    shown = run("show", REF, *MANAGER).out
    assert "date unknown; stands between" in shown and "order not certain" in shown


def test_an_agency_sees_its_own_rows_only(record: Record) -> None:
    both()
    rows = run("show", REF, *POLICE, "--json").data["rows"]
    assert {each["row"]["agency"] for each in rows} == {POLICE_AGENCY}
    assert code(run("show", REF, *POLICE, "--agency", HEALTH_AGENCY, "--json")) == "chronology-of-the-review"
    for command in (("gaps", REF), ("duplicates", REF), ("link", REF, "northbridge-icb/1/2", "northbridge-police/1/4")):
        assert code(run(*command, *POLICE, "--json")) == "chronology-of-the-review"
    assert run("export", REF, "out.csv", *POLICE).status == 3 and not Path("out.csv").exists()
    assert code(run("show", REF, "--as", "inspectorate", "--json")) == "chronology-of-the-review"


def test_rows_are_chosen_by_day_and_number() -> None:
    both()
    days = ("--from", "2026-02-03", "--to", "2026-02-03")
    rows = run("show", REF, *MANAGER, *days, "--json").data["rows"]
    assert len(rows) == 4 and all("2026-02-03" in each["row"]["when"]["earliest"] for each in rows)
    assert "2 of 24 rows are shown." in run("show", REF, *MANAGER, "--limit", "2").out
    assert run("show", REF, *MANAGER, "--from", "yesterday").status == 2


def test_gaps_are_told_in_words() -> None:
    add(HEALTH_AGENCY, *HEALTH, text="Date,Event\n01/01/2025,a\n01/06/2025,b\n")
    [gap] = run("gaps", REF, *MANAGER, "--json").data
    assert gap["certain"] and (gap["since"], gap["until"]) == ("2025-01-01", "2025-06-01")
    assert "no contact recorded by anyone for " in run("gaps", REF, *MANAGER).out
    assert run("gaps", REF, *MANAGER, "--days", "200").out == "There is no gap of 200 days or more.\n"


def test_a_suggested_duplicate_is_linked_by_a_person_and_can_be_undone(record: Record) -> None:
    both()
    first = run("duplicates", REF, *MANAGER, "--json").data[0]
    pair = (first["first"], first["second"])
    assert run("link", REF, *pair, *REVIEWER).out == f"Linked: {pair[0]} and {pair[1]}\n"
    assert run("link", REF, *pair, *REVIEWER, "--json").data["changed"] is False
    linked = {each["row"]["number"] for each in run("show", REF, *MANAGER, "--json").data["rows"] if each["linked"]}
    assert len(linked) in (1, 2)
    assert first not in run("duplicates", REF, *MANAGER, "--json").data
    assert run("link", REF, *pair, *MANAGER, "--undo").out.startswith("Not linked: ")
    assert [len(facts_of(record, f"chronology-rows-{done}")) for done in ("linked", "unlinked")] == [1, 1]
    assert run("link", REF, pair[0], pair[0], *MANAGER).status == 1
    unknown = run("link", REF, pair[0], NAME, *MANAGER)
    assert unknown.status == 1 and NAME not in unknown.err


def test_links_of_replaced_rows_are_pointed_out() -> None:
    both()
    run("link", REF, "northbridge-icb/1/2", "northbridge-police/1/4", *MANAGER)
    add(HEALTH_AGENCY, *HEALTH, text="Date,Event\n2025,a\n")
    assert "Naming rows of earlier versions: 1 link." in run("show", REF, *MANAGER).out


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_an_export_is_a_new_file_closed_to_others_and_recorded(record: Record, name: str) -> None:
    both()
    ran = run("export", REF, name, *REVIEWER)
    assert (ran.status, ran.out) == (0, f"{name} holds 24 rows. It is confidential.\n")
    assert Path(name).stat().st_mode & 0o077 == 0
    assert run("export", REF, name, *REVIEWER).status == 1
    assert len(facts_of(record, "chronology-exported")) == 1 and queries.verify(record, CASE).ok


def test_an_export_of_another_kind_is_refused_in_one_line(record: Record) -> None:
    ran = run("export", REF, "out.pdf", *MANAGER)
    assert ran.status == 1 and ".csv or .xlsx" in ran.err and facts_of(record, "chronology-exported") == []


def test_an_unknown_case_is_one_line() -> None:
    for command in (("versions", "NB-1999-001"), ("show", "NB-1999-001", *MANAGER)):
        ran = run(*command)
        assert ran.status == 1 and len(ran.err.splitlines()) == 1
