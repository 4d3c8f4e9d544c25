"""One expected change as it is watched: its looks, what they showed, and when it counts as sustained."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from domain.change_commands import Judgement
from domain.clocks.arithmetic import add_months
from domain.learning import ChangeRules, ExpectedChange
from domain.model import Model
from domain.people import Actor

Kind = Literal["planned", "further", "afterwards"]
Outcome = Literal["sustained", "re-planned", "not-achieved"]


class Look(Model):
    """One date on which a change is looked at, and what was seen. Nothing is ever filled in."""

    number: int
    due_on: date
    kind: Kind = "planned"
    closing: int = 0
    """For the one more look afterwards: after which closing of the change it is due, counted from 1."""
    observed_on: date | None = None
    recorded_at: datetime | None = None
    by: Actor | None = None
    """Who recorded the observation."""
    value: Decimal | None = None
    absent_at: datetime | None = None
    """When it was recorded that there is no observation; it stays where one came later."""
    judgement: Judgement | None = None
    judged_at: datetime | None = None
    judged_by: Actor | None = None
    target_met: bool | None = None
    """``None`` where nothing was judged, or nothing can be told."""
    answer_was_wrong: bool = False

    @property
    def observed(self) -> bool:
        """Whether something was observed."""
        return self.recorded_at is not None

    @property
    def absent(self) -> bool:
        """Whether it is recorded that there is no observation, and none came later."""
        return self.absent_at is not None and not self.observed

    @property
    def answered(self) -> bool:
        """Whether something was observed, or it is recorded that nothing was."""
        return self.observed or self.absent

    @property
    def waits_for_judgement(self) -> bool:
        """Whether something was observed that nobody has judged."""
        return self.observed and self.judged_at is None

    @property
    def went_back(self) -> bool:
        """Whether it was judged worse, or the target was not met: it takes back what earlier looks had shown."""
        return self.judgement is Judgement.WORSE or self.target_met is False

    @property
    def over_at(self) -> datetime | None:
        """When its observation was judged, or was found absent; ``None`` while it is open."""
        return self.judged_at if self.observed else self.absent_at


class Closed(Model):
    """How a change was closed."""

    outcome: Outcome
    at: datetime
    on: date
    by: str = ""
    """Id of the change that took its place, where it was planned anew."""
    actor: Actor | None = None
    """Who closed it."""
    owed_since: datetime | None = None
    """Since when the decision was owed, no date being left; ``None`` where it was closed before its last date."""


class WatchedChange(Model):
    """An expected change and everything that was seen of it."""

    definition: ExpectedChange
    taken_over_at: datetime
    dated_at: datetime | None = None
    """When its dates were last replaced, by a plan that was signed off anew."""
    looks: tuple[Look, ...] = ()
    """In the order of their due days."""
    numbered: int = 0
    """How many numbers were given to looks: none is given twice, though looks may fall away."""
    closed: Closed | None = None
    closings: tuple[Closed, ...] = ()
    """Earlier closings, of a change that was opened again."""

    @property
    def id(self) -> str:
        """Id of the change."""
        return self.definition.id

    @property
    def all_closings(self) -> tuple[Closed, ...]:
        """Every closing in order, the one that stands included."""
        return self.closings if self.closed is None else (*self.closings, self.closed)

    @property
    def waiting(self) -> tuple[Look, ...]:
        """Looks that nobody has answered, the earliest first."""
        return tuple(look for look in self.looks if not look.answered)

    @property
    def unjudged(self) -> tuple[Look, ...]:
        """Looks with an observation that nobody has judged."""
        return tuple(look for look in self.looks if look.waits_for_judgement)

    @property
    def at_its_end(self) -> bool:
        """Whether it is closed, and the one more look is over."""
        return self.closed is not None and not self.waiting and not self.unjudged

    @property
    def decision_owed_since(self) -> datetime | None:
        """Since when no date is left: the last was judged or found absent. ``None`` while one is open, or if closed."""
        if self.closed is not None or self.waiting or self.unjudged:
            return None
        ends = [at for look in self.looks if (at := look.over_at) is not None]
        return max([*ends, self.dated_at or self.taken_over_at])

    def look(self, number: int) -> Look | None:
        """The look of that number."""
        return next((look for look in self.looks if look.number == number), None)

    def look_after(self, closing: int) -> Look | None:
        """The one more look after that closing, counted from 1; it falls away where the change is reopened before."""
        return next((look for look in self.looks if look.closing == closing), None)

    def observed_around(self, look: Look) -> tuple[date | None, date | None]:
        """On which days the nearest observed looks before and after this one were observed."""
        place = self.looks.index(look)
        before = (each.observed_on for each in reversed(self.looks[:place]) if each.observed_on is not None)
        after = (each.observed_on for each in self.looks[place + 1 :] if each.observed_on is not None)
        return next(before, None), next(after, None)

    def with_look(self, changed: Look) -> "WatchedChange":
        """With one of its looks changed."""
        looks = tuple(changed if look.number == changed.number else look for look in self.looks)
        return self.model_copy(update={"looks": looks})

    def further(self, days: Iterable[date], kind: Kind, closing: int = 0) -> "WatchedChange":
        """With further looks on these days, each with a number that was not given before."""
        first = self.numbered + 1
        more = [Look(number=n, due_on=day, kind=kind, closing=closing) for n, day in enumerate(days, start=first)]
        looks = tuple(sorted((*self.looks, *more), key=lambda look: (look.due_on, look.number)))
        return self.model_copy(update={"looks": looks, "numbered": self.numbered + len(more)})

    def meets(self, value: Decimal) -> bool:
        """Whether a figure meets the target."""
        target = self.definition.target
        if target is None:
            return False
        return value >= target if self.definition.direction == "higher" else value <= target

    def not_sustained(self, rules: ChangeRules) -> str:
        """What is missing before it counts as sustained, to end a sentence; empty where nothing is.

        The target is met at as many consecutive looks as the board's rule says, far enough apart; an absent or a
        missed look between them breaks the row, and none of them or after them was worse or missed the target.
        """
        rows = _rows_met(self.looks)
        if any(_sustained(row, rules) for row in rows):
            return ""
        longest = max((len(row) for row in rows), default=0)
        if longest < rules.sustained_dates:
            return f"the target is met at {longest} consecutive dates, and has to be at {rules.sustained_dates}"
        return f"the dates at which the target is met lie less than {rules.sustained_months} months apart"

    def taken_over(self, definition: ExpectedChange, at: datetime) -> "WatchedChange":
        """With a new definition: looks that are answered or past stay as they are, later ones are replaced."""
        changed = self.model_copy(update={"definition": definition})
        if definition.dates == self.definition.dates or self.closed is not None:
            return changed
        today = at.date()
        kept = [look for look in self.looks if look.answered or look.due_on <= today or look.kind != "planned"]
        held = {look.due_on for look in kept}
        # A new day that passed before the plan was signed off is kept: it shows as missed.
        days = [day for day in definition.dates if day not in held | {d for d in self.definition.dates if d <= today}]
        return changed.model_copy(update={"looks": tuple(kept), "dated_at": at}).further(days, "planned")


def same_but_version(one: ExpectedChange, other: ExpectedChange) -> bool:
    """Whether two definitions differ in nothing but the version of the plan they came with."""
    return one.model_copy(update={"version": other.version}) == other


def _rows_met(looks: Iterable[Look]) -> list[list[Look]]:
    """Rows of consecutive looks at which the target was met, since the last one that went back."""
    rows: list[list[Look]] = [[]]
    for look in looks:
        if look.went_back:
            rows = [[]]
        elif look.observed and look.target_met:
            rows[-1].append(look)
        else:
            rows.append([])
    return [row for row in rows if row]


def _sustained(row: list[Look], rules: ChangeRules) -> bool:
    first, last = row[0].observed_on, row[-1].observed_on
    if len(row) < rules.sustained_dates or first is None or last is None:
        return False
    return add_months(first, rules.sustained_months) <= last
