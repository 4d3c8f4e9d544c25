"""The operator's page: worker, watchdog, mail, backup, versions; and nothing of any case."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_cases import NAMES, TOLD, Opened
from desk_pages import Pages, words

from desk.web.operator import ago, version
from records.engine import make_engine
from records.heartbeats import beat, end
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring
from watching.faults import Fault, FaultKind, Seen
from watching.metrics import metrics, read_metrics

OPERATOR = "nb-operator-1"
NOW = TOLD + timedelta(minutes=1)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    yield Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture
def pages(record: Record, tmp_path: Path) -> Pages:
    """A case that was notified a minute ago."""
    Opened(record)
    return Pages(record, tmp_path, NOW)


def seen(pages: Pages, at: datetime, *kinds: FaultKind, unknown: frozenset[FaultKind] = frozenset()) -> None:
    """The watchdog has looked."""
    faults = tuple(Fault(kind=kind, where=f"x{n}", since=at, words="w") for n, kind in enumerate(kinds))
    page = metrics(Seen(at=at, faults=faults, unknown=unknown), mail_waits=False)
    pages.settings.watchdog_metrics_file.write_text(page, encoding="utf-8")


def said(pages: Pages) -> str:
    return words(pages.browser(OPERATOR).get("/operator"))


def test_the_page_is_for_operators_alone(pages: Pages) -> None:
    people = (OPERATOR, "nb-operator-2", "nb-manager", "nb-chair", "nb-duty-1", "nb-police-lead")
    got = [pages.browser(person).get("/operator").status_code for person in people]
    assert got == [200, 200, 403, 403, 403, 403]
    assert pages.browser().get("/operator").status_code == 303
    assert pages.browser(OPERATOR).get("/").headers["location"] == "/operator"


def test_nothing_of_any_case_is_on_it(pages: Pages) -> None:
    beat(pages.record.engine, "w-1", "scr", NOW)
    seen(pages, NOW, *FaultKind)
    page = pages.browser(OPERATOR).get("/operator").text
    assert not [word for word in ("NB-2026", "northbridge/", *NAMES) if word in page]


def test_a_worker_that_beats_runs_and_one_that_does_not_is_silent(pages: Pages) -> None:
    assert "No worker has been there" in said(pages)
    beat(pages.record.engine, "w-1", "scr", NOW - timedelta(seconds=40))
    assert "w-1 scr Running 40 seconds ago" in said(pages)
    pages.now = NOW + timedelta(minutes=4)
    assert "w-1 scr Silent 4 minutes ago" in said(pages)
    end(pages.record.engine, "w-1", pages.now)
    assert "w-1 scr Stopped in order" in said(pages)


def test_the_watchdogs_last_look_is_told_with_what_it_found(pages: Pages) -> None:
    assert "has left no word here" in said(pages)
    seen(pages, NOW - timedelta(minutes=2))
    assert "2 minutes ago" in said(pages) and "It found no fault" in said(pages)
    seen(pages, NOW, FaultKind.LATE, FaultKind.LATE, unknown=frozenset({FaultKind.NO_POLLER}))
    assert "have not done what time has brought 2" in said(pages) and "Could not be asked" in said(pages)
    pages.now = NOW + timedelta(hours=1)
    assert "Silent since" in said(pages)


def test_a_file_that_is_no_watchdogs_is_as_none(pages: Pages) -> None:
    for text in ("", "scr_watchdog_could_look 1\n", "nonsense", "scr_watchdog_last_look_timestamp_seconds soon\n"):
        pages.settings.watchdog_metrics_file.write_text(text, encoding="utf-8")
        assert "has left no word here" in said(pages), text


def test_metrics_are_read_as_they_were_written() -> None:
    faults = (Fault(kind=FaultKind.WORKER, where="scr", since=NOW, words="w"),)
    look = read_metrics(metrics(Seen(at=NOW, faults=faults), mail_waits=True))
    assert (look.at, look.could_look, look.temporal_asked, look.mail_waits) == (NOW, True, True, True)
    assert {kind: count for kind, count in look.faults.items() if count} == {FaultKind.WORKER: 1}


def test_letters_that_wait_too_long_are_told_as_late(pages: Pages) -> None:
    assert "about the safety of children; the oldest since 10:30 on Thursday 5 February 2026, 1 minute ago" in said(
        pages
    )
    assert "Late" not in said(pages)
    pages.now = NOW + timedelta(hours=1)
    assert "Late" in said(pages)


def test_the_last_backup_is_the_time_of_the_file_that_tells_of_it(record: Record, tmp_path: Path) -> None:
    assert "Not told" in said(Pages(record, tmp_path, NOW))
    stamp = tmp_path / "backed-up"
    told = Pages(record, tmp_path, NOW, backup_stamp_file=stamp)
    assert "No backup has been made yet" in said(told)
    stamp.touch()
    at = (NOW - timedelta(days=2)).timestamp()
    os.utime(stamp, (at, at))
    assert "The last backup was made 2 days ago, at 10:31 on Tuesday 3 February 2026" in said(told)


def test_versions_of_service_and_tables_are_told(pages: Pages) -> None:
    assert version() and f"Service {version()}" in said(pages)
    assert "Not the same" not in said(pages)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "0 seconds ago"), (1, "1 second ago"), (119, "1 minute ago"), (7_200, "2 hours ago"), (90_000, "1 day ago")],
)
def test_how_long_ago_is_told_in_the_largest_full_unit(seconds: int, expected: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == expected
