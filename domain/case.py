"""The case as a whole: what came in, which stages were begun, and what follows from what."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, JsonValue

from domain.accepted_report import Accepted
from domain.agency import AgencyAsked
from domain.clocks.book import ClockNeed
from domain.command import Command, HappenedAt, Words, refuses_future
from domain.criteria import Verdict, case_facts, judge
from domain.decision import FactAnswer, FactsChanged
from domain.decision_commands import ReviewOutcome
from domain.incident import Incident, IncidentEvent, Outcome
from domain.intake import merge_incident
from domain.model import Model, Refusal
from domain.people import Role
from domain.record import CaseRef, Fact, Letter, Task
from domain.regimes import Criterion
from domain.safety import OTHERS, ChildrenIdentified, children_at_risk
from domain.stage_state import StageState, Transition


class OpenReview(Model):
    """Starts the review of a case under a regime."""

    case: CaseRef
    regime: str


class Standing(StrEnum):
    """Where the whole case stands, as lists and the Temporal Web UI show it."""

    DECIDING = "deciding"
    WAITING_FOR_PANEL = "waiting for the panel"
    CHILDREN_FIRST = "children first"
    PANEL_REVIEW = "panel review"
    PUBLICATION = "publication"
    REVIEWED = "reviewed"
    CLOSING = "closing"
    CLOSED = "closed"


class Progress(StrEnum):
    """Whether a stage that comes once is to come, under way or over."""

    TO_COME = "to come"
    UNDER_WAY = "under way"
    OVER = "over"


class Challenge(Command):
    """The national panel challenges the decision: it is opened again, with a record of its own."""

    FORM: ClassVar[str] = "challenge"
    FACT: ClassVar[str] = "decision-challenged"
    TITLE: ClassVar[str] = "record that the national panel challenges the decision"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.BOARD_CHAIR, Role.NATIONAL_PANEL})

    received_at: HappenedAt
    reason: Words
    reference: str = Field("", max_length=200)


class StageReport(Model):
    """Message from a stage to its case."""

    stage: str
    """Name of the stage: ``safety``, ``decision``, ``panel`` or ``publication``."""
    number: int = 1
    undecided: tuple[str, ...] = ()
    """Children for whom the safety check has no decision."""
    children: tuple[str, ...] | None = None
    """Children whom the safety check knows. Of others handed to it meanwhile it has not heard yet."""
    outcome: ReviewOutcome | None = None
    answers: tuple[FactAnswer, ...] = ()
    """What is known of the facts, as the decision left it."""
    overtaken: bool = False
    """Whether facts came in after the decision that lead to another verdict."""
    decided_at: datetime | None = None
    """When the chair decided."""
    accepted: Accepted | None = None
    """The report, once the board has accepted it."""
    finished: bool = False


class Onward(Model):
    """What follows from an incident event for the stages of the case."""

    since: datetime
    """When the board was told of it: new clocks count from here."""
    children: ChildrenIdentified
    begins_safety: bool
    facts: FactsChanged
    begins_decision: bool
    because: str


class CaseState(StageState):
    """The case as it stands."""

    STAGE: ClassVar[str] = "case"

    incident: Incident | None = None
    deliveries: tuple[str, ...] = ()
    """Deliveries taken in: the same again changes nothing."""
    safety_checks: int = 0
    safety_open: bool = False
    checked: tuple[tuple[str, bool], ...] = ()
    """Children handed to a safety check, and whether they had a name then."""
    undecided: tuple[str, ...] = ()
    answers: tuple[FactAnswer, ...] = ()
    decisions: int = 0
    decision_open: bool = False
    outcome: ReviewOutcome | None = None
    decided_at: datetime | None = None
    panel: Progress = Progress.TO_COME
    accepted: Accepted | None = None
    """The report that the board accepted, until its publication has begun with it."""
    publication: Progress = Progress.TO_COME
    closed_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """Where the case stands as a whole."""
        if self.closed_at is not None:
            return Standing.CLOSED
        if self.publication is not Progress.TO_COME:
            return Standing.PUBLICATION if self.publication is Progress.UNDER_WAY else Standing.REVIEWED
        if self.panel is not Progress.TO_COME:
            return Standing.PANEL_REVIEW
        if self.decision_open or self.outcome is None:
            return Standing.DECIDING
        if self.outcome is not ReviewOutcome.SERIOUS_CASE_REVIEW:
            return Standing.CLOSING
        return Standing.CHILDREN_FIRST if self.undecided else Standing.WAITING_FOR_PANEL

    def headline(self) -> str:
        """Where the case stands, in words."""
        words = {
            Standing.DECIDING: "it is being decided whether to hold a serious case review",
            Standing.CHILDREN_FIRST: "a serious case review was decided; the panel waits for a decision about "
            f"the safety of each child ({len(self.undecided)} to come)",
            Standing.WAITING_FOR_PANEL: "a serious case review was decided; the panel is to be convened",
            Standing.PANEL_REVIEW: "the serious case review is under way",
            Standing.PUBLICATION: "the report is accepted; its publication is under way",
            Standing.REVIEWED: "the review is published, or it was decided not to; its actions follow",
            Standing.CLOSING: "no serious case review is held; the case is being closed",
            Standing.CLOSED: "closed",
        }
        later = self.standing in (Standing.PANEL_REVIEW, Standing.PUBLICATION) and self.undecided
        first = f"; children first: the safety of {len(self.undecided)} named later is to be decided" if later else ""
        return f"Case: {words[self.standing]}{first}"

    def done(self) -> bool:
        """Without a serious case review the case ends when its stages have."""
        stages_over = not self.safety_open and not self.decision_open
        return stages_over and self.outcome in (ReviewOutcome.OTHER_REVIEW, ReviewOutcome.NONE)

    def received(
        self, event: IncidentEvent, criteria: tuple[Criterion, ...], at: datetime
    ) -> tuple["CaseState", Transition, Onward] | None:
        """The case with an incident event taken in, and what follows for its stages.

        ``None`` for a delivery taken in before. A closed case that something is added to is open again.
        """
        if event.delivery in self.deliveries:
            return None
        before, since = self.incident, event.data.notified_at
        incident = event.data if before is None else merge_incident(before, event.data)
        facts = [_event_fact(event, at, first=before is None)]
        if self.closed_at is not None:
            facts.append(Fact(kind="case-reopened", at=at, detail={"because": "an incident event came in"}))
        state = self.model_copy(
            update={"incident": incident, "deliveries": (*self.deliveries, event.delivery), "closed_at": None}
        )
        state, news = state._answered(event, case_facts(before) if before else {})
        state, children, begins_safety = state._children_after(since)
        state, begins_decision, put = state._decision_after(self, criteria, at)
        onward = Onward(
            since=since,
            children=children,
            begins_safety=begins_safety,
            facts=FactsChanged(answers=news, agencies=_asked(event.data, since)),
            begins_decision=begins_decision,
            because=_because(before, incident),
        )
        return state, Transition(facts=(*facts, *put)), onward

    def reported(self, report: StageReport, at: datetime) -> tuple["CaseState", Transition]:
        """The case after a stage told how it stands."""
        changes: dict[str, object] = {}
        facts: tuple[Fact, ...] = ()
        if report.stage == "safety" and report.number == self.safety_checks:
            heard = self.undecided if report.children is None else report.children
            waiting = tuple(key for key in self.undecided if key not in heard)
            changes = {"undecided": (*report.undecided, *waiting), "safety_open": not report.finished}
        if report.stage == "decision" and report.number == self.decisions:
            changes = {"outcome": report.outcome, "decision_open": not report.finished}
            changes["answers"] = report.answers or self.answers
            changes["decided_at"] = report.decided_at
        if report.stage == "panel":
            changes = {"panel": Progress.OVER if report.finished else Progress.UNDER_WAY}
            if self.publication is Progress.TO_COME:
                changes["accepted"] = report.accepted
        if report.stage == "publication" and report.finished:
            changes = {"publication": Progress.OVER}
        state = self.model_copy(update=changes)
        if report.finished and changes:
            facts = (Fact(kind="stage-finished", at=at, detail={"stage": f"{report.stage}/{report.number}"}),)
        if state.standing is not self.standing:
            facts = (*facts, Fact(kind="case-moved-on", at=at, detail={"standing": state.standing.value}))
        return state, Transition(facts=facts)

    @property
    def panel_is_due(self) -> bool:
        """Whether the review itself is to begin: it was decided, and each child's safety was decided on.

        It does not wait for the notices of the decision.
        """
        decided = self.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW and self.decided_at is not None
        return decided and not self.undecided and self.panel is Progress.TO_COME and self.closed_at is None

    @property
    def publication_is_due(self) -> bool:
        """Whether publication is to begin: the board has accepted the report."""
        return self.accepted is not None and self.publication is Progress.TO_COME

    def with_panel(self) -> Self:
        """The case with its panel convening."""
        return self.model_copy(update={"panel": Progress.UNDER_WAY})

    def with_publication(self) -> Self:
        """The case with its publication under way. What was accepted now lives in that stage."""
        return self.model_copy(update={"publication": Progress.UNDER_WAY, "accepted": None})

    def closing(self, at: datetime) -> tuple["CaseState", Transition]:
        """The case closed without a serious case review, and the letters that say so."""
        assert self.outcome is not None, "a case closes after its decision"  # noqa: S101
        words = {"outcome": self.outcome.words}
        letters = [
            Letter(id=f"closing/{self.decisions}/board-members", template="closing", to=Role.BOARD_MEMBER, words=words)
        ]
        letters += [
            Letter(
                id=f"closing/{self.decisions}/{agency.id}",
                template="closing",
                to=Role.AGENCY_LEAD,
                agency=agency.id,
                address=agency.contact.email,
                words=words,
            )
            for agency in (self.incident.agencies if self.incident else ())
        ]
        fact = Fact(kind="case-closed", at=at, detail={"outcome": self.outcome.value})
        return self.model_copy(update={"closed_at": at}), Transition(facts=(fact,), letters=tuple(letters))

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """The rule that forbids the command as things stand."""
        if not isinstance(command, Challenge):
            return Refusal(code="unknown-command", text="The case does not know this command.", source="Commands")
        if self.outcome is None:
            return Refusal(
                code="nothing-to-challenge",
                text="There is no decision to challenge yet.",
                source="National panel: it scrutinises decisions not to review",
            )
        if self.panel is not Progress.TO_COME:
            return Refusal(
                code="review-is-held",
                text="The serious case review is under way; its decision is no longer challenged.",
                source="National panel: it scrutinises decisions not to review",
            )
        return refuses_future("The challenge", command.received_at, at)

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The case after a command that is not refused: the decision is open again."""
        return self.deciding_again(), Transition()

    def needs(self) -> tuple[ClockNeed, ...]:
        """The one clock of the whole case: was the incident notified in time."""
        if self.incident is None:
            return ()
        return (
            ClockNeed(
                rule="incident-notification",
                started_at=self.incident.aware_at,
                satisfied_at=self.incident.notified_at,
                waiting_on=Role.DIRECTOR,
            ),
        )

    def tasks(self) -> tuple[Task, ...]:
        """The case itself asks nothing; its stages do."""
        return ()

    def agencies_involved(self, at: datetime) -> tuple[AgencyAsked, ...]:
        """The agencies that the incident named."""
        return _asked(self.incident, at) if self.incident else ()

    def facts_known(self, at: datetime) -> FactsChanged:
        """What a decision begins with: the facts as answered so far, by whom, and the agencies to be asked now."""
        assert self.incident is not None, "a case begins with its incident"  # noqa: S101
        return FactsChanged(answers=self.answers, agencies=_asked(self.incident, at))

    def is_overtaken(self, report: StageReport) -> bool:
        """Whether the decision that reports has to be made again."""
        current = report.stage == "decision" and report.number == self.decisions
        return current and report.overtaken and report.outcome is not ReviewOutcome.SERIOUS_CASE_REVIEW

    def safety_begun_again(self) -> Self:
        """The case with a further safety check, where the last one ended before it could be told of a child."""
        return self.model_copy(update={"safety_checks": self.safety_checks + 1, "safety_open": True})

    def deciding_again(self) -> Self:
        """The case with its decision open again."""
        return self.model_copy(
            update={"decisions": self.decisions + 1, "decision_open": True, "outcome": None, "closed_at": None}
        )

    def _answered(
        self, event: IncidentEvent, before: Mapping[str, bool | None]
    ) -> tuple["CaseState", tuple[FactAnswer, ...]]:
        """What the event tells anew is known from now on; what it does not know, or only repeats, erases no answer."""
        assert self.incident is not None, "taken in before"  # noqa: S101
        by = f"{event.data.notified_by.role}, {event.data.notified_by.agency}"
        told = case_facts(event.data) | {"child_died": case_facts(self.incident)["child_died"]}
        known = {answer.fact: answer for answer in self.answers}
        news = tuple(
            FactAnswer(fact=fact, holds=holds, by=by, at=event.data.notified_at)
            for fact, holds in told.items()
            if fact not in known or (holds is not None and holds not in (before.get(fact), known[fact].holds))
        )
        answers = known | {answer.fact: answer for answer in news}
        return self.model_copy(update={"answers": tuple(answers.values())}), news

    def verdict(self, criteria: tuple[Criterion, ...]) -> Verdict:
        """What the criteria say of the facts as known."""
        return judge({answer.fact: answer.holds for answer in self.answers}, criteria)

    def _children_after(self, since: datetime) -> tuple["CaseState", ChildrenIdentified, bool]:
        """What a safety check is to be told, and whether a new one begins: only for children it has not seen."""
        assert self.incident is not None, "a case begins with its incident"  # noqa: S101
        new = tuple(c for c in children_at_risk(self.incident, since) if (c.key, c.named) not in self.checked)
        if self.checked:
            new = tuple(child for child in new if child.key != OTHERS)
        died = tuple(child.key for child in self.incident.children if child.outcome is Outcome.DIED)
        begins = bool(new) and not self.safety_open
        undecided = dict.fromkeys((*self.undecided, *(child.key for child in new)))
        state = self.model_copy(
            update={
                "checked": (*self.checked, *((child.key, child.named) for child in new)),
                "undecided": tuple(key for key in undecided if key not in died),
                "safety_checks": self.safety_checks + begins,
                "safety_open": self.safety_open or begins,
            }
        )
        return state, ChildrenIdentified(children=new, died=died), begins

    def _decision_after(
        self, before: "CaseState", criteria: tuple[Criterion, ...], at: datetime
    ) -> tuple["CaseState", bool, tuple[Fact, ...]]:
        """Whether a decision begins: at first, and when one that was made is overtaken by a death or another verdict.

        A stage that still gives its notices, or waits for its learning, has made its decision.
        """
        if before.incident is None or self.incident is None:
            return self.deciding_again(), True, ()
        verdict = self.verdict(criteria)
        overtaken = _deaths(self.incident) > _deaths(before.incident) or verdict != before.verdict(criteria)
        if self.outcome is None or not overtaken:
            return self, False, ()
        detail: dict[str, JsonValue] = {"verdict": verdict.verdict, "met": list(verdict.limbs)}
        put = (Fact(kind="put-to-the-criteria", at=at, detail=detail),)
        if self.outcome is ReviewOutcome.SERIOUS_CASE_REVIEW:
            return self, False, put
        return self.deciding_again(), True, put


def _asked(incident: Incident, at: datetime) -> tuple[AgencyAsked, ...]:
    return tuple(AgencyAsked(id=agency.id, address=agency.contact.email, asked_at=at) for agency in incident.agencies)


def _because(before: Incident | None, now: Incident) -> str:
    if before is None:
        return "the incident was notified"
    return "a child has died" if _deaths(now) > _deaths(before) else "what is known has changed"


def _deaths(incident: Incident) -> frozenset[str]:
    return frozenset(child.key for child in incident.children if child.outcome is Outcome.DIED)


def _event_fact(event: IncidentEvent, at: datetime, *, first: bool) -> Fact:
    kind = "incident-notified" if first else "incident-updated"
    return Fact(kind=kind, at=at, detail={"event": event.model_dump(mode="json", exclude_none=True)})
