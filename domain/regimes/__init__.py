"""A statutory regime as data: criteria, clocks, notices, sources. Read from ``*.toml`` by an activity."""

from domain.regimes.overlay import Overlay, Weakened, laid_over
from domain.regimes.reading import RegimeFault, parse_markers, parse_overlay, parse_regime
from domain.regimes.regime import (
    Criterion,
    Notice,
    QualityMarker,
    Regime,
    RegimeAsked,
    RetentionClass,
)

__all__ = [
    "Criterion",
    "Notice",
    "Overlay",
    "QualityMarker",
    "Regime",
    "RegimeAsked",
    "RegimeFault",
    "RetentionClass",
    "Weakened",
    "laid_over",
    "parse_markers",
    "parse_overlay",
    "parse_regime",
]
