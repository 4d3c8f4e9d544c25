"""What is answered on the way from the draft of the report to the board's acceptance."""

from typing import ClassVar, Literal

from pydantic import Field

from domain.agency_report_commands import OF_THE_AGENCY
from domain.command import Command, LookUp, Words
from domain.model import Model
from domain.people import Role
from domain.text_check import Kept


class SubmitDraft(Command):
    """A draft of the report, for the agencies' check of its facts and then the panel."""

    FORM: ClassVar[str] = "submit-draft"
    FACT: ClassVar[str] = "draft-submitted"
    TITLE: ClassVar[str] = "submit the draft of the report"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.LEAD_REVIEWER})

    document: str = Field(min_length=1, max_length=50)
    """Id of the draft among the documents of the case (D-7)."""
    facts_unchanged: bool = False
    """For a further draft: yes where no fact changed beyond accepted corrections, so that no agency checks again."""
    stays: tuple[Kept, ...] = ()
    """Marked passages that stay as they are, each with its reason."""

    def looks_up(self) -> LookUp:
        """Whether the document is kept, and words of blame, names and identifiers in its text."""
        return LookUp(documents=(self.document,), report=self.document)


class Correction(Model):
    """A passage that an agency finds wrong in fact."""

    passage: Words
    correct: Words
    """How it should read."""
    source: Words
    """The record it rests on."""


class CheckFacts(Command):
    """An agency has checked the facts of the draft: with corrections, or none."""

    FORM: ClassVar[str] = "check-facts"
    FACT: ClassVar[str] = "facts-checked"
    TITLE: ClassVar[str] = "check the facts of the draft report, with corrections or none"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_AGENCY

    corrections: tuple[Correction, ...] = ()
    checked_by: Words
    """Role of who checked it in the agency."""


class AnswerCorrection(Command):
    """The lead reviewer accepts a correction, or not, with the reason."""

    FORM: ClassVar[str] = "answer-correction"
    FACT: ClassVar[str] = "correction-answered"
    TITLE: ClassVar[str] = "accept a correction of fact, or say why not"
    ABOUT: ClassVar[str] = "AGENCY/NUMBER"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.LEAD_REVIEWER})

    accepted: bool
    reason: Words


class GoOnWithoutFactCheck(Command):
    """The board chair decides that the review goes on though an agency has not checked the facts."""

    FORM: ClassVar[str] = "go-on-without-fact-check"
    FACT: ClassVar[str] = "fact-check-gone-on-without"
    TITLE: ClassVar[str] = "go on without an agency's check of the facts"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    reason: Words


class SignOff(Command):
    """A member of the panel agrees with the report, or dissents; the view is kept, and may change."""

    FORM: ClassVar[str] = "sign-off"
    FACT: ClassVar[str] = "view-on-report-given"
    TITLE: ClassVar[str] = "agree with the report, or record your dissent"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.PANEL_CHAIR, Role.PANEL_MEMBER})

    agrees: bool
    dissent: str = Field("", max_length=20_000)
    """The view that differs; needed from who does not agree."""


class DeclareImpasse(Command):
    """The panel cannot agree: the question goes the way that the terms of reference lay down."""

    FORM: ClassVar[str] = "declare-impasse"
    FACT: ClassVar[str] = "impasse-declared"
    TITLE: ClassVar[str] = "declare that the panel cannot agree"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.PANEL_CHAIR, Role.LEAD_REVIEWER})

    about: Words
    tried: Words
    """What was tried to settle it."""


class SettleImpasse(Command):
    """The board chair settles an impasse, after hearing both sides."""

    FORM: ClassVar[str] = "settle-impasse"
    FACT: ClassVar[str] = "impasse-settled"
    TITLE: ClassVar[str] = "settle an impasse of the panel"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: Literal["draft-stands", "draft-again"]
    """``draft-stands``: the report goes to the board with the dissent recorded."""
    reason: Words
    heard: Words
    """Who was heard, in roles."""


class DecideOnReport(Command):
    """The board accepts the report, or sends it back with reasons."""

    FORM: ClassVar[str] = "decide-on-report"
    FACT: ClassVar[str] = "report-decided"
    TITLE: ClassVar[str] = "accept the report for the board, or send it back with reasons"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    outcome: Literal["accepted", "sent-back"]
    reasons: Words
