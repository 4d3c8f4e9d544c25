"""A regime as people and programs look at it: its head, criteria, clocks and notices, in words."""

from desk.regime_words import (
    LEVELS,
    NATIONS,
    NOTIFIED,
    PROCESSES,
    STRENGTHS,
    bodies_in_words,
    counted_from,
    how_long,
    in_force_in_words,
    needs_in_words,
    role_in_words,
    suspended_in_words,
    told_when,
)
from domain.clocks.rule import ClockRule
from domain.model import Model
from domain.regimes import Criterion, Notice, Regime
from domain.regimes.checking import awaiting_confirmation
from domain.vocabulary import Vocabulary

STANDARD = Vocabulary()
"""Without words of a regime's own."""


class CriterionView(Model):
    """One limb of the criteria."""

    id: str
    title: str
    needs: str
    leads_to: str
    source: str
    to_confirm: bool


class ClockRuleView(Model):
    """One clock: how long, from when, by which source, who is told when."""

    id: str
    title: str
    how_long: str
    counted_from: str
    source: str
    strength: str
    to_confirm: bool
    to_set: bool
    """Whether the board has to set the amount before a case can begin."""
    told: tuple[str, ...]
    suspended: tuple[str, ...]


class NoticeView(Model):
    """One statutory notice of the decision."""

    id: str
    to: str
    after: str
    clock: str


class RegimeView(Model):
    """The whole regime."""

    id: str
    title: str
    edition: str
    nation: str
    calendar: str
    in_force: str
    process: str
    bodies: str
    source: str
    to_confirm: tuple[str, ...]
    """Paths of what the board has to confirm."""
    to_set: tuple[str, ...]
    """Ids of the clocks whose amount the board has to set."""
    says: tuple[tuple[str, str], ...]
    """Standard terms and what this regime says in their place."""
    criteria: tuple[CriterionView, ...]
    clocks: tuple[ClockRuleView, ...]
    notices: tuple[NoticeView, ...]


def regime_view(regime: Regime) -> RegimeView:
    """The regime in words."""
    return RegimeView(
        id=regime.id,
        title=regime.title,
        edition=regime.edition,
        nation=NATIONS[regime.nation],
        calendar=regime.calendar,
        in_force=in_force_in_words(regime.in_force),
        process=PROCESSES[regime.process],
        bodies=bodies_in_words(regime),
        source=str(regime.source),
        to_confirm=awaiting_confirmation(regime),
        to_set=regime.unset,
        says=regime.vocabulary.says,
        criteria=tuple(criterion_view(limb, regime) for limb in regime.criterion),
        clocks=tuple(clock_view(rule, regime.vocabulary) for rule in regime.clock),
        notices=tuple(notice_view(notice, regime) for notice in regime.notice),
    )


def criterion_view(limb: Criterion, regime: Regime) -> CriterionView:
    """A limb of the criteria in words."""
    return CriterionView(
        id=limb.id,
        title=limb.title,
        needs=needs_in_words(limb),
        leads_to=NOTIFIED if regime.process == "rapid-review" else LEVELS[limb.level],
        source=str(limb.source),
        to_confirm=limb.source.confirm,
    )


def clock_view(rule: ClockRule, vocabulary: Vocabulary = STANDARD) -> ClockRuleView:
    """A clock in words; roles as the vocabulary calls them."""
    return ClockRuleView(
        id=rule.id,
        title=rule.title,
        how_long=how_long(rule),
        counted_from=counted_from(rule),
        source=str(rule.source),
        strength=STRENGTHS[rule.strength],
        to_confirm=rule.source.confirm,
        to_set=rule.set_by_board,
        told=told_when(rule, vocabulary),
        suspended=tuple(map(suspended_in_words, rule.suspended)),
    )


def notice_view(notice: Notice, regime: Regime) -> NoticeView:
    """A notice in words."""
    outcomes = {"serious-case-review": "a serious case review", "other-review": "another learning review"}
    return NoticeView(
        id=notice.id,
        to=", ".join(role_in_words(role, regime.vocabulary) for role in notice.to),
        after=regime.vocabulary.spoken(", ".join(outcomes.get(outcome, "no review") for outcome in notice.after)),
        clock=notice.clock,
    )
