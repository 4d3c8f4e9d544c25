"""The days of a clock in words: for those who do not see the picture, and beside its rows."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from desk.days import ClockDay, DayKind
from domain.clocks.calendar import day_in_words


def day_in_short(day: ClockDay, *, hours: bool) -> str:
    """What one day was: ``day 3``, ``Good Friday``, ``stopped: …``."""
    said = [_counted(day, hours)] if day.kind is DayKind.COUNTED else [_left_out(day)]
    if day.event and day.kind is not DayKind.EVENT:
        said.append("counted from this day")
    if day.due:
        said.append("due")
    return "; ".join(filter(None, said))


def described(days: Sequence[ClockDay], *, hours: bool) -> str:
    """All days in words, those that follow each other and are alike together."""
    return " ".join(f"{_from_to(run)}: {_alike(run, hours)}." for run in _runs(days))


def in_row(days: Sequence[ClockDay]) -> str:
    """What is to be said beside a row of days of one month: the due day first, holidays by name, stops."""
    due = [f"{day.on.day} due" for day in days if day.due]
    return "; ".join((*due, *(words for run in _runs(days) if (words := _beside(run)))))


def stops_in_words(days: Sequence[ClockDay]) -> Iterator[str]:
    """Each stop with its reason in full; of the one that a clock stands at that it still does."""
    for run in _runs(days):
        if run[0].kind is DayKind.STOPPED:
            stands = run[-1] is days[-1] and not any(day.due for day in days)
            until = "and it still stands" if stands else f"to {day_in_words(run[-1].on)}"
            yield f"Stopped from {day_in_words(run[0].on)} {until}: {run[0].why}"


def _beside(run: Sequence[ClockDay]) -> str:
    first, last = run[0], run[-1]
    numbers = str(first.on.day) if first is last else f"{first.on.day} to {last.on.day}"
    if first.kind is DayKind.STOPPED:
        return f"{numbers} stopped"
    if first.kind is DayKind.HOLIDAY or (first.kind is DayKind.COUNTED and first.why):
        return f"{numbers} {first.why.partition(': ')[0]}"
    return ""


def _runs(days: Sequence[ClockDay]) -> Iterator[list[ClockDay]]:
    """Days that follow each other and are alike; the due day and the event stand alone."""
    for _, run in groupby(days, key=lambda day: (day.kind, _same(day), day.event, day.due)):
        yield list(run)


def _same(day: ClockDay) -> str:
    return "" if day.kind is DayKind.WEEKEND else day.why


def _from_to(run: Sequence[ClockDay]) -> str:
    first, last = run[0], run[-1]
    return day_in_words(first.on) if first is last else f"{day_in_words(first.on)} to {day_in_words(last.on)}"


def _alike(run: Sequence[ClockDay], hours: bool) -> str:
    first, last = run[0], run[-1]
    if len(run) == 1 or first.kind is not DayKind.COUNTED or first.number is None:
        return day_in_short(first, hours=hours)
    why = f" ({first.why})" if first.why else ""
    unit = ("hour", "hours") if hours else ("day", "days")
    return f"{unit[1]} {first.number} to {last.number}{why}"


def _counted(day: ClockDay, hours: bool) -> str:
    if day.number is None:
        return day.why
    count = f"{day.number} hour{'' if day.number == 1 else 's'} counted" if hours else f"day {day.number}"
    return f"{count} ({day.why})" if day.why else count


def _left_out(day: ClockDay) -> str:
    if day.kind is DayKind.STOPPED:
        return f"stopped: {day.why}" if day.why else "stopped"
    return day.why if day.kind is DayKind.HOLIDAY else day.kind.value
