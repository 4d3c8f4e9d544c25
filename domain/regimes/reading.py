"""Reading regimes, a board's overlays and quality markers from TOML, with every fault told at once."""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from domain.model import Model
from domain.regimes.overlay import Overlay
from domain.regimes.regime import QualityMarker, Regime

P = TypeVar("P", bound=Model)
Table = Mapping[str, Any]


class RegimeFault(ValueError):
    """A regime or overlay that cannot be used, with every fault on a line of its own, by its path."""


class _Markers(Model):
    """The file of the quality markers."""

    marker: tuple[QualityMarker, ...]


def parse_markers(text: str) -> tuple[QualityMarker, ...]:
    """Read the quality markers from TOML. Raises ``RegimeFault`` listing every fault; unknown keys are faults too."""
    return _parsed(_Markers, _table(text)).marker


def parse_overlay(text: str) -> Overlay:
    """Read a board's overlay from TOML. Raises ``RegimeFault`` listing every fault; unknown keys are faults too."""
    return _parsed(Overlay, _table(text))


def parse_regime(text: str, procedure: str = "") -> Regime:
    """Read a regime from TOML, on top of the boards' common procedure where that is given.

    What the regime says itself stands before what the procedure says: clocks and classes of retention by their ids,
    other tables as a whole. Raises ``RegimeFault`` listing every fault; unknown keys are faults too.
    """
    own = _table(text)
    return _parsed(Regime, _on_top(own, _table(procedure)) if procedure else own).in_its_words()


def _on_top(own: Table, common: Table) -> Table:
    merged = {**common, **own}
    for key in ("clock", "retention"):
        if isinstance(own.get(key), list) and isinstance(common.get(key), list):
            ids = {entry.get("id") for entry in own[key] if isinstance(entry, dict)}
            merged[key] = [*own[key], *(entry for entry in common[key] if entry.get("id") not in ids)]
    return merged


def _table(text: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegimeFault(f"not TOML: {error}") from None


def _parsed(kind: type[P], table: Table) -> P:
    try:
        return kind.model_validate(dict(table), extra="forbid")
    except ValidationError as error:
        faults = (f"{_path(table, fault['loc'])}: {_words(fault['type'], fault['msg'])}" for fault in error.errors())
        raise RegimeFault("\n".join(faults)) from None


def _words(kind: str, message: str) -> str:
    return "there is no such key" if kind == "extra_forbidden" else message.removeprefix("Value error, ")


def _path(table: Table, steps: Iterable[int | str]) -> str:
    """Where a fault is: ``clock[rapid-review].amount``; ``clock[#3]`` for the third entry without an id."""
    here: Any = table
    path = ""
    for step in steps:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
            named = here.get("id") if isinstance(here, dict) else None
            path += f"[{named if isinstance(named, str) else f'#{step + 1}'}]"
        else:
            here = here.get(step) if isinstance(here, dict) else None
            path += f".{step}" if path else step
    return path or "the file"
