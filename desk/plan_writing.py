"""The meeting pack of an action plan as Markdown, and as lines for a terminal."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from desk.civil import moment_in_words
from desk.markdown import lines_of, plain
from desk.plan_pack import ActionRow, ChangeRow, LateItem, MilestoneRow, PlanPack, ToDecide
from domain.clocks.calendar import day_in_words


def as_markdown(pack: PlanPack) -> str:
    """Headings and pipe tables."""
    lines = [f"# Action plan of {plain(pack.case.reference)}: meeting pack", ""]
    for line in _head(pack):
        lines += [plain(line), ""]
    lines += ["## What moved", ""]
    moved = [
        [day_in_words(each.on), each.item or "plan", each.what, each.by.words if each.by else "", str(each.fact)]
        for each in pack.moved
    ]
    lines += _table(("On", "Item", "What", "By", "Fact"), moved, "Nothing moved.")
    lines += ["## What is late, and why", ""]
    late = [
        [
            *(each.item, each.kind, each.agency or "board", day_in_words(each.due_on)),
            *(day_in_words(each.original_due_on), str(each.days_late), str(each.extensions), _because(each)),
        ]
        for each in pack.late
    ]
    columns = ("Item", "What", "Owner", "Due on", "First due on", "Days late", "Extensions", "Why, as last reported")
    lines += _table(columns, late, "Nothing is late.")
    lines += ["## What needs a decision", ""]
    decisions = [[each.item, each.what, each.who.words, _due(each)] for each in pack.decisions]
    lines += _table(("Item", "What", "Who", "Due on"), decisions, "Nothing needs a decision.")
    lines += [f"## The plan, version {pack.version}", "", *_plan_table(pack)]
    lines += ["## Expected changes", ""]
    changes = [[each.change, each.what.text, ", ".join(each.actions), each.stood, _next(each)] for each in pack.changes]
    lines += _table(("Change", "What", "Actions", "Where it stands", "Next date"), changes, "No change is expected.")
    lines += ["## The board's colours", ""]
    lines += _table(("Colour", "Means"), [[each.id, each.meaning] for each in pack.legend], "The regime names none.")
    return "\n".join(lines).rstrip() + "\n"


class Line(NamedTuple):
    """A line for a terminal, and how it is to look."""

    text: str
    look: Literal["heading", "plain", "urgent"] = "plain"


def as_lines(pack: PlanPack) -> Iterator[Line]:
    """Lines that can be read at any width."""
    yield Line(f"{pack.case.board}/{pack.case.reference}: action plan", "heading")
    yield from (Line(f"  {line}") for line in _head(pack))
    yield from _heading("What moved", pack.moved, "Nothing moved.")
    for each in pack.moved:
        by = f", by the {each.by.words}" if each.by else ""
        yield Line(f"  {day_in_words(each.on)}: {each.item or 'plan'}: {each.what}{by} (fact {each.fact})")
    yield from _heading("What is late, and why", pack.late, "Nothing is late.")
    for late in pack.late:
        yield Line(f"  {_late_line(late)}", "urgent")
        yield Line(f"    {_because(late)}")
    yield from _heading("What needs a decision", pack.decisions, "Nothing needs a decision.")
    for decision in pack.decisions:
        due = _due(decision)
        words = f"  {decision.item}: {decision.what} ({decision.who.words}{', due on ' + due if due else ''})"
        yield Line(words, "urgent" if decision.overdue else "plain")
    yield from _heading(f"The plan, version {pack.version}", pack.actions, "There are no actions.")
    yield from (Line(f"  {line}") for action in pack.actions for line in _action_lines(action))
    yield from _heading("Expected changes", pack.changes, "No change is expected.")
    for change in pack.changes:
        following = f"; next date {_next(change)}" if change.next_on else ""
        yield Line(f"  {change.change} (of {', '.join(change.actions)}): {change.stood}{following}")
        yield Line(f"    {change.what.text}")


def _head(pack: PlanPack) -> Iterator[str]:
    yield f"As it stood at {moment_in_words(pack.at)}."
    yield (
        f"Last reviewed at {moment_in_words(pack.since)}; what moved is told from then on."
        if pack.since
        else "Never reviewed yet; what moved is told from the beginning."
    )
    signed = f"last signed off on {day_in_words(pack.signed_off_on)}" if pack.signed_off_on else "never signed off yet"
    yield f"Version {pack.version}; {signed}."
    if pack.next_review_on:
        yield f"Its next review is due by the end of {day_in_words(pack.next_review_on)}."


def _plan_table(pack: PlanPack) -> list[str]:
    columns = (
        *("Action", "What", "Findings", "Owner", "Lead", "Status", "Colour", "Starts on", "Due on", "First due on"),
        "Milestones",
    )
    rows = [
        [
            *(each.action, each.what.text, ", ".join(each.findings) or "early action", each.agency, each.lead),
            *(_status(each), _colour(each), day_in_words(each.starts_on), day_in_words(each.due_on)),
            *(day_in_words(each.original_due_on), "; ".join(map(_milestone, each.milestones))),
        ]
        for each in pack.actions
    ]
    return _table(columns, rows, "There are no actions.")


def _action_lines(each: ActionRow) -> Iterator[str]:
    colour = f", {_colour(each)}" if each.colour else ""
    yield f"{each.action}: {_status(each)}{colour}"
    yield f"  {each.what.text}"
    yield f"  answers {', '.join(each.findings) or 'no finding: an early action'}; {each.agency}, led by {each.lead}"
    moved = "" if each.due_on == each.original_due_on else f" (first {day_in_words(each.original_due_on)})"
    late = f"; {_days(each.days_late)} late" if each.days_late else ""
    yield f"  from {day_in_words(each.starts_on)} to {day_in_words(each.due_on)}{moved}{late}"
    for step in each.milestones:
        yield f"  milestone {_milestone(step)}"


def _status(each: ActionRow) -> str:
    return f"{each.status.words} by {each.superseded_by}" if each.superseded_by else each.status.words


def _colour(each: ActionRow) -> str:
    return f"{each.colour} ({each.colour_means})" if each.colour_means else each.colour


def _milestone(step: MilestoneRow) -> str:
    reached = f"reached on {day_in_words(step.reached_on)}" if step.reached_on else "not reached"
    return f"{step.number}: by {day_in_words(step.due_on)}, {reached}"


def _late_line(late: LateItem) -> str:
    first = "" if late.due_on == late.original_due_on else f", first {day_in_words(late.original_due_on)}"
    extended = f", extended {late.extensions} time{'' if late.extensions == 1 else 's'}" if late.extensions else ""
    due = f"{_days(late.days_late)} late, due {day_in_words(late.due_on)}"
    return f"{late.item} ({late.kind}, {late.agency or 'board'}): {due}{first}{extended}"


def _because(late: LateItem) -> str:
    if late.because is None:
        return "why is not reported"
    return f"{late.because.text} (fact {late.because.fact})" if late.because.shown else late.because.text


def _due(decision: ToDecide) -> str:
    overdue = ", overdue" if decision.overdue else ""
    return f"{day_in_words(decision.due_on)}{overdue}" if decision.due_on else ""


def _next(change: ChangeRow) -> str:
    return day_in_words(change.next_on) if change.next_on else ""


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _table(columns: tuple[str, ...], rows: list[list[str]], empty: str) -> list[str]:
    return [*(lines_of(columns, rows) if rows else (empty,)), ""]


def _heading(title: str, rows: tuple[object, ...], empty: str) -> Iterator[Line]:
    yield Line("")
    yield Line(title, "heading")
    if not rows:
        yield Line(f"  {empty}")
