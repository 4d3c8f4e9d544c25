"""Whatever authority, partners, panel and chair do in whatever order: what must never happen does not."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from rapid_world import (
    CHAIR_OF_PARTNERS,
    HARMED,
    PARTNERS,
    agree,
    decide_local,
    kid,
    no_review,
    notify,
    panel,
    partner,
    rapid,
    record,
    settle,
    submit,
    tell_partners,
    withdraw,
)
from stage_world import MANAGER, SUB_GROUP, World, actor, answer, known, learning, sent

from domain.command import Command
from domain.people import Role
from domain.rapid_review import RapidReviewState
from domain.rapid_review_commands import LocalReviewOutcome

KEYS = tuple(f"C{number}" for number in range(1, 7))
OUTCOMES = st.sampled_from(list(LocalReviewOutcome))


class AnyOrder(RuleBasedStateMachine):
    """A rapid review that is answered at random; what was said is kept beside it and compared."""

    world: World[RapidReviewState]

    @initialize(
        abused=st.sampled_from([True, False, None]),
        died=st.booleans(),
        looked_after=st.booleans(),
        number=st.integers(1, 6),
        since=st.sampled_from(["notification", "awareness"]),
    )
    def begin(self, *, abused: bool | None, died: bool, looked_after: bool, number: int, since: str) -> None:
        children = [kid(key, died=died, looked_after=looked_after) for key in KEYS[:number]]
        facts = HARMED | {"abuse_or_neglect": abused, "child_died": died}
        self.world = rapid(facts, children, starts_from=since)
        self.said: dict[tuple[int, str], bool] = {}
        self.stands: set[int] = set()
        self.recorders: set[str] = set()

    def give(self, command: Command) -> bool:
        """Whether it was accepted."""
        if self.world.refuses(command) is not None:
            return False
        self.world.give(command)
        return True

    @property
    def version(self) -> int:
        return len(self.world.state.report.versions)

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.world.walk(timedelta(days=days))

    @rule(
        children=st.lists(st.sampled_from((*KEYS, "X9")), min_size=1, max_size=6), others=st.sampled_from(["", "two"])
    )
    def authority_notifies(self, children: list[str], others: str) -> None:
        if self.give(notify(*children, at=self.world.at, others=others)):
            assert len(set(children)) == len(children) <= 4
            assert set(children) <= {child.key for child in self.world.state.children}

    @rule()
    def all_that_may_be_named_are_notified(self) -> None:
        keys = [child.key for child in self.world.state.children][:4]
        self.give(notify(*keys, at=self.world.at, others="the others"))

    @rule()
    def authority_tells_partners(self) -> None:
        self.give(tell_partners(self.world.at))

    @rule()
    def authority_withdraws(self) -> None:
        meets = self.world.state.meets
        if self.give(withdraw(self.world.at)):
            assert meets is False

    @rule()
    def authority_says_none_is_owed(self) -> None:
        meets = self.world.state.meets
        if self.give(no_review()):
            assert meets is False

    @rule(fact=st.sampled_from(["abuse_or_neglect", "child_died"]), holds=st.sampled_from(["yes", "no", "not-known"]))
    def a_fact_is_answered(self, fact: str, holds: str) -> None:
        self.give(answer(fact, holds, by=MANAGER))

    @rule(abused=st.booleans())
    def facts_come_in(self, *, abused: bool) -> None:
        message = known({"abuse_or_neglect": abused}, (), self.world.at)
        self.world.then(*self.world.state.changed(message, self.world.at))

    @rule(outcome=OUTCOMES, by=st.sampled_from([MANAGER, SUB_GROUP]))
    def rapid_review_is_recorded(self, outcome: LocalReviewOutcome, by: Any) -> None:
        if self.give(record(outcome, by=by)):
            self.recorders.add(by.person)

    @rule(agency=st.sampled_from(PARTNERS), outcome=st.sampled_from(["agree", "agree", "disagree"]), swap=st.booleans())
    def a_partner_answers(self, agency: str, outcome: str, *, swap: bool) -> None:
        by = partner(agency, "partner-health") if swap else partner(agency)
        if self.give(agree(agency, outcome, by=by)):
            self.said[self.version, agency] = outcome != "disagree"

    @rule(by=st.sampled_from([*PARTNERS, ""]), outcome=st.sampled_from(["stands", "anew"]))
    def chair_settles(self, by: str, outcome: str) -> None:
        chair = actor(Role.BOARD_CHAIR, f"partner-{by}") if by else CHAIR_OF_PARTNERS
        if self.give(settle(outcome, chair)):
            assert not by, "no party settles its own dispute"
            assert all((self.version, agency) in self.said for agency in PARTNERS), "silence counted"
            if outcome == "stands":
                self.stands.add(self.version)

    @rule()
    def it_is_sent(self) -> None:
        if not self.give(submit(self.world.at)):
            return
        answers = [self.said.get((self.version, agency)) for agency in PARTNERS]
        assert None not in answers, "silence counted"
        assert all(answers) or self.version in self.stands
        assert self.world.state.notification.notified is not None

    @rule()
    def everybody_agrees(self) -> None:
        for agency in PARTNERS:
            self.a_partner_answers(agency, "agree", swap=False)
        self.it_is_sent()

    @rule(outcome=st.sampled_from(["agrees", "challenges", "asks", "no-answer"]))
    def panel_answers(self, outcome: str) -> None:
        self.give(panel(outcome, self.world.at))

    @rule(outcome=OUTCOMES, by=st.sampled_from([CHAIR_OF_PARTNERS.person, MANAGER.person, SUB_GROUP.person]))
    def chair_decides(self, outcome: LocalReviewOutcome, by: str) -> None:
        if self.give(decide_local(outcome, by=actor(Role.BOARD_CHAIR, by))):
            assert self.world.state.report.submission is not None
            assert by not in self.recorders

    @rule()
    def learning_is_recorded(self) -> None:
        self.give(learning())

    @rule()
    def letters_leave(self) -> None:
        gone = self.world.stage.delivered
        letters = [letter.id for letter in self.world.letters if letter.id not in gone]
        self.world.told(*(sent(letter, self.world.at) for letter in dict.fromkeys(letters)))

    @rule()
    def carried_over(self) -> None:
        self.world.carried()

    @invariant()
    def asked_is_what_may_be_answered_by_somebody(self) -> None:
        if not hasattr(self, "world"):
            return
        tasks = self.world.stage.tasks()
        assert len({task.id for task in tasks}) == len(tasks)
        clocks = {entry.id for entry in self.world.stage.clocks.entries}
        assert {task.clock for task in tasks if task.clock} <= clocks

    @invariant()
    def while_it_is_not_over_somebody_is_asked_or_a_letter_is_on_its_way(self) -> None:
        if not hasattr(self, "world"):
            return
        state = self.world.state
        notices = state.decision.notices(state)
        waits = bool(self.world.stage.tasks()) or (notices is not None and bool(notices.owed))
        assert self.world.stage.done() or waits

    @invariant()
    def no_letter_is_written_twice(self) -> None:
        if not hasattr(self, "world"):
            return
        letters = [letter.id for letter in self.world.letters]
        assert len(set(letters)) == len(letters)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
