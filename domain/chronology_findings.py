"""What stands out when agencies' chronologies are laid side by side: gaps, rows that seem to tell of the same,
and what contradicts what. Nothing here is decided; each finding is put before a person, with the rows it rests on.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import combinations, pairwise
from operator import itemgetter
from typing import Final

from domain.chronology import Link, Row, Seen
from domain.model import Model

ALIKE: Final = 60
"""Percent of likeness from which two rows are suggested as telling of the same."""
STRONG: Final = 80
"""Percent of likeness from which a suggestion is looked at for contradictions."""
FEWEST_WORDS: Final = 3
"""A shorter text ("phone call") is too common for likeness to mean anything."""
SAME_HOUR: Final = timedelta(hours=1)
"""Two clock times no further apart may be one event: agencies round, and write down beginning or end."""
WIDEST: Final = timedelta(days=32)
"""A time known less exactly than to the month says too little to suggest anything."""
MOST_BESIDE: Final = 100
"""A row is looked at beside at most so many of the rows before it that its time may overlap; bounds the work."""
MOST_COMPARED: Final = 5
"""Of these, at most so many are compared word by word: those that share most words. Bounds work and list."""

_WORD: Final = re.compile(r"\w+")

Days = tuple[date, date]
"""First and last day of a stretch, both of it."""


class Gap(Model):
    """A stretch in which no agency recorded a contact."""

    since: date
    """Day of the contact before it, or the last day on which that may have been."""
    until: date
    """Day of the next contact, or the first day on which that may have been."""
    days: int
    """From the one to the other."""
    certain: bool
    """False where a row whose date is not exactly known may fall into it."""

    @property
    def words(self) -> str:
        """The gap as a reader is told of it."""
        count = f"{self.days} day" if self.days == 1 else f"{self.days} days"
        stretch = f"no contact recorded by anyone for {count}, from {_written(self.since)} to {_written(self.until)}"
        return stretch if self.certain else f"possibly {stretch}"


class Suggestion(Model):
    """Two rows of different agencies that seem to tell of the same; a person may link them."""

    first: str
    """Id of the row that stands first in the merged chronology."""
    second: str
    likeness: int
    """Of what the rows say happened, in percent."""


def gaps(rows: Iterable[Row], days: int = 28) -> tuple[Gap, ...]:
    """The stretches of ``days`` civil days or more between the end of one contact and the beginning of the next.

    A day is that of the offset which the instants carry. A row that states that there was no contact is none. A contact
    known to be somewhere in a month or an interval ends a gap, unless its time covers that of another contact whole: it
    may then have been beside that one, and only makes uncertain the gaps that its time reaches into. So does a row
    without a date, which may have been anywhere between the dated rows around it in its own file. Where a gap is
    uncertain, the parts of it that no such row can reach are given as well if they are long enough themselves. In
    order of their beginning, the longer first.
    """
    if days < 1:
        raise ValueError("a gap has at least one day")
    kept = tuple(rows)
    fixed, wide = _fixed_and_wide({_days(row) for row in kept if row.when.ends and not row.no_contact})
    blurs = _joined([*wide, *_reach_of_undated(kept)])
    found = [
        gap
        for (_, since), (until, _) in pairwise(fixed)
        if (until - since).days >= days
        for gap in _gap_and_sure_parts(since, until, blurs)
    ]
    return tuple(sorted((gap for gap in found if gap.days >= days), key=lambda gap: (gap.since, -gap.days)))


def suggested_duplicates(rows: Iterable[Row], links: Iterable[Link] = ()) -> tuple[Suggestion, ...]:
    """Pairs of rows that seem to tell of the same, strongest first.

    Of different agencies, not linked yet (not even by way of a third row), at overlapping times or at clock times
    within the hour, with similar words. In a crowded time only the likeliest are (``MOST_BESIDE``, ``MOST_COMPARED``),
    and what is linked makes room for the next. Rows of unknown or very inexact time, of hardly any words, or that
    state that there was no contact are never suggested.
    """
    groups = linked_groups(links)
    texts = _Texts()
    found = list[Suggestion]()
    for row, beside in _near_in_time(rows):
        linked = groups.get(row.id, frozenset())
        others = [other for other in beside if other.agency != row.agency and other.id not in linked]
        for other in texts.most_alike(row, others):
            percent = texts.likeness(other.event, row.event)
            if percent >= ALIKE:
                found.append(Suggestion(first=other.id, second=row.id, likeness=percent))
    # Of the same likeness they keep the order of time.
    return tuple(sorted(found, key=lambda suggestion: -suggestion.likeness))


def linked_groups(links: Iterable[Link]) -> dict[str, frozenset[str]]:
    """For every row that a link names: all rows linked with it by way of whatever links, itself among them."""
    beside = defaultdict[str, set[str]](set)
    for link in links:
        beside[link.first].add(link.second)
        beside[link.second].add(link.first)
    groups: dict[str, frozenset[str]] = {}
    for start in beside:
        if start in groups:
            continue
        group, open_ids = {start}, [start]
        while open_ids:
            new = beside[open_ids.pop()] - group
            group |= new
            open_ids += new
        groups |= dict.fromkeys(group, frozenset(group))
    return groups


def contradictions(
    rows: Sequence[Row], links: Iterable[Link] = (), suggestions: Iterable[Suggestion] = ()
) -> dict[str, tuple[str, ...]]:
    """What contradicts each row, in words that name the rows: of those linked, and of strong suggestions.

    Two rows contradict each other where one says that the child was seen and the other that it was not, and where
    their times exclude each other. Rows that nothing contradicts are left out.
    """
    by_id = {row.id: row for row in rows}
    found = defaultdict[str, list[str]](list)
    for first, second in _linked_pairs(rows, linked_groups(links)):
        for reason in _disagreements(first, second):
            found[first.id].append(reason)
            found[second.id].append(reason)
    for suggestion in suggestions:
        if suggestion.likeness >= STRONG:
            for reason in _disagreements(by_id[suggestion.first], by_id[suggestion.second]):
                found[suggestion.first].append(f"if {suggestion.second} tells of the same: {reason}")
                found[suggestion.second].append(f"if {suggestion.first} tells of the same: {reason}")
    return {row: tuple(reasons) for row, reasons in found.items()}


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _days(row: Row) -> Days:
    """First and last day on which a row whose time is known may have been."""
    ends = row.when.ends
    assert ends is not None, "asked of dated rows"  # noqa: S101
    first, end = ends[0].date(), ends[1]
    # The end is no longer of it: a day ends with the midnight that begins the next.
    last = first if ends[0] == end else (end - timedelta(microseconds=1)).date()
    return first, max(first, last)


def _fixed_and_wide(spans: Iterable[Days]) -> tuple[list[Days], list[Days]]:
    """The spans that cover no other whole, in order, and those that do."""
    fixed, wide = list[Days](), list[Days]()
    soonest_end = date.max
    # From the last to begin: whatever a span may cover has been looked at before it.
    for first, last in sorted(spans, key=lambda span: (span[0], -span[1].toordinal()), reverse=True):
        if fixed and soonest_end <= last:
            wide.append((first, last))
        else:
            fixed.append((first, last))
            soonest_end = last
    return fixed[::-1], wide


def _reach_of_undated(rows: Iterable[Row]) -> Iterator[Days]:
    """For every contact without a date: between which days it was, going by the dated rows around it in its file."""
    files = defaultdict[tuple[str, int], list[Row]](list)
    for row in rows:
        files[row.agency, row.version].append(row)
    for file in files.values():
        for before, row, after in around_in_file(file):
            if row.no_contact:
                continue
            first = _days(before)[0] if before else date.min
            last = _days(after)[1] if after else date.max
            # A file that is not in order of time says nothing of when.
            yield (first, last) if first <= last else (date.min, date.max)


def around_in_file(file: Iterable[Row]) -> Iterator[tuple[Row | None, Row, Row | None]]:
    """Every row of one file that has no date, with the nearest dated rows before and after it, if there are any."""
    ordered = sorted(file, key=lambda row: row.number)
    before: Row | None = None
    waiting = list[tuple[Row | None, Row]]()
    for row in ordered:
        if row.when.ends is None:
            waiting.append((before, row))
            continue
        yield from ((earlier, undated, row) for earlier, undated in waiting)
        waiting, before = [], row
    yield from ((earlier, undated, None) for earlier, undated in waiting)


def _joined(spans: Iterable[Days]) -> list[Days]:
    """The days that any of the spans has, as few spans as possible, in order."""
    joined = list[Days]()
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _gap_and_sure_parts(since: date, until: date, blurs: Iterable[Days]) -> Iterator[Gap]:
    """The gap from one contact to the next; where rows may fall into it, also the parts that they cannot reach."""
    within = [(first, last) for first, last in blurs if first < until and last > since]
    yield _gap(since, until, certain=not within)
    if within:
        starts = [since, *(last for _, last in within)]
        ends = [*(first for first, _ in within), until]
        for start, end in zip(starts, ends, strict=True):
            if start < end:
                yield _gap(start, end, certain=True)


def _gap(since: date, until: date, *, certain: bool) -> Gap:
    return Gap(since=since, until=until, days=(until - since).days, certain=certain)


def _near_in_time(rows: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Every contact, in order of time, with those before it that may have been at the same time."""
    dated = [(*ends, row) for row in rows if (ends := row.when.ends) and not row.no_contact]
    ordered = sorted(
        (entry for entry in dated if entry[1] - entry[0] <= WIDEST),
        key=lambda entry: (entry[0], entry[1], entry[2].agency, entry[2].version, entry[2].number),
    )
    before = deque[tuple[datetime, datetime, Row]](maxlen=MOST_BESIDE)
    for start, end, row in ordered:
        yield row, [other for begun, ended, other in before if _may_be_one(begun, ended, start, end)]
        before.append((start, end, row))


def _may_be_one(begun: datetime, ended: datetime, start: datetime, end: datetime) -> bool:
    """Whether the first, which begins no later than the second, may be at the same time."""
    if begun == ended and start == end:
        return start - begun <= SAME_HOUR
    return begun == start or start < ended


class _Texts:
    """How alike texts are, word by word. Every text is taken apart once, every pair of texts compared once."""

    def __init__(self) -> None:
        self._words: dict[str, tuple[list[str], Counter[str]]] = {}
        self._known: dict[tuple[str, str], int] = {}

    def most_alike(self, row: Row, others: Iterable[Row]) -> list[Row]:
        """Of the others those that share most words with the row, and enough to be alike at all."""
        shared = [(self._at_most(row.event, other.event), other) for other in others]
        best = nlargest(MOST_COMPARED, (pair for pair in shared if pair[0] >= ALIKE), key=itemgetter(0))
        return [other for _, other in best]

    def likeness(self, first: str, second: str) -> int:
        """In percent: of the words, those that both have in the same order."""
        # In one order, as difflib may say otherwise of the same two texts the other way round.
        pair = (first, second) if first <= second else (second, first)
        if pair not in self._known:
            one, other = self._apart(pair[0])[0], self._apart(pair[1])[0]
            self._known[pair] = int(100 * SequenceMatcher(None, one, other, autojunk=False).ratio())
        return self._known[pair]

    def _at_most(self, first: str, second: str) -> int:
        """What the likeness cannot exceed, by length and by shared words; 0 of texts with hardly any words."""
        (one, one_counted), (other, other_counted) = self._apart(first), self._apart(second)
        shorter, longer = sorted((len(one), len(other)))
        by_length = 200 * shorter // (shorter + longer) if shorter >= FEWEST_WORDS else 0
        if by_length < ALIKE:
            return 0
        shared = sum(min(count, other_counted[word]) for word, count in one_counted.items() if word in other_counted)
        return 200 * shared // (shorter + longer)

    def _apart(self, text: str) -> tuple[list[str], Counter[str]]:
        if text not in self._words:
            words = _WORD.findall(text.casefold())
            self._words[text] = words, Counter(words)
        return self._words[text]


def _linked_pairs(rows: Sequence[Row], groups: Mapping[str, frozenset[str]]) -> Iterator[tuple[Row, Row]]:
    """Every two rows that are linked, in the order of the rows."""
    together = defaultdict[frozenset[str], list[Row]](list)
    for row in rows:
        if row.id in groups:
            together[groups[row.id]].append(row)
    for group in together.values():
        yield from combinations(group, 2)


def _disagreements(first: Row, second: Row) -> Iterator[str]:
    if {first.seen, second.seen} == {Seen.YES, Seen.NO}:
        seen, not_seen = (first, second) if first.seen is Seen.YES else (second, first)
        yield f"{seen.id} says that the child was seen, {not_seen.id} that the child was not seen"
    if first.when.ends and second.when.ends and not first.when.overlaps(second.when):
        yield f"the times of {first.id} and {second.id} exclude each other"
