"""The days of a clock as a picture: a calendar with each day counted, or left out and why.

A short clock has a row a week, a long one a row a month; of a very long one the middle is told in a line. What a day is
stands in words or by its pattern: colour says nothing alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from desk.days import ClockDay, DayKind
from desk.days_words import day_in_short, described, in_row, stops_in_words
from desk.picture_axis import MONTHS
from desk.pictures import (
    DOTS,
    FAINT,
    HALO,
    HATCH,
    INK,
    PAPER,
    QUIET,
    diamond,
    group,
    line,
    picture,
    rect,
    shortened,
    text,
    width_of,
)
from domain.clocks.calendar import day_in_words
from domain.model import Model

MARGIN: Final = 20.0
LABEL: Final = 112.0
"""Room for the name of a row."""
WEEKS_AT_MOST: Final = 10
"""A clock of more weeks has a row a month."""
ROWS_AT_MOST: Final = 48
"""Of a clock of more months the first and the last half of so many have rows."""
_WEEK_CELL: Final = (152.0, 62.0)
_MONTH_CELL: Final = (32.0, 30.0)
_NOTES: Final = 300.0
_FILL: Final = {DayKind.WEEKEND: FAINT, DayKind.HOLIDAY: DOTS, DayKind.STOPPED: HATCH}
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class DaysView(Model):
    """A clock and its days, as they are to be drawn."""

    title: str
    """What clock of which case, by reference."""
    lines: tuple[str, ...]
    """What is said of it above the days: what it counts, when it is due."""
    days: tuple[ClockDay, ...]
    hours: bool = False
    """Whether numbers are hours."""
    marked: date | None = None
    """The day of which the picture tells."""


_Row = tuple[str, tuple[ClockDay, ...]]
"""Its name and its days; one without days tells of months that are left out."""


def days_svg(view: DaysView) -> str:
    """The picture as SVG; the same view always gives the same bytes."""
    first, last = view.days[0].on, view.days[-1].on
    by_weeks = (_monday(last) - _monday(first)).days // 7 < WEEKS_AT_MOST
    cell = _WEEK_CELL if by_weeks else _MONTH_CELL
    rows = _weeks(view.days) if by_weeks else _shortened_rows(_months(view.days), view)
    columns = 7 if by_weeks else 31
    width = 2 * MARGIN + LABEL + columns * cell[0] + (0 if by_weeks else _NOTES)
    content = [text(MARGIN, 34, shortened(view.title, width - 2 * MARGIN, 20), size=20, font_weight="bold")]
    y = 56.0
    for words in view.lines:
        for part in _wrapped(words, width - 2 * MARGIN, 13):
            content.append(text(MARGIN, y, part, size=13))
            y += 18
    content += _columns(by_weeks, y + 14, cell[0])
    y += 22
    for name, days in rows:
        content.append(text(MARGIN, y + cell[1] / 2 + 4, name, font_weight="bold" if days else "normal"))
        for day in days:
            column = day.on.weekday() if by_weeks else day.on.day - 1
            content.append(_cell(day, view, MARGIN + LABEL + column * cell[0], y, by_weeks=by_weeks))
        if not by_weeks and days:
            content += _notes(days, MARGIN + LABEL + columns * cell[0] + 12, y)
        y += cell[1]
    content += _legend(view, y + 26, by_weeks=by_weeks)
    y += 44
    for words in stops_in_words(view.days):
        for part in _wrapped(words, width - 2 * MARGIN, 12):
            content.append(text(MARGIN, y + 12, part))
            y += 17
    return picture(
        width, y + MARGIN, view.title, f"{' '.join(view.lines)} {described(view.days, hours=view.hours)}", content
    )


def _weeks(days: Sequence[ClockDay]) -> list[_Row]:
    weeks = groupby(days, key=lambda day: _monday(day.on))
    return [(f"Week of {monday.day} {MONTHS[monday.month - 1]}", tuple(of_week)) for monday, of_week in weeks]


def _months(days: Sequence[ClockDay]) -> list[_Row]:
    months = groupby(days, key=lambda day: (day.on.year, day.on.month))
    return [(f"{MONTHS[month - 1]} {year}", tuple(of_month)) for (year, month), of_month in months]


def _shortened_rows(rows: list[_Row], view: DaysView) -> list[_Row]:
    """Of very many months the first and the last; what lies between is told in a line."""
    if len(rows) <= ROWS_AT_MOST:
        return rows
    half = ROWS_AT_MOST // 2
    left_out = [day for _, days in rows[half:-half] for day in days]
    stopped = sum(day.kind is DayKind.STOPPED for day in left_out)
    also = f", {stopped:,} of them stopped" if stopped else ""
    words = f"… {len(rows) - 2 * half} months, {rows[half][0]} to {rows[-half - 1][0]}: {len(left_out):,} days{also} …"
    return [*rows[:half], (words, ()), *rows[-half:]]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _columns(by_weeks: bool, y: float, width: float) -> Iterator[str]:
    names = _WEEKDAYS if by_weeks else [str(number) for number in range(1, 32)]
    for number, name in enumerate(names):
        x = MARGIN + LABEL + number * width + width / 2
        yield text(x, y, name, size=11, anchor="middle", fill=QUIET)


def _cell(day: ClockDay, view: DaysView, x: float, y: float, *, by_weeks: bool) -> str:
    inside = _week_cell(day, view.hours, x, y) if by_weeks else _month_cell(day, x, y)
    width, height = _WEEK_CELL if by_weeks else _MONTH_CELL
    border = 3.5 if day.due else 0.8
    frame = rect(x + 2, y + 2, width - 4, height - 4, fill="none", stroke=INK, stroke_width=border)
    marked = []
    if day.on == view.marked:
        marked = [
            rect(x + 5, y + 5, width - 10, height - 10, fill="none", stroke=INK, stroke_width=1, stroke_dasharray="4 3")
        ]
    return group([*inside, frame, *marked], f"{day_in_words(day.on)}: {day_in_short(day, hours=view.hours)}")


def _week_cell(day: ClockDay, hours: bool, x: float, y: float) -> Iterator[str]:
    """A strip with the pattern, the day of the month, and what the day is in words."""
    width, height = _WEEK_CELL
    yield rect(x + 2, y + 2, width - 4, height - 4, fill=FAINT if day.kind is DayKind.WEEKEND else PAPER)
    if day.kind in (DayKind.HOLIDAY, DayKind.STOPPED):
        yield rect(x + 2, y + height - 12, width - 4, 10, fill=_FILL[day.kind])
    on = f"{day.on.day} {MONTHS[day.on.month - 1]}"
    yield text(x + 10, y + 18, on, size=11, fill=INK)
    if day.due:
        yield text(x + width - 10, y + 18, "DUE", size=12, anchor="end", font_weight="bold")
    if day.event:
        yield diamond(x + 18 + width_of(on, 11), y + 14)
    bold = "bold" if day.kind is DayKind.COUNTED else "normal"
    size, lines = (15.0, 1) if day.kind is DayKind.COUNTED and not day.why else (11.0, 2)
    words = _wrapped(_week_words(day, hours), width - 18, size)
    if len(words) > lines:
        words = [*words[: lines - 1], shortened(" ".join(words[lines - 1 :]), width - 18, size)]
    for number, part in enumerate(words):
        yield text(x + 10, y + 34 + number * 13 + (4 if size == 15 else 0), part, size=size, font_weight=bold)


def _week_words(day: ClockDay, hours: bool) -> str:
    if day.kind is DayKind.COUNTED:
        count = ""
        if day.number is not None:
            count = f"{day.number} h" if hours else f"day {day.number}"
        return "; ".join(filter(None, (count, day.why)))
    if day.kind is DayKind.HOLIDAY:
        return day.why
    if day.kind is DayKind.STOPPED:
        return f"stopped: {day.why}" if day.why else "stopped"
    return "counted from here" if day.kind is DayKind.EVENT else day.kind.value


def _month_cell(day: ClockDay, x: float, y: float) -> Iterator[str]:
    width, height = _MONTH_CELL
    yield rect(x + 2, y + 2, width - 4, height - 4, fill=_FILL.get(day.kind, PAPER))
    middle = x + width / 2
    if day.kind is DayKind.EVENT or (day.event and day.number is None):
        yield diamond(middle, y + height / 2)
        return
    sign = {DayKind.WEEKEND: "-", DayKind.HOLIDAY: "H", DayKind.BETWEEN: "·"}.get(day.kind, "")
    words = str(day.number) if day.number is not None else sign
    if words:
        bold = "bold" if day.kind is DayKind.HOLIDAY else "normal"
        yield text(middle, y + height / 2 + 4, words, size=10, anchor="middle", font_weight=bold, **HALO)
    if day.event:
        yield diamond(x + 9, y + 9)


def _notes(days: Sequence[ClockDay], x: float, y: float) -> Iterator[str]:
    """What is to be said of the days of a month, in two lines at most; whole in the words of each day."""
    words = _wrapped(in_row(days), _NOTES - 12, 10.5)
    if len(words) > 2:
        words = [words[0], shortened(" ".join(words[1:]), _NOTES - 12, 10.5)]
    for number, part in enumerate(words):
        yield text(x, y + (18 if len(words) == 1 else 13) + number * 12, part, size=10.5)


def _legend(view: DaysView, y: float, *, by_weeks: bool) -> Iterator[str]:
    """What each sign means, of those that are there."""
    kinds = {day.kind for day in view.days}
    x = MARGIN
    if any(day.event for day in view.days):
        yield diamond(x + 8, y)
        yield text(x + 22, y + 4, DayKind.EVENT.value)
        x += 48 + width_of(DayKind.EVENT.value)
    numbers = "hours counted by the end of the day" if view.hours else "number of the counted day"
    signs = (
        ("12", PAPER, 0.8, numbers, not by_weeks and any(day.number is not None for day in view.days)),
        ("·", PAPER, 0.8, "the clock runs to a day that was set", not by_weeks and DayKind.BETWEEN in kinds),
        ("-", FAINT, 0.8, "weekend", DayKind.WEEKEND in kinds),
        ("H", DOTS, 0.8, "holiday", DayKind.HOLIDAY in kinds),
        ("", HATCH, 0.8, "stopped", DayKind.STOPPED in kinds),
        ("", PAPER, 3.5, "due", any(day.due for day in view.days)),
        ("", PAPER, None, "as of this day", any(day.on == view.marked for day in view.days)),
    )
    for sign, fill, border, words, there in signs:
        if not there:
            continue
        stroke = {"stroke_width": border} if border else {"stroke_width": 1, "stroke_dasharray": "4 3"}
        yield rect(x, y - 9, 24, 18, fill=fill, stroke=INK, **stroke)
        if sign and not by_weeks:
            yield text(x + 12, y + 4, sign, size=10, anchor="middle", **HALO)
        yield text(x + 31, y + 4, words)
        x += 56 + width_of(words)
    yield line(MARGIN, y - 20, x, y - 20, stroke=FAINT)


def _wrapped(words: str, room: float, size: float) -> list[str]:
    """The words in lines that have room; a word that is longer than a line is shortened."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(shortened(word, room, size))
    return lines
