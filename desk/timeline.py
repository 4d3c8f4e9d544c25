"""A case's life, as its record tells it: what happened when in each stage, and how its clocks ran."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from desk.civil import in_civil_time
from desk.clocks_as_of import ClockAsOf, ClockStood, clocks_as_of
from desk.value_words import in_words
from domain.clocks.rule import Strength
from domain.clocks.stops import united
from domain.model import Model
from domain.record import CaseRef, Fact
from records import queries
from records.store import Record
from records.views import RecordedFact

LANES: Final = {
    "case": "The case",
    "safety": "Children's safety",
    "decision": "Decision on a review",
    "rapid-review": "Notification and rapid review",
    "panel": "Panel and report",
    "publication": "Publication",
    "actions": "Action plan",
    "change": "Change",
}
"""The stages in the order in which they are shown, with their titles."""

_OUTCOME: Final = "outcome"
_MAIN_FACTS: Final[dict[str, tuple[str, str]]] = {
    "case-reopened": ("opened again", ""),
    "case-closed": ("closed", ""),
    "effect-decided": ("process beside the review: {detail}", "effect"),
    "child-safety-decided": ("decided for {item}", ""),
    "review-recommended": ("recommended: {detail}", _OUTCOME),
    "review-decided": ("decided: {detail}", _OUTCOME),
    "panel-notified": ("national panel notified", ""),
    "notification-withdrawn": ("notification withdrawn", ""),
    "no-rapid-review-decided": ("no rapid review owed", ""),
    "rapid-review-recorded": ("rapid review recorded: {detail}", _OUTCOME),
    "rapid-review-submitted": ("rapid review sent to the national panel", ""),
    "panel-answered-rapid-review": ("national panel: {detail}", _OUTCOME),
    "local-review-decided": ("decided: {detail}", _OUTCOME),
    "decision-overtaken": ("overtaken by another decision", ""),
    "terms-decided": ("terms of reference {detail}", _OUTCOME),
    "review-extended": ("more time for the review", ""),
    "draft-submitted": ("draft submitted", ""),
    "report-decided": ("report {detail}", _OUTCOME),
    "publication-decided": ("decided: {detail}", _OUTCOME),
    "no-publication-proposed": ("proposed not to publish", ""),
    "publication-aborted": ("called off", ""),
    "published": ("published", ""),
    "availability-decided": ("afterwards: {detail}", _OUTCOME),
    "plan-answered": ("plan {detail}", _OUTCOME),
    "plan-reviewed": ("plan reviewed", ""),
    "change-closed": ("{item} closed: {detail}", _OUTCOME),
    "change-reopened": ("{item} watched again", ""),
}
"""What is told of a case's life: the words, and the field of the fact that they repeat, one that is never free text."""


class BarStatus(StrEnum):
    """How a clock ran, in the words of the picture."""

    MET = "met"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


_STATUS: Final = {
    ClockStood.MET: BarStatus.MET,
    ClockStood.LATE: BarStatus.LATE,
    ClockStood.RUNNING: BarStatus.OPEN,
    ClockStood.OVERDUE: BarStatus.OVERDUE,
    ClockStood.STOPPED: BarStatus.STOPPED,
    ClockStood.WITHDRAWN: BarStatus.WITHDRAWN,
}


class StoppedStretch(Model):
    """When a clock stood still; ``until`` is ``None`` while it stands."""

    since: date
    until: date | None = None


class Bar(Model):
    """A clock: from its start to the day it was due."""

    title: str
    about: str = ""
    """The item that it is about, and which of several stages of a kind it belongs to; shown in full."""
    start: date
    due: date
    done_on: date | None = None
    """When it was met, in time or late, or withdrawn."""
    status: BarStatus
    strength: Strength = Strength.LOCAL
    stops: tuple[StoppedStretch, ...] = ()


class Mark(Model):
    """Something that happened on a day."""

    on: date
    words: str


class Lane(Model):
    """A stage of the case."""

    title: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()


class TimelineView(Model):
    """The life of a case as the picture shows it."""

    reference: str
    as_of: date
    """The day for which it is told: what is open on it and was due before is overdue."""
    lanes: tuple[Lane, ...]
    stops: tuple[StoppedStretch, ...] = ()
    """When clocks stood with the review."""


def timeline_of(record: Record, case: CaseRef, at: datetime) -> TimelineView:
    """The life of the case up to that instant. Raises ``NotFound``, and ``KeyringFault`` where a fact does not open."""
    opened_at = queries.case_summary(record, case).opened_at
    facts = queries.facts(record, case)
    return timeline(case, opened_at, clocks_as_of(record, case, facts, at), facts, at)


def timeline(
    case: CaseRef, opened_at: datetime, clocks: Sequence[ClockAsOf], facts: Sequence[RecordedFact], at: datetime
) -> TimelineView:
    """The same from what the record holds. Stages that have not begun have no lane."""
    told = [each for each in facts if each.stands and each.fact.at <= at]
    lanes = []
    for name, title in LANES.items():
        bars = [_bar(case, each) for each in clocks if lane_of(case, each.stage) == name]
        marks = [*_marks(each.fact for each in told if lane_of(case, each.stage) == name)]
        if name == "case":
            marks = [Mark(on=_day(opened_at), words="case opened"), *marks]
        if bars or marks:
            lanes.append(Lane(title=title, bars=tuple(sorted(bars, key=_by_start)), marks=tuple(marks)))
    stops = united(stop for each in clocks for stop in each.entry.stops if stop.since <= at)
    return TimelineView(
        reference=case.reference,
        as_of=_day(at),
        lanes=tuple(lanes),
        stops=tuple(_stretch(stop.since, stop.until) for stop in stops),
    )


def lane_of(case: CaseRef, stage: str) -> str:
    """Which lane a stage's workflow belongs to."""
    return stage.removeprefix(case.workflow_id).strip("/").partition("/")[0] or "case"


def _marks(facts: Iterable[Fact]) -> Iterator[Mark]:
    """The main facts in their order; the same words on the same day once."""
    seen = set()
    for fact in sorted(facts, key=lambda fact: fact.at):
        if fact.kind not in _MAIN_FACTS:
            continue
        words, field = _MAIN_FACTS[fact.kind]
        detail = in_words(str(fact.detail.get(field) or ""))
        mark = Mark(on=_day(fact.at), words=words.format(item=fact.item or "", detail=detail).strip(" :"))
        if mark not in seen:
            seen.add(mark)
            yield mark


def _bar(case: CaseRef, clock: ClockAsOf) -> Bar:
    entry, deadline = clock.entry, clock.entry.deadline
    start = _day(entry.opened_at or min(deadline.started_at, deadline.due_at))
    return Bar(
        title=entry.rule.title,
        about=_about(case, clock),
        start=min(start, deadline.due_on),
        due=deadline.due_on,
        done_on=_day(clock.ended_at) if clock.ended_at else None,
        status=_STATUS[clock.stood],
        strength=entry.rule.strength,
        stops=tuple(_stretch(stop.since, stop.until) for stop in entry.stops if stop.since < deadline.due_at),
    )


def _about(case: CaseRef, clock: ClockAsOf) -> str:
    number = clock.stage.rpartition("/")[2]
    again = number.isdigit() and number != "1" and clock.stage != case.workflow_id
    about = (clock.entry.item, f"number {number}" if again else None)
    return ", ".join(words for words in about if words)


def _by_start(bar: Bar) -> tuple[date, date, str, str]:
    return bar.start, bar.due, bar.title, bar.about


def _stretch(since: datetime, until: datetime | None) -> StoppedStretch:
    return StoppedStretch(since=_day(since), until=_day(until) if until else None)


def _day(instant: datetime) -> date:
    return in_civil_time(instant).date()
