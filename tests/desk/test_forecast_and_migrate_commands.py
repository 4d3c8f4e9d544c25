"""What if, and moving cases to other rules, at the command line: reads the record, changes nothing."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kept_clocks import Kept
from learning_records import ROOT, directory
from typer.testing import CliRunner

import scr
from domain.people import Role
from domain.record import CaseRef
from records import queries
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CASE = CaseRef(board="northbridge", reference="NB-2026-502")
OTHER = CaseRef(board="northbridge", reference="NB-2026-503")
REPORT = "agency-report/northbridge-police"
NAMES = [person.name for person in directory().board("northbridge").people]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    upgrade(engine)
    yield Record(engine, keyring, lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture
def at_home(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases whose clocks began yesterday: a report that is asked for, six months, the month of the decision."""
    began = datetime.now(UTC) - timedelta(days=1)
    for case in (CASE, OTHER):
        kept = Kept(record, case=case, stage="panel")
        kept.needed(began, "agency-report", "northbridge-police", waiting_on=Role.AGENCY_LEAD)
        kept.needed(began, "serious-case-review")
        Kept(record, case=case).needed(began, "review-decision")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_OVERLAYS", str(ROOT / "overlays"))
    monkeypatch.setattr(logging.getLogger("temporalio"), "level", logging.WARNING)


def ran(*arguments: str) -> Any:
    return CliRunner().invoke(scr.app, arguments)


@pytest.mark.time_skipping
def test_what_breaks_and_who_hears_of_it_is_shown_without_a_name_and_nothing_is_changed(
    record: Record, at_home: None
) -> None:
    before = queries.export(record, CASE)
    found = ran("whatif", CASE.reference, "--set", "panel.agency_reports=+15wd")
    assert found.exit_code == 0, found.output
    said = " ".join(found.stdout.split())
    assert "1 of the 3 clocks that run would break." in said
    assert "BREAKS by 15 working days" in said and "Nothing was changed." in said
    assert "agency executive" in said
    assert not [name for name in NAMES if name in said]
    assert queries.export(record, CASE) == before


@pytest.mark.time_skipping
def test_json_has_every_clock_and_letter(at_home: None) -> None:
    found = json.loads(ran("whatif", CASE.reference, "--set", f"panel.{REPORT}=never", "--json").stdout)
    clocks = {each["clock"]: each for each in found["clocks"]}
    assert set(clocks) == {REPORT, "serious-case-review", "review-decision"}
    assert (clocks[REPORT]["breaks"], clocks[REPORT]["done_on"], clocks[REPORT]["because"]) == (True, None, "assumed")
    assert {each["role"] for each in found["letters"] if not each["anyhow"]} >= {"agency-lead", "agency-executive"}
    assert all(each["clock"] == REPORT for each in found["letters"] if not each["anyhow"])


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((CASE.reference,), 2, "--set"),
        ((CASE.reference, "--set", "panel.agency_reports"), 2, "write STAGE.CLOCK=WHEN"),
        ((CASE.reference, "--set", "panel.agency_reports=soon"), 2, "soon is none of"),
        ((CASE.reference, "--set", "panel.findings=+3d"), 2, "no clock panel.findings runs in this case; these do: "),
        (("NB-2026-999", "--set", "panel.x=+3d"), 1, "NB-2026-999"),
    ],
)
def test_what_cannot_be_forecast_says_why(at_home: None, arguments: tuple[str, ...], status: int, said: str) -> None:
    found = ran("whatif", *arguments)
    assert (found.exit_code, said in " ".join(found.stderr.replace("│", " ").split())) == (status, True), found.stderr


def test_the_cases_of_a_board_are_listed_case_by_case_before_anybody_signs_off(record: Record, at_home: None) -> None:
    before = [queries.export(record, case) for case in (CASE, OTHER)]
    move = ("regime", "migrate", "--board", "northbridge", "--from", "england-scr", "--to", "england-scr-2015")
    found = ran(*move, "--dry-run")
    assert found.exit_code == 0, found.output
    assert [f"{case.reference}:" in found.stdout for case in (CASE, OTHER)] == [True, True]
    data = json.loads(ran(*move, "--dry-run", "--json").stdout)
    assert [each["case"]["reference"] for each in data] == [CASE.reference, OTHER.reference]
    assert {clock["clock"] for clock in data[0]["clocks"]} == {REPORT, "serious-case-review", "review-decision"}
    assert [queries.export(record, case) for case in (CASE, OTHER)] == before


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--to", "england-scr-2015"), 2, "name one case, or the cases of a board"),
        (("--board", "northbridge", "--to", "england-scr-2015"), 2, "name one case, or the cases of a board"),
        ((CASE.reference, "--board", "northbridge", "--from", "x", "--to", "y"), 2, "name one case"),
        ((CASE.reference, "--to", "england-scr"), 2, "under these rules already"),
        ((CASE.reference, "--to", "wales-cpr"), 2, "another process is another case"),
        ((CASE.reference, "--to", "nowhere"), 2, "there is no regime nowhere"),
        (("--board", "northbridge", "--from", "wales-cpr", "--to", "wales-susr"), 1, "no open case of northbridge"),
        (("--board", "nowhere", "--from", "wales-cpr", "--to", "wales-susr"), 1, "no board 'nowhere'"),
        (("--board", "northbridge", "--from", "england-scr", "--to", "wales-cpr"), 1, "another process is another"),
    ],
)
def test_a_move_that_cannot_be_says_why(at_home: None, arguments: tuple[str, ...], status: int, said: str) -> None:
    found = ran("regime", "migrate", *arguments, "--dry-run")
    assert (found.exit_code, said in " ".join(found.output.replace("│", " ").split())) == (status, True), found.output
