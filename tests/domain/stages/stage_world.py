"""A small world for the stages' rules: the regime, a calendar, people in their roles, events, and a stage to talk to.

It does what the workflow's shell does, without an engine: ask ``refuses``, apply, advance. Time is set by the test.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Self, TypeVar

from activities.calendar import build_calendar
from activities.regimes import read_regime
from domain.agency import AgencyAsked, SecureRecords, SendFirstSummary
from domain.clocks.calendar import Calendar, CalendarRequest
from domain.command import Command, Receipt
from domain.decision import FactAnswer, FactsChanged, ReviewDecisionState
from domain.decision_commands import AnswerCriterion, Decide, Recommend, RecordLearning, ReviewOutcome
from domain.model import Refusal
from domain.people import Actor, Role
from domain.record import CaseRef, Delivery, Fact, Letter, LetterOutcome, Recording, Task
from domain.safety import ChildAtRisk, ChildrenIdentified, SafetyState
from domain.safety_commands import (
    AcknowledgeChild,
    ChildDecision,
    DecideForChild,
    RecordAcceptance,
    RecordAllegation,
    RecordConference,
    RecordStrategyDiscussion,
    TellDesignatedOfficer,
)
from domain.stage import Stage
from domain.stage_state import StageState, Transition

REGIME = read_regime("england-scr")
CALENDAR: Calendar = build_calendar(CalendarRequest(id="england-wales", first_year=2024, last_year=2060))
CASE = CaseRef(board="northbridge", reference="NB-2026-101")
LIMBS = tuple(limb.id for limb in REGIME.criterion)

T0 = datetime(2026, 2, 5, 10, 30, tzinfo=UTC)
"""A Thursday in winter: civil time is UTC, no bank holiday before Good Friday, 3 April."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

S = TypeVar("S", bound=StageState)
_requests = itertools.count(1)


def request_id() -> str:
    """A request id that was not used before."""
    return f"request-{next(_requests)}"


def actor(role: Role, person: str = "", agency: str | None = None, *, deputising: bool = False) -> Actor:
    """Somebody in that role; a role within an agency is one of ``health`` unless said otherwise."""
    if role.of_an_agency and agency is None:
        agency = "health"
    return Actor(person=person or f"nb-{role.value}", role=role, agency=agency, deputising=deputising)


DUTY = actor(Role.DUTY_SOCIAL_WORKER)
MANAGER = actor(Role.BUSINESS_MANAGER)
SUB_GROUP = actor(Role.SUB_GROUP)
CHAIR = actor(Role.BOARD_CHAIR)


@dataclass
class World(Generic[S]):
    """One stage, and everything that was recorded of it."""

    stage: Stage[S]
    at: datetime = T0
    recordings: list[Recording] = field(default_factory=list)

    @property
    def state(self) -> S:
        return self.stage.state

    @property
    def facts(self) -> list[Fact]:
        return [fact for recording in self.recordings for fact in recording.facts]

    @property
    def kinds(self) -> list[str]:
        return [fact.kind for fact in self.facts]

    @property
    def letters(self) -> list[Letter]:
        """Every letter called for, those of rungs included, in the order of their recording."""
        return [
            letter
            for recording in self.recordings
            for letter in (*recording.letters, *(climb.letter for climb in recording.climbs))
        ]

    @property
    def climbed(self) -> list[tuple[str, str]]:
        """Clock and rung of every climb, in the order of their recording."""
        return [(climb.clock, climb.rung) for recording in self.recordings for climb in recording.climbs]

    @property
    def asked(self) -> set[str]:
        """Ids of the open tasks."""
        return {task.id for task in self.stage.tasks()}

    def task(self, task_id: str) -> Task:
        return next(task for task in self.stage.tasks() if task.id == task_id)

    def refuses(self, command: Command) -> Refusal | None:
        return self.stage.refuses(command, self.at, CALENDAR)

    def give(self, command: Command) -> Receipt:
        """What the shell does with a command: the same again is answered with its receipt."""
        refusal = self.refuses(command)
        assert refusal is None, refusal
        given = self.stage.receipt(command)
        if given is not None:
            return given
        self.stage, transition = self.stage.accept(command, self.at)
        self.stage, receipt = self.stage.received(command, self.at)
        self.advance(transition)
        return receipt

    def advance(self, transition: Transition | None = None) -> Recording:
        self.stage, recording = self.stage.advanced(transition or Transition(), CALENDAR, self.at)
        self.recordings.append(recording)
        return recording

    def then(self, state: S, transition: Transition) -> Recording:
        """Take over what a message made of the state."""
        self.stage = self.stage.with_state(state)
        return self.advance(transition)

    def told(self, *outcomes: LetterOutcome) -> Recording:
        self.stage, transition = self.stage.told(outcomes)
        return self.advance(transition)

    def sleep(self, duration: timedelta) -> Self:
        """Time passes while nobody looks; nothing happens by itself."""
        self.at += duration
        return self

    def instants(self, until: datetime) -> Iterator[datetime]:
        """Go from instant to instant as the timer does, advancing at each; ends at ``until``."""
        while (coming := self.stage.clocks.next_instant()) is not None and coming[0] <= until:
            assert coming[0] >= self.at, "the timer would fire in the past for ever"
            self.at = coming[0]
            assert self.stage.moved(self.at), "an instant came and there is nothing to do"
            self.advance()
            yield self.at
        self.at = until

    def walk(self, duration: timedelta) -> Self:
        for _ in self.instants(self.at + duration):
            pass
        return self

    def carried(self) -> Self:
        """The same world after its stage went through JSON, as it does when a workflow continues as new."""
        again = type(self.stage).model_validate_json(self.stage.model_dump_json())
        assert again == self.stage
        self.stage = again
        return self


def sent(letter: str, at: datetime, proof: str = "250 OK") -> LetterOutcome:
    return LetterOutcome(letter=letter, delivery=Delivery.SENT, at=at, message_id=f"<{letter}@board>", proof=proof)


def refused(letter: str, at: datetime) -> LetterOutcome:
    return LetterOutcome(letter=letter, delivery=Delivery.REFUSED, at=at, proof="550 no such mailbox")


# The children's safety check


def child(key: str, *, named: bool = True, since: datetime = T0, relationship: str = "sibling") -> ChildAtRisk:
    return ChildAtRisk(key=key, relationship=relationship, named=named, since=since)


def safety(*children: ChildAtRisk, at: datetime = T0) -> World[SafetyState]:
    """A check for these children (one, ``S1``, by default), begun at that instant."""
    stage = Stage[SafetyState](
        case=CASE, id=CASE.stage_id("safety", 1), regime=REGIME.id, rules=REGIME.clock, state=SafetyState()
    )
    world = World(stage, at)
    identify(world, *(children or (child("S1", since=at),)))
    return world


def identify(world: World[SafetyState], *children: ChildAtRisk, died: Sequence[str] = ()) -> Recording:
    message = ChildrenIdentified(children=children, died=tuple(died))
    return world.then(*world.state.identified(message, world.at))


def acknowledge(key: str = "S1", by: Actor = DUTY) -> AcknowledgeChild:
    return AcknowledgeChild(request_id=request_id(), actor=by, item=key)


def decide_child(
    key: str | None = "S1", decision: ChildDecision = ChildDecision.NO_FURTHER_ACTION, by: Actor = DUTY, **more: Any
) -> DecideForChild:
    given: dict[str, Any] = {"protection": "", "reason": ""}
    if decision is ChildDecision.PROTECTION_TAKEN:
        given["protection"] = "placed with carers"
    if decision in (ChildDecision.NO_FURTHER_ACTION, ChildDecision.CANNOT_BE_TRACED):
        given["reason"] = "as recorded by the team"
    return DecideForChild(request_id=request_id(), actor=by, item=key, decision=decision, **(given | more))


def discussion(key: str = "S1", by: Actor = DUTY, **more: Any) -> RecordStrategyDiscussion:
    return RecordStrategyDiscussion(request_id=request_id(), actor=by, item=key, **more)


def conference(key: str = "S1", by: Actor = DUTY, **more: Any) -> RecordConference:
    return RecordConference(request_id=request_id(), actor=by, item=key, **more)


def acceptance(key: str = "S1", by: Actor = DUTY, at: datetime = T0) -> RecordAcceptance:
    return RecordAcceptance(
        request_id=request_id(), actor=by, item=key, accepted_at=at, accepted_by="team manager", reference="file 7"
    )


def allegation(by: Actor = DUTY, at: datetime | None = None) -> RecordAllegation:
    return RecordAllegation(request_id=request_id(), actor=by, alleged_at=at)


def tell_officer(by: Actor = DUTY, at: datetime = T0) -> TellDesignatedOfficer:
    return TellDesignatedOfficer(request_id=request_id(), actor=by, told_at=at, reference="call 12")


# The decision on a review

FACTS = tuple(dict.fromkeys(fact for limb in REGIME.criterion for fact in limb.needs))
_ABUSED = ("life_threatening_injury", "abuse_or_neglect")
INJURY: dict[str, bool | None] = {fact: fact in _ABUSED for fact in FACTS}
"""A living child with a life-threatening injury through abuse: a review is to be considered."""
DEATH: dict[str, bool | None] = INJURY | {"child_died": True}
"""A child has died and abuse is suspected: a review is always held."""
UNKNOWN: dict[str, bool | None] = {"child_died": True}
"""A child has died and nothing else is known yet."""


def known(facts: dict[str, bool | None], agencies: Sequence[str] = ("health",), at: datetime = T0) -> FactsChanged:
    return FactsChanged(
        answers=tuple(FactAnswer(fact=f, holds=h, by="duty manager, health", at=at) for f, h in facts.items()),
        agencies=tuple(AgencyAsked(id=a, address=f"lead@{a}.example", asked_at=at) for a in agencies),
    )


def deciding(
    facts: dict[str, bool | None] | None = None, agencies: Sequence[str] = ("health",), at: datetime = T0
) -> World[ReviewDecisionState]:
    """A decision on a review with these facts, an injury that is to be considered by default."""
    state = ReviewDecisionState.begun(
        REGIME.criterion,
        REGIME.notice,
        "the incident was notified",
        at,
        known(INJURY if facts is None else facts, agencies, at),
    )
    stage = Stage[ReviewDecisionState](
        case=CASE, id=CASE.stage_id("decision", 1), regime=REGIME.id, rules=REGIME.clock, state=state
    )
    world = World(stage, at)
    world.advance(state.opening(at))
    return world


def change(world: World[ReviewDecisionState], message: FactsChanged) -> Recording:
    return world.then(*world.state.changed(message, world.at))


def answer(fact: str, holds: str, by: Actor = SUB_GROUP) -> AnswerCriterion:
    return AnswerCriterion.model_validate(
        {"request_id": request_id(), "actor": by, "fact": fact, "holds": holds, "reason": "the inquest"}
    )


def secure(agency: str | None = "health", by: Actor | None = None) -> SecureRecords:
    by = by or actor(Role.AGENCY_LEAD, agency=agency)
    return SecureRecords(request_id=request_id(), actor=by, item=agency, secured_by="records manager")


def summary(agency: str | None = "health", by: Actor | None = None, **more: Any) -> SendFirstSummary:
    by = by or actor(Role.AGENCY_LEAD, agency=agency)
    given = {"involvement": "" if more.get("nil_return") else "seen twice"} | more
    return SendFirstSummary(request_id=request_id(), actor=by, item=agency, signed_off_by="director", **given)


def recommend(
    outcome: ReviewOutcome = ReviewOutcome.SERIOUS_CASE_REVIEW, by: Actor = SUB_GROUP, **more: Any
) -> Recommend:
    given: dict[str, Any] = {"reasons": dict.fromkeys(LIMBS, "as discussed"), "rationale": "as discussed"}
    if outcome is ReviewOutcome.OTHER_REVIEW:
        given["other_review"] = "thematic review"
    return Recommend(request_id=request_id(), actor=by, outcome=outcome, **(given | more))


def decide(outcome: ReviewOutcome = ReviewOutcome.SERIOUS_CASE_REVIEW, by: Actor = CHAIR, **more: Any) -> Decide:
    given: dict[str, Any] = {"rationale": "as weighed"}
    if outcome is ReviewOutcome.OTHER_REVIEW:
        given["other_review"] = "thematic review"
    return Decide(request_id=request_id(), actor=by, outcome=outcome, **(given | more))


def learning(by: Actor = MANAGER) -> RecordLearning:
    return RecordLearning(request_id=request_id(), actor=by, learned="what was learned", acted_on="how")


def decided(outcome: ReviewOutcome = ReviewOutcome.SERIOUS_CASE_REVIEW) -> World[ReviewDecisionState]:
    """A decision that the chair has made, with its notices still on their way."""
    world = deciding()
    world.give(recommend(outcome))
    world.give(decide(outcome))
    return world
