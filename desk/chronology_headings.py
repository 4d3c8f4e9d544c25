"""Headings of chronologies, as agencies call them: which column holds what."""

import re
from collections.abc import Sequence
from typing import Final

from domain.model import Model

DATE, TIME, UNTIL, EVENT, SEEN = "date", "time", "until", "event", "seen"
TEXTS: Final = ("event", "source", "who", "concerning", "response", "child", "comment", "significance")
"""Fields of a row that are text."""

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    DATE: (
        "date", "date of event", "event date", "date of contact", "contact date", "date of incident", "incident date",
        "date of entry", "entry date", "when", "date time", "date and time", "date of event time", "from", "date from",
        "start date", "date of occurrence",
    ),
    TIME: ("time", "time of event", "event time", "time of contact", "time of incident", "time of day", "start time"),
    UNTIL: ("until", "date to", "to", "end date", "date until"),
    EVENT: (
        "event", "what happened", "significant event", "description", "description of event", "event description",
        "details", "detail", "event details", "details of event", "contact", "event contact", "contact event",
        "significant contact", "significant event contact", "incident", "entry", "summary", "summary of event",
        "summary of contact", "event summary", "narrative", "information", "what happened event",
    ),
    "source": (
        "source", "source of information", "information source", "source record", "record", "source of evidence",
        "evidence", "source document", "document", "file", "system", "records", "source of record",
    ),
    "who": (
        "who", "role", "professional", "professionals", "professional involved", "professionals involved",
        "practitioner", "worker", "staff", "staff role", "staff member", "recorded by", "by whom", "author",
        "job title", "designation", "officer", "officer s role", "officer role", "worker s role", "who recorded",
        "who was involved", "role of professional", "professional role", "professional s role",
    ),
    "concerning": (
        "concerning", "subject", "about", "person", "child or adult", "child adult", "family member", "regarding",
        "relates to", "who it concerns", "person concerned", "individual", "subject of event", "child", "whom",
        "concerns", "person key",
    ),
    "response": (
        "response", "action", "actions", "action taken", "actions taken", "response action", "response and action",
        "response or action", "outcome", "decision", "decision action", "agency response", "action outcome",
        "what was done", "response to event", "outcome action", "response made",
    ),
    SEEN: (
        "seen", "child seen", "child seen heard", "child seen or heard", "child seen and heard", "was the child seen",
        "was child seen", "child seen y n", "child seen yes no", "seen or heard", "child seen spoken to",
        "was the child seen or heard", "children seen",
    ),
    "child": (
        "voice of the child", "voice of child", "child s voice", "childs voice", "child s views", "views of the child",
        "wishes and feelings", "child s wishes and feelings", "what the child said", "presentation", "lived experience",
        "child s presentation", "lived experience of the child", "child s lived experience",
    ),
    "comment": (
        "comment", "comments", "analysis", "note", "notes", "remarks", "author comment", "author s comments",
        "agency comments", "additional information", "reviewer comments", "comment analysis", "comments analysis",
        "analysis comment",
    ),
    "significance": ("significance", "why significant", "why it matters", "relevance", "significance of event"),
}  # fmt: skip
"""For each field of a row the headings that name it: in small letters, words only."""

_FIELD: Final = {heading: field for field, headings in SYNONYMS.items() for heading in headings}


class Columns(Model):
    """Which column holds what; columns are counted from 0."""

    first: dict[str, int]
    """For each field the column that names it first."""
    further: dict[int, str]
    """Other columns with the heading that they have: nothing of them is lost."""

    def missing(self) -> tuple[str, ...]:
        """The fields without which a chronology cannot be read."""
        return tuple(needed for needed in (DATE, EVENT) if needed not in self.first)


def columns_of(headings: Sequence[str]) -> Columns:
    """The columns that these headings name."""
    first: dict[str, int] = {}
    further: dict[int, str] = {}
    for column, heading in enumerate(headings):
        field = _FIELD.get(_words(heading))
        if field is not None and field not in first:
            first[field] = column
        elif heading.strip():
            further[column] = " ".join(heading.split())
    return Columns(first=first, further=further)


def _words(heading: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"\(.*?\)", " ", heading.lower())).split())
