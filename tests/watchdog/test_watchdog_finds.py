"""What the watchdog finds in the case record, and what it leaves in peace."""

from datetime import timedelta

import pytest
from watched_cases import (
    CASE,
    DUE,
    IN_TIME,
    OTHER,
    QUEUE,
    SAFETY,
    START,
    after,
    climb,
    clock,
    faults,
    ids,
    recorded,
    seen,
)

from domain.people import Role
from domain.record import ClockStatus, Letter
from records import outbox
from records.engine import make_engine
from records.heartbeats import FORGOTTEN_AFTER, beat, end
from records.store import Record
from watching.faults import OF_TEMPORAL, FaultKind
from watching.looking import Limits, look

LATE = f"late {SAFETY} safety-decision/S1"


def test_rung_is_late_once_its_instant_is_past_by_more_than_the_grace(record: Record) -> None:
    recorded(record, clock())
    reminder = DUE - timedelta(hours=1)
    assert faults(record, reminder + timedelta(minutes=4, seconds=59)) == []
    (late,) = faults(record, reminder + timedelta(minutes=5))
    assert (late.id, late.board, late.stage, late.since) == (LATE, "northbridge", SAFETY, reminder)
    assert (
        "the letter to the duty manager that was due at 12:00 on Monday 3 March 2031 was not called for" in late.words
    )
    assert "last step, number 1, was recorded at 09:00 on Monday 3 March 2031" in late.words


def test_climbed_rung_is_not_late(record: Record) -> None:
    recorded(record, clock(climbed=("0",)))
    assert faults(record, DUE) == []


def test_clock_that_ran_out_is_found_until_that_is_recorded(record: Record) -> None:
    recorded(record, clock(climbed=("0", "1"), acknowledged=("1",)))
    (late,) = faults(record, after(minutes=5))
    assert (late.id, late.since) == (LATE, DUE)
    assert "it ran out" in late.words
    recorded(record, clock(climbed=IN_TIME, acknowledged=("1",)), sequence=2, at=after(minutes=6))
    assert faults(record, after(days=30)) == []


def test_letter_that_nobody_acknowledged_is_to_be_repeated(record: Record) -> None:
    recorded(record, clock(climbed=IN_TIME))
    assert faults(record, after(hours=24)) == []
    (late,) = faults(record, after(hours=25))
    assert late.since == after(hours=24)


@pytest.mark.parametrize("status", [ClockStatus.MET, ClockStatus.LATE, ClockStatus.STOPPED, ClockStatus.WITHDRAWN])
def test_clock_that_does_not_run_is_left_in_peace(record: Record, status: ClockStatus) -> None:
    recorded(record, clock(status=status))
    assert faults(record, after(days=30)) == []


def test_only_the_last_computation_of_a_clock_counts(record: Record) -> None:
    moved = clock(due=after(days=2), computation=2, reason="The start was corrected.")
    recorded(record, clock())
    recorded(record, moved, sequence=2)
    assert faults(record, after(hours=1)) == []
    (late,) = faults(record, after(days=3))
    assert late.since == after(days=2, hours=-1)


def test_stage_at_its_end_has_nothing_to_climb(record: Record) -> None:
    recorded(record, clock())
    recorded(record, sequence=2, at=START, finished=True)
    assert faults(record, after(days=30)) == []
    recorded(record, sequence=3, at=START + timedelta(minutes=1))  # something came in, and it goes on
    assert ids(faults(record, after(days=30))) == [LATE]


def test_each_stage_is_found_by_itself(record: Record) -> None:
    for case in (CASE, OTHER):
        recorded(record, clock(), case=case)
    found = faults(record, after(hours=1))
    assert [(fault.board, fault.stage) for fault in found] == [
        ("northbridge", SAFETY),
        ("southbridge", OTHER.stage_id("safety", 1)),
    ]


def test_worker_that_was_never_there_is_missed(record: Record) -> None:
    (missing,) = faults(record, START, worker=False)
    assert (missing.id, missing.board) == ("worker scr", None)
    assert "none was ever seen there" in missing.words


def test_silent_worker_is_missed_after_the_limit(record: Record) -> None:
    beat(record.engine, "w1", QUEUE, START)
    assert faults(record, START + timedelta(minutes=3), worker=False) == []
    (missing,) = faults(record, START + timedelta(minutes=3, seconds=1), worker=False)
    assert missing.since == START
    assert "worker w1, was seen at 09:00 on Monday 3 March 2031 and not since" in missing.words
    beat(record.engine, "w1", QUEUE, START + timedelta(minutes=4))
    assert faults(record, START + timedelta(minutes=5), worker=False) == []


def test_worker_that_was_stopped_in_order_is_missed_at_once(record: Record) -> None:
    beat(record.engine, "w1", QUEUE, START)
    end(record.engine, "w1", START + timedelta(seconds=30))
    (missing,) = faults(record, START + timedelta(seconds=31), worker=False)
    assert "was stopped in order" in missing.words
    beat(record.engine, "w2", QUEUE, START + timedelta(seconds=20))  # another one was there all the time
    assert faults(record, START + timedelta(seconds=31), worker=False) == []


def test_worker_of_another_queue_does_not_stand_in(record: Record) -> None:
    beat(record.engine, "w1", "elsewhere", START)
    assert ids(faults(record, START, worker=False)) == ["worker scr"]


def test_workers_long_gone_are_forgotten(record: Record) -> None:
    beat(record.engine, "w1", QUEUE, START)
    now = START + FORGOTTEN_AFTER + timedelta(seconds=1)
    beat(record.engine, "w2", "elsewhere", now)
    (missing,) = faults(record, now, worker=False)
    assert "none was ever seen" in missing.words


def test_letters_that_could_leave_and_do_not_are_counted_for_their_board(record: Record) -> None:
    entry = clock(climbed=IN_TIME)
    recorded(record, entry, climbs=(climb("1", DUE, kind="climb", urgent=True),), at=DUE)
    plain = Letter(id="letter/1", template="task", to=Role.DIRECTOR)
    recorded(record, letters=(plain,), sequence=2, at=after(minutes=1))
    assert faults(record, after(minutes=14)) == []
    (stuck,) = faults(record, after(minutes=16))
    assert (stuck.id, stuck.board, stuck.since) == ("letters northbridge", "northbridge", DUE)
    assert "2 letters of the board northbridge, 1 of them about the safety of children, should have left" in stuck.words


def test_letter_in_the_hands_of_a_worker_that_died_is_stuck_as_well(record: Record) -> None:
    recorded(record, letters=(Letter(id="letter/1", template="task", to=Role.DIRECTOR),))
    outbox.claim_ripe(record, SAFETY, START, "dead", timedelta(minutes=6))
    assert ids(faults(record, START + timedelta(minutes=15))) == ["letters northbridge"]


def test_letter_that_left_or_waits_for_the_morning_is_not_stuck(record: Record) -> None:
    record = Record(record.engine, record.keyring, lambda board, at, urgent: at if urgent else at + timedelta(hours=12))
    morning = Letter(id="letter/1", template="task", to=Role.DIRECTOR)
    recorded(record, letters=(morning, morning.model_copy(update={"id": "letter/2", "urgent": True})))
    (urgent,) = outbox.claim_ripe(record, SAFETY, START, "w", timedelta(minutes=6))
    outbox.mark_sent(record, urgent.pk, START, message_id="<m>", person="p", proof="250 OK")
    assert faults(record, START + timedelta(hours=12)) == []
    assert ids(faults(record, START + timedelta(hours=12, minutes=15))) == ["letters northbridge"]


def test_limits_are_the_operators(record: Record) -> None:
    recorded(record, clock(climbed=("0",)))
    beat(record.engine, "w1", QUEUE, DUE)
    assert ids(look(record.engine, QUEUE, Limits(grace=timedelta()), DUE)) == [LATE]


async def test_record_that_is_away_is_told_and_nothing_is_known() -> None:
    blind = await seen(make_engine("sqlite:////nowhere/at/all/record.db"), START)
    assert ids(blind.faults) == ["record record"]
    assert "The watchdog cannot see whether all is well" in blind.faults[0].words
    assert not blind.could_look
    assert set(FaultKind) - blind.unknown == {FaultKind.RECORD}


async def test_temporal_is_not_needed(record: Record) -> None:
    recorded(record, clock())
    beat(record.engine, "w1", QUEUE, DUE)
    looked = await seen(record.engine, DUE)
    assert ids(looked.faults) == [LATE]
    assert looked.could_look
    assert looked.unknown == OF_TEMPORAL
    assert looked.remarks == (
        "Temporal could not be asked (nobody listens there); what is told here is known from the case record.",
    )
