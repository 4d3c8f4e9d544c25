"""The board's annual report: what happened in a year, how things stood at its end, and that the numbers add up."""

import csv
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO, StringIO

import pytest
from learning_records import BOARD, FIRST, NAME, SECOND, clock, directory, met, now, on, planned, write_all
from learning_records import Told as Writes

from desk.annual_case import Period
from desk.annual_report import AnnualReport, annual_report
from desk.annual_report_writing import as_csv, as_html, as_markdown, csv_files, tables, zipped
from desk.clocks_as_of import ClockStood
from domain.action_commands import PlanAction, RefuseAction, VerifyAction
from domain.clocks.rule import Direction, Unit
from domain.decision_commands import Decide, ReviewOutcome
from domain.directory import Board, UnknownBoard
from domain.people import Role
from domain.publication_commands import AnswerFinding, FindingAnswer, SetPublicationDate
from domain.record import CaseRef, ClockStatus, Recorded, Recording
from records import queries
from records.engine import make_engine
from records.migrate import upgrade
from records.queries import NotFound
from records.store import Record
from records.views import RecordedFact
from sealing import Keyring

YEARS = (2025, 2026, 2027, 2028)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Record]:
    """The record with both reviews, for tests that only read it."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('annual') / 'record.db'}")
    upgrade(engine)
    record = Record(engine, keyring, lambda board, at, urgent: at)
    write_all(record)
    yield record
    engine.dispose()


@pytest.fixture
def going_on(sqlite_url: str, open_record: Callable[[str], Record]) -> Record:
    """A record of its own for tests that write more into it."""
    return open_record(sqlite_url)


def report(record: Record, year: int, at: str = "2029-06-15") -> AnnualReport:
    return annual_report(record, directory(), BOARD, year, now(at))


def facts_of_year(record: Record, kind: str, year: int) -> list[RecordedFact]:
    first, after = on(f"{year}-04-01", 0), on(f"{year + 1}-04-01", 0)
    found = [each for case in (FIRST, SECOND) for each in queries.facts(record, case)]
    return [each for each in found if each.fact.kind == kind and first <= each.fact.at < after]


def line_of(found: AnnualReport, rule: str) -> dict[ClockStood, int]:
    [line] = [line for line in found.timeliness.lines if line.rule == rule]
    return {stood: number for stood, number in line.counts.items() if number}


def test_reviews_are_counted_as_opened_decided_closed_and_opened_again(record: Record) -> None:
    write_all(record)
    reviews = report(record, 2026).reviews
    assert (reviews.open_before, reviews.opened, reviews.reopened, reviews.closed) == (1, 1, 1, 1)
    assert reviews.open_at_end == 2
    assert reviews.decided(ReviewOutcome.SERIOUS_CASE_REVIEW) == 2
    assert reviews.decided(ReviewOutcome.NONE) == 0
    assert [line.reference for line in reviews.lines] == [FIRST.reference, SECOND.reference]


def test_stage_is_that_of_the_years_end_whatever_happened_since(told: Record) -> None:
    first, _ = report(told, 2026).reviews.lines
    assert first.stage == "Case: the review is under way"
    assert first.closed_on is None
    closed, _ = report(told, 2028).reviews.lines
    assert (closed.stage, closed.closed_on) == ("Case: closed", date(2028, 5, 1))


@pytest.mark.parametrize("year", YEARS)
def test_open_at_the_end_is_what_was_open_and_came_less_what_ended(told: Record, year: int) -> None:
    found = report(told, year)
    reviews = found.reviews
    assert reviews.open_before + reviews.opened + reviews.reopened - reviews.closed == reviews.open_at_end
    for line in found.actions.lines:
        came = line.open_before + line.planned + line.reopened
        assert came - line.verified - line.refused - line.superseded == line.open_at_end


@pytest.mark.parametrize("year", YEARS[:-1])
def test_what_is_open_at_the_end_of_a_year_is_open_when_the_next_begins(told: Record, year: int) -> None:
    ended, begun = report(told, year), report(told, year + 1)
    assert begun.reviews.open_before == ended.reviews.open_at_end
    still_open = {line.reference: line.open_at_end for line in ended.actions.lines if line.open_at_end}
    assert {line.reference: line.open_before for line in begun.actions.lines if line.open_before} == still_open


@pytest.mark.parametrize("year", YEARS)
def test_totals_are_those_of_the_record(told: Record, year: int) -> None:
    found = report(told, year)
    lines = found.actions.lines
    assert sum(line.planned for line in lines) == len(facts_of_year(told, PlanAction.FACT, year))
    assert sum(line.verified for line in lines) == len(facts_of_year(told, VerifyAction.FACT, year))
    answered = {each.fact.item for each in facts_of_year(told, AnswerFinding.FACT, year)}
    assert sum(line.answered for line in found.findings.lines) == len(answered)
    decisions = sum(found.reviews.decided(outcome) for outcome in ReviewOutcome)
    assert decisions == len(facts_of_year(told, Decide.FACT, year))


@pytest.mark.parametrize("year", YEARS)
def test_each_clock_stands_once_and_every_reason_belongs_to_one(told: Record, year: int) -> None:
    timeliness = report(told, year).timeliness
    late = timeliness.count(ClockStood.LATE) + timeliness.count(ClockStood.OVERDUE)
    assert len(timeliness.late) == late
    assert sum(line.reasons for line in timeliness.lines) == len(timeliness.reasons)


def test_nothing_later_than_the_years_end_leaks_into_it(told: Record, going_on: Record) -> None:
    write_all(Until(going_on, on("2027-04-01", 0)))
    assert report(told, 2026) == report(going_on, 2026)
    assert as_html(report(told, 2026)) == as_html(report(going_on, 2026))


class Until(Record):
    """A record as it was at an instant: what is written later never came."""

    def __init__(self, record: Record, at: datetime) -> None:
        super().__init__(record.engine, record.keyring, lambda board, at, urgent: at)
        self.at = at

    def write(self, recording: Recording) -> Recorded:
        return super().write(recording) if recording.at < self.at else Recorded()


def test_clock_extended_next_year_is_overdue_at_the_end_of_this_one(told: Record) -> None:
    found = report(told, 2026)
    assert line_of(found, "serious-case-review") == {ClockStood.OVERDUE: 1, ClockStood.STOPPED: 1}
    [overdue] = [each for each in found.timeliness.late if each.met_on is None]
    assert (overdue.reference, overdue.due_on) == (FIRST.reference, date(2026, 11, 15))
    assert overdue.late_by == (date(2027, 3, 31) - date(2026, 11, 15)).days
    assert line_of(report(told, 2027), "serious-case-review") == {ClockStood.MET: 1, ClockStood.OVERDUE: 1}


def test_lateness_is_counted_in_civil_days_or_in_hours(told: Record) -> None:
    lines = {line.rule: line for line in report(told, 2026).timeliness.lines}
    notices, safety = lines["decision-notices"], lines["safety-decision"]
    assert (notices.longest_late, notices.median_late, notices.late_in) == (4, 4, "days")
    assert (safety.longest_late, safety.late_in) == (3, "hours")
    assert line_of(report(told, 2026), "conference") == {ClockStood.WITHDRAWN: 1}


def test_median_and_longest_are_of_those_met_late(going_on: Record) -> None:
    writes = Writes(going_on, CaseRef(board=BOARD, reference="NB-2026-203"))
    writes.moved(on("2026-06-01"), "Case: open")
    for number, day in enumerate(("2026-06-11", "2026-06-13", "2026-06-20", "2026-06-09"), start=1):
        entry = clock("agency-report", on("2026-06-01"), "2026-06-10", f"agency-{number}")
        writes.kept(on(day), met(entry, on(day)), "panel")
    [line] = [line for line in report(going_on, 2026).timeliness.lines if line.rule == "agency-report"]
    assert (line.counts[ClockStood.LATE], line.counts[ClockStood.MET], line.all) == (3, 1, 4)
    assert (line.median_late, line.longest_late) == (3, 10)


def test_moved_publication_counts_from_when_it_was_moved(going_on: Record) -> None:
    case = CaseRef(board=BOARD, reference="NB-2026-204")
    writes = Writes(going_on, case)
    writes.moved(on("2027-02-01"), "Case: open")
    for day, set_on, due in (("2027-04-20", "2027-02-01", "2027-03-10"), ("2027-09-20", "2027-04-05", "2027-08-10")):
        fields = {"publish_at": on(day).isoformat(), "reason": "the trial"}
        writes.said(on(set_on), SetPublicationDate, "", "publication", **fields)
        entry = clock(
            *("advance-notice", on(day), due),
            direction=Direction.BEFORE,
            opened_at=on("2027-02-01"),
            computation=1 if day == "2027-04-20" else 2,
        )
        writes.kept(on(set_on), entry, "publication")
    assert line_of(report(going_on, 2026), "advance-notice") == {ClockStood.OVERDUE: 1}
    assert line_of(report(going_on, 2026, "2027-02-15"), "advance-notice") == {ClockStood.RUNNING: 1}


def test_clocks_that_share_a_title_are_told_apart_by_whom_they_wait_for(going_on: Record) -> None:
    writes = Writes(going_on, CaseRef(board=BOARD, reference="NB-2026-205"))
    writes.moved(on("2026-06-01"), "Case: open")
    for rule, role in (("observation", Role.AGENCY_LEAD), ("observation-by-board", Role.BUSINESS_MANAGER)):
        entry = clock(rule, on("2026-06-01"), "2026-06-10", "C1/1")
        shared = entry.rule.model_copy(update={"title": "Observation"})
        writes.kept(on("2026-06-01"), entry.model_copy(update={"rule": shared, "waiting_on": role}), "change")
    writes.kept(on("2026-06-01"), clock("decision", on("2026-06-01"), "2026-06-10"), "change")
    found = report(going_on, 2026).timeliness
    names = {"Decision", "Observation (by the agency)", "Observation (by the board's office)"}
    assert {line.title for line in found.lines} == names
    assert {late.title for late in found.late} == names


def test_withdrawn_clock_is_neither_late_nor_open_though_its_day_is_past(going_on: Record) -> None:
    writes = Writes(going_on, CaseRef(board=BOARD, reference="NB-2026-206"))
    writes.moved(on("2026-06-01"), "Case: open")
    entry = clock("observation", on("2026-06-01"), "2026-06-10", "C1/1")
    writes.kept(on("2026-06-01"), entry, "change")
    writes.kept(on("2026-07-01"), entry.model_copy(update={"status": ClockStatus.WITHDRAWN}), "change")
    assert line_of(report(going_on, 2026), "observation") == {ClockStood.WITHDRAWN: 1}
    assert report(going_on, 2026).timeliness.late == ()


def test_reasons_are_shown_unless_a_name_stands_in_them(told: Record) -> None:
    [shown] = report(told, 2026).timeliness.reasons
    assert (shown.reason.text, shown.clock) == ("the criminal trial goes first", "serious-case-review")
    hidden, absent = report(told, 2027).timeliness.reasons
    assert (absent.reason.text, absent.clock) == ("the system was being replaced", "observation/C1/2")
    assert hidden.reason.text == f"see fact {hidden.fact} of {FIRST.reference}"


def test_no_name_that_the_case_knows_is_in_any_form_of_the_report(told: Record) -> None:
    for year in YEARS:
        found = report(told, year)
        written = (
            as_html(found) + as_markdown(found) + "".join(f.decode("utf-8-sig") for f in csv_files(found).values())
        )
        assert not re.search(rf"{NAME}|Corin|Wexcombe|Arle\b", written)


def test_findings_are_told_with_the_boards_last_answers(told: Record) -> None:
    [before] = report(told, 2026).findings.lines
    assert (before.entered, before.answered, before.waiting) == (6, 0, 5)
    found = report(told, 2027).findings
    [line] = found.lines
    assert line.answers == {
        FindingAnswer.ACCEPTED: 2,
        FindingAnswer.PARTLY: 1,
        FindingAnswer.REJECTED: 1,
        FindingAnswer.NOTED: 1,
    }
    assert line.waiting == 0
    told_of = {each.finding: (each.answer, each.reason.text) for each in found.not_accepted}
    assert told_of["F2"] == (FindingAnswer.REJECTED, "the law forbids it")
    assert told_of["F3"][1].startswith("see fact ")


def test_actions_not_implemented_are_told_with_the_reason(told: Record) -> None:
    not_done = {
        each.about: (each.what, each.reason and each.reason.text) for each in report(told, 2027).actions.not_done
    }
    assert not_done == {
        "A3": ("action refused", "there is no money for it"),
        "A4": ("action superseded by A10", "one action does both"),
        "F3": ("finding without an action yet", None),
        "F4": ("finding without an action", "the national guidance was changed already"),
    }
    [refused] = report(told, 2026).actions.not_done
    assert (refused.about, refused.what) == ("A1", "action refused; reopened since")


def test_late_and_extended_actions_keep_their_first_day(told: Record) -> None:
    actions = report(told, 2027).actions
    late = {each.action: each for each in actions.late if each.reference == FIRST.reference}
    assert set(late) == {"A2"}, "the evidence of A10 was in time and waits to be verified"
    assert (late["A2"].original_due_on, late["A2"].due_on) == (date(2027, 11, 1), date(2027, 12, 1))
    assert (late["A2"].days_late, late["A2"].extensions) == ((date(2028, 3, 31) - date(2027, 12, 1)).days, 1)
    assert late["A2"].because is not None
    assert late["A2"].because.text == "training places were short"
    [more] = actions.more_time
    assert (more.action, more.until, more.reason.shown) == ("A2", date(2027, 12, 1), False)


def test_observations_that_are_late_absent_or_missing_are_visible_as_such(told: Record) -> None:
    changes = report(told, 2027).changes
    [line] = changes.lines
    assert (line.baseline, line.target, line.stood) == ("40 per cent", "90 per cent", "closed: not achieved")
    stood = {each.number: (each.stood, each.value, each.target_met) for each in changes.dates}
    assert stood == {
        1: ("observed, 10 days late", "62.5 per cent", False),
        2: ("absent", "", None),
        3: ("missing, 50 days overdue", "", None),
        4: ("to come", "", None),
    }
    assert [each.judgement for each in changes.dates] == ["improved", "", "", ""]
    absent = changes.dates[1].absent_because
    assert absent is not None
    assert absent.text == "the system was being replaced"
    [closed] = changes.closed
    assert (closed.change, closed.outcome, closed.reason.text) == ("C1", "not achieved", "the measure has ended")


def test_year_is_the_boards_own_in_civil_time() -> None:
    board = directory().board(BOARD)
    period = Period.of(board, 2026, now())
    assert (period.first, period.last) == (date(2026, 4, 1), date(2027, 3, 31))
    assert period.begins.isoformat() == "2026-04-01T00:00:00+01:00"
    calendar_year = Period.of(board.model_copy(update={"year_begins": "01-01"}), 2026, now())
    assert (calendar_year.first, calendar_year.last) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize("year_begins", ["02-29", "4-1", "13-01", "04-01-01", ""])
def test_year_begins_on_a_day_that_every_year_has(year_begins: str) -> None:
    raw = directory().board(BOARD).model_dump(by_alias=True) | {"year_begins": year_begins}
    with pytest.raises(ValueError, match="no day that every year has"):
        Board.model_validate(raw)


def test_year_that_is_not_over_is_told_as_it_stands_now(told: Record) -> None:
    found = report(told, 2026, "2026-05-18")
    assert found.period.last == date(2027, 3, 31)
    assert line_of(found, "review-decision") == {ClockStood.MET: 1}
    assert line_of(found, "decision-notices") == {ClockStood.RUNNING: 1}
    assert "The year is not over: this is how things stood on 18 May 2026." in as_markdown(found)
    assert "The year is not over" not in as_markdown(report(told, 2026))


def test_year_to_come_and_unknown_board_are_refused_clearly(told: Record) -> None:
    with pytest.raises(NotFound, match=r"nothing to report of the year 2029 .* begins on Sunday 1 April 2029"):
        report(told, 2029, "2029-03-31")
    with pytest.raises(UnknownBoard):
        annual_report(told, directory(), "nowhere", 2026, now())


def test_another_boards_cases_are_not_in_it(told: Record) -> None:
    assert "EM-2026" not in as_markdown(report(told, 2026))


def test_empty_year_says_so(told: Record) -> None:
    found = report(told, 2020)
    assert found.empty
    for written in (as_markdown(found), as_html(found)):
        assert "The board had no case in this year." in written
        assert "No clock ran." in written
    assert as_csv(tables(found)["clocks"]).count(b"\n") == 1


def test_both_days_of_the_year_are_in_the_heading(told: Record) -> None:
    assert "1 April 2026 to 31 March 2027" in as_markdown(report(told, 2026))
    assert "<title>Annual report on serious case reviews" in as_html(report(told, 2026))


def test_same_record_gives_the_same_bytes(told: Record) -> None:
    first, again = report(told, 2027), report(told, 2027, "2030-01-01")
    assert as_html(first) == as_html(again)
    assert as_markdown(first) == as_markdown(again)
    assert zipped(first) == zipped(again)


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_page_needs_no_script_and_nothing_from_elsewhere(told: Record) -> None:
    page = Page(as_html(report(told, 2027)))
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert not [each for _, each in page.tags if {"src", "href", "style"} & set(each)]


def test_tables_have_captions_and_headings_with_scope(told: Record) -> None:
    page = Page(as_html(report(told, 2027)))
    assert len(page.all("table")) == len(page.all("caption")) > 8
    assert len(page.all("h1")) == 1
    assert len(page.all("h2")) == 5
    assert {each.get("scope") for each in page.all("th")} == {"col", "row"}


def test_what_people_typed_is_no_markup(going_on: Record) -> None:
    writes = Writes(going_on, CaseRef(board=BOARD, reference="NB-2026-205"))
    writes.moved(on("2026-06-01"), "Case: open")
    writes.said(on("2026-06-02"), PlanAction, "A1", **planned("2026-09-01"))
    writes.said(on("2026-06-03"), RefuseAction, "A1", reason="<b>no</b> | *never* =1+1")
    found = report(going_on, 2026)
    assert "&lt;b&gt;no&lt;/b&gt;" in as_html(found)
    assert r"\<b\>no\</b\> \| \*never\* =1+1" in as_markdown(found)


def test_every_row_of_a_table_has_a_cell_for_each_column(told: Record) -> None:
    for year in YEARS:
        for table in tables(report(told, year)).values():
            assert {len(row) for row in (*table.rows, *((table.total,) if table.total else ()))} <= {len(table.columns)}


def test_tables_are_files_of_their_own_in_csv(told: Record) -> None:
    found = report(told, 2027)
    files = csv_files(found)
    assert set(files) == {f"{id}.csv" for id in tables(found)}
    rows = list(csv.DictReader(StringIO(files["observations.csv"].decode("utf-8-sig"))))
    assert [row["Due on"] for row in rows] == ["2027-12-01", "2028-01-15", "2028-02-10", "2028-06-01"]
    with zipfile.ZipFile(BytesIO(zipped(found))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_sums_in_tables_are_those_of_their_rows(told: Record) -> None:
    for year in YEARS:
        for table in tables(report(told, year)).values():
            for column, total in enumerate(table.total):
                if isinstance(total, int) and not table.columns[column].startswith("Late by"):
                    assert total == sum(row[column] for row in table.rows if isinstance(row[column], int))  # type: ignore[misc]


def test_clock_runs_out_at_the_end_of_the_day_that_was_set(going_on: Record) -> None:
    writes = Writes(going_on, CaseRef(board=BOARD, reference="NB-2026-206"))
    writes.moved(on("2026-06-01"), "Case: open")
    day = date(2026, 6, 30)
    entry = clock("milestone", on("2026-06-01"), day.isoformat(), "M1", unit=Unit.SET_DATE, due_on=day,
                  set_at=on("2026-06-01"))  # fmt: skip
    writes.kept(on("2026-06-01"), entry, "panel")
    assert line_of(report(going_on, 2026, (day - timedelta(days=1)).isoformat()), "milestone") == {
        ClockStood.RUNNING: 1
    }
    assert line_of(report(going_on, 2026, (day + timedelta(days=1)).isoformat()), "milestone") == {
        ClockStood.OVERDUE: 1
    }
