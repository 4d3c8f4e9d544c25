"""What happened, in words: a fact with what was typed into it, for those who may read that."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from desk.civil import moment_in_words
from desk.value_words import in_full, in_words, label
from domain.clocks.calendar import day_in_words
from domain.model import Model
from domain.people import Role
from records.views import RecordedFact

OF_THE_SERVICE: Final = frozenset({"letter-sent", "rung-climbed", "notice-given", "publication-date-told"})
"""What the service did by itself, again and again."""
_CALLED: Final = {"rung-climbed": "Step of the escalation taken"}
_LEFT_OUT: Final = frozenset({"event", "rung", "message_id", "sha256", "size"})
"""What is there for machines, and the event, which names people: of it what is no person's is shown."""
_OF_PEOPLE: Final = frozenset({"board", "children", "other_children", "notified_by", "agencies", "regime"})
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")
_CHOICE: Final = re.compile(r"[a-z]+([-_][a-z]+)+")


class Told(Model):
    """A fact as a person reads it."""

    seq: int
    stage: str
    at: datetime
    what: str
    item: str
    role: Role | None
    agency: str
    stands: bool
    parts: tuple[tuple[str, str], ...]
    """What was typed, or how it came: field and words."""


def told(recorded: RecordedFact, stage: str, read: Callable[[str], str], names: Mapping[str, str]) -> Told:
    """The fact in words. ``read`` leaves names out of a text where it is to; ``names`` has how ids are called.

    A clock is there as ``clock ID``, a letter as ``letter ID``: rules are called like choices.
    """
    fact = recorded.fact

    def words(name: str, value: object) -> str:
        return names.get(f"{name} {value}") or _words(value, read, names)

    return Told(
        seq=recorded.seq,
        stage=stage,
        at=fact.at,
        what=_CALLED.get(fact.kind) or label(fact.kind),
        item=_about(fact.item or "", names),
        role=fact.by.role if fact.by else None,
        agency=names.get(fact.by.agency, fact.by.agency) if fact.by and fact.by.agency else "",
        stands=recorded.stands,
        parts=tuple(
            (in_full(name), text) for name, value in _flat(_shown(fact.detail)) if (text := words(name, value))
        ),
    )


def _about(item: str, names: Mapping[str, str]) -> str:
    """Whom or what it concerns; references (``F1``, ``D-1/1``) stay as they are."""
    parts = item.split("/")
    called = [names.get(part, in_words(part) if _CHOICE.fullmatch(part) else part) for part in parts]
    return names.get(item) or (item if called == parts else ", ".join(called))


def concerning(facts: Iterable[RecordedFact], item: str) -> list[RecordedFact]:
    """The facts of one item and of what belongs to it: ``F1``, ``northbridge-police/2``."""
    return [each for each in facts if each.fact.item == item or (each.fact.item or "").startswith(f"{item}/")]


def _shown(detail: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, value) for name, value in detail.items() if name not in _LEFT_OUT)
    event = detail.get("event")
    if isinstance(event, dict) and isinstance(data := event.get("data"), dict):
        yield from ((name, value) for name, value in data.items() if name not in _OF_PEOPLE)


def _flat(entries: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Each part by the name of its field; of a list of simple things, all in one."""
    for name, value in entries:
        if isinstance(value, dict):
            yield from _flat((f"{name}.{key}", each) for key, each in value.items())
        elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
            yield from _flat((f"{name}.{number}", each) for number, each in enumerate(value))
        else:
            yield name, value


def _words(value: object, read: Callable[[str], str], names: Mapping[str, str]) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "; ".join(filter(None, (_words(each, read, names) for each in value)))
        case str():
            return _text(value, read, names)
        case _:
            return str(value)


def _text(text: str, read: Callable[[str], str], names: Mapping[str, str]) -> str:
    if text in names:
        return names[text]
    try:
        if _INSTANT.fullmatch(text):
            return moment_in_words(datetime.fromisoformat(text))
        if _DAY.fullmatch(text):
            return day_in_words(date.fromisoformat(text))
    except ValueError:  # what only looks like one
        return read(text)
    return in_words(text) if _CHOICE.fullmatch(text) else read(text)
