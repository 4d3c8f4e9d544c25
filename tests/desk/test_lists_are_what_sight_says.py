"""The quick lists show exactly the cases and tasks that the rules of a single case's page let somebody see."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_cases import TOLD, Opened, directory, example
from desk_pages import Pages

from desk.calendar_waiting import leads_of_actions
from desk.web.access import sight_of
from desk.web.lists import asking_of, reach_of
from desk.web.viewer import Viewer, viewer_for
from domain.action_commands import PlanAction, ReplaceLead
from domain.appointments import APPOINTED, APPOINTMENT_ENDED
from domain.directory import Absence
from domain.people import Role
from domain.record import CaseRef, Fact, Recording, Task
from records import overview, queries
from records.engine import make_engine
from records.migrate import upgrade
from records.overview import CaseFilter
from records.store import Record
from sealing import create_keyring

BOARD = "northbridge"
REVIEWER, OTHER_REVIEWER, HOUSING = "nb-reviewer-1", "nb-reviewer-2", "nb-housing-lead"
PEOPLE = [person.id for person in directory().boards[0].people]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    yield Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture
def pages(record: Record, tmp_path: Path) -> Pages:
    """Cases in which agencies are asked and none is, people are appointed and are not any more, of two boards."""
    for reference in ("NB-2026-101", "NB-2026-102"):
        Opened(record, example(reference))
    Opened(record, example("SM-2026-1", board="southmere"))
    told(record, "quiet", appointed(REVIEWER, Role.LEAD_REVIEWER))
    told(record, "ended", appointed(REVIEWER, Role.PANEL_CHAIR), ended(REVIEWER, Role.PANEL_CHAIR))
    told(record, "member", appointed(HOUSING, Role.PANEL_MEMBER, "northbridge-housing"))
    told(record, "police", tasks=(task(Role.AGENCY_LEAD, "northbridge-police/secure", "northbridge-police"),))
    told(record, "planned", *planned("A1", HOUSING), *planned("A10", REVIEWER), tasks=actions("A1", "A10", "A1/2"))
    told(record, "replaced", *planned("A1", HOUSING), replaced("A1", OTHER_REVIEWER), tasks=actions("A1"))
    told(record, "withdrawn", appointed(REVIEWER, Role.LEAD_REVIEWER), tasks=(task(Role.LEAD_REVIEWER),))
    # The same transition once more, otherwise: the appointment does not stand any more.
    told(record, "withdrawn", appointed(OTHER_REVIEWER, Role.LEAD_REVIEWER), tasks=(task(Role.LEAD_REVIEWER),), later=1)
    told(record, "empty")
    return Pages(record, tmp_path, TOLD + timedelta(minutes=5))


def told(record: Record, reference: str, *facts: Fact, tasks: tuple[Task, ...] = (), later: int = 0) -> None:
    case = CaseRef(board=BOARD, reference=reference)
    at = TOLD + timedelta(minutes=later)
    kept = Recording(
        case=case, stage=case.stage_id("panel"), sequence=1, at=at, stage_title="Panel", facts=facts, tasks=tasks
    )
    record.write(kept)


def appointed(person: str, role: Role, agency: str = "") -> Fact:
    return Fact(kind=APPOINTED, at=TOLD, detail={"person": person, "role": role.value, "agency": agency})


def ended(person: str, role: Role) -> Fact:
    return Fact(kind=APPOINTMENT_ENDED, at=TOLD, item=f"{role.value}/{person}")


def planned(action: str, lead: str) -> tuple[Fact]:
    return (Fact(kind=PlanAction.FACT, at=TOLD, item=action, detail={"lead": lead}),)


def replaced(action: str, lead: str) -> Fact:
    return Fact(kind=ReplaceLead.FACT, at=TOLD, item=action, detail={"lead": lead})


def task(role: Role, item: str | None = None, agency: str | None = None) -> Task:
    return Task(form="answer", item=item, role=role, agency=agency, title="Something that is asked")


def actions(*items: str) -> tuple[Task, ...]:
    return tuple(task(Role.ACTION_LEAD, item) for item in items)


def viewer(pages: Pages, person: str) -> Viewer:
    found = viewer_for(pages.known, BOARD, person, pages.now.date())
    assert found is not None
    return found


def sights(pages: Pages, person: str) -> dict[str, bool]:
    """The cases that the person sees anything of by the rules of one case, and whether they see where each stands."""
    cases = [each.case for each in queries.cases(pages.record)]
    seen = {case: sight_of(pages.desk, viewer(pages, person), case) for case in cases}
    return {case.reference: sight.standing for case, sight in seen.items() if sight.anything}


def listed(pages: Pages, person: str) -> dict[str, bool]:
    lines, more = overview.cases(pages.record, reach_of(viewer(pages, person)), CaseFilter())
    assert not more
    return {line.case.reference: line.standing for line in lines}


def tasks_by_sight(pages: Pages, person: str) -> set[str]:
    found = set()
    for each in queries.tasks(pages.record, board=BOARD):
        sight = sight_of(pages.desk, viewer(pages, person), each.case)
        lead = leads_of_actions(pages.record, each.case).get((each.item or "").partition("/")[0])
        if sight.is_asked(each.role, each.agency) and (each.role is not Role.ACTION_LEAD or lead == person):
            found.add(each.id)
    return found


def tasks_listed(pages: Pages, person: str) -> set[str]:
    who = viewer(pages, person)
    found = overview.tasks(pages.record, reach_of(who), asking_of(who), pages.now)
    assert found.count == len(found.tasks)
    return {each.id for each in found.tasks}


def test_cases_listed_are_those_of_which_something_may_be_seen(pages: Pages) -> None:
    for person in PEOPLE:
        assert listed(pages, person) == sights(pages, person), person


def test_work_listed_is_what_the_person_may_answer(pages: Pages) -> None:
    for person in PEOPLE:
        assert tasks_listed(pages, person) == tasks_by_sight(pages, person), person


def test_the_record_is_mixed_enough_to_tell_rules_apart(pages: Pages) -> None:
    everything = {case.case.reference for case in queries.cases(pages.record) if case.case.board == BOARD}
    assert {*listed(pages, "nb-manager")} == everything and "SM-2026-1" not in everything
    assert listed(pages, REVIEWER) == {"quiet": True, "planned": False}
    assert listed(pages, OTHER_REVIEWER) == {"replaced": False, "withdrawn": True}
    assert {*listed(pages, "nb-police-lead")} == {"NB-2026-101", "NB-2026-102", "police"}
    assert "member" in listed(pages, HOUSING) and "police" not in listed(pages, HOUSING)
    assert {each.rpartition("panel/")[2] for each in tasks_listed(pages, REVIEWER)} == {"A10/answer"}


def test_what_changes_is_in_the_lists_at_once(pages: Pages) -> None:
    assert "empty" not in listed(pages, REVIEWER)
    case = CaseRef(board=BOARD, reference="empty")
    for sequence, fact in enumerate((appointed(REVIEWER, Role.LEAD_REVIEWER), ended(REVIEWER, Role.LEAD_REVIEWER)), 2):
        stage = case.stage_id("panel")
        pages.record.write(
            Recording(case=case, stage=stage, sequence=sequence, at=pages.now, stage_title="Panel", facts=(fact,))
        )
        assert ("empty" in listed(pages, REVIEWER)) is (sequence == 2)
        assert listed(pages, REVIEWER) == sights(pages, REVIEWER)


def test_a_deputy_has_in_the_lists_what_they_stand_in_for(pages: Pages) -> None:
    board = pages.known.boards[0]
    away = Absence(first=TOLD.date(), last=TOLD.date())
    people = tuple(each.model_copy(update={"absences": (away,)}) if each.deputy else each for each in board.people)
    pages.known = pages.known.model_copy(update={"boards": (board.model_copy(update={"people": people}),)})
    for person in {each.deputy for each in people if each.deputy}:
        assert listed(pages, person) == sights(pages, person), person
        assert tasks_listed(pages, person) == tasks_by_sight(pages, person), person


def test_where_a_case_stands_is_told_to_nobody_whom_its_page_does_not_tell(pages: Pages) -> None:
    police = pages.browser("nb-police-lead").get("/cases").text
    assert "NB-2026-101" in police and "it is being decided" not in police and "Where it stands</label>" not in police
    assert "it is being decided" in pages.browser("nb-manager").get("/cases").text
    by_stage = pages.browser("nb-police-lead").get("/cases?stage=Panel").text
    assert "NB-2026-101" in by_stage, "a filter by what may not be seen filters nothing"


def test_cases_are_found_by_a_part_of_their_reference_and_by_state(pages: Pages) -> None:
    browser = pages.browser("nb-manager")
    found = browser.get("/cases?reference=2026-102").text
    assert "NB-2026-102" in found and "NB-2026-101" not in found
    assert "There is no such case" in browser.get("/cases?state=closed").text
    assert "There is no such case" in browser.get("/cases?reference=%25").text, "typed signs mean themselves"
    assert "replaced" in browser.get("/cases?stage=Panel&state=open").text


def test_long_lists_come_in_pages(record: Record, tmp_path: Path) -> None:
    for number in range(overview.A_PAGE + 3):
        told(record, f"many-{number:03}", tasks=(task(Role.BUSINESS_MANAGER),))
    browser = Pages(record, tmp_path, TOLD).browser("nb-manager")
    first, second = browser.get("/cases").text, browser.get("/cases?page=2").text
    assert "many-049" in first and "many-050" not in first and "many-052" in second and "many-049" not in second
    work, rest = browser.get("/").text, browser.get("/?page=2").text
    assert "53 things are" in work and "many-052" not in work and "many-052" in rest
    assert browser.get("/cases?page=99999999999").status_code == browser.get("/?page=-1").status_code == 200
