"""The hour at which ladders are climbed, in civil time: daily letters that have to wait leave with that day's."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.clocks.arithmetic import MORNING

CIVIL = ZoneInfo("Europe/London")


def in_the_morning(at: datetime) -> datetime:
    """The instant itself, or the morning of its civil day where that is still to come."""
    return max(at, _morning(at))


def next_morning(at: datetime) -> datetime:
    """The morning of the civil day after that of the instant."""
    return _morning(at, days=1)


def _morning(at: datetime, days: int = 0) -> datetime:
    day = at.astimezone(CIVIL).date() + timedelta(days=days)
    return datetime.combine(day, time(MORNING), CIVIL)
