"""Keeping the record of a closed case: for as long as its class says, under legal holds, and its destruction by two.

For how long such records are kept differs between authorities, so the classes are the board's own data. A class never
destroys anything: when its years are over the record is reviewed, for as long as it takes.
"""

from datetime import date, datetime
from typing import ClassVar, Self

from domain.clocks.arithmetic import add_months
from domain.clocks.calendar import day_in_words
from domain.clocks.need import ClockNeed
from domain.clocks.stops import Stop
from domain.command import Command, please
from domain.destruction import DestroyRecord
from domain.model import Refusal
from domain.people import Role
from domain.record import CaseRef, Fact, Task
from domain.regimes import RetentionClass
from domain.retention_commands import (
    AgreeDestruction,
    ChangeRetentionClass,
    LiftLegalHold,
    PlaceLegalHold,
    ReviewRetention,
    WithdrawDestruction,
)
from domain.retention_items import CLOCK_MONTHS, TO_REVIEW, LegalHold, Proposal, Review, morning
from domain.retention_refusals import refuses_command, refuses_over
from domain.stage_state import StageState, Transition


class RetentionState(StageState):
    """The keeping of a closed case's record as it stands. It knows days, ids and roles, no words that were typed."""

    STAGE: ClassVar[str] = "retention"

    classes: tuple[RetentionClass, ...]
    retention: str
    """Id of the class by which the record is kept."""
    closed_at: datetime
    closed_on: date
    """The same, as the day in civil time."""
    looked_at: datetime
    """When it was last seen how far away the day of the review is."""
    holds: tuple[LegalHold, ...] = ()
    reviews: tuple[Review, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    reopened: bool = False
    destruction_begun: bool = False
    destroyed_at: datetime | None = None

    @classmethod
    def begun(cls, classes: tuple[RetentionClass, ...], retention: str, closed_at: datetime, closed_on: date) -> Self:
        """The state when the case closes: the record is to be reviewed on the same day after the years of its class.

        ``KeyError`` where there is no such class.
        """
        state = cls(classes=classes, retention=retention, closed_at=closed_at, closed_on=closed_on, looked_at=closed_at)
        return state._reviewed_on(*state._kept_by(retention), closed_at)

    def begun_again(
        self, classes: tuple[RetentionClass, ...], retention: str, closed_at: datetime, closed_on: date
    ) -> Self:
        """The state when the case was open again and closes once more. Legal holds stand; the years begin anew."""
        over = {"holds": self.holds, "proposals": self.proposals}
        done = tuple(review for review in self.reviews if review.done_at is not None)
        begun = self.begun(classes, retention, closed_at, closed_on)
        fresh = tuple(review.model_copy(update={"number": len(done) + 1}) for review in begun.reviews)
        return begun.model_copy(update={**over, "reviews": (*done, *fresh)})

    def opening(self, at: datetime) -> Transition:
        """What the beginning records: class and day."""
        review = self.review
        assert review is not None, "it begins with a review to come"  # noqa: S101
        detail = {"retention": self.retention, "review_on": review.on.isoformat()}
        return Transition(facts=(Fact(kind="retention-begun", at=at, detail={**detail, "why": review.why}),))

    @classmethod
    def commands(cls) -> tuple[type[Command], ...]:
        """Every command that this stage takes."""
        return (
            PlaceLegalHold,
            LiftLegalHold,
            ChangeRetentionClass,
            ReviewRetention,
            AgreeDestruction,
            WithdrawDestruction,
        )

    @property
    def standing_holds(self) -> tuple[LegalHold, ...]:
        """The legal holds that are not lifted."""
        return tuple(hold for hold in self.holds if hold.lifted_at is None)

    @property
    def review(self) -> Review | None:
        """The review that is to come."""
        return next((review for review in self.reviews if review.done_at is None), None)

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that stands, agreed to or not."""
        return next((proposal for proposal in self.proposals if proposal.withdrawn_at is None), None)

    @property
    def to_be_destroyed(self) -> bool:
        """Whether two people agree on it, and nothing stands in the way of destroying the record now."""
        agreed = self.proposal is not None and self.proposal.agreed_at is not None
        return agreed and not self.standing_holds and not self.done()

    def destruction(self, case: CaseRef) -> DestroyRecord | None:
        """What is to be carried out where the record is to be destroyed now."""
        proposal = self.proposal
        if not self.to_be_destroyed or proposal is None or proposal.agreed_at is None or proposal.agreed_by is None:
            return None
        return DestroyRecord(
            case=case,
            retention=self.retention,
            proposed_by=proposal.by,
            agreed_by=proposal.agreed_by,
            agreed_at=proposal.agreed_at,
        )

    @property
    def looks_again_at(self) -> datetime | None:
        """When to see again how far away the day of the review is; ``None`` once its day has come."""
        review = self.review
        if review is None or self.done() or self.looked_at >= review.comes_at:
            return None
        coming = review.comes_at if self.looked_at >= review.clock_begins_at else review.clock_begins_at
        return min(coming, morning(add_months(self.looked_at.date(), CLOCK_MONTHS)))

    def looked_again(self, at: datetime) -> Self:
        """The state after it was seen, at that instant, how far away the day is: what is near has its clock."""
        return self.model_copy(update={"looked_at": at})

    def case_reopened(self, at: datetime) -> tuple[Self, Transition]:
        """The state after the case was opened again: nothing is reviewed or destroyed any more. Holds stand."""
        if self.done():
            return self, Transition()
        proposals = tuple(each.withdrawn(at) for each in self.proposals)
        state = self.model_copy(update={"reopened": True, "proposals": proposals, "destruction_begun": False})
        fact = Fact(kind="retention-ended", at=at, detail={"because": "the case is open again"})
        return state, Transition(facts=(fact,))

    def destroying(self) -> Self:
        """The state from the moment on at which the destruction can no longer be stopped."""
        return self.model_copy(update={"destruction_begun": True})

    def destroyed(self, at: datetime) -> Self:
        """The state once the record is gone."""
        return self.model_copy(update={"destroyed_at": at})

    def done(self) -> bool:
        """Destroyed, or the case is open again."""
        return self.reopened or self.destroyed_at is not None

    def headline(self) -> str:
        """Until when the record is kept, or what it waits for."""
        if self.destroyed_at is not None:
            return "Retention: the record is destroyed"
        if self.reopened:
            return "Retention: ended, the case is open again"
        held = f"; legal hold {', '.join(hold.id for hold in self.standing_holds)}" if self.standing_holds else ""
        if self.proposal is not None:
            waits = "agreed by two people" if self.proposal.agreed_at else "proposed; a second person is asked"
            return f"Retention: destruction of the record {waits}{held}"
        review = self.review
        assert review is not None, "without a proposal there is a review to come"  # noqa: S101
        come = self.looked_at >= review.comes_at
        words = "to be reviewed since" if come else "kept, to be reviewed on"
        return f"Retention: the record is {words} {day_in_words(review.on)} (class {self.retention}){held}"

    def needs(self) -> tuple[ClockNeed, ...]:
        """The review that is near or was done, and the second person's agreement; it stands still under a hold."""
        if self.reopened:
            return ()
        return (*self._review_needs(), *self._agreement_needs())

    def tasks(self) -> tuple[Task, ...]:
        """The review once its day has come, and the agreement of the second person."""
        if self.done() or self.destruction_begun:
            return ()
        proposal, review = self.proposal, self.review
        if proposal is not None:
            if proposal.agreed_at is not None or self.standing_holds:
                return ()
            item = str(proposal.number)
            clock = f"destruction-agreement/{item}"
            title = please(AgreeDestruction)
            return (Task(form=AgreeDestruction.FORM, item=item, role=proposal.second, title=title, clock=clock),)
        if review is None or self.looked_at < review.comes_at:
            return ()
        title = please(ReviewRetention)
        clock = "retention-review" if review.item is None else f"retention-review/{review.item}"
        return (Task(form=ReviewRetention.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=clock),)

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """The rule that forbids the command as things stand."""
        return refuses_over(self) or refuses_command(self, command, at)

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The state after a command that is not refused."""
        state, then = self.looked_again(at), Transition()
        match command:
            case PlaceLegalHold():
                state, then = state._held(command.item or "", at)
            case LiftLegalHold():
                state = state.model_copy(update={"holds": tuple(_lifted(h, command.item, at) for h in self.holds)})
            case ChangeRetentionClass():
                state, then = state._changed(command.retention, at)
            case ReviewRetention():
                state, then = state._reviewed(command, at)
            case AgreeDestruction():
                state = state._with_proposal(agreed_at=at, agreed_by=command.actor)
            case WithdrawDestruction():
                why = f"the {command.actor.role.words} withdrew or turned down its destruction"
                state = state._with_proposal(withdrawn_at=at)._kept_until(command.until, why, at)
        return state, then

    def _kept_by(self, retention: str) -> tuple[date, str]:
        """The day to which a class keeps the record, and why that day."""
        years = {known.id: known.years for known in self.classes}[retention]
        day = add_months(self.closed_on, 12 * years)
        return day, f"the class {retention} keeps it for {years} years after the closing, until {day_in_words(day)}"

    def _reviewed_on(self, day: date, why: str, at: datetime) -> Self:
        """With a review to come on that day."""
        review = Review(number=len(self.reviews) + 1, since=at, on=day, why=why)
        return self.model_copy(update={"reviews": (*self.reviews, review)})

    def _kept_until(self, day: date, why: str, at: datetime) -> Self:
        """With a review to come on a day that somebody set."""
        return self._reviewed_on(day, f"{why}; it is kept until {day_in_words(day)}", at)

    def _review_needs(self) -> tuple[ClockNeed, ...]:
        return tuple(
            ClockNeed(
                rule="retention-review",
                item=review.item,
                started_at=review.since,
                satisfied_at=review.done_at,
                due_on=review.due_on,
                why=f"{review.why}; from that day on there are {TO_REVIEW.days // 7} weeks to review it",
                waiting_on=Role.BUSINESS_MANAGER,
                task=ReviewRetention.FORM,
            )
            for review in self.reviews
            if review.done_at is not None or self.looked_at >= review.clock_begins_at
        )

    def _agreement_needs(self) -> tuple[ClockNeed, ...]:
        stops = tuple(Stop(since=h.placed_at, until=h.lifted_at, reason=f"legal hold {h.id}") for h in self.holds)
        return tuple(
            ClockNeed(
                rule="destruction-agreement",
                item=str(proposal.number),
                started_at=proposal.at,
                satisfied_at=proposal.agreed_at,
                waiting_on=proposal.second,
                task=proposal.task,
                stops=stops,
            )
            for proposal in self.proposals
            if proposal.withdrawn_at is None
        )

    def _held(self, hold: str, at: datetime) -> tuple[Self, Transition]:
        """A hold undoes an agreement that is not carried out yet: after the hold it is to be agreed anew."""
        state = self.model_copy(update={"holds": (*self.holds, LegalHold(id=hold, placed_at=at))})
        if self.proposal is None or self.proposal.agreed_at is None:
            return state, Transition()
        fact = Fact(kind="destruction-stopped", at=at, item=str(self.proposal.number), detail={"hold": hold})
        return state._with_proposal(agreed_at=None, agreed_by=None), Transition(facts=(fact,))

    def _changed(self, retention: str, at: datetime) -> tuple[Self, Transition]:
        """Another class: the day of the review that is to come counts from the closing by the new one."""
        before = self.review
        assert before is not None, "refused while a destruction is proposed"  # noqa: S101
        day, why = self._kept_by(retention)
        moved = before.model_copy(update={"on": day, "why": why})
        reviews = tuple(moved if review == before else review for review in self.reviews)
        detail = {"was": before.on.isoformat(), "is": day.isoformat()}
        fact = Fact(kind="retention-day-moved", at=at, detail={**detail, "retention": retention})
        return self.model_copy(update={"retention": retention, "reviews": reviews}), Transition(facts=(fact,))

    def _reviewed(self, command: ReviewRetention, at: datetime) -> tuple[Self, Transition]:
        done = tuple(r if r.done_at else r.model_copy(update={"done_at": at}) for r in self.reviews)
        state = self.model_copy(update={"reviews": done})
        if command.until is not None:
            why = f"the {command.actor.role.words} decided at the review to keep it"
            return state._kept_until(command.until, why, at), Transition()
        proposal = Proposal(number=len(self.proposals) + 1, at=at, by=command.actor)
        state = state.model_copy(update={"proposals": (*self.proposals, proposal)})
        return state, Transition(letters=(proposal.asks_second(),))

    def _with_proposal(self, **changes: object) -> Self:
        """With the proposal that stands changed."""
        standing = self.proposal
        proposals = tuple(each.model_copy(update=changes) if each == standing else each for each in self.proposals)
        return self.model_copy(update={"proposals": proposals})


def _lifted(hold: LegalHold, id: str | None, at: datetime) -> LegalHold:
    return hold.model_copy(update={"lifted_at": at}) if hold.id == id else hold
