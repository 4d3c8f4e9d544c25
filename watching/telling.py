"""Who is told of faults, and the messages: the operator of all, each board's business manager of the board's own."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.directory import Directory
from domain.people import Role
from letters.notes import note
from letters.render import Rendered, civil_day
from letters.sending import NotNow, RecipientRefused, Sender
from watching.faults import Fault, Seen, moment
from watching.memory import Memory, Told, Why

MOST: Final = 40
"""How many faults one message spells out."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reader:
    """Somebody who is told."""

    address: str
    boards: frozenset[str] | None
    """Whose faults concern them; ``None`` for all."""

    def concerns(self, fault: Fault) -> bool:
        """Whether the fault is theirs: what concerns no board alone is everybody's."""
        return self.boards is None or fault.board is None or fault.board in self.boards


def readers(operators: Sequence[str], directory: Directory | None, on: date) -> list[Reader]:
    """Everybody who is told on that day, each address once: operators of everything, whatever else they are."""
    boards: dict[str, set[str]] = {}
    for board in directory.boards if directory is not None else ():
        for manager in board.holders(Role.BUSINESS_MANAGER, None, on):
            boards.setdefault(manager.email.lower(), set()).add(board.id)
    everything = {address.lower() for address in operators}
    managers = [Reader(address, frozenset(ids)) for address, ids in boards.items() if address not in everything]
    return [*(Reader(address, None) for address in sorted(everything)), *managers]


class Teller:
    """Writes to the readers by the mail server that letters leave by."""

    def __init__(self, sender: Sender, operators: Sequence[str], directory: Callable[[], Directory | None]) -> None:
        self._sender = sender
        self._operators = operators
        self._directory = directory

    async def tell(self, seen: Seen, memory: Memory, asked: int = 0) -> tuple[Memory, bool]:
        """Write to everybody for whom there is something new, or a reminder, or the end of it.

        Returns the memory as it is then, and whether every message left; those that did not are due at the next look.
        """
        all_left = True
        for each in readers(self._operators, self._directory(), civil_day(seen.at)):
            faults = tuple(fault for fault in seen.faults if each.concerns(fault))
            told = memory.of(each.address)
            why = told.why(faults, seen.unknown, seen.at)
            if why is None:
                after = told.passed_over(faults, seen.unknown)
            elif await self._sent(each.address, _message(why, told, faults, seen, asked), why, faults, seen.at):
                after = told.informed(faults, seen.unknown, seen.at)
            else:
                after, all_left = told, False
            memory = memory.told(each.address, after)
        return memory, all_left

    async def _sent(self, address: str, message: Rendered, why: Why, faults: Sequence[Fault], at: datetime) -> bool:
        """Whether nothing remains to be done for the reader; an address that is refused for good is told in the log."""
        message_id = self._sender.message_id([address, why.value, at.isoformat(), *(fault.id for fault in faults)])
        try:
            await self._sender.send(message, address, message_id, at)
        except RecipientRefused as refusal:
            _log.error("the mail server refuses a reader of the watchdog for good: %s", refusal)
        except NotNow as error:
            _log.warning("a message of the watchdog could not leave and is tried again: %s", error)
            return False
        return True


def _message(why: Why, told: Told, faults: Sequence[Fault], seen: Seen, asked: int) -> Rendered:
    words = {"looked_at": moment(seen.at), "remarks": seen.remarks}
    if why is Why.WELL:
        return note("watchdog-well", words)
    news = told.news(tuple(faults))
    first = [*news, *(fault for fault in faults if fault not in news)]
    count = len(told.standing(tuple(faults), seen.unknown))
    more = {
        "count": count,
        "news": len(news),
        "reminder": why is Why.REMINDER,
        "faults": [fault.words for fault in first[:MOST]],
        "more": count - min(len(first), MOST),
        "asked": asked,
    }
    return note("watchdog-faults", words | more)
