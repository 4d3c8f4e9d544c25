"""A working-day calendar as versioned data: what decides a date is recorded with it, never looked up again."""

from datetime import date, datetime

from domain.model import Model


class Holiday(Model):
    """A day on which nobody counts: a bank holiday or a board's own closure day."""

    on: date
    name: str


class OffsetChange(Model):
    """From this instant on, civil time is this many minutes ahead of UTC."""

    at: datetime
    minutes: int


class Calendar(Model):
    """Holidays and civil time of one nation for a span of years, as they were known when it was loaded.

    It carries the changes of civil time (summer time) as data, so that a date computed from it is the same on every
    machine and at every replay.
    """

    id: str
    """``england-wales``, ``scotland`` or ``northern-ireland``."""
    version: str
    """Names the content: source, its version and a digest."""
    source: str
    zone: str
    """IANA name of the civil time, for the reader: ``Europe/London``."""
    first_year: int
    last_year: int
    holidays: tuple[Holiday, ...]
    offsets: tuple[OffsetChange, ...]
    """In order of time; the first holds from before ``first_year`` on."""
