"""The rules of an incident event that go beyond its shape: dates in order, keys unique, a reference never a name.

They read the raw event, so that their faults are told together with those of its shape; what has the wrong shape is
passed over here.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final

from domain.directory import EMAIL
from domain.intake_faults import DATE, DATE_OR_RANGE, INSTANT, Fault, Step, path
from domain.safety import OTHERS

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_YEARS: Final = range(2005, 2091)
"""Within the years for which working days are known."""
_YEARS_OF_DAYS: Final = range(1900, 2100)
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_SUMMER_TIME: Final = timedelta(hours=1)
_ANYWHERE: Final = 5
"""A name of so many letters is found anywhere in an identifier; a shorter one where it stands by itself."""
_SHORTEST: Final = 3

_UNTIL: Final = {"looked_after_until": "looked_after", "on_child_protection_plan_until": "on_child_protection_plan"}
"""Last days of what a child was before, each with the field that says whether the child still is."""

WhyNotReady = Callable[[str, str], str]
"""Of a regime and a board: why no case of the board can begin under it; empty where one can."""
_Place = tuple[tuple[Step, ...], Mapping[str, Any]]
"""An object of the event, and the steps of its path."""


def always_ready(regime: str, board: str) -> str:
    """No reason why a case of the board cannot begin under the regime: nobody looked."""
    return ""


def rule_faults(
    raw: Mapping[str, Any],
    boards: Mapping[str, str],
    regimes: Collection[str],
    at: datetime | None,
    why_not_ready: WhyNotReady = always_ready,
) -> Iterator[Fault]:
    """Every rule that the event breaks. ``at`` is now, where an event from the future is to be refused."""
    data = _object(raw.get("data"))
    yield from _unknown(data, boards, regimes)
    yield from _not_ready(data, boards, regimes, why_not_ready)
    yield from _malformed_times(raw, data)
    yield from _malformed_days(data)
    yield from _times_out_of_order(data, at)
    for place in chain(_places(data, "children"), _places(data, "other_children")):
        yield from _birth_faults(place, _told_on(raw, data))
    for place in _places(data, "children"):
        yield from _child_faults(place)
        yield from _earlier_faults(place, _told_on(raw, data))
    yield from _repeated(data)
    yield from _emails(data)
    yield from _names_in_identifiers(raw, data)
    yield from _unreadable((), raw)


def _unknown(data: Mapping[str, Any], boards: Collection[str], regimes: Collection[str]) -> Iterator[Fault]:
    board, regime = data.get("board"), data.get("regime")
    if isinstance(board, str) and board not in boards:
        yield Fault(path="data.board", message="is not a board of the directory")
    if isinstance(regime, str) and regime not in regimes:
        yield Fault(path="data.regime", message=f"must be one of {', '.join(sorted(regimes))}")


def _not_ready(
    data: Mapping[str, Any], boards: Mapping[str, str], regimes: Collection[str], why_not_ready: WhyNotReady
) -> Iterator[Fault]:
    """A case begins only under a regime whose every amount is set and whose bodies can be written to."""
    board = data.get("board")
    if not isinstance(board, str) or board not in boards:
        return
    regime = data.get("regime") if data.get("regime") is not None else boards[board]
    if isinstance(regime, str) and regime in regimes and (why := why_not_ready(regime, board)):
        yield Fault(path="data.regime", message=f"cannot be used by this board yet: {'; '.join(why.splitlines())}")


def _malformed_times(raw: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Fault]:
    """Stricter than pydantic, which also takes a number in quotes for an instant or a day."""
    for where, value in (("time", raw.get("time")), *((f"data.{n}", data.get(n)) for n in ("aware_at", "notified_at"))):
        if not isinstance(value, str):
            continue
        if not _INSTANT.fullmatch(value):
            yield Fault(path=where, message=INSTANT)
        elif int(value[:4]) not in _YEARS:
            yield Fault(path=where, message=_within(_YEARS))


def _malformed_days(data: Mapping[str, Any]) -> Iterator[Fault]:
    occurred = data.get("occurred_on")
    places: list[_Place] = [(("data", "occurred_on"), _object(occurred))]
    places += [*_places(data, "children"), *_places(data, "other_children")]
    days = [("data.occurred_on", occurred, DATE_OR_RANGE)]
    days += [
        (path(*steps, name), item.get(name), DATE)
        for steps, item in places
        for name in ("earliest", "latest", "date_of_birth", *_UNTIL)
    ]
    for where, day, message in days:
        if isinstance(day, str) and not _DATE.fullmatch(day):
            yield Fault(path=where, message=message)
        elif isinstance(day, str) and int(day[:4]) not in _YEARS_OF_DAYS:
            yield Fault(path=where, message=_within(_YEARS_OF_DAYS))


def _times_out_of_order(data: Mapping[str, Any], at: datetime | None) -> Iterator[Fault]:
    aware, notified = _instant(data.get("aware_at")), _instant(data.get("notified_at"))
    if aware and notified and notified < aware:
        yield Fault(path="data.notified_at", message="lies before the authority became aware (aware_at)")
    if at and notified and notified > at + _CLOCKS_DIFFER:
        yield Fault(path="data.notified_at", message="lies in the future")
    occurred, where = data.get("occurred_on"), "data.occurred_on"
    if isinstance(occurred, Mapping):
        earliest, latest = _date(occurred.get("earliest")), _date(occurred.get("latest"))
        where = "data.occurred_on.earliest"
        if earliest and latest and latest < earliest:
            yield Fault(path="data.occurred_on.latest", message="lies before the earliest day")
    else:
        earliest = _date(occurred)
    if earliest and aware and earliest > _last_day(aware):
        yield Fault(path=where, message="lies after the authority became aware (aware_at)")


def _birth_faults(place: _Place, told_on: date | None) -> Iterator[Fault]:
    steps, child = place
    born = _date(child.get("date_of_birth"))
    if born and told_on and born > told_on:
        yield Fault(path=path(*steps, "date_of_birth"), message="lies after the board was told (notified_at)")


def _child_faults(place: _Place) -> Iterator[Fault]:
    steps, child = place
    born, unborn = child.get("date_of_birth") is not None, child.get("unborn") is True
    if not born and not unborn:
        yield Fault(path=path(*steps, "date_of_birth"), message="is missing; a child not yet born has unborn: true")
    if born and unborn:
        yield Fault(
            path=path(*steps, "unborn"), message="is true although there is a date of birth: give one of the two"
        )
    if child.get("suspected_suicide") is True and child.get("outcome") in ("seriously_harmed", "neither"):
        yield Fault(path=path(*steps, "suspected_suicide"), message="is true although the child has not died")


def _earlier_faults(place: _Place, told_on: date | None) -> Iterator[Fault]:
    """What ended before the incident does not still hold, and no day is told before it has come."""
    steps, child = place
    born = _date(child.get("date_of_birth"))
    for field, holds in _UNTIL.items():
        until = _date(child.get(field))
        if until is None:
            continue
        if child.get(holds) is True:
            yield Fault(path=path(*steps, field), message=f"is given although {holds} is true: give one of the two")
        elif told_on and until > told_on:
            yield Fault(path=path(*steps, field), message="lies after the board was told (notified_at)")
        elif born and until < born:
            yield Fault(path=path(*steps, field), message="lies before the date of birth")


def _repeated(data: Mapping[str, Any]) -> Iterator[Fault]:
    children = [*_places(data, "children"), *_places(data, "other_children")]
    yield from _twice(children, "key", "is the key of another child of this event")
    yield from _twice(_places(data, "agencies"), "id", "is the id of another agency of this event")
    for steps, child in children:
        if child.get("key") == OTHERS:
            yield Fault(path=path(*steps, "key"), message=f"must not be {OTHERS}, which this service uses itself")


def _twice(places: Collection[_Place], field: str, message: str) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for steps, item in places:
        value = item.get(field)
        if isinstance(value, str):
            seen[value] += 1
            if seen[value] > 1:
                yield Fault(path=path(*steps, field), message=message)


def _emails(data: Mapping[str, Any]) -> Iterator[Fault]:
    contacts: list[_Place] = [(("data", "notified_by"), _object(data.get("notified_by")))]
    contacts += [((*steps, "contact"), _object(agency.get("contact"))) for steps, agency in _places(data, "agencies")]
    for steps, contact in contacts:
        email = contact.get("email")
        if isinstance(email, str) and email and not EMAIL.fullmatch(email):
            yield Fault(path=path(*steps, "email"), message="is not an e-mail address")


def _names_in_identifiers(raw: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Fault]:
    """Identifiers are spoken, logged and searched for, so none may tell who the child is.

    The board's own id in them tells nothing, nor does an agency's id that repeats the agency's name.
    """
    children = [*_places(data, "children"), *_places(data, "other_children")]
    names = {
        name for _, child in children for part in ("given_name", "family_name") for name in _names(child.get(part))
    }
    board = _letters(data.get("board"))
    for where, value, public in _identifiers(raw, data, children):
        text = _letters(value).replace(board, " ") if board else _letters(value)
        if any(_tells(text, name) and not _tells(public, name) for name in names):
            yield Fault(path=where, message="contains a name of this event: use a reference that tells nothing")


def _identifiers(
    raw: Mapping[str, Any], data: Mapping[str, Any], children: list[_Place]
) -> Iterator[tuple[str, object, str]]:
    """Path and value of each identifier, and what is publicly known by it."""
    yield "subject", raw.get("subject"), ""
    yield from ((path(*steps, "key"), child.get("key"), "") for steps, child in children)
    for steps, agency in _places(data, "agencies"):
        yield path(*steps, "id"), agency.get("id"), _letters(agency.get("name"))


def _names(value: object) -> Iterator[str]:
    """A name as a whole, and each part of a double name."""
    letters = _letters(value)
    for name in (letters.replace(" ", ""), *letters.split()):
        if len(name) >= _SHORTEST:
            yield name


def _tells(text: str, name: str) -> bool:
    return name in text.split() or (len(name) >= _ANYWHERE and name in text.replace(" ", ""))


def _letters(value: object) -> str:
    """Small letters without accents, a space for anything between them."""
    if not isinstance(value, str):
        return ""
    bare = (c for c in unicodedata.normalize("NFKD", value.casefold()) if not unicodedata.combining(c))
    return "".join(c if c.isalpha() else " " for c in bare)


def _unreadable(steps: tuple[Step, ...], value: object) -> Iterator[Fault]:
    """Characters that no database, mail or reader takes; line ends only in the summary."""
    if isinstance(value, str):
        allowed = "\t\r\n" if steps == ("data", "summary") else ""
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in value):
            yield Fault(path=path(*steps), message="contains a control character, or half of a character")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unreadable((*steps, str(key)), item)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _unreadable((*steps, number), item)


def _within(years: range) -> str:
    return f"must lie in the years {years[0]} to {years[-1]}"


def _told_on(raw: Mapping[str, Any], data: Mapping[str, Any]) -> date | None:
    """The last day of which the event can tell: an update may name a child born since the first notice."""
    told = [instant for instant in (_instant(data.get("notified_at")), _instant(raw.get("time"))) if instant]
    return max(map(_last_day, told), default=None)


def _last_day(instant: datetime) -> date:
    """The civil day, which in summer begins an hour before that of an instant given in UTC."""
    return (instant + _SUMMER_TIME).date()


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value) or int(value[:4]) not in _YEARS:
        return None
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        return None


def _date(value: object) -> date | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _places(data: Mapping[str, Any], field: str) -> list[_Place]:
    value = data.get(field)
    items = value if isinstance(value, list | tuple) else ()
    return [(("data", field, number), item) for number, item in enumerate(items) if isinstance(item, Mapping)]
