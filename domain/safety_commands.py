"""What people on duty answer in a children's safety check."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from domain.command import Command, HappenedAt, Words
from domain.people import Role

DUTY = frozenset({Role.DUTY_SOCIAL_WORKER, Role.DUTY_MANAGER, Role.HEAD_OF_SERVICE, Role.DIRECTOR})


class ChildDecision(StrEnum):
    """What was decided for a child."""

    PROTECTION_TAKEN = "protection-taken"
    STRATEGY_DISCUSSION_CALLED = "strategy-discussion-called"
    NO_FURTHER_ACTION = "no-further-action"
    CANNOT_BE_TRACED = "cannot-be-traced"


class AcknowledgeChild(Command):
    """Somebody on duty has seen that this child may be at risk and acts."""

    FORM: ClassVar[str] = "acknowledge-child"
    FACT: ClassVar[str] = "child-acknowledged"
    TITLE: ClassVar[str] = "acknowledge that this child may be at risk"
    ROLES: ClassVar[frozenset[Role]] = DUTY


class DecideForChild(Command):
    """What is done for the child. May be given again when things change; each decision stays in the record."""

    FORM: ClassVar[str] = "decide-for-child"
    FACT: ClassVar[str] = "child-safety-decided"
    TITLE: ClassVar[str] = "decide what is done for this child"
    ROLES: ClassVar[frozenset[Role]] = DUTY

    decision: ChildDecision
    protection: str = Field("", max_length=20_000)
    """Which protection was taken; needed where protection was taken."""
    reason: str = Field("", max_length=20_000)
    """Why no further action is needed, or what was tried to trace the child; needed for these."""
    strategy_discussion: bool = False
    """Whether a strategy discussion is called as well as protection taken."""
    other_authority: str = Field("", max_length=200)
    """The authority where the child lives, if another: it is asked to accept the child in writing."""


class RecordStrategyDiscussion(Command):
    """The strategy discussion was held, or why it was not."""

    FORM: ClassVar[str] = "record-strategy-discussion"
    FACT: ClassVar[str] = "strategy-discussion-recorded"
    TITLE: ClassVar[str] = "record the strategy discussion, or why it was not held"
    ROLES: ClassVar[frozenset[Role]] = DUTY

    held_at: HappenedAt | None = None
    not_held_because: str = Field("", max_length=20_000)
    conference: bool = False
    """Whether it led to a child protection conference."""


class RecordConference(Command):
    """The child protection conference was held, or why it was not."""

    FORM: ClassVar[str] = "record-conference"
    FACT: ClassVar[str] = "conference-recorded"
    TITLE: ClassVar[str] = "record the child protection conference, or why it was not held"
    ROLES: ClassVar[frozenset[Role]] = DUTY

    held_at: HappenedAt | None = None
    not_held_because: str = Field("", max_length=20_000)


class RecordAcceptance(Command):
    """The other authority accepted the child in writing. Until then the authority that found the child acts."""

    FORM: ClassVar[str] = "record-acceptance"
    FACT: ClassVar[str] = "child-accepted-by-authority"
    TITLE: ClassVar[str] = "record the other authority's acceptance in writing"
    ROLES: ClassVar[frozenset[Role]] = DUTY

    accepted_at: HappenedAt
    accepted_by: Words
    """Role of the person who accepted, in that authority."""
    reference: Words
    """Where the writing is kept."""


class RecordAllegation(Command):
    """A member of staff, or anyone who works with children, is alleged to have harmed a child."""

    FORM: ClassVar[str] = "record-allegation"
    FACT: ClassVar[str] = "allegation-recorded"
    TITLE: ClassVar[str] = "record that there is an allegation against a member of staff"
    ROLES: ClassVar[frozenset[Role]] = DUTY | {Role.BUSINESS_MANAGER}

    alleged_at: HappenedAt | None = None
    """When it became known; the time of the answer if left out."""


class TellDesignatedOfficer(Command):
    """The designated officer was told of the allegation."""

    FORM: ClassVar[str] = "tell-designated-officer"
    FACT: ClassVar[str] = "designated-officer-told"
    TITLE: ClassVar[str] = "tell the designated officer of the allegation"
    ROLES: ClassVar[frozenset[Role]] = DUTY | {Role.BUSINESS_MANAGER, Role.DESIGNATED_OFFICER}

    told_at: HappenedAt
    reference: Words
