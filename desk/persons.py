"""In which role a person acts on a case's documents: the first of their roles that may."""

from collections.abc import Callable
from datetime import datetime

from desk.civil import in_civil_time
from domain.directory import Board, NotInRole
from domain.model import Refusal, Refused
from domain.people import Actor, Role

DIRECTORY = "The board's directory of people and roles"


def acting_person(
    board: Board,
    person: str,
    at: datetime,
    *,
    appointed: tuple[Actor, ...],
    refuses: Callable[[Actor], Refusal | None],
    role: Role | None = None,
) -> Actor:
    """The person in the role named, or in the first of their roles that ``refuses`` lets pass.

    Roles in the case come first, then those for the board, then those within an agency; what they only deputise for
    comes last. Raises ``Refused`` for somebody unknown, without such a role, or refused in every role.
    """
    of_case = [held for held in appointed if held.person == person]
    if not of_case and person not in {known.id for known in board.everybody}:
        raise Refused(_no("person-known", "Neither the directory nor this case knows a person of that id."))
    actors = [held for held in (*of_case, *_held(board, person, at)) if role is None or held.role is role]
    if not actors:
        raise Refused(_no("not-in-role", "This person has no such role and deputises for nobody who has it."))
    refusals = [(actor, refuses(actor)) for actor in actors]
    for actor, refusal in refusals:
        if refusal is None:
            return actor
    first = refusals[0][1]
    assert first is not None, "every one was refused"  # noqa: S101
    raise Refused(first)


def _held(board: Board, person: str, at: datetime) -> list[Actor]:
    """The person in each role of the directory that they hold or deputise in, the widest first."""
    on = in_civil_time(at).date()
    found = []
    for role in Role:
        for agency in [agency.id for agency in board.agencies] if role.of_an_agency else [None]:
            try:
                found.append(board.actor(person, role, agency, on))
            except NotInRole:
                continue
    return sorted(found, key=lambda actor: (actor.deputising, actor.role.of_an_agency))


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=DIRECTORY)
