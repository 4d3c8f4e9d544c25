"""Chronologies in the record: versions kept once, rows sealed, links that can be undone, bound to the chain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from recorded_cases import CASE, minutes, recording
from sqlalchemy import event, func, select

from domain.chronology import Link, Precision, Row, RowFault, When
from domain.people import Actor, Role
from domain.record import CaseRef, Fact
from records import chronology, queries
from records.chronology import Upload
from records.queries import NotFound
from records.store import Record
from records.tables import ChronologyEntryRow, ChronologyRow

NAME = "Quillfeather"
LEAD = Actor(person="p-9", role=Role.AGENCY_LEAD, agency="health")
NOWHERE = CaseRef(board="northbridge", reference="SCR-1999-01")
DAY = When(precision=Precision.DAY, earliest=minutes(0), latest=minutes(0) + timedelta(days=1), written="3 March 2031")
UNKNOWN = When(precision=Precision.UNKNOWN, written="unknown")
FAULT = RowFault(number=4, reason="the date is missing")


@pytest.fixture
def opened(record: Record) -> Record:
    """A record with one case."""
    record.write(recording(1, CASE.workflow_id))
    return record


def row(number: int, when: When = DAY) -> Row:
    return Row(agency="", version=0, number=number, when=when, event=f"{NAME} was seen {number}")


def keep(record: Record, *rows: Row, file: str = "1", agency: str = "health", case: CaseRef = CASE) -> Upload:
    sent = rows or (row(2), row(3, UNKNOWN))
    return chronology.keep(record, case, agency, sent, (FAULT,), sha256=file * 64, actor=LEAD, at=minutes(5))


def facts(record: Record, kind: str) -> list[Fact]:
    return [each.fact for each in queries.facts(record, CASE) if each.fact.kind == kind]


def test_a_chronology_is_kept_with_where_each_row_comes_from(opened: Record) -> None:
    upload = keep(opened)
    assert (upload.id, upload.rows, upload.faults, upload.by) == ("health/1", 2, (FAULT,), LEAD)
    [kept] = chronology.current(opened, CASE)
    assert kept.upload == upload
    assert [each.id for each in kept.rows] == ["health/1/2", "health/1/3"]
    assert kept.rows[0].event == f"{NAME} was seen 2" and kept.rows[0].when == DAY
    assert kept.rows[1].when == UNKNOWN
    [fact] = facts(opened, "chronology-received")
    assert fact.item == "health/1" and fact.by == LEAD
    assert fact.detail["rows"] == 2 and fact.detail["rows_not_read"] == 1
    assert queries.verify(opened, CASE).ok


def test_the_same_file_again_is_the_same_version(opened: Record) -> None:
    first, again = keep(opened), keep(opened)
    assert (first.changed, again.changed) == (True, False)
    assert again.id == first.id and len(facts(opened, "chronology-received")) == 1


def test_another_file_is_the_next_version_and_the_earlier_stays(opened: Record) -> None:
    keep(opened, file="1")
    keep(opened, row(9), file="2")
    keep(opened, agency="police")
    assert [each.id for each in chronology.versions(opened, CASE)] == ["health/1", "health/2", "police/1"]
    assert [each.upload.id for each in chronology.current(opened, CASE)] == ["health/2", "police/1"]
    assert chronology.known_ids(opened, CASE, ["health/1/2"]) == {"health/1/2"}


def test_a_file_sent_back_after_another_is_the_newest_again(opened: Record) -> None:
    assert [keep(opened, file=file).id for file in ("1", "2", "1")] == ["health/1", "health/2", "health/3"]


def test_files_sent_at_once_get_versions_of_their_own(opened: Record) -> None:
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda file: keep(opened, file=file).version, "12345678"))
    assert sorted(kept) == list(range(1, 9)) and queries.verify(opened, CASE).ok


def test_only_ids_of_versions_and_rows_that_are_kept_are_known(opened: Record) -> None:
    keep(opened)
    asked = ["health/1", "health/1/2", "health/1/4", "health/2", "health/01", "police/1", "health", "", "health/1/2/3"]
    asked += [f"health/{10**30}", f"health/1/{10**30}", " health/1", "health/1\n", NAME]
    assert chronology.known_ids(opened, CASE, asked) == {"health/1", "health/1/2"}
    assert chronology.known_ids(opened, NOWHERE, asked) == set()
    assert chronology.known_ids(opened, CASE, []) == set()


def test_rows_are_linked_once_whichever_is_named_first_and_both_stay(opened: Record) -> None:
    keep(opened)
    keep(opened, agency="police")
    one, other = "police/1/2", "health/1/2"
    assert chronology.link(opened, CASE, one, other, actor=LEAD, at=minutes(6))
    assert not chronology.link(opened, CASE, other, one, actor=LEAD, at=minutes(7))
    assert chronology.links(opened, CASE) == (Link(first=other, second=one),)
    [fact] = facts(opened, "chronology-rows-linked")
    assert fact.detail == {"rows": [other, one]}
    assert sum(len(each.rows) for each in chronology.current(opened, CASE)) == 4


def test_a_link_is_undone_and_made_again(opened: Record) -> None:
    keep(opened)
    pair = ("health/1/2", "health/1/3")
    assert not chronology.unlink(opened, CASE, *pair, actor=LEAD, at=minutes(6))
    chronology.link(opened, CASE, *pair, actor=LEAD, at=minutes(7))
    assert chronology.unlink(opened, CASE, *reversed(pair), actor=LEAD, at=minutes(8))
    assert chronology.links(opened, CASE) == ()
    assert chronology.link(opened, CASE, *pair, actor=LEAD, at=minutes(9))
    assert len(chronology.links(opened, CASE)) == 1
    assert [len(facts(opened, f"chronology-rows-{done}")) for done in ("linked", "unlinked")] == [2, 1]


def test_only_rows_that_are_kept_are_linked(opened: Record) -> None:
    keep(opened)
    for other in ("health/1/9", "health/1", NAME):
        with pytest.raises(NotFound) as raised:
            chronology.link(opened, CASE, "health/1/2", other, actor=LEAD, at=minutes(6))
        assert NAME not in str(raised.value)
    with pytest.raises(ValueError, match="itself"):
        chronology.link(opened, CASE, "health/1/2", "health/1/2", actor=LEAD, at=minutes(6))


def test_nothing_is_kept_for_a_case_that_the_record_does_not_have(opened: Record) -> None:
    with pytest.raises(NotFound):
        keep(opened, case=NOWHERE)
    with pytest.raises(NotFound):
        chronology.current(opened, NOWHERE)
    with pytest.raises(NotFound):
        queries.case_summary(opened, NOWHERE)


def test_a_file_is_kept_whole_or_not_at_all(opened: Record) -> None:
    def lost(connection: object, cursor: object, statement: str, *more: object) -> None:
        if statement.startswith("INSERT INTO facts"):
            raise ConnectionError("lost")

    event.listen(opened.engine, "before_cursor_execute", lost)
    with pytest.raises(ConnectionError):
        keep(opened)
    event.remove(opened.engine, "before_cursor_execute", lost)
    with opened.reading() as session:
        assert [session.scalar(select(func.count()).select_from(t)) for t in (ChronologyRow, ChronologyEntryRow)] == [
            0,
            0,
        ]
    assert keep(opened).id == "health/1"


def test_what_rows_say_lies_sealed(opened: Record) -> None:
    keep(opened)
    with opened.reading() as session:
        sealed = [*session.scalars(select(ChronologyEntryRow.sealed)), *session.scalars(select(ChronologyRow.sealed))]
    assert len(sealed) == 3 and not any(NAME.encode() in each for each in sealed)
    assert NAME not in facts(opened, "chronology-received")[0].model_dump_json()
