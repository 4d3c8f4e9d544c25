"""Agencies asked to secure their records and to send a first summary of their involvement."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from domain.clocks.book import ClockNeed
from domain.command import Command, Words, please
from domain.model import Model, Refusal
from domain.people import Role
from domain.record import Fact, Task


class SecureRecords(Command):
    """An agency has secured its records of the case."""

    FORM: ClassVar[str] = "secure-records"
    FACT: ClassVar[str] = "records-secured"
    TITLE: ClassVar[str] = "secure the agency's records of the case"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE, Role.BUSINESS_MANAGER})

    secured_by: Words
    """Role of the person who secured them."""


class SendFirstSummary(Command):
    """An agency's first summary of its involvement. A nil return is a valid answer."""

    FORM: ClassVar[str] = "send-first-summary"
    FACT: ClassVar[str] = "first-summary-received"
    TITLE: ClassVar[str] = "send a first summary of the agency's involvement, or a nil return"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE, Role.BUSINESS_MANAGER})

    nil_return: bool = False
    involvement: str = Field("", max_length=20_000)
    """Dates, services given, who was known, key contacts; needed unless it is a nil return."""
    immediate_concerns: str = Field("", max_length=20_000)
    early_learning: str = Field("", max_length=20_000)
    signed_off_by: Words
    """Role of the person who signs it off in the agency."""


class AgencyAsked(Model):
    """An agency that was asked to secure its records and send a first summary."""

    id: str
    address: str | None = None
    asked_at: datetime
    secured_at: datetime | None = None
    summary_at: datetime | None = None
    nil_return: bool = False


def agency_needs(agency: AgencyAsked, decided_at: datetime | None) -> Iterable[ClockNeed]:
    """The agency's clocks run until it answers; once the chair has decided nobody is chased any more."""
    pairs = (
        ("agency-records-secured", agency.secured_at, SecureRecords),
        ("agency-first-summary", agency.summary_at, SendFirstSummary),
    )
    for rule, satisfied_at, form in pairs:
        if decided_at is None or satisfied_at is not None:
            yield ClockNeed(
                rule=rule,
                item=agency.id,
                started_at=agency.asked_at,
                satisfied_at=satisfied_at,
                waiting_on=Role.AGENCY_LEAD,
                agency=agency.id,
                address=agency.address,
                task=f"{agency.id}/{form.FORM}",
            )


def agency_tasks(agency: AgencyAsked) -> Iterable[Task]:
    """What is asked of the agency as things stand."""
    pairs: tuple[tuple[str, datetime | None, type[Command]], ...] = (
        ("agency-records-secured", agency.secured_at, SecureRecords),
        ("agency-first-summary", agency.summary_at, SendFirstSummary),
    )
    for clock, satisfied_at, form in pairs:
        if satisfied_at is None:
            yield Task(
                form=form.FORM,
                item=agency.id,
                role=Role.AGENCY_LEAD,
                agency=agency.id,
                title=please(form),
                clock=f"{clock}/{agency.id}",
            )


def asked(agency: AgencyAsked) -> Fact:
    """The fact that the agency was asked."""
    return Fact(kind="agency-asked", at=agency.asked_at, item=agency.id)


def absent_summaries(agencies: Iterable[AgencyAsked], at: datetime) -> tuple[Fact, ...]:
    """The first summaries that are not there when it is decided."""
    return tuple(
        Fact(kind="first-summary-absent", at=at, item=agency.id, detail={"asked_at": agency.asked_at.isoformat()})
        for agency in agencies
        if agency.summary_at is None
    )


def refuses_return(agencies: Iterable[AgencyAsked], command: SecureRecords | SendFirstSummary) -> Refusal | None:
    """The rule that forbids an agency's answer: it was not asked, answered before, or says nothing."""
    agency = next((asked for asked in agencies if asked.id == command.item), None)
    if agency is None:
        return _no("agency-asked", "No agency of that id was asked in this case.")
    if isinstance(command, SecureRecords):
        return _no("secured", "The records were secured before.") if agency.secured_at else None
    if agency.summary_at is not None:
        return _no("summary-received", "The agency's first summary was received before.")
    if command.nil_return == bool(command.involvement.strip()):
        return _no("summary-or-nil", "Describe the involvement, or make a nil return: one of the two.")
    return None


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source="The board's criteria")
