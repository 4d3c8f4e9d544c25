"""The partners' decision on a local review after the rapid review, its notices, and what is learned without one."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.agency import absent_summaries
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.decision import SEPARATION, Decision
from domain.decision_commands import RecordLearning, ReviewOutcome
from domain.decision_notices import DecisionNotices
from domain.model import Refusal
from domain.part import Part
from domain.people import Role
from domain.rapid_review_commands import DecideLocalReview, LocalReviewOutcome
from domain.record import LetterOutcome, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.rapid_review import RapidReviewState

DECIDING = "Children Act 2004, section 16F: the safeguarding partners decide on local reviews"
CLOCK = "review-decision"


class LocalReviewDecision(Part):
    """The decision, its notices, and the learning where no local review is held."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (DecideLocalReview, RecordLearning)

    made: Decision | None = None
    told: tuple[tuple[str, datetime], ...] = ()
    """Notices handed over, by letter id, and when."""
    learning_at: datetime | None = None

    @property
    def asks(self) -> str:
        """What the chair is asked, as a sentence begins."""
        return please(DecideLocalReview)

    def notices(self, whole: "RapidReviewState") -> DecisionNotices | None:
        """The notices of the decision, once there is one."""
        if self.made is None:
            return None
        return DecisionNotices(
            notices=whole.notices, outcome=self.made.outcome, decided_at=self.made.at, told=self.told
        )

    def learning_owed(self, whole: "RapidReviewState") -> bool:
        """Whether what is learned without a local review is still to be recorded."""
        if self.made is None or self.made.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW:
            return False
        return self.learning_at is None and not whole.overtaken

    def refuses(self, command: Command, at: datetime, whole: "RapidReviewState") -> Refusal | None:
        """Who recorded the rapid review does not decide; a challenge by the national panel is answered."""
        if isinstance(command, RecordLearning):
            return self._refuses_learning()
        assert isinstance(command, DecideLocalReview), "dispatched by its part"  # noqa: S101
        if whole.outcome is not None:
            return _no("decided", "It is decided already; a challenge or new facts open it again.")
        if whole.report.submission is None:
            return _no("submitted-first", "The rapid review goes to the national panel before it is decided.")
        if command.actor.person in whole.report.recorders:
            text = "Who recorded the rapid review cannot decide; the chair's deputy can."
            return _no("recommender-is-not-decider", text, SEPARATION)
        if (command.outcome is LocalReviewOutcome.OTHER_REVIEW) != bool(command.other_review.strip()):
            return _no("review-named", "Name the other learning review (field other_review), and only then.")
        return _refuses_unanswered_challenge(command, whole)

    def accept(self, command: Command, at: datetime, whole: "RapidReviewState") -> tuple[Self, Transition]:
        """With the decision and its notices on their way, or the learning recorded."""
        if isinstance(command, RecordLearning):
            return self.model_copy(update={"learning_at": at}), Transition()
        assert isinstance(command, DecideLocalReview), "dispatched by its part"  # noqa: S101
        made = Decision(outcome=command.outcome.means, other_review=command.other_review, by=command.actor, at=at)
        part = self.model_copy(update={"made": made})
        notices = part.notices(whole)
        absent = absent_summaries(whole.gathering.agencies, at)
        return part, Transition(facts=absent, letters=notices.letters if notices else ())

    def told_of(self, outcome: LetterOutcome, whole: "RapidReviewState") -> tuple[Self, Transition]:
        """With a notice handed over."""
        notices = self.notices(whole)
        fact = notices.given(outcome) if notices else None
        if fact is None:
            return self, Transition()
        told = (*self.told, (outcome.letter, outcome.at))
        return self.model_copy(update={"told": told}), Transition(facts=(fact,))

    def needs(self, whole: "RapidReviewState") -> tuple[ClockNeed, ...]:
        """The decision's clock from the sending to the panel; then the notices' and the learning's."""
        needs: list[ClockNeed] = []
        submitted = whole.report.submission
        if submitted is not None and whole.notification.ended_at is None:
            needs.append(
                ClockNeed(
                    rule=CLOCK,
                    started_at=submitted.sent_at,
                    satisfied_at=self.made.at if self.made else None,
                    waiting_on=Role.BOARD_CHAIR,
                    task=DecideLocalReview.FORM,
                    why="a further version of the rapid review was sent to the national panel",
                )
            )
        if (notices := self.notices(whole)) is not None:
            needs += notices.needs()
            if not notices.owed and (self.learning_owed(whole) or self.learning_at is not None):
                needs.append(notices.learning_need(self.learning_at))
        return tuple(needs)

    def tasks(self, whole: "RapidReviewState") -> tuple[Task, ...]:
        """The decision is asked of the chair, the learning of the business manager."""
        notices = self.notices(whole)
        if notices is not None and self.learning_owed(whole):
            title, clock = please(RecordLearning), None if notices.owed else "closing-learning"
            return (Task(form=RecordLearning.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=clock),)
        if whole.outcome is not None or whole.report.submission is None:
            return ()
        return (Task(form=DecideLocalReview.FORM, role=Role.BOARD_CHAIR, title=self.asks, clock=CLOCK),)

    def _refuses_learning(self) -> Refusal | None:
        if self.made is None or self.made.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW:
            return _no("closing", "Learning is recorded here once it is decided to hold no local review.")
        return _no("recorded", "The learning was recorded before.") if self.learning_at else None


def _refuses_unanswered_challenge(command: DecideLocalReview, whole: "RapidReviewState") -> Refusal | None:
    answer, current = whole.report.answer, whole.report.current
    if answer is None or current is None or answer.outcome != "challenges":
        return None
    if command.outcome is not current.outcome or command.answer_to_panel.strip():
        return None
    text = "The national panel challenged this; say why it is decided so all the same (field answer_to_panel)."
    return _no("panel-is-answered", text)


def _no(code: str, text: str, source: str = DECIDING) -> Refusal:
    return Refusal(code=code, text=text, source=source)
