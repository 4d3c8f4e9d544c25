"""A stage telling its case how it stands."""

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from domain.case_messages import StageReport
    from domain.record import CaseRef


class Reporter:
    """Tells the case what changed, and only then: each message costs events on both sides."""

    def __init__(self, case: CaseRef) -> None:
        self._case = workflow.get_external_workflow_handle(case.workflow_id)
        self._last: StageReport | None = None

    async def tell(self, report: StageReport, *, again: bool = False) -> None:
        """Send the report if it says something new, or is asked for again.

        A case that an operator ended does not take its stages along.
        """
        if report == self._last and not again:
            return
        self._last = report
        try:
            await self._case.signal("stage-reported", report)
        except FailureError:
            workflow.logger.warning("the case could not be told how its stage stands")
