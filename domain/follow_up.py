"""What follows a review as the case sees it: its action plan, the changes that are watched, and the closing.

The case passes on between its stages what one of them has to tell another; here is kept what was passed on.
"""

from datetime import datetime
from typing import Self

from domain.case_messages import Progress, StageReport
from domain.learning import AnswerWasWrong, ChangesExpected, FindingsAnswered
from domain.model import Model

PLAN = "actions"
CHANGE = "change"


class Closing(Model):
    """The chair's decision to close the case."""

    decided_at: datetime
    retention: str
    """Class by which the record is kept."""


class Outgoing(Model):
    """A message that the case owes one of its stages."""

    stage: str
    signal: str
    body: FindingsAnswered | ChangesExpected | AnswerWasWrong | None = None


class FollowUp(Model):
    """The action plan, the monitoring of change and the closing as they stand."""

    retention_classes: tuple[str, ...] = ()
    """Ids of the classes that the regime knows."""
    plan: Progress = Progress.TO_COME
    plan_settled: bool = True
    """Whether every action is at its end, as the plan told last."""
    plan_heard: datetime | None = None
    """Of which answers to the findings the plan has told that it heard."""
    change: Progress = Progress.TO_COME
    change_settled: bool = True
    change_heard: datetime | None = None
    findings: FindingsAnswered | None = None
    findings_told: FindingsAnswered | None = None
    changes: ChangesExpected | None = None
    changes_told: ChangesExpected | None = None
    wrong: tuple[AnswerWasWrong, ...] = ()
    wrong_told: int = 0
    winding_up: tuple[str, ...] = ()
    """Stages that were told to end."""
    resuming: tuple[str, ...] = ()
    """Stages that go on as they stood when the case was closed, once they begin again."""
    settled_at: datetime | None = None
    """Since when nothing stands in the way of closing."""
    closing: Closing | None = None

    @property
    def settled(self) -> bool:
        """Whether the plan and the monitoring of change have heard everything and are at their ends."""
        heard_findings = self.findings is None or self.plan_heard == self.findings.answered_at
        heard_changes = self.changes is None or self.change_heard == self.changes.at
        told = self.outgoing() is None
        return told and heard_findings and heard_changes and self.plan_settled and self.change_settled

    @property
    def over(self) -> bool:
        """Whether the stages have ended, or never began."""
        return self.plan is not Progress.UNDER_WAY and self.change is not Progress.UNDER_WAY and not self.change_is_due

    @property
    def plan_is_due(self) -> bool:
        """Whether the action plan is to begin, or to go on after the case was opened again."""
        return self.plan is Progress.TO_COME

    @property
    def change_is_due(self) -> bool:
        """Whether there are changes to be watched, and nobody watches them yet."""
        return self.change is Progress.TO_COME and self.changes is not None

    def outgoing(self) -> Outgoing | None:
        """The next message that one of the stages has not been told."""
        if self.plan is Progress.UNDER_WAY and self.findings != self.findings_told:
            return Outgoing(stage=PLAN, signal="findings-answered", body=self.findings)
        if self.change is Progress.UNDER_WAY and self.changes != self.changes_told:
            return Outgoing(stage=CHANGE, signal="changes-expected", body=self.changes)
        if self.plan is Progress.UNDER_WAY and self.wrong_told < len(self.wrong):
            return Outgoing(stage=PLAN, signal="answer-was-wrong", body=self.wrong[self.wrong_told])
        return None

    def ending(self) -> Outgoing | None:
        """The next stage that is to be told that it may end, once the case closes."""
        for stage, progress in ((CHANGE, self.change), (PLAN, self.plan)):
            if progress is Progress.UNDER_WAY and stage not in self.winding_up:
                return Outgoing(stage=stage, signal="wind-up")
        return None

    def told(self, message: Outgoing) -> Self:
        """With that message passed on."""
        match message.body:
            case FindingsAnswered():
                return self._with(findings_told=message.body)
            case ChangesExpected():
                return self._with(changes_told=message.body)
            case AnswerWasWrong():
                return self._with(wrong_told=self.wrong_told + 1)
        return self._with(winding_up=(*self.winding_up, message.stage))

    def reported(self, report: StageReport) -> Self:
        """After a stage told how it stands. One that is not settled after all is not to end."""
        if report.findings is not None:
            return self._with(findings=report.findings)
        if report.stage not in (PLAN, CHANGE) or report.settled is None:
            return self
        name = "plan" if report.stage == PLAN else "change"
        changes: dict[str, object] = {f"{name}_settled": report.settled, f"{name}_heard": report.heard}
        if report.finished:
            changes[name] = Progress.OVER
        elif not report.settled:
            changes["winding_up"] = tuple(stage for stage in self.winding_up if stage != report.stage)
        if report.changes is not None:
            changes["changes"] = report.changes
        if len(report.wrong) > len(self.wrong):
            changes["wrong"] = report.wrong
        return self._with(**changes)

    def with_plan(self) -> Self:
        """With the plan under way."""
        return self._with(plan=Progress.UNDER_WAY, resuming=tuple(s for s in self.resuming if s != PLAN))

    def with_change(self, changes: ChangesExpected) -> Self:
        """With the monitoring of change under way; it began with these changes."""
        resuming = tuple(stage for stage in self.resuming if stage != CHANGE)
        under_way = Progress.UNDER_WAY
        return self._with(change=under_way, changes_told=changes, change_settled=False, resuming=resuming)

    def opened_again(self) -> Self:
        """Plan and monitoring are to go on as they stood when the case closed."""
        stages = {"plan": PLAN, "change": CHANGE}
        ended = [name for name in stages if getattr(self, name) is Progress.OVER]
        resuming = dict.fromkeys((*self.resuming, *(stages[name] for name in ended)))
        to_come = dict.fromkeys(ended, Progress.TO_COME)
        return self._with(**to_come, resuming=tuple(resuming), winding_up=(), closing=None, settled_at=None)

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update=changes)
