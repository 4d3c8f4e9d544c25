"""Full text search of lessons: one way to ask, answered by SQLite's FTS5 or by PostgreSQL's own search.

Both get the same plain words, so that they find the same. They differ in how they weigh: the order is the engine's.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from unicodedata import combining, normalize

from sqlalchemy import ColumnElement, Select, column, func, literal_column, select, table, text
from sqlalchemy.orm import Session

from domain.model import Model
from domain.text_check_words import listed
from records.tables import LessonRow

ASKED_WORDS: Final = 60
"""Words of a question that are looked for; nobody types more, and the search stays quick."""
ALIKE_WORDS: Final = 40
"""Words of a text by which others that are like it are found: those that it uses most."""
_LONGEST_WORD: Final = 60
_WORD: Final = re.compile(r"[^\W_]+")
_POSSESSIVE: Final = re.compile(r"['\u2019]s\b")
_ASKED: Final = re.compile(r"""(?P<not>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))""")
_IN_EVERY_TEXT: Final = listed(
    """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it
    its itself they them their theirs themselves what which who whom this that these those am is are was were be been
    being have has had having do does did doing a an the and but if or because as until while of at by for with about
    against between into through during before after above below to from up down in out on off over under again
    further then once here there when where why how all any both each few more most other some such no nor not only
    own same so than too very s t can will just don should now
    """
)
"""Words that PostgreSQL leaves out of an English text. They are left out of what SQLite gets, too."""


class Asked(Model):
    """A question in words: what has to stand there, and what must not. Each part is a word, or words in a row."""

    wanted: tuple[tuple[str, ...], ...] = ()
    unwanted: tuple[tuple[str, ...], ...] = ()


def asked(typed: str) -> Asked:
    """What was typed, as a question: words, "words in a row", and -words that must not stand there.

    Anything that can be typed is a question; signs that mean nothing are passed over.
    """
    wanted: list[tuple[str, ...]] = []
    unwanted: list[tuple[str, ...]] = []
    left = ASKED_WORDS
    for part in _ASKED.finditer(typed):
        phrase = tuple(plain_words(part["phrase"] or part["word"] or ""))[:left]
        left -= len(phrase)
        if phrase:
            (unwanted if part["not"] else wanted).append(phrase)
    return Asked(wanted=tuple(wanted), unwanted=tuple(unwanted))


def plain_words(of: str) -> list[str]:
    """The words of a text in small letters, without accents and without those that stand in every text."""
    bare = "".join(sign for sign in normalize("NFKD", _POSSESSIVE.sub("", of)) if not combining(sign))
    words = (word[:_LONGEST_WORD] for word in _WORD.findall(bare.casefold()))
    return [word for word in words if word not in _IN_EVERY_TEXT]


def put(session: Session, lesson: int, texts: Iterable[str]) -> None:
    """Take in the words of a lesson."""
    words = "to_tsvector('english', :words)" if _postgresql(session) else ":words"
    said = " ".join(word for each in texts for word in plain_words(each))
    # Neither part of the statement comes from outside.
    statement = f"INSERT INTO lesson_words (rowid, words) VALUES (:lesson, {words})"  # noqa: S608
    session.execute(text(statement), {"lesson": lesson, "words": said})


def drop(session: Session, case: int) -> None:
    """Take the words of a case's lessons out again."""
    statement = "DELETE FROM lesson_words WHERE rowid IN (SELECT id FROM lessons WHERE case_id = :case)"
    session.execute(text(statement), {"case": case})


def matching(session: Session, query: Select[int], question: Asked) -> Select[int]:
    """The query with only what answers the question, the best first; where nothing has to stand there, the newest."""
    if question.unwanted:
        query = query.where(LessonRow.id.not_in(_found(session, question.unwanted, "OR")))
    if not question.wanted:
        return query.order_by(LessonRow.told_at.desc(), LessonRow.id)
    return _ranked(session, query, question.wanted, "AND")


def alike(session: Session, query: Select[int], texts: Iterable[str]) -> Select[int] | None:
    """The query with what shares any of the words that the texts use most, the likest first; none without words."""
    used = Counter(word for each in texts for word in plain_words(each))
    words = tuple((word,) for word, _ in used.most_common(ALIKE_WORDS))
    return _ranked(session, query, words, "OR") if words else None


_words = table("lesson_words", column("rowid"), column("words"), column("rank"))


def _ranked(session: Session, query: Select[int], phrases: tuple[tuple[str, ...], ...], joined: str) -> Select[int]:
    query = query.join(_words, _words.c.rowid == LessonRow.id).where(_matches(session, phrases, joined))
    if _postgresql(session):
        by_length = 1
        rank = func.ts_rank(_words.c.words, _question(phrases, joined), by_length).desc()
    else:
        rank = _words.c.rank.asc()
    return query.order_by(rank, LessonRow.id)


def _found(session: Session, phrases: tuple[tuple[str, ...], ...], joined: str) -> Select[int]:
    return select(_words.c.rowid).where(_matches(session, phrases, joined))


def _matches(session: Session, phrases: tuple[tuple[str, ...], ...], joined: str) -> ColumnElement[bool]:
    if _postgresql(session):
        return _words.c.words.bool_op("@@")(_question(phrases, joined))
    return literal_column("lesson_words").bool_op("MATCH")(f" {joined} ".join(_quoted(phrases)))


def _question(phrases: tuple[tuple[str, ...], ...], joined: str) -> ColumnElement[object]:
    """What PostgreSQL is asked. Each part is quoted, so that no word of it is taken for an operator."""
    between = " or " if joined == "OR" else " "
    return func.websearch_to_tsquery(literal_column("'english'"), between.join(_quoted(phrases)))


def _quoted(phrases: tuple[tuple[str, ...], ...]) -> list[str]:
    return [f'"{" ".join(phrase)}"' for phrase in phrases]


def _postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
