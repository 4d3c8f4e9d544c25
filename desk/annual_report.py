"""A board's annual report on its serious case reviews, read from the case record alone.

It tells of one year of the board, in civil time, and of how things stood at the end of it (or now, while the year is
not over). What people typed is shown only where no name is found in it; else the fact is named that it stands in.
"""

from collections.abc import Iterable
from datetime import date, datetime

from desk.annual_case import CaseAsOf, Period, case_as_of
from desk.annual_changes import Changes, changes
from desk.annual_clocks import Timeliness, timeliness
from desk.annual_learning import Actions, Findings, actions, findings
from desk.civil import in_civil_time
from domain.case_commands import Challenge
from domain.deciding import DECIDED, outcome_of
from domain.decision_commands import ReviewOutcome
from domain.directory import Directory
from domain.model import Model
from records import queries
from records.store import Record


class Decided(Model):
    """A decision of the chair whether to hold a review."""

    on: date
    outcome: ReviewOutcome
    in_year: bool


class ReviewLine(Model):
    """A case that was open at some time of the year."""

    reference: str
    opened_on: date
    open_before: bool
    """Whether it was open when the year began."""
    opened: bool
    """Whether it was opened in the year."""
    closed: int
    """How often it was closed in the year."""
    reopened: int
    decisions: tuple[Decided, ...] = ()
    """All up to the end of the year."""
    closed_on: date | None = None
    """None where it was open at the end of the year."""
    stage: str
    """Where it stood at the end of the year, in words."""


class Reviews(Model):
    """The cases of the year. ``open_before + opened + reopened - closed`` is ``open_at_end``."""

    lines: tuple[ReviewLine, ...]

    @property
    def open_before(self) -> int:
        """How many were open when the year began."""
        return sum(line.open_before for line in self.lines)

    @property
    def opened(self) -> int:
        """How many were opened in the year."""
        return sum(line.opened for line in self.lines)

    @property
    def reopened(self) -> int:
        """How often a closed case was opened again in the year."""
        return sum(line.reopened for line in self.lines)

    @property
    def closed(self) -> int:
        """How often a case was closed in the year."""
        return sum(line.closed for line in self.lines)

    @property
    def open_at_end(self) -> int:
        """How many were open at the end of the year."""
        return sum(line.closed_on is None for line in self.lines)

    def decided(self, outcome: ReviewOutcome) -> int:
        """How many decisions of the year came to that."""
        return sum(each.in_year and each.outcome is outcome for line in self.lines for each in line.decisions)


class AnnualReport(Model):
    """What happened in a year, and how things stood at its end."""

    board: str
    name: str
    period: Period
    reviews: Reviews
    timeliness: Timeliness
    findings: Findings
    actions: Actions
    changes: Changes

    @property
    def empty(self) -> bool:
        """Whether the board had no case in the year."""
        return not self.reviews.lines


def annual_report(record: Record, directory: Directory, board: str, year: int, now: datetime) -> AnnualReport:
    """The report of the year that begins in ``year``.

    Raises ``UnknownBoard``, ``NotFound`` for a year that has not begun, ``KeyringFault``.
    """
    of = directory.board(board)
    period = Period.of(of, year, now)
    begun = (each for each in queries.cases(record) if each.case.board == board and each.opened_at <= period.until)
    known = [case_as_of(record, directory, each, period.until) for each in begun]
    cases = [case for case in known if _of_the_year(case, period)]
    return AnnualReport(
        board=board,
        name=of.name,
        period=period,
        reviews=Reviews(lines=tuple(_line(case, period) for case in cases)),
        timeliness=timeliness(cases, period),
        findings=findings(cases, period),
        actions=actions(cases, period),
        changes=changes(cases, period),
    )


def _of_the_year(case: CaseAsOf, period: Period) -> bool:
    """Whether the case was open at some time of the year."""
    turns = _turns(case)
    before = _open(case, period.before, turns)
    return before or period.has(case.summary.opened_at) or any(period.has(at) for at, _ in turns)


def _line(case: CaseAsOf, period: Period) -> ReviewLine:
    turns, opened_at = _turns(case), case.summary.opened_at
    decisions = (each.fact for each in case.facts if each.fact.kind in DECIDED)
    still_open = _open(case, period.until, turns)
    return ReviewLine(
        reference=case.case.reference,
        opened_on=in_civil_time(opened_at).date(),
        open_before=_open(case, period.before, turns),
        opened=period.has(opened_at),
        closed=sum(closed for at, closed in turns if period.has(at)),
        reopened=sum(not closed for at, closed in turns if period.has(at)),
        decisions=tuple(
            Decided(
                on=in_civil_time(fact.at).date(),
                outcome=outcome_of(fact),
                in_year=period.has(fact.at),
            )
            for fact in decisions
        ),
        closed_on=None if still_open else in_civil_time(turns[-1][0]).date(),
        stage=case.stage,
    )


def _turns(case: CaseAsOf) -> list[tuple[datetime, bool]]:
    """When the case was closed (true) and opened again (false), in turn; it begins open."""
    turns: list[tuple[datetime, bool]] = []
    for each in case.facts:
        closed = each.fact.kind == "case-closed"
        opened = each.fact.kind in ("case-reopened", Challenge.FACT)
        if (closed or opened) and closed != _last(turns):
            turns.append((each.fact.at, closed))
    if not turns and case.summary.closed_at is not None and case.summary.closed_at <= case.until:
        turns.append((case.summary.closed_at, True))  # its facts may have been destroyed since
    return turns


def _last(turns: Iterable[tuple[datetime, bool]]) -> bool:
    return [False, *(closed for _, closed in turns)][-1]


def _open(case: CaseAsOf, at: datetime, turns: Iterable[tuple[datetime, bool]]) -> bool:
    """Whether the case was open at that instant, where it had begun."""
    before = [(turned_at, closed) for turned_at, closed in turns if turned_at <= at]
    return case.summary.opened_at <= at and not _last(before)
