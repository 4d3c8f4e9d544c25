"""Keeping the record of a closed case for decades, and its destruction once two people have agreed on it."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.answers import TakesAnswers, takes
from workflows.messages import BeginRetention
from workflows.stage import PATIENTLY, StageShell

with workflow.unsafe.imports_passed_through():
    from domain.clocks.calendar import Calendar
    from domain.command import Command
    from domain.destruction import DestroyRecord, RecordDestroyed
    from domain.forms import OF_STAGE
    from domain.retention import RetentionState
    from domain.retention_refusals import refuses_over
    from domain.stage import Stage
    from domain.stage_state import Transition

DESTROYING = timedelta(minutes=30)


class CalendarEnds(Exception):
    """Days are needed that this version's calendar does not know; the workflow waits for a newer version."""


class RetentionShell(StageShell[RetentionState]):
    """A stage whose first clock may begin decades from now: until then it looks again from time to time."""

    def _next(self) -> tuple[datetime, str] | None:
        look = self.stage.state.looks_again_at
        instants = (super()._next(), (look, "The review of the record's keeping comes nearer") if look else None)
        return min((instant for instant in instants if instant is not None), default=None)

    async def _instant_came(self) -> None:
        look, now = self.stage.state.looks_again_at, workflow.now()
        if look is not None and look <= now:
            self.stage = self.stage.with_state(self.stage.state.looked_again(now))
            await self.advance(Transition())
        await super()._instant_came()

    def _over(self) -> bool:
        """What is agreed on is carried out even while letters wait: they go with the record."""
        return super()._over() or (self.stage.state.to_be_destroyed and not self._posting)

    async def _load_calendar(self, first_year: int, last_year: int) -> Calendar:
        """As ever; but a calendar that ends too early must not end the keeping of a record."""
        try:
            return await super()._load_calendar(first_year, last_year)
        except ActivityError as error:
            raise CalendarEnds(f"no calendar from {first_year} to {last_year}") from error

    def _check(self, command: Command) -> None:
        """While the record is being destroyed nothing is taken, not even what every stage takes."""
        refusal = refuses_over(self.stage.state) if self.stage.receipt(command) is None else None
        if refusal is not None:
            raise ApplicationError(refusal.text, refusal.code, refusal.source, type="Refused", non_retryable=True)
        super()._check(command)

    async def begin_keeping(self, order: BeginRetention) -> None:
        """From the civil day of the closing on; a record that was kept before goes on with its legal holds."""
        assert self._calendar is not None, "begun before"  # noqa: S101
        closing = (order.classes, order.retention, order.closed_at, self._calendar.day_of(order.closed_at))
        before = self.stage.state
        state = before.begun_again(*closing) if self.stage.sequence else before.begun(*closing)
        self.stage = self.stage.model_copy(update={"state": state, "rules": order.rules})
        await self.advance(state.opening(workflow.now()))

    async def leave(self) -> None:
        """Show the end of the stage. Nothing of it is recorded any more."""
        assert self._calendar is not None, "begun before"  # noqa: S101
        self.stage, recording = await self._advanced(Transition(), self._calendar, finished=True)
        self._show(recording.tasks)


@workflow.defn(name="RecordRetention")
@takes(*OF_STAGE[RetentionState.STAGE])
class RecordRetention(TakesAnswers):
    """The record is kept as its class says, reviewed, and destroyed only by two people and under no legal hold."""

    _shell: RetentionShell

    @workflow.init
    def __init__(self, order: BeginRetention) -> None:
        begun = RetentionState.begun(order.classes, order.retention, order.closed_at, order.closed_at.date())
        self._shell = RetentionShell(
            order.carried
            or Stage[RetentionState](
                case=order.case,
                id=order.case.stage_id(RetentionState.STAGE),
                regime=order.regime,
                rules=order.rules,
                vocabulary=order.vocabulary,
                state=begun,
            )
        )

    @workflow.run
    async def run(self, order: BeginRetention) -> None:
        """Wait for the day of the review, for decades; end when the record is destroyed or the case is open again."""
        if order.carried is None:
            await self._shell.resume()
        await self._shell.begin(order.calendar, order.closed_at)
        if order.carried is None:
            await self._shell.begin_keeping(order)
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(order.model_copy(update={"carried": self._shell.stage}))
            # Nothing awaits from here to the beginning of the destruction: a legal hold that came before stops it.
            destruction = self._state.destruction(order.case)
            if destruction is None:
                await self._shell.finish(keep={})
            elif await self._destroyed(destruction):
                return

    @workflow.signal(name="case-reopened", description="The case is open again")
    async def case_reopened(self) -> None:
        """Its record is not up for review or destruction any more."""
        await workflow.wait_condition(lambda: self._shell.ready)
        if not self._state.destruction_begun:
            await self._end_with_reopening()

    async def _destroyed(self, order: DestroyRecord) -> bool:
        """Destroy the record; ``False`` where the case turned out to be open again."""
        self._become(self._state.destroying())
        try:
            destroyed = await workflow.execute_activity(
                "destroy_record",
                order,
                result_type=RecordDestroyed,
                start_to_close_timeout=DESTROYING,
                retry_policy=PATIENTLY,
                summary="Destroy the record of the case",
            )
        except ActivityError as error:
            if not isinstance(error.cause, ApplicationError) or error.cause.type != "CaseOpen":
                raise
            await self._end_with_reopening()
            return False
        self._become(self._state.destroyed(destroyed.at))
        await self._shell.leave()
        return True

    async def _end_with_reopening(self) -> None:
        state, transition = self._state.case_reopened(workflow.now())
        if state != self._state:
            self._become(state)
            await self._shell.advance(transition)

    def _become(self, state: RetentionState) -> None:
        self._shell.stage = self._shell.stage.with_state(state)

    @property
    def _state(self) -> RetentionState:
        return self._shell.stage.state
