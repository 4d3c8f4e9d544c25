"""Which rows are put before a person as perhaps telling of the same."""

from datetime import UTC, datetime, timedelta

import pytest
from chronology_rows import TEXTS, UNKNOWN, at, between, on, row, row_lists
from hypothesis import given
from hypothesis import strategies as st

from domain.chronology import Link, Precision, Row, When
from domain.chronology_findings import ALIKE, Suggestion, gaps, suggested_duplicates
from domain.chronology_merge import merge

VISIT, SAME_VISIT, MEETING, SHORT, _ = TEXTS
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


@given(row_lists, st.randoms())
def test_the_order_the_rows_come_in_changes_no_suggestion(rows: list[Row], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert suggested_duplicates(shuffled) == suggested_duplicates(rows)


@given(row_lists)
def test_suggestions_are_of_two_agencies_strongest_first_each_pair_once(rows: list[Row]) -> None:
    by_id = {one.id: one for one in rows}
    found = suggested_duplicates(rows)
    likeness = [one.likeness for one in found]
    assert likeness == sorted(likeness, reverse=True)
    assert all(ALIKE <= percent <= 100 for percent in likeness)
    assert len({frozenset({one.first, one.second}) for one in found}) == len(found)
    for one in found:
        first, second = by_id[one.first], by_id[one.second]
        assert first.agency != second.agency
        assert not first.no_contact and not second.no_contact
        assert first.when.ends and second.when.ends


@given(row_lists)
def test_what_is_linked_is_suggested_no_more_and_all_else_still_is(rows: list[Row]) -> None:
    found = suggested_duplicates(rows)
    links = [Link(first=one.second, second=one.first) for one in found]
    linked = {(one.first, one.second) for one in found}
    assert not linked & {(one.first, one.second) for one in suggested_duplicates(rows, links)}
    assert suggested_duplicates(rows, [Link(first="fire/1/2", second="fire/1/3")]) == found


def test_similar_words_of_the_same_day_are_suggested() -> None:
    found = suggested_duplicates([row("police/1/2", on("2025-01-03"), SAME_VISIT), row("health/1/2", at_ten(), VISIT)])
    (only,) = found
    assert (only.first, only.second) == ("police/1/2", "health/1/2")
    assert only.likeness < 100


def at_ten() -> When:
    return at("2025-01-03T10:00+00:00")


def test_equal_words_are_alike_by_a_hundred_percent_whatever_case_and_punctuation() -> None:
    rows = [row("health/1/2", at_ten(), VISIT), row("police/1/2", at_ten(), VISIT.upper().replace(",", ";"))]
    assert suggested_duplicates(rows) == (Suggestion(first="health/1/2", second="police/1/2", likeness=100),)


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("of the same agency", row("health/1/3", at_ten(), VISIT)),
        ("on another day", row("police/1/2", on("2025-01-04"), VISIT)),
        ("hours later", row("police/1/2", at("2025-01-03T14:00+00:00"), VISIT)),
        ("of something else", row("police/1/2", at_ten(), MEETING)),
        ("without a date", row("police/1/2", UNKNOWN, VISIT)),
        ("somewhere in a year", row("police/1/2", between("2025-01-01", "2025-12-31"), VISIT)),
        ("stating no contact", row("police/1/2", at_ten(), VISIT, no_contact=True)),
    ],
)
def test_no_suggestion_for_a_row(why: str, other: Row) -> None:
    assert suggested_duplicates([row("health/1/2", at_ten(), VISIT), other]) == (), why


def test_hardly_any_words_are_no_reason_for_a_suggestion() -> None:
    assert suggested_duplicates([row(f"{agency}/1/2", at_ten(), SHORT) for agency in ("health", "police")]) == ()


@pytest.mark.parametrize(("time", "found"), [("11:00", 1), ("11:01", 0), ("09:00", 1), ("08:59", 0)])
def test_clock_times_within_the_hour_may_be_one_event(time: str, found: int) -> None:
    rows = [row("health/1/2", at_ten(), VISIT), row("police/1/2", at(f"2025-01-03T{time}+00:00"), VISIT)]
    assert len(suggested_duplicates(rows)) == found


def test_rows_linked_by_way_of_a_third_are_not_suggested() -> None:
    rows = [row("health/1/2", at_ten(), VISIT), row("police/1/2", at_ten(), VISIT)]
    links = [Link(first="health/1/2", second="school/1/2"), Link(first="school/1/2", second="police/1/2")]
    assert suggested_duplicates(rows, links) == ()


def many(count: int, spread: timedelta) -> list[Row]:
    """Rows of five agencies: a fifth of them by month, the others by day, a third of them with much the same words."""
    made = list[Row]()
    for number in range(count):
        day = LONG_AGO + spread * (number * 7919 % count) / count
        exact = number % 5 != 0
        when = When(
            precision=Precision.DAY if exact else Precision.MONTH,
            earliest=day,
            latest=day + timedelta(days=1 if exact else 30),
        )
        event = f"{TEXTS[number % 3]} on occasion {number % 97}, worker {number % 1013} took note"
        made.append(row(f"agency{number % 5}/1/{number + 2}", when, event))
    return made


@pytest.mark.parametrize(("count", "years"), [(10_000, 10), (3_000, 0.01)])
def test_thousands_of_rows_are_laid_side_by_side(count: int, years: float) -> None:
    rows = many(count, timedelta(days=365 * years))
    merged = merge(rows)
    gaps(rows)
    assert len(merged.rows) == count
