"""Things to be done on days that are known beforehand, done in the order of the days."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date

from rehearsal.service import Rehearsal


@dataclass
class Diary:
    """What is to be done on which day. Entries may be added while it is lived through."""

    stage: Rehearsal
    entries: list[tuple[date, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)

    def on(self, day: date, what: Callable[[], Awaitable[None]]) -> None:
        """Enter something; what is entered for the same day is done in the order of the entries."""
        self.entries.append((day, len(self.entries), what))

    async def live(self) -> None:
        """Go from day to day until nothing is left. A weekend's entry is done on the Friday before it."""
        done = 0
        while done < len(self.entries):
            self.entries[done:] = sorted(self.entries[done:], key=lambda entry: entry[:2])
            day, _, what = self.entries[done]
            await self.stage.pass_to(day)
            await what()
            done += 1
        await self.stage.pass_days(1)
