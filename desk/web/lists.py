"""Lists that are quick with thousands of cases: what somebody sees of the board's cases, by SQL.

The rules are those of ``access.sight_of``, which says of one case what of it somebody may see.
"""

from collections.abc import Mapping

from desk.web.viewer import Viewer
from desk.web.whom import FOLLOW, MAKE_SAFE, OF_AGENCIES, RUN_THE_BOARD
from domain.people import OPERATORS
from records.overview import Asking, Reach


def reach_of(viewer: Viewer) -> Reach:
    """The cases that the person sees something of."""
    of_board = [held for held in viewer.roles if held.role not in (*OPERATORS, *OF_AGENCIES)]
    return Reach(
        board=viewer.board,
        person=viewer.person,
        everything=bool(of_board),
        agencies=tuple(sorted(viewer.agencies_as(*OF_AGENCIES))),
        standing=viewer.has(*RUN_THE_BOARD, *MAKE_SAFE, *FOLLOW),
    )


def asking_of(viewer: Viewer) -> tuple[Asking, ...]:
    """In which roles the person is asked, by the directory."""
    held = (Asking(role=each.role, agency=each.agency) for each in viewer.roles if each.role not in OPERATORS)
    return tuple(dict.fromkeys(held))


def page_number(given: Mapping[str, str]) -> int:
    """Which page of a list is asked for; the first where that cannot be read."""
    text = given.get("page", "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 7 else 1
