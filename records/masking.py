"""Taking out of a text what may name somebody, so that it can be shown in other reviews."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from domain.text_check import check
from domain.text_check_blame import KIND as BLAME
from domain.text_check_passage import Word, words_of
from domain.text_check_words import FUNCTION_WORDS, ORDINARY

MASK: Final = "[…]"
_SHORTEST: Final = 4
"""Letters from which on a word of a passage that stays is taken for somebody's name."""
_ROUNDS: Final = 3
"""What stands beside a passage that was taken out may be marked only then."""


class Masking:
    """Takes out of texts whatever the text check marks as a name, as initials or as an identifier.

    ``stays`` are marked passages that a person let stand for the review's own readers. They are taken out as well,
    even where nobody knows the name any more (people leave the directory), and so is each name in them where it stands
    alone; only words of blame stay. Half of a double surname and a whole family ("the …s") are taken out, too.
    """

    def __init__(self, names: Collection[str], stays: Iterable[str] = ()) -> None:
        self._stays = [each for each in set(stays) if {mark.kind for mark in check(each, names)} != {BLAME}]
        known = {*names, *(word.text for each in self._stays for word in words_of(each) if _may_name(word))}
        known |= {half for name in known for half in name.split("-") if len(half) >= _SHORTEST}
        families = {f"{name}s" for name in known if name.casefold() not in ORDINARY}
        self._names = frozenset(known | families)

    def masked(self, text: str) -> str:
        """The text without them. Where something is still marked after several rounds, nothing of it is kept."""
        text = _without(text, self._stays)
        for _ in range(_ROUNDS):
            marked = self._marked(text)
            if not marked:
                return text
            text = _without(text, marked)
        return MASK if self._marked(text) else text

    def _marked(self, text: str) -> list[str]:
        return [mark.passage for mark in check(text, self._names) if mark.kind != BLAME]


def _may_name(word: Word) -> bool:
    return word.capital and len(word.plain) >= _SHORTEST and word.plain not in ORDINARY | FUNCTION_WORDS


def _without(text: str, passages: Iterable[str]) -> str:
    """Every occurrence of the passages taken out, the longest first; letters' case and spaces make no difference."""
    for passage in sorted(set(passages), key=len, reverse=True):
        words = r"\s+".join(re.escape(word) for word in passage.split())
        if words:
            text = re.sub(rf"(?<!\w){words}(?!\w)", MASK, text, flags=re.IGNORECASE)
    return text
