"""``scr.py explain``: why each date is what it is, today or as it was believed, in words, as JSON and as a picture."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from desk import terminal
from desk.civil import in_civil_time
from desk.clocks_believed import AsOf
from desk.days import days_of
from desk.days_picture import DaysView, days_svg
from desk.explaining import Explanation, explanations, one_of
from desk.opening import open_record, read_settings
from desk.pack import write_new
from desk.telling import print_json, told
from domain.clocks.explain import due_in_words, number_of
from domain.clocks.rule import Unit
from domain.record import CaseRef
from records import queries


def register(app: typer.Typer) -> None:
    """Add the command to ``scr.py``."""
    app.command("explain")(explain)


def explain(
    ref: Annotated[str, typer.Argument(metavar="REF", help="NB-2026-014, or northbridge/NB-2026-014.")],
    clock: Annotated[str | None, typer.Argument(help="safety-decision, or safety-decision/S1. [all]")] = None,
    *,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="What was believed then: 2026-05-03 is the end of that day."),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="A new file: a picture of the days of one clock.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Why each date is what it is: every day counted or skipped, and the source. Earlier computations too."""
    at = datetime.now(UTC)
    believed = _read(as_of, at)
    with told(as_json):
        record = open_record(read_settings())
        case = queries.resolve(record, ref)
        found = explanations(record, case, clock, believed)
        if svg is not None:
            drawn = days_view(case, one_of(found, case), believed, at)
            write_new(svg, days_svg(drawn).encode())
        if as_json:
            print_json(found)
            return
        out = terminal.make_console()
        terminal.print_explained(out, found)
        if svg is not None:
            out.print(f"The picture is in {svg}.")


def days_view(case: CaseRef, explained: Explanation, believed: AsOf | None, at: datetime) -> DaysView:
    """The clock as it is drawn; ``at`` is now."""
    entry, then = explained.entry, believed.at if believed is not None else at
    deadline = entry.deadline
    about = f" ({entry.item})" if entry.item else ""
    counted = f"{number_of(deadline.amount, deadline.unit.value)} {deadline.direction} {entry.rule.start_event}"
    if deadline.unit is Unit.SET_DATE:
        counted = f"To a day that was set; the clock began when {entry.rule.start_event}"
    lines = [f"{counted}; {due_in_words(entry)}."]
    if believed is not None:
        lines.append(f"As believed {believed.words}.")
    if explained.now is not None:
        reason = f": {explained.now.reason}" if explained.now.reason else ""
        lines.append(f"Now it is {due_in_words(explained.now)}{reason}.")
    return DaysView(
        title=f"{case.reference}: {entry.rule.title}{about}",
        lines=tuple(lines),
        days=days_of(entry, then),
        hours=deadline.unit is Unit.CLOCK_HOURS,
        marked=in_civil_time(then).date(),
    )


def _read(as_of: str | None, now: datetime) -> AsOf | None:
    try:
        return AsOf.read(as_of, now) if as_of is not None else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--as-of") from None
