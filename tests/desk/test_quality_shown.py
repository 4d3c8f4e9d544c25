"""What the record itself shows for each quality marker, without anybody's judgement."""

from collections.abc import Callable, Iterator

import pytest
from learning_records import (
    NAME,
    Told,
    clock,
    expected,
    on,
    opened,
)
from quality_records import CASE, TYPED, marker, pack, play, shown, written

from desk.quality import SHOWN_BY_THE_RECORD, QualityPack
from desk.quality_writing import as_markdown
from domain.case_commands import Challenge
from domain.change_commands import ExpectChange
from domain.clocks.rule import Unit
from domain.clocks.stops import Stop
from domain.decision_commands import Decide
from domain.participation import RecordNoFamily
from domain.record import ClockStatus, Fact
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import Keyring


@pytest.fixture
def case(sqlite_url: str, open_record: Callable[[str], Record]) -> Told:
    """A case that has begun."""
    told = Told(open_record(sqlite_url), CASE)
    opened(told, on("2027-01-04"))
    return told


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[QualityPack]:
    """The pack of a review that went from its decision to its changes, judged by nobody yet."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('quality') / 'record.db'}")
    upgrade(engine)
    told = Told(Record(engine, keyring, lambda board, at, urgent: at), CASE)
    play(told)
    yield pack(told, "2028-06-20")
    engine.dispose()


def test_every_marker_has_a_look_at_the_record(whole: QualityPack) -> None:
    assert list(SHOWN_BY_THE_RECORD) == [each.id for each in whole.markers]
    assert [each.number for each in whole.markers if not each.shows] == []


def test_referral_shows_when_it_was_notified_and_which_limbs_are_met(whole: QualityPack) -> None:
    assert shown(whole, 1) == [
        "The authority became aware of the incident at 10:00 on Friday 1 January 2027.",
        "Incident notification: met on Monday 4 January 2027, due by the end of Friday 8 January 2027.",
        "The incident was reported once.",
        "Put to the criteria once, last on Monday 4 January 2027: a serious case review is always held; "
        "limbs met: death.",
        "Limbs of which it was not known then whether they are met: parent murdered.",
        "1 child who may be at risk identified; for 1 of them a decision on their safety is recorded.",
    ]


def test_decision_shows_its_clock_what_overtook_it_and_the_first_summaries(whole: QualityPack) -> None:
    assert shown(whole, 2) == [
        "Clock of decision 1: met on Monday 8 February 2027, 4 days late, due by the end of Thursday 4 February 2027.",
        "Recommended on Monday 25 January 2027 by the sub-group: no review; with reasons for 1 limb of the criteria.",
        "Recommended on Saturday 30 January 2027 by the sub-group: serious case review; "
        "with reasons for 2 limbs of the criteria.",
        "Decided on Monday 8 February 2027 by the board chair: serious case review; the reasons are recorded, "
        "with 1 dissent.",
        "Recommendations overtaken by new facts before a decision: 1.",
        "3 agencies asked for a first summary: 2 received (1 of them nil returns), 1 late, "
        "1 not there when it was decided.",
    ]


def test_challenge_of_a_decision_shows(case: Told) -> None:
    said = {"received_at": on("2027-03-01"), "reason": TYPED}
    told = case.said(on("2027-03-02"), Challenge, "", "", **said)
    [challenge] = [each for each in marker(pack(case), 2).shows if "Challenges" in each.text]
    assert challenge.facts == (told,)


def test_board_members_show_when_they_were_told(whole: QualityPack) -> None:
    assert "The members of the board were told on Wednesday 10 February 2027." in shown(whole, 3)


def test_board_members_who_were_not_told_show(case: Told) -> None:
    case.said(on("2027-02-01"), Decide, "", "decision/1", outcome="none", rationale=TYPED)
    assert "It is not recorded that the members of the board were told." in shown(pack(case), 3)


def test_family_shows_who_was_told_when_and_where_a_reason_stands(whole: QualityPack) -> None:
    assert shown(whole, 4) == [
        "3 members of the family planned for.",
        "Members for whom an interpreter or other help is planned: 1.",
        "family-1: informed on Thursday 4 March 2027.",
        "family-2: it is recorded why they are not asked to take part.",
        "family-3: not told of the review yet.",
    ]
    assert "family-1: took part on Tuesday 4 May 2027, feedback given on Saturday 4 September 2027." in shown(whole, 12)
    assert "family-3: has neither taken part nor declined yet." in shown(whole, 12)


def test_family_of_which_nothing_is_recorded_shows_as_that(case: Told) -> None:
    case.moved(on("2027-02-10"), "panel", Fact(kind="agency-asked", at=on("2027-02-10"), item="health"), stage="panel")
    lacking = "It is recorded neither who of the family is told and takes part, nor why nobody is."
    assert shown(pack(case), 4) == shown(pack(case), 12) == [lacking]
    case.said(on("2027-02-11"), RecordNoFamily, "", "panel", reason=TYPED)
    assert shown(pack(case), 4) == ["Recorded on Thursday 11 February 2027: why nobody of the family takes part."]


def test_purpose_and_commissioning_show_the_terms_and_who_was_appointed(whole: QualityPack) -> None:
    assert shown(whole, 5) == [
        "The terms of reference, with the purpose of the review, were approved on Friday 5 March 2027 "
        "by the board chair.",
        "Processes beside the review that concern the conduct of people or the running of services: disciplinary 1.",
    ]
    lines = shown(whole, 6)
    assert "2 appointments as lead reviewer, the first on Saturday 20 February 2027." in lines
    assert [line for line in lines if line.startswith("Version")][1] == (
        "Version 2 of the terms of reference was drafted on Friday 5 March 2027 by the business manager: "
        "2 questions, 2 agencies under review."
    )
    assert [line.split(" on ")[0] for line in lines if line.startswith("Terms of")] == [
        "Terms of reference sent back",
        "Terms of reference approved",
    ]


def test_governance_shows_checks_of_fact_views_impasse_and_acceptance(whole: QualityPack) -> None:
    lines = shown(whole, 7)
    assert (
        "1 check of facts by agencies, with 2 corrections: 1 accepted, 1 not, each with the reason recorded." in lines
    )
    assert "Gone on without the check of facts of 1 agency; the reasons are recorded." in lines
    assert "Views of the panel on the last draft: 2 agree, 1 dissent recorded." in lines, "the last view of each counts"
    assert "Impasse settled on Wednesday 15 September 2027 by the board chair: draft stands." in lines
    assert [line.split(" for ")[0] for line in lines if line.startswith("Report ")] == [
        "Report sent back",
        "Report accepted",
    ]


def test_management_shows_delays_with_and_without_reasons_and_stops(whole: QualityPack) -> None:
    lines = shown(whole, 8)
    assert "Serious case review: met on Wednesday 20 October 2027, due by the end of Friday 29 October 2027." in lines
    assert (
        "More time for the review given on Tuesday 20 July 2027 by the board chair, until Friday 29 October 2027; "
        "the reason is recorded." in lines
    )
    assert "Milestone 1 of 2: met on Thursday 3 June 2027, 3 days late, due by the end of Monday 31 May 2027." in lines
    explained = "Why the milestone of Monday 31 May 2027 is late, and what is done meanwhile, is recorded on"
    assert any(line.startswith(explained) for line in lines)
    assert "It is not recorded why the milestone of Tuesday 31 August 2027 is late." in lines
    assert "The clock of the review was stopped on Thursday 1 April 2027, until Saturday 1 May 2027." in lines
    assert "Appointments that ended while the review went on: 1; the reasons are recorded." in lines


def test_clock_that_stands_still_shows_as_stopped(case: Told) -> None:
    stands = Stop(since=on("2027-04-01"), reason=TYPED)
    entry = clock("serious-case-review", on("2027-02-08"), "2027-08-08", unit=Unit.MONTHS)
    stopped = entry.model_copy(update={"stops": (stands,), "status": ClockStatus.STOPPED})
    case.kept(on("2027-04-01"), stopped, "panel")
    lines = shown(pack(case), 8)
    assert "Serious case review: stopped." in lines
    assert "The clock of the review was stopped on Thursday 1 April 2027, and stands still." in lines


def test_processes_beside_the_review_show_with_their_effects(whole: QualityPack) -> None:
    assert shown(whole, 9) == [
        "Police and prosecution: goes on, its next date is Tuesday 20 April 2027; decided that it stops the "
        "review's clock (Thursday 1 April 2027, to be looked at again by Saturday 1 May 2027), then has no effect on "
        "the review (Saturday 1 May 2027).",
        "Coroner: has ended; its effect is not decided.",
        "Disciplinary: goes on; its effect is not decided.",
    ]


def test_information_shows_what_came_from_each_agency(whole: QualityPack) -> None:
    assert shown(whole, 10) == [
        "3 agencies asked for a report and a chronology: 1 report and 1 nil return in, returned by the panel once, "
        "gone on without 1.",
        "health: author named; report received on Thursday 20 May 2027; returned once; accepted; "
        "given more time once; clock met on Saturday 1 May 2027, due by the end of Wednesday 5 May 2027; "
        "rework met on Thursday 20 May 2027, 5 days late, due by the end of Saturday 15 May 2027.",
        "police: no author named; nil return received on Thursday 1 April 2027.",
        "school: no author named; no report received; gone on without it, with the reason recorded.",
        "Chronology of health, received on Saturday 1 May 2027: 42 rows, 1 not read.",
    ]


def test_practitioners_show_step_by_step_in_the_order_in_which_it_happened(whole: QualityPack) -> None:
    assert shown(whole, 11) == [
        "Practitioners: informed, Monday 8 March 2027.",
        "Practitioners: supported, Tuesday 9 March 2027.",
        "Practitioners: not held, Saturday 8 May 2027, with the reason.",
    ]


def test_analysis_shows_what_each_standing_finding_rests_on(whole: QualityPack) -> None:
    assert shown(whole, 13) == [
        "Findings that stand: finding 2; withdrawn 1.",
        "Parts of the system that they are about: tools and guidance 2.",
        "F1: finding, high priority; rests on 1 row of chronologies and 2 conversations.",
        "F2: finding, high priority; rests on no rows of chronologies and 2 conversations.",
    ]


def test_report_shows_its_drafts_what_was_marked_and_its_checks(whole: QualityPack) -> None:
    lines = shown(whole, 14)
    assert (
        "Draft 2 (D-7/2) on Wednesday 1 September 2027: its text was checked, 1 marked passage kept "
        "for a recorded reason." in lines
    )
    assert "The texts of the findings were checked, 1 marked passage kept for a recorded reason." in lines
    assert "Replaced by D-7/3 on Wednesday 10 November 2027; the reason is recorded." in lines
    [identification] = [line for line in lines if line.startswith("Identification")]
    assert identification.endswith("failed on Saturday 6 November 2027, then passed on Tuesday 16 November 2027.")
    assert "Legal and data protection check: not recorded." in lines


def test_improvement_shows_what_followed_from_accepted_findings(whole: QualityPack) -> None:
    assert shown(whole, 15) == [
        "2 findings accepted, in whole or partly: 1 with actions, 0 with a reason recorded why none, "
        "1 with neither (F2).",
        "2 actions of 2 agencies, 1 of them early, before there were findings.",
        "Findings addressed beyond the board, to the nation: F1.",
        "Version 1 of the action plan was signed off on Saturday 20 November 2027.",
    ]


def test_response_shows_the_answers_and_how_long_they_took(whole: QualityPack) -> None:
    assert shown(whole, 16) == [
        "Answers of the board to findings: accepted 1, partly 1.",
        "With reasons recorded: 2 of 2 that need one.",
        "Last answered 15 days after the report was accepted.",
        "The response was published as D-9/1, 84 days after the report was accepted.",
    ]


def test_publication_shows_every_date_with_whether_a_reason_stands(whole: QualityPack) -> None:
    lines = shown(whole, 17)
    assert "Decided on Friday 5 November 2027 by the board chair: to publish in part; the reason is recorded." in lines
    assert [line for line in lines if line.startswith(("Date", "Called"))] == [
        "Date of publication set on Saturday 20 November 2027: Friday 10 December 2027.",
        "Date of publication moved on Thursday 25 November 2027 to Wednesday 15 December 2027; the reason is recorded.",
        "Called off on Wednesday 1 December 2027; the reason is recorded.",
        "Date of publication set on Thursday 2 December 2027: Wednesday 12 January 2028.",
    ]
    assert "Report handed over to the national panel on Friday 3 December 2027." in lines
    assert "Check that the family was told: not recorded." in lines
    assert "Published on Wednesday 12 January 2028." in lines


def test_implementation_shows_actions_and_what_was_observed_late_or_not_at_all(whole: QualityPack) -> None:
    assert shown(whole, 18) == [
        "Actions: planned 1, verified 1.",
        "How often actions were changed on their way: sent back after evidence was submitted 1, given more time 1.",
        "Judged to be the wrong answer and still to be planned anew: A1.",
        "The action plan was reviewed on Sunday 9 January 2028.",
        "Expected changes and how they are seen: number 1.",
        "3 observations due: 1 made (1 of them late), 1 absent with a reason recorded, 1 missing; 1 to come.",
        "Judgements of what was observed: no change 1; the answer was wrong after all 1.",
        "C1 was closed on Thursday 1 June 2028: not achieved.",
    ]


def test_observation_is_missing_only_after_its_day(case: Told) -> None:
    case.said(on("2027-02-01"), ExpectChange, "C1", **expected(("A1",)) | {"observe_on": ["2027-06-15"]})
    assert any("no observations due: 0 made" in line.lower() for line in shown(pack(case, "2027-06-15"), 18))
    assert any("1 observation due" in line and "1 missing" in line for line in shown(pack(case, "2027-06-16"), 18))


def test_every_fact_that_is_named_is_of_the_case(whole: QualityPack) -> None:
    named = {fact for each in whole.markers for shows in each.shows for fact in shows.facts}
    assert min(named) >= 1
    assert len(named) > 60


def test_nothing_that_people_typed_is_in_the_pack_but_judgements(whole: QualityPack) -> None:
    assert TYPED not in written(whole)
    assert NAME not in written(whole)
    assert "nb-" not in written(whole), "nor who it was"


def test_case_that_has_only_begun_shows_little_and_lacks_nothing(case: Told) -> None:
    found = pack(case)
    assert [each.number for each in found.markers if each.shows] == [1]
    assert as_markdown(found).count("The record shows nothing of it yet.") == 17
