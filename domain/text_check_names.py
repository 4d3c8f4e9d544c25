"""Words that read as names of persons: after a title, a role or kinship, and as first name and surname.

People are roles in a review: the mother, the health visitor.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from domain.text_check_passage import Passage, Sentences, Word
from domain.text_check_people import BEFORE_NAMES_ONLY, CITED, FIRST_NAMES, RELATIONS, ROLE_TITLES, TITLES
from domain.text_check_words import FUNCTION_WORDS, ORDINARY, ORGANISATIONS, PLACES, TERMS, listed

KIND: Final = "name"
_LONGEST = 4
"""Words of a name at most."""
_PARTICLES: Final = listed("al bin bint da de del den der di du el ibn la le ter van von")
_ALL_TITLES: Final = TITLES | ROLE_TITLES
_NEVER_IN_PAIRS: Final = TERMS | _ALL_TITLES
_BEFORE_TITLES: Final = ("community", "head", "health", "police", "school", "social")
_ENDINGS: Final = (
    *("tion", "tions", "sion", "sions", "ment", "ments", "ness", "ities", "ility", "ivity", "ingly", "ically", "ially"),
    *("ously", "ively", "ences", "ances", "ology", "ising", "ating", "fully", "ised", "ated", "ships", "isation"),
)
"""Of ordinary words that a heading or the beginning of a sentence puts a capital letter to."""
_INITIAL = re.compile(r"\b[a-z]{2,20},?\s((?:[A-Z]\.\s?){1,3})$")
"""A word in small letters and initials after it: "met J. Smith", but not "Child K. Later"."""

_TITLED = "This reads as the name of a person. Name the person by role: the mother, the social worker."
_PAIR = "This reads as first name and surname. Name the person by role; a child by the letter that the review uses."
_GUESS = (
    "This may be the name of a person. If it is, write the role; if it is a place or an organisation that leads to the "
    "family, write what it is; otherwise say that it stays."
)


def likely_names(text: str, words: list[Word], sentences: Sentences) -> Iterator[Passage]:
    """What reads as a name. A single first name is found after a title, a role or kinship only."""
    small = {word.plain for word in words if not word.capital}
    for begin, end in _runs(text, words, sentences):
        yield from _after_title(words, begin, end, small)
        yield from _after_role(text, words, begin, end)
        yield from _pairs(words, begin, end, small)
        yield from _after_initials(text, words, begin, end, small)


def _runs(text: str, words: list[Word], sentences: Sentences) -> Iterator[tuple[int, int]]:
    """Indexes, first and beyond the last, of words with capital letters that stand together, with particles between."""
    index = 0
    while index < len(words):
        if not words[index].capital:
            index += 1
            continue
        limit = sentences.around(words[index].start)[1]
        end = index + 1
        while _goes_on(text, words, end, limit):
            end += 1
        yield index, end
        index = end


def _goes_on(text: str, words: list[Word], index: int, limit: int) -> bool:
    """Whether this word belongs to the run of the word before it; a particle does where a name comes after it."""
    for following in range(index, min(index + 3, len(words))):
        word = words[following]
        if word.start >= limit or not _near(text, words[following - 1], word):
            return False
        if word.capital:
            return True
        if word.text not in _PARTICLES:
            return False
    return False


def _near(text: str, first: Word, second: Word) -> bool:
    """Whether only a space, a line's end, or the full stop of an abbreviation stands between."""
    between = text[first.end : second.start]
    if len(between) > 3 or first.bare_end != first.end:
        return False
    return between.isspace() or (len(first.text) <= 4 and between[:1] == "." and between[1:].isspace())


def _after_title(words: list[Word], begin: int, end: int, small: Collection[str]) -> Iterator[Passage]:
    """From the first of the titles that stand together to the end of the name ("Detective Inspector Jones")."""
    for index in range(begin, end - 1):
        if (
            words[index].plain not in _ALL_TITLES
            or not words[index].capital
            or not _titled(words[index], words[index + 1], small)
        ):
            continue
        last = _last_of_name(words, index + 1, end)
        if last is not None and not _cited(words, index, last) and not _cited(words, index + 1, last):
            start = index
            while start > begin and words[start - 1].plain in _ALL_TITLES:
                start -= 1
            if start > begin and words[start - 1].plain in _BEFORE_TITLES:
                start -= 1
            yield Passage(words[start].start, words[last].bare_end, KIND, _TITLED)


def _titled(title: Word, name: Word, small: Collection[str]) -> bool:
    if name.plain in _ALL_TITLES:
        return False
    if title.plain in BEFORE_NAMES_ONLY:
        return len(name.text) > 1 and not name.shouted and name.capital and name.plain not in FUNCTION_WORDS
    return _could_name(name) and not _ordinary(name, small)


def _after_role(text: str, words: list[Word], begin: int, end: int) -> Iterator[Passage]:
    """A word with a capital letter after "the nurse", or a first name after "her brother,", in small letters."""
    before, first = words[begin - 1] if begin else None, words[begin]
    if before is None or before.capital or not _could_name(first) or first.plain in PLACES or first.plain in ORDINARY:
        return
    between = text[before.end : first.start]
    role = before.plain in ROLE_TITLES and between in (" ", "\n")
    kin = before.plain in RELATIONS and between in (" ", "\n", ", ", ",\n") and first.plain in FIRST_NAMES
    last = _last_of_name(words, begin, end)
    if last is not None and (role or kin):
        yield Passage(first.start, words[last].bare_end, KIND, _TITLED)


def _last_of_name(words: list[Word], first: int, end: int) -> int | None:
    """Index of the name's last word; nothing where an organisation's word follows ("Nurse Family Partnership")."""
    last = first
    while last + 1 < min(end, first + _LONGEST) and _could_go_on(words[last + 1]):
        last += 1
    return None if last + 1 < end and words[last + 1].plain in ORGANISATIONS else last


def _could_go_on(word: Word) -> bool:
    return word.text in _PARTICLES or (_could_name(word) and word.plain not in ORDINARY)


def _pairs(words: list[Word], begin: int, end: int, small: Collection[str]) -> Iterator[Passage]:
    """First names and surnames within a run that is cut at words which name nobody."""
    for cut, beyond in _cut(words, begin, end):
        followed = beyond < end and words[beyond].plain in ORGANISATIONS
        first = cut
        while first + 1 < beyond:
            name = _name_at(words, first, beyond, small)
            if name and not (followed and first + len(name) == beyond):
                yield Passage(name[0].start, name[-1].bare_end, KIND, _PAIR if _begins(name[0]) else _GUESS)
            first += len(name) or 1


def _cut(words: list[Word], begin: int, end: int) -> Iterator[tuple[int, int]]:
    first = begin
    for index in range(begin, end + 1):
        if index == end or not _belongs(words[index]):
            if index - first > 1:
                yield first, index
            first = index + 1


def _belongs(word: Word) -> bool:
    if word.text in _PARTICLES:
        return True
    if len(word.text) < 2 or (word.shouted and len(word.text) < 3) or word.plain in _NEVER_IN_PAIRS:
        return False
    return word.plain in FIRST_NAMES or word.plain not in FUNCTION_WORDS


def _name_at(words: list[Word], first: int, beyond: int, small: Collection[str]) -> list[Word]:
    """The words of the name that begins here, or none where they are hardly a name.

    Any surname may follow a common first name; without one, no word may be an ordinary word.
    """
    name = words[first : first + 1]
    if not name[0].capital or (not _begins(name[0]) and _unlikely(name[0], small)):
        return []
    for word in words[first + 1 : min(beyond, first + _LONGEST)]:
        surname = _begins(name[0]) and len(name) == 1 and not (name[0].plain in ORDINARY and _ordinary(word, small))
        if word.plain in FUNCTION_WORDS or not (surname or word.text in _PARTICLES or not _unlikely(word, small)):
            break
        name.append(word)
    while not name[-1].capital:
        name.pop()
    placed = any(word.plain in PLACES for word in name)
    cited = " ".join(word.plain for word in name) in CITED
    return [] if len(name) < 2 or placed or cited else name


def _begins(word: Word) -> bool:
    return word.plain in FIRST_NAMES


def _unlikely(word: Word, small: Collection[str]) -> bool:
    return word.shouted or _ordinary(word, small)


def _could_name(word: Word) -> bool:
    named = word.capital and len(word.text) > 1 and not word.shouted
    return named and word.plain not in TERMS and word.plain not in FUNCTION_WORDS


def _ordinary(word: Word, small: Collection[str]) -> bool:
    return word.plain in ORDINARY or word.plain in small or word.plain.endswith(_ENDINGS)


def _cited(words: list[Word], first: int, last: int) -> bool:
    return " ".join(word.plain for word in words[first : last + 1]) in CITED


def _after_initials(text: str, words: list[Word], begin: int, end: int, small: Collection[str]) -> Iterator[Passage]:
    for index in range(max(begin, 1), end):
        word = words[index]
        if len(words[index - 1].text) == 1 and _could_name(word) and word.plain not in small:
            found = _INITIAL.search(text, max(0, word.start - 30), word.start)
            if found:
                yield Passage(found.start(1), word.bare_end, KIND, _PAIR)
