"""Who is signed in, and in which roles: their own, and those they stand in for."""

from datetime import date

from domain.directory import Board, Directory, NotInRole, UnknownBoard
from domain.model import Model
from domain.people import OPERATORS, Role


class Held(Model):
    """A role that somebody has."""

    role: Role
    agency: str | None = None
    """For roles within an agency."""
    action: str | None = None
    """For a lead of an action: its id."""
    deputising: bool = False
    """Whether as the deputy of whoever holds it."""


class Viewer(Model):
    """Somebody who is signed in, for one board."""

    board: str
    person: str
    """Id in the directory."""
    name: str
    agency: str | None = None
    """The agency that the person works for."""
    roles: tuple[Held, ...]
    """By the directory; roles within a case are in its record."""

    def has(self, *roles: Role) -> bool:
        """Whether the person has one of these roles, as holder or deputy."""
        return any(held.role in roles for held in self.roles)

    def agencies_as(self, *roles: Role) -> frozenset[str]:
        """The agencies in which the person has one of these roles."""
        return frozenset(held.agency for held in self.roles if held.role in roles and held.agency)

    @property
    def only_operates(self) -> bool:
        """Whether the person sees to the service and has no part in any review."""
        return bool(self.roles) and all(held.role in OPERATORS for held in self.roles)


def _stands_in(board: Board, person: str, part: tuple[Role, str | None], on: date) -> bool:
    """Whether the person may act in that role as a deputy on that day."""
    try:
        return board.actor(person, *part, on).deputising
    except NotInRole:
        return False


def viewer_for(directory: Directory, board_id: str, person_id: str, on: date) -> Viewer | None:
    """The person as the directory has them on that day; ``None`` where it has not, or not any more."""
    try:
        board = directory.board(board_id)
    except UnknownBoard:
        return None
    person = next((each for each in board.people if each.id == person_id), None)
    if person is None:
        return None
    own = dict.fromkeys(board.roles_of(person_id))
    stood_in = (part for part in dict.fromkeys(board.parts_of(person_id)) if _stands_in(board, person_id, part, on))
    held = [Held(role=role, agency=agency) for role, agency in own]
    held += [Held(role=role, agency=agency, deputising=True) for role, agency in stood_in]
    return Viewer(board=board_id, person=person_id, name=person.name, agency=person.agency, roles=tuple(held))
