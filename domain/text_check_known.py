"""Names that are known in the case or to the board, wherever they stand."""

from collections.abc import Collection, Iterator
from typing import Final

from domain.text_check_passage import WORD, Passage, Word, plain
from domain.text_check_words import MONTHS, ORDINARY

KIND: Final = "name"
_ANY_CASE_FROM = 4
"""Letters from which a known name is found in small letters too."""
_BEFORE_A_MONTH: Final = ("in", "of", "during", "since", "until", "by", "from", "late", "early", "mid")
_WHY = "This is a name that is known in this case or to the board. Name the person by role: the mother, the nurse."


def known(words: list[Word], names: Collection[str]) -> Iterator[Passage]:
    """Every place where a known name stands as whole words, or as half of a double name.

    From four letters on capital letters make no difference, unless the name is an ordinary word too ("Hope").
    """
    wanted = _by_first_word(names)
    for index, word in enumerate(words):
        for key in (word.plain, *_halves(word)):
            for parts in wanted.get(key, ()):
                if _stands(words, index, parts):
                    yield Passage(word.start, words[index + len(parts) - 1].bare_end, KIND, _WHY)


def _by_first_word(names: Collection[str]) -> dict[str, set[tuple[str, ...]]]:
    wanted: dict[str, set[tuple[str, ...]]] = {}
    for name in names:
        parts = tuple(found.group() for found in WORD.finditer(name))
        if parts:
            wanted.setdefault(plain(parts[0]), set()).add(parts)
    return wanted


def _halves(word: Word) -> list[str]:
    return [plain(half) for half in word.text.split("-")] if "-" in word.text else []


def _stands(words: list[Word], index: int, parts: tuple[str, ...]) -> bool:
    if index + len(parts) > len(words):
        return False
    if not all(_same(word, part) for word, part in zip(words[index : index + len(parts)], parts, strict=True)):
        return False
    month = index > 0 and plain(parts[0]) in MONTHS and words[index - 1].plain in _BEFORE_A_MONTH
    return len(parts) > 1 or not month


def _same(word: Word, part: str) -> bool:
    name = plain(part)
    if name != word.plain and name not in _halves(word):
        return False
    written_as_name = len(name) < _ANY_CASE_FROM or name in ORDINARY or name in MONTHS
    return word.capital == part[0].isupper() or not written_as_name
