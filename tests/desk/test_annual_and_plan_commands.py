"""The annual report and the plan's meeting pack at the command line: where they are written, and what is refused."""

import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from learning_records import ROOT, write_all
from typer.testing import CliRunner, Result

from desk import annual_report_cli, plan_cli
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

REPORT = ("annual-report", "--board", "northbridge", "--year", "2025")


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
def kept(tmp_path: Path) -> Iterator[Record]:
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    upgrade(engine)
    record = Record(engine, keyring, lambda board, at, urgent: at)
    write_all(record)
    yield record
    engine.dispose()


def ran(*arguments: str) -> Result:
    app = typer.Typer(pretty_exceptions_enable=False)
    annual_report_cli.register(app)
    plan_cli.register(app)
    found = CliRunner().invoke(app, list(arguments))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def test_report_is_markdown_on_standard_output() -> None:
    found = ran(*REPORT)
    assert found.exit_code == 0
    assert found.stdout.startswith("# Annual report on serious case reviews: Northbridge")
    assert "1 April 2025 to 31 March 2026" in found.stdout


def test_report_is_written_into_a_new_file_and_never_over_another(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert ran(*REPORT, "--format", "html", "--out", str(page)).exit_code == 0
    written = page.read_text("utf-8")
    assert written.startswith("<!DOCTYPE html>")
    again = ran(*REPORT, "--format", "html", "--out", str(page))
    assert again.exit_code == 1
    assert "exists already and is left as it is" in again.stderr
    assert page.read_text("utf-8") == written


def test_tables_go_into_a_folder_and_never_over_another(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert ran(*REPORT, "--format", "csv", "--out", str(folder)).exit_code == 0
    names = {each.name for each in folder.iterdir()}
    assert {"clocks.csv", "actions.csv", "observations.csv"} <= names
    (folder / "actions.csv").unlink()
    again = ran(*REPORT, "--format", "csv", "--out", str(folder))
    assert (again.exit_code, (folder / "actions.csv").exists()) == (1, False)


def test_tables_go_into_an_archive(tmp_path: Path) -> None:
    packed = tmp_path / "tables.zip"
    assert ran(*REPORT, "--format", "csv", "--out", str(packed)).exit_code == 0
    with zipfile.ZipFile(packed) as archive:
        assert "clocks.csv" in archive.namelist()


def test_one_table_goes_to_standard_output_or_into_a_file(tmp_path: Path) -> None:
    found = ran(*REPORT, "--format", "csv", "--table", "reviews")
    assert found.stdout.lstrip("\ufeff").startswith("Case,Opened on,")
    file = tmp_path / "reviews.csv"
    ran(*REPORT, "--format", "csv", "--table", "reviews", "--out", str(file))
    assert file.read_text("utf-8-sig").startswith("Case,Opened on,")


def test_unknown_table_is_told_with_those_there_are() -> None:
    found = ran(*REPORT, "--format", "csv", "--table", "people")
    assert found.exit_code == 1
    assert "the report has no table people; it has reviews-in-numbers, reviews, clocks" in found.stderr


@pytest.mark.parametrize(("option", "value"), [("--table", "reviews"), ("--format", "csv")])
def test_options_that_do_not_go_together_are_told(option: str, value: str) -> None:
    assert ran(*REPORT, option, value).exit_code == 2


def test_unknown_board_and_year_to_come_are_one_line() -> None:
    unknown = ran("annual-report", "--board", "nowhere", "--year", "2025")
    assert (unknown.exit_code, unknown.stderr) == (1, "the directory has no board 'nowhere'\n")
    to_come = ran("annual-report", "--board", "northbridge", "--year", "2190")
    assert to_come.exit_code == 1
    assert to_come.stderr.startswith("there is nothing to report of the year 2190 of board northbridge yet")
    assert to_come.stderr.count("\n") == 1


def test_plan_is_text_markdown_or_json() -> None:
    assert "What needs a decision" in ran("plan", "NB-2026-202").stdout
    assert ran("plan", "NB-2026-202", "--markdown").stdout.startswith("# Action plan of NB-2026-202: meeting pack")
    found = json.loads(ran("plan", "NB-2026-202", "--json").stdout)
    assert found["case"] == {"board": "northbridge", "reference": "NB-2026-202"}
    assert ran("plan", "NB-2026-202", "--json", "--markdown").exit_code == 2


def test_plan_of_an_unknown_case_is_one_line_and_json() -> None:
    found = ran("plan", "NB-0", "--json")
    assert (found.exit_code, found.stderr) == (1, "the record has no case NB-0\n")
    assert json.loads(found.stdout)["error"]["kind"] == "not-done"
