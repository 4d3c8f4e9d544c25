"""Who is who in a case: the key by which each person is called where names are left out."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from desk.views import PersonView
from domain.text_check import check
from domain.text_check_blame import KIND as BLAME
from domain.text_check_known import known
from domain.text_check_passage import words_of

LATELY: Final = 4
"""How many glossaries a process remembers, each with what it has gone through."""
UNKNOWN: Final = "[name]"
"""In the place of what reads like a name, or like something else that identifies, and is nobody's in the glossary."""


class Glossary:
    """The children and adults of a case by their names; of professionals nobody is shown.

    ``names`` are words of further names that no reader is shown.
    """

    def __init__(self, people: Iterable[PersonView], names: Collection[str]) -> None:
        self._keys: dict[str, set[str]] = {}
        self._of: dict[str, set[str]] = {}
        self._read: dict[str, str] = {}
        for person in people:
            for word in words_of(person.name) if person.named and not person.professional else ():
                self._keys.setdefault(word.plain, set()).add(person.key)
                self._of.setdefault(person.key.casefold(), set()).add(word.plain)
        self._names = frozenset({*names, *self._keys})

    def names_of(self, key: str) -> Collection[str]:
        """Words of the name of the person with that key, in small letters; nothing where it is no key."""
        return self._of.get(key.casefold(), ())

    def anonymised(self, text: str) -> str:
        """The text with a key in the place of each name: ``[S1]``; what reads like another name is left out.

        A text is gone through once; pages are turned back and forth, and rows looked through again and again.
        """
        if text not in self._read:
            self._read[text] = self._gone_through(text)
        return self._read[text]

    def _gone_through(self, text: str) -> str:
        spans = [(each.start, each.end) for each in known(words_of(text), self._names)]
        for mark in check(text):
            if mark.kind != BLAME:
                spans += _places(text, mark.passage)
        return self._without(text, _joined(spans))

    def _without(self, text: str, spans: list[tuple[int, int]]) -> str:
        parts, reached = [], 0
        for begin, end in spans:
            parts += [text[reached:begin], self._called(text[begin:end])]
            reached = end
        return "".join([*parts, text[reached:]])

    def _called(self, passage: str) -> str:
        """The one person whom all words of the passage can mean: of a family name alone nobody can say whose it is."""
        meant = [self._keys[word.plain] for word in words_of(passage) if word.plain in self._keys]
        keys = set.intersection(*meant) if meant else set()
        return f"[{keys.pop()}]" if len(keys) == 1 else UNKNOWN


@lru_cache(maxsize=LATELY)
def glossary_of(people: tuple[PersonView, ...], names: frozenset[str]) -> Glossary:
    """The glossary of these people, the same one as long as nobody changes."""
    return Glossary(people, names)


def _places(text: str, passage: str) -> list[tuple[int, int]]:
    found, begin = [], text.find(passage)
    while passage and begin >= 0:
        found.append((begin, begin + len(passage)))
        begin = text.find(passage, begin + len(passage))
    return found


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, without overlaps; names that only a space parts are one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined
