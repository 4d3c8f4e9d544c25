"""Children first: the children's safety check. Runs day and night; no timer ever closes anything."""

from temporalio import workflow

from workflows.messages import BeginSafetyCheck
from workflows.report import Reporter
from workflows.shared_answers import SharedAnswers
from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case import StageReport
    from domain.command import Command, Receipt
    from domain.safety import ChildrenIdentified, SafetyState
    from domain.safety_commands import (
        AcknowledgeChild,
        DecideForChild,
        RecordAcceptance,
        RecordAllegation,
        RecordConference,
        RecordStrategyDiscussion,
        TellDesignatedOfficer,
    )
    from domain.stage import Stage


@workflow.defn(name="ChildrenSafetyCheck")
class ChildrenSafetyCheck(SharedAnswers):
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

    @workflow.update(name=AcknowledgeChild.FORM, description="Acknowledge that a child may be at risk")
    async def acknowledge_child(self, command: AcknowledgeChild) -> Receipt:
        """Somebody on duty has seen it."""
        return await self._take(command)

    @workflow.update(name=DecideForChild.FORM, description="Decide what is done for a child")
    async def decide_for_child(self, command: DecideForChild) -> Receipt:
        """Protection, strategy discussion, no further action with its reason, or cannot be traced."""
        return await self._take(command)

    @workflow.update(name=RecordStrategyDiscussion.FORM, description="Strategy discussion held, or why not")
    async def record_strategy_discussion(self, command: RecordStrategyDiscussion) -> Receipt:
        """Held when, or why not, and whether a conference follows."""
        return await self._take(command)

    @workflow.update(name=RecordConference.FORM, description="Child protection conference held, or why not")
    async def record_conference(self, command: RecordConference) -> Receipt:
        """Held when, or why not."""
        return await self._take(command)

    @workflow.update(name=RecordAcceptance.FORM, description="Another authority accepted the child in writing")
    async def record_acceptance(self, command: RecordAcceptance) -> Receipt:
        """Until the writing is there, the authority that found the child acts."""
        return await self._take(command)

    @workflow.update(name=RecordAllegation.FORM, description="Record an allegation against a member of staff")
    async def record_allegation(self, command: RecordAllegation) -> Receipt:
        """The designated officer is to be told within a working day."""
        return await self._take(command)

    @workflow.update(name=TellDesignatedOfficer.FORM, description="The designated officer was told")
    async def tell_designated_officer(self, command: TellDesignatedOfficer) -> Receipt:
        """When, and under which reference."""
        return await self._take(command)

    @acknowledge_child.validator
    def _may_acknowledge(self, command: AcknowledgeChild) -> None:
        self._shell.validate(command)

    @decide_for_child.validator
    def _may_decide(self, command: DecideForChild) -> None:
        self._shell.validate(command)

    @record_strategy_discussion.validator
    def _may_record_discussion(self, command: RecordStrategyDiscussion) -> None:
        self._shell.validate(command)

    @record_conference.validator
    def _may_record_conference(self, command: RecordConference) -> None:
        self._shell.validate(command)

    @record_acceptance.validator
    def _may_record_acceptance(self, command: RecordAcceptance) -> None:
        self._shell.validate(command)

    @record_allegation.validator
    def _may_record_allegation(self, command: RecordAllegation) -> None:
        self._shell.validate(command)

    @tell_designated_officer.validator
    def _may_tell_officer(self, command: TellDesignatedOfficer) -> None:
        self._shell.validate(command)

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
