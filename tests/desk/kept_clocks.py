"""Clocks of one stage in the record, computed as the stage itself computes them."""

from datetime import datetime
from typing import Any

from desk_cases import CALENDAR, REGIME
from learning_records import Told

from domain.clocks.book import ClockBook
from domain.clocks.need import ClockNeed
from domain.clocks.rule import ClockRule, FirstDay, Source, Strength, Unit
from domain.people import Role
from domain.record import CaseRef
from records.store import Record

CASE = CaseRef(board="northbridge", reference="NB-2026-501")


def rule(rule_id: str, amount: int, unit: Unit, **fields: Any) -> ClockRule:
    """A rule of that id."""
    given: dict[str, Any] = {
        "title": rule_id.replace("-", " ").capitalize(),
        "start_event": "it began",
        "first_day": FirstDay.DAY_AFTER,
        "strength": Strength.GUIDANCE,
        "source": Source(document="Working Together", paragraph="chapter 4"),
    }
    return ClockRule(id=rule_id, amount=amount, unit=unit, **given | fields)


class Kept:
    """A stage of a case whose clocks are told one by one."""

    def __init__(self, record: Record, *rules: ClockRule, case: CaseRef = CASE, stage: str = "decision/1") -> None:
        self.told = Told(record, case)
        self.rules = {each.id: each for each in (*REGIME.clock, *rules)}
        self.stage = stage
        self.book = ClockBook()
        self.needs: dict[str, ClockNeed] = {}

    def needed(self, at: datetime, rule_id: str, item: str | None = None, **fields: Any) -> str:
        """What the stage needs of this clock from then on; other fields stay as they were. Its id."""
        known = self.needs.get(rule_id if item is None else f"{rule_id}/{item}")
        whole: dict[str, Any] = {"rule": rule_id, "item": item, "started_at": at, "waiting_on": Role.BOARD_CHAIR}
        if known is not None:
            whole = known.model_dump()
        need = ClockNeed.model_validate(whole | fields)
        self.needs[need.id] = need
        self._kept(at)
        return need.id

    def dropped(self, at: datetime, clock: str) -> None:
        """The clock is not needed any more."""
        del self.needs[clock]
        self._kept(at)

    def _kept(self, at: datetime) -> None:
        self.book, changed = self.book.reconciled(self.needs.values(), self.rules, CALENDAR, at)
        self.told.moved(at, "it goes on", stage=self.stage, clocks=changed)
