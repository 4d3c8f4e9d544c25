"""Daily letters: a person gets one message of them a day, whatever stages, cases and roles they come from."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from mail_server import Rules, free_port, mail_server
from posting_world import AT, CASE, CHAIR, OTHER, Killed, directory, later, letter, post, states, write
from temporalio.exceptions import ApplicationError

from activities.calendar import build_calendar
from domain.clocks.calendar import CalendarRequest
from domain.directory import QuietHours
from domain.people import Role
from domain.quiet_hours import may_leave_at
from domain.record import CaseRef, Climb, Recording, Task
from records.engine import make_engine
from records.migrate import upgrade
from records.store import GATHER, Record
from sealing import Keyring

LEAD, LEADS_ADDRESS = "nb-police-lead", "safeguarding@police.northbridge.example"
MORNING = datetime.fromisoformat("2026-04-14T09:00:00+01:00")
NEXT_MORNING = MORNING + timedelta(days=1)
POLICE = "northbridge-police"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int) -> Iterator[Rules]:
    rules = Rules()
    with mail_server(rules, port):
        yield rules


@pytest.fixture
def quiet_record(sqlite_url: str, keyring: Keyring) -> Iterator[Record]:
    """A record that holds letters through the usual quiet hours and through days that are no working days."""
    engine = make_engine(sqlite_url)
    upgrade(engine)
    calendar = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2027))
    yield Record(engine, keyring, lambda board, at, urgent: may_leave_at(at, urgent, QuietHours(), calendar))
    engine.dispose()


def due(action: str, day: int = 14, to: Role = Role.ACTION_LEAD, at: datetime = MORNING, **fields: object) -> Climb:
    """A rung of the clock of an action that is due on that day of April."""
    to_lead = {"person": LEAD} if to is Role.ACTION_LEAD else {}
    of_agency = {"agency": POLICE} if to.of_an_agency else {}
    given = {
        "kind": "climb",
        "daily": True,
        "template": "clock-overdue",
        "clock_title": "Action",
        "due_at": datetime.fromisoformat(f"2026-04-{day + 1:02}T00:00:00+01:00"),
        "due_on": f"by the end of {day} April 2026",
        "waited_for": "action lead",
        "words": {"about": action},
    }
    written = letter(f"climb/action/{action}/1/{to.value}", to, **given | to_lead | of_agency | fields)
    return Climb(clock=f"action/{action}", computation=1, rung=to.value, scheduled_at=at, letter=written)


def lead_and_executive() -> tuple[str, str]:
    """The example directory where the agency's lead is its executive as well."""
    police = directory().board("northbridge").agencies
    [agency] = [each for each in police if each.id == POLICE]
    return f'executive = "{agency.executive}"', f'executive = "{agency.lead}"'


def texts(server: Rules) -> list[str]:
    return [message.decode() for _, message in server.taken]


def readers(server: Rules) -> list[str]:
    return [reader for to, _ in server.taken for reader in to]


async def test_actions_of_two_cases_due_the_same_morning_are_one_message_in_order_of_their_due_days(
    record: Record, server: Rules, port: int
) -> None:
    write(record, climbs=[due("A1", 21), due("A2", 14)], at=MORNING)
    write(record, climbs=[due("A3", 16)], case=OTHER, at=MORNING)
    await post(record, port, MORNING + GATHER)
    assert (await post(record, port, MORNING + GATHER, case=OTHER)).next_post_at is None
    assert readers(server) == [LEADS_ADDRESS]
    [text] = texts(server)
    assert "Subject: 2 cases: Action (3)" in text
    parts = [text.index(part) for part in ("(A2)", "14 April", "(A3)", "16 April", "(A1)", "21 April")]
    assert parts == sorted(parts)
    assert {*states(record).values(), *states(record, OTHER).values()} == {"sent"}


async def test_daily_letters_gather_before_they_leave(record: Record, server: Rules, port: int) -> None:
    write(record, climbs=[due("A1")], at=MORNING)
    write(record, [letter()], at=MORNING, sequence=2)
    assert (await post(record, port, MORNING)).next_post_at == MORNING + GATHER
    assert readers(server) == [CHAIR]
    write(record, climbs=[due("A2")], case=OTHER, at=MORNING + timedelta(seconds=50))
    await post(record, port, MORNING + GATHER)
    assert readers(server) == [CHAIR, LEADS_ADDRESS]
    assert states(record, OTHER) == {"climb/action/A2/1/action-lead": "sent"}


async def test_what_comes_up_later_that_day_waits_until_the_next_morning(
    record: Record, server: Rules, port: int
) -> None:
    write(record, climbs=[due("A1")], at=MORNING)
    await post(record, port, MORNING + GATHER)
    noon = later(hours=2)
    write(record, climbs=[due("A2", at=noon)], case=OTHER, at=noon)
    assert (await post(record, port, noon + GATHER, case=OTHER)).next_post_at == NEXT_MORNING + GATHER
    assert len(server.taken) == 1
    assert states(record, OTHER) == {"climb/action/A2/1/action-lead": "waiting"}
    write(record, climbs=[due("A3", at=NEXT_MORNING)], at=NEXT_MORNING, sequence=2)
    await post(record, port, NEXT_MORNING + GATHER)
    assert readers(server) == [LEADS_ADDRESS] * 2
    assert "(A2)" in texts(server)[1] and "(A3)" in texts(server)[1]
    assert (await post(record, port, NEXT_MORNING + GATHER, case=OTHER)).next_post_at is None
    assert len(server.taken) == 2


async def test_the_day_is_the_civil_day(sqlite_record: Record, server: Rules, port: int) -> None:
    late = datetime.fromisoformat("2026-04-14T23:30:00+01:00")
    write(sqlite_record, climbs=[due("A1", at=late)], at=late)
    await post(sqlite_record, port, late + GATHER)
    write(sqlite_record, climbs=[due("A2", at=late)], at=late + timedelta(minutes=10), sequence=2)
    after_midnight = late + timedelta(minutes=50)
    write(sqlite_record, climbs=[due("A3", at=after_midnight)], at=after_midnight, sequence=3)
    posted = await post(sqlite_record, port, late + timedelta(minutes=11))
    assert posted.next_post_at == NEXT_MORNING + GATHER
    await post(sqlite_record, port, NEXT_MORNING + GATHER)
    assert len(server.taken) == 2


async def test_board_that_writes_on_working_days_only_lets_them_wait_over_the_weekend(
    quiet_record: Record, server: Rules, port: int
) -> None:
    friday = datetime.fromisoformat("2026-04-17T09:00:00+01:00")
    monday = friday + timedelta(days=3)
    write(quiet_record, climbs=[due("A1", at=friday)], at=friday)
    await post(quiet_record, port, friday + GATHER)
    write(quiet_record, climbs=[due("A2", at=friday)], at=friday + timedelta(hours=2), sequence=2)
    posted = await post(quiet_record, port, friday + timedelta(hours=3))
    assert posted.next_post_at == monday + GATHER
    assert len(server.taken) == 1


async def test_what_is_held_over_night_leaves_with_the_letters_of_that_morning(
    quiet_record: Record, server: Rules, port: int
) -> None:
    night = datetime.fromisoformat("2026-04-13T22:00:00+01:00")
    write(quiet_record, climbs=[due("A1", at=night)], at=night)
    assert (await post(quiet_record, port, night + GATHER)).next_post_at == MORNING + GATHER
    write(quiet_record, climbs=[due("A2")], case=OTHER, at=MORNING)
    await post(quiet_record, port, MORNING + GATHER)
    assert len(server.taken) == 1
    assert "(A1)" in texts(server)[0] and "(A2)" in texts(server)[0]


async def test_another_person_is_not_affected(record: Record, server: Rules, port: int) -> None:
    write(record, climbs=[due("A1")], at=MORNING)
    await post(record, port, MORNING + GATHER)
    write(record, climbs=[due("A2"), due("A1", to=Role.BOARD_CHAIR)], at=AT, sequence=2)
    await post(record, port, AT + GATHER)
    assert readers(server) == [LEADS_ADDRESS, CHAIR]


async def test_lead_of_one_action_who_is_executive_of_the_agency_gets_one_message(
    record: Record, server: Rules, port: int
) -> None:
    path = "northbridge/NB-2026-014/actions/action/A1/3/acknowledge-escalation"
    second = path.replace("A1", "A2")
    both = [due("A1"), due("A1", to=Role.AGENCY_EXECUTIVE, acknowledge=path)]
    write(record, climbs=[*both, due("A2", to=Role.AGENCY_EXECUTIVE, acknowledge=second)], at=MORNING)
    await post(record, port, MORNING + GATHER, people=directory(lead_and_executive()))
    assert readers(server) == [LEADS_ADDRESS]
    text = texts(server)[0].replace("=\n", "").replace("=\r\n", "")
    assert "To the action lead and agency executive" in text
    assert "You are told as the agency executive" in text
    asked = [line for line in text.splitlines() if line.endswith((path, second))]
    assert len(asked) == 2 and all(line.startswith("http") for line in asked)


async def test_letter_for_several_people_waits_only_for_those_who_had_theirs(
    record: Record, server: Rules, port: int
) -> None:
    board = directory().board("northbridge")
    first, *others = board.holders(Role.BOARD_MEMBER, None, MORNING.date())
    to_first = due("A1", person=first.id)
    write(record, climbs=[to_first], at=MORNING)
    await post(record, port, MORNING + GATHER)
    write(record, climbs=[due("A2", to=Role.BOARD_MEMBER)], at=AT, sequence=2)
    await post(record, port, AT + GATHER)
    assert sorted(readers(server)) == sorted([first.email, *(each.email for each in others)])
    assert states(record)["climb/action/A2/1/board-member"] == "waiting"
    await post(record, port, NEXT_MORNING + GATHER)
    assert sorted(readers(server)) == sorted([first.email, first.email, *(each.email for each in others)])
    assert states(record)["climb/action/A2/1/board-member"] == "sent"


async def test_letters_that_are_not_daily_leave_though_the_daily_message_is_out(
    record: Record, server: Rules, port: int
) -> None:
    write(record, climbs=[due("A1", to=Role.BOARD_CHAIR)], at=MORNING)
    await post(record, port, MORNING + GATHER)
    other = due("A2", to=Role.BOARD_CHAIR, daily=False)
    urgent = due("A3", to=Role.BOARD_CHAIR, urgent=True)
    write(record, [letter()], [other, urgent, due("A4", to=Role.BOARD_CHAIR)], at=AT, sequence=2)
    await post(record, port, AT + GATHER)
    assert readers(server) == [CHAIR] * 3
    kept = states(record)
    assert kept.pop("climb/action/A4/1/board-chair") == "waiting"
    assert set(kept.values()) == {"sent"}


async def test_after_an_outage_daily_letters_are_in_the_one_letter_that_says_what_passed(
    record: Record, server: Rules, port: int
) -> None:
    passed = AT - timedelta(days=2)
    late = due("A1", to=Role.BOARD_CHAIR, at=passed, daily=False)
    write(record, climbs=[late], at=AT)
    write(record, climbs=[due("A2", to=Role.BOARD_CHAIR, at=passed)], case=OTHER, at=AT)
    await post(record, port, AT + GATHER)
    assert readers(server) == [CHAIR]
    assert "was not able to write" in texts(server)[0]


async def test_nothing_is_lost_while_the_mail_server_is_away(record: Record, port: int) -> None:
    write(record, climbs=[due("A1")], at=MORNING)
    with pytest.raises(ApplicationError, match="cannot be reached"):
        await post(record, port, MORNING + GATHER)
    write(record, climbs=[due("A2")], case=OTHER, at=MORNING + GATHER)
    rules = Rules()
    with mail_server(rules, port):
        await post(record, port, MORNING + timedelta(minutes=3), attempt=2)
    assert readers(rules) == [LEADS_ADDRESS]
    assert "(A1)" in texts(rules)[0] and "(A2)" in texts(rules)[0]


async def test_letter_that_the_server_puts_off_leaves_the_day_to_the_next_attempt(
    record: Record, server: Rules, port: int
) -> None:
    server.recipients[LEADS_ADDRESS] = "451 try again later"
    write(record, climbs=[due("A1")], at=MORNING)
    with pytest.raises(ApplicationError):
        await post(record, port, MORNING + GATHER)
    server.recipients.clear()
    write(record, climbs=[due("A2")], at=MORNING + GATHER, sequence=2)
    await post(record, port, MORNING + GATHER + GATHER, attempt=2)
    assert len(server.taken) == 1
    assert set(states(record).values()) == {"sent"}


async def test_worker_killed_after_the_hand_over_repeats_the_same_message_and_no_other(
    record: Record, server: Rules, port: int
) -> None:
    write(record, climbs=[due("A1")], at=MORNING)
    write(record, climbs=[due("A2")], case=OTHER, at=MORNING)
    with pytest.raises(Killed):
        await post(record, port, MORNING + GATHER, lives=1)
    write(record, climbs=[due("A3")], at=MORNING + timedelta(minutes=2), sequence=2)
    await post(record, port, MORNING + timedelta(minutes=10), attempt=2)
    first, again = (message_id(text) for text in texts(server))
    assert first == again
    posted = await post(record, port, MORNING + timedelta(minutes=11))
    assert posted.next_post_at == NEXT_MORNING + GATHER
    assert len(server.taken) == 2
    assert states(record)["climb/action/A3/1/action-lead"] == "waiting"


async def test_letters_of_two_killed_workers_are_sent_again_as_the_two_messages_they_were(
    record: Record, server: Rules, port: int
) -> None:
    chair = due("A1", to=Role.BOARD_CHAIR)
    write(record, climbs=[due("A1"), chair], at=MORNING)
    with pytest.raises(Killed):
        await post(record, port, MORNING + GATHER, lives=1)
    write(record, climbs=[due("A2", to=Role.BUSINESS_MANAGER)], case=OTHER, at=MORNING + GATHER)
    with pytest.raises(Killed):
        await post(record, port, MORNING + 2 * GATHER, case=OTHER, lives=1)
    an_hour_later = MORNING + timedelta(hours=1)
    for case in (CASE, OTHER, CASE):
        await post(record, port, an_hour_later, case=case, attempt=2)
    ids = [message_id(text) for text in texts(server)]
    assert len(ids) == 5
    assert len(set(ids)) == 3
    assert {*states(record).values(), *states(record, OTHER).values()} == {"sent"}


async def test_what_was_done_while_the_letter_waited_is_not_asked_for(record: Record, server: Rules, port: int) -> None:
    task = f"{CASE.board}/{CASE.reference}/actions/A2/submit-evidence"
    write(record, climbs=[due("A1"), due("A2", task=task)], at=MORNING)
    ask_and_answer(record, CASE)
    await post(record, port, MORNING + GATHER)
    assert "(A2)" not in texts(server)[0]
    assert states(record)["climb/action/A2/1/action-lead"] == "withdrawn"


def ask_and_answer(record: Record, case: CaseRef) -> None:
    """The evidence for action A2 is asked for and submitted."""
    task = Task(form="submit-evidence", item="A2", role=Role.ACTION_LEAD, title="Submit the evidence")
    for sequence, tasks in enumerate(((task,), ()), start=1):
        record.write(
            Recording(
                case=case,
                stage=case.stage_id("actions"),
                sequence=sequence,
                at=MORNING,
                stage_title="Actions",
                tasks=tasks,
            )
        )


def message_id(text: str) -> str:
    [line] = [line for line in text.splitlines() if line.startswith("Message-ID:")]
    return line
