"""What a case does after its review: action plan, monitoring of change, keeping the record once it is closed."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, WorkflowAlreadyStartedError

from workflows.action_plan import ActionPlan
from workflows.change import ChangeMonitoring
from workflows.messages import (
    BeginActionPlan,
    BeginCase,
    BeginChangeMonitoring,
    BeginPanel,
    BeginPublication,
    BeginRetention,
)
from workflows.retention import RecordRetention
from workflows.stage import LOCALLY, PATIENTLY, StageShell

with workflow.unsafe.imports_passed_through():
    from domain.action_plan import ActionPlanState
    from domain.case import CaseState
    from domain.change import ChangeMonitoringState
    from domain.follow_up import FollowUp
    from domain.model import Model
    from domain.regime_change import PINNED
    from domain.regimes import Regime, RegimeAsked
    from domain.retention import RetentionState

Begin = BeginPanel | BeginPublication | BeginActionPlan | BeginChangeMonitoring | BeginRetention

BROUGHT_BACK: Final = timedelta(seconds=30)
"""In which a worker that begins anew replays such a stage. With a plan of a hundred actions on a busy machine that can
take longer than the server's own 10 seconds; it would be begun again and again, for ever."""


class FollowsUp:
    """The part of a case that begins what follows its review, and tells its stages what they have to know."""

    _order: BeginCase
    _shell: StageShell[CaseState]
    _regime: Regime | None

    @property
    def _pinned(self) -> Regime:
        assert self._regime is not None, "the regime is pinned when the case is opened"  # noqa: S101
        return self._regime

    @property
    def _by_its_rules(self) -> dict[str, Any]:
        """What every stage of the case begins with."""
        return {
            "case": self._order.case,
            "regime": self._pinned.id,
            "calendar": self._pinned.calendar,
            "rules": self._pinned.clock,
            "vocabulary": self._pinned.vocabulary,
            "bodies": self._pinned.bodies,
        }

    async def _expect_follow_up(self) -> None:
        """The case is to have an action plan and is asked the quality markers, by rules that know of them."""
        state = self._shell.stage.state
        if state.follow_up is not None:
            return
        if not any(rule.id == CaseState.CLOSES_BY for rule in self._pinned.clock):
            current = await self._load_regime("Load what the pinned regime lacks: rules of action plans")
            self._regime = self._pinned.completed_by(current)
            self._shell.stage = self._shell.stage.model_copy(update={"rules": self._regime.clock})
        state = state.followed_up(self._pinned.marker, self._pinned.retention)
        self._shell.stage = self._shell.stage.with_state(state)

    async def _follow_up(self) -> None:
        """Begin the action plan and the monitoring of change when they are due, and pass on what they have to know."""
        follow_up = self._shell.stage.state.follow_up
        if follow_up is None or self._shell.stage.state.closed_at is not None:
            return
        if follow_up.plan_is_due:
            await self._begin_action_plan()
        if follow_up.change_is_due:
            await self._begin_change_monitoring()
        while (message := self._shell.stage.state.outgoing) is not None:
            body = () if message.body is None else (message.body,)
            if not await self._tell(self._order.case.stage_id(message.stage), message.signal, *body):
                return  # an operator ended the stage; it is tried again with the next report
            self._followed(self._expected.told(message))

    @property
    def _expected(self) -> FollowUp:
        """What follows as it stands now: read anew after every wait."""
        follow_up = self._shell.stage.state.follow_up
        assert follow_up is not None, "asked only where something follows"  # noqa: S101
        return follow_up

    def _followed(self, follow_up: FollowUp) -> None:
        self._shell.stage = self._shell.stage.with_state(self._shell.stage.state.with_follow_up(follow_up))

    async def _begin_action_plan(self) -> None:
        order = BeginActionPlan(
            **self._by_its_rules,
            actions=self._pinned.actions,
            changes=self._pinned.changes,
            begun_at=workflow.now(),
            resumed=ActionPlanState.STAGE in self._expected.resuming,
        )
        await self._begin(ActionPlan.run, order, ActionPlanState.STAGE, "action plan")
        self._followed(self._expected.with_plan())

    async def _begin_change_monitoring(self) -> None:
        changes = self._expected.changes
        assert changes is not None, "due when there are changes"  # noqa: S101
        order = BeginChangeMonitoring(
            **self._by_its_rules,
            changes=self._pinned.changes,
            expected=changes,
            resumed=ChangeMonitoringState.STAGE in self._expected.resuming,
        )
        await self._begin(ChangeMonitoring.run, order, ChangeMonitoringState.STAGE, "change monitoring")
        self._followed(self._expected.with_change(changes))
        await self._asked_markers(ChangeMonitoringState.STAGE)

    async def _asked_markers(self, stage: str) -> None:
        """The quality markers of a stage are asked at its beginning."""
        state, transition = self._shell.stage.state.asking(stage, workflow.now())
        if state != self._shell.stage.state:
            self._shell.stage = self._shell.stage.with_state(state)
            await self._shell.advance(transition)

    async def _keep_record(self, retention: str) -> None:
        """A stage of its own keeps the record of the closed case, for decades, and has it looked at again."""
        kept_by = next((known for known in self._pinned.retention if known.id == retention), None)
        if kept_by is None:
            return
        stage = self._shell.stage
        order = BeginRetention(
            **self._by_its_rules,
            classes=self._pinned.retention,
            retention=retention,
            closed_at=stage.state.closed_at or workflow.now(),
        )
        await self._begin(RecordRetention.run, order, RetentionState.STAGE, "retention of the record")

    async def _keep_record_again(self) -> None:
        """The case is open again: its record is not up for destruction any more."""
        await self._tell(self._order.case.stage_id(RetentionState.STAGE), "case-reopened")

    async def _load_regime(self, why: str, regime: str = "") -> Regime:
        """The rules of that regime, or of the one that the case has. Raises ``ApplicationError`` (``Refused``)."""
        try:
            found: Regime = await workflow.execute_local_activity(
                "load_regime",
                RegimeAsked(regime=regime or self._order.regime, board=self._order.case.board),
                result_type=Regime,
                start_to_close_timeout=LOCALLY,
                retry_policy=PATIENTLY,
                summary=why,
            )
        except ActivityError as error:
            if not regime or not isinstance(error.cause, ApplicationError):
                raise
            text = f"These rules cannot be used: {error.cause.message}."
            raise ApplicationError(text, "regime-usable", PINNED, type="Refused", non_retryable=True) from error
        return found

    async def _begin(self, run: Any, order: Begin, stage: str, words: str) -> None:
        with suppress(WorkflowAlreadyStartedError):
            await workflow.start_child_workflow(
                run,
                order,
                id=order.case.stage_id(stage),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                task_timeout=BROUGHT_BACK,
                static_summary=f"{order.case.reference}: {words}",
            )

    async def _tell(self, stage_id: str, message: str, *body: Model) -> bool:
        """Whether the stage was there to be told; one that has just ended is begun again by the caller."""
        try:
            await workflow.get_external_workflow_handle(stage_id).signal(message, args=body)
        except FailureError:
            return False
        return True
