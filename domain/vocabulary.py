"""What a regime calls things: inside, the house speaks of serious case reviews; people read their own words."""

import re
from functools import lru_cache

from pydantic import field_validator, model_validator

from domain.model import Model


class Vocabulary(Model):
    """Standard terms (``serious case review``, ``board chair``) and what a regime says in their place."""

    says: tuple[tuple[str, str], ...] = ()
    """Pairs of a standard term and the regime's own, both as they stand within a sentence, in the singular."""

    @field_validator("says", mode="before")
    @classmethod
    def _from_table(cls, says: object) -> object:
        """A table of a file, as well as pairs."""
        return tuple(says.items()) if isinstance(says, dict) else says

    @model_validator(mode="after")
    def _said_once(self) -> "Vocabulary":
        """What is said twice must not change again: titles come spoken into pages that are spoken as a whole."""
        if odd := [term for term, own in self.says if not own.strip() or term != _plain(term)]:
            raise ValueError(f"write terms in small letters, and a word for each: {', '.join(odd)}")
        if wrong := [own for _, own in self.says if self.spoken(own) != own]:
            raise ValueError(f"these terms hold a standard term themselves: {', '.join(wrong)}")
        return self

    def spoken(self, text: str) -> str:
        """The text in the regime's words: longer terms first, plurals and capitals at a sentence's beginning kept."""
        if not self.says or not text:
            return text
        return _pattern(self.says).sub(lambda found: _replacement(found, dict(self.says)), text)


def _plain(term: str) -> str:
    """In small letters with single spaces; never empty, so that an empty term differs from it."""
    return " ".join(term.lower().split()) or "a term"


@lru_cache(maxsize=64)
def _pattern(says: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    terms = sorted((re.escape(term).replace(r"\ ", r"\s+") for term, _ in says), key=len, reverse=True)
    return re.compile(rf"\b(?P<article>[Aa]n? )?(?P<term>{'|'.join(terms)})(?P<many>s\b)?(?![\w-])", re.IGNORECASE)


def _replacement(found: re.Match[str], says: dict[str, str]) -> str:
    term = " ".join(found["term"].split())
    said = says[term.lower()] + ("s" if found["many"] else "")
    if article := found["article"] or "":
        article = f"{article[0]}{'n' if said[0].lower() in 'aeiou' else ''} "
    return article + (said[0].upper() + said[1:] if term[0].isupper() else said)
