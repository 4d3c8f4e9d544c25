"""A regime's rules in words that a lay person reads: how long, from when, who is told when, how binding."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from domain.clocks.calendar import day_in_words
from domain.clocks.rule import ClockRule, Direction, FirstDay, Rung, Strength, Suspension, Unit
from domain.people import Role
from domain.regimes import Criterion, Regime
from domain.regimes.regime import InForce, Level
from domain.vocabulary import Vocabulary

STRENGTHS = {Strength.STATUTE: "law", Strength.GUIDANCE: "guidance", Strength.LOCAL: "the board's own"}
LEVELS = {Level.ALWAYS: "a review is always held", Level.CONSIDER: "the board considers a review"}
NOTIFIED = "the incident is notified, and a rapid review follows"
"""What a criterion leads to where a rapid review decides on reviews."""
PROCESSES = {
    "serious-case-review": "the board decides whether a review is held",
    "rapid-review": "the national panel is notified, and a rapid review decides whether a review is held",
}
NATIONS = {"england": "England", "wales": "Wales", "scotland": "Scotland", "northern-ireland": "Northern Ireland"}


def how_long(rule: ClockRule) -> str:
    """``5 working days``; ``set by the board, in months``; ``to a day that is set``."""
    if rule.unit is Unit.SET_DATE:
        return "to a day that is set"
    if rule.set_by_board:
        return f"set by the board, in {rule.unit.value}"
    return _number_of(rule.amount, rule.unit)


def counted_from(rule: ClockRule) -> str:
    """``after the chair decided``; ``before the date set for publication``; and where the day itself counts."""
    first = "; that day is day 1" if rule.first_day is FirstDay.EVENT_DAY else ""
    way = "before" if rule.direction is Direction.BEFORE else "after"
    return f"{'when' if rule.unit is Unit.SET_DATE else way} {rule.start_event}{first}"


def told_when(rule: ClockRule, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Who is told when, in the ladder's order: ``5 working days before the end: board chair``."""
    found = []
    for moment, rungs in groupby(_without_repetitions(rule.ladder), key=lambda each: each[0]):
        readers = [_reader(rung, vocabulary) for _, rung in rungs]
        found.append(f"{moment}: {', '.join(dict.fromkeys(readers))}")
    return tuple(found)


def suspended_in_words(suspension: Suspension) -> str:
    """``stood still from 30 March 2020 to …: why (source)``."""
    span = f"from {_day(suspension.first)} to {_day(suspension.last)}"
    return f"stood still {span}: {suspension.reason} ({suspension.source}{to_confirm(suspension.source.confirm)})"


def to_confirm(confirm: bool) -> str:
    """What follows a source whose text the board has to confirm."""
    return "; to be confirmed" if confirm else ""


def in_force_in_words(span: InForce) -> str:
    """From when to when, as far as it is known."""
    if span.first and span.last:
        return f"from {_day(span.first)} to {_day(span.last)}"
    if span.first:
        return f"from {_day(span.first)} on"
    return f"until {_day(span.last)}" if span.last else "not stated"


def bodies_in_words(regime: Regime) -> str:
    """The outside bodies that are told."""
    return ", ".join(role_in_words(role, regime.vocabulary) for role in regime.bodies) or "none"


def role_in_words(role: Role, vocabulary: Vocabulary) -> str:
    """The role as the regime calls it."""
    return vocabulary.spoken(role.words)


def needs_in_words(limb: Criterion) -> str:
    """The facts that a criterion needs: all of them."""
    facts = " and ".join(need.replace("_", " ") for need in limb.needs)
    return f"{facts} (the {limb.look_back_months} months before)" if limb.look_back_months else facts


def _day(day: date) -> str:
    """Without the weekday: ``30 March 2020``."""
    return day_in_words(day).partition(" ")[2]


def _without_repetitions(ladder: tuple[Rung, ...]) -> Iterator[tuple[str, Rung]]:
    """Each rung with its moment in words; a rung that repeats is said once."""
    key = [(rung.to, rung.unit, rung.from_start, rung.letter, rung.acknowledge) for rung in ladder]
    for number, rung in enumerate(ladder):
        times = _repetitions(ladder, number)
        if number and key[number] == key[number - 1] and _repetitions(ladder, number - 1) > 1:
            continue
        yield (_every(rung, times) if times > 1 else _moment(rung)), rung


def _repetitions(ladder: tuple[Rung, ...], number: int) -> int:
    """How many rungs there are like this one, at 1, 2, 3 … times one offset; 1 for a rung that stands alone."""
    rung = ladder[number]
    alike = [r.offset for r in ladder if r.model_copy(update={"offset": 0}) == rung.model_copy(update={"offset": 0})]
    step = alike[0]
    return len(alike) if len(alike) > 2 and alike == [step * n for n in range(1, len(alike) + 1)] else 1


def _every(rung: Rung, times: int) -> str:
    unit = rung.unit.value if rung.offset > 1 else rung.unit.value.removesuffix("s")
    every = f"every {rung.offset} {unit}" if rung.offset > 1 else f"every {unit}"
    return f"{every} from the {'start' if rung.from_start else 'end'} on, {times} times"


def _moment(rung: Rung) -> str:
    amount = _number_of(abs(rung.offset), rung.unit)
    if rung.from_start:
        return f"{amount} after the start" if rung.offset else "at the start"
    if rung.offset == 0:
        return "when it has run out"
    return f"{amount} before the end" if rung.offset < 0 else f"{amount} after it has run out"


def _reader(rung: Rung, vocabulary: Vocabulary) -> str:
    return role_in_words(rung.to, vocabulary) + (" (has to acknowledge)" if rung.acknowledge else "")


def _number_of(number: int, unit: Unit) -> str:
    return f"{number} {unit.value.removesuffix('s') if number == 1 else unit.value}"
