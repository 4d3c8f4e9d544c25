"""When no agency recorded a contact, and how sure that is."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from chronology_rows import UNKNOWN, at, between, on, row, row_lists
from hypothesis import given
from hypothesis import strategies as st

from domain.chronology import Row
from domain.chronology_findings import Gap, gaps


def gap(since: str, until: str, *, certain: bool = True) -> Gap:
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    return Gap(since=first, until=last, days=(last - first).days, certain=certain)


def days_of(one: Row) -> tuple[date, date]:
    ends = one.when.ends
    assert ends is not None
    first, end = ends
    return first.date(), max(first, end - timedelta(microseconds=1)).date()


thresholds = st.sampled_from([1, 3, 7, 28])


@given(row_lists, st.randoms(), thresholds)
def test_the_order_the_rows_come_in_changes_no_gap(rows: list[Row], random: object, days: int) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert gaps(shuffled, days) == gaps(rows, days)


@given(row_lists, thresholds)
def test_no_contact_surely_falls_into_a_gap_and_none_may_fall_into_a_certain_one(rows: list[Row], days: int) -> None:
    contacts = [days_of(one) for one in rows if one.when.ends and not one.no_contact]
    for one in gaps(rows, days):
        assert one.days == (one.until - one.since).days >= days
        for first, last in contacts:
            assert first <= one.since or last >= one.until
            assert not one.certain or last <= one.since or first >= one.until


@given(row_lists, thresholds)
def test_every_day_between_contacts_that_no_contact_can_reach_is_in_a_gap(rows: list[Row], days: int) -> None:
    contacts = sorted(days_of(one) for one in rows if one.when.ends and not one.no_contact)
    found = gaps([one for one in rows if one.when.ends], days)
    covered = {first + timedelta(days=n) for first, last in contacts for n in range((last - first).days + 1)}
    for since, until in combinations(sorted(covered), 2):
        if (until - since).days >= max(days, 2) and not any(since < day < until for day in covered):
            assert any(one.certain and one.since <= since and until <= one.until for one in found)


@given(row_lists, thresholds)
def test_rows_that_state_that_there_was_no_contact_change_no_gap_between_dated_rows(rows: list[Row], days: int) -> None:
    dated = [one for one in rows if one.when.ends]
    assert gaps(dated, days) == gaps([one for one in dated if not one.no_contact], days)


def test_gap_is_told_in_words() -> None:
    (found,) = gaps([row("health/1/2", on("2025-01-03")), row("police/1/2", at("2025-03-18T09:00+00:00"))])
    assert found == gap("2025-01-03", "2025-03-18")
    assert found.words == "no contact recorded by anyone for 74 days, from 3 January 2025 to 18 March 2025"


def test_uncertain_gap_says_possibly_and_one_day_is_no_plural() -> None:
    assert gap("2025-01-03", "2025-01-04", certain=False).words == (
        "possibly no contact recorded by anyone for 1 day, from 3 January 2025 to 4 January 2025"
    )


@pytest.mark.parametrize(("until", "found"), [("2025-01-28", 0), ("2025-01-29", 1)])
def test_gap_has_28_days_or_more(until: str, found: int) -> None:
    assert len(gaps([row("health/1/2", on("2025-01-01")), row("health/1/3", on(until))])) == found


def test_gap_of_no_days_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        gaps([], 0)


def test_days_are_those_of_the_place() -> None:
    late, next_ = row("health/1/2", at("2025-06-02T00:30+01:00")), row("health/1/3", at("2025-07-02T00:30+01:00"))
    assert gaps([late, next_]) == (gap("2025-06-02", "2025-07-02"),)


def test_row_that_states_no_contact_fills_no_gap() -> None:
    rows = [row("health/1/2", on("2025-01-03")), row("police/1/2", on("2025-03-18"))]
    stated = row("health/1/3", on("2025-02-10"), no_contact=True)
    assert gaps([*rows, stated]) == gaps(rows) != ()


def test_contact_somewhere_in_a_month_ends_a_gap() -> None:
    rows = [row("health/1/2", on("2025-01-03")), row("health/1/3", on("2025-03-18"))]
    month = row("police/1/2", between("2025-02-01", "2025-02-28"))
    assert gaps([*rows, month]) == (gap("2025-01-03", "2025-02-01"),)


def test_contact_of_which_only_the_year_is_known_makes_the_gap_uncertain() -> None:
    rows = [row("health/1/2", on("2024-06-01")), row("health/1/3", on("2025-03-18"))]
    year = row("police/1/2", between("2025-01-01", "2025-12-31"))
    assert gaps([*rows, year]) == (
        gap("2024-06-01", "2025-03-18", certain=False),
        gap("2024-06-01", "2025-01-01"),
    )


def test_undated_contact_may_fall_between_its_neighbours_in_the_file_and_nowhere_else() -> None:
    rows = [
        row("health/1/2", on("2025-01-01")),
        row("health/1/4", on("2025-03-01")),
        row("health/1/5", on("2025-05-01")),
    ]
    undated = row("health/1/3", UNKNOWN)
    assert gaps([*rows, undated]) == (
        gap("2025-01-01", "2025-03-01", certain=False),
        gap("2025-03-01", "2025-05-01"),
    )


def test_undated_contact_in_a_file_out_of_order_may_fall_into_any_gap() -> None:
    rows = [row("health/1/2", on("2025-03-01")), row("health/1/3", UNKNOWN), row("health/1/4", on("2025-01-01"))]
    assert gaps(rows) == (gap("2025-01-01", "2025-03-01", certain=False),)
