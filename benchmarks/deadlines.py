"""How many deadlines are computed a second, with their working and the instants of their ladders.

``python -m benchmarks.deadlines`` runs a hundredth of the full load; ``--cases 10000`` runs all of it, with
200 deadlines for each case.
"""

import argparse
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from time import perf_counter

from activities.calendar import build_calendar
from activities.regimes import read_regime
from domain.clocks.arithmetic import compute, rung_instants
from domain.clocks.calendar import CalendarRequest
from domain.clocks.rule import Unit

DEADLINES_PER_CASE = 200


def main() -> None:
    """Time the loop and print the rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100, help="cases of 200 deadlines each (default: 100)")
    cases = parser.parse_args().cases
    calendar = build_calendar(CalendarRequest(id="england-wales", first_year=2024, last_year=2034))
    counting = (rule for rule in read_regime("england-scr").clock if rule.unit is not Unit.SET_DATE)
    rules = list(islice(cycle(counting), DEADLINES_PER_CASE))
    first = datetime(2025, 1, 1, 9, 17, tzinfo=UTC)
    began = perf_counter()
    for case in range(cases):
        start = first + timedelta(hours=7) * (case % 10_000)
        for rule in rules:
            rung_instants(rule, compute(rule, start, calendar), calendar)
    seconds = perf_counter() - began
    count = cases * DEADLINES_PER_CASE
    print(f"{count:,} deadlines with working and ladder in {seconds:.2f} s: {count / seconds:,.0f} a second")


if __name__ == "__main__":
    main()
