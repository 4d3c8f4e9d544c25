"""A board's annual report as headings, sentences and tables; how they are written is for ``annual_report_writing``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from desk.annual_changes import Changes
from desk.annual_clocks import Timeliness
from desk.annual_learning import Actions, Findings
from desk.annual_report import AnnualReport, Reviews
from desk.clocks_as_of import ClockStood
from desk.said import Said
from domain.clocks.rule import Strength
from domain.decision_commands import ReviewOutcome
from domain.publication_commands import FindingAnswer

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Table:
    """A table. Its first column names what each row is about."""

    id: str
    """By which it is asked for, and named as a file: ``clocks``."""
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    """A last row with sums; empty where there is none."""
    empty: str = "There are none."
    """What is said in place of a table without rows."""


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]


def heading(report: AnnualReport) -> tuple[str, str, tuple[str, ...]]:
    """Title, the days of the year, and what is to be known when reading it."""
    period = report.period
    notes = [
        "Reviews are named by their references. What people wrote is shown only where no name was found in it; "
        "otherwise the fact of the case record is named in which it is to be read."
    ]
    if not period.over:
        notes.insert(0, f"The year is not over: this is how things stood on {day(period.until.date())}.")
    if report.empty:
        notes.insert(0, "The board had no case in this year.")
    return (
        f"Annual report on serious case reviews: {report.name}",
        f"{day(period.first)} to {day(period.last)}",
        (tuple(notes)),
    )


def sections(report: AnnualReport) -> tuple[Section, ...]:
    """The five parts of the report."""
    return (
        _reviews(report.reviews),
        _timeliness(report.timeliness),
        _findings(report.findings),
        _actions(report.actions),
        _changes(report.changes),
    )


def day(on: date) -> str:
    """``1 April 2026``."""
    return f"{on.day} {on:%B %Y}"


def _reviews(reviews: Reviews) -> Section:
    outcomes = tuple((outcome, reviews.decided(outcome)) for outcome in ReviewOutcome)
    numbers = Table(
        id="reviews-in-numbers",
        caption="Cases and decisions of the year",
        columns=("What", "Number"),
        rows=(
            ("Open when the year began", reviews.open_before),
            ("Opened in the year", reviews.opened),
            ("Opened again in the year", reviews.reopened),
            ("Closed in the year", reviews.closed),
            ("Open at the end of the year", reviews.open_at_end),
            *((f"Decisions of the year: {outcome.words}", number) for outcome, number in outcomes),
        ),
    )
    each = Table(
        id="reviews",
        caption="Each case and where it stood at the end of the year",
        columns=("Case", "Opened on", "Last decided on", "Last decision", "Closed on", "Where it stood"),
        rows=tuple(
            (
                line.reference,
                line.opened_on,
                line.decisions[-1].on if line.decisions else None,
                line.decisions[-1].outcome.words if line.decisions else "none yet",
                line.closed_on,
                line.stage,
            )
            for line in reviews.lines
        ),
        empty="There was no case.",
    )
    return Section("1. Reviews and where they stand", (), (numbers, each))


_STOOD = {
    ClockStood.MET: "Met in time",
    ClockStood.LATE: "Met late",
    ClockStood.WITHDRAWN: "Withdrawn",
    ClockStood.OVERDUE: "Overdue",
    ClockStood.RUNNING: "Running",
    ClockStood.STOPPED: "Stopped",
}
_STRENGTH = {
    Strength.STATUTE: "statute",
    Strength.GUIDANCE: "guidance",
    Strength.LOCAL: "local",
}


def _timeliness(timeliness: Timeliness) -> Section:
    total = sum(timeliness.count(stood) for stood in ClockStood)
    sentences = (
        "Met, met late and withdrawn are clocks that ended within the year; overdue, running and stopped are those "
        "that went on at the end of it.",
        f"Clocks: {total}. Met in time: {timeliness.count(ClockStood.MET)}; late: {timeliness.count(ClockStood.LATE)}; "
        f"overdue at the end: {timeliness.count(ClockStood.OVERDUE)}.",
    )
    clocks = Table(
        id="clocks",
        caption="Timeliness against each clock",
        columns=(
            *("Clock", "Strength", "Source", *_STOOD.values(), "All"),
            *("Late by, median", "Late by, longest", "Counted in", "Reasons recorded"),
        ),
        rows=tuple(
            (
                line.title,
                _STRENGTH[line.strength],
                f"{line.source} (to be confirmed by the board)" if line.to_be_confirmed else line.source,
                *(line.counts[stood] for stood in _STOOD),
                line.all,
                line.median_late,
                line.longest_late,
                line.late_in if line.longest_late else None,
                line.reasons,
            )
            for line in timeliness.lines
        ),
        total=(
            *("All clocks", None, None, *(timeliness.count(stood) for stood in _STOOD), total, None, None, None),
            len(timeliness.reasons),
        ),
        empty="No clock ran.",
    )
    late = Table(
        id="late-clocks",
        caption="Clocks that were met late, or were overdue",
        columns=("Case", "Stage", "Clock", "Id", "Due on", "Met on", "Late by", "Counted in", "Why: facts"),
        rows=tuple(
            (
                *(each.reference, each.stage, each.title, each.clock, each.due_on, each.met_on, each.late_by),
                *(each.late_in, _numbers(each.explained_in) or "no reason recorded"),
            )
            for each in timeliness.late
        ),
        empty="None was.",
    )
    reasons = Table(
        id="reasons",
        caption="Reasons recorded for delays",
        columns=("Case", "Clock", "Recorded on", "Fact", "Reason"),
        rows=tuple((each.reference, each.clock, each.on, each.fact, each.reason.text) for each in timeliness.reasons),
        empty="None are recorded.",
    )
    return Section("2. Timeliness", sentences, (clocks, late, reasons))


def _findings(findings: Findings) -> Section:
    lines: tuple[tuple[Cell, ...], ...] = tuple(
        (line.reference, line.entered, *(line.answers[answer] for answer in FindingAnswer), line.answered, line.waiting)
        for line in findings.lines
    )
    counts = Table(
        id="findings",
        caption="Findings of each review, and the board's answers of the year",
        columns=(
            *("Case", "Entered in the year", "Accepted", "Partly accepted", "Rejected", "Noted"),
            *("Answered in the year", "Waiting for an answer"),
        ),
        rows=lines,
        total=_sum("All cases", lines),
        empty="No finding was entered or answered, and none waited.",
    )
    others = Table(
        id="findings-not-accepted",
        caption="Findings rejected, or accepted in part",
        columns=("Case", "Finding", "Answer", "Answered on", "Reason"),
        rows=tuple(
            (each.reference, each.finding, _ANSWERS[each.answer], each.on, each.reason.text)
            for each in findings.not_accepted
        ),
    )
    return Section("3. Findings and the board's answers", (), (counts, others))


_ANSWERS = {FindingAnswer.REJECTED: "rejected", FindingAnswer.PARTLY: "accepted in part"}


def _actions(actions: Actions) -> Section:
    lines: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(line.reference, line.open_before, line.planned, line.reopened, line.verified, line.refused),
            *(line.superseded, line.open_at_end, line.late, line.waiting, line.extended),
        )
        for line in actions.lines
    )
    counts = Table(
        id="actions",
        caption="Actions of each review",
        columns=(
            *("Case", "Open when the year began", "Planned", "Reopened", "Verified", "Refused", "Superseded"),
            *("Open at the end", "Of these late", "Of these waiting to be verified", "Given more time"),
        ),
        rows=lines,
        total=_sum("All cases", lines),
        empty="No case had actions.",
    )
    late = Table(
        id="late-actions",
        caption="Actions beyond their day at the end of the year",
        columns=(
            *("Case", "Action", "Owner", "Status", "First due on", "Due on", "Days late", "Extensions"),
            "Why, as last reported",
        ),
        rows=tuple(
            (
                *(each.reference, each.action, each.agency, each.status.words, each.original_due_on, each.due_on),
                *(each.days_late, each.extensions, _text(each.because, "nothing reported")),
            )
            for each in actions.late
        ),
    )
    more_time = Table(
        id="extensions",
        caption="Actions given more time in the year",
        columns=("Case", "Action", "Owner", "Decided on", "First due on", "New day", "Extension", "Reason"),
        rows=tuple(
            (
                *(each.reference, each.action, each.agency, each.on, each.original_due_on, each.until, each.time),
                each.reason.text,
            )
            for each in actions.more_time
        ),
    )
    not_done = Table(
        id="not-implemented",
        caption="Not implemented, and why",
        columns=("Case", "Action or finding", "What", "Recorded on", "Reason"),
        rows=tuple(
            (each.reference, each.about, each.what, each.on, _text(each.reason, "no reason recorded"))
            for each in actions.not_done
        ),
        empty="Nothing was refused or superseded, and no accepted finding is without an action.",
    )
    return Section("4. Actions", (), (counts, late, more_time, not_done))


def _changes(changes: Changes) -> Section:
    expected = Table(
        id="changes",
        caption="What was expected to change",
        columns=(
            *("Case", "Change", "Actions", "What", "Seen by", "Measure", "Direction", "Baseline", "Target"),
            "Where it stood",
        ),
        rows=tuple(
            (
                *(line.reference, line.change, ", ".join(line.actions), line.what.text, line.kind, line.measure.text),
                *(line.direction, line.baseline, line.target, line.stood),
            )
            for line in changes.lines
        ),
        empty="No change was watched.",
    )
    dates = Table(
        id="observations",
        caption="What was seen. Nothing is filled in for an observation that is late, absent or missing",
        columns=(
            *("Case", "Change", "Date", "Due on", "Observation", "Observed on", "Value", "Judgement", "Target met"),
            *("Fact", "Why absent"),
        ),
        rows=tuple(
            (
                *(each.reference, each.change, each.number, each.on, each.stood, each.observed_on, each.value),
                *(each.judgement, _yes(each.target_met), each.fact, _text(each.absent_because, "")),
            )
            for each in changes.dates
        ),
        empty="There was nothing to be looked at.",
    )
    closed = Table(
        id="changes-closed",
        caption="Expected changes closed in the year",
        columns=("Case", "Change", "Closed on", "Outcome", "Reason"),
        rows=tuple((each.reference, each.change, each.on, each.outcome, each.reason.text) for each in changes.closed),
    )
    return Section("5. What changed", (), (expected, dates, closed))


def _sum(title: str, rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """Sums of every column but the first; nothing for a table without rows."""
    columns = list(zip(*rows, strict=True))[1:]
    return (title, *(sum(each for each in column if isinstance(each, int)) for column in columns)) if rows else ()


def _numbers(facts: Iterable[int]) -> str:
    return ", ".join(map(str, facts))


def _text(said: Said | None, otherwise: str) -> str:
    return said.text if said is not None else otherwise


def _yes(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "no"
