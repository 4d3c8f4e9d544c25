"""When the chair may close a case after its review, and who is told."""

from datetime import datetime
from typing import TYPE_CHECKING

from domain.case_commands import CloseCase
from domain.clocks.book import ClockNeed
from domain.decision_commands import ReviewOutcome
from domain.model import Refusal
from domain.people import Role
from domain.record import Letter

if TYPE_CHECKING:
    from domain.case import CaseState

CLOSES_BY = "case-closing"
CLOSING = "Closing of a case, after serious case review quality marker 18: change is followed over time"


def refuses_closing(state: "CaseState", command: CloseCase) -> Refusal | None:
    """The rule that forbids to close the case as things stand."""
    if state.closing is not None:
        return _no("closing-decided", "It is decided already that the case is closed.")
    if state.follow_up is None:
        text = "This case was begun before there were action plans here; it is not closed in this way."
        return _no("closing-known", text)
    if (refusal := stands_in_the_way(state)) is not None:
        return refusal
    if command.retention not in state.follow_up.retention_classes:
        known = ", ".join(state.follow_up.retention_classes) or "none"
        return _no("retention-known", f"Name the class by which the record is kept; the board has: {known}.")
    return None


def stands_in_the_way(state: "CaseState") -> Refusal | None:
    """What has to come to its end before the chair can close the case."""
    if state.outcome is not ReviewOutcome.SERIOUS_CASE_REVIEW or state.decision_open:
        text = "Only a case with a serious case review is closed by a decision; without one it closes by itself."
        return _no("review-held", text)
    if state.undecided or state.safety_open:
        return _no("children-first", "Children first: the safety check is not at its end.")
    if not state.published:
        return _no("published-first", "The report is not published, and it is not decided to keep it unpublished.")
    if state.follow_up is not None and not state.follow_up.settled:
        text = (
            "Not every action and every expected change is at its end; the plan and the monitoring of change say which."
        )
        return _no("all-at-its-end", text)
    return None


def closing_needs(state: "CaseState") -> tuple[ClockNeed, ...]:
    """Once everything is at its end the case is to be closed."""
    if state.follow_up is None or state.follow_up.settled_at is None:
        return ()
    return (
        ClockNeed(
            rule=CLOSES_BY,
            started_at=state.follow_up.settled_at,
            satisfied_at=state.closing.decided_at if state.closing else None,
            waiting_on=Role.BOARD_CHAIR,
            task=CloseCase.FORM,
        ),
    )


def closing_letters(state: "CaseState", at: datetime) -> tuple[Letter, ...]:
    """To the board's members and to the agencies that the incident named."""
    reviewed = state.closing is not None
    template = "case-closed" if reviewed else "closing"
    words = {"outcome": state.outcome.words if state.outcome else ""}
    id = f"closing/{at:%Y%m%d-%H%M%S}" if reviewed else f"closing/{state.decisions}"
    to_members = Letter(id=f"{id}/board-members", template=template, to=Role.BOARD_MEMBER, words=words)
    to_agencies = (
        Letter(
            id=f"{id}/{agency.id}",
            template=template,
            to=Role.AGENCY_LEAD,
            agency=agency.id,
            address=agency.contact.email,
            words=words,
        )
        for agency in (state.incident.agencies if state.incident else ())
    )
    return (to_members, *to_agencies)


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=CLOSING)
