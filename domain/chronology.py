"""An agency's chronology: what it recorded of the child and family, row by row, with how exactly the time is known."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.model import Model


class Precision(StrEnum):
    """How exactly it is known when something happened."""

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    INTERVAL = "interval"
    UNKNOWN = "unknown"


class When(Model):
    """When something happened: at ``earliest`` or later, and before ``latest``; of an unknown time neither is there.

    Instants carry the civil offset of the place. Of an instant both ends are the same.
    """

    precision: Precision
    earliest: datetime | None = None
    latest: datetime | None = None
    written: str = Field("", max_length=200)
    """As the chronology had it, for the reader."""

    @model_validator(mode="after")
    def _ends_belong_together(self) -> Self:
        known = self.precision is not Precision.UNKNOWN
        if known != (self.earliest is not None and self.latest is not None):
            raise ValueError("a known time has both its ends, an unknown one has neither")
        if self.earliest is not None and self.latest is not None and self.latest < self.earliest:
            raise ValueError("a time ends before it begins")
        return self

    @property
    def ends(self) -> tuple[datetime, datetime] | None:
        """Both ends; None where the time is not known."""
        return None if self.earliest is None or self.latest is None else (self.earliest, self.latest)

    def overlaps(self, other: "When") -> bool:
        """Whether both may be one and the same instant; False where one of them is not known."""
        mine, theirs = self.ends, other.ends
        if mine is None or theirs is None:
            return False
        return mine[0] == theirs[0] or (mine[0] < theirs[1] and theirs[0] < mine[1])


class Seen(StrEnum):
    """Whether the child was seen or heard."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not-known"


class Row(Model):
    """One row of one agency's chronology."""

    agency: str
    version: int
    number: int
    """Its row in the file, counted as a spreadsheet shows it: the headings are row 1."""
    when: When
    event: str
    """What happened."""
    source: str = ""
    """The record that it comes from."""
    who: str = ""
    """Role of who recorded or acted."""
    concerning: str = ""
    """Child or adult, by key or relation."""
    response: str = ""
    """What was done."""
    seen: Seen = Seen.NOT_KNOWN
    child: str = ""
    """What the child said, or how the child was."""
    comment: str = ""
    significance: str = ""
    no_contact: bool = False
    """Whether the row states that there was no contact; it fills no gap."""

    @property
    def id(self) -> str:
        """By which it is named as evidence: ``health/2/117``."""
        return f"{self.agency}/{self.version}/{self.number}"


class RowFault(Model):
    """A row of a file that was not kept, and why."""

    number: int
    reason: str
    """Repeats nothing of what the row says."""


class Link(Model):
    """Two rows that a person says tell of the same; neither is deleted."""

    first: str
    second: str
