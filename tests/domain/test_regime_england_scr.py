"""The regime for serious case reviews in England: what it asks, how long it gives, and whom it tells when."""

import re
from importlib.resources import files

import pytest

from activities.regimes import procedure, read_regime
from domain.clocks.rule import ClockRule, Rung, Strength, Unit
from domain.incident import IncidentFacts
from domain.regimes import RegimeFault, parse_regime

REGIME = read_regime("england-scr")
TEXT = files("domain.regimes").joinpath("england_scr.toml").read_text(encoding="utf-8")

HOURS, DAYS, WORKING, MONTHS = Unit.CLOCK_HOURS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS
SET = Unit.SET_DATE
STATED, LOCAL = Strength.GUIDANCE, Strength.LOCAL

CLOCKS = [
    ("incident-notification", 5, WORKING, STATED, False),
    ("safety-acknowledgement", 1, HOURS, LOCAL, True),
    ("safety-decision", 4, HOURS, LOCAL, True),
    ("strategy-discussion", 24, HOURS, LOCAL, True),
    ("child-protection-conference", 15, WORKING, STATED, True),
    ("designated-officer", 1, WORKING, LOCAL, True),
    ("authority-acceptance", 24, HOURS, LOCAL, True),
    ("review-decision", 1, MONTHS, STATED, False),
    ("agency-records-secured", 1, WORKING, LOCAL, False),
    ("agency-first-summary", 10, WORKING, LOCAL, False),
    ("decision-notices", 5, WORKING, STATED, False),
    ("no-review-notice", 14, DAYS, STATED, False),
    ("board-members-told", 5, WORKING, LOCAL, False),
    ("closing-learning", 20, WORKING, LOCAL, False),
    ("serious-case-review", 6, MONTHS, STATED, False),
    ("panel-convened", 15, WORKING, LOCAL, False),
    ("terms-of-reference", 30, WORKING, LOCAL, False),
    ("milestone", 0, SET, LOCAL, False),
    ("delay-notice", 5, WORKING, LOCAL, False),
    ("agency-author", 10, WORKING, LOCAL, False),
    ("agency-report", 40, WORKING, LOCAL, False),
    ("agency-report-rework", 10, WORKING, LOCAL, False),
    ("panel-answer", 10, WORKING, LOCAL, False),
    ("fact-check", 10, WORKING, LOCAL, False),
    ("panel-sign-off", 10, WORKING, LOCAL, False),
    ("board-acceptance", 20, WORKING, LOCAL, False),
    ("impasse", 10, WORKING, LOCAL, False),
    ("look-again", 0, SET, LOCAL, False),
    ("parallel-next-date", 0, SET, LOCAL, False),
    ("stopped-clock", 0, SET, LOCAL, False),
    ("family-informed", 10, WORKING, LOCAL, False),
    ("board-response", 20, WORKING, LOCAL, False),
    ("publication-decision", 20, WORKING, LOCAL, False),
    ("advance-notice", 7, WORKING, STATED, False),
    ("publication-day", 0, SET, LOCAL, False),
    ("availability", 12, MONTHS, STATED, False),
    ("no-publication-notice", 5, WORKING, LOCAL, False),
    ("action-plan", 20, WORKING, LOCAL, False),
    ("action", 0, SET, LOCAL, False),
    ("action-milestone", 0, SET, LOCAL, False),
    ("action-verification", 10, WORKING, LOCAL, False),
    ("plan-review", 3, MONTHS, LOCAL, False),
    ("action-tolerance", 10, WORKING, LOCAL, False),
    ("action-replan", 20, WORKING, LOCAL, False),
    ("observation", 0, SET, LOCAL, False),
    ("observation-by-board", 0, SET, LOCAL, False),
    ("change-judgement", 20, WORKING, LOCAL, False),
    ("change-closing", 20, WORKING, LOCAL, False),
    ("another-look", 12, MONTHS, LOCAL, False),
    ("case-closing", 20, WORKING, LOCAL, False),
    ("retention-review", 0, SET, LOCAL, False),
    ("destruction-agreement", 20, WORKING, LOCAL, False),
    ("undelivered-letter", 1, WORKING, LOCAL, False),
    ("mail-server", 4, HOURS, LOCAL, False),
]

# "!" after a rung: it must be acknowledged.
LADDERS = {
    "incident-notification": "",
    "safety-acknowledgement": "start duty-social-worker, +0h duty-manager, +1h head-of-service, +2h director,"
    " +4h board-chair!",
    "safety-decision": "-1h duty-social-worker, +0h duty-manager, +2h head-of-service, +4h director, +8h board-chair!",
    "strategy-discussion": "-4h duty-social-worker, +0h duty-manager, +4h head-of-service, +8h director,"
    " +24h board-chair!",
    "child-protection-conference": "-3wd duty-social-worker, +0wd duty-manager, +1wd head-of-service, +2wd director,"
    " +5wd board-chair!",
    "designated-officer": "start duty-manager, +0wd head-of-service, +1wd director, +2wd board-chair!",
    "authority-acceptance": "-4h duty-social-worker, +0h duty-manager, +4h head-of-service, +8h director,"
    " +24h board-chair!",
    "review-decision": "start business-manager, -10wd sub-group, -5wd board-chair, -1wd board-chair,"
    " +0h business-manager, +1wd board-chair!",
    "agency-records-secured": "start agency-lead, +0wd agency-lead, +1wd agency-executive, +3wd business-manager,"
    " +5wd board-chair!",
    "agency-first-summary": "-2wd agency-lead, +0wd agency-lead, +1wd business-manager, +2wd agency-executive,"
    " +5wd board-chair!",
    "decision-notices": "-1wd business-manager, +0wd business-manager, +1wd board-chair!",
    "no-review-notice": "-2cd business-manager, +0cd business-manager, +1cd board-chair!",
    "board-members-told": "+0wd business-manager, +1wd board-chair",
    "closing-learning": "-5wd business-manager, +0wd business-manager, +5wd board-chair",
    "undelivered-letter": "start business-manager, +0wd business-manager, +1wd board-chair",
    "mail-server": "start business-manager, +0h business-manager, +20h board-chair",
    "serious-case-review": "start business-manager, -40wd panel-chair, -10wd panel-chair, -10wd board-chair, "
    "+0wd business-manager, +1wd board-chair!",
    "panel-convened": "-5wd board-chair, +0wd business-manager, +1wd board-chair!",
    "terms-of-reference": "-5wd lead-reviewer, +0wd business-manager, +2wd board-chair!",
    "milestone": "-5wd panel-chair, +0wd panel-chair, +2wd business-manager, +10wd board-chair!",
    "delay-notice": "-1wd business-manager, +0wd business-manager, +1wd board-chair",
    "agency-author": "-2wd agency-lead, +0wd agency-lead, +2wd agency-executive, +5wd business-manager",
    "agency-report": "start agency-lead, -10wd agency-lead, -2wd agency-lead, +0wd agency-lead, "
    "+1wd business-manager, +3wd agency-executive!, +10wd board-chair!",
    "agency-report-rework": "-2wd agency-lead, +0wd agency-lead, +2wd agency-executive!, +10wd board-chair!",
    "panel-answer": "-2wd panel-chair, +0wd panel-chair, +2wd business-manager, +10wd board-chair",
    "fact-check": "-2wd agency-lead, +0wd agency-lead, +2wd agency-executive, +3wd business-manager, +10wd board-chair",
    "panel-sign-off": "-2wd panel-member, +0wd panel-chair, +2wd business-manager, +5wd board-chair",
    "board-acceptance": "-5wd board-chair, +0wd business-manager, +1wd board-chair!",
    "impasse": "-3wd board-chair, +0wd business-manager, +1wd board-chair!",
    "look-again": "-5wd board-chair, +0wd board-chair, +1wd business-manager, +5wd board-chair!",
    "parallel-next-date": "-5wd business-manager, +1wd business-manager, +5wd board-chair",
    "stopped-clock": ", ".join(f"start+{month}mo board-chair" for month in range(1, 37)),
    "family-informed": "-3wd business-manager, +0wd business-manager, +5wd board-chair!",
    "board-response": "start business-manager, -5wd business-manager, +0wd business-manager, +3wd board-chair!",
    "publication-decision": "start board-chair, -5wd board-chair, +0wd business-manager, +1wd board-chair!",
    "advance-notice": "-5wd business-manager, -1wd business-manager, +0h business-manager, +1wd board-chair!",
    "publication-day": "-1wd business-manager, -15h business-manager, +0h business-manager, +1wd board-chair!",
    "availability": "+0h business-manager, +0h board-chair, +20wd board-chair!",
    "action-plan": "start business-manager, -5wd business-manager, +0wd business-manager, +1wd board-chair!",
    "action": "-20wd action-lead, -5wd action-lead, +0wd action-lead, +5wd agency-executive!, +10wd business-manager, "
    "+20wd board-chair!",
    "action-milestone": "-5wd action-lead, +0wd action-lead, +5wd agency-lead",
    "action-verification": "-2wd business-manager, +0wd business-manager, +10wd board-chair",
    "plan-review": "-10wd business-manager, -5wd sub-group, +0wd business-manager, +10wd board-chair",
    "action-tolerance": "-2wd board-chair, +0wd business-manager, +1wd board-chair!",
    "action-replan": "-5wd business-manager, +0wd business-manager, +5wd board-chair!",
    "observation": "-20wd agency-lead, +0wd agency-lead, +5wd business-manager, +10wd agency-executive!, "
    "+20wd board-chair!",
    "observation-by-board": "-20wd business-manager, +0wd business-manager, +10wd sub-group, +20wd board-chair!",
    "change-judgement": "-5wd sub-group, +0wd business-manager, +10wd board-chair",
    "change-closing": "-5wd board-chair, +0wd business-manager, +5wd board-chair!",
    "another-look": "-20wd business-manager, +0wd business-manager, +20wd board-chair!",
    "case-closing": "start business-manager, -5wd board-chair, +0wd business-manager, +5wd board-chair!",
    "retention-review": "-84cd business-manager, +0wd business-manager, +20wd board-chair!",
    "destruction-agreement": "-5wd board-chair, +0wd business-manager, +5wd board-chair",
    "no-publication-notice": "-1wd business-manager, +0wd business-manager, +1wd board-chair!",
}

SHORT = {HOURS: "h", DAYS: "cd", WORKING: "wd", MONTHS: "mo"}
OWN_LETTERS = {
    ("agency-records-secured", True): "agency-request",
    ("agency-report", True): "report-request",
    ("stopped-clock", True): "clock-stopped",
    ("availability", False): "availability-over",
    ("serious-case-review", False): "review-overdue",
}
"""By clock, and whether the rung counts from its start."""


def shown(rung: Rung) -> str:
    offset = f"{rung.offset:+d}{SHORT[rung.unit]}"
    when = offset if not rung.from_start else f"start{offset if rung.offset else ''}"
    return f"{when} {rung.to.value}{'!' if rung.acknowledge else ''}"


def test_clocks_are_exactly_these() -> None:
    assert sorted((r.id, r.amount, r.unit, r.strength, r.urgent) for r in REGIME.clock) == sorted(CLOCKS)


@pytest.mark.parametrize("rule", REGIME.clock, ids=lambda rule: rule.id)
def test_ladder_tells_these_people_in_this_order(rule: ClockRule) -> None:
    assert ", ".join(shown(rung) for rung in rule.ladder) == LADDERS[rule.id]


@pytest.mark.parametrize("rule", REGIME.clock, ids=lambda rule: rule.id)
def test_each_rung_has_the_letter_that_fits_its_moment(rule: ClockRule) -> None:
    for rung in rule.ladder:
        overdue = "clock-reminder" if rung.offset < 0 else "clock-overdue"
        usual = "clock-started" if rung.from_start else overdue
        own = OWN_LETTERS.get((rule.id, rung.from_start), usual)
        assert rung.letter == (usual if usual == "clock-reminder" else own)
        assert not rung.from_start or rung.offset == 0 or rule.id == "stopped-clock"


def test_letters_about_actions_and_observations_leave_together_once_a_day() -> None:
    assert {rule.id for rule in REGIME.clock if rule.daily} == {
        "action",
        "action-milestone",
        "action-verification",
        "observation",
        "observation-by-board",
        "change-judgement",
        "another-look",
    }


def test_clock_of_one_more_look_and_its_rule_are_the_same_time() -> None:
    rule = REGIME.rule("another-look")
    assert (rule.amount, rule.unit) == (REGIME.changes.another_look_months, MONTHS)


def test_criteria_are_asked_in_this_order_with_these_facts() -> None:
    assert [(c.id, c.level.value, c.needs) for c in REGIME.criterion] == [
        ("death", "always", ("child_died", "abuse_or_neglect")),
        ("life_threatening_injury", "consider", ("life_threatening_injury", "abuse_or_neglect")),
        ("serious_permanent_impairment", "consider", ("serious_permanent_impairment", "abuse_or_neglect")),
        ("serious_sexual_abuse", "consider", ("serious_sexual_abuse",)),
        ("parent_murdered", "consider", ("parent_murdered", "homicide_review_initiated")),
        ("killed_by_parent_with_mental_illness", "consider", ("killed_by_parent", "parent_mental_illness")),
        ("inter_agency_working", "consider", ("inter_agency_concerns",)),
    ]


def test_criteria_need_only_facts_that_an_incident_carries() -> None:
    known = {*IncidentFacts.model_fields, "child_died"}
    assert {need for criterion in REGIME.criterion for need in criterion.needs} <= known


def test_notices_follow_the_outcomes_that_call_for_them() -> None:
    every = ("serious-case-review", "other-review", "none")
    assert [(n.id, tuple(to.value for to in n.to), n.after, n.clock, n.letter) for n in REGIME.notice] == [
        (
            "decision-to-national-bodies",
            ("inspectorate", "department", "national-panel"),
            every,
            "decision-notices",
            "notice-of-decision",
        ),
        (
            "no-review-to-national-panel",
            ("national-panel",),
            ("other-review", "none"),
            "no-review-notice",
            "notice-of-no-review",
        ),
        ("board-members", ("board-member",), every, "board-members-told", "notice-to-board-members"),
    ]


def test_every_rule_names_its_source_and_local_ones_await_the_board() -> None:
    for rule in REGIME.clock:
        assert rule.source.document
        assert rule.source.paragraph
        assert rule.source.confirm or rule.strength is not Strength.LOCAL, rule.id
    assert [c.id for c in REGIME.criterion if not c.source.confirm] == ["death"]


def test_a_fault_in_the_file_is_named_by_its_path() -> None:
    for written, wrong, fault in (
        ("amount = 5", "amuont = 5", "clock[incident-notification].amuont: there is no such key"),
        ('{ to = "sub-group"', '{ to = "nobody"', "clock[review-decision].ladder[#2].to: "),
        ('clock = "decision-notices"', 'clock = "notices"', "there is no clock notices"),
        ('id = "advance-notice"', 'id = "review-decision"', "review-decision is defined twice"),
    ):
        assert written in TEXT
        with pytest.raises(RegimeFault, match=re.escape(fault)):
            parse_regime(TEXT.replace(written, wrong, 1), procedure())


def test_without_the_common_procedure_a_notice_misses_its_clock() -> None:
    with pytest.raises(RegimeFault, match="there is no clock board-members-told"):
        parse_regime(TEXT)
