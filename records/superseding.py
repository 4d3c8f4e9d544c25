"""When a transition comes again otherwise than it was recorded: what still stands of the first recording.

It happens where a worker was killed after recording and before the engine took the transition into history, or where
an operator reset a workflow. The chain keeps every fact; a fact of its own says which of them do not stand.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.record import Fact, Recording
from records.chain import open_fact
from records.deadlines import undo_clocks
from records.tables import CaseRow, FactRow, LetterRow, PostState
from sealing import Keyring

SUPERSEDED = "facts-superseded"


def supersede(session: Session, keyring: Keyring, case: CaseRow, recording: Recording) -> tuple[Fact, ...]:
    """The facts still to be appended: those that are new, and which of the recorded ones do not stand.

    Clocks go back to how they stood before, and letters that only the first recording called for are withdrawn while
    they wait. Rungs and their letters stay: their instant had come, and the claim holds.
    """
    standing = _standing(session, keyring, case, recording)
    new = []
    for fact in recording.facts:
        seq = next((seq for seq, known in standing.items() if _same(known, fact)), None)
        if seq is None:
            new.append(fact)
        else:
            del standing[seq]
    if standing:
        new.append(_superseded(recording, list(standing)))
    _withdraw_letters(session, recording)
    undo_clocks(session, recording)
    return tuple(new)


def superseded_by(fact: Fact) -> frozenset[int]:
    """Numbers of the facts that this one says do not stand."""
    named = fact.detail.get("facts") if fact.kind == SUPERSEDED else None
    return frozenset(seq for seq in named if isinstance(seq, int)) if isinstance(named, list) else frozenset()


def _standing(session: Session, keyring: Keyring, case: CaseRow, recording: Recording) -> dict[int, Fact]:
    rows = session.scalars(
        select(FactRow)
        .where(FactRow.case_id == case.id, FactRow.stage == recording.stage, FactRow.sequence == recording.sequence)
        .order_by(FactRow.seq)
    )
    facts = {row.seq: open_fact(keyring, case, row) for row in rows}
    gone = frozenset[int]().union(*map(superseded_by, facts.values()))
    return {seq: fact for seq, fact in facts.items() if fact.kind != SUPERSEDED and seq not in gone}


def _same(known: Fact, fact: Fact) -> bool:
    """Whether they say the same; a second attempt has a later time."""
    return known.model_dump(mode="json", exclude={"at"}) == fact.model_dump(mode="json", exclude={"at"})


def _superseded(recording: Recording, seqs: list[int]) -> Fact:
    why = "the worker stopped before the engine had taken the transition in; what was taken in is recorded after it"
    return Fact(
        kind=SUPERSEDED,
        at=recording.at,
        detail={"stage": recording.stage, "sequence": recording.sequence, "facts": list(seqs), "why": why},
    )


def _withdraw_letters(session: Session, recording: Recording) -> None:
    session.execute(
        delete(LetterRow).where(
            LetterRow.stage == recording.stage,
            LetterRow.sequence == recording.sequence,
            LetterRow.state == PostState.WAITING,
            LetterRow.kind != "climb",
            LetterRow.letter.not_in([letter.id for letter in recording.letters]),
        )
    )
