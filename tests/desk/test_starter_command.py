"""The starter as its users meet it: what it prints, what it keeps, and its exit status."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import starter
from domain.incident import IncidentEvent

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "incident.json"
EXAMPLES = ROOT / "examples" / "incidents.ndjson"
ACCEPTANCE = ROOT.parent / "shared" / "acceptance" / "incidents"
NAMES = ("tamsin", "wexcombe", "corin", "perrin", "hallowsedge", "dunmallow", "isaura", "orlestone", "bastian")


class Ran:
    """What a run of the starter left behind."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))


def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    ran = CliRunner().invoke(starter.app, [str(argument) for argument in arguments], input=stdin)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


def changed(data: dict[str, Any] | None = None, **envelope: object) -> dict[str, Any]:
    """The example with other fields."""
    event: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"))
    return event | {"data": event["data"] | (data or {})} | envelope


def test_a_dry_run_says_what_would_follow_from_each_event_and_needs_no_server() -> None:
    ran = run("--dry-run", "--json", EXAMPLE)
    assert ran.lines == [
        {
            "subject": "NB-2026-101",
            "accepted": True,
            "verdict": "always",
            "limbs": ["death"],
            "clocks": [
                {
                    "id": "incident-notification",
                    "due_on": "2026-02-11",
                    "due_at": "2026-02-12T00:00:00+00:00",
                    "status": "met",
                },
                {
                    "id": "safety-acknowledgement",
                    "due_on": "2026-02-05",
                    "due_at": "2026-02-05T11:30:00+00:00",
                    "status": "open",
                },
                {
                    "id": "safety-decision",
                    "due_on": "2026-02-05",
                    "due_at": "2026-02-05T14:30:00+00:00",
                    "status": "open",
                },
                {
                    "id": "review-decision",
                    "due_on": "2026-03-05",
                    "due_at": "2026-03-06T00:00:00+00:00",
                    "status": "open",
                },
            ],
        }
    ]
    assert (ran.status, ran.err.strip()) == (0, "1 would be delivered, 0 refused")


def test_late_notice_summer_time_and_months_show_in_the_due_instants() -> None:
    found = {line["subject"]: line for line in run("--dry-run", "--json", EXAMPLES).lines}
    late = {clock["id"]: clock for clock in found["NB-2026-103"]["clocks"]}
    assert late["incident-notification"] == {
        "id": "incident-notification",
        "due_on": "2026-04-27",
        "due_at": "2026-04-28T00:00:00+01:00",
        "status": "late",
    }
    assert late["review-decision"]["due_at"] == "2026-05-31T00:00:00+01:00"
    assert found["NB-2026-104"]["verdict"] == "undetermined"


def test_a_dry_run_for_people_shows_each_limb_each_clock_and_its_working() -> None:
    ran = run("--dry-run", EXAMPLE)
    assert "always: a serious case review must be held" in ran.out
    assert "met            A child has died, by suicide too" in ran.out
    assert "not known yet  There are concerns about how organisations worked together" in ran.out
    assert "review-decision: due by the end of Thursday 5 March 2026, open" in ran.out
    assert "Saturday 7 February 2026" in ran.out
    assert ran.status == 0


@pytest.mark.parametrize("form", [["--dry-run"], ["--dry-run", "--json"]])
def test_nothing_that_is_printed_names_a_child(form: list[str]) -> None:
    bad = (
        json.dumps(changed(subject="Tamsin Wexcombe-Arle"))
        + "\n"
        + json.dumps(changed({"children": [{"key": "TAMSIN"}]}))
    )
    ran = run(*form, EXAMPLE, EXAMPLES, "-", stdin=bad.encode())
    assert ran.status == 1
    for name in NAMES:
        assert name not in (ran.out + ran.err).casefold()


def test_a_refused_reference_is_not_repeated() -> None:
    [line] = run("--dry-run", "--json", "-", stdin=json.dumps(changed(subject="NB-TAMSIN-1")).encode()).lines
    assert line["subject"] is None
    assert [error["path"] for error in line["errors"]] == ["subject"]


def test_bad_events_are_kept_whole_with_the_reason_and_the_others_go_through(tmp_path: Path) -> None:
    bad = json.dumps(changed({"board": "atlantis"}), ensure_ascii=False)
    given = tmp_path / "events.ndjson"
    given.write_text(f"{json.dumps(changed())}\n\n{{not json\n{bad}\n{json.dumps(changed())}\n", "utf-8")
    ran = run("--dry-run", "--rejects", "kept.ndjson", given)
    assert (ran.status, "2 would be delivered, 2 refused" in ran.err) == (1, True)
    kept = [json.loads(line) for line in Path("kept.ndjson").read_text("utf-8").splitlines()]
    assert [(entry["line"], entry["raw"]) for entry in kept] == [(3, "{not json"), (4, bad)]
    assert kept[0]["reason"] == [{"path": "", "message": "not JSON: line 3, column 2"}]
    assert kept[1]["reason"] == [{"path": "data.board", "message": "is not a board of the directory"}]
    assert "data.board: is not a board of the directory" in ran.out


def test_refused_events_are_added_to_what_was_kept_and_only_the_owner_reads_them() -> None:
    Path("kept.ndjson").write_text("earlier\n", "utf-8")
    Path("kept.ndjson").chmod(0o644)
    run("--dry-run", "--rejects", "kept.ndjson", "-", stdin=b"oops")
    assert stat.S_IMODE(Path("kept.ndjson").stat().st_mode) == 0o600
    assert Path("kept.ndjson").read_text("utf-8").splitlines()[0] == "earlier"
    assert len(Path("kept.ndjson").read_text("utf-8").splitlines()) == 2


def test_a_dry_run_leaves_nothing_behind_unless_asked(tmp_path: Path) -> None:
    run("--dry-run", "-", stdin=b"oops")
    assert list(tmp_path.iterdir()) == []


def test_a_field_given_twice_is_refused() -> None:
    text = EXAMPLE.read_text("utf-8").replace('"board": "northbridge",', '"board": "northbridge", "board": "atlantis",')
    [line] = run("--dry-run", "--json", "-", stdin=text.encode()).lines
    assert {error["path"] for error in line["errors"]} == {"data.board"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.json"], "no such file"),
        (["."], "no such file"),
        (["-", "-"], "once only"),
        (["--wait", "soon", "-"], "--wait"),
        (["--rejects", str(EXAMPLE), str(EXAMPLE)], "read from"),
        ([str(EXAMPLE)], "key file"),
    ],
)
def test_a_wrong_command_says_so_in_one_line_and_does_nothing(arguments: list[str], words: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1


def test_wrong_settings_say_so_and_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_DIRECTORY_FILE", "nowhere.toml")
    ran = run("--dry-run", EXAMPLE)
    assert (ran.status, ran.out) == (2, "")
    assert "nowhere.toml" in ran.err


def test_shifting_moves_every_date_by_the_same_time_so_that_the_event_is_good_and_told_now() -> None:
    event = IncidentEvent.model_validate_json(EXAMPLE.read_text("utf-8"))
    to = datetime(2030, 7, 1, 0, 15, tzinfo=UTC)
    moved = starter.shifted(event, to)
    assert moved.data.notified_at == to
    assert moved.data.notified_at - moved.data.aware_at == event.data.notified_at - event.data.aware_at
    assert moved.data.children[0].date_of_birth == event.data.children[0].date_of_birth + timedelta(  # type: ignore[operator]
        days=(to - event.data.notified_at).days
    )
    again = run("--dry-run", "--json", "-", stdin=moved.model_dump_json(exclude_none=True).encode())
    assert (again.status, again.lines[0]["clocks"][0]["status"]) == (0, "met")


def test_shift_to_now_makes_an_old_event_one_of_today() -> None:
    before = datetime.now(UTC)
    [line] = run("--dry-run", "--json", "--shift-to-now", EXAMPLE).lines
    due = datetime.fromisoformat(line["clocks"][1]["due_at"])
    assert timedelta(minutes=59) < due - before < timedelta(minutes=90)


REFUSED = [
    ("NB-2026-014", ["data.children"]),
    ("NB-2026-014", ["data.notified_at"]),
    (None, ["subject", "subject"]),
    ("NB-2026-014", ["data.aware_at", "data.children[0].outcome"]),
    ("NB-2026-014", ["data.board"]),
    (None, [""]),
    ("NB-2026-014", ["data.injury_photo"]),
    ("NB-2026-014", ["data.children[0].date_of_birth"]),
    ("NB-2026-014", ["specversion"]),
    ("NB-2026-014", ["data.other_children[0].key"]),
]


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="the shared acceptance data are not here")
def test_the_acceptance_events_behave_as_their_contract_says() -> None:
    good = run("--dry-run", "--json", *sorted(ACCEPTANCE.glob("*.json")))
    assert good.status == 0
    assert all(line["accepted"] and len(line["clocks"]) == 4 for line in good.lines)
    mixed = run("--dry-run", "--json", ACCEPTANCE / "mixed-good-and-bad.ndjson")
    assert mixed.status == 1
    assert [line["accepted"] for line in mixed.lines] == [True, *[False] * 10, True]
    refused = [line for line in mixed.lines if not line["accepted"]]
    assert [(line["subject"], [e["path"] for e in line["errors"]]) for line in refused] == REFUSED
    for name in ("quillfeather", "farrowmere", "thistlewick"):
        assert name not in (good.out + good.err + mixed.out + mixed.err).casefold()
