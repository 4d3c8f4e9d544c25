"""A rehearsal for each test: the whole service on a clock of its own."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.incident import IncidentEvent
from rehearsal.service import Rehearsal, example, rehearsal

Event = Callable[..., IncidentEvent]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Rehearsal]:
    """The service, its clock beginning now."""
    async with rehearsal(tmp_path) as running:
        yield running


@pytest.fixture
async def start(stage: Rehearsal) -> datetime:
    """The instant at which the rehearsal's clock began."""
    return await stage.now()


@pytest.fixture
def event(start: datetime) -> Event:
    """The example as if notified at the start, with parts of its data replaced; a further id for each use."""
    used: list[str] = []

    def make(at: datetime = start, kind: str = "notified", **data: Any) -> IncidentEvent:
        raw = json.loads(example("incident.json", at).model_dump_json())
        raw["id"] = f"delivery-{len(used)}"
        raw["type"] = f"uk.safeguarding.incident.{kind}.v1"
        raw["data"] |= data
        used.append(raw["id"])
        return IncidentEvent.model_validate(raw)

    return make
