"""A regime and edition as data."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from domain.clocks.rule import ClockRule, Source
from domain.learning import ActionRules, ChangeRules
from domain.model import Model
from domain.people import BODIES, Role
from domain.rapid_review_rules import RapidReviewRules
from domain.vocabulary import Vocabulary


class Level(StrEnum):
    """``always``: a review must be held; ``consider``: the board weighs whether to hold one."""

    ALWAYS = "always"
    CONSIDER = "consider"


class Criterion(Model):
    """One limb of the criteria: it is met when each fact it needs holds."""

    id: str
    level: Level
    title: str
    needs: tuple[str, ...]
    """Names of facts, three-valued (see ``domain.criteria``)."""
    look_back_months: int = Field(0, ge=0)
    """How many months before the incident the facts ``protected_before`` and ``not_protected_before`` look back."""
    source: Source


class Notice(Model):
    """A statutory notice of the decision: to whom, when it is owed, and the clock it satisfies."""

    id: str
    to: tuple[Role, ...]
    after: tuple[str, ...]
    """The outcomes of the decision that call for it: ``serious-case-review``, ``other-review``, ``none``."""
    clock: str
    letter: str


class PanelRules(Model):
    """Rules of the panel that are no clocks."""

    quorum_percent: int = Field(50, ge=0, le=99)
    """Views of more than this share of the panel make a quorum."""
    source: Source = Source(document="Board's own procedure", paragraph="quorum of the panel", confirm=True)


class RetentionClass(Model):
    """For how long the record of a closed case is kept."""

    id: str
    title: str
    years: int = Field(ge=1, le=150)
    """Counted from the day of closing; then it is reviewed, never destroyed by itself."""
    source: Source


class QualityMarker(Model):
    """One of the serious case review quality markers: what good looks like, and what to ask oneself. Never a score."""

    id: str
    """``qm-1`` to ``qm-18``."""
    number: int
    title: str
    statement: str
    questions: tuple[str, ...]
    asked: tuple[Role, ...]
    """Who is asked, the first of them by letter; each of them may answer."""
    stage: str
    """The stage at whose beginning, and again at whose end, it is asked: ``decision``, ``panel``, ``publication`` …"""
    source: Source


class RegimeAsked(Model):
    """Which regime is to be loaded, and for which board."""

    regime: str
    board: str


class InForce(Model):
    """From when to when a regime is followed for new cases, both days included; open where it is not known or lasts."""

    first: date | None = None
    last: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "InForce":
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("ends before it begins")
        return self


class Regime(Model):
    """The rules a case runs under. A case is pinned to one when it is opened."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    title: str
    edition: str
    nation: Literal["england", "wales", "scotland", "northern-ireland"] = "england"
    calendar: str
    in_force: InForce = InForce()
    source: Source
    process: Literal["serious-case-review", "rapid-review"] = "serious-case-review"
    """How it is decided whether a review is held: by the board, or after notification and rapid review."""
    bodies: tuple[Role, ...] = BODIES
    """The outside bodies that are told of decisions, reports and delays, in that order."""
    vocabulary: Vocabulary = Vocabulary()
    """Roles' names and letters' terms, where they are not the standard ones."""
    criterion: tuple[Criterion, ...]
    clock: tuple[ClockRule, ...]
    notice: tuple[Notice, ...] = ()
    panel: PanelRules = PanelRules()
    rapid_review: RapidReviewRules = RapidReviewRules()
    """Only of use where the process is a rapid review."""
    actions: ActionRules = ActionRules()
    changes: ChangeRules = ChangeRules()
    marker: tuple[QualityMarker, ...] = ()
    """Read from a file of their own; a case that was opened before there were any has none."""
    retention: tuple[RetentionClass, ...] = ()

    def rule(self, clock: str) -> ClockRule:
        """The clock rule of that id; ``KeyError`` where the regime has none."""
        for rule in self.clock:
            if rule.id == clock:
                return rule
        raise KeyError(clock)

    def in_its_words(self) -> "Regime":
        """With its clocks and criteria said in its own vocabulary: the common procedure speaks the standard one."""
        say = self.vocabulary.spoken
        clocks = (
            rule.model_copy(update={"title": say(rule.title), "start_event": say(rule.start_event)})
            for rule in self.clock
        )
        return self.model_copy(update={"clock": tuple(clocks)})

    @property
    def unset(self) -> tuple[str, ...]:
        """Ids of the clocks whose amount the board has yet to set: until then no case begins under this regime."""
        return tuple(rule.id for rule in self.clock if rule.set_by_board)

    def completed_by(self, current: "Regime") -> "Regime":
        """With what a later edition has and this one lacks: clocks, rules and markers for what follows a review.

        For cases that were pinned before there were action plans; nothing that the case was pinned to changes.
        """
        own = {rule.id for rule in self.clock}
        return self.model_copy(
            update={
                "clock": (*self.clock, *(rule for rule in current.clock if rule.id not in own)),
                "actions": current.actions,
                "changes": current.changes,
                "marker": self.marker or current.marker,
                "retention": self.retention or current.retention,
            }
        )

    @model_validator(mode="after")
    def _names_hang_together(self) -> "Regime":
        ids = [rule.id for rule in self.clock]
        faults = [f"clock {i} is defined twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
        faults += [f"notice {n.id}: there is no clock {n.clock}" for n in self.notice if n.clock not in ids]
        faults += [
            f"clock {rule.id}: there is no clock {rule.beside} beside which it runs"
            for rule in self.clock
            if rule.beside and rule.beside not in ids
        ]
        faults += [f"bodies: {role.value} is no outside body" for role in self.bodies if role not in BODIES]
        if faults:
            raise ValueError("; ".join(faults))
        return self
