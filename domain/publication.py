"""Publication: the board answers the findings, the report is checked, decided on, dated, published, kept available.

Each step is a part of its own; nothing is public before all of them are done.
"""

from datetime import datetime
from typing import ClassVar, Self

from domain.accepted_report import Accepted
from domain.agency import AgencyAsked
from domain.command import Command
from domain.learning import AnsweredFinding, FindingsAnswered
from domain.parallel import ParallelProcesses
from domain.parallel_commands import Effect
from domain.part import Part, StateOfParts
from domain.participation import Participation
from domain.people import BODIES, Role
from domain.publication_checks import BoardResponse, Checks
from domain.publication_commands import PublicationOutcome
from domain.publication_dates import Handovers, PublicationDates
from domain.publication_day import PublicationDay
from domain.publication_decision import PublicationDecision
from domain.record import Fact, Task
from domain.stage_state import Transition


class PublicationState(StateOfParts):
    """The publication of one report as it stands."""

    STAGE: ClassVar[str] = "publication"
    PARTS: ClassVar[dict[str, type[Part]]] = {
        "response": BoardResponse,
        "checks": Checks,
        "decision": PublicationDecision,
        "dates": PublicationDates,
        "handovers": Handovers,
        "day": PublicationDay,
        "parallel": ParallelProcesses,
        "participation": Participation,
    }

    accepted_at: datetime
    """When the board accepted the report: its answers and the decision count from here."""
    agencies: tuple[AgencyAsked, ...] = ()
    authors: tuple[str, ...] = ()
    """Ids of everybody who was ever lead reviewer: none of them checks or decides."""
    response: BoardResponse
    checks: Checks
    decision: PublicationDecision = PublicationDecision()
    dates: PublicationDates = PublicationDates()
    handovers: Handovers = Handovers()
    day: PublicationDay = PublicationDay()
    parallel: ParallelProcesses = ParallelProcesses()
    participation: Participation = Participation()

    @classmethod
    def begun(cls, order: Accepted, available_months: int = 12, bodies: tuple[Role, ...] = BODIES) -> Self:
        """The state at the beginning, with what the panel's review hands on and what the regime says."""
        return cls(
            accepted_at=order.accepted_at,
            agencies=order.agencies,
            authors=order.authors,
            response=BoardResponse(findings=order.findings),
            decision=PublicationDecision(bodies=bodies),
            handovers=Handovers(bodies=bodies),
            checks=Checks(report=order.report),
            day=PublicationDay(months=available_months),
            parallel=order.parallel.carried_over(order.accepted_at),
            participation=order.participation.carried_over(order.accepted_at),
        )

    def opening(self, at: datetime) -> Transition:
        """What beginning the stage records; its clocks ask by themselves."""
        detail = {"report": self.report, "findings": [finding.id for finding in self.response.findings]}
        return Transition(facts=(Fact(kind="publication-begun", at=at, detail=dict(detail)),))

    @property
    def report(self) -> str:
        """Id of the report as it stands."""
        return self.checks.report

    @property
    def outcome(self) -> PublicationOutcome | None:
        """The chair's decision as it stands."""
        return self.decision.outcome

    @property
    def not_published(self) -> bool:
        """Whether it is decided not to publish."""
        return self.outcome is PublicationOutcome.NOT

    @property
    def publish_at(self) -> datetime | None:
        """The date of publication that stands."""
        return self.dates.standing.publish_at if self.dates.standing else None

    @property
    def published_at(self) -> datetime | None:
        """When the report was published."""
        return self.day.published_at

    @property
    def unanswered_findings(self) -> tuple[str, ...]:
        """Ids of the findings that the board has not answered."""
        return self.response.unanswered

    @property
    def holds(self) -> tuple[str, ...]:
        """Ids of the parallel processes that hold publication."""
        return self.parallel.in_force(Effect.HOLDS_PUBLICATION)

    @property
    def wants_family_told(self) -> bool:
        """Whether the family is to be told of the publication now: it is decided, and not public yet."""
        return self.decision.to_publish and self.published_at is None

    @property
    def standing(self) -> str:
        """For lists and searches."""
        if self.not_published:
            return "not published"
        return "published" if self.published_at else "publication"

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """As the command's part says; a process that comes to hold publication is brought to the business manager."""
        state, then = super().accept(command, at)
        if set(state.holds) <= set(self.holds) or self.publish_at is None or self.published_at is not None:
            return state, then
        dates, asking = state.dates.newly_held()
        letters = (*then.letters, *asking.letters)
        return state.model_copy(update={"dates": dates}), then.model_copy(update={"letters": letters})

    def tasks(self) -> tuple[Task, ...]:
        """What all parts ask; nothing once the stage is done."""
        return () if self.done() else super().tasks()

    @property
    def settled(self) -> bool:
        """Whether the report is published, or it is decided not to and the bodies are told so."""
        return self.published_at is not None or (self.not_published and not self.decision.notices_owed)

    @property
    def answered(self) -> FindingsAnswered | None:
        """The board's answers, for the action plan; none before every finding has one."""
        if self.response.complete_at is None:
            return None
        given = {answer.finding: answer.answer.value for answer in self.response.answers}
        findings = tuple(
            AnsweredFinding.model_validate(finding.model_dump() | {"answer": given[finding.id]})
            for finding in self.response.findings
        )
        return FindingsAnswered(findings=findings, answered_at=self.response.complete_at)

    def done(self) -> bool:
        """Published and its availability ended by a decision; or not published, the bodies told, findings answered."""
        return self.day.over or (self.not_published and self.settled and not self.unanswered_findings)

    def headline(self) -> str:
        """What the publication waits for."""
        if self.not_published:
            owed, unanswered = len(self.decision.notices_owed), len(self.unanswered_findings)
            answers = f"; {unanswered} findings to be answered" if unanswered else ""
            notices = f"{owed} notices to be given" if owed else "all notices given"
            return f"Decided not to publish; {notices}{answers}"
        if self.published_at is not None:
            return "Report published; " + ("no longer available to everybody" if self.day.over else "available")
        waits = (
            f"{len(self.unanswered_findings)} findings to be answered" if self.unanswered_findings else "",
            f"{len(self.checks.missing)} checks to be passed" if self.checks.missing else "",
            "the national panel's answer" if self.decision.awaits_panel else "",
            "the chair's decision" if self.outcome is None and not self.decision.awaits_panel else "",
            f"held by {', '.join(self.holds)}" if self.holds else "",
            "" if self.publish_at else "a date to be set",
        )
        return f"Publication: {', '.join(filter(None, waits)) or 'ready for its day'}"
