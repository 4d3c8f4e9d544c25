"""A rapid review to talk to: the authority, the three partners, the business manager, the chair, the national panel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stage_world import CASE, DAY, MANAGER, T0, World, actor, known, request_id, sent

from activities.regimes import read_regime
from domain.command import Found
from domain.concerned import ChildConcerned
from domain.notification import Notification
from domain.notification_commands import DecideNoRapidReview, NotifyPanel, TellPartners, WithdrawNotification
from domain.people import Actor, Role
from domain.rapid_review import RapidReviewBegins, RapidReviewState
from domain.rapid_review_commands import (
    AnswerRapidReview,
    DecideLocalReview,
    LocalReviewOutcome,
    RecordPanelAnswer,
    RecordRapidReview,
    SettleDisagreement,
    SubmitRapidReview,
)
from domain.rapid_review_rules import RapidReviewRules
from domain.stage import Stage
from domain.text_check import Mark

NOW = read_regime("england-lcspr-2023")
LIMBS_NOW = tuple(limb.id for limb in NOW.criterion)
PARTNERS = ("authority", "health", "police")
AWARE = T0 - DAY
HEAD = actor(Role.HEAD_OF_SERVICE)
CHAIR_OF_PARTNERS = actor(Role.BOARD_CHAIR)
LOCAL, OTHER_LOCAL, NO_LOCAL = (
    LocalReviewOutcome.LOCAL_REVIEW,
    LocalReviewOutcome.OTHER_REVIEW,
    LocalReviewOutcome.NONE,
)
HARMED: dict[str, bool | None] = {"child_died": False, "seriously_harmed": True, "abuse_or_neglect": True}
NOT_ABUSED: dict[str, bool | None] = HARMED | {"abuse_or_neglect": False}
NOT_KNOWN: dict[str, bool | None] = HARMED | {"abuse_or_neglect": None}


def kid(key: str = "C1", *, died: bool = False, looked_after: bool | None = None) -> ChildConcerned:
    return ChildConcerned(key=key, died=died, harmed=not died, looked_after=looked_after)


def rapid(
    facts: dict[str, bool | None] | None = None,
    children: Sequence[ChildConcerned] = (kid(),),
    *,
    agencies: Sequence[str] = ("health",),
    starts_from: Any = "notification",
    again: bool = False,
    notification: Notification | None = None,
    at: datetime = T0,
) -> World[RapidReviewState]:
    """A rapid review begun at that instant, the authority aware of the incident for a day."""
    told = known(HARMED if facts is None else facts, agencies, at).model_copy(update={"children": tuple(children)})
    begins = RapidReviewBegins(
        because="the incident was notified",
        since=at,
        aware_at=at if again else AWARE,
        criteria=NOW.criterion,
        notices=NOW.notice,
        rules=RapidReviewRules(starts_from=starts_from),
        known=told,
        notification=notification,
    )
    stage = Stage[RapidReviewState](
        case=CASE,
        id=CASE.stage_id("rapid-review", 1),
        regime=NOW.id,
        rules=NOW.clock,
        state=RapidReviewState.begun(begins),
    )
    world = World(stage, at)
    world.advance(world.state.opening(at))
    return world


def notify(*children: str, at: datetime = T0, by: Actor = HEAD, others: str = "") -> NotifyPanel:
    keys = children or ("C1",)
    return NotifyPanel(request_id=request_id(), actor=by, sent_at=at, reference="SIN-1", children=keys, others=others)


def tell_partners(at: datetime = T0, by: Actor = HEAD) -> TellPartners:
    return TellPartners(request_id=request_id(), actor=by, told_at=at, how="by secure mail")


def withdraw(at: datetime = T0, by: Actor = HEAD) -> WithdrawNotification:
    return WithdrawNotification(
        request_id=request_id(), actor=by, agreed_at=at, reference="P-7", reason="an accident, as is known now"
    )


def no_review(by: Actor = HEAD) -> DecideNoRapidReview:
    return DecideNoRapidReview(request_id=request_id(), actor=by, reason="not abused, as is known now")


def record(
    outcome: LocalReviewOutcome = LOCAL,
    by: Actor = MANAGER,
    partners: Sequence[str] | None = PARTNERS,
    marks: tuple[Mark, ...] = (),
    **more: Any,
) -> RecordRapidReview:
    """As it comes with what was looked up; ``partners`` None where nothing was looked up yet."""
    words = ("facts", "immediate_action", "improvements", "context", "rationale")
    given: dict[str, Any] = {**dict.fromkeys(words, "as gathered"), "reasons": dict.fromkeys(LIMBS_NOW, "considered")}
    if outcome is OTHER_LOCAL:
        given["other_review"] = "a thematic review"
    found = None if partners is None else Found(partners=tuple(partners), marks=marks)
    return RecordRapidReview(request_id=request_id(), actor=by, outcome=outcome, found=found, **(given | more))


def partner(agency: str | None, person: str = "") -> Actor:
    return actor(Role.SAFEGUARDING_PARTNER, person or f"partner-{agency}", agency or "authority")


def agree(agency: str | None, outcome: str = "agree", by: Actor | None = None, reason: str = "") -> AnswerRapidReview:
    said = reason or ("" if outcome == "agree" else "not convinced")
    return AnswerRapidReview.model_validate(
        {"request_id": request_id(), "actor": by or partner(agency), "item": agency, "outcome": outcome, "reason": said}
    )


def settle(outcome: str = "stands", by: Actor = CHAIR_OF_PARTNERS) -> SettleDisagreement:
    fields = {"request_id": request_id(), "actor": by, "outcome": outcome, "reasons": "weighed"}
    return SettleDisagreement.model_validate(fields)


def submit(at: datetime = T0, by: Actor = MANAGER) -> SubmitRapidReview:
    return SubmitRapidReview(request_id=request_id(), actor=by, sent_at=at, reference="RR-1")


def panel(outcome: str = "agrees", at: datetime = T0, by: Actor = MANAGER) -> RecordPanelAnswer:
    fields = {"request_id": request_id(), "actor": by, "outcome": outcome, "received_at": at, "text": "as it wrote"}
    return RecordPanelAnswer.model_validate(fields)


def decide_local(outcome: LocalReviewOutcome = LOCAL, by: Actor = CHAIR_OF_PARTNERS, **more: Any) -> DecideLocalReview:
    if outcome is OTHER_LOCAL:
        more = {"other_review": "a thematic review"} | more
    return DecideLocalReview(request_id=request_id(), actor=by, outcome=outcome, rationale="as weighed", **more)


def after(world: World[RapidReviewState], *commands: Any) -> World[RapidReviewState]:
    for command in commands:
        world.give(command)
    return world


def notified(**how: Any) -> World[RapidReviewState]:
    return after(rapid(**how), notify(), tell_partners())


def recorded(outcome: LocalReviewOutcome = LOCAL, **how: Any) -> World[RapidReviewState]:
    return after(notified(**how), record(outcome))


def agreed(outcome: LocalReviewOutcome = LOCAL, **how: Any) -> World[RapidReviewState]:
    return after(recorded(outcome, **how), *(agree(agency) for agency in PARTNERS))


def submitted(outcome: LocalReviewOutcome = LOCAL, **how: Any) -> World[RapidReviewState]:
    return after(agreed(outcome, **how), submit())


def decided_local(outcome: LocalReviewOutcome = LOCAL) -> World[RapidReviewState]:
    return after(submitted(outcome), decide_local(outcome))


def notices_handed_over(world: World[RapidReviewState]) -> World[RapidReviewState]:
    letters = [letter.id for letter in world.letters if letter.kind == "notice"]
    world.told(*(sent(letter, world.at) for letter in letters))
    return world
