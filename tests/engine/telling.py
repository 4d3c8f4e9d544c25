"""Two small workflows for tests of the engine: one that says a name in every way, one that tries what it must not."""

from datetime import datetime, timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker.workflow_sandbox import RestrictedWorkflowAccessError

with workflow.unsafe.imports_passed_through():
    from domain.model import Model

NAME = "Quillfeather"


class Note(Model):
    """What is told."""

    about: str
    at: datetime | None = None


@activity.defn
def write_down(note: Note) -> Note:
    if note.at is None:
        raise ApplicationError(f"{note.about} has no time", note.about, type="NoTime", non_retryable=True)
    return note


@workflow.defn
class Telling:
    """Says the name in every way that a workflow can."""

    def __init__(self) -> None:
        self.told: list[Note] = []

    @workflow.run
    async def run(self, note: Note) -> Note:
        workflow.set_current_details(f"**{note.about}**")
        workflow.upsert_memo({"about": note.about})
        await workflow.wait_condition(lambda: bool(self.told), timeout=timedelta(days=1), timeout_summary=note.about)
        return await workflow.execute_activity(
            write_down,
            self.told[0],
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=1),
            summary=f"About {note.about}",
        )

    @workflow.update
    async def tell(self, note: Note) -> Note:
        if note.about == "":
            raise ApplicationError(f"not about {NAME}", NAME, type="Refused")
        self.told.append(note)
        return note


@workflow.defn
class Peeking:
    """Tries what a workflow must not do."""

    @workflow.run
    async def run(self) -> str:
        try:
            return datetime.now().isoformat()  # noqa: DTZ005
        except RestrictedWorkflowAccessError:
            return "refused"
