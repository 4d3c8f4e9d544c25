"""Handing an incident event to its case: once Temporal has it, it is safe, even while no worker runs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.case_messages import Standing
from domain.incident import IncidentEvent
from domain.model import Model
from domain.record import CaseRef
from workflows import search_attributes
from workflows.messages import BeginCase

WORKFLOW: Final = "SeriousCaseReview"
SIGNAL: Final = "receive-incident-event"

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
"""Seconds between attempts; doubled each time up to the longest."""
_ONE_ATTEMPT: Final = timedelta(seconds=10)
_PASSING: Final = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
    }
)
"""Answers of a server that may be another one a moment later."""

T = TypeVar("T")


class NotDelivered(Exception):
    """Temporal did not take what it was given; the reason names no person."""

    def __init__(self, reason: str, *, unreachable: bool) -> None:
        super().__init__(reason)
        self.unreachable = unreachable
        """Whether the server could not be reached in time, so that the next event would fare no better."""


class Delivered(Model):
    """An event that Temporal has."""

    case: CaseRef
    workflow_id: str


def _silently(_: str) -> None:
    """Tell nobody."""


async def deliver(
    client: Client,
    event: IncidentEvent,
    *,
    regime: str,
    task_queue: str,
    wait: timedelta,
    tell: Callable[[str], None] = _silently,
) -> Delivered:
    """Begin the review of the event's case, or add to it where it was begun; ``regime`` is for a case that begins.

    Safe to repeat: a case takes each delivery in once. Tries for ``wait`` where the server cannot be reached, then
    raises ``NotDelivered``; at once where the server refuses. ``tell`` is called once if it has to be tried again.
    """
    case = event.case

    async def attempt() -> None:
        await client.start_workflow(
            WORKFLOW,
            BeginCase(case=case, regime=regime),
            id=case.workflow_id,
            task_queue=task_queue,
            start_signal=SIGNAL,
            start_signal_args=[event],
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=case.reference,
            search_attributes=_found_by(case, regime),
            rpc_timeout=min(wait, _ONE_ATTEMPT),
        )

    await insist(attempt, wait, tell)
    return Delivered(case=case, workflow_id=case.workflow_id)


async def insist(attempt: Callable[[], Awaitable[T]], wait: timedelta, tell: Callable[[str], None] = _silently) -> T:
    """The attempt's result, tried again with growing pauses for at most ``wait``. Raises ``NotDelivered``.

    A connection that cannot be made is a ``RuntimeError`` or ``ConnectionError``, as Temporal's client raises it.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + wait.total_seconds()
    pause, lasting = _FIRST_PAUSE, f"{wait.total_seconds():g} s"
    while True:
        try:
            async with asyncio.timeout_at(until):
                return await attempt()
        except RPCError as error:
            reason = f"the server answers {error.status.name}"
            if error.status not in _PASSING:
                raise NotDelivered(f"{reason}: {error.message}", unreachable=False) from error
        except (RuntimeError, OSError):  # TimeoutError is an OSError
            reason = "the server cannot be reached"
        if loop.time() + pause > until:
            raise NotDelivered(f"{reason}, tried for {lasting}", unreachable=True)
        if pause == _FIRST_PAUSE:
            tell(f"{reason}; trying again for {lasting}")
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _found_by(case: CaseRef, regime: str) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.BOARD, case.board),
            SearchAttributePair(search_attributes.CASE_REFERENCE, case.reference),
            SearchAttributePair(search_attributes.STAGE, Standing.DECIDING.value),
            SearchAttributePair(search_attributes.REGIME, regime),
        ]
    )
