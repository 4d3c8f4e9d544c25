"""Dates ahead as an iCalendar feed (RFC 5545), for people's own calendars.

Each clock of each case is one event with a UID that never changes: a date that is moved moves there, because its
SEQUENCE rises. Everything in it comes from the record, so that the same record gives the same feed: its DTSTAMP is the
instant at which the clock changed last. References and roles only; no names, no alarms.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from icalendar import Calendar, Event

from desk.calendar_dates import DateAhead
from desk.civil import LONDON
from domain.clocks.rule import Source

_PRODUCT: Final = "-//Serious case reviews//Dates ahead//EN"
_ZONE_FROM, _ZONE_TO = date(2000, 1, 1), date(2100, 1, 1)
"""Between which the feed tells when clocks in the United Kingdom change."""


def feed(name: str, dates: Iterable[DateAhead]) -> bytes:
    """The feed under that name, its events in the order given; those that have ended are marked as cancelled."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", LONDON.key)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for each in dates:
        calendar.add_component(_event(each))
    calendar.add_missing_timezones(_ZONE_FROM, _ZONE_TO)
    written: bytes = calendar.to_ical()
    return written


def uid_of(each: DateAhead) -> str:
    """The event's id: the clock, by its stage and its id within it, whatever its date."""
    return f"{each.stage}/{each.clock}@serious-case-reviews"


def _event(each: DateAhead) -> Event:
    event = Event()
    event.add("uid", uid_of(each))
    event.add("dtstamp", each.changed_at)
    event.add("last-modified", each.changed_at)
    event.add("sequence", each.revision)
    if each.timed:
        event.add("dtstart", each.due_at.astimezone(LONDON))
    else:
        event.add("dtstart", each.due_on)
        event.add("dtend", each.due_on + timedelta(days=1))
    about = f" ({each.item})" if each.item else ""
    stands = "stopped: " if each.stopped else ""
    event.add("summary", f"{each.case.reference}: {stands}{each.what}{about}")
    event.add("description", _description(each))
    event.add("status", "CANCELLED" if each.ended else "TENTATIVE" if each.stopped else "CONFIRMED")
    event.add("categories", [each.strength.value])
    event.add("class", "CONFIDENTIAL")
    event.add("transp", "TRANSPARENT")
    return event


def _description(each: DateAhead) -> str:
    waits = "Nobody is waited for any more." if each.ended else f"Waits for the {each.who}."
    return "\n".join(
        (
            f"{each.due[0].upper()}{each.due[1:]}.",
            waits,
            f"Strength: {each.strength.value}. Source: {_source(each.source)}.",
            f"Why this date: scr.py explain {each.case.board}/{each.case.reference} {each.clock}",
        )
    )


def _source(source: Source) -> str:
    return f"{source} (to be confirmed by the board)" if source.confirm else str(source)
