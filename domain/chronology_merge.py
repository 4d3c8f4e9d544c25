"""All agencies' chronologies as one: every row once, with where it comes from, in one order that can be explained.

**The order.** By the earliest instant at which a row may have happened; of the same earliest the more exactly known
first; then by agency, version of its file and number in it. So whatever surely happened before something else stands
before it, and the order does not depend on how the rows were handed in.

**Rows of unknown date** stand right after the last dated row before them in their own file. Without one, they stand at
the very beginning; where the whole file has no date, at the very end. Several keep the order of their file.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from domain.chronology import Link, Row
from domain.chronology_findings import Suggestion, around_in_file, contradictions, linked_groups, suggested_duplicates
from domain.model import Model

_AT_THE_BEGINNING, _BY_TIME, _AT_THE_END = range(3)
_NO_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)

Place = tuple[int, datetime, datetime, str, int, int, int]
"""By what rows are ordered: section, earliest, latest, agency, version, number of the dated row it is with, its own."""


class MergedRow(Model):
    """One row of the merged chronology."""

    row: Row
    """As the agency sent it, with agency, version and number."""
    order_certain: bool
    """False where another row may have happened at the same time, so that which came first is not known.

    A row that states that there was no contact tells of no event: it makes no place uncertain, and only a missing date
    makes its own so.
    """
    placed: str = ""
    """For a row of unknown date: by which rows it stands, in words."""
    linked: tuple[str, ...] = ()
    """Ids of the rows that a person linked with it, directly or by way of others, in the order of the chronology."""
    contradicts: tuple[str, ...] = ()
    """What contradicts it, in words that name the rows."""


class Merged(Model):
    """All chronologies as one."""

    rows: tuple[MergedRow, ...]
    suggestions: tuple[Suggestion, ...] = ()
    """Rows that may tell of the same, for a person to look at."""


def merge(rows: Iterable[Row], links: Iterable[Link] = ()) -> Merged:
    """The rows as one chronology; none is left out, none is joined with another.

    A link may name rows that are not among these (of an older version of a file): they are not listed, yet what they
    are linked with stays linked. Raises ``ValueError`` where two rows have one id.
    """
    kept, kept_links = tuple(rows), tuple(links)
    places, placed = _places(kept)
    if len(places) != len(kept):
        raise ValueError("two rows of the chronologies have one id")
    ordered = sorted(kept, key=lambda row: places[row.id])
    uncertain = _uncertain(ordered)
    linked = _linked(ordered, kept_links)
    suggestions = suggested_duplicates(ordered, kept_links)
    reasons = contradictions(ordered, kept_links, suggestions)
    return Merged(
        suggestions=suggestions,
        rows=tuple(
            MergedRow(
                row=row,
                order_certain=row.id not in uncertain,
                placed=placed.get(row.id, ""),
                linked=linked.get(row.id, ()),
                contradicts=reasons.get(row.id, ()),
            )
            for row in ordered
        ),
    )


def _places(rows: Iterable[Row]) -> tuple[dict[str, Place], dict[str, str]]:
    """The place of every row by its id, and in words of those whose date is unknown."""
    files = defaultdict[tuple[str, int], list[Row]](list)
    for row in rows:
        files[row.agency, row.version].append(row)
    places, placed = dict[str, Place](), dict[str, str]()
    for file in files.values():
        for row in file:
            if row.when.ends is not None:
                places[row.id] = _BY_TIME, *row.when.ends, row.agency, row.version, row.number, row.number
        for before, row, after in around_in_file(file):
            places[row.id] = _place_of_undated(places, before, row, after)
            in_order = before is None or after is None or places[before.id] < places[after.id]
            placed[row.id] = _placed(before, after if in_order else None)
    return places, placed


def _place_of_undated(places: dict[str, Place], before: Row | None, row: Row, after: Row | None) -> Place:
    if before is not None:
        return *places[before.id][:-1], row.number
    section = _AT_THE_END if after is None else _AT_THE_BEGINNING
    return section, _NO_TIME, _NO_TIME, row.agency, row.version, row.number, row.number


def _placed(before: Row | None, after: Row | None) -> str:
    """Between which rows of its file; where the file is not in order of time, only after which."""
    if before and after:
        return f"date unknown; stands between {before.id} and {after.id}"
    if before:
        return f"date unknown; stands after {before.id}"
    if after:
        return f"date unknown; stands at the beginning, as it comes before {after.id} in its file"
    return "date unknown; stands at the end, as no row of its file has a date"


def _uncertain(ordered: Sequence[Row]) -> set[str]:
    """Ids of the rows of which it is not known what came before or after them. Looks at every row once."""
    found = {row.id for row in ordered if row.when.ends is None}
    furthest: Row | None = None
    last: Row | None = None
    for row in ordered:
        if row.when.ends is None or row.no_contact:
            continue
        # If any row before overlaps this one, then the one before that reaches furthest does, or the last one (of the
        # same instant). If any row after overlaps a row, then the one right after it does.
        if furthest is not None and furthest.when.overlaps(row.when):
            found.add(row.id)
        if last is not None and last.when.overlaps(row.when):
            found |= {last.id, row.id}
        furthest, last = _further(furthest, row), row
    return found


def _further(one: Row | None, other: Row) -> Row:
    """Whichever ends later."""
    if one is None or one.when.ends is None or other.when.ends is None:
        return other
    return one if one.when.ends[1] > other.when.ends[1] else other


def _linked(ordered: Iterable[Row], links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
    groups = linked_groups(links)
    together = defaultdict[frozenset[str], list[str]](list)
    for row in ordered:
        if row.id in groups:
            together[groups[row.id]].append(row.id)
    return {row: tuple(other for other in ids if other != row) for ids in together.values() for row in ids}
