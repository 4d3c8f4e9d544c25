"""What happened, with what was typed; letters; every date: on pages, for those who may read them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_cases import TOLD, Opened
from desk_pages import BOARD, Pages, words
from test_every_route_for_every_role import AGENCY, reviewed, signed_in

from domain.agency import SecureRecords
from domain.people import Actor, Role
from domain.record import Fact, Task
from domain.stage_state import Transition

CASE = f"/cases/{BOARD}/NB-2026-101"
TASKS = f"/tasks/{BOARD}/NB-2026-101"
OTHER = "northbridge-housing"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Pages, Opened, Any]]:
    """A case in review, and to which agencies something was said."""
    pages, case, panel = reviewed(tmp_path)
    yield pages, case, case._kept(panel, Transition(facts=(answered(AGENCY, "May"), answered(OTHER, "June"))))
    pages.record.engine.dispose()


@pytest.fixture
def pages(made: tuple[Pages, Opened, Any]) -> Pages:
    return made[0]


def answered(agency: str, month: str) -> Fact:
    """A report that the panel sent back."""
    by = Actor(person="one-panel-chair", role=Role.PANEL_CHAIR)
    detail = {"outcome": "returned", "reasons": f"Say more about {month}."}
    return Fact(kind="agency-report-answered", at=TOLD, by=by, item=agency, detail=detail)


def said(pages: Pages, who: Role, path: str) -> str:
    answer = signed_in(pages, who.value).get(path)
    assert answer.status_code == 200, (who, path)
    return words(answer)


def test_what_people_typed_is_read_with_who_and_when(pages: Pages) -> None:
    told = said(pages, Role.BUSINESS_MANAGER, f"{CASE}/facts")
    assert "Agency report answered (Northbridge Police) 10:30 on Thursday 5 February 2026, panel chair." in told
    assert "Outcome returned Reasons Say more about May." in told
    assert "Step of the escalation taken" not in told, "what the service did is asked for"
    assert "Step of the escalation taken" in said(pages, Role.BUSINESS_MANAGER, f"{CASE}/facts?all=1")
    assert "Say more about May." not in said(pages, Role.BUSINESS_MANAGER, f"{CASE}/facts?stage=safety")


def test_names_are_read_by_those_alone_who_see_names(made: tuple[Pages, Opened, Any]) -> None:
    pages, case, panel = made
    case._kept(panel, Transition(facts=(Fact(kind="noticed", at=TOLD, detail={"note": "Corin was seen."}),)))
    assert "Corin was seen." in said(pages, Role.LEAD_REVIEWER, f"{CASE}/facts")
    for path in (f"{CASE}/facts?all=1", CASE, f"{TASKS}/panel/A1/plan-action"):
        answer = signed_in(pages, Role.SUB_GROUP.value).get(path)
        assert "Corin" not in answer.text, path
    assert "[S1] was seen." in said(pages, Role.SUB_GROUP, f"{CASE}/facts")


def test_a_form_shows_what_was_recorded_before_of_what_it_is_about(pages: Pages) -> None:
    form = f"{TASKS}/panel/{AGENCY}/answer-agency-report"
    told = said(pages, Role.PANEL_CHAIR, form)
    assert "What was recorded before" in told
    assert "Say more about May." in told
    assert "Say more about June." not in told


def test_an_agency_reads_what_was_said_to_it_and_not_to_another(pages: Pages) -> None:
    told = said(pages, Role.AGENCY_LEAD, f"{TASKS}/decision/1/{AGENCY}/secure-records")
    assert "Say more about May." in told
    assert "Say more about June." not in told


def test_letters_are_told_with_whom_they_are_for_and_no_address(pages: Pages) -> None:
    told = said(pages, Role.BUSINESS_MANAGER, f"{CASE}/letters")
    assert "Acknowledgement of the safety check" in told
    assert "duty social worker" in told
    assert "to leave from 10:30 on Thursday 5 February 2026" in told
    assert "@" not in told


def test_every_date_is_there_when_its_clock_is_over_and_leads_to_its_working(made: tuple[Pages, Opened, Any]) -> None:
    pages, case, _ = made
    by = Actor(person="one-agency-lead", role=Role.AGENCY_LEAD, agency=AGENCY)
    secured = SecureRecords(request_id="secured", actor=by, item=AGENCY, secured_by="records manager")
    case.answered(case.decision, secured, TOLD + timedelta(minutes=1))
    told = said(pages, Role.BUSINESS_MANAGER, f"{CASE}/dates")
    assert "(Northbridge Police) by the end of Friday 6 February 2026 done in time, 10:31 on Thursday" in told
    assert "(Northbridge Housing) by the end of Friday 6 February 2026 runs" in told
    page = signed_in(pages, Role.BUSINESS_MANAGER.value).get(f"{CASE}/dates").text
    assert f"/dates?stage=decision/1&amp;clock=agency-records-secured/{AGENCY}" in page


def test_an_agency_finds_its_own_dates_alone(pages: Pages) -> None:
    told = said(pages, Role.AGENCY_LEAD, f"{CASE}/dates")
    assert "(Northbridge Police)" in told
    assert "Northbridge Housing" not in told and "safety check" not in told


@pytest.mark.parametrize("item", [AGENCY, "A1", "C1", "lead-reviewer", "S1"])
def test_who_sees_one_stage_reads_nothing_of_another_by_a_form_of_it(pages: Pages, item: str) -> None:
    for role in (Role.DUTY_SOCIAL_WORKER, Role.DESIGNATED_OFFICER):
        for form in ("record-allegation", "decide-for-child"):
            answer = signed_in(pages, role.value).get(f"{TASKS}/safety/1/{item}/{form}")
            assert answer.status_code in {200, 404}
            assert not re.search(r"(Panel|Actions|Decision), fact", answer.text), (role, form)


def test_a_lead_of_an_action_is_asked_nothing_of_anothers(made: tuple[Pages, Opened, Any]) -> None:
    pages, case, panel = made
    detail = {"agency": AGENCY, "lead": "one-panel-member", "what": "Another.", "due_on": "2026-06-05"}
    task = Task(form="submit-evidence", role=Role.ACTION_LEAD, title="Submit the evidence", item="A2")
    planned = Fact(kind="action-planned", at=TOLD, item="A2", detail=detail)
    case._kept(panel, Transition(facts=(planned,), tasks=(task,)))
    assert "Submit the evidence" not in said(pages, Role.ACTION_LEAD, CASE)
    for item, status in (("A1", 200), ("A2", 404)):
        answer = signed_in(pages, Role.ACTION_LEAD.value).get(f"{TASKS}/panel/{item}/submit-evidence")
        assert answer.status_code in {status, 404}, item
