"""``scr.py document`` as people and scripts use it: who may add and read what, and what it leaves in the record."""

import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from desk_cases import ROOT
from made_documents import pdf, word
from typer.testing import CliRunner

from desk.documents_cli import app
from domain.appointments import APPOINTED
from domain.people import Actor, Role
from domain.record import CaseRef, Fact, Recording
from records import queries
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CASE = CaseRef(board="northbridge", reference="NB-2026-101")
AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
REF = CASE.reference
NAME = "Quillfeather"
MANAGER, REVIEWER = ("--as", "nb-manager"), ("--as", "nb-reviewer-1")
HEALTH, HOUSING = ("--as", "nb-icb-lead"), ("--as", "nb-housing-lead")


class Ran:
    """What a command left behind."""

    def __init__(self, status: int, out: bytes, err: str) -> None:
        self.status, self.bytes, self.err = status, out, err
        self.out = out.decode("utf-8", "replace")

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str) -> Ran:
    ran = CliRunner().invoke(app, list(arguments))
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return Ran(ran.exit_code, ran.stdout_bytes, ran.stderr)


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
    appointed = {"person": REVIEWER[1], "role": "lead-reviewer"}
    tell(opened, 1, Fact(kind=APPOINTED, at=AT, item=f"lead-reviewer/{REVIEWER[1]}", detail=appointed))
    yield opened
    engine.dispose()


def tell(record: Record, sequence: int, *facts: Fact) -> None:
    at = max((fact.at for fact in facts), default=AT)
    stage = CASE.stage_id("publication")
    record.write(Recording(case=CASE, stage=stage, sequence=sequence, at=at, stage_title="t", facts=facts))


def file(name: str, content: bytes) -> str:
    Path(name).write_bytes(content)
    return name


def add(*options: str, content: bytes = b"Minutes.", name: str = "file.txt", kind: str = "minutes") -> Ran:
    given = () if "--title" in options else ("--title", f"On {NAME}")
    return run("add", REF, file(name, content), "--kind", kind, *given, *options)


def code(ran: Ran) -> str:
    assert ran.status == 3, (ran.status, ran.err)
    found: str = ran.data["error"]["code"]
    return found


def facts_of(record: Record, kind: str) -> list[Fact]:
    return [each.fact for each in queries.facts(record, CASE) if each.fact.kind == kind]


def test_a_document_is_added_listed_and_read_back(record: Record) -> None:
    added = add(*MANAGER, content=b"Minutes.")
    assert (added.status, added.err) == (0, "") and added.out.startswith("Kept: D-1/1 (minutes), SHA-256 ")
    listed = run("list", REF)
    assert listed.out.startswith("D-1/1: minutes, txt, 8 bytes, by the business manager at ")
    got = run("get", REF, "D-1", "back.txt", "--as", "nb-chair")
    assert got.status == 0 and Path("back.txt").read_bytes() == b"Minutes."
    [read] = facts_of(record, "document-read")
    assert read.by == Actor(person="nb-chair", role=Role.BOARD_CHAIR) and read.item == "D-1/1"
    assert queries.verify(record, CASE).ok


def test_lists_and_receipts_show_titles_only_where_they_are_asked_for() -> None:
    shown = [add(*MANAGER), add(*MANAGER, "--json"), run("list", REF), run("list", REF, "--json")]
    assert all(ran.status == 0 and NAME not in ran.out + ran.err for ran in shown)
    assert f"On {NAME}" in run("list", REF, "--titles").out
    assert run("list", REF, "--titles", "--json").data[0]["title"] == f"On {NAME}"


def test_the_same_again_says_that_nothing_was_done() -> None:
    add(*MANAGER)
    again = add(*MANAGER)
    assert again.status == 0 and again.out.startswith("Kept already; nothing was done again: D-1/1")
    assert len(run("list", REF, "--json").data) == 1


def test_a_replacing_document_is_the_next_version() -> None:
    add(*MANAGER, content=b"one")
    assert add(*MANAGER, "--replaces", "D-1", "--json", content=b"two").data["id"] == "D-1/2"
    assert [line.endswith("[replaced]") for line in run("list", REF).out.splitlines()] == [True, False]
    assert run("get", REF, "D-1", "-", *MANAGER).bytes == b"two"
    assert run("get", REF, "D-1/1", "-", *MANAGER).bytes == b"one"
    other = add(*MANAGER, "--replaces", "D-1", "--json", content=b"three", kind="letter")
    assert code(other) == "document-same-kind"


def test_a_file_that_is_not_kept_is_one_line_and_leaves_nothing() -> None:
    for name, content, words in (
        (f"{NAME}.exe", b"MZ", "not kept"),
        ("report.pdf", b"no pdf", "the content is not what the ending .pdf says"),
        ("empty.txt", b"", "empty"),
    ):
        ran = add(*MANAGER, name=name, content=content)
        assert ran.status == 1 and words in ran.err and len(ran.err.splitlines()) == 1
        assert NAME not in ran.err
    assert run("add", REF, "nowhere.txt", "--kind", "other", "--title", "t", *MANAGER).status == 1
    assert add(*MANAGER, "--title", " ").status == 1
    assert run("list", REF).out == "The case has no documents yet.\n"


def test_the_largest_size_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_DOCUMENT_MEGABYTES", "1")
    ran = add(*MANAGER, content=b"x" * (1024 * 1024 + 1))
    assert (ran.status, ran.err) == (1, "the file is too big: documents of up to 1 MB are kept\n")
    assert add(*MANAGER, content=b"x" * (1024 * 1024)).status == 0


def test_an_agency_adds_for_itself_only(record: Record) -> None:
    assert add(*HEALTH, kind="agency-report").status == 0
    [kept] = facts_of(record, "document-kept")
    assert kept.detail["agency"] == "northbridge-icb"
    other = add(*HEALTH, "--agency", "northbridge-housing", "--json", kind="agency-report", content=b"x")
    assert code(other) == "document-own-agency"
    assert code(add(*HEALTH, "--json", kind="report", content=b"y")) == "document-of-the-panel"


def test_an_agency_replaces_only_its_own() -> None:
    add(*HEALTH, kind="agency-report", content=b"one")
    assert code(add(*HOUSING, "--replaces", "D-1", "--json", kind="agency-report", content=b"x")) in (
        "document-own-agency",
        "document-same-agency",
    )
    assert add(*HEALTH, "--replaces", "D-1", "--json", kind="agency-report", content=b"two").data["id"] == "D-1/2"


def test_an_agency_reads_its_own_documents_the_drafts_and_the_report(record: Record) -> None:
    add(*HEALTH, kind="agency-report", content=b"of health")
    for kind in ("draft-report", "report", "minutes"):
        add(*MANAGER, kind=kind, content=kind.encode())
    assert run("get", REF, "D-1", "-", *HEALTH).bytes == b"of health"
    assert [run("get", REF, id, "-", *HOUSING).status for id in ("D-1", "D-2", "D-3", "D-4")] == [3, 0, 0, 3]
    assert len(facts_of(record, "document-read")) == 3


def test_an_agency_report_needs_its_agency_and_one_that_the_board_knows() -> None:
    assert code(add(*MANAGER, "--json", kind="agency-report")) == "document-agency-named"
    unknown = add(*MANAGER, "--agency", "no-agency", "--json", kind="agency-report")
    assert code(unknown) == "document-agency-known"
    assert add(*MANAGER, "--agency", "northbridge-icb", kind="agency-report").status == 0


def test_who_is_appointed_in_the_case_may_and_others_without_a_role_may_not(record: Record) -> None:
    assert add(*REVIEWER, kind="draft-report").status == 0
    [kept] = facts_of(record, "document-kept")
    assert kept.by == Actor(person=REVIEWER[1], role=Role.LEAD_REVIEWER)
    assert code(add("--as", "nb-reviewer-2", "--json", content=b"x")) == "not-in-role"
    assert code(add("--as", NAME, "--json", content=b"x")) == "person-known"
    assert NAME not in add("--as", NAME, content=b"x").err


def test_outside_bodies_are_sent_what_concerns_them_and_read_nothing_here() -> None:
    add(*MANAGER, kind="report")
    assert code(add("--as", "inspectorate", "--json", content=b"x")) == "document-outside-body"
    refused = run("get", REF, "D-1", "-", "--as", "inspectorate")
    assert refused.status == 3 and refused.err.startswith("Refused: Outside bodies")


def test_a_file_that_is_there_is_never_overwritten_and_reading_is_not_recorded_then(record: Record) -> None:
    add(*MANAGER)
    Path("there.txt").write_text("mine")
    ran = run("get", REF, "D-1", "there.txt", *MANAGER)
    assert ran.status == 1 and Path("there.txt").read_text() == "mine"
    assert facts_of(record, "document-read") == []


def test_into_a_folder_a_document_goes_by_its_id_closed_to_others() -> None:
    add(*MANAGER)
    Path("out").mkdir()
    assert run("get", REF, "D-1", "out", *MANAGER).status == 0
    [written] = Path("out").iterdir()
    assert written.name == "D-1-1.txt" and written.stat().st_mode & 0o077 == 0


def test_a_content_that_was_changed_is_not_given_out(record: Record, tmp_path: Path) -> None:
    digest = add(*MANAGER, "--json").data["sha256"]
    [path] = (tmp_path / "var" / "files").rglob(digest)
    path.write_bytes(path.read_bytes()[:-1])
    ran = run("get", REF, "D-1", "back.txt", *MANAGER)
    assert ran.status == 1 and "was changed" in ran.err and not Path("back.txt").exists()
    path.unlink()
    assert "missing" in run("get", REF, "D-1", "back.txt", *MANAGER).err
    assert facts_of(record, "document-read") == []


def test_a_check_of_a_document_counts_as_reading_and_one_of_a_file_does_not(record: Record) -> None:
    add(*MANAGER, kind="draft-report", name="draft.pdf", content=pdf())
    marks = run("check", REF, "D-1", *REVIEWER, "--json").data
    assert [mark["kind"] for mark in marks] == ["unreadable"]
    assert len(facts_of(record, "document-read")) == 1
    assert run("check", REF, "D-1").status == 2
    plain = run("check", file("plain.docx", word("The meeting was useful.")))
    assert (plain.status, plain.out) == (0, "Nothing is marked.\n")
    assert len(facts_of(record, "document-read")) == 1


def test_the_pack_holds_what_is_published_with_its_hashes(record: Record) -> None:
    add(*MANAGER, kind="report", content=b"earlier report")
    add(*MANAGER, "--replaces", "D-1", kind="report", content=b"the report")
    add(*MANAGER, kind="report", content=b"a report that was given up")
    add(*MANAGER, kind="statement", content=b"the statement")
    add(*MANAGER, kind="minutes", content=b"minutes stay inside")
    tell(
        record,
        2,
        Fact(kind="finding-entered", at=AT, item="finding-1", detail={"put_to_board": "How will the board know?"}),
        Fact(kind="finding-entered", at=AT, item="finding-2", detail={"put_to_board": "Given up."}),
        Fact(kind="finding-withdrawn", at=AT, item="finding-2"),
        Fact(kind="publication-begun", at=AT, detail={"report": "D-1", "findings": ["finding-1"]}),
        Fact(kind="finding-answered", at=AT, item="finding-1", detail={"answer": "partly", "reason": "First."}),
        Fact(kind="finding-answered", at=AT, item="finding-1", detail={"answer": "accepted", "reason": "Second."}),
        Fact(kind="publication-decided", at=AT, detail={"outcome": "in-full", "reason": f"Because of {NAME}."}),
        Fact(kind="publication-date-set", at=AT, detail={"publish_at": "2026-09-15T09:00:00Z"}),
    )
    ran = run("pack", REF, "pack.zip", *MANAGER, "--json")
    assert ran.status == 0, ran.err
    assert ran.data["documents"] == {"report": "D-1/2", "statement": "D-3/1"} and ran.data["missing"] == ["response"]
    with zipfile.ZipFile("pack.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert set(held) == {"report-D-1-2.txt", "statement-D-3-1.txt", "record.json", "record.txt", "SHA256SUMS"}
    assert held["report-D-1-2.txt"] == b"the report"
    sums = held.pop("SHA256SUMS").decode().splitlines()
    assert sums == [f"{sha256(content).hexdigest()}  {name}" for name, content in held.items()]
    told = json.loads(held["record.json"])
    [finding] = told["findings"]
    assert finding["answer"] == {"answer": "accepted", "reason": "Second."}
    assert "10:00 on Tuesday 15 September 2026" in held["record.txt"].decode()
    assert not [name for name, content in held.items() if NAME.encode() in content]
    [packed] = facts_of(record, "publication-pack-written")
    assert packed.detail["documents"] == ["D-1/2", "D-3/1"]


def test_there_is_no_pack_without_a_report_and_none_for_an_agency(record: Record) -> None:
    ran = run("pack", REF, "pack.zip", *MANAGER)
    assert ran.status == 1 and "nothing to publish" in ran.err
    add(*MANAGER, kind="report")
    assert code(run("pack", REF, "pack.zip", *HEALTH, "--json")) == "pack-for-the-board"
    assert not Path("pack.zip").exists() and facts_of(record, "publication-pack-written") == []


def test_an_unknown_case_and_an_unknown_document_are_one_line() -> None:
    for ran in (run("list", "NB-1999-001"), run("get", REF, "D-1", "x.txt", *MANAGER), run("get", REF, NAME, "x")):
        assert ran.status in (1, 2) and NAME not in ran.err
