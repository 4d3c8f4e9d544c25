"""The family and the practitioners: told of the review, heard, told again; or it is recorded why not.

Members of the family are spoken of by a key (``family-1``) and their relation to the child, never by name.
Practitioners take part as a group.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from re import fullmatch
from typing import Any, ClassVar, Final, Self

from pydantic import Field

from domain.clocks.book import ClockNeed
from domain.command import Command, HappenedAt, Words, please, refuses_future
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Task
from domain.stage_state import Transition

FAMILY = "Serious case review quality markers 4 and 12: the family is told and heard, or it is recorded why not"
PRACTITIONERS = "Serious case review quality marker 11: practitioners are informed, supported and heard"
FAMILY_FIRST = "Serious case review quality marker 17: the family is told before anything is published"
INFORMED: Final = "family-informed"
KEY = r"family-[1-9][0-9]?"
RECORDERS = frozenset({Role.BUSINESS_MANAGER, Role.LEAD_REVIEWER, Role.PANEL_CHAIR})


class FamilyStep(StrEnum):
    """What was done with a member of the family."""

    INFORMED = "informed"
    TOOK_PART = "took-part"
    FEEDBACK_GIVEN = "feedback-given"
    TOLD_OF_PUBLICATION = "told-of-publication"
    DECLINED = "declined"
    COULD_NOT_BE_TOLD = "could-not-be-told"


class PractitionerStep(StrEnum):
    """What was done with the practitioners as a group."""

    INVITED = "invited"
    INFORMED = "informed"
    SUPPORTED = "supported"
    LEARNING_EVENT_HELD = "learning-event-held"
    NOT_HELD = "not-held"


class PlanFamilyMember(Command):
    """How a member of the family is told of the review and takes part. Given again for the same key, it is updated."""

    FORM: ClassVar[str] = "plan-family-member"
    FACT: ClassVar[str] = "family-member-planned"
    TITLE: ClassVar[str] = "plan how a member of the family is told of the review and takes part"
    ABOUT: ClassVar[str] = "FAMILY-MEMBER"
    ROLES: ClassVar[frozenset[Role]] = RECORDERS

    who: Words
    """The relation to the child, like: mother, grandfather, brother aged over 16. Please give no name."""
    told_by: Words
    """Role and organisation of who tells them."""
    interpreter_or_help: str = Field("", max_length=2_000)
    """Interpreter, translation, an advocate, help with a disability."""
    takes_part: str = Field("", max_length=20_000)
    """How they take part: a conversation, a letter, through an advocate."""
    why_not: str = Field("", max_length=20_000)
    """Why they are not asked to take part; give this or how they take part."""
    planned_on: date | None = None
    """The day on which they are to be told."""


class RecordNoFamily(Command):
    """Nobody of the family is told of the review or takes part, and why."""

    FORM: ClassVar[str] = "record-no-family"
    FACT: ClassVar[str] = "no-family-recorded"
    TITLE: ClassVar[str] = "record why nobody of the family is told of the review or takes part"
    ROLES: ClassVar[frozenset[Role]] = RECORDERS

    reason: Words


class RecordFamilyContact(Command):
    """A contact with a member of the family."""

    FORM: ClassVar[str] = "record-family-contact"
    FACT: ClassVar[str] = "family-contact-recorded"
    TITLE: ClassVar[str] = "record a contact with a member of the family"
    ABOUT: ClassVar[str] = "FAMILY-MEMBER"
    ROLES: ClassVar[frozenset[Role]] = RECORDERS

    step: FamilyStep
    happened_at: HappenedAt
    by_whom: Words
    """Role and organisation of who had the contact."""
    note: str = Field("", max_length=20_000)
    """What was said or asked for; needed where they could not be told: why, and what was tried."""


class RecordPractitioners(Command):
    """A step with the practitioners who worked with the child and the family, as a group."""

    FORM: ClassVar[str] = "record-practitioners"
    FACT: ClassVar[str] = "practitioners-recorded"
    TITLE: ClassVar[str] = "record how the practitioners were invited, informed, supported and heard"
    ROLES: ClassVar[frozenset[Role]] = RECORDERS

    step: PractitionerStep
    happened_at: HappenedAt
    note: str = Field("", max_length=20_000)
    reason: str = Field("", max_length=20_000)
    """Why no learning event is held; needed then, and how practitioners are heard instead."""


class Contact(Model):
    """A contact with a member of the family. What was said is in the record."""

    step: FamilyStep
    happened_at: datetime


class FamilyMember(Model):
    """One member of the family, as far as rules need it."""

    key: str
    planned_at: datetime
    """When it was planned that they take part; again where they were not to at first."""
    excused: bool = False
    """Whether it is recorded why they are not asked to take part."""
    contacts: tuple[Contact, ...] = ()
    """In the order in which they happened."""

    def first(self, *steps: FamilyStep) -> datetime | None:
        """When one of these steps happened for the first time."""
        return next((contact.happened_at for contact in self.contacts if contact.step in steps), None)

    def stands(self, at: datetime | None = None) -> FamilyStep | None:
        """Whether the member was informed, declined or could not be told, last of all (or until ``at``)."""
        known = (FamilyStep.INFORMED, FamilyStep.DECLINED, FamilyStep.COULD_NOT_BE_TOLD)
        steps = [c.step for c in self.contacts if c.step in known and (at is None or c.happened_at <= at)]
        return steps[-1] if steps else None

    def owes(self, step: FamilyStep) -> bool:
        """Whether that step is neither recorded nor excused."""
        if step in {contact.step for contact in self.contacts} or self.excused:
            return False
        return self.stands() not in (FamilyStep.DECLINED, FamilyStep.COULD_NOT_BE_TOLD)

    def told_of_publication(self, since: datetime | None) -> bool:
        """Whether they were told of publication, or could not be, ``since`` the report was accepted."""
        enough = (FamilyStep.TOLD_OF_PUBLICATION, FamilyStep.COULD_NOT_BE_TOLD)
        return any(c.step in enough and (since is None or c.happened_at >= since) for c in self.contacts)

    def after(self, contact: Contact) -> "FamilyMember":
        """With one more contact."""
        contacts = sorted((*self.contacts, contact), key=lambda each: each.happened_at)
        return self.model_copy(update={"contacts": tuple(contacts)})

    def replanned(self, *, excused: bool, at: datetime) -> "FamilyMember":
        """With another plan. Who is to take part after all is to be told within the time counted from now."""
        planned_at = at if self.excused and not excused else self.planned_at
        return self.model_copy(update={"excused": excused, "planned_at": planned_at})


class Participation(Part):
    """The family member by member, and the practitioners as a group."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (
        PlanFamilyMember,
        RecordNoFamily,
        RecordFamilyContact,
        RecordPractitioners,
    )

    family: tuple[FamilyMember, ...] = ()
    no_family: bool = False
    """Whether it is recorded why nobody of the family takes part."""
    practitioners: tuple[tuple[PractitionerStep, datetime], ...] = ()
    carried_at: datetime | None = None
    """When publication took this over from the review: what is told of publication counts from here."""

    @property
    def planned(self) -> bool:
        """Whether a member of the family is planned for, or it is recorded why nobody is."""
        return bool(self.family) or self.no_family

    def family_gaps(self, step: str) -> tuple[str, ...]:
        """Keys of the members with whom this step is not recorded, with no reason recorded why not.

        ``ValueError`` for what is no ``FamilyStep``.
        """
        asked = FamilyStep(step)
        return tuple(member.key for member in self.family if member.owes(asked))

    @property
    def untold(self) -> tuple[str, ...]:
        """Keys of the members who are not told of publication. Who declined to take part is told all the same."""
        return tuple(member.key for member in self.family if not member.told_of_publication(self.carried_at))

    @property
    def practitioner_gaps(self) -> tuple[PractitionerStep, ...]:
        """The steps with the practitioners that are not recorded. Where no event is held nobody is invited to one."""
        done = {step for step, _ in self.practitioners}
        if PractitionerStep.NOT_HELD in done:
            done |= {PractitionerStep.INVITED, PractitionerStep.LEARNING_EVENT_HELD}
        return tuple(step for step in PractitionerStep if step not in done and step is not PractitionerStep.NOT_HELD)

    def carried_over(self, at: datetime) -> Self:
        """The part as the next stage takes it over."""
        return self.model_copy(update={"carried_at": at})

    def refuses(self, command: Command, at: datetime, whole: Any) -> Refusal | None:
        """Each contact is of a member who is planned for, has happened, and follows the step before."""
        match command:
            case PlanFamilyMember():
                return _refuses_plan(command, at)
            case RecordNoFamily():
                text = "Somebody of the family is planned for; record for each member why not (why_not) instead."
                return _no("nobody-planned", text) if self.family else None
            case RecordFamilyContact():
                return self._refuses_contact(command, at, whole)
        assert isinstance(command, RecordPractitioners), "dispatched by its part"  # noqa: S101
        return self._refuses_practitioners(command, at)

    def accept(self, command: Command, at: datetime, whole: Any) -> tuple[Self, Transition]:
        """With the plan, the reason, the contact or the step."""
        match command:
            case PlanFamilyMember():
                return self._with(self._planned(command, at)).model_copy(update={"no_family": False}), Transition()
            case RecordNoFamily():
                return self.model_copy(update={"no_family": True}), Transition()
            case RecordFamilyContact():
                member = self._member(command.item)
                assert member is not None, "refused before"  # noqa: S101
                contact = Contact(step=command.step, happened_at=command.happened_at)
                return self._with(member.after(contact)), Transition()
        assert isinstance(command, RecordPractitioners), "dispatched by its part"  # noqa: S101
        practitioners = (*self.practitioners, (command.step, command.happened_at))
        return self.model_copy(update={"practitioners": practitioners}), Transition()

    def needs(self, whole: Any) -> tuple[ClockNeed, ...]:
        """Each member is to be told of the review in time; a refusal or a reason why not ends the waiting too."""
        needs = (_informed_need(member, self.carried_at) for member in self.family)
        return tuple(need for need in needs if need is not None and self._belongs_here(need, over=whole.done()))

    def tasks(self, whole: Any) -> tuple[Task, ...]:
        """What is missing is asked for; feedback and the telling of publication once the whole wants them."""
        if whole.done():
            return ()
        return (*self._family_tasks(whole), *self._practitioner_tasks())

    def _belongs_here(self, need: ClockNeed, *, over: bool) -> bool:
        """Open clocks go on in the next stage once this one is over; what was settled stays where it was settled."""
        if need.satisfied_at is None:
            return not over
        return self.carried_at is None or need.satisfied_at >= self.carried_at

    def _family_tasks(self, whole: Any) -> Iterable[Task]:
        if not self.planned:
            title = please(PlanFamilyMember)
            yield Task(form=PlanFamilyMember.FORM, item="family-1", role=Role.BUSINESS_MANAGER, title=title)
        for member in self.family:
            missing = list(self._missing(member, whole))
            if not missing:
                continue
            yield Task(
                form=RecordFamilyContact.FORM,
                item=member.key,
                role=Role.BUSINESS_MANAGER,
                title=f"Record of {member.key}: {', '.join(missing)}",
                clock=f"{INFORMED}/{member.key}" if member.owes(FamilyStep.INFORMED) else None,
            )

    def _missing(self, member: FamilyMember, whole: Any) -> Iterable[str]:
        """What is to be done with the member now, in words. One task asks for all of it."""
        if member.owes(FamilyStep.INFORMED):
            yield "told of the review"
        if getattr(whole, "wants_feedback", False) and member.owes(FamilyStep.FEEDBACK_GIVEN):
            yield "their view of the report"
        if getattr(whole, "wants_family_told", False) and not member.told_of_publication(self.carried_at):
            yield "told of publication"

    def _practitioner_tasks(self) -> Iterable[Task]:
        if gaps := self.practitioner_gaps:
            steps = ", ".join(step.value.replace("-", " ") for step in gaps)
            title = f"Record of the practitioners: {steps}"
            yield Task(form=RecordPractitioners.FORM, role=Role.BUSINESS_MANAGER, title=title)

    def _member(self, key: str | None) -> FamilyMember | None:
        return next((member for member in self.family if member.key == key), None)

    def _with(self, member: FamilyMember) -> Self:
        by_key = {each.key: each for each in self.family} | {member.key: member}
        return self.model_copy(update={"family": tuple(by_key.values())})

    def _planned(self, command: PlanFamilyMember, at: datetime) -> FamilyMember:
        excused = bool(command.why_not.strip())
        known = self._member(command.item)
        if known is None:
            return FamilyMember(key=command.item or "", planned_at=at, excused=excused)
        return known.replanned(excused=excused, at=at)

    def _refuses_contact(self, command: RecordFamilyContact, at: datetime, whole: Any) -> Refusal | None:
        member = self._member(command.item)
        if member is None:
            return _no("member-known", "Nobody of the family is planned for under that key; use plan-family-member.")
        if (refusal := refuses_future("The contact", command.happened_at, at)) is not None:
            return refusal
        if command.step is FamilyStep.COULD_NOT_BE_TOLD and not command.note.strip():
            return _no("reason-recorded", "Say in the note why they could not be told and what was tried.")
        if command.step is FamilyStep.TOLD_OF_PUBLICATION:
            return self._refuses_telling(command, whole)
        if command.step in (FamilyStep.TOOK_PART, FamilyStep.FEEDBACK_GIVEN):
            return _refuses_before_informed(member, command.happened_at)
        return None

    def _refuses_telling(self, command: RecordFamilyContact, whole: Any) -> Refusal | None:
        """There is nothing to tell of before the board has accepted the report."""
        too_early = self.carried_at is not None and command.happened_at < self.carried_at
        if whole.STAGE != "panel" and not too_early:
            return None
        text = "The family is told of publication after the board has accepted the report, and before anyone public."
        return _no("report-accepted-first", text, FAMILY_FIRST)

    def _refuses_practitioners(self, command: RecordPractitioners, at: datetime) -> Refusal | None:
        if (refusal := refuses_future("The step", command.happened_at, at)) is not None:
            return refusal
        before = {step for step, happened_at in self.practitioners if happened_at <= command.happened_at}
        if command.step is PractitionerStep.LEARNING_EVENT_HELD:
            missing = [s for s in (PractitionerStep.INVITED, PractitionerStep.INFORMED) if s not in before]
            text = f"Before a learning event the practitioners are {' and '.join(missing)}; record that first."
            return _no("event-prepared", text, PRACTITIONERS) if missing else None
        if command.step is not PractitionerStep.NOT_HELD:
            return None
        if PractitionerStep.LEARNING_EVENT_HELD in dict(self.practitioners):
            return _no("event-held", "The learning event is recorded as held.", PRACTITIONERS)
        if not command.reason.strip():
            text = "Give the reason why no learning event is held, and how the practitioners are heard instead."
            return _no("reason-recorded", text, PRACTITIONERS)
        return None


def _refuses_plan(command: PlanFamilyMember, at: datetime) -> Refusal | None:
    if not fullmatch(KEY, command.item or ""):
        return _no("family-key", "Name the member of the family by family- and a number, like family-1, never by name.")
    if bool(command.takes_part.strip()) == bool(command.why_not.strip()):
        return _no("part-or-reason", "Say how they take part (takes_part), or why not (why_not): one of the two.")
    if command.planned_on is not None and command.planned_on < at.date():
        return _no("planned-ahead", "The planned day has passed; record the contact, or plan a day still to come.")
    return None


def _refuses_before_informed(member: FamilyMember, happened_at: datetime) -> Refusal | None:
    stood = member.stands(happened_at)
    if stood is FamilyStep.DECLINED:
        text = "They had declined; if they changed their mind, record first that they were informed again."
        return _no("declined-before", text)
    if stood is not FamilyStep.INFORMED:
        return _no("informed-first", "Record first that they were informed of the review; before it nobody takes part.")
    return None


def _informed_need(member: FamilyMember, opened_at: datetime | None) -> ClockNeed | None:
    answered = member.first(FamilyStep.INFORMED, FamilyStep.DECLINED, FamilyStep.COULD_NOT_BE_TOLD)
    if answered is None and member.excused:
        return None
    return ClockNeed(
        rule=INFORMED,
        item=member.key,
        started_at=member.planned_at,
        satisfied_at=answered,
        waiting_on=Role.BUSINESS_MANAGER,
        task=f"{member.key}/{RecordFamilyContact.FORM}",
        opened_at=opened_at,
    )


def _no(code: str, text: str, source: str = FAMILY) -> Refusal:
    return Refusal(code=code, text=text, source=source)
