"""One expected change as it is watched: its looks, what they showed, and when it counts as sustained."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from domain.change_commands import Judgement
from domain.clocks.arithmetic import add_months
from domain.learning import ChangeRules, ExpectedChange
from domain.model import Model


class Look(Model):
    """One date on which a change is looked at, and what was seen. Nothing is ever filled in."""

    number: int
    due_on: date
    kind: Literal["planned", "further", "afterwards"] = "planned"
    observed_on: date | None = None
    recorded_at: datetime | None = None
    value: Decimal | None = None
    absent_at: datetime | None = None
    """When it was recorded that there is no observation."""
    judgement: Judgement | None = None
    judged_at: datetime | None = None
    target_met: bool = False

    @property
    def answered(self) -> bool:
        """Whether something was observed, or it is recorded that nothing was."""
        return self.recorded_at is not None or self.absent_at is not None

    @property
    def waits_for_judgement(self) -> bool:
        """Whether something was observed that nobody has judged."""
        return self.recorded_at is not None and self.judged_at is None


class Closed(Model):
    """How a change was closed."""

    outcome: Literal["sustained", "re-planned", "not-achieved"]
    at: datetime
    on: date
    by: str = ""
    """Id of the change that took its place."""


class WatchedChange(Model):
    """An expected change and everything that was seen of it."""

    definition: ExpectedChange
    taken_over_at: datetime
    looks: tuple[Look, ...] = ()
    numbered: int = 0
    """How many numbers were given to looks: none is given twice, though looks may fall away."""
    closed: Closed | None = None
    closings: tuple[Closed, ...] = ()
    """Earlier closings, of a change that was opened again."""

    @property
    def id(self) -> str:
        """Id of the change."""
        return self.definition.id

    def look(self, number: int) -> Look | None:
        """The look of that number."""
        return next((look for look in self.looks if look.number == number), None)

    @property
    def waiting(self) -> tuple[Look, ...]:
        """Looks that nobody has answered, the earliest first."""
        return tuple(look for look in self.looks if not look.answered)

    @property
    def at_its_end(self) -> bool:
        """Whether it is closed, and the one more look is over."""
        if self.closed is None or any(look.waits_for_judgement for look in self.looks):
            return False
        return not self.waiting

    def with_look(self, changed: Look) -> "WatchedChange":
        """With one of its looks changed."""
        looks = tuple(changed if look.number == changed.number else look for look in self.looks)
        return self.model_copy(update={"looks": looks})

    def further(self, days: Iterable[date], kind: Literal["planned", "further", "afterwards"]) -> "WatchedChange":
        """With further looks on these days."""
        first = self.numbered + 1
        more = tuple(Look(number=n, due_on=day, kind=kind) for n, day in enumerate(days, start=first))
        return self.model_copy(update={"looks": (*self.looks, *more), "numbered": self.numbered + len(more)})

    def meets(self, value: Decimal) -> bool:
        """Whether a figure meets the target."""
        target = self.definition.target
        if target is None:
            return False
        return value >= target if self.definition.direction == "higher" else value <= target

    def not_sustained(self, rules: ChangeRules) -> str:
        """What is missing before it counts as sustained; empty where nothing is.

        The target is met at consecutive dates that lie far enough apart, up to the last look that was answered.
        """
        met = _last_run([look for look in self.looks if look.answered and look.kind != "afterwards"])
        if len(met) < rules.sustained_dates:
            return f"the target is met at {len(met)} of {rules.sustained_dates} consecutive dates"
        first, last = met[0].observed_on, met[-1].observed_on
        if first is None or last is None or add_months(first, rules.sustained_months) > last:
            return f"the dates at which the target is met lie less than {rules.sustained_months} months apart"
        return ""

    def taken_over(self, definition: ExpectedChange, at: datetime) -> "WatchedChange":
        """With a new definition: looks that are answered or past stay, later ones are replaced."""
        if definition.model_copy(update={"version": 0}) == self.definition.model_copy(update={"version": 0}):
            return self
        if definition.dates == self.definition.dates or self.closed is not None:
            return self.model_copy(update={"definition": definition})
        kept = [look for look in self.looks if look.answered or look.due_on <= at.date() or look.kind != "planned"]
        held = {look.due_on for look in kept}
        days = [day for day in definition.dates if day > at.date() and day not in held]
        changed = self.model_copy(update={"definition": definition, "looks": tuple(kept)}).further(days, "planned")
        in_order = tuple(sorted(changed.looks, key=lambda look: look.due_on))
        return changed.model_copy(update={"looks": in_order})


def _last_run(looks: Sequence[Look]) -> list[Look]:
    """The looks at the end of the row at which the target was met, without one between that was absent or missed."""
    run: list[Look] = []
    for look in looks:
        met = look.recorded_at is not None and look.judged_at is not None and look.target_met
        run = [*run, look] if met and look.judgement is not Judgement.WORSE else []
    return run
