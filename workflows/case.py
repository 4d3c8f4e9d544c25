"""The case: children first, then the decision, then (from the chair's decision on) the review itself."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from workflows.answers import TakesAnswers, takes
from workflows.decision import ReviewDecision
from workflows.following import FollowsUp
from workflows.messages import (
    BeginCase,
    BeginDecision,
    BeginPanel,
    BeginPublication,
    BeginRapidReview,
    BeginSafetyCheck,
)
from workflows.panel import PanelReview
from workflows.publication import Publication
from workflows.rapid_review import RapidReview
from workflows.safety import ChildrenSafetyCheck
from workflows.stage import LOCALLY, PATIENTLY, StageShell

with workflow.unsafe.imports_passed_through():
    from domain.case import CaseState
    from domain.case_commands import Challenge, CloseCase, ReopenCase
    from domain.case_messages import Onward, StageReport
    from domain.command import Command, Receipt
    from domain.decision import ReviewDecisionState
    from domain.forms import OF_STAGE
    from domain.incident import IncidentEvent
    from domain.panel import PanelReviewState
    from domain.publication import PublicationState
    from domain.rapid_review import RapidReviewBegins, RapidReviewState
    from domain.record import Fact, Restored
    from domain.regime_change import MoveToRegime, RegimeChanged, refuses_move
    from domain.regimes import Regime
    from domain.safety import SafetyState
    from domain.stage import Stage
    from domain.stage_state import Transition


@workflow.defn(name="SeriousCaseReview")
@takes(*OF_STAGE[CaseState.STAGE])
class SeriousCaseReview(TakesAnswers, FollowsUp):
    """One case from the first notice of an incident. Its stages are workflows of their own."""

    @workflow.init
    def __init__(self, order: BeginCase) -> None:
        self._order = order
        self._regime: Regime | None = order.pinned
        self._one_at_a_time = asyncio.Lock()
        self._shell: StageShell[CaseState] = StageShell(
            order.carried
            or Stage[CaseState](
                case=order.case, id=order.case.workflow_id, regime=order.regime, rules=(), state=CaseState()
            )
        )

    @workflow.run
    async def run(self, order: BeginCase) -> None:
        """Take in what is told, begin the stages that follow from it, and close when nothing remains."""
        await self._restore()
        await self._pin_regime()
        await self._shell.begin(self._pinned.calendar, workflow.now())
        while not self._shell.ended:
            if not await self._shell.over():
                workflow.continue_as_new(
                    BeginCase(case=order.case, regime=self._pinned.id, carried=self._shell.stage, pinned=self._regime)
                )
            if self._shell.stage.state.closed_at is None:
                await self._close()
            else:
                await self._shell.finish(keep={"regime": self._pinned.model_dump(mode="json")})

    @workflow.signal(name="receive-incident-event", description="An incident event, first or further")
    async def receive_incident_event(self, event: IncidentEvent) -> None:
        """Take the event in once, make the children safe, and decide on a review."""
        await workflow.wait_condition(lambda: self._shell.ready)
        async with self._one_at_a_time:
            follows = self._shell.stage.state.follow_up is not None or workflow.patched("action-plan")
            if follows:
                await self._expect_follow_up()
            stage = self._shell.stage
            closed = stage.state.closed_at is not None
            taken_in = stage.state.received(event, self._pinned.criterion, workflow.now())
            if taken_in is None:
                return
            state, transition, onward = taken_in
            self._shell.stage = stage.with_state(state)
            await self._shell.advance(transition)
            await self._make_children_safe(onward)
            await self._decide_on_review(onward)
            if closed:
                await self._keep_record_again()
            if follows:
                await self._follow_up()

    @workflow.signal(name="stage-reported", description="A stage tells how it stands")
    async def stage_reported(self, report: StageReport) -> None:
        """Note it, and with it where the whole case stands."""
        await workflow.wait_condition(lambda: self._shell.ready)
        stage = self._shell.stage
        state, transition = stage.state.reported(report, workflow.now())
        if state != stage.state:
            self._shell.stage = stage.with_state(state)
            await self._shell.advance(transition)
        async with self._one_at_a_time:
            stage = self._shell.stage
            if stage.state.is_overtaken(report):
                self._shell.stage = stage.with_state(stage.state.deciding_again())
                await self._begin_decision("what is known has changed", workflow.now())
            await self._go_on()
            await self._follow_up()

    async def _take(self, command: Command) -> Receipt:
        """What is answered about the case as a whole may begin or end stages."""
        if isinstance(command, MoveToRegime):
            return await self._move_to_regime(command)
        if not isinstance(command, Challenge | CloseCase | ReopenCase):
            return await self._shell.take(command)
        # A closed case that is opened by this command is only being restored: until then it looks open.
        await workflow.wait_condition(lambda: self._shell.ready)
        async with self._one_at_a_time:
            closed = self._shell.stage.state.closed_at is not None
            receipt = await self._shell.take(command)
            if receipt.changed:
                if closed:
                    await self._keep_record_again()
                await self._decide_again_after(command)
                await self._follow_up()
        return receipt

    async def _decide_again_after(self, command: Challenge | CloseCase | ReopenCase) -> None:
        """The decision on a review opens again, with a record of its own, where the command opened it."""
        if isinstance(command, Challenge):
            await self._begin_decision("the national panel challenged the decision", command.received_at)
        elif isinstance(command, ReopenCase) and self._shell.stage.state.outcome is None:
            await self._begin_decision("the case was opened again", command.received_at)

    async def _move_to_regime(self, command: MoveToRegime) -> Receipt:
        """The case and every stage that runs go on by the other rules; a rule that has to hold first is refused."""
        await workflow.wait_condition(lambda: self._shell.ready)
        async with self._one_at_a_time:
            if (given := self._shell.stage.receipt(command)) is not None:
                return given
            other = await self._load_regime("Load the rules that the case is to move to", command.regime)
            if (refusal := refuses_move(self._pinned, other)) is not None:
                raise ApplicationError(refusal.text, refusal.code, refusal.source, type="Refused", non_retryable=True)
            receipt = await self._shell.take(command)
            self._regime = other
            change = RegimeChanged.to(other)
            await self._shell.change_rules(change)
            for stage in self._shell.stage.state.stages_begun:
                await self._tell(self._order.case.stage_id(*stage), "regime-changed", change)
        return receipt

    async def _restore(self) -> None:
        """A case that was closed goes on as it stood, with the rules it was pinned to."""
        if self._order.carried is not None:
            return
        restored = await workflow.execute_local_activity(
            "restore_case",
            self._order.case,
            result_type=Restored,
            start_to_close_timeout=LOCALLY,
            retry_policy=PATIENTLY,
            summary="Ask the record whether the case was closed before",
        )
        if restored.snapshot is not None:
            self._shell.stage = Stage[CaseState].model_validate(restored.snapshot["stage"])
            self._regime = Regime.model_validate(restored.snapshot["regime"])

    async def _pin_regime(self) -> None:
        """The rules as they are now, in history: a later edition does not move this case's dates."""
        if self._regime is None:
            self._regime = await self._load_regime("Pin the regime")
        state = self._shell.stage.state.model_copy(update={"process": self._regime.process})
        pinned = {"rules": self._regime.clock, "vocabulary": self._regime.vocabulary, "state": state}
        self._shell.stage = self._shell.stage.model_copy(update=pinned)

    async def _make_children_safe(self, onward: Onward) -> None:
        """Tell the open safety check of the children, or begin one for those that none has seen."""
        if not onward.begins_safety:
            state = self._shell.stage.state
            check = self._order.case.stage_id(SafetyState.STAGE, state.safety_checks)
            if state.safety_open and await self._tell(check, "children-identified", onward.children):
                return
            if not onward.children.children:
                return
            # The check ended before it could be told. What was read before waiting is stale: read anew.
            stage = self._shell.stage
            self._shell.stage = stage.with_state(stage.state.safety_begun_again())
        order = BeginSafetyCheck(
            number=self._shell.stage.state.safety_checks,
            **self._by_its_rules,
            since=onward.since,
            children=onward.children,
        )
        with suppress(WorkflowAlreadyStartedError):  # begun twice it is begun once
            await workflow.start_child_workflow(
                ChildrenSafetyCheck.run,
                order,
                id=order.case.stage_id(SafetyState.STAGE, order.number),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=f"{order.case.reference}: children's safety check {order.number}",
            )

    async def _decide_on_review(self, onward: Onward) -> None:
        """Begin a decision, or tell the open one what has become known."""
        if not onward.begins_decision:
            state = self._shell.stage.state
            decision = self._order.case.stage_id(state.deciding_stage, state.decisions)
            if not state.decision_open or await self._tell(decision, "facts-changed", onward.facts):
                return
            stage = self._shell.stage
            self._shell.stage = stage.with_state(stage.state.deciding_again())
        await self._begin_decision(onward.because, onward.since)

    async def _go_on(self) -> None:
        """Begin what follows from how the case stands: the review itself, then its publication."""
        state = self._shell.stage.state
        if not (state.panel_is_due or state.publication_is_due):
            return
        if not workflow.patched("review-itself"):  # histories from before there were these stages
            return
        if state.panel_is_due:
            await self._begin_panel()
        elif state.publication_is_due:
            # A case from before there were action plans has one from here on.
            if state.follow_up is None and workflow.patched("actions-and-changes"):
                await self._expect_follow_up()
            await self._begin_publication()

    async def _begin_panel(self) -> None:
        stage = self._shell.stage
        assert stage.state.decided_at is not None, "due after the decision"  # noqa: S101
        order = BeginPanel(
            **self._by_its_rules,
            quorum_percent=self._pinned.panel.quorum_percent,
            decided_at=stage.state.decided_at,
            involved=stage.state.agencies_involved(workflow.now()),
        )
        await self._begin(PanelReview.run, order, PanelReviewState.STAGE, "the review itself")
        self._shell.stage = self._shell.stage.with_state(self._shell.stage.state.with_panel())
        await self._moved_on()

    async def _begin_publication(self) -> None:
        stage = self._shell.stage
        assert stage.state.accepted is not None, "due when it is accepted"  # noqa: S101
        order = BeginPublication(
            **self._by_its_rules,
            accepted=stage.state.accepted,
            available_months=self._pinned.rule("availability").amount,
        )
        await self._begin(Publication.run, order, PublicationState.STAGE, "publication")
        self._shell.stage = self._shell.stage.with_state(self._shell.stage.state.with_publication())
        await self._moved_on(PublicationState.STAGE)

    async def _moved_on(self, stage: str = "") -> None:
        """Where the case stands now; with the quality markers of a stage whose people are there from its beginning."""
        state, asking = self._shell.stage.state.asking(stage, workflow.now())
        self._shell.stage = self._shell.stage.with_state(state)
        fact = Fact(kind="case-moved-on", at=workflow.now(), detail={"standing": state.standing.value})
        await self._shell.advance(Transition(facts=(fact,), letters=asking.letters))

    async def _begin_decision(self, because: str, since: datetime) -> None:
        """The stage that decides under the case's regime, with a number of its own each time."""
        state = self._shell.stage.state
        run: Any = ReviewDecision.run
        order: BeginDecision | BeginRapidReview = self._decision(because, since)
        words = "decision on a review"
        if state.deciding_stage == RapidReviewState.STAGE:
            run, order, words = RapidReview.run, self._rapid_review(because, since), "notification and rapid review"
        await self._asked_markers(ReviewDecisionState.STAGE)
        if order.number > 1:
            overtaken = order.case.stage_id(state.deciding_stage, order.number - 1)
            await self._tell(overtaken, "decision-overtaken")
        with suppress(WorkflowAlreadyStartedError):
            await workflow.start_child_workflow(
                run,
                order,
                id=order.case.stage_id(state.deciding_stage, order.number),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=f"{order.case.reference}: {words} {order.number}",
            )

    def _decision(self, because: str, since: datetime) -> BeginDecision:
        state = self._shell.stage.state
        return BeginDecision(
            number=state.decisions,
            **self._by_its_rules,
            criteria=self._pinned.criterion,
            notices=self._pinned.notice,
            because=because,
            since=since,
            facts=state.facts_known(workflow.now()),
        )

    def _rapid_review(self, because: str, since: datetime) -> BeginRapidReview:
        """Of a second one in the same case, everything counts from what opened it again."""
        state = self._shell.stage.state
        assert state.incident is not None, "a case begins with its incident"  # noqa: S101
        begins = RapidReviewBegins(
            because=because,
            since=since,
            aware_at=state.incident.aware_at if state.decisions == 1 else since,
            criteria=self._pinned.criterion,
            notices=self._pinned.notice,
            rules=self._pinned.rapid_review,
            known=state.facts_known(workflow.now()),
            notification=state.notification,
        )
        return BeginRapidReview(number=state.decisions, **self._by_its_rules, begins=begins)

    async def _close(self) -> None:
        """Closing letters to the agencies and the board; from now on the record is kept as its class says."""
        stage = self._shell.stage
        state, transition = stage.state.closing_now(workflow.now())
        self._shell.stage = stage.with_state(state)
        await self._shell.advance(transition)
        await self._keep_record(state.retention)
