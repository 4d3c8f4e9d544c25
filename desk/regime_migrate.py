"""Moving a case to another edition of its rules: every clock before and after, before anyone signs off."""

from datetime import datetime

from activities.calendar import build_calendar, closure_days
from domain.clocks.calendar import CalendarRequest
from domain.clocks.explain import in_words
from domain.clocks.recount import recounted
from domain.directory import Directory
from domain.model import Model
from domain.record import CaseRef, ClockStatus
from domain.regime_change import STANDS, refuses_move
from domain.regimes import Regime
from records import proclaimed, queries
from records.store import Record

AROUND = 2
"""Years before and after a clock's own that its calendar is looked at with."""


class BeforeAndAfter(Model):
    """One clock of a case, as it is and as it would be."""

    case: CaseRef
    stage: str
    clock: str
    title: str
    before: str
    after: str
    """When it is due, in words."""
    before_source: str
    after_source: str
    status: ClockStatus
    moves: bool


class WouldNotMove(Exception):
    """The case cannot be moved to these rules; the text says why."""


def before_and_after(
    record: Record, directory: Directory, case: CaseRef, *, pinned: Regime, other: Regime, at: datetime
) -> tuple[BeforeAndAfter, ...]:
    """Every clock of the case that was not withdrawn. Nothing is changed. Raises ``WouldNotMove`` and ``NotFound``.

    ``pinned`` are the rules of its edition as they are today: a case moves to those as well, where they were corrected
    after it had been opened.
    """
    if other.id != pinned.id and (refusal := refuses_move(pinned, other)) is not None:
        raise WouldNotMove(refusal.text)
    since, closed = proclaimed.kept(record, other.calendar), closure_days(directory, case.board)
    rules = {rule.id: rule for rule in other.clock}
    found, differ = [], other.id != pinned.id
    for each in queries.clocks(record, case):
        entry = each.entry
        if not each.current or entry.status is ClockStatus.WITHDRAWN:
            continue
        first, last = entry.deadline.started_at.year - AROUND, entry.deadline.due_on.year + AROUND
        request = CalendarRequest(id=other.calendar, first_year=first, last_year=last, closure_days=closed)
        calendar = build_calendar(request, since)
        differ = differ or rules.get(entry.rule.id, entry.rule) != entry.rule
        after = recounted(entry, rules.get(entry.rule.id, entry.rule), calendar, at, "the case is moved")
        found.append(
            BeforeAndAfter(
                case=case,
                stage=each.stage,
                clock=entry.id,
                title=after.rule.title,
                before=in_words(entry.deadline),
                after=in_words(after.deadline),
                before_source=str(entry.rule.source),
                after_source=str(after.rule.source),
                status=after.status,
                moves=after.deadline.due_at != entry.deadline.due_at,
            )
        )
    if not differ:
        raise WouldNotMove(STANDS)
    return tuple(found)
