"""A whole case on the engine, from the incident event to its closing years later: the rehearsed case to the day."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest

from activities.calendar import build_calendar
from domain.clocks.arithmetic import add_months, add_working_days
from domain.clocks.calendar import CalendarRequest
from domain.people import Role
from domain.record import CaseRef, ClockEntry, ClockStatus, Fact
from records import documents, outbox, queries
from rehearsal.acting import OWNERS, SLOW, WRONG
from rehearsal.play import play
from rehearsal.review import LATE, RETURNED, TRIAL
from rehearsal.service import CIVIL, Rehearsal, rehearsal
from rehearsal.watching import SEEN
from workflows.following import BROUGHT_BACK

CALENDAR = build_calendar(CalendarRequest(id="england-wales", first_year=2024, last_year=2050))
MOST_EVENTS = 2_000


class Played:
    """The rehearsed review, after its end."""

    def __init__(self, stage: Rehearsal, case: CaseRef) -> None:
        self.stage, self.case = stage, case
        self.facts = stage.facts(case)
        self.clocks = queries.clocks(stage.record, case)

    def fact(self, kind: str, item: str | None = None, number: int = 0) -> Fact:
        return [fact for fact in self.facts if fact.kind == kind and item in (None, fact.item)][number]

    def day(self, kind: str, item: str | None = None, number: int = 0) -> date:
        return self.fact(kind, item, number).at.astimezone(CIVIL).date()

    def computations(self, clock: str) -> list[ClockEntry]:
        return [each.entry for each in self.clocks if each.entry.id == clock]

    def due(self, clock: str) -> date:
        return self.computations(clock)[-1].deadline.due_on

    def status(self, clock: str) -> ClockStatus:
        return self.computations(clock)[-1].status


@pytest.fixture(scope="module")
async def played(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    async with rehearsal(tmp_path_factory.mktemp("played")) as stage:
        yield Played(stage, await play(stage))


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_review_is_due_six_months_after_the_decision_with_the_stopped_days_given_back(played: Played) -> None:
    first = add_months(played.day("review-decided"), 6)
    stopped = played.day("effect-decided", TRIAL, 1) - played.day("effect-decided", TRIAL, 0)
    assert stopped.days > 200
    assert [entry.deadline.due_on for entry in played.computations("serious-case-review")] == [first, first + stopped]
    assert played.status("serious-case-review") is ClockStatus.MET


@pytest.mark.parametrize("stage", ["panel", "actions", "change"])
async def test_a_stage_that_lasts_for_years_has_the_time_that_bringing_it_back_takes(
    played: Played, stage: str
) -> None:
    begun = await played.stage.env.client.get_workflow_handle(played.case.stage_id(stage)).fetch_history()
    timeout = begun.events[0].workflow_execution_started_event_attributes.workflow_task_timeout
    assert timeout.ToTimedelta() == BROUGHT_BACK


async def test_milestones_stood_still_with_the_review(played: Played) -> None:
    stopped = played.day("effect-decided", TRIAL, 1) - played.day("effect-decided", TRIAL, 0)
    for milestone in ("learning-event", "draft-report"):
        before, after = [entry.deadline.due_on for entry in played.computations(f"milestone/{milestone}")]
        assert after - before == stopped


async def test_stopped_clock_reported_itself_every_month_and_not_once_more(played: Played) -> None:
    letters = [x for x in queries.letters(played.stage.record, played.case) if x.letter.template == "clock-stopped"]
    began = played.day("effect-decided", TRIAL, 0)
    days = [x.not_before.astimezone(CIVIL).date() for x in letters]
    assert len(days) in (6, 7)
    for month, day in enumerate(days, start=1):
        due = add_months(began, month)
        assert due <= day <= add_working_days(due, 1, CALENDAR)


async def test_late_agency_was_brought_to_its_executive_and_then_to_the_chair(played: Played) -> None:
    due = played.due(f"agency-report/{LATE}")
    assert played.status(f"agency-report/{LATE}") is ClockStatus.LATE
    rungs = {
        rung.rung: rung.scheduled_at.astimezone(CIVIL).date()
        for rung in _rungs(played)
        if rung.clock == f"agency-report/{LATE}"
    }
    assert rungs["5"] == add_working_days(due, 3, CALENDAR)
    assert rungs["6"] == add_working_days(due, 10, CALENDAR)
    seen = {fact.item: fact.by for fact in played.facts if fact.kind == "escalation-acknowledged"}
    by = [actor.role for item, actor in seen.items() if actor and item and LATE in item]
    assert Role.AGENCY_EXECUTIVE in by and Role.BOARD_CHAIR in by


def _rungs(played: Played) -> Any:
    from records.views import Export

    return Export.model_validate(queries.export(played.stage.record, played.case)).rungs


async def test_returned_reports_have_ten_working_days_for_their_rework(played: Played) -> None:
    for agency in RETURNED:
        returned = played.day("agency-report-answered", agency, 0)
        assert played.due(f"agency-report-rework/{agency}/1") == add_working_days(returned, 10, CALENDAR)
        assert played.status(f"agency-report-rework/{agency}/1") is ClockStatus.MET


async def test_report_was_with_the_bodies_seven_working_days_before_each_date_that_was_set(played: Played) -> None:
    dates = [
        datetime.fromisoformat(str(fact.detail["publish_at"])).astimezone(CIVIL).date()
        for fact in played.facts
        if fact.kind == "publication-date-set"
    ]
    assert len(dates) == 3
    assert [entry.deadline.due_on for entry in played.computations("advance-notice")] == [
        add_working_days(day, -7, CALENDAR) for day in dates
    ]
    assert played.status("advance-notice") is ClockStatus.MET
    assert played.day("published") == dates[-1]


async def test_everybody_who_was_told_a_date_was_told_each_move_once(played: Played) -> None:
    letters = [x.letter for x in queries.letters(played.stage.record, played.case)]
    told = Counter((x.to, x.agency) for x in letters if x.template == "publication-date-set")
    moved = Counter((x.to, x.agency) for x in letters if x.template == "publication-date-moved")
    assert len(told) == 3 + 1 + 12
    assert set(told.values()) == {1}
    assert moved == Counter(dict.fromkeys(told, 2))


async def test_report_stayed_available_for_twelve_months(played: Played) -> None:
    assert played.due("availability") == add_months(played.day("published"), 12)


async def test_each_letter_went_out_once(played: Played) -> None:
    letters = queries.letters(played.stage.record, played.case)
    assert {letter.state for letter in letters} <= {"sent", "withdrawn"}
    assert len({(letter.stage, letter.letter.id) for letter in letters}) == len(letters)
    ids = [message.message_id for message in played.stage.letters()]
    assert len(ids) == len(set(ids))
    text = "\n".join(message.text for message in played.stage.letters())
    assert "Blackwood" not in text


async def test_histories_stay_short(played: Played) -> None:
    client = played.stage.env.client
    for stage in ("", "/safety/1", "/decision/1", "/panel", "/publication", "/actions", "/change", "/retention"):
        history = await client.get_workflow_handle(played.case.workflow_id + stage).fetch_history()
        assert len(history.events) < MOST_EVENTS, stage


async def test_the_record_holds_and_every_document_is_what_it_was(played: Played) -> None:
    assert queries.verify(played.stage.record, played.case).ok
    assert documents.verify(played.stage.record, played.stage.store, played.case) == []
    assert queries.tasks(played.stage.record, reference=played.case.reference) == []


async def test_nothing_is_left_of_the_outbox(played: Played) -> None:
    for stage in ("panel", "publication"):
        at = await played.stage.now()
        assert outbox.next_post_at(played.stage.record, played.case.stage_id(stage), at) is None


async def test_the_case_was_closed_after_more_than_three_years_and_only_its_keeping_goes_on(played: Played) -> None:
    summary = queries.case_summary(played.stage.record, played.case)
    assert summary.closed_at is not None
    assert (summary.closed_at - summary.opened_at).days > 3 * 366
    assert [each.stage for each in summary.stages if not each.finished] == [played.case.stage_id("retention")]


async def test_the_plan_was_signed_off_within_twenty_working_days_of_the_answers(played: Played) -> None:
    answered = max(fact.at.astimezone(CIVIL).date() for fact in played.facts if fact.kind == "finding-answered")
    assert played.due("action-plan") == add_working_days(answered, 20, CALENDAR)
    assert played.status("action-plan") is ClockStatus.MET
    assert played.status("action-plan/2") is ClockStatus.MET


async def test_an_action_with_more_time_keeps_both_days_and_is_brought_to_its_executive(played: Played) -> None:
    first, second = [entry.deadline.due_on for entry in played.computations(f"action/{SLOW}")]
    assert first == date.fromisoformat(str(played.fact("action-planned", SLOW).detail["due_on"]))
    assert second == date.fromisoformat(str(played.fact("action-extended", SLOW).detail["until"]))
    assert played.status(f"action/{SLOW}") is ClockStatus.LATE
    told = {r.rung: r.scheduled_at.astimezone(CIVIL).date() for r in _rungs(played) if r.clock == f"action/{SLOW}"}
    assert told["3"] == add_working_days(second, 5, CALENDAR)
    seen = played.fact("escalation-acknowledged", f"action/{SLOW}/3").by
    assert seen is not None and (seen.role, seen.agency) == (Role.AGENCY_EXECUTIVE, OWNERS[SLOW])


async def test_each_submission_was_looked_at_within_ten_working_days(played: Played) -> None:
    submitted = [
        f.at.astimezone(CIVIL).date() for f in played.facts if (f.kind, f.item) == ("evidence-submitted", SLOW)
    ]
    assert len(submitted) == 2
    for clock, day in zip((f"action-verification/{SLOW}", f"action-verification/{SLOW}/2"), submitted, strict=True):
        assert played.due(clock) == add_working_days(day, 10, CALENDAR)
        assert played.status(clock) is ClockStatus.MET


async def test_nobody_got_two_daily_letters_on_one_day(played: Played) -> None:
    letters = queries.letters(played.stage.record, played.case)
    sent = [each for each in letters if each.letter.daily and each.state == "sent" and each.ended_at is not None]
    messages = {
        (each.person, each.ended_at.astimezone(CIVIL).date(), each.message_id) for each in sent if each.ended_at
    }
    assert len(messages) > 10
    assert Counter((person, day) for person, day, _ in messages).most_common(1)[0][1] == 1


async def test_a_change_was_looked_at_on_its_dates_and_a_late_look_is_told_as_late(played: Played) -> None:
    due = max(
        date.fromisoformat(str(f.detail["due_on"]))
        for f in played.facts
        if f.kind == "action-planned" and f.item in ("A2", "A3")
    )
    statuses = []
    for number, months in enumerate(SEEN, start=1):
        clock = f"observation-by-board/C1/{number}"
        assert played.due(clock) == add_months(due, months)
        statuses.append(played.status(clock))
    assert statuses == [ClockStatus.MET, ClockStatus.LATE, ClockStatus.MET, ClockStatus.MET]


async def test_a_sustained_change_was_looked_at_once_more_a_year_after_its_closing(played: Played) -> None:
    for change in ("C1", "C3"):
        assert played.fact("change-closed", change).detail["outcome"] == "sustained"
        assert played.due(f"another-look/{change}") == add_months(played.day("change-closed", change), 12)
        assert played.status(f"another-look/{change}") is ClockStatus.MET


async def test_an_answer_that_was_wrong_was_planned_anew(played: Played) -> None:
    judged = played.day("change-judged", "C2/1")
    [replanned] = played.computations(f"action-replan/{WRONG}")
    assert replanned.deadline.due_on == add_working_days(judged, 20, CALENDAR)
    by = played.fact("action-superseded", WRONG).detail["by"]
    assert played.fact("action-planned", str(by)).detail["findings"] == ["F2"]
    assert played.fact("change-closed", "C2").detail == {
        "outcome": "re-planned",
        "by": "C3",
        "reason": "The answer was wrong.",
    }


async def test_quality_markers_were_asked_of_people_who_were_there_and_again_at_the_end(played: Played) -> None:
    letters = queries.letters(played.stage.record, played.case)
    asked = Counter(each.letter.to for each in letters if each.letter.template == "quality-asked")
    assert asked.keys() >= {Role.BUSINESS_MANAGER, Role.LEAD_REVIEWER, Role.PANEL_CHAIR, Role.BOARD_CHAIR}
    assert any(each.letter.template == "quality-asked-again" for each in letters)
    assert played.fact("marker-judged", "qm-18").by is not None


async def test_the_record_is_kept_for_thirty_years_from_the_closing(played: Played) -> None:
    closed = played.day("case-closed")
    title = next(
        s.title for s in queries.case_summary(played.stage.record, played.case).stages if s.stage.endswith("retention")
    )
    assert str(add_months(closed, 360).year) in title
    assert played.fact("case-closed").detail["retention"] == "safeguarding-30"
