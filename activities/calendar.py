"""Loads a working-day calendar, once a case and stage, so that it stands in history and never changes under a clock.

Bank holidays come from the package ``holidays``, changes of civil time from the package ``tzdata`` (not from the
machine, whose tables may be older); both versions are named in the calendar's own.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.clocks.calendar import FIRST_YEAR, Calendar, CalendarRequest, Holiday, OffsetChange
from domain.clocks.proclaimed import ProclaimedDay, corrected
from domain.directory import Directory, UnknownBoard
from records import proclaimed
from records.store import Record

ZONE = "Europe/London"
LAST_YEAR = 2100
"""The years for which the bank holidays are known to be complete, one-off holidays included, or can be foreseen."""

_SUBDIVISIONS = {"england-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
# The Act that made St Andrew's Day a bank holiday is of 15 January 2007 (asp 2); the package begins a year too early.
_NO_HOLIDAY_YET = {"scotland": {date(2006, 11, 30)}}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class Calendars:
    """Calendars as they are known today: the tables, what was proclaimed since they were made, boards' closure days."""

    def __init__(self, record: Record, directory: Callable[[], Directory]) -> None:
        self._record = record
        self._directory = directory

    @activity.defn(name="load_calendar")
    def load_calendar(self, request: CalendarRequest) -> Calendar:
        """The calendar; see ``build_calendar``."""
        if request.board:
            request = request.model_copy(update={"closure_days": closure_days(self._directory(), request.board)})
        return build_calendar(request, proclaimed.kept(self._record, request.id))


def closure_days(directory: Directory, board: str) -> tuple[Holiday, ...]:
    """The board's own closure days; none of a board that left the directory."""
    try:
        return directory.board(board).closure_days
    except UnknownBoard:
        return ()


def build_calendar(request: CalendarRequest, since: Sequence[ProclaimedDay] = ()) -> Calendar:
    """The calendar of one nation for a span of years, with the board's closure days and what was proclaimed ``since``.

    Raises ``ApplicationError``, not to be retried: ``UnknownCalendar`` for an id that is none of the three nations,
    ``CalendarSpan`` for years that are empty or outside 2002 to 2100.
    """
    if request.id not in _SUBDIVISIONS:
        raise ApplicationError(f"there is no calendar {request.id}", type="UnknownCalendar", non_retryable=True)
    if not FIRST_YEAR <= request.first_year <= request.last_year <= LAST_YEAR:
        span = f"{request.first_year} to {request.last_year}"
        raise ApplicationError(
            f"a calendar from {span} is not within {FIRST_YEAR} to {LAST_YEAR}", type="CalendarSpan", non_retryable=True
        )
    calendar = Calendar(
        id=request.id,
        version="",
        source=f"bank holidays: holidays {version('holidays')}; civil time: tzdata {version('tzdata')}",
        zone=ZONE,
        first_year=request.first_year,
        last_year=request.last_year,
        holidays=_with_closures(
            corrected(_bank_holidays(request), (day for day in since if day.on.year in _years(request))), request
        ),
        offsets=tuple(_offsets(request.first_year, request.last_year)),
    )
    return calendar.model_copy(update={"version": _version(calendar)})


def _years(request: CalendarRequest) -> range:
    return range(request.first_year, request.last_year + 1)


def _bank_holidays(request: CalendarRequest) -> tuple[Holiday, ...]:
    """Bank holidays with their substitute days."""
    # The names must not depend on the machine's language.
    known: dict[date, str] = dict(
        holidays.country_holidays("GB", subdiv=_SUBDIVISIONS[request.id], years=_years(request), language="en_GB")
    )
    for on in _NO_HOLIDAY_YET.get(request.id, ()):
        known.pop(on, None)
    return tuple(Holiday(on=on, name=name) for on, name in sorted(known.items()))


def _with_closures(bank_holidays: Iterable[Holiday], request: CalendarRequest) -> tuple[Holiday, ...]:
    """A closure day that is a bank holiday is one."""
    closed = (day for day in request.closure_days if day.on.year in _years(request))
    known = {day.on: day.model_copy(update={"of_board": True}) for day in closed}
    known |= {holiday.on: holiday for holiday in bank_holidays}
    return tuple(known[on] for on in sorted(known))


def _offsets(first_year: int, last_year: int) -> Iterator[OffsetChange]:
    """The offset in force when the first year begins, then each change until the last year is over."""
    zone = _zone()
    instant, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    minutes = _minutes(instant, zone)
    yield OffsetChange(at=instant, minutes=minutes)
    while instant < end:
        # Whole days are skipped while the offset stays; within the day of a change, hours.
        instant += _HOUR if _minutes(instant + _DAY, zone) != minutes else _DAY
        if (now := _minutes(instant, zone)) != minutes:
            minutes = now
            yield OffsetChange(at=instant, minutes=minutes)


def _zone() -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *ZONE.split("/")).open("rb") as table:
        return ZoneInfo.from_file(table, key=ZONE)


def _minutes(instant: datetime, zone: ZoneInfo) -> int:
    return (instant.astimezone(zone).utcoffset() or timedelta()) // timedelta(minutes=1)


def _version(calendar: Calendar) -> str:
    """Readable, and different whenever any content differs."""
    content = calendar.model_dump_json(exclude={"version"}, exclude_defaults=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    years = f"{calendar.first_year}-{calendar.last_year}"
    return f"{calendar.id} {years} holidays-{version('holidays')} tzdata-{version('tzdata')} {digest}"
