"""Views as text for a terminal: lines that can be read at any width, and ids that can be copied whole."""

import json
from collections.abc import Iterable, Sequence

from rich.console import Console

from desk.caseview import fact_view
from desk.civil import moment_in_words
from desk.explaining import Explanation
from desk.views import CaseView, ClockView, FactView, LetterView, ReceiptView, TaskView
from domain.people import Role
from domain.timetable import OF_THE_REVIEW
from records.views import CaseSummary, RecordedFact

FACTS_SHOWN = 12
URGENT = "bold red"
TABLE_WIDTH = 160


def make_console(*, stderr: bool = False) -> Console:
    """A console that prints text as it is."""
    return Console(stderr=stderr, soft_wrap=True, markup=False, highlight=False)


def table_console() -> Console:
    """A console for tables: as wide as the terminal, and wide enough to read where there is none."""
    out = Console(highlight=False, markup=False)
    return out if out.is_terminal else Console(highlight=False, markup=False, width=TABLE_WIDTH)


def print_tasks(out: Console, tasks: Sequence[TaskView]) -> None:
    """Each task: its id, who is asked for what, and by when."""
    if not tasks:
        out.print("Nothing is asked for.")
    for task in tasks:
        out.print(task.id, style="bold")
        out.print(f"  {_who(task.role, task.agency)}: {task.title}")
        _print_due(out, task.due, overdue=task.overdue, done=task.done_at is not None)
        for field in task.fields:
            needed = "" if field.required else " (may be left out)"
            keys = f": {', '.join(field.keys)}" if field.keys else ""
            out.print(f"    {field.name}: {field.asks}{keys}{needed}", style="dim")


def print_cases(out: Console, cases: Sequence[CaseSummary]) -> None:
    """Each case and where it stands."""
    if not cases:
        out.print("The record has no case yet.")
    for case in cases:
        out.print(f"{case.case.board}/{case.case.reference}", style="bold")
        out.print(f"  {case.stage}")
        closed = f", closed at {moment_in_words(case.closed_at)}" if case.closed_at else ""
        out.print(f"  opened at {moment_in_words(case.opened_at)}{closed}; {case.open_tasks} tasks open")


def print_case(out: Console, case: CaseView) -> None:
    """The whole case, the newest facts last."""
    out.print(f"{case.case.board}/{case.case.reference}", style="bold")
    out.print(f"  {case.stage}")
    if case.notice:
        out.print(case.notice, style=URGENT)
    _print_people(out, case)
    _section(out, "Stages", [f"{stage.id.removeprefix('scr/')}: {stage.title}" for stage in case.stages])
    out.print("\nClocks running", style="bold")
    for clock in case.clocks:
        about = f" ({clock.item})" if clock.item else ""
        waits = f"; waits for the {clock.waiting_on.words}" if clock.waiting_on else ""
        when = clock.due if clock.stopped else f"due {clock.due}"
        words = f"  {clock.title}{about}: {when}{waits}"
        out.print(
            f"{words} OVERDUE{_why_late(clock)}" if clock.overdue else words, style=URGENT if clock.overdue else ""
        )
    out.print("\nAsked for", style="bold")
    print_tasks(out, [task.model_copy(update={"fields": ()}) for task in case.tasks])
    may = [f"{may.id}: {may.title} ({', '.join(role.words for role in may.roles)})" for may in case.may_record]
    _section(out, "May be recorded as well", may)
    _section(out, "Last facts", [_fact_line(fact) for fact in case.facts[-FACTS_SHOWN:]])
    _section(out, "Letters", [_letter_line(letter) for letter in case.letters])
    out.print(f"\n{case.link}")


def _why_late(clock: ClockView) -> str:
    """Where it is said why it is late; of the review's own clocks also that nobody has said so."""
    if clock.explained_in:
        return f"; why is said in fact {', '.join(map(str, clock.explained_in))}"
    return "; nobody has said why" if clock.id.partition("/")[0] in OF_THE_REVIEW else ""


def print_fact(out: Console, fact: RecordedFact) -> None:
    """One fact with everything that was answered. It may hold names."""
    out.print(_fact_line(fact_view(fact)), style="bold")
    for name, value in fact.fact.detail.items():
        shown = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
        out.print(f"  {name}: {shown}")


def print_explained(out: Console, explained: Iterable[Explanation]) -> None:
    """Each clock's working, computations that another one took the place of marked as such."""
    for each in explained:
        out.print(f"{each.stage.removeprefix('scr/')}: {each.id}{_earlier(each)}", style="bold")
        out.print(f"{each.text}\n")


def _earlier(each: Explanation) -> str:
    if each.current:
        return ""
    made = f" of {moment_in_words(each.computed_at)}" if each.computed_at_told else ""
    return f", computation {each.entry.computation}{made}, replaced by a later one"


def print_receipt(out: Console, view: ReceiptView) -> None:
    """That it was accepted, and what happens next."""
    receipt = view.receipt
    before = "" if receipt.changed else " before; nothing was done again"
    out.print(f"Accepted at {moment_in_words(receipt.accepted_at)}{before}: {view.task}", style="bold green")
    out.print(f"Next: {receipt.next}")
    out.print(f"Request id: {receipt.request_id}")
    if view.notice:
        out.print(view.notice, style=URGENT)


def _print_people(out: Console, case: CaseView) -> None:
    if not case.people:
        return
    out.print("\nNames follow. They are confidential: do not copy them into letters, tickets or logs.", style=URGENT)
    for person in case.people:
        key = f"{person.key}: " if person.key else ""
        out.print(f"  {key}{person.name} ({person.part})")


def _print_due(out: Console, due: str, *, overdue: bool, done: bool) -> None:
    if done:
        out.print("  done")
    elif overdue:
        out.print(f"  OVERDUE, was due {due}", style=URGENT)
    elif due:
        out.print(f"  due {due}")


def _section(out: Console, title: str, lines: Sequence[str]) -> None:
    if lines:
        out.print(f"\n{title}", style="bold")
    for line in lines:
        out.print(f"  {line}")


def _fact_line(fact: FactView) -> str:
    about = f" ({fact.item})" if fact.item else ""
    who = f", by the {_who(fact.role, fact.agency)}" if fact.role else ""
    gone = "" if fact.stands else " [superseded]"
    return f"{fact.seq}. {fact.kind}{about}, {moment_in_words(fact.at)}{who}{gone}"


def _letter_line(letter: LetterView) -> str:
    when = f" at {moment_in_words(letter.ended_at)}" if letter.ended_at else ""
    return f"{letter.id} to the {_who(letter.to, letter.agency)}: {letter.state}{when}"


def _who(role: Role, agency: str | None) -> str:
    return f"{role.words} of {agency}" if agency else role.words
