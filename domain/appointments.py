"""Who runs the review: panel chair, lead reviewers, panel members, each with a declaration of interests.

People change over the years: an appointment ends and another begins, and both are kept. Whoever held a role once stays
apart from the roles that it excludes.
"""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

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

NO_AGENCY: Final = ("", "none", "other")
"""What a person declares who belongs to no agency of the directory."""
APPOINTED: Final = "appointed"
APPOINTMENT_ENDED: Final = "appointment-ended"

INDEPENDENT = (
    "Working Together to Safeguard Children (2015), chapter 4: "
    "the lead reviewer is independent of the board and of the organisations involved"
)
APART = (
    "Working Together to Safeguard Children (2010), chapter 8: "
    "the panel's chair is neither the author of the report nor of an agency under review"
)
DECLARED = "Declaration of interests of the board"
MEMBERS = "Panel of the review: one senior person of each agency, none of whom managed the case"


class Appoint(Command):
    """Somebody is appointed to the review, with their declaration of interests. Every question of it is answered."""

    FORM: ClassVar[str] = "appoint"
    FACT: ClassVar[str] = APPOINTED
    TITLE: ClassVar[str] = "appoint panel chair, lead reviewer and panel members, each with a declaration of interests"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR, Role.BUSINESS_MANAGER})

    person: Slug
    """Id of the person in the board's directory."""
    role: Literal["panel-chair", "lead-reviewer", "panel-member"]
    agency: str = ""
    """For a panel member: the agency that the person speaks for."""
    belongs_to_board: bool | None = None
    """Declared: member, employee or contractor of the board."""
    belongs_to_agency: str | None = None
    """Declared: id of the agency that employs or contracts the person; ``other`` for one that the directory does not
    know, ``none`` where there is none."""
    managed_the_case: bool | None = None
    """Declared: line-managed anybody who worked with the child or family."""
    worked_on_the_case: bool | None = None
    """Declared: worked with the child or family."""
    other_interests: str | None = Field(None, max_length=2_000)
    """Declared: anything else that others should know, or ``none``."""

    def looks_up(self) -> LookUp:
        """Whether the directory knows person and agency, and what part the person has in the board and its agencies."""
        employer = self.belongs_to_agency or ""
        return LookUp(person=self.person, agencies=(employer,) if employer not in NO_AGENCY else ())

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The questions of the declaration that have no answer."""
        asked = ("belongs_to_board", "belongs_to_agency", "managed_the_case", "worked_on_the_case", "other_interests")
        return tuple(name for name in asked if getattr(self, name) in (None, ""))

    @property
    def ties(self) -> frozenset[str]:
        """Agencies that the person belongs to, as declared and as the directory says."""
        declared = {self.belongs_to_agency, self.agency} - {None, *NO_AGENCY}
        return frozenset(str(tie) for tie in declared) | frozenset(self.found.agencies if self.found else ())


class EndAppointment(Command):
    """An appointment ends. It is kept, and another may begin."""

    FORM: ClassVar[str] = "end-appointment"
    FACT: ClassVar[str] = APPOINTMENT_ENDED
    TITLE: ClassVar[str] = "end an appointment"
    ABOUT: ClassVar[str] = "APPOINTMENT"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR, Role.BUSINESS_MANAGER})

    reason: Words


class Appointment(Model):
    """One person in one role of the review, for a time."""

    person: str
    role: Role
    agency: str = ""
    ties: tuple[str, ...] = ()
    """Agencies that the person belongs to."""
    since: datetime
    until: datetime | None = None

    @property
    def id(self) -> str:
        """By which it is named: ``lead-reviewer/nb-reviewer-1``."""
        return f"{self.role.value}/{self.person}"


class Appointments(Part):
    """All appointments of the review, ended ones included, in order."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (Appoint, EndAppointment)

    all: tuple[Appointment, ...] = ()

    def now(self, role: Role) -> tuple[Appointment, ...]:
        """Who holds the role at present."""
        return tuple(held for held in self.all if held.role is role and held.until is None)

    def ever(self, *roles: Role) -> tuple[str, ...]:
        """Ids of everybody who holds or held one of the roles."""
        return tuple(dict.fromkeys(held.person for held in self.all if held.role in roles))

    def holds(self, person: str, role: Role) -> bool:
        """Whether the person is in that role at present."""
        return person in {held.person for held in self.now(role)}

    @property
    def complete(self) -> bool:
        """Whether the review has a panel chair and a lead reviewer."""
        return bool(self.now(Role.PANEL_CHAIR) and self.now(Role.LEAD_REVIEWER))

    def refuses(self, command: Command, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        """An appointment needs its declaration and keeps apart what must be apart; ending needs one that stands."""
        if isinstance(command, EndAppointment):
            standing = {held.id for held in self.all if held.until is None}
            return None if command.item in standing else _no("no-such-appointment", "No such appointment stands.")
        assert isinstance(command, Appoint), "dispatched by its part"  # noqa: S101
        return (
            self._refuses_person(command)
            or self._refuses_twice(command)
            or self._refuses_reviewer(command, whole)
            or self._refuses_panel_chair(command, whole)
            or self._refuses_member(command, whole)
        )

    def accept(self, command: Command, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """With the appointment begun or ended; whoever is appointed is written to."""
        if isinstance(command, EndAppointment):
            ended = tuple(
                held.model_copy(update={"until": at}) if held.until is None and held.id == command.item else held
                for held in self.all
            )
            return self.model_copy(update={"all": ended}), Transition()
        assert isinstance(command, Appoint), "dispatched by its part"  # noqa: S101
        begun = Appointment(
            person=command.person,
            role=Role(command.role),
            agency=command.agency,
            ties=tuple(sorted(command.ties)),
            since=at,
        )
        letter = Letter(id=f"appointed/{len(self.all) + 1}", template="appointed", to=begun.role, person=begun.person)
        return self.model_copy(update={"all": (*self.all, begun)}), Transition(letters=(letter,))

    def needs(self, whole: "PanelReviewState") -> tuple[ClockNeed, ...]:
        """The panel is to be convened: a chair and a lead reviewer, counted from the decision."""
        return (
            ClockNeed(
                rule="panel-convened",
                started_at=whole.decided_at,
                satisfied_at=self._convened_at,
                waiting_on=Role.BOARD_CHAIR,
                task=Appoint.FORM,
            ),
        )

    def tasks(self, whole: "PanelReviewState") -> tuple[Task, ...]:
        """Asked for until there are a panel chair, a lead reviewer and a member of each agency under review."""
        missing = [role.words for role in (Role.PANEL_CHAIR, Role.LEAD_REVIEWER) if not self.now(role)]
        spoken_for = {held.agency for held in self.now(Role.PANEL_MEMBER)}
        missing += [f"panel member of {agency}" for agency in whole.under_review if agency not in spoken_for]
        if not missing or whole.accepted_at is not None:
            return ()
        clock = "panel-convened" if not self.complete else None
        title = f"{please(Appoint)}; missing: {', '.join(missing)}"
        return (Task(form=Appoint.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=clock),)

    @property
    def _convened_at(self) -> datetime | None:
        """When there were both for the first time; a later vacancy is a task, not a clock run anew."""
        first = [
            min((held.since for held in self.all if held.role is role), default=None)
            for role in (Role.PANEL_CHAIR, Role.LEAD_REVIEWER)
        ]
        known = [at for at in first if at is not None]
        return max(known) if len(known) == len(first) else None

    def _refuses_person(self, command: Appoint) -> Refusal | None:
        if command.unanswered:
            text = f"The declaration of interests is not answered in full: {', '.join(command.unanswered)}."
            return _no("declaration-unanswered", text, DECLARED)
        if command.found is not None and "agencies" in command.found.missing:
            text = "Give the id of the agency as the directory has it, other for one that it does not know, or none."
            return _no("agency-known", text, DECLARED)
        if command.actor.person == command.person:
            return _no("appoints-themselves", "Nobody appoints themselves; somebody else does it.", DECLARED)
        if command.found is not None and "person" in command.found.missing:
            return _no(
                "person-known", "The board's directory knows no such person; they have to be entered there first."
            )
        return None

    def _refuses_twice(self, command: Appoint) -> Refusal | None:
        if self.holds(command.person, Role(command.role)):
            return _no("appointed-already", "This person holds that appointment already.")
        return None

    def _refuses_reviewer(self, command: Appoint, whole: "PanelReviewState") -> Refusal | None:
        if command.role != Role.LEAD_REVIEWER.value:
            return None
        if command.belongs_to_board or (command.found is not None and command.found.roles):
            return _no("reviewer-independent", "A lead reviewer may not belong to the board.", INDEPENDENT)
        if command.ties & set(whole.under_review):
            return _no("reviewer-independent", "A lead reviewer may not belong to an agency under review.", INDEPENDENT)
        if command.worked_on_the_case or command.managed_the_case:
            return _no("reviewer-independent", "A lead reviewer may not have had a part in the case.", INDEPENDENT)
        if command.person in self.ever(Role.PANEL_CHAIR, Role.PANEL_MEMBER):
            text = "Who is or was chair or member of this panel cannot be its lead reviewer."
            return _no("roles-apart", text, APART)
        return None

    def _refuses_panel_chair(self, command: Appoint, whole: "PanelReviewState") -> Refusal | None:
        if command.role != Role.PANEL_CHAIR.value:
            return None
        if self.now(Role.PANEL_CHAIR):
            return _no("one-panel-chair", "The panel has a chair; end that appointment first.", MEMBERS)
        if command.ties & set(whole.under_review):
            return _no("chair-independent", "The panel's chair may not belong to an agency under review.", APART)
        if command.worked_on_the_case or command.managed_the_case:
            return _no("managed-the-case", "The panel's chair may not have had a part in the case.", MEMBERS)
        if command.person in self.ever(Role.LEAD_REVIEWER, Role.PANEL_MEMBER):
            text = "Who is or was lead reviewer or member of this panel cannot be its chair."
            return _no("roles-apart", text, APART)
        return None

    def _refuses_member(self, command: Appoint, whole: "PanelReviewState") -> Refusal | None:
        if command.role != Role.PANEL_MEMBER.value:
            return _no("agency-of-a-member", "Only a panel member speaks for an agency.") if command.agency else None
        if command.agency not in whole.under_review:
            return _no("agency-under-review", "A panel member speaks for one of the agencies under review.", MEMBERS)
        if command.managed_the_case or command.worked_on_the_case:
            text = "A panel member may neither have worked on the case nor have managed those who did."
            return _no("managed-the-case", text, MEMBERS)
        if command.agency in {held.agency for held in self.now(Role.PANEL_MEMBER)}:
            text = "That agency has a member on the panel; end that appointment first."
            return _no("one-member-an-agency", text, MEMBERS)
        if command.person in self.ever(Role.LEAD_REVIEWER, Role.PANEL_CHAIR):
            text = "Who is or was lead reviewer or chair of this panel cannot be a member of it."
            return _no("roles-apart", text, APART)
        return None


def _no(code: str, text: str, source: str = MEMBERS) -> Refusal:
    return Refusal(code=code, text=text, source=source)
