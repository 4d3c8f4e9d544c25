"""Who is told of faults, when, and in which words: by real e-mail."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from watched_cases import CASE, IN_TIME, LIMITS, OTHER, QUEUE, START, after, clock, nowhere, recorded

from activities.directory import read_directory
from domain.directory import Directory
from letters.mailbox import Kept, Mailbox, list_letters
from letters.sending import Sender
from records.heartbeats import beat
from records.store import Record
from watching.looking import Limits
from watching.rounds import Rounds, Watchdog
from watching.telling import Teller

ROOT = Path(__file__).parents[2]
OPERATOR, MANAGER = "operator@service.example", "business-manager@board.northbridge.example"
NOON = after(hours=-1)
"""When the reminder of the clock is due."""
FOUND = NOON + timedelta(minutes=5)


class Watching:
    """A watchdog with a mailbox."""

    def __init__(self, record: Record, folder: Path, port: int) -> None:
        self.record = record
        self.folder, self.port = folder, port
        self.operators: tuple[str, ...] = (OPERATOR,)
        self.directory: Directory | None = read_directory(ROOT / "directory.toml")
        self.limits: Limits = LIMITS
        self.starts_again()

    def starts_again(self) -> None:
        """The process ends, and another one begins."""
        sender = Sender(
            "127.0.0.1", self.port, tls="none", username="", password="", sender="reviews@service.example", timeout=5
        )
        self.rounds = Rounds(
            Watchdog(self.record.engine, QUEUE, self.limits, nowhere),
            Teller(sender, self.operators, lambda: self.directory),
            asks=False,
            memory=self.folder / "watchdog.json",
            metrics=self.folder / "watchdog.prom",
        )

    async def look(self, now: datetime, *, worker: bool = True) -> list[Kept]:
        """One round at that instant. What came into the mailbox by it."""
        before = {kept.path for kept in self.mailbox}
        if worker:
            beat(self.record.engine, "w1", QUEUE, now)
        self.done = await self.rounds.go(now)
        return [kept for kept in self.mailbox if kept.path not in before]

    def record_goes_away(self) -> None:
        """The database cannot be opened any more."""
        self.record.engine.dispose()
        self.place.rename(self.place.with_name("aside.db"))
        self.place.mkdir()

    def record_comes_back(self) -> None:
        """It is there again as it was."""
        self.place.rmdir()
        self.place.with_name("aside.db").rename(self.place)

    @property
    def place(self) -> Path:
        """The database's file."""
        return Path(self.record.engine.url.database or "")

    @property
    def mailbox(self) -> list[Kept]:
        """All letters that came."""
        return list_letters(self.folder / "mailbox")

    def server(self) -> Mailbox:
        """The mail server."""
        return Mailbox(self.folder / "mailbox", self.port)


@pytest.fixture
def away(sqlite_record: Record, tmp_path: Path, unused_tcp_port: int) -> Watching:
    """A watchdog whose mail server is away."""
    return Watching(sqlite_record, tmp_path, unused_tcp_port)


@pytest.fixture
async def watching(away: Watching) -> AsyncIterator[Watching]:
    """A watchdog whose mail server is there."""
    async with away.server():
        yield away


def to(letters: list[Kept]) -> list[str]:
    """Who got them."""
    return sorted(letter.to for letter in letters)


async def test_operator_and_business_manager_are_told_once_then_daily_then_that_all_is_well(
    watching: Watching,
) -> None:
    recorded(watching.record, clock())
    assert await watching.look(NOON) == []
    told = await watching.look(FOUND)
    assert to(told) == [MANAGER, OPERATOR]
    assert {letter.subject for letter in told} == {"Watchdog: 1 thing is not as it should be"}
    assert await watching.look(FOUND + timedelta(minutes=5)) == []
    # A day later more of the same clock is late: it is one fault still.
    (reminder, other) = await watching.look(FOUND + timedelta(days=1))
    assert reminder.subject == other.subject == "Watchdog, reminder: 1 thing is not as it should be"
    assert await watching.look(FOUND + timedelta(days=1, hours=23)) == []
    recorded(watching.record, clock(climbed=IN_TIME, acknowledged=("1",)), sequence=2)
    well = await watching.look(FOUND + timedelta(days=1, hours=23, minutes=5))
    assert to(well) == [MANAGER, OPERATOR]
    assert {letter.subject for letter in well} == {"Watchdog: all is well again"}
    assert await watching.look(FOUND + timedelta(days=9)) == []


async def test_message_says_by_reference_and_role_what_is_wrong_and_what_to_do(watching: Watching) -> None:
    recorded(watching.record, clock())
    first = (await watching.look(FOUND))[0]
    text = first.text.replace("\r\n", "\n")
    assert text.startswith(
        "The watchdog of the serious case reviews looked at 12:05 on Monday 3 March 2031.\n\n"
        "scr/northbridge/NB-2031-001/safety/1, clock safety-decision/S1 (Safety decision): "
        "the letter to the duty manager that was due at 12:00 on Monday 3 March 2031 was not called for."
    )
    assert "Temporal could not be asked (nobody listens there)" in first.text
    assert "the business manager is asked to tell those concerned in another way" in first.text
    assert watching.directory is not None
    names = [person.name for board in watching.directory.boards for person in board.people]
    raw = first.path.read_text("utf-8")
    assert not [name for name in names if name in raw]


async def test_another_fault_is_told_with_what_is_new_first(watching: Watching) -> None:
    recorded(watching.record, clock())
    await watching.look(FOUND)
    recorded(watching.record, clock().model_copy(update={"item": "H1"}), sequence=2)
    changed = await watching.look(FOUND + timedelta(minutes=5))
    assert to(changed) == [MANAGER, OPERATOR]
    assert changed[0].subject == "Watchdog: 2 things are not as they should be"
    assert "1 of what follows is new since its last message." in changed[0].text
    assert changed[0].text.index("safety-decision/H1") < changed[0].text.index("safety-decision/S1")


async def test_fault_that_comes_again_is_told_again(watching: Watching) -> None:
    recorded(watching.record, clock())
    recorded(watching.record, clock(), case=OTHER)
    await watching.look(FOUND)
    recorded(watching.record, clock(climbed=("0",)), case=OTHER, sequence=2)
    assert await watching.look(FOUND + timedelta(minutes=5)) == [], "one of two is over: nobody needs a message"
    recorded(watching.record, clock(), case=OTHER, sequence=3)
    assert to(await watching.look(FOUND + timedelta(minutes=10))) == [OPERATOR]


async def test_business_manager_is_told_of_the_own_board_only(watching: Watching) -> None:
    recorded(watching.record, clock(), case=OTHER)
    assert to(await watching.look(FOUND)) == [OPERATOR]
    recorded(watching.record, clock(), case=CASE)
    mine, all_of_it = sorted(await watching.look(FOUND + timedelta(minutes=5)), key=lambda kept: kept.to)
    assert (mine.to, all_of_it.to) == (MANAGER, OPERATOR)
    assert "southbridge" not in mine.text
    assert "southbridge" in all_of_it.text


async def test_missing_worker_is_everybodys_matter(watching: Watching) -> None:
    told = await watching.look(START, worker=False)
    assert to(told) == [MANAGER, OPERATOR]
    assert "No worker is there for the task queue scr" in told[0].text


async def test_what_follows_from_a_missing_worker_is_told_hourly(watching: Watching) -> None:
    recorded(watching.record, clock())
    start = NOON - timedelta(minutes=5)
    assert len(await watching.look(start, worker=False)) == 2
    assert await watching.look(FOUND, worker=False) == []
    (again, _) = await watching.look(start + timedelta(hours=1), worker=False)
    assert again.subject == "Watchdog: 2 things are not as they should be"


async def test_everybody_who_runs_the_service_is_told_whatever_role_they_have(watching: Watching) -> None:
    watching.operators = (OPERATOR, MANAGER.upper(), "second@service.example")
    watching.starts_again()
    recorded(watching.record, clock(), case=OTHER)
    assert to(await watching.look(FOUND)) == [MANAGER, OPERATOR, "second@service.example"]


async def test_directory_that_cannot_be_read_leaves_the_operator(watching: Watching) -> None:
    watching.directory = None
    recorded(watching.record, clock())
    assert to(await watching.look(FOUND)) == [OPERATOR]


async def test_watchdog_that_starts_again_tells_nothing_twice(watching: Watching) -> None:
    recorded(watching.record, clock())
    await watching.look(FOUND)
    watching.starts_again()
    assert await watching.look(FOUND + timedelta(minutes=5)) == []
    assert OPERATOR not in (watching.folder / "watchdog.json").read_text()


async def test_message_that_could_not_leave_is_tried_again_until_it_does(away: Watching) -> None:
    recorded(away.record, clock())
    assert await away.look(FOUND) == []
    assert not away.done
    assert "scr_watchdog_mail_waits 1" in away.rounds.page
    async with away.server():
        later = await away.look(FOUND + timedelta(minutes=1))
        assert to(later) == [MANAGER, OPERATOR]
    assert away.done
    assert "scr_watchdog_mail_waits 0" in away.rounds.page


async def test_record_that_is_away_is_told_once_it_stays_away_and_hides_nothing(watching: Watching) -> None:
    recorded(watching.record, clock())
    await watching.look(FOUND)
    watching.record_goes_away()
    assert await watching.look(FOUND + timedelta(minutes=1), worker=False) == []
    assert not watching.done
    told = await watching.look(FOUND + timedelta(minutes=2), worker=False)
    assert to(told) == [MANAGER, OPERATOR]
    assert told[0].subject == "Watchdog: 2 things are not as they should be", "what was late is not known to be over"
    assert "cannot be used: unable to open database file" in told[0].text
    assert "scr_watchdog_could_look 0" in watching.rounds.page
    watching.record_comes_back()
    assert await watching.look(FOUND + timedelta(minutes=3)) == [], "what is late was told before"
    recorded(watching.record, clock(climbed=("0",)), sequence=2)
    well = await watching.look(FOUND + timedelta(minutes=4))
    assert {letter.subject for letter in well} == {"Watchdog: all is well again"}


async def test_restart_while_the_record_is_away_tells_nobody_that_all_is_well(watching: Watching) -> None:
    watching.record_goes_away()
    await watching.look(START, worker=False)
    assert len(await watching.look(START + timedelta(minutes=1), worker=False)) == 2
    watching.starts_again()
    assert await watching.look(START + timedelta(minutes=2), worker=False) == []


async def test_metrics_count_faults_by_kind(watching: Watching) -> None:
    recorded(watching.record, clock())
    recorded(watching.record, clock(), case=OTHER)
    await watching.look(FOUND)
    lines = (watching.folder / "watchdog.prom").read_text().splitlines()
    assert 'scr_watchdog_faults{kind="late"} 2' in lines
    assert 'scr_watchdog_faults{kind="worker"} 0' in lines
    assert f"scr_watchdog_last_look_timestamp_seconds {int(FOUND.timestamp())}" in lines
    assert {"scr_watchdog_could_look 1", "scr_watchdog_temporal_asked 0"} <= set(lines)
