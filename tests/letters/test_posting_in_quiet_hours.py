"""Quiet hours of the board, from the outbox to the mailbox: held letters leave in the morning, urgent ones at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from mail_server import free_port
from posting_world import MANAGER, letter, post, states, write

from activities.calendar import build_calendar
from domain.clocks.calendar import CalendarRequest
from domain.directory import QuietHours
from domain.people import Role
from domain.quiet_hours import may_leave_at
from letters.mailbox import Mailbox, list_letters
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import Keyring

CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2027))
DUTY = "duty-manager@cs.northbridge.example"


@pytest.fixture
def quiet_record(record_url: str, keyring: Keyring) -> Iterator[Record]:
    """A record that holds letters through the usual quiet hours."""
    engine = make_engine(record_url)
    upgrade(engine)
    yield Record(engine, keyring, lambda board, at, urgent: may_leave_at(at, urgent, QuietHours(), CALENDAR))
    engine.dispose()


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        pytest.param("2026-04-14T19:00:00+01:00", "2026-04-15T08:00:00+01:00", id="over night"),
        pytest.param("2026-04-02T20:10:00+01:00", "2026-04-07T08:00:00+01:00", id="over Easter"),
        pytest.param("2026-03-28T22:00:00+00:00", "2026-03-30T08:00:00+01:00", id="into summer time"),
        pytest.param("2026-10-24T22:00:00+01:00", "2026-10-26T08:00:00+00:00", id="out of summer time"),
        pytest.param("2026-12-24T23:00:00+00:00", "2026-12-29T08:00:00+00:00", id="over Christmas"),
    ],
)
async def test_quiet_hours_hold_a_normal_letter_and_not_an_urgent_one(
    quiet_record: Record, tmp_path: Path, written: str, leaves: str
) -> None:
    at, morning = datetime.fromisoformat(written), datetime.fromisoformat(leaves)
    port = free_port()
    urgent = letter("letter/urgent", Role.DUTY_MANAGER, urgent=True)
    write(quiet_record, [letter("letter/normal", Role.BUSINESS_MANAGER), urgent], at=at)
    async with Mailbox(tmp_path, port):
        assert (await post(quiet_record, port, at)).next_post_at == morning
        assert [kept.to for kept in list_letters(tmp_path)] == [DUTY]
        await post(quiet_record, port, morning - timedelta(seconds=1))
        assert states(quiet_record) == {"letter/normal": "waiting", "letter/urgent": "sent"}
        assert (await post(quiet_record, port, morning)).next_post_at is None
    assert [kept.to for kept in list_letters(tmp_path)] == [DUTY, MANAGER]
