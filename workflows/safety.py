"""Children first: the children's safety check. Runs day and night; no timer ever closes anything."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginSafetyCheck
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case_messages import StageReport
    from domain.command import Command, Receipt
    from domain.forms import OF_STAGE
    from domain.safety import ChildrenIdentified, SafetyState
    from domain.stage import Stage


@workflow.defn(name="ChildrenSafetyCheck")
@takes(*OF_STAGE[SafetyState.STAGE])
class ChildrenSafetyCheck(TakesAnswers):
    """Every child who may be at risk is acknowledged, decided for and followed up."""

    @workflow.init
    def __init__(self, order: BeginSafetyCheck) -> None:
        self._number = order.number
        self._reporter = Reporter(order.case)
        self._shell: StageShell[SafetyState] = StageShell(
            order.carried
            or Stage[SafetyState](
                case=order.case,
                id=order.case.stage_id(SafetyState.STAGE, order.number),
                regime=order.regime,
                rules=order.rules,
                vocabulary=order.vocabulary,
                state=SafetyState(),
            )
        )

    @workflow.run
    async def run(self, order: BeginSafetyCheck) -> None:
        """Begin with the children known; watch until each is decided for and followed up; tell the case."""
        await self._shell.begin(order.calendar, order.since)
        if order.carried is None:
            await self._identify(order.children)
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(order.model_copy(update={"carried": self._shell.stage}))
            await self._shell.finish()
            await self._report(finished=True)

    @workflow.signal(name="children-identified", description="Children named later, or known to have died")
    async def children_identified(self, message: ChildrenIdentified) -> None:
        """Add children named later to this check."""
        await workflow.wait_condition(lambda: self._shell.ready)
        await self._identify(message)

    async def _take(self, command: Command) -> Receipt:
        receipt = await self._shell.take(command)
        await self._report()
        return receipt

    async def _identify(self, message: ChildrenIdentified) -> None:
        stage = self._shell.stage
        state, transition = stage.state.identified(message, workflow.now())
        self._shell.stage = stage.with_state(state)
        await self._shell.advance(transition)
        await self._report()

    async def _report(self, *, finished: bool = False) -> None:
        state = self._shell.stage.state
        await self._reporter.tell(
            StageReport(
                stage=SafetyState.STAGE,
                number=self._number,
                undecided=state.undecided,
                children=tuple(child.key for child in state.children),
                finished=finished,
            )
        )
