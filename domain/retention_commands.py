"""What is answered while the record of a closed case is kept: legal holds, reviews, destruction by two people."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain.command import Command, Words
from domain.incident import Slug
from domain.people import Role

HoldId = Annotated[str, StringConstraints(pattern=r"^H[1-9][0-9]{0,2}$")]
"""``H1`` to ``H999``."""
OF_THE_RECORD = frozenset({Role.BUSINESS_MANAGER, Role.BOARD_CHAIR})


class PlaceLegalHold(Command):
    """An inquiry, a court or a claim needs the record: until the hold is lifted, nothing of it is destroyed."""

    FORM: ClassVar[str] = "place-legal-hold"
    FACT: ClassVar[str] = "legal-hold-placed"
    TITLE: ClassVar[str] = "place a legal hold on the record of the case"
    ABOUT: ClassVar[str] = "HOLD"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_RECORD

    reason: Words
    """Who needs the record, and what for."""
    reference: str = Field("", max_length=200)
    """Of the order, the claim or the notice of the inquiry."""


class LiftLegalHold(Command):
    """A legal hold is over. The record is then kept as its class says."""

    FORM: ClassVar[str] = "lift-legal-hold"
    FACT: ClassVar[str] = "legal-hold-lifted"
    TITLE: ClassVar[str] = "lift a legal hold from the record of the case"
    ABOUT: ClassVar[str] = "HOLD"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    reason: Words
    reference: str = Field("", max_length=200)
    """Of what ended it."""


class ChangeRetentionClass(Command):
    """The record is kept by another class than before; the day of its review moves."""

    FORM: ClassVar[str] = "change-retention-class"
    FACT: ClassVar[str] = "retention-class-changed"
    TITLE: ClassVar[str] = "keep the record by another retention class"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    retention: Slug
    """Id of the class, one of the regime's."""
    reason: Words


class ReviewRetention(Command):
    """The years are over: the record is kept for longer, or its destruction is proposed to a second person."""

    FORM: ClassVar[str] = "review-retention"
    FACT: ClassVar[str] = "retention-reviewed"
    TITLE: ClassVar[str] = "review whether the record of the case is kept"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_RECORD

    outcome: Literal["keep", "destroy"]
    until: date | None = None
    """With keep: the day on which it is reviewed again."""
    reason: Words


class AgreeDestruction(Command):
    """A second person agrees that the record is destroyed. It is destroyed at once and cannot be brought back."""

    FORM: ClassVar[str] = "agree-destruction"
    FACT: ClassVar[str] = "destruction-agreed"
    TITLE: ClassVar[str] = "agree, as a second person, that the record of the case is destroyed"
    ABOUT: ClassVar[str] = "PROPOSAL"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_RECORD

    reason: Words


class WithdrawDestruction(Command):
    """The record is not destroyed as was proposed, but kept and reviewed again."""

    FORM: ClassVar[str] = "withdraw-destruction"
    FACT: ClassVar[str] = "destruction-withdrawn"
    TITLE: ClassVar[str] = "withdraw the proposal to destroy the record, or turn it down"
    ABOUT: ClassVar[str] = "PROPOSAL"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_RECORD

    until: date
    """The day on which it is reviewed again."""
    reason: Words
