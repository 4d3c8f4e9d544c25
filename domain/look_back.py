"""Whether a child was protected before the incident: looked after, or on a child protection plan (the register).

The law of some nations asks whether a child was so "on any date" in the months before the event (Wales: 6), or ever
(Northern Ireland: the child or a sibling). Three-valued: what is not known stays open.
"""

from collections.abc import Iterable
from datetime import date
from enum import Enum, auto

from domain.clocks.arithmetic import add_months
from domain.incident import DateRange, Incident, IncidentChild, Outcome

PROTECTED_BEFORE = "protected_before"
NOT_PROTECTED_BEFORE = "not_protected_before"
LOOK_BACK = (PROTECTED_BEFORE, NOT_PROTECTED_BEFORE)
"""Facts that hold for a number of months before the incident, which the criterion names."""
EVER_REGISTERED = "child_or_sibling_ever_registered"
EVER_LOOKED_AFTER = "child_or_sibling_ever_looked_after"
EVER = (EVER_REGISTERED, EVER_LOOKED_AFTER)
"""Facts without a limit in time. The event says nothing of siblings, so that it can answer them with yes only."""


class _Status(Enum):
    """What a child may have been."""

    LOOKED_AFTER = auto()
    ON_PLAN = auto()


def of_history(incident: Incident, months: int) -> dict[str, bool | None]:
    """The facts of ``LOOK_BACK`` and ``EVER`` as the incident answers them.

    ``months`` are calendar months before the day of the incident, which itself is not among them; the day is clamped
    to the end of a shorter month. With 0 the facts of ``LOOK_BACK`` are not known. Where several children came to
    harm, each fact holds if it does for one of them.
    """
    ever = {
        EVER_REGISTERED: _yes_or_unknown(incident, _Status.ON_PLAN),
        EVER_LOOKED_AFTER: _yes_or_unknown(incident, _Status.LOOKED_AFTER),
    }
    if months < 1:
        return dict.fromkeys(LOOK_BACK, None) | ever
    protected = [_was_protected(child, incident.occurred_on, months) for child in _harmed(incident)]
    return {
        PROTECTED_BEFORE: any_holds(protected),
        NOT_PROTECTED_BEFORE: any_holds(None if answer is None else not answer for answer in protected),
        **ever,
    }


def any_holds(answers: Iterable[bool | None]) -> bool | None:
    """Kleene's "or": one that holds decides, else one that is unknown leaves it open."""
    values = set(answers)
    if True in values:
        return True
    return None if None in values else False


def _harmed(incident: Incident) -> tuple[IncidentChild, ...]:
    """The children whom the criteria are about; all of them while none is known to have come to harm."""
    harmed = tuple(child for child in incident.children if child.outcome is not Outcome.NEITHER)
    return harmed or incident.children


def _was_protected(child: IncidentChild, occurred: date | DateRange, months: int) -> bool | None:
    """Whether the child was looked after, or on a plan, on any date of the months before."""
    return any_holds(_in_window(*_status(child, status), occurred, months) for status in _Status)


def _in_window(now: bool | None, until: date | None, occurred: date | DateRange, months: int) -> bool | None:
    if now:
        return True
    if until is None:
        # "Not now" says nothing of last month.
        return None
    earliest, latest = (occurred.earliest, occurred.latest) if isinstance(occurred, DateRange) else (occurred, occurred)
    if until >= add_months(latest, -months):
        return True
    return False if until < add_months(earliest, -months) else None


def _yes_or_unknown(incident: Incident, status: _Status) -> bool | None:
    known = (_status(child, status) for child in incident.children)
    return True if any(now or until is not None for now, until in known) else None


def _status(child: IncidentChild, status: _Status) -> tuple[bool | None, date | None]:
    """Whether it holds at the incident, and the last day on which it held before."""
    if status is _Status.LOOKED_AFTER:
        return child.looked_after, child.looked_after_until
    return child.on_child_protection_plan, child.on_child_protection_plan_until
