"""What decides on a review under each process, what its facts say, and what an incident event leads to under it."""

from datetime import UTC, datetime

import pytest

from activities.calendar import build_calendar
from activities.regimes import known_regimes, read_regime
from domain.clocks.calendar import CalendarRequest
from domain.concerned import children_concerned
from domain.criteria import CHILD_HARMED, FACTS, case_facts, judge
from domain.deciding import STAGES, outcome_of
from domain.decision_commands import ReviewOutcome
from domain.incident import IncidentChild, Outcome
from domain.intake import preview
from domain.record import ClockStatus, Fact
from rehearsal.service import example

AT = datetime(2026, 2, 5, 10, 30, tzinfo=UTC)
NOW = read_regime("england-lcspr-2023")


@pytest.mark.parametrize(
    ("kind", "detail", "outcome"),
    [
        ("review-decided", {"outcome": "serious-case-review"}, ReviewOutcome.SERIOUS_CASE_REVIEW),
        ("review-decided", {"outcome": "other-review"}, ReviewOutcome.OTHER_REVIEW),
        ("local-review-decided", {"outcome": "local-review"}, ReviewOutcome.SERIOUS_CASE_REVIEW),
        ("local-review-decided", {"outcome": "other-review"}, ReviewOutcome.OTHER_REVIEW),
        ("local-review-decided", {"outcome": "none"}, ReviewOutcome.NONE),
        ("notification-withdrawn", {}, ReviewOutcome.NONE),
        ("no-rapid-review-decided", {}, ReviewOutcome.NONE),
    ],
)
def test_every_decision_is_one_of_the_case_s_outcomes(
    kind: str, detail: dict[str, str], outcome: ReviewOutcome
) -> None:
    assert outcome_of(Fact(kind=kind, at=AT, detail=dict(detail))) is outcome


def test_what_is_no_decision_has_no_outcome() -> None:
    with pytest.raises(KeyError):
        outcome_of(Fact(kind="rapid-review-recorded", at=AT, detail={"outcome": "none"}))


def test_every_regime_s_process_has_its_stage() -> None:
    assert {read_regime(regime).process for regime in known_regimes()} <= set(STAGES)


def with_outcomes(*outcomes: Outcome) -> tuple[IncidentChild, ...]:
    first = example("incident.json", AT).data.children[0]
    return tuple(first.model_copy(update={"key": f"C{n}", "outcome": o}) for n, o in enumerate(outcomes))


@pytest.mark.parametrize(
    ("outcomes", "harmed"),
    [
        ((Outcome.SERIOUSLY_HARMED,), True),
        ((Outcome.DIED,), True),
        ((Outcome.NEITHER, Outcome.SERIOUSLY_HARMED), True),
        ((Outcome.NEITHER,), False),
    ],
)
def test_whether_a_child_was_seriously_harmed_is_told_by_the_children_s_outcomes(
    outcomes: tuple[Outcome, ...], harmed: bool
) -> None:
    incident = example("incident.json", AT).data.model_copy(update={"children": with_outcomes(*outcomes)})
    assert CHILD_HARMED in FACTS
    assert case_facts(incident)[CHILD_HARMED] is harmed


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"child_died": False, "seriously_harmed": True, "abuse_or_neglect": True}, "always"),
        ({"child_died": False, "seriously_harmed": True, "abuse_or_neglect": None}, "undetermined"),
        ({"child_died": True, "seriously_harmed": True, "abuse_or_neglect": False}, "not_met"),
        ({"child_died": False, "seriously_harmed": False, "abuse_or_neglect": True}, "not_met"),
    ],
)
def test_section_16c_asks_for_death_or_serious_harm_and_for_abuse_or_neglect(
    facts: dict[str, bool | None], verdict: str
) -> None:
    assert judge(facts, NOW.criterion).verdict == verdict


def test_an_event_under_the_rapid_review_leaves_the_notification_still_to_be_made() -> None:
    calendar = build_calendar(CalendarRequest(id="england-wales", first_year=2025, last_year=2028))
    found = {clock.rule.id: clock for clock in preview(example("incident.json", AT), NOW, calendar).clocks}
    assert set(found) == {"incident-notification", "partners-told", "safety-acknowledgement", "safety-decision"}
    assert found["incident-notification"].status is ClockStatus.OPEN
    scr = preview(example("incident.json", AT), read_regime("england-scr"), calendar)
    assert {c.rule.id: c.status for c in scr.clocks}["incident-notification"] is ClockStatus.MET


def test_the_children_concerned_are_those_of_the_incident_without_their_names() -> None:
    incident = example("incident.json", AT).data
    (child,) = children_concerned(incident)
    assert (child.key, child.died, child.harmed, child.looked_after) == ("C1", True, False, None)
    assert "Tamsin" not in child.model_dump_json()
