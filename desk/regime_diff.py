"""``scr.py regime diff A B``: what is new, gone and different between two regimes, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from desk.regime_view import ClockRuleView, CriterionView, NoticeView, RegimeView
from domain.model import Model

Change = Literal["new", "gone", "different"]
V = TypeVar("V", CriterionView, ClockRuleView, NoticeView)

_HEAD = {
    "edition": "Edition",
    "nation": "Nation",
    "calendar": "Calendar of working days",
    "in_force": "In force",
    "process": "Process",
    "bodies": "Bodies told",
    "source": "Source",
}
_OF_A_CRITERION = {"title": "", "needs": "needs", "leads_to": "then", "source": "source", "to_confirm": "confirmed"}
_OF_A_CLOCK = {
    "title": "called",
    "how_long": "how long",
    "counted_from": "counted",
    "strength": "how binding",
    "source": "source",
    "to_confirm": "confirmed",
    "told": "who is told",
    "suspended": "suspended",
}
_OF_A_NOTICE = {"to": "to", "after": "after", "clock": "clock"}


class Difference(Model):
    """One thing in which two regimes differ."""

    what: str
    """A field of the head, or ``criterion …``, ``clock …``, ``notice …``."""
    change: Change
    before: str
    after: str


def differences(one: RegimeView, other: RegimeView) -> tuple[Difference, ...]:
    """Everything in which ``other`` differs from ``one``: head, words, criteria, notices, clocks."""
    return (
        *_head(one, other),
        *_words(one, other),
        *_parts("criterion", one.criteria, other.criteria, _OF_A_CRITERION),
        *_parts("notice", one.notices, other.notices, _OF_A_NOTICE),
        *_parts("clock", one.clocks, other.clocks, _OF_A_CLOCK),
    )


def _head(one: RegimeView, other: RegimeView) -> Iterator[Difference]:
    for field, name in _HEAD.items():
        before, after = str(getattr(one, field)), str(getattr(other, field))
        if before != after:
            yield Difference(what=name, change="different", before=before, after=after)


def _words(one: RegimeView, other: RegimeView) -> Iterator[Difference]:
    before, after = dict(one.says), dict(other.says)
    for term in {**before, **after}:
        if before.get(term) != after.get(term):
            said = before.get(term, term), after.get(term, term)
            yield Difference(what=f"word for {term}", change="different", before=said[0], after=said[1])


def _parts(kind: str, one: Sequence[V], other: Sequence[V], fields: Mapping[str, str]) -> Iterator[Difference]:
    before, after = {part.id: part for part in one}, {part.id: part for part in other}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        what = f"{kind} {name}"
        if old is None and new is not None:
            yield Difference(what=what, change="new", before="", after=_said(new, fields))
        elif new is None and old is not None:
            yield Difference(what=what, change="gone", before=_said(old, fields), after="")
        elif old is not None and new is not None:
            changed = {field: word for field, word in fields.items() if getattr(old, field) != getattr(new, field)}
            if changed:
                yield Difference(what=what, change="different", before=_said(old, changed), after=_said(new, changed))


def _said(part: Model, fields: Mapping[str, str]) -> str:
    """These fields of it in words."""
    said = ((word, _value(field, getattr(part, field))) for field, word in fields.items())
    return "; ".join(f"{word}: {value}" if word else value for word, value in said if value)


def _value(field: str, value: object) -> str:
    if field == "to_confirm":
        return "not yet" if value else "yes"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
