"""What a picture of an expected change is drawn from: its looks in order, with what was seen and what that shows."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from desk.change_reading import ReadChange, ReadDate, read_changes
from desk.civil import in_civil_time
from desk.clocks_as_of import clocks_as_of
from domain.change_commands import Judgement, MeasureKind
from domain.model import Model
from domain.record import CaseRef
from records import queries
from records.store import Record


class Look(Model):
    """A date on which the change was looked at, or was to be. Nothing is filled in for one without an observation."""

    due_on: date
    observed_on: date | None = None
    value: Decimal | None = None
    late_days: int = 0
    """By how many days the observation was recorded late, or is missing."""
    absent: bool = False
    """Whether it is recorded that there will be none."""
    judgement: Judgement | None = None

    @property
    def missed(self) -> bool:
        """Whether its day is over, and there is neither an observation nor a reason why none."""
        return self.observed_on is None and not self.absent and self.late_days > 0


class Series(Model):
    """One expected change over time."""

    id: str
    kind: MeasureKind
    what: str = ""
    """What is expected to change, as it was typed."""
    measure: str = ""
    """What is measured or asked, as it was typed."""
    direction: Literal["higher", "lower", "described"] = "described"
    """Which figures are better; described where the change is told in words."""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    points: tuple[Look, ...] = ()
    """In the order of their days."""
    closed_outcome: str = ""
    """How it was closed, in words; empty while it is watched."""
    closed_on: date | None = None


def measures_of(record: Record, case: CaseRef, at: datetime) -> list[Series]:
    """The expected changes of the case that are not taken out of the plan, in order of their numbers.

    Read from the facts of the record up to that instant. Raises ``NotFound``, and ``KeyringFault`` where a fact does
    not open.
    """
    known = queries.facts(record, case)
    facts = [each for each in known if each.stands and each.fact.at <= at]
    changes = read_changes(facts, clocks_as_of(record, case, known, at))
    return [series_of(change, in_civil_time(at).date()) for change in changes if change.dropped_at is None]


def series_of(change: ReadChange, today: date) -> Series:
    """An expected change as its picture shows it on that day."""
    looks = (_look(each, today) for each in change.dates)
    return Series(
        id=change.id,
        kind=change.kind,
        what=change.what,
        measure=change.measure,
        direction=change.direction,
        unit=change.unit,
        baseline=change.baseline,
        target=change.target,
        points=tuple(sorted(looks, key=lambda look: look.due_on)),
        closed_outcome=change.closed.words if change.closed else "",
        closed_on=in_civil_time(change.closed.at).date() if change.closed else None,
    )


def _look(read: ReadDate, today: date) -> Look:
    return Look(
        due_on=read.on,
        observed_on=read.observed.observed_on if read.observed else None,
        value=read.observed.value if read.observed else None,
        late_days=read.late_by(today),
        absent=read.absent_in is not None and read.observed is None,
        judgement=read.judged.judgement if read.judged else None,
    )
