"""In which order the rows of all agencies stand, and what is said of each."""

from itertools import combinations, pairwise

import pytest
from chronology_rows import BST, UNKNOWN, at, between, on, row, row_lists
from hypothesis import given
from hypothesis import strategies as st

from domain.chronology import Link, Row, Seen
from domain.chronology_merge import Merged, MergedRow, merge


def ids(merged: Merged) -> list[str]:
    return [one.row.id for one in merged.rows]


def of(merged: Merged, id_: str) -> MergedRow:
    return next(one for one in merged.rows if one.row.id == id_)


def row_ids(rows: list[Row]) -> st.SearchStrategy[str]:
    return st.sampled_from([one.id for one in rows] or ["health/1/2"])


@st.composite
def rows_with_links(draw: st.DrawFn) -> tuple[list[Row], list[Link]]:
    rows = draw(row_lists)
    links = st.builds(Link, first=row_ids(rows), second=row_ids(rows))
    return rows, draw(st.lists(links, max_size=5))


@given(row_lists)
def test_every_row_stands_in_it_once_and_as_it_was_sent(rows: list[Row]) -> None:
    merged = [one.row for one in merge(rows).rows]
    assert sorted(merged, key=lambda one: one.id) == sorted(rows, key=lambda one: one.id)


@given(rows_with_links(), st.randoms())
def test_the_order_rows_and_links_come_in_changes_nothing(given_: tuple[list[Row], list[Link]], random: object) -> None:
    rows, links = given_
    shuffled, other_links = list(rows), [Link(first=link.second, second=link.first) for link in links]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(other_links)  # type: ignore[attr-defined]
    assert merge(shuffled, other_links) == merge(rows, links)


@given(row_lists)
def test_what_surely_happened_before_stands_before(rows: list[Row]) -> None:
    ordered = [one.row.when.ends for one in merge(rows).rows]
    for earlier, later in combinations([ends for ends in ordered if ends], 2):
        # Only two rows of the same instant are each "before" the other.
        assert later[1] > earlier[0] or earlier == later


@given(row_lists)
def test_order_is_certain_exactly_where_no_other_contact_may_have_been_at_the_same_time(rows: list[Row]) -> None:
    for one in merge(rows).rows:
        others = [other for other in rows if other.id != one.row.id and not other.no_contact]
        overlapping = not one.row.no_contact and any(one.row.when.overlaps(other.when) for other in others)
        assert one.order_certain == (one.row.when.ends is not None and not overlapping)


@given(row_lists)
def test_undated_rows_stand_behind_the_row_before_them_in_their_file(rows: list[Row]) -> None:
    merged = merge(rows).rows
    for before, one in pairwise(merged):
        earlier = [r for r in rows if r.agency == one.row.agency and r.number < one.row.number]
        if one.row.when.ends is None and any(r.when.ends for r in earlier):
            assert before.row == max(earlier, key=lambda r: r.number)
    assert all(bool(one.placed) == (one.row.when.ends is None) for one in merged)


def test_the_more_exact_of_two_rows_that_begin_together_stands_first() -> None:
    month, day = row("health/1/2", between("2025-01-01", "2025-01-31")), row("police/1/2", on("2025-01-01"))
    midnight = row("school/1/2", at("2025-01-01T00:00+00:00"))
    assert ids(merge([month, day, midnight])) == ["school/1/2", "police/1/2", "health/1/2"]


def test_instants_are_ordered_across_offsets() -> None:
    summer, winter = row("health/1/2", at("2025-06-01T10:30+01:00")), row("police/1/2", at("2025-06-01T10:00+00:00"))
    assert summer.when.earliest is not None and summer.when.earliest.tzinfo == BST
    assert ids(merge([winter, summer])) == ["health/1/2", "police/1/2"]


def test_rows_of_one_day_keep_the_order_of_their_file() -> None:
    rows = [row(f"health/1/{number}", on("2025-01-03")) for number in (10, 9, 2)]
    assert ids(merge(rows)) == ["health/1/2", "health/1/9", "health/1/10"]


def test_order_is_certain_from_the_midnight_that_ends_a_day() -> None:
    rows = [row("health/1/2", on("2025-01-03")), row("police/1/2", at("2025-01-04T00:00+00:00"))]
    assert all(one.order_certain for one in merge(rows).rows)


def test_order_within_a_day_is_not_known_where_one_has_no_time() -> None:
    rows = [row("health/1/2", on("2025-01-03")), row("police/1/2", at("2025-01-03T00:00+00:00"))]
    assert not any(one.order_certain for one in merge(rows).rows)


def test_two_rows_of_the_same_minute_leave_open_which_came_first() -> None:
    rows = [row(f"{agency}/1/2", at("2025-01-03T10:00+00:00")) for agency in ("health", "police")]
    assert not any(one.order_certain for one in merge(rows).rows)


def test_a_long_stretch_without_contact_makes_no_order_uncertain() -> None:
    stretch = row("health/1/2", between("2025-01-01", "2025-12-31"), no_contact=True)
    merged = merge([stretch, row("police/1/2", on("2025-03-03"))])
    assert all(one.order_certain for one in merged.rows)


def test_undated_row_is_placed_between_its_neighbours_in_the_file() -> None:
    rows = [
        row("health/1/4", on("2025-01-03")),
        row("police/1/2", on("2025-01-09")),
        row("health/1/5", UNKNOWN),
        row("health/1/6", on("2025-02-03")),
    ]
    merged = merge(rows)
    assert ids(merged) == ["health/1/4", "health/1/5", "police/1/2", "health/1/6"]
    assert of(merged, "health/1/5").placed == "date unknown; stands between health/1/4 and health/1/6"
    assert not of(merged, "health/1/5").order_certain


def test_undated_row_does_not_stand_between_rows_that_are_out_of_order() -> None:
    rows = [row("health/1/2", on("2025-02-03")), row("health/1/3", UNKNOWN), row("health/1/4", on("2025-01-03"))]
    merged = merge(rows)
    assert ids(merged) == ["health/1/4", "health/1/2", "health/1/3"]
    assert of(merged, "health/1/3").placed == "date unknown; stands after health/1/2"


def test_undated_first_rows_stand_at_the_beginning_and_undated_files_at_the_end() -> None:
    rows = [
        row("school/1/3", UNKNOWN),
        row("health/1/2", UNKNOWN),
        row("health/1/3", on("2025-02-03")),
        row("police/1/2", on("2001-02-03")),
        row("school/1/2", UNKNOWN),
    ]
    merged = merge(rows)
    assert ids(merged) == ["health/1/2", "police/1/2", "health/1/3", "school/1/2", "school/1/3"]
    assert "before health/1/3" in of(merged, "health/1/2").placed
    assert "no row of its file has a date" in of(merged, "school/1/2").placed


def test_two_rows_of_one_id_are_not_merged() -> None:
    with pytest.raises(ValueError, match="one id"):
        merge([row("health/1/2", UNKNOWN, "One"), row("health/1/2", UNKNOWN, "Other")])


def test_links_reach_by_way_of_others_even_of_rows_no_longer_there() -> None:
    rows = [row("health/2/2", on("2025-01-03")), row("police/1/2", on("2025-01-03")), row("school/1/2", UNKNOWN)]
    links = [Link(first="health/2/2", second="health/1/2"), Link(first="police/1/2", second="health/1/2")]
    merged = merge(rows, links)
    assert of(merged, "health/2/2").linked == ("police/1/2",)
    assert of(merged, "police/1/2").linked == ("health/2/2",)
    assert of(merged, "school/1/2").linked == ()


def test_linked_rows_contradict_each_other_on_whether_the_child_was_seen() -> None:
    rows = [
        row("health/1/2", on("2025-01-03"), seen=Seen.YES),
        row("police/1/2", on("2025-01-03"), seen=Seen.NO),
        row("school/1/2", on("2025-01-03")),
    ]
    merged = merge(rows, [Link(first="police/1/2", second="health/1/2"), Link(first="school/1/2", second="health/1/2")])
    reason = "health/1/2 says that the child was seen, police/1/2 that the child was not seen"
    assert [one.contradicts for one in merged.rows] == [(reason,), (reason,), ()]


def test_linked_rows_contradict_each_other_where_their_times_exclude_each_other() -> None:
    rows = [row("health/1/2", on("2025-01-03")), row("police/1/2", at("2025-01-04T09:00+00:00"))]
    merged = merge(rows, [Link(first="health/1/2", second="police/1/2")])
    assert {one.contradicts for one in merged.rows} == {("the times of health/1/2 and police/1/2 exclude each other",)}


def test_rows_that_nobody_linked_contradict_each_other_only_if_they_are_much_alike() -> None:
    seen = row("health/1/2", on("2025-01-03"), "Home visit, mother and baby seen well", seen=Seen.YES)
    same = row("police/1/2", on("2025-01-03"), "Home visit, mother and baby seen well", seen=Seen.NO)
    other = row("school/1/2", on("2025-01-03"), "Attendance letter sent to the family", seen=Seen.NO)
    merged = merge([seen, same, other])
    assert of(merged, "health/1/2").contradicts[0].startswith("if police/1/2 tells of the same: ")
    assert of(merged, "police/1/2").contradicts[0].startswith("if health/1/2 tells of the same: ")
    assert of(merged, "school/1/2").contradicts == ()
