"""Publication: the board's answers, the checks, the day, and the months for which the report stays available."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginPublication
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case import StageReport
    from domain.forms import OF_STAGE
    from domain.publication import PublicationState
    from domain.stage import Stage


@workflow.defn(name="Publication")
@takes(*OF_STAGE[PublicationState.STAGE])
class Publication(TakesAnswers):
    """The report is answered finding by finding, checked, announced, published, and stays available."""

    @workflow.init
    def __init__(self, order: BeginPublication) -> None:
        self._reporter = Reporter(order.case)
        self._shell: StageShell[PublicationState] = StageShell(
            order.carried
            or Stage[PublicationState](
                case=order.case,
                id=order.case.stage_id(PublicationState.STAGE),
                regime=order.regime,
                rules=order.rules,
                state=PublicationState.begun(order.accepted, order.available_months),
            )
        )

    @workflow.run
    async def run(self, order: BeginPublication) -> None:
        """Ask for the board's answers, keep the clocks before and after the day, and tell the case of the end."""
        await self._shell.begin(order.calendar, order.accepted.accepted_at)
        if order.carried is None:
            await self._shell.advance(self._shell.stage.state.opening(workflow.now()))
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(order.model_copy(update={"carried": self._shell.stage}))
            await self._shell.finish()
            await self._reporter.tell(StageReport(stage=PublicationState.STAGE, finished=True))
