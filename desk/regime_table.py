"""``scr.py regime table``: every clock of every regime as Markdown, made from the data (``docs/clocks.md``)."""

import tomllib
from collections.abc import Iterable, Iterator

from activities.regimes import procedure
from desk.regime_view import ClockRuleView, RegimeView, clock_view, regime_view
from domain.clocks.rule import ClockRule
from domain.regimes import Regime

_INTRODUCTION = """\
# Every clock of every regime

Made from the regimes themselves by `make clocks`; do not edit it. Where a time is *set by the board*, no source that
was read gives one, and no case begins until the board has set it in its overlay. *To confirm*: a time of the board's
own, or a rule whose primary text was not read word for word; the board confirms it before it relies on it. How
binding a clock is: *law*, *guidance* (departed from only for a recorded reason), or *the board's own*.
"""
_COMMON = """\
## Under every regime

The boards' common procedure. A regime that says one of these itself has it in its own table, and a board may change
those that are its own.
"""
_COLUMNS = ("Clock", "How long", "Counted", "How binding", "Source", "To confirm")


def table(common: Iterable[ClockRule], regimes: Iterable[Regime]) -> str:
    """The whole document: the common procedure's clocks once, then what each regime says itself."""
    shared = {rule.id: rule for rule in common}
    parts = [_INTRODUCTION, _COMMON, _clocks(map(clock_view, shared.values()))]
    for regime in regimes:
        own = (rule for rule in regime.clock if not _alike(rule, shared.get(rule.id)))
        parts += [_head(regime_view(regime)), _clocks(clock_view(rule, regime.vocabulary) for rule in own)]
    return "\n".join(parts)


def common_clocks() -> tuple[ClockRule, ...]:
    """The clocks of the boards' common procedure, in its order."""
    return tuple(ClockRule.model_validate(clock) for clock in tomllib.loads(procedure())["clock"])


def _alike(rule: ClockRule, common: ClockRule | None) -> bool:
    """Whether a regime has a common clock as it is, but for its own words."""
    words = {"title": "", "start_event": ""}
    return common is not None and rule.model_copy(update=words) == common.model_copy(update=words)


def _head(view: RegimeView) -> str:
    to_set = f"\n\nTo be set by the board: {', '.join(f'`{clock}`' for clock in view.to_set)}." if view.to_set else ""
    return f"""\
## {view.title}, {view.edition}

`{view.id}`. In force: {view.in_force}. Working days by the calendar {view.calendar}. Bodies told: {view.bodies}.
Source: {view.source}.{to_set}
"""


def _clocks(clocks: Iterable[ClockRuleView]) -> str:
    return "\n".join((*_rows(clocks), ""))


def _rows(clocks: Iterable[ClockRuleView]) -> Iterator[str]:
    yield _row(_COLUMNS)
    yield _row(["---"] * len(_COLUMNS))
    for clock in clocks:
        counted = "; ".join((clock.counted_from, *clock.suspended))
        confirm = "yes" if clock.to_confirm else ""
        name = f"{clock.title} (`{clock.id}`)"
        yield _row((name, clock.how_long, counted, clock.strength, clock.source, confirm))


def _row(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
