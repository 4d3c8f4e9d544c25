"""The clocks of all cases of a board: what is due, what is overdue, who was told of it, and how it went by year."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, extract, func, select
from sqlalchemy.orm import Session, aliased

from domain.clocks.rule import Rung, Strength
from domain.model import Model
from domain.record import CaseRef, ClockEntry, ClockStatus
from records import chain
from records.overview import A_PAGE, without_working
from records.store import Record
from records.superseding import SUPERSEDED, superseded_by
from records.tables import CaseRow, DeadlineRow, FactRow, LetterRow, RungRow
from records.views import RecordedFact

_later = aliased(DeadlineRow)
_SUPERSEDED: Final = (
    select(_later.id)
    .where(
        _later.stage == DeadlineRow.stage,
        _later.clock == DeadlineRow.clock,
        _later.computation > DeadlineRow.computation,
    )
    .exists()
)
"""That a clock was computed again since."""


class RunningClock(Model):
    """A clock that runs, without its working."""

    case: CaseRef
    stage: str
    """Workflow id of its stage."""
    entry: ClockEntry


class ClockPage(Model):
    """A page of running clocks, the earliest due first."""

    clocks: tuple[RunningClock, ...]
    count: int
    """How many there are on all pages."""


class ClimbedRung(Model):
    """A rung of a ladder that was climbed once its clock had run out."""

    case: CaseRef
    stage: str
    """Workflow id of its stage."""
    rung: str
    """``3``, or ``3.1`` for its first repetition."""
    climbed_at: datetime
    letter: str
    """Where its letter is on its way: a ``PostState``; empty where there is none."""
    entry: ClockEntry
    """The clock as it stands now, by its last computation."""
    acknowledged: bool

    @property
    def root(self) -> str:
        """The rung that it is, or repeats."""
        return self.rung.partition(".")[0]

    @property
    def step(self) -> Rung | None:
        """What the ladder says of it."""
        ladder = self.entry.rule.ladder
        return ladder[int(self.root)] if self.root.isdecimal() and int(self.root) < len(ladder) else None


class YearOfRule(Model):
    """How many clocks of one rule, due in one year, ended how."""

    rule: str
    title: str
    strength: Strength
    year: int
    met: int
    late: int


def due(
    record: Record, board: str, after: datetime, until: datetime, number: int = 1, *, rows: int = A_PAGE
) -> ClockPage:
    """A page of the clocks of the board that are due after one instant and by the other."""
    return _running(record, board, (DeadlineRow.due_at > after) & (DeadlineRow.due_at <= until), number, rows)


def overdue(record: Record, board: str, at: datetime, number: int = 1, *, rows: int = A_PAGE) -> ClockPage:
    """A page of the clocks of the board that have run out while what they wait for has not come."""
    return _running(record, board, DeadlineRow.due_at <= at, number, rows)


def _running(record: Record, board: str, when: ColumnElement[bool], number: int, rows: int) -> ClockPage:
    running = DeadlineRow.status == ClockStatus.OPEN.value, when, ~_SUPERSEDED, CaseRow.board == board
    of_board = CaseRow.id == DeadlineRow.case_id
    page = (
        select(CaseRow.reference, DeadlineRow.stage, DeadlineRow.entry)
        .join(CaseRow, of_board)
        .where(*running)
        .order_by(DeadlineRow.due_at, DeadlineRow.id)
        .offset((number - 1) * rows)
        .limit(rows)
    )
    with record.reading() as session:
        count = session.scalar(select(func.count()).select_from(DeadlineRow).join(CaseRow, of_board).where(*running))
        clocks = tuple(
            RunningClock(case=CaseRef(board=board, reference=reference), stage=stage, entry=without_working(entry))
            for reference, stage, entry in session.execute(page)
        )
    return ClockPage(clocks=clocks, count=count or 0)


def escalations(
    record: Record, board: str, since: datetime, number: int = 1, *, rows: int = A_PAGE
) -> tuple[tuple[ClimbedRung, ...], bool]:
    """A page of what was brought up the ladders of clocks that had run out, the last first; whether more follow."""
    of_clock = (
        (DeadlineRow.stage == RungRow.stage)
        & (DeadlineRow.clock == RungRow.clock)
        & (DeadlineRow.computation == RungRow.computation)
    )
    of_letter = (LetterRow.stage == RungRow.stage) & (LetterRow.letter == RungRow.letter)
    query = (
        select(CaseRow.reference, RungRow, LetterRow.state)
        .join(CaseRow, CaseRow.id == RungRow.case_id)
        .join(DeadlineRow, of_clock)
        .outerjoin(LetterRow, of_letter)
        # Reminders before the due instant are no escalation.
        .where(CaseRow.board == board, RungRow.claimed_at >= since, RungRow.scheduled_at >= DeadlineRow.due_at)
        .order_by(RungRow.claimed_at.desc(), RungRow.id.desc())
        .offset((number - 1) * rows)
        .limit(rows + 1)
    )
    with record.reading() as session:
        found = session.execute(query).all()
        entries = _entries(session, ((rung.stage, rung.clock) for _, rung, _ in found))
        climbed = tuple(_climbed(board, reference, rung, state, entries) for reference, rung, state in found[:rows])
    return climbed, len(found) > rows


def _entries(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[ClockEntry]]:
    """Every computation of these clocks, in order."""
    wanted = set(keys)
    query = (
        select(DeadlineRow.stage, DeadlineRow.clock, DeadlineRow.entry)
        .where(DeadlineRow.stage.in_({stage for stage, _ in wanted}), DeadlineRow.clock.in_({c for _, c in wanted}))
        .order_by(DeadlineRow.computation)
    )
    found: dict[tuple[str, str], list[ClockEntry]] = {}
    for stage, clock, entry in session.execute(query):
        if (stage, clock) in wanted:
            found.setdefault((stage, clock), []).append(without_working(entry))
    return found


def _climbed(
    board: str,
    reference: str,
    rung: RungRow,
    letter: str | None,
    entries: dict[tuple[str, str], list[ClockEntry]],
) -> ClimbedRung:
    computations = entries[rung.stage, rung.clock]
    root = rung.rung.partition(".")[0]
    # A rung that a later computation may climb anew is acknowledged in the earlier one alone.
    seen = (each.acknowledged for each in computations if each.computation >= rung.computation)
    return ClimbedRung(
        case=CaseRef(board=board, reference=reference),
        stage=rung.stage,
        rung=rung.rung,
        climbed_at=rung.claimed_at,
        letter=letter or "",
        entry=computations[-1],
        acknowledged=any(root in keys for keys in seen),
    )


def facts_of(record: Record, cases: Iterable[CaseRef], kinds: Iterable[str]) -> list[tuple[CaseRef, RecordedFact]]:
    """The facts of these kinds that stand, of some cases, in order. Raises ``KeyringFault``."""
    wanted = {case.workflow_id: case for case in cases}
    query = (
        select(CaseRow, FactRow)
        .join(FactRow, FactRow.case_id == CaseRow.id)
        .where(CaseRow.workflow_id.in_(wanted), FactRow.kind.in_((*kinds, SUPERSEDED)))
        .order_by(CaseRow.id, FactRow.seq)
    )
    found: list[tuple[CaseRef, RecordedFact]] = []
    gone: set[tuple[str, int]] = set()
    with record.reading() as session:
        for case, row in session.execute(query):
            fact = chain.open_fact(record.keyring, case, row)
            gone |= {(case.workflow_id, seq) for seq in superseded_by(fact)}
            known = RecordedFact(
                seq=row.seq, stage=row.stage, sequence=row.sequence, hash=row.hash, stands=True, fact=fact
            )
            found.append((wanted[case.workflow_id], known))
    return [
        (case, each)
        for case, each in found
        if each.fact.kind != SUPERSEDED and (case.workflow_id, each.seq) not in gone
    ]


ENDED: Final = (ClockStatus.MET.value, ClockStatus.LATE.value)


def by_year(record: Record, board: str) -> tuple[YearOfRule, ...]:
    """How the clocks of the board ended, by rule and by the year in which they were due."""
    # Not joined: the index has all that is counted.
    of_board = DeadlineRow.case_id.in_(select(CaseRow.id).where(CaseRow.board == board))
    grouped = DeadlineRow.rule, extract("year", DeadlineRow.due_on), DeadlineRow.status
    counts = select(*grouped, func.count()).where(DeadlineRow.status.in_(ENDED), of_board).group_by(*grouped)
    counted: Counter[tuple[str, int, str]] = Counter()
    with record.reading() as session:
        for rule, of_year, status, count in session.execute(counts):
            counted[rule, int(of_year), status] += count
        for rule, due_on, status in session.execute(_computed_again(board)):
            counted[rule, due_on.year, status] -= 1
        rules = _rules(session, {rule for rule, _, _ in counted})
    found = {(rule, of_year) for (rule, of_year, _), count in counted.items() if count}
    return tuple(
        YearOfRule(
            rule=rule,
            title=rules[rule][0],
            strength=rules[rule][1],
            year=of_year,
            met=counted[rule, of_year, ClockStatus.MET.value],
            late=counted[rule, of_year, ClockStatus.LATE.value],
        )
        for rule, of_year in sorted(found)
    )


def _computed_again(board: str) -> Select[str, date, str]:
    """The computations that ended and in whose place another came: few, so that they are taken off afterwards."""
    again = select(DeadlineRow.stage, DeadlineRow.clock, DeadlineRow.computation).where(DeadlineRow.computation > 1)
    later = again.cte("later").prefix_with("MATERIALIZED")  # else SQLite looks for a later one of each clock
    return (
        select(DeadlineRow.rule, DeadlineRow.due_on, DeadlineRow.status)
        .join(
            later,
            (later.c.stage == DeadlineRow.stage)
            & (later.c.clock == DeadlineRow.clock)
            & (later.c.computation - 1 == DeadlineRow.computation),
        )
        .join(CaseRow, CaseRow.id == DeadlineRow.case_id)
        .where(DeadlineRow.status.in_(ENDED), CaseRow.board == board)
    )


def _rules(session: Session, rules: set[str]) -> dict[str, tuple[str, Strength]]:
    """Title and strength of each rule, as its last clock has them."""
    last = select(func.max(DeadlineRow.id)).where(DeadlineRow.rule.in_(rules), DeadlineRow.status.in_(ENDED))
    strength = DeadlineRow.entry["rule"]["strength"].as_string()
    query = select(DeadlineRow.rule, DeadlineRow.title, strength).where(
        DeadlineRow.id.in_(last.group_by(DeadlineRow.rule))
    )
    return {rule: (title, Strength(found)) for rule, title, found in session.execute(query)}
