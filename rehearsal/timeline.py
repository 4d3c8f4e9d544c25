"""What happened when, as a table."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Console
from rich.table import Table

from domain.clocks.explain import in_words
from domain.record import CaseRef, Fact
from records import queries
from rehearsal.service import CIVIL, Rehearsal

TELLING = ("decision", "outcome", "verdict", "standing", "clock", "letter")
"""What of a fact's detail the timeline shows."""


def print_timeline(stage: Rehearsal, case: CaseRef, out: Console) -> None:
    """Each event, clock, letter and decision with its date, in the order in which they happened."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    day = ""
    for at, kind, words in sorted(_lines(stage, case), key=_in_order):
        civil = at.astimezone(CIVIL)
        today = f"{civil:%a} {civil.day:>2} {civil:%b %Y}"
        table.add_row(f"{today if today != day else '':<16} {civil:%H:%M}", kind, words)
        day = today
    out.print(f"Case {case.reference}, as it went on the rehearsal's clock\n")
    out.print(table)


def _in_order(line: tuple[datetime, str, str]) -> tuple[datetime, int]:
    """Minute by minute: what happened, then the clocks it started, then the letters that left."""
    return line[0].replace(second=0, microsecond=0), ("fact", "clock", "letter").index(line[1])


def _lines(stage: Rehearsal, case: CaseRef) -> Iterator[tuple[datetime, str, str]]:
    passed_over = {"letter-sent", "stage-finished", "agency-asked", "rung-climbed"}
    for fact in stage.facts(case):
        if fact.kind not in passed_over:
            yield fact.at, "fact", _told(fact)
    for clock in queries.clocks(stage.record, case):
        entry = clock.entry
        about = f" ({entry.item})" if entry.item else ""
        words = f"{entry.rule.title}{about}: due {in_words(entry.deadline)}; {entry.status.value}"
        yield entry.deadline.started_at, "clock", words
    for letter in stage.letters():
        yield letter.date, "letter", f"{letter.text.partition(chr(10))[0]}: {letter.subject}"


def _told(fact: Fact) -> str:
    words = fact.kind.replace("-", " ")
    about = f" ({fact.item})" if fact.item else ""
    by = f", by the {fact.by.role.words}" if fact.by else ""
    detail = next((fact.detail[key] for key in TELLING if fact.detail.get(key)), "")
    return f"{words}{about}{f': {detail}' if detail else ''}{by}"
