"""What the record of a case shows, in lines for the quality markers: days, counts, roles and how clocks ran.

Nothing that a person typed is repeated here but ids that rules have checked; what was said stands in the facts that
are named.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter

from desk.annual_case import CaseAsOf
from desk.civil import in_civil_time
from desk.clocks_as_of import ClockAsOf, ClockStood
from desk.timeline import lane_of
from desk.value_words import in_words
from domain.clocks.calendar import day_in_words
from domain.clocks.rule import Unit
from domain.deciding import STAGES
from domain.model import Model
from records.views import RecordedFact

_INSTANT: Final = TypeAdapter(datetime)


class Shows(Model):
    """One thing that the record shows."""

    text: str
    """A sentence without names, and without what a person typed."""
    facts: tuple[int, ...] = ()
    """Numbers of the facts that it rests on."""


@dataclass(frozen=True)
class Reading:
    """A case as it stood, asked for what concerns a marker."""

    known: CaseAsOf

    def facts(self, *kinds: str, lane: str = "") -> list[RecordedFact]:
        """The facts of these kinds that stand, in order; of one kind of stage where it is named (``panel``)."""
        return [each for each in self.known.facts if each.fact.kind in kinds and self._in(each.stage, lane)]

    def last_of_each(self, *kinds: str, lane: str = "") -> dict[str, RecordedFact]:
        """The last of these facts for each item, in the order in which the items came."""
        return {each.fact.item or "": each for each in self.facts(*kinds, lane=lane)}

    def begun(self, lane: str) -> bool:
        """Whether anything is recorded of that kind of stage."""
        return any(self._in(each.stage, lane) for each in self.known.facts) or bool(self.clocks(lane=lane))

    def clocks(self, *rules: str, lane: str = "") -> list[ClockAsOf]:
        """The clocks of these rules (of any where none is named) that were not withdrawn."""
        return [
            clock
            for clock in self.known.clocks
            if (not rules or clock.entry.rule.id in rules)
            and self._in(clock.stage, lane)
            and clock.stood is not ClockStood.WITHDRAWN
        ]

    def how_clocks_ran(self, *rules: str) -> Iterable[Shows]:
        """One sentence a clock: its title, and how it stood; once where two stood alike."""
        clocks = sorted(self.clocks(*rules), key=lambda clock: clock.entry.deadline.due_at)
        return dict.fromkeys(Shows(text=f"{clock.entry.rule.title}: {stood(clock)}.") for clock in clocks)

    def _in(self, stage: str, lane: str) -> bool:
        """Markers speak of the decision, whichever stage made it."""
        found = lane_of(self.known.case, stage)
        return not lane or found == lane or (lane == "decision" and found in STAGES.values())


def day(at: datetime | date) -> str:
    """The civil day in words."""
    return day_in_words(in_civil_time(at).date() if isinstance(at, datetime) else at)


def on(each: RecordedFact) -> str:
    """The civil day of a fact, in words."""
    return day(each.fact.at)


def when(each: RecordedFact, field: str) -> datetime:
    """The instant in a field of the fact; that of the fact itself where there is none."""
    found = each.fact.detail.get(field)
    return _INSTANT.validate_python(found) if found else each.fact.at


def numbers(*facts: RecordedFact) -> tuple[int, ...]:
    """The numbers of the facts, in order and each once."""
    return tuple(sorted({each.seq for each in facts}))


def set_day(each: RecordedFact, field: str) -> str:
    """The day in a field of the fact, in words."""
    return day(date.fromisoformat(str(each.fact.detail[field])))


def outcome(each: RecordedFact, field: str = "outcome") -> str:
    """A choice that the fact holds, in words: ``sent back``."""
    return in_words(str(each.fact.detail.get(field) or ""))


def having(facts: Iterable[RecordedFact], value: object, field: str = "outcome") -> list[RecordedFact]:
    """Those of the facts whose field has that value."""
    return [each for each in facts if each.fact.detail.get(field) == value]


def length(each: RecordedFact, field: str) -> int:
    """How many the field of the fact lists."""
    found = each.fact.detail.get(field)
    return len(found) if isinstance(found, list | dict) else 0


def has(each: RecordedFact, field: str) -> bool:
    """Whether the field of the fact says anything."""
    return bool(str(each.fact.detail.get(field) or "").strip())


def by_whom(each: RecordedFact) -> str:
    """The role of who gave the fact, to follow a verb: `` by the board chair``."""
    return f" by the {each.fact.by.role.words}" if each.fact.by else ""


def counted(number: int, one: str, many: str = "") -> str:
    """``1 finding``, ``3 findings``, ``no findings``."""
    several = many or f"{one}s"
    return f"{number or 'no'} {one if number == 1 else several}"


def times(number: int) -> str:
    """``once``, ``twice``, ``3 times``."""
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")


def each_counted(words: Iterable[str]) -> str:
    """How often each occurs, in the order of the first: ``high 2, low 1``."""
    return ", ".join(f"{word} {number}" for word, number in Counter(words).items())


def sentence(text: str) -> str:
    """With a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def stood(clock: ClockAsOf) -> str:
    """How a clock ran: met, late and by how much, or still running."""
    due = f"due by the end of {day(clock.entry.deadline.due_on)}"
    if clock.entry.rule.unit is Unit.CLOCK_HOURS:
        due = f"due on {day(clock.entry.deadline.due_at)}"
    match clock.stood:
        case ClockStood.MET if clock.ended_at is not None:
            return f"met on {day(clock.ended_at)}, {due}"
        case ClockStood.LATE if clock.ended_at is not None:
            return f"met on {day(clock.ended_at)}, {_late(clock)} late, {due}"
        case ClockStood.OVERDUE:
            return f"overdue by {_late(clock)}, {due}"
        case ClockStood.STOPPED:
            return "stopped"
    return f"running, {due}"


def together(clocks: Sequence[ClockAsOf]) -> str:
    """How several clocks ran: ``met 3, late 1, overdue 1``."""
    ran = Counter(clock.stood for clock in clocks)
    return ", ".join(f"{each.value} {ran[each]}" for each in ClockStood if ran[each])


def _late(clock: ClockAsOf) -> str:
    unit = "hour" if clock.entry.deadline.unit is Unit.CLOCK_HOURS else "day"
    return counted(clock.late_by, unit)
