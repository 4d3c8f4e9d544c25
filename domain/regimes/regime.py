"""A regime and edition as data, and its reading from TOML."""

import tomllib
from enum import StrEnum

from pydantic import ConfigDict, Field, ValidationError, model_validator

from domain.clocks.rule import ClockRule, Source
from domain.model import Model
from domain.people import Role


class Level(StrEnum):
    """``always``: a review must be held; ``consider``: the board weighs whether to hold one."""

    ALWAYS = "always"
    CONSIDER = "consider"


class Criterion(Model):
    """One limb of the criteria: it is met when each fact it needs holds."""

    id: str
    level: Level
    title: str
    needs: tuple[str, ...]
    """Names of facts, three-valued (see ``domain.criteria``)."""
    source: Source


class Notice(Model):
    """A statutory notice of the decision: to whom, when it is owed, and the clock it satisfies."""

    id: str
    to: tuple[Role, ...]
    after: tuple[str, ...]
    """The outcomes of the decision that call for it: ``serious-case-review``, ``other-review``, ``none``."""
    clock: str
    letter: str


class PanelRules(Model):
    """Rules of the panel that are no clocks."""

    quorum_percent: int = Field(50, ge=0, le=99)
    """Views of more than this share of the panel make a quorum."""
    source: Source = Source(document="Board's own procedure", paragraph="quorum of the panel", confirm=True)


class Regime(Model):
    """The rules a case runs under. A case is pinned to one when it is opened."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    title: str
    edition: str
    calendar: str
    source: Source
    criterion: tuple[Criterion, ...]
    clock: tuple[ClockRule, ...]
    notice: tuple[Notice, ...] = ()
    panel: PanelRules = PanelRules()

    def rule(self, clock: str) -> ClockRule:
        """The clock rule of that id; ``KeyError`` where the regime has none."""
        for rule in self.clock:
            if rule.id == clock:
                return rule
        raise KeyError(clock)

    @model_validator(mode="after")
    def _names_hang_together(self) -> "Regime":
        ids = [rule.id for rule in self.clock]
        faults = [f"clock {i} is defined twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
        faults += [f"notice {n.id}: there is no clock {n.clock}" for n in self.notice if n.clock not in ids]
        if faults:
            raise ValueError("; ".join(faults))
        return self


class RegimeFault(ValueError):
    """A regime file that cannot be used, with every fault by its path."""


def parse_regime(text: str) -> Regime:
    """Read a regime from TOML. Raises ``RegimeFault`` listing every fault; unknown keys are faults too."""
    try:
        return Regime.model_validate(tomllib.loads(text), extra="forbid")
    except tomllib.TOMLDecodeError as error:
        raise RegimeFault(f"not TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise RegimeFault("\n".join(lines)) from error
