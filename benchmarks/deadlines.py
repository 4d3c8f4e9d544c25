"""How long the deadlines of very many cases take: their days alone, and with their whole working and ladder.

``python -m benchmarks.deadlines`` finds the days of 10,000 cases with 200 deadlines each, as after a bank holiday that
was proclaimed late, and the working of a hundredth of them; ``--cases`` and ``--worked`` take other numbers of cases.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from time import perf_counter

from activities.calendar import build_calendar
from activities.regimes import read_regime
from domain.clocks.arithmetic import compute, rung_instants
from domain.clocks.calendar import Calendar, CalendarRequest
from domain.clocks.due_day import due_day
from domain.clocks.rule import ClockRule, Unit

DEADLINES_PER_CASE = 200
FIRST = datetime(2025, 1, 1, 9, 17, tzinfo=UTC)


def main() -> None:
    """Time each and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="cases whose days are found (default: 10,000)")
    parser.add_argument("--worked", type=int, default=100, help="cases computed with all working (default: 100)")
    asked = parser.parse_args()
    calendar = build_calendar(CalendarRequest(id="england-wales", first_year=2024, last_year=2034))
    rules = [rule for rule in read_regime("england-scr").clock if rule.amount]
    working_days = [rule for rule in rules if rule.unit is Unit.WORKING_DAYS]
    _timed("days of clocks in working days", asked.cases, working_days, lambda rule, at: due_day(rule, at, calendar))
    _timed("days of all clocks", asked.cases, rules, lambda rule, at: due_day(rule, at, calendar))
    _timed("all clocks with working and ladder", asked.worked, rules, lambda rule, at: _worked(rule, at, calendar))


def _worked(rule: ClockRule, at: datetime, calendar: Calendar) -> None:
    rung_instants(rule, compute(rule, at, calendar), calendar)


def _timed(what: str, cases: int, rules: list[ClockRule], computed: Callable[[ClockRule, datetime], object]) -> None:
    """Every case starts at another instant, all within eight years, and has its 200 deadlines by the rules in turn."""
    of_a_case = list(islice(cycle(rules), DEADLINES_PER_CASE))
    began = perf_counter()
    for case in range(cases):
        start = FIRST + timedelta(hours=7) * (case % 10_000)
        for rule in of_a_case:
            computed(rule, start)
    seconds, count = perf_counter() - began, cases * DEADLINES_PER_CASE
    print(f"{what:<36}{count:>10,} deadlines {seconds:8.2f} s {count / max(seconds, 1e-9):>10,.0f} a second")


if __name__ == "__main__":
    main()
