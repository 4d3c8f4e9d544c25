"""Whatever people answer in whatever order: no change is closed without the rule, and nobody judges their own side."""

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from change_world import DATES, FORMS, LEAD, Watching, command, described, figures, watching
from hypothesis import HealthCheck, settings
from hypothesis import given as given_any
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from stage_world import DAY, actor

from domain.command import Command, Found
from domain.people import Role

SECOND_LEAD = "nb-lead-2"
PEOPLE = ("nb-board-chair", "nb-member-1", "nb-manager-1", LEAD, SECOND_LEAD, "nb-health-1")
PARTS = {"nb-health-1": ("health",), "nb-member-1": ("police",)}
"""Agencies in which people have a part; health owns every action."""
CHANGES = ("C1", "C2", "C3")
VALUES = ("40", "79.9", "80", "90", "95")
DATES_MET, MONTHS_APART, TARGET = 2, 6, Decimal(80)


def find(person: str, *, unsure: bool = False) -> Found:
    """What the directory says of them."""
    return Found(agencies=PARTS.get(person, ()), missing=("documents",) if unsure else ())


def months_later(day: date, months: int) -> date:
    """Written month by month, to share nothing with the arithmetic of clocks."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class Seen:
    """What was said of one date, as the accepted commands tell it."""

    def __init__(self) -> None:
        self.observed_on: date | None = None
        self.value: Decimal | None = None
        self.judged = ""
        self.flag = False

    def take(self, given: Command) -> None:
        answer = given.answer()
        if given.FORM == "record-observation":
            self.observed_on = date.fromisoformat(str(answer["observed_on"]))
            self.value = Decimal(str(answer["value"])) if "value" in answer else None
            self.judged, self.flag = "", False
        elif given.FORM == "judge-change":
            self.judged, self.flag = str(answer["judgement"]), bool(answer["target_met"])

    @property
    def good(self) -> bool:
        """Whether somebody judged it, it met the target, and it was not worse."""
        if self.observed_on is None or self.judged in ("", "worse"):
            return False
        return self.value >= TARGET if self.value is not None else self.flag

    @property
    def bad(self) -> bool:
        """Whether it speaks against what was seen before."""
        if self.observed_on is None or not self.judged:
            return False
        told = self.value is not None or self.judged != "cannot-tell"
        return self.judged == "worse" or (told and not self.good)


def rule_holds(seen: list[Seen]) -> bool:
    """The board's rule, said anew: a first and a last date, all between them good, far apart, nothing bad after."""
    for first, last in combinations(range(len(seen)), 2):
        between, after = seen[first : last + 1], seen[last + 1 :]
        if len(between) < DATES_MET or not all(each.good for each in between) or any(each.bad for each in after):
            continue
        begun, ended = between[0].observed_on, between[-1].observed_on
        if begun is not None and ended is not None and ended >= months_later(begun, MONTHS_APART):
            return True
    return False


@st.composite
def commands(draw: st.DrawFn, world: Watching) -> Command:
    """Any command that the types allow, by anybody likely or not."""
    form = draw(st.sampled_from(sorted(FORMS)))
    may = sorted(FORMS[form].ROLES)
    role = draw(st.sampled_from(may) if draw(st.integers(0, 5)) else st.sampled_from(list(Role)))
    person, today = draw(st.sampled_from(PEOPLE)), world.at.date()
    answer: dict[str, Any] = {"reason": "as weighed"}
    match form:
        case "record-observation":
            back = draw(st.sampled_from([0, 0, 0, 1, 20, 200, -1]))
            value = draw(st.sampled_from([None, *VALUES]))
            answer = {"observed_on": today - back * DAY, "value": value, "seen": "as seen"}
        case "judge-change":
            judgement = draw(
                st.sampled_from(["improved", "no-change", "worse", "unintended-consequence", "cannot-tell"])
            )
            answer |= {
                "judgement": judgement,
                "target_met": draw(st.booleans()),
                "answer_was_wrong": draw(st.booleans()),
            }
        case "observe-further" | "reopen-change":
            days = draw(st.lists(st.integers(-10, 500), min_size=1, max_size=3))
            answer["on"] = [today + day * DAY for day in days]
        case "close-change":
            answer |= {
                "outcome": draw(st.sampled_from(["sustained", "sustained", "re-planned", "not-achieved"])),
                "by": draw(st.sampled_from(["", *CHANGES])),
            }
    found = find(person, unsure=draw(st.integers(0, 9)) == 0)
    agency = draw(st.sampled_from(["health", "police"]))
    by = actor(role, person, agency if role.of_an_agency else None)
    of_a_date = form in ("record-observation", "record-no-observation", "judge-change")
    number = f"/{draw(st.integers(0, 7))}" if of_a_date else ""
    return with_answer(form, draw(st.sampled_from([*CHANGES, "C9"])) + number, by, found, answer)


def with_answer(form: str, item: str, by: Any, found: Found | None, answer: dict[str, Any]) -> Command:
    """Built around ``command``, whose own ``by`` is the actor."""
    given = command("record-no-observation", item, by, reason="as weighed")
    envelope = {"request_id": given.request_id, "actor": by, "item": item, "found": found}
    return FORMS[form].model_validate(envelope | answer)


class Monitoring(RuleBasedStateMachine):
    """Three changes over years, with observations that come, come late, or never come."""

    def __init__(self) -> None:
        super().__init__()
        self.world = watching(figures(), described(), figures("C3", dates=DATES[1:]))
        self.accepted: list[Command] = []
        self.sustained = 0

    def give(self, given: Command) -> bool:
        before = self.world.stage
        refusal = self.world.refuses(given)
        if refusal is not None:
            assert self.world.stage == before
            assert refusal.text.endswith(".")
            assert refusal.source
            return False
        if given.FORM == "close-change" and given.answer()["outcome"] == "sustained":
            self.closed_by_the_rule(given)
        if given.FORM == "judge-change":
            self.judged_by_others(given)
        assert self.world.give(given).changed
        self.accepted.append(given)
        return True

    def seen(self, change: str) -> list[Seen]:
        """Its dates in order of their days, with what the accepted commands said of each of them."""
        looks = {f"{change}/{look.number}": Seen() for look in self.world.change(change).looks}
        for given in self.accepted:
            if given.item in looks:
                looks[given.item].take(given)
        return list(looks.values())

    def closed_by_the_rule(self, given: Command) -> None:
        assert given.actor.role is Role.BOARD_CHAIR
        change = self.world.change(given.item or "")
        assert rule_holds(self.seen(change.id))
        answered = {c.item for c in self.accepted if c.FORM in ("record-observation", "record-no-observation")}
        for look in change.looks:
            assert look.due_on > self.world.at.date() or f"{change.id}/{look.number}" in answered
        self.sustained += 1

    def judged_by_others(self, given: Command) -> None:
        assert given.actor.person not in (LEAD, SECOND_LEAD)
        assert "health" not in PARTS.get(given.actor.person, ())
        assert given.actor.agency != "health"

    @rule(data=st.data())
    def somebody_answers(self, data: st.DataObject) -> None:
        self.give(data.draw(commands(self.world), label="command"))

    @rule(data=st.data(), mostly=st.sampled_from(["79.9", "80", "90"]))
    def people_do_what_they_are_asked(self, data: st.DataObject, mostly: str) -> None:
        for task in self.world.stage.tasks():
            if task.form in FORMS and (task.form != "record-observation" or self.is_near(task.item or "")):
                self.do(task.form, task.item or "", task.role, task.agency, mostly, data)

    @rule(data=st.data(), times=st.integers(1, 5), mostly=st.sampled_from(["79.9", "80", "90", "90"]))
    def dates_come_and_go(self, data: st.DataObject, times: int, mostly: str) -> None:
        """As it mostly is: date after date something is seen and judged, now and then nothing."""
        for _ in range(times):
            waiting = [look.due_on for change in self.world.state.changes for look in change.waiting]
            if not waiting:
                return
            self.world.walk(max(min(waiting) - self.world.at.date(), timedelta()))
            if data.draw(st.integers(0, 7), label="nobody came") == 0:
                self.the_missing_are_recorded_as_absent()
            for _ in ("observed", "judged"):
                for task in self.world.stage.tasks():
                    if task.form in ("record-observation", "judge-change") and self.is_near(task.item or ""):
                        self.do(task.form, task.item or "", task.role, task.agency, mostly, data)
            if data.draw(st.integers(0, 2), label="the chair closes") == 0:
                self.the_chair_tries_to_close(data)

    @rule(data=st.data(), days=st.lists(st.integers(20, 700), min_size=1, max_size=4, unique=True))
    @precondition(lambda self: any(change.closed for change in self.world.state.changes))
    def a_closed_change_is_watched_again(self, data: st.DataObject, days: list[int]) -> None:
        closed = [change.id for change in self.world.state.changes if change.closed]
        on = [self.world.at.date() + day * DAY for day in sorted(days)]
        answer = {"on": on, "reason": "as weighed"}
        self.give(
            with_answer("reopen-change", data.draw(st.sampled_from(closed)), actor(Role.BOARD_CHAIR), None, answer)
        )

    def is_near(self, item: str) -> bool:
        change, _, number = item.partition("/")
        look = self.world.change(change).look(int(number or 0))
        return look is None or look.due_on <= self.world.at.date() + 20 * DAY

    def do(self, form: str, item: str, role: Role, agency: str | None, mostly: str, data: st.DataObject) -> None:
        by = actor(role, agency=agency)
        change = self.world.change(item.partition("/")[0])
        match form:
            case "record-observation":
                value = data.draw(st.sampled_from([*[mostly] * 7, "40"])) if change.definition.in_figures else None
                answer: dict[str, Any] = {"observed_on": self.world.at.date(), "value": value, "seen": "as seen"}
            case "judge-change":
                judgement = data.draw(st.sampled_from([*["improved"] * 7, "no-change", "worse", "cannot-tell"]))
                by = actor(role, data.draw(st.sampled_from(["nb-sub-group", *PEOPLE]), label="judge"))
                met = not change.definition.in_figures and judgement == "improved" and mostly != "79.9"
                answer = {"judgement": judgement, "reason": "as weighed", "target_met": met}
            case _:
                outcome = data.draw(st.sampled_from(["sustained", "not-achieved"]))
                answer = {"outcome": outcome, "reason": "as weighed"}
        self.give(with_answer(form, item, by, find(by.person), answer))

    @rule(data=st.data())
    def somebody_tries_to_close(self, data: st.DataObject) -> None:
        self.the_chair_tries_to_close(data)

    def the_chair_tries_to_close(self, data: st.DataObject) -> None:
        """Whenever the rule, said anew, holds and nothing is open, closing is allowed; otherwise it is not."""
        change = self.world.change(data.draw(st.sampled_from(CHANGES)))
        given = with_answer(
            "close-change", change.id, actor(Role.BOARD_CHAIR), None, {"outcome": "sustained", "reason": "as weighed"}
        )
        due = any(look.due_on <= self.world.at.date() for look in change.waiting)
        unjudged = any(each.observed_on is not None and not each.judged for each in self.seen(change.id))
        ready = change.closed is None and not due and not unjudged
        assert self.give(given) is (ready and rule_holds(self.seen(change.id)))

    @rule()
    def the_missing_are_recorded_as_absent(self) -> None:
        for id in CHANGES:
            for look in self.world.change(id).waiting:
                if look.due_on <= self.world.at.date():
                    by = actor(Role.BUSINESS_MANAGER)
                    answer = {"reason": "as weighed"}
                    assert self.give(with_answer("record-no-observation", f"{id}/{look.number}", by, None, answer))

    @rule(dates=st.lists(st.integers(10, 900), min_size=1, max_size=4, unique=True))
    def the_plan_is_signed_off_anew(self, dates: list[int]) -> None:
        days = tuple(self.world.at.date() + day * DAY for day in sorted(dates))
        before = {look.number: look for look in self.world.change().looks if look.answered}
        self.world.expected(figures(version=self.world.change().definition.version + 1, dates=days))
        kept = {look.number: look for look in self.world.change().looks if look.number in before}
        assert kept == before

    @rule(days=st.sampled_from([1, 5, 30, 60, 90, 200]))
    def time_passes(self, days: int) -> None:
        self.world.walk(days * DAY)

    @rule(data=st.data())
    @precondition(lambda self: bool(self.accepted))
    def somebody_sends_the_same_again(self, data: st.DataObject) -> None:
        given = data.draw(st.sampled_from(self.accepted))
        before, recorded = self.world.stage, len(self.world.recordings)
        assert not self.world.give(given).changed
        assert (self.world.stage, len(self.world.recordings)) == (before, recorded)

    @rule()
    def it_is_carried_over(self) -> None:
        self.world.carried()

    @invariant()
    def what_was_not_seen_has_no_value(self) -> None:
        said = {given.item: given for given in self.accepted if given.FORM == "record-observation"}
        for change in self.world.state.changes:
            for look in change.looks:
                item = f"{change.id}/{look.number}"
                if item not in said:
                    assert (look.value, look.observed_on, look.target_met) == (None, None, None)
                else:
                    assert str(look.value) == str(said[item].answer().get("value"))
                    assert not look.absent

    @invariant()
    def a_wrong_answer_names_actions_of_its_change(self) -> None:
        for conclusion in self.world.state.wrong:
            definition = self.world.change(conclusion.change).definition
            assert conclusion.actions
            assert set(conclusion.actions) <= set(definition.actions)
        said = [c for c in self.accepted if c.FORM == "judge-change" and c.answer()["answer_was_wrong"]]
        assert len(said) == len(self.world.state.wrong)

    @invariant()
    def no_letter_is_called_for_twice(self) -> None:
        twice = [i for i, times in Counter(letter.id for letter in self.world.letters).items() if times > 1]
        assert twice == []

    @invariant()
    def every_task_is_asked_once_and_its_clock_runs(self) -> None:
        tasks = self.world.stage.tasks()
        assert len({task.id for task in tasks}) == len(tasks)
        running = {entry.id for entry in self.world.stage.clocks.open}
        assert {task.clock for task in tasks if task.form in FORMS and task.clock} <= running

    @invariant()
    def whatever_is_not_at_its_end_is_asked_of_somebody(self) -> None:
        asked = {(task.item or "").partition("/")[0] for task in self.world.stage.tasks() if task.form in FORMS}
        assert asked == {change.id for change in self.world.state.changes if not change.at_its_end}
        assert self.world.state.settled is not bool(asked)

    @invariant()
    def dates_are_in_order_and_so_is_what_was_observed(self) -> None:
        for change in self.world.state.changes:
            due = [look.due_on for look in change.looks]
            seen = [look.observed_on for look in change.looks if look.observed_on is not None]
            assert due == sorted(due)
            assert seen == sorted(seen)
            assert len({look.number for look in change.looks}) == len(change.looks) <= change.numbered


Monitoring.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMonitoring = Monitoring.TestCase


JUDGED = st.sampled_from([*["improved"] * 4, "no-change", "cannot-tell", "worse"])
LOOKS = st.lists(
    st.tuples(st.integers(20, 250), st.none() | st.sampled_from(["79.9", "80", "90", "95"]), JUDGED),
    min_size=1,
    max_size=6,
)
"""Days since the date before, what was seen if anything was, and what it was judged to show."""


@given_any(looks=LOOKS)
@settings(max_examples=100, deadline=None)
def test_sustained_is_what_the_rule_says_whatever_was_seen(looks: list[tuple[int, str | None, str]]) -> None:
    machine, day, dates = Monitoring(), DATES[0], []
    for days, _, _ in looks:
        day += days * DAY
        dates.append(day)
    machine.world.sleep(DAY)
    machine.world.expected(figures(dates=tuple(dates)))
    manager, sub_group = actor(Role.BUSINESS_MANAGER), actor(Role.SUB_GROUP)
    for look, (_, value, judgement) in zip(machine.world.change().looks, looks, strict=True):
        machine.world.sleep(look.due_on - machine.world.at.date())
        item, reason = f"C1/{look.number}", {"reason": "as weighed"}
        if value is None:
            assert machine.give(with_answer("record-no-observation", item, manager, None, reason))
            continue
        observed = {"observed_on": look.due_on, "value": value, "seen": "as seen"}
        assert machine.give(with_answer("record-observation", item, manager, None, observed))
        assert machine.give(with_answer("judge-change", item, sub_group, None, reason | {"judgement": judgement}))
    held = rule_holds(machine.seen("C1"))
    closed = {"outcome": "sustained", "reason": "as weighed"}
    may = machine.give(with_answer("close-change", "C1", actor(Role.BOARD_CHAIR), None, closed))
    assert may is held


def test_the_machine_can_close_a_change_as_sustained() -> None:
    """So that what is said of closed changes is said of something."""
    machine = Monitoring()
    for look in machine.world.change().looks[:3]:
        machine.world.until(look.due_on)
        item, today = f"C1/{look.number}", machine.world.at.date()
        observed = {"observed_on": today, "value": "90", "seen": "as seen"}
        manager, sub_group, chair = (actor(role) for role in (Role.BUSINESS_MANAGER, Role.SUB_GROUP, Role.BOARD_CHAIR))
        assert machine.give(with_answer("record-observation", item, manager, None, observed))
        judged = {"judgement": "improved", "reason": "as weighed"}
        assert machine.give(with_answer("judge-change", item, sub_group, find("nb-sub-group"), judged))
    closed = {"outcome": "sustained", "reason": "as weighed"}
    assert machine.give(with_answer("close-change", "C1", chair, None, closed))
    assert machine.sustained == 1
