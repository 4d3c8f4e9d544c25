"""Moving a case to another edition of its rules: a recorded decision, with every date before and after it."""

from typing import ClassVar

from domain.clocks.rule import ClockRule
from domain.command import Command, Words
from domain.incident import Slug
from domain.model import Model, Refusal
from domain.people import Role
from domain.regimes.regime import Regime
from domain.vocabulary import Vocabulary

STANDS = "The case runs under these rules already."
PINNED = "A case is pinned to its rules; moving it is a recorded decision with every date before and after it"


class MoveToRegime(Command):
    """The chair moves the case to another edition of its rules. Dates that differ by them are counted again."""

    FORM: ClassVar[str] = "move-to-regime"
    FACT: ClassVar[str] = "move-to-regime-decided"
    TITLE: ClassVar[str] = "move the case to another edition of its rules"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BOARD_CHAIR})

    regime: Slug
    """Id of the regime that holds from now on."""
    reason: Words
    """Why the rules that the case was opened under do not hold for it any more."""


class RegimeChanged(Model):
    """Message to a stage: these rules hold from now on."""

    regime: str
    title: str
    edition: str
    rules: tuple[ClockRule, ...]
    vocabulary: Vocabulary = Vocabulary()

    @classmethod
    def to(cls, regime: Regime) -> "RegimeChanged":
        """The message that tells of this regime."""
        return cls(
            regime=regime.id,
            title=regime.title,
            edition=regime.edition,
            rules=regime.clock,
            vocabulary=regime.vocabulary,
        )

    @property
    def why(self) -> str:
        """The reason as computations and letters give it."""
        return f"the case was moved to other rules: {self.title}, {self.edition}"


def refuses_move(pinned: Regime, other: Regime) -> Refusal | None:
    """Another edition is of the same nation and process, and has a rule for every clock that there may be.

    It may have the same id: rules that were corrected since the case was pinned to them.
    """
    if RegimeChanged.to(other) == RegimeChanged.to(pinned):
        return _no("regime-stands", STANDS)
    if (other.nation, other.calendar, other.process) != (pinned.nation, pinned.calendar, pinned.process):
        text = "A case moves between editions of one nation and one process; another process is another case."
        return _no("other-process", text)
    missing = {rule.id for rule in pinned.clock if not rule.beside} - {rule.id for rule in other.clock}
    if missing:
        return _no("rules-missing", f"The other rules lack clocks of this case: {', '.join(sorted(missing))}.")
    return None


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=PINNED)
