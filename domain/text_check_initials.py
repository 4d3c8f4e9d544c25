"""Initials beside a date or an age: together they point to one child, apart they may be a code."""

import re
from collections.abc import Iterator
from typing import Final

from domain.text_check_identifiers import EXACT_AGE, FULL_DATE
from domain.text_check_passage import Passage, Sentences
from domain.text_check_words import TWO_LETTERS

KIND: Final = "initials-and-date"
_INITIALS = re.compile(
    r"(?<![\w.&/-])(?:[A-Z]\.\s?[A-Z]\.(?:\s?[A-Z]\.)?|[A-Z]{2}(?=['\u2019]s\b|(?![\w&/'\u2019-])(?!\.\w)))"
)
_AGE = re.compile(
    r"\b(?:aged?\s{1,3}(?:of\s{1,3})?\d{1,2}\b|\d{1,2}[\s-]{1,3}(?:day|week|month|year)s?[\s-]{1,3}old\b"
    r"|d\.?o\.?b\b|date\s{1,3}of\s{1,3}birth\b|born\s{1,3}(?:on|in)\s{1,3}(?=\d|(?-i:[A-Z])))",
    re.I,
)
_LONGEST = 300
"""Characters of a passage: what stands farther apart is marked at the initials alone."""
_WHY = (
    "Initials beside a date or an age point to one person. Use the letter or code of the review (Child K), which is "
    "not the person's own initials, and an age band."
)


def initials_with_dates(text: str, sentences: Sentences) -> Iterator[Passage]:
    """In each sentence that has both, the passage from the initials to the date or age."""
    for begin, end in sentences.spans():
        people = [found.span() for found in _INITIALS.finditer(text, begin, end) if _of_a_person(found.group())]
        if not people:
            continue
        times = [
            found.span() for pattern in (FULL_DATE, EXACT_AGE, _AGE) for found in pattern.finditer(text, begin, end)
        ]
        if times:
            yield from _together(people, times)


def _together(people: list[tuple[int, int]], times: list[tuple[int, int]]) -> Iterator[Passage]:
    whole = min(start for start, _ in (*people, *times)), max(end for _, end in (*people, *times))
    for start, end in (whole,) if whole[1] - whole[0] <= _LONGEST else people:
        yield Passage(start, end, KIND, _WHY)


def _of_a_person(initials: str) -> bool:
    return "." in initials or initials not in TWO_LETTERS
