"""The action plan: from the first day of a case until everything in it is at its end and the case closes."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginActionPlan
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.action_plan import ActionPlanState
    from domain.case_messages import StageReport
    from domain.command import Command, Receipt
    from domain.forms import OF_STAGE
    from domain.learning import AnswerWasWrong, FindingsAnswered
    from domain.stage import Stage
    from domain.stage_state import Transition


@workflow.defn(name="ActionPlan")
@takes(*OF_STAGE[ActionPlanState.STAGE])
class ActionPlan(TakesAnswers):
    """Actions from each accepted finding: planned, carried out, shown, verified by somebody else, reviewed."""

    @workflow.init
    def __init__(self, order: BeginActionPlan) -> None:
        self._reporter = Reporter(order.case)
        self._shell: StageShell[ActionPlanState] = StageShell(
            order.carried
            or Stage[ActionPlanState](
                case=order.case,
                id=order.case.stage_id(ActionPlanState.STAGE),
                regime=order.regime,
                rules=order.rules,
                vocabulary=order.vocabulary,
                state=ActionPlanState.begun(order.begun_at, order.actions, order.changes),
            )
        )

    @workflow.run
    async def run(self, order: BeginActionPlan) -> None:
        """Keep every action's clocks and the rhythm of review; end when the case closes and nothing is open."""
        if order.resumed and order.carried is None:
            await self._shell.resume()
        await self._shell.begin(order.calendar, order.begun_at)
        if order.carried is None:
            await self._shell.advance(self._shell.stage.state.opening(workflow.now()))
            await self._report()
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(order.model_copy(update={"carried": self._shell.stage}))
            await self._shell.finish(keep={})
            await self._report(finished=True)

    @workflow.signal(name="findings-answered", description="The board has answered every finding")
    async def findings_answered(self, message: FindingsAnswered) -> None:
        """From now on each accepted finding wants an action, or a reason why none."""
        await workflow.wait_condition(lambda: self._shell.ready)
        await self._became(*self._shell.stage.state.findings_answered(message, workflow.now()))

    @workflow.signal(name="answer-was-wrong", description="A change that was watched shows that actions were wrong")
    async def answer_was_wrong(self, message: AnswerWasWrong) -> None:
        """These actions are planned anew."""
        await workflow.wait_condition(lambda: self._shell.ready)
        await self._became(*self._shell.stage.state.answer_was_wrong(message, workflow.now()))

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

    async def _became(self, state: ActionPlanState, transition: Transition) -> None:
        self._shell.stage = self._shell.stage.with_state(state)
        await self._shell.advance(transition)
        await self._report()

    async def _report(self, *, finished: bool = False, again: bool = False) -> None:
        state = self._shell.stage.state
        report = StageReport(
            stage=ActionPlanState.STAGE,
            settled=state.settled,
            heard=state.response.answered_at,
            changes=state.signed_off_changes,
            finished=finished,
        )
        await self._reporter.tell(report, again=again)
