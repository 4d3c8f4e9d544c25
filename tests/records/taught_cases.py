"""Cases whose reviews taught something, for the tests of the search across reviews."""

import json
from itertools import count
from pathlib import Path
from typing import Any

from recorded_cases import minutes

from activities.directory import read_directory
from domain.people import Actor, Role
from domain.record import CaseRef, Fact, Recording
from records.store import Record

ROOT = Path(__file__).parents[2]
BOARD = read_directory(ROOT / "directory.toml").board("northbridge")
REVIEWER = Actor(person="nb-reviewer-1", role=Role.LEAD_REVIEWER)
FINDING = {
    "kind": "finding",
    "what_happened": "Information was held in three places.",
    "why": "Each organisation saw only its own part.",
    "how_usual": "Practitioners say that it is usual.",
    "part_of_system": "working-together",
    "put_to_board": "How will the board know that information is shared?",
}
ACTION = {
    "findings": ["F1"],
    "outcome": "Nurses hear of every visit.",
    "what": "A daily list of visits is sent.",
    "agency": "northbridge-icb",
    "effect": "Fewer visits of which nobody knew.",
}
CHANGE = {
    "actions": ["A1"],
    "what": "Visits are known.",
    "kind": "audit",
    "measure": "Share of visits that were known.",
}


class TaughtCase:
    """A case of the board, told fact by fact."""

    def __init__(self, record: Record, reference: str = "NB-2031-001", board: str = "northbridge") -> None:
        self.record = record
        self.case = CaseRef(board=board, reference=reference)
        self._numbers = count(1)

    def tell(self, kind: str, item: str | None = None, /, **detail: Any) -> int:
        """One fact in a transition of its own; its sequence."""
        number = next(self._numbers)
        self.record.write(self.transition(number, kind, item, 0, **detail))
        return number

    def transition(self, number: int, kind: str, item: str | None, later: float, /, **detail: Any) -> Recording:
        """The transition of that sequence."""
        at = minutes(number + later)
        fact = Fact(kind=kind, at=at, by=REVIEWER, item=item, detail=detail)
        stage = self.case.stage_id("panel")
        return Recording(case=self.case, stage=stage, sequence=number, at=at, stage_title="t", facts=(fact,))

    def incident(self) -> None:
        """What the board was told: the example incident with its names."""
        event = json.loads((ROOT / "examples" / "incident.json").read_text("utf-8"))
        self.tell("incident-notified", event=event | {"subject": self.case.reference})

    def finding(self, item: str = "F1", **detail: Any) -> int:
        """A finding, entered or changed."""
        return self.tell("finding-entered", item, **(FINDING | detail))

    def accept(self, outcome: str = "accepted") -> None:
        """The board accepts the report."""
        self.tell("report-decided", outcome=outcome, reasons="discussed")

    def action(self, item: str = "A1", **detail: Any) -> None:
        """An action, planned or planned anew."""
        self.tell("action-planned", item, **(ACTION | detail))

    def change(self, item: str = "C1", **detail: Any) -> None:
        """A change that is expected."""
        self.tell("change-expected", item, **(CHANGE | detail))


def taught(record: Record, reference: str = "NB-2031-001", **detail: Any) -> TaughtCase:
    """A case with one finding of an accepted report."""
    case = TaughtCase(record, reference)
    case.finding(**detail)
    case.accept()
    return case
