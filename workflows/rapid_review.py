"""England now: from the notification of an incident to the decision on a local review and the notices of it."""

from temporalio import workflow

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginRapidReview
from workflows.report import Reporter
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case_messages import StageReport
    from domain.command import Command, Receipt
    from domain.decision import FactsChanged
    from domain.forms import OF_STAGE
    from domain.rapid_review import RapidReviewState
    from domain.record import Fact
    from domain.stage import Stage
    from domain.stage_state import Transition


@workflow.defn(name="RapidReview")
@takes(*OF_STAGE[RapidReviewState.STAGE])
class RapidReview(TakesAnswers):
    """The authority notifies, three partners agree, the national panel answers, and it is decided with all notices."""

    @workflow.init
    def __init__(self, order: BeginRapidReview) -> None:
        self._number = order.number
        self._reporter = Reporter(order.case)
        self._shell: StageShell[RapidReviewState] = StageShell(
            order.carried
            or Stage[RapidReviewState](
                case=order.case,
                id=order.case.stage_id(RapidReviewState.STAGE, order.number),
                regime=order.regime,
                rules=order.rules,
                vocabulary=order.vocabulary,
                state=RapidReviewState.begun(order.begins),
            )
        )

    @workflow.run
    async def run(self, order: BeginRapidReview) -> None:
        """Put the case to the criteria, ask authority and agencies; end when all who must know are told."""
        await self._shell.begin(order.calendar, min(order.begins.since, order.begins.aware_at))
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
            stage=RapidReviewState.STAGE,
            number=self._number,
            outcome=state.outcome,
            decided_at=state.decided_at,
            answers=state.answers,
            overtaken=state.overtaken,
            notification=state.notification,
            finished=finished,
        )
        if report.outcome is not None or finished:
            await self._reporter.tell(report)
