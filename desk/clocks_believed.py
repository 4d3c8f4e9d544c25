"""What was believed of a clock at an instant: the computation that the record held then, and how it stood.

Other than ``desk.clocks_as_of``, which measures with what is known now, this leaves out whatever was recorded later: a
start that was corrected afterwards, a stop told with hindsight, a day set anew. Each step of a computation says when
it was recorded. What an earlier version of this service recorded does not; there its start is taken, or the last event
that the computation knows of.
"""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from desk.civil import LONDON, in_civil_time, moment_in_words, read_instant
from domain.clocks.calendar import day_in_words
from domain.clocks.rule import Direction
from domain.clocks.stops import Stop, standing
from domain.model import Model
from domain.record import CaseRef, ClockEntry, ClockStatus
from records import as_of, queries
from records.store import Record
from records.views import ClockStep, RecordedClock

TO_COME: Final = "is still to come: what will be believed then is not known"


class AsOf(Model):
    """An earlier date as a person names it."""

    at: datetime
    """The last instant of which something may be known."""
    words: str
    """``at the end of Sunday 3 May 2026``, or ``at 10:15 on Sunday 3 May 2026``; civil time."""

    @classmethod
    def read(cls, text: str, now: datetime) -> "AsOf":
        """``2026-05-03`` is the end of that day, ``2026-05-03T10:15`` that time of it; civil time without an offset.

        Raises ``ValueError`` with what is wrong, also for what is still to come.
        """
        day = _day(text)
        if day is None:
            at = read_instant(text, now)
            if at > now:
                raise ValueError(TO_COME)
            read = cls(at=at, words=f"at {moment_in_words(at)}")
        else:
            if day > in_civil_time(now).date():
                raise ValueError(TO_COME)
            midnight = datetime.combine(day + timedelta(days=1), time(), LONDON)
            read = cls(at=midnight - timedelta(microseconds=1), words=f"at the end of {day_in_words(day)}")
        return read


class Computed(Model):
    """One computation of a clock, and from when on it held."""

    entry: ClockEntry
    at: datetime
    """When it was recorded, where ``told``; else from when on it is taken to have held."""
    told: bool = True
    """Whether the record tells when it was recorded."""


class Believed(Model):
    """A clock as it stood in the record at an instant, and what came after."""

    stage: str
    """Workflow id of its stage."""
    held: Computed
    """The computation that held then; its entry stands as it stood then."""
    later: tuple[Computed, ...] = ()
    """The computations that came after it, in order; the last holds now."""

    @property
    def now(self) -> Computed | None:
        """The computation that holds now, where it is another one."""
        return self.later[-1] if self.later else None


Steps = tuple[ClockStep, ...]
"""How a computation stood from when on."""


def computed(record: Record, case: CaseRef) -> dict[tuple[str, str], tuple[tuple[Computed, Steps], ...]]:
    """Of each clock, by stage and id, each computation with its steps, in order. Raises ``NotFound``."""
    changed = as_of.clocks_changed(record, case)
    found = {}
    for key, group in groupby(queries.clocks(record, case), key=lambda each: (each.stage, each.entry.id)):
        since: datetime | None = None
        computations = []
        for each in group:
            made = _computed(each, changed.get((*key, each.entry.computation)))
            since = made.at if since is None else max(since, made.at)
            computations.append((made.model_copy(update={"at": since}), each.history))
        found[key] = tuple(computations)
    return found


def believed(record: Record, case: CaseRef, until: datetime) -> tuple[Believed, ...]:
    """What the record held of each clock at ``until``, for those it knew by then. Raises ``NotFound``."""
    changed = as_of.clocks_changed(record, case)
    found = []
    for (stage, clock), computations in computed(record, case).items():
        known = [each for each in computations if each[0].at <= until]
        if known:
            held, steps = known[-1]
            last_changed = changed.get((stage, clock, held.entry.computation), until)
            then = held.model_copy(update={"entry": _stood(held.entry, steps, until, last_changed)})
            found.append(Believed(stage=stage, held=then, later=tuple(each for each, _ in computations[len(known) :])))
    return tuple(found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == len("2026-05-03") else None
    except ValueError:
        return None


def _computed(clock: RecordedClock, changed_at: datetime | None) -> Computed:
    """When it was computed: its first step says so. Where it does not, not later than its last change."""
    entry = clock.entry
    told = clock.history[0].at if clock.history else None
    if told is not None:
        return Computed(entry=entry, at=told)
    backwards = entry.rule.direction is Direction.BEFORE
    known = [entry.opened_at if backwards and entry.opened_at else entry.deadline.started_at]
    if entry.set_at is not None:
        known.append(entry.set_at)
    if entry.computation > 1:
        known += [stop.until for stop in entry.stops if stop.until is not None]
    at = max(known)
    return Computed(entry=entry, at=at if changed_at is None else min(at, changed_at), told=False)


def _stood(entry: ClockEntry, steps: Steps, until: datetime, last_changed: datetime) -> ClockEntry:
    """The entry as it stood then: with the last step that was recorded by then."""
    recorded = [step for step in steps if step.at is None or step.at <= until]
    if not recorded:
        return _stood_as_far_as_known(entry, until, last_changed)
    step = recorded[-1]
    stood = entry.model_copy(update={"status": step.status, "satisfied_at": step.satisfied_at, "stops": step.stops})
    return stood if step.at is not None else _stood_as_far_as_known(stood, until, last_changed)


def _stood_as_far_as_known(entry: ClockEntry, until: datetime, last_changed: datetime) -> ClockEntry:
    """Where the record does not tell when a step was recorded: by the times that the entry itself names."""
    stops = tuple(_by_then(stop, until) for stop in entry.stops if stop.since <= until)
    over = entry.satisfied_at if entry.satisfied_at is not None else last_changed
    running = ClockStatus.OPEN if standing(stops) is None else ClockStatus.STOPPED
    ended = entry.status in (ClockStatus.MET, ClockStatus.LATE, ClockStatus.WITHDRAWN) and over <= until
    update = {"stops": stops} if ended else {"stops": stops, "status": running, "satisfied_at": None}
    return entry.model_copy(update=update)


def _by_then(stop: Stop, until: datetime) -> Stop:
    return stop if stop.until is None or stop.until <= until else stop.model_copy(update={"until": None})
