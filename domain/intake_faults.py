"""What is wrong with an incident event: each fault by its path, in words for the person who has to put it right.

A fault never repeats the value it is about: the value may be a name.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.model import Model

DATE: Final = "must be a date such as 2026-03-11"
INSTANT: Final = "must be an instant with its offset from UTC, such as 2026-03-13T09:15:00+00:00"
DATE_OR_RANGE: Final = f'{DATE}, or {{"earliest": date, "latest": date}}'

Step = str | int

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of an incident event",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "model_type": "must be an object",
    "tuple_type": "must be a list",
    "too_short": "must hold at least one child",
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "datetime_type": INSTANT,
    "datetime_parsing": INSTANT,
    "datetime_from_date_parsing": INSTANT,
    "timezone_aware": INSTANT,
}
_PATTERNS: Mapping[Step, str] = {
    "subject": "must be a case reference: 3 to 40 of A-Z, 0-9 and -, never a name",
    "key": "must be 1 to 40 letters without accents, digits, - and _, beginning with a letter or digit",
}
_SLUG = "must be 2 to 60 small letters without accents, digits and -, beginning with a letter or digit"


class Fault(Model):
    """One fault of an incident event."""

    path: str
    """Where it is: ``data.children[0].date_of_birth``; empty for the event as a whole."""
    message: str


def path(*steps: Step) -> str:
    """A path as faults write it. What is no plain name of a field is quoted, and cut where it is long."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step[:60])}]"
    return text


def shape_faults(error: ValidationError, raw: Mapping[str, Any]) -> Iterator[Fault]:
    """The faults of an event's shape, as pydantic found them in ``raw``."""
    for detail in error.errors(include_url=False, include_input=False):
        fault = _fault(detail, _object(raw.get("data")))
        if fault is not None:
            yield fault


def _fault(detail: ErrorDetails, data: Mapping[str, Any]) -> Fault | None:
    kind, steps = detail["type"], detail["loc"]
    if kind == "too_short" and data.get("children"):
        return None  # the children are there; their own faults are told
    if steps[:2] == ("data", "occurred_on") and len(steps) > 2:
        return _occurred_on(detail, data)
    return Fault(path=path(*steps), message=_message(detail))


def _occurred_on(detail: ErrorDetails, data: Mapping[str, Any]) -> Fault | None:
    """A date or a range: only what bears on the one that was meant."""
    branch, rest = detail["loc"][2], detail["loc"][3:]
    if not isinstance(data.get("occurred_on"), Mapping):
        return Fault(path=path("data", "occurred_on"), message=DATE_OR_RANGE)
    if branch == "date":
        return None
    return Fault(path=path("data", "occurred_on", *rest), message=_message(detail))


def _message(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return f"must be {context['expected']}"
    if kind == "string_too_long":
        return f"must be at most {context['max_length']} characters"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(detail["loc"][-1], _SLUG)
    return _WORDS.get(kind, "cannot be used")


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
