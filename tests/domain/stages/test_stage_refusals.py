"""Every rule that refuses a command: in which situation, by which code, with which source; and nothing happens."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from case_world import case, event, receive, report
from stage_world import (
    CHAIR,
    DAY,
    DEATH,
    HOUR,
    LIMBS,
    MANAGER,
    SUB_GROUP,
    T0,
    UNKNOWN,
    World,
    acceptance,
    acknowledge,
    actor,
    allegation,
    answer,
    conference,
    decide,
    decide_child,
    decided,
    deciding,
    discussion,
    identify,
    learning,
    recommend,
    refused,
    request_id,
    safety,
    secure,
    sent,
    summary,
    tell_officer,
)

import domain.command
import domain.stage
from domain.case import CaseState
from domain.case_commands import Challenge, ReopenCase
from domain.command import AcknowledgeEscalation, Command, DeliverOtherwise, SeeToMailServer
from domain.decision import ReviewDecisionState
from domain.decision_commands import ReviewOutcome
from domain.people import Role
from domain.quality import JudgeMarker
from domain.safety import SafetyState
from domain.safety_commands import ChildDecision

SCR, OTHER, NONE = ReviewOutcome.SERIOUS_CASE_REVIEW, ReviewOutcome.OTHER_REVIEW, ReviewOutcome.NONE
CALLED = ChildDecision.STRATEGY_DISCUSSION_CALLED
LATER = T0 + HOUR


def after(world: World[Any], *commands: Command) -> World[Any]:
    for command in commands:
        world.give(command)
    return world


def a_child_has_died() -> World[SafetyState]:
    world = safety()
    identify(world, died=("S1",))
    return world


def discussed() -> World[SafetyState]:
    return after(safety(), decide_child(decision=CALLED), discussion(held_at=T0, conference=True))


def recommended(
    outcome: ReviewOutcome = SCR, facts: dict[str, bool | None] | None = None
) -> World[ReviewDecisionState]:
    return after(deciding(facts), recommend(outcome))


def notices_given() -> World[ReviewDecisionState]:
    world = decided(NONE)
    world.told(*(sent(letter.id, T0) for letter in world.letters if letter.kind == "notice"))
    return world


def overdue(hours: int) -> World[SafetyState]:
    return safety().walk(hours * HOUR)


def undelivered() -> World[SafetyState]:
    world = safety()
    world.told(refused("climb/safety-acknowledgement/S1/1/0", T0))
    return world


def open_case() -> World[CaseState]:
    world = case()
    receive(world, event())
    return world


def decided_case() -> World[CaseState]:
    world = open_case()
    report(world, "decision", 1, outcome=NONE, finished=True)
    return world


def reviewed_case() -> World[CaseState]:
    world = open_case()
    report(world, "decision", 1, outcome=SCR, finished=True)
    world.stage = world.stage.with_state(world.state.with_panel())
    return world


def seen(item: str, by: Role = Role.BOARD_CHAIR) -> AcknowledgeEscalation:
    return AcknowledgeEscalation(request_id=request_id(), actor=actor(by), item=item)


def brought(letter: str, at: Any = T0) -> DeliverOtherwise:
    return DeliverOtherwise(
        request_id=request_id(), actor=MANAGER, item=letter, told_at=at, how="telephone", reference="call 3"
    )


def seen_to() -> SeeToMailServer:
    return SeeToMailServer(request_id=request_id(), actor=MANAGER, done="the provider was called")


def challenge(at: Any = T0) -> Challenge:
    return Challenge(request_id=request_id(), actor=MANAGER, received_at=at, reason="not convinced")


CHAIR_AS_SUB_GROUP = actor(Role.SUB_GROUP, CHAIR.person)
DEPUTY_CHAIR = actor(Role.BOARD_CHAIR, SUB_GROUP.person, deputising=True)

Situation = Callable[[], World[Any]]


def reopen_case() -> Command:
    fields = {"request_id": request_id(), "actor": MANAGER, "because": "minister", "received_at": T0, "reason": "why"}
    return ReopenCase.model_validate(fields)


def judge_marker() -> Command:
    return JudgeMarker(request_id=request_id(), actor=MANAGER, item="qm-8", judgement="Run well.")


REFUSED: list[tuple[str, Situation, Command, str]] = [
    ("a mail server that is there", safety, seen_to(), "mail-server-there"),
    ("no action and yet a discussion", safety, decide_child(strategy_discussion=True), "no-action-means-none"),
    # What all stages share
    ("a role that may not", safety, acknowledge(by=CHAIR), "role"),
    ("an agency for another", deciding, secure(by=actor(Role.AGENCY_LEAD, agency="police")), "own-agency"),
    ("nothing escalated", safety, seen("safety-acknowledgement/S1/4"), "nothing-to-acknowledge"),
    ("a rung that needs no seeing", lambda: overdue(2), seen("safety-acknowledgement/S1/1"), "nothing-to-acknowledge"),
    ("another's escalation", lambda: overdue(6), seen("safety-acknowledgement/S1/4", Role.DIRECTOR), "role"),
    ("no clock named", lambda: overdue(6), seen(""), "nothing-to-acknowledge"),
    ("no such letter", undelivered, brought("notice/x"), "nothing-undelivered"),
    ("letter not yet brought", undelivered, brought("climb/safety-acknowledgement/S1/1/0", LATER), "future"),
    # The children's safety check
    ("unknown child", safety, acknowledge("X9"), "no-such-child"),
    ("no child named", safety, decide_child(None), "no-such-child"),
    ("child who died", a_child_has_died, decide_child(), "no-such-child"),
    ("acknowledged twice", lambda: after(safety(), acknowledge()), acknowledge(), "acknowledged"),
    ("acknowledged by deciding", lambda: after(safety(), decide_child()), acknowledge(), "acknowledged"),
    (
        "protection not named",
        safety,
        decide_child(decision=ChildDecision.PROTECTION_TAKEN, protection=" "),
        "protection-named",
    ),
    ("no action without reason", safety, decide_child(reason=" "), "reason-given"),
    (
        "untraced without reason",
        safety,
        decide_child(decision=ChildDecision.CANNOT_BE_TRACED, reason=""),
        "reason-given",
    ),
    ("discussion not called", safety, discussion(held_at=T0), "none-called"),
    ("discussion twice", discussed, discussion(held_at=T0), "recorded"),
    (
        "conference after no discussion",
        lambda: after(safety(), decide_child(decision=CALLED)),
        discussion(not_held_because="left the country", conference=True),
        "conference-follows",
    ),
    ("discussion neither", lambda: after(safety(), decide_child(decision=CALLED)), discussion(), "held-or-why-not"),
    (
        "discussion both",
        lambda: after(safety(), decide_child(decision=CALLED)),
        discussion(held_at=T0, not_held_because="left the country"),
        "held-or-why-not",
    ),
    (
        "discussion to come",
        lambda: after(safety(), decide_child(decision=CALLED)),
        discussion(held_at=LATER),
        "future",
    ),
    ("conference not called", safety, conference(held_at=T0), "none-called"),
    ("conference twice", lambda: after(discussed(), conference(held_at=T0)), conference(held_at=T0), "recorded"),
    ("conference neither", discussed, conference(), "held-or-why-not"),
    ("conference both", discussed, conference(held_at=T0, not_held_because="no longer needed"), "held-or-why-not"),
    ("conference to come", discussed, conference(held_at=LATER), "future"),
    ("no authority asked", safety, acceptance(), "none-asked"),
    (
        "acceptance twice",
        lambda: after(safety(), decide_child(other_authority="Southmere"), acceptance()),
        acceptance(),
        "recorded",
    ),
    (
        "acceptance to come",
        lambda: after(safety(), decide_child(other_authority="Southmere")),
        acceptance(at=LATER),
        "future",
    ),
    ("allegation to come", safety, allegation(at=LATER), "future"),
    ("allegation twice", lambda: after(safety(), allegation()), allegation(), "allegation-recorded"),
    ("no allegation", safety, tell_officer(), "no-allegation"),
    ("officer told twice", lambda: after(safety(), allegation(), tell_officer()), tell_officer(), "officer-told"),
    ("officer to be told", lambda: after(safety(), allegation()), tell_officer(at=LATER), "future"),
    ("another stage's command", safety, decide(), "no-such-child"),
    # The decision on a review
    ("fact of no criterion", deciding, answer("weather", "yes"), "known-fact"),
    ("fact after the decision", decided, answer("abuse_or_neglect", "no"), "decided"),
    ("agency not asked", deciding, secure("police"), "agency-asked"),
    ("summary of no agency", deciding, summary(None, MANAGER), "agency-asked"),
    ("records twice", lambda: after(deciding(), secure()), secure(), "secured"),
    ("summary twice", lambda: after(deciding(), summary()), summary(), "summary-received"),
    ("summary after nil", lambda: after(deciding(), summary(nil_return=True)), summary(), "summary-received"),
    ("summary of nothing", deciding, summary(involvement=" "), "summary-or-nil"),
    ("nil with involvement", deciding, summary(nil_return=True, involvement="seen"), "summary-or-nil"),
    ("a limb without reason", deciding, recommend(reasons=dict.fromkeys(LIMBS[1:], "why")), "each-limb"),
    ("a reason for no limb", deciding, recommend(reasons=dict.fromkeys((*LIMBS, "x"), "why")), "each-limb"),
    ("other review unnamed", deciding, recommend(OTHER, other_review=" "), "review-named"),
    ("review named for nothing", deciding, recommend(NONE, other_review="thematic"), "review-named"),
    ("recommended after", decided, recommend(), "decided"),
    ("decided without recommendation", deciding, decide(), "recommended"),
    ("decided twice", decided, decide(), "decided"),
    (
        "recommender decides",
        lambda: after(deciding(), recommend(by=CHAIR_AS_SUB_GROUP)),
        decide(),
        "recommender-is-not-decider",
    ),
    ("recommender as the chair's deputy", recommended, decide(by=DEPUTY_CHAIR), "recommender-is-not-decider"),
    ("none though always", lambda: recommended(NONE, DEATH), decide(NONE), "always"),
    ("other though always", lambda: recommended(OTHER, DEATH), decide(OTHER), "always"),
    ("none though always may be met", lambda: recommended(NONE, UNKNOWN), decide(NONE), "always-not-known"),
    ("other decided unnamed", recommended, decide(OTHER, other_review=""), "review-named"),
    ("learning before the decision", deciding, learning(), "closing"),
    ("learning of a review", decided, learning(), "closing"),
    ("learning twice", lambda: after(notices_given(), learning()), learning(), "recorded"),
    ("a child's command", deciding, acknowledge(), "unknown-command"),
    # The case
    ("nothing decided", open_case, challenge(), "nothing-to-challenge"),
    ("nothing told", case, challenge(), "nothing-to-challenge"),
    ("a review under way", reviewed_case, challenge(), "review-is-held"),
    ("challenge to come", decided_case, challenge(LATER), "future"),
    ("a stage's command", decided_case, acknowledge(), "unknown-command"),
    ("reopened though open", decided_case, reopen_case(), "case-closed"),
    ("marker of an older case", decided_case, judge_marker(), "markers-asked"),
]


@pytest.mark.parametrize(("situation", "command", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused_by_this_rule_with_its_source_and_nothing_happens(
    situation: Situation, command: Command, code: str
) -> None:
    world = situation()
    before = world.stage
    refusal = world.refuses(command)
    assert refusal is not None
    assert refusal.code == code
    assert refusal.text.endswith(".")
    assert refusal.source.strip()
    assert world.stage == before


def test_every_rule_that_refuses_has_its_situation_above() -> None:
    folder = Path(domain.stage.__file__).parent
    written = "".join(
        (folder / name).read_text("utf-8") for name in ("stage.py", "safety.py", "decision.py", "case.py")
    )
    roles = Path(domain.command.__file__).read_text("utf-8").partition("def refuses_long_ago")[0]
    codes = set(re.findall(r'(?:code=|_no\(\s*)"([a-z-]+)"', written + roles))
    assert len(codes) > 25
    assert codes - {code for *_, code in REFUSED} == {"request-id-used"}  # tested with receipts


def test_always_names_the_criterion_and_where_it_is_written() -> None:
    refusal = recommended(NONE, DEATH).refuses(decide(NONE))
    assert refusal is not None
    assert "'death'" in refusal.text
    assert "A child has died" in refusal.text
    assert "regulation 5(2)" in refusal.source


def test_a_rule_about_roles_says_who_could_do_it() -> None:
    refusal = safety().refuses(acknowledge(by=CHAIR))
    assert refusal is not None
    assert "duty social worker" in refusal.text


def test_missing_reasons_are_told_limb_by_limb() -> None:
    refusal = deciding().refuses(recommend(reasons={LIMBS[0]: "why"}))
    assert refusal is not None
    assert all(limb in refusal.text for limb in LIMBS[1:])
    assert LIMBS[0] not in refusal.text.split()


def test_a_refusal_never_repeats_what_a_person_typed() -> None:
    """It travels as an exception and may be logged; a key that is a name by mistake must not go with it."""
    typed = "Zebedelia"
    tries: list[tuple[World[Any], Command]] = [
        (safety(), acknowledge(typed)),
        (safety(), seen(typed)),
        (undelivered(), brought(typed)),
        (deciding(), answer(typed, "yes")),
        (deciding(), secure(typed, MANAGER)),
        (deciding(), recommend(reasons=dict.fromkeys((*LIMBS, typed), "why"))),
    ]
    for world, command in tries:
        refusal = world.refuses(command)
        assert refusal is not None
        assert typed not in refusal.model_dump_json(), refusal.code


def test_a_deputy_who_did_not_recommend_may_decide() -> None:
    stand_in = actor(Role.BOARD_CHAIR, "nb-vice-chair", deputising=True)
    assert recommended().refuses(decide(by=stand_in)) is None


def test_an_instant_of_now_is_not_in_the_future() -> None:
    world = after(safety(), allegation())
    assert world.refuses(tell_officer(at=world.at)) is None


def test_a_review_other_than_serious_may_be_decided_while_always_is_not_known() -> None:
    assert recommended(OTHER, UNKNOWN).refuses(decide(OTHER)) is None


def test_a_rule_that_is_no_longer_true_refuses_no_longer() -> None:
    world = deciding(UNKNOWN)
    world.give(answer("abuse_or_neglect", "no"))
    world.give(recommend(NONE))
    assert world.refuses(decide(NONE)) is None


def test_time_alone_makes_nothing_allowed_or_forbidden() -> None:
    world, later = recommended(), recommended().sleep(3 * 365 * DAY)
    commands = [decide(), recommend(), secure(), summary(), answer("abuse_or_neglect", "no"), decide(by=DEPUTY_CHAIR)]
    assert [world.refuses(c) and 1 for c in commands] == [later.refuses(c) and 1 for c in commands]
