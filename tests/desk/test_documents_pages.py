"""Documents and chronologies on pages: who sees whose, what is kept, and what is turned away."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_cases import TOLD, Opened
from desk_pages import Browser, Pages, words
from httpx2 import Response

from records import access_log
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CASE = "/cases/northbridge/NB-2026-101"
MANAGER, POLICE, HOUSING, CHAIR = "nb-manager", "nb-police-lead", "nb-housing-lead", "nb-chair"
ROWS = (
    "Date,Event,Response\n01/02/2024,Corin was seen at home with Tamsin,Visit agreed\n03/03/2024,Called the school,\n"
)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    Opened(record)
    yield Pages(record, tmp_path, TOLD + timedelta(minutes=1), document_megabytes=1)
    engine.dispose()


def send(browser: Browser, where: str, content: bytes, name: str = "report.txt", **fields: str) -> Response:
    form = {"form_token": browser.form_token(), **fields}
    return browser.client.post(f"{CASE}/{where}", data=form, files={"file": (name, content)}, follow_redirects=False)


def added(browser: Browser, agency: str = "northbridge-police", content: bytes = b"What we did.") -> Response:
    return send(browser, "documents", content, kind="agency-report", title="Our report", agency=agency)


def test_an_agency_adds_its_report_and_takes_it_along_again(pages: Pages) -> None:
    browser = pages.browser(POLICE)
    assert "Kept as D-1/1" in words(added(browser))
    taken = browser.get(f"{CASE}/documents/D-1.1")
    assert taken.content == b"What we did."
    assert taken.headers["content-disposition"] == 'attachment; filename="NB-2026-101-D-1-1.txt"'
    assert "sandbox" in taken.headers["content-security-policy"]
    noted = [
        (each.person, each.what, each.detail) for each in access_log.noted(pages.record, "northbridge", "NB-2026-101")
    ]
    assert noted[0] == (POLICE, "download", "D-1/1")
    assert (POLICE, "document-added", "D-1/1") in noted


def test_another_agency_neither_sees_nor_takes_it(pages: Pages) -> None:
    added(pages.browser(POLICE))
    other = pages.browser(HOUSING)
    assert "Our report" not in words(other.get(f"{CASE}/documents"))
    assert other.get(f"{CASE}/documents/D-1.1").status_code == 404
    assert "Our report" in words(pages.browser(CHAIR).get(f"{CASE}/documents"))


def test_an_agency_adds_nothing_in_anothers_name(pages: Pages) -> None:
    refused = added(pages.browser(POLICE), agency="northbridge-housing")
    assert refused.status_code == 400 and "for their own agency only" in words(refused)


def test_who_has_no_part_finds_no_documents(pages: Pages) -> None:
    added(pages.browser(POLICE))
    for who in ("nb-duty-1", "nb-member-police"):
        assert pages.browser(who).get(f"{CASE}/documents").status_code == 404
        assert pages.browser(who).get(f"{CASE}/documents/D-1.1").status_code == 404


@pytest.mark.parametrize("id", ["D-2", "D-1.9", "D-1%2F..%2F..", "%2e%2e%2fkeyring.json", "record.db"])
def test_nothing_else_is_given_out(pages: Pages, id: str) -> None:
    added(pages.browser(POLICE))
    assert pages.browser(MANAGER).get(f"{CASE}/documents/{id}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("report.exe", b"MZ"), ("report.pdf", b"no PDF"), ("report.docx", b"PK\x03\x04 broken"), ("report.txt", b"")],
)
def test_what_is_no_document_is_refused_with_the_reason(pages: Pages, name: str, content: bytes) -> None:
    browser = pages.browser(POLICE)
    refused = send(browser, "documents", content, name, kind="agency-report", title="Ours", agency="northbridge-police")
    assert refused.status_code == 400
    assert "There is a problem" in words(refused) and "Traceback" not in refused.text
    assert "no documents" in words(browser.get(f"{CASE}/documents"))


def test_without_a_file_or_with_too_much_nothing_is_kept(pages: Pages) -> None:
    browser = pages.browser(POLICE)
    none = browser.post(f"{CASE}/documents", kind="other", title="Ours")
    assert none.status_code == 400 and "No file was chosen" in words(none)
    assert added(browser, content=b"x" * (3 * 1024 * 1024)).status_code == 413
    more = added(browser, content=b"x" * (1024 * 1024 + 10))
    assert more.status_code == 400 and "There is a problem" in words(more)


def test_a_form_of_another_site_adds_nothing(pages: Pages) -> None:
    browser = pages.browser(POLICE)
    form = {"form_token": "forged", "kind": "other", "title": "Ours"}
    refused = browser.client.post(f"{CASE}/documents", data=form, files={"file": ("a.txt", b"text")})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=", "text/plain", "x"],
)
def test_a_form_that_is_none_is_refused(pages: Pages, kind: str) -> None:
    browser = pages.browser(POLICE)
    got = browser.client.post(f"{CASE}/documents", content=b"--x\r\nbroken", headers={"content-type": kind})
    assert got.status_code in {400, 403} and "Traceback" not in got.text


def chronicled(browser: Browser, text: str = ROWS, agency: str = "northbridge-police") -> Response:
    return send(browser, "chronology", text.encode(), "rows.csv", agency=agency)


def test_an_agency_adds_its_chronology_and_is_told_which_rows_could_not_be_read(pages: Pages) -> None:
    browser = pages.browser(POLICE)
    said = words(chronicled(browser, f"{ROWS}32/13/2024,Seen,\n05/05/2024,,\n"))
    assert "Kept: northbridge-police/1, 2 rows" in said
    assert "2 rows were not kept" in said and "Row 4:" in said and "Row 5:" in said


def test_names_stand_by_their_keys_unless_who_may_asks_for_them(pages: Pages) -> None:
    chronicled(pages.browser(POLICE))
    manager = pages.browser(MANAGER)
    said = words(manager.get(f"{CASE}/chronology"))
    assert "[S1] was seen at home with [C1]" in said and "Corin" not in said
    named = words(manager.get(f"{CASE}/chronology?names=1"))
    assert "Corin was seen at home with Tamsin" in named
    assert "chronology-with-names" in [
        each.what for each in access_log.noted(pages.record, "northbridge", "NB-2026-101")
    ]
    own = words(pages.browser(POLICE).get(f"{CASE}/chronology?names=1"))
    assert "Corin" not in own, "the switch is for those who see names"


def test_an_agency_sees_its_own_rows_and_not_anothers(pages: Pages) -> None:
    chronicled(pages.browser(POLICE))
    other = pages.browser(HOUSING)
    assert "seen at home" not in words(other.get(f"{CASE}/chronology"))
    assert "seen at home" not in words(other.get(f"{CASE}/chronology?agency=northbridge-police"))
    assert chronicled(other).status_code == 400
    assert other.get(f"{CASE}/chronology/gaps").status_code == 404
    assert other.get(f"{CASE}/chronology/export/csv").status_code == 404


def test_rows_are_chosen_by_agency_and_days(pages: Pages) -> None:
    chronicled(pages.browser(POLICE))
    chronicled(pages.browser(HOUSING), "Date,Event\n01/02/2024,Rent was late\n", "northbridge-housing")
    manager = pages.browser(MANAGER)
    assert "Rows 1 to 3 of 3" in words(manager.get(f"{CASE}/chronology"))
    assert "Rows 1 to 1 of 1" in words(manager.get(f"{CASE}/chronology?agency=northbridge-housing"))
    later = words(manager.get(f"{CASE}/chronology?from=2024-03-01"))
    assert "Called the school" in later, later
    assert "Rent was late" not in later
    wrong = manager.get(f"{CASE}/chronology?from=Whitsun")
    assert wrong.status_code == 400 and "2026-03-13" in words(wrong)


def found(browser: Browser, looked_for: str, **more: str) -> str:
    sent = {"form_token": browser.form_token(), "words": looked_for, **more}
    return words(browser.client.post(f"{CASE}/chronology/rows", data=sent))


def test_rows_are_found_by_words_and_by_the_keys_of_people_as_they_are_read(pages: Pages) -> None:
    rows = "Date,Event,Comment\n01/02/2024,Corin was late for SCHOOL,\n02/02/2024,Rent was late,Corin's father paid\n"
    chronicled(pages.browser(POLICE), f"{rows}03/02/2024,Called S1 at school,\n")
    manager = pages.browser(MANAGER)
    said = found(manager, "school late")
    assert "Rows 1 to 1 of 1; 3 without the choice" in said and "was late for SCHOOL" in said
    assert "Rows 1 to 3 of 3" in found(manager, "s1")
    assert "Rows 1 to 2 of 2" in found(manager, "S1 late")
    assert "There are no rows in this choice" in found(manager, "S2")
    assert "Rows 1 to 1 of 1" in found(manager, "late", agency="northbridge-police", to="2024-02-01")


def test_looking_for_a_name_does_not_tell_where_it_stands(pages: Pages) -> None:
    chronicled(pages.browser(POLICE))
    manager = pages.browser(MANAGER)
    for name in ("Corin", "cori", "orin was"):
        assert "There are no rows in this choice" in found(manager, name), name
        assert "There are no rows in this choice" in found(pages.browser(POLICE), name, names="1"), name
    assert "Corin was seen at home" in found(manager, "corin", names="1")


def test_what_is_looked_for_stands_in_no_address(pages: Pages) -> None:
    chronicled(pages.browser(POLICE), "Date,Event\n" + "01/02/2024,Seen at home\n" * 201)
    manager = pages.browser(MANAGER)
    page = manager.post(f"{CASE}/chronology/rows", words="home")
    assert not re.findall(r'(?:href|action)="[^"]*home[^"]*"', page.text)
    assert "Rows 201 to 201 of 201" in words(manager.post(f"{CASE}/chronology/rows", words="home", page="2"))


def test_gaps_are_told_and_rows_that_tell_of_the_same_are_linked(pages: Pages) -> None:
    chronicled(pages.browser(POLICE), "Date,Event\n01/02/2024,Home visit by both workers to the family\n")
    chronicled(
        pages.browser(HOUSING),
        "Date,Event\n01/02/2024,Home visit by both workers to the family\n01/06/2024,Rent was late\n",
        "northbridge-housing",
    )
    manager = pages.browser(MANAGER)
    said = words(manager.get(f"{CASE}/chronology/gaps"))
    assert "They tell of the same" in said and "February 2024" in said
    first, second = "northbridge-police/1/2", "northbridge-housing/1/2"
    assert manager.post(f"{CASE}/chronology/link", first=first, second=second).status_code == 303
    assert "Tells of the same as" in words(manager.get(f"{CASE}/chronology"))


def test_the_merged_chronology_can_be_taken_out(pages: Pages) -> None:
    chronicled(pages.browser(POLICE))
    manager = pages.browser(MANAGER)
    assert b"Called the school" in manager.get(f"{CASE}/chronology/export/csv").content
    assert manager.get(f"{CASE}/chronology/export/xlsx").content.startswith(b"PK")
    assert manager.get(f"{CASE}/chronology/export/exe").status_code == 404


def test_thousands_of_rows_come_page_by_page(pages: Pages) -> None:
    rows = "".join(f"{1 + n % 28:02}/{1 + n % 12:02}/2023,Visit number {n}\n" for n in range(2_000))
    chronicled(pages.browser(POLICE), f"Date,Event\n{rows}")
    manager = pages.browser(MANAGER)
    first = words(manager.get(f"{CASE}/chronology"))
    assert "Rows 1 to 200 of 2000" in first and "page 1 of 10" in first
    assert "Rows 1801 to 2000 of 2000" in words(manager.get(f"{CASE}/chronology?page=10"))
    assert "There are no rows in this choice" in words(manager.get(f"{CASE}/chronology?from=2026-01-01"))
