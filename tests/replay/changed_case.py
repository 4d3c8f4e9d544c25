"""The case as a careless change would leave it: it waits a moment before it begins."""

from datetime import timedelta

from temporalio import workflow

from workflows.case import SeriousCaseReview as Unchanged
from workflows.messages import BeginCase


@workflow.defn(name="SeriousCaseReview")
class SeriousCaseReview(Unchanged):
    """Differs from the one that is released by one command."""

    @workflow.init
    def __init__(self, order: BeginCase) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: BeginCase) -> None:
        """Wait, then go on as ever."""
        await workflow.sleep(timedelta(seconds=1))
        await super().run(order)
