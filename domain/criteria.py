"""What the board's criteria say of the facts as far as they are known: three-valued, limb by limb.

A fact holds (``True``), does not (``False``), or is not known yet (``None``). A limb is met when each fact it needs
holds, and cannot be met once one of them does not, whatever the others turn out to be.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from domain.incident import Abuse, Incident, IncidentFacts, Outcome
from domain.look_back import EVER, LOOK_BACK, of_history
from domain.model import Model
from domain.record import Fact
from domain.regimes.regime import Criterion, Level

VerdictWord = Literal["always", "consider", "undetermined", "not_met"]

CHILD_DIED = "child_died"
CHILD_HARMED = "seriously_harmed"
OF_THE_CHILDREN: Mapping[str, frozenset[Outcome]] = {
    CHILD_DIED: frozenset({Outcome.DIED}),
    CHILD_HARMED: frozenset({Outcome.DIED, Outcome.SERIOUSLY_HARMED}),
}
"""Facts that the outcomes of the incident's children answer, never unknown: a child who died was seriously harmed."""
FACTS: tuple[str, ...] = (*OF_THE_CHILDREN, *IncidentFacts.model_fields)
"""Every name of a fact that an incident can answer under every regime."""
ASKED: tuple[str, ...] = (
    *("risk_of_significant_harm", "effective_practice", "care_and_risk_management"),
    "outstanding_positive_learning",
)
"""Facts that no incident event carries and some regimes need: people answer them."""
KNOWN_FACTS: tuple[str, ...] = (*FACTS, *LOOK_BACK, *EVER, *ASKED)
"""Every name of a fact that a regime's criteria may need."""

_ABUSE: Mapping[Abuse, bool | None] = {
    Abuse.KNOWN: True,
    Abuse.SUSPECTED: True,
    Abuse.NOT_SUSPECTED: False,
    Abuse.UNKNOWN: None,
}


class LimbAnswer(Model):
    """Whether one limb of the criteria is met, as far as is known."""

    limb: str
    level: Level
    title: str
    met: bool | None
    """``None`` while a fact that is not known yet could still meet it."""
    source: str
    """Where the limb is written: document and paragraph."""


class Verdict(Model):
    """What the criteria say, with the answer of each limb in the regime's order."""

    verdict: VerdictWord
    """``undetermined``: none is met, but a fact that is not known yet could still meet one."""
    limbs: tuple[str, ...] = ()
    """Ids of the limbs that are met."""
    answers: tuple[LimbAnswer, ...] = ()


def case_facts(incident: Incident, criteria: Iterable[Criterion] = ()) -> dict[str, bool | None]:
    """Every fact of ``FACTS`` as the incident answers it. What became of its children is never unknown.

    Beyond those, what the ``criteria`` need: whether a child was protected in the months that they look back, and
    facts that only people can answer, which are not known here.
    """
    answers: dict[str, bool | None] = {
        fact: any(child.outcome in outcomes for child in incident.children)
        for fact, outcomes in OF_THE_CHILDREN.items()
    }
    for name, answer in incident.facts:
        answers[name] = _ABUSE[answer] if isinstance(answer, Abuse) else answer
    limbs = tuple(criteria)
    history = of_history(incident, max((limb.look_back_months for limb in limbs), default=0))
    further = (need for limb in limbs for need in limb.needs if need not in answers)
    return answers | {need: history.get(need) for need in further}


def judge(facts: Mapping[str, bool | None], criteria: Iterable[Criterion]) -> Verdict:
    """The highest limb that is met, ``always`` over ``consider``; a fact that is not given is not known yet."""
    answers = tuple(
        LimbAnswer(
            limb=limb.id,
            level=limb.level,
            title=limb.title,
            met=_all_hold(facts.get(need) for need in limb.needs),
            source=str(limb.source),
        )
        for limb in criteria
    )
    limbs = tuple(answer.limb for answer in answers if answer.met)
    return Verdict(verdict=_highest(answers), limbs=limbs, answers=answers)


def _all_hold(facts: Iterable[bool | None]) -> bool | None:
    """Kleene's "and": one that fails decides, else one that is unknown leaves it open."""
    values = set(facts)
    if False in values:
        return False
    return None if None in values else True


def _highest(answers: tuple[LimbAnswer, ...]) -> VerdictWord:
    met = {answer.level for answer in answers if answer.met}
    if Level.ALWAYS in met:
        return "always"
    if Level.CONSIDER in met:
        return "consider"
    open_yet = any(answer.met is None for answer in answers)
    return "undetermined" if open_yet else "not_met"


def put_to_criteria(verdict: Verdict, because: str, at: datetime) -> Fact:
    """The fact that the case was put to the criteria, limb by limb."""
    limbs: dict[str, object] = {answer.limb: answer.met for answer in verdict.answers}
    detail = {"verdict": str(verdict.verdict), "met": list(verdict.limbs), "limbs": limbs, "because": because}
    return Fact(kind="put-to-the-criteria", at=at, detail=detail)
