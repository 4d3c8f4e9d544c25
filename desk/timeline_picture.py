"""The life of a case as a picture: a lane for each stage, what happened in it, and its clocks as bars.

How a clock ran is told by the sign at its end and by a word; colour only helps.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from desk.picture_axis import GAP, HEIGHT, TimeAxis, around, short_day
from desk.pictures import (
    ALARM,
    CALM,
    DOTS,
    FAINT,
    HALO,
    HATCH,
    INK,
    PAPER,
    QUIET,
    alarm,
    check,
    cross,
    diamond,
    group,
    line,
    pause,
    picture,
    rect,
    ring,
    shortened,
    text,
    width_of,
)
from desk.timeline import Bar, BarStatus, Lane, Mark, StoppedStretch, TimelineView
from domain.clocks.calendar import day_in_words
from domain.clocks.rule import Strength

WIDTH: Final = 1360.0
MARGIN: Final = 20.0
LEFT: Final = 330.0
RIGHT: Final = 1130.0
"""Edges of the part that shows time: titles stand to its left, words to its right."""
BARS_A_LANE: Final = 12
MARKS_A_LANE: Final = 12
ROWS_OF_MARKS: Final = 6
ROW: Final = 20.0
HEADING: Final = 26.0
TOP: Final = 74.0

_LATE: Final = (BarStatus.LATE, BarStatus.OVERDUE)
_BINDING: Final = (Strength.STATUTE, Strength.GUIDANCE, Strength.LOCAL)


@dataclass(frozen=True)
class _Chosen:
    """What of a lane is shown, and what was left out, in words."""

    lane: Lane
    bars: tuple[Bar, ...]
    marks: tuple[tuple[tuple[float, Mark], ...], ...]
    """Rows of marks, each with where its words begin."""
    more: str

    @property
    def height(self) -> float:
        rows = max(len(self.marks) - 1, 0) + len(self.bars) + bool(self.more)
        return HEADING + rows * ROW + GAP


def timeline_svg(view: TimelineView) -> str:
    """The picture as SVG. Of a stage with many clocks those that are late and those that bind most are shown."""
    axis = TimeAxis(*around(_days(view)), LEFT, RIGHT)
    chosen = [_chosen(lane, axis) for lane in view.lanes]
    y = TOP + HEIGHT + (ROW + GAP if view.stops else 0)
    bottom = y + sum(each.height for each in chosen)
    content = [*_head(view), *_shades(chosen, y), *axis.drawn(TOP, bottom)]
    if view.stops:
        content += _stopped(view.stops, axis, TOP + HEIGHT, bottom, view.as_of)
    content.append(_as_of(view.as_of, axis, bottom))
    for each in chosen:
        content += _lane(each, axis, y, view.as_of)
        y += each.height
    content += _legend(bottom + 30)
    return picture(WIDTH, bottom + 78, f"Timeline of review {view.reference}", _described(view), content)


def words_of(bar: Bar, as_of: date) -> str:
    """How the clock ran, in words: ``late by 3 days``."""
    match bar.status:
        case BarStatus.MET:
            return f"met {short_day(bar.done_on or bar.due)}"
        case BarStatus.LATE:
            days = ((bar.done_on or bar.due) - bar.due).days
            return f"late by {_days_in_words(days)}" if days > 0 else "late on its day"
        case BarStatus.OPEN:
            return f"open, due {short_day(bar.due)}"
        case BarStatus.OVERDUE:
            return f"overdue by {_days_in_words((as_of - bar.due).days)}"
        case BarStatus.STOPPED:
            return "stopped"
        case BarStatus.WITHDRAWN:
            return "withdrawn"


def _days(view: TimelineView) -> Iterator[date]:
    """Every day that the picture has to reach; the due day of a clock that was met or withdrawn long before is not."""
    yield view.as_of
    for lane in view.lanes:
        yield from (mark.on for mark in lane.marks)
        for bar in lane.bars:
            yield bar.start
            yield bar.done_on or bar.due


def _chosen(lane: Lane, axis: TimeAxis) -> _Chosen:
    ranked = sorted(lane.bars, key=_rank)
    kept, left = ranked[:BARS_A_LANE], ranked[BARS_A_LANE:]
    bars = tuple(sorted(kept, key=lambda bar: (bar.start, bar.due, bar.title, bar.about)))
    rows, marks_left = _in_rows(lane.marks, axis)
    more = []
    if left:
        told = Counter(bar.status.value for bar in left)
        more.append(f"and {len(left)} more clocks: " + ", ".join(f"{told[s]} {s}" for s in BarStatus if told[s]))
    if marks_left:
        more.append(f"and {marks_left} more events")
    return _Chosen(lane, bars, rows, "; ".join(more))


def _rank(bar: Bar) -> tuple[bool, int, date, date, str, str]:
    """Late ones first, then what binds most, then the earliest."""
    return bar.status not in _LATE, _BINDING.index(bar.strength), bar.start, bar.due, bar.title, bar.about


def _in_rows(marks: Sequence[Mark], axis: TimeAxis) -> tuple[tuple[tuple[tuple[float, Mark], ...], ...], int]:
    """Marks in rows in which nothing touches, and how many found no room."""
    rows: list[list[tuple[float, Mark]]] = []
    ends: list[float] = []
    left_out = max(len(marks) - MARKS_A_LANE, 0)
    for mark in marks[:MARKS_A_LANE]:
        x, width = axis.x(mark.on), width_of(mark.words, 11)
        words_at = x + 9 if x + 9 + width <= WIDTH - MARGIN else x - 9 - width
        first, last = min(x - 6, words_at), max(x + 6, words_at + width)
        free = next((row for row, end in enumerate(ends) if end + GAP <= first), len(rows))
        if free == ROWS_OF_MARKS:
            left_out += 1
            continue
        if free == len(rows):
            rows.append([])
            ends.append(0)
        rows[free].append((words_at, mark))
        ends[free] = last
    return tuple(tuple(row) for row in rows), left_out


def _head(view: TimelineView) -> Iterator[str]:
    yield text(MARGIN, 34, f"Review {view.reference}: what happened when", size=20, font_weight="bold")
    words = f"As of {day_in_words(view.as_of)} (broken line). A bar runs from the start of a clock until it was met."
    yield text(MARGIN, 56, words, size=12, fill=QUIET)


def _shades(chosen: Sequence[_Chosen], y: float) -> Iterator[str]:
    for number, each in enumerate(chosen):
        if number % 2 == 0:
            yield rect(MARGIN / 2, y, WIDTH - MARGIN, each.height, fill="#f3f6f8")
        y += each.height


def _stopped(stops: Sequence[StoppedStretch], axis: TimeAxis, y: float, bottom: float, as_of: date) -> Iterator[str]:
    """The stretches for which clocks stood with the review, hatched, with lines through all lanes."""
    yield text(MARGIN, y + 16, "Clocks stopped with the review", font_weight="bold")
    for stop in stops:
        x, end = axis.x(stop.since), axis.x(stop.until or as_of)
        title = f"stopped {short_day(stop.since)} to {short_day(stop.until) if stop.until else 'now'}"
        yield group([rect(x, y + 5, max(end - x, 2), 12, fill=HATCH, stroke=INK)], title)
        for edge in (x, end):
            yield line(edge, y + 17, edge, bottom, stroke=QUIET, stroke_dasharray="1 4")
    times = "once" if len(stops) == 1 else f"{len(stops)} times"
    yield text(RIGHT + 14, y + 16, f"stopped {times}", size=12)


def _as_of(day: date, axis: TimeAxis, bottom: float) -> str:
    return line(axis.x(day), TOP + HEIGHT, axis.x(day), bottom, width=1.2, stroke_dasharray="6 4")


def _lane(chosen: _Chosen, axis: TimeAxis, y: float, as_of: date) -> Iterator[str]:
    yield text(MARGIN, y + 18, chosen.lane.title, size=14, font_weight="bold")
    for number, row in enumerate(chosen.marks):
        for words_at, mark in row:
            middle = y + 13 + number * ROW
            sign = diamond(axis.x(mark.on), middle)
            words = text(words_at, middle + 4, mark.words, size=11, **HALO)
            yield group([sign, words], f"{day_in_words(mark.on)}: {mark.words}")
    y += HEADING + max(len(chosen.marks) - 1, 0) * ROW
    for bar in chosen.bars:
        yield _bar(bar, axis, y + ROW / 2, as_of)
        y += ROW
    if chosen.more:
        yield text(MARGIN + 10, y + 14, chosen.more, fill=QUIET, font_style="italic", **HALO)


def _bar(bar: Bar, axis: TimeAxis, middle: float, as_of: date) -> str:
    words = words_of(bar, as_of)
    about = f" ({bar.about})" if bar.about else ""
    shown = shortened(bar.title, LEFT - MARGIN - 20 - width_of(about)) + about
    title = f"{bar.title}{about}: {words}. From {day_in_words(bar.start)}, due {day_in_words(bar.due)}."
    return group(
        [
            text(MARGIN + 10, middle + 4, shown),
            *_length(bar, axis, middle, as_of),
            text(RIGHT + 14, middle + 4, words, font_weight="bold" if bar.status in _LATE else "normal"),
        ],
        title,
    )


def _length(bar: Bar, axis: TimeAxis, middle: float, as_of: date) -> Iterator[str]:
    """The bar, what of it stood still, what ran over, and the sign at its end."""
    x, due = axis.x(bar.start), axis.x(bar.due)
    over = {BarStatus.LATE: bar.done_on, BarStatus.OVERDUE: as_of}.get(bar.status)
    full = bar.status in (BarStatus.MET, BarStatus.LATE)
    early = bar.status in (BarStatus.MET, BarStatus.WITHDRAWN)
    ends = axis.x(bar.done_on) if early and bar.done_on else due
    yield line(x, middle, due, middle, stroke=QUIET, stroke_dasharray="2 3")
    if bar.status is not BarStatus.WITHDRAWN:
        stroke = ALARM if bar.status in _LATE else CALM
        yield rect(x, middle - 5, max(ends - x, 2), 10, fill=CALM if full else PAPER, stroke=stroke)
    for stop in bar.stops:
        since, until = axis.x(max(stop.since, bar.start)), axis.x(min(stop.until or as_of, bar.due))
        yield rect(since, middle - 5, max(until - since, 2), 10, fill=HATCH, stroke=INK)
    if over is not None:
        yield rect(due, middle - 5, max(axis.x(over) - due, 2), 10, fill=DOTS, stroke=ALARM)
    if full or bar.status is BarStatus.OVERDUE:
        yield line(due, middle - 8, due, middle + 8, width=1.6)
    yield _sign(bar.status, max(axis.x(over), due) if over else ends, middle)


def _sign(status: BarStatus, x: float, y: float) -> str:
    match status:
        case BarStatus.MET:
            return check(x, y)
        case BarStatus.LATE | BarStatus.OVERDUE:
            return alarm(x, y, full=status is BarStatus.LATE)
        case BarStatus.OPEN:
            return ring(x, y)
        case BarStatus.STOPPED:
            return pause(x, y)
        case BarStatus.WITHDRAWN:
            return cross(x, y)


def _legend(y: float) -> Iterator[str]:
    """What each sign means."""
    yield line(MARGIN, y - 22, WIDTH - MARGIN, y - 22, stroke=FAINT)
    x = MARGIN + 8
    for status in BarStatus:
        yield _sign(status, x, y)
        yield text(x + 13, y + 4, status.value)
        x += 34 + width_of(status.value)
    for fill, words in ((DOTS, "after the due day"), (HATCH, "clock stood still")):
        yield rect(x, y - 5, 26, 10, fill=fill, stroke=INK)
        yield text(x + 33, y + 4, words)
        x += 54 + width_of(words)
    yield line(x, y - 8, x, y + 8, width=1.6)
    yield text(x + 9, y + 4, "due day")
    x += 30 + width_of("due day")
    yield diamond(x, y)
    yield text(x + 11, y + 4, "happened on that day")


def _described(view: TimelineView) -> str:
    """The picture in words, for those who do not see it."""
    return " ".join(_lane_in_words(lane) for lane in view.lanes)


def _lane_in_words(lane: Lane) -> str:
    told = Counter(bar.status.value for bar in lane.bars)
    clocks = ", ".join(f"{told[status]} {status}" for status in BarStatus if told[status])
    events = "; ".join(f"{short_day(mark.on)} {mark.words}" for mark in lane.marks[:MARKS_A_LANE])
    return f"{lane.title}: {f'clocks: {clocks}' if clocks else 'no clocks'}{f'; {events}' if events else ''}."


def _days_in_words(days: int) -> str:
    return "1 day" if days == 1 else f"{days:,} days"
