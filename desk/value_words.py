"""What the record keeps in words: a choice (``not-achieved``), and the name of a field (``dissent.0.who``)."""

from typing import Final

_ONE_WORD: Final = frozenset({"re-planned", "sub-group"})
"""Choices whose hyphen belongs to the word."""
_NUMBERS: Final = frozenset(str(number) for number in range(1_000))


def in_words(value: str) -> str:
    """``not achieved``; a hyphen that belongs to the word stays: ``re-planned``."""
    return value if value in _ONE_WORD else value.replace("-", " ").replace("_", " ")


def label(name: str) -> str:
    """What stands beside a field, by its name."""
    words = in_words(name).replace(".", " ")
    return f"{words[:1].upper()}{words[1:]}"


def in_full(name: str) -> str:
    """A part of a field in words, its entries counted from 1: ``dissent.0.who`` is "Dissent, entry 1, who"."""
    field, *parts = name.split(".")
    told = (f"entry {int(part) + 1}" if part in _NUMBERS else in_words(part) for part in parts)
    return ", ".join((label(field), *told))
