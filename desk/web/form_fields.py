"""The fields of a form as a page asks for them, and what was typed as the command line would have it.

A page writes every field by the names that ``scr.py answer`` knows (``dissent.0.who``), so that both are read by the
same rules.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from desk.fields import Field
from desk.value_words import in_full, label
from domain.model import Model

ENTRIES: Final = 20
"""Entries of a list that one form can have."""
FEW: Final = 6
"""Up to so many choices are shown one below the other."""


class Kind(StrEnum):
    """How a page asks for a field."""

    TEXT = "text"
    WORDS = "words"
    YES_NO = "yes-no"
    RADIOS = "radios"
    SELECT = "select"
    DAY = "day"
    MOMENT = "moment"
    LINES = "lines"
    """A list: one entry a line."""
    BY_KEY = "by-key"
    """A text for each key."""
    PAIRS = "pairs"
    """Keys that are not known before: KEY=text, one a line."""
    ENTRIES = "entries"
    """A list of entries that have several parts."""


class Asked(Model):
    """A field as a page asks for it."""

    name: str
    label: str
    hint: str
    kind: Kind
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    """Value and words of each."""
    keys: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    value: str = ""
    values: dict[str, str] = {}
    """For fields of several inputs: what is in each, by its name."""
    entries: int = 1
    error: str = ""


def asked(field: Field, typed: Mapping[str, str], entries: int, error: str = "") -> Asked:
    """The field with what was typed so far; ``entries`` is how many entries of a list are shown."""
    kind = _kind(field)
    return Asked(
        name=field.name,
        label=label(field.name),
        hint=field.help,
        kind=kind,
        required=field.required,
        choices=tuple((choice, label(choice)) for choice in field.choices),
        keys=field.keys,
        parts=field.parts,
        value=typed.get(field.name, ""),
        values={name: text for name, text in typed.items() if name.startswith(f"{field.name}.")},
        entries=max(entries, _entries(field.name, typed), 1),
        error=error,
    )


def as_typed(fields: tuple[Field, ...], typed: Mapping[str, str]) -> list[str]:
    """``FIELD=VALUE`` for everything that was filled in."""
    return [line for field in fields for line in _lines(field, typed)]


def in_words(fields: tuple[Field, ...], typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every field that was filled in, with what is in it, to be checked before it is sent."""
    shown = []
    for field in fields:
        lines = [line.partition("=") for line in _lines(field, typed)]
        if not lines:
            shown.append((label(field.name), "left out"))
        for name, _, value in lines:
            shown.append((in_full(name), label(value) if value in field.choices else value))
    return shown


def _kind(field: Field) -> Kind:
    if field.choices:
        return Kind.RADIOS if len(field.choices) <= FEW else Kind.SELECT
    if field.keys:
        return Kind.BY_KEY
    if field.parts:
        return Kind.ENTRIES
    if field.asks == "yes or no":
        return Kind.YES_NO
    by_beginning = {
        "a time": Kind.MOMENT,
        "a day": Kind.DAY,
        f"{field.name}.KEY": Kind.PAIRS,
        f"{field.name}.0": Kind.LINES,
    }
    found = next((kind for begin, kind in by_beginning.items() if field.asks.startswith(begin)), None)
    return found or Kind.WORDS


def _lines(field: Field, typed: Mapping[str, str]) -> Iterator[str]:
    match _kind(field):
        case Kind.LINES:
            entries = [line.strip() for line in typed.get(field.name, "").splitlines() if line.strip()]
            yield from (f"{field.name}.{number}={entry}" for number, entry in enumerate(entries))
        case Kind.PAIRS:
            pairs = (line.strip() for line in typed.get(field.name, "").splitlines())
            yield from (f"{field.name}.{pair}" for pair in pairs if pair)
        case Kind.BY_KEY:
            yield from _filled(typed, [f"{field.name}.{key}" for key in field.keys])
        case Kind.ENTRIES:
            kept = 0
            for number in range(ENTRIES):
                names = {part: typed.get(f"{field.name}.{number}.{part}", "").strip() for part in field.parts}
                if any(names.values()):
                    yield from (f"{field.name}.{kept}.{part}={text}" for part, text in names.items() if text)
                    kept += 1
        case _:
            yield from _filled(typed, [field.name])


def _filled(typed: Mapping[str, str], names: list[str]) -> Iterator[str]:
    yield from (f"{name}={typed[name].strip()}" for name in names if typed.get(name, "").strip())


def _entries(name: str, typed: Mapping[str, str]) -> int:
    numbers = {key.removeprefix(f"{name}.").partition(".")[0] for key in typed if key.startswith(f"{name}.")}
    return max((number + 1 for number in range(ENTRIES) if str(number) in numbers), default=0)
