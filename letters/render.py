"""From a letter of the outbox to the text that is sent: by reference and role, never with a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.clocks.calendar import day_in_words
from domain.people import Role
from domain.record import CaseRef, Letter
from domain.safety import NOT_A_REFERRAL
from domain.vocabulary import Vocabulary

CIVIL = ZoneInfo("Europe/London")
COMBINED = "combined"

_text = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text; the HTML part is rendered by the environment below
    keep_trailing_newline=False,
)
_html = Environment(loader=_text.loader, undefined=StrictUndefined, autoescape=True)


def civil_day(instant: datetime) -> date:
    """The day that it is in civil time at that instant."""
    return instant.astimezone(CIVIL).date()


def _day_in_words(instant: str) -> str:
    # str() of a word that is missing raises: there is no letter with a gap.
    return day_in_words(civil_day(datetime.fromisoformat(str(instant))))


def _date_in_words(day: str) -> str:
    return day_in_words(date.fromisoformat(str(day)))


_text.filters["day_in_words"] = _day_in_words
_text.filters["date_in_words"] = _date_in_words


@dataclass(frozen=True)
class Rendered:
    """A letter as it is sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Written:
    """A letter with what is known of its case when it is sent."""

    case: CaseRef
    letter: Letter
    link: str
    """To the case."""
    answer: str = ""
    """To the page of the task that is to be answered, where there is one."""
    acknowledge: str = ""
    """To the page where the letter is acknowledged, where that is asked for."""


def render(written: Written, role: Role, board: str) -> Rendered:
    """One letter to one reader in their role. Raises where the template lacks a word."""
    letter = written.letter
    words = {"board": board, "words": letter.words, **_facts(written)}
    return _rendered(letter.template, words, role, urgent=letter.urgent, vocabulary=letter.vocabulary)


def render_combined(letters: Sequence[Written], *roles: Role, late: bool) -> Rendered:
    """One letter that stands for several to the same reader; ``late`` where the service had been away.

    A clock is named once, however many of its rungs are told, with each acknowledgement that is asked for; the one
    that is due first comes first.
    """
    clocks: dict[tuple[Any, ...], list[Written]] = {}
    for written in sorted(letters, key=_due):
        letter = written.letter
        key = (written.case, letter.clock_title, letter.words.get("about"), letter.due_at)
        clocks.setdefault(key, []).append(written)
    items = [_item(rungs, name_roles=len(roles) > 1) for rungs in clocks.values()]
    words = {
        "items": items,
        "late": late,
        "daily": any(written.letter.daily for written in letters),
        "heading": _heading([rungs[-1] for rungs in clocks.values()]),
    }
    spoken = {written.letter.vocabulary for written in letters}
    return _rendered(
        COMBINED,
        words,
        *roles,
        urgent=any(written.letter.urgent for written in letters),
        vocabulary=spoken.pop() if len(spoken) == 1 else Vocabulary(),  # of several regimes: the standard words
    )


def _due(written: Written) -> tuple[bool, datetime, str]:
    """What has no due instant comes last; the same instant by reference."""
    due_at = written.letter.due_at
    return due_at is None, due_at or datetime.min.replace(tzinfo=UTC), written.case.reference


def _item(rungs: Sequence[Written], *, name_roles: bool) -> dict[str, Any]:
    """A clock as the combined letter names it: as its last rung tells it."""
    asked = dict.fromkeys(written.acknowledge for written in rungs if written.acknowledge)
    roles = dict.fromkeys(written.letter.to.words for written in rungs) if name_roles else ()
    return {**_facts(rungs[-1]), "acknowledge": list(asked), "roles": _and(list(roles))}


def _heading(letters: Sequence[Written]) -> str:
    references = list(dict.fromkeys(written.case.reference for written in letters))
    titles = list(dict.fromkeys(written.letter.clock_title for written in letters))
    where = references[0] if len(references) == 1 else f"{len(references)} cases"
    return (
        f"{where}: {titles[0]} ({len(letters)})"
        if len(titles) == 1
        else f"{where}: {len(letters)} clocks need attention"
    )


def _facts(written: Written) -> dict[str, Any]:
    letter = written.letter
    return {
        "reference": written.case.reference,
        "clock_title": letter.clock_title,
        "about": letter.words.get("about", ""),
        "due_on": letter.due_on,
        "waited_for": f"the {letter.waited_for}" if letter.waited_for else "",
        "answer": written.answer,
        "acknowledge": written.acknowledge,
        "link": written.link,
    }


def _and(words: Sequence[str]) -> str:
    """``board chair``; ``action lead and agency executive``."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _rendered(template: str, words: dict[str, Any], *roles: Role, urgent: bool, vocabulary: Vocabulary) -> Rendered:
    source = vocabulary.spoken(_text.get_template(f"{template}.txt").render(words))
    subject, _, body = source.partition("\n")
    greeting = vocabulary.spoken(f"To the {_and([role.words for role in roles])}")
    paragraphs = [greeting, *(part.strip() for part in body.split("\n\n") if part.strip())]
    if urgent:
        paragraphs.append(NOT_A_REFERRAL)
    lines = [[line.strip() for line in paragraph.splitlines() if line.strip()] for paragraph in paragraphs]
    return Rendered(
        subject=subject.strip(),
        text="\n\n".join("\n".join(paragraph) for paragraph in lines) + "\n",
        html=_html.get_template("page.html").render(subject=subject.strip(), paragraphs=lines),
    )
