"""A choice that the record keeps (``not-achieved``) in words."""

from typing import Final

_ONE_WORD: Final = frozenset({"re-planned", "sub-group"})
"""Choices whose hyphen belongs to the word."""


def in_words(value: str) -> str:
    """``not achieved``; a hyphen that belongs to the word stays: ``re-planned``."""
    return value if value in _ONE_WORD else value.replace("-", " ").replace("_", " ")
