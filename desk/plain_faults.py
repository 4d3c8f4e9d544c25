"""What is wrong with a field of an answer, in plain words that repeat nothing that was typed."""

from typing import Final

from pydantic_core import ErrorDetails

_DAY: Final = "is no date: write it as 2026-04-13"
_TIME: Final = "is no time: write it as 2026-04-13T10:00+01:00"
_NUMBER: Final = "is no number: write it in figures, as 12.5"
_WHOLE: Final = "is no whole number: write it in figures, as 12"
_YES_OR_NO: Final = "is neither yes nor no: write one of them"

_WORDS: Final = {
    "missing": "is needed",
    "extra_forbidden": "there is no such field",
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "timezone_aware": "lacks its offset: write it as 2026-04-13T10:00+01:00",
    "decimal_max_digits": "has too many digits: {max_digits} at most",
    "decimal_max_places": "has too many digits after the point: {decimal_places} at most",
    "decimal_whole_digits": "has too many digits before the point: {whole_digits} at most",
    "string_type": "is no text",
    "string_too_short": "is empty or too short",
    "string_too_long": "is too long: {max_length} characters at most",
    "string_pattern_mismatch": "is not written as is asked here",
    "tuple_type": "is a list: write each entry with its number, as FIELD.0=…",
    "list_type": "is a list: write each entry with its number, as FIELD.0=…",
    "dict_type": "has several parts: write each by its name, as FIELD.PART=…",
    "model_type": "has several parts: write each by its name, as FIELD.PART=…",
    "too_short": "has too few entries: {min_length} at least",
    "too_long": "has too many entries: {max_length} at most",
    "greater_than": "is too small: more than {gt}",
    "greater_than_equal": "is too small: {ge} at least",
    "less_than": "is too big: less than {lt}",
    "less_than_equal": "is too big: {le} at most",
}
_KINDS: Final = {
    "datetime_": _TIME,
    "date_": _DAY,
    "decimal_": _NUMBER,
    "float_": _NUMBER,
    "finite_number": _NUMBER,
}
"""For every other fault of that kind, by how its type begins."""


def in_plain_words(fault: ErrorDetails) -> str:
    """What is wrong, so that it can follow the field's name: ``is no date: write it as 2026-04-13``."""
    kind, limits = fault["type"], fault.get("ctx", {})
    if kind in ("enum", "literal_error"):
        whole = len(fault["loc"]) == 1  # beside a whole field the form says what can be given
        return "is none of the words that can be given" + ("" if whole else f": {limits['expected']}")
    if kind in _WORDS:
        return _WORDS[kind].format_map(limits)
    by_kind = next((words for begin, words in _KINDS.items() if kind.startswith(begin)), None)
    return by_kind or fault["msg"].removeprefix("Value error, ")
