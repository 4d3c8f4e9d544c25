"""What is answered while the agencies' reports and chronologies are gathered."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from domain.command import Command, LookUp, Words
from domain.incident import Slug
from domain.people import Role

OF_THE_AGENCY = frozenset({Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE, Role.BUSINESS_MANAGER})
OF_THE_PANEL = frozenset({Role.PANEL_CHAIR, Role.LEAD_REVIEWER})


class NominateAuthor(Command):
    """An agency names who writes its report: neither in the case nor manager of those who were."""

    FORM: ClassVar[str] = "nominate-author"
    FACT: ClassVar[str] = "author-nominated"
    TITLE: ClassVar[str] = "name the author of the agency's report"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_AGENCY

    author: Slug
    """Id or staff reference of the author, never a name."""
    worked_on_the_case: bool | None = None
    """Whether the author worked with the child or family."""
    managed_the_case: bool | None = None
    """Whether the author line-managed anybody who did."""


class SendAgencyReport(Command):
    """An agency's report and chronology, signed off by a senior officer. A nil return is a valid answer."""

    FORM: ClassVar[str] = "send-agency-report"
    FACT: ClassVar[str] = "agency-report-received"
    TITLE: ClassVar[str] = "send the agency's report and chronology, or a nil return"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_AGENCY

    nil_return: bool = False
    report: str = Field("", max_length=50)
    """Id of the report among the documents of the case (D-3); needed unless it is a nil return."""
    chronology: str = Field("", max_length=100)
    """Id of the chronology, as its reading gave it (health/1); needed unless it is a nil return."""
    signed_off_by: Slug
    """Id or staff reference of the senior officer who signs it off, never a name."""

    def looks_up(self) -> LookUp:
        """Whether document and chronology are kept with the case."""
        documents = (self.report,) if self.report else ()
        return LookUp(documents=documents, chronology=(self.chronology,) if self.chronology else ())


class AnswerAgencyReport(Command):
    """The panel accepts an agency's report, or returns it with reasons."""

    FORM: ClassVar[str] = "answer-agency-report"
    FACT: ClassVar[str] = "agency-report-answered"
    TITLE: ClassVar[str] = "accept the agency's report, or return it with reasons"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PANEL

    outcome: Literal["accepted", "returned"]
    reasons: Words


class ExtendAgencyReport(Command):
    """More time for an agency's report. The first date is kept, with the reason and who allowed it."""

    FORM: ClassVar[str] = "extend-agency-report"
    FACT: ClassVar[str] = "agency-report-extended"
    TITLE: ClassVar[str] = "give an agency more time for its report"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.PANEL_CHAIR, Role.BOARD_CHAIR})
    EXTENDS: ClassVar[bool] = True

    until: date
    reason: Words


class GoOnWithoutReport(Command):
    """The board chair decides that the review goes on without the report that an agency has not sent."""

    FORM: ClassVar[str] = "go-on-without-report"
    FACT: ClassVar[str] = "report-gone-on-without"
    TITLE: ClassVar[str] = "go on without the report of an agency"
    ABOUT: ClassVar[str] = "AGENCY"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    reason: Words
