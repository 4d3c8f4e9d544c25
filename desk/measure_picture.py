"""An expected change over time as a picture: what was observed, and what that was judged to show.

Points are joined only where consecutive looks were really observed; where one is absent or missed there is a gap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import Final

from desk.measures import Look, Series
from desk.picture_axis import GAP, HEIGHT, TimeAxis, around, short_day
from desk.pictures import (
    CALM,
    FAINT,
    HALO,
    INK,
    PAPER,
    QUIET,
    alarm,
    check,
    cross,
    element,
    group,
    line,
    picture,
    rect,
    ring,
    shortened,
    text,
    width_of,
)
from domain.change_commands import Judgement

WIDTH: Final = 1120.0
MARGIN: Final = 20.0
LEFT: Final = 90.0
RIGHT: Final = 900.0
"""Edges of the part that shows time: figures stand to its left, names of lines to its right."""
TOP: Final = 110.0
PLOT: Final = 300.0
STRIP: Final = 40.0
"""Height of the part with the looks: of figures with their values, else without."""
NOTE: Final = 58.0
"""Height of what stands below a look: sign, judgement, day, and what was late or is not there."""

_BETTER: Final = {"higher": "Higher is better.", "lower": "Lower is better.", "described": "Told in words."}
_AS_PLANNED: Final = Look(due_on=date(2000, 1, 1))
_SIGNS: Final = {
    "observed": _AS_PLANNED.model_copy(update={"observed_on": date(2000, 1, 1)}),
    "recorded late": _AS_PLANNED.model_copy(update={"observed_on": date(2000, 1, 1), "late_days": 1}),
    "absent or missed": _AS_PLANNED.model_copy(update={"absent": True}),
    "to come": _AS_PLANNED,
}
"""Looks as the key shows them."""


@dataclass(frozen=True)
class _Scale:
    """Figures between two lying edges."""

    low: float
    high: float
    step: float
    top: float
    bottom: float

    def y(self, value: float | Decimal) -> float:
        return self.bottom - (float(value) - self.low) / (self.high - self.low) * (self.bottom - self.top)

    @property
    def ticks(self) -> list[float]:
        return [self.low + self.step * n for n in range(round((self.high - self.low) / self.step) + 1)]


def measure_svg(series: Series) -> str:
    """The picture as SVG: with a scale where there are figures, else a strip of what was judged."""
    title, described = shortened(_title(series), WIDTH - 2 * MARGIN), _described(series)
    if not series.points:
        words = text(MARGIN, TOP - 20, "No day is set yet on which it is looked at.")
        return picture(WIDTH, TOP, title, described, [*_head(series), words])
    axis = TimeAxis(*around(_days(series)), LEFT, RIGHT)
    in_figures = series.direction != "described" and bool(_figures(series))
    bottom = TOP + (PLOT if in_figures else STRIP)
    drawn = _figures_drawn(series, axis, bottom) if in_figures else _strip_drawn(series.points, axis, bottom)
    notes, height = _notes(series.points, axis, bottom + HEIGHT + 12)
    key = bottom + HEIGHT + height + 46
    content = [*_head(series), *axis.drawn(bottom, bottom), *drawn, *_closing(series, axis, bottom), *notes]
    return picture(WIDTH, key + 46, title, described, [*content, *_legend(key)])


def figure(value: Decimal | float, unit: str = "") -> str:
    """A figure with its unit, without noughts that say nothing."""
    written = f"{value:f}" if isinstance(value, Decimal) else f"{value:.6f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return f"{'0' if written == '-0' else written} {unit}".strip()


def state_of(look: Look) -> str:
    """What became of a look, in words: ``observed``, ``absent``, ``missed`` or ``to come``."""
    if look.observed_on is not None:
        return "observed"
    if look.absent:
        return "absent"
    return "missed" if look.missed else "to come"


def _days(series: Series) -> Iterator[date]:
    yield from (_on(look) for look in series.points)
    if series.closed_on is not None:
        yield series.closed_on


def _on(look: Look) -> date:
    return look.observed_on or look.due_on


def _figures(series: Series) -> list[Decimal]:
    seen = [look.value for look in series.points if look.observed_on is not None]
    return [value for value in (series.baseline, series.target, *seen) if value is not None]


def _head(series: Series) -> Iterator[str]:
    unit = f" In {series.unit}." if series.unit and series.direction != "described" else ""
    yield text(MARGIN, 34, shortened(_title(series), WIDTH - 2 * MARGIN, 20), size=20, font_weight="bold")
    if series.measure:
        seen = f"{_kind(series).capitalize()}: {_line_of(series.measure)}"
        yield text(MARGIN, 56, shortened(seen, WIDTH - 2 * MARGIN), fill=QUIET)
    better = shortened(_BETTER[series.direction] + unit, WIDTH - 2 * MARGIN)
    yield text(MARGIN, 74 if series.measure else 56, better, fill=QUIET)


def _title(series: Series) -> str:
    return f"Expected change {series.id}: {_line_of(series.what) or _kind(series)}"


def _kind(series: Series) -> str:
    return series.kind.value.replace("-", " ")


def _line_of(typed: str) -> str:
    """What was typed, on one line."""
    return " ".join(typed.split())


def _scale(figures: Sequence[Decimal], bottom: float) -> _Scale:
    low, high = float(min(figures)), float(max(figures))
    room = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    rough = (high - low + 2 * room) / 5
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= rough)
    first = floor((low - room) / step) * step
    if low >= 0 > first:
        first = 0.0
    return _Scale(first, ceil((high + room) / step) * step, step, TOP, bottom)


def _figures_drawn(series: Series, axis: TimeAxis, bottom: float) -> Iterator[str]:
    scale = _scale(_figures(series), bottom)
    for tick in scale.ticks:
        y = scale.y(tick)
        yield line(LEFT, y, RIGHT, y, stroke=FAINT)
        yield text(LEFT - 8, y + 4, figure(tick), anchor="end", fill=QUIET)
    yield from _lines(series, scale)
    yield from _joined(series.points, axis, scale)
    labels = _Labels()
    labels.lines += [scale.y(value) for value in (series.baseline, series.target) if value is not None]
    labels.taken += [
        (x - 7, y - 7, x + 7, y + 7) for x, y in (_at(look, axis, scale) for look in series.points if _shown(look))
    ]
    for look in series.points:
        yield from _point(look, series.unit, axis, scale, labels)


def _lines(series: Series, scale: _Scale) -> Iterator[str]:
    """Baseline and target, named at their right end; names that would touch are moved apart."""
    named = [("baseline", series.baseline, "3 4"), ("target", series.target, "10 4")]
    known = sorted(
        ((scale.y(value), name, value, dashes) for name, value, dashes in named if value is not None),
        key=lambda each: each[:2],
    )
    words_at = 0.0
    for y, name, value, dashes in known:
        words_at = max(y + 4, words_at + 16)
        words = shortened(f"{name} {figure(value, series.unit)}", WIDTH - MARGIN - RIGHT - 10)
        weight = "bold" if name == "target" else "normal"
        yield line(LEFT, y, RIGHT, y, width=1.8, stroke_dasharray=dashes)
        yield text(RIGHT + 10, words_at, words, font_weight=weight)


def _joined(looks: Sequence[Look], axis: TimeAxis, scale: _Scale) -> Iterator[str]:
    for earlier, later in pairwise(looks):
        if earlier.observed_on and later.observed_on and earlier.value is not None and later.value is not None:
            ends = axis.x(earlier.observed_on), scale.y(earlier.value), axis.x(later.observed_on), scale.y(later.value)
            yield line(*ends, stroke=CALM, width=2)


def _shown(look: Look) -> bool:
    """Whether it has a place on the scale."""
    return look.observed_on is not None and look.value is not None


def _at(look: Look, axis: TimeAxis, scale: _Scale) -> tuple[float, float]:
    return axis.x(_on(look)), scale.y(look.value or 0)


@dataclass
class _Labels:
    """What stands already: a label that would touch it goes elsewhere. On a line only where there is no other place."""

    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    lines: list[float] = field(default_factory=list)

    def place(self, x: float, y: float, width: float) -> float | None:
        """Where a label for the point stands, centred on it; ``None`` where there is no room."""
        places = [y - 13, y + 23, y - 29, y + 39]
        free = [at for at in places if not any(_touch(_box(x, at, width), other) for other in self.taken)]
        off_lines = [at for at in free if not any(at - 13 <= each <= at + 3 for each in self.lines)]
        chosen = next(iter((*off_lines, *free)), None)
        if chosen is not None:
            self.taken.append(_box(x, chosen, width))
        return chosen


def _box(x: float, y: float, width: float) -> tuple[float, float, float, float]:
    return x - width / 2 - 2, y - 11, x + width / 2 + 2, y + 3


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _point(look: Look, unit: str, axis: TimeAxis, scale: _Scale, labels: _Labels) -> Iterator[str]:
    if look.observed_on is None or look.value is None:
        x, y = axis.x(_on(look)), scale.bottom - 12
        if look.absent or look.missed:
            yield line(x, TOP, x, y - 8, stroke=QUIET, stroke_dasharray="1 5")
        yield group([_seen(look, x, y)], f"{short_day(_on(look))}: {state_of(look)}, no figure")
        return
    (x, y), words = _at(look, axis, scale), figure(look.value)
    place = labels.place(x, y, width_of(words))
    label = [] if place is None else [text(x, place, words, anchor="middle", font_weight="bold", **HALO)]
    late = f", recorded {_days_late(look)}" if look.late_days else ""
    yield group([_seen(look, x, y), *label], f"{short_day(look.observed_on)}: {figure(look.value, unit)}{late}")


def _strip_drawn(looks: Sequence[Look], axis: TimeAxis, bottom: float) -> Iterator[str]:
    """Looks without figures: on one line, which is whole only between looks that were observed."""
    y = bottom - STRIP / 2
    for earlier, later in pairwise(looks):
        if earlier.observed_on and later.observed_on:
            yield line(axis.x(earlier.observed_on), y, axis.x(later.observed_on), y, stroke=CALM, width=2)
    for look in looks:
        yield group([_seen(look, axis.x(_on(look)), y)], f"{short_day(_on(look))}: {state_of(look)}")


def _seen(look: Look, x: float, y: float) -> str:
    """What became of a look, as a sign: a disc, a square where it was late, a cross where there is none, or a ring."""
    if look.observed_on is None:
        return cross(x, y, INK) if look.absent or look.missed else ring(x, y)
    if look.late_days:
        return rect(x - 5.5, y - 5.5, 11, 11, fill=CALM)
    return element("circle", cx=x, cy=y, r=6, fill=CALM)


def _closing(series: Series, axis: TimeAxis, bottom: float) -> Iterator[str]:
    if series.closed_on is None:
        return
    x = axis.x(series.closed_on)
    words = f"closed: {series.closed_outcome}, {short_day(series.closed_on)}"
    room = width_of(words)
    anchor = "end" if x + room > WIDTH - MARGIN else "start"
    yield line(x, TOP - 14, x, bottom, width=2)
    yield line(x + 4, TOP - 14, x + 4, bottom, width=2)
    yield text(x + (4 if anchor == "end" else 0), TOP - 20, words, anchor=anchor, font_weight="bold")


def _notes(looks: Sequence[Look], axis: TimeAxis, y: float) -> tuple[list[str], float]:
    """Below each look its judgement as a sign and a word, its day, and what was late or is not there; in as many rows
    as it takes for nothing to touch. Also how high they are together.
    """
    ends: list[float] = []
    drawn: list[str] = []
    for look in looks:
        x, words = axis.x(_on(look)), _note(look)
        width = max(width_of(line_, 11) for line_ in words)
        centre = min(max(x, MARGIN + width / 2), WIDTH - MARGIN - width / 2)
        row = next((n for n, end in enumerate(ends) if end + 2 * GAP <= centre - width / 2), len(ends))
        ends[row : row + 1] = [centre + width / 2]
        drawn.insert(0, line(x, y - 12, x, y + row * (NOTE + 20), stroke=FAINT))
        drawn.append(_note_drawn(look, words, x, centre, y + row * (NOTE + 20) + 8))
    return drawn, len(ends) * (NOTE + 20)


def _note(look: Look) -> list[str]:
    state = state_of(look)
    words = [] if look.judgement is None else [look.judgement.value.replace("-", " ")]
    if look.observed_on is not None:
        late = [_days_late(look)] if look.late_days else []
        return [*(words or ["not judged yet"]), short_day(look.observed_on), *late]
    return [state, f"{'' if state == 'absent' else 'due '}{short_day(look.due_on)}", *words]


def _note_drawn(look: Look, words: Sequence[str], x: float, centre: float, y: float) -> str:
    lines = [
        text(centre, y + 22 + 14 * n, said, size=11, anchor="middle", fill=QUIET if n else INK, **HALO)
        for n, said in enumerate(words)
    ]
    return group([_judged(look, x, y), *lines])


def _judged(look: Look, x: float, y: float) -> str:
    """What an observation shows, as a sign."""
    match look.judgement:
        case Judgement.IMPROVED:
            return check(x, y)
        case Judgement.WORSE:
            return alarm(x, y)
        case Judgement.UNINTENDED:
            return alarm(x, y, full=False)
        case Judgement.NO_CHANGE:
            bars = (line(x - 3, y + dy, x + 3, y + dy, width=1.6) for dy in (-1.8, 1.8))
            return element("circle", cx=x, cy=y, r=6, fill=PAPER, stroke=INK, stroke_width=1.5) + "".join(bars)
        case Judgement.CANNOT_TELL:
            disc = element("circle", cx=x, cy=y, r=6, fill=PAPER, stroke=INK, stroke_width=1.5)
            return disc + text(x, y + 3.5, "?", size=10, anchor="middle", font_weight="bold")
    return cross(x, y) if look.absent or look.missed else element("circle", cx=x, cy=y, r=2, fill=QUIET)


def _legend(y: float) -> Iterator[str]:
    yield line(MARGIN, y - 22, WIDTH - MARGIN, y - 22, stroke=FAINT)
    x = MARGIN + 8
    for judgement in Judgement:
        words = judgement.value.replace("-", " ")
        yield _judged(_AS_PLANNED.model_copy(update={"judgement": judgement}), x, y)
        yield text(x + 12, y + 4, words)
        x += 36 + width_of(words)
    x = MARGIN + 8
    for words, look in _SIGNS.items():
        yield _seen(look, x, y + 22)
        yield text(x + 12, y + 26, words)
        x += 36 + width_of(words)


def _described(series: Series) -> str:
    told = [_BETTER[series.direction]]
    for name, value in (("Baseline", series.baseline), ("Target", series.target)):
        if value is not None:
            told.append(f"{name} {figure(value, series.unit)}.")
    for look in series.points:
        seen = f", {figure(look.value, series.unit)}" if look.observed_on and look.value is not None else ""
        judged = f", judged: {look.judgement.value.replace('-', ' ')}" if look.judgement else ""
        late = f", {_days_late(look)}" if look.late_days else ""
        told.append(f"{short_day(_on(look))}: {state_of(look)}{seen}{late}{judged}.")
    if series.closed_on is not None:
        told.append(f"Closed: {series.closed_outcome}, {short_day(series.closed_on)}.")
    return " ".join(told)


def _days_late(look: Look) -> str:
    return f"{look.late_days} day{'' if look.late_days == 1 else 's'} late"
