"""The children that an incident happened to, as far as the rules of its notification need them: by key, no names."""

from domain.incident import Incident, Outcome
from domain.model import Model


class ChildConcerned(Model):
    """A child of the incident."""

    key: str
    died: bool
    harmed: bool
    looked_after: bool | None = None
    """``None`` where it is not known."""


def children_concerned(incident: Incident) -> tuple[ChildConcerned, ...]:
    """Every child of the incident; other children who may be at risk are none of them."""
    return tuple(
        ChildConcerned(
            key=child.key,
            died=child.outcome is Outcome.DIED,
            harmed=child.outcome is Outcome.SERIOUSLY_HARMED,
            looked_after=child.looked_after,
        )
        for child in incident.children
    )
