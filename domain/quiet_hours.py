"""When a letter may leave: child-safety letters at any hour, the others outside the board's quiet hours."""

from datetime import datetime, time, timedelta

from domain.clocks.calendar import Calendar
from domain.directory import QuietHours

DAYS_LOOKED_AHEAD = 30


def may_leave_at(at: datetime, urgent: bool, quiet: QuietHours, calendar: Calendar) -> datetime:
    """The first instant, not before ``at``, at which the letter may leave.

    Quiet hours are civil time of the calendar. Raises ``CalendarDoesNotCover`` where the calendar ends too early.
    """
    if urgent:
        return at
    civil = calendar.local(at)
    if not _quiet(civil.time(), quiet) and _open_day(civil, quiet, calendar):
        return at
    for ahead in range(DAYS_LOOKED_AHEAD):
        day = civil.date() + timedelta(days=ahead)
        opens = calendar.at_time(day, quiet.end.hour, quiet.end.minute)
        if opens >= at and _open_day(opens, quiet, calendar):
            return opens
    return at  # a board whose every day is closed still gets its letters


def _quiet(now: time, quiet: QuietHours) -> bool:
    if quiet.begin <= quiet.end:
        return quiet.begin <= now < quiet.end
    return now >= quiet.begin or now < quiet.end


def _open_day(civil: datetime, quiet: QuietHours, calendar: Calendar) -> bool:
    return not quiet.working_days_only or calendar.reason_not_counted(civil.date()) is None
