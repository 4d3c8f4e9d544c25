"""One message of daily letters a person and day: the day is claimed by its row before the message is handed over."""

from datetime import date

from sqlalchemy import ColumnElement, delete, select

from records.insert import insert_new
from records.store import Record
from records.tables import DailyPostRow


def claim_day(record: Record, board: str, person: str, day: date, message_id: str) -> bool:
    """Whether this message is the one that the person gets on that day; the first that asks is.

    The same message asks again where it is not known whether it was handed over, and is told the same.
    """
    with record.writing() as session:
        if insert_new(session, DailyPostRow, board=board, person=person, day=day, message_id=message_id):
            return True
        held = select(DailyPostRow.message_id).where(*_of(board, person, day))
        return session.scalar(held) == message_id


def give_day_back(record: Record, board: str, person: str, day: date, message_id: str) -> None:
    """The message was not taken: another may have the day."""
    with record.writing() as session:
        row = (*_of(board, person, day), DailyPostRow.message_id == message_id)
        session.execute(delete(DailyPostRow).where(*row))


def _of(board: str, person: str, day: date) -> tuple[ColumnElement[bool], ...]:
    return DailyPostRow.board == board, DailyPostRow.person == person, DailyPostRow.day == day
