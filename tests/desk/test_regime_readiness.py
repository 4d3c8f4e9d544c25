"""No case begins under a regime that its board has not set up: the incident event is refused with the reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from learning_records import ROOT
from typer.testing import CliRunner

import starter
from activities.regimes import Regimes
from desk.readiness import readiness
from domain.directory import Directory, parse_directory

EXAMPLE = json.loads((ROOT / "examples" / "incident.json").read_text("utf-8"))
DIRECTORY = (ROOT / "directory.toml").read_text("utf-8")
PANEL = DIRECTORY.index('[[board.body]]\nid = "national-panel"')


def without_panel() -> str:
    """The example's directory without the national panel, which stands last among the bodies."""
    return DIRECTORY[:PANEL]


@pytest.fixture
def overlays(tmp_path: Path) -> Path:
    folder = tmp_path / "overlays"
    folder.mkdir()
    return folder


def reason(overlays: Path, regime: str, directory: str = DIRECTORY) -> str:
    return readiness(Regimes(overlays), parse_directory(directory))(regime, "northbridge")


def test_a_regime_is_not_ready_before_the_board_has_set_its_amounts(overlays: Path) -> None:
    assert "the board has to set the amounts of these clocks first: incident-notification" in reason(
        overlays, "england-scr-2013"
    )
    (overlays / "ours.toml").write_text(
        'board = "northbridge"\nregime = "england-scr-2013"\n[set]\nincident-notification = 5\ndecision-notices = 5\n'
    )
    assert reason(overlays, "england-scr-2013") == ""


def test_a_regime_is_not_ready_while_an_overlay_would_weaken_it(overlays: Path) -> None:
    (overlays / "ours.toml").write_text('board = "northbridge"\nregime = "england-scr"\n[set]\navailability = 1\n')
    assert "overlay ours.toml: set.availability: the regime says it itself" in reason(overlays, "england-scr")


def test_a_body_of_the_regime_without_an_address_is_named(overlays: Path) -> None:
    assert reason(overlays, "england-scr-2015") == ""
    assert "national-panel (board.body)" in reason(overlays, "england-scr-2015", without_panel())


def test_a_directory_without_a_national_panel_serves_a_regime_that_knows_none() -> None:
    assert reason(ROOT / "overlays", "wales-cpr", without_panel()) == ""


def test_a_rapid_review_needs_every_safeguarding_partner(overlays: Path) -> None:
    few = DIRECTORY.replace('"safeguarding-partner"', '"board-member"')
    assert reason(overlays, "england-lcspr-2023") == ""
    assert "safeguarding partners of 0 agencies, and 3 are asked" in reason(overlays, "england-lcspr-2023", few)


def test_the_same_question_is_looked_up_once(overlays: Path) -> None:
    ready = readiness(Regimes(overlays), Directory.model_validate(parse_directory(DIRECTORY)))
    before = ready("england-scr", "northbridge")
    (overlays / "ours.toml").write_text("nonsense")
    assert ready("england-scr", "northbridge") == before == ""


def run(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    done = CliRunner().invoke(starter.app, ["--dry-run", "--json", *arguments])
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def at_home(tmp_path: Path, overlays: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_OVERLAYS", str(overlays))
    return tmp_path


def event(folder: Path, **data: object) -> str:
    file = folder / "event.json"
    file.write_text(json.dumps(EXAMPLE | {"data": EXAMPLE["data"] | data}), "utf-8")
    return str(file)


def test_an_event_under_a_regime_that_is_not_ready_is_refused_at_its_regime(at_home: Path) -> None:
    status, (line,) = run(event(at_home, regime="wales-susr"))
    assert (status, line["accepted"]) == (1, False)
    (fault,) = line["errors"]
    assert fault["path"] == "data.regime"
    assert fault["message"].startswith("cannot be used by this board yet: regime wales-susr: the board has to set")


def test_a_dry_run_counts_with_the_board_s_own_amounts(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_OVERLAYS", str(ROOT / "overlays"))
    status, (line,) = run(event(at_home, regime="scotland-learning-review"))
    assert status == 0
    due = {clock["id"]: clock["due_on"] for clock in line["clocks"]}
    assert due["review-decision"] == "2026-03-05"  # 28 calendar days after 5 February
