"""What the parts of the text check share: a passage with its place in the text, words, and where sentences begin."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from unicodedata import normalize

WORD: Final = re.compile(r"[^\W\d_][\u0300-\u036f]*(?:['\u2019-]?[^\W\d_][\u0300-\u036f]*)*")
"""A word with the hyphens and apostrophes within it."""

_END: Final = re.compile(r"[.!?][\"'”\u2019)\]]{0,3}(?=\s)|\n[ \t\r]{0,20}\n|[•▪●\ud800-\udfff]")
"""Half characters, which no text should hold, end one too: no passage may hold them, as they cannot be sent."""
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Fr|Sgt|Insp|Cllr|St|No|vs|etc|e\.g|i\.e|ref|d\.o\.b|tel|cf|al)|\b[A-Z])$", re.I
)
_LOOKED_BACK = 12


class Passage(NamedTuple):
    """A passage to be marked: its place in the text (characters), its kind, and why."""

    start: int
    end: int
    kind: str
    why: str


class Word(NamedTuple):
    """A word and its place in the text."""

    start: int
    end: int
    bare_end: int
    """Where the word ends without the "s" of a possessive."""
    text: str
    plain: str
    """As ``plain`` has it."""
    capital: bool
    """Whether it begins with a capital letter."""
    shouted: bool
    """Whether all of its letters are capitals."""


class Sentences:
    """Where the sentences of a text begin and end. An empty line ends one too, as headings have no full stop."""

    def __init__(self, text: str) -> None:
        ends = (end.end() for end in _END.finditer(text) if not _goes_on(text, end))
        self._ends: list[int] = [*ends, len(text)]

    def around(self, place: int) -> tuple[int, int]:
        """Beginning and end of the sentence in which this character stands."""
        index = bisect_right(self._ends, place)
        begin = self._ends[index - 1] if index else 0
        return begin, self._ends[min(index, len(self._ends) - 1)]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Every sentence in order."""
        begin = 0
        for end in self._ends:
            yield begin, end
            begin = end


def words_of(text: str) -> list[Word]:
    """All words in order."""
    return [_word(found) for found in WORD.finditer(text)]


def plain(word: str) -> str:
    """In small letters, with a straight apostrophe, composed accents, and without the "s" of a possessive."""
    if not word.isascii():
        word = normalize("NFC", word).replace("\u2019", "'")
    word = word.casefold()
    return word[:-2] if word.endswith("'s") else word


def _word(found: re.Match[str]) -> Word:
    text = found.group()
    possessive = text[-2:-1] in ("'", "\u2019") and text[-1] in "sS"
    return Word(
        start=found.start(),
        end=found.end(),
        bare_end=found.end() - 2 if possessive else found.end(),
        text=text,
        plain=plain(text),
        capital=text[0].isupper(),
        shouted=text.isupper(),
    )


def without_contained(passages: Iterable[Passage]) -> list[Passage]:
    """In order of occurrence, without what lies within a longer passage of the same kind."""
    reached: dict[str, int] = {}
    left = []
    for each in sorted(passages, key=lambda passage: (passage.start, -passage.end, passage.kind)):
        if each.end > reached.get(each.kind, 0):
            reached[each.kind] = each.end
            left.append(each)
    return left


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether the full stop only ends an abbreviation or an initial."""
    before = text[max(0, end.start() - _LOOKED_BACK) : end.start()]
    return end.group().startswith(".") and _ABBREVIATION.search(before) is not None
