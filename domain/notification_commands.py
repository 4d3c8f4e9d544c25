"""What the local authority answers about the notification of an incident to the national panel."""

from typing import ClassVar

from pydantic import Field

from domain.command import Command, HappenedAt, Words
from domain.incident import Key
from domain.people import Role

THE_AUTHORITY = frozenset({Role.HEAD_OF_SERVICE, Role.DIRECTOR})
"""Who answers for the local authority: nobody else notifies."""


class NotifyPanel(Command):
    """The authority has sent the notification of the incident: one for all its children."""

    FORM: ClassVar[str] = "notify-panel"
    FACT: ClassVar[str] = "panel-notified"
    TITLE: ClassVar[str] = "notify the national panel of the incident (scr.py notification has the pack)"
    ROLES: ClassVar[frozenset[Role]] = THE_AUTHORITY

    sent_at: HappenedAt
    """When the national system took it."""
    reference: Words
    """The national system's reference."""
    children: tuple[Key, ...] = Field(min_length=1)
    """Keys of the children whom it has details of."""
    others: str = Field("", max_length=20_000)
    """Where the incident has more children: what its free text tells of them."""


class TellPartners(Command):
    """The authority has told the other safeguarding partners, in its own area and in others."""

    FORM: ClassVar[str] = "tell-partners"
    FACT: ClassVar[str] = "partners-told"
    TITLE: ClassVar[str] = "tell the other safeguarding partners of the incident"
    ROLES: ClassVar[frozenset[Role]] = THE_AUTHORITY

    told_at: HappenedAt
    how: Words
    """By telephone, by secure mail, at a meeting; and whom, by role and agency."""


class WithdrawNotification(Command):
    """The notification is taken back: the incident does not meet the criteria, and the national panel agrees."""

    FORM: ClassVar[str] = "withdraw-notification"
    FACT: ClassVar[str] = "notification-withdrawn"
    TITLE: ClassVar[str] = "withdraw the notification, which the national panel has agreed to"
    ROLES: ClassVar[frozenset[Role]] = THE_AUTHORITY

    agreed_at: HappenedAt
    """When the national panel agreed."""
    reference: Words
    """What proves that it agreed: reference of its letter or message."""
    reason: Words


class DecideNoRapidReview(Command):
    """The criteria are not met: no rapid review is owed. A looked-after child's death is notified all the same."""

    FORM: ClassVar[str] = "decide-no-rapid-review"
    FACT: ClassVar[str] = "no-rapid-review-decided"
    TITLE: ClassVar[str] = "record that the criteria are not met and no rapid review is owed"
    ROLES: ClassVar[frozenset[Role]] = THE_AUTHORITY

    reason: Words
