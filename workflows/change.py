"""Watching until practice has really changed: observations, judgements and the closing of expected changes."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginChangeMonitoring
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case_messages import StageReport
    from domain.change import ChangeMonitoringState
    from domain.command import Command, Receipt
    from domain.forms import OF_STAGE
    from domain.learning import ChangesExpected
    from domain.stage import Stage


@workflow.defn(name="ChangeMonitoring")
@takes(*OF_STAGE[ChangeMonitoringState.STAGE])
class ChangeMonitoring(TakesAnswers):
    """For years: what was expected to change is looked at, judged by others than those who acted, and closed."""

    @workflow.init
    def __init__(self, order: BeginChangeMonitoring) -> None:
        self._reporter = Reporter(order.case)
        self._shell: StageShell[ChangeMonitoringState] = StageShell(
            order.carried
            or Stage[ChangeMonitoringState](
                case=order.case,
                id=order.case.stage_id(ChangeMonitoringState.STAGE),
                regime=order.regime,
                rules=order.rules,
                vocabulary=order.vocabulary,
                state=ChangeMonitoringState.begun(order.changes),
            )
        )

    @workflow.run
    async def run(self, order: BeginChangeMonitoring) -> None:
        """Keep the clock of every observation; end when the case closes and every change is at its end."""
        if order.resumed and order.carried is None:
            await self._shell.resume()
        await self._shell.begin(order.calendar, order.expected.at)
        if order.carried is None:
            await self._take_over(order.expected)
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(order.model_copy(update={"carried": self._shell.stage}))
            await self._shell.finish(keep={})
            await self._report(finished=True)

    @workflow.signal(name="changes-expected", description="The plan was signed off anew")
    async def changes_expected(self, message: ChangesExpected) -> None:
        """Watch these changes as well, or as they are expected now."""
        await workflow.wait_condition(lambda: self._shell.ready)
        await self._take_over(message)

    @workflow.signal(name="wind-up", description="The case closes")
    async def wind_up(self) -> None:
        """End, unless something is open after all; then the case is told so."""
        await workflow.wait_condition(lambda: self._shell.ready)
        self._shell.stage = self._shell.stage.with_state(self._shell.stage.state.winding_up())
        if not self._shell.stage.state.ended:
            await self._report(again=True)

    async def _take(self, command: Command) -> Receipt:
        receipt = await self._shell.take(command)
        await self._report()
        return receipt

    async def _take_over(self, message: ChangesExpected) -> None:
        stage = self._shell.stage
        state, transition = stage.state.changes_expected(message, workflow.now())
        self._shell.stage = stage.with_state(state)
        await self._shell.advance(transition)
        await self._report()

    async def _report(self, *, finished: bool = False, again: bool = False) -> None:
        state = self._shell.stage.state
        report = StageReport(
            stage=ChangeMonitoringState.STAGE,
            settled=state.settled,
            heard=state.heard,
            wrong=state.wrong,
            finished=finished,
        )
        await self._reporter.tell(report, again=again)
