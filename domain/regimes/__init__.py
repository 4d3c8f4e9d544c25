"""A statutory regime as data: criteria, clocks, notices, sources. Read from ``*.toml`` by an activity."""

from domain.regimes.regime import Criterion, Notice, Regime, RegimeFault, parse_regime

__all__ = ["Criterion", "Notice", "Regime", "RegimeFault", "parse_regime"]
