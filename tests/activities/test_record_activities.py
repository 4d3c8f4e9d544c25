"""The record's activities as the worker runs them."""

from datetime import UTC, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.records import RecordActivities
from domain.record import CaseRef, Fact, Recorded, Recording, Restored
from records.engine import RecordFault, make_engine
from records.store import Record
from sealing import Keyring

CASE = CaseRef(board="northbridge", reference="SCR-2031-01")
AT = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)


def closing() -> Recording:
    return Recording(
        case=CASE,
        stage=CASE.workflow_id,
        sequence=1,
        at=AT,
        stage_title="Case: closed",
        finished=True,
        facts=(Fact(kind="case-closed", at=AT, detail={"child": "Quillfeather"}),),
        snapshot={"stage": {}},
    )


def test_transition_is_recorded_once_and_closed_case_is_restored(record: Record) -> None:
    activities = RecordActivities(record)
    run = ActivityEnvironment().run
    assert run(activities.restore_case, CASE) == Restored(snapshot=None)
    assert run(activities.record, closing()) == run(activities.record, closing()) == Recorded()
    assert run(activities.restore_case, CASE) == Restored(snapshot={"stage": {}})


def test_unreachable_record_is_an_error_that_is_tried_again_and_names_nobody(keyring: Keyring) -> None:
    nowhere = Record(make_engine("postgresql://scr@127.0.0.1:1/record"), keyring, lambda board, at, urgent: at)
    with pytest.raises(RecordFault) as fault:
        ActivityEnvironment().run(RecordActivities(nowhere).record, closing())
    assert "Quillfeather" not in f"{fault.value!r} {fault.value.__cause__!r}"
