"""The review's own clock: six months from the decision, milestones, extension by the chair, what is late and why."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, HappenedAt, Words, please, refuses_future
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import TOLD_OF_DELAYS, Role
from domain.record import Letter, LetterOutcome, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.panel import PanelReviewState

SIX_MONTHS = (
    "Working Together to Safeguard Children (2015), chapter 4: a review is completed within six months of the decision"
)
TIMETABLE = "Timetable in the terms of reference"
REVIEW = "serious-case-review"
"""The clock of the whole review."""
OF_THE_REVIEW = (REVIEW, "milestone")
"""Rules whose delay is to be explained."""


class ExtendReview(Command):
    """The chair extends the time for the review. The first date is kept."""

    FORM: ClassVar[str] = "extend-review"
    FACT: ClassVar[str] = "review-extended"
    TITLE: ClassVar[str] = "extend the time for the review"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})
    EXTENDS: ClassVar[bool] = True

    until: date
    """The day by which the review is to be complete."""
    reason: Words
    told: Words
    """Who was told beside the national panel and the department, in roles."""


class MeetMilestone(Command):
    """A milestone of the timetable was reached."""

    FORM: ClassVar[str] = "meet-milestone"
    FACT: ClassVar[str] = "milestone-met"
    TITLE: ClassVar[str] = "record that a milestone was reached"
    ABOUT: ClassVar[str] = "MILESTONE"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.PANEL_CHAIR, Role.LEAD_REVIEWER, Role.BUSINESS_MANAGER})

    reached_at: HappenedAt
    note: str = ""


class ExplainDelay(Command):
    """Why a clock of the review was not met, or will not be."""

    FORM: ClassVar[str] = "explain-delay"
    FACT: ClassVar[str] = "delay-explained"
    TITLE: ClassVar[str] = "say why a clock of the review is late, and what is learned and done meanwhile"
    ABOUT: ClassVar[str] = "CLOCK"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.PANEL_CHAIR, Role.LEAD_REVIEWER, Role.BUSINESS_MANAGER})

    reason: Words
    meanwhile: Words
    """What is learned and acted on without waiting for the report."""


class Extension(Model):
    """The time as the chair extended it."""

    until: date
    at: datetime


class Timetable(Part):
    """Extensions, milestones reached, and reasons for delays."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (ExtendReview, MeetMilestone, ExplainDelay)

    extensions: tuple[Extension, ...] = ()
    met: tuple[tuple[str, datetime], ...] = ()
    explained: tuple[str, ...] = ()
    """Ids of clocks whose delay was explained."""
    told: tuple[tuple[str, datetime], ...] = ()
    """Notices of an extension that were handed over, by letter id."""
    outside: tuple[Role, ...] = TOLD_OF_DELAYS
    """The outside bodies that are told of an extension."""

    def refuses(self, command: Command, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        """An extension goes forward; a milestone is one of the terms'; a delay is of a clock that there is."""
        match command:
            case ExtendReview():
                return self._refuses_extension(command, at, whole)
            case MeetMilestone():
                if command.item not in {milestone.id for milestone in whole.milestones}:
                    return _no("milestone-known", "The terms of reference have no such milestone.")
                if command.item in dict(self.met):
                    return _no("milestone-met", "That milestone was reached before.")
                return refuses_future("The milestone", command.reached_at, at)
        known = {REVIEW, *(f"milestone/{milestone.id}" for milestone in whole.milestones)}
        if command.item not in known:
            return _no("clock-of-review", "Name the clock: serious-case-review, or milestone/ and its id.")
        return None

    def accept(self, command: Command, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """With the extension and its notices, the milestone, or the reason."""
        match command:
            case ExtendReview():
                extensions = (*self.extensions, Extension(until=command.until, at=at))
                letters = tuple(
                    Letter(
                        id=f"extension/{len(extensions)}/{role.value}",
                        template="review-extended",
                        to=role,
                        kind="notice",
                        words={"until": command.until.isoformat(), "decided_at": at.isoformat()},
                    )
                    for role in self.outside
                )
                return self.model_copy(update={"extensions": extensions}), Transition(letters=letters)
            case MeetMilestone():
                met = (*self.met, (command.item or "", command.reached_at))
                return self.model_copy(update={"met": met}), Transition()
        explained = tuple(dict.fromkeys((*self.explained, command.item or "")))
        return self.model_copy(update={"explained": explained}), Transition()

    def told_of(self, outcome: LetterOutcome, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """With a notice of an extension known to be handed over."""
        if not outcome.letter.startswith("extension/") or outcome.letter in dict(self.told):
            return self, Transition()
        return self.model_copy(update={"told": (*self.told, (outcome.letter, outcome.at))}), Transition()

    def needs(self, whole: "PanelReviewState") -> tuple[ClockNeed, ...]:
        """The six months, the milestones in force, and the notice of each extension."""
        last = self.extensions[-1] if self.extensions else None
        review = ClockNeed(
            rule=REVIEW,
            started_at=whole.decided_at,
            satisfied_at=whole.accepted_at,
            waiting_on=whole.waits_for,
            due_on=last and last.until,
            why="the board chair extended the time for the review" if last else "",
        )
        return (review, *self._milestones(whole), *self._notices())

    def tasks(self, whole: "PanelReviewState") -> tuple[Task, ...]:
        """Each milestone is to be reached."""
        if whole.accepted_at is not None:
            return ()
        return tuple(
            Task(
                form=MeetMilestone.FORM,
                item=milestone.id,
                role=Role.PANEL_CHAIR,
                title=please(MeetMilestone),
                clock=f"milestone/{milestone.id}",
            )
            for milestone in whole.milestones
            if milestone.id not in dict(self.met)
        )

    def _milestones(self, whole: "PanelReviewState") -> tuple[ClockNeed, ...]:
        terms = whole.terms.in_force
        if terms is None or whole.terms.first_approved_at is None:
            return ()
        met = dict(self.met)
        return tuple(
            ClockNeed(
                rule="milestone",
                item=milestone.id,
                started_at=whole.terms.first_approved_at,
                satisfied_at=met.get(milestone.id) or whole.accepted_at,
                waiting_on=Role.PANEL_CHAIR,
                due_on=milestone.due_on,
                why=f"set in version {terms.version} of the terms of reference",
                task=f"{milestone.id}/{MeetMilestone.FORM}",
            )
            for milestone in terms.milestones
        )

    def _notices(self) -> tuple[ClockNeed, ...]:
        if not self.outside:
            return ()
        told = dict(self.told)
        given = [
            [told.get(f"extension/{number}/{role.value}") for role in self.outside]
            for number in range(1, len(self.extensions) + 1)
        ]
        return tuple(
            ClockNeed(
                rule="delay-notice",
                item=f"extension/{number}",
                started_at=extension.at,
                satisfied_at=max(at for at in handed if at) if all(handed) else None,
                waiting_on=Role.BUSINESS_MANAGER,
            )
            for number, (extension, handed) in enumerate(zip(self.extensions, given, strict=True), start=1)
        )

    def _refuses_extension(self, command: ExtendReview, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        if whole.accepted_at is not None:
            return _no("review-complete", "The review is complete; there is nothing to extend.", SIX_MONTHS)
        if command.until <= at.date():
            return _no("extension-forward", "An extension ends on a day that is still to come.", SIX_MONTHS)
        if self.extensions and command.until <= self.extensions[-1].until:
            return _no("extension-forward", "An extension goes beyond the date that stands.", SIX_MONTHS)
        return None


def _no(code: str, text: str, source: str = TIMETABLE) -> Refusal:
    return Refusal(code=code, text=text, source=source)
