"""What is answered between the acceptance of the report and the end of its publication."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain.command import Command, HappenedAt, LookUp, Words
from domain.incident import Slug
from domain.people import Role

DocumentId = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9._/-]{0,49})?$")]
"""Id of a document of the case, as keeping it gave it: ``D-4`` or ``D-4/2``; empty where none is named."""
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+\S*$", max_length=500)]
FOR_THE_BOARD = frozenset({Role.BOARD_CHAIR, Role.BUSINESS_MANAGER})


class FindingAnswer(StrEnum):
    """The board's answer to a finding; good practice is noted."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"
    NOTED = "noted"


class CheckKind(StrEnum):
    """What is checked before a report is made public."""

    LEGAL = "legal-and-data-protection"
    IDENTIFICATION = "identification"
    FAMILY_TOLD = "family-told"
    STAFF_TOLD = "staff-and-agencies-told"
    SUPPORT_AND_MEDIA = "support-and-media-plan"

    @property
    def words(self) -> str:
        """The check in words, as tasks and refusals write it."""
        return {
            "identification": "identification check (nobody can be recognised by putting details together)",
            "family-told": "check that the family was told",
            "staff-and-agencies-told": "check that staff and agencies were told",
            "support-and-media-plan": "check of the plan for support and media",
        }.get(self.value, "legal and data protection check")


class PublicationOutcome(StrEnum):
    """What the chair decides on the report."""

    WHOLE = "whole"
    IN_PART = "in-part"
    NOT = "not"

    @property
    def words(self) -> str:
        """The outcome in words that follow "to publish the report"."""
        return {"whole": "in whole", "in-part": "in part"}.get(self.value, "not at all")


class AnswerFinding(Command):
    """The board's answer to one finding, with its reason. Given again it takes the place of the earlier one."""

    FORM: ClassVar[str] = "answer-finding"
    FACT: ClassVar[str] = "finding-answered"
    TITLE: ClassVar[str] = "record the board's answer to a finding"
    ABOUT: ClassVar[str] = "FINDING"
    ROLES: ClassVar[frozenset[Role]] = FOR_THE_BOARD

    outcome: FindingAnswer
    """Accepted, partly or rejected; good practice is noted."""
    reason: str = Field("", max_length=20_000)
    """Why the board answers so. Needed unless good practice is noted."""


class RecordCheck(Command):
    """What a check of the report before its publication came to. A check that failed can be passed later."""

    FORM: ClassVar[str] = "record-check"
    FACT: ClassVar[str] = "publication-checked"
    TITLE: ClassVar[str] = "record what a check before publication came to"
    ABOUT: ClassVar[str] = "CHECK"
    ROLES: ClassVar[frozenset[Role]] = FOR_THE_BOARD

    outcome: Literal["passed", "failed"]
    checked_by: Slug
    """Id of the person who made the check, as the board's directory has it; nobody who wrote the report."""
    note: Words
    """What the check rests on."""
    to_do: str = Field("", max_length=20_000)
    """For a check that failed: what is to be done."""

    def looks_up(self) -> LookUp:
        """Whether the directory knows who made the check."""
        return LookUp(person=self.checked_by)


class ReplaceReport(Command):
    """A new version takes the place of the report. The checks of its text are to be made again."""

    FORM: ClassVar[str] = "replace-report"
    FACT: ClassVar[str] = "report-replaced"
    TITLE: ClassVar[str] = "replace the report by a new version"
    ROLES: ClassVar[frozenset[Role]] = FOR_THE_BOARD

    report: DocumentId
    """Id of the new version among the documents of the case (D-4/2)."""
    reason: Words

    def looks_up(self) -> LookUp:
        """Whether the new version is kept with the case."""
        return LookUp(documents=(self.report,) if self.report else ())


class DecidePublication(Command):
    """The chair decides to publish the report in whole, in part, or not."""

    FORM: ClassVar[str] = "decide-publication"
    FACT: ClassVar[str] = "publication-decided"
    TITLE: ClassVar[str] = "decide whether the report is published: in whole, in part, or not"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: PublicationOutcome
    """Not to publish only after it was put to the national panel (propose-no-publication)."""
    reason: Words


class ProposeNoPublication(Command):
    """The chair puts to the national panel that the report should not be published, with the reasons."""

    FORM: ClassVar[str] = "propose-no-publication"
    FACT: ClassVar[str] = "no-publication-proposed"
    TITLE: ClassVar[str] = "put to the national panel that the report should not be published"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    reasons: Words


class RecordNationalPanelAnswer(Command):
    """What the national panel answered to the proposal not to publish."""

    FORM: ClassVar[str] = "record-national-panel-answer"
    FACT: ClassVar[str] = "national-panel-answered"
    TITLE: ClassVar[str] = "record what the national panel answered to the proposal not to publish"
    ROLES: ClassVar[frozenset[Role]] = FOR_THE_BOARD

    outcome: Literal["agrees", "disagrees", "comments"]
    answered_at: HappenedAt
    reference: Words
    """What proves it: reference of the letter or message."""
    comments: str = Field("", max_length=20_000)


class RecordReportSent(Command):
    """The report was handed over to one of the bodies that have it before publication."""

    FORM: ClassVar[str] = "record-report-sent"
    FACT: ClassVar[str] = "report-sent"
    TITLE: ClassVar[str] = "record that the report was handed over before publication"
    ABOUT: ClassVar[str] = "BODY"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER})

    sent_at: HappenedAt
    how: Words
    """Through a portal, by secure e-mail, by hand."""
    reference: Words
    """What proves it: a receipt, a reference number, who took it."""


class SetPublicationDate(Command):
    """The day and hour of publication are set, or moved."""

    FORM: ClassVar[str] = "set-publication-date"
    FACT: ClassVar[str] = "publication-date-set"
    TITLE: ClassVar[str] = "set the date of publication, or move it"
    ROLES: ClassVar[frozenset[Role]] = FOR_THE_BOARD

    publish_at: HappenedAt
    """When the report is to be made public, with the hour in civil time: 2026-09-15T10:00."""
    reason: str = Field("", max_length=20_000)
    """Needed where a date that stands is moved."""


class AbortPublication(Command):
    """The chair calls the publication off before its day. Everybody who was told the date is told."""

    FORM: ClassVar[str] = "abort-publication"
    FACT: ClassVar[str] = "publication-aborted"
    TITLE: ClassVar[str] = "call the publication off before its day"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    reason: Words


class ConfirmPublished(Command):
    """The report is public: since when, where, and with what."""

    FORM: ClassVar[str] = "confirm-published"
    FACT: ClassVar[str] = "published"
    TITLE: ClassVar[str] = "confirm that the report was published"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER})

    published_at: HappenedAt
    address: Address
    """Where it can be read: https://…"""
    report: DocumentId = ""
    """Id of the report among the documents of the case: the version that was checked."""
    response: DocumentId = ""
    """Id of the board's response."""
    statement: DocumentId = ""
    """Id of the statement to the public."""

    def looks_up(self) -> LookUp:
        """Whether the three documents are kept with the case."""
        return LookUp(documents=tuple(filter(None, (self.report, self.response, self.statement))))


class DecideAvailability(Command):
    """What becomes of the published report once it has been available for as long as the rule asks."""

    FORM: ClassVar[str] = "decide-availability"
    FACT: ClassVar[str] = "availability-decided"
    TITLE: ClassVar[str] = "decide whether the report stays available, is given on request, or is taken down"
    ROLES: ClassVar[frozenset[Role]] = FOR_THE_BOARD

    outcome: Literal["keep", "archive-on-request", "take-down"]
    """Keep it available for the same time again, archive it and give it on request, or take it down."""
    reason: Words
