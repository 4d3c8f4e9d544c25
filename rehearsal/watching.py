"""Watching until practice has changed: one change that lasts, one answer that was wrong, the closing of the case."""

from datetime import timedelta
from typing import Any

from domain.clocks.arithmetic import add_months
from domain.people import Role
from domain.record import CaseRef
from rehearsal.acting import Acting
from rehearsal.diary import Diary
from rehearsal.service import Rehearsal

SEEN = {3: "38", 6: "62", 12: "84", 24: "88"}
"""Of the first change, in per cent, by months; the target is 80."""
AFTERWARDS = "86"
RETENTION = "safeguarding-30"


class Watching:
    """The monitoring of change in one case."""

    def __init__(self, stage: Rehearsal, case: CaseRef, acting: Acting, diary: Diary) -> None:
        self.stage = stage
        self.case = case
        self.acting = acting
        self.diary = diary
        self.change = case.stage_id("change")

    def enter(self) -> None:
        """What will be seen of the changes of the first plan, by its dates."""
        for number, (months, figure) in enumerate(SEEN.items(), start=1):
            day = add_months(self.acting.due, months)
            late = timedelta(days=9 if months == 6 else -2)
            self.diary.on(day + late, self._observed("C1", number, figure))
        self.diary.on(add_months(self.acting.due, 24) + timedelta(days=10), lambda: self._close("C1"))
        self.diary.on(add_months(self.acting.due, 3) - timedelta(days=2), self._wrong)

    def _observed(self, change: str, number: int, figure: str) -> Any:
        async def observe() -> None:
            await self._observe(change, number, figure)
            await self.stage.pass_days(4)
            better = "improved" if float(figure) > 40 else "no-change"
            await self._judge(change, number, judgement=better, reason="Compared with the baseline.")

        return observe

    async def _observe(self, change: str, number: int, figure: str = "") -> None:
        seen: dict[str, Any] = {"observed_on": (await self.stage.now()).date(), "seen": "Thirty, drawn at random."}
        if figure:
            await self._give("record-observation", Role.BUSINESS_MANAGER, f"{change}/{number}", value=figure, **seen)
        else:
            await self._give("record-observation", Role.AGENCY_LEAD, f"{change}/{number}", "northbridge-cs", **seen)

    async def _judge(self, change: str, number: int, **judged: Any) -> None:
        await self._give("judge-change", Role.SUB_GROUP, f"{change}/{number}", **judged)

    async def _wrong(self) -> None:
        """Children say that letters made them afraid of trouble: the answer was wrong, and is planned anew."""
        await self._observe("C2", 1)
        await self.stage.pass_days(3)
        why = "Children were afraid of trouble after the letters."
        await self._judge("C2", 1, judgement="unintended-consequence", reason=why, answer_was_wrong=True)
        await self.acting.plan_anew()
        taken_over: dict[str, Any] = {"outcome": "re-planned", "by": "C3", "reason": "The answer was wrong."}
        await self.stage.pass_days(1)
        await self._give("close-change", Role.BOARD_CHAIR, "C2", **taken_over)
        signed_off = (await self.stage.now()).date()
        due = self.stage.dates_of(self.case, "C3")
        for number, day in enumerate(due, start=1):
            self.diary.on(max(day - timedelta(days=1), signed_off), self._heard("C3", number, number > 1))
        self.diary.on(due[-1] + timedelta(days=10), lambda: self._close("C3"))

    def _heard(self, change: str, number: int, met: bool) -> Any:
        async def hear() -> None:
            await self._observe(change, number)
            await self.stage.pass_days(3)
            shown = "improved" if met else "cannot-tell"
            await self._judge(change, number, judgement=shown, reason="What children said.", target_met=met)

        return hear

    async def _close(self, change: str) -> None:
        """The chair closes what was sustained; a year later it is looked at once more."""
        lasting = {"outcome": "sustained", "reason": "Met at consecutive dates, long enough apart."}
        await self._give("close-change", Role.BOARD_CHAIR, change, **lasting)
        day = (await self.stage.now()).date()
        self.diary.on(add_months(day, 12) - timedelta(days=3), lambda: self._once_more(change))

    async def _once_more(self, change: str) -> None:
        await self._observe(change, 5, AFTERWARDS if change == "C1" else "")
        await self.stage.pass_days(2)
        met = {} if change == "C1" else {"target_met": True}
        await self._judge(change, 5, judgement="improved", reason="It has lasted.", **met)

    async def close_case(self) -> None:
        """Everything is at its end: the last quality marker is judged, and the chair closes the case."""
        await self.stage.pass_days(4)
        said = {"judgement": "What changed was watched for years, and one answer was found wrong and planned anew."}
        await self.stage.answer(self.case.workflow_id, "judge-marker", Role.BUSINESS_MANAGER, item="qm-18", **said)
        closed = {
            "summary": "Organisations bring together what they know, and children are asked.",
            "retention": RETENTION,
        }
        await self.stage.answer(self.case.workflow_id, "close-case", Role.BOARD_CHAIR, **closed)
        await self.stage.pass_days(1)

    async def _give(self, form: str, role: Role, item: str, agency: str | None = None, **answer: Any) -> None:
        await self.stage.give(self.change, form, role, answer, item=item, agency=agency)
