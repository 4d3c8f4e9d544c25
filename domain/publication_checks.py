"""Before the report may be public: the board's answer to every finding, and the checks of text and of who was told."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

from domain.accepted_report import FindingBrief
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.document import FOR_PUBLICATION, refuses_document
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.publication_commands import AnswerFinding, CheckKind, FindingAnswer, RecordCheck, ReplaceReport
from domain.record import Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.publication import PublicationState

RESPONSE = "Response of the board to the report, after serious case review quality marker 16"
CHECKS = "Checks before publication, after serious case review quality markers 14 and 17"
APART = "Separation of duties: who wrote the report neither checks it nor decides on its publication"
OF_THE_TEXT: Final = frozenset({CheckKind.LEGAL, CheckKind.IDENTIFICATION})
"""The checks of one version of the text: a new version makes them void."""


class Answer(Model):
    """The board's answer to one finding as it stands."""

    finding: str
    answer: FindingAnswer
    at: datetime


class BoardResponse(Part):
    """The board's answers to the findings of the report."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (AnswerFinding,)

    findings: tuple[FindingBrief, ...] = ()
    answers: tuple[Answer, ...] = ()
    complete_at: datetime | None = None
    """When every finding had an answer for the first time."""

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Ids of the findings that have no answer yet, in the report's order."""
        answered = {answer.finding for answer in self.answers}
        return tuple(finding.id for finding in self.findings if finding.id not in answered)

    def refuses(self, command: Command, at: datetime, whole: "PublicationState") -> Refusal | None:
        """An answer belongs to a finding, fits its kind, and gives its reason."""
        assert isinstance(command, AnswerFinding), "dispatched by its part"  # noqa: S101
        finding = next((finding for finding in self.findings if finding.id == command.item), None)
        if finding is None:
            known = ", ".join(f.id for f in self.findings) or "none"
            return _no("finding-known", f"The report has no such finding; it has: {known}.")
        if whole.published_at is not None:
            return _no("response-published", "The board's response is published; its answers are no longer changed.")
        good_practice = finding.kind == "good-practice"
        if good_practice != (command.outcome is FindingAnswer.NOTED):
            asked = "Good practice is noted" if good_practice else "A finding is accepted, accepted partly or rejected"
            return _no("answer-fits", f"{asked}; no other answer fits.")
        if not good_practice and not command.reason.strip():
            return _no("reason-for-answer", "The board gives a reason for each answer (field reason).")
        return None

    def accept(self, command: Command, at: datetime, whole: "PublicationState") -> tuple[Self, Transition]:
        """With the answer in place of an earlier one."""
        assert isinstance(command, AnswerFinding), "dispatched by its part"  # noqa: S101
        given = Answer(finding=command.item or "", answer=command.outcome, at=at)
        others = tuple(answer for answer in self.answers if answer.finding != given.finding)
        part = self.model_copy(update={"answers": (*others, given)})
        if part.complete_at is None and not part.unanswered:
            part = part.model_copy(update={"complete_at": at})
        return part, Transition()

    def needs(self, whole: "PublicationState") -> tuple[ClockNeed, ...]:
        """The answers are due, counted from the acceptance of the report."""
        if not self.findings:
            return ()
        return (
            ClockNeed(
                rule="board-response",
                started_at=whole.accepted_at,
                satisfied_at=self.complete_at,
                waiting_on=Role.BUSINESS_MANAGER,
                task=f"{self.unanswered[0]}/{AnswerFinding.FORM}" if self.unanswered else "",
            ),
        )

    def tasks(self, whole: "PublicationState") -> tuple[Task, ...]:
        """Each finding that has no answer is asked for."""
        return tuple(
            Task(
                form=AnswerFinding.FORM,
                item=finding,
                role=Role.BUSINESS_MANAGER,
                title=f"{please(AnswerFinding)}: {finding}",
                clock="board-response",
            )
            for finding in self.unanswered
        )


class Check(Model):
    """One check as it was made. Later ones of the same kind come after it; none is taken away."""

    kind: CheckKind
    outcome: Literal["passed", "failed"]
    by: str
    """Id of the person who made it."""
    replaced: int = 0
    """How often the report had been replaced at that time: which version was checked."""
    at: datetime


class Checks(Part):
    """The checks before publication, and the version of the report that they are about."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (RecordCheck, ReplaceReport)

    report: str
    """Id of the document that is to be published, as it stands."""
    versions: tuple[str, ...] = ()
    """Ids of the documents that it replaced, in order."""
    made: tuple[Check, ...] = ()

    @property
    def missing(self) -> tuple[CheckKind, ...]:
        """The checks that are not passed: not made, failed last, or made void by a new version."""
        return tuple(kind for kind in CheckKind if not self._passed(kind))

    def refuses(self, command: Command, at: datetime, whole: "PublicationState") -> Refusal | None:
        """No author checks; the family is told before a check can say so; a new version is another document."""
        if whole.published_at is not None:
            return _no("published-already", "The report is published; it is neither checked nor replaced now.", CHECKS)
        if isinstance(command, ReplaceReport):
            return self._refuses_version(command)
        assert isinstance(command, RecordCheck), "dispatched by its part"  # noqa: S101
        return self._refuses_check(command, whole)

    def accept(self, command: Command, at: datetime, whole: "PublicationState") -> tuple[Self, Transition]:
        """With the check added, or with the new version in place of the report."""
        if isinstance(command, ReplaceReport):
            versions = (*self.versions, self.report)
            return self.model_copy(update={"report": command.report, "versions": versions}), Transition()
        assert isinstance(command, RecordCheck), "dispatched by its part"  # noqa: S101
        check = Check(
            kind=CheckKind(command.item or ""),
            outcome=command.outcome,
            by=command.checked_by,
            replaced=len(self.versions),
            at=at,
        )
        return self.model_copy(update={"made": (*self.made, check)}), Transition()

    def tasks(self, whole: "PublicationState") -> tuple[Task, ...]:
        """Each check that is not passed is asked for."""
        if whole.published_at is not None or whole.not_published:
            return ()
        return tuple(
            Task(
                form=RecordCheck.FORM,
                item=kind.value,
                role=Role.BUSINESS_MANAGER,
                title=f"{please(RecordCheck)}: {kind.words}{self._again(kind)}",
            )
            for kind in self.missing
        )

    def _last(self, kind: CheckKind) -> Check | None:
        return next((check for check in reversed(self.made) if check.kind is kind), None)

    def _passed(self, kind: CheckKind) -> bool:
        last = self._last(kind)
        if last is None or last.outcome != "passed":
            return False
        return kind not in OF_THE_TEXT or last.replaced == len(self.versions)

    def _again(self, kind: CheckKind) -> str:
        last = self._last(kind)
        if last is None:
            return ""
        return "; it failed and is to be made again" if last.outcome == "failed" else "; the report is a new version"

    def _refuses_check(self, command: RecordCheck, whole: "PublicationState") -> Refusal | None:
        kinds = tuple(kind.value for kind in CheckKind)
        if command.item not in kinds:
            return _no("check-known", f"There is no such check; there are: {', '.join(kinds)}.", CHECKS)
        if command.checked_by in whole.authors or command.actor.person in whole.authors:
            text = "Who is or was a lead reviewer of this review makes no check of its report; somebody else does."
            return _no("author-does-not-check", text, APART)
        if command.found is not None and "person" in command.found.missing:
            text = "The board's directory knows no such person; they have to be entered there first."
            return _no("person-known", text, CHECKS)
        if command.outcome == "failed" and not command.to_do.strip():
            return _no("failed-check-to-do", "A check that failed says what is to be done (field to_do).", CHECKS)
        if command.item == CheckKind.FAMILY_TOLD.value and command.outcome == "passed":
            return refuses_untold(whole)
        return None

    def _refuses_version(self, command: ReplaceReport) -> Refusal | None:
        if not command.report:
            return _no("new-version", "Name the document that takes the place of the report (field report).", CHECKS)
        if command.report == self.report:
            return _no("new-version", "That document is the report as it stands; name the new version.", CHECKS)
        return refuses_document(command.report, command.found, FOR_PUBLICATION)


def refuses_untold(whole: "PublicationState") -> Refusal | None:
    """Whether a member of the family has still to be told before anything is public."""
    untold = whole.participation.untold
    if not untold:
        return None
    text = f"The family is told before anybody else; not told yet: {', '.join(untold)}. Record it first."
    return _no("family-told-first", text, CHECKS)


def _no(code: str, text: str, source: str = RESPONSE) -> Refusal:
    return Refusal(code=code, text=text, source=source)
