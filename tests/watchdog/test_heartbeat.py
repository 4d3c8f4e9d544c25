"""A worker tells the record that it is there, and who is to be told of faults is a setting."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from watched_cases import QUEUE, START

from records.heartbeats import Heartbeat, last_seen
from records.store import Record
from settings import Settings, SettingsFault
from watching.heart import beating


class Minutes:
    """A clock that goes on by a minute each time that it is looked at."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """The next minute."""
        self.now += timedelta(minutes=1)
        return self.now


def seen(record: Record) -> Heartbeat | None:
    """The worker as the record has it."""
    with record.reading() as session:
        return last_seen(session, QUEUE)


async def until_it_beats_after(record: Record, at: datetime) -> Heartbeat:
    """Wait for the next beat."""
    async with asyncio.timeout(60):
        while (beat := seen(record)) is None or beat.at <= at:  # noqa: ASYNC110 - a thread writes it
            await asyncio.sleep(0.01)
    return beat


async def test_heart_beats_again_and_again_and_is_told_to_have_ended(record: Record) -> None:
    async with beating(record.engine, "w1", QUEUE, Minutes(), every=timedelta(milliseconds=10)):
        first = await until_it_beats_after(record, START)
        assert (first.worker, first.ended_at) == ("w1", None)
        await until_it_beats_after(record, first.at)
    last = seen(record)
    assert last is not None
    assert last.ended_at is not None


async def test_heart_goes_on_when_the_record_comes_back(
    sqlite_record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    place = Path(sqlite_record.engine.url.database or "")
    aside = place.with_name("aside.db")
    sqlite_record.engine.dispose()
    await asyncio.to_thread(place.rename, aside)
    await asyncio.to_thread(place.write_text, "This is no database. " * 100)
    async with beating(sqlite_record.engine, "w1", QUEUE, Minutes(), every=timedelta(milliseconds=10)):
        async with asyncio.timeout(60):
            while "the heartbeat could not be recorded" not in caplog.text:  # noqa: ASYNC110 - a thread tries
                await asyncio.sleep(0.01)
        await asyncio.to_thread(aside.replace, place)
        await until_it_beats_after(sqlite_record, START)


def test_operators_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_OPERATOR_EMAIL", "one@service.example, two@service.example,")
    assert Settings().operator_email == ("one@service.example", "two@service.example")


def test_operator_without_an_address_is_told_by_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_OPERATOR_EMAIL", "nobody")
    with pytest.raises(SettingsFault, match=r"^SCR_OPERATOR_EMAIL: not an e-mail address$"):
        Settings()


def test_limit_shorter_than_a_heartbeat_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCR_WATCHDOG_WORKER_SECONDS", "60")
    with pytest.raises(SettingsFault, match="SCR_WATCHDOG_WORKER_SECONDS"):
        Settings()
