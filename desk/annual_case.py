"""The year of a board's annual report, and each case as it stood at the end of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from desk.action_reading import ReadPlan, read_plan
from desk.change_reading import OBSERVATION, ReadChange, read_changes
from desk.civil import LONDON, in_civil_time
from desk.clocks_as_of import ClockAsOf, clocks_as_of
from desk.finding_reading import ReadFinding, read_findings
from desk.said import Said, said
from domain.action_commands import ReportProgress
from domain.change_commands import RecordNoObservation
from domain.clocks.calendar import day_in_words
from domain.directory import Board, Directory
from domain.model import Model
from domain.record import CaseRef
from domain.timetable import ExplainDelay
from records import as_of, queries
from records.marking import known_names
from records.queries import NotFound
from records.store import Record
from records.views import CaseSummary, RecordedFact


class Period(Model):
    """A board's year in civil time, as far as it has passed."""

    first: date
    last: date
    begins: datetime
    until: datetime
    """The last instant that counts: that of the year, or now while it is not over."""
    over: bool

    @classmethod
    def of(cls, board: Board, year: int, now: datetime) -> "Period":
        """The year that begins in that calendar year. Raises ``NotFound`` where it has not begun."""
        first, after = (date.fromisoformat(f"{each:04}-{board.year_begins}") for each in (year, year + 1))
        begins, ends = (datetime.combine(day, time(), LONDON) for day in (first, after))
        if now < begins:
            begins_on = f"it begins on {day_in_words(first)}"
            raise NotFound(f"there is nothing to report of the year {year} of board {board.id} yet: {begins_on}")
        last_instant = in_civil_time(ends) - timedelta(microseconds=1)
        return cls(
            first=first,
            last=after - timedelta(days=1),
            begins=begins,
            until=min(last_instant, in_civil_time(now)),
            over=now > last_instant,
        )

    def has(self, at: datetime | None) -> bool:
        """Whether the instant lies in what has passed of the year."""
        return at is not None and self.begins <= at <= self.until

    @property
    def before(self) -> datetime:
        """The last instant before the year."""
        return in_civil_time(self.begins) - timedelta(microseconds=1)

    @property
    def today(self) -> date:
        """The last day that counts."""
        return in_civil_time(self.until).date()


class Delay(Model):
    """A fact that says why a clock is late."""

    fact: int
    at: datetime
    stage: str
    clock: str
    """Id of the clock within its stage."""
    field: str
    """In which field of the fact the reason stands."""


DELAYS: Final = (ExplainDelay.FACT, ReportProgress.FACT, RecordNoObservation.FACT)
"""The facts that may say why a clock is late."""


def delays_in(each: RecordedFact) -> Iterator[Delay]:
    """Which clocks the fact says are late, and why."""
    item, field, clocks = each.fact.item or "", "reason", tuple[str, ...]()
    match each.fact.kind:
        case ExplainDelay.FACT:
            clocks = (item,)
        case ReportProgress.FACT if str(each.fact.detail.get("late_because") or "").strip():
            clocks, field = (f"action/{item}",), "late_because"
        case RecordNoObservation.FACT:
            clocks = tuple(f"{rule}/{item}" for rule in OBSERVATION)
    for clock in clocks:
        yield Delay(fact=each.seq, at=each.fact.at, stage=each.stage, clock=clock, field=field)


@dataclass(frozen=True)
class CaseAsOf:
    """A case as it stood at an instant: what was recorded later is as if it were not."""

    summary: CaseSummary
    facts: tuple[RecordedFact, ...]
    """Those that stand, in order."""
    clocks: tuple[ClockAsOf, ...]
    stage: str
    """Where the case stood, in words."""
    names: frozenset[str]
    """Words of names that are not to be shown."""
    until: datetime
    """The instant."""

    @property
    def case(self) -> CaseRef:
        """Which case it is."""
        return self.summary.case

    @cached_property
    def findings(self) -> tuple[ReadFinding, ...]:
        """Its findings with the board's answers."""
        return read_findings(self.facts)

    @cached_property
    def plan(self) -> ReadPlan:
        """Its action plan."""
        return read_plan(self.facts)

    @cached_property
    def changes(self) -> tuple[ReadChange, ...]:
        """Its expected changes."""
        return read_changes(self.facts, self.clocks)

    @cached_property
    def delays(self) -> tuple[Delay, ...]:
        """Why clocks are late: as said of those of the review, of actions, and of dates without an observation."""
        return tuple(delay for each in self.facts for delay in delays_in(each))

    @cached_property
    def by_number(self) -> dict[int, RecordedFact]:
        """Its facts by their numbers."""
        return {each.seq: each for each in self.facts}

    def said(self, fact: int, field: str = "reason") -> Said:
        """What stands in a field of a fact, where it may be shown; else where it is to be read."""
        return said(self.case, self.by_number[fact], field, self.names)


def case_as_of(record: Record, directory: Directory, summary: CaseSummary, until: datetime) -> CaseAsOf:
    """The case as it stood. Raises ``KeyringFault`` where a fact does not open."""
    case = summary.case
    standing = [each for each in queries.facts(record, case) if each.stands]
    return CaseAsOf(
        summary=summary,
        facts=tuple(each for each in standing if each.fact.at <= until),
        clocks=clocks_as_of(record, case, standing, until),
        stage=as_of.stage_title(record, case, summary.workflow_id, until),
        names=known_names(record, case, directory),
        until=until,
    )
