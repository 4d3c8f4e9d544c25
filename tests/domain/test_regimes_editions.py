"""What differs between the nations and editions, as the sources state it."""

from datetime import date

import pytest

from activities.calendar import build_calendar
from activities.regimes import known_regimes, read_regime
from domain.clocks.arithmetic import compute
from domain.clocks.calendar import CalendarRequest
from domain.clocks.rule import Strength
from domain.criteria import judge
from domain.people import Role
from domain.regime_change import refuses_move
from domain.regimes import Regime

REGIMES = [read_regime(regime) for regime in known_regimes()]


def said(regime: str, clock: str) -> str:
    """``7 working days before …``, or ``board`` where the board says it."""
    rule = read_regime(regime).rule(clock)
    return "board" if rule.set_by_board else f"{rule.amount} {rule.unit.value} {rule.direction.value}"


@pytest.mark.parametrize(
    ("clock", "in_2010", "in_2013", "in_2015"),
    [
        ("incident-notification", "board", "board", "5 working days after"),
        ("review-decision", "1 months after", "1 months after", "1 months after"),
        ("decision-notices", "board", "board", "5 working days after"),
        ("serious-case-review", "6 months after", "6 months after", "6 months after"),
        ("advance-notice", "board", "7 calendar days before", "7 working days before"),
        ("availability", "board", "12 months after", "12 months after"),
    ],
)
def test_england_s_editions_give_these_times(clock: str, in_2010: str, in_2013: str, in_2015: str) -> None:
    editions = ("england-scr-2010", "england-scr-2013", "england-scr-2015")
    assert tuple(said(edition, clock) for edition in editions) == (in_2010, in_2013, in_2015)


def test_in_2010_there_was_no_national_panel_and_from_2013_it_had_14_days_notice_of_no_review() -> None:
    before, after = read_regime("england-scr-2010"), read_regime("england-scr-2013")
    assert Role.NATIONAL_PANEL not in before.bodies
    assert all(Role.NATIONAL_PANEL not in notice.to for notice in before.notice)
    assert "no-review-notice" not in {rule.id for rule in before.clock}
    assert said("england-scr-2013", "no-review-notice") == "14 calendar days after"
    (notice,) = (notice for notice in after.notice if notice.clock == "no-review-notice")
    assert (notice.to, notice.after) == ((Role.NATIONAL_PANEL,), ("other-review", "none"))


def test_a_case_can_be_moved_to_the_next_edition_and_not_to_one_that_lacks_its_clocks() -> None:
    one, two, three = (read_regime(f"england-scr-{year}") for year in (2010, 2013, 2015))
    assert refuses_move(one, two) is refuses_move(two, three) is refuses_move(read_regime("england-scr"), three) is None
    refusal = refuses_move(two, one)
    assert refusal is not None
    assert "no-review-notice" in refusal.text


@pytest.mark.parametrize(
    ("regime", "facts", "verdict"),
    [
        ("england-scr-2010", "child_died abuse_or_neglect", "always"),
        ("england-scr-2010", "seriously_harmed abuse_or_neglect life_threatening_injury", "consider"),
        ("england-scr-2015", "seriously_harmed abuse_or_neglect inter_agency_concerns", "always"),
        ("england-scr-2015", "seriously_harmed abuse_or_neglect ?inter_agency_concerns", "undetermined"),
        ("england-scr-2015", "seriously_harmed abuse_or_neglect", "not_met"),
        ("england-scr-2015", "child_died died_in_custody", "always"),
        ("england-scr-2015", "child_died deprived_of_liberty", "always"),
        ("england-scr-2013", "child_died deprived_of_liberty", "not_met"),
        ("england-scr-2013", "child_died detained_under_mental_health_act", "always"),
        ("england-lcspr-2018", "seriously_harmed abuse_or_neglect", "always"),
        ("wales-cpr", "child_died abuse_or_neglect protected_before", "always"),
        ("wales-cpr", "child_died abuse_or_neglect not_protected_before", "always"),
        ("wales-cpr", "child_died abuse_or_neglect ?not_protected_before", "undetermined"),
        ("wales-susr", "child_died abuse_or_neglect", "always"),
        ("wales-susr", "serious_permanent_impairment abuse_or_neglect", "always"),
        ("scotland-learning-review", "child_died", "consider"),
        ("scotland-learning-review", "effective_practice", "consider"),
        ("northern-ireland-cmr", "seriously_harmed abuse_or_neglect", "not_met"),
        ("northern-ireland-cmr", "seriously_harmed abuse_or_neglect inter_agency_concerns", "always"),
        ("northern-ireland-cmr", "seriously_harmed child_or_sibling_ever_registered inter_agency_concerns", "always"),
        ("northern-ireland-cmr", "outstanding_positive_learning", "always"),
    ],
)
def test_each_nation_s_criteria_say(regime: str, facts: str, verdict: str) -> None:
    """What is given holds, or with a question mark is not known; what is not given does not hold."""
    criteria = read_regime(regime).criterion
    needed = dict.fromkeys((need for limb in criteria for need in limb.needs), False)
    answers = {fact.lstrip("?"): None if fact.startswith("?") else True for fact in facts.split()}
    assert set(answers) <= {"seriously_harmed", "abuse_or_neglect", "deprived_of_liberty", *needed}
    assert judge(needed | answers, criteria).verdict == verdict


@pytest.mark.parametrize(
    ("regime", "first", "last"),
    [
        ("england-scr-2010", None, date(2013, 4, 14)),
        ("england-scr-2013", date(2013, 4, 15), date(2015, 3, 25)),
        ("england-scr-2015", date(2015, 3, 26), date(2019, 9, 29)),
        ("england-lcspr-2018", date(2018, 6, 29), date(2023, 12, 14)),
        ("wales-cpr", None, date(2024, 9, 30)),
        ("wales-susr", date(2024, 10, 1), None),
    ],
)
def test_a_regime_is_in_force_from_one_day_to_another(regime: str, first: date | None, last: date | None) -> None:
    span = read_regime(regime).in_force
    assert (span.first, span.last) == (first, last)


def test_the_rapid_review_of_2018_is_counted_from_becoming_aware() -> None:
    edition = read_regime("england-lcspr-2018")
    assert edition.rapid_review.starts_from == "awareness"
    assert edition.rule("rapid-review").start_event == "the authority became aware of the incident"
    assert refuses_move(edition, read_regime("england-lcspr-2023")) is None


def test_in_march_2020_the_fifteen_working_days_stood_still_and_the_five_did_not() -> None:
    edition = read_regime("england-lcspr-2018")
    (suspension,) = edition.rule("rapid-review").suspended
    assert (suspension.first, suspension.last) == (date(2020, 3, 30), date(2020, 3, 31))
    assert suspension.source.confirm
    assert edition.rule("incident-notification").suspended == edition.rule("partners-told").suspended == ()


@pytest.mark.parametrize(
    ("regime", "calendar", "bodies", "word"),
    [
        ("england-scr-2010", "england-wales", "inspectorate department", "serious case review"),
        ("wales-cpr", "england-wales", "department", "child practice review"),
        ("wales-susr", "england-wales", "department", "single unified safeguarding review"),
        ("scotland-learning-review", "scotland", "inspectorate", "learning review"),
        ("northern-ireland-cmr", "northern-ireland", "department", "case management review"),
    ],
)
def test_each_nation_has_its_calendar_its_bodies_and_its_word(
    regime: str, calendar: str, bodies: str, word: str
) -> None:
    found = read_regime(regime)
    assert (found.calendar, " ".join(body.value for body in found.bodies)) == (calendar, bodies)
    assert found.vocabulary.spoken("a serious case review").endswith(word)
    assert word in found.rule("serious-case-review").title


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_no_clock_speaks_of_a_body_that_the_regime_does_not_know(regime: Regime) -> None:
    say = regime.vocabulary.spoken
    unknown = {say(body) for body in ("national panel", "inspectorate", "department")} - {
        say(body.words) for body in regime.bodies
    }
    titles = " ".join(f"{rule.title} {rule.start_event}" for rule in regime.clock)
    assert [body for body in unknown if body in titles] == []


def test_no_statutory_amount_of_a_nation_whose_times_are_unknown_is_made_up() -> None:
    for regime in ("scotland-learning-review", "northern-ireland-cmr"):
        for rule in read_regime(regime).clock:
            assert rule.strength is Strength.LOCAL, (regime, rule.id)


def test_a_week_before_publication_is_not_seven_working_days_before() -> None:
    calendar = build_calendar(CalendarRequest(id="england-wales", first_year=2014, last_year=2016))
    published = calendar.at_time(date(2015, 9, 10), 0)
    week, days = (
        compute(read_regime(f"england-scr-{year}").rule("advance-notice"), published, calendar) for year in (2013, 2015)
    )
    assert days.due_on < week.due_on < date(2015, 9, 10)
