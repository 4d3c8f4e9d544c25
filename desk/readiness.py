"""Whether a board can begin cases under a regime: every amount set, every body and partner in the directory."""

from functools import cache

from activities.regimes import Regimes
from domain.directory import Directory
from domain.intake_rules import WhyNotReady


def readiness(regimes: Regimes, directory: Directory) -> WhyNotReady:
    """What says of a regime and a board why no case can begin; empty where one can. Each is looked up once.

    It raises ``UnknownBoard`` for a board that the directory does not have.
    """

    @cache
    def why_not_ready(regime: str, board: str) -> str:
        return regimes.why_not_ready(regime, board) or _who_is_missing(regimes, directory, regime, board)

    return why_not_ready


def _who_is_missing(regimes: Regimes, directory: Directory, regime: str, board: str) -> str:
    rules, people = regimes.of_board(regime, board), directory.board(board)
    if lacking := people.lacks(rules.bodies):
        roles = ", ".join(role.value for role in lacking)
        return f"the directory has no address of these bodies, which are told of decisions: {roles} (board.body)"
    if rules.process == "rapid-review":
        return rules.rapid_review.why_too_few(people.partners)
    return ""
