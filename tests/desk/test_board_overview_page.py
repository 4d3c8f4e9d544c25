"""The board overview: how cases stand, what is due, what is overdue and why, who was told of it, and who sees it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk_cases import CALENDAR, NAMES, REGIME, TOLD, Opened, example
from desk_pages import Pages, words

from domain.clocks.need import ClockNeed
from domain.clocks.recompute import first_entry
from domain.clocks.rule import Strength
from domain.command import AcknowledgeEscalation
from domain.people import Actor, Role
from domain.record import CaseRef, Climb, ClockEntry, ClockStatus, Fact, Letter, Recording
from domain.timetable import ExplainDelay
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring

MANAGER, CHAIR, POLICE = "nb-manager", "nb-chair", "nb-police-lead"
REVIEW = CaseRef(board="northbridge", reference="NB-2025-007")
PANEL = REVIEW.stage_id("panel")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    yield Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    engine.dispose()


@pytest.fixture
def pages(record: Record, tmp_path: Path) -> Pages:
    """A case that was notified a minute ago, and one of another board."""
    Opened(record)
    Opened(record, example("SM-2026-1", board="southmere"))
    return Pages(record, tmp_path, TOLD + timedelta(minutes=1))


def clock(rule_id: str, started_at: datetime, item: str | None = None, **fields: object) -> ClockEntry:
    """A clock of the regime, counted as the domain counts it."""
    rule = next(rule for rule in REGIME.clock if rule.id == rule_id)
    need = ClockNeed(rule=rule_id, item=item, started_at=started_at, waiting_on=Role.PANEL_CHAIR)
    return first_entry(need, rule, CALENDAR, started_at).model_copy(update={"waiting_on": Role.PANEL_CHAIR, **fields})


def kept(record: Record, *clocks: ClockEntry, sequence: int = 1, at: datetime = TOLD, **fields: object) -> None:
    recording = Recording(case=REVIEW, stage=PANEL, sequence=sequence, at=at, stage_title="Panel", clocks=clocks)
    record.write(recording.model_copy(update=fields))


def section(text: str, name: str) -> str:
    """What is said between a heading of the page and the next."""
    return words_of(text.split(f'id="{name}"', 1)[1].split("<h2", 1)[0])


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition(">")[2]).split())


def test_the_overview_is_for_those_who_run_the_board(pages: Pages) -> None:
    for path in ("/board", "/board/due", "/board/overdue", "/board/escalations"):
        got = {person: pages.browser(person).get(path).status_code for person in (MANAGER, CHAIR, POLICE, "nb-duty-1")}
        assert got == {MANAGER: 200, CHAIR: 200, POLICE: 403, "nb-duty-1": 403}, path
        assert pages.browser().get(path).status_code == 303


def test_open_reviews_are_counted_by_stage_and_the_count_leads_to_them(pages: Pages) -> None:
    browser = pages.browser(MANAGER)
    page = browser.get("/board").text
    assert "It is being decided whether to hold a serious case review 1" in section(page, "stages")
    link = re.search(r'href="(/cases\?state=open&amp;stage=[^"]+)"', page)
    assert link is not None
    found = browser.get(link[1].replace("&amp;", "&")).text
    assert "NB-2026-101" in found and "SM-2026-1" not in found


def test_due_are_the_clocks_of_four_weeks_with_whom_they_wait_for_and_their_explanation(pages: Pages) -> None:
    browser = pages.browser(CHAIR)
    page = browser.get("/board").text
    due = section(page, "due")
    assert "Waits for" in due and "NB-2026-101" in due and "duty social worker" in due and "SM-2026-1" not in due
    link = re.search(r'href="(/cases/northbridge/NB-2026-101/dates\?[^"]+)"', page)
    assert link is not None and browser.get(link[1].replace("&amp;", "&")).status_code == 200
    every = words(browser.get("/board/due"))
    assert "agency lead of Northbridge Police" in every


def test_what_is_due_later_than_in_four_weeks_is_not_in_the_list(pages: Pages) -> None:
    kept(pages.record, clock("serious-case-review", TOLD))
    browser = pages.browser(MANAGER)
    assert REVIEW.reference not in words(browser.get("/board/due"))
    pages.now = TOLD + timedelta(days=160)
    assert REVIEW.reference in words(pages.browser(MANAGER).get("/board/due"))


def test_overdue_stands_with_the_facts_that_say_why_or_that_none_does(pages: Pages) -> None:
    why = Fact(kind=ExplainDelay.FACT, at=TOLD, item="serious-case-review", detail={"reason": f"{NAMES[0]} was ill"})
    started = TOLD - timedelta(days=300)
    kept(pages.record, clock("serious-case-review", started), clock("panel-convened", started), facts=(why,))
    page = pages.browser(MANAGER).get("/board").text
    rows = {title: words_of(f">{row}") for row in page.split("<tr")[1:] if (title := words_of(f">{row}"))}
    late = [row for row in rows if REVIEW.reference in row]
    (explained,) = (row for row in late if "fact 1, recorded at 10:30 on Thursday 5 February 2026" in row)
    (silent,) = (row for row in late if "no reason recorded" in row)
    assert "Completion of the serious case review" in explained and "panel" in silent.lower()
    assert not [name for name in NAMES if name in page], "what was typed is read in the case"
    assert "Overdue: 2" in words(pages.browser(MANAGER).get("/board/overdue"))


def test_nothing_is_overdue_that_was_met(pages: Pages) -> None:
    started = TOLD - timedelta(days=300)
    kept(pages.record, clock("serious-case-review", started, status=ClockStatus.LATE, satisfied_at=TOLD))
    assert "Nothing is overdue" in words(pages.browser(MANAGER).get("/board"))


def climbs(entry: ClockEntry, *rungs: str) -> tuple[Climb, ...]:
    return tuple(
        Climb(
            clock=entry.id,
            computation=1,
            rung=rung,
            scheduled_at=entry.deadline.due_at + timedelta(days=1),
            letter=Letter(id=f"climb/{entry.id}/1/{rung}", template="clock-overdue", to=Role.BOARD_CHAIR, kind="climb"),
        )
        for rung in rungs
    )


def must_acknowledge(entry: ClockEntry) -> str:
    """The first rung whose reader has to acknowledge."""
    return next(str(number) for number, rung in enumerate(entry.rule.ladder) if rung.acknowledge)


def acknowledging() -> ClockEntry:
    rule = next(rule for rule in REGIME.clock if any(rung.acknowledge for rung in rule.ladder))
    return clock(rule.id, TOLD - timedelta(days=200))


def test_an_escalation_says_to_whom_and_that_nobody_has_acknowledged_it(pages: Pages) -> None:
    entry = acknowledging()
    rung = must_acknowledge(entry)
    kept(pages.record, entry, climbs=climbs(entry, rung, f"{rung}.1"))
    told = section(pages.browser(CHAIR).get("/board").text, "escalations")
    to = entry.rule.ladder[int(rung)].to.words
    assert told.count("Not acknowledged yet") == 2 and f"{to}, again" in told and "the letter waits to leave" in told


def test_an_acknowledged_escalation_says_when_it_was(pages: Pages) -> None:
    entry = acknowledging()
    rung = must_acknowledge(entry)
    kept(pages.record, entry, climbs=climbs(entry, rung))
    seen_at = TOLD + timedelta(minutes=30)
    by = Actor(person="nb-chair", role=entry.rule.ladder[int(rung)].to)
    fact = Fact(kind=AcknowledgeEscalation.FACT, at=seen_at, by=by, item=f"{entry.id}/{rung}")
    kept(pages.record, entry.model_copy(update={"acknowledged": (rung,)}), sequence=2, at=seen_at, facts=(fact,))
    told = section(pages.browser(CHAIR).get("/board").text, "escalations")
    assert "Acknowledged at 11:00 on Thursday 5 February 2026" in told and "Not acknowledged" not in told


def test_what_has_come_meanwhile_needs_no_acknowledgement_any_more(pages: Pages) -> None:
    entry = acknowledging()
    rung = must_acknowledge(entry)
    kept(pages.record, entry, climbs=climbs(entry, rung))
    met = entry.model_copy(update={"status": ClockStatus.LATE, "satisfied_at": TOLD})
    kept(pages.record, met, sequence=2, at=TOLD + timedelta(minutes=1))
    assert "not needed any more" in section(pages.browser(CHAIR).get("/board").text, "escalations")


def test_escalations_of_long_ago_are_not_told(pages: Pages) -> None:
    entry = acknowledging()
    kept(pages.record, entry, climbs=climbs(entry, must_acknowledge(entry)))
    pages.now = TOLD + timedelta(days=60)
    assert "Nobody had to be told" in words(pages.browser(CHAIR).get("/board"))


def test_timeliness_is_told_by_year_for_what_law_or_guidance_sets(pages: Pages) -> None:
    def ended(year: int, number: int, status: ClockStatus) -> ClockEntry:
        entry = clock("serious-case-review", TOLD, item=str(number), status=status)
        day = date(year, 6, 1)
        moved = {"due_on": day, "due_at": datetime(year, 6, 1, 12, tzinfo=UTC)}
        return entry.model_copy(update={"deadline": entry.deadline.model_copy(update=moved)})

    local = next(rule.id for rule in REGIME.clock if rule.strength is Strength.LOCAL and rule.id == "panel-convened")
    kept(
        pages.record,
        *(ended(2024, 1, ClockStatus.MET), ended(2024, 2, ClockStatus.LATE), ended(2025, 3, ClockStatus.MET)),
        clock(local, TOLD - timedelta(days=300), status=ClockStatus.MET),
    )
    years = section(pages.browser(MANAGER).get("/board").text, "years")
    assert "Set by 2024 2025 2026 Completion of the serious case review guidance 1 of 2 in time 1 of 1 in time" in years
    assert "Notification of the incident guidance none none 1 of 1 in time" in years, "of the case that was notified"
    assert "panel" not in years.lower()


def test_a_board_without_cases_has_an_overview_that_says_so(record: Record, tmp_path: Path) -> None:
    said = words(Pages(record, tmp_path, TOLD).browser(MANAGER).get("/board"))
    for nothing in ("No case is open", "Nothing is overdue", "Nothing is due", "Nobody had to be told", "ended yet"):
        assert nothing in said


def test_every_table_has_a_caption_and_no_page_a_style_of_its_own(pages: Pages) -> None:
    kept(pages.record, clock("serious-case-review", TOLD - timedelta(days=300)))
    for path in ("/board", "/board/due", "/board/overdue", "/cases"):
        page = pages.browser(MANAGER).get(path).text
        assert page.count("<table") == page.count("<caption") > 0, path
        assert " style=" not in page and "<style" not in page
