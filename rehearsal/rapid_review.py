"""England now, from the notification of the incident to the decision on a local review."""

from datetime import timedelta
from typing import Any, Final

from activities.regimes import read_regime
from desk.intake import deliver
from domain.incident import IncidentEvent
from domain.people import Role
from domain.rapid_review import RapidReviewState
from domain.record import CaseRef
from rehearsal.service import Rehearsal

REGIME: Final = "england-lcspr-2023"
_MANAGER = Role.BUSINESS_MANAGER


def stage_of(case: CaseRef, number: int = 1) -> str:
    """Workflow id of the case's rapid review."""
    return case.stage_id(RapidReviewState.STAGE, number)


async def tell(stage: Rehearsal, event: IncidentEvent, regime: str = REGIME) -> CaseRef:
    """An incident event comes in under that regime and is dealt with, letters included."""
    wait, queue = timedelta(seconds=30), stage.settings.task_queue
    await deliver(stage.env.client, event, regime=regime, task_queue=queue, wait=wait)
    await stage.pass_time(timedelta(seconds=90))
    return event.case


async def notify(stage: Rehearsal, case: CaseRef, *children: str) -> None:
    """The authority notifies the national panel of these children (of ``C1``), and tells the partners."""
    now = await stage.now()
    sent: dict[str, Any] = {"sent_at": now, "reference": "SIN-4711", "children": list(children) or ["C1"]}
    told: dict[str, Any] = {"told_at": now, "how": "By secure mail to the lead of each partner."}
    await stage.answer(stage_of(case), "notify-panel", Role.HEAD_OF_SERVICE, **sent)
    await stage.answer(stage_of(case), "tell-partners", Role.HEAD_OF_SERVICE, **told)


async def record(stage: Rehearsal, case: CaseRef, outcome: str, number: int = 1, regime: str = REGIME) -> None:
    """The business manager records the rapid review."""
    said: dict[str, Any] = {
        "facts": "Known to three agencies; none of them knew what the others did.",
        "immediate_action": "The other children of the household were seen and are safe.",
        "improvements": "Hand-overs between teams; asking about everybody in the household.",
        "context": "Poor housing and isolation; considered with regard to inequality.",
        "rationale": "How agencies work together can be learned from this case.",
        "reasons": dict.fromkeys((limb.id for limb in read_regime(regime).criterion), "Considered."),
        "outcome": outcome,
    }
    await stage.answer(stage_of(case, number), "record-rapid-review", _MANAGER, **said)


async def all_agree(stage: Rehearsal, case: CaseRef, number: int = 1) -> None:
    """Each safeguarding partner of the directory agrees."""
    for agency in stage.directory.boards[0].partners:
        agreed: dict[str, Any] = {"item": agency, "outcome": "agree"}
        await stage.answer(stage_of(case, number), "answer-rapid-review", Role.SAFEGUARDING_PARTNER, **agreed)


async def send(stage: Rehearsal, case: CaseRef, number: int = 1) -> None:
    """It is sent to the national panel."""
    sent: dict[str, Any] = {"sent_at": await stage.now(), "reference": "RR-12"}
    await stage.answer(stage_of(case, number), "submit-rapid-review", _MANAGER, **sent)


async def panel_agrees(stage: Rehearsal, case: CaseRef, number: int = 1) -> None:
    """The national panel answers that it agrees."""
    came: dict[str, Any] = {"outcome": "agrees", "received_at": await stage.now(), "text": "The panel agrees."}
    await stage.answer(stage_of(case, number), "record-panel-answer", _MANAGER, **came)


async def decide(stage: Rehearsal, case: CaseRef, outcome: str, number: int = 1) -> None:
    """The partners' chair decides."""
    made: dict[str, Any] = {"outcome": outcome, "rationale": "As the rapid review recommends, for its reasons."}
    await stage.answer(stage_of(case, number), "decide-local-review", Role.BOARD_CHAIR, **made)


async def learned(stage: Rehearsal, case: CaseRef, number: int = 1) -> None:
    """Without a local review, what is learned is recorded."""
    words: dict[str, Any] = {"learned": "Hand-overs were weak.", "acted_on": "The partners look at them."}
    await stage.answer(stage_of(case, number), "record-learning", _MANAGER, **words)


async def decide_on_local_review(stage: Rehearsal, case: CaseRef, outcome: str = "local-review") -> None:
    """Everything from the notification to the notices of the decision, over about four weeks."""
    await stage.pass_time(timedelta(days=1))
    await notify(stage, case)
    await stage.pass_time(timedelta(days=10))
    await record(stage, case, outcome)
    await stage.pass_time(timedelta(days=1))
    await all_agree(stage, case)
    await send(stage, case)
    await stage.pass_time(timedelta(days=10))
    await panel_agrees(stage, case)
    await decide(stage, case, outcome)
    await stage.pass_time(timedelta(days=6))
