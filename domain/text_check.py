"""Words in findings and reports that a review should not use: of blame, names, and what identifies somebody.

The check only marks; it never edits. A person rephrases what is marked, or says why it stays. What it does not mark is
not thereby safe to publish: it knows patterns, not people.
"""

from collections.abc import Collection, Iterable
from typing import Annotated

from pydantic import StringConstraints

from domain.model import Model
from domain.text_check_blame import blame
from domain.text_check_identifiers import identifiers
from domain.text_check_initials import initials_with_dates
from domain.text_check_known import known
from domain.text_check_names import likely_names
from domain.text_check_passage import Passage, Sentences, without_contained, words_of
from domain.text_check_places import places


class Mark(Model):
    """A passage that was marked. It is never edited: a person rephrases it, or records why it stays."""

    passage: str
    """The words as they stand in the text."""
    kind: str
    """``blame``, ``name``, ``initials-and-date``, ``identifier``."""
    why: str
    """What is wrong with them in a learning review, and what to write instead."""


class Kept(Model):
    """A marked passage that stays as it is, with the reason."""

    passage: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


def unanswered(marks: Iterable[Mark], kept: Iterable[Kept]) -> tuple[Mark, ...]:
    """The marks of which nobody has said why they stay. Upper case, line breaks and spaces make no difference."""
    answered = {_same(each.passage) for each in kept}
    return tuple(mark for mark in marks if _same(mark.passage) not in answered)


def check(text: str, known_names: Collection[str] = ()) -> tuple[Mark, ...]:
    """What is to be rephrased or explained, in order of first occurrence, each passage once for each kind.

    ``known_names`` are names, or words of names, that must not stand in the text. The same text and names always give
    the same marks; it takes time in proportion to the length of the text and raises nothing.
    """
    words, sentences = words_of(text), Sentences(text)
    exact = [*identifiers(text, sentences), *places(text, words)]
    covered = without_contained(exact)
    found = [
        *blame(text, sentences),
        *exact,
        *initials_with_dates(text, sentences),
        *known(words, known_names),
        *_outside(likely_names(text, words, sentences), covered),
    ]
    return _marks(text, without_contained(found))


def _outside(names: Iterable[Passage], covered: list[Passage]) -> list[Passage]:
    """Likely names that are not part of an address, a school or the like, which has been marked as a whole."""
    left, index = [], 0
    for name in sorted(names):
        while index < len(covered) and covered[index].end <= name.start:
            index += 1
        if index == len(covered) or not covered[index].start < name.end:
            left.append(name)
    return left


def _marks(text: str, passages: Iterable[Passage]) -> tuple[Mark, ...]:
    found: dict[tuple[str, str], Mark] = {}
    for each in passages:
        passage = text[each.start : each.end]
        found.setdefault((each.kind, _same(passage)), Mark(passage=passage, kind=each.kind, why=each.why))
    return tuple(found.values())


def _same(passage: str) -> str:
    return " ".join(passage.split()).casefold()
