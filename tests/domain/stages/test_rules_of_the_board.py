"""What lies over a regime: a board's own amounts and stricter clocks, suspensions, fewer outside bodies."""

from datetime import timedelta
from typing import Any

import pytest
from publication_world import accepted
from stage_world import CASE, INJURY, REGIME, T0, World, known

from domain.clocks.rule import ClockRule, Source, Strength, Suspension, Unit
from domain.decision import ReviewDecisionState
from domain.people import BODIES, Role
from domain.publication import PublicationState
from domain.publication_commands import DecidePublication, ProposeNoPublication
from domain.regimes import Overlay, Regime, Weakened, laid_over
from domain.stage import Stage
from domain.vocabulary import Vocabulary

OURS = Source(document="Northbridge procedure", paragraph="section 3")
MONTH = REGIME.rule("review-decision")
STRICTER = ClockRule(
    id="review-decision-here",
    title="Decision on a review, as this board has it",
    amount=3,
    unit=Unit.WORKING_DAYS,
    start_event="the board was told",
    strength=Strength.LOCAL,
    source=OURS,
    beside="decision-notices",
)


def with_clock(changed: ClockRule) -> Regime:
    rules = tuple(changed if rule.id == changed.id else rule for rule in REGIME.clock)
    return REGIME.model_copy(update={"clock": rules})


def overlay(**parts: Any) -> Overlay:
    return Overlay.model_validate({"board": "northbridge", "regime": REGIME.id} | parts)


def deciding(regime: Regime) -> World[ReviewDecisionState]:
    state = ReviewDecisionState.begun(regime.criterion, regime.notice, "the incident was notified", T0, known(INJURY))
    stage = Stage[ReviewDecisionState](
        case=CASE,
        id=CASE.stage_id("decision", 1),
        regime=regime.id,
        rules=regime.clock,
        vocabulary=regime.vocabulary,
        state=state,
    )
    world = World(stage, T0)
    world.advance(state.opening(T0))
    return world


def faults(**parts: Any) -> str:
    with pytest.raises(Weakened) as refused:
        laid_over(REGIME, overlay(**parts))
    return str(refused.value)


def test_a_stricter_clock_of_the_board_runs_beside_the_statutory_one_and_ends_with_it() -> None:
    beside = STRICTER.model_copy(update={"unit": Unit.MONTHS, "beside": "serious-case-review", "amount": 5})
    assert laid_over(REGIME, overlay(clock=[beside])).rule(beside.id) == beside
    earlier = STRICTER.model_copy(update={"beside": "review-decision", "unit": Unit.MONTHS, "amount": 1})
    world = deciding(REGIME.model_copy(update={"clock": (*REGIME.clock, earlier)}))
    ours, theirs = world.stage.clocks.get("review-decision-here"), world.stage.clocks.get("review-decision")
    assert ours is not None and theirs is not None
    assert ours.deadline.due_at == theirs.deadline.due_at and ours.rule.source == OURS


def test_a_statutory_clock_is_not_weakened_and_the_rule_is_named() -> None:
    longer = MONTH.model_copy(update={"amount": 2, "strength": Strength.LOCAL})
    assert "clock[review-decision]: Working Together to Safeguard Children (2015), chapter 4" in faults(clock=[longer])
    for amount in (5, 6):
        weaker = STRICTER.model_copy(update={"amount": amount})
        assert "it is not stricter than 5 working days" in faults(clock=[weaker])
    hours = STRICTER.model_copy(update={"unit": Unit.CLOCK_HOURS})
    assert "to be comparable it counts working days" in faults(clock=[hours])
    assert "nothing starts this clock" in faults(clock=[STRICTER.model_copy(update={"beside": ""})])
    assert "has the strength local" in faults(clock=[STRICTER.model_copy(update={"strength": Strength.STATUTE})])
    assert "the regime says it itself" in faults(set={"review-decision": 3})
    assert "the regime has no such clock" in faults(confirmed=["nothing"])
    assert "this overlay is for elsewhere" in faults(regime="elsewhere")


def test_before_an_event_stricter_is_earlier() -> None:
    notice = REGIME.rule("advance-notice").model_copy(
        update={"id": "advance-notice-here", "strength": Strength.LOCAL, "beside": "advance-notice"}
    )
    assert "it is not stricter" in faults(clock=[notice.model_copy(update={"amount": 6})])
    assert laid_over(REGIME, overlay(clock=[notice.model_copy(update={"amount": 10})])).rule("advance-notice-here")


def test_every_fault_of_an_overlay_is_told() -> None:
    longer = MONTH.model_copy(update={"amount": 2})
    assert len(faults(clock=[longer], set={"nothing": 1}, confirmed=["nothing"]).splitlines()) == 4


def test_what_the_board_has_to_set_is_set_and_what_it_confirmed_is_confirmed() -> None:
    asked = ClockRule.model_validate(MONTH.model_dump() | {"amount": "set by the board"})
    assert asked.set_by_board and asked.amount == 0
    regime = with_clock(asked)
    assert regime.unset == ("review-decision",)
    settled = laid_over(regime, overlay(set={"review-decision": 2}, confirmed=["review-decision"]))
    assert settled.unset == () and settled.rule("review-decision").amount == 2
    assert not settled.rule("review-decision").source.confirm
    with pytest.raises(Weakened, match="an amount is at least 1"):
        laid_over(regime, overlay(set={"review-decision": 0}))


def test_a_board_puts_its_own_in_place_of_a_local_clock() -> None:
    longer = REGIME.rule("agency-first-summary").model_copy(update={"amount": 15, "source": OURS})
    assert laid_over(REGIME, overlay(clock=[longer])).rule("agency-first-summary").amount == 15


def test_a_suspension_gives_its_days_back_and_is_named_in_the_working() -> None:
    first = T0.date() + timedelta(days=4)
    suspended = Suspension(first=first, last=first + timedelta(days=9), reason="the pandemic", source=OURS)
    before = deciding(REGIME).stage.clocks.get("review-decision")
    world = deciding(with_clock(MONTH.model_copy(update={"suspended": (suspended,)})))
    entry = world.stage.clocks.get("review-decision")
    assert before is not None and entry is not None
    assert entry.deadline.due_on == before.deadline.due_on + timedelta(days=10)
    assert "stopped: the pandemic" in {day.why for day in entry.deadline.working}
    assert [stop.reason for stop in entry.stops] == ["the pandemic"]
    other = world.stage.clocks.get("agency-first-summary/health")
    unmoved = deciding(REGIME).stage.clocks.get("agency-first-summary/health")
    assert other is not None and unmoved is not None and other.deadline == unmoved.deadline


def test_a_suspension_that_was_over_before_the_clock_began_moves_nothing() -> None:
    day = T0.date() - timedelta(days=30)
    long_ago = Suspension(first=day, last=day, reason="the pandemic", source=OURS)
    world = deciding(with_clock(MONTH.model_copy(update={"suspended": (long_ago,)})))
    entry = world.stage.clocks.get("review-decision")
    assert entry is not None and entry.stops == ()


def test_people_read_the_words_of_their_regime() -> None:
    words = Vocabulary(says=(("serious case review", "child practice review"), ("board chair", "chair")))
    world = deciding(REGIME.model_copy(update={"vocabulary": words}).in_its_words())
    entry = world.stage.clocks.get("review-decision")
    assert entry is not None and entry.rule.title == "Decision on a child practice review"
    assert "serious case review" not in world.stage.headline
    assert all(letter.vocabulary == words for letter in world.letters)
    assert all("serious case review" not in task.title for task in world.stage.tasks())


def test_a_term_that_holds_a_standard_term_is_refused() -> None:
    with pytest.raises(ValueError, match="hold a standard term themselves"):
        Vocabulary(says=(("review", "learning review"),))


def test_without_a_national_panel_the_chair_alone_decides_not_to_publish_and_only_known_bodies_are_told() -> None:
    bodies = (Role.INSPECTORATE, Role.DEPARTMENT)
    for known_bodies, code in ((BODIES, "panel-first"), (bodies, "")):
        state = PublicationState.begun(accepted(), bodies=known_bodies)
        given = {"outcome": "not", "reason": "the children could be known"}
        refusal = state.decision.refuses(decide(**given), T0, state)
        assert (refusal.code if refusal else "") == code
        proposed = state.decision.refuses(propose(), T0, state)
        assert (proposed.code if proposed else "") == ("" if code else "no-national-panel")
        assert state.handovers.missing == tuple(role.value for role in known_bodies)
    part, then = state.decision.accept(decide(**given), T0, state)
    assert [letter.to for letter in then.letters] == list(bodies) and part.outcome is not None


def propose() -> ProposeNoPublication:
    actor = {"person": "nb-chair", "role": Role.BOARD_CHAIR}
    given = {"request_id": "request-2", "actor": actor, "reasons": "the children could be known"}
    return ProposeNoPublication.model_validate(given)


def decide(**given: Any) -> DecidePublication:
    actor = {"person": "nb-chair", "role": Role.BOARD_CHAIR}
    return DecidePublication.model_validate({"request_id": "request-1", "actor": actor} | given)
