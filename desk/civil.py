"""Times as people in the United Kingdom write and read them: civil time, Europe/London."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.clocks.calendar import day_in_words

LONDON: Final = ZoneInfo("Europe/London")


def in_civil_time(instant: datetime) -> datetime:
    """The instant with the offset that holds in the United Kingdom then."""
    return instant.astimezone(LONDON)


def moment_in_words(instant: datetime) -> str:
    """``10:15 on Friday 13 March 2026``, in civil time."""
    civil = in_civil_time(instant)
    return f"{civil:%H:%M} on {day_in_words(civil.date())}"


def read_instant(text: str, now: datetime) -> datetime:
    """An instant as a person types it: ISO 8601, without an offset civil time; or ``now``, to the second.

    Raises ``ValueError`` with what is wrong, also for a time that clocks show twice or never where no offset is given.
    """
    if text.strip().lower() == "now":
        return now.replace(microsecond=0)  # a server a moment behind would refuse it as lying in the future
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("is no time: write 2026-03-13T10:00, with an offset if it is not UK time, or now") from None
    if typed.tzinfo is not None:
        return typed
    if len(text.strip()) <= len("2026-03-13"):
        raise ValueError("needs a time of day: write 2026-03-13T10:00")
    first, second = (typed.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ValueError("is a time when clocks change: write it with its offset, as 2026-10-25T01:30+01:00")
    return first
