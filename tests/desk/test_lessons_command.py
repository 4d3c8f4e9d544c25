"""``scr.py lessons`` as people and scripts use it, and what is told of earlier findings when one is entered."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from desk_cases import ROOT, directory, example
from rich.console import Console
from typer.testing import CliRunner

from desk import lessons_cli
from desk.lessons import found_before, print_found_before
from domain.findings import EnterFinding
from domain.people import Actor, Role
from domain.record import CaseRef, Fact, Recording
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
CASE = example().case
REVIEWER = Actor(person="nb-reviewer-1", role=Role.LEAD_REVIEWER)
FINDING = {
    "kind": "finding",
    "what_happened": "Tamsin Wexcombe-Arle was seen, but never alone; the father was never asked about.",
    "why": "Each organisation saw its own part.",
    "how_usual": "Practitioners say that it is usual.",
    "part_of_system": "working-together",
    "priority": "high",
    "put_to_board": "How will the board know that information is shared?",
    "themes": ["hidden-men", "information-sharing"],
    "stays": [{"passage": "Tamsin Wexcombe-Arle", "reason": "her family wants it"}],
}
ACTION = {"findings": ["F1"], "what": "Ask who lives there.", "outcome": "Men are known.", "effect": "An audit."}
CHANGE = {"actions": ["A1"], "what": "Men are recorded.", "measure": "Share of files.", "unit": "per cent"}
FACTS = (
    ("finding-entered", "F1", FINDING),
    ("finding-entered", "F2", FINDING | {"kind": "good-practice", "what_happened": "A nurse went on.", "themes": []}),
    ("report-decided", None, {"outcome": "accepted", "reasons": "r"}),
    ("finding-answered", "F1", {"outcome": "accepted", "reason": "r"}),
    ("action-planned", "A1", ACTION | {"agency": "northbridge-icb"}),
    ("action-judged", "A1", {"outcome": "verified", "reason": "r"}),
    ("change-expected", "C1", CHANGE | {"direction": "higher", "baseline": "40", "target": "90"}),
    ("change-observed", "C1/1", {"value": "92.50", "seen": "s"}),
    ("change-judged", "C1/1", {"judgement": "improved", "reason": "r"}),
    ("observation-absent", "C1/2", {"reason": "r"}),
    ("change-closed", "C1", {"outcome": "not-achieved", "reason": "r"}),
)


class Ran:
    """What a command left behind."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str) -> Ran:
    app = typer.Typer()
    lessons_cli.register(app)
    ran = CliRunner().invoke(app, list(arguments))
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


def ids(*arguments: str) -> list[str]:
    ran = run(*arguments, "--json")
    assert ran.status == 0, ran.err
    return sorted(each["id"] for each in ran.data)


@pytest.fixture(autouse=True)
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    """A record with the example incident, whose review taught something."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # the tool replaces and closes the handlers it finds
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    upgrade(engine)
    opened = Record(engine, keyring, lambda board, at, urgent: at)
    told = ("incident-notified", None, {"event": example().model_dump(mode="json")})
    facts = tuple(Fact(kind=kind, at=AT, item=item, detail=detail) for kind, item, detail in (told, *FACTS))
    stage = CASE.stage_id("panel")
    opened.write(Recording(case=CASE, stage=stage, sequence=1, at=AT, stage_title="t", facts=facts))
    yield opened
    engine.dispose()
    root.handlers[:], root.level = handlers, level


def entered(**fields: Any) -> EnterFinding:
    return EnterFinding.model_validate(FINDING | {"request_id": "r", "actor": REVIEWER, "item": "F7"} | fields)


def test_a_lesson_says_what_was_found_what_was_done_and_what_changed() -> None:
    ran = run("father", "asked")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "northbridge/NB-2026-101: finding F1",
        "  Found (F1): […] was seen, but never alone; the father was never asked about. The board's answer: accepted.",
        "  Done (A1, northbridge-icb, verified): Ask who lives there.",
        "  Changed (C1, improved, 92.5 of 90 per cent, target met; no observation at 1 of its dates; closed as not "
        "achieved): Men are recorded.",
        "  Themes: Fathers, partners and other men whom nobody asked about; What one agency knew did not reach the "
        "others",
    ]


def test_good_practice_without_an_action_says_so() -> None:
    lines = run("nurse").out.splitlines()
    assert lines[1:] == ["  Good practice (F2): A nurse went on.", "  Done: no action is recorded."]


def test_no_name_is_told_in_any_form() -> None:
    for ran in (run(), run("--json"), run("Tamsin"), run("wexcombe", "--json")):
        assert ran.status == 0 and "Tamsin" not in ran.out and "Wexcombe" not in ran.out
    assert ids("Tamsin") == []


def test_words_in_a_row_and_words_that_must_not_stand_there() -> None:
    assert ids("never alone") == ["F1"] and ids("alone never") == []
    assert ids("alone", "-nurse") == ["F1"] and ids("saw", "-father") == ["F2"]
    assert ids("saw", "-never alone") == ["F2"] and ids('"own part" -father') == ["F2"]


def test_lessons_are_chosen_by_theme_and_kind() -> None:
    assert ids("--theme", "hidden-men") == ["A1", "C1", "F1"]
    assert ids("--theme", "hidden-men", "--kind", "action", "--kind", "change") == ["A1", "C1"]
    assert ids("men", "--kind", "change", "--board", "northbridge") == ["C1"]
    assert len(ids("--limit", "1")) == 1


def test_an_unknown_theme_board_or_option_is_one_line_that_does_not_repeat_it() -> None:
    ran = run("--theme", "no-such-theme")
    assert ran.status == 1 and "hidden-men" in ran.err and "no-such-theme" not in ran.err
    assert run("--board", "elsewhere").status == 1
    assert run("--bord", "x").status == 2


def test_the_boards_list_of_themes_is_shown() -> None:
    assert "hidden-men: Fathers, partners and other men" in run("--themes").out
    assert run("--themes", "--json").data[0]["id"] == "information-sharing"


def test_nothing_found_is_said() -> None:
    assert run("zebra").out == "No accepted report of the board says anything of this.\n"


def test_all_facts_are_read_again_when_asked() -> None:
    assert ids("father") == ids("father", "--rebuild") == ["F1"]


def test_a_long_text_is_cut_in_the_list_and_whole_as_json(record: Record) -> None:
    long = "The visits were many. " * 50
    fact = Fact(kind="action-planned", at=AT, item="A2", detail=ACTION | {"what": long})
    stage = CASE.stage_id("actions")
    record.write(Recording(case=CASE, stage=stage, sequence=1, at=AT, stage_title="t", facts=(fact,)))
    assert max(map(len, run("visits").out.splitlines())) < 400
    [lesson] = run("visits", "--json").data
    assert lesson["actions"][0]["what"] == long


def test_what_earlier_reviews_found_is_told_to_who_enters_a_finding(record: Record) -> None:
    other = CaseRef(board="northbridge", reference="NB-2027-001")
    found = found_before(record, directory(), other, entered(themes=("hidden-men", "thresholds")))
    assert [(each.lesson.id, each.themes) for each in found] == [("F1", ("hidden-men",)), ("F2", ())]
    out = StringIO()
    print_found_before(Console(file=out, soft_wrap=True, markup=False, highlight=False), found)
    assert "  NB-2026-101 F1 (also under hidden-men)\n    Found (F1): […] was seen" in out.getvalue()
    assert "Done (A1, northbridge-icb, verified)" in out.getvalue() and "Tamsin" not in out.getvalue()


def test_a_finding_is_not_told_of_findings_of_its_own_review(record: Record) -> None:
    assert found_before(record, directory(), CASE, entered()) == ()
    out = StringIO()
    print_found_before(Console(file=out), ())
    assert out.getvalue() == ""


def test_a_record_that_cannot_be_read_does_not_hide_that_the_finding_was_entered(record: Record) -> None:
    elsewhere = CaseRef(board="elsewhere", reference="E-1")
    assert found_before(record, directory(), elsewhere, entered()) == ()
    with record.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE lesson_words")
    other = CaseRef(board="northbridge", reference="NB-2027-001")
    assert found_before(record, directory(), other, entered()) == ()
