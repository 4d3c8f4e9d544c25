"""What would happen if: a live case's clocks played on, the live case untouched."""

from datetime import timedelta

import pytest

from activities.regimes import Regimes
from desk.what_if import Forecast
from domain.people import Role
from domain.record import CaseRef
from domain.what_if import Because, NotAssumable, parse_assumption
from records import queries
from rehearsal.beginning import decide_on_review
from rehearsal.review import Review
from rehearsal.service import REGIME, Rehearsal
from whatif import Question, forecast

pytestmark = pytest.mark.time_skipping
AGENCIES = ("northbridge-police", "northbridge-cs", "northbridge-housing")


@pytest.fixture
async def case(stage: Rehearsal) -> CaseRef:
    """A review whose agencies were asked for their reports."""
    case = await decide_on_review(stage)
    await Review(stage, case, only=AGENCIES).set_up()
    await stage.pass_time(timedelta(hours=1))  # its letters are out
    return case


async def ask(stage: Rehearsal, case: CaseRef, *assumed: str) -> Forecast:
    regime = Regimes(stage.settings.overlays).of_board(REGIME, case.board)
    assumptions = [parse_assumption(each) for each in assumed]
    asked = Question(case, regime, stage.directory, assumptions, await stage.now())
    return await forecast(stage.record, stage.settings, asked)


async def test_what_comes_late_moves_the_milestones_after_it_and_breaks_what_has_no_time_to_spare(
    stage: Rehearsal, case: CaseRef
) -> None:
    before = queries.export(stage.record, case)
    letters = len(stage.letters())
    found = await ask(stage, case, "panel.agency_reports=+15wd")
    reports = [clock for clock in found.clocks if clock.clock.startswith("agency-report/")]
    assert {clock.clock for clock in reports} == {f"agency-report/{agency}" for agency in AGENCIES}
    for clock in reports:
        assert (clock.because, clock.breaks, clock.margin) == (Because.ASSUMED, True, -15)
    milestones = [clock for clock in found.clocks if clock.clock.startswith("milestone/")]
    after = [clock for clock in milestones if clock.due_on > reports[0].due_on]
    assert after and all((clock.because, clock.margin) == (Because.FOLLOWS, -15) for clock in after)
    in_time = [clock for clock in found.clocks if clock.because is Because.IN_TIME]
    assert in_time and not any(clock.breaks for clock in in_time)
    chased = [letter for letter in found.letters if not letter.anyhow and letter.clock == reports[0].clock]
    assert Role.AGENCY_EXECUTIVE in {letter.role for letter in chased}
    assert all(letter.people for letter in chased), "each has a reader in the directory"
    assert (queries.export(stage.record, case), len(stage.letters())) == (before, letters), "the live case is untouched"


async def test_letters_are_those_that_then_really_go(stage: Rehearsal, case: CaseRef) -> None:
    """What the forecast says of an agency that sends nothing is compared with the agency sending nothing."""
    item = "northbridge-housing"
    entry = next(c.entry for c in queries.clocks(stage.record, case) if c.entry.id == f"agency-report/{item}")
    until = entry.deadline.due_at + timedelta(days=17)
    found = await ask(stage, case, f"panel.agency-report/{item}=never")
    expected = {
        (letter.role, letter.people, letter.at.date())
        for letter in found.letters
        if letter.clock == entry.id and letter.at < until
    }
    known = {letter.letter.id for letter in queries.letters(stage.record, case)}
    await stage.pass_until(until)
    sent = {
        (each.letter.to, (each.person,), each.ended_at.date())
        for each in queries.letters(stage.record, case)
        if each.letter.id not in known and each.letter.id.startswith(f"climb/{entry.id}/") and each.ended_at
    }
    assert expected == sent
    assert {role for role, _, _ in expected} >= {Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE, Role.BOARD_CHAIR}


async def test_what_is_done_early_is_chased_by_nobody(stage: Rehearsal, case: CaseRef) -> None:
    item = "northbridge-police"
    late = await ask(stage, case, f"panel.agency-report/{item}=never")
    early = await ask(stage, case, f"panel.agency-report/{item}=-30d")
    assert [letter for letter in late.letters if letter.clock == f"agency-report/{item}"]
    assert not [letter for letter in early.letters if letter.clock == f"agency-report/{item}" and not letter.anyhow]
    [clock] = [clock for clock in early.clocks if clock.clock == f"agency-report/{item}"]
    assert not clock.breaks and clock.margin


async def test_an_assumption_about_no_clock_is_refused_with_those_there_are(stage: Rehearsal, case: CaseRef) -> None:
    with pytest.raises(NotAssumable, match=r"no clock panel.agency-summaries runs in this case; these do: .*panel\."):
        await ask(stage, case, "panel.agency_summaries=+3wd")


async def test_a_forecast_takes_nothing_from_the_environment(
    stage: Rehearsal, case: CaseRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database or mail server of the live service that it used would be written to."""
    for name in ("DATABASE_URL", "KEY_FILE", "SMTP_HOST", "FILES"):
        monkeypatch.setenv(f"SCR_{name}", "nowhere://")
    monkeypatch.setenv("SCR_SMTP_PORT", "1")
    assert (await ask(stage, case, "panel.agency_reports=+1wd")).letters
