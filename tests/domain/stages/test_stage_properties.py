"""Whatever people answer in whatever order, and however long nobody looks: what must never happen does not."""

from collections import Counter
from datetime import timedelta
from typing import Any

from answers_given import AGENCIES, KEYS, commands, likely
from case_world import case, event, other, receive, subject
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from stage_world import (
    CASE,
    REGIME,
    World,
    change,
    identify,
    refused,
    sent,
)

from domain.case import CaseState
from domain.case_commands import Challenge
from domain.case_messages import Onward, StageReport, Standing
from domain.command import Command
from domain.decision import ReviewDecisionState
from domain.decision_commands import ReviewOutcome
from domain.forms import EVERYWHERE, FORMS, OF_STAGE
from domain.people import Role
from domain.regimes.regime import Level
from domain.safety import SafetyState
from domain.stage import Stage
from domain.stage_state import StageState


def items_of(world: World[Any]) -> tuple[str | None, ...]:
    asked = tuple(task.item for task in world.stage.tasks())
    return (*asked, *KEYS, *AGENCIES, None)


class WholeCase(RuleBasedStateMachine):
    """A case with its stages; what stages tell their case may be under way while other things happen."""

    def __init__(self) -> None:
        super().__init__()
        self.case: World[CaseState] = case()
        self.checks: dict[int, World[SafetyState]] = {}
        self.decisions: dict[int, World[ReviewDecisionState]] = {}
        self.ended: set[str] = set()
        self.under_way: list[StageReport] = []
        self.given: list[tuple[World[Any], Command]] = []
        self.took_in(receive(self.case, event(others=[other("S1")])))

    # What the workflows do

    @property
    def stages(self) -> list[World[Any]]:
        return [self.case, *self.checks.values(), *self.decisions.values()]

    def world(self, stage: Stage[Any]) -> World[Any]:
        world: World[Any] = World(stage, self.case.at)
        return world

    def took_in(self, onward: Onward | None) -> None:
        if onward is None:
            return
        state = self.case.state
        check = self.checks.get(state.safety_checks)
        if check is not None and not onward.begins_safety and check.stage.id not in self.ended:
            identify(check, *onward.children.children, died=onward.children.died)
            self.tell(check, state.safety_checks)
        elif onward.children.children:
            self.deliver_all()
            if not onward.begins_safety:
                self.case.stage = self.case.stage.with_state(self.case.state.safety_begun_again())
            self.begin_check(onward)
        if onward.begins_decision:
            self.begin_decision(onward.because)
        elif (decision := self.decisions[self.case.state.decisions]).stage.id not in self.ended:
            change(decision, onward.facts)

    def begin_check(self, onward: Onward) -> None:
        number = self.case.state.safety_checks
        identity = CASE.stage_id("safety", number)
        stage = Stage[SafetyState](case=CASE, id=identity, regime=REGIME.id, rules=REGIME.clock, state=SafetyState())
        self.checks[number] = self.world(stage)
        identify(self.checks[number], *onward.children.children, died=onward.children.died)
        self.tell(self.checks[number], number)

    def begin_decision(self, because: str) -> None:
        number = self.case.state.decisions
        known = self.case.state.facts_known(self.case.at)
        state = ReviewDecisionState.begun(REGIME.criterion, REGIME.notice, because, self.case.at, known)
        identity = CASE.stage_id("decision", number)
        stage = Stage[ReviewDecisionState](case=CASE, id=identity, regime=REGIME.id, rules=REGIME.clock, state=state)
        self.decisions[number] = self.world(stage)
        self.decisions[number].advance(state.opening(self.case.at))

    def tell(self, world: World[Any], number: int) -> None:
        state, finished = world.state, world.stage.done()
        if isinstance(state, SafetyState):
            keys = tuple(child.key for child in state.children)
            told = StageReport(
                stage="safety", number=number, undecided=state.undecided, children=keys, finished=finished
            )
        else:
            outcome = state.decision and state.decision.outcome
            if outcome is None:
                return
            told = StageReport(
                stage="decision", number=number, outcome=outcome, answers=state.answers, finished=finished
            )
        if finished:
            self.ended.add(world.stage.id)
        self.under_way.append(told)

    def deliver_all(self) -> None:
        while self.under_way:
            self.deliver()

    def numbered(self) -> list[tuple[int, World[Any]]]:
        running: list[tuple[int, World[Any]]] = [*self.checks.items(), *self.decisions.items()]
        return [(number, world) for number, world in running if world.stage.id not in self.ended]

    # What happens

    @rule()
    def everything_under_way_arrives(self) -> None:
        self.deliver_all()

    @rule()
    @precondition(lambda self: self.under_way)
    def deliver(self) -> None:
        told = self.under_way.pop(0)
        self.case.then(*self.case.state.reported(told, self.case.at))

    @rule(data=st.data())
    def somebody_answers(self, data: st.DataObject) -> None:
        places = [(0, self.case), *self.numbered()]
        number, world = data.draw(st.sampled_from(places), label="stage")
        forms = [form.FORM for form in (*OF_STAGE[world.state.STAGE], *EVERYWHERE)]
        asked = [task.form for task in world.stage.tasks()]
        form = data.draw(st.sampled_from(asked * 2 + forms), label="form")
        self.answer(world, number, data.draw(commands(form, items_of(world), world.at), label="command"))

    @rule(data=st.data(), times=st.integers(4, 12))
    def people_do_what_they_are_asked(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            asked = [(number, world, task) for number, world in self.numbered() for task in world.stage.tasks()]
            if not asked:
                return
            number, world, task = data.draw(st.sampled_from(asked), label="task")
            self.answer(world, number, data.draw(likely(task.form, task.item, world.at), label="command"))

    @rule()
    def the_notices_are_sent(self) -> None:
        for number, world in self.numbered():
            notices = [letter.id for letter in world.letters if letter.kind == "notice"]
            if notices:
                world.told(*(sent(letter, world.at) for letter in notices))
                self.tell(world, number)

    @rule(data=st.data())
    def somebody_answers_the_wrong_stage(self, data: st.DataObject) -> None:
        number, world = data.draw(st.sampled_from([(0, self.case), *self.numbered()]))
        form = data.draw(st.sampled_from(sorted(FORMS)))
        self.answer(world, number, data.draw(commands(form, items_of(world), world.at)))

    def answer(self, world: World[Any], number: int, command: Command) -> None:
        before = world.stage
        if world.refuses(command) is not None:
            assert world.stage == before
            return
        assert world.give(command).changed
        self.given.append((world, command))
        if isinstance(command, Challenge):
            self.begin_decision("challenged")
        elif number:
            self.tell(world, number)

    @rule(data=st.data())
    @precondition(lambda self: self.given)
    def somebody_sends_the_same_again(self, data: st.DataObject) -> None:
        world, command = data.draw(st.sampled_from(self.given))
        before, recorded = world.stage, len(world.recordings)
        assert not world.give(command).changed
        assert (world.stage, len(world.recordings)) == (before, recorded)

    @rule(
        outcome=st.sampled_from(["died", "seriously_harmed"]),
        others=st.lists(st.sampled_from(["S1", "S2", "C2"]), unique=True),
        named=st.booleans(),
        abuse=st.sampled_from(["known", "suspected", "not_suspected", "unknown"]),
        concerns=st.sampled_from([True, False, None]),
        agencies=st.lists(st.sampled_from(["health", "police"]), unique=True),
    )
    @precondition(lambda self: len(self.case.state.deliveries) < 4)
    def an_event_comes_in(
        self, outcome: str, others: list[str], named: bool, abuse: str, concerns: bool | None, agencies: list[str]
    ) -> None:
        happened = event(
            children=[subject("C1", outcome)],
            others=[other(key, named=named) for key in others],
            facts={"abuse_or_neglect": abuse, "inter_agency_concerns": concerns},
            agencies=agencies,
            at=self.case.at,
        )
        self.took_in(receive(self.case, happened))
        before = self.case.stage
        assert receive(self.case, happened) is None
        assert self.case.stage == before

    @rule(duration=st.sampled_from([timedelta(minutes=20), timedelta(hours=3), timedelta(days=2), timedelta(days=45)]))
    def nobody_looks(self, duration: timedelta) -> None:
        for world in self.stages:
            world.sleep(duration)
            if world.stage.id not in self.ended and world.stage.moved(world.at):
                world.advance()

    @rule(duration=st.sampled_from([timedelta(hours=1), timedelta(hours=12), timedelta(days=10)]))
    def time_passes(self, duration: timedelta) -> None:
        for world in self.stages:
            if world.stage.id in self.ended:
                world.sleep(duration)
            else:
                world.walk(duration)

    @rule(data=st.data())
    def letters_come_to_their_end(self, data: st.DataObject) -> None:
        number, world = data.draw(st.sampled_from([(0, self.case), *self.numbered()]))
        if world.letters:
            letter = data.draw(st.sampled_from(world.letters)).id
            end = data.draw(st.sampled_from([sent, sent, refused]))
            world.told(end(letter, world.at))
            if number:
                self.tell(world, number)

    @rule(data=st.data())
    def a_stage_is_carried_over(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.stages)).carried()

    # What must never happen

    @invariant()
    def no_instant_is_left_in_the_past(self) -> None:
        for world in self.stages:
            if world.stage.id not in self.ended:
                coming = world.stage.clocks.next_instant()
                assert coming is None or coming[0] > world.at
                assert not world.stage.moved(world.at)

    @invariant()
    def no_rung_is_climbed_twice_and_no_letter_called_for_twice(self) -> None:
        for world in self.stages:
            for ids in (world.climbed, [letter.id for letter in world.letters]):
                twice = [i for i, times in Counter(ids).items() if times > 1]
                assert twice == []

    @invariant()
    def every_fact_says_what_happened_and_when(self) -> None:
        for world in self.stages:
            for fact in world.facts:
                assert fact.kind
                assert fact.at <= world.at
            assert [r.sequence for r in world.recordings] == list(range(1, len(world.recordings) + 1))

    @invariant()
    def the_chair_decides_once_after_another_has_recommended_and_never_against_always(self) -> None:
        for world in self.decisions.values():
            assert world.kinds.count("review-decided") == (world.state.decision is not None)
            if (decision := world.state.decision) is None:
                continue
            assert world.state.recommendation is not None
            assert decision.by.person != world.state.recommendation.by.person
            assert decision.by.role is Role.BOARD_CHAIR
            put = [f for f in world.facts if f.kind == "put-to-the-criteria" and f.at <= decision.at]
            always = {limb.id for limb in REGIME.criterion if limb.level is Level.ALWAYS}
            met = put[-1].detail["met"]
            assert isinstance(met, list)
            if decision.outcome is not ReviewOutcome.SERIOUS_CASE_REVIEW and put[-1].at < decision.at:
                assert not always & {str(limb) for limb in met}

    @invariant()
    def the_panel_waits_for_every_child(self) -> None:
        if self.case.state.standing is Standing.WAITING_FOR_PANEL:
            current = self.checks[self.case.state.safety_checks]
            assert current.state.undecided == ()

    @invariant()
    def no_stage_is_done_while_it_asks_something(self) -> None:
        for world in self.stages[1:]:
            state: StageState = world.state
            if state.done():
                assert state.tasks() == ()

    @invariant()
    def tasks_are_told_apart(self) -> None:
        for world in self.stages:
            ids = [task.id for task in world.stage.tasks()]
            assert len(ids) == len(set(ids))


TestWholeCase = WholeCase.TestCase
TestWholeCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
