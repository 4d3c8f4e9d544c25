"""Asking Temporal what the record cannot tell. Never needed: each question has a short time-out.

Only how workflows are is asked, never what is in them, so that no key is needed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import TaskQueueType, WorkflowExecutionStatus
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from records.ledger import OpenStage
from watching.faults import Fault, FaultKind, moment

LOOK_AGAIN: Final = "look-again"
"""The signal that makes a stage consider its instants anew."""
ONE_CALL: Final = timedelta(seconds=5)
PAGE: Final = 1_000
MOST: Final = 200
"""How many workflows are asked about one by one at a time."""
FAILED_BEFORE: Final = 2
RUNNING: Final = 'WorkflowId STARTS_WITH "scr/" AND ExecutionStatus = "Running"'
REPORTED: Final = f"{RUNNING} AND TemporalReportedProblems IS NOT NULL"
QUEUES: Final = {
    "workflows": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activities": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}
ENDED: Final = {
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED: "has completed",
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED: "has failed",
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED: "was cancelled",
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED: "was terminated",
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT: "has timed out",
}
GOES_ON: Final = (
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
)


class Temporal:
    """The Temporal server, as far as the watchdog asks it. Methods raise ``RPCError`` or ``RuntimeError``."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue

    async def running(self) -> set[str]:
        """Ids of the workflows of reviews that run, as Temporal's list has them: a moment late."""
        return await self._listed(RUNNING)

    async def no_poller(self, now: datetime, limit: timedelta) -> list[Fault]:
        """A fault for each kind of work that nobody has asked for within the limit."""
        return [fault for kind in QUEUES if (fault := await self._no_poller(kind, now, limit)) is not None]

    async def not_running(self, stages: Iterable[OpenStage]) -> list[Fault]:
        """A fault for each of these open stages whose workflow does not run."""
        return [fault for stage in stages if (fault := await self._not_running(stage)) is not None]

    async def failing(self, stages: Mapping[str, OpenStage], late: Iterable[str]) -> list[Fault]:
        """A fault for each stage whose code fails: those that Temporal reports, and those of the late ones."""
        reported = await self._listed(REPORTED) & stages.keys()
        failing = reported | {stage for stage in late if await self._fails(stage)}
        return [_failing(stages[stage]) for stage in sorted(failing)]

    async def look_again(self, stage: str) -> None:
        """Ask the stage to consider its instants anew; one that is well is not changed by it."""
        await self._client.get_workflow_handle(stage).signal(LOOK_AGAIN, rpc_timeout=ONE_CALL)

    async def _listed(self, query: str) -> set[str]:
        found: set[str] = set()
        page = b""
        while True:
            request = ListWorkflowExecutionsRequest(
                namespace=self._client.namespace, query=query, page_size=PAGE, next_page_token=page
            )
            answer = await self._client.workflow_service.list_workflow_executions(request, timeout=ONE_CALL)
            found |= {execution.execution.workflow_id for execution in answer.executions}
            page = answer.next_page_token
            if not page:
                return found

    async def _no_poller(self, kind: str, now: datetime, limit: timedelta) -> Fault | None:
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._task_queue),
            task_queue_type=QUEUES[kind],
        )
        answer = await self._client.workflow_service.describe_task_queue(request, timeout=ONE_CALL)
        asked = [poller.last_access_time.ToDatetime(tzinfo=now.tzinfo) for poller in answer.pollers]
        last = max(asked, default=None)
        if last is not None and now - last <= limit:
            return None
        when = "nobody" if last is None else f"nobody since {moment(last)}"
        words = f"Temporal says that {when} asks for {kind} on the task queue {self._task_queue}."
        where = f"{self._task_queue} {kind}"
        return Fault(kind=FaultKind.NO_POLLER, where=where, since=last or now, words=words)

    async def _not_running(self, stage: OpenStage) -> Fault | None:
        described = await self._described(stage.stage)
        status = None if described is None else described.workflow_execution_info.status
        if status in GOES_ON:
            return None
        how = "is not known to Temporal" if status is None else ENDED.get(status, "does not run (it may be paused)")
        words = f"{stage.stage} is open, but its workflow {how}. Its last step was recorded at {moment(stage.at)}."
        return _fault(FaultKind.NOT_RUNNING, stage, words)

    async def _described(self, stage: str) -> DescribeWorkflowExecutionResponse | None:
        """What Temporal says of the workflow of that id; ``None`` for one that it does not know."""
        # The SDK's own description knows no paused workflow, so the server is asked itself.
        request = DescribeWorkflowExecutionRequest(
            namespace=self._client.namespace, execution=WorkflowExecution(workflow_id=stage)
        )
        try:
            return await self._client.workflow_service.describe_workflow_execution(request, timeout=ONE_CALL)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _fails(self, stage: str) -> bool:
        """Whether the workflow's present step was tried before."""
        described = await self._described(stage)
        return described is not None and described.pending_workflow_task.attempt >= FAILED_BEFORE


def _failing(stage: OpenStage) -> Fault:
    words = (
        f"{stage.stage}: its workflow cannot be carried on, each attempt fails. "
        f"Its last step was recorded at {moment(stage.at)}. The Web UI and the worker's log say why."
    )
    return _fault(FaultKind.FAILING, stage, words)


def _fault(kind: FaultKind, stage: OpenStage, words: str) -> Fault:
    return Fault(kind=kind, where=stage.stage, board=stage.case.board, stage=stage.stage, since=stage.at, words=words)
