"""What a stage makes of clocks that stand, that are an agency's, and that count back from a day somebody names."""

from datetime import UTC, datetime
from typing import ClassVar, Self

from stage_world import CALENDAR, CASE, CHAIR, DAY, HOUR, MANAGER, T0, World, actor, request_id

from domain.clocks.book import ClockNeed
from domain.clocks.calendar import Calendar
from domain.clocks.rule import ClockRule, Direction, Rung, Source, Strength, Unit
from domain.clocks.stops import Stop
from domain.command import AcknowledgeEscalation, Command
from domain.model import Refusal
from domain.people import Actor, Role
from domain.publication_commands import AbortPublication, RecordReportSent, SetPublicationDate
from domain.record import ClockStatus, Task
from domain.stage import Stage
from domain.stage_state import StageState, Transition
from domain.status import status_markdown

DOCUMENT = "Test guidance"


class EventState(StageState):
    """An event with a notice that has to be given 7 working days before it, and an agency's answer."""

    STAGE: ClassVar[str] = "event"

    day: datetime | None = None
    opened_at: datetime = T0
    given_at: datetime | None = None
    stops: tuple[Stop, ...] = ()

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        return None

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        match command:
            case SetPublicationDate():
                return self.model_copy(update={"day": command.publish_at}), Transition()
            case RecordReportSent():
                return self.model_copy(update={"given_at": command.sent_at}), Transition()
        return self.model_copy(update={"given_at": None}), Transition()

    def needs(self) -> tuple[ClockNeed, ...]:
        answer = ClockNeed(
            rule="answer",
            item="police/2",
            agency="police",
            started_at=T0,
            waiting_on=Role.AGENCY_LEAD,
            task="police/2/answer",
            stops=self.stops,
        )
        if self.day is None:
            return (answer,)
        notice = ClockNeed(
            rule="notice",
            started_at=self.day,
            satisfied_at=self.given_at,
            waiting_on=Role.BUSINESS_MANAGER,
            opened_at=self.opened_at,
        )
        return (answer, notice)

    def tasks(self) -> tuple[Task, ...]:
        return (
            Task(
                form="answer",
                item="police/2",
                role=Role.AGENCY_LEAD,
                agency="police",
                title="Answer",
                clock="answer/police/2",
            ),
        )

    def headline(self) -> str:
        return "An event"

    def done(self) -> bool:
        return False


LADDER = (Rung(to=Role.AGENCY_LEAD, offset=0, unit=Unit.WORKING_DAYS, letter="clock-overdue", acknowledge=True),)
RULES = (
    ClockRule(
        id="notice",
        title="Notice of the event",
        amount=7,
        unit=Unit.WORKING_DAYS,
        direction=Direction.BEFORE,
        start_event="the event",
        strength=Strength.LOCAL,
        source=Source(document=DOCUMENT, paragraph="chapter 4"),
    ),
    ClockRule(
        id="answer",
        title="Answer of the agency",
        amount=5,
        unit=Unit.WORKING_DAYS,
        start_event="the agency was asked",
        strength=Strength.LOCAL,
        source=Source(document=DOCUMENT),
        stops_with_review=True,
        ladder=LADDER,
    ),
)


def event(state: EventState | None = None) -> World[EventState]:
    stage = Stage[EventState](
        case=CASE, id=CASE.stage_id("event"), regime="test", rules=RULES, state=state or EventState()
    )
    world = World(stage, T0)
    world.advance()
    return world


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=9, tzinfo=UTC)


def name(text: str) -> SetPublicationDate:
    return SetPublicationDate(request_id=request_id(), actor=CHAIR, publish_at=day(text))


def given(sent_at: datetime) -> RecordReportSent:
    return RecordReportSent(request_id=request_id(), actor=MANAGER, sent_at=sent_at, how="by hand", reference="7")


def taken_back() -> AbortPublication:
    return AbortPublication(request_id=request_id(), actor=CHAIR, reason="another text")


def refusal(world: World[EventState], command: Command, calendar: Calendar = CALENDAR) -> Refusal | None:
    return world.stage.refuses(command, world.at, calendar)


# A day that leaves no time for what has to lie before it


def test_a_day_that_leaves_too_little_time_is_refused_with_the_earliest_that_does() -> None:
    """On Thursday 5 February a notice can still be given that is due by the end of that day."""
    refused = refusal(event(), name("2026-02-12"))
    assert refused is not None
    assert refused.code == "cannot-be-met"
    assert refused.source == f"{DOCUMENT}, chapter 4"
    assert refused.text == (
        "Notice of the event would have been due by the end of Tuesday 3 February 2026, and that cannot be met any"
        " more; the earliest day that leaves the time for it is Saturday 14 February 2026."
    )
    assert refusal(event(), name("2026-02-14")) is None
    assert refusal(event(), name("2026-02-13")) is not None


def test_without_a_calendar_nothing_is_asked_about_days() -> None:
    assert event().stage.refuses(name("2026-02-12"), T0) is None


def test_moving_a_day_nearer_is_judged_by_when_the_notice_was_given() -> None:
    world = event()
    world.give(name("2026-04-30"))
    world.give(given(world.at))
    world.sleep(60 * DAY)
    assert refusal(world, name("2026-04-10")) is None, "the notice of February was early enough"
    assert refusal(world, name("2026-02-12")) is not None


def test_what_is_done_late_can_be_recorded_and_what_is_undone_too_late_cannot() -> None:
    world = event()
    world.give(name("2026-03-02"))
    world.sleep(20 * DAY)
    assert refusal(world, given(world.at)) is None, "late, and recorded as late"
    world.give(given(world.at))
    refused = refusal(world, taken_back())
    assert refused is not None
    assert refused.code == "cannot-be-met"


def test_a_day_beyond_the_calendar_is_refused() -> None:
    refused = refusal(event(), name("2199-01-01"))
    assert refused is not None
    assert refused.code == "far-ahead"
    assert refused.text.endswith(".")


def test_a_rule_of_the_stage_comes_before_the_days() -> None:
    refused = refusal(event(), name("2026-02-12").model_copy(update={"actor": actor(Role.DIRECTOR)}))
    assert refused is not None
    assert refused.code == "role"


# An item that is not the agency itself


def test_an_agency_acknowledges_and_is_written_to_where_the_item_is_one_of_its_own() -> None:
    world = event().walk(30 * DAY)
    letters = [letter for letter in world.letters if letter.id.startswith("climb/answer/police/2/")]
    assert {letter.agency for letter in letters} == {"police"}
    task = world.task("answer/police/2/0/acknowledge-escalation")
    assert task.agency == "police"

    def seen(by: Actor) -> AcknowledgeEscalation:
        return AcknowledgeEscalation(request_id=request_id(), actor=by, item="answer/police/2/0")

    refused = world.refuses(seen(actor(Role.AGENCY_LEAD, agency="health")))
    assert refused is not None
    assert refused.code == "own-agency"
    world.give(seen(actor(Role.AGENCY_LEAD, agency="police")))
    assert task.id not in world.asked


# A clock that stands


def stopped(world: World[EventState], since: datetime, until: datetime | None = None) -> None:
    stops = (Stop(since=since, until=until, reason="coroner (inquest-1)"),)
    world.then(world.state.model_copy(update={"stops": stops}), Transition())


def test_a_task_whose_clock_stands_has_no_due_day_and_gets_a_later_one_when_it_runs_on() -> None:
    world = event()
    before = world.task("police/2/answer").due_at
    world.sleep(DAY)
    stopped(world, world.at)
    assert world.task("police/2/answer").due_at is None
    assert world.stage.clocks.next_instant() is None
    world.walk(30 * DAY)
    assert world.climbed == []
    assert "clock-ran-out" not in world.kinds
    stopped(world, T0 + DAY, world.at)
    after = world.task("police/2/answer").due_at
    assert [at.date().isoformat() for at in (before, after) if at] == ["2026-02-13", "2026-03-14"]
    world.carried().walk(60 * DAY)
    assert world.kinds.count("clock-ran-out") == 1


def test_the_page_says_since_when_a_clock_stands_and_what_is_left() -> None:
    world = event().sleep(5 * DAY)
    stopped(world, world.at)
    page = status_markdown(world.stage, world.at + 90 * DAY, world.stage.tasks())
    assert (
        "- Answer of the agency (police/2): stopped since Tuesday 10 February 2026;"
        " 2 working days used, 3 working days left" in page
    )
    assert "overdue" not in page
    assert "Clocks running" not in page


def test_a_clock_that_runs_on_is_recorded_as_another_computation() -> None:
    world = event().sleep(DAY)
    stopped(world, world.at)
    assert [(e.computation, e.status) for e in world.recordings[-1].clocks] == [(1, ClockStatus.STOPPED)]
    world.sleep(10 * DAY + HOUR)
    stopped(world, T0 + DAY, world.at)
    assert [(e.computation, e.status) for e in world.recordings[-1].clocks] == [(2, ClockStatus.OPEN)]
