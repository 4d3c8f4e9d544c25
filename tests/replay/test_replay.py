"""Reviews that began under an earlier version go on under this one: their histories replay."""

from collections.abc import Sequence
from pathlib import Path

import changed_stages
import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from sealing import Keyring
from wiring import ENCRYPTED, scr_plugin
from workflows.registered import WORKFLOWS

HISTORIES = Path(__file__).parent / "histories"
FILES = sorted(HISTORIES.rglob("*.json"))
LARGEST = 1_000_000
"""Bytes: histories are read by people who look for what changed."""


def replayer(keyring: Keyring, workflows: Sequence[type] = WORKFLOWS) -> Replayer:
    """As the worker runs them; what is not sealed needs no key."""
    return Replayer(workflows=[], plugins=[scr_plugin(keyring, workflows=workflows)])


def history(file: Path) -> WorkflowHistory:
    """A recorded history; it replays under any workflow id."""
    return WorkflowHistory.from_json("replayed", file.read_text("utf-8"))


def test_there_is_a_history_of_every_workflow() -> None:
    recorded = {file.parent.name for file in FILES}
    assert recorded == {workflow.__name__ for workflow in WORKFLOWS}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
async def test_every_recorded_history_replays(file: Path, keyring: Keyring) -> None:
    await replayer(keyring).replay_workflow(history(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_histories_are_open_and_small(file: Path) -> None:
    text = file.read_bytes()
    assert len(text) < LARGEST
    for event in history(file).events:
        assert ENCRYPTED not in event.SerializeToString()


@pytest.mark.parametrize("workflow", ["SeriousCaseReview", "ActionPlan", "ChangeMonitoring"])
async def test_a_changed_sequence_of_commands_is_found(workflow: str, keyring: Keyring) -> None:
    file = next(f for f in FILES if f.parent.name == workflow)
    with pytest.raises(NondeterminismError):
        await replayer(keyring, [getattr(changed_stages, workflow)]).replay_workflow(history(file))
