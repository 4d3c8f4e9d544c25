"""Streets, schools, hospitals and surgeries named in full: few families go to each of them."""

import re
from collections.abc import Iterator
from typing import Final

from domain.text_check_passage import Passage, Word
from domain.text_check_words import FUNCTION_WORDS, GENERIC_PLACE_WORDS, ORDINARY, TERMS, listed

KIND: Final = "identifier"
_MOST = 4
_MOST_OF_INSTITUTION = 7
"""Words of a place's name before its kind."""

_INSTITUTIONS: Final = listed(
    "school academy nursery college hospital infirmary surgery clinic hospice playgroup preschool pre-school"
)
_FIRST_OF_TWO: Final = listed("medical health children family community care sixth walk-in pupil")
_SECOND_OF_TWO: Final = listed("centre practice home form unit")
_STREETS: Final = listed("street road avenue lane close drive crescent terrace grove mews gardens")
_AFTER_A_NUMBER: Final = listed(
    "rd ave st dr cl court house place way square row walk rise hill park parade flats tower towers green view"
)
"""What is a street's or a building's name only where the number of a house stands before it."""
_NUMBER = re.compile(r"(?:\b(?:flat|apartment)\s{1,2}\w{1,4},?\s{1,2})?(?<![\w/.-])\d{1,4}[A-Za-z]?,?\s{1,2}$", re.I)
_GAP = re.compile(r"[ \u00a0]?\n?[ \u00a0]?")

_ADDRESS = (
    "This looks like an address. Leave it out, or say what matters about where the family lived, such as temporary "
    "housing."
)
_NAMED = (
    "A school, hospital or practice named in full leads to those who use it. Write what it is instead: the primary "
    "school, the local hospital."
)


def places(text: str, words: list[Word]) -> Iterator[Passage]:
    """Places named in full, with the number of the house where one stands before a street."""
    for index, word in enumerate(words):
        if not word.capital:
            continue
        if word.plain in _STREETS or word.plain in _AFTER_A_NUMBER:
            begin = _street(text, words, index)
            if begin is not None:
                yield Passage(begin, word.bare_end, KIND, _ADDRESS)
        elif _is_institution(text, words, index):
            first = _first_of_institution(text, words, index)
            if first < index:
                yield Passage(words[first].start, word.bare_end, KIND, _NAMED)


def _street(text: str, words: list[Word], index: int) -> int | None:
    """Where the address begins: at its number, or at the first word of the street's name."""
    first = index
    while first and index - first < _MOST and _joined(text, words[first - 1], words[first]):
        if not words[first - 1].capital or words[first - 1].plain in FUNCTION_WORDS:
            break
        first -= 1
    if first == index:
        return None
    begin = words[first].start
    number = _NUMBER.search(text, max(0, begin - 24), begin)
    if number:
        return number.start()
    named = any(word.plain not in TERMS and word.plain not in ORDINARY for word in words[first:index])
    return begin if named and words[index].plain in _STREETS else None


def _is_institution(text: str, words: list[Word], index: int) -> bool:
    if index and words[index].plain in _SECOND_OF_TWO:
        return words[index - 1].plain in _FIRST_OF_TWO and words[index - 1].capital
    return words[index].plain in _INSTITUTIONS and not _goes_on(text, words, index)


def _goes_on(text: str, words: list[Word], index: int) -> bool:
    """Whether it is part of something else: the Royal College of Nursing is no school, a School Nurse no place."""
    if index + 1 == len(words) or not _joined(text, words[index], words[index + 1]):
        return False
    following = words[index + 1]
    return following.plain == "of" if not following.capital else following.plain in TERMS - {"trust"}


def _first_of_institution(text: str, words: list[Word], last: int) -> int:
    """Index of the first word of its name, or ``last`` where no word before its kind says which it is."""
    first = named = last
    while first and last - first < _MOST_OF_INSTITUTION and _joined(text, words[first - 1], words[first]):
        first -= 1
        word = words[first]
        if word.text == "of":
            continue
        if not word.capital or word.plain in FUNCTION_WORDS:
            break
        if word.plain in GENERIC_PLACE_WORDS:
            named = first if word.plain == "st" and named == first + 1 else named
        elif word.plain in ORDINARY or word.plain in TERMS:
            break
        else:
            named = first
    return named


def _joined(text: str, first: Word, second: Word) -> bool:
    """Whether only a space or a line's end stands between, or the full stop of "St."."""
    between = text[first.end : second.start]
    if first.plain == "st":
        between = between.removeprefix(".")
    return bool(between) and _GAP.fullmatch(between) is not None
