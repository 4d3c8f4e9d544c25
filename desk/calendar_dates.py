"""Every date ahead of a board, of one of its agencies, or of a person: what is due when, and who is waited for."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from desk.calendar_waiting import Concerns, agency_of, for_agency, for_person, require_agency, require_person
from desk.civil import in_civil_time
from domain.clocks.explain import due_in_words
from domain.clocks.rule import Source, Strength, Unit
from domain.directory import Board
from domain.model import Model
from domain.people import Role
from domain.record import CaseRef, ClockStatus
from records.ahead import ClockAhead, clocks_ahead
from records.store import Record

ENDED: Final = timedelta(days=90)
"""For so long a date that was met or withdrawn is told as cancelled, so that it leaves people's calendars."""


class DateAhead(Model):
    """A date that somebody has to meet, by reference and role."""

    case: CaseRef
    stage: str
    """Workflow id of the stage."""
    clock: str
    """Id of the clock, unique within its stage."""
    what: str
    item: str | None
    due_on: date
    due_at: datetime
    """The first instant that is too late, in civil time."""
    due: str
    """``due by the end of Thursday 5 March 2026``; of a clock that stands still since when, and what is left."""
    timed: bool
    """Whether it is due at an instant (clocks in hours) rather than by the end of a day."""
    waits_for: Role | None
    agency: str | None
    deputising: bool = False
    """In a person's calendar: whether the person stands in for whoever is waited for."""
    overdue: bool
    stopped: bool
    ended: bool = False
    """Whether it was met, or withdrawn: nobody is waited for any more."""
    strength: Strength
    source: Source
    changed_at: datetime
    revision: int
    """How often the date, its stops or its status changed: it only ever rises."""

    @property
    def who(self) -> str:
        """Who is waited for, in words."""
        words = self.waits_for.words if self.waits_for else "nobody in particular"
        return f"{words} of {self.agency}" if self.agency else words


def dates_ahead(
    record: Record,
    board: Board,
    at: datetime,
    *,
    agency: str | None = None,
    person: str | None = None,
    until: date | None = None,
) -> list[DateAhead]:
    """What is due from the board, or from the agency, or from the person, and what ended lately, the earliest first.

    With both an agency and a person, what waits for the person within the agency. ``until`` is the last due day that is
    told; what is overdue, stands still or has ended is told all the same. Raises ``NotFound`` for an agency or a person
    that neither the directory nor a case knows.
    """
    concerns: list[Concerns] = []
    if agency is not None:
        concerns.append(for_agency(agency))
    if person is not None:
        concerns.append(for_person(record, board, person, at))
    found = list(_concerning(clocks_ahead(record, board.id, at - ENDED), concerns, at))
    if not found:
        if agency is not None:
            require_agency(board, agency)
        if person is not None:
            require_person(board, person)
    told = (each for each in found if until is None or each.due_on <= until or _always_told(each))
    return sorted(told, key=lambda each: (each.due_at, each.case.reference, each.stage, each.clock))


def _always_told(each: DateAhead) -> bool:
    return each.overdue or each.stopped or each.ended


def _concerning(ahead: Iterable[ClockAhead], concerns: list[Concerns], at: datetime) -> Iterator[DateAhead]:
    for each in ahead:
        waiting = [concern(each) for concern in concerns]
        if None not in waiting:
            yield _date(each, at, deputising=any(known.deputising for known in waiting if known is not None))


def _date(ahead: ClockAhead, at: datetime, *, deputising: bool) -> DateAhead:
    entry = ahead.entry
    return DateAhead(
        case=ahead.case,
        stage=ahead.stage,
        clock=entry.id,
        what=entry.rule.title,
        item=entry.item,
        due_on=entry.deadline.due_on,
        due_at=in_civil_time(entry.deadline.due_at),
        due=due_in_words(entry),
        timed=entry.deadline.unit is Unit.CLOCK_HOURS,
        waits_for=entry.waiting_on,
        agency=agency_of(entry),
        deputising=deputising,
        overdue=entry.status is ClockStatus.OPEN and entry.deadline.due_at <= at,
        stopped=entry.status is ClockStatus.STOPPED,
        ended=not ahead.waits,
        strength=entry.rule.strength,
        source=entry.rule.source,
        changed_at=ahead.changed_at,
        revision=ahead.revision,
    )
