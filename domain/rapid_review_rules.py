"""What a regime says of rapid reviews that is no clock."""

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from domain.model import Model


class RapidReviewRules(Model):
    """Rules of notification and rapid review that differ between editions of the guidance."""

    starts_from: Literal["notification", "awareness"] = "notification"
    """What starts the rapid review's working days: the notification sent to the national panel (2023 edition), or the
    authority's becoming aware of the incident (2018 edition)."""
    partners: tuple[str, ...] = ("local authority", "health", "police")
    """Who the safeguarding partners are, in words: at least so many agencies have to agree."""
    most_children: int = Field(4, ge=1)
    """How many children one notification has details of; further ones are told of in its free text."""

    def why_too_few(self, agencies: Collection[str]) -> str:
        """What is missing where the directory has safeguarding partners of these agencies only; empty for enough.

        No case begins under a regime with rapid reviews, and none is recorded, before all partners can be asked.
        """
        if len(set(agencies)) >= len(self.partners):
            return ""
        return (
            f"The board's directory has safeguarding partners of {len(set(agencies))} agencies, and "
            f"{len(self.partners)} are asked: {', '.join(self.partners)}. Give people there the role "
            "safeguarding-partner and an agency."
        )
