"""Reads a regime from its file, with what the board lays over it, so that the rules of a case stand in its history."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.regimes import (
    Overlay,
    QualityMarker,
    Regime,
    RegimeAsked,
    RegimeFault,
    Weakened,
    laid_over,
    parse_markers,
    parse_overlay,
    parse_regime,
)

_FOLDER = files("domain.regimes")
_PROCEDURE = files("domain").joinpath("board_procedure.toml")


class Regimes:
    """The regimes as they hold for each board. ``overlays`` is the folder of the boards' own rules: ``*.toml``."""

    def __init__(self, overlays: Path) -> None:
        self._overlays = overlays

    @activity.defn(name="load_regime")
    def load_regime(self, asked: RegimeAsked) -> Regime:
        """The regime as it holds for the board, ready to begin a case under.

        Raises ``ApplicationError``, not to be retried, as ``of_board`` does.
        """
        return self.of_board(asked.regime, asked.board)

    def of_board(self, regime: str, board: str) -> Regime:
        """The regime with the board's overlay, every amount set.

        Raises ``ApplicationError``, not to be retried: as ``read_regime``, and ``RegimeNotReady`` where the board has
        yet to set an amount.
        """
        found = self.laid_over(regime, board)
        if found.unset:
            text = f"regime {regime}: the board has to set the amounts of these clocks first: {', '.join(found.unset)}"
            raise ApplicationError(text, type="RegimeNotReady", non_retryable=True)
        return found

    def why_not_ready(self, regime: str, board: str) -> str:
        """Why no case of the board can begin under the regime; empty where it can."""
        try:
            self.of_board(regime, board)
        except ApplicationError as error:
            return error.message
        return ""

    def laid_over(self, regime: str, board: str) -> Regime:
        """The regime with the board's overlay, where it has one, whether or not every amount is set.

        Raises ``ApplicationError`` (``RegimeFault``) for an overlay that cannot be used, and as ``read_regime``.
        """
        found = read_regime(regime)
        for name, overlay in self._all_overlays():
            if (overlay.board, overlay.regime) == (board, regime):
                try:
                    found = laid_over(found, overlay)
                except Weakened as fault:
                    raise _fault(f"overlay {name}", fault) from fault
        return found

    def _all_overlays(self) -> list[tuple[str, Overlay]]:
        if not self._overlays.is_dir():
            return []
        return [(path.name, read_overlay(path)) for path in sorted(self._overlays.glob("*.toml"))]


def read_overlay(path: Path) -> Overlay:
    """A board's overlay from its file. Raises ``ApplicationError`` (``RegimeFault``, not to be retried)."""
    try:
        return parse_overlay(path.read_text(encoding="utf-8"))
    except (RegimeFault, UnicodeDecodeError) as fault:
        raise _fault(f"overlay {path.name}", fault) from fault


@cache
def read_regime(regime: str) -> Regime:
    """The regime of that id (``england-scr``) with the quality markers, which are the same under every regime.

    Raises ``ApplicationError``, not to be retried: ``UnknownRegime`` where there is no such regime, ``RegimeFault``
    where its file cannot be used.
    """
    if regime not in known_regimes():
        raise ApplicationError(f"there is no regime {regime}", type="UnknownRegime", non_retryable=True)
    text = _FOLDER.joinpath(f"{regime.replace('-', '_')}.toml").read_text(encoding="utf-8")
    try:
        read = parse_regime(text, procedure())
    except RegimeFault as fault:
        raise _fault(f"regime {regime}", fault) from fault
    return read.model_copy(update={"marker": read_markers()})


def procedure() -> str:
    """The common procedure of the boards, as TOML: what every regime builds on."""
    return _PROCEDURE.read_text(encoding="utf-8")


def read_markers() -> tuple[QualityMarker, ...]:
    """The quality markers. Raises ``ApplicationError`` (``RegimeFault``, not to be retried) for an unusable file."""
    text = files("domain").joinpath("quality_markers.toml").read_text(encoding="utf-8")
    try:
        return parse_markers(text)
    except RegimeFault as fault:
        raise _fault("quality markers", fault) from fault


def known_regimes() -> tuple[str, ...]:
    """The ids of all regimes there are, in order."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml").replace("_", "-") for name in names if name.endswith(".toml")))


def _fault(what: str, fault: Exception) -> ApplicationError:
    return ApplicationError(f"{what}: {fault}", type="RegimeFault", non_retryable=True)
