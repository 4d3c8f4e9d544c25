"""The outgoing post: each reader once, whatever is killed, refused, put off or away meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mail_server import Rules, free_port, mail_server
from posting_world import (
    AT,
    CASE,
    CHAIR,
    MANAGER,
    OTHER,
    PANEL,
    PLANTED,
    Killed,
    climb,
    directory,
    kept_letters,
    later,
    letter,
    notice,
    post,
    states,
    write,
)
from temporalio.exceptions import ApplicationError

from domain.people import Role
from domain.record import Delivery
from letters.mailbox import Mailbox, list_letters
from records.store import GATHER, Record

MEMBERS = {holder.id: holder.email for holder in directory().board("northbridge").holders(Role.BOARD_MEMBER, None, AT)}


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int) -> Iterator[Rules]:
    rules = Rules()
    with mail_server(rules, port):
        yield rules


def readers(server: Rules) -> list[str]:
    return [reader for to, _ in server.taken for reader in to]


def came_again(folder: Path) -> list[str]:
    return [line for path in folder.glob("*.again") for line in path.read_text().splitlines()]


async def test_letter_reaches_who_is_in_the_role_and_its_proof_is_kept(
    record: Record, server: Rules, port: int
) -> None:
    write(record, [notice()])
    posted = await post(record, port)
    assert readers(server) == [PANEL]
    [outcome] = posted.outcomes
    assert (outcome.letter, outcome.delivery, outcome.at) == ("notice/national-panel", Delivery.SENT, AT)
    assert outcome.proof == "national-panel: queued as 4F2A"
    assert outcome.message_id.encode() in server.taken[0][1]
    assert posted.next_post_at is None


async def test_letter_is_sent_once_however_often_it_is_asked_for(record: Record, server: Rules, port: int) -> None:
    write(record, [letter(), notice()])
    first = await post(record, port)
    again = await post(record, port, later(hours=1))
    assert sorted(readers(server)) == sorted([CHAIR, PANEL])
    assert again.outcomes == first.outcomes


async def test_letter_to_several_people_goes_to_each_of_them_alone(record: Record, server: Rules, port: int) -> None:
    write(record, [notice(Role.BOARD_MEMBER)])
    [outcome] = (await post(record, port)).outcomes
    assert len(MEMBERS) > 2
    assert sorted(to for to, _ in server.taken) == sorted([email] for email in MEMBERS.values())
    assert len(set(outcome.message_id.split())) == len(MEMBERS)
    assert all(f"{member}: queued" in outcome.proof for member in MEMBERS)


async def test_worker_killed_between_acceptance_and_record_repeats_the_letter_under_its_id(
    record: Record, tmp_path: Path, port: int
) -> None:
    write(record, [letter()])
    async with Mailbox(tmp_path, port):
        with pytest.raises(Killed):
            await post(record, port, lives=1)
        assert states(record) == {"letter/1": "sending"}
        await post(record, port, later(minutes=10), attempt=2)
    [kept] = list_letters(tmp_path)
    assert came_again(tmp_path) == [kept.message_id]
    assert [(k.state, k.message_id) for k in kept_letters(record)] == [("sent", kept.message_id)]


async def test_worker_killed_among_several_readers_repeats_none_that_was_recorded(
    record: Record, tmp_path: Path, port: int
) -> None:
    write(record, [notice(Role.BOARD_MEMBER)])
    async with Mailbox(tmp_path, port):
        with pytest.raises(Killed):
            await post(record, port, lives=3)
        posted = await post(record, port, later(minutes=10), attempt=2)
    kept = list_letters(tmp_path)
    assert sorted(one.to for one in kept) == sorted(MEMBERS.values())
    assert len(came_again(tmp_path)) == 1, "only the one that was accepted and not recorded"
    [outcome] = posted.outcomes
    assert sorted(outcome.message_id.split()) == sorted(one.message_id for one in kept)


async def test_refused_recipient_is_told_and_the_other_letters_go(record: Record, server: Rules, port: int) -> None:
    server.recipients[PANEL] = f"550 5.1.1 <{PANEL}> unknown"
    write(record, [notice(), letter()])
    [outcome] = (await post(record, port)).outcomes
    assert (outcome.letter, outcome.delivery) == ("notice/national-panel", Delivery.REFUSED)
    assert outcome.proof == "550 5.1.1 (address) unknown"
    assert readers(server) == [CHAIR]
    assert states(record) == {"notice/national-panel": "refused", "letter/1": "sent"}


async def test_letter_that_one_of_several_readers_refuses_is_refused_and_the_others_have_it(
    record: Record, server: Rules, port: int
) -> None:
    refusing, *others = MEMBERS.values()
    server.recipients[refusing] = "550 unknown"
    write(record, [notice(Role.BOARD_MEMBER)])
    [outcome] = (await post(record, port)).outcomes
    assert outcome.delivery is Delivery.REFUSED
    assert sorted(readers(server)) == sorted(others)


async def test_dead_mail_server_is_tried_again_and_nothing_is_lost(record: Record, port: int) -> None:
    write(record, [letter(), notice()])
    with pytest.raises(ApplicationError, match="cannot be reached") as raised:
        await post(record, port)
    assert not raised.value.non_retryable
    assert "@" not in str(raised.value)
    assert set(states(record).values()) == {"waiting"}
    rules = Rules()
    with mail_server(rules, port):
        posted = await post(record, port, later(minutes=1), attempt=2)
    assert sorted(readers(rules)) == sorted([CHAIR, PANEL])
    assert [outcome.delivery for outcome in posted.outcomes] == [Delivery.SENT]


async def test_mail_server_that_stays_away_is_told_to_the_stage_and_then_tried_patiently(
    record: Record, port: int
) -> None:
    write(record, [letter()])
    for attempt in range(1, 5):
        with pytest.raises(ApplicationError):
            await post(record, port, later(minutes=attempt), attempt=attempt)
    told = await post(record, port, later(minutes=5), attempt=5)
    assert told.away and told.next_post_at is not None
    for attempt in range(1, 9):
        with pytest.raises(ApplicationError):
            await post(record, port, later(minutes=5 + attempt), attempt=attempt, patient=True)
    rules = Rules()
    with mail_server(rules, port):
        posted = await post(record, port, later(minutes=20), attempt=9, patient=True)
    assert not posted.away
    assert readers(rules) == [CHAIR]


async def test_letter_put_off_keeps_neither_the_others_nor_the_news_of_them(
    record: Record, server: Rules, port: int
) -> None:
    server.recipients[CHAIR] = "451 try again later"
    write(record, [letter(), notice()])
    posted = await post(record, port)
    assert [outcome.letter for outcome in posted.outcomes] == ["notice/national-panel"]
    assert posted.next_post_at == AT
    with pytest.raises(ApplicationError, match="451 try again later"):
        await post(record, port, later(seconds=1))
    server.recipients.clear()
    assert (await post(record, port, later(minutes=5), attempt=2)).next_post_at is None
    assert readers(server) == [PANEL, CHAIR]


async def test_letter_that_cannot_be_written_holds_up_no_other(record: Record, server: Rules, port: int) -> None:
    write(record, [notice(words={}), letter()])
    await post(record, port)
    assert readers(server) == [CHAIR]
    with pytest.raises(ApplicationError, match="outcome"):
        await post(record, port, later(minutes=1))


async def test_letter_nobody_is_there_for_is_told(record: Record, server: Rules, port: int) -> None:
    write(record, [letter(to=Role.AGENCY_LEAD, agency="elsewhere")])
    [outcome] = (await post(record, port)).outcomes
    assert (outcome.letter, outcome.delivery) == ("letter/1", Delivery.UNADDRESSED)
    assert server.taken == []


async def test_contact_of_the_event_is_written_to_where_the_directory_has_nobody(
    record: Record, server: Rules, port: int
) -> None:
    contact = "safeguarding@elsewhere.example"
    write(
        record,
        [
            letter("letter/1", Role.AGENCY_LEAD, agency="elsewhere", address=contact),
            letter("letter/2", Role.AGENCY_LEAD, agency="northbridge-police", address=contact),
        ],
    )
    await post(record, port)
    assert sorted(readers(server)) == ["safeguarding@elsewhere.example", "safeguarding@police.northbridge.example"]


async def test_board_that_left_the_directory_has_nobody_and_holds_up_no_other(
    record: Record, server: Rules, port: int
) -> None:
    write(record, [letter(address="somebody@elsewhere.example")])
    renamed = directory(('id = "northbridge"', 'id = "southbridge"'))
    [outcome] = (await post(record, port, people=renamed)).outcomes
    assert outcome.delivery is Delivery.UNADDRESSED
    assert server.taken == []


@pytest.mark.parametrize(
    ("at", "reader"),
    [
        ("2026-04-12T23:30:00+01:00", CHAIR),
        ("2026-04-13T00:30:00+01:00", "deputy-chair@board.northbridge.example"),
        ("2026-04-17T23:30:00+01:00", "deputy-chair@board.northbridge.example"),
        ("2026-04-18T00:30:00+01:00", CHAIR),
    ],
)
async def test_deputy_gets_the_letters_of_the_days_of_absence(
    sqlite_record: Record, server: Rules, port: int, at: str, reader: str
) -> None:
    absent = 'roles = ["board-chair"]\nabsences = [{ first = 2026-04-13, last = 2026-04-17 }]'
    away = directory(('roles = ["board-chair"]', absent))
    instant = AT.fromisoformat(at)
    write(sqlite_record, [letter()], at=instant)
    await post(sqlite_record, port, instant, people=away)
    assert readers(server) == [reader]
    assert b"To the board chair" in server.taken[0][1]


async def test_after_an_outage_each_person_gets_one_letter_across_cases(
    record: Record, tmp_path: Path, port: int
) -> None:
    for case in (CASE, OTHER):
        passed = [climb(n, AT - timedelta(days=3 - n)) for n in range(2)]
        write(record, climbs=[*passed, climb(2, AT - timedelta(hours=1), Role.BUSINESS_MANAGER)], case=case)
    at = AT + GATHER
    async with Mailbox(tmp_path, port):
        await post(record, port, at)
        await post(record, port, at, case=OTHER)
    by_reader = {kept.to: kept for kept in list_letters(tmp_path)}
    assert len(list_letters(tmp_path)) == 2
    assert set(by_reader) == {CHAIR, MANAGER}
    assert by_reader[CHAIR].subject.startswith("2 cases")
    assert "was not able to write" in by_reader[CHAIR].text
    assert by_reader[CHAIR].text.count("https://reviews.example/") == 2, "each clock is named once"
    sent = {
        (kept.letter.to, kept.state, kept.message_id) for case in (CASE, OTHER) for kept in kept_letters(record, case)
    }
    assert sent == {
        (Role.BOARD_CHAIR, "sent", by_reader[CHAIR].message_id),
        (Role.BUSINESS_MANAGER, "sent", by_reader[MANAGER].message_id),
    }


async def test_notices_are_never_put_together(record: Record, server: Rules, port: int) -> None:
    second = notice().model_copy(update={"id": "notice/2"})
    write(record, [notice(), second], [climb(n, AT) for n in range(2)])
    await post(record, port)
    assert sorted(readers(server)) == sorted([PANEL, PANEL, CHAIR])


async def test_combined_letter_keeps_its_id_when_the_worker_is_killed(
    record: Record, tmp_path: Path, port: int
) -> None:
    write(record, climbs=[climb(n, AT - timedelta(days=1)) for n in range(3)])
    async with Mailbox(tmp_path, port):
        with pytest.raises(Killed):
            await post(record, port, AT + GATHER, lives=1)
        await post(record, port, AT + GATHER + timedelta(minutes=1), attempt=2)
    [kept] = list_letters(tmp_path)
    assert came_again(tmp_path) == [kept.message_id]


async def test_nothing_in_the_mailbox_names_anybody(sqlite_record: Record, tmp_path: Path, port: int) -> None:
    each = [letter(f"letter/{role}", role) for role in Role if not role.of_an_agency]
    lead = letter("letter/lead", Role.AGENCY_LEAD, agency="northbridge-police", address="thistlewick@police.example")
    write(sqlite_record, [*each, lead, notice()], [climb(n, AT) for n in range(2)])
    async with Mailbox(tmp_path, port):
        await post(sqlite_record, port)
    letters = list_letters(tmp_path)
    names = [*PLANTED, *(holder.name for holder in directory().board("northbridge").people)]
    assert len(letters) >= sum(not role.of_a_case for role in Role)
    for kept in letters:
        whole = kept.path.read_text() + kept.text + kept.subject
        assert [name for name in names if name.lower() in whole.lower()] == []
