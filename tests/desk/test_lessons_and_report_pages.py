"""The search of lessons and the annual report as pages: for whom, the same as at the command line, no names."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import typer
from desk_cases import example
from desk_pages import Pages, words
from learning_records import BOARD, NAME, ROOT, now, write_all
from typer.testing import CliRunner

from desk import annual_report_cli
from desk.annual_report import annual_report
from desk.annual_report_writing import as_html, as_markdown, shown, tables, zipped
from desk.web import annual, lessons
from desk.web.app import routes, web_app
from domain.record import CaseRef, Fact, Recording
from records import access_log
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

MANAGER, CHAIR, SUB_GROUP = "nb-manager", "nb-chair", "nb-subgroup-chair"
MEMBER, PARTNER, DUTY, AGENCY, OPERATOR = (
    "nb-member-police",
    "nb-partner-police",
    "nb-duty-1",
    "nb-icb-lead",
    "nb-operator-1",
)
REPORT = "/annual-report?year=2027"
TAUGHT = {
    "kind": "finding",
    "what_happened": "Tamsin Wexcombe-Arle was seen, but never alone.",
    "why": "Each organisation saw its own part.",
    "how_usual": "Practitioners say that it is usual.",
    "part_of_system": "working-together",
    "priority": "high",
    "put_to_board": "How is information shared?",
    "themes": ["hidden-men"],
    "stays": [{"passage": "Tamsin Wexcombe-Arle", "reason": "her family wants it"}],
}


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    opened = Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    write_all(opened)
    yield opened
    engine.dispose()


@pytest.fixture
def pages(record: Record, tmp_path: Path) -> Pages:
    made = Pages(record, tmp_path, now())
    known = {route.path for route in routes()}
    own = [*lessons.routes, *annual.routes]
    made.app = web_app(made.desk, more=[] if "/lessons" in known else own)
    return made


def taught(record: Record, reference: str = "NB-2026-301", board: str = BOARD, count: int = 1) -> None:
    """A review whose accepted report has so many findings, and an action."""
    case = CaseRef(board=board, reference=reference)
    event = example(reference, board).model_dump(mode="json")
    action = {"findings": ["F1"], "what": "Ask who lives there.", "outcome": "o", "effect": "e", "agency": "icb"}
    told: list[tuple[str, str | None, dict[str, Any]]] = [
        ("incident-notified", None, {"event": event}),
        *(("finding-entered", f"F{number}", TAUGHT) for number in range(1, count + 1)),
        ("report-decided", None, {"outcome": "accepted", "reasons": "r"}),
        ("action-planned", "A1", action),
    ]
    facts = tuple(Fact(kind=kind, at=now(), item=item, detail=detail) for kind, item, detail in told)
    stage = case.stage_id("panel")
    record.write(Recording(case=case, stage=stage, sequence=1, at=now(), stage_title="t", facts=facts))


def test_lessons_are_for_those_who_run_the_board_or_follow_its_cases(pages: Pages) -> None:
    for person in (MANAGER, CHAIR, SUB_GROUP, MEMBER, PARTNER):
        assert pages.browser(person).get("/lessons").status_code == 200, person
    for person in (DUTY, AGENCY, OPERATOR):
        assert pages.browser(person).get("/lessons").status_code == 403, person
    assert pages.browser().get("/lessons").status_code == 303


def test_a_lesson_says_what_was_found_and_done_and_no_name_is_in_it(pages: Pages) -> None:
    taught(pages.record)
    page = pages.browser(MEMBER).get("/lessons?q=seen+alone")
    said = words(page)
    assert "NB-2026-301 : finding F1" in said
    assert "[…] was seen, but never alone." in said and "Ask who lives there." in said
    assert "Fathers, partners and other men" in said
    assert NAME not in page.text and "Wexcombe" not in page.text


def test_lessons_can_be_narrowed_by_theme_and_kind(pages: Pages) -> None:
    taught(pages.record)
    browser = pages.browser(MANAGER)
    assert _found(browser.get("/lessons?theme=hidden-men&kind=finding").text) == ["NB-2026-301-F1"]
    assert _found(browser.get("/lessons?kind=action").text) == ["NB-2026-301-A1"]
    assert _found(browser.get("/lessons?theme=thresholds").text) == []
    assert _found(browser.get("/lessons?q=seen+-alone").text) == []
    for forged in ("theme=none-such", "kind=none-such"):
        assert browser.get(f"/lessons?{forged}").status_code == 404, forged


def test_lessons_come_in_pages_and_none_is_left_out(pages: Pages) -> None:
    taught(pages.record, count=23)
    browser = pages.browser(MANAGER)
    first, second = (browser.get(f"/lessons?q=alone&kind=finding&page={page}").text for page in (1, 2))
    assert (len(_found(first)), len(_found(second))) == (20, 3)
    assert len({*_found(first), *_found(second)}) == 23
    assert "/lessons?q=alone&kind=finding&page=2" in unescape(first)


def test_what_is_typed_into_the_search_stays_text(pages: Pages) -> None:
    page = pages.browser(MANAGER).get("/lessons?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status_code == 200 and "<script>alert" not in page.text


def test_lessons_of_other_boards_are_not_found(pages: Pages) -> None:
    taught(pages.record, "EM-2026-7", "eastmere")
    page = pages.browser(MANAGER).get("/lessons?q=alone")
    assert _found(page.text) == [] and "EM-2026-7" not in page.text


def test_the_annual_report_is_for_those_who_run_the_board(pages: Pages) -> None:
    for path in (REPORT, "/annual-report/html?year=2027", "/annual-report/csv?year=2027"):
        for person in (MANAGER, CHAIR, SUB_GROUP):
            assert pages.browser(person).get(path).status_code == 200, (path, person)
        for person in (MEMBER, PARTNER, DUTY, AGENCY, OPERATOR):
            assert pages.browser(person).get(path).status_code == 403, (path, person)
        assert pages.browser().get(path).status_code == 303


def test_the_page_has_the_numbers_of_the_command_lines_report(pages: Pages) -> None:
    page = pages.browser(MANAGER).get(REPORT)
    report = annual_report(pages.record, pages.known, BOARD, 2027, pages.now)
    found = _tables(page.text)
    for table in tables(report).values():
        if table.rows:
            rows = (*table.rows, table.total) if table.total else table.rows
            assert found[table.id] == [[" ".join(shown(cell).split()) for cell in row] for row in rows], table.id
        else:
            assert table.id not in found and table.empty in words(page)
    assert sum(bool(table.rows) for table in tables(report).values()) > 8
    assert NAME not in page.text


def test_no_style_or_script_stands_in_the_page_of_the_report(pages: Pages) -> None:
    page = pages.browser(MANAGER).get(REPORT).text
    assert "<style" not in page and " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)


def test_the_report_taken_along_is_that_of_the_command_line(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = pages.browser(MANAGER)
    report = annual_report(pages.record, pages.known, BOARD, 2026, pages.now)
    files = {"html": as_html(report).encode(), "markdown": as_markdown(report).encode(), "csv": zipped(report)}
    for form, content in files.items():
        taken = browser.get(f"/annual-report/{form}?year=2026")
        assert taken.content == content, form
        assert taken.headers["content-disposition"].startswith('attachment; filename="annual-report-northbridge-2026.')
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path))
    app = typer.Typer(pretty_exceptions_enable=False)
    annual_report_cli.register(app)
    by_command = CliRunner().invoke(app, ["--board", BOARD, "--year", "2025"])
    assert by_command.stdout.encode() == browser.get("/annual-report/markdown?year=2025").content


def test_that_the_report_was_taken_along_is_written_down(pages: Pages) -> None:
    pages.browser(CHAIR).get("/annual-report/csv?year=2026")
    [noted] = access_log.noted(pages.record, BOARD, "")
    assert (noted.person, noted.what, noted.detail) == (CHAIR, "annual-report-download", "2026 zip")


def test_without_a_year_it_is_the_one_that_it_is(pages: Pages) -> None:
    assert "1 April 2028 to 31 March 2029" in words(pages.browser(MANAGER).get("/annual-report"))
    pages.now = now("2028-03-15")
    page = pages.browser(MANAGER).get("/annual-report")
    assert "1 April 2027 to 31 March 2028" in words(page) and "The year is not over" in words(page)
    assert "year=2026" in page.text and "year=2028" not in page.text


def test_a_year_that_cannot_be_reported_is_refused_in_words(pages: Pages) -> None:
    browser = pages.browser(MANAGER)
    for year in ("2029", "1999", "9999", "20270", "last", "-1", "²027"):
        refused = browser.get(f"/annual-report?year={year}")
        assert (refused.status_code, "There is no such year" in words(refused)) == (404, True), year
    assert browser.get("/annual-report/exe?year=2026").status_code == 404


def _found(page: str) -> list[str]:
    return re.findall(r'<section aria-labelledby="([^"]+)">', page)


def _tables(page: str) -> dict[str, list[list[str]]]:
    """The cells of each table, its head left out, by the id of its heading."""
    found = {}
    for name, table in re.findall(
        r'<table class="govuk-table" aria-labelledby="([^"]+)">(.*?)</table>', page, re.DOTALL
    ):
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table.partition("</thead>")[2], re.DOTALL)
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
        found[name] = [[" ".join(unescape(cell).split()) for cell in row] for row in cells]
    return found
