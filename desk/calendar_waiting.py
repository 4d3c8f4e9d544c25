"""For whom a clock waits: whether an agency or a person is meant by its role.

Roles for the board and within agencies are in the directory, with deputies. Roles of one case (its panel chair, its
lead reviewer) and the leads of its actions are in the case's record; those have no deputy.
"""

from collections.abc import Callable
from datetime import datetime

from desk.civil import in_civil_time
from domain.action_commands import PlanAction, ReplaceLead
from domain.directory import Board, NotInRole
from domain.model import Model
from domain.people import Role
from domain.record import CaseRef, ClockEntry
from records import queries
from records.ahead import ClockAhead
from records.queries import NotFound
from records.store import Record
from records.superseding import SUPERSEDED


class Waiting(Model):
    """That a clock waits for somebody."""

    deputising: bool = False
    """Whether as the deputy of whoever holds the role."""


Concerns = Callable[[ClockAhead], Waiting | None]
"""Whether a clock waits for the one in question; ``None`` where it does not."""


def agency_of(entry: ClockEntry) -> str | None:
    """The agency that the clock waits for; none where it waits for the board, or for nobody of an agency."""
    role = entry.waiting_on
    if role is None:
        return None
    if role.of_an_agency:
        return entry.agency or entry.item
    return entry.agency if role.of_a_case else None


def for_agency(agency: str) -> Concerns:
    """What waits for the agency: its lead, its executive, or whoever leads an action for it."""
    return lambda clock: Waiting() if agency_of(clock.entry) == agency else None


def for_person(record: Record, board: Board, person: str, at: datetime) -> Concerns:
    """What waits for the person: in a role that they hold or stand in for, in a case, and as the lead of an action."""
    on = in_civil_time(at).date()
    cases: dict[CaseRef, _InCase] = {}

    def concerns(clock: ClockAhead) -> Waiting | None:
        role, agency = clock.entry.waiting_on, agency_of(clock.entry)
        if role is None:
            return None
        if not role.of_a_case:
            try:
                return Waiting(deputising=board.actor(person, role, agency, on).deputising)
            except NotInRole:
                return None
        if clock.case not in cases:
            cases[clock.case] = _InCase.of(record, clock.case, person)
        return Waiting() if cases[clock.case].waited_for(clock.entry, role) else None

    return concerns


def require_agency(board: Board, agency: str) -> None:
    """Raises ``NotFound`` for an agency that the directory lacks."""
    known = [each.id for each in board.agencies]
    if agency not in known:
        raise NotFound(f"nothing waits for an agency {agency}, and {board.id} has none; it has {', '.join(known)}")


def require_person(board: Board, person: str) -> None:
    """Raises ``NotFound`` for a person whom the directory lacks."""
    if person not in {each.id for each in board.everybody}:
        raise NotFound(f"nothing waits for a person {person}, and the directory of {board.id} has nobody of that id")


def leads_of_actions(record: Record, case: CaseRef) -> dict[str, str]:
    """Who leads each action of the case: the person's id by that of the action."""
    leads: dict[str, str] = {}
    for each in queries.facts(record, case, PlanAction.FACT, ReplaceLead.FACT, SUPERSEDED):
        if each.stands and each.fact.kind != SUPERSEDED:
            leads[each.fact.item or ""] = str(each.fact.detail["lead"])
    return leads


def action_of(entry: ClockEntry) -> str:
    """The action that a clock of an action is about: its item, or the beginning of it (``A1/2``)."""
    return (entry.item or "").partition("/")[0]


class _InCase(Model):
    """The parts that a person has in one case."""

    roles: frozenset[Role]
    actions: frozenset[str]
    """Ids of the actions that the person leads."""

    @classmethod
    def of(cls, record: Record, case: CaseRef, person: str) -> "_InCase":
        held = {actor.role for actor in queries.appointed(record, case) if actor.person == person}
        actions = {action for action, lead in leads_of_actions(record, case).items() if lead == person}
        return cls(roles=frozenset(held - {Role.ACTION_LEAD}), actions=frozenset(actions))

    def waited_for(self, entry: ClockEntry, role: Role) -> bool:
        """Whether it waits for the person, who is waited for in that role."""
        if role is Role.ACTION_LEAD:
            return action_of(entry) in self.actions
        return role in self.roles
