"""Who has a part in which case, as a table that lists can join: kept in step with the facts, which are sealed."""

import logging
from typing import Final

from pydantic import ValidationError
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, defer

from domain.people import Actor, Role
from records import chain
from records.queries import OF_APPOINTMENTS, appointed_by
from records.store import Record
from records.superseding import superseded_by
from records.tables import AppointmentRow, AppointmentsReadRow, CaseRow, FactRow
from sealing import KeyringFault

AT_A_TIME: Final = 500
"""Cases that are read in one transaction."""

_log = logging.getLogger(__name__)


def refresh(record: Record, board: str) -> None:
    """Read what is new in the facts of the board's cases. Quick where nothing is. Raises ``RecordFault``.

    A case whose facts do not open is left as it was, and told of in the log; ``scr.py verify`` says what is wrong.
    """
    with record.reading() as session:
        behind = list(session.scalars(_behind(board)))
    for begin in range(0, len(behind), AT_A_TIME):
        with record.writing() as session:
            _read(record, session, behind[begin : begin + AT_A_TIME])


def _behind(board: str) -> Select[int]:
    read = func.coalesce(AppointmentsReadRow.seq, -1)
    return (
        select(CaseRow.id)
        .outerjoin(AppointmentsReadRow, AppointmentsReadRow.case_id == CaseRow.id)
        .where(CaseRow.board == board, CaseRow.facts > read)
        .order_by(CaseRow.id)
    )


def _read(record: Record, session: Session, ids: list[int]) -> None:
    # Locked, so that nothing is added to these cases, and nobody else reads them, until this is done.
    locked = select(CaseRow).where(CaseRow.id.in_(ids)).order_by(CaseRow.id).with_for_update()
    cases = session.scalars(locked.options(defer(CaseRow.snapshot))).all()
    known = select(AppointmentsReadRow).where(AppointmentsReadRow.case_id.in_(ids))
    read = {row.case_id: row for row in session.scalars(known)}
    told = _told(session, ids)
    for case in cases:
        row = read.get(case.id) or AppointmentsReadRow(case_id=case.id, seq=0)
        if told.get(case.id, 0) > row.seq and not _kept(record, session, case):
            continue
        row.seq = case.facts
        session.add(row)


def _told(session: Session, ids: list[int]) -> dict[int, int]:
    """Number of the last fact of each case that has to do with appointments."""
    of_cases = FactRow.case_id.in_(ids), FactRow.kind.in_(OF_APPOINTMENTS)
    last = select(FactRow.case_id, func.max(FactRow.seq)).where(*of_cases).group_by(FactRow.case_id)
    return {case: seq for case, seq in session.execute(last)}


def _kept(record: Record, session: Session, case: CaseRow) -> bool:
    """Put who has a part in the case now in the place of who had; ``False`` where its facts do not open."""
    of_case = select(FactRow).where(FactRow.case_id == case.id, FactRow.kind.in_(OF_APPOINTMENTS))
    try:
        rows = session.scalars(of_case.order_by(FactRow.seq))
        facts = {row.seq: chain.open_fact(record.keyring, case, row) for row in rows}
    except (KeyringFault, ValidationError) as error:
        _log.warning("who has a part in %s was not read: %s", case.reference, type(error).__name__)
        return False
    gone = frozenset[int]().union(*map(superseded_by, facts.values()))
    holding = appointed_by(fact for seq, fact in facts.items() if seq not in gone)
    session.execute(delete(AppointmentRow).where(AppointmentRow.case_id == case.id))
    session.add_all(_row(case, key, actor) for key, actor in holding.items())
    return True


def _row(case: CaseRow, key: str, actor: Actor) -> AppointmentRow:
    item = key if actor.role is Role.ACTION_LEAD else ""
    return AppointmentRow(
        case_id=case.id, person=actor.person, role=actor.role.value, agency=actor.agency or "", item=item
    )
