"""The review at the desk: appointed people answer in their roles, lists say what may be recorded, delays say why."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_cases import TOLD, Opened, desk, directory

from desk.answers import acting, find_target
from domain.appointments import Appoint, EndAppointment
from domain.command import Command, Found
from domain.model import Refused
from domain.people import Actor, Role
from domain.timetable import ExplainDelay
from records import queries
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

CHAIR = Actor(person="nb-chair", role=Role.BOARD_CHAIR)
LATER = TOLD + timedelta(hours=1)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    yield Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    engine.dispose()


def given(kind: type[Command], number: int, item: str | None = None, by: Actor = CHAIR, **fields: Any) -> Command:
    envelope = {"request_id": f"request-{number}", "actor": by, "item": item, "found": Found()}
    return kind.model_validate(envelope | fields)


def appoint(number: int, person: str, role: Role) -> Command:
    declared: dict[str, Any] = {
        "belongs_to_board": False,
        "belongs_to_agency": "none",
        "managed_the_case": False,
        "worked_on_the_case": False,
        "other_interests": "none",
    }
    return given(Appoint, number, person=person, role=role.value, **declared)


def test_who_is_appointed_is_known_until_the_appointment_ends(record: Record) -> None:
    opened = Opened(record)
    panel = opened.reviewed()
    panel = opened.answered(panel, appoint(1, "nb-panel-chair", Role.PANEL_CHAIR), LATER)
    panel = opened.answered(panel, appoint(2, "nb-reviewer-1", Role.LEAD_REVIEWER), LATER)
    held = {(actor.role, actor.person) for actor in queries.appointed(record, opened.case)}
    assert held == {(Role.PANEL_CHAIR, "nb-panel-chair"), (Role.LEAD_REVIEWER, "nb-reviewer-1")}
    opened.answered(panel, given(EndAppointment, 3, "lead-reviewer/nb-reviewer-1", reason="moved on"), LATER)
    assert [actor.person for actor in queries.appointed(record, opened.case)] == ["nb-panel-chair"]


def test_an_appointed_person_answers_in_their_role_and_nobody_else_does(record: Record) -> None:
    opened = Opened(record)
    opened.answered(opened.reviewed(), appoint(1, "nb-reviewer-1", Role.LEAD_REVIEWER), LATER)
    target = find_target(record, "NB-2026-101/panel/F1/enter-finding")
    assert (target.stage, target.item) == (opened.case.stage_id("panel"), "F1")
    board, appointed = directory().boards[0], queries.appointed(record, opened.case)
    actor = acting(board, target, "nb-reviewer-1", TOLD, role=None, agency=None, appointed=appointed)
    assert actor.role is Role.LEAD_REVIEWER
    for person in ("nb-reviewer-2", "nb-manager"):
        with pytest.raises(Refused) as refusal:
            acting(board, target, person, TOLD, role=None, agency=None, appointed=appointed)
        assert refusal.value.refusal.code == "not-in-role"


def test_what_may_be_recorded_says_what_is_to_be_filled_in(record: Record) -> None:
    opened = Opened(record)
    opened.reviewed()
    may = {each.id: each.roles for each in desk(record).case(opened.case, TOLD).may_record}
    assert may["northbridge/NB-2026-101/panel/FINDING/enter-finding"] == (Role.LEAD_REVIEWER,)
    assert "northbridge/NB-2026-101/panel/AGENCY/extend-agency-report" in may


def test_a_late_clock_of_the_review_says_where_it_is_explained(record: Record) -> None:
    opened = Opened(record)
    panel = opened.reviewed()
    late = TOLD + timedelta(days=200)
    [clock] = [c for c in desk(record).case(opened.case, late).clocks if c.id == "serious-case-review"]
    assert (clock.overdue, clock.explained_in) == (True, ())
    panel_chair = Actor(person="nb-panel-chair", role=Role.PANEL_CHAIR)
    panel = opened.answered(panel, appoint(1, "nb-panel-chair", Role.PANEL_CHAIR), LATER)
    said = given(ExplainDelay, 2, "serious-case-review", panel_chair, reason="the inquest", meanwhile="early actions")
    opened.answered(panel, said, LATER)
    [clock] = [c for c in desk(record).case(opened.case, late).clocks if c.id == "serious-case-review"]
    told = desk(record).fact(opened.case, clock.explained_in[0]).fact
    assert told.detail["reason"] == "the inquest"
