"""The findings of a case and the board's answers to them, as the record tells them."""

from collections.abc import Iterable
from datetime import datetime

from domain.findings import EnterFinding, WithdrawFinding
from domain.model import Model
from domain.publication_commands import AnswerFinding, FindingAnswer
from records.views import RecordedFact


class ReadFinding(Model):
    """A finding with the board's last answer."""

    id: str
    entered_at: datetime | None = None
    """When it was entered first; none for one that the record knows from its answer only."""
    withdrawn_at: datetime | None = None
    answer: FindingAnswer | None = None
    answered_at: datetime | None = None
    answered_in: int | None = None
    """Number of the fact with the last answer."""

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return self.withdrawn_at is None

    @property
    def wants_action(self) -> bool:
        """Whether something has to follow from it: an action, or a recorded reason why none."""
        return self.stands and self.answer in (FindingAnswer.ACCEPTED, FindingAnswer.PARTLY)


def read_findings(facts: Iterable[RecordedFact]) -> tuple[ReadFinding, ...]:
    """Every finding of the facts, in the order in which they came."""
    found: dict[str, ReadFinding] = {}
    for each in facts:
        if each.fact.kind not in (EnterFinding.FACT, WithdrawFinding.FACT, AnswerFinding.FACT) or not each.fact.item:
            continue
        known = found.get(each.fact.item) or ReadFinding(id=each.fact.item)
        found[known.id] = known.model_copy(update=_changes(known, each))
    return tuple(found.values())


def _changes(known: ReadFinding, recorded: RecordedFact) -> dict[str, object]:
    fact = recorded.fact
    if fact.kind == EnterFinding.FACT:
        return {"entered_at": known.entered_at or fact.at, "withdrawn_at": None}
    if fact.kind == WithdrawFinding.FACT:
        return {"withdrawn_at": fact.at}
    outcome = FindingAnswer(str(fact.detail["outcome"]))
    return {"answer": outcome, "answered_at": fact.at, "answered_in": recorded.seq}
