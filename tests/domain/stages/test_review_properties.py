"""Whatever people answer in a review, in whatever order: nobody judges their own work, and no step is left out.

A whole review is played, from the chair's decision to a published report, by a few people who turn up in many roles.
"""

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from panel_world import review
from publication_world import BODY_IDS, CHECKS, Publishing, publication
from review_play import FORMS, Play, orderly_steps
from stage_world import CALENDAR, World, refused, sent

from domain.clocks.arithmetic import add_working_days
from domain.command import Command
from domain.panel import PanelReviewState
from domain.people import Role
from domain.publication import PublicationState
from domain.record import ClockStatus

OF_THE_REVIEW = (Role.PANEL_CHAIR, Role.LEAD_REVIEWER, Role.PANEL_MEMBER)
NOTICE_DAYS = 7


class Reviews(RuleBasedStateMachine):
    """One review and its publication, with letters that arrive, get lost, or wait."""

    def __init__(self) -> None:
        super().__init__()
        self.panel: World[PanelReviewState] = review()
        self.publication: Publishing | None = None
        self.given: list[tuple[Command, datetime]] = []
        """Every accepted command of both stages, and when."""
        self.reached: set[str] = set()

    @property
    def world(self) -> World[Any]:
        return self.publication or self.panel

    @property
    def worlds(self) -> list[World[Any]]:
        return [self.panel] if self.publication is None else [self.panel, self.publication]

    @property
    def ended(self) -> bool:
        return self.publication is not None and self.publication.stage.done()

    def commands(self, form: str, item: str | None = None) -> list[Command]:
        """The accepted commands of that form, the last one at the end."""
        return [c for c, _ in self.given if c.FORM in (form,) and item in (None, c.item)]

    @property
    def writers(self) -> set[str]:
        """Everybody who ever was lead reviewer or submitted a draft."""
        appointed = {c.answer()["person"] for c in self.commands("appoint") if c.answer()["role"] == "lead-reviewer"}
        return {str(person) for person in appointed} | {c.actor.person for c in self.commands("submit-draft")}

    # What happens

    def give(self, command: Command) -> bool:
        """Whether it was accepted. One that is refused changes nothing, and says why."""
        world, before, state = self.world, self.world.stage, self.world.state
        refusal = world.refuses(command)
        if refusal is not None:
            assert world.stage == before
            assert refusal.text.endswith(".")
            assert refusal.source
            return False
        assert world.give(command).changed
        self.given.append((command, world.at))
        match command.FORM:
            case "sign-off" | "settle-impasse":
                self.signed_off_as_it_should(command, state)
            case "decide-on-report":
                self.accepted_after_sign_off(command, state)
            case "confirm-published":
                self.every_gate_was_passed(command, state)
        return True

    @initialize(rounds=st.sampled_from([0, 0, 1, 2, 3, 4, 6, 8]), published=st.booleans())
    def some_of_it_has_happened(self, rounds: int, *, published: bool) -> None:
        """Otherwise most plays would end before there is a report."""
        self.the_review_goes_on(rounds)
        self.panel.walk(timedelta(hours=1))
        if self.panel.state.done():
            self.publication_begins()
            self.the_review_goes_on(2 * published)

    @rule(data=st.data(), times=st.integers(1, 6))
    @precondition(lambda self: not self.ended)
    def somebody_answers(self, data: st.DataObject, times: int) -> None:
        forms = sorted(command.FORM for command in self.world.state.commands())
        for _ in range(times):
            if self.world.state.done():
                return
            form = data.draw(st.sampled_from(forms), label="form")
            play = Play(self.world, lambda options: data.draw(st.sampled_from(options)), wild=True)
            self.give(play.command(form))

    @rule(data=st.data(), times=st.integers(3, 15))
    @precondition(lambda self: not self.ended)
    def people_do_what_they_are_asked(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            asked = [task for task in self.world.stage.tasks() if task.form in FORMS]
            if not asked:
                return
            task = data.draw(st.sampled_from(asked), label="task")
            play = Play(self.world, lambda options: data.draw(st.sampled_from(options)), wild=True)
            self.give(play.answering(task))

    @rule(rounds=st.sampled_from([1, 2, 4, 8, 14]))
    @precondition(lambda self: not self.ended)
    def the_review_goes_on(self, rounds: int) -> None:
        """What is asked is done as it should be, round by round."""
        for _ in range(rounds):
            for command in orderly_steps(self.world, lambda options: options[0]):
                if self.world.state.done():
                    return
                self.give(command)

    @rule()
    @precondition(lambda self: self.publication is None and self.panel.state.done())
    def publication_begins(self) -> None:
        self.publication = publication(self.panel.state.accepted(), self.panel.at)

    @rule(hours=st.sampled_from([1, 1, 30]))
    @precondition(lambda self: self.publication and not self.ended)
    def the_day_comes(self, hours: int) -> None:
        assert self.publication is not None
        self.the_review_goes_on(2)
        publish_at = self.publication.state.publish_at
        if publish_at is None or self.publication.state.published_at is not None:
            return
        if publish_at > self.publication.at:
            self.publication.walk(publish_at - self.publication.at + timedelta(hours=hours))
        self.give(Play(self.publication, lambda options: options[0]).command("confirm-published"))

    @rule(duration=st.sampled_from([timedelta(hours=3), timedelta(days=2), timedelta(days=20), timedelta(days=120)]))
    @precondition(lambda self: not self.ended)
    def time_passes(self, duration: timedelta) -> None:
        self.world.walk(duration)

    @rule(data=st.data())
    def letters_come_to_their_end(self, data: st.DataObject) -> None:
        for world in self.worlds:
            if world.letters:
                some = data.draw(st.lists(st.sampled_from(world.letters), max_size=8))
                end = data.draw(st.sampled_from([sent, sent, refused]))
                world.told(*(end(letter.id, world.at) for letter in some))

    @rule(data=st.data())
    @precondition(lambda self: self.given)
    def somebody_sends_the_same_again(self, data: st.DataObject) -> None:
        received = {receipt.request_id for receipt in self.world.stage.receipts}
        again = [command for command, _ in self.given if command.request_id in received]
        if again:
            before, recorded = self.world.stage, len(self.world.recordings)
            assert not self.world.give(data.draw(st.sampled_from(again))).changed
            assert (self.world.stage, len(self.world.recordings)) == (before, recorded)

    def teardown(self) -> None:
        """Says how far it came, for ``--hypothesis-show-statistics``."""
        for step, at in (
            ("terms approved", self.panel.state.terms.first_approved_at),
            ("signed off", self.panel.state.report.signed_off_at),
            ("accepted", self.panel.state.accepted_at),
            ("published", self.publication and self.publication.state.published_at),
        ):
            if at is not None:
                event(step)

    # What is looked at when a step is done

    def signed_off_as_it_should(self, command: Command, before: PanelReviewState) -> None:
        """Judged by the views that were given of this draft, and by who is on the panel."""
        state = self.panel.state
        if state.report.signed_off_at is None:
            return
        assert before.report.document
        assert not before.report.open_checks
        assert not state.reports.unsettled
        assert state.findings.standing
        if command.FORM == "settle-impasse":
            assert command.answer()["outcome"] == "draft-stands"
            return
        views: dict[str, bool] = {}
        for earlier, _ in self.given:
            if earlier.FORM == "submit-draft":
                views = {}
            elif earlier.FORM == "sign-off":
                views[earlier.actor.person] = earlier.answer()["agrees"] is True
        chairs = {held.person for held in state.appointments.now(Role.PANEL_CHAIR)}
        members = state.appointments.now(Role.PANEL_MEMBER)
        panel = chairs | {held.person for held in members if held.agency in state.under_review}
        counted = {person: agrees for person, agrees in views.items() if person in panel}
        assert 2 * len(counted) > len(panel)
        assert 2 * sum(counted.values()) > len(counted)
        assert any(counted.get(chair) for chair in chairs)
        assert not before.report.at_impasse
        assert not state.participation.family_gaps("feedback-given")

    def accepted_after_sign_off(self, command: Command, before: PanelReviewState) -> None:
        assert before.report.signed_off_at is not None
        assert command.actor.person not in self.writers

    def every_gate_was_passed(self, command: Command, before: PublicationState) -> None:
        """Judged by what was accepted before, as well as by the state."""
        assert self.panel.state.accepted_at is not None
        given = command.answer()
        published_at = datetime.fromisoformat(str(given["published_at"]))
        answered = {c.item for c in self.commands("answer-finding")}
        assert answered == {finding.id for finding in self.panel.state.findings.standing}
        replaced = [n for n, (c, _) in enumerate(self.given) if c.FORM == "replace-report"]
        for kind in CHECKS:
            made = [(n, c) for n, (c, _) in enumerate(self.given) if c.FORM == "record-check" and c.item == kind]
            number, last = made[-1]
            assert last.answer()["outcome"] == "passed"
            assert not {str(last.answer()["checked_by"]), last.actor.person} & self.writers
            assert number > max(replaced, default=-1) or kind not in CHECKS[:2]
        decision = self.commands("decide-publication")[-1]
        assert decision.answer()["outcome"] in ("whole", "in-part")
        assert decision.actor.person not in self.writers
        last_day = add_working_days(CALENDAR.local(published_at).date(), -NOTICE_DAYS, CALENDAR)
        for body in BODY_IDS:
            sent_at = datetime.fromisoformat(str(self.commands("record-report-sent", body)[-1].answer()["sent_at"]))
            assert CALENDAR.local(sent_at).date() <= last_day
        effects = {c.item: c.answer()["effect"] for c in self.commands("decide-effect")}
        assert "holds-publication" not in effects.values()
        told = {
            c.item
            for c in self.commands("record-family-contact")
            if c.answer()["step"] in ("told-of-publication", "could-not-be-told")
        }
        assert {c.item for c in self.commands("plan-family-member")} <= told
        assert before.publish_at is not None
        assert before.publish_at <= published_at <= self.world.at

    # What must never happen

    @invariant()
    def roles_that_exclude_each_other_are_never_held_by_one_person(self) -> None:
        appointments = self.panel.state.appointments
        for one, other in combinations(OF_THE_REVIEW, 2):
            assert not set(appointments.ever(one)) & set(appointments.ever(other))

    @invariant()
    def nobody_reviews_an_agency_that_they_belong_to(self) -> None:
        state = self.panel.state
        for role in (Role.PANEL_CHAIR, Role.LEAD_REVIEWER):
            for held in state.appointments.now(role):
                assert not set(held.ties) & set(state.under_review), held.id

    @invariant()
    def no_author_signs_off_the_report_of_an_agency(self) -> None:
        for report in self.panel.state.reports.agencies:
            if report.accepted and not report.nil_return:
                last = self.commands("send-agency-report", report.id)[-1]
                assert report.author
                assert last.answer()["signed_off_by"] != report.author, report.id

    @invariant()
    def who_drafted_the_terms_in_force_has_not_approved_them(self) -> None:
        terms = self.panel.state.terms.in_force
        if terms is not None:
            approved = [c for c in self.commands("decide-on-terms") if c.answer()["outcome"] == "approved"]
            assert approved[-1].actor.person != terms.drafted_by

    @invariant()
    def what_an_agency_sent_stays_in_the_review(self) -> None:
        under_review = {report.id for report in self.panel.state.reports.agencies}
        assert {c.item for c in self.commands("send-agency-report")} <= under_review

    @invariant()
    def the_report_is_accepted_only_after_the_panels_sign_off(self) -> None:
        report = self.panel.state.report
        assert report.accepted_at is None or report.signed_off_at is not None

    @invariant()
    def the_panel_is_asked_to_sign_off_only_a_draft_whose_facts_are_checked(self) -> None:
        running = {entry.rule.id for entry in self.panel.stage.clocks.open}
        if "panel-sign-off" in running:
            assert self.panel.state.report.document
            assert self.panel.state.report.open_checks == ()

    @invariant()
    def tasks_are_told_apart_and_their_clocks_are_there(self) -> None:
        for world in self.worlds:
            tasks = world.stage.tasks()
            assert [i for i, times in Counter(task.id for task in tasks).items() if times > 1] == []
            for task in tasks:
                assert task.clock is None or world.stage.clocks.get(task.clock) is not None, task.id

    @invariant()
    def no_rung_is_climbed_twice_and_no_letter_called_for_twice(self) -> None:
        for world in self.worlds:
            climbs = [climb for recording in world.recordings for climb in recording.climbs]
            rungs = Counter((climb.clock, climb.computation, climb.rung) for climb in climbs)
            letters = Counter(letter.id for letter in world.letters)
            assert [what for times in (rungs, letters) for what, n in times.items() if n > 1] == []

    @invariant()
    def a_stage_that_is_done_asks_nothing(self) -> None:
        for world in self.worlds:
            if world.state.done():
                assert world.state.tasks() == ()

    @invariant()
    def a_stage_that_is_done_runs_no_clock_but_of_letters_under_way(self) -> None:
        for world in self.worlds:
            if world.state.done():
                running = {entry.rule.id for entry in (*world.stage.clocks.open, *world.stage.clocks.stopped)}
                assert running <= {"delay-notice", "no-publication-notice", "undelivered-letter"}

    @invariant()
    def every_clock_stands_as_what_it_waits_for_does(self) -> None:
        for world in self.worlds:
            needs = {need.id: need for need in world.state.needs()}
            assert len(needs) == len(world.state.needs())
            for entry in world.stage.clocks.entries:
                need = needs.get(entry.id)
                if entry.rule.id == "undelivered-letter":
                    continue
                match entry.status:
                    case ClockStatus.OPEN | ClockStatus.STOPPED:
                        assert need is not None, entry.id
                        assert need.satisfied_at is None
                        assert (entry.stopped is not None) == (entry.status is ClockStatus.STOPPED)
                    case ClockStatus.MET | ClockStatus.LATE:
                        assert entry.satisfied_at is not None
                        in_time = entry.satisfied_at < entry.deadline.due_at
                        assert in_time == (entry.status is ClockStatus.MET)
                        assert need is None or need.satisfied_at == entry.satisfied_at
                    case ClockStatus.WITHDRAWN:
                        assert need is None, entry.id

    @invariant()
    def nothing_is_left_to_be_done_in_the_past(self) -> None:
        coming = self.world.stage.clocks.next_instant()
        assert coming is None or coming[0] > self.world.at

    @invariant()
    def a_stage_survives_being_carried_over(self) -> None:
        for world in self.worlds:
            world.carried()


Reviews.TestCase.settings = settings(
    max_examples=24, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestReviews = Reviews.TestCase


def test_the_machine_reaches_acceptance_and_publication() -> None:
    machine = Reviews()
    machine.the_review_goes_on(rounds=14)
    machine.panel.at += timedelta(hours=1)
    machine.the_review_goes_on(rounds=14)
    assert machine.panel.state.accepted_at is not None
    machine.publication_begins()
    machine.the_review_goes_on(rounds=4)
    machine.the_day_comes(hours=1)
    assert machine.publication is not None
    assert machine.publication.state.published_at is not None
