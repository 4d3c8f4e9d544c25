"""Working days counted with the official list of bank holidays, as the package ``govuk-bank-holidays`` carries it."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta

import counting_oracle as oracle
import pytest
from clock_rules import clock
from govuk_bank_holidays.bank_holidays import BankHolidays

from activities.calendar import build_calendar
from domain.clocks.calendar import CalendarRequest
from domain.clocks.due_day import due_day
from domain.clocks.rule import Direction, FirstDay, Unit

OFFICIAL = {
    "england-wales": BankHolidays.ENGLAND_AND_WALES,
    "scotland": BankHolidays.SCOTLAND,
    "northern-ireland": BankHolidays.NORTHERN_IRELAND,
}
# The one known difference: proclaimed for the World Cup, after the package's list was made.
PROCLAIMED_SINCE = {"scotland": {date(2026, 6, 15)}}


def official(nation: str) -> set[date]:
    """What the list says, without looking it up anywhere."""
    return {entry["date"] for entry in BankHolidays(use_cached_holidays=True).get_holidays(OFFICIAL[nation])}


def years(listed: set[date]) -> range:
    return range(min(listed).year, max(listed).year + 1)


@pytest.mark.parametrize("nation", OFFICIAL)
def test_the_official_list_differs_from_the_law_as_we_read_it_by_one_known_day(nation: str) -> None:
    listed = official(nation)
    assert len(years(listed)) >= 17
    by_law = set[date]().union(*(oracle.bank_holidays(nation, year) for year in years(listed)))
    assert by_law ^ listed == PROCLAIMED_SINCE.get(nation, set())


@pytest.mark.parametrize("nation", OFFICIAL)
@pytest.mark.parametrize("amount", [5, 60])
def test_working_days_from_every_day_of_the_official_list_lead_where_it_says(nation: str, amount: int) -> None:
    listed = official(nation)
    first, last = years(listed)[0], years(listed)[-1]
    days = [date(first, 1, 1) + timedelta(days=n) for n in range((date(last, 12, 31) - date(first, 1, 1)).days + 1)]
    off = listed | PROCLAIMED_SINCE.get(nation, set())
    working = [day for day in days if day.isoweekday() <= 5 and day not in off]
    calendar = build_calendar(CalendarRequest(id=nation, first_year=first, last_year=last))
    for direction in Direction:
        for first_day in FirstDay:
            rule, event_day = clock(amount, Unit.WORKING_DAYS, direction, first_day), first_day is FirstDay.EVENT_DAY
            for day in days[100:-100]:
                if direction is Direction.AFTER:
                    index = (bisect_left if event_day else bisect_right)(working, day) + amount - 1
                else:
                    index = (bisect_right if event_day else bisect_left)(working, day) - amount
                assert due_day(rule, calendar.at_time(day, 12), calendar) == working[index], (day, rule)


def test_saint_andrew_s_day_is_a_holiday_in_scotland_since_the_act_of_2007() -> None:
    calendar = build_calendar(CalendarRequest(id="scotland", first_year=2005, last_year=2008))
    days = [date(2005, 11, 30), date(2006, 11, 30), date(2007, 11, 30), date(2008, 12, 1)]
    assert [calendar.reason_not_counted(day) is None for day in days] == [True, True, False, False]
