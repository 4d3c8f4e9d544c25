"""Records the histories that every later version must replay: ``python -m tests.replay.record_histories``.

A whole review goes through the rehearsal, sealed as in earnest; then its histories are opened, so that they can be
replayed without a key. Nobody in them is real.
"""

import asyncio
import re
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

from domain.record import CaseRef
from rehearse import Rehearsal, play, rehearsal
from sealing import load_keyring
from wiring import KeyringCodec

HISTORIES = Path(__file__).parent / "histories"
ROOT = Path(__file__).parents[2]
_MACHINE = re.compile(r'"identity": "[^"]*"')


async def record(folder: Path = HISTORIES) -> list[Path]:
    """Play the review and keep the histories of all its workflows. Returns their files."""
    with tempfile.TemporaryDirectory() as scratch:
        async with rehearsal(Path(scratch)) as stage:
            codec = KeyringCodec(load_keyring(stage.settings.key_file))
            case = await play(stage)
            histories = {name: await _opened(stage, codec, workflow) for workflow, name in _files(case)}
    return [_kept(history, folder / name) for name, history in histories.items()]


def _files(case: CaseRef) -> Iterator[tuple[str, str]]:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    yield case.workflow_id, f"SeriousCaseReview/to-the-panel-{version}.json"
    yield case.stage_id("safety", 1), f"ChildrenSafetyCheck/two-children-{version}.json"
    yield case.stage_id("decision", 1), f"ReviewDecision/serious-case-review-{version}.json"


async def _opened(stage: Rehearsal, codec: KeyringCodec, workflow: str) -> WorkflowHistory:
    history = await stage.env.client.get_workflow_handle(workflow).fetch_history()
    for event in history.events:
        for payload in payloads(event):
            [opened] = await codec.decode([payload])
            payload.CopyFrom(opened)
    return history


def _kept(history: WorkflowHistory, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_MACHINE.sub('"identity": "a worker"', history.to_json()) + "\n", "utf-8")
    return file


def payloads(message: Message) -> Iterator[Payload]:
    """Every payload within a message, however deep: arguments, results, failures, summaries."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for each in _each(value):
            if isinstance(each, Message):
                yield from payloads(each)


def _each(value: Any) -> Iterable[Any]:
    """The values of a map, the members of a list, or the one value."""
    if isinstance(value, Message):
        return (value,)
    return list(value.values() if hasattr(value, "values") else value)


if __name__ == "__main__":
    for kept in asyncio.run(record()):
        print(kept.relative_to(ROOT), kept.stat().st_size)
