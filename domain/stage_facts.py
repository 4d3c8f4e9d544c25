"""Facts that every stage records of its clocks, and facts as the status page tells them."""

from datetime import datetime

from domain.clocks.calendar import Calendar, day_in_words
from domain.record import Climb, ClockEntry, Fact


def in_one_line(fact: Fact, calendar: Calendar) -> str:
    """A fact in one line, in civil time, by reference."""
    about = f" ({fact.item})" if fact.item else ""
    by = f", {fact.by.role.words}" if fact.by else ""
    at = calendar.local(fact.at)
    return f"{day_in_words(at.date())} {at:%H:%M}: {fact.kind.replace('-', ' ')}{about}{by}"


def clock_ran_out(entry: ClockEntry, at: datetime) -> Fact:
    """A clock ran out."""
    due = entry.deadline.due_at.isoformat()
    return Fact(kind="clock-ran-out", at=at, item=entry.item, detail={"clock": entry.id, "due_at": due})


def rung_climbed(climb: Climb, at: datetime) -> Fact:
    """A rung was climbed."""
    return Fact(
        kind="rung-climbed",
        at=at,
        detail={
            "clock": climb.clock,
            "rung": climb.rung,
            "scheduled_at": climb.scheduled_at.isoformat(),
            "to": climb.letter.to.value,
            "letter": climb.letter.id,
        },
    )
