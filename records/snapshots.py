"""The state that a case was closed with, sealed beside its row."""

import json
from typing import Any, cast

from records.tables import CaseRow
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
