"""What would happen if: the clocks that run in a live case, and what a forecast of them found. Reads only."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from activities.calendar import build_calendar
from activities.noted_letters import Noted
from desk.calendar_waiting import action_of, leads_of_actions
from domain.clocks.calendar import Calendar, CalendarRequest, Holiday
from domain.clocks.explain import in_words
from domain.model import Model
from domain.people import Role
from domain.record import CaseRef, ClockStatus
from domain.regimes import Regime
from domain.what_if import JUST_BEFORE, Because, Expected, Running, margin
from records import proclaimed, queries
from records.queries import NotFound
from records.store import Record

YEARS_AHEAD = 6


class ExpectedClock(Model):
    """A clock in a forecast."""

    stage: str
    clock: str
    title: str
    due: str
    """When it is due, in words."""
    due_on: date
    done_on: date | None
    """The day on which what it waits for is taken to be done; ``None`` for never."""
    because: Because
    breaks: bool
    margin: int | None
    """Working days to spare; negative where it is late, ``None`` where it is never done."""
    strength: str
    waits_for: str


class ExpectedLetter(Model):
    """A letter that would go to somebody."""

    at: datetime
    clock: str
    title: str
    role: Role
    agency: str | None
    people: tuple[str, ...]
    """Ids of those who get it, as the directory has them on that day; nobody where nobody has the role."""
    urgent: bool
    anyhow: bool
    """Whether it goes without the assumptions, too."""


class Forecast(Model):
    """What would happen to a case under assumptions."""

    case: CaseRef
    at: datetime
    assumed: tuple[str, ...]
    clocks: tuple[ExpectedClock, ...]
    """The earliest due first."""
    standing: tuple[str, ...]
    """Clocks that stand still: nothing is told of them."""
    letters: tuple[ExpectedLetter, ...]

    @property
    def broken(self) -> tuple[ExpectedClock, ...]:
        """The clocks that run out before what they wait for is done."""
        return tuple(clock for clock in self.clocks if clock.breaks)


def running_clocks(record: Record, case: CaseRef) -> tuple[Running, ...]:
    """The clocks of a case that run now. Raises ``NotFound``, also for a case in which none does."""
    leads = leads_of_actions(record, case)
    found = [
        Running(
            stage=each.stage,
            entry=each.entry,
            person=leads.get(action_of(each.entry), "") if each.entry.waiting_on is Role.ACTION_LEAD else "",
        )
        for each in queries.clocks(record, case)
        if each.current and each.entry.status is ClockStatus.OPEN
    ]
    if not found:
        raise NotFound(f"no clock runs in {case.reference}")
    return tuple(found)


def standing_clocks(record: Record, case: CaseRef) -> tuple[str, ...]:
    """Ids of the clocks that stand still."""
    known = queries.clocks(record, case)
    return tuple(each.entry.id for each in known if each.current and each.entry.status is ClockStatus.STOPPED)


def calendar_ahead(
    record: Record, regime: Regime, running: Iterable[Running], closed: tuple[Holiday, ...], at: datetime
) -> Calendar:
    """The regime's calendar as it is known today, for all years that a forecast looks at."""
    first = min((at.year, *(each.entry.deadline.started_at.year for each in running)))
    request = CalendarRequest(
        id=regime.calendar, first_year=first - 1, last_year=at.year + YEARS_AHEAD, closure_days=closed
    )
    return build_calendar(request, proclaimed.kept(record, regime.calendar))


def clocks_of(found: Iterable[Expected], calendar: Calendar) -> tuple[ExpectedClock, ...]:
    """The clocks for people and programs, the earliest due first."""
    known = sorted(found, key=lambda each: (each.entry.deadline.due_at, each.stage, each.entry.id))
    return tuple(_clock(each, calendar) for each in known)


def letters_of(noted: Iterable[Noted], found: Iterable[Expected]) -> tuple[ExpectedLetter, ...]:
    """The letters for people and programs, the earliest first."""
    by_clock = {(each.stage, each.entry.id): each for each in found}
    return tuple(sorted(_letters(noted, by_clock), key=lambda letter: (letter.at, letter.clock)))


def _clock(each: Expected, calendar: Calendar) -> ExpectedClock:
    entry = each.entry
    need = each.need(entry.deadline.started_at)
    return ExpectedClock(
        stage=each.stage,
        clock=entry.id,
        title=entry.rule.title,
        due=in_words(entry.deadline),
        due_on=entry.deadline.due_on,
        done_on=None if each.done_at is None else calendar.day_of(each.done_at),
        because=each.because,
        breaks=each.breaks,
        margin=margin(each, calendar),
        strength=entry.rule.strength.value,
        waits_for=need.waiting_on.words,
    )


def _letters(noted: Iterable[Noted], by_clock: dict[tuple[str, str], Expected]) -> Iterator[ExpectedLetter]:
    for each in noted:
        clock = "/".join(each.letter.id.split("/")[1:-2])
        known = by_clock.get((each.stage, clock))
        if known is None:
            continue
        in_time = known.entry.deadline.due_at - JUST_BEFORE
        yield ExpectedLetter(
            at=each.at,
            clock=clock,
            title=known.entry.rule.title,
            role=each.letter.to,
            agency=each.letter.agency,
            people=each.people,
            urgent=each.letter.urgent,
            anyhow=known.because is Because.IN_TIME or each.at < in_time,
        )
