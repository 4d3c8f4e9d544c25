"""The chain of facts of one case: sealed, appended, and each bound to the one before by its hash.

The chain shows that something was changed. That nothing was cut off its end together with the case's own count and
head can only be shown by comparing with an earlier export.
"""

import hashlib
import json
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.model import Model
from domain.record import CaseRef, Fact
from records.destroyed import last_destruction
from records.insert import insert_new
from records.tables import GENESIS, CaseRow, FactRow
from sealing import Keyring, KeyringFault


class Verified(Model):
    """Whether the chain of a case holds, and where it breaks first."""

    ok: bool
    facts: int
    """How many facts are in the record."""
    first_broken: int | None = None
    """Number of the first fact that was changed, is missing, or does not open."""
    reason: str = ""


def locked_case(session: Session, case: CaseRef, at: datetime) -> CaseRow:
    """The case's row, locked until the transaction ends, so that its chain never forks; created when it is new."""
    found = _locked(session, case)
    if found is not None:
        return found
    insert_new(session, CaseRow, board=case.board, reference=case.reference, workflow_id=case.workflow_id, opened_at=at)
    created = _locked(session, case)
    assert created is not None, "inserted here or by another"  # noqa: S101
    return created


def _locked(session: Session, case: CaseRef) -> CaseRow | None:
    return session.scalar(select(CaseRow).where(CaseRow.workflow_id == case.workflow_id).with_for_update())


def append_fact(
    session: Session, keyring: Keyring, case: CaseRow, stage: str, fact: Fact, *, sequence: int | None = None
) -> None:
    """Append a fact to the chain of a locked case."""
    seq = case.facts + 1
    body = fact.model_dump_json().encode()
    key_id, sealed = keyring.seal(body, _context(case, seq))
    row = FactRow(
        case_id=case.id,
        seq=seq,
        stage=stage,
        kind=fact.kind,
        at=fact.at.astimezone(UTC),
        sequence=sequence,
        key_id=key_id,
        sealed=sealed,
        prev_hash=case.head,
    )
    row.hash = _hash(case, row)
    session.add(row)
    case.facts, case.head = seq, row.hash


def open_fact(keyring: Keyring, case: CaseRow, row: FactRow) -> Fact:
    """The fact as it was appended. Raises ``KeyringFault`` where it does not open."""
    return Fact.model_validate_json(keyring.open(row.key_id, row.sealed, _context(case, row.seq)))


def verify(session: Session, keyring: Keyring, case: CaseRow) -> Verified:
    """Check every fact of the case: complete, in order, unchanged, and opening with the key ring.

    After a destruction the chain goes on from where it ended; the reason then says that and when it was destroyed.
    """
    rows = session.scalars(select(FactRow).where(FactRow.case_id == case.id).order_by(FactRow.seq)).all()
    gone = last_destruction(session, case)
    before, head = (gone.facts, gone.head) if gone is not None else (0, GENESIS)
    for expected, row in enumerate(rows, start=before + 1):
        broken, fault = _fault(keyring, case, row, expected, head)
        if fault:
            return Verified(ok=False, facts=len(rows), first_broken=broken, reason=fault)
        head = row.hash
    last = before + len(rows)
    if last < case.facts:
        reason = f"fact {last + 1} is missing: the case counts {case.facts} facts"
        return Verified(ok=False, facts=len(rows), first_broken=last + 1, reason=reason)
    if last > case.facts:
        reason = f"fact {case.facts + 1} was added: the case counts {case.facts} facts"
        return Verified(ok=False, facts=len(rows), first_broken=case.facts + 1, reason=reason)
    if head != case.head:
        reason = "the chain does not end as the case remembers: its end was replaced"
        return Verified(ok=False, facts=len(rows), first_broken=last or None, reason=reason)
    return Verified(ok=True, facts=len(rows), reason=gone.words if gone is not None else "")


def _fault(keyring: Keyring, case: CaseRow, row: FactRow, expected: int, head: str) -> tuple[int, str]:
    """Number of the broken fact and what is wrong with it; an empty reason where nothing is."""
    if row.seq != expected:
        return expected, f"fact {expected} is missing"
    if row.prev_hash != head:
        return expected, f"fact {expected} does not follow from the one before"
    if row.hash != _hash(case, row):
        return expected, f"fact {expected} was changed"
    try:
        fact = open_fact(keyring, case, row)
    except (KeyringFault, ValidationError) as error:
        why = str(error) if isinstance(error, KeyringFault) else "its body is not a fact"
        return expected, f"fact {expected} cannot be opened: {why}"
    # The hash needs no key, so somebody could compute it anew; the sealed body they could not.
    if (fact.kind, fact.at) != (row.kind, row.at):
        return expected, f"fact {expected} was changed: kind or instant differ from the sealed body"
    return expected, ""


def _context(case: CaseRow, seq: int) -> bytes:
    return f"{case.board}/{case.reference}/{seq}".encode()


def _hash(case: CaseRow, row: FactRow) -> str:
    said = {
        "board": case.board,
        "reference": case.reference,
        "seq": row.seq,
        "stage": row.stage,
        "kind": row.kind,
        "at": row.at.isoformat(),
        "key_id": row.key_id,
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(row.prev_hash.encode() + canonical.encode() + row.sealed).hexdigest()
