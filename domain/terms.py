"""Terms of reference: what the review is for, what it asks of whom, by when. Approved by the chair, versioned."""

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field

from domain.clocks.book import ClockNeed
from domain.command import Command, LookUp, Words, please
from domain.incident import Slug
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.panel import PanelReviewState

TERMS = "Terms of reference of the review, after serious case review quality markers 5, 6, 7 and 9"


class Milestone(Model):
    """A step of the timetable and the day by which it is reached."""

    id: Slug
    """Short name: ``learning-event``."""
    title: Words
    due_on: date


class DraftTerms(Command):
    """The terms of reference as proposed to the chair; drafted again they are a new version."""

    FORM: ClassVar[str] = "draft-terms"
    FACT: ClassVar[str] = "terms-drafted"
    TITLE: ClassVar[str] = "draft the terms of reference"
    ROLES: ClassVar[frozenset[Role]] = frozenset(
        {Role.LEAD_REVIEWER, Role.PANEL_CHAIR, Role.SUB_GROUP, Role.BUSINESS_MANAGER}
    )

    purpose: Words
    """What lessons are sought about how organisations work together."""
    acted_on: Words
    """How the lessons will be acted on."""
    expected_to_change: Words
    """What is expected to change by it."""
    questions: tuple[Words, ...] = Field(min_length=1)
    """What the review asks."""
    period_from: date
    period_to: date
    """The period under review, both days included."""
    agencies: tuple[Slug, ...] = Field(min_length=1)
    """Ids of the agencies under review; each is asked for its report and chronology."""
    reports_due_on: date | None = None
    """By when the agencies' reports are asked for; without it the regime's time counts."""
    method: Words
    disagreement: Words
    """How disagreement and impasse are settled, and by whom."""
    milestones: tuple[Milestone, ...] = ()
    family_plan: Words
    """How the family is told and takes part."""
    media_lead: Words
    """Role and organisation of who speaks to the media."""
    reason: str = Field("", max_length=20_000)
    """From the second version on: why the terms change."""

    def looks_up(self) -> LookUp:
        """Whether the directory knows the agencies, so that somebody can be asked."""
        return LookUp(agencies=self.agencies)


class DecideOnTerms(Command):
    """The chair approves the terms of reference, or sends them back with the reason."""

    FORM: ClassVar[str] = "decide-on-terms"
    FACT: ClassVar[str] = "terms-decided"
    TITLE: ClassVar[str] = "approve the terms of reference, or send them back"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: Literal["approved", "sent-back"]
    reason: Words


class Terms(Model):
    """One version of the terms, as far as clocks and rules need it; the whole text is in the record."""

    version: int
    agencies: tuple[str, ...]
    reports_due_on: date | None = None
    milestones: tuple[Milestone, ...] = ()
    drafted_by: str
    drafted_at: datetime
    approved_at: datetime | None = None


class TermsOfReference(Part):
    """The terms in force, and those that wait for the chair."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (DraftTerms, DecideOnTerms)

    in_force: Terms | None = None
    proposed: Terms | None = None
    versions: int = 0
    first_approved_at: datetime | None = None

    def refuses(self, command: Command, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        """A draft is complete and possible; the chair decides on a draft that somebody else made."""
        if whole.report.signed_off_at is not None:
            return _no("terms-settled", "The panel has signed the report off; its terms are no longer changed.")
        if isinstance(command, DecideOnTerms):
            return self._refuses_decision(command, whole)
        assert isinstance(command, DraftTerms), "dispatched by its part"  # noqa: S101
        return self._refuses_draft(command, at, whole)

    def accept(self, command: Command, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """With the draft proposed, put in force, or back with who drafts."""
        if isinstance(command, DraftTerms):
            proposed = Terms(
                version=self.versions + 1,
                agencies=tuple(dict.fromkeys(command.agencies)),
                reports_due_on=command.reports_due_on,
                milestones=command.milestones,
                drafted_by=command.actor.person,
                drafted_at=at,
            )
            part = self.model_copy(update={"proposed": proposed, "versions": proposed.version})
            return part, Transition(letters=(_letter(f"terms/{proposed.version}", DecideOnTerms, Role.BOARD_CHAIR),))
        assert isinstance(command, DecideOnTerms) and self.proposed is not None, "refused before"  # noqa: S101
        if command.outcome == "sent-back":
            letter = _letter(f"terms/{self.proposed.version}/back", DraftTerms, Role.LEAD_REVIEWER)
            return self.model_copy(update={"proposed": None}), Transition(letters=(letter,))
        approved = self.proposed.model_copy(update={"approved_at": at})
        first = self.first_approved_at or at
        part = self.model_copy(update={"in_force": approved, "proposed": None, "first_approved_at": first})
        return part, Transition()

    def needs(self, whole: "PanelReviewState") -> tuple[ClockNeed, ...]:
        """Terms of reference are to be approved, counted from the decision to hold a review."""
        return (
            ClockNeed(
                rule="terms-of-reference",
                started_at=whole.decided_at,
                satisfied_at=self.first_approved_at,
                waiting_on=Role.BOARD_CHAIR if self.proposed else Role.LEAD_REVIEWER,
                task=DecideOnTerms.FORM if self.proposed else DraftTerms.FORM,
            ),
        )

    def tasks(self, whole: "PanelReviewState") -> tuple[Task, ...]:
        """A draft is asked for while there is none; then the chair's approval."""
        clock = "terms-of-reference" if self.in_force is None else None
        if self.proposed is not None:
            title = f"{please(DecideOnTerms)} (version {self.proposed.version})"
            return (Task(form=DecideOnTerms.FORM, role=Role.BOARD_CHAIR, title=title, clock=clock),)
        if self.in_force is not None:
            return ()
        drafts = Role.LEAD_REVIEWER if whole.appointments.now(Role.LEAD_REVIEWER) else Role.BUSINESS_MANAGER
        return (Task(form=DraftTerms.FORM, role=drafts, title=please(DraftTerms), clock=clock),)

    def _refuses_decision(self, command: DecideOnTerms, whole: "PanelReviewState") -> Refusal | None:
        if self.proposed is None:
            return _no("no-draft", "No draft of the terms of reference waits for the chair.")
        if self.proposed.drafted_by == command.actor.person:
            return _no("drafter-is-not-decider", "Who drafted the terms cannot approve them; the deputy can.")
        if command.outcome == "sent-back":
            return None
        return self._refuses_ties(self.proposed, whole) or self._refuses_dropped(self.proposed, whole)

    def _refuses_draft(self, command: DraftTerms, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        if self.in_force is not None and not command.reason.strip():
            return _no("reason-for-change", "The terms are in force; say why they change (field reason).")
        if command.period_to < command.period_from:
            return _no("period", "The period under review ends before it begins.")
        if command.period_from > at.date():
            return _no("period", "The period under review begins in the future.")
        return (
            self._refuses_milestones(command, at)
            or self._refuses_ties(command, whole)
            or _refuses_unknown(command)
            or self._refuses_dropped(command, whole)
        )

    def _refuses_milestones(self, command: DraftTerms, at: datetime) -> Refusal | None:
        ids = [milestone.id for milestone in command.milestones]
        if len(set(ids)) < len(ids):
            return _no("milestones", "Two milestones have the same id.")
        known = {m.id: m.due_on for m in self.in_force.milestones} if self.in_force else {}
        fresh = [m.due_on for m in command.milestones if known.get(m.id) != m.due_on]
        if self.in_force is None or command.reports_due_on != self.in_force.reports_due_on:
            fresh += [command.reports_due_on] if command.reports_due_on else []
        if any(day < at.date() for day in fresh):
            return _no("milestones", "A day of the timetable has passed already.")
        return None

    def _refuses_ties(self, command: "DraftTerms | Terms", whole: "PanelReviewState") -> Refusal | None:
        """Independence holds for agencies that come under review later, too."""
        for role in (Role.LEAD_REVIEWER, Role.PANEL_CHAIR):
            for held in whole.appointments.now(role):
                if set(held.ties) & set(command.agencies):
                    text = f"The {role.words} belongs to an agency that would come under review."
                    return _no("independence", f"{text} End that appointment first.")
        return None

    def _refuses_dropped(self, command: "DraftTerms | Terms", whole: "PanelReviewState") -> Refusal | None:
        """An agency whose report is there stays in the review: nothing that was received is lost."""
        received = {report.id for report in whole.reports.agencies if report.rounds}
        if received - set(command.agencies):
            return _no("agency-has-reported", "An agency that has sent its report stays in the terms of reference.")
        return None


def _refuses_unknown(command: DraftTerms) -> Refusal | None:
    if command.found is not None and "agencies" in command.found.missing:
        return _no("agencies-known", "The board's directory does not know every agency named; enter them there first.")
    return None


def _letter(name: str, form: type[Command], to: Role) -> Letter:
    return Letter(id=f"task/{name}", template="task", to=to, task=form.FORM, clock_title=please(form))


def _no(code: str, text: str, source: str = TERMS) -> Refusal:
    return Refusal(code=code, text=text, source=source)
