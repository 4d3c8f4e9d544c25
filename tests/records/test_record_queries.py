"""Reading the record: open tasks, a case by its reference, and the whole of it as JSON."""

import json

import pytest
from recorded_cases import CASE, DECISION, SAFETY, climb, clock, fact, letter, minutes, recording, task

from domain.people import Role
from domain.record import CaseRef
from records import queries
from records.store import Record
from records.views import Export

OTHER = CaseRef(board="eastmere", reference="SCR-2031-09")


@pytest.fixture
def two_cases(record: Record) -> Record:
    """Two cases of two boards with tasks of several roles."""
    record.write(
        recording(
            1,
            tasks=(
                task("hold-discussion", due_at=minutes(90)),
                task("whenever", None),
                task(due_at=minutes(60)),
                task("name-child", None, role=Role.DIRECTOR, due_at=minutes(30)),
            ),
        )
    )
    record.write(recording(1, OTHER.stage_id("safety", 1), OTHER, tasks=(task(due_at=minutes(45)),)))
    return record


def test_open_tasks_come_in_order_of_due_and_those_without_last(two_cases: Record) -> None:
    assert [t.form for t in queries.tasks(two_cases)] == [
        "name-child",
        "decide-child",
        "decide-child",
        "hold-discussion",
        "whenever",
    ]


def test_tasks_are_found_by_role_board_and_reference(two_cases: Record) -> None:
    assert [t.form for t in queries.tasks(two_cases, role=Role.DIRECTOR)] == ["name-child"]
    assert [t.case for t in queries.tasks(two_cases, board="eastmere")] == [OTHER]
    assert {t.case.reference for t in queries.tasks(two_cases, reference=CASE.reference)} == {CASE.reference}
    assert queries.tasks(two_cases, role=Role.DIRECTOR, board="eastmere") == []


def test_task_is_found_by_its_unique_ending(two_cases: Record) -> None:
    found = queries.find_task(two_cases, "hold-discussion")
    assert found.id == "northbridge/SCR-2031-01/safety/1/c1/hold-discussion"
    assert queries.find_task(two_cases, found.id) == found


def test_ending_that_several_tasks_share_is_refused_with_their_ids(two_cases: Record) -> None:
    with pytest.raises(queries.Ambiguous, match=r"eastmere/SCR-2031-09/safety/1/c1/decide-child, northbridge/"):
        queries.find_task(two_cases, "c1/decide-child")


@pytest.mark.parametrize("text", ["decide", "child", "hold_discussion", "HOLD-DISCUSSION", "%", ""])
def test_part_that_is_no_ending_finds_nothing(two_cases: Record, text: str) -> None:
    with pytest.raises(queries.NotFound):
        queries.find_task(two_cases, text)


def test_reference_is_resolved_with_and_without_its_board(two_cases: Record) -> None:
    assert queries.resolve(two_cases, "SCR-2031-01") == CASE
    assert queries.resolve(two_cases, "eastmere/SCR-2031-09") == OTHER
    with pytest.raises(queries.NotFound, match="no case eastmere/SCR-2031-01"):
        queries.resolve(two_cases, "SCR-2031-01", "eastmere")


def test_summary_counts_open_tasks_and_names_the_earliest_due_clock(two_cases: Record) -> None:
    two_cases.write(recording(1, DECISION, clocks=(clock(hours=6), clock("c2", hours=2))))
    summary = queries.case_summary(two_cases, CASE)
    assert (summary.open_tasks, summary.next_due_at, summary.opened_at) == (4, minutes(120), minutes(1))
    assert [s.stage for s in summary.stages] == [DECISION, SAFETY]


def test_export_round_trips_through_json(record: Record) -> None:
    record.write(
        recording(
            1,
            facts=(fact(), fact("another", detail={"nested": {"list": [1, None, True, "ü"]}})),
            clocks=(clock(),),
            tasks=(task(due_at=minutes(60)),),
            climbs=(climb(),),
            letters=(letter(words={"because": "of the clock"}),),
        )
    )
    exported = queries.export(record, CASE)
    assert json.loads(json.dumps(exported)) == exported
    read = Export.model_validate(exported)
    assert read.model_dump(mode="json") == exported
    assert read.facts == tuple(queries.facts(record, CASE))
    assert read.clocks == tuple(queries.clocks(record, CASE))
    assert read.letters == tuple(queries.letters(record, CASE))
    assert [(rung.clock, rung.rung, rung.letter) for rung in read.rungs] == [
        ("safety-decision/c1", "0", "climb/safety-decision/c1/1/0")
    ]
    assert (len(read.tasks), read.chain.ok, read.case.case) == (1, True, CASE)
