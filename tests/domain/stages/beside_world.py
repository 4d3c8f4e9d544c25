"""A small stage made of what the review and publication share: processes beside the review, family, practitioners."""

from datetime import date, datetime
from typing import Any, ClassVar

from stage_world import CASE, CHAIR, MANAGER, REGIME, T0, World, actor, request_id

from domain.command import Command
from domain.parallel import ParallelProcesses
from domain.parallel_commands import DecideEffect, Effect, ParallelKind, RecordParallelProcess
from domain.part import Part, StateOfParts
from domain.participation import (
    FamilyStep,
    Participation,
    PlanFamilyMember,
    PractitionerStep,
    RecordFamilyContact,
    RecordNoFamily,
    RecordPractitioners,
)
from domain.people import Role
from domain.stage import Stage

REVIEWER = actor(Role.LEAD_REVIEWER)
SECRET = "Jane Doe of Mill Lane"
"""Something typed that may stand in no letter, id or refusal."""


class BesideState(StateOfParts):
    """A stage of these two parts only."""

    STAGE: ClassVar[str] = "beside"
    PARTS: ClassVar[dict[str, type[Part]]] = {"parallel": ParallelProcesses, "participation": Participation}

    parallel: ParallelProcesses = ParallelProcesses()
    participation: Participation = Participation()
    wants_feedback: bool = False
    wants_family_told: bool = False
    over: bool = False

    def headline(self) -> str:
        return "beside the review"

    def done(self) -> bool:
        return self.over


class PanelLikeState(BesideState):
    """The same by the name of the panel's stage."""

    STAGE: ClassVar[str] = "panel"


class PlainState(StateOfParts):
    """A stage that says nothing of what it wants of the family."""

    STAGE: ClassVar[str] = "plain"
    PARTS: ClassVar[dict[str, type[Part]]] = {"participation": Participation}

    participation: Participation = Participation()

    def headline(self) -> str:
        return "plain"

    def done(self) -> bool:
        return False


def beside(state: BesideState | None = None, at: datetime = T0) -> World[BesideState]:
    state = state or BesideState()
    stage = Stage[BesideState](case=CASE, id=CASE.stage_id("panel"), regime=REGIME.id, rules=REGIME.clock, state=state)
    world = World(stage, at)
    world.advance()
    return world


def changed(world: World[BesideState], **changes: object) -> None:
    """The state otherwise than before, as another part of a real stage would change it."""
    world.stage = world.stage.with_state(world.state.model_copy(update=changes))
    world.advance()


def code(world: World[BesideState], command: Command) -> str:
    """Which rule refuses the command; empty where none does. Every refusal is fit to be read."""
    refusal = world.refuses(command)
    if refusal is None:
        return ""
    assert refusal.text.endswith(".")
    assert refusal.source
    assert SECRET not in refusal.text
    return refusal.code


def process(key: str | None = "trial-1", **more: Any) -> RecordParallelProcess:
    given: dict[str, Any] = {"kind": ParallelKind.POLICE_AND_PROSECUTION, "contact": SECRET, "status": SECRET}
    return RecordParallelProcess(request_id=request_id(), actor=MANAGER, item=key, **(given | more))


def effect(
    what: Effect = Effect.STOPS_REVIEW_CLOCK,
    again: date | None = date(2026, 5, 7),
    key: str | None = "trial-1",
    since: datetime | None = None,
) -> DecideEffect:
    return DecideEffect(
        request_id=request_id(),
        actor=CHAIR,
        item=key,
        effect=what,
        reason=SECRET,
        look_again_on=again,
        told="prosecutor",
        since=since,
    )


def plan(key: str | None = "family-1", **more: Any) -> PlanFamilyMember:
    given: dict[str, Any] = {"who": SECRET, "told_by": "social worker", "takes_part": "a conversation"}
    return PlanFamilyMember(request_id=request_id(), actor=REVIEWER, item=key, **(given | more))


def no_family() -> RecordNoFamily:
    return RecordNoFamily(request_id=request_id(), actor=MANAGER, reason=SECRET)


def contact(step: FamilyStep, at: datetime, key: str | None = "family-1", note: str = SECRET) -> RecordFamilyContact:
    return RecordFamilyContact(
        request_id=request_id(), actor=MANAGER, item=key, step=step, happened_at=at, by_whom="reviewer", note=note
    )


def practitioners(step: PractitionerStep, at: datetime, reason: str = "") -> RecordPractitioners:
    return RecordPractitioners(request_id=request_id(), actor=REVIEWER, step=step, happened_at=at, reason=reason)
