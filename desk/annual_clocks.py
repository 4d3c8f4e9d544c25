"""Timeliness in a board's annual report: for each clock what was met, late, overdue; and the reasons recorded."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from statistics import median

from desk.annual_case import CaseAsOf, Delay, Period
from desk.civil import in_civil_time
from desk.clocks_as_of import ClockAsOf, ClockStood
from desk.said import Said
from domain.clocks.rule import ClockRule, Strength, Unit
from domain.model import Model
from domain.people import Role
from domain.record import ClockEntry


class ClockLine(Model):
    """What became of the clocks of one rule.

    ``met + late + withdrawn`` ended within the year; ``overdue + running + stopped`` went on at the end of it.
    """

    rule: str
    title: str
    strength: Strength
    source: str
    to_be_confirmed: bool
    counts: dict[ClockStood, int]
    late_in: str
    """In what is told how late: hours or days."""
    median_late: float | None = None
    """Of those that were met late."""
    longest_late: int | None = None
    reasons: int = 0
    """How many reasons for a delay are recorded."""

    @property
    def all(self) -> int:
        """How many clocks of the rule there were in the year."""
        return sum(self.counts.values())


class LateClock(Model):
    """A clock that was met late within the year, or was overdue at the end of it."""

    reference: str
    stage: str
    """Workflow id of its stage, without the case's: ``panel``."""
    clock: str
    title: str
    due_on: date
    met_on: date | None
    """None for one that was overdue still."""
    late_by: int
    late_in: str
    explained_in: tuple[int, ...]
    """Numbers of the facts that say why."""


class DelayReason(Model):
    """Why a clock was not met, or was not going to be."""

    reference: str
    clock: str
    on: date
    fact: int
    reason: Said


class Timeliness(Model):
    """Section 2 of the report."""

    lines: tuple[ClockLine, ...]
    late: tuple[LateClock, ...]
    reasons: tuple[DelayReason, ...]

    def count(self, stood: ClockStood) -> int:
        """How many clocks stood so."""
        return sum(line.counts[stood] for line in self.lines)


_Key = tuple[str, str, Strength, str, str, bool]
_Names = dict[tuple[str, str], str]
"""How a clock is called, by its rule and the rule's title."""


def timeliness(cases: Iterable[CaseAsOf], period: Period) -> Timeliness:
    """How the clocks of these cases did in the year. A rule that was changed has a line for each of its editions."""
    groups: dict[_Key, list[ClockAsOf]] = {}
    explained: Counter[_Key] = Counter()
    late: list[tuple[CaseAsOf, ClockAsOf]] = []
    reasons: list[DelayReason] = []
    for case in cases:
        for clock in case.clocks:
            counts, key = _counts(case, clock, period), _key(clock.entry.rule)
            told = _reasons(case, clock, period, late=counts and clock.ran_out)
            if counts or told:
                groups.setdefault(key, []).extend((clock,) if counts else ())
            if counts and clock.ran_out:
                late.append((case, clock))
            explained[key] += len(told)
            reasons += told
    names = _names(clock.entry for found in groups.values() for clock in found)
    lines = (_line(key, found, explained[key], names) for key, found in groups.items())
    told_late = (_late(case, clock, names) for case, clock in late)
    return Timeliness(
        lines=tuple(sorted(lines, key=lambda line: (line.title, line.rule, line.source))),
        late=tuple(sorted(told_late, key=lambda each: (each.reference, each.due_on, each.stage, each.clock))),
        reasons=tuple(sorted(reasons, key=lambda each: (each.reference, each.fact, each.clock))),
    )


def _names(entries: Iterable[ClockEntry]) -> _Names:
    """How clocks are called, by rule and title: where rules share a title, with whom they wait for."""
    whom: dict[str, dict[str, set[str]]] = {}
    for entry in entries:
        whom.setdefault(entry.rule.title, {}).setdefault(entry.rule.id, set()).add(_by(entry.waiting_on))
    names: _Names = {}
    for title, rules in whom.items():
        apart = len({frozenset(each) for each in rules.values()}) > 1
        for rule, each in rules.items():
            waits = " or ".join(sorted(filter(None, each)))
            names[rule, title] = f"{title} ({waits})" if apart and waits else title
    return names


def _by(role: Role | None) -> str:
    if role is None:
        return ""
    if role.of_an_agency:
        return "by the agency"
    return "by the board's office" if role is Role.BUSINESS_MANAGER else f"by the {role.words}"


def _counts(case: CaseAsOf, clock: ClockAsOf, period: Period) -> bool:
    """Whether it ended within the year, or went on at the end of it.

    What had ended before the case was recorded belongs to the day on which it was.
    """
    return clock.ended_at is None or period.has(max(clock.ended_at, case.summary.opened_at))


def _key(rule: ClockRule) -> _Key:
    return rule.id, rule.title, rule.strength, str(rule.source), _unit(rule.unit), rule.source.confirm


def _unit(unit: Unit) -> str:
    return "hours" if unit is Unit.CLOCK_HOURS else "days"


def _line(key: _Key, clocks: list[ClockAsOf], reasons: int, names: _Names) -> ClockLine:
    rule, title, strength, source, unit, confirm = key
    late = [clock.late_by for clock in clocks if clock.stood is ClockStood.LATE]
    return ClockLine(
        rule=rule,
        title=names.get((rule, title), title),
        strength=strength,
        source=source,
        to_be_confirmed=confirm,
        counts={stood: sum(clock.stood is stood for clock in clocks) for stood in ClockStood},
        late_in=unit,
        median_late=median(late) if late else None,
        longest_late=max(late, default=None),
        reasons=reasons,
    )


def _late(case: CaseAsOf, clock: ClockAsOf, names: _Names) -> LateClock:
    return LateClock(
        reference=case.case.reference,
        stage=clock.stage.removeprefix(f"{case.case.workflow_id}/").removeprefix(case.case.workflow_id) or "case",
        clock=clock.id,
        title=names[clock.entry.rule.id, clock.entry.rule.title],
        due_on=clock.entry.deadline.due_on,
        met_on=in_civil_time(clock.ended_at).date() if clock.ended_at else None,
        late_by=clock.late_by,
        late_in=_unit(clock.entry.deadline.unit),
        explained_in=tuple(each.fact for each in case.delays if _explains(each, clock)),
    )


def _reasons(case: CaseAsOf, clock: ClockAsOf, period: Period, *, late: bool) -> list[DelayReason]:
    """The reasons of the year, and for a clock that is told as late the earlier ones too."""
    return [
        DelayReason(
            reference=case.case.reference,
            clock=clock.id,
            on=in_civil_time(each.at).date(),
            fact=each.fact,
            reason=case.said(each.fact, each.field),
        )
        for each in case.delays
        if _explains(each, clock) and (late or period.has(each.at))
    ]


def _explains(each: Delay, clock: ClockAsOf) -> bool:
    return (each.stage, each.clock) == (clock.stage, clock.id)
