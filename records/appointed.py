"""Who has a part in which case, as a table that lists can join: kept in step with the facts, which are sealed."""

import logging
from collections.abc import Sequence
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Select, delete, func, insert, select
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
    cases = {case.id: case for case in session.scalars(locked.options(defer(CaseRow.snapshot)))}
    known = select(AppointmentsReadRow).where(AppointmentsReadRow.case_id.in_(ids))
    read = {row.case_id: row for row in session.scalars(known)}
    told = _told(session, ids)
    changed = [case for id, case in cases.items() if told.get(id, 0) > (read[id].seq if id in read else 0)]
    closed = _keep(record, session, changed)
    for id, case in cases.items():
        if id not in closed:
            row = read.get(id) or AppointmentsReadRow(case_id=id)
            row.seq = case.facts
            session.add(row)


def _told(session: Session, ids: list[int]) -> dict[int, int]:
    """Number of the last fact of each case that has to do with appointments."""
    of_cases = FactRow.case_id.in_(ids), FactRow.kind.in_(OF_APPOINTMENTS)
    last = select(FactRow.case_id, func.max(FactRow.seq)).where(*of_cases).group_by(FactRow.case_id)
    return dict(session.execute(last).all())


def _keep(record: Record, session: Session, cases: Sequence[CaseRow]) -> frozenset[int]:
    """Put who has a part in these cases now in the place of who had. Ids of the cases whose facts do not open."""
    closed, rows = set[int](), list[dict[str, Any]]()
    facts = _facts(session, [case.id for case in cases])
    for case in cases:
        try:
            opened = {row.seq: chain.open_fact(record.keyring, case, row) for row in facts.get(case.id, ())}
        except (KeyringFault, ValidationError) as error:
            _log.warning("who has a part in %s was not read: %s", case.reference, type(error).__name__)
            closed.add(case.id)
            continue
        gone = frozenset[int]().union(*map(superseded_by, opened.values()))
        holding = appointed_by(fact for seq, fact in opened.items() if seq not in gone)
        rows += [_row(case.id, key, actor) for key, actor in holding.items()]
    done = [case.id for case in cases if case.id not in closed]
    session.execute(delete(AppointmentRow).where(AppointmentRow.case_id.in_(done)))
    if rows:
        session.execute(insert(AppointmentRow), rows)
    return frozenset(closed)


def _facts(session: Session, ids: list[int]) -> dict[int, list[FactRow]]:
    of_cases = FactRow.case_id.in_(ids), FactRow.kind.in_(OF_APPOINTMENTS)
    found: dict[int, list[FactRow]] = {}
    for row in session.scalars(select(FactRow).where(*of_cases).order_by(FactRow.seq)):
        found.setdefault(row.case_id, []).append(row)
    return found


def _row(case: int, key: str, actor: Actor) -> dict[str, Any]:
    item = key if actor.role is Role.ACTION_LEAD else ""
    return {
        "case_id": case,
        "person": actor.person,
        "role": actor.role.value,
        "agency": actor.agency or "",
        "item": item,
    }
