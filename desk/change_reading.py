"""The expected changes of a case: what was to be watched, what was seen, what it shows. Read from its record alone."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from desk.action_reading import number_of
from desk.civil import in_civil_time
from desk.clocks_as_of import ClockAsOf, ClockStood
from desk.value_words import in_words
from domain.change_commands import (
    CloseChange,
    DropExpectedChange,
    ExpectChange,
    JudgeChange,
    Judgement,
    MeasureKind,
    ObserveFurther,
    RecordNoObservation,
    RecordObservation,
    ReopenChange,
)
from domain.model import Model
from domain.people import Role
from records.views import RecordedFact

OBSERVATION = ("observation", "observation-by-board")
"""The clocks of the dates; their items are ``C1/2``."""
ANOTHER_LOOK: Final = "another-look"
"""The clock of the one more look after a closing; its item is the change, and from its second closing ``C1/2``."""


class Observed(Model):
    """What was seen at a date."""

    fact: int
    recorded_at: datetime
    observed_on: date
    value: Decimal | None = None


class Judged(Model):
    """What an observation shows."""

    fact: int
    at: datetime
    by: Role | None
    judgement: Judgement
    target_met: bool
    answer_was_wrong: bool


class Closed(Model):
    """How an expected change was closed."""

    fact: int
    at: datetime
    outcome: Literal["sustained", "re-planned", "not-achieved"]
    by: str = ""
    """The change that took its place."""

    @property
    def words(self) -> str:
        """The outcome in words."""
        if self.outcome == "re-planned":
            return f"re-planned as {self.by}" if self.by else "re-planned"
        return in_words(self.outcome)


class ReadDate(Model):
    """One of the dates on which a change is looked at. Nothing is filled in for one that has no observation."""

    number: int
    on: date
    observed: Observed | None = None
    absent_in: int | None = None
    """Number of the fact that says why there is no observation."""
    judged: Judged | None = None

    def late_by(self, today: date) -> int:
        """By how many days the observation came late, or is missing; 0 where it is absent for a reason."""
        if self.observed is not None:
            return max(0, (in_civil_time(self.observed.recorded_at).date() - self.on).days)
        return 0 if self.absent_in is not None else max(0, (today - self.on).days)

    def words(self, today: date) -> str:
        """Where it stands: observed, late, absent, missing or to come."""
        late = self.late_by(today)
        days = f"{late} day{'' if late == 1 else 's'}"
        if self.observed is not None:
            return f"observed, {days} late" if late else "observed"
        if self.absent_in is not None:
            return "absent"
        return f"missing, {days} overdue" if late else "to come"


class ReadChange(Model):
    """An expected change as it stands."""

    id: str
    fact: int
    """Number of the fact that tells what is expected."""
    expected_at: datetime
    actions: tuple[str, ...]
    kind: MeasureKind
    what: str = ""
    """What is expected to change, as it was typed: for readers within the case only."""
    measure: str = ""
    """What is measured or asked, likewise."""
    agency: str = ""
    unit: str = ""
    direction: Literal["higher", "lower", "described"]
    baseline: Decimal | None = None
    target: Decimal | None = None
    dates: tuple[ReadDate, ...] = ()
    dropped_at: datetime | None = None
    closings: tuple[Closed, ...] = ()
    closed: Closed | None = None
    """None again where the change was reopened."""

    @property
    def open(self) -> bool:
        """Whether it is watched, or is to be."""
        return self.closed is None and self.dropped_at is None

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        if self.closed is not None:
            return f"closed: {self.closed.words}"
        if self.dropped_at is not None:
            return "taken out of the plan"
        return "watched again" if self.closings else "watched"

    def figure(self, value: Decimal | None) -> str:
        """A figure with its unit, without noughts that say nothing; empty where there is none."""
        if value is None:
            return ""
        number = f"{value:f}"
        number = number.rstrip("0").rstrip(".") if "." in number else number
        return f"{number} {self.unit}".strip()

    @property
    def next_date(self) -> ReadDate | None:
        """The first date of which there is neither an observation nor a reason why none."""
        return next((each for each in self.dates if each.observed is None and each.absent_in is None), None)

    def meets_target(self, on: ReadDate) -> bool | None:
        """Whether the target was met at a date; ``None`` where that cannot be told."""
        if self.direction == "described":
            return on.judged.target_met if on.judged else None
        value = on.observed.value if on.observed else None
        if value is None or self.target is None:
            return None
        return value >= self.target if self.direction == "higher" else value <= self.target


def read_changes(facts: Iterable[RecordedFact], clocks: Iterable[ClockAsOf]) -> tuple[ReadChange, ...]:
    """Every expected change, in order of their numbers.

    The days are those of the clocks, for they are set by the board's rule where the plan names none; as long as there
    is no clock, those of the plan. A day whose clock was withdrawn is left out, unless something was seen for it.
    """
    reader = _Reader()
    for each in facts:
        reader.take(each)
    of_change: dict[str, list[ClockAsOf]] = {}
    for clock in clocks:
        if clock.entry.rule.id in (*OBSERVATION, ANOTHER_LOOK):
            of_change.setdefault((clock.entry.item or "").partition("/")[0], []).append(clock)
    found = (reader.finished(change, of_change.get(change.id, [])) for change in reader.changes.values())
    return tuple(sorted(found, key=lambda change: number_of(change.id)))


class _Reader:
    """Takes facts in, one after the other."""

    def __init__(self) -> None:
        self.changes: dict[str, ReadChange] = {}
        self._planned: dict[str, list[date]] = {}
        self._seen: dict[str, dict[int, ReadDate]] = {}

    def take(self, each: RecordedFact) -> None:
        """One more fact; those of other stages change nothing."""
        fact = each.fact
        change, _, number = (fact.item or "").partition("/")
        if fact.kind == ExpectChange.FACT:
            self.changes[change] = _expected(change, each)
            self._planned[change] = _dates(fact.detail.get("observe_on"))
        elif change in self.changes and number.isdecimal() and fact.kind in _OF_A_DATE:
            seen = self._seen.setdefault(change, {})
            known = seen.get(int(number)) or ReadDate(number=int(number), on=in_civil_time(fact.at).date())
            again = {"judged": None} if known.absent_in and fact.kind == RecordObservation.FACT else {}
            seen[int(number)] = known.model_copy(update=_seen(each) | again)
        elif change in self.changes and not number:
            self.changes[change] = _after(self.changes[change], each)
            if fact.kind in (ObserveFurther.FACT, ReopenChange.FACT):
                self._planned[change] += _dates(fact.detail.get("on"))

    def finished(self, change: ReadChange, clocks: list[ClockAsOf]) -> ReadChange:
        """The change with its dates, in order of their numbers."""
        seen = self._seen.get(change.id, {})
        planned = dict(enumerate(self._planned[change.id], start=1))
        days = _days(clocks, seen) if clocks else planned
        dates = {number: ReadDate(number=number, on=day) for number, day in days.items()} | {
            number: each.model_copy(update={"on": days.get(number, each.on)}) for number, each in seen.items()
        }
        return change.model_copy(update={"dates": tuple(dates[number] for number in sorted(dates))})


def _days(clocks: Iterable[ClockAsOf], seen: Mapping[int, ReadDate]) -> dict[int, date]:
    """The day of each date by its number; those of one more look after a closing have the clock of that."""
    days: dict[int, date] = {}
    afterwards: list[ClockAsOf] = []
    for clock in clocks:
        number = int((clock.entry.item or "").partition("/")[2] or 0)
        if clock.entry.rule.id == ANOTHER_LOOK:
            afterwards.append(clock)
        elif number in seen or clock.stood is not ClockStood.WITHDRAWN:
            days[number] = clock.entry.deadline.due_on
    looked: set[str] = set()
    for number in sorted(set(seen) - set(days)):
        begun = [
            clock for clock in afterwards if in_civil_time(clock.entry.deadline.started_at).date() <= seen[number].on
        ]
        if begun:
            last = max(begun, key=lambda clock: clock.entry.deadline.started_at)
            days[number] = last.entry.deadline.due_on
            looked.add(last.id)
    for clock in afterwards:
        if clock.id not in looked and clock.stood in (ClockStood.RUNNING, ClockStood.OVERDUE):
            days[max((*days, *seen), default=0) + 1] = clock.entry.deadline.due_on
    return days


def _expected(change: str, each: RecordedFact) -> ReadChange:
    detail = each.fact.detail
    fields = ("actions", "kind", "what", "measure", "agency", "unit", "direction", "baseline", "target")
    given = {name: detail[name] for name in fields if detail.get(name) is not None}
    told = {"id": change, "fact": each.seq, "expected_at": each.fact.at}
    return ReadChange.model_validate({"direction": "described", **given, **told})


def _after(known: ReadChange, each: RecordedFact) -> ReadChange:
    fact = each.fact
    match fact.kind:
        case DropExpectedChange.FACT:
            return known.model_copy(update={"dropped_at": fact.at})
        case CloseChange.FACT:
            told = {"outcome": fact.detail["outcome"], "by": fact.detail.get("by") or ""}
            closed = Closed.model_validate({"fact": each.seq, "at": fact.at, **told})
            return known.model_copy(update={"closed": closed, "closings": (*known.closings, closed)})
        case ReopenChange.FACT:
            return known.model_copy(update={"closed": None})
    return known


def _seen(each: RecordedFact) -> dict[str, object]:
    fact, detail = each.fact, each.fact.detail
    match fact.kind:
        case RecordObservation.FACT:
            told = {"observed_on": detail["observed_on"], "value": detail.get("value")}
            observed = Observed.model_validate({"fact": each.seq, "recorded_at": fact.at, **told})
            return {"observed": observed, "absent_in": None}
        case RecordNoObservation.FACT:
            return {"absent_in": each.seq}
        case JudgeChange.FACT:
            told = {"judgement": detail["judgement"], "target_met": bool(detail.get("target_met"))}
            more = {"answer_was_wrong": bool(detail.get("answer_was_wrong")), "by": fact.by.role if fact.by else None}
            return {"judged": Judged.model_validate({"fact": each.seq, "at": fact.at, **told, **more})}
    return {}


def _dates(found: object) -> list[date]:
    return sorted(date.fromisoformat(str(each)) for each in found) if isinstance(found, list) else []


_OF_A_DATE: Final = (RecordObservation.FACT, RecordNoObservation.FACT, JudgeChange.FACT)
