"""The case, its plan and its monitoring as a careless change would leave them: they wait before they begin."""

from datetime import timedelta

from temporalio import workflow

from workflows.action_plan import ActionPlan as UnchangedPlan
from workflows.case import SeriousCaseReview as UnchangedCase
from workflows.change import ChangeMonitoring as UnchangedMonitoring
from workflows.messages import BeginActionPlan, BeginCase, BeginChangeMonitoring


@workflow.defn(name="SeriousCaseReview")
class SeriousCaseReview(UnchangedCase):
    """Differs from the one that is released by one command."""

    @workflow.init
    def __init__(self, order: BeginCase) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: BeginCase) -> None:
        """Wait, then go on as ever."""
        await workflow.sleep(timedelta(seconds=1))
        await super().run(order)


@workflow.defn(name="ActionPlan")
class ActionPlan(UnchangedPlan):
    """Differs from the one that is released by one command."""

    @workflow.init
    def __init__(self, order: BeginActionPlan) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: BeginActionPlan) -> None:
        """Wait, then go on as ever."""
        await workflow.sleep(timedelta(seconds=1))
        await super().run(order)


@workflow.defn(name="ChangeMonitoring")
class ChangeMonitoring(UnchangedMonitoring):
    """Differs from the one that is released by one command."""

    @workflow.init
    def __init__(self, order: BeginChangeMonitoring) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: BeginChangeMonitoring) -> None:
        """Wait, then go on as ever."""
        await workflow.sleep(timedelta(seconds=1))
        await super().run(order)
