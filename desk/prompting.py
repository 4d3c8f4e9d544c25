"""Asking for an answer field by field in the terminal."""

from collections.abc import Callable, Iterable, Iterator

from desk.fields import Field

Ask = Callable[[str], str]


def ask_fields(fields: Iterable[Field], ask: Ask) -> list[str]:
    """The answer as ``FIELD=VALUE``; what is left empty and may be left out is left out."""
    return [text for field in fields for text in _ask(field, ask)]


def _ask(field: Field, ask: Ask) -> Iterator[str]:
    words = f"{field.name}: {field.help} " if field.help else f"{field.name} "
    if field.keys:
        for key in field.keys:
            yield f"{field.name}.{key}={_insist(f'{words}[{key}]', field, ask)}"
        return
    if field.parts:
        yield from _ask_list(field, words, ask)
        return
    answer = _insist(f"{words}[{field.asks}]", field, ask)
    if answer:
        yield f"{field.name}={answer}"


def _insist(words: str, field: Field, ask: Ask) -> str:
    """Ask until there is an answer that the field can take."""
    while True:
        answer = ask(words).strip()
        if not answer and not field.required:
            return ""
        if answer and (not field.choices or answer in field.choices):
            return answer


def _ask_list(field: Field, words: str, ask: Ask) -> Iterator[str]:
    """Entry by entry, until the first part of one is left empty."""
    number = 0
    while first := ask(f"{words}[{number + 1}. {field.parts[0]}; empty: no more]").strip():
        yield f"{field.name}.{number}.{field.parts[0]}={first}"
        for part in field.parts[1:]:
            yield f"{field.name}.{number}.{part}={_insist(f'{words}[{number + 1}. {part}]', _NEEDED, ask)}"
        number += 1


_NEEDED = Field(name="", required=True, asks="text")
