"""The chain of facts: every way of tampering is seen, and the first broken fact is named."""

from pathlib import Path

import pytest
from recorded_cases import CASE, SAFETY, fact, recording
from sqlalchemy import text

from domain.record import CaseRef
from records import queries
from records.store import Record
from sealing import Keyring


@pytest.fixture
def chained(record: Record) -> Record:
    """Five facts of one case, and one of another."""
    for sequence in range(1, 6):
        record.write(recording(sequence, facts=(fact(f"fact-{sequence}"),)))
    other = CaseRef(board="northbridge", reference="SCR-2031-02")
    record.write(recording(1, other.stage_id("safety", 1), other, facts=(fact("of-another-case"),)))
    return record


def tamper(record: Record, statement: str, **values: object) -> None:
    with record.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


def broken(record: Record) -> tuple[int | None, str]:
    verified = queries.verify(record, CASE)
    assert not verified.ok
    return verified.first_broken, verified.reason


def test_untouched_chain_holds(chained: Record) -> None:
    verified = queries.verify(chained, CASE)
    assert (verified.ok, verified.facts, verified.first_broken) == (True, 5, None)


@pytest.mark.parametrize(
    "change",
    ["kind = 'fact-9'", "stage = 'scr/other'", "at = '2031-01-01 00:00:00'", "key_id = 'k2'", "hash = prev_hash"],
)
def test_changed_fact_is_named(chained: Record, change: str) -> None:
    tamper(chained, f"UPDATE facts SET {change} WHERE kind = 'fact-3'")
    assert broken(chained) == (3, "fact 3 was changed")


def test_changed_body_is_named(chained: Record) -> None:
    tamper(chained, "UPDATE facts SET sealed = :body WHERE kind = 'fact-2'", body=b"x" * 60)
    assert broken(chained) == (2, "fact 2 was changed")


def test_body_of_another_fact_is_named(chained: Record) -> None:
    tamper(chained, "UPDATE facts SET sealed = (SELECT sealed FROM facts WHERE kind = 'fact-1') WHERE kind = 'fact-2'")
    assert broken(chained) == (2, "fact 2 was changed")


def test_removed_fact_is_named(chained: Record) -> None:
    tamper(chained, "DELETE FROM facts WHERE kind = 'fact-3'")
    assert broken(chained) == (3, "fact 3 is missing")


def test_removed_first_fact_is_named(chained: Record) -> None:
    tamper(chained, "DELETE FROM facts WHERE kind = 'fact-1'")
    assert broken(chained) == (1, "fact 1 is missing")


def test_removed_last_facts_are_named(chained: Record) -> None:
    tamper(chained, "DELETE FROM facts WHERE kind IN ('fact-4', 'fact-5')")
    assert broken(chained) == (4, "fact 4 is missing: the case counts 5 facts")


def test_removed_fact_with_the_rest_renumbered_is_named(chained: Record) -> None:
    tamper(chained, "DELETE FROM facts WHERE kind = 'fact-3'")
    tamper(chained, "UPDATE facts SET seq = 3 WHERE kind = 'fact-4'")
    tamper(chained, "UPDATE facts SET seq = 4 WHERE kind = 'fact-5'")
    assert broken(chained) == (3, "fact 3 does not follow from the one before")


def test_reordered_facts_are_named(chained: Record) -> None:
    for kind, seq in (("fact-2", 99), ("fact-3", 2), ("fact-2", 3)):
        tamper(chained, "UPDATE facts SET seq = :seq WHERE kind = :kind", seq=seq, kind=kind)
    assert broken(chained) == (2, "fact 2 does not follow from the one before")


def test_fact_added_at_the_end_is_named(chained: Record) -> None:
    tamper(chained, "UPDATE cases SET facts = 4, head = (SELECT hash FROM facts WHERE kind = 'fact-4')")
    assert broken(chained) == (5, "fact 5 was added: the case counts 4 facts")


def test_replaced_head_is_named(chained: Record) -> None:
    tamper(chained, "UPDATE cases SET head = :head", head="f" * 64)
    assert broken(chained) == (5, "the chain does not end as the case remembers: its end was replaced")


def test_fact_whose_key_is_not_held_is_reported_as_not_opening(chained: Record) -> None:
    other = Keyring.model_validate({"current": "k2", "keys": {"k2": bytes(32)}})
    blind = Record(chained.engine, other, lambda board, at, urgent: at)
    number, reason = broken(blind)
    assert number == 1
    assert reason.startswith("fact 1 cannot be opened: sealed with key 'k1'")


def test_fact_sealed_with_another_key_of_the_same_id_is_reported_as_not_opening(chained: Record) -> None:
    other = Keyring.model_validate({"current": "k1", "keys": {"k1": bytes(32)}})
    number, reason = broken(Record(chained.engine, other, lambda board, at, urgent: at))
    assert number == 1
    assert reason.startswith("fact 1 cannot be opened: what was sealed with key 'k1' does not open")


def test_kind_changed_with_the_whole_chain_computed_anew_is_seen_by_the_sealed_body(chained: Record) -> None:
    from records import chain
    from records.tables import GENESIS, CaseRow, FactRow

    with chained.writing() as session:
        case = session.query(CaseRow).filter_by(reference=CASE.reference).one()
        head = GENESIS
        for row in session.query(FactRow).filter_by(case_id=case.id).order_by(FactRow.seq):
            row.kind = "no-further-action" if row.seq == 2 else row.kind
            row.prev_hash = head
            row.hash = head = chain._hash(case, row)
        case.head = head
    assert broken(chained) == (2, "fact 2 was changed: kind or instant differ from the sealed body")


def test_facts_sealed_with_an_older_key_still_open(chained: Record, keyring: Keyring) -> None:
    newer = Keyring.model_validate({"current": "k2", "keys": {"k1": bytes(range(32)), "k2": bytes(32)}})
    rotated = Record(chained.engine, newer, lambda board, at, urgent: at)
    rotated.write(recording(6, facts=(fact("fact-6"),)))
    assert [f.fact.kind for f in queries.facts(rotated, CASE)][-2:] == ["fact-5", "fact-6"]
    assert queries.verify(rotated, CASE).ok


def test_fact_appended_in_the_callers_transaction_goes_with_it(chained: Record) -> None:
    with pytest.raises(RuntimeError), chained.writing() as session:
        chained.append_fact(session, CASE, SAFETY, fact("undone"))
        raise RuntimeError
    with chained.writing() as session:
        chained.append_fact(session, CASE, SAFETY, fact("letter-sent"))
    assert [f.fact.kind for f in queries.facts(chained, CASE)][5:] == ["letter-sent"]


def test_verifying_an_unknown_case_says_so(chained: Record) -> None:
    with pytest.raises(queries.NotFound, match="northbridge/SCR-0"):
        queries.verify(chained, CaseRef(board="northbridge", reference="SCR-0"))


def test_chain_survives_closing_and_opening_the_file(sqlite_record: Record, tmp_path: Path) -> None:
    sqlite_record.write(recording(1, facts=(fact(),)))
    sqlite_record.engine.dispose()
    assert queries.verify(sqlite_record, CASE).ok
    assert (tmp_path / "record.db").exists()
