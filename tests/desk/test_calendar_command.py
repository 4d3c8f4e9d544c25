"""Every date ahead of a board, an agency and a person: as a table, as JSON, and as a feed for people's calendars."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from kept_clocks import CASE, Kept, rule
from learning_records import ROOT, Told, directory, on, planned
from typer.testing import CliRunner

import scr
from desk.calendar_dates import ENDED, DateAhead, dates_ahead
from desk.calendar_feed import feed
from domain.action_commands import PlanAction, ReplaceLead
from domain.appointments import Appoint
from domain.clocks.rule import Strength, Unit
from domain.clocks.stops import Stop
from domain.people import Role
from domain.record import CaseRef
from records.engine import make_engine
from records.migrate import upgrade
from records.queries import NotFound
from records.store import Record
from sealing import create_keyring

TEN = rule("ten-days", 10, Unit.WORKING_DAYS, stops_with_review=True, strength=Strength.STATUTE)
HOURS = rule("hours", 4, Unit.CLOCK_HOURS)
SUMMARY = rule("summary", 15, Unit.WORKING_DAYS)
ACTION = rule("action", 0, Unit.SET_DATE)
BEGAN = on("2026-04-27")
NOW = on("2026-05-06")
BOARD = directory().board("northbridge")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    keyring = create_keyring(tmp_path / "var" / "keyring.json")
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'record.db'}")
    upgrade(engine)
    yield Record(engine, keyring, lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture
def kept(record: Record) -> Kept:
    """A date of the chair, one of the duty social worker, one of the police, and an action that is led for health."""
    kept = Kept(record, TEN, HOURS, SUMMARY, ACTION)
    kept.needed(BEGAN, "ten-days")
    kept.needed(on("2026-05-06", 9), "hours", "S1", waiting_on=Role.DUTY_SOCIAL_WORKER)
    kept.needed(BEGAN, "summary", "northbridge-police", waiting_on=Role.AGENCY_LEAD)
    actions = Kept(record, ACTION, stage="actions")
    actions.told.said(BEGAN, PlanAction, "A1", **planned("2026-06-01"))
    actions.told._sequences[CASE.stage_id("actions")] = 1
    for item in ("A1", "A1/1", "A2"):
        waits = {"waiting_on": Role.ACTION_LEAD, "agency": "northbridge-icb", "due_on": date(2026, 6, 1)}
        actions.needed(BEGAN, "action", item, **waits)
    return kept


def ahead(record: Record, at: datetime = NOW, **only: Any) -> list[DateAhead]:
    return dates_ahead(record, BOARD, at, **only)


def clocks(found: list[DateAhead]) -> list[str]:
    return [each.clock for each in found if not each.ended]


def events(written: bytes) -> dict[str, Any]:
    return {str(each["uid"]): each for each in Calendar.from_ical(written).walk("VEVENT")}


def event(record: Record, clock: str, at: datetime = NOW, **only: Any) -> Any:
    [found] = [each for uid, each in events(feed("Dates", ahead(record, at, **only))).items() if f"/{clock}@" in uid]
    return found


def test_board_has_every_date_the_earliest_first(kept: Kept) -> None:
    found = ahead(kept.told.record)
    assert [(each.clock, each.due) for each in found] == [
        ("hours/S1", "due by 13:00 on Wednesday 6 May 2026"),
        ("ten-days", "due by the end of Tuesday 12 May 2026"),
        ("summary/northbridge-police", "due by the end of Tuesday 19 May 2026"),
        ("action/A1", "due by the end of Monday 1 June 2026"),
        ("action/A1/1", "due by the end of Monday 1 June 2026"),
        ("action/A2", "due by the end of Monday 1 June 2026"),
    ]


def test_other_boards_dates_are_not_in_it(kept: Kept) -> None:
    other = Kept(kept.told.record, TEN, case=CaseRef(board="eastmere", reference="EM-1"))
    other.needed(BEGAN, "ten-days")
    assert {each.case.board for each in ahead(kept.told.record)} == {"northbridge"}


def test_overdue_is_told_whatever_the_last_day_and_nothing_after_that_day(kept: Kept) -> None:
    found = ahead(kept.told.record, on("2026-05-13"), until=date(2026, 5, 19))
    assert [(each.clock, each.overdue) for each in found] == [
        ("hours/S1", True),
        ("ten-days", True),
        ("summary/northbridge-police", False),
    ]
    assert clocks(ahead(kept.told.record, on("2026-05-13"), until=date(2026, 5, 1))) == ["hours/S1", "ten-days"]


def test_person_has_only_what_waits_for_them_in_their_roles(kept: Kept) -> None:
    record = kept.told.record
    assert clocks(ahead(record, person="nb-chair")) == ["ten-days"]
    assert clocks(ahead(record, person="nb-duty-1")) == ["hours/S1"]
    assert clocks(ahead(record, person="nb-police-lead")) == ["summary/northbridge-police"]
    assert ahead(record, person="nb-officer") == []


def test_deputies_have_what_they_may_have_to_do_and_are_told_as_deputies(kept: Kept) -> None:
    [found] = ahead(kept.told.record, person="nb-deputy-chair")
    assert (found.clock, found.deputising) == ("ten-days", True)
    assert [each.deputising for each in ahead(kept.told.record, person="nb-chair")] == [False]


def test_lead_has_their_own_actions_and_loses_those_that_another_leads_now(kept: Kept) -> None:
    record = kept.told.record
    assert clocks(ahead(record, person="nb-lead-7")) == ["action/A1", "action/A1/1"]
    told = Told(record, CASE)
    told._sequences[CASE.stage_id("actions")] = 50
    told.said(NOW, ReplaceLead, "A1", lead="nb-officer", reason="moved on")
    assert clocks(ahead(record, person="nb-officer")) == ["action/A1", "action/A1/1"]
    with pytest.raises(NotFound, match="nothing waits for a person nb-lead-7"):
        ahead(record, person="nb-lead-7")


def test_who_was_appointed_in_a_case_has_what_waits_for_that_role_there(kept: Kept) -> None:
    record = kept.told.record
    kept.needed(BEGAN, "summary", "panel", waiting_on=Role.PANEL_CHAIR)
    other = Kept(record, SUMMARY, case=CaseRef(board="northbridge", reference="NB-2026-502"))
    other.needed(BEGAN, "summary", "panel", waiting_on=Role.PANEL_CHAIR)
    kept.told.said(BEGAN, Appoint, stage="panel", role=Role.PANEL_CHAIR, person="nb-officer")
    assert [(each.case, each.clock) for each in ahead(record, person="nb-officer")] == [(CASE, "summary/panel")]


def test_agency_has_what_waits_for_its_people_and_its_leads_of_actions(kept: Kept) -> None:
    record = kept.told.record
    assert clocks(ahead(record, agency="northbridge-police")) == ["summary/northbridge-police"]
    assert clocks(ahead(record, agency="northbridge-icb")) == ["action/A1", "action/A1/1", "action/A2"]
    assert ahead(record, agency="northbridge-cs") == []
    with pytest.raises(NotFound, match="nothing waits for an agency northbridge-zoo"):
        ahead(record, agency="northbridge-zoo")


def test_date_that_moved_keeps_its_uid_with_a_higher_sequence(kept: Kept) -> None:
    record = kept.told.record
    before = event(record, "ten-days")
    kept.needed(on("2026-05-06"), "ten-days", started_at=on("2026-04-24"), why="the day was corrected")
    after = event(record, "ten-days")
    assert before["uid"] == after["uid"] == "scr/northbridge/NB-2026-501/decision/1/ten-days@serious-case-reviews"
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert (before.start, after.start) == (date(2026, 5, 12), date(2026, 5, 11))
    assert after["dtstamp"].dt == on("2026-05-06")


def test_stop_and_going_on_raise_the_sequence_each_time(kept: Kept) -> None:
    record, stop = kept.told.record, Stop(since=on("2026-05-01"), reason="the court asked for it")
    kept.needed(on("2026-05-01"), "ten-days", stops=(stop,))
    standing = event(record, "ten-days")
    assert (standing["sequence"], standing["status"]) == (1, "TENTATIVE")
    assert standing["summary"] == "NB-2026-501: stopped: Ten days"
    kept.needed(on("2026-05-05"), "ten-days", stops=(stop.model_copy(update={"until": on("2026-05-05")}),))
    going_on = event(record, "ten-days")
    assert (going_on["sequence"], going_on["status"]) == (2, "CONFIRMED")


def test_feed_depends_on_the_record_and_not_on_the_time(kept: Kept) -> None:
    record = kept.told.record
    assert feed("Dates", ahead(record)) == feed("Dates", ahead(record, NOW + timedelta(days=20)))
    assert event(record, "ten-days")["dtstamp"].dt == BEGAN.astimezone(UTC)


def test_what_was_met_or_withdrawn_lately_is_cancelled_and_later_gone(kept: Kept) -> None:
    record = kept.told.record
    kept.needed(NOW, "ten-days", satisfied_at=NOW)
    kept.dropped(NOW, "hours/S1")
    for clock, sequence in (("ten-days", 1), ("hours/S1", 1)):
        ended = event(record, clock, NOW + timedelta(days=1))
        assert (ended["status"], ended["sequence"], ended["dtstamp"].dt) == ("CANCELLED", sequence, NOW)
    assert "ten-days" not in clocks(ahead(record))
    late = {each.clock for each in ahead(record, NOW + ENDED + timedelta(days=1))}
    assert {"ten-days", "hours/S1"}.isdisjoint(late)


def test_days_are_whole_days_and_hours_have_their_time_in_london(kept: Kept) -> None:
    record = kept.told.record
    whole = event(record, "ten-days")
    assert (whole.start, whole.end) == (date(2026, 5, 12), date(2026, 5, 13))
    timed = event(record, "hours/S1")
    assert timed.start == on("2026-05-06", 13)
    assert timed["dtstart"].params["TZID"] == "Europe/London"
    zones = Calendar.from_ical(feed("Dates", ahead(record))).walk("VTIMEZONE")
    assert [str(zone["tzid"]) for zone in zones] == ["Europe/London"]


def test_feed_is_read_again_whole_without_alarms(kept: Kept) -> None:
    written = feed("Dates", ahead(kept.told.record))
    read = Calendar.from_ical(written)
    assert len(events(written)) == 6
    assert not read.walk("VALARM")
    assert all(not each.errors for each in read.walk())
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert read["method"] == "PUBLISH"


def test_event_says_why_for_whom_and_how_binding(kept: Kept) -> None:
    found = event(kept.told.record, "summary/northbridge-police")
    assert str(found["description"]).splitlines() == [
        "Due by the end of Tuesday 19 May 2026.",
        "Waits for the agency lead of northbridge-police.",
        "Strength: guidance. Source: Working Together, chapter 4.",
        "Why this date: scr.py explain northbridge/NB-2026-501 summary/northbridge-police",
    ]


# At the command line.


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCR_DIRECTORY_FILE", str(ROOT / "directory.toml"))
    monkeypatch.setenv("SCR_VAR_DIR", str(tmp_path / "var"))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # the tool replaces and closes the handlers it finds
    yield
    root.handlers[:], root.level = handlers, level


def ran(*arguments: str) -> Any:
    found = CliRunner().invoke(scr.app, list(arguments))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def test_table_has_case_what_when_who_and_strength_and_marks_what_is_overdue(kept: Kept, at_home: None) -> None:
    found = ran("calendar", "--board", "northbridge")
    assert found.exit_code == 0
    [line] = [each for each in found.stdout.splitlines() if "Ten days" in each]
    told = [part.strip() for part in line.split("  ") if part.strip()]
    assert told == [
        "NB-2026-501",
        "Ten days",
        "OVERDUE, was due by the end of Tuesday 12 May 2026",
        "board chair",
        "statute",
    ]


def test_json_is_one_document_of_what_waits(kept: Kept, at_home: None) -> None:
    kept.dropped(NOW, "ten-days")
    found = json.loads(ran("calendar", "--board", "northbridge", "--agency", "northbridge-police", "--json").stdout)
    assert [(each["clock"], each["due_on"], each["waits_for"]) for each in found] == [
        ("summary/northbridge-police", "2026-05-19", "agency-lead")
    ]
    assert "ten-days" not in ran("calendar", "--board", "northbridge", "--json").stdout


def test_feed_is_written_as_a_whole_and_again_over_itself(kept: Kept, at_home: None, tmp_path: Path) -> None:
    file = tmp_path / "dates.ics"
    assert ran("calendar", "--board", "northbridge", "--ics", str(file)).exit_code == 0
    first = file.read_bytes()
    assert ran("calendar", "--board", "northbridge", "--ics", str(file)).exit_code == 0
    assert file.read_bytes() == first
    assert ran("calendar", "--board", "northbridge", "--ics", "-").stdout_bytes == first
    assert [each.name for each in tmp_path.iterdir() if each.name != "var"] == ["dates.ics"]
    assert file.stat().st_mode & 0o777 == 0o600
    nowhere = ran("calendar", "--board", "northbridge", "--ics", str(tmp_path / "no" / "dates.ics"))
    assert (nowhere.exit_code, nowhere.stderr.count("\n")) == (1, 1)


def test_nobody_is_named_in_table_json_and_feed(kept: Kept, at_home: None) -> None:
    told = [ran("calendar", "--board", "northbridge", *more).stdout for more in ((), ("--json",), ("--ics", "-"))]
    named = [part for person in BOARD.people for part in (*person.name.split(), person.email)]
    assert [name for name in named if any(name in each for each in told)] == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "which board"),
        (("--board", "northbridge", "--until", "soon"), 2, "is no day"),
        (("--board", "northbridge", "--json", "--ics", "-"), 2, "not both"),
        (("--board", "nowhere"), 1, "the directory has no board 'nowhere'"),
        (("--board", "northbridge", "--person", "nobody"), 1, "nothing waits for a person nobody"),
    ],
)
def test_what_cannot_be_shown_says_why(
    kept: Kept, at_home: None, arguments: tuple[str, ...], status: int, said: str
) -> None:
    found = ran("calendar", *arguments)
    assert found.exit_code == status
    assert said in " ".join(found.stderr.split())


def test_clock_is_explained_as_of_a_date_with_its_picture(kept: Kept, at_home: None, tmp_path: Path) -> None:
    kept.needed(on("2026-05-06"), "ten-days", started_at=on("2026-04-24"), why="the day was corrected")
    picture = tmp_path / "days.svg"
    found = ran("explain", CASE.reference, "ten-days", "--as-of", "2026-05-03", "--svg", str(picture))
    assert found.exit_code == 0
    assert "Then and now" in found.stdout
    assert "the day was corrected" in picture.read_text("utf-8")
    again = ran("explain", CASE.reference, "ten-days", "--svg", str(picture))
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)
    data = json.loads(ran("explain", CASE.reference, "ten-days", "--as-of", "2026-05-03", "--json").stdout)
    assert [each["due_at"] for each in data[0]["later"]] == ["2026-05-12T00:00:00+01:00"]


def test_picture_of_several_clocks_and_date_that_is_none_are_refused(kept: Kept, at_home: None, tmp_path: Path) -> None:
    several = ran("explain", CASE.reference, "--svg", str(tmp_path / "days.svg"))
    assert (several.exit_code, several.stderr.count("\n")) == (1, 1)
    assert "a picture shows one clock" in several.stderr
    assert not (tmp_path / "days.svg").exists()
    wrong = ran("explain", CASE.reference, "--as-of", "soon")
    assert (wrong.exit_code, "is no time" in wrong.stderr) == (2, True)
