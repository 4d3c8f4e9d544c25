"""The review itself: from the panel's convening to the board's acceptance of the report."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginPanel
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case_messages import StageReport
    from domain.command import Command, Receipt
    from domain.forms import OF_STAGE
    from domain.panel import PanelReviewState
    from domain.stage import Stage


@workflow.defn(name="PanelReview")
@takes(*OF_STAGE[PanelReviewState.STAGE])
class PanelReview(TakesAnswers):
    """Panel, terms of reference, agencies' reports, findings, the report, its acceptance by the board."""

    @workflow.init
    def __init__(self, order: BeginPanel) -> None:
        self._reporter = Reporter(order.case)
        self._shell: StageShell[PanelReviewState] = StageShell(
            order.carried
            or Stage[PanelReviewState](
                case=order.case,
                id=order.case.stage_id(PanelReviewState.STAGE),
                regime=order.regime,
                rules=order.rules,
                vocabulary=order.vocabulary,
                state=PanelReviewState.begun(order.decided_at, order.involved, order.quorum_percent, order.bodies),
            )
        )

    @workflow.run
    async def run(self, order: BeginPanel) -> None:
        """Ask for a panel, keep the review's clocks, and hand the accepted report to the case."""
        await self._shell.begin(order.calendar, order.decided_at)
        if order.carried is None:
            await self._shell.advance(self._shell.stage.state.opening())
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(order.model_copy(update={"carried": self._shell.stage}))
            await self._shell.finish()
            await self._report(finished=True)

    async def _take(self, command: Command) -> Receipt:
        receipt = await self._shell.take(command)
        state = self._shell.stage.state
        if state.done():
            await self._report()
        elif state.appointments.complete and workflow.patched("tells-when-convened"):
            await self._reporter.tell(StageReport(stage=PanelReviewState.STAGE, convened=True))
        return receipt

    async def _report(self, *, finished: bool = False) -> None:
        """Publication begins with the accepted report; it does not wait for this stage's last letters."""
        accepted = self._shell.stage.state.accepted()
        await self._reporter.tell(StageReport(stage=PanelReviewState.STAGE, accepted=accepted, finished=finished))
