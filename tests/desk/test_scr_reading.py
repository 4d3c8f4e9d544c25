"""The command line as people and scripts use it, on a record and without a Temporal server."""

import json
import logging
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from desk_cases import NAMES, ROOT, Opened, example
from sqlalchemy import update
from typer.testing import CliRunner

import scr
from domain.safety import NOT_A_REFERRAL
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from records.tables import FactRow
from sealing import create_keyring

HERE = "northbridge/NB-2026-101"
PEOPLE = (*NAMES, "Amaris", "Holloway", "Sorrelwood", "Fairweather")


class Ran:
    """What a command left behind."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def data(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


def scr_run(*arguments: str, stdin: str = "") -> Ran:
    ran = CliRunner().invoke(scr.app, list(arguments), input=stdin)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # the tool replaces and closes the handlers it finds
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    upgrade(engine)
    yield Record(engine, keyring, lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture
def opened(record: Record) -> Opened:
    return Opened(record)


def test_tasks_are_read_in_the_terminal_with_due_dates_in_words(opened: Opened) -> None:
    ran = scr_run("tasks", "--role", "duty-social-worker")
    assert ran.status == 0
    assert f"{HERE}/safety/1/S1/acknowledge-child" in ran.out
    assert "OVERDUE, was due by 11:30 on Thursday 5 February 2026" in ran.out
    assert "recommend" not in ran.out


def test_tasks_for_scripts_carry_the_schema_of_the_answer(opened: Opened) -> None:
    data = scr_run("tasks", "--case", "NB-2026-101", "--json").data
    [decide] = [task for task in data if task["id"] == f"{HERE}/safety/1/S1/decide-for-child"]
    assert decide["answer_schema"]["required"] == ["decision"]
    assert decide["fields"][0]["name"] == "decision"
    assert decide["overdue"] is True


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_nobody_is_named_unless_it_is_asked_for(opened: Opened, more: list[str]) -> None:
    for command in (["tasks", "--all"], ["show", "NB-2026-101"], ["explain", HERE], ["verify", HERE], ["cases"]):
        ran = scr_run(*command, *more)
        assert ran.status == 0
        assert [name for name in PEOPLE if name in ran.out + ran.err] == []


def test_names_are_shown_with_a_warning_where_they_are_asked_for(opened: Opened) -> None:
    ran = scr_run("show", HERE, "--people")
    assert "S1: Corin Wexcombe-Arle (sibling)" in ran.out
    assert ran.out.index("confidential") < ran.out.index("Corin")
    assert "Corin" in str(scr_run("show", HERE, "--people", "--json").data["people"])


def test_a_case_is_shown_with_what_is_open_and_that_it_is_no_referral(opened: Opened) -> None:
    ran = scr_run("show", "NB-2026-101")
    assert NOT_A_REFERRAL in ran.out
    assert f"{HERE}/safety/1/record-allegation" in ran.out
    assert "put-to-the-criteria" in ran.out
    assert "task/recommend to the sub-group: waiting" in ran.out
    data = scr_run("show", "NB-2026-101", "--json").data
    assert {stage["id"] for stage in data["stages"]} == {f"scr/{HERE}{s}" for s in ("", "/safety/1", "/decision/1")}


def test_why_a_date_is_what_it_is_is_explained(opened: Opened) -> None:
    ran = scr_run("explain", "NB-2026-101", "review-decision")
    assert "Due by the end of Thursday 5 March 2026" in ran.out
    assert "Source:" in ran.out
    data = scr_run("explain", "NB-2026-101", "safety-decision/S1", "--json").data
    assert data[0]["entry"]["deadline"]["amount"] == 4


def test_the_whole_record_is_exported(opened: Opened) -> None:
    data = scr_run("export", HERE).data
    assert len(data["facts"]) == data["case"]["facts"]
    assert "Corin" in json.dumps(data["facts"])
    assert scr_run("export", HERE, "--json").data == data


def test_one_fact_is_shown_with_what_was_answered(opened: Opened) -> None:
    ran = scr_run("fact", HERE, "1")
    assert ran.out.startswith("1. incident-notified")
    assert "Corin" in ran.out
    assert scr_run("fact", HERE, "1", "--json").data["fact"]["kind"] == "incident-notified"
    beyond = scr_run("fact", HERE, "999")
    assert (beyond.status, beyond.err.count("\n")) == (1, 1)


def test_a_record_that_holds_is_verified(opened: Opened) -> None:
    ran = scr_run("verify", "NB-2026-101")
    assert (ran.status, ran.err) == (0, "")
    assert "the chain holds" in ran.out
    assert scr_run("verify", "NB-2026-101", "--json").data["ok"] is True


def test_the_first_broken_fact_is_named_and_the_status_says_so(opened: Opened) -> None:
    Opened(opened.record, example("NB-2026-102"))
    with opened.record.writing() as session:
        session.execute(update(FactRow).where(FactRow.seq == 4, FactRow.case_id == 1).values(kind="forgotten"))
    ran = scr_run("verify", "--all")
    assert ran.status == 1
    assert f"{HERE}: BROKEN: fact 4" in ran.out
    assert "northbridge/NB-2026-102: " in ran.out
    data = scr_run("verify", "--all", "--json").data
    assert [(each["reference"], each["first_broken"]) for each in data] == [("NB-2026-101", 4), ("NB-2026-102", None)]


def test_verify_wants_one_case_or_all(opened: Opened) -> None:
    assert scr_run("verify").status == 2
    assert scr_run("verify", HERE, "--all").status == 2


def test_cases_are_listed_with_where_they_stand(opened: Opened) -> None:
    ran = scr_run("cases")
    assert HERE in ran.out
    assert "it is being decided whether to hold a serious case review" in ran.out
    assert scr_run("cases", "--open", "--json").data[0]["case"]["reference"] == "NB-2026-101"


@pytest.mark.parametrize(
    "command",
    [
        ["show", "NB-2026-999"],
        ["tasks", "--case", "NB-2026-999"],
        ["explain", HERE, "teatime"],
        ["answer", "X9/acknowledge-child", "--as", "nb-duty-1"],
    ],
)
def test_what_is_not_there_is_one_line_on_standard_error(opened: Opened, command: list[str]) -> None:
    ran = scr_run(*command)
    assert ran.status == 1
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    machine = scr_run(*command, "--json")
    assert machine.status == 1
    assert machine.data["error"]["message"] == machine.err.strip()


def test_without_a_record_it_says_so_and_makes_none(tmp_path: Path) -> None:
    ran = scr_run("tasks")
    assert ran.status == 1
    assert "there is no case record at" in ran.err
    assert not (tmp_path / "var").exists()


def test_without_the_key_ring_it_says_so(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "var" / "keyring.json").unlink()
    ran = scr_run("show", HERE)
    assert ran.status == 1
    assert "there is no key file" in ran.err


def test_a_wrong_setting_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_UI_PORT", "far")
    ran = scr_run("tasks")
    assert ran.status == 2
    assert ran.err.startswith("SCR_UI_PORT: ")


def test_an_answer_of_somebody_not_in_the_role_is_refused_with_the_source(opened: Opened) -> None:
    ran = scr_run("answer", "S1/acknowledge-child", "--as", "nb-chair")
    assert ran.status == 3
    assert "director" in ran.err
    assert "The board's directory of people and roles" in ran.err
    error = scr_run("answer", "S1/acknowledge-child", "--as", "nb-chair", "--json").data["error"]
    assert (error["kind"], error["code"]) == ("refused", "not-in-role")


def test_every_fault_of_an_answer_is_listed_by_field_with_what_is_asked(opened: Opened) -> None:
    task = ("answer", f"{HERE}/decision/1/recommend", "--as", "nb-subgroup-chair")
    ran = scr_run(*task, "outcome=perhaps", "colour=blue")
    assert ran.status == 1
    assert "colour: there is no such field" in ran.err
    faults = scr_run(*task, "outcome=perhaps", "--json").data["error"]["faults"]
    assert {fault["field"] for fault in faults} == {"outcome", "reasons", "rationale"}


def test_fields_may_come_from_a_file_or_standard_input_but_not_from_both(opened: Opened, tmp_path: Path) -> None:
    task = ("answer", f"{HERE}/decision/1/recommend", "--as", "nb-subgroup-chair", "--json")
    (tmp_path / "answer.json").write_text('{"outcome": "none", "rationale": "x"}')
    for ran in (
        scr_run(*task, "--file", "answer.json"),
        scr_run(*task, "--file", "-", stdin='{"outcome": "none", "rationale": "x"}'),
    ):
        assert [fault["field"] for fault in ran.data["error"]["faults"]] == ["reasons"]
    assert scr_run(*task, "outcome=none", "--file", "answer.json").status == 2
    assert scr_run(*task, "--file", "nowhere.json").status == 2


def test_without_a_server_an_answer_is_not_sent_and_that_is_one_line(opened: Opened) -> None:
    ran = scr_run("answer", "S1/acknowledge-child", "--as", "nb-duty-1")
    assert ran.status == 1
    assert ran.err == "the Temporal server cannot be reached; nothing was sent\n"


def test_the_mailbox_is_listed_and_a_letter_read_without_its_readers_name(opened: Opened, tmp_path: Path) -> None:
    assert "The mailbox is empty" in scr_run("letters").out
    folder = tmp_path / "var" / "mailbox"
    folder.mkdir()
    for number, subject in ((1, "NB-2026-101: overdue"), (2, "NB-2026-101: decide")):
        letter = EmailMessage()
        letter["Date"] = f"Thu, 05 Feb 2026 1{number}:30:00 +0000"
        letter["Message-ID"] = f"<{number}@northbridge.example>"
        letter["To"] = "Jocasta Fairweather <chair@board.northbridge.example>"
        letter["Subject"] = subject
        letter.set_content("Please see to it.")
        (folder / f"{number}.eml").write_bytes(bytes(letter))
    listed = scr_run("letters").out.splitlines()
    assert listed == [
        "1. 11:30 on Thursday 5 February 2026, to nb-chair: NB-2026-101: overdue",
        "2. 12:30 on Thursday 5 February 2026, to nb-chair: NB-2026-101: decide",
    ]
    assert "Please see to it." in scr_run("letters", "2").out
    assert scr_run("letters", "2", "--json").data["subject"] == "NB-2026-101: decide"
    assert scr_run("letters", "3").status == 1
