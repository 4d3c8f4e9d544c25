"""``scr.py regime check FILE``: every fault of a regime or a board's overlay, and what the board has yet to do."""

import tomllib
from collections.abc import Collection
from importlib.resources import files
from typing import Literal

from activities.regimes import known_regimes, procedure, read_regime
from domain.model import Model
from domain.regimes import Overlay, Regime, RegimeFault, Weakened, laid_over, parse_overlay, parse_regime
from domain.regimes.checking import awaiting_confirmation, further_faults, overlay_letters


class Checked(Model):
    """What was found of one file."""

    kind: Literal["regime", "overlay"]
    id: str = ""
    """Id of the regime, or of the regime that the overlay is for; empty where it cannot be read."""
    faults: tuple[str, ...] = ()
    """Each by its path: ``clock[rapid-review].amount: …``."""
    to_set: tuple[str, ...] = ()
    """Clocks whose amount the board still has to set."""
    to_confirm: tuple[str, ...] = ()
    """Rules that the board still has to confirm."""

    @property
    def ok(self) -> bool:
        """Whether the file can be used."""
        return not self.faults


def letter_names() -> tuple[str, ...]:
    """Ids of the letters that are written."""
    names = (entry.name for entry in files("letters").joinpath("templates").iterdir())
    return tuple(sorted(name.removesuffix(".txt") for name in names if name.endswith(".txt") and name[0] != "_"))


def check_text(text: str, boards: Collection[str], letters: Collection[str]) -> Checked:
    """The file's text checked. One that names a ``board`` is an overlay, any other a regime.

    ``boards`` are the ids of the directory's boards, ``letters`` those of the letters that are written.
    """
    if "board" not in _keys(text):
        return _regime(text, letters)
    try:
        overlay = parse_overlay(text)
    except RegimeFault as fault:
        return Checked(kind="overlay", faults=_lines(fault))
    return _overlay(overlay, boards, letters)


def _keys(text: str) -> Collection[str]:
    try:
        return tomllib.loads(text).keys()
    except tomllib.TOMLDecodeError:
        return ()


def _regime(text: str, letters: Collection[str]) -> Checked:
    try:
        regime = parse_regime(text, procedure())
    except RegimeFault as fault:
        return Checked(kind="regime", faults=_lines(fault))
    return _checked("regime", regime, tuple(further_faults(regime, letters)))


def _overlay(overlay: Overlay, boards: Collection[str], letters: Collection[str]) -> Checked:
    faults = [*overlay_letters(overlay, letters)]
    if overlay.board not in boards:
        faults.append("board: the directory has no board of this id, so that the overlay would never hold")
    if overlay.regime not in known_regimes():
        faults.append(f"regime: there is no such regime; there are: {', '.join(known_regimes())}")
        return Checked(kind="overlay", faults=tuple(faults))
    regime = read_regime(overlay.regime)
    try:
        regime = laid_over(regime, overlay)
    except Weakened as fault:
        faults += _lines(fault)
    return _checked("overlay", regime, tuple(faults))


def _checked(kind: Literal["regime", "overlay"], regime: Regime, faults: tuple[str, ...]) -> Checked:
    confirm = awaiting_confirmation(regime)
    return Checked(kind=kind, id=regime.id, faults=faults, to_set=regime.unset, to_confirm=confirm)


def _lines(fault: Exception) -> tuple[str, ...]:
    return tuple(str(fault).splitlines())
