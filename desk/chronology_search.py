"""Rows of a chronology by what they say: by words, and by the keys of the people of whom they tell.

Where names are left out a word is found only where it can be read: to look for a name must not tell where it stands.
"""

from collections.abc import Iterable, Iterator

from desk.glossary import Glossary
from domain.chronology import Row
from domain.chronology_merge import MergedRow


def texts_of(row: Row) -> tuple[str, ...]:
    """Everything that was written in the row beside its time."""
    every = (row.event, row.response, row.child, row.comment, row.concerning, row.who, row.source, row.significance)
    return tuple(text for text in every if text)


def holding(rows: Iterable[MergedRow], words: str, glossary: Glossary, *, named: bool = False) -> Iterator[MergedRow]:
    """The rows that hold each of the words, in capitals or not; a key (S1) is held where its person is told of.

    Unless ``named``, only what is read without names counts.
    """
    looked_for = words.casefold().split()
    return (row for row in rows if _holds(texts_of(row.row), looked_for, glossary, named))


def _holds(texts: tuple[str, ...], looked_for: list[str], glossary: Glossary, named: bool) -> bool:
    written = " ".join(texts).casefold()
    # What is written is quick to look through, and rules most rows out.
    if not all(any(each in written for each in (word, *glossary.names_of(word))) for word in looked_for):
        return False
    read = " ".join(map(glossary.anonymised, texts)).casefold()
    return all(_stands(word, written if named else read, read, glossary) for word in looked_for)


def _stands(word: str, text: str, read: str, glossary: Glossary) -> bool:
    if glossary.names_of(word):
        return f"[{word}]" in read or word in text.split()
    return word in text
