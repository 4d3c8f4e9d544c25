"""An incident event: what a board is told when a child has died or been seriously harmed.

The contract is a CloudEvents 1.0 envelope. These models read it leniently (they travel through workflows for years);
the intake refuses unknown fields and adds the checks of ``domain.intake``.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from domain.model import Model
from domain.record import CaseRef

NOTIFIED: Literal["uk.safeguarding.incident.notified.v1"] = "uk.safeguarding.incident.notified.v1"
UPDATED: Literal["uk.safeguarding.incident.updated.v1"] = "uk.safeguarding.incident.updated.v1"

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,59}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Outcome(StrEnum):
    """What happened to a child the incident concerns."""

    DIED = "died"
    SERIOUSLY_HARMED = "seriously_harmed"
    NEITHER = "neither"


class DateRange(Model):
    """A day that is not known exactly."""

    earliest: date
    latest: date


class NotifiedBy(Model):
    """Who told the board."""

    name: Text
    agency: Text
    role: Text
    email: Text


class Setting(Model):
    """Where it happened."""

    kind: Literal["family_home", "foster_care", "residential", "school", "hospital", "custody", "online", "other"]
    name: Text | None = None


class IncidentChild(Model):
    """A child the incident happened to."""

    key: Key
    given_name: Text
    family_name: Text
    date_of_birth: date | None = None
    unborn: bool = False
    outcome: Outcome
    suspected_suicide: bool | None = None
    looked_after: bool | None = None
    """Whether the child was looked after when it happened."""
    looked_after_until: date | None = None
    """The last day on which a child was looked after who was not so any more; left out where it is not known."""
    on_child_protection_plan: bool | None = None
    """Whether there was a child protection plan (the register) when it happened."""
    on_child_protection_plan_until: date | None = None
    """The last day of an earlier plan; left out where it is not known."""


class OtherChild(Model):
    """A child who may be at risk. Without a name: "names to follow"."""

    key: Key
    given_name: Text | None = None
    family_name: Text | None = None
    date_of_birth: date | None = None
    relationship: Literal["sibling", "household", "institution", "contact"]
    whereabouts: Text | None = None


class Abuse(StrEnum):
    """Whether abuse or neglect was a factor."""

    KNOWN = "known"
    SUSPECTED = "suspected"
    NOT_SUSPECTED = "not_suspected"
    UNKNOWN = "unknown"


class IncidentFacts(Model):
    """What bears on the criteria. ``None``: not known yet."""

    abuse_or_neglect: Abuse = Abuse.UNKNOWN
    life_threatening_injury: bool | None = None
    serious_permanent_impairment: bool | None = None
    serious_sexual_abuse: bool | None = None
    parent_murdered: bool | None = None
    homicide_review_initiated: bool | None = None
    killed_by_parent: bool | None = None
    parent_mental_illness: bool | None = None
    inter_agency_concerns: bool | None = None
    died_in_custody: bool | None = None
    detained_under_mental_health_act: bool | None = None
    deprived_of_liberty: bool | None = None


class Contact(Model):
    """Whom to write to in an agency."""

    name: Text
    email: Text


class Agency(Model):
    """An organisation known to be involved."""

    id: Slug
    name: Text
    kind: Text
    contact: Contact


class Incident(Model):
    """The ``data`` of an incident event."""

    board: Slug
    regime: Slug | None = None
    occurred_on: date | DateRange
    aware_at: AwareDatetime
    """When the authority became aware."""
    notified_at: AwareDatetime
    """When the board was told."""
    notified_by: NotifiedBy
    setting: Setting
    children: Annotated[tuple[IncidentChild, ...], Field(min_length=1)]
    other_children: tuple[OtherChild, ...] = ()
    facts: IncidentFacts
    agencies: tuple[Agency, ...] = ()
    summary: Annotated[str, StringConstraints(max_length=20_000)] = ""


class IncidentEvent(Model):
    """An incident event in its CloudEvents envelope. ``(source, id)`` identifies the delivery."""

    specversion: Literal["1.0"]
    type: Literal["uk.safeguarding.incident.notified.v1", "uk.safeguarding.incident.updated.v1"]
    source: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    id: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    subject: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{3,40}$")]
    time: AwareDatetime
    datacontenttype: str | None = None
    dataschema: str | None = None
    data: Incident

    @property
    def case(self) -> CaseRef:
        """The case it opens or adds to."""
        return CaseRef(board=self.data.board, reference=self.subject)

    @property
    def delivery(self) -> str:
        """Identifies the delivery: the same again changes nothing."""
        return f"{self.source} {self.id}"
