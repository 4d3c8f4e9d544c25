"""England now: notification, rapid review, the three partners' agreement, the national panel, the local review or not.

It stands where the decision on a review stands under the other regimes, and tells the case the same.
"""

from datetime import datetime
from typing import ClassVar, Self

from domain.agency import asked
from domain.command import Command, please
from domain.concerned import ChildConcerned
from domain.criteria import Verdict, put_to_criteria
from domain.decision import FactAnswer, FactsChanged, answer_fact
from domain.decision_commands import ReviewOutcome
from domain.model import Model
from domain.notification import Notification
from domain.notification_commands import NotifyPanel
from domain.part import Part, StateOfParts
from domain.people import Role
from domain.rapid_review_agreement import PartnersAgreement
from domain.rapid_review_decision import LocalReviewDecision
from domain.rapid_review_gathering import Gathering
from domain.rapid_review_report import RapidReviewReport, RapidReviewVersion, again_letter, overtaken_fact
from domain.rapid_review_rules import RapidReviewRules
from domain.record import Letter, Task
from domain.regimes import Criterion, Notice
from domain.regimes.regime import Level
from domain.stage_state import Transition


class RapidReviewBegins(Model):
    """What a rapid review begins with."""

    because: str
    since: datetime
    """When the board was told, or when what opened it again came to the board."""
    aware_at: datetime
    """When the authority became aware of what is to be notified."""
    criteria: tuple[Criterion, ...]
    notices: tuple[Notice, ...]
    rules: RapidReviewRules = RapidReviewRules()
    known: FactsChanged = FactsChanged()
    notification: Notification | None = None
    """As the rapid review before this one left it."""


class RapidReviewState(StateOfParts):
    """Notification and rapid review as they stand."""

    STAGE: ClassVar[str] = "rapid-review"
    PARTS: ClassVar[dict[str, type[Part]]] = {
        "notification": Notification,
        "gathering": Gathering,
        "report": RapidReviewReport,
        "agreement": PartnersAgreement,
        "decision": LocalReviewDecision,
    }

    opened_because: str
    since: datetime
    aware_at: datetime
    criteria: tuple[Criterion, ...]
    notices: tuple[Notice, ...] = ()
    rules: RapidReviewRules = RapidReviewRules()
    children: tuple[ChildConcerned, ...] = ()
    notification: Notification = Notification()
    gathering: Gathering = Gathering()
    report: RapidReviewReport = RapidReviewReport()
    agreement: PartnersAgreement = PartnersAgreement()
    decision: LocalReviewDecision = LocalReviewDecision()
    overtaken: bool = False
    """Whether another one takes this one's place, because of a death, new facts or a challenge."""

    @classmethod
    def begun(cls, order: RapidReviewBegins) -> Self:
        """The state at the beginning."""
        known = order.known
        return cls(
            opened_because=order.because,
            since=order.since,
            aware_at=order.aware_at,
            criteria=order.criteria,
            notices=order.notices,
            rules=order.rules,
            children=known.children,
            gathering=Gathering(answers=known.answers, agencies=known.agencies),
            notification=order.notification.carried_over() if order.notification else Notification(),
        )

    def opening(self, at: datetime) -> Transition:
        """What beginning the stage records and asks: the agencies, and the notification where it is owed."""
        facts = (
            put_to_criteria(self.verdict, self.opened_because, at),
            *(asked(agency) for agency in self.gathering.agencies),
        )
        owed = [task for task in self.notification.tasks(self) if task.form == NotifyPanel.FORM]
        letters = tuple(
            Letter(
                id=f"task/{NotifyPanel.FORM}",
                template="task",
                to=Role.HEAD_OF_SERVICE,
                task=NotifyPanel.FORM,
                clock_title=please(NotifyPanel),
            )
            for _ in owed
        )
        return Transition(facts=facts, letters=letters)

    @property
    def answers(self) -> tuple[FactAnswer, ...]:
        """What is known of the facts."""
        return self.gathering.answers

    @property
    def verdict(self) -> Verdict:
        """What the criteria say of the facts as known."""
        return self.gathering.verdict(self.criteria)

    @property
    def meets(self) -> bool | None:
        """Whether a criterion is met that always calls for notification and rapid review; ``None``: not known yet."""
        limbs = {answer.met for answer in self.verdict.answers if answer.level is Level.ALWAYS}
        return True if True in limbs else (None if None in limbs else False)

    @property
    def looked_after_died(self) -> bool:
        """Whether a looked-after child has died: notified whatever the criteria say."""
        return any(child.died and child.looked_after for child in self.children)

    @property
    def notifiable(self) -> bool:
        """Whether the authority owes a notification, as far as is known."""
        return self.meets is not False or self.looked_after_died

    @property
    def rapid_review_owed(self) -> bool:
        """Whether a rapid review follows: by the criteria, or because something else was notified to the panel."""
        if self.notification.ended_at is not None:
            return False
        notified = self.notification.notified is not None and not self.looked_after_died
        return self.meets is not False or notified or bool(self.report.versions)

    @property
    def counts_from(self) -> datetime | None:
        """What the rapid review's working days count from; ``None`` while that has not happened.

        Of one that follows another on the same notification: what opened it again.
        """
        if self.notification.earlier:
            return self.since
        if self.rules.starts_from == "awareness":
            return self.aware_at
        return self.notification.notified.sent_at if self.notification.notified else None

    @property
    def outcome(self) -> ReviewOutcome | None:
        """What was decided, in the words of the case."""
        if self.notification.ended_at is not None:
            return ReviewOutcome.NONE
        return self.decision.made.outcome if self.decision.made else None

    @property
    def review_is_held(self) -> bool:
        """Whether a local review was decided on."""
        return self.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided, or ended without a rapid review."""
        return self.notification.ended_at or (self.decision.made.at if self.decision.made else None)

    def changed(self, message: FactsChanged, at: datetime) -> tuple["RapidReviewState", Transition]:
        """The state with what came in. A rapid review made on other facts is to be recorded anew."""
        new = self.gathering.new(message.agencies)
        state = self.model_copy(
            update={
                "gathering": self.gathering.with_news(message.answers, message.agencies),
                "children": message.children or self.children,
            }
        )
        facts = (*(answer_fact(answer) for answer in message.answers), *(asked(agency) for agency in new))
        state, then = state._judged_again(self.verdict, at)
        if state.verdict != self.verdict:
            state = state.superseded()
        return state, Transition(facts=(*facts, *then.facts), letters=then.letters)

    def superseded(self) -> Self:
        """The state where another one takes this one's place: its notices still go out, nothing more is asked."""
        return self.model_copy(update={"overtaken": self.outcome is not None})

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """With its part changed; an answer that changes the verdict has the rapid review recorded anew."""
        state, transition = super().accept(command, at)
        state, then = state._judged_again(self.verdict, at)
        return state, Transition(facts=(*transition.facts, *then.facts), letters=(*transition.letters, *then.letters))

    def _judged_again(self, before: Verdict, at: datetime) -> tuple[Self, Transition]:
        if self.verdict == before:
            return self, Transition()
        put = put_to_criteria(self.verdict, self.opened_because, at)
        if self.report.current is None or self.outcome is not None:
            return self, Transition(facts=(put,))
        overtaken = overtaken_fact(self.verdict.verdict, at)
        letter = again_letter(len(self.report.versions) + 1)
        state = self.model_copy(update={"report": self.report.overtaken()})
        return state, Transition(facts=(put, overtaken), letters=(letter,))

    def done(self) -> bool:
        """Ended without a rapid review; or decided, notices given, learning recorded, the panel's answer there."""
        if self.notification.ended_at is not None:
            return True
        notices = self.decision.notices(self)
        if notices is None or notices.owed or self.decision.learning_owed(self):
            return False
        return self.overtaken or self.report.answered

    def tasks(self) -> tuple[Task, ...]:
        """What all parts ask for; nothing more once another one takes this one's place."""
        return () if self.overtaken else super().tasks()

    def headline(self) -> str:
        """What the rapid review waits for, in words."""
        if self.notification.withdrawn:
            return "Rapid review: the notification was withdrawn, which the national panel agreed to"
        if self.notification.ended_at is not None:
            return "Rapid review: none is owed; the criteria are not met"
        if self.outcome is None:
            return f"Rapid review: {self._waits_for}"
        notices = self.decision.notices(self)
        if notices is not None and notices.owed:
            return f"Decided: {self.outcome.words}; {len(notices.owed)} notices to be given"
        rest = "" if self.done() else ("; learning to be recorded" if self.decision.learning_owed(self) else _REPLY)
        return f"Decided: {self.outcome.words}; all notices given{rest}"

    @property
    def _waits_for(self) -> str:
        if self.notification.notified is None:
            return "the authority's notification" if self.notifiable else "the criteria are not met; to be confirmed"
        if self.report.current is None:
            return "to be recorded" if self.rapid_review_owed else "none is owed by the criteria; to be confirmed"
        if self.report.submission is not None:
            reply = "" if self.report.answered else " (no answer yet)"
            return f"sent to the national panel{reply}; to be decided"
        return self._agreement_waits_for(self.report.current)

    def _agreement_waits_for(self, current: RapidReviewVersion) -> str:
        if self.agreement.to_settle(current):
            return "the partners disagree; their chair settles it"
        if silent := self.agreement.silent(current):
            return f"waits for {len(silent)} of {len(current.partners)} partners' agreement"
        if self.agreement.agreed_at(current) is None:
            return "to be recorded anew"
        return "agreed; to be sent to the national panel"


_REPLY = "; the national panel's answer to be recorded"
