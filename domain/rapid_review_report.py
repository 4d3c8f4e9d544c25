"""The rapid review itself: recorded in versions, sent to the national panel once agreed, and what the panel answers."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, please, refuses_future
from domain.decision import refuses_reasons
from domain.findings import refuses_marks
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.rapid_review_commands import (
    AnswerRapidReview,
    LocalReviewOutcome,
    RecordPanelAnswer,
    RecordRapidReview,
    SettleDisagreement,
    SubmitRapidReview,
)
from domain.record import Fact, Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.rapid_review import RapidReviewState

REVIEWING = "Working Together to Safeguard Children, rapid reviews, and the national panel's guidance on them"
CLOCK = "rapid-review"
REPLY_CLOCK = "panel-reply"


class RapidReviewVersion(Model):
    """A version of the rapid review as far as rules need it; its text is in the record."""

    number: int
    outcome: LocalReviewOutcome
    by: str
    """Id of who recorded it: neither agrees to it for a partner nor decides after it."""
    at: datetime
    partners: tuple[str, ...] = ()
    """Ids of the safeguarding partners' agencies, as the directory had them then: each of them is asked."""
    overtaken: bool = False
    """Whether facts that became known since lead to another verdict of the criteria."""


class Submission(Model):
    """A version that was sent to the national panel."""

    version: int
    sent_at: datetime


class PanelAnswer(Model):
    """An answer of the national panel to a submission."""

    version: int
    outcome: str
    received_at: datetime


class RapidReviewReport(Part):
    """Versions, submissions, and the national panel's answers."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (RecordRapidReview, SubmitRapidReview, RecordPanelAnswer)

    versions: tuple[RapidReviewVersion, ...] = ()
    submissions: tuple[Submission, ...] = ()
    answers: tuple[PanelAnswer, ...] = ()

    @property
    def current(self) -> RapidReviewVersion | None:
        """The last version, unless it was overtaken."""
        last = self.versions[-1] if self.versions else None
        return None if last is None or last.overtaken else last

    @property
    def submission(self) -> Submission | None:
        """How the current version was sent, once it was."""
        current = self.current
        return next((s for s in self.submissions if current is not None and s.version == current.number), None)

    @property
    def answer(self) -> PanelAnswer | None:
        """The panel's last answer to the current version."""
        to_it = [a for a in self.answers if self.submission is not None and a.version == self.submission.version]
        return to_it[-1] if to_it else None

    @property
    def answered(self) -> bool:
        """Whether the panel's part is over: it has answered, or was asked and said nothing."""
        return self.answer is not None and self.answer.outcome != "asks"

    @property
    def recorders(self) -> frozenset[str]:
        """Everybody who recorded a version."""
        return frozenset(version.by for version in self.versions)

    def overtaken(self) -> Self:
        """With the current version overtaken by what became known."""
        if self.current is None:
            return self
        last = self.current.model_copy(update={"overtaken": True})
        return self.model_copy(update={"versions": (*self.versions[:-1], last)})

    def refuses(self, command: Command, at: datetime, whole: "RapidReviewState") -> Refusal | None:
        """No rapid review without notification; none leaves without three agreements or a settlement."""
        match command:
            case RecordRapidReview():
                return self._refuses_recording(command, whole)
            case SubmitRapidReview():
                return self._refuses_submission(command, at, whole)
        assert isinstance(command, RecordPanelAnswer), "dispatched by its part"  # noqa: S101
        return self._refuses_panel_answer(command, at, whole)

    def accept(self, command: Command, at: datetime, whole: "RapidReviewState") -> tuple[Self, Transition]:
        """With a version recorded and every partner asked, the version sent, or the panel's answer there."""
        match command:
            case RecordRapidReview():
                return self._recorded(command, at)
            case SubmitRapidReview():
                assert self.current is not None, "refused before"  # noqa: S101
                sent = Submission(version=self.current.number, sent_at=command.sent_at)
                letter = _task_letter(f"decide-local-review/{sent.version}", "decide-local-review", Role.BOARD_CHAIR)
                asked = letter.model_copy(update={"clock_title": whole.decision.asks})
                part = self.model_copy(update={"submissions": (*self.submissions, sent)})
                return part, Transition(letters=(asked,))
        assert isinstance(command, RecordPanelAnswer), "dispatched by its part"  # noqa: S101
        assert self.submission is not None, "refused before"  # noqa: S101
        answer = PanelAnswer(version=self.submission.version, outcome=command.outcome, received_at=command.received_at)
        return self.model_copy(update={"answers": (*self.answers, answer)}), Transition()

    def needs(self, whole: "RapidReviewState") -> tuple[ClockNeed, ...]:
        """The rapid review's working days, from what the regime says; the panel's reply to what was sent last."""
        needs = []
        if whole.counts_from is not None and (self.submissions or whole.rapid_review_owed):
            waits, task = self._waits_for(whole)
            needs.append(
                ClockNeed(
                    rule=CLOCK,
                    started_at=whole.counts_from,
                    satisfied_at=self.submissions[0].sent_at if self.submissions else None,
                    waiting_on=waits,
                    task=task,
                )
            )
        needs += [need for sent in self.submissions if (need := self._reply(sent, whole)) is not None]
        return tuple(needs)

    def tasks(self, whole: "RapidReviewState") -> tuple[Task, ...]:
        """Recording, sending, and the national panel's answer are asked of the business manager."""
        if whole.overtaken or whole.notification.ended_at is not None:
            return ()
        tasks = []
        if self.current is None and whole.outcome is None and self._may_begin(whole):
            tasks.append(_task(RecordRapidReview, None if self.submissions else CLOCK))
        if self.current is not None and self.submission is None and whole.agreement.agreed_at(self.current):
            tasks.append(_task(SubmitRapidReview, None if self.submissions else CLOCK))
        if self.submission is not None and not self.answered:
            tasks.append(_task(RecordPanelAnswer, _reply_id(self.submission, self.submissions)))
        return tuple(tasks)

    def _waits_for(self, whole: "RapidReviewState") -> tuple[Role, str]:
        """Whom the rapid review waits for, and the task that is next."""
        if whole.notification.notified is None:
            return Role.HEAD_OF_SERVICE, "notify-panel"
        if self.current is None:
            return Role.BUSINESS_MANAGER, RecordRapidReview.FORM
        if whole.agreement.agreed_at(self.current) is not None:
            return Role.BUSINESS_MANAGER, SubmitRapidReview.FORM
        if whole.agreement.to_settle(self.current):
            return Role.BOARD_CHAIR, SettleDisagreement.FORM
        return Role.SAFEGUARDING_PARTNER, ""

    def _reply(self, sent: Submission, whole: "RapidReviewState") -> ClockNeed | None:
        """The reply is an expectation on the panel; once another version is under way nobody waits for this one's."""
        replies = [a.received_at for a in self.answers if a.version == sent.version and a.outcome != "no-answer"]
        given_up = any(a.version == sent.version and a.outcome == "no-answer" for a in self.answers)
        if not replies and (given_up or sent != self.submission or whole.overtaken or whole.notification.ended_at):
            return None
        return ClockNeed(
            rule=REPLY_CLOCK,
            item=_reply_item(sent, self.submissions),
            started_at=sent.sent_at,
            satisfied_at=replies[0] if replies else None,
            waiting_on=Role.NATIONAL_PANEL,
            task=RecordPanelAnswer.FORM,
        )

    def _may_begin(self, whole: "RapidReviewState") -> bool:
        return whole.notification.notified is not None and whole.rapid_review_owed

    def _recorded(self, command: RecordRapidReview, at: datetime) -> tuple[Self, Transition]:
        number = len(self.versions) + 1
        partners = command.found.partners if command.found is not None else ()
        version = RapidReviewVersion(
            number=number, outcome=command.outcome, by=command.actor.person, at=at, partners=partners
        )
        letters = tuple(
            Letter(
                id=f"task/agree/{number}/{agency}",
                template="rapid-review-to-agree",
                to=Role.SAFEGUARDING_PARTNER,
                agency=agency,
                task=f"{agency}/{AnswerRapidReview.FORM}",
                clock_title=please(AnswerRapidReview),
                words={"version": str(number)},
            )
            for agency in partners
        )
        return self.model_copy(update={"versions": (*self.versions, version)}), Transition(letters=letters)

    def _refuses_recording(self, command: RecordRapidReview, whole: "RapidReviewState") -> Refusal | None:
        if whole.outcome is not None:
            return _no("decided", "It is decided already; a challenge or new facts open it again.")
        if whole.notification.notified is None:
            return _no("notified-first", "A rapid review follows the notification; the authority sends that first.")
        if self.submission is not None and (self.answer is None or self.answer.outcome == "agrees"):
            text = "This rapid review was sent to the national panel; it is recorded anew where the panel asks for it."
            return _no("submitted", text)
        if (command.outcome is LocalReviewOutcome.OTHER_REVIEW) != bool(command.other_review.strip()):
            return _no("review-named", "Name the other learning review (field other_review), and only then.")
        return (
            refuses_reasons(whole.criteria, command.reasons)
            or _refuses_too_few(command, whole)
            or refuses_marks(command.found, command.stays)
        )

    def _refuses_submission(
        self, command: SubmitRapidReview, at: datetime, whole: "RapidReviewState"
    ) -> Refusal | None:
        if whole.notification.ended_at is not None:
            return _no("ended", "It is recorded that there is no rapid review; nothing is sent.")
        if self.current is None:
            return _no("recorded-first", "There is no rapid review to be sent; record it first (record-rapid-review).")
        if self.submission is not None:
            return _no("submitted", "This version of the rapid review was sent before.")
        agreed_at = whole.agreement.agreed_at(self.current)
        if agreed_at is None:
            return _no("partners-agree", whole.agreement.why_not_agreed(self.current), AGREEMENT)
        if command.sent_at < agreed_at:
            text = "The rapid review cannot have been sent before the partners agreed or their chair settled it."
            return _no("sent-after-agreement", text)
        return refuses_future("The sending", command.sent_at, at)

    def _refuses_panel_answer(
        self, command: RecordPanelAnswer, at: datetime, whole: "RapidReviewState"
    ) -> Refusal | None:
        if self.submission is None:
            return _no("submitted-first", "The rapid review was not sent to the national panel yet.")
        if command.received_at < self.submission.sent_at:
            text = "The national panel cannot have answered before the rapid review was sent to it."
            return _no("answer-after-sending", text)
        if self.answer is not None and self.answer.outcome in ("agrees", "challenges"):
            text = "The national panel's answer is recorded. A challenge of the decision opens it again (challenge)."
            return _no("panel-answered", text)
        against = whole.outcome is not None and not whole.review_is_held
        if command.outcome == "challenges" and against:
            text = "It is decided already: record the challenge for the case itself (challenge), which opens it again."
            return _no("challenge-opens-again", text)
        return refuses_future("The national panel's answer", command.received_at, at)


AGREEMENT = "The three safeguarding partners have an equal duty: each agrees in words, and silence is no consent"


def overtaken_fact(verdict: str, at: datetime) -> Fact:
    """The fact that a rapid review is to be recorded anew."""
    return Fact(kind="rapid-review-overtaken", at=at, detail={"verdict": verdict})


def again_letter(number: int) -> Letter:
    """The business manager is asked for a further version."""
    letter = _task_letter(f"record-rapid-review/{number}", RecordRapidReview.FORM, Role.BUSINESS_MANAGER)
    return letter.model_copy(update={"clock_title": please(RecordRapidReview)})


def _refuses_too_few(command: RecordRapidReview, whole: "RapidReviewState") -> Refusal | None:
    text = whole.rules.why_too_few(command.found.partners) if command.found is not None else ""
    return _no("three-partners", text, AGREEMENT) if text else None


def _reply_item(sent: Submission, all: tuple[Submission, ...]) -> str | None:
    number = all.index(sent) + 1
    return None if number == 1 else str(number)


def _reply_id(sent: Submission, all: tuple[Submission, ...]) -> str:
    return "/".join(filter(None, (REPLY_CLOCK, _reply_item(sent, all))))


def _task(form: type[Command], clock: str | None) -> Task:
    return Task(form=form.FORM, role=Role.BUSINESS_MANAGER, title=please(form), clock=clock)


def _task_letter(name: str, task: str, to: Role) -> Letter:
    return Letter(id=f"task/{name}", template="task", to=to, task=task)


def _no(code: str, text: str, source: str = REVIEWING) -> Refusal:
    return Refusal(code=code, text=text, source=source)
