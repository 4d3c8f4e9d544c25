"""What the answer to a command consists of: its fields as a form asks for them, and reading what was typed."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from pydantic import JsonValue

from desk.civil import read_instant
from domain.command import Command, answer_schema
from domain.model import Model


class Field(Model):
    """One field of an answer."""

    name: str
    required: bool
    asks: str
    """What is to be given, in words: ``yes or no``, ``one of died, seriously_harmed``, ``reasons.KEY=text``."""
    help: str = ""
    choices: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    """For a field with a part for each key: the keys, where they are known."""
    parts: tuple[str, ...] = ()
    """For a list: the fields of each entry."""


class FieldFault(Model):
    """What is wrong with one field, and what is asked there."""

    field: str
    message: str
    asks: str = ""


class FieldFaults(Exception):
    """Raised for an answer that cannot be read; carries every fault."""

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in self.faults))


@cache
def schema_of(command: type[Command]) -> dict[str, Any]:
    """JSON Schema of the command's answer; made once, not to be changed."""
    return answer_schema(command)


def fields_of(command: type[Command], keys: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Field, ...]:
    """The fields of the command's answer; ``keys`` are those of fields that want a part for each, by field."""
    schema = schema_of(command)
    required, defined = schema["required"], schema["$defs"]
    found = (_field(name, raw, name in required, defined) for name, raw in schema["properties"].items())
    return tuple(field.model_copy(update={"keys": (keys or {}).get(field.name, ())}) for field in found)


def read_fields(typed: Iterable[str]) -> dict[str, Any]:
    """The answer from ``FIELD=VALUE`` as typed; dots lead into fields of fields. Raises ``FieldFaults``."""
    tree: dict[str, Any] = {}
    faults = [fault for text in typed if (fault := _plant(tree, text)) is not None]
    if faults:
        raise FieldFaults(faults)
    return {name: _with_lists(branch) for name, branch in tree.items()}


def parse_object(text: str) -> dict[str, Any]:
    """The answer from a JSON object. Raises ``FieldFaults``, without repeating any of it."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise FieldFaults([FieldFault(field="--file", message="is not a JSON object")])
    return answer


def with_instants(command: type[Command], answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The answer with its times read as people type them. Raises ``FieldFaults``."""
    faults = []
    read = dict(answer)
    for name, raw in schema_of(command)["properties"].items():
        if _plain(raw).get("format") != "date-time" or not isinstance(answer.get(name), str):
            continue
        try:
            read[name] = read_instant(answer[name], now)
        except ValueError as error:
            faults.append(FieldFault(field=name, message=str(error), asks=_TIME))
    if faults:
        raise FieldFaults(faults)
    return read


_TIME: Final = "a time, as 2026-03-13T10:00, or now"


def _field(name: str, raw: dict[str, Any], required: bool, defined: dict[str, Any]) -> Field:
    plain = _plain(raw)
    referred = defined.get(str(plain.get("$ref", "")).rpartition("/")[2], plain)
    choices = tuple(referred.get("enum", ()))
    entry = defined.get(str(plain.get("items", {}).get("$ref", "")).rpartition("/")[2], {})
    parts = tuple(entry.get("properties", {}))
    return Field(
        name=name,
        required=required,
        asks=_asks(name, plain, choices, parts),
        help=" ".join(raw.get("description", "").replace("``", "").split()),
        choices=choices,
        parts=parts,
    )


def _plain(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema without the possibility of leaving it out."""
    return next((kind for kind in raw.get("anyOf", ()) if kind.get("type") != "null"), raw)


def _asks(name: str, plain: Mapping[str, Any], choices: tuple[str, ...], parts: tuple[str, ...]) -> str:
    if choices:
        return f"one of {', '.join(choices)}"
    if parts:
        return ", ".join(f"{name}.0.{part}=text" for part in parts) + " and so on"
    by_kind = {
        "date-time": _TIME,
        "date": "a day, as 2026-03-13",
        "boolean": "yes or no",
        "object": f"{name}.KEY=text for each",
        "array": f"{name}.0=text, {name}.1=text and so on",
    }
    return by_kind.get(plain.get("format", ""), by_kind.get(plain.get("type", ""), "text"))


def _plant(tree: dict[str, Any], typed: str) -> FieldFault | None:
    name, equals, value = typed.partition("=")
    if not equals or not name:
        return FieldFault(field=name or "?", message="is not FIELD=VALUE")
    *way, last = name.split(".")
    branch = tree
    for step in way:
        branch = branch.setdefault(step, {})
        if not isinstance(branch, dict):
            return FieldFault(field=name, message="is given as a whole and in parts")
    if last in branch:
        return FieldFault(field=name, message="is given twice")
    branch[last] = value
    return None


def _with_lists(tree: JsonValue) -> Any:
    """Branches numbered 0, 1, 2 … become lists."""
    if not isinstance(tree, dict):
        return tree
    if tree and sorted(tree) == sorted(map(str, range(len(tree)))):
        return [_with_lists(tree[str(number)]) for number in range(len(tree))]
    return {name: _with_lists(branch) for name, branch in tree.items()}
