"""Dates as agencies write them in chronologies: exact, of a day, of a month or a year, from one to another, unknown.

Numbers are read day first, as in the United Kingdom: 03/04/2025 is 3 April. Times without an offset are civil time.
Nothing is guessed: what is not understood is a fault, and what is inexact stays as wide as it is.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time, timedelta, timezone
from typing import Final, NamedTuple

from desk.civil import LONDON, in_civil_time
from domain.chronology import Precision, When

YEARS: Final = range(1900, 2100)
TEXT_LIMIT: Final = 200
"""Characters of a cell that can be a date."""


class DateFault(ValueError):
    """A date or time that is not understood: why, without repeating it."""


class Period(NamedTuple):
    """Whole days, from the first until before the last."""

    precision: Precision
    first: date
    last: date


def read_when(day: object, hour: object = None, until: object = None) -> When:
    """When a row happened: from its cells for date, time of day and end, as text or as a spreadsheet holds them.

    Raises ``DateFault``.
    """
    written = " ".join(shown for cell in (day, hour, until) if (shown := _shown(cell)))
    if len(written) > TEXT_LIMIT:
        raise DateFault("the date is too long to be one")
    text = _plain(_shown(day))
    if not text:
        raise DateFault("the date is missing; write unknown where nobody knows it")
    if text in _UNKNOWN:
        return When(precision=Precision.UNKNOWN, written=written)
    found = _when(text, _time_text(hour), _plain(_shown(until)))
    return found.model_copy(update={"written": written})


def _when(text: str, hour: str, until: str) -> When:
    if (exact := _with_offset(text)) is not None:
        return _whole(Period(Precision.INTERVAL, exact.date(), exact.date())) if until else _at(exact)
    if not hour:
        text, hour = _split_time(text)
    if until and until not in _UNKNOWN:
        return _whole(_between(_period(text), _period(_split_time(until)[0])))
    period = _period(text)
    if not hour or hour in _NO_TIME or hour in _UNKNOWN:
        return _whole(period)
    if period.precision is not Precision.DAY:
        raise DateFault("a time of day needs one day that it belongs to")
    return _within(period, hour)


def _within(period: Period, hour: str) -> When:
    """That time of the day, or from one time to another."""
    if _APPROXIMATE.match(hour):
        return _whole(period)  # how far off it is nobody says, so only the day is known
    for separator in _SEPARATORS.finditer(hour):
        begin, end = hour[: separator.start()], hour[separator.end() :]
        if (since := _clock(begin)) is not None and (before := _clock(end)) is not None:
            earliest, latest = (_civil(datetime.combine(period.first, each)) for each in (since, before))
            return _interval(earliest[0], latest[-1])
    if (found := _clock(hour)) is None:
        raise DateFault("the time of day is not understood; write it like 14:30, or leave it out")
    instants = _civil(datetime.combine(period.first, found))
    # Clocks show this time twice when they go back.
    return _at(instants[0]) if len(instants) == 1 else _interval(instants[0], instants[-1])


def _at(instant: datetime) -> When:
    return When(precision=Precision.INSTANT, earliest=instant, latest=instant)


def _whole(period: Period) -> When:
    earliest, latest = (_civil(datetime.combine(day, time.min))[0] for day in (period.first, period.last))
    return When(precision=period.precision, earliest=earliest, latest=latest)


def _interval(earliest: datetime, latest: datetime) -> When:
    if latest < earliest:
        raise DateFault("it ends before it begins")
    return When(precision=Precision.INTERVAL, earliest=earliest, latest=latest)


def _civil(naive: datetime) -> list[datetime]:
    """The instants at which clocks showed that: two when they went back. With fixed offsets, so that they compare."""
    found = []
    for fold in (0, 1):
        local = naive.replace(tzinfo=LONDON, fold=fold)
        offset = local.utcoffset()
        assert offset is not None  # noqa: S101
        fixed = naive.replace(tzinfo=timezone(offset))
        if in_civil_time(fixed).replace(tzinfo=None) == naive and fixed not in found:
            found.append(fixed)
    if not found:
        raise DateFault("clocks went forward then and never showed that time")
    return found


def _with_offset(text: str) -> datetime | None:
    """An instant written with its offset, in civil time; ``None`` for everything else."""
    try:
        instant = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if instant.tzinfo is None:
        return None
    _checked(instant.year)
    civil = in_civil_time(instant)
    return civil.replace(tzinfo=timezone(civil.utcoffset() or timedelta()), fold=0)


def _period(text: str) -> Period:
    """The days that a text without a time names. Raises ``DateFault``."""
    text, about = _without_approximation(text)
    found = _single(text) or _from_to(text)
    if found is None:
        raise DateFault("the date is not understood; write it day first, like 13/03/2026 or 13 March 2026, or unknown")
    return _widened(found) if about else found


def _without_approximation(text: str) -> tuple[str, bool]:
    bare = _APPROXIMATE.sub("", text)
    bare = _APPROXIMATE_AFTER.sub("", bare)
    return bare.strip(), bare != text


def _widened(period: Period) -> Period:
    """Of a rough date nobody knows how rough it is: it reaches one unit of its own further on both sides."""
    first, last = period.first, period.last
    if period.precision is Precision.MONTH:
        return Period(Precision.INTERVAL, _months_on(first, -1), _months_on(last, 1))
    if period.precision is Precision.YEAR:
        return Period(Precision.INTERVAL, _months_on(first, -12), _months_on(last, 12))
    return Period(Precision.INTERVAL, first - timedelta(days=1), last + timedelta(days=1))


def _single(text: str) -> Period | None:
    """A day, a month or a year; ``None`` for what looks like none. Raises ``DateFault`` for one that is impossible."""
    text = _PART_OF.sub("", text) if not any(letter.isdigit() for letter in text[:1]) else text
    for pattern, is_iso in ((_ISO_DAY, True), (_DAY_FIRST, False), (_DAY_NAMED, False), (_MONTH_FIRST, False)):
        if found := pattern.fullmatch(text):
            year, month, day = found["year"], found["month"], found["day"]
            return _day(_year(year), _month(month), int(day), iso=is_iso)
    for pattern in (_ISO_MONTH, _MONTH_NUMBER, _MONTH_NAMED):
        if found := pattern.fullmatch(text):
            if (month_number := _month(found["month"])) not in range(1, 13):
                return None
            first = date(_year(found["year"]), month_number, 1)
            return Period(Precision.MONTH, first, _months_on(first, 1))
    if _YEAR.fullmatch(text):
        year_number = _year(text)
        return Period(Precision.YEAR, date(year_number, 1, 1), date(year_number + 1, 1, 1))
    return None


def _day(year: int, month: int, day: int, *, iso: bool) -> Period:
    if month not in range(1, 13) or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise DateFault(f"there is no such day; dates are read {'year, month, day' if iso else 'day first'}")
    first = date(year, month, day)
    return Period(Precision.DAY, first, first + timedelta(days=1))


def _from_to(text: str) -> Period | None:
    """From one period to another, whose month and year the first may share: ``12-14 March 2025``."""
    text = _FROM.sub("", text)
    for begin, end in _halves(text):
        after = _single_or_none(end)
        if after is None:
            continue
        last = after.last - timedelta(days=1)
        month = calendar.month_name[last.month].lower()
        only_day = f"{begin} {month} {last.year}"
        fuller = (
            (only_day,)
            if begin.isdigit() and len(begin) < 3
            else (begin, f"{begin} {last.year}", f"{begin}/{last.year}")
        )
        for whole in fuller:
            if (before := _single_or_none(whole)) is not None:
                return _between(before, after)
    return None


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """Every way of taking the text apart at a separator, those in words first."""
    for pattern in (_WORDED_SEPARATOR, _SEPARATORS):
        for found in pattern.finditer(text):
            yield text[: found.start()].strip(), text[found.end() :].strip()


def _single_or_none(text: str) -> Period | None:
    try:
        return _single(text)
    except DateFault:
        return None


def _between(before: Period, after: Period) -> Period:
    if after.last < before.last or after.first < before.first:
        raise DateFault("it ends before it begins")
    return Period(Precision.INTERVAL, before.first, after.last)


def _year(text: str) -> int:
    """The year; of two digits those up to 68 lie in this century."""
    number = int(text)
    return _checked(number if len(text) == 4 else number + (2000 if number < 69 else 1900))


def _checked(year: int) -> int:
    if year not in YEARS:
        raise DateFault(f"the year is not between {YEARS.start} and {YEARS.stop - 1}")
    return year


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[text[:3]]


def _months_on(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _clock(text: str) -> time | None:
    """A time of day; ``None`` for what is none."""
    text = text.strip()
    if text in ("noon", "midday"):
        return time(12)
    found = _CLOCK.fullmatch(text)
    if found is None or (found["minute"] is None and found["half"] is None):
        return None
    hour, half = int(found["hour"]), found["half"]
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _split_time(text: str) -> tuple[str, str]:
    """A text with both date and time as the two; without a time the second is empty."""
    for separator in _BEFORE_TIME.finditer(text):
        day, hour = text[: separator.start()].strip(" ,"), text[separator.end() :].strip()
        parts = _SEPARATORS.split(hour)
        if all(_clock(part) is not None and not _YEAR.fullmatch(part.strip()) for part in parts) and day:
            return day, hour
    return text, ""


def _time_text(cell: object) -> str:
    """The cell of a time of day as text; a spreadsheet may hold it as a time, a moment or a part of a day."""
    if isinstance(cell, timedelta):
        cell = cell / timedelta(days=1)
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60) % (24 * 60)
        cell = time(*divmod(minutes, 60))
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:04d}"  # 930 for half past nine, its first zero lost in the spreadsheet
    text = _plain(_shown(cell))
    return text.removeprefix("at ").strip()


def _shown(cell: object) -> str:
    """The cell as a person would write it. A day without a time of its own is a day, not its midnight."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        # Spreadsheets keep moments as fractions of days. There is no moment after the last one to round to.
        rounded = cell + timedelta(microseconds=500_000) if cell.year < MAXYEAR else cell
        moment = rounded.replace(microsecond=0)
        return moment.date().isoformat() if moment.time() == time.min else moment.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.replace(microsecond=0).isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _plain(text: str) -> str:
    """In small letters, with plain dashes, and without names of weekdays, endings of ordinals, and ``of``."""
    text = _DASH.sub("-", text.lower())
    text = _ORDINAL.sub(r"\1", _WEEKDAY.sub("", text))
    return " ".join(_OF.sub(" ", text).split()).strip(" ,;")


_MONTHS: Final = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_NAMED: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR_SHORT_OR_LONG: Final = r"(?P<year>[0-9]{4}|[0-9]{2})"
_DAY: Final = r"(?P<day>[0-9]{1,2})"
_ISO_DAY: Final = re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})")
_DAY_FIRST: Final = re.compile(rf"{_DAY}(?P<sign>[-/. ])(?P<month>[0-9]{{1,2}})(?P=sign){_YEAR_SHORT_OR_LONG}")
_DAY_NAMED: Final = re.compile(rf"{_DAY}[-/. ]?{_NAMED}[-/., ]*{_YEAR_SHORT_OR_LONG}")
_MONTH_FIRST: Final = re.compile(rf"{_NAMED} {_DAY},? (?P<year>[0-9]{{4}})")
_ISO_MONTH: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})")
_MONTH_NUMBER: Final = re.compile(r"(?P<month>[0-9]{1,2})[-/.](?P<year>[0-9]{4})")
_MONTH_NAMED: Final = re.compile(rf"{_NAMED}(?:[-/., ]*(?=[0-9]{{4}}$)|[-/'])(?P<year>[0-9]{{4}}|[0-9]{{2}})")
_YEAR: Final = re.compile(r"[0-9]{4}")
_CLOCK: Final = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h]?(?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:\.[0-9]+)?)?)?"
    r" ?(?P<half>a\.?m\.?|p\.?m\.?)? ?(?:hrs?|hours|h)?"
)
_BEFORE_TIME: Final = re.compile(r",? at |, | @ ?| (?=[0-9n])|(?<=[0-9])t(?=[0-9])")
_SEPARATORS: Final = re.compile(r" ?- ?| to | until | till | and ")
_WORDED_SEPARATOR: Final = re.compile(r" - | to | until | till | and ")
_FROM: Final = re.compile(r"^(?:from|between) ")
_APPROXIMATE: Final = re.compile(
    r"^(?:approximately|approx|about|around|circa|ca|c|estimated|est|roughly|possibly|probably)\b\.?:? ?(?=\S)|^~ ?"
)
_APPROXIMATE_AFTER: Final = re.compile(r" ?(?:\(?\b(?:approximately|approx|circa|est|estimated)\b\.?\)?|\(\?\)|\?)$")
_PART_OF: Final = re.compile(
    r"^(?:in |on |the )?(?:(?:early|mid|late|beginning|start|end|during|sometime)[ -])?(?:in )?(?:the )?"
)
_WEEKDAY: Final = re.compile(
    r"\b(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b\.?,?"
)
_ORDINAL: Final = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th)\b")
_DASH: Final = re.compile("[\u2010-\u2015\u2212]")
_OF: Final = re.compile(r" of ")
_UNKNOWN: Final = frozenset(
    {"unknown", "unk", "not known", "n/k", "nk", "date unknown", "date not known", "no date", "undated"}
    | {"not recorded", "not stated", "n/a", "?", "-"}
)
_NO_TIME: Final = frozenset(
    {"time unknown", "time not known", "time not recorded", "no time", "am", "a.m.", "pm", "p.m.", "morning"}
    | {"afternoon", "evening", "all day", "various", "daytime", "none", "0000", "00:00", "00:00:00"}
)
"""Of these only the day is known: programs write midnight where they have no time."""
