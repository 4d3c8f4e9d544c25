"""What people typed, for readers beyond the case: shown only where no name and nothing that identifies is found."""

from collections.abc import Collection
from typing import Final

from pydantic import TypeAdapter, ValidationError

from domain.model import Model
from domain.record import CaseRef
from domain.text_check import Kept, check, unanswered
from domain.text_check_blame import KIND as BLAME
from domain.text_check_known import known
from domain.text_check_passage import words_of
from records.views import RecordedFact

LONGEST: Final = 1_000
"""Characters of the longest text that is shown whole."""
_KEPT: Final = TypeAdapter(tuple[Kept, ...])


class Said(Model):
    """A text of a fact, or where it is to be read."""

    text: str
    fact: int
    """Number of the fact that it stands in."""
    shown: bool
    """False where it stands in the record only."""


def said(case: CaseRef, recorded: RecordedFact, field: str, names: Collection[str]) -> Said:
    """The text of that field of the fact, on one line; else a pointer to the fact.

    What reads as a name or as something else that identifies is not shown, unless its author said why it stays;
    words of the names that the case and the directory know (``names``) never are.
    """
    pointer = f"see fact {recorded.seq} of {case.reference}"
    text = " ".join(str(recorded.fact.detail.get(field) or "").split())
    if not text:
        return Said(text="", fact=recorded.seq, shown=True)
    if _identifies(text, recorded, names):
        return Said(text=pointer, fact=recorded.seq, shown=False)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rsplit(' ', 1)[0]} … ({pointer})"
    return Said(text=text, fact=recorded.seq, shown=True)


def _identifies(text: str, recorded: RecordedFact, names: Collection[str]) -> bool:
    likely = [mark for mark in check(text) if mark.kind != BLAME]
    if unanswered(likely, _stays(recorded)):
        return True
    return any(True for _ in known(words_of(text), names))


def _stays(recorded: RecordedFact) -> tuple[Kept, ...]:
    try:
        return _KEPT.validate_python(recorded.fact.detail.get("stays") or ())
    except ValidationError:  # a fact of years ago may hold another shape
        return ()
