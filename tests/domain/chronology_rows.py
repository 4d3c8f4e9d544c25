"""Rows of chronologies for tests, written as people would read them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from domain.chronology import Precision, Row, Seen, When

BST = timezone(timedelta(hours=1))
UNKNOWN = When(precision=Precision.UNKNOWN)
TEXTS = (
    "Home visit by health visitor, mother and baby seen",
    "Home visit by the health visitor; baby and mother seen",
    "Strategy discussion held with police and school nurse",
    "Phone call",
    "",
)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def at(text: str) -> When:
    """An instant: ``2025-01-03T10:15+00:00``."""
    instant = datetime.fromisoformat(text)
    return When(precision=Precision.INSTANT, earliest=instant, latest=instant)


def on(text: str) -> When:
    """A day: ``2025-01-03``."""
    return between(text, text).model_copy(update={"precision": Precision.DAY})


def between(first: str, last: str) -> When:
    """From the first day to the last, both of it."""
    start, end = midnight(date.fromisoformat(first)), midnight(date.fromisoformat(last)) + timedelta(days=1)
    return When(precision=Precision.INTERVAL, earliest=start, latest=end)


def row(id_: str, when: When, event: str = "", **more: Any) -> Row:
    """A row by its id: ``health/1/4``."""
    agency, version, number = id_.split("/")
    return Row(agency=agency, version=int(version), number=int(number), when=when, event=event, **more)


hours = st.integers(0, 24 * 120).map(lambda hour: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hour))
lengths = st.sampled_from([0, 0, 1, 24, 24, 24 * 7, 24 * 31, 24 * 100]).map(lambda hour: timedelta(hours=hour))
known = st.builds(
    lambda start, length: When(precision=Precision.INTERVAL, earliest=start, latest=start + length), hours, lengths
)
whens = st.one_of(known, known, known, st.just(UNKNOWN))
rows = st.builds(
    Row,
    agency=st.sampled_from(["health", "police", "school"]),
    version=st.just(1),
    number=st.integers(2, 12),
    when=whens,
    event=st.sampled_from(TEXTS),
    seen=st.sampled_from(Seen),
    no_contact=st.sampled_from([False, False, False, True]),
)
row_lists = st.lists(rows, max_size=14, unique_by=lambda one: one.id)
