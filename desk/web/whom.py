"""Whom pages are for, by the roles that people have."""

from enum import StrEnum
from typing import Final

from desk.web.viewer import Viewer
from domain.people import OPERATORS, Role

RUN_THE_BOARD: Final = (Role.BUSINESS_MANAGER, Role.SUB_GROUP, Role.BOARD_CHAIR)
"""See every case of their board as a whole."""
RUN_THE_REVIEW: Final = (Role.PANEL_CHAIR, Role.LEAD_REVIEWER)
"""See the one case that they are appointed in as a whole, for as long as they are."""
MAKE_SAFE: Final = (
    Role.DUTY_SOCIAL_WORKER,
    Role.DUTY_MANAGER,
    Role.HEAD_OF_SERVICE,
    Role.DIRECTOR,
    Role.DESIGNATED_OFFICER,
)
"""See the safety of the children in every case of their board, with the names that they have to act on."""
FOLLOW: Final = (Role.BOARD_MEMBER, Role.SAFEGUARDING_PARTNER)
"""See how the cases of their board stand, and what they are asked themselves."""
OF_AGENCIES: Final = (Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE)
"""See what their own agency is asked, in cases in which it is."""
SAFETY: Final = "safety"


class For(StrEnum):
    """Whom a route is for."""

    EVERYBODY = "everybody, signed in or not"
    SIGNED_IN = "everybody who is signed in"
    CASE = "whoever may see something of the case"
    WHOLE_CASE = "whoever may see the whole of the case"
    BOARD = "who run the board"
    PART_IN_REVIEWS = "whoever has a part in reviews"
    LEARNING = "who run the board, or follow its cases"
    OPERATORS = "who operate the service"
    CONTENT = "who operate the service and may see content"


def is_for(whom: For, viewer: Viewer) -> bool:
    """Whether a page that is no case's is for this person."""
    match whom:
        case For.BOARD:
            return viewer.has(*RUN_THE_BOARD)
        case For.PART_IN_REVIEWS:
            return not viewer.only_operates
        case For.LEARNING:
            return viewer.has(*RUN_THE_BOARD, *FOLLOW)
        case For.OPERATORS:
            return viewer.has(*OPERATORS)
        case For.CONTENT:
            return viewer.has(Role.OPERATOR_WITH_CONTENT)
        case _:
            return whom is For.SIGNED_IN
