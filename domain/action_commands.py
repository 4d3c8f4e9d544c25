"""What is answered while an action plan is drafted, signed off and carried out."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain.command import Command, HappenedAt, LookUp, Words
from domain.incident import Slug
from domain.model import Model
from domain.people import Role
from domain.text_check import Kept

ActionId = Annotated[str, StringConstraints(pattern=r"^A[1-9][0-9]{0,2}$")]
"""``A1`` to ``A999``. It stands in ids of tasks, so there is no room in it for a name."""
OF_THE_PLAN = frozenset({Role.BUSINESS_MANAGER, Role.SUB_GROUP, Role.BOARD_CHAIR})
OF_THE_ACTION = frozenset({Role.ACTION_LEAD, Role.AGENCY_LEAD, Role.BUSINESS_MANAGER})


class ActionStatus(StrEnum):
    """Where an action is in its life. Done is not closed: evidence that was submitted waits to be verified."""

    PLANNED = "planned"
    UNDER_WAY = "under-way"
    EVIDENCE_SUBMITTED = "evidence-submitted"
    VERIFIED = "verified"
    SUPERSEDED = "superseded"
    REFUSED = "refused"

    @property
    def at_its_end(self) -> bool:
        """Whether nothing more is asked of the action, unless it is reopened."""
        return self in (ActionStatus.VERIFIED, ActionStatus.SUPERSEDED, ActionStatus.REFUSED)

    @property
    def words(self) -> str:
        """The status in words."""
        return self.value.replace("-", " ")


class ActionMilestone(Model):
    """A step on the way of an action, and the day by which it is to be reached."""

    what: Words
    due_on: date


class PlanAction(Command):
    """An action, planned or planned anew. It runs from now on; the plan with it waits to be signed off."""

    FORM: ClassVar[str] = "plan-action"
    FACT: ClassVar[str] = "action-planned"
    TITLE: ClassVar[str] = "plan an action"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PLAN | {Role.PANEL_CHAIR, Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE}
    ITEM_IS_AGENCY: ClassVar[bool] = False

    findings: tuple[str, ...] = ()
    """Ids of the findings that it answers (F1); none only for an early action, made before there are findings."""
    outcome: Words
    """What is to be different once it is done: the intended outcome."""
    what: Words
    """What is done."""
    agency: Slug
    """Id of the agency that owns it."""
    lead: Slug
    """Id of the person in the directory who leads it."""
    starts_on: date
    due_on: date
    milestones: tuple[ActionMilestone, ...] = ()
    evidence: Words
    """What will show that it is done."""
    effect: Words
    """How its effect will be seen."""
    no_change: str = Field("", max_length=20_000)
    """Why no expected change is watched for it; needed only where none is."""
    themes: tuple[Slug, ...] = ()
    """Themes of the board's list that it belongs to."""
    reason: str = Field("", max_length=20_000)
    """Why it is planned anew; needed once the board has signed it off."""
    stays: tuple[Kept, ...] = ()
    """Marked passages that stay as they are, each with its reason."""

    def looks_up(self) -> LookUp:
        """Lead, agency and themes, and words of blame, names and identifiers in its text."""
        texts = (self.outcome, self.what, self.evidence, self.effect, *(step.what for step in self.milestones))
        return LookUp(person=self.lead, agencies=(self.agency,), themes=self.themes, texts=texts)


class RecordNoAction(Command):
    """Why a finding that the board accepted leads to no action."""

    FORM: ClassVar[str] = "record-no-action"
    FACT: ClassVar[str] = "no-action-recorded"
    TITLE: ClassVar[str] = "record why a finding leads to no action"
    ABOUT: ClassVar[str] = "FINDING"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PLAN

    reason: Words


class SignOffPlan(Command):
    """The board signs the plan off as it stands, or sends it back."""

    FORM: ClassVar[str] = "sign-off-plan"
    FACT: ClassVar[str] = "plan-answered"
    TITLE: ClassVar[str] = "sign the action plan off, or send it back"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: Literal["signed-off", "sent-back"]
    reason: Words


class StartAction(Command):
    """Work on an action has begun."""

    FORM: ClassVar[str] = "start-action"
    FACT: ClassVar[str] = "action-started"
    TITLE: ClassVar[str] = "say that work on an action has begun"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_ACTION
    ITEM_IS_AGENCY: ClassVar[bool] = False

    started_at: HappenedAt


class ReportProgress(Command):
    """How an action goes. Its status does not change by it."""

    FORM: ClassVar[str] = "report-progress"
    FACT: ClassVar[str] = "progress-reported"
    TITLE: ClassVar[str] = "report how an action goes"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_ACTION
    ITEM_IS_AGENCY: ClassVar[bool] = False

    note: Words
    late_because: str = Field("", max_length=20_000)
    """Why it is late, or will be."""


class RateAction(Command):
    """The colour that the board gives an action, with its reason. A colour is a view; it is not the status."""

    FORM: ClassVar[str] = "rate-action"
    FACT: ClassVar[str] = "action-rated"
    TITLE: ClassVar[str] = "give an action a colour of the board's legend"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.SUB_GROUP})

    colour: Slug
    """One of the board's legend."""
    reason: Words


class ReachMilestone(Command):
    """A step of an action was reached."""

    FORM: ClassVar[str] = "reach-action-milestone"
    FACT: ClassVar[str] = "action-milestone-reached"
    TITLE: ClassVar[str] = "say that a milestone of an action was reached"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_ACTION
    ITEM_IS_AGENCY: ClassVar[bool] = False

    milestone: int = Field(ge=1, le=99)
    """Its number in the plan, from 1."""
    reached_at: HappenedAt


class SubmitEvidence(Command):
    """The lead says that an action is done, and shows it. It is closed only when somebody else has verified it."""

    FORM: ClassVar[str] = "submit-evidence"
    FACT: ClassVar[str] = "evidence-submitted"
    TITLE: ClassVar[str] = "submit the evidence that an action is done"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_ACTION
    ITEM_IS_AGENCY: ClassVar[bool] = False

    note: Words
    """What the evidence is and what it shows."""
    documents: tuple[str, ...] = ()
    """Ids of documents that are kept with the case (D-12/1)."""

    def looks_up(self) -> LookUp:
        """Whether the documents are kept with the case."""
        return LookUp(documents=self.documents)


class VerifyAction(Command):
    """Somebody who is neither the action's lead nor of its agency has looked at the evidence."""

    FORM: ClassVar[str] = "verify-action"
    FACT: ClassVar[str] = "action-judged"
    TITLE: ClassVar[str] = "verify that an action is done, or send it back"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PLAN | {Role.BOARD_MEMBER, Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE}
    ITEM_IS_AGENCY: ClassVar[bool] = False

    outcome: Literal["verified", "sent-back"]
    reason: Words
    """What the judgement rests on; for one that is sent back what is missing."""

    def looks_up(self) -> LookUp:
        """In which agencies whoever verifies it has a part."""
        return LookUp(person=self.actor.person)


class ExtendAction(Command):
    """An action has more time. The original date is kept, and the extensions are counted."""

    FORM: ClassVar[str] = "extend-action"
    FACT: ClassVar[str] = "action-extended"
    TITLE: ClassVar[str] = "give an action more time"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.SUB_GROUP, Role.BOARD_CHAIR})
    EXTENDS: ClassVar[bool] = True

    until: date
    reason: Words


class SupersedeAction(Command):
    """Another action takes the place of this one."""

    FORM: ClassVar[str] = "supersede-action"
    FACT: ClassVar[str] = "action-superseded"
    TITLE: ClassVar[str] = "let another action take the place of one"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PLAN

    by: ActionId
    """Id of the action that takes its place."""
    reason: Words


class RefuseAction(Command):
    """An action will not be carried out. The reason goes into the board's annual report."""

    FORM: ClassVar[str] = "refuse-action"
    FACT: ClassVar[str] = "action-refused"
    TITLE: ClassVar[str] = "say that an action will not be carried out, and why"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.AGENCY_EXECUTIVE, Role.BOARD_CHAIR})
    ITEM_IS_AGENCY: ClassVar[bool] = False

    reason: Words


class ReopenAction(Command):
    """An action that had come to its end goes on, to a new day."""

    FORM: ClassVar[str] = "reopen-action"
    FACT: ClassVar[str] = "action-reopened"
    TITLE: ClassVar[str] = "reopen an action"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PLAN

    due_on: date
    reason: Words


class ReplaceLead(Command):
    """Somebody else leads an action from now on."""

    FORM: ClassVar[str] = "replace-lead"
    FACT: ClassVar[str] = "lead-replaced"
    TITLE: ClassVar[str] = "name another lead of an action"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = frozenset(
        {Role.BUSINESS_MANAGER, Role.SUB_GROUP, Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE}
    )
    ITEM_IS_AGENCY: ClassVar[bool] = False

    lead: Slug
    """Id of the person in the directory."""
    reason: Words

    def looks_up(self) -> LookUp:
        """Whether the directory knows the person."""
        return LookUp(person=self.lead)


class ReviewPlan(Command):
    """The plan was reviewed at a meeting: the colours as they stand then are one cycle."""

    FORM: ClassVar[str] = "review-plan"
    FACT: ClassVar[str] = "plan-reviewed"
    TITLE: ClassVar[str] = "record that the action plan was reviewed"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.SUB_GROUP})

    held_at: HappenedAt
    decided: Words
    """What was decided."""


class DecideOnAction(Command):
    """The chair decides what becomes of an action that is beyond the board's tolerance."""

    FORM: ClassVar[str] = "decide-on-action"
    FACT: ClassVar[str] = "action-decided-on"
    TITLE: ClassVar[str] = "decide what becomes of an action that is beyond the board's tolerance"
    ABOUT: ClassVar[str] = "ACTION"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    decision: Words
