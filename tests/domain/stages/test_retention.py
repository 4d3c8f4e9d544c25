"""Keeping the record of a closed case: its class, its review decades later, legal holds, destruction by two people."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage_world import CASE, CHAIR, MANAGER, REGIME, World, actor, request_id

from activities.calendar import build_calendar
from domain.clocks.calendar import CalendarRequest
from domain.clocks.rule import ClockRule, Rung, Source, Strength, Unit
from domain.command import Command
from domain.model import Refusal
from domain.people import Actor, Role
from domain.record import ClockStatus, Recording
from domain.retention import RetentionState
from domain.retention_commands import (
    AgreeDestruction,
    ChangeRetentionClass,
    LiftLegalHold,
    PlaceLegalHold,
    ReviewRetention,
    WithdrawDestruction,
)
from domain.stage import Stage
from domain.stage_state import Transition

CLOSED = datetime(2026, 5, 3, 23, 30, tzinfo=UTC)
"""Half past midnight on 4 May, civil time."""
CLOSED_ON = date(2026, 5, 4)
IN_30_YEARS = date(2056, 5, 4)
DAY = timedelta(days=1)
DEPUTY = actor(Role.BOARD_CHAIR, "nb-deputy", deputising=True)
OTHER_MANAGER = actor(Role.BUSINESS_MANAGER, "nb-second-manager")
LOCAL = Source(document="Board's own procedure")
RULES = (
    ClockRule(
        id="retention-review",
        title="Review of whether the record is kept",
        unit=Unit.SET_DATE,
        start_event="the case was closed",
        strength=Strength.LOCAL,
        source=LOCAL,
        ladder=(Rung(to=Role.BUSINESS_MANAGER, offset=-84, unit=Unit.CALENDAR_DAYS, letter="clock-reminder"),),
    ),
    ClockRule(
        id="destruction-agreement",
        title="Agreement to the destruction of the record",
        amount=20,
        unit=Unit.WORKING_DAYS,
        start_event="the destruction was proposed",
        strength=Strength.LOCAL,
        source=LOCAL,
        stops_with_review=True,
    ),
)


CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=2024, last_year=2100))


class Decades(World[RetentionState]):
    """A world whose calendar reaches further."""

    def refuses(self, command: Command) -> Refusal | None:
        return self.stage.refuses(command, self.at, CALENDAR)

    def advance(self, transition: Transition | None = None) -> Recording:
        self.stage, recording = self.stage.advanced(transition or Transition(), CALENDAR, self.at)
        self.recordings.append(recording)
        return recording


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def kept(retention: str = "safeguarding-30") -> Decades:
    """A record that is kept since the closing of its case."""
    state = RetentionState.begun(REGIME.retention, retention, CLOSED, CLOSED_ON)
    stage = Stage[RetentionState](case=CASE, id=CASE.stage_id("retention"), regime=REGIME.id, rules=RULES, state=state)
    world = Decades(stage, CLOSED)
    world.advance(state.opening(CLOSED))
    return world


def looking(world: Decades, until: date) -> Decades:
    """Time passes; whenever the state wants to look again, it does."""
    while (look := world.state.looks_again_at) is not None and look <= morning(until):
        assert look > world.at, "it would look again for ever"
        world.at = look
        world.then(world.state.looked_again(look), Transition())
    world.at = morning(until)
    world.advance()
    return world


def due(retention: str = "safeguarding-30") -> Decades:
    """A record whose review has come."""
    return looking(kept(retention), IN_30_YEARS)


def hold(id: str | None = "H1", by: Actor = MANAGER) -> PlaceLegalHold:
    return PlaceLegalHold(request_id=request_id(), actor=by, item=id, reason="The inquiry asks for it.", reference="7")


def lift(id: str | None = "H1", by: Actor = CHAIR) -> LiftLegalHold:
    return LiftLegalHold(request_id=request_id(), actor=by, item=id, reason="The inquiry is over.")


def change(retention: str, by: Actor = CHAIR) -> ChangeRetentionClass:
    return ChangeRetentionClass(request_id=request_id(), actor=by, retention=retention, reason="The child was adopted.")


def keep(until: date | None, by: Actor = MANAGER) -> ReviewRetention:
    return ReviewRetention(request_id=request_id(), actor=by, outcome="keep", until=until, reason="A claim may come.")


def destroy(by: Actor = MANAGER) -> ReviewRetention:
    return ReviewRetention(request_id=request_id(), actor=by, outcome="destroy", reason="Nobody needs it.")


def agree(by: Actor = CHAIR, item: str | None = "1") -> AgreeDestruction:
    return AgreeDestruction(request_id=request_id(), actor=by, item=item, reason="Seen and agreed.")


def withdraw(until: date, by: Actor = CHAIR, item: str | None = "1") -> WithdrawDestruction:
    return WithdrawDestruction(request_id=request_id(), actor=by, item=item, until=until, reason="It is still needed.")


def code(world: Decades, command: Command) -> str:
    refusal = world.refuses(command)
    return refusal.code if refusal else ""


def test_review_comes_on_the_civil_day_of_the_closing_after_the_years_of_the_class() -> None:
    world = kept()
    [fact] = world.facts
    assert (fact.kind, fact.detail["review_on"]) == ("retention-begun", "2056-05-04")
    [entry] = world.stage.clocks.entries
    assert entry.deadline.due_on == IN_30_YEARS + timedelta(weeks=12)
    assert "the class safeguarding-30 keeps it for 30 years after the closing" in entry.deadline.note
    assert "from that day on there are 12 weeks to review it" in entry.deadline.note


def test_nothing_is_asked_until_the_day_has_come() -> None:
    world = kept()
    assert world.asked == set() and "Thursday 4 May 2056" in world.state.headline()
    looking(world, IN_30_YEARS - DAY)
    assert world.asked == set()
    looking(world, IN_30_YEARS)
    assert world.asked == {"review-retention"}
    assert world.task("review-retention").due_at == world.stage.clocks.entries[0].deadline.due_at


@pytest.mark.parametrize("retention", [known.id for known in REGIME.retention])
def test_no_timer_is_longer_than_the_engine_keeps_and_no_clock_begins_before_calendars_reach(retention: str) -> None:
    world = kept(retention)
    review = world.state.review
    assert review is not None
    while (look := world.state.looks_again_at) is not None:
        assert timedelta() < look - world.at <= timedelta(days=366 * 40)
        runs = bool(world.stage.state.needs())
        assert runs is (review.on.year - world.at.year <= 40)
        world.at = look
        world.stage = world.stage.with_state(world.state.looked_again(look))
    assert world.at.date() == review.on


def test_class_of_75_years_has_its_clock_once_its_day_is_near() -> None:
    world = kept("looked-after-75")
    assert world.stage.clocks.entries == () and "4 May 2101" in world.state.headline()
    assert world.state.looks_again_at == datetime(2061, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize("years", [1, 2, 30, 100, 150])
@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 8, 31), date(2026, 12, 31)])
def test_looking_again_ends_whatever_the_day(years: int, day: date) -> None:
    known = REGIME.retention[0].model_copy(update={"years": years})
    state = RetentionState.begun((known,), known.id, morning(day), day)
    looks = 0
    while (look := state.looks_again_at) is not None:
        assert look > state.looked_at
        state, looks = state.looked_again(look), looks + 1
    assert 1 <= looks <= 5 and state.review is not None and state.looked_at == state.review.comes_at


def test_before_its_day_the_record_is_not_reviewed() -> None:
    world = looking(kept(), IN_30_YEARS - DAY)
    assert code(world, destroy()) == "retention-runs" and code(world, keep(date(2060, 1, 1))) == "retention-runs"


def test_review_keeps_the_record_until_another_day_and_then_comes_again() -> None:
    world = due()
    world.give(keep(date(2066, 5, 4)))
    assert world.asked == set()
    first, second = world.stage.clocks.entries
    assert (first.status, second.status, second.id) == (ClockStatus.MET, ClockStatus.OPEN, "retention-review/2")
    assert code(world, destroy()) == "retention-runs"
    looking(world, date(2066, 5, 4) - DAY)
    assert world.asked == set()


def test_keeping_needs_a_day_ahead_and_destroying_none() -> None:
    world = due()
    assert code(world, keep(None)) == "until-given"
    assert code(world, keep(IN_30_YEARS)) == "until-ahead"
    assert code(world, keep(date(2090, 1, 1))) == "far-ahead"
    assert code(world, destroy().model_copy(update={"until": date(2066, 5, 4)})) == "until-or-destroy"


def test_another_class_moves_the_day_and_keeps_the_earlier_computation() -> None:
    world = kept()
    world.give(change("child-protection-35"))
    [entry] = world.stage.clocks.entries
    assert (entry.computation, entry.deadline.due_on) == (2, date(2061, 5, 4) + timedelta(weeks=12))
    moved = next(fact for fact in world.facts if fact.kind == "retention-day-moved")
    assert (moved.detail["was"], moved.detail["is"]) == ("2056-05-04", "2061-05-04")


def test_class_far_longer_withdraws_the_clock_and_a_shorter_one_opens_it_again() -> None:
    world = kept()
    world.give(change("adopted-100"))
    assert [entry.status for entry in world.stage.clocks.entries] == [ClockStatus.WITHDRAWN]
    world.give(change("child-protection-35"))
    [entry] = world.stage.clocks.entries
    assert (entry.status, entry.computation) == (ClockStatus.OPEN, 2)


def test_class_is_one_of_the_boards_and_another_one() -> None:
    world = kept()
    assert code(world, change("for-ever")) == "retention-known"
    assert code(world, change("safeguarding-30")) == "retention-same"
    assert code(world, change("adopted-100", MANAGER)) == "role"


def test_shorter_class_whose_years_are_over_has_the_record_reviewed_now() -> None:
    world = looking(kept("child-protection-35"), date(2058, 1, 10))
    assert code(world, destroy()) == "retention-runs"
    world.give(change("safeguarding-30"))
    assert world.asked == {"review-retention"} and code(world, destroy()) == ""


def test_destruction_is_agreed_by_a_second_person_one_of_both_the_chair() -> None:
    world = due()
    world.give(destroy(MANAGER))
    assert world.asked == {"1/agree-destruction"} and world.task("1/agree-destruction").role is Role.BOARD_CHAIR
    [letter] = [letter for letter in world.letters if letter.template == "task"]
    assert letter.to is Role.BOARD_CHAIR and letter.task.endswith("retention/1/agree-destruction")
    same = actor(Role.BOARD_CHAIR, MANAGER.person)
    assert code(world, agree(same)) == "second-person"
    assert code(world, agree(OTHER_MANAGER)) == "one-is-chair"
    assert world.state.destruction(CASE) is None
    world.give(agree(CHAIR))
    order = world.state.destruction(CASE)
    assert order is not None and (order.proposed_by, order.agreed_by) == (MANAGER, CHAIR)


def test_destruction_that_two_people_agreed_on_is_not_agreed_on_again() -> None:
    world = due()
    world.give(destroy())
    world.give(agree())
    assert code(world, agree(by=actor(Role.BOARD_CHAIR, "nb-deputy-chair"))) == "destruction-agreed"


def test_chair_who_proposes_is_seconded_by_the_manager_or_the_deputy() -> None:
    for second in (MANAGER, DEPUTY):
        world = due()
        world.give(destroy(CHAIR))
        assert world.task("1/agree-destruction").role is Role.BUSINESS_MANAGER
        assert code(world, agree(CHAIR)) == "second-person"
        world.give(agree(second))
        assert world.state.to_be_destroyed


def test_agreement_has_twenty_working_days_and_is_of_the_proposal_that_stands() -> None:
    world = due()
    assert code(world, agree()) == "nothing-proposed"
    world.give(destroy())
    entry = world.stage.clocks.get("destruction-agreement/1")
    assert entry is not None and entry.deadline.due_on == date(2056, 6, 2)  # a bank holiday on 29 May
    assert code(world, agree(item=None)) == "which-proposal" and code(world, agree(item="2")) == "which-proposal"
    assert code(world, destroy()) == "destruction-proposed" == code(world, change("adopted-100"))


def test_withdrawn_the_record_is_kept_and_reviewed_on_another_day() -> None:
    world = due()
    world.give(destroy())
    assert code(world, withdraw(IN_30_YEARS)) == "until-ahead"
    world.give(withdraw(date(2057, 5, 4)))
    assert code(world, agree()) == "nothing-proposed" and world.asked == set()
    looking(world, date(2057, 5, 4))
    assert world.asked == {"review-retention"}
    world.give(destroy())
    assert world.asked == {"2/agree-destruction"}
    assert world.stage.clocks.get("destruction-agreement/1").status is ClockStatus.WITHDRAWN  # type: ignore[union-attr]


def test_legal_hold_overrides_destruction_and_only_the_chair_lifts_it() -> None:
    world = due()
    world.give(hold())
    assert code(world, destroy()) == "legal-hold" and code(world, lift(by=MANAGER)) == "role"
    world.give(lift())
    world.give(destroy())
    world.give(hold("H2"))
    assert world.asked == set() and code(world, agree()) == "legal-hold"
    world.give(lift("H2"))
    world.give(agree())
    assert world.state.to_be_destroyed


def test_clock_of_the_agreement_stands_still_under_a_hold() -> None:
    world = due()
    world.give(destroy())
    world.give(hold())
    entry = world.stage.clocks.get("destruction-agreement/1")
    assert entry is not None and entry.status is ClockStatus.STOPPED
    world.sleep(14 * DAY)
    world.give(lift())
    again = world.stage.clocks.get("destruction-agreement/1")
    assert again is not None and again.status is ClockStatus.OPEN and again.deadline.due_on > entry.deadline.due_on


def test_hold_after_the_agreement_undoes_it() -> None:
    world = due()
    world.give(destroy())
    world.give(agree())
    world.give(hold())
    assert not world.state.to_be_destroyed and "destruction-stopped" in world.kinds
    world.give(lift())
    assert not world.state.to_be_destroyed, "it is agreed anew, or withdrawn"
    assert world.asked == {"1/agree-destruction"}


def test_hold_has_an_id_of_its_own_and_is_lifted_by_it() -> None:
    world = kept()
    assert code(world, hold(None)) == "hold-id" == code(world, hold("Quillfeather"))
    assert code(world, lift()) == "hold-stands"
    world.give(hold())
    assert code(world, hold()) == "hold-known"
    world.give(lift())
    assert code(world, lift()) == "hold-stands" and code(world, hold()) == "hold-known"


def test_nothing_is_taken_any_more_once_the_destruction_has_begun() -> None:
    world = due()
    world.give(destroy())
    world.give(agree())
    world.stage = world.stage.with_state(world.state.destroying())
    assert {code(world, each) for each in (hold(), withdraw(date(2060, 1, 1)))} == {"destruction-begun"}
    world.stage = world.stage.with_state(world.state.destroyed(world.at))
    assert world.state.done() and world.asked == set() and world.state.headline().endswith("destroyed")
    assert code(world, hold()) == "destruction-begun"


def test_case_that_is_open_again_ends_it_and_its_holds_stand_when_it_closes_again() -> None:
    world = due()
    world.give(hold())
    world.give(keep(date(2060, 5, 4)))
    world.then(*world.state.case_reopened(world.at))
    assert world.state.done() and world.asked == set() and world.stage.clocks.open == ()
    assert code(world, hold("H2")) == "case-open" and not world.state.to_be_destroyed
    again = world.at + 30 * DAY
    state = world.state.begun_again(REGIME.retention, "child-protection-35", again, again.date())
    world.at = again
    world.then(state, state.opening(again))
    assert [each.id for each in state.standing_holds] == ["H1"] and not state.done()
    entry = world.stage.clocks.get("retention-review/2")
    assert entry is not None and entry.status is ClockStatus.OPEN and entry.due_on == date(2091, 6, 3) + timedelta(84)


def test_destruction_that_was_agreed_does_not_outlive_a_reopening() -> None:
    world = due()
    world.give(destroy())
    world.give(agree())
    world.then(*world.state.case_reopened(world.at))
    assert world.state.destruction(CASE) is None
    state = world.state.begun_again(REGIME.retention, "safeguarding-30", world.at, world.at.date())
    assert state.proposal is None and state.destruction(CASE) is None


def test_state_keeps_no_words_that_were_typed_and_survives_being_carried() -> None:
    world = due()
    world.give(hold())
    world.give(lift())
    world.give(destroy())
    world.carried()
    assert "inquiry" not in world.stage.state.model_dump_json()


PEOPLE = (MANAGER, OTHER_MANAGER, CHAIR, DEPUTY, actor(Role.BOARD_CHAIR, MANAGER.person))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["hold", "lift", "keep", "destroy", "agree", "withdraw", "change", "wait"]),
            st.sampled_from(PEOPLE),
            st.integers(1, 3),
        ),
        max_size=25,
    )
)
def test_whatever_the_order_only_two_people_with_the_chair_destroy_and_never_under_a_hold_or_before_the_day(
    steps: list[tuple[str, Actor, int]],
) -> None:
    world = due()
    for what, by, number in steps:
        ahead = world.at.date() + timedelta(days=5)
        command: Command | None = {
            "hold": hold(f"H{number}", by),
            "lift": lift(f"H{number}", by),
            "keep": keep(ahead, by),
            "destroy": destroy(by),
            "agree": agree(by, str(number)),
            "withdraw": withdraw(ahead, by, str(number)),
            "change": change(REGIME.retention[number % 2].id, by),
        }.get(what)
        if command is None:
            looking(world, world.at.date() + timedelta(days=3))
        elif world.refuses(command) is None:
            world.give(command)
        order = world.state.destruction(CASE)
        assert len([each for each in world.state.reviews if each.done_at is None]) == (world.state.proposal is None)
        if order is None:
            continue
        assert order.proposed_by.person != order.agreed_by.person
        assert Role.BOARD_CHAIR in (order.proposed_by.role, order.agreed_by.role)
        assert not world.state.standing_holds
        assert world.at.date() >= IN_30_YEARS
