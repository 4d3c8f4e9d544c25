"""The states that a case, and those of its stages that may go on, ended with: sealed."""

import json
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.tables import CaseRow, SnapshotRow
from sealing import Keyring


def seal_snapshot(keyring: Keyring, case: CaseRow, snapshot: dict[str, Any]) -> None:
    """Keep the state of a case that closes."""
    case.snapshot_key, case.snapshot = keyring.seal(json.dumps(snapshot).encode(), _context(case))


def open_snapshot(keyring: Keyring, case: CaseRow) -> dict[str, Any] | None:
    """The state that was kept, or ``None``. Raises ``KeyringFault`` where it does not open."""
    if case.snapshot is None or case.snapshot_key is None:
        return None
    return cast(dict[str, Any], json.loads(keyring.open(case.snapshot_key, case.snapshot, _context(case))))


def _context(case: CaseRow) -> bytes:
    return f"{case.board}/{case.reference}/snapshot".encode()


def keep_stage(
    session: Session, keyring: Keyring, case: CaseRow, stage: str, *, at: datetime, snapshot: dict[str, Any]
) -> None:
    """Keep the state that a stage ends with, in place of one that it ended with before."""
    row = _row(session, stage) or SnapshotRow(case_id=case.id, stage=stage)
    row.at = at
    row.key_id, row.sealed = keyring.seal(json.dumps(snapshot).encode(), _of_stage(stage))
    session.add(row)


def open_stage(session: Session, keyring: Keyring, stage: str) -> dict[str, Any] | None:
    """The state that was kept, or ``None``. Raises ``KeyringFault`` where it does not open."""
    row = _row(session, stage)
    if row is None:
        return None
    return cast(dict[str, Any], json.loads(keyring.open(row.key_id, row.sealed, _of_stage(stage))))


def _row(session: Session, stage: str) -> SnapshotRow | None:
    return session.scalar(select(SnapshotRow).where(SnapshotRow.stage == stage))


def _of_stage(stage: str) -> bytes:
    return f"{stage}/snapshot".encode()
