"""Gathering: the agencies' reports, their authors, returns, more time, silence."""

from datetime import date, timedelta

from panel_world import (
    AGENCIES,
    REVIEWER,
    answer_report,
    extend_report,
    gathering,
    give,
    go_on_without_report,
    lead,
    nil_return,
    nominate,
    send_report,
)
from stage_world import CHAIR, DAY, T0, World, actor

from domain.command import Command, Found, FoundDocument
from domain.panel import PanelReviewState
from domain.people import Role
from domain.record import ClockStatus


def code(world: World[PanelReviewState], command: Command) -> str:
    refusal = world.refuses(command)
    return refusal.code if refusal else ""


def test_author_neither_worked_on_the_case_nor_managed_those_who_did() -> None:
    world = gathering()
    assert code(world, nominate("health", worked_on_the_case=True)) == "author-apart"
    assert code(world, nominate("health", managed_the_case=True)) == "author-apart"
    assert code(world, nominate("health", managed_the_case=None)) == "declaration-unanswered"


def test_report_author_is_not_who_signs_it_off() -> None:
    world = give(gathering(), nominate("health"))
    assert code(world, send_report("health", signed_off_by="health-author")) == "author-is-not-who-signs"
    give(world, nominate("health", author="somebody-else"))
    assert code(world, send_report("health", signed_off_by="health-author")) == ""


def test_author_is_named_before_the_report() -> None:
    assert code(gathering(), send_report("health")) == "author-named"


def test_report_and_chronology_or_a_nil_return() -> None:
    world = give(gathering(), nominate("health"))
    for fields in (
        {"report": ""},
        {"chronology": ""},
        {"nil_return": True},
        {"nil_return": True, "report": ""},
        {"report": "", "chronology": ""},
    ):
        assert code(world, send_report("health", **fields)) == "report-or-nil"
    assert code(world, nil_return("health")) == ""


def test_what_is_not_kept_with_the_case_is_no_report() -> None:
    world = give(gathering(), nominate("health"))
    assert code(world, send_report("health", found=Found(missing=("documents",)))) == "document-kept"
    assert code(world, send_report("health", found=Found(missing=("chronology",)))) == "chronology-kept"
    of_police = FoundDocument(id="D-1/1", kind="agency-report", agency="police")
    assert code(world, send_report("health", found=Found(documents=(of_police,)))) == "own-document"
    assert code(world, send_report("health", chronology="police/1")) == "own-chronology"


def test_an_agency_answers_for_itself_only() -> None:
    refusal = gathering().refuses(nominate("health").model_copy(update={"actor": lead("police")}))
    assert refusal is not None and refusal.code == "own-agency"


def test_an_agency_not_under_review_is_not_asked() -> None:
    assert code(gathering(), nominate("library")) == "agency-under-review"


def test_a_report_waits_for_the_panel_once() -> None:
    world = give(gathering(), nominate("health"))
    assert code(world, answer_report("health")) == "no-report"
    give(world, send_report("health"))
    assert code(world, send_report("health")) == "report-with-panel"
    give(world, answer_report("health"))
    assert code(world, send_report("health")) == "report-accepted"
    assert code(world, answer_report("health")) == "no-report"
    assert code(world, extend_report("health", date(2026, 6, 1))) == "report-awaited"
    assert code(world, nominate("health")) == "report-settled"


def test_returns_are_counted_and_each_has_its_own_clock() -> None:
    world = give(gathering(), nominate("health"))
    for _ in range(2):
        world.at += timedelta(days=3)
        give(world, send_report("health"), answer_report("health", "returned"))
    report = world.state.reports.get("health")
    assert report is not None and report.returns == 2
    open_now = {entry.id for entry in world.stage.clocks.open}
    assert "agency-report-rework/health/2" in open_now
    first = world.stage.clocks.get("agency-report-rework/health/1")
    assert first is not None and first.status is ClockStatus.MET
    assert [letter.id for letter in world.letters if letter.template == "report-returned"] == [
        "returned/health/1",
        "returned/health/2",
    ]
    give(world, send_report("health"), answer_report("health"))
    assert "health" not in world.state.reports.unsettled


def test_more_time_keeps_the_first_date_and_says_who_allowed_it() -> None:
    world = gathering(reports_due_on=date(2026, 4, 20))
    give(world, extend_report("health", date(2026, 5, 4)))
    entry = world.stage.clocks.get("agency-report/health")
    assert entry is not None
    assert (entry.deadline.due_on, entry.computation) == (date(2026, 5, 4), 2)
    assert "panel chair" in entry.reason
    deadlines = [c.deadline.due_on for r in world.recordings for c in r.clocks if c.id == "agency-report/health"]
    assert deadlines == [date(2026, 4, 20), date(2026, 5, 4)]


def test_more_time_ends_later_than_what_stands() -> None:
    world = give(gathering(), extend_report("health", date(2026, 5, 4)))
    for day in (date(2026, 5, 4), date(2026, 4, 1), T0.date()):
        assert code(world, extend_report("health", day)) == "extension-forward"


def test_more_time_ends_later_than_the_regimes_own_day() -> None:
    assert code(gathering(), extend_report("health", date(2026, 3, 2))) == "no-extension"


def test_more_time_for_the_rework_does_not_touch_the_first_date() -> None:
    world = give(gathering(), nominate("health"), send_report("health"), answer_report("health", "returned"))
    before = world.stage.clocks.get("agency-report/health")
    give(world, extend_report("health", date(2026, 4, 20)))
    assert world.stage.clocks.get("agency-report/health") == before
    rework = world.stage.clocks.get("agency-report-rework/health/1")
    assert rework is not None and rework.deadline.due_on == date(2026, 4, 20)


def test_silence_goes_to_the_agencys_executive_and_then_to_the_chair() -> None:
    world = gathering()
    world.walk(timedelta(days=90))
    told = [x for x in world.letters if x.words.get("about") == "health" and x.clock_title.startswith("Report")]
    overdue = [x.to for x in told if x.template == "clock-overdue" and "." not in x.id]
    assert overdue == [Role.AGENCY_LEAD, Role.BUSINESS_MANAGER, Role.AGENCY_EXECUTIVE, Role.BOARD_CHAIR]
    executive = next(x for x in told if x.to is Role.AGENCY_EXECUTIVE)
    assert executive.agency == "health" and executive.acknowledge


def test_the_panel_is_chased_for_its_answer() -> None:
    world = give(gathering(), nominate("health"), send_report("health"))
    world.walk(timedelta(days=20))
    asked = [x.to for x in world.letters if x.clock_title.startswith("Answer of the panel")]
    assert asked[:2] == [Role.PANEL_CHAIR, Role.PANEL_CHAIR]


def test_the_chair_goes_on_without_a_report_and_nobody_is_chased_for_it_any_more() -> None:
    world = give(gathering(), go_on_without_report("health"))
    assert "health" not in world.state.reports.unsettled
    assert not [entry.id for entry in world.stage.clocks.open if entry.id.endswith("/health")]
    assert code(world, go_on_without_report("health")) == "report-awaited"
    give(world, nominate("police"))
    assert code(world, go_on_without_report("police").model_copy(update={"actor": actor(Role.PANEL_CHAIR)})) == "role"


def test_a_report_that_comes_after_all_is_taken() -> None:
    world = give(gathering(), nominate("health"))
    give(world, go_on_without_report("health"), send_report("health"))
    assert "health" in world.state.reports.unsettled
    give(world, answer_report("health"))
    assert "health" not in world.state.reports.unsettled


def test_reports_are_due_by_the_regimes_time_where_the_terms_set_no_day() -> None:
    world = gathering()
    entry = world.stage.clocks.get("agency-report/police")
    assert entry is not None and entry.deadline.amount == 40
    assert entry.deadline.due_on == date(2026, 4, 2)


def test_all_reports_settled_leads_to_the_draft() -> None:
    world = gathering()
    for agency in AGENCIES:
        assert "submit-draft" not in world.asked
        give(world, nil_return(agency), answer_report(agency, by=REVIEWER))
    assert "submit-draft" in world.asked
    assert world.state.standing == "analysing"


def test_a_late_report_is_late_though_more_time_was_never_asked() -> None:
    world = give(gathering(), nominate("health"))
    world.sleep(80 * DAY)
    give(world, send_report("health"))
    entry = world.stage.clocks.get("agency-report/health")
    assert entry is not None and entry.status is ClockStatus.LATE


def test_the_board_chair_may_allow_more_time_too() -> None:
    assert code(gathering(), extend_report("health", date(2026, 6, 1), by=CHAIR)) == ""
