"""What the watchdog remembers: who was told what and when, and which stages it asked to look again."""

import hashlib
import os
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from domain.model import Model
from watching.faults import Fault, FaultKind, Seen, kind_of

REMINDED_AFTER: Final = timedelta(days=1)
CAUSES: Final = frozenset({FaultKind.WORKER, FaultKind.NO_POLLER, FaultKind.RECORD})
"""What makes more and more late, the longer it lasts."""
CONSEQUENCES: Final = frozenset({FaultKind.LATE, FaultKind.LETTERS})
HELD_BACK: Final = timedelta(hours=1)
"""How often at most further consequences of a cause that was told are told."""


class Why(StrEnum):
    """Why somebody is written to."""

    FAULTS = "faults"
    REMINDER = "reminder"
    WELL = "well"


class Told(Model):
    """What one reader knows."""

    faults: tuple[str, ...] = ()
    """Ids of the faults that were told and last."""
    at: datetime | None = None
    """When the last message was sent; ``None`` where all is well."""

    def standing(self, faults: tuple[Fault, ...], unknown: frozenset[FaultKind]) -> tuple[str, ...]:
        """Ids of the faults that are there, those included that were told and cannot be seen just now."""
        unseen = [fault for fault in self.faults if kind_of(fault) in unknown]
        return tuple(dict.fromkeys([*(fault.id for fault in faults), *unseen]))

    def news(self, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
        """Those of the faults that were not told yet."""
        return tuple(fault for fault in faults if fault.id not in self.faults)

    def why(self, faults: tuple[Fault, ...], unknown: frozenset[FaultKind], now: datetime) -> Why | None:
        """Whether the reader is to be written to now, and why."""
        if not self.standing(faults, unknown):
            return Why.WELL if self.faults else None
        if self.at is not None and now - self.at >= REMINDED_AFTER:
            return Why.REMINDER
        news = self.news(faults)
        return Why.FAULTS if news and not self._held_back(news, now) else None

    def _held_back(self, news: tuple[Fault, ...], now: datetime) -> bool:
        """Whether this only follows from what was told lately: a worker that is away makes all stages late in turn."""
        explained = any(kind_of(fault) in CAUSES for fault in self.faults)
        only_follows = all(fault.kind in CONSEQUENCES for fault in news)
        return explained and only_follows and self.at is not None and now - self.at < HELD_BACK

    def passed_over(self, faults: tuple[Fault, ...], unknown: frozenset[FaultKind]) -> "Told":
        """What the reader knows where no message was sent: what is over is told anew if it comes again."""
        standing = self.standing(faults, unknown)
        return self.model_copy(update={"faults": tuple(fault for fault in self.faults if fault in standing)})

    def informed(self, faults: tuple[Fault, ...], unknown: frozenset[FaultKind], now: datetime) -> "Told":
        """What the reader knows after a message."""
        standing = self.standing(faults, unknown)
        return Told(faults=standing, at=now if standing else None)


class Memory(Model):
    """All that is remembered, kept in a file so that a watchdog that starts again tells nothing twice."""

    readers: dict[str, Told] = {}
    """By a digest of the address."""
    asked: tuple[str, ...] = ()
    """Ids of the faults of which the stage was asked to look again."""

    def of(self, address: str) -> Told:
        """What the reader of that address knows."""
        return self.readers.get(reader(address), Told())

    def told(self, address: str, told: Told) -> "Memory":
        """The memory with what that reader knows now."""
        return self.model_copy(update={"readers": {**self.readers, reader(address): told}})

    def to_ask(self, seen: Seen) -> tuple[Fault, ...]:
        """The late clocks of whose stage it was not asked yet that it looks again."""
        return tuple(f for f in seen.faults if f.kind is FaultKind.LATE and f.id not in self.asked)

    def asked_about(self, faults: tuple[Fault, ...], seen: Seen) -> "Memory":
        """The memory once these were asked about; what is over is forgotten, unless it could not be seen."""
        last = {fault.id for fault in seen.faults} if seen.could_look else set(self.asked)
        asked = dict.fromkeys([*self.asked, *(fault.id for fault in faults)])
        return self.model_copy(update={"asked": tuple(fault for fault in asked if fault in last)})


def reader(address: str) -> str:
    """How a reader is remembered: never by the address itself."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:16]


def remember(path: Path) -> Memory:
    """What was kept; nothing where there is no file or it cannot be read: then everybody is told once more."""
    try:
        return Memory.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return Memory()


def keep(path: Path, memory: Memory) -> None:
    """Keep it, whole or not at all. Raises ``OSError``."""
    write_whole(path, memory.model_dump_json(indent=1))


def write_whole(path: Path, text: str) -> None:
    """Replace a file at once: whoever reads it sees the old text or the new one. Raises ``OSError``."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
