"""Findings and the report: evidence, marked words, check of facts, sign-off, impasse, the board's acceptance."""

from datetime import timedelta

import pytest
from panel_world import (
    AGENCIES,
    REVIEWER,
    accepted,
    answer_correction,
    answer_report,
    appoint,
    check_facts,
    checked,
    convened,
    decide_on_report,
    decide_on_terms,
    declare_impasse,
    draft_terms,
    drafted,
    end_appointment,
    family,
    finding,
    gathered,
    gathering,
    give,
    go_on_without_check,
    member,
    nil_return,
    plan_family,
    practitioners,
    settle_impasse,
    sign_off,
    signed_off,
    submit,
    withdraw,
)
from stage_world import CHAIR, World, actor

from domain.command import Command, Found, FoundDocument
from domain.panel import PanelReviewState
from domain.people import Role
from domain.text_check import Kept, Mark

BLAME = Mark(passage="failed to act", kind="blame", why="Say what made it make sense at the time")
MARKED = Found(marks=(BLAME,))


def code(world: World[PanelReviewState], command: Command) -> str:
    refusal = world.refuses(command)
    return refusal.code if refusal else ""


def test_a_finding_has_evidence_and_asks_something() -> None:
    world = gathered()
    assert code(world, finding(chronology_rows=())) == "evidence-given"
    assert code(world, finding(chronology_rows=(), conversations=("a school nurse, 3 March",))) == ""
    assert code(world, finding(found=Found(missing=("chronology",)))) == "evidence-kept"
    assert code(world, finding(put_to_board=" ")) == "put-to-board"
    assert code(world, finding(kind="good-practice", put_to_board="")) == ""
    assert code(world, finding(None)) == "finding-named"


def test_marked_words_are_rephrased_or_stay_with_a_reason() -> None:
    world = gathered()
    refusal = world.refuses(finding(found=MARKED))
    assert refusal is not None and refusal.code == "text-marked"
    assert BLAME.why in refusal.text
    assert BLAME.passage not in refusal.text
    quoted = (Kept(passage="FAILED  to act", reason="quoted from the inspectorate's report"),)
    assert code(world, finding(found=MARKED, stays=quoted)) == ""


def test_only_the_lead_reviewer_of_the_day_enters_findings_and_submits_the_draft() -> None:
    world = give(gathered(), finding(), end_appointment(Role.LEAD_REVIEWER, REVIEWER.person))
    give(world, appoint(Role.LEAD_REVIEWER, "nb-reviewer-2"))
    assert code(world, finding()) == "appointed"
    assert code(world, submit()) == "appointed"
    assert code(world, submit(by=actor(Role.LEAD_REVIEWER, "nb-reviewer-2"))) == ""


def test_a_finding_is_changed_and_withdrawn_and_stays_in_the_record() -> None:
    world = give(gathered(), finding(), finding(priority="low"))
    assert world.state.findings.get("F1").version == 2  # type: ignore[union-attr]
    give(world, withdraw())
    assert code(world, withdraw()) == "no-such-finding"
    assert world.kinds.count("finding-entered") == 2
    assert code(world, submit()) == "findings-entered"


def test_a_draft_waits_for_every_report_and_for_the_people() -> None:
    assert code(give(gathering(), finding()), submit()) == "reports-settled"
    world = give(gathered())
    assert code(world, submit()) == "findings-entered"
    give(world, finding("G1", kind="good-practice", put_to_board=""))
    assert code(world, submit()) == "findings-entered"
    give(world, finding(), plan_family("family-2"))
    assert code(world, submit()) == "family-informed"
    give(world, family("informed", item="family-2"))
    assert code(world, submit()) == ""


def test_practitioners_and_family_took_part_before_the_draft_or_it_is_recorded_why_not() -> None:
    world = gathering()
    for agency in AGENCIES:
        give(world, nil_return(agency), answer_report(agency))
    give(world, finding())
    assert code(world, submit()) == "practitioners-took-part"
    give(world, *(practitioners(step) for step in ("invited", "informed", "supported", "learning-event-held")))
    assert code(world, submit()) == "family-planned"
    give(world, plan_family(), family("informed"))
    assert code(world, submit()) == ""


def test_no_draft_without_terms_and_no_other_terms_after_sign_off() -> None:
    assert code(give(convened(), finding()), submit()) == "terms-approved"
    assert code(signed_off(), draft_terms(reason="why")) == "terms-settled"


def test_a_draft_is_kept_with_the_case_and_its_text_is_checked() -> None:
    world = give(gathered(), finding())
    assert code(world, submit(found=Found(missing=("documents",)))) == "document-kept"
    assert code(world, submit(found=MARKED)) == "text-marked"


def test_what_is_signed_off_is_one_version_of_a_draft() -> None:
    world = give(gathered(), finding())
    assert code(world, submit("D-9")) == "document-version"
    minutes = Found(documents=(FoundDocument(id="D-9/1", kind="minutes"),))
    assert code(world, submit(found=minutes)) == "document-kind"
    draft = Found(documents=(FoundDocument(id="D-9/1", kind="draft-report"),))
    assert code(world, submit(found=draft)) == ""


def test_each_agency_that_reported_checks_the_facts_once() -> None:
    world = drafted()
    assert {f"{agency}/check-facts" for agency in AGENCIES} <= world.asked
    give(world, check_facts("health"))
    assert code(world, check_facts("health")) == "facts-checked"
    assert code(world, check_facts("library")) == "no-fact-check"
    assert code(world, sign_off()) == "facts-settled"


def test_each_correction_is_answered_and_accepted_ones_need_another_draft() -> None:
    world = give(drafted(), check_facts("health", 2), check_facts("police"), check_facts("school"))
    assert {"health/1/answer-correction", "health/2/answer-correction"} <= world.asked
    assert code(world, answer_correction("health", 3)) == "no-such-correction"
    assert code(world, answer_correction("police", 1)) == "no-such-correction"
    give(world, answer_correction("health", 1), answer_correction("health", 2, accepted=False))
    assert code(world, answer_correction("health", 1)) == "correction-answered"
    give(world, family("feedback-given"))
    assert code(world, sign_off()) == "corrections-made"
    assert "submit-draft" in world.asked
    give(world, submit("D-9/2", facts_unchanged=True))
    assert world.state.report.open_checks == ()
    assert code(world, sign_off()) == ""


def test_a_draft_whose_facts_changed_is_checked_again() -> None:
    world = give(checked(), submit("D-9/2"))
    assert set(world.state.report.open_checks) == set(AGENCIES)
    asked = {letter.id for letter in world.letters if letter.id.startswith("fact-check/")}
    assert {"fact-check/health/1", "fact-check/health/2"} <= asked


def test_the_chair_goes_on_without_an_agencys_check() -> None:
    world = give(drafted(), check_facts("health"), check_facts("police"), go_on_without_check("school"))
    assert world.state.report.open_checks == ()
    assert code(world, go_on_without_check("school")) == "facts-checked"


def test_the_family_gives_its_view_before_the_report_is_final() -> None:
    world = give(drafted(), *(check_facts(agency) for agency in AGENCIES))
    assert code(world, sign_off()) == "family-feedback"


def test_a_quorum_with_the_panels_chair_and_a_majority_signs_off() -> None:
    world = give(checked(), sign_off())
    assert world.state.report.signed_off_at is None
    give(world, sign_off(member("health"), agrees=False))
    assert world.state.report.signed_off_at is None  # two of four are no quorum
    give(world, sign_off(member("police")))
    assert world.state.report.signed_off_at == world.at
    dissent = [fact.detail["dissent"] for fact in world.facts if fact.kind == "view-on-report-given"]
    assert dissent[1]


def test_without_the_panels_chair_nothing_is_signed_off() -> None:
    world = give(checked(), *(sign_off(member(agency)) for agency in AGENCIES))
    assert world.state.report.signed_off_at is None
    give(world, sign_off())
    assert world.state.report.signed_off_at is not None


def test_a_view_may_change_and_counts_once() -> None:
    world = give(checked(), sign_off(agrees=False), sign_off(member("health")), sign_off(member("police")))
    assert world.state.report.signed_off_at is None
    give(world, sign_off())
    assert world.state.report.signed_off_at is not None
    assert len(world.state.report.views) == 3


def test_who_is_not_on_the_panel_today_has_no_view() -> None:
    world = give(checked(), end_appointment(Role.PANEL_MEMBER, "nb-health-executive"))
    assert code(world, sign_off(member("health"))) == "appointed"


def test_agreement_and_dissent_exclude_each_other() -> None:
    world = checked()
    assert code(world, sign_off().model_copy(update={"dissent": "but"})) == "dissent-given"
    assert code(world, sign_off(agrees=False).model_copy(update={"dissent": " "})) == "dissent-given"


def test_an_impasse_has_its_clock_and_the_chair_settles_it() -> None:
    world = give(checked(), declare_impasse())
    assert code(world, sign_off()) == "at-impasse"
    assert code(world, submit()) == "at-impasse"
    assert code(world, declare_impasse()) == "at-impasse"
    assert "settle-impasse" in world.asked
    assert "impasse/1" in {entry.id for entry in world.stage.clocks.open}
    world.at += timedelta(days=2)
    give(world, settle_impasse())
    assert world.state.report.signed_off_at == world.at
    assert "impasse/1" not in {entry.id for entry in world.stage.clocks.open}


def test_an_impasse_may_end_in_another_draft() -> None:
    world = give(checked(), declare_impasse(), settle_impasse("draft-again"))
    assert world.state.report.document == ""
    assert "submit-draft" in world.asked
    assert code(world, settle_impasse()) == "no-impasse"


def test_a_draft_does_not_stand_while_its_facts_are_open() -> None:
    world = give(drafted(), declare_impasse())
    assert code(world, settle_impasse()) == "facts-settled"
    assert code(world, settle_impasse("draft-again")) == ""


def test_the_board_accepts_what_the_panel_signed_off_and_not_its_author() -> None:
    assert code(checked(), decide_on_report()) == "not-signed-off"
    author = actor(Role.BOARD_CHAIR, REVIEWER.person, deputising=True)
    assert code(signed_off(), decide_on_report(by=author)) == "author-is-not-decider"
    assert code(signed_off(), decide_on_report()) == ""


def test_a_report_that_the_board_sends_back_is_drafted_again() -> None:
    world = give(signed_off(), decide_on_report("sent-back"))
    assert world.state.standing == "analysing"
    assert code(world, finding("F2")) == ""
    give(world, submit("D-9/2", facts_unchanged=True))
    assert code(world, sign_off()) == ""


@pytest.mark.parametrize("command", [finding(), submit(), sign_off(), decide_on_report(), withdraw()])
def test_nothing_changes_a_report_that_is_accepted(command: Command) -> None:
    assert code(accepted(), command) == "report-accepted"


def test_nothing_that_agencies_send_changes_between_sign_off_and_the_boards_decision() -> None:
    assert code(signed_off(), nil_return("health")) == "report-signed-off"


def test_terms_that_wait_for_the_chair_are_decided_before_the_panel_signs_off() -> None:
    world = give(checked(), draft_terms(reason="another question"))
    assert code(world, sign_off()) == "terms-decided"
    give(world, decide_on_terms("sent-back"))
    assert code(world, sign_off()) == ""


def test_views_count_anew_when_somebody_leaves_the_panel() -> None:
    world = give(checked(), sign_off(), sign_off(member("health")))
    assert world.state.report.signed_off_at is None
    give(world, end_appointment(Role.PANEL_MEMBER, "nb-police-executive"))
    assert world.state.report.signed_off_at is not None


def test_a_panel_that_has_spoken_and_does_not_agree_is_asked_to_declare_it() -> None:
    world = give(checked(), sign_off(agrees=False), *(sign_off(member(agency)) for agency in AGENCIES))
    assert world.state.report.signed_off_at is None
    assert "declare-impasse" in world.asked


def test_findings_do_not_change_between_sign_off_and_the_boards_decision() -> None:
    assert code(signed_off(), finding()) == "findings-settled"
    assert code(signed_off(), submit()) == "signed-off"


def test_the_accepted_report_goes_on_with_its_findings_authors_and_agencies() -> None:
    told = accepted().state.accepted()
    assert [brief.id for brief in told.findings] == ["F1"]
    assert told.authors == (REVIEWER.person,)
    assert [agency.id for agency in told.agencies] == list(AGENCIES)
    assert told.report == "D-9/1"


def test_no_clock_runs_and_nothing_is_asked_once_the_report_is_accepted() -> None:
    world = accepted()
    assert world.stage.clocks.open == ()
    assert world.asked == set()
    assert world.stage.done()


def test_a_review_survives_being_carried_over_at_every_step() -> None:
    for step in (gathered, drafted, checked, signed_off, accepted):
        step().carried()


def test_the_board_chair_is_asked_and_chased_for_the_decision() -> None:
    world = signed_off()
    assert world.task("decide-on-report").clock == "board-acceptance/1"
    world.walk(timedelta(days=60))
    asked = [letter.to for letter in world.letters if letter.clock_title.startswith("Decision of the board")]
    assert Role.BOARD_CHAIR in asked and Role.BUSINESS_MANAGER in asked
    assert CHAIR.role is Role.BOARD_CHAIR
