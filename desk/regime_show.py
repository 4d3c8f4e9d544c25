"""``scr.py regime show`` and ``regime list``: regimes as tables that a lay person can read."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.regime_view import ClockRuleView, CriterionView, NoticeView, RegimeView
from domain.model import Model

FIRST = 24
"""Least width of a table's first column, which holds ids."""
WHY_CONFIRM = "they are the board's own, or their primary text was not read word for word"


class ListedRegime(Model):
    """One regime in the list of all."""

    id: str
    title: str
    edition: str
    nation: str
    in_force: str
    to_set: tuple[str, ...]
    to_confirm: int
    """How many of its rules the board has to confirm."""
    not_ready: str | None = None
    """Why no case of the board that was asked about can begin; empty where one can; ``None`` without a board."""


def print_regime(out: Console, view: RegimeView) -> None:
    """The whole regime."""
    out.print(f"{view.title} ({view.id})", style="bold", soft_wrap=True)
    for name, value in (
        ("Edition", view.edition),
        ("Nation", f"{view.nation}; working days by the calendar {view.calendar}"),
        ("In force", view.in_force),
        ("Process", view.process),
        ("Bodies told", view.bodies),
        ("Source", view.source),
    ):
        out.print(f"  {name + ':':<13}{value}", soft_wrap=True)
    for standard, own in view.says:
        out.print(f"  {'Says:':<13}{own}, for {standard}", soft_wrap=True)
    print_table(
        out, "When a review is held", ("Criterion", "What it needs", "Leads to", "Source"), _limbs(view.criteria)
    )
    print_table(out, "Who is told of the decision", ("Notice", "To", "After", "Clock"), _notices(view.notices))
    columns = ("Clock", "How long", "Counted", "Source, and how binding", "Who is told when")
    print_table(out, "Clocks", columns, _clocks(view.clocks))
    print_to_set(out, view.to_set)
    if view.to_confirm:
        out.print(f"\n{len(view.to_confirm)} rules are to be confirmed by the board: {WHY_CONFIRM}.", soft_wrap=True)


def print_to_set(out: Console, to_set: Sequence[str]) -> None:
    """What the board has yet to set."""
    if to_set:
        out.print(f"\nThe board has to set these before a case can begin: {', '.join(to_set)}.", soft_wrap=True)


def print_to_confirm(out: Console, to_confirm: Sequence[str]) -> None:
    """What the board has yet to confirm, each by its path."""
    if to_confirm:
        out.print(f"\nTo be confirmed by the board, {len(to_confirm)} rules: {WHY_CONFIRM}.", soft_wrap=True)
        out.print(f"  {', '.join(to_confirm)}", soft_wrap=True)


def print_list(out: Console, regimes: Iterable[ListedRegime]) -> None:
    """All regimes, a line each."""
    found = tuple(regimes)
    columns = ["Regime", "Title", "Edition", "In force", "To be set", "To be confirmed"]
    with_board = any(each.not_ready is not None for each in found)
    rows = [
        (
            *(each.id, each.title, each.edition, each.in_force, str(len(each.to_set)), str(each.to_confirm)),
            *((each.not_ready or "ready",) if with_board else ()),
        )
        for each in found
    ]
    print_table(out, "", [*columns, *(["For this board"] if with_board else [])], rows)


def print_table(out: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table whose cells wrap; nothing at all where it has no rows."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", min_width=0 if number else FIRST)  # an id is never cut short
    for row in rows:
        table.add_row(*map(Text, row))
    if not table.row_count:
        return
    if title:
        out.print(f"\n{title}", style="bold")
    out.print(table)


def _limbs(limbs: Iterable[CriterionView]) -> Iterable[tuple[str, ...]]:
    for limb in limbs:
        yield f"{limb.title} ({limb.id})", limb.needs, limb.leads_to, _sourced(limb.source, limb.to_confirm)


def _notices(notices: Iterable[NoticeView]) -> Iterable[tuple[str, ...]]:
    return ((notice.id, notice.to, notice.after, notice.clock) for notice in notices)


def _clocks(clocks: Iterable[ClockRuleView]) -> Iterable[tuple[str, ...]]:
    for clock in clocks:
        source = f"{clock.strength}: {_sourced(clock.source, clock.to_confirm)}"
        yield (
            f"{clock.title} ({clock.id})",
            clock.how_long,
            "; ".join((clock.counted_from, *clock.suspended)),
            source,
            "; ".join(clock.told) or "nobody is chased",
        )


def _sourced(source: str, confirm: bool) -> str:
    return f"{source} (to be confirmed)" if confirm else source
