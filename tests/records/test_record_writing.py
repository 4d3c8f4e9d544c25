"""Writing transitions: once, whole, and in order, whatever is killed and whoever races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from functools import partial
from threading import Barrier
from typing import Any, NoReturn, TypeVar

import pytest
from recorded_cases import CASE, DECISION, SAFETY, START, climb, clock, fact, letter, minutes, recording, task
from sqlalchemy import select

from domain.people import Role
from domain.record import CaseRef, ClockStatus, Recorded
from records import outbox, queries
from records.engine import RecordFault, make_engine
from records.store import Record
from records.tables import LetterRow, RungRow
from sealing import Keyring

T = TypeVar("T")


def together(*calls: Callable[[], T]) -> list[T]:
    """The results of calls that begin at the same moment, each in a thread of its own."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def full() -> dict[str, Any]:
    return {
        "regime": "england-scr",
        "facts": (fact(), fact("strategy-discussion-called")),
        "clocks": (clock(),),
        "tasks": (task(), task("hold-discussion")),
        "climbs": (climb(),),
        "letters": (letter(),),
    }


def test_same_recording_again_gives_the_same_answer_and_changes_nothing(record: Record) -> None:
    first = record.write(recording(**full()))
    before = queries.export(record, CASE)
    record.write(recording(2, letters=(letter("letter/2"),)))
    [one, *_] = outbox.claim_ripe(record, SAFETY, minutes(1), "w", timedelta(minutes=5))
    outbox.mark_sent(record, one.pk, minutes(3), message_id="<1>", person="p", proof="250 ok")
    after = queries.export(record, CASE)
    assert record.write(recording(**full())) == first == Recorded(next_post_at=minutes(1))
    assert queries.export(record, CASE) == after != before


def test_everything_of_a_transition_is_written(record: Record) -> None:
    record.write(recording(**full()))
    assert [f.fact for f in queries.facts(record, CASE)] == [fact(), fact("strategy-discussion-called")]
    assert [c.entry for c in queries.clocks(record, CASE)] == [clock()]
    assert {t.id for t in queries.tasks(record)} == {
        "northbridge/SCR-2031-01/safety/1/c1/decide-child",
        "northbridge/SCR-2031-01/safety/1/c1/hold-discussion",
    }
    assert [kept.letter for kept in queries.letters(record, CASE)] == [climb().letter, letter()]
    assert queries.case_summary(record, CASE).regime == "england-scr"


def test_exception_within_the_transaction_leaves_nothing(record: Record, keyring: Keyring) -> None:
    def no_quiet_hours_known(*_: object) -> NoReturn:
        raise RuntimeError("killed")

    dying = Record(record.engine, keyring, no_quiet_hours_known)
    with pytest.raises(RuntimeError, match="killed"):
        dying.write(recording(**full()))
    assert queries.cases(record) == []
    record.write(recording(**full()))
    assert len(queries.facts(record, CASE)) == 2


def test_rung_is_claimed_once_when_two_workers_race(record: Record) -> None:
    record.write(recording(1))
    for rung in range(8):
        rivals = [recording(10 * rung + n, climbs=(climb(str(rung)),)) for n in (10, 11)]
        together(*(partial(record.write, rival) for rival in rivals))
    with record.reading() as session:
        assert len(session.scalars(select(RungRow)).all()) == 8
        assert len(session.scalars(select(LetterRow)).all()) == 8


def test_letter_of_a_rung_claimed_before_is_not_put_out_again(record: Record) -> None:
    record.write(recording(1, climbs=(climb(),)))
    [sent] = outbox.claim_ripe(record, SAFETY, minutes(1), "w", timedelta(minutes=5))
    outbox.mark_sent(record, sent.pk, minutes(2), message_id="<1>", person="p", proof="250 ok")
    answer = record.write(recording(2, climbs=(climb(),)))
    assert answer.next_post_at is None
    assert len(queries.letters(record, CASE)) == 1


def test_rung_claimed_before_puts_out_no_letter_of_another_id_either(record: Record) -> None:
    record.write(recording(1, climbs=(climb(),)))
    renamed = climb().model_copy(update={"letter": letter("climb/renamed", kind="climb")})
    record.write(recording(2, climbs=(renamed,)))
    assert [row.letter.id for row in queries.letters(record, CASE)] == [climb().letter.id]


def test_chain_stays_whole_when_workers_race(record: Record) -> None:
    stages = [SAFETY, DECISION, CASE.stage_id("safety", 2), CASE.workflow_id]

    def work(stage: str) -> None:
        for sequence in range(1, 6):
            record.write(recording(sequence, stage, facts=(fact(), fact("another"))))

    together(*(partial(work, stage) for stage in stages))
    verified = queries.verify(record, CASE)
    assert (verified.ok, verified.facts) == (True, 40)


def test_chain_that_grows_meanwhile_is_verified_as_it_stood(record: Record) -> None:
    record.write(recording(1, facts=(fact(),)))

    def grow() -> bool:
        for sequence in range(2, 60):
            record.write(recording(sequence, facts=(fact(),)))
        return True

    def look() -> bool:
        return all(queries.verify(record, CASE).ok for _ in range(60))

    assert together(grow, look) == [True, True]


def test_two_first_recordings_of_a_case_make_one_case(record: Record) -> None:
    together(*(partial(record.write, recording(1, stage)) for stage in (SAFETY, DECISION)))
    assert [summary.case for summary in queries.cases(record)] == [CASE]


def test_task_not_listed_any_more_is_done_and_one_asked_again_is_open_again(record: Record) -> None:
    record.write(recording(1, tasks=(task(), task("hold-discussion"))))
    record.write(recording(2, tasks=(task("hold-discussion"),)))
    done = queries.find_task(record, "northbridge/SCR-2031-01/safety/1/c1/decide-child")
    assert done.done_at == minutes(2)
    record.write(recording(3, tasks=(task(due_at=minutes(60)),)))
    again = queries.find_task(record, "c1/decide-child")
    assert (again.opened_at, again.done_at, again.due_at) == (minutes(3), None, minutes(60))


def test_finished_stage_leaves_no_task_open(record: Record) -> None:
    record.write(recording(1, tasks=(task(),)))
    record.write(recording(1, DECISION, tasks=(task("decide", None),)))
    record.write(recording(2, tasks=(task(),), finished=True))
    assert [left.form for left in queries.tasks(record)] == ["decide"]


def test_clock_keeps_its_earlier_computations(record: Record) -> None:
    record.write(recording(1, clocks=(clock(),)))
    corrected = clock(hours=6, computation=2, reason="the start event was corrected")
    record.write(recording(2, clocks=(corrected,)))
    met = corrected.model_copy(update={"status": ClockStatus.MET, "satisfied_at": minutes(3)})
    record.write(recording(3, clocks=(met,)))
    kept = queries.clocks(record, CASE)
    assert [(c.entry, c.current) for c in kept] == [(clock(), False), (met, True)]
    assert queries.case_summary(record, CASE).next_due_at is None


def test_closed_case_keeps_its_state_sealed_and_can_be_opened_again(record: Record) -> None:
    parent = CASE.workflow_id
    record.write(recording(1, parent))
    assert record.restore(CASE) is None
    record.write(recording(2, parent, finished=True, snapshot={"stage": {"children": ["Quillfeather"]}}))
    assert record.restore(CASE) == {"stage": {"children": ["Quillfeather"]}}
    assert queries.cases(record, open_only=True) == []
    record.write(recording(3, parent))
    assert queries.case_summary(record, CASE).closed_at is None


def test_state_can_be_asked_for_again_after_the_first_recording_of_a_case_that_goes_on(record: Record) -> None:
    parent = CASE.workflow_id
    record.write(recording(1, parent, finished=True, snapshot={"sequence": 1}))
    record.write(recording(2, parent))
    assert record.restore(CASE) == {"sequence": 1}


def test_end_of_a_stage_does_not_close_the_case(record: Record) -> None:
    record.write(recording(1, CASE.workflow_id, stage_title="Case: deciding"))
    record.write(recording(1, SAFETY, finished=True))
    summary = queries.case_summary(record, CASE)
    assert (summary.closed_at, summary.stage) == (None, "Case: deciding")
    assert [(s.stage, s.finished) for s in summary.stages] == [(CASE.workflow_id, False), (SAFETY, True)]


def test_late_climbs_are_held_sixty_seconds_and_punctual_ones_not(record: Record) -> None:
    punctual, late = climb("0", minutes(-14)), climb("1", minutes(-15))
    answer = record.write(recording(1, climbs=(punctual, late)))
    kept = {row.letter.id[-1]: row for row in queries.letters(record, CASE)}
    assert (kept["0"].late, kept["0"].not_before) == (False, minutes(1))
    assert (kept["1"].late, kept["1"].not_before) == (True, minutes(2))
    assert answer.next_post_at == minutes(1)


def test_rung_exactly_fifteen_minutes_ago_is_not_late(record: Record) -> None:
    record.write(recording(1, climbs=(climb("0", minutes(-14)),)))
    assert [row.late for row in queries.letters(record, CASE)] == [False]


def test_letter_waits_for_the_end_of_quiet_hours_unless_urgent(record: Record, keyring: Keyring) -> None:
    quiet = Record(record.engine, keyring, lambda board, at, urgent: at if urgent else minutes(600))
    answer = quiet.write(recording(1, letters=(letter("a"), letter("b", urgent=True)), climbs=()))
    assert answer.next_post_at == minutes(1)
    assert [row.not_before for row in queries.letters(record, CASE)] == [minutes(600), minutes(1)]


def test_late_climb_that_quiet_hours_hold_longer_is_held_longer(record: Record, keyring: Keyring) -> None:
    quiet = Record(record.engine, keyring, lambda board, at, urgent: minutes(600))
    assert quiet.write(recording(1, climbs=(climb("0", minutes(-60)),))).next_post_at == minutes(600)


def test_other_transition_under_the_same_sequence_supersedes_what_the_engine_never_took_in(record: Record) -> None:
    """A worker is killed after recording; another command comes first when the next worker goes on."""
    lost = (fact("child-acknowledged"), fact("rung-climbed", by=None))
    record.write(recording(1, facts=lost, clocks=(clock(),), letters=(letter("notice/1", kind="notice"),)))
    stood = (fact("child-safety-decided"), fact("rung-climbed", by=None, at=minutes(5)))
    record.write(recording(1, at=minutes(5), facts=stood, letters=(letter("letter/2"),)))
    kept = queries.facts(record, CASE)
    assert [(f.fact.kind, f.stands) for f in kept] == [
        ("child-acknowledged", False),
        ("rung-climbed", True),
        ("child-safety-decided", True),
        ("facts-superseded", True),
    ]
    assert [row.letter.id for row in queries.letters(record, CASE)] == ["letter/2"]
    assert queries.clocks(record, CASE) == []
    record.write(recording(2, at=minutes(6), facts=(fact("child-acknowledged"),)))
    assert [f.fact.kind for f in queries.facts(record, CASE) if f.stands].count("child-acknowledged") == 1
    assert queries.verify(record, CASE).ok


def test_same_transition_at_a_later_attempt_adds_no_fact_letter_or_rung(record: Record) -> None:
    record.write(recording(1, **full()))
    record.write(recording(1, **{**full(), "at": minutes(3), "clocks": (clock(waiting_on=Role.DIRECTOR),)}))
    assert len(queries.facts(record, CASE)) == 2
    assert len(queries.letters(record, CASE)) == 2
    assert [c.entry.waiting_on for c in queries.clocks(record, CASE)] == [Role.DIRECTOR]


def test_clock_that_a_superseded_transition_met_runs_again(record: Record) -> None:
    record.write(recording(1, clocks=(clock(),)))
    record.write(recording(2, clocks=(clock(status=ClockStatus.MET, satisfied_at=minutes(2)),)))
    record.write(recording(2, at=minutes(4)))
    assert [c.entry for c in queries.clocks(record, CASE)] == [clock()]


def test_recording_of_a_worker_that_was_given_up_changes_nothing(record: Record) -> None:
    record.write(recording(1, at=minutes(5), facts=(fact("child-safety-decided"),)))
    record.write(recording(1, at=minutes(4), facts=(fact("child-acknowledged"),)))
    assert [f.fact.kind for f in queries.facts(record, CASE)] == ["child-safety-decided"]


def test_instants_come_back_aware_and_equal_whatever_their_offset(record: Record) -> None:
    summer = timedelta(hours=1)
    at = START.astimezone(timezone(summer))
    record.write(recording(1, at=at, tasks=(task(due_at=at),)))
    [asked] = queries.tasks(record)
    assert asked.due_at == START
    assert asked.due_at.utcoffset() == timedelta(0)


def test_same_reference_of_two_boards_are_two_cases(record: Record) -> None:
    other = CaseRef(board="eastmere", reference=CASE.reference)
    record.write(recording(1, facts=(fact(),)))
    record.write(recording(1, other.stage_id("safety", 1), other, facts=(fact(), fact("another"))))
    assert (len(queries.facts(record, CASE)), len(queries.facts(record, other))) == (1, 2)
    with pytest.raises(queries.Ambiguous, match="eastmere, northbridge"):
        queries.resolve(record, CASE.reference)
    assert queries.resolve(record, CASE.reference, "eastmere") == other


def test_fault_tells_where_but_neither_password_nor_values() -> None:
    engine = make_engine("postgresql://scr:s3cret@127.0.0.1:1/record")
    with pytest.raises(RecordFault) as fault:
        Record(engine, Keyring.model_validate({"current": "k", "keys": {"k": bytes(32)}}), lambda b, at, u: at).write(
            recording(facts=(fact(detail={"name": "Quillfeather"}),))
        )
    said = str(fault.value)
    assert "127.0.0.1:1" in said and "refused" in said
    assert "s3cret" not in said and "Quillfeather" not in said and "\n" not in said
