"""Deciding on a review: from the criteria to the chair's decision and the notices of it."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginDecision
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case_messages import StageReport
    from domain.command import Command, Receipt
    from domain.decision import FactsChanged, ReviewDecisionState
    from domain.forms import OF_STAGE
    from domain.record import Fact
    from domain.stage import Stage
    from domain.stage_state import Transition


@workflow.defn(name="ReviewDecision")
@takes(*OF_STAGE[ReviewDecisionState.STAGE])
class ReviewDecision(TakesAnswers):
    """The chair decides in time, with a reason for each limb, and everybody who must know is told."""

    @workflow.init
    def __init__(self, order: BeginDecision) -> None:
        self._number = order.number
        self._reporter = Reporter(order.case)
        self._shell: StageShell[ReviewDecisionState] = StageShell(
            order.carried
            or Stage[ReviewDecisionState](
                case=order.case,
                id=order.case.stage_id(ReviewDecisionState.STAGE, order.number),
                regime=order.regime,
                rules=order.rules,
                vocabulary=order.vocabulary,
                state=ReviewDecisionState.begun(order.criteria, order.notices, order.because, order.since, order.facts),
            )
        )

    @workflow.run
    async def run(self, order: BeginDecision) -> None:
        """Put the case to the criteria, ask the agencies and the sub-group; end when all who must know are told."""
        await self._shell.begin(order.calendar, order.since)
        if order.carried is None:
            await self._shell.advance(self._shell.stage.state.opening(workflow.now()))
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(order.model_copy(update={"carried": self._shell.stage}))
            await self._shell.finish()
            await self._report(finished=True)

    @workflow.signal(name="facts-changed", description="Facts, outcomes or agencies became known")
    async def facts_changed(self, message: FactsChanged) -> None:
        """Put what came in to the criteria; ask agencies that were not known before."""
        await workflow.wait_condition(lambda: self._shell.ready)
        stage = self._shell.stage
        state, transition = stage.state.changed(message, workflow.now())
        self._shell.stage = stage.with_state(state)
        await self._shell.advance(transition)
        await self._report()

    @workflow.signal(name="decision-overtaken", description="Another decision takes this one's place")
    async def decision_overtaken(self) -> None:
        """Its notices still go out; nothing more is asked."""
        await workflow.wait_condition(lambda: self._shell.ready)
        stage = self._shell.stage
        self._shell.stage = stage.with_state(stage.state.superseded())
        fact = Fact(kind="decision-overtaken", at=workflow.now())
        await self._shell.advance(Transition(facts=(fact,)))

    async def _take(self, command: Command) -> Receipt:
        receipt = await self._shell.take(command)
        await self._report()
        return receipt

    async def _report(self, *, finished: bool = False) -> None:
        state = self._shell.stage.state
        report = StageReport(
            stage=ReviewDecisionState.STAGE,
            number=self._number,
            outcome=state.decision and state.decision.outcome,
            decided_at=state.decision and state.decision.at,
            answers=state.answers,
            overtaken=state.overtaken,
            finished=finished,
        )
        if report.outcome is not None or finished:
            await self._reporter.tell(report)
