"""The pages of the desk: who sees what, what is asked, forms that lose nothing, and what is written down of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_cases import TOLD, Opened, directory
from desk_pages import Pages, words

from domain.directory import Absence
from domain.people import Role
from records import access_log, drafts
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CASE = "/cases/northbridge/NB-2026-101"
DUTY, MANAGER, CHAIR, POLICE = "nb-duty-1", "nb-manager", "nb-chair", "nb-police-lead"
ACKNOWLEDGE = "/tasks/northbridge/NB-2026-101/safety/1/S1/acknowledge-child"
DECIDE = "/tasks/northbridge/NB-2026-101/safety/1/S1/decide-for-child"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    yield Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture
def pages(record: Record, tmp_path: Path) -> Pages:
    """A case that was notified a minute ago."""
    Opened(record)
    return Pages(record, tmp_path, TOLD + timedelta(minutes=1))


def test_nobody_sees_anything_before_signing_in(pages: Pages) -> None:
    for path in ("/", "/cases", CASE, f"{CASE}/dates?clock=review-decision", ACKNOWLEDGE):
        found = pages.browser().get(path)
        assert (found.status_code, found.headers["location"].split("?")[0]) == (303, "/sign-in"), path
    assert pages.browser().get("/healthz").status_code == 200


def test_my_work_is_what_i_am_asked_with_what_happens_otherwise(pages: Pages) -> None:
    said = words(pages.browser(DUTY).get("/"))
    assert "acknowledge that this child may be at risk" in said and "NB-2026-101" in said
    assert "will be told" in said
    chair = words(pages.browser(CHAIR).get("/"))
    assert "acknowledge that this child" not in chair


def test_overdue_is_first_and_said_to_be(pages: Pages) -> None:
    pages.now = TOLD + timedelta(hours=2)
    said = words(pages.browser(DUTY).get("/"))
    assert "Overdue" in said and "Was due" in said


def test_a_link_in_a_letter_leads_to_its_task_and_once_it_is_done_to_its_case(pages: Pages) -> None:
    task = ACKNOWLEDGE.removeprefix("/tasks/")
    link = f"/go?board=northbridge&case=NB-2026-101&task={task}"
    assert pages.browser(DUTY).get(link).headers["location"] == ACKNOWLEDGE
    gone = link.replace("acknowledge-child", "acknowledge-nobody")
    assert pages.browser(DUTY).get(gone).headers["location"] == CASE
    assert pages.browser(POLICE).get(link).headers["location"] == CASE, "open or not: a task of somebody else's"
    signed_out = pages.browser().get(link).headers["location"]
    assert signed_out.startswith("/sign-in?next=%2Fgo%3F")


def test_names_of_children_are_for_those_who_have_to_act_on_them(pages: Pages) -> None:
    people = {person: words(pages.browser(person).get(CASE)) for person in (DUTY, MANAGER, CHAIR, POLICE)}
    assert ["People" in said for said in people.values()] == [True, True, True, False]


def test_an_agency_sees_its_own_request_and_not_anothers(pages: Pages) -> None:
    said = words(pages.browser(POLICE).get(CASE))
    assert "Northbridge Police" in said
    assert "Northbridge Housing" not in said and "northbridge-housing" not in said and "safety" not in said.lower()
    other = "/tasks/northbridge/NB-2026-101/decision/1/northbridge-housing/secure-records"
    own = other.replace("housing", "police")
    assert (pages.browser(POLICE).get(own).status_code, pages.browser(POLICE).get(other).status_code) == (200, 404)


def test_a_case_of_another_board_is_not_there(pages: Pages) -> None:
    for path in ("/cases/southmere/NB-2026-101", "/cases/northbridge/NB-2026-999", "/cases/northbridge/..%2f..%2fetc"):
        assert pages.browser(MANAGER).get(path).status_code == 404


def test_who_left_the_directory_is_signed_out_with_the_next_page(pages: Pages) -> None:
    browser = pages.browser(DUTY)
    assert browser.get("/").status_code == 200
    board = pages.known.boards[0]
    people = tuple(person for person in board.people if person.id != DUTY)
    pages.known = pages.known.model_copy(update={"boards": (board.model_copy(update={"people": people}),)})
    assert browser.get("/").status_code == 303


def test_a_deputy_sees_what_they_stand_in_for(pages: Pages) -> None:
    board = pages.known.boards[0]
    chair = next(person for person in board.people if Role.BOARD_CHAIR in person.roles)
    assert chair.deputy is not None, "the example has a deputy for its chair"
    away = chair.model_copy(update={"absences": (Absence(first=TOLD.date(), last=TOLD.date()),)})
    people = tuple(away if person.id == chair.id else person for person in board.people)
    pages.known = pages.known.model_copy(update={"boards": (board.model_copy(update={"people": people}),)})
    assert pages.browser(chair.deputy).get(f"{CASE}/accesses").status_code == 200


def test_a_session_ends_after_half_an_hour_without_a_click_and_not_with_clicks(pages: Pages) -> None:
    clicking, idle = pages.browser(DUTY), pages.browser(CHAIR)
    for _ in range(4):
        pages.now += timedelta(minutes=20)
        assert clicking.get("/").status_code == 200
    assert idle.get("/").status_code == 303


def test_a_session_ends_after_some_hours_in_any_case(pages: Pages) -> None:
    browser, begun = pages.browser(DUTY), pages.now
    while pages.now - begun < timedelta(hours=12):
        assert browser.get("/").status_code == 200
        pages.now += timedelta(minutes=25)
    assert browser.get("/").status_code == 303


def test_a_form_of_another_site_is_refused(pages: Pages) -> None:
    browser = pages.browser(DUTY)
    for token in ("", "forged"):
        refused = browser.post(ACKNOWLEDGE, form_token=token, own={"step": "check"})
        assert refused.status_code == 403 and "cannot be taken" in words(refused)


def test_what_is_typed_is_kept_until_it_is_sent(pages: Pages) -> None:
    browser = pages.browser("nb-duty-manager")
    browser.post(DECIDE, own={"step": "keep"}, protection="with an aunt", strategy_discussion="perhaps")
    assert "with an aunt" in browser.get(DECIDE).text
    assert "with an aunt" not in pages.browser("nb-head-of-service").get(DECIDE).text


def test_what_is_sent_after_the_time_out_is_there_after_signing_in(pages: Pages) -> None:
    browser = pages.browser("nb-duty-manager")
    token = browser.form_token()
    pages.now += timedelta(hours=1)
    late = browser.post(DECIDE, form_token=token, own={"step": "check"}, protection="with an aunt")
    assert (late.status_code, late.headers["location"].split("?")[0]) == (303, "/sign-in")
    task = DECIDE.removeprefix("/tasks/")
    assert drafts.kept(pages.record, "northbridge", "nb-duty-manager", task) == {"protection": "with an aunt"}
    browser.sign_in("nb-duty-manager")
    assert "with an aunt" in browser.get(DECIDE).text


def test_what_is_sent_days_after_or_for_what_is_not_theirs_is_not_kept(pages: Pages) -> None:
    browser = pages.browser("nb-duty-manager")
    token = browser.form_token()
    pages.now += timedelta(hours=1)
    other = "northbridge/NB-2026-101/decision/1/northbridge-police/secure-records"
    for task in (other, "any/thing"):
        browser.post(f"/tasks/{task}", form_token=token, own={"step": "check"}, secured_by="somebody")
        assert drafts.kept(pages.record, "northbridge", "nb-duty-manager", task) == {}
    pages.now += timedelta(days=2)
    browser.post(DECIDE, form_token=token, own={"step": "check"}, protection="with an aunt")
    assert drafts.kept(pages.record, "northbridge", "nb-duty-manager", DECIDE.removeprefix("/tasks/")) == {}


def test_who_acts_for_a_child_reads_which_child_it_is(pages: Pages) -> None:
    assert "S1 is Corin Wexcombe-Arle, sibling." in words(pages.browser(DUTY).get(ACKNOWLEDGE))
    secure = "/tasks/northbridge/NB-2026-101/decision/1/northbridge-police/secure-records"
    asked = pages.browser(POLICE).get(secure)
    assert asked.status_code == 200 and "Wexcombe" not in words(asked)


def test_answers_are_looked_at_once_more_before_they_are_sent(pages: Pages) -> None:
    browser = pages.browser("nb-duty-manager")
    given = {"decision": "protection-taken", "protection": "with an aunt", "strategy_discussion": "yes"}
    checked = browser.post(DECIDE, own={"step": "check"}, **given)
    assert checked.status_code == 200
    said = words(checked)
    assert "Check your answers" in said and "with an aunt" in said and "Protection taken" in said


def test_what_cannot_be_read_is_said_at_the_field_and_nothing_is_lost(pages: Pages) -> None:
    browser = pages.browser("nb-duty-manager")
    faulty = browser.post(
        DECIDE,
        own={"step": "check"},
        decision="protection-taken",
        protection="with an aunt",
        strategy_discussion="perhaps",
    )
    assert faulty.status_code == 400
    assert "There is a problem" in words(faulty) and "with an aunt" in faulty.text
    assert "Error:" in faulty.text.split("<title", 1)[1].split("</title>")[0]


def test_without_the_engine_nothing_is_said_to_be_recorded(pages: Pages) -> None:
    browser = pages.browser(DUTY)
    unreachable = browser.post(ACKNOWLEDGE, own={"step": "send", "request": "r-1"})
    said = words(unreachable)
    assert unreachable.status_code == 503
    assert "This was not recorded" in said and "Recorded" not in said.replace("This was not recorded", "")
    assert 'value="r-1"' in unreachable.text, "the same request is sent again"


def test_every_look_is_written_down_and_the_business_manager_can_read_it(pages: Pages) -> None:
    pages.browser(POLICE).get(CASE)
    pages.browser(DUTY).get(f"{CASE}/dates?clock=safety-decision/S1")
    noted = access_log.noted(pages.record, "northbridge", "NB-2026-101")
    assert [(each.person, each.what, each.detail) for each in reversed(noted)] == [
        (POLICE, "case", ""),
        (DUTY, "explain", "safety-decision/S1"),
    ]
    assert POLICE in words(pages.browser(MANAGER).get(f"{CASE}/accesses"))
    assert pages.browser(POLICE).get(f"{CASE}/accesses").status_code == 404


def test_a_page_with_a_fault_in_its_form_is_a_look_at_the_case_too(pages: Pages) -> None:
    refused = pages.browser(POLICE).post(f"{CASE}/documents", kind="other", title="Ours")
    assert refused.status_code == 400
    [noted] = access_log.noted(pages.record, "northbridge", "NB-2026-101")
    assert (noted.person, noted.what) == (POLICE, "document-added")


def test_which_dates_there_are_is_told_to_nobody_who_may_not_see_them(pages: Pages) -> None:
    for query in ("clock=x", "clock=safety-decision/S1&as_of=2026-01-01", "clock=safety-decision/S9&as_of=2026-01-01"):
        found = pages.browser(POLICE).get(f"{CASE}/dates?{query}")
        assert found.status_code == 404
        assert "There is no such date Or it is not meant for you." in words(found), query


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-31T23:59+00:00", "2026-02-30", "\u0663"])
def test_a_day_that_cannot_be_looked_back_to_is_said_to_be(pages: Pages, day: str) -> None:
    found = pages.browser(CHAIR).get(f"{CASE}/dates?clock=review-decision&as_of={day}")
    assert found.status_code in {400, 404}


def test_a_date_is_explained_to_those_whom_it_concerns(pages: Pages) -> None:
    path = f"{CASE}/dates?clock=review-decision"
    assert "Working Together" in words(pages.browser(CHAIR).get(path))
    assert pages.browser(POLICE).get(path).status_code == 404
    early = pages.browser(CHAIR).get(f"{path}&as_of=2001-01-01")
    assert early.status_code == 404


def test_no_page_holds_an_address_of_a_person(pages: Pages) -> None:
    emails = [person.email for person in directory().boards[0].everybody]
    for path in ("/", "/cases", CASE, f"{CASE}/accesses", f"{CASE}/dates?clock=review-decision"):
        page = pages.browser(MANAGER).get(path).text
        assert not [email for email in emails if email in page], path


def test_more_than_a_page_takes_is_turned_away(pages: Pages) -> None:
    browser = pages.browser(DUTY)
    large = browser.post(ACKNOWLEDGE, own={"step": "check"}, note="x" * 3_000_000)
    assert large.status_code == 413
