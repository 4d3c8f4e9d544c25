"""What changed, in a board's annual report: each expected change, what was seen of it, what was closed."""

from collections.abc import Iterable
from datetime import date

from desk.annual_case import CaseAsOf, Period
from desk.change_reading import ReadChange
from desk.civil import in_civil_time
from desk.said import Said
from domain.model import Model


class ChangeLine(Model):
    """An expected change, as it stood at the end of the year."""

    reference: str
    change: str
    actions: tuple[str, ...]
    what: Said
    kind: str
    measure: Said
    direction: str
    baseline: str
    target: str
    stood: str


class DateLine(Model):
    """A date on which a change was looked at, or was to be."""

    reference: str
    change: str
    number: int
    on: date
    stood: str
    """Observed, late, absent, missing or to come."""
    observed_on: date | None
    value: str
    judgement: str
    target_met: bool | None
    fact: int | None
    """Number of the fact with the observation, or with the reason why there is none."""
    absent_because: Said | None


class ClosedLine(Model):
    """An expected change that was closed in the year."""

    reference: str
    change: str
    on: date
    outcome: str
    reason: Said


class Changes(Model):
    """Section 5 of the report."""

    lines: tuple[ChangeLine, ...]
    dates: tuple[DateLine, ...]
    closed: tuple[ClosedLine, ...]


def changes(cases: Iterable[CaseAsOf], period: Period) -> Changes:
    """What was expected to change, what was seen, and what was closed in the year."""
    lines: list[ChangeLine] = []
    dates: list[DateLine] = []
    closed: list[ClosedLine] = []
    for case in cases:
        for change in case.changes:
            if not _watched(change, period):
                continue
            lines.append(_change_line(case, change))
            dates += _date_lines(case, change, period)
            closed += _closed_lines(case, change, period)
    return Changes(lines=tuple(lines), dates=tuple(dates), closed=tuple(closed))


def _watched(change: ReadChange, period: Period) -> bool:
    """Whether it was watched at some time of the year, or was to be; or was to be looked at once more after closing."""
    if change.open or any(period.has(each.at) for each in change.closings) or period.has(change.dropped_at):
        return True
    return change.dropped_at is None and any(period.first <= each.on <= period.last for each in change.dates)


def _change_line(case: CaseAsOf, change: ReadChange) -> ChangeLine:
    described = case.said(change.fact, "described").text
    return ChangeLine(
        reference=case.case.reference,
        change=change.id,
        actions=change.actions,
        what=case.said(change.fact, "what"),
        kind=change.kind.value.replace("-", " "),
        measure=case.said(change.fact, "measure"),
        direction=_DIRECTIONS[change.direction],
        baseline=change.figure(change.baseline) or described,
        target=change.figure(change.target) or described,
        stood=change.words,
    )


_DIRECTIONS = {"higher": "higher is better", "lower": "lower is better", "described": "told in words"}


def _date_lines(case: CaseAsOf, change: ReadChange, period: Period) -> list[DateLine]:
    return [
        DateLine(
            reference=case.case.reference,
            change=change.id,
            number=each.number,
            on=each.on,
            stood=each.words(period.today),
            observed_on=each.observed.observed_on if each.observed else None,
            value=change.figure(each.observed.value) if each.observed else "",
            judgement=each.judged.judgement.value.replace("-", " ") if each.judged else "",
            target_met=change.meets_target(each),
            fact=each.observed.fact if each.observed else each.absent_in,
            absent_because=case.said(each.absent_in) if each.absent_in and not each.observed else None,
        )
        for each in change.dates
    ]


def _closed_lines(case: CaseAsOf, change: ReadChange, period: Period) -> list[ClosedLine]:
    return [
        ClosedLine(
            reference=case.case.reference,
            change=change.id,
            on=in_civil_time(each.at).date(),
            outcome=each.words,
            reason=case.said(each.fact),
        )
        for each in change.closings
        if period.has(each.at)
    ]
