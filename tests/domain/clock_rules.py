"""Clock rules for tests of the arithmetic: an amount, a unit, and which way."""

from domain.clocks.rule import ClockRule, Direction, FirstDay, Source, Strength, Unit


def clock(
    amount: int, unit: Unit, direction: Direction = Direction.AFTER, first_day: FirstDay = FirstDay.DAY_AFTER
) -> ClockRule:
    """A local clock of so many units, counted from "the event"."""
    return ClockRule(
        id="any",
        title="Any clock",
        amount=amount,
        unit=unit,
        direction=direction,
        first_day=first_day,
        start_event="the event",
        strength=Strength.LOCAL,
        source=Source(document="Test"),
    )
