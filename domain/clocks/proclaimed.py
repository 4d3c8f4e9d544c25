"""Days that became bank holidays, or stopped being ones, after the calendar's tables had been made. Pure."""

import tomllib
from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import Field, ValidationError

from domain.clocks.calendar import Holiday
from domain.model import Model


class CalendarFault(ValueError):
    """A file of calendar corrections that cannot be used, with every fault on a line of its own."""


class ProclaimedDay(Model):
    """One day that counts otherwise than the tables say."""

    on: date
    name: str = Field("", max_length=100)
    """The bank holiday's name; empty where the day is a bank holiday no more."""


class CalendarCorrection(Model):
    """A correction of one nation's calendar, with its source: what ``calendar apply`` reads."""

    calendar: Literal["england-wales", "scotland", "northern-ireland"]
    source: str = Field(min_length=1, max_length=500)
    """Where it is written: the proclamation and its date."""
    day: tuple[ProclaimedDay, ...] = Field(min_length=1, max_length=40)

    @property
    def days(self) -> tuple[date, ...]:
        """The days, in order."""
        return tuple(sorted(day.on for day in self.day))


def parse_correction(text: str) -> CalendarCorrection:
    """Read a correction from TOML. Raises ``CalendarFault`` listing every fault; unknown keys are faults too."""
    try:
        return CalendarCorrection.model_validate(tomllib.loads(text), extra="forbid")
    except tomllib.TOMLDecodeError as error:
        raise CalendarFault(f"not TOML: {error}") from None
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise CalendarFault("\n".join(lines)) from None


def corrected(holidays: Iterable[Holiday], proclaimed: Iterable[ProclaimedDay]) -> tuple[Holiday, ...]:
    """The holidays with what was proclaimed since; of two words about one day the later stands."""
    known = {holiday.on: holiday for holiday in holidays}
    for day in proclaimed:
        known.pop(day.on, None)
        if day.name:
            known[day.on] = Holiday(on=day.on, name=day.name)
    return tuple(known[on] for on in sorted(known))
