"""Records the histories that every later version must replay: ``python -m tests.replay.record_histories``.

A whole review goes through the rehearsal, sealed as in earnest; then its histories are opened, so that they can be
replayed without a key. Nobody in them is real.
"""

import asyncio
import re
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

from activities.regimes import read_regime
from domain.incident import UPDATED, Abuse, OtherChild
from domain.people import Role
from domain.record import CaseRef
from rehearsal.acting import act_early
from rehearsal.beginning import decide_on_review
from rehearsal.play import follow
from rehearsal.rapid_review import decide_on_local_review, learned, tell
from rehearsal.review import hold_review
from rehearsal.service import REGIME, Rehearsal, example, rehearsal
from sealing import load_keyring
from wiring import KeyringCodec

HISTORIES = Path(__file__).parent / "histories"
ROOT = Path(__file__).parents[2]
_MACHINE = re.compile(r'"identity": "[^"]*"')


async def record(folder: Path = HISTORIES) -> list[Path]:
    """Play the reviews and keep the histories of all their workflows. Returns their files."""
    kept = []
    stories = ((_to_closing, "to-closing"), (_without_review, "without-review"), (_rapid_review, "rapid-review"))
    for story, ends in stories:
        with tempfile.TemporaryDirectory() as scratch:
            async with rehearsal(Path(scratch)) as stage:
                codec = KeyringCodec(load_keyring(stage.settings.key_file))
                case = await story(stage)
                histories = {name: await _opened(stage, codec, workflow) for workflow, name in _files(case, ends)}
        kept += [_kept(history, folder / name) for name, history in histories.items()]
    return kept


def _files(case: CaseRef, ends: str) -> Iterator[tuple[str, str]]:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    yield case.workflow_id, f"SeriousCaseReview/{ends}-{version}.json"
    yield case.stage_id("safety", 1), f"ChildrenSafetyCheck/{ends}-{version}.json"
    if ends == "rapid-review":
        yield case.stage_id("rapid-review", 1), f"RapidReview/{ends}-{version}.json"
    else:
        yield case.stage_id("decision", 1), f"ReviewDecision/{ends}-{version}.json"
    yield case.stage_id("actions"), f"ActionPlan/{ends}-{version}.json"
    yield case.stage_id("retention"), f"RecordRetention/{ends}-{version}.json"
    if ends == "to-closing":
        yield case.stage_id("panel"), f"PanelReview/{ends}-{version}.json"
        yield case.stage_id("publication"), f"Publication/{ends}-{version}.json"
        yield case.stage_id("change"), f"ChangeMonitoring/{ends}-{version}.json"


async def _to_closing(stage: Rehearsal) -> CaseRef:
    """A review of three agencies, one of them late, one whose report is returned; to the closing of the case."""
    case = await decide_on_review(stage)
    await act_early(stage, case)
    report = await hold_review(stage, case, ("northbridge-cs", "northbridge-police", "northbridge-housing"))
    await follow(stage, case, report)
    return case


async def _without_review(stage: Rehearsal) -> CaseRef:
    """A child is named later, another learning review is decided, and the case closes."""
    first = example("incident.json", await stage.now())
    harmless = first.data.facts.model_copy(update={"abuse_or_neglect": Abuse.NOT_SUSPECTED})
    event = first.model_copy(update={"data": first.data.model_copy(update={"facts": harmless})})
    late = OtherChild(key="S9", relationship="sibling")
    more = event.data.model_copy(update={"other_children": (*event.data.other_children, late)})
    case = event.case
    safety, decision = case.stage_id("safety", 1), case.stage_id("decision", 1)
    await stage.tell(event)
    await stage.tell(event.model_copy(update={"id": "a-child-named-later", "type": UPDATED, "data": more}))
    for child in more.other_children:
        seen: dict[str, Any] = {"decision": "no-further-action", "reason": "Seen at home; safe."}
        await stage.answer(safety, "decide-for-child", Role.DUTY_MANAGER, item=child.key, **seen)
    audit: dict[str, Any] = {"outcome": "other-review", "other_review": "a multi-agency audit", "rationale": "As said."}
    reasons = dict.fromkeys((limb.id for limb in read_regime(REGIME).criterion), "Considered.")
    await stage.answer(decision, "recommend", Role.SUB_GROUP, reasons=reasons, **audit)
    await stage.pass_time(timedelta(days=2))
    await stage.answer(decision, "decide", Role.BOARD_CHAIR, **audit)
    await stage.pass_time(timedelta(days=4))
    learning: dict[str, Any] = {"learned": "Hand-overs were weak.", "acted_on": "The audit looks at them."}
    await stage.answer(decision, "record-learning", Role.BUSINESS_MANAGER, **learning)
    await stage.pass_time(timedelta(days=4))
    return case


async def _rapid_review(stage: Rehearsal) -> CaseRef:
    """Notification, rapid review, three partners' agreement, no local review, and the case closes."""
    event = example("incident.json", await stage.now())
    case = await tell(stage, event)
    for child in event.data.other_children:
        seen: dict[str, Any] = {"decision": "no-further-action", "reason": "Seen at home; safe."}
        await stage.answer(case.stage_id("safety", 1), "decide-for-child", Role.DUTY_MANAGER, item=child.key, **seen)
    await decide_on_local_review(stage, case, "none")
    await learned(stage, case)
    await stage.pass_time(timedelta(days=4))
    return case


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
