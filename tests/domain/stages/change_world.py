"""Change monitoring to talk to: two expected changes of a signed-off plan, people in their roles, what is seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from stage_world import CALENDAR, CASE, CHAIR, DAY, MANAGER, REGIME, SUB_GROUP, T0, World, actor, request_id

from domain.change import ChangeMonitoringState
from domain.change_commands import MeasureKind
from domain.clocks.arithmetic import add_months
from domain.command import Command, Found
from domain.expected_change import Look, WatchedChange
from domain.learning import ChangeRules, ChangesExpected, ExpectedChange
from domain.model import Refusal
from domain.people import Actor, Role
from domain.record import ClockEntry
from domain.stage import Stage

FORMS: dict[str, type[Command]] = {command.FORM: command for command in ChangeMonitoringState.commands()}
LEAD = "nb-lead-1"
GATHERER = actor(Role.AGENCY_LEAD, "nb-gatherer-1", "police")
"""Of the agency that gathers the described change ``C2``."""
DATES = tuple(add_months(date(2026, 6, 1), months) for months in (3, 6, 12, 24))
"""1 September and 1 December 2026, 1 June 2027 and 1 June 2028."""
RULES = ChangeRules()


@dataclass
class Watching(World[ChangeMonitoringState]):
    """As the shell asks: with the calendar."""

    def refuses(self, command: Command) -> Refusal | None:
        return self.stage.refuses(command, self.at, CALENDAR)

    def refusal(self, command: Command) -> Refusal:
        refusal = self.refuses(command)
        assert refusal is not None, f"{command.FORM} was not refused"
        return refusal

    def code(self, command: Command) -> str:
        """Of the rule that refuses; it is told in a sentence with its source, and leaves everything as it was."""
        before = self.stage
        refusal = self.refusal(command)
        assert refusal.text.endswith(".")
        assert refusal.source
        assert self.stage == before
        return refusal.code

    def all(self, commands: Iterable[Command]) -> "Watching":
        for command in commands:
            self.give(command)
        return self

    def until(self, day: date) -> "Watching":
        """The morning of that day, with everything that time does by itself."""
        instant = datetime(day.year, day.month, day.day, 10, 30, tzinfo=T0.tzinfo)
        assert instant >= self.at, "time goes on"
        self.walk(instant - self.at)
        return self

    def change(self, change: str = "C1") -> WatchedChange:
        known = self.state.get(change)
        assert known is not None
        return known

    def look(self, item: str) -> Look:
        change, _, number = item.partition("/")
        look = self.change(change).look(int(number))
        assert look is not None
        return look

    def clock(self, clock: str) -> ClockEntry:
        entry = self.stage.clocks.get(clock)
        assert entry is not None, f"there is no clock {clock}"
        return entry

    def written(self, template: str) -> list[tuple[Role, str]]:
        """To whom letters of that template were called for, and about which change."""
        return [(letter.to, letter.words["about"]) for letter in self.letters if letter.template == template]

    def expected(self, *changes: ExpectedChange) -> "Watching":
        """A plan was signed off with these changes."""
        self.then(*self.state.changes_expected(ChangesExpected(changes=changes, at=self.at), self.at))
        return self

    def seen(self, item: str, value: str = "85", **more: Any) -> "Watching":
        """Observed today, and judged improved by the sub-group."""
        self.give(observe(item, self.at.date(), value))
        self.give(judge(item, **more))
        return self

    def looked(self, *values: str | None, change: str = "C1") -> "Watching":
        """On each date in turn something is observed and judged, or it is recorded that nothing was."""
        for look, value in zip(self.change(change).waiting, values, strict=False):
            self.until(look.due_on)
            item = f"{change}/{look.number}"
            if value is None:
                self.give(absent(item))
            else:
                self.seen(item, value)
        return self

    def told_to_end(self) -> "Watching":
        """The case closes."""
        self.stage = self.stage.with_state(self.state.winding_up())
        return self


def figures(id: str = "C1", **changes: Any) -> ExpectedChange:
    """A change in figures that the board's own office gathers: from 31 to 80 per cent."""
    change = ExpectedChange(
        id=id,
        findings=("F1",),
        actions=("A1", "A2"),
        owners=("health",),
        leads=(LEAD, "nb-lead-2"),
        kind=MeasureKind.AUDIT,
        unit="per cent",
        direction="higher",
        baseline=Decimal(31),
        target=Decimal(80),
        dates=DATES,
    )
    return change.model_copy(update=changes)


def described(id: str = "C2", **changes: Any) -> ExpectedChange:
    """A change told in words that an agency gathers."""
    words = {"kind": MeasureKind.CHILDREN, "agency": "police", "unit": "", "direction": "described"}
    return figures(id, actions=("A3",), **words, baseline=None, target=None).model_copy(update=changes)


def watching(*changes: ExpectedChange, rules: ChangeRules = RULES, at: datetime = T0) -> Watching:
    """The stage at its beginning: one change in figures and one told in words, unless said otherwise."""
    state = ChangeMonitoringState.begun(rules)
    stage = Stage[ChangeMonitoringState](
        case=CASE, id=CASE.stage_id("change"), regime=REGIME.id, rules=REGIME.clock, state=state
    )
    return Watching(stage, at).expected(*(changes or (figures(), described())))


def command(
    form: str, item: str | None = None, by: Actor = MANAGER, found: Found | None = None, **answer: Any
) -> Command:
    """A command of that form, as it comes from the desk."""
    envelope = {"request_id": request_id(), "actor": by, "item": item, "found": found}
    return FORMS[form].model_validate(envelope | answer)


def observe(item: str, on: date, value: str | None = "85", by: Actor = MANAGER, **more: Any) -> Command:
    return command("record-observation", item, by, observed_on=on, value=value, seen="thirty, drawn at random", **more)


def told(item: str, on: date, by: Actor = GATHERER, **more: Any) -> Command:
    """An observation in words, by the agency that gathers."""
    return observe(item, on, None, by, **more)


def absent(item: str, by: Actor = MANAGER) -> Command:
    return command("record-no-observation", item, by, reason="the audit was not held")


def judge(item: str, judgement: str = "improved", by: Actor = SUB_GROUP, **more: Any) -> Command:
    return command("judge-change", item, by, judgement=judgement, reason="compared with before", **more)


def further(*on: date, change: str = "C1", by: Actor = MANAGER) -> Command:
    return command("observe-further", change, by, on=on, reason="it is too early to tell")


def close(change: str = "C1", outcome: str = "sustained", by: Actor = CHAIR, replaced_by: str = "") -> Command:
    envelope = {"request_id": request_id(), "actor": by, "item": change}
    answer = {"outcome": outcome, "by": replaced_by, "reason": "as weighed"}
    return FORMS["close-change"].model_validate(envelope | answer)


def reopen(*on: date, change: str = "C1", by: Actor = CHAIR) -> Command:
    return command("reopen-change", change, by, on=on, reason="it did not last")


def sustained() -> Watching:
    """One change in figures, met at the second and the third date, closed by the chair the day after."""
    world = watching(figures()).looked("50", "85", "86")
    world.walk(DAY)
    world.give(close())
    return world
