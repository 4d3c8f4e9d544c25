"""A whole case, years in seconds: the real service on Temporal's time-skipping server, told as a timeline."""

import asyncio
import logging
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from activities.regimes import known_regimes
from desk.measure_picture import measure_svg
from desk.measures import measures_of
from desk.timeline import timeline_of
from desk.timeline_picture import timeline_svg
from domain.record import CaseRef
from rehearsal.play import play
from rehearsal.service import REGIME, Rehearsal, rehearsal
from rehearsal.timeline import print_timeline

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    pictures: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also draw the case and its first measure as SVG files.")
    ] = None,
    regime: Annotated[str, typer.Option(help="The rules that the case runs under.")] = REGIME,
) -> None:
    """Play the example and print it."""
    if regime not in known_regimes():
        raise typer.BadParameter(f"there is no such regime; there are: {', '.join(known_regimes())}")
    asyncio.run(_play(regime, pictures))


async def _play(regime: str, pictures: Path | None) -> None:
    logging.getLogger("temporalio").setLevel(logging.ERROR)  # the test server lacks what the client would like
    with tempfile.TemporaryDirectory() as folder:
        async with rehearsal(Path(folder), regime=regime) as stage:
            case = await play(stage)
            print_timeline(stage, case, Console(width=150))
            if pictures is not None:
                _draw(stage, case, pictures, await stage.now())


def _draw(stage: Rehearsal, case: CaseRef, folder: Path, at: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "timeline.svg").write_text(timeline_svg(timeline_of(stage.record, case, at)), "utf-8")
    first, *_ = measures_of(stage.record, case, at)
    (folder / "measure.svg").write_text(measure_svg(first), "utf-8")


if __name__ == "__main__":
    app()
