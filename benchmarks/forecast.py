"""How long a forecast of a review of twelve agencies takes, from its record to its letters.

``python -m benchmarks.forecast``. It is meant to stay under five seconds, so that it can be asked in a meeting.
"""

import asyncio
import logging
import tempfile
from pathlib import Path
from time import perf_counter

from activities.regimes import Regimes
from domain.what_if import parse_assumption
from rehearsal.beginning import decide_on_review
from rehearsal.review import Review
from rehearsal.service import REGIME, rehearsal
from whatif import Question, forecast

ASSUMED = ("panel.agency_reports=+15wd",)


async def main() -> None:
    logging.getLogger("temporalio").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        async with rehearsal(Path(folder)) as stage:
            case = await decide_on_review(stage)
            await Review(stage, case).set_up()
            regime = Regimes(stage.settings.overlays).of_board(REGIME, case.board)
            assumptions = [parse_assumption(each) for each in ASSUMED]
            for _ in range(3):
                asked = Question(case, regime, stage.directory, assumptions, await stage.now())
                began = perf_counter()
                found = await forecast(stage.record, stage.settings, asked)
                seconds = perf_counter() - began
                ahead = max(letter.at for letter in found.letters) - asked.at
                print(
                    f"{seconds:.2f} s: {len(found.clocks)} clocks, {len(found.broken)} broken, "
                    f"{len(found.letters)} letters over {ahead.days} days"
                )


if __name__ == "__main__":
    asyncio.run(main())
