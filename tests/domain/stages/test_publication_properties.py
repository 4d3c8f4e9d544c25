"""Whatever people answer in whatever order: nothing is public with a step missing, and no author checks or decides."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from publication_world import (
    ADDRESS,
    AUTHOR,
    BODY_IDS,
    CHECKER,
    CHECKS,
    FINDINGS,
    FORMS,
    GOOD_PRACTICE,
    Publishing,
    answer_finding,
    check,
    command,
    confirm,
    contact,
    decide,
    decide_availability,
    effect,
    family_member,
    panel_answers,
    process,
    propose,
    publication,
    report_sent,
    set_date,
)
from stage_world import DAY, actor, refused, sent

from domain.command import Command, Found
from domain.people import Role
from domain.publication_commands import CheckKind, PublicationOutcome
from domain.record import ClockStatus

PEOPLE = ("nb-board-chair", "nb-business-manager", CHECKER, AUTHOR)
ITEMS: dict[str, tuple[str, ...]] = {
    "answer-finding": (*FINDINGS, GOOD_PRACTICE),
    "record-check": CHECKS,
    "record-report-sent": BODY_IDS,
    "record-parallel-process": ("trial-1",),
    "decide-effect": ("trial-1",),
    "plan-family-member": ("family-1",),
    "record-family-contact": ("family-1",),
}
"""Items that fit each form; now and then one is left out or belongs to nothing."""
WORDS = ("", " ", "as recorded")
GIVEN: dict[str, tuple[Any, ...]] = {
    "outcome": (),
    "reason": WORDS,
    "reasons": ("as recorded",),
    "to_do": WORDS,
    "note": WORDS,
    "how": ("post",),
    "reference": ("7",),
    "comments": WORDS,
    "checked_by": PEOPLE,
    "report": ("", "D-9/1", "D-9/2", "D-12/1"),
    "response": ("", "D-10/1"),
    "statement": ("", "D-10/1", "D-11/1"),
    "address": (ADDRESS,),
    "kind": ("police-and-prosecution", "coroner"),
    "contact": ("senior officer, police",),
    "status": ("charged",),
    "next_on": (None,),
    "ended": (True, False),
    "told": ("police",),
    "who": ("mother",),
    "told_by": ("lead reviewer",),
    "by_whom": ("lead reviewer",),
    "takes_part": WORDS,
    "why_not": WORDS,
}
"""What is put into a field of that name; ``outcome``, ``effect`` and ``step`` are drawn from what the form allows."""
PAST = ("sent_at", "published_at", "answered_at", "happened_at")


def choices(form: str, name: str) -> tuple[str, ...]:
    """The values that the form allows in a field with a fixed set of them."""
    schema = FORMS[form].model_json_schema()
    field = schema["properties"][name]
    if "$ref" in field:
        field = schema["$defs"][field["$ref"].rpartition("/")[2]]
    return tuple(field["enum"])


@st.composite
def commands(draw: st.DrawFn, form: str, at: datetime) -> Command:
    """Any command of that form that the types allow, by anybody likely or not."""
    may = sorted(FORMS[form].ROLES)
    role = draw(st.sampled_from(may) if draw(st.integers(0, 5)) else st.sampled_from(list(Role)))
    answer: dict[str, Any] = {}
    for name in FORMS[form].model_fields:
        if name in ("outcome", "effect", "step"):
            answer[name] = draw(st.sampled_from(choices(form, name)))
        elif name in PAST:
            answer[name] = at + timedelta(hours=draw(st.integers(-48, 2)))
        elif name == "publish_at":
            answer[name] = at + timedelta(hours=draw(st.integers(-48, 24 * 40)))
        elif name == "look_again_on":
            answer[name] = draw(st.none() | st.integers(-5, 200).map(lambda days: (at + days * DAY).date()))
        elif name in GIVEN:
            answer[name] = draw(st.sampled_from(GIVEN[name]))
    if not answer.get("note", "x").strip() and form == "record-check":
        answer["note"] = "as recorded"
    if not answer.get("reason", "x").strip() and form not in ("answer-finding", "set-publication-date"):
        answer["reason"] = "as recorded"
    found = draw(st.sampled_from([None, Found(), Found(missing=("person", "documents"))]))
    by = actor(role, draw(st.sampled_from(PEOPLE)))
    items = ITEMS.get(form, (None,))
    item = draw(st.sampled_from(items)) if draw(st.integers(0, 5)) else draw(st.sampled_from(["nobody", None]))
    return command(form, item, by, found, **answer)


@st.composite
def likely(draw: st.DrawFn, form: str, item: str | None, world: Publishing) -> Command:
    """What is asked for, as people mostly answer it: complete, in the right role. It may still be refused."""
    at = world.at
    match form:
        case "answer-finding":
            noted = item == GOOD_PRACTICE
            return answer_finding(
                item or "", "noted" if noted else draw(st.sampled_from(["accepted", "partly", "rejected"]))
            )
        case "record-check":
            return check(item or "", checked_by=draw(st.sampled_from([CHECKER, CHECKER, CHECKER, AUTHOR])))
        case "decide-publication":
            return decide(draw(st.sampled_from(["whole", "in-part", "not"])))
        case "record-national-panel-answer":
            return panel_answers(at)
        case "plan-family-member":
            return family_member(item or "")
        case "set-publication-date":
            return set_date(at + draw(st.integers(5, 60)) * DAY, "as planned")
        case "record-report-sent":
            return report_sent(item or "", at - draw(st.integers(0, 2)) * DAY)
        case "confirm-published":
            return confirm(at, report=world.state.report)
        case "decide-effect":
            return effect(item or "", draw(st.sampled_from(["none", "holds-publication"])), (at + 90 * DAY).date())
        case "record-family-contact":
            return contact("told-of-publication", at, item or "")
        case "decide-availability":
            return decide_availability(draw(st.sampled_from(["keep", "take-down"])))
    return draw(commands(form, at))


class Publications(RuleBasedStateMachine):
    """A publication from the acceptance of its report, with letters that arrive, get lost, or wait."""

    def __init__(self) -> None:
        super().__init__()
        self.world = publication()
        self.accepted: list[Command] = []
        self.was_published = False

    @property
    def ended(self) -> bool:
        return self.world.stage.done()

    def give(self, given: Command) -> None:
        before, state = self.world.stage, self.world.state
        refusal = self.world.refuses(given)
        if refusal is not None:
            assert self.world.stage == before
            assert refusal.text.endswith(".")
            assert refusal.source
            return
        assert self.world.give(given).changed
        self.accepted.append(given)
        if given.FORM == "confirm-published":
            self.every_gate_was_passed(given, state)

    def every_gate_was_passed(self, given: Command, state: Any) -> None:
        """Judged by what was accepted before, as well as by the state."""
        assert state.outcome in (PublicationOutcome.WHOLE, PublicationOutcome.IN_PART)
        answered = {c.item for c in self.accepted if c.FORM == "answer-finding"}
        assert answered == {*FINDINGS, GOOD_PRACTICE}
        replaced = max((n for n, c in enumerate(self.accepted) if c.FORM == "replace-report"), default=-1)
        for kind in CheckKind:
            mine = [(n, c) for n, c in enumerate(self.accepted) if c.FORM == "record-check" and c.item == kind.value]
            number, last = mine[-1]
            assert last.answer()["outcome"] == "passed"
            assert number > replaced or kind.value not in CHECKS[:2]
        assert {c.item for c in self.accepted if c.FORM == "record-report-sent"} == set(BODY_IDS)
        assert not state.holds
        assert not state.participation.untold
        date = state.dates.standing
        assert date is not None
        assert date.publish_at <= self.world.at
        notice = self.world.stage.clocks.get("advance-notice/published")
        assert notice is not None
        assert notice.status is ClockStatus.MET
        documents = [given.answer()[name] for name in ("report", "response", "statement")]
        assert all(documents)
        assert documents[0] == state.report

    @rule(data=st.data())
    @precondition(lambda self: not self.ended)
    def somebody_answers(self, data: st.DataObject) -> None:
        form = data.draw(st.sampled_from(sorted(FORMS)), label="form")
        self.give(data.draw(commands(form, self.world.at), label="command"))

    @rule(data=st.data(), times=st.integers(3, 14))
    @precondition(lambda self: not self.ended)
    def people_do_what_they_are_asked(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            asked = [task for task in self.world.stage.tasks() if task.form in FORMS]
            if not asked:
                return
            task = data.draw(st.sampled_from(asked), label="task")
            self.give(data.draw(likely(task.form, task.item, self.world), label="command"))

    @rule(left_out=st.integers(0, 20))
    @precondition(lambda self: not self.ended and not self.was_published)
    def nearly_everything_is_done(self, left_out: int) -> None:
        """All that has to come before the day, but for one step or none; some of it may be refused."""
        steps = [
            *(answer_finding(finding) for finding in FINDINGS),
            answer_finding(GOOD_PRACTICE, "noted"),
            *(check(kind) for kind in CHECKS),
            decide(),
            set_date(self.world.at + 30 * DAY, "as planned"),
            *(report_sent(body, self.world.at) for body in BODY_IDS),
        ]
        for number, step in enumerate(steps):
            if number != left_out:
                self.give(step)

    @rule()
    @precondition(lambda self: not self.ended)
    def a_trial_comes_between(self) -> None:
        self.give(process())
        self.give(effect(until=(self.world.at + 90 * DAY).date()))

    @rule()
    @precondition(lambda self: not self.ended)
    def the_trial_has_no_effect(self) -> None:
        self.give(effect(effect="none"))

    @rule()
    @precondition(lambda self: not self.ended)
    def the_chair_doubts(self) -> None:
        self.give(propose())

    @rule(data=st.data())
    @precondition(lambda self: not self.ended)
    def letters_come_to_their_end(self, data: st.DataObject) -> None:
        if self.world.letters:
            some = data.draw(st.lists(st.sampled_from(self.world.letters), max_size=8))
            end = data.draw(st.sampled_from([sent, sent, refused]))
            self.world.told(*(end(letter.id, self.world.at) for letter in some))

    @rule(data=st.data())
    @precondition(lambda self: self.accepted and not self.ended)
    def somebody_sends_the_same_again(self, data: st.DataObject) -> None:
        given = data.draw(st.sampled_from(self.accepted))
        before, recorded = self.world.stage, len(self.world.recordings)
        assert not self.world.give(given).changed
        assert (self.world.stage, len(self.world.recordings)) == (before, recorded)

    @rule(duration=st.sampled_from([timedelta(hours=3), timedelta(days=2), timedelta(days=20), timedelta(days=400)]))
    @precondition(lambda self: not self.ended)
    def time_passes(self, duration: timedelta) -> None:
        self.world.walk(duration)

    @rule()
    @precondition(lambda self: not self.ended and self.world.state.publish_at and not self.was_published)
    def the_day_comes(self) -> None:
        left = self.world.state.publish_at - self.world.at  # type: ignore[operator]
        if left > timedelta():
            self.world.walk(left)
        self.give(confirm(self.world.at, report=self.world.state.report))

    @rule()
    def it_is_carried_over(self) -> None:
        self.world.carried()

    @invariant()
    def no_author_checks_or_decides(self) -> None:
        state = self.world.state
        assert AUTHOR not in {made.by for made in state.checks.made}
        assert AUTHOR not in {decided.by for decided in state.decision.decisions}
        for given in self.accepted:
            if given.FORM in ("record-check", "decide-publication", "propose-no-publication"):
                assert given.actor.person != AUTHOR

    @invariant()
    def published_once_and_for_good(self) -> None:
        published = self.world.state.published_at is not None
        assert published or not self.was_published
        assert published == any(given.FORM == "confirm-published" for given in self.accepted)
        self.was_published = published
        if published:
            assert self.world.state.unanswered_findings == ()

    @invariant()
    def not_publishing_was_put_to_the_national_panel(self) -> None:
        if self.world.state.not_published:
            forms = [given.FORM for given in self.accepted]
            assert "propose-no-publication" in forms
            assert "record-national-panel-answer" in forms
            assert self.world.state.published_at is None

    @invariant()
    def no_letter_is_called_for_twice(self) -> None:
        twice = [i for i, times in Counter(letter.id for letter in self.world.letters).items() if times > 1]
        assert twice == []

    @invariant()
    def every_task_is_asked_once_and_its_clock_is_there(self) -> None:
        tasks = self.world.stage.tasks()
        assert len({task.id for task in tasks}) == len(tasks)
        for task in tasks:
            assert task.clock is None or self.world.stage.clocks.get(task.clock) is not None

    @invariant()
    def clocks_of_a_date_run_only_while_it_stands(self) -> None:
        running = {entry.id for entry in self.world.stage.clocks.open}
        of_dates = {clock for clock in running if clock.startswith(("advance-notice", "publication-day"))}
        date = self.world.state.dates.standing
        assert of_dates <= ({date.clock("advance-notice"), date.clock("publication-day")} if date else set())


Publications.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPublications = Publications.TestCase


def test_the_machine_can_reach_publication() -> None:
    machine = Publications()
    machine.nearly_everything_is_done(left_out=20)
    machine.the_day_comes()
    machine.published_once_and_for_good()
    assert machine.was_published
