"""A whole review, years in minutes: the real service on Temporal's time-skipping server, told as a timeline."""

import asyncio
import logging
import tempfile
from pathlib import Path

from rich.console import Console

from rehearsal.play import play
from rehearsal.service import rehearsal
from rehearsal.timeline import print_timeline


async def main() -> None:
    """Play the example and print it."""
    logging.getLogger("temporalio").setLevel(logging.ERROR)  # the test server lacks what the client would like
    with tempfile.TemporaryDirectory() as folder:
        async with rehearsal(Path(folder)) as stage:
            case = await play(stage)
            print_timeline(stage, case, Console(width=150))


if __name__ == "__main__":
    asyncio.run(main())
