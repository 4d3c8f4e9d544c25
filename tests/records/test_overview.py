"""Lists over all cases of a board: where they stand, what is due and overdue, who was told, how it went by year."""

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from recorded_cases import CASE, START, climb, clock, letter, minutes, recording, task
from sqlalchemy import func, select, update

from domain.action_commands import PlanAction
from domain.appointments import APPOINTED
from domain.people import Role
from domain.record import CaseRef, ClockEntry, ClockStatus, Fact
from records import appointed, board_clocks, operating, outbox, overview
from records.heartbeats import beat, end
from records.overview import Asking, CaseFilter, Reach
from records.store import Record
from records.tables import AppointmentRow, FactRow

BOARD = CASE.board
SECOND = CaseRef(board=BOARD, reference="SCR-2031-02")
ELSEWHERE = CaseRef(board="eastmere", reference="SCR-2031-09")
LATER = START + timedelta(days=28)
EVERYTHING = Reach(board=BOARD, person="p-1", everything=True, standing=True)


def stands(record: Record, case: CaseRef, words: str, *, closed: bool = False) -> None:
    record.write(recording(1, case.workflow_id, case, stage_title=words, finished=closed))


def runs(record: Record, *clocks: ClockEntry, case: CaseRef = CASE, sequence: int = 1, **fields: Any) -> None:
    record.write(recording(sequence, case.stage_id("safety", 1), case, clocks=clocks, **fields))


def due_on(day: date, item: str, status: ClockStatus, computation: int = 1) -> ClockEntry:
    entry = clock(item, status=status, computation=computation)
    due_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return entry.model_copy(update={"deadline": entry.deadline.model_copy(update={"due_on": day, "due_at": due_at})})


def test_open_cases_are_counted_by_stage_whatever_differs_from_case_to_case(record: Record) -> None:
    waits = "Case: the panel waits for a decision about the safety of each child"
    under_way = "Case: the serious case review is under way"
    words = (f"{waits} (2 to come)", f"{waits} (1 to come)", under_way, f"{under_way}; children first: the safety of 1")
    for number, stage in enumerate((*words, f"{waits} (3 to come)")):
        stands(record, CaseRef(board=BOARD, reference=f"R-{number}"), stage)
    stands(record, CaseRef(board=BOARD, reference="R-9"), "Case: closed", closed=True)
    stands(record, ELSEWHERE, under_way)
    found = overview.stages(record, BOARD)
    assert [(each.stage, each.cases) for each in found] == [(waits, 3), (under_way, 2)]
    assert found[0].words.startswith("The panel waits")
    for each in found:
        lines, _ = overview.cases(record, EVERYTHING, CaseFilter(stage=each.stage, open=True))
        assert len(lines) == each.cases, "the link leads to as many as are counted"


def test_stage_with_signs_of_a_pattern_is_found_as_it_is_written(record: Record) -> None:
    stands(record, CASE, "Case: 100% under_way")
    stands(record, SECOND, "Case: 1000 under way")
    lines, _ = overview.cases(record, EVERYTHING, CaseFilter(stage="Case: 100% under_way"))
    assert [line.case for line in lines] == [CASE]


def test_due_are_the_running_clocks_of_the_board_by_their_last_computation(record: Record) -> None:
    moved = clock("c1", 90, computation=2, reason="the start was corrected")
    runs(record, clock("c1", 4), moved, clock("c2", 50), clock("c3", 30, status=ClockStatus.MET))
    runs(record, clock("c1", 60), clock("c9", 24 * 40), case=SECOND)
    runs(record, clock("c1", 70), case=ELSEWHERE)
    found = board_clocks.due(record, BOARD, START, LATER)
    assert [(each.case, each.entry.id) for each in found.clocks] == [
        (CASE, "safety-decision/c2"),
        (SECOND, "safety-decision/c1"),
        (CASE, "safety-decision/c1"),
    ]
    assert found.count == 3 and found.clocks[-1].entry == moved
    assert board_clocks.overdue(record, BOARD, START + timedelta(hours=50)).count == 1, "due at that very instant"


def test_clocks_come_a_page_at_a_time(record: Record) -> None:
    runs(record, *(clock(f"c{number}", number) for number in range(1, 8)))
    pages = [board_clocks.due(record, BOARD, START, LATER, number, rows=3) for number in (1, 2, 3, 4)]
    assert [[each.entry.item for each in page.clocks] for page in pages] == [
        ["c1", "c2", "c3"],
        ["c4", "c5", "c6"],
        ["c7"],
        [],
    ]
    assert {page.count for page in pages} == {7}


def test_escalations_are_rungs_after_the_due_instant_with_their_acknowledgement(record: Record) -> None:
    due = START + timedelta(hours=4)
    rungs = (climb("0", START), climb("1", due), climb("1.1", due + timedelta(hours=1)))
    seen = clock("c1", acknowledged=("1",))
    runs(record, seen, climbs=rungs, at=due + timedelta(hours=2))
    runs(record, clock("c1"), case=ELSEWHERE, climbs=(climb("0", due),), at=due)
    found, more = board_clocks.escalations(record, BOARD, START)
    assert [(each.rung, each.root, each.acknowledged) for each in found] == [("1.1", "1", True), ("1", "1", True)]
    assert not more and {each.letter for each in found} == {"waiting"}
    assert board_clocks.escalations(record, BOARD, due + timedelta(hours=3)) == ((), False), "long ago"
    one, more = board_clocks.escalations(record, BOARD, START, rows=1)
    assert [each.rung for each in one] == ["1.1"] and more


def test_acknowledged_in_an_earlier_computation_stays_acknowledged(record: Record) -> None:
    due = START + timedelta(hours=4)
    runs(record, clock("c1", acknowledged=("0",)), climbs=(climb("0", due),), at=due)
    runs(record, clock("c1", 9, computation=2), sequence=2, at=due + timedelta(minutes=1))
    (found,), _ = board_clocks.escalations(record, BOARD, START)
    assert found.acknowledged and found.entry.computation == 2 and found.step is not None


def test_clocks_are_counted_by_the_year_in_which_they_were_due_each_once(record: Record) -> None:
    runs(
        record,
        due_on(date(2030, 12, 31), "c1", ClockStatus.MET),
        due_on(date(2031, 1, 1), "c2", ClockStatus.LATE),
        due_on(date(2031, 5, 1), "c3", ClockStatus.MET),
        due_on(date(2031, 6, 1), "c4", ClockStatus.OPEN),
        due_on(date(2031, 6, 1), "c5", ClockStatus.WITHDRAWN),
        due_on(date(2030, 6, 1), "c6", ClockStatus.LATE),
        due_on(date(2031, 6, 1), "c6", ClockStatus.MET, computation=2),
    )
    runs(record, due_on(date(2031, 2, 1), "c1", ClockStatus.LATE), case=ELSEWHERE)
    found = board_clocks.by_year(record, BOARD)
    assert [(each.year, each.met, each.late) for each in found] == [(2030, 1, 0), (2031, 2, 1)]
    assert {(each.title, each.strength.value) for each in found} == {("Decide about the child's safety", "local")}


def test_a_board_without_cases_has_empty_lists(record: Record) -> None:
    assert overview.stages(record, BOARD) == () and board_clocks.by_year(record, BOARD) == ()
    assert board_clocks.overdue(record, BOARD, LATER).count == 0
    assert overview.cases(record, Reach(board=BOARD, person="p-1"), CaseFilter()) == ((), False)


def test_appointments_are_read_once_and_again_only_where_facts_came(record: Record) -> None:
    fact = Fact(kind=APPOINTED, at=START, detail={"person": "p-1", "role": Role.LEAD_REVIEWER.value})
    runs(record, facts=(fact,))
    runs(record, case=SECOND)
    for _ in range(2):
        appointed.refresh(record, BOARD)
        with record.reading() as session:
            rows = session.execute(select(AppointmentRow.person, AppointmentRow.role)).all()
        assert [tuple(row) for row in rows] == [("p-1", "lead-reviewer")]


def test_case_whose_facts_do_not_open_is_told_of_and_the_others_are_read(
    record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    fact = Fact(kind=APPOINTED, at=START, detail={"person": "p-1", "role": Role.LEAD_REVIEWER.value})
    runs(record, facts=(fact,))
    runs(record, facts=(fact,), case=SECOND)
    with record.writing() as session:
        session.execute(update(FactRow).where(FactRow.case_id == 1).values(sealed=b"something else"))
    with caplog.at_level(logging.WARNING):
        appointed.refresh(record, BOARD)
    assert [message for message in caplog.messages if CASE.reference in message]
    with record.reading() as session:
        assert session.scalar(select(func.count()).select_from(AppointmentRow)) == 1


def test_tasks_are_those_of_held_roles_and_of_own_actions_the_earliest_due_first(record: Record) -> None:
    asked = (
        task("decide", None, role=Role.BOARD_CHAIR, due_at=minutes(90)),
        task("sign", None, role=Role.BOARD_CHAIR),
        task("send", "police", role=Role.AGENCY_LEAD, agency="police", due_at=minutes(30)),
        task("send", "housing", role=Role.AGENCY_LEAD, agency="housing"),
        task("progress", "A1/2", role=Role.ACTION_LEAD, due_at=minutes(60)),
        task("progress", "A10", role=Role.ACTION_LEAD),
        task("other", None, role=Role.DIRECTOR),
    )
    leads = (("A1", "p-1"), ("A10", "p-2"))
    facts = tuple(Fact(kind=PlanAction.FACT, at=START, item=action, detail={"lead": lead}) for action, lead in leads)
    runs(record, tasks=asked, facts=facts)
    runs(record, tasks=asked, case=ELSEWHERE)
    holds = (Asking(role=Role.BOARD_CHAIR), Asking(role=Role.AGENCY_LEAD, agency="police"))
    reach = Reach(board=BOARD, person="p-1")
    found = overview.tasks(record, reach, holds, minutes(60))
    assert [(each.form, each.item) for each in found.tasks] == [
        ("send", "police"),
        ("progress", "A1/2"),
        ("decide", None),
        ("sign", None),
    ]
    assert (found.count, found.overdue) == (4, 2)
    assert overview.tasks(record, reach, holds, minutes(60), 2).tasks == ()
    cases, _ = overview.cases(record, reach.model_copy(update={"agencies": ("police",)}), CaseFilter())
    assert [(each.case, each.standing) for each in cases] == [(CASE, False)]


def test_clocks_of_tasks_are_the_last_computations_without_their_working(record: Record) -> None:
    runs(record, clock("c1", 4), clock("c1", 9, computation=2), clock("c2"))
    stage = CASE.stage_id("safety", 1)
    found = overview.clocks_of(record, [(stage, "safety-decision/c1"), (stage, "none")])
    assert {key: entry.computation for key, entry in found.items()} == {(stage, "safety-decision/c1"): 2}


def test_mail_queue_counts_what_waits_is_held_left_and_failed(record: Record) -> None:
    held_until = minutes(60)
    record._hold_until = lambda board, at, urgent: at if urgent else held_until
    written = (letter("letter/1", urgent=True), letter("letter/2"), letter("letter/3"), letter("letter/4", urgent=True))
    runs(record, letters=written)
    now = minutes(10)
    mail = operating.mail_queue(record, now)
    assert (mail.ready, mail.urgent, mail.oldest, mail.held, mail.next_at) == (2, 2, minutes(1), 2, held_until)
    claimed = outbox.claim_ripe(record, CASE.stage_id("safety", 1), now, "w", timedelta(minutes=5))
    assert operating.mail_queue(record, now).sending == 2
    outbox.mark_sent(record, claimed[0].pk, now, message_id="<1>", person="p-1", proof="250")
    outbox.mark_refused(record, claimed[1].pk, now, message_id="", person="p-1", proof="550")
    mail = operating.mail_queue(record, now)
    assert (mail.ready, mail.oldest, mail.sending, mail.sent, mail.refused, mail.unaddressed) == (0, None, 0, 1, 1, 0)
    long_after = operating.mail_queue(record, now + timedelta(days=8))
    assert (long_after.sent, long_after.refused, long_after.ready) == (0, 0, 2)


def test_workers_that_run_come_first_and_long_gone_ones_not_at_all(record: Record) -> None:
    beat(record.engine, "w-old", "scr", START - timedelta(days=6))
    beat(record.engine, "w-ended", "scr", START)
    end(record.engine, "w-ended", START)
    beat(record.engine, "w-runs", "scr", START - timedelta(minutes=1))
    assert [each.worker for each in operating.workers(record, START)] == ["w-runs", "w-old", "w-ended"]
    assert [each.worker for each in operating.workers(record, START + timedelta(days=2))] == ["w-runs", "w-ended"]


def test_tables_of_a_migrated_record_are_the_newest(record: Record) -> None:
    version = operating.tables_version(record)
    assert version.now == version.newest and version.now >= "0012"
