"""What a rapid review rests on: the facts that the criteria need, and the agencies' records and first summaries."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.agency import (
    AgencyAsked,
    SecureRecords,
    SendFirstSummary,
    agency_needs,
    agency_tasks,
    refuses_return,
)
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.criteria import Verdict, judge
from domain.decision import FactAnswer, answered, refuses_unknown_fact
from domain.decision_commands import AnswerCriterion
from domain.model import Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Task
from domain.regimes import Criterion
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.rapid_review import RapidReviewState


class Gathering(Part):
    """Facts and agencies as they are known."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (AnswerCriterion, SecureRecords, SendFirstSummary)

    answers: tuple[FactAnswer, ...] = ()
    agencies: tuple[AgencyAsked, ...] = ()

    def verdict(self, criteria: tuple[Criterion, ...]) -> Verdict:
        """What the criteria say of the facts as known."""
        return judge({answer.fact: answer.holds for answer in self.answers}, criteria)

    def with_news(self, answers: tuple[FactAnswer, ...], agencies: tuple[AgencyAsked, ...]) -> Self:
        """With facts that became known, and agencies that were not asked yet."""
        return self.model_copy(
            update={"answers": answered(self.answers, answers), "agencies": (*self.agencies, *self.new(agencies))}
        )

    def new(self, agencies: tuple[AgencyAsked, ...]) -> tuple[AgencyAsked, ...]:
        """Those of the agencies that were not asked yet."""
        known = {agency.id for agency in self.agencies}
        return tuple(agency for agency in agencies if agency.id not in known)

    def refuses(self, command: Command, at: datetime, whole: "RapidReviewState") -> Refusal | None:
        """Only what the criteria need, before it is decided; agencies answer once, and late answers are taken."""
        if isinstance(command, AnswerCriterion):
            if (refusal := refuses_unknown_fact(whole.criteria, command)) is not None:
                return refusal
            return (
                _no("decided", "It is decided already; new facts come in by the incident.") if whole.outcome else None
            )
        assert isinstance(command, SecureRecords | SendFirstSummary), "dispatched by its part"  # noqa: S101
        return refuses_return(self.agencies, command)

    def accept(self, command: Command, at: datetime, whole: "RapidReviewState") -> tuple[Self, Transition]:
        """With a fact answered, or an agency's records or summary there."""
        if isinstance(command, AnswerCriterion):
            holds = {"yes": True, "no": False}.get(command.holds)
            answer = FactAnswer(fact=command.fact, holds=holds, by=command.actor.role.words, at=at)
            return self.with_news((answer,), ()), Transition()
        changes: dict[str, object] = {"secured_at": at}
        if isinstance(command, SendFirstSummary):
            changes = {"summary_at": at, "nil_return": command.nil_return}
        agencies = tuple(a.model_copy(update=changes) if a.id == command.item else a for a in self.agencies)
        return self.model_copy(update={"agencies": agencies}), Transition()

    def needs(self, whole: "RapidReviewState") -> tuple[ClockNeed, ...]:
        """Each agency's two clocks; nobody is chased any more once it is decided."""
        return tuple(need for agency in self.agencies for need in agency_needs(agency, whole.decided_at))

    def tasks(self, whole: "RapidReviewState") -> tuple[Task, ...]:
        """What is asked of the agencies, and the facts that nobody knows yet while they decide what is owed."""
        if whole.outcome is not None:
            return ()
        tasks = [task for agency in self.agencies for task in agency_tasks(agency)]
        known = {answer.fact for answer in self.answers if answer.holds is not None}
        unknown = dict.fromkeys(fact for limb in whole.criteria for fact in limb.needs if fact not in known)
        if whole.meets is None and unknown:
            title = f"{please(AnswerCriterion)}: {', '.join(unknown)}"
            tasks.append(Task(form=AnswerCriterion.FORM, role=Role.SUB_GROUP, title=title))
        return tuple(tasks)


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source="The regime's criteria")
