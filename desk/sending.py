"""Giving a command to its stage through Temporal, and what may come of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from temporalio.client import (
    Client,
    RPCError,
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCStatusCode

from domain.command import Command, Receipt
from domain.model import Refusal, Refused
from workflows.messages import BeginCase

WORKFLOW: Final = "SeriousCaseReview"
REQUEST_ID_USED: Final = Refusal(
    code="request-id-used",
    text="This request id was used for another answer; nothing was done.",
    source="Each answer has a request id of its own",
)
Connect = Callable[[], Awaitable[Client]]


class Unreachable(Exception):
    """The Temporal server cannot be reached; nothing was sent."""


class NotKnownYet(Exception):
    """Sent, but no answer came: it may have been accepted. The same request id may be sent again."""

    def __init__(self, request_id: str, more: str = "") -> None:
        super().__init__(
            "It is not known yet whether this was accepted: no answer came. "
            f"Ask again with --request-id {request_id}{more}"
        )
        self.request_id = request_id


class StageEnded(Exception):
    """The stage takes no answers any more."""


class NotTaken(Exception):
    """The stage could not read or carry out the command: a fault of the service, not of the person."""


async def connected(connect: Connect) -> Client:
    """A client. Raises ``Unreachable``, and whatever ``connect`` raises for settings and keys."""
    try:
        return await connect()
    except RuntimeError:
        raise Unreachable("the Temporal server cannot be reached; nothing was sent") from None


async def send(client: Client, stage: str, command: Command, wait: timedelta) -> Receipt:
    """Give the command to its stage. The same request id gives the same receipt, also once the stage has ended.

    Raises ``Refused``, ``StageEnded``, ``NotKnownYet`` or ``NotTaken``.
    """
    handle = client.get_workflow_handle(stage)

    async def attempt() -> Any:
        return await handle.execute_update(
            command.FORM, command, id=command.request_id, result_type=Receipt, rpc_timeout=wait
        )

    return await _answered(command, attempt)


async def send_reopening(
    client: Client, order: BeginCase, command: Command, *, task_queue: str, wait: timedelta
) -> Receipt:
    """Give the command to a case that is closed: it goes on from the record as it stood. Raises as ``send`` does."""
    operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        WORKFLOW,
        order,
        id=order.case.workflow_id,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=order.case.reference,
    )

    async def attempt() -> Any:
        return await client.execute_update_with_start_workflow(
            command.FORM,
            command,
            start_workflow_operation=operation,
            id=command.request_id,
            result_type=Receipt,
            rpc_timeout=wait,
        )

    return await _answered(command, attempt)


async def _answered(command: Command, attempt: Callable[[], Awaitable[Any]]) -> Receipt:
    try:
        receipt = Receipt.model_validate(await attempt())
    except WorkflowUpdateFailedError as error:
        raise _failure(error.cause) from None
    except RPCTimeoutOrCancelledError:
        raise NotKnownYet(command.request_id) from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise StageEnded("this stage has ended; it takes no answers any more") from None
        if error.status in _NO_ANSWER:
            raise NotKnownYet(command.request_id) from None
        raise NotTaken(f"the Temporal server answers {error.status.name}") from None
    # The engine answers a request id that it knows with the first receipt, whatever was asked this time.
    if (receipt.form, receipt.item) != (command.FORM, command.item):
        raise Refused(REQUEST_ID_USED)
    return receipt


_NO_ANSWER: Final = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.ABORTED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.FAILED_PRECONDITION,  # the stage's workflow task failed; its next one may take the command
    }
)
"""Errors of the server that do not say whether the stage took the command."""


def _failure(cause: BaseException) -> Exception:
    """What the workflow says. Other failures may quote what was typed, so only their kind is told."""
    if isinstance(cause, ApplicationError) and cause.type == "Refused":
        code, source = (*map(str, cause.details), "", "")[:2]
        return Refused(Refusal(code=code, text=cause.message, source=source))
    kind = cause.type if isinstance(cause, ApplicationError) else type(cause).__name__
    return NotTaken(f"the stage could not take this: {kind}")
