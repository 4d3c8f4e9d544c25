"""What is not done with the record of a closed case, and which rule says so."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from domain.clocks.calendar import day_in_words
from domain.command import Command
from domain.model import Refusal
from domain.people import Role
from domain.retention_commands import (
    AgreeDestruction,
    ChangeRetentionClass,
    HoldId,
    LiftLegalHold,
    PlaceLegalHold,
    ReviewRetention,
    WithdrawDestruction,
)

if TYPE_CHECKING:
    from domain.retention import RetentionState

RETENTION = "Board's own procedure: retention of records, reviewed when the years of their class are over"
HOLDS = "A legal hold overrides destruction"
TWO_PEOPLE = "Destruction only by two people, one of them the chair"

_HOLD_ID: TypeAdapter[str] = TypeAdapter(HoldId)


def refuses_over(state: "RetentionState") -> Refusal | None:
    """Whether it is too late for any answer."""
    if state.reopened:
        return _no("case-open", "The case is open again; its record is kept at least until it is closed.")
    if state.destruction_begun or state.destroyed_at is not None:
        return _no("destruction-begun", "The record is being destroyed; that cannot be stopped any more.")
    return None


def refuses_command(state: "RetentionState", command: Command, at: datetime) -> Refusal | None:
    """The rule that forbids a command while the record is kept."""
    match command:
        case PlaceLegalHold() | LiftLegalHold():
            return _refuses_hold(state, command)
        case ChangeRetentionClass():
            return _refuses_change(state, command)
        case ReviewRetention():
            return _refuses_review(state, command, at)
        case AgreeDestruction():
            return _refuses_agreement(state, command)
        case WithdrawDestruction():
            return _refuses_proposal_of(state, command.item) or _refuses_until(command.until, at)
    return _no("unknown-command", "The keeping of a record does not know this command.", "Commands")


def _refuses_hold(state: "RetentionState", command: PlaceLegalHold | LiftLegalHold) -> Refusal | None:
    if isinstance(command, LiftLegalHold):
        standing = [hold.id for hold in state.standing_holds]
        stand = ", ".join(standing) or "none"
        text = f"Name a legal hold that stands, as item; these do: {stand}."
        return None if command.item in standing else _no("hold-stands", text, HOLDS)
    try:
        _HOLD_ID.validate_python(command.item)
    except ValidationError:
        return _no("hold-id", "A legal hold is called H1, H2 and so on, as item.", HOLDS)
    if command.item in {hold.id for hold in state.holds}:
        return _no("hold-known", "There is a legal hold of that id; give another one an id of its own.", HOLDS)
    return None


def _refuses_change(state: "RetentionState", command: ChangeRetentionClass) -> Refusal | None:
    known = [each.id for each in state.classes]
    if command.retention not in known:
        return _no("retention-known", f"Name one of the board's classes; there are: {', '.join(known)}.")
    if command.retention == state.retention:
        return _no("retention-same", "The record is kept by this class already.")
    return _refuses_while_proposed(state)


def _refuses_review(state: "RetentionState", command: ReviewRetention, at: datetime) -> Refusal | None:
    if (refusal := _refuses_while_proposed(state)) is not None:
        return refusal
    if state.review is not None and at < state.review.comes_at:
        text = f"The record is kept until {day_in_words(state.review.on)}; before that day it is not reviewed."
        return _no("retention-runs", text)
    if command.outcome == "destroy":
        if command.until is not None:
            return _no("until-or-destroy", "Give a day (field until) only where the record is kept.")
        return _refuses_held(state)
    if command.until is None:
        return _no("until-given", "Say until when the record is kept (field until); then it is reviewed again.")
    return _refuses_until(command.until, at)


def _refuses_agreement(state: "RetentionState", command: AgreeDestruction) -> Refusal | None:
    if (refusal := _refuses_proposal_of(state, command.item) or _refuses_held(state)) is not None:
        return refusal
    proposal = state.proposal
    assert proposal is not None, "asked before"  # noqa: S101
    if proposal.agreed_at is not None:
        return _no("destruction-agreed", "Two people have agreed before; the record is being destroyed.")
    if command.actor.person == proposal.by.person:
        text = "Who proposed the destruction cannot agree to it too; another person has to."
        return _no("second-person", text, TWO_PEOPLE)
    if Role.BOARD_CHAIR not in (proposal.by.role, command.actor.role):
        text = "At least one of the two is the board chair. The chair did not propose it, so the chair has to agree."
        return _no("one-is-chair", text, TWO_PEOPLE)
    return None


def _refuses_proposal_of(state: "RetentionState", item: str | None) -> Refusal | None:
    if state.proposal is None:
        return _no("nothing-proposed", "Nobody proposes at the moment to destroy the record.", TWO_PEOPLE)
    if item != str(state.proposal.number):
        text = f"Name the proposal that stands, as item; its number is {state.proposal.number}."
        return _no("which-proposal", text, TWO_PEOPLE)
    return None


def _refuses_while_proposed(state: "RetentionState") -> Refusal | None:
    if state.proposal is None:
        return None
    text = "The destruction of the record is proposed; a second person agrees to it first, or it is withdrawn."
    return _no("destruction-proposed", text, TWO_PEOPLE)


def _refuses_held(state: "RetentionState") -> Refusal | None:
    if not state.standing_holds:
        return None
    holds = ", ".join(hold.id for hold in state.standing_holds)
    text = f"The record is not destroyed while a legal hold stands ({holds}); the board chair can lift it."
    return _no("legal-hold", text, HOLDS)


def _refuses_until(day: date, at: datetime) -> Refusal | None:
    if day > at.date():
        return None
    return _no("until-ahead", "The day on which the record is reviewed again (field until) has to lie ahead.")


def _no(code: str, text: str, source: str = RETENTION) -> Refusal:
    return Refusal(code=code, text=text, source=source)
