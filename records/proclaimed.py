"""Corrections of calendars as they were proclaimed: appended, never changed; the last word about a day stands."""

from datetime import datetime

from sqlalchemy import select

from domain.clocks.proclaimed import CalendarCorrection, ProclaimedDay
from records.store import Record
from records.tables import ProclaimedDayRow


def keep(record: Record, correction: CalendarCorrection, at: datetime) -> None:
    """Keep the days that are not known so already. Applied twice it is kept once."""
    known = {day.on: day for day in kept(record, correction.calendar)}
    new = [day for day in correction.day if known.get(day.on) != day]
    with record.writing() as session:
        for day in new:
            row = {"calendar": correction.calendar, "day": day.on, "name": day.name}
            session.add(ProclaimedDayRow(**row, source=correction.source, at=at))


def kept(record: Record, calendar: str) -> tuple[ProclaimedDay, ...]:
    """Every word about a nation's calendar, the earliest first."""
    query = select(ProclaimedDayRow).where(ProclaimedDayRow.calendar == calendar).order_by(ProclaimedDayRow.id)
    with record.reading() as session:
        return tuple(ProclaimedDay(on=row.day, name=row.name) for row in session.scalars(query))
