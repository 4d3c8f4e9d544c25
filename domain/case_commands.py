"""What is answered about a case as a whole."""

from typing import ClassVar, Literal

from pydantic import Field

from domain.command import Command, HappenedAt, Words
from domain.incident import Slug
from domain.people import Role


class Challenge(Command):
    """The national panel challenges the decision: it is opened again, with a record of its own."""

    FORM: ClassVar[str] = "challenge"
    FACT: ClassVar[str] = "decision-challenged"
    TITLE: ClassVar[str] = "record that the national panel challenges the decision"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.BOARD_CHAIR, Role.NATIONAL_PANEL})

    received_at: HappenedAt
    reason: Words
    reference: str = Field("", max_length=200)


class CloseCase(Command):
    """The chair closes the case, with a summary and the class by which its record is kept."""

    FORM: ClassVar[str] = "close-case"
    FACT: ClassVar[str] = "closing-decided"
    TITLE: ClassVar[str] = "close the case"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    summary: Words
    """What was learned, what was done about it, and what changed."""
    retention: Slug
    """Class by which the record is kept, one of the regime's."""


class ReopenCase(Command):
    """A closed case is opened again: its action plan and its changes go on as they stood."""

    FORM: ClassVar[str] = "reopen-case"
    FACT: ClassVar[str] = "reopening-decided"
    TITLE: ClassVar[str] = "open a closed case again"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR, Role.BUSINESS_MANAGER})

    because: Literal["new-facts", "national-panel", "minister", "other"]
    received_at: HappenedAt
    """When the reason came to the board."""
    reason: Words
    reference: str = Field("", max_length=200)
