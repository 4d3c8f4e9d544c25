"""Answers as hypothesis draws them: any that the types allow, and those that people are likely to give."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from rapid_review_answers import RAPID_REVIEW_ANSWERS
from review_answers import REVIEW_ANSWERS
from stage_world import (
    FACTS,
    LIMBS,
    acceptance,
    actor,
    answer,
    conference,
    decide,
    decide_child,
    discussion,
    learning,
    recommend,
    request_id,
    secure,
    summary,
    tell_officer,
)

from domain.command import Command
from domain.decision_commands import ReviewOutcome
from domain.forms import FORMS
from domain.people import Role
from domain.safety import OTHERS
from domain.safety_commands import ChildDecision

KEYS = ("C1", "C2", "S1", "S2", OTHERS, "X9")
AGENCIES = ("health", "police", "nobody")
PEOPLE = ("ann", "ben")
"""So few that the same person recommends and decides, and stands in for others."""
WORDS = st.sampled_from(["", " ", "as recorded"])
GIVEN = st.just("as recorded")


@st.composite
def commands(draw: st.DrawFn, form: str, items: tuple[str | None, ...], at: datetime) -> Command:
    """Any command of that form that the types allow, by anybody likely or not."""
    may = sorted(FORMS[form].ROLES)
    role = draw(st.sampled_from(may) if draw(st.integers(0, 4)) else st.sampled_from(list(Role)))
    instant = st.integers(-300 * 24, 24).map(lambda hours: at + timedelta(hours=hours))
    item = draw(st.sampled_from(items))
    agency = item if draw(st.integers(0, 3)) else draw(st.sampled_from(AGENCIES))
    fields: dict[str, Any] = {
        "request_id": request_id(),
        "actor": actor(role, draw(st.sampled_from(PEOPLE)), agency),
        "item": item,
        "decision": draw(st.sampled_from(list(ChildDecision))),
        "protection": draw(WORDS),
        "reason": draw(
            GIVEN if form in ("answer-criterion", "challenge", "correct-start", "move-to-regime") else WORDS
        ),
        "strategy_discussion": draw(st.booleans()),
        "other_authority": draw(WORDS),
        "held_at": draw(st.none() | instant),
        "not_held_because": draw(WORDS),
        "conference": draw(st.booleans()),
        "accepted_at": draw(instant),
        "accepted_by": "manager",
        "reference": "7",
        "alleged_at": draw(st.none() | instant),
        "told_at": draw(instant),
        "received_at": draw(instant),
        "started_at": draw(instant),
        "days": [draw(instant).date()],
        "source": "proclaimed",
        "regime": "england-scr-2015",
        "how": "post",
        "done": "called",
        "fact": draw(st.sampled_from((*FACTS, "weather"))),
        "holds": draw(st.sampled_from(["yes", "no", "not-known"])),
        "secured_by": "manager",
        "nil_return": draw(st.booleans()),
        "involvement": draw(WORDS),
        "signed_off_by": "director",
        "outcome": draw(st.sampled_from(list(ReviewOutcome))),
        "other_review": draw(WORDS),
        "reasons": dict.fromkeys(LIMBS if draw(st.integers(0, 4)) else LIMBS[1:], "why"),
        "rationale": "why",
        "learned": "what",
        "acted_on": "how",
    }
    return FORMS[form].model_validate(fields | REVIEW_ANSWERS.get(form, {}) | RAPID_REVIEW_ANSWERS.get(form, {}))


@st.composite
def likely(draw: st.DrawFn, form: str, item: str | None, at: datetime) -> Command:
    """What is asked for, as people mostly answer it: complete, in the right role. It may still be refused."""
    outcome = draw(st.sampled_from(list(ReviewOutcome)))
    key = item or ""
    match form:
        case "decide-for-child":
            away = draw(st.sampled_from(["", "", "Southmere"]))
            return decide_child(key, draw(st.sampled_from(list(ChildDecision))), other_authority=away)
        case "record-strategy-discussion":
            return discussion(key, held_at=at, conference=draw(st.booleans()))
        case "record-conference":
            return conference(key, held_at=at)
        case "record-acceptance":
            return acceptance(key, at=at)
        case "tell-designated-officer":
            return tell_officer(at=at)
        case "secure-records":
            return secure(item)
        case "send-first-summary":
            return summary(item, nil_return=draw(st.booleans()))
        case "recommend":
            return recommend(outcome, by=actor(Role.SUB_GROUP, draw(st.sampled_from(PEOPLE))))
        case "decide":
            return decide(outcome, by=actor(Role.BOARD_CHAIR, draw(st.sampled_from(PEOPLE)), deputising=True))
        case "record-learning":
            return learning()
        case "answer-criterion":
            return answer(draw(st.sampled_from(FACTS)), draw(st.sampled_from(["yes", "no", "not-known"])))
    return draw(commands(form, (item,), at))
