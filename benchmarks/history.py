"""What a whole review costs in history: ``python -m benchmarks.history`` plays the rehearsal and counts."""

import asyncio
import logging
import tempfile
from pathlib import Path

from rehearsal.play import play
from rehearsal.service import rehearsal


async def main() -> None:
    """Print events, bytes, accepted answers and letters of the rehearsed review."""
    logging.getLogger("temporalio").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        async with rehearsal(Path(folder)) as stage:
            case = await play(stage)
            total = size = answers = 0
            stages = [case.stage_id(name) for name in ("safety/1", "decision/1", "panel", "publication")]
            for workflow in (case.workflow_id, *stages):
                history = await stage.env.client.get_workflow_handle(workflow).fetch_history()
                length = sum(event.ByteSize() for event in history.events)
                accepted = sum(
                    event.HasField("workflow_execution_update_accepted_event_attributes") for event in history.events
                )
                print(f"{workflow:<40} {len(history.events):>5} events {length:>8} bytes {accepted:>3} answers")
                total, size, answers = total + len(history.events), size + length, answers + accepted
            print(
                f"{'together':<40} {total:>5} events {size:>8} bytes {answers:>3} answers, "
                f"{len(stage.letters())} letters"
            )


if __name__ == "__main__":
    asyncio.run(main())
