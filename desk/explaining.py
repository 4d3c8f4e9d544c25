"""Why each date of a case is what it is: the whole working today, or as it was believed at an earlier date."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from desk.civil import moment_in_words
from desk.clocks_believed import AsOf, Believed, Computed, believed, computed
from desk.views import Explained
from domain.clocks.explain import due_in_words, explain, in_words
from domain.model import Model
from domain.record import CaseRef, ClockEntry
from records.queries import NotFound
from records.store import Record


class Later(Model):
    """A computation that came after what was believed."""

    computation: int
    computed_at: datetime
    computed_at_told: bool
    reason: str
    due_at: datetime
    due: str
    """``due by the end of Thursday 5 March 2026``."""


class Explanation(Explained):
    """A computation with its whole working and when it was made; as of an earlier date with what came after."""

    computed_at: datetime
    """When the record took it in, or, where ``computed_at_told`` is false, from when on it is taken to have held."""
    computed_at_told: bool = True
    as_of: datetime | None = None
    """The instant at which this was believed; none for what is known today."""
    later: tuple[Later, ...] = ()
    """As of an earlier date: the computations that came after; the last one holds now."""
    now: ClockEntry | None = None
    """As of an earlier date: the computation that holds now, where it is another one."""


def explanations(
    record: Record, case: CaseRef, clock: str | None = None, as_of: AsOf | None = None
) -> list[Explanation]:
    """Each computation of each clock of the case, or of the clocks of that id or rule; as of a date the one that held.

    Raises ``NotFound`` for an unknown case or clock, and for a clock that there was not at that date.
    """
    everything = computed(record, case)
    wanted = {key: made for key, made in everything.items() if clock is None or _is(made[0][0].entry, clock)}
    if clock is not None and not wanted:
        known = ", ".join(sorted({made[0][0].entry.rule.id for made in everything.values()})) or "none yet"
        raise NotFound(f"{case.reference} has no clock {clock}; it has {known}")
    if as_of is None:
        return [each for (stage, _), made in wanted.items() for each in _today(stage, [m for m, _ in made])]
    held = [each for each in believed(record, case, as_of.at) if clock is None or _is(each.held.entry, clock)]
    if not held:
        raise NotFound(_not_yet(case, clock, (made[0][0] for made in wanted.values()), as_of))
    return [_then(each, as_of) for each in held]


def one_of(explained: Iterable[Explanation], case: CaseRef) -> Explanation:
    """The clock that is to be drawn: the computation that holds, of the only clock. Raises ``NotFound``."""
    held = [each for each in explained if each.current or each.as_of is not None]
    if len(held) == 1:
        return held[0]
    if not held:
        raise NotFound(f"{case.reference} has no clock yet")
    known = ", ".join(sorted({each.id for each in held}))
    raise NotFound(f"a picture shows one clock; {case.reference} has several that fit: {known}")


def _is(entry: ClockEntry, clock: str) -> bool:
    return clock in (entry.id, entry.rule.id)


def _today(stage: str, made: list[Computed]) -> Iterator[Explanation]:
    for each in made:
        yield _explained(stage, each, current=each is made[-1])


def _explained(stage: str, made: Computed, *, current: bool) -> Explanation:
    return Explanation(
        stage=stage,
        id=made.entry.id,
        current=current,
        text=explain(made.entry),
        entry=made.entry,
        computed_at=made.at,
        computed_at_told=made.told,
    )


def _then(each: Believed, as_of: AsOf) -> Explanation:
    """What held then, with what came after it."""
    words = [
        f"As believed {as_of.words}; {_when(each.held)}.",
        "",
        explain(each.held.entry),
        *_then_and_now(each, as_of),
    ]
    return _explained(each.stage, each.held, current=each.now is None).model_copy(
        update={
            "text": "\n".join(words),
            "as_of": as_of.at,
            "later": tuple(_later(made) for made in each.later),
            "now": each.now and each.now.entry,
        }
    )


def _later(made: Computed) -> Later:
    return Later(
        computation=made.entry.computation,
        computed_at=made.at,
        computed_at_told=made.told,
        reason=made.entry.reason,
        due_at=made.entry.deadline.due_at,
        due=f"due {in_words(made.entry.deadline)}",
    )


def _then_and_now(each: Believed, as_of: AsOf) -> Iterator[str]:
    """The paragraph that a clock ends with which was computed again since."""
    if each.now is None:
        return
    yield "\nThen and now"
    yield f"  Then, {as_of.words}: {due_in_words(each.held.entry)}."
    yield f"  Now: {due_in_words(each.now.entry)}."
    for made in each.later:
        again = f"{_when(made)[0].upper()}{_when(made)[1:]}"
        yield f"  {again}, due {in_words(made.entry.deadline)}: {made.entry.reason or 'no reason is recorded'}."


def _when(made: Computed) -> str:
    """When it was computed, in words; said openly where the record does not tell."""
    again = "computed again" if made.entry.computation > 1 else "computed"
    if made.told:
        return f"{again} at {moment_in_words(made.at)}"
    return f"{again} at a time that the record of then did not keep (taken to hold since {moment_in_words(made.at)})"


def _not_yet(case: CaseRef, clock: str | None, first: Iterable[Computed], as_of: AsOf) -> str:
    what = f"clock {clock}" if clock else "clock"
    since = min((made.at for made in first), default=None)
    began = f"; the first was computed at {moment_in_words(since)}" if since is not None else ""
    return f"{case.reference} had no {what} {as_of.words}{began}"
