"""Cases in the record as the stages themselves write them, from the example incident."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.calendar import build_calendar
from activities.directory import read_directory
from activities.regimes import read_regime
from desk.service import Service
from domain.case import CaseState
from domain.clocks.calendar import CalendarRequest
from domain.command import Command
from domain.decision import ReviewDecisionState
from domain.directory import Directory
from domain.incident import IncidentEvent
from domain.panel import PanelReviewState
from domain.people import Actor, Role
from domain.record import CaseRef, Fact
from domain.safety import SafetyState
from domain.stage import Stage
from domain.stage_state import Transition
from records.store import Record

ROOT = Path(__file__).parents[2]
TOLD = datetime.fromisoformat("2026-02-05T10:30:00+00:00")
REGIME = read_regime("england-scr")
CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2028))
NAMES = ("Tamsin", "Corin", "Wexcombe", "Arle")
LINK = "http://localhost:8233/cases/{board}/{reference}"


def example(reference: str = "NB-2026-101", board: str = "northbridge") -> IncidentEvent:
    """The example incident under another reference."""
    raw = json.loads((ROOT / "examples" / "incident.json").read_text("utf-8"))
    return IncidentEvent.model_validate(raw | {"subject": reference, "data": raw["data"] | {"board": board}})


class Opened:
    """A case with its safety check and its decision, recorded transition by transition."""

    def __init__(self, record: Record, event: IncidentEvent | None = None) -> None:
        self.record = record
        self.event = event or example()
        self.case: CaseRef = self.event.case
        taken_in = CaseState().received(self.event, REGIME.criterion, TOLD)
        assert taken_in is not None
        state, transition, onward = taken_in
        self.parent = self._kept(self._stage(self.case.workflow_id, state), transition)
        children, asked = SafetyState().identified(onward.children, TOLD)
        self.safety = self._kept(self._stage(self.case.stage_id("safety", 1), children), asked)
        known = state.facts_known(TOLD)
        begun = ReviewDecisionState.begun(REGIME.criterion, REGIME.notice, onward.because, TOLD, known)
        decision = self._stage(self.case.stage_id("decision", 1), begun)
        self.decision = self._kept(decision, begun.opening(TOLD))

    def reviewed(self) -> Stage[PanelReviewState]:
        """The review itself, begun and recorded."""
        state = PanelReviewState.begun(TOLD, (), REGIME.panel.quorum_percent)
        return self._kept(self._stage(self.case.stage_id("panel"), state), state.opening())

    def answered(self, stage: Stage[Any], command: Command, at: datetime) -> Stage[Any]:
        """The stage after a command, recorded."""
        assert stage.refuses(command, at) is None
        stage, transition = stage.accept(command, at)
        return self._kept(stage, transition, at)

    def finished(self, stage: Stage[Any], at: datetime = TOLD) -> Stage[Any]:
        """The stage at its end, recorded."""
        return self._kept(stage, Transition(facts=(Fact(kind="stage-finished", at=at),)), at, finished=True)

    def _stage(self, stage_id: str, state: Any) -> Stage[Any]:
        return Stage(case=self.case, id=stage_id, regime=REGIME.id, rules=REGIME.clock, state=state)

    def _kept(
        self, stage: Stage[Any], transition: Transition, at: datetime = TOLD, *, finished: bool = False
    ) -> Stage[Any]:
        stage, recording = stage.advanced(transition, CALENDAR, at, finished=finished)
        self.record.write(recording)
        return stage


def after(hours: float) -> datetime:
    """So many hours after the board was told."""
    return TOLD + timedelta(hours=hours)


def given(command: type[Command], role: Role = Role.DUTY_SOCIAL_WORKER, **fields: Any) -> Command:
    """A command of somebody in that role."""
    actor = Actor(person="nb-duty-1", role=role)
    return command.model_validate({"request_id": f"test-{command.FORM}-{fields}"[:100], "actor": actor} | fields)


def directory() -> Directory:
    """The example directory."""
    return read_directory(ROOT / "directory.toml")


def desk(record: Record, known: Callable[[], Directory] | None = None) -> Service:
    """The desk on that record, without any Temporal server; with the example's directory unless another is given."""

    async def no_server() -> Client:
        raise RuntimeError("Failed client connect")

    return Service(record, directory=known or directory, connect=no_server, task_queue="scr", link_template=LINK)
