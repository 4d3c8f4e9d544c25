"""What people do with agencies' chronologies: add them, see them merged, link rows that tell of the same, export.

An agency adds its own and sees its own. Whoever leads the review sees them together; that they did is recorded.
"""

from collections.abc import Callable, Hashable
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Final

from desk.chronology_export import as_csv, as_excel
from desk.chronology_files import read_chronology
from desk.civil import LONDON
from desk.persons import acting_person
from domain.chronology import Link, Row
from domain.chronology_findings import Gap, Suggestion, gaps, suggested_duplicates
from domain.chronology_merge import Merged, MergedRow, merge
from domain.directory import Directory
from domain.document_types import DocumentFault
from domain.model import Model, Refusal
from domain.people import Actor, Role
from domain.record import CaseRef
from records import chronology, queries
from records.chronology import EXPORTED, READ, Chronology, Upload
from records.store import Record

LEADING: Final = frozenset({Role.BUSINESS_MANAGER, Role.PANEL_CHAIR, Role.LEAD_REVIEWER})
"""Who sees the chronologies of all agencies together."""


LATELY: Final = 4
"""How many merged chronologies a process remembers."""
_LATELY: Final[dict[Hashable, Merged]] = {}


class ChronologyView(Model):
    """Rows of one or several agencies in one order."""

    rows: tuple[MergedRow, ...]
    of: int
    """How many rows there are before choosing by date and number."""
    links_of_earlier_versions: int = 0
    """Links that name a row which a newer version of its chronology has replaced; they wait to be made anew."""


class ChronologyDesk:
    """A case's chronologies as people meet them."""

    def __init__(self, record: Record, directory: Callable[[], Directory]) -> None:
        self._record = record
        self._directory = directory

    def resolve(self, reference: str) -> CaseRef:
        """The case of ``NB-2026-014`` or ``northbridge/NB-2026-014``. Raises ``NotFound`` or ``Ambiguous``."""
        return queries.resolve(self._record, reference)

    def add(
        self,
        case: CaseRef,
        agency: str,
        file_name: str,
        content: bytes,
        *,
        person: str,
        at: datetime,
        role: Role | None = None,
    ) -> Upload:
        """Keep a file as the next version of the agency's chronology, with why some of its rows could not be read.

        Raises ``DocumentFault``, ``Refused``, ``NotFound``.
        """
        known = {each.id for each in self._directory().board(case.board).agencies}
        actor = self._actor(case, person, at, role, lambda actor: _refuses_adding(actor, agency, known))
        file = read_chronology(file_name, content, agency)
        if not file.rows:
            first = file.faults[0]
            raise DocumentFault(f"none of its rows can be read; the first is row {first.number}: {first.reason}")
        return chronology.keep(
            self._record, case, agency, file.rows, file.faults, sha256=file.sha256, actor=actor, at=at
        )

    def show(
        self,
        case: CaseRef,
        *,
        person: str,
        at: datetime,
        role: Role | None = None,
        agency: str | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
        noted: bool = True,
    ) -> ChronologyView:
        """The newest chronologies merged, or the one of an agency; what may lie within these days, both included.

        People of an agency see their own. That it was read is recorded, unless a reader only goes on. Raises
        ``Refused``, ``NotFound``.
        """
        actor = self._actor(case, person, at, role, lambda actor: _refuses_seeing(actor, agency))
        own = agency or (actor.agency if actor.role.of_an_agency else None)
        kept = tuple(each for each in chronology.current(self._record, case) if own in (None, each.upload.agency))
        rows, links, earlier = self._together(case, kept)
        merged = _merged(kept, rows, links).rows
        chosen = tuple(each for each in merged if _may_lie_within(each.row, since, until))[:limit]
        if noted:
            chronology.note(self._record, case, READ, (each.upload for each in kept), actor=actor, at=at)
        return ChronologyView(rows=chosen, of=len(merged), links_of_earlier_versions=0 if own else earlier)

    def gaps(
        self, case: CaseRef, *, person: str, at: datetime, role: Role | None = None, days: int = 28
    ) -> tuple[Gap, ...]:
        """Stretches of so many days or more in which no agency recorded contact. Raises ``Refused``, ``NotFound``."""
        self._leading(case, person, at, role)
        return gaps(self._together(case, chronology.current(self._record, case))[0], days)

    def duplicates(
        self, case: CaseRef, *, person: str, at: datetime, role: Role | None = None
    ) -> tuple[Suggestion, ...]:
        """Rows of several agencies that may tell of the same, to be linked by a person. Raises as ``gaps`` does."""
        self._leading(case, person, at, role)
        rows, links, _ = self._together(case, chronology.current(self._record, case))
        return suggested_duplicates(rows, links)

    def link(
        self,
        case: CaseRef,
        first: str,
        second: str,
        *,
        person: str,
        at: datetime,
        role: Role | None = None,
        undo: bool = False,
    ) -> bool:
        """Say that two rows tell of the same, or undo that; ``False`` where it was so already.

        Raises ``Refused``, ``NotFound``, ``DocumentFault``.
        """
        actor = self._leading(case, person, at, role)
        if first == second:
            raise DocumentFault("a row is not linked with itself; name two rows")
        change = chronology.unlink if undo else chronology.link
        return change(self._record, case, first, second, actor=actor, at=at)

    def export(
        self, case: CaseRef, file_name: str, *, person: str, at: datetime, role: Role | None = None
    ) -> tuple[bytes, int]:
        """The merged chronology as a file, CSV or Excel by the name's ending, and how many rows it has.

        That it was taken out is recorded. Raises ``Refused``, ``NotFound``, ``DocumentFault``.
        """
        actor = self._leading(case, person, at, role)
        ending = PurePath(file_name).suffix.lower()
        if ending not in (".csv", ".xlsx"):
            raise DocumentFault("name a file that ends with .csv or .xlsx")
        kept = chronology.current(self._record, case)
        rows, links, _ = self._together(case, kept)
        merged = _merged(kept, rows, links)
        content = as_csv(merged) if ending == ".csv" else as_excel(merged, gaps(rows), merged.suggestions)
        chronology.note(self._record, case, EXPORTED, (each.upload for each in kept), actor=actor, at=at)
        return content, len(merged.rows)

    def versions(self, case: CaseRef) -> tuple[Upload, ...]:
        """Every version of every agency's chronology, without rows. Raises ``NotFound``."""
        return chronology.versions(self._record, case)

    def _together(self, case: CaseRef, kept: tuple[Chronology, ...]) -> tuple[tuple[Row, ...], tuple[Link, ...], int]:
        """All rows, the links between them, and how many links name a row that is not among them."""
        rows = tuple(row for each in kept for row in each.rows)
        ids = {row.id for row in rows}
        links = chronology.links(self._record, case)
        between = tuple(link for link in links if link.first in ids and link.second in ids)
        return rows, between, len(links) - len(between)

    def _leading(self, case: CaseRef, person: str, at: datetime, role: Role | None) -> Actor:
        return self._actor(case, person, at, role, _refuses_leading)

    def _actor(
        self, case: CaseRef, person: str, at: datetime, role: Role | None, refuses: Callable[[Actor], Refusal | None]
    ) -> Actor:
        board = self._directory().board(case.board)
        appointed = queries.appointed(self._record, case)
        return acting_person(board, person, at, appointed=appointed, refuses=refuses, role=role)


def _merged(kept: tuple[Chronology, ...], rows: tuple[Row, ...], links: tuple[Link, ...]) -> Merged:
    """The rows merged; the same files with the same links once, since whoever reads goes from page to page."""
    key = (tuple((each.upload.id, each.upload.sha256, each.upload.at) for each in kept), links)
    found = _LATELY.get(key)
    if found is None:
        found = _LATELY[key] = merge(rows, links)
        while len(_LATELY) > LATELY:
            _LATELY.pop(next(iter(_LATELY)), None)
    return found


def _refuses_adding(actor: Actor, agency: str, known: set[str]) -> Refusal | None:
    """The rule that forbids this person to add a chronology of that agency."""
    if agency not in known:
        text = "The board's directory does not know that agency; the business manager can add it."
        return _no("chronology-agency-known", text, "The board's directory")
    if actor.role is Role.BUSINESS_MANAGER or (actor.role.of_an_agency and actor.agency == agency):
        return None
    able = "its lead or executive can, and the business manager"
    return _no("chronology-own-agency", f"An agency's chronology is added by the agency itself: {able}.")


def _refuses_seeing(actor: Actor, agency: str | None) -> Refusal | None:
    """The rule that forbids this person to see that agency's rows, or all where none is named."""
    if actor.role.of_an_agency and agency in (None, actor.agency):
        return None
    return _refuses_leading(actor)


def _refuses_leading(actor: Actor) -> Refusal | None:
    """The rule that forbids this person what is done with the chronologies of all agencies together."""
    if actor.role in LEADING:
        return None
    able = "the panel chair, a lead reviewer or the business manager can"
    text = f"People of an agency see their own chronology only; {able} see, link and export all of them together."
    return _no("chronology-of-the-review", text)


def _may_lie_within(row: Row, since: date | None, until: date | None) -> bool:
    """Whether it may have happened in these days; of an unknown time nobody can say, so only where none are named."""
    earliest, latest = row.when.earliest, row.when.latest
    if earliest is None or latest is None:
        return since is None and until is None
    begins = datetime.combine(since, time.min, LONDON) if since is not None else None
    ends = datetime.combine(until + timedelta(days=1), time.min, LONDON) if until is not None else None
    after = begins is None or latest > begins or earliest >= begins
    return after and (ends is None or earliest < ends)


def _no(
    code: str, text: str, source: str = "Who may see what of a review: information sharing of the board"
) -> Refusal:
    return Refusal(code=code, text=text, source=source)
