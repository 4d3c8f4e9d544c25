"""A statutory regime as data: criteria, clocks, notices, sources. Read from ``*.toml`` by an activity."""

from domain.regimes.regime import (
    Criterion,
    Notice,
    QualityMarker,
    Regime,
    RegimeFault,
    RetentionClass,
    parse_markers,
    parse_regime,
)

__all__ = [
    "Criterion",
    "Notice",
    "QualityMarker",
    "Regime",
    "RegimeFault",
    "RetentionClass",
    "parse_markers",
    "parse_regime",
]
