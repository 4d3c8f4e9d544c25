"""The shared acceptance events behave as their contract says."""

import json
from pathlib import Path

import pytest

from domain.incident import IncidentEvent
from domain.intake import check_event

INCIDENTS = Path(__file__).parents[3] / "shared" / "acceptance" / "incidents"
BOARDS = {"northbridge": "england-scr"}
REGIMES = ("england-scr",)

pytestmark = pytest.mark.skipif(not INCIDENTS.exists(), reason="the shared acceptance data are not here")

BAD = {
    "bad-1": ["data.children"],
    "bad-2": ["data.notified_at"],
    "bad-3": ["subject"],
    "bad-4": ["data.children[0].outcome", "data.aware_at"],
    "bad-5": ["data.board"],
    "bad-6": ["data.injury_photo"],
    "bad-7": ["data.children[0].date_of_birth"],
    "bad-8": ["specversion"],
    "bad-9": ["data.other_children[0].key"],
}


def test_every_good_event_is_accepted() -> None:
    files = sorted(INCIDENTS.glob("*.json"))
    assert len(files) >= 5
    for file in files:
        assert isinstance(check_event(json.loads(file.read_text("utf-8")), BOARDS, REGIMES), IncidentEvent), file.name


def test_bad_events_are_refused_with_every_fault_and_the_others_go_through() -> None:
    refused: dict[str, set[str]] = {}
    accepted = []
    for line in (INCIDENTS / "mixed-good-and-bad.ndjson").read_text("utf-8").splitlines():
        if line.startswith("{not json"):
            continue
        raw = json.loads(line)
        found = check_event(raw, BOARDS, REGIMES)
        if isinstance(found, IncidentEvent):
            accepted.append(found.id)
        else:
            refused[raw["id"]] = {fault.path for fault in found}
            assert "quillfeather" not in str(found).casefold()
    assert refused == {event: set(paths) for event, paths in BAD.items()}
    assert accepted == ["evt-0005", "evt-0003"]
