"""A forecast in the terminal: what breaks, what follows from it, who would hear of it."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.civil import in_civil_time
from desk.terminal import URGENT, table_console
from desk.what_if import ExpectedClock, ExpectedLetter, Forecast
from domain.clocks.calendar import day_in_words
from domain.what_if import Because

LATER = (
    "Clocks that begin only later (a publication, an action that is not planned yet) are not in this forecast, and "
    "nobody acknowledges an escalation in it."
)


def print_forecast(found: Forecast, *, every: bool) -> None:
    """Print it; with ``every`` also the clocks that hold, and the letters that go without the assumptions too."""
    out = table_console()
    out.print(f"{found.case.reference}: what if {'; '.join(found.assumed)}? Nothing was changed.\n")
    _print_clocks(out, found, every=every)
    _print_letters(out, found, every=every)
    if found.standing:
        out.print(f"Standing still, and left out: {', '.join(found.standing)}.")
    out.print(LATER)


def _print_clocks(out: Console, found: Forecast, *, every: bool) -> None:
    shown = [clock for clock in found.clocks if every or clock.breaks or clock.because is not Because.IN_TIME]
    out.print(f"{len(found.broken)} of the {len(found.clocks)} clocks that run would break.")
    if not shown:
        return
    table = Table("Clock", "Due", "Done", "To spare", "Because", "Waits for", box=box.SIMPLE, pad_edge=False)
    for clock in shown:
        done = "never" if clock.done_on is None else day_in_words(clock.done_on)
        name = f"{clock.title} ({clock.clock}), {clock.strength}"
        cells = (name, clock.due, done, _to_spare(clock), clock.because.value, clock.waits_for)
        table.add_row(*map(Text, cells), style=URGENT if clock.breaks else "")
    out.print(table)


def _to_spare(clock: ExpectedClock) -> str:
    if clock.margin is None:
        return "BREAKS"
    days = f"{abs(clock.margin)} working day{'' if abs(clock.margin) == 1 else 's'}"
    return f"BREAKS by {days}" if clock.breaks else days


def _print_letters(out: Console, found: Forecast, *, every: bool) -> None:
    because = [letter for letter in found.letters if not letter.anyhow]
    shown = found.letters if every else because
    anyhow = len(found.letters) - len(because)
    out.print(f"{len(because)} letters would go because of it; {anyhow} go anyhow.")
    if shown:
        table = Table("To", "When", "About", "", box=box.SIMPLE, pad_edge=False)
        before = ""
        for letter in sorted(shown, key=lambda letter: (_to(letter), letter.at)):
            table.add_row(*map(Text, ("" if _to(letter) == before else _to(letter), *_letter(letter))))
            before = _to(letter)
        out.print(table)


def _to(letter: ExpectedLetter) -> str:
    """Whom it goes to, by the id in the directory: names are not shown."""
    agency = f", {letter.agency}" if letter.agency else ""
    people = f" ({', '.join(letter.people)})" if letter.people else " (nobody)"
    return f"{letter.role.words}{agency}{people}"


def _letter(letter: ExpectedLetter) -> Iterable[str]:
    anyhow = "anyhow" if letter.anyhow else ""
    return f"{in_civil_time(letter.at):%d %B %Y, %H:%M}", f"{letter.title} ({letter.clock})", anyhow
