"""Publication: the board's answers, the checks, the day, and the months for which the report stays available."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginPublication
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case_messages import StageReport
    from domain.command import Command, Receipt
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
                vocabulary=order.vocabulary,
                state=PublicationState.begun(order.accepted, order.available_months, order.bodies),
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
            await self._report(finished=True)

    async def _take(self, command: Command) -> Receipt:
        receipt = await self._shell.take(command)
        state = self._shell.stage.state
        # One mark for each form: a publication that was under way before tells its case at the next form it takes.
        if (state.answered or state.settled) and workflow.patched(f"tells-its-case/{command.FORM}"):
            await self._report()
        return receipt

    async def _report(self, *, finished: bool = False) -> None:
        """The action plan goes on from the board's answers; a case is closed only once the report is out."""
        state = self._shell.stage.state
        stage = PublicationState.STAGE
        report = StageReport(stage=stage, published=state.settled, findings=state.answered, finished=finished)
        await self._reporter.tell(report)
