"""What identifies a child or family even without a name: numbers, addresses, exact dates and exact ages.

Court reports and the press can be searched, so that a few exact details together lead to a family.
"""

import re
from collections.abc import Iterator
from typing import Final

from domain.text_check_passage import Passage, Sentences
from domain.text_check_words import COMMON_DIAGNOSES, MONTHS, NOT_REGISTRATION_LETTERS, PUBLIC_SITES

KIND: Final = "identifier"

_MONTH = rf"(?:{'|'.join(MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:18|19|20)\d\d"
_DAY_AND_MONTH = rf"(?:{_DAY}(?:st|nd|rd|th)?\s{{1,3}}(?:of\s{{1,3}})?{_MONTH}|{_MONTH}\s{{1,3}}{_DAY}(?:st|nd|rd|th)?)"
FULL_DATE: Final = re.compile(
    rf"(?<![\w/.-])(?:{_DAY_AND_MONTH},?\s{{1,3}}{_YEAR}|{_DAY}[/.-](?:0?[1-9]|1[0-2])[/.-](?:{_YEAR}|\d\d)"
    rf"|{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\w/-])",
    re.I,
)
"""Day, month and year."""
_DAY_OF_YEAR = re.compile(rf"\b{_DAY_AND_MONTH}(?!\w)(?!,?\s{{1,3}}{_YEAR})", re.I)
LIFE: Final = re.compile(
    r"\b(?:born|birth|births|birthday|birthdays|birthdate|d\.?o\.?b|died|dead|death|deaths|deceased|stillborn|buried"
    r"|funeral)\b",
    re.I,
)
"""Words of birth and death: a day beside them leads straight to a register."""
_GUIDANCE = re.compile(
    r"\b(?:published|issued|reissued|revised|updated|edition|version|accessed|retrieved|guidance|act|regulations?"
    r"|order|circular|statutory|in force|working together)\b",
    re.I,
)
_LOOKED_BACK = 80

_NUMBER = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty)"
)
_UNIT = r"(?:day|week|month|year)s?"
_TERM = rf"{_NUMBER}[\s-]{{1,3}}{_UNIT}"
_SHORT_TERM = rf"{_NUMBER}[\s-]{{1,3}}(?:day|week)s?"
_AND = r"(?:,?\s{1,3}(?:and\s{1,3})?)"
EXACT_AGE: Final = re.compile(
    rf"(?:\baged?\s{{1,3}}(?:of\s{{1,3}}|about\s{{1,3}})?{_TERM}{_AND}{_TERM}(?:\s{{1,3}}old)?"
    rf"|\baged?\s{{1,3}}(?:of\s{{1,3}})?{_SHORT_TERM}(?:\s{{1,3}}old)?"
    rf"|\b{_TERM}{_AND}{_TERM}[\s-]{{1,3}}old|(?<!-)\b{_SHORT_TERM}[\s-]{{1,3}}old)\b",
    re.I,
)
"""An age in days or weeks, or in two units."""
_GENERAL = re.compile(
    r"(?:under|over|below|above|within|between|before|until|than|least|most|to|from|every|all|any|babies|infants"
    r"|children)\s{1,3}(?:the\s{1,3})?$",
    re.I,
)
"""Before an age that is a rule's ("babies under four weeks old"), not a child's."""

_NHS = re.compile(r"(?<![\w.-])\d{3}[\s-]?\d{3}[\s-]?\d{4}(?![\w-]|\.\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_HANDLE = re.compile(r"(?<![\w.@/+-])@[A-Za-z]\w{2,30}")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'\ud800-\udfff]{1,1000}", re.I)
_DIGITS = re.compile(r"\d")

_NUMBERED: Final = (
    (
        re.compile(
            r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][\s-]?\d\d[\s-]?\d\d[\s-]?\d\d[\s-]?[A-D]\b",
            re.I,
        ),
        "This looks like a National Insurance number. Leave it out.",
    ),
    (
        re.compile(
            r"\b(?:GIR ?0AA|(?:[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRV-Y]))"
            r"\s{0,2}\d[ABD-HJLNP-UW-Z]{2})\b"
        ),
        "This looks like a postcode, which leads to a few houses. Leave it out, or name the kind of area.",
    ),
    (
        re.compile(
            r"(?<![\w.+/-])(?:\+44[\s-]?(?:\(0\)[\s-]?)?\d{2,4}|\(0\d{2,5}\)|0\d{2,4})[\s-]?\d{3,4}[\s-]?\d{3,4}"
            r"(?![\w/]|-\d|\.\d)"
        ),
        "This looks like a telephone number. Leave it out.",
    ),
    (
        re.compile(
            r"\bNHS\s{1,3}(?:number|no\.?)\s{0,3}(?:(?:is|was)\s{1,3}|[:#]\s{0,3})?\d[\d\s-]{5,14}\d\b",
            re.I,
        ),
        "This is given as an NHS number. Leave it out.",
    ),
    (
        re.compile(
            r"\b(?:crime|incident|police|cad|occurrence|custody|court|claim|hospital|patient|passport|licence|case|unit)"
            r"\s{1,3}(?:(?:log|case|record|report|unit)\s{1,3})?(?:reference|ref|number|no|log)\.?"
            r"(?:\s{1,3}(?:number|no\.?))?\s{0,3}(?:(?:is|was)\s{1,3}|[:#]\s{0,3})?"
            r"(?=[\w/-]{0,20}\d)(?![\w/-]{1,3}(?![\w/-]))[\w/-]{4,24}",
            re.I,
        ),
        "This looks like a reference by which police, a court or a hospital finds the case. Leave it out.",
    ),
    (
        re.compile(rf"\b(?!\w{{4}} ?(?:{NOT_REGISTRATION_LETTERS})\b)[A-HJ-PR-Y]{{2}}\d\d ?[A-HJ-PR-Z]{{3}}\b"),
        "This looks like the registration of a car. Leave it out.",
    ),
    (
        re.compile(
            r"\b(?:registration|reg)\.?\s{1,3}(?:(?:number|no\.?|plate)\s{0,3})?(?:(?:is|was)\s{1,3}|[:#]\s{0,3})?"
            r"(?:(?-i:[A-Z])\d{1,3} ?(?-i:[A-Z]{3})|(?-i:[A-Z]{3}) ?\d{1,3}(?-i:[A-Z])?)\b",
            re.I,
        ),
        "This looks like the registration of a car. Leave it out.",
    ),
)
_DIAGNOSIS = re.compile(r"\bdiagnos(?:ed|is)\s{1,3}(?:with|of)\s{1,3}(?:an?\s{1,3}|the\s{1,3})?")
_CONDITION = re.compile(
    r"rare\s{1,3}\w{1,30}(?:\s{1,3}\w{1,30})?|[A-Z][\w'\u2019-]{1,40}(?:\s{1,3}[\w'\u2019-]{1,40}){0,2}"
)

_OF_LIFE = (
    "A day of birth or death leads straight to a register and to the press. Give the year, or the child's age band and "
    "how long before or after."
)
_OF_EVENT = (
    "An exact date, with what the press has reported, can lead to the family. Give the month or the child's age band, "
    "or how long after the event before it."
)
_AGE = "An age to the day or week can identify a child. Give an age band: newborn, under six months, under a year."


def identifiers(text: str, sentences: Sentences) -> Iterator[Passage]:
    """Passages that identify somebody by number, address on a network, date, age or an unusual illness."""
    for pattern, why in _NUMBERED:
        yield from (_passage(found, why) for found in pattern.finditer(text))
    yield from _health_numbers(text)
    yield from _on_networks(text)
    yield from _dates(text, sentences)
    yield from _ages(text)
    yield from _illnesses(text)


def _passage(found: re.Match[str], why: str) -> Passage:
    return Passage(found.start(), found.end(), KIND, why)


def _health_numbers(text: str) -> Iterator[Passage]:
    for found in _NHS.finditer(text):
        if valid_nhs_number(found.group()):
            yield _passage(found, "This is a valid NHS number. Leave it out.")


def valid_nhs_number(number: str) -> bool:
    """Whether the check digit of ten digits is right (modulus 11, NHS data dictionary); spaces make no difference.

    Ten equal digits pass the sum and are nobody's number.
    """
    digits = [int(digit) for digit in number if digit in "0123456789"]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return digits[9] == rest % 11


def _on_networks(text: str) -> Iterator[Passage]:
    for found in _EMAIL.finditer(text):
        yield _passage(found, "This is an e-mail address. Leave it out, or name the role that it belongs to.")
    for found in _HANDLE.finditer(text):
        yield _passage(found, "This looks like an account in social media. Leave it out.")
    for found in _URL.finditer(text):
        address = found.group().rstrip(".,;:!?)]}\u2019”")
        host = address.casefold().split("//")[-1].split("/")[0].removeprefix("www.")
        if host not in PUBLIC_SITES:
            why = (
                "A link can lead to the family, for instance through the press. Leave it out, or cite the publication."
            )
            yield Passage(found.start(), found.start() + len(address), KIND, why)


def _dates(text: str, sentences: Sentences) -> Iterator[Passage]:
    for found in FULL_DATE.finditer(text):
        begin, end = sentences.around(found.start())
        of_life = LIFE.search(text, max(begin, found.start() - _LOOKED_BACK), min(end, found.end() + _LOOKED_BACK))
        if of_life:
            yield _passage(found, _OF_LIFE)
        elif not _GUIDANCE.search(text, max(begin, found.start() - _LOOKED_BACK), found.start()):
            yield _passage(found, _OF_EVENT)
    for found in _DAY_OF_YEAR.finditer(text):
        begin, end = sentences.around(found.start())
        if LIFE.search(text, max(begin, found.start() - _LOOKED_BACK), min(end, found.end() + _LOOKED_BACK)):
            yield _passage(found, _OF_LIFE)


def _ages(text: str) -> Iterator[Passage]:
    for found in EXACT_AGE.finditer(text):
        if not _GENERAL.search(text[max(0, found.start() - 24) : found.start()]):
            yield _passage(found, _AGE)


def _illnesses(text: str) -> Iterator[Passage]:
    for found in _DIAGNOSIS.finditer(text):
        condition = _CONDITION.match(text, found.end())
        if condition and condition.group().split()[0].casefold() not in COMMON_DIAGNOSES:
            why = "A rare illness can identify a child. Say what it meant for the child and for care, not its name."
            yield Passage(found.start(), condition.end(), KIND, why)
