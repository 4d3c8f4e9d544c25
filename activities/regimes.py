"""Reads a statutory regime from its file in ``domain/regimes``, so that the rules of a case stand in its history."""

from importlib.resources import files

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.regimes import QualityMarker, Regime, RegimeFault, parse_markers, parse_regime

_FOLDER = files("domain.regimes")


@activity.defn(name="load_regime")
def load_regime(regime: str) -> Regime:
    """The regime of that id; see ``read_regime``."""
    return read_regime(regime)


def read_regime(regime: str) -> Regime:
    """The regime of that id (``england-scr``) with the quality markers, which are the same under every regime.

    Raises ``ApplicationError``, not to be retried: ``UnknownRegime`` where there is no such regime, ``RegimeFault``
    where its file cannot be used.
    """
    if regime not in known_regimes():
        raise ApplicationError(f"there is no regime {regime}", type="UnknownRegime", non_retryable=True)
    text = _FOLDER.joinpath(f"{regime.replace('-', '_')}.toml").read_text(encoding="utf-8")
    try:
        read = parse_regime(text)
    except RegimeFault as fault:
        raise ApplicationError(f"regime {regime}: {fault}", type="RegimeFault", non_retryable=True) from fault
    return read.model_copy(update={"marker": read_markers()})


def read_markers() -> tuple[QualityMarker, ...]:
    """The quality markers. Raises ``ApplicationError`` (``RegimeFault``, not to be retried) for an unusable file."""
    text = files("domain").joinpath("quality_markers.toml").read_text(encoding="utf-8")
    try:
        return parse_markers(text)
    except RegimeFault as fault:
        raise ApplicationError(f"quality markers: {fault}", type="RegimeFault", non_retryable=True) from fault


def known_regimes() -> tuple[str, ...]:
    """The ids of all regimes there are, in order."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml").replace("_", "-") for name in names if name.endswith(".toml")))
