"""What the desk shows: tasks, a case, its clocks. All of it from the record alone."""

import json
from datetime import timedelta

import pytest
from desk_cases import NAMES, REGIME, TOLD, Opened, after, desk, example, given
from sqlalchemy import update

from domain.agency import SecureRecords
from domain.decision_commands import AnswerCriterion, Decide, Recommend
from domain.people import Actor, Role
from domain.record import CaseRef
from domain.safety import NOT_A_REFERRAL
from domain.safety_commands import AcknowledgeChild, DecideForChild, RecordAllegation
from records.queries import Ambiguous, NotFound
from records.store import Record
from records.tables import FactRow

HERE = "northbridge/NB-2026-101"


@pytest.fixture
def opened(sqlite_record: Record) -> Opened:
    return Opened(sqlite_record)


def test_open_tasks_are_listed_the_earliest_due_first(opened: Opened) -> None:
    tasks = desk(opened.record).tasks(TOLD)
    due = [task.due_at for task in tasks if task.due_at]
    assert due == sorted(due)
    assert tasks[0].form == "acknowledge-child"
    assert tasks[0].due == "by 11:30 on Thursday 5 February 2026"


def test_tasks_are_overdue_from_their_due_instant_on(opened: Opened) -> None:
    def overdue(seconds: int) -> set[str]:
        tasks = desk(opened.record).tasks(after(1) + timedelta(seconds=seconds))
        return {task.form for task in tasks if task.overdue}

    assert overdue(-1) == set()
    assert overdue(0) == {"acknowledge-child"}


def test_tasks_are_listed_for_a_role_a_board_and_a_case(opened: Opened) -> None:
    Opened(opened.record, example("EM-2026-001", "eastmere"))
    service = desk(opened.record)
    assert {task.form for task in service.tasks(TOLD, role=Role.SUB_GROUP, board="northbridge")} >= {"recommend"}
    assert {task.role for task in service.tasks(TOLD, role=Role.SUB_GROUP)} == {Role.SUB_GROUP}
    assert {task.case.board for task in service.tasks(TOLD, board="eastmere")} == {"eastmere"}
    assert {task.case for task in service.tasks(TOLD, case=opened.case)} == {opened.case}


def test_done_tasks_are_listed_only_where_asked_for(opened: Opened) -> None:
    opened.answered(opened.safety, given(AcknowledgeChild, item="S1"), after(0.5))
    task = f"{HERE}/safety/1/S1/acknowledge-child"
    service = desk(opened.record)
    assert task not in {each.id for each in service.tasks(after(2))}
    [done] = [each for each in service.tasks(after(2), done=True) if each.id == task]
    assert done.done_at == after(0.5)
    assert not done.overdue


def test_a_task_carries_the_schema_of_its_answer_and_its_fields(opened: Opened) -> None:
    tasks = {task.id: task for task in desk(opened.record).tasks(TOLD)}
    decide = tasks[f"{HERE}/safety/1/S1/decide-for-child"]
    assert "decision" in decide.answer_schema["required"]
    assert "actor" not in decide.answer_schema["properties"]
    assert [field.name for field in decide.fields if field.required] == ["decision"]
    recommend = tasks[f"{HERE}/decision/1/recommend"]
    [reasons] = [field for field in recommend.fields if field.name == "reasons"]
    assert reasons.keys[0] == "death"
    assert len(reasons.keys) == 7


def test_a_case_is_shown_by_reference_and_nobody_by_name(opened: Opened) -> None:
    view = desk(opened.record).case(opened.case, TOLD)
    shown = view.model_dump_json() + json.dumps([t.model_dump(mode="json") for t in desk(opened.record).tasks(TOLD)])
    assert [name for name in NAMES if name in shown] == []
    assert view.people == ()
    assert view.link == "http://localhost:8233/cases/northbridge/NB-2026-101"
    assert view.facts[0].kind == "incident-notified"
    assert [stage.id for stage in view.stages] == [f"scr/{HERE}", f"scr/{HERE}/decision/1", f"scr/{HERE}/safety/1"]


def test_names_are_shown_where_they_are_asked_for(opened: Opened) -> None:
    people = {person.key: person for person in desk(opened.record).case(opened.case, TOLD, people=True).people}
    assert people["C1"].name == "Tamsin Wexcombe-Arle"
    assert people["C1"].part == "died"
    assert people["H1"].name == "name to follow"


def test_a_case_with_a_safety_check_says_that_logging_is_no_referral(opened: Opened) -> None:
    assert desk(opened.record).case(opened.case, TOLD).notice == NOT_A_REFERRAL


def test_clocks_that_run_are_shown_with_who_is_waited_for(opened: Opened) -> None:
    opened.answered(opened.safety, given(AcknowledgeChild, item="S1"), after(0.5))
    clocks = {clock.id: clock for clock in desk(opened.record).case(opened.case, after(2)).clocks}
    assert "safety-acknowledgement/S1" not in clocks
    assert clocks["safety-acknowledgement/H1"].overdue
    assert clocks["review-decision"].waiting_on is Role.SUB_GROUP
    assert not clocks["review-decision"].overdue


def offered(opened: Opened) -> set[str]:
    """What may be recorded without having been asked for, by what follows the case in its id."""
    view = desk(opened.record).case(opened.case, after(5))
    assert not {may.id for may in view.may_record} & {task.id for task in view.tasks}
    return {may.id.removeprefix(f"{HERE}/") for may in view.may_record}


def test_what_nobody_asked_for_may_be_recorded_in_open_stages(opened: Opened) -> None:
    assert offered(opened) == {"safety/1/record-allegation", "decision/1/answer-criterion"}
    decided = given(DecideForChild, item="S1", decision="no-further-action", reason="Safe with the aunt.")
    safety = opened.answered(opened.safety, decided, after(1))
    assert "safety/1/S1/decide-for-child" in offered(opened)
    opened.finished(safety, after(2))
    assert offered(opened) == {"decision/1/answer-criterion"}


def test_what_is_recorded_once_is_not_offered_again(opened: Opened) -> None:
    opened.answered(opened.safety, given(RecordAllegation), after(1))
    assert "safety/1/record-allegation" not in offered(opened)


def test_an_agency_may_still_answer_after_the_decision_but_the_criteria_are_closed(opened: Opened) -> None:
    outcome = {"outcome": "serious-case-review", "rationale": "The first criterion is met."}
    lead = Actor(person="nb-cs-lead", role=Role.AGENCY_LEAD, agency="northbridge-cs")
    secured = SecureRecords(request_id="s", actor=lead, item="northbridge-cs", secured_by="records manager")
    stage = opened.answered(opened.decision, secured, after(1))
    reasons = {limb.id: "See minutes." for limb in REGIME.criterion}
    stage = opened.answered(stage, given(Recommend, Role.SUB_GROUP, reasons=reasons, **outcome), after(2))
    assert {"decision/1/recommend", "decision/1/answer-criterion"} <= offered(opened)
    chair = Actor(person="nb-chair", role=Role.BOARD_CHAIR)
    opened.answered(stage, Decide(request_id="r", actor=chair, **outcome), after(3))
    left = {may for may in offered(opened) if may.startswith("decision/1/")}
    assert "decision/1/northbridge-cs/send-first-summary" in left
    assert "decision/1/northbridge-police/secure-records" in left
    assert (
        not {"decision/1/northbridge-cs/secure-records", "decision/1/recommend", "decision/1/answer-criterion"} & left
    )


def test_a_challenge_may_be_recorded_once_the_chair_has_decided(opened: Opened) -> None:
    reasons = {limb.id: "See minutes." for limb in REGIME.criterion}
    outcome = {"outcome": "serious-case-review", "rationale": "The first criterion is met."}
    recommended = opened.answered(
        opened.decision, given(Recommend, Role.SUB_GROUP, reasons=reasons, **outcome), after(2)
    )
    assert "challenge" not in offered(opened)
    actor = Actor(person="nb-chair", role=Role.BOARD_CHAIR)
    opened.answered(recommended, Decide(request_id="r", actor=actor, **outcome), after(3))
    assert "challenge" in offered(opened)


def test_a_clock_is_explained_by_its_id_or_its_rule(opened: Opened) -> None:
    service = desk(opened.record)
    [one] = service.explain(opened.case, "safety-decision/S1")
    assert "4 clock hours" in one.text
    assert {each.id for each in service.explain(opened.case, "safety-decision")} == {
        "safety-decision/S1",
        "safety-decision/H1",
    }
    assert len(service.explain(opened.case)) > 10
    with pytest.raises(NotFound, match=r"no clock teatime; it has .*review-decision"):
        service.explain(opened.case, "teatime")


def test_earlier_computations_of_a_clock_are_explained_too(opened: Opened) -> None:
    later = opened.decision.state.model_copy(update={"started_at": after(48)})
    fact = {"fact": "inter_agency_concerns", "holds": "no", "reason": "The agencies were asked."}
    opened.answered(opened.decision.with_state(later), given(AnswerCriterion, Role.SUB_GROUP, **fact), after(50))
    found = desk(opened.record).explain(opened.case, "review-decision")
    assert [(each.current, each.entry.computation) for each in found] == [(False, 1), (True, 2)]
    assert "Thursday 5 March 2026" in found[0].text
    assert "Saturday 7 March 2026" in found[1].text


def test_a_reference_is_found_with_or_without_its_board(opened: Opened) -> None:
    service = desk(opened.record)
    assert service.resolve("NB-2026-101") == service.resolve(HERE) == opened.case
    Opened(opened.record, example(board="eastmere"))
    with pytest.raises(Ambiguous):
        service.resolve("NB-2026-101")
    assert service.resolve("eastmere/NB-2026-101") == CaseRef(board="eastmere", reference="NB-2026-101")


def test_a_changed_fact_is_named_when_the_record_is_verified(opened: Opened) -> None:
    service = desk(opened.record)
    assert service.verify(opened.case).ok
    with opened.record.writing() as session:
        session.execute(update(FactRow).where(FactRow.seq == 3).values(kind="child-forgotten"))
    assert service.verify(opened.case).first_broken == 3
