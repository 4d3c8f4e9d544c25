"""``scr.py regime``: regimes listed, shown, compared and checked, and the table of all clocks."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from learning_records import ROOT
from typer.testing import CliRunner, Result

import scr
from activities.regimes import known_regimes, read_regime

REGIMES = ROOT / "domain" / "regimes"
OVERLAYS = sorted((ROOT / "overlays").glob("*.toml"))


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No settings but the directory of the example and an empty folder of overlays."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_OVERLAYS", str(tmp_path / "overlays"))
    yield tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(scr.app, ["regime", *words])


def shown(*words: str) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def written(folder: Path, text: str) -> str:
    file = folder / "tried.toml"
    file.write_text(text, "utf-8")
    return str(file)


def text_of(regime: str) -> str:
    return files("domain.regimes").joinpath(f"{regime.replace('-', '_')}.toml").read_text("utf-8")


@pytest.mark.parametrize("file", sorted(REGIMES.glob("*.toml")), ids=lambda file: file.stem)
def test_every_regime_of_the_house_is_without_fault(file: Path) -> None:
    done = run("check", str(file))
    assert (done.exit_code, "can be used" in done.stdout) == (0, True), done.output


@pytest.mark.parametrize("file", OVERLAYS, ids=lambda file: file.stem)
def test_every_example_overlay_sets_all_that_its_regime_leaves_to_the_board(file: Path) -> None:
    found = shown("check", str(file))
    assert (found["kind"], found["faults"], found["to_set"]) == ("overlay", [], [])


def test_every_regime_that_leaves_amounts_to_the_board_has_an_example_overlay() -> None:
    leaves = {regime for regime in known_regimes() if read_regime(regime).unset}
    assert {file.stem.removeprefix("northbridge-") for file in OVERLAYS} == leaves


def test_every_fault_of_a_regime_is_listed_by_its_path(at_home: Path) -> None:
    wrong = (
        text_of("wales-cpr").replace("amount = 6\n", "amount = -6\n").replace('level = "always"', 'level = "often"', 1)
    )
    done = run("check", written(at_home, wrong))
    assert done.exit_code == 1
    assert "clock[serious-case-review].amount: " in done.stdout
    assert "criterion[extended_death].level: " in done.stdout


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"protected_before"]', '"well_known"]', "criterion[extended_death].needs: there is no fact well_known"),
        ("look_back_months = 6\n", "", "criterion[extended_death].look_back_months: goes with protected_before"),
        (
            "look_back_months = 6\n",
            "look_back_months = 7\n",
            "criterion: all criteria that look back do so for the same",
        ),
        ('id = "availability"', 'id = "available"', "clock[availability]: is missing; the service runs it"),
        ('direction = "before"\n', "", "clock[advance-notice].direction: must be before"),
        (
            'letter = "notice-of-decision"',
            'letter = "notise"',
            "notice[decision-to-government].letter: there is no letter",
        ),
        ('to = ["department"]', 'to = ["inspectorate"]', "notice[decision-to-government].to: inspectorate is none"),
        ('"none"]', '"nothing"]', "notice[decision-to-government].after: there is no outcome nothing"),
        ('"department" = "Welsh', '"Department" = "Welsh', "vocabulary: write terms in small letters"),
        ('"department" = "Welsh', '"" = "Welsh', "vocabulary: write terms in small letters"),
        (
            '"department" = "Welsh',
            '"department" = "Department of Welsh',
            "vocabulary: these terms hold a standard term",
        ),
        ('calendar = "england-wales"', 'calendar = "wales"', "calendar: must be one of england-wales, scotland"),
        (
            'letter = "availability-over"',
            'letter = "over"',
            "clock[availability].ladder[#1].letter: there is no letter",
        ),
        ('id = "concise_death"', 'id = "extended_death"', "criterion[extended_death]: is there twice"),
        ('amount = 3\nunit = "months"', 'amount = 12\nunit = "calendar days"', "clock[availability].unit: a report's"),
    ],
)
def test_what_the_service_would_run_into_is_a_fault(at_home: Path, before: str, after: str, fault: str) -> None:
    text = text_of("wales-cpr")
    assert before in text
    found = run("check", written(at_home, text.replace(before, after, 1)))
    assert found.exit_code == 1
    assert fault in found.stdout


def test_a_clock_that_runs_to_a_set_day_counts_nothing(at_home: Path) -> None:
    own = '[[clock]]\nid = "action"\ntitle = "A"\namount = 3\nunit = "months"\nstart_event = "x"\nstrength = "local"\n'
    source = 'source = { document = "Ours", paragraph = "1" }\n'
    found = run("check", written(at_home, f"{text_of('england-scr')}\n{own}{source}"))
    assert "clock[action].unit: this clock runs to a day that is set" in found.stdout


def test_what_is_not_toml_is_one_fault(at_home: Path) -> None:
    found = run("check", written(at_home, "id = "))
    assert found.exit_code == 1
    assert "not TOML" in found.stdout


def test_a_file_that_cannot_be_read_is_a_wrong_command(at_home: Path) -> None:
    assert run("check", str(at_home / "nowhere.toml")).exit_code == 2


OVERLAY = 'board = "{board}"\nregime = "{regime}"\n'


def test_an_overlay_that_weakens_the_law_is_refused_with_the_rule_named(at_home: Path) -> None:
    weaker = OVERLAY.format(board="northbridge", regime="england-scr-2015") + "[set]\navailability = 3\n"
    done = run("check", written(at_home, weaker))
    assert done.exit_code == 1
    assert "set.availability: the regime says it itself (Working Together to Safeguard Children (2015)" in done.stdout


def test_an_overlay_names_a_regime_and_a_board_that_are_there(at_home: Path) -> None:
    nowhere = OVERLAY.format(board="atlantis", regime="atlantis-scr") + "[set]\nx = 1\n"
    found = run("check", written(at_home, nowhere))
    assert found.exit_code == 1
    assert "board: the directory has no board of this id" in found.stdout
    assert "regime: there is no such regime; there are: england-lcspr-2018" in found.stdout


def test_what_an_overlay_leaves_open_is_told_without_being_a_fault(at_home: Path) -> None:
    some = OVERLAY.format(board="northbridge", regime="england-scr-2013") + "[set]\nincident-notification = 5\n"
    done = run("check", written(at_home, some))
    assert done.exit_code == 0
    assert "The board has to set these before a case can begin: decision-notices." in done.stdout
    assert "clock[review-decision]" in done.stdout


def test_what_an_overlay_confirms_awaits_nobody(at_home: Path) -> None:
    text = OVERLAY.format(board="northbridge", regime="england-scr-2015")
    before = shown("check", written(at_home, text))["to_confirm"]
    after = shown("check", written(at_home, 'confirmed = ["availability"]\n' + text))["to_confirm"]
    assert set(before) - set(after) == {"clock[availability]"}


def test_the_list_says_for_a_board_what_is_missing() -> None:
    found = {each["id"]: each for each in shown("list", "--board", "northbridge")}
    assert set(found) == set(known_regimes())
    assert found["england-scr-2015"]["not_ready"] == ""
    assert "decision-notices" in found["england-scr-2013"]["not_ready"]
    assert run("list", "--board", "atlantis").exit_code == 1


def test_ids_are_never_cut_short_in_the_list() -> None:
    out = run("list").stdout
    assert all(regime in out for regime in known_regimes())


def test_a_regime_is_shown_with_how_long_from_when_by_which_source_and_who_is_told() -> None:
    clock = {each["id"]: each for each in shown("show", "england-scr-2015")["clocks"]}["advance-notice"]
    assert clock["how_long"] == "7 working days"
    assert clock["counted_from"] == "before the date set for publication"
    assert clock["source"].startswith("Working Together to Safeguard Children (2015), chapter 4")
    assert (clock["strength"], clock["to_confirm"]) == ("guidance", True)
    assert clock["told"][0] == "5 working days before the end: business manager"
    assert clock["told"][-1] == "1 working day after it has run out: board chair (has to acknowledge)"


def test_a_report_every_month_is_said_once() -> None:
    clocks = {each["id"]: each for each in shown("show", "england-scr")["clocks"]}
    assert clocks["stopped-clock"]["told"] == ["every month from the start on, 36 times: board chair"]


def test_a_regime_is_shown_in_its_own_words() -> None:
    view = shown("show", "scotland-learning-review")
    clocks = {each["id"]: each for each in view["clocks"]}
    assert clocks["serious-case-review"]["title"] == "Completion of the learning review"
    assert "committee chair" in clocks["review-decision"]["told"][-1]
    assert ["serious case review", "learning review"] in view["says"]


def test_what_the_board_has_set_is_shown_for_it(at_home: Path) -> None:
    folder = at_home / "overlays"
    folder.mkdir()
    (folder / "ours.toml").write_text(
        OVERLAY.format(board="northbridge", regime="england-scr-2013") + "[set]\ndecision-notices = 4\n"
    )
    for board, words in (((), "set by the board, in working days"), (("--board", "northbridge"), "4 working days")):
        clocks = {each["id"]: each for each in shown("show", "england-scr-2013", *board)["clocks"]}
        assert clocks["decision-notices"]["how_long"] == words


def test_an_overlay_of_the_folder_that_cannot_be_used_is_told(at_home: Path) -> None:
    folder = at_home / "overlays"
    folder.mkdir()
    (folder / "ours.toml").write_text('board = "northbridge"\n')
    done = run("show", "england-scr", "--board", "northbridge")
    assert done.exit_code == 1
    assert "overlay ours.toml: regime: Field required" in done.stderr


@pytest.mark.parametrize("words", [("show", "atlantis"), ("diff", "england-scr", "atlantis")])
def test_an_unknown_regime_is_a_wrong_command_that_lists_those_there_are(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert "there is no regime atlantis; there are: england-lcspr-2018" in " ".join(
        done.stderr.replace("│", "").split()
    )


def test_two_editions_differ_in_these_clocks() -> None:
    found = {each["what"]: each for each in shown("diff", "england-scr-2013", "england-scr-2015")}
    notice = found["clock advance-notice"]
    assert notice["change"] == "different"
    assert notice["before"].startswith("how long: 7 calendar days")
    assert notice["after"].startswith("how long: 7 working days")
    assert found["criterion death_while_deprived_of_liberty"]["change"] == "new"


def test_what_one_regime_lacks_is_gone_and_new_the_other_way_round() -> None:
    there = {each["what"]: each["change"] for each in shown("diff", "england-scr-2013", "england-scr-2010")}
    back = {each["what"]: each["change"] for each in shown("diff", "england-scr-2010", "england-scr-2013")}
    for what in ("clock no-review-notice", "notice no-review-to-national-panel"):
        assert (there[what], back[what]) == ("gone", "new")
    assert there["Bodies told"] == there["word for lead reviewer"] == "different"


def test_a_regime_does_not_differ_from_itself() -> None:
    assert "Nothing differs." in run("diff", "england-scr", "england-scr").stdout


def test_the_table_of_all_clocks_is_up_to_date() -> None:
    """To make it anew: make clocks."""
    assert (ROOT / "docs" / "clocks.md").read_text("utf-8") == run("table").stdout


def test_the_table_has_every_clock_of_every_regime() -> None:
    common, *tables = run("table").stdout.split("\n## ")[1:]
    by_regime = {table.split("`")[1]: table for table in tables}
    assert set(by_regime) == set(known_regimes())
    for regime, table in by_regime.items():
        for clock in read_regime(regime).clock:
            assert f"(`{clock.id}`)" in table or f"(`{clock.id}`)" in common, (regime, clock.id)
