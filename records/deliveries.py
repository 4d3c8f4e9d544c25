"""Which reader of a letter has it already."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from records.insert import insert_new
from records.store import Record
from records.tables import DeliveryRow


def handed_over(record: Record, pk: int) -> dict[str, tuple[str, str]]:
    """Message-ID and proof by reader, for those whom the letter was handed over for."""
    with record.reading() as session:
        rows = session.scalars(select(DeliveryRow).where(DeliveryRow.letter_id == pk))
        return {row.person: (row.message_id, row.proof) for row in rows}


def hand_over(record: Record, pks: Iterable[int], person: str, at: datetime, *, message_id: str, proof: str) -> None:
    """Keep that these letters were handed over for a reader, in one message; once however often it is told."""
    with record.writing() as session:
        for pk in pks:
            insert_new(session, DeliveryRow, letter_id=pk, person=person, at=at, message_id=message_id, proof=proof)
