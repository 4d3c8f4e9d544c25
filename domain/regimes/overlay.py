"""What a board lays over a regime: amounts that it has to set, clocks of its own, stricter ones beside the law's."""

from collections.abc import Iterator, Mapping

from domain.clocks.rule import ClockRule, Direction, Strength, Unit
from domain.model import Model
from domain.regimes.regime import Regime


class Overlay(Model):
    """A board's own rules on top of a regime. They may be stricter than the law; they never weaken it."""

    board: str
    regime: str
    set: Mapping[str, int] = {}
    """Amounts by the ids of the clocks that the regime leaves to the board."""
    confirmed: tuple[str, ...] = ()
    """Ids of clocks whose rule the board has checked against the primary text."""
    clock: tuple[ClockRule, ...] = ()
    """The board's own: in place of a local one of the same id, or beside a statutory one (``beside``), stricter."""


class Weakened(ValueError):
    """An overlay that the regime refuses, with every fault on a line of its own."""


def laid_over(regime: Regime, overlay: Overlay) -> Regime:
    """The regime as it holds for the board. Raises ``Weakened`` naming each rule that the overlay may not change."""
    if faults := list(_faults(regime, overlay)):
        raise Weakened("\n".join(faults))
    own = {rule.id: rule for rule in overlay.clock}
    rules = (own.get(rule.id) or _settled(rule, overlay) for rule in regime.clock)
    known = {rule.id for rule in regime.clock}
    return regime.model_copy(update={"clock": (*rules, *(rule for rule in overlay.clock if rule.id not in known))})


def _settled(rule: ClockRule, overlay: Overlay) -> ClockRule:
    """With the amount that the board has set, and without the mark of what it has confirmed."""
    changes: dict[str, object] = {}
    if rule.id in overlay.set:
        changes |= {"amount": overlay.set[rule.id], "set_by_board": False}
    if rule.id in overlay.confirmed:
        changes["source"] = rule.source.model_copy(update={"confirm": False})
    return rule.model_copy(update=changes) if changes else rule


def _faults(regime: Regime, overlay: Overlay) -> Iterator[str]:
    known = {rule.id: rule for rule in regime.clock}
    if overlay.regime != regime.id:
        yield f"regime: this overlay is for {overlay.regime}, not for {regime.id}"
    for clock in (*overlay.set, *overlay.confirmed):
        if clock not in known:
            yield f"{clock}: the regime has no such clock"
    for clock, amount in overlay.set.items():
        if clock in known and not known[clock].set_by_board:
            yield f"set.{clock}: the regime says it itself ({known[clock].source}); a stricter clock runs beside it"
        elif amount < 1:
            yield f"set.{clock}: an amount is at least 1"
    for rule in overlay.clock:
        yield from _own_clock(rule, known)


def _own_clock(rule: ClockRule, known: Mapping[str, ClockRule]) -> Iterator[str]:
    at = f"clock[{rule.id}]"
    if rule.strength is not Strength.LOCAL:
        yield f"{at}: a board's own clock has the strength local"
    if (replaced := known.get(rule.id)) is not None:
        if replaced.strength is not Strength.LOCAL:
            yield f"{at}: {replaced.source} is not the board's to change; a stricter clock runs beside it (beside)"
        elif replaced.unit is Unit.SET_DATE and rule.unit is not Unit.SET_DATE:
            yield f"{at}: this clock runs to a day that is set; it counts nothing"
    elif not rule.beside:
        yield f"{at}: nothing starts this clock; say beside which clock of the regime it runs (beside)"
    if rule.beside:
        yield from _not_stricter(rule, known.get(rule.beside), at)


def _not_stricter(rule: ClockRule, other: ClockRule | None, at: str) -> Iterator[str]:
    if other is None:
        yield f"{at}.beside: the regime has no clock {rule.beside}"
        return
    if (rule.unit, rule.direction) != (other.unit, other.direction) or other.unit is Unit.SET_DATE:
        yield f"{at}: to be comparable it counts {other.unit.value}, as {other.id} does"
        return
    stricter = rule.amount < other.amount if rule.direction is Direction.AFTER else rule.amount > other.amount
    if not stricter and not other.set_by_board:
        yield f"{at}: it is not stricter than {other.amount} {other.unit.value} ({other.source})"
