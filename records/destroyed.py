"""Reading the destruction log: what is still known of a record that was destroyed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.destruction import RecordDestroyed
from records.mornings import CIVIL
from records.tables import CaseRow, DestructionRow


def last_destruction(session: Session, case: CaseRow) -> RecordDestroyed | None:
    """The last time that the record of the case was destroyed; ``None`` for one that never was."""
    of_case = select(DestructionRow).where(DestructionRow.case_id == case.id)
    row = session.scalar(of_case.order_by(DestructionRow.id.desc()).limit(1))
    return None if row is None else log_entry(row)


def log_entry(row: DestructionRow) -> RecordDestroyed:
    """What the log says of a destruction."""
    return RecordDestroyed(
        at=row.destroyed_at,
        on=row.destroyed_at.astimezone(CIVIL).date(),
        facts=row.facts,
        head=row.head,
        counts=row.counts,
    )
