"""Corrections on an engine: the timer is armed anew, one letter goes to each who was told, every working is kept."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType

from desk import calendar_apply
from domain.clocks.proclaimed import CalendarCorrection
from domain.people import Actor, Role
from domain.record import CaseRef
from records import proclaimed, queries
from records.views import RecordedClock
from rehearsal.beginning import decide_on_review
from rehearsal.review import TRIAL, Review
from rehearsal.service import CIVIL, Rehearsal

pytestmark = pytest.mark.time_skipping

CLOCK = "review-decision"
RECORDS = "agency-records-secured"
MANAGER = Actor(person="nb-manager", role=Role.BUSINESS_MANAGER)


def computations(stage: Rehearsal, case: CaseRef, clock: str) -> list[RecordedClock]:
    return [each for each in queries.clocks(stage.record, case) if each.entry.id == clock]


def moved(stage: Rehearsal, case: CaseRef) -> list[tuple[str, str]]:
    letters = queries.letters(stage.record, case)
    return [(each.letter.id, each.state) for each in letters if each.letter.template == "clock-moved"]


async def armed(stage: Rehearsal, workflow: str) -> datetime:
    """When the timer that was armed last goes off."""
    history = await stage.env.client.get_workflow_handle(workflow).fetch_history()
    event = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_TIMER_STARTED][-1]
    span = event.timer_started_event_attributes.start_to_fire_timeout
    return event.event_time.ToDatetime(CIVIL) + timedelta(seconds=span.seconds)


async def test_a_corrected_start_arms_the_timer_anew_and_tells_once(stage: Rehearsal, event: Any) -> None:
    incident = event()
    case = incident.case
    await stage.tell(incident)
    await stage.pass_days(2)
    decision = case.stage_id("decision", 1)
    [before] = computations(stage, case, CLOCK)
    earlier = before.entry.deadline.started_at - timedelta(days=21)
    given: dict[str, Any] = {"started_at": earlier, "reason": "The log of calls shows it."}
    await stage.answer(decision, "correct-start", Role.BUSINESS_MANAGER, item=CLOCK, **given)
    await stage.pass_days(1)
    first, second = computations(stage, case, CLOCK)
    assert first.entry.deadline == before.entry.deadline and not first.current
    assert second.entry.deadline.started_at == earlier and second.entry.reason.startswith("the start was corrected")
    coming = [at for at in second.entry.rungs if at > await stage.now()]
    assert await armed(stage, decision) <= min(coming) + timedelta(seconds=2)
    letters = [letter for letter, _ in moved(stage, case) if letter.startswith(f"moved/{CLOCK}/")]
    assert letters == [f"moved/{CLOCK}/2/business-manager"]
    assert {state for _, state in moved(stage, case)} == {"sent"}
    assert sum("is now due" in mail.subject for mail in stage.letters()) == len(moved(stage, case))
    climbed = [f.detail["rung"] for f in stage.facts(case) if f.kind == "rung-climbed" and f.detail["clock"] == CLOCK]
    assert len(climbed) == len(set(climbed)), "a rung that was climbed is not climbed again"
    assert queries.verify(stage.record, case).ok


async def test_a_proclaimed_holiday_moves_what_its_dry_run_said_and_nothing_else(stage: Rehearsal, event: Any) -> None:
    incident = event()
    case = incident.case
    await stage.tell(incident)
    before = {each.entry.id: each.entry for each in queries.clocks(stage.record, case) if each.current}
    day = next(e.deadline.due_on for id, e in before.items() if id.startswith(f"{RECORDS}/"))
    correction = proclaimed_on(day)
    at = await stage.now()
    would = {
        (move.stage, move.clock): move for move in calendar_apply.moves(stage.record, stage.directory, correction, at)
    }
    assert {clock.partition("/")[0] for _, clock in would} >= {RECORDS}
    proclaimed.keep(stage.record, correction, at)
    told = await calendar_apply.tell_stages(
        stage.record, stage.env.client, correction, actor=MANAGER, wait=timedelta(seconds=20)
    )
    assert all(each.done for each in told)
    await stage.pass_days(1)
    after = {(each.stage, each.entry.id): each.entry for each in queries.clocks(stage.record, case) if each.current}
    again = {key for key, entry in after.items() if entry.computation > 1}
    assert again == set(would)
    for key in again:
        assert after[key].reason.startswith("the calendar was corrected for ")
    letters = moved(stage, case)
    assert letters and len(letters) == len(set(letters))
    again_told = await calendar_apply.tell_stages(
        stage.record, stage.env.client, correction, actor=MANAGER, wait=timedelta(seconds=20)
    )
    assert all(each.done for each in again_told)
    await stage.pass_days(1)
    assert moved(stage, case) == letters, "applied twice it is told once"
    assert sum(fact.kind == "calendar-applied" for fact in stage.facts(case)) == len(told)


async def test_a_stop_that_is_recorded_when_it_is_over_gives_its_time_back_and_tells_once(stage: Rehearsal) -> None:
    case = await decide_on_review(stage)
    await Review(stage, case, only=("northbridge-police", "northbridge-cs")).set_up()
    await stage.pass_days(30)
    panel, now = case.stage_id("panel"), await stage.now()
    [before] = computations(stage, case, "serious-case-review")
    known = len(moved(stage, case))
    told: dict[str, Any] = {"reason": "The prosecutor had asked for it.", "told": "the prosecutor"}
    again = (now + timedelta(days=60)).date()
    stop: dict[str, Any] = {"effect": "stops-review-clock", "look_again_on": again, "since": now - timedelta(days=21)}
    await stage.answer(panel, "decide-effect", Role.BOARD_CHAIR, item=TRIAL, **stop, **told)
    go_on: dict[str, Any] = {"effect": "none", "since": now - timedelta(days=7)}
    await stage.answer(panel, "decide-effect", Role.BOARD_CHAIR, item=TRIAL, **go_on, **told)
    await stage.pass_days(1)
    *earlier, after = computations(stage, case, "serious-case-review")
    assert earlier[0].entry.deadline == before.entry.deadline, "what was believed is kept"
    assert after.entry.deadline.due_on == before.entry.deadline.due_on + timedelta(days=14)
    assert "the clock was stopped" in after.entry.reason
    climbed = set(before.entry.climbed)
    assert climbed <= set(after.entry.climbed), "a reminder that was sent before the stop is not sent again"
    coming = [at for at in after.entry.rungs if at > await stage.now()]
    assert coming and await armed(stage, panel) <= min(coming) + timedelta(seconds=2)
    letters = moved(stage, case)[known:]
    of_clock = [letter for letter, _ in letters if letter.startswith("moved/serious-case-review/")]
    assert len(of_clock) == len(set(of_clock)) and {state for _, state in letters} <= {"sent"}
    assert queries.verify(stage.record, case).ok


def proclaimed_on(day: date) -> CalendarCorrection:
    given = {"calendar": "england-wales", "source": "Proclamation", "day": [{"on": day, "name": "Day of mourning"}]}
    return CalendarCorrection.model_validate(given)
