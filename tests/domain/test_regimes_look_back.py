"""Whether a child was protected in the months before: judged against a walk back through the days, one by one."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_intake_merging import child, incident, other

from activities.regimes import read_regime
from domain.criteria import FACTS, KNOWN_FACTS, case_facts, judge
from domain.incident import Incident
from domain.intake import merge_incident
from domain.look_back import EVER_LOOKED_AFTER, EVER_REGISTERED, NOT_PROTECTED_BEFORE, PROTECTED_BEFORE, of_history

WALES = read_regime("wales-cpr").criterion
ULSTER = read_regime("northern-ireland-cmr").criterion
SCOTLAND = read_regime("scotland-learning-review").criterion
DIED = date(2026, 8, 31)


def happened(on: date | tuple[date, date] = DIED, *children: dict[str, Any], **of_the_child: Any) -> Incident:
    """One child who died, with these fields, or several children."""
    day = str(on) if isinstance(on, date) else {"earliest": str(on[0]), "latest": str(on[1])}
    of_the_child = {name: str(v) if isinstance(v, date) else v for name, v in of_the_child.items()}
    return incident(occurred_on=day, children=list(children) or [child("C1", outcome="died", **of_the_child)])


def protected(told: Incident) -> tuple[bool | None, bool | None]:
    facts = case_facts(told, WALES)
    return facts[PROTECTED_BEFORE], facts[NOT_PROTECTED_BEFORE]


NEVER: dict[str, Any] = {"looked_after": False, "looked_after_until": date(2019, 1, 1)}
OFF_PLAN: dict[str, Any] = {"on_child_protection_plan": False, "on_child_protection_plan_until": date(2019, 1, 1)}


@pytest.mark.parametrize(
    ("of_the_child", "was"),
    [
        ({"looked_after": True}, True),
        ({"on_child_protection_plan": True}, True),
        ({"looked_after": True, "on_child_protection_plan": None}, True),
        ({}, None),
        ({"looked_after": False, "on_child_protection_plan": False}, None),
        (NEVER, None),
        (NEVER | OFF_PLAN, False),
        (NEVER | OFF_PLAN | {"looked_after_until": date(2026, 2, 28)}, True),
        (NEVER | OFF_PLAN | {"looked_after_until": date(2026, 2, 27)}, False),
        (OFF_PLAN | {"looked_after_until": date(2026, 5, 1)}, True),
    ],
)
def test_a_child_was_protected_in_the_six_months_before(of_the_child: dict[str, Any], was: bool | None) -> None:
    assert protected(happened(**of_the_child)) == (was, None if was is None else not was)


@pytest.mark.parametrize(
    ("until", "was"),
    [
        (date(2026, 1, 31), True),
        (date(2026, 1, 15), True),
        (date(2026, 1, 14), None),
        (date(2026, 1, 10), None),
        (date(2026, 1, 9), False),
    ],
)
def test_a_day_that_is_not_known_exactly_leaves_open_what_depends_on_it(until: date, was: bool | None) -> None:
    between = (date(2026, 7, 10), date(2026, 7, 15))
    assert protected(happened(between, **NEVER | OFF_PLAN | {"looked_after_until": until}))[0] is was


def test_of_several_children_each_kind_of_review_is_called_for_by_one() -> None:
    cared_for = child("C1", outcome="died", looked_after=True)
    unknown = child("C2", outcome="seriously_harmed")
    at_home = child(
        "C3", outcome="died", **{name: str(v) if isinstance(v, date) else v for name, v in (NEVER | OFF_PLAN).items()}
    )
    unharmed = child("C4", looked_after=True)
    assert protected(happened(DIED, cared_for, at_home)) == (True, True)
    assert protected(happened(DIED, cared_for, unknown)) == (True, None)
    assert protected(happened(DIED, at_home, unharmed)) == (False, True)


def test_the_review_is_extended_or_concise_by_it() -> None:
    facts = {"abuse_or_neglect": "known"}
    told = happened(looked_after=True).model_copy(update={"facts": incident(facts=facts).facts})
    assert judge(case_facts(told, WALES), WALES).limbs == ("extended_death",)
    away = happened(**NEVER | OFF_PLAN).model_copy(update={"facts": told.facts})
    assert judge(case_facts(away, WALES), WALES).limbs == ("concise_death",)
    unknown = happened().model_copy(update={"facts": told.facts})
    assert judge(case_facts(unknown, WALES), WALES).verdict == "undetermined"


def test_without_criteria_that_look_back_nothing_is_answered_beyond_the_event() -> None:
    told = happened(looked_after=True)
    assert set(case_facts(told)) == set(case_facts(told, read_regime("england-scr").criterion)) == set(FACTS)
    assert set(of_history(told, 0).values()) == {None, True}


def test_a_child_who_is_or_was_registered_or_looked_after_is_so_for_good() -> None:
    is_or_was: tuple[dict[str, Any], ...] = ({"looked_after": True}, {"looked_after_until": date(2001, 1, 1)})
    for of_the_child in is_or_was:
        facts = case_facts(happened(**of_the_child), ULSTER)
        assert (facts[EVER_LOOKED_AFTER], facts[EVER_REGISTERED]) == (True, None)
    registered = case_facts(happened(on_child_protection_plan=True), ULSTER)
    assert (registered[EVER_LOOKED_AFTER], registered[EVER_REGISTERED]) == (None, True)


def test_what_only_people_can_answer_is_not_known() -> None:
    facts = case_facts(happened(), SCOTLAND)
    assert facts["effective_practice"] is facts["risk_of_significant_harm"] is None
    assert set(facts) <= set(KNOWN_FACTS)


def test_an_update_tells_the_last_day_that_was_not_known() -> None:
    known = incident(children=[child("C1", looked_after=False)], other_children=[other("S1")])
    after = merge_incident(known, incident(children=[child("C1", looked_after_until="2026-01-31")]))
    assert (after.children[0].looked_after, after.children[0].looked_after_until) == (False, date(2026, 1, 31))


days = st.dates(date(2012, 1, 1), date(2030, 12, 31))
months = st.integers(1, 24)


def preceding(day: date, n: int) -> Iterator[date]:
    """Each day of the ``n`` months before, back to the same day of the month, or the last of a shorter one."""
    year, month = divmod(day.year * 12 + day.month - 1 - n, 12)
    first = (year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    walked = day
    while (walked.year, walked.month, walked.day) != first:
        walked -= timedelta(days=1)
        yield walked


@given(day=days, before=st.integers(1, 800), n=months)
def test_protection_counts_if_its_last_day_is_one_of_the_days_before(day: date, before: int, n: int) -> None:
    until = day - timedelta(days=before)
    told = happened(
        day, **NEVER | OFF_PLAN | {"looked_after_until": until, "on_child_protection_plan_until": date(2001, 1, 1)}
    )
    was = until in set(preceding(day, n))
    facts = of_history(told, n)
    assert (facts[PROTECTED_BEFORE], facts[NOT_PROTECTED_BEFORE]) == (was, not was)


@given(day=days, width=st.integers(0, 60), before=st.integers(-30, 800), n=months)
def test_a_range_of_days_says_what_all_its_days_say_alike(day: date, width: int, before: int, n: int) -> None:
    until = day - timedelta(days=before)
    fields = NEVER | OFF_PLAN | {"looked_after_until": until, "on_child_protection_plan_until": date(2001, 1, 1)}
    ranged = of_history(happened((day, day + timedelta(days=width)), **fields), n)[PROTECTED_BEFORE]
    each = {
        of_history(happened(day + timedelta(days=more), **fields), n)[PROTECTED_BEFORE] for more in range(width + 1)
    }
    assert ranged is (each.pop() if len(each) == 1 else None)


@given(day=days, before=st.integers(1, 800), n=months)
def test_looking_back_further_finds_no_less(day: date, before: int, n: int) -> None:
    told = happened(day, **NEVER | OFF_PLAN | {"looked_after_until": day - timedelta(days=before)})
    assert of_history(told, n)[PROTECTED_BEFORE] <= of_history(told, n + 1)[PROTECTED_BEFORE]  # type: ignore[operator]
