"""Reading incident events from text: JSON or NDJSON, one at a time, and nothing of it lost where it is not JSON."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from domain.intake import Fault
from domain.intake_faults import Step, path

LARGEST: Final = 1024 * 1024
"""Bytes of one event. The summary, its longest field, is at most 20,000 characters."""

_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class Reading:
    """One event as it was read, or why it could not be."""

    line: int
    """Line on which it begins, counted from 1."""
    text: str
    """As it came; bytes that are not UTF-8 are kept as lone surrogates."""
    raw: object = None
    faults: tuple[Fault, ...] = ()


class _Twice(dict[str, Any]):
    """An object in which a field is given more than once; readers differ on which of them counts."""

    fields: tuple[str, ...] = ()


def read_events(stream: Iterable[bytes]) -> Iterator[Reading]:
    """The events of a stream of lines: one a line, or JSON objects over several lines, or an array of them.

    Blank lines, a byte order mark and either kind of line ending are passed over.
    """
    lines = _lines(stream)
    first = next(lines, None)
    if first is None:
        return
    if not _goes_on(first[1]):
        yield from (_one(text, number) for number, text in chain([first], lines))
        return
    every = [first, *lines]
    if first[1].lstrip().startswith("{") and any(_is_event(text) for _, text in every):
        yield from (_one(text, number) for number, text in every)  # only the first of many lines is cut off
    else:
        yield from _document(every)


def parse(text: str, line: int = 1) -> tuple[object, tuple[Fault, ...]]:
    """One JSON value, and what is wrong with it as JSON; duplicate fields are told by their path.

    ``line`` is where the text begins in its file.
    """
    if len(text.encode("utf-8", "surrogateescape")) > LARGEST:
        return None, (Fault(path="", message=f"is larger than {LARGEST // 1024} KiB"),)
    if any("\udc80" <= character <= "\udcff" for character in text):
        return None, (Fault(path="", message="is not UTF-8 text"),)
    try:
        raw = _DECODER.decode(text)
        return raw, tuple(_fields_given_twice((), raw))
    except (ValueError, RecursionError) as error:
        return None, (_not_json(error, line),)


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    twice = _Twice(fields)
    names = [name for name, _ in pairs]
    twice.fields = tuple(name for name in fields if names.count(name) > 1)
    return twice


def _no_constant(name: str) -> object:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_fields, parse_constant=_no_constant)


def _fields_given_twice(steps: tuple[Step, ...], value: object) -> Iterator[Fault]:
    if isinstance(value, _Twice):
        yield from (Fault(path=path(*steps, name), message="is given more than once") for name in value.fields)
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _fields_given_twice((*steps, name), item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _fields_given_twice((*steps, number), item)


def _not_json(error: Exception, line: int = 1) -> Fault:
    """Where it stops being JSON, without repeating any of it."""
    where = ""
    if isinstance(error, json.JSONDecodeError):
        where = f": line {line + error.lineno - 1}, column {error.colno}"
    elif isinstance(error, RecursionError):
        where = ": nested too deeply"
    return Fault(path="", message=f"not JSON{where}")


def _lines(stream: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(stream, start=1):
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        text = text.removeprefix("\ufeff") if number == 1 else text
        if text.strip():
            yield number, text


def _one(text: str, line: int) -> Reading:
    raw, faults = parse(text, line)
    return Reading(line, text, raw, faults)


def _is_event(text: str) -> bool:
    """Whether the line holds a whole event; lines within an object that is written over several are indented."""
    return text.startswith("{") and isinstance(parse(text)[0], dict)


def _goes_on(text: str) -> bool:
    """Whether a first line begins what the following lines go on with: an array, or an object not ended yet."""
    text = text.strip()
    if not text.startswith("{"):
        return text.startswith("[")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text) - 1
    except (ValueError, RecursionError):
        return False
    return False


def _document(lines: list[tuple[int, str]]) -> Iterator[Reading]:
    """JSON objects one after the other, or one array. What follows upon a mistake is kept as one piece."""
    text = _text(lines)
    position = _skip(text, 0)
    in_array = text[position] == "["
    position = _skip(text, position + in_array)
    while position < len(text) and not (in_array and text[position] == "]"):
        try:
            _, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield Reading(_line_of(text, position), text[position:], None, (_not_json(error),))
            return
        yield _one(text[position:end], _line_of(text, position))
        position = _skip(text, end)
        if in_array and text[position : position + 1] == ",":
            position = _skip(text, position + 1)
    if in_array and text[position:].strip() != "]":
        fault = Fault(path="", message="not JSON: the array has no end, or something follows upon it")
        yield Reading(_line_of(text, position), text[position:], None, (fault,))


def _text(lines: list[tuple[int, str]]) -> str:
    """The lines as one text in which each has the number it came with."""
    before = [1, *(number for number, _ in lines)]
    return "".join("\n" * (number - last) + text for last, (number, text) in zip(before, lines, strict=False))


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _line_of(text: str, position: int) -> int:
    return 1 + text.count("\n", 0, position)
