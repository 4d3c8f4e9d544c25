"""The clocks of one live stage on a server whose time is not real: the worker of the service does not know it."""

import asyncio

from temporalio import workflow

from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.model import Model
    from domain.stage import Stage
    from domain.stage_state import Transition
    from domain.what_if_stage import WhatIfState


class BeginWhatIf(Model):
    """Begins to play on from a live stage's clocks."""

    calendar: str
    stage: Stage[WhatIfState]


@workflow.defn(name="WhatIf", failure_exception_types=[Exception])
class WhatIf:
    """Every rung is climbed and every letter sent as the live stage would, if all is done when it is assumed to be."""

    @workflow.init
    def __init__(self, order: BeginWhatIf) -> None:
        self._shell: StageShell[WhatIfState] = StageShell(order.stage)
        self._passing = asyncio.Lock()

    @workflow.run
    async def run(self, order: BeginWhatIf) -> None:
        """Let time pass until nothing is left to wait for, whatever nobody answers meanwhile."""
        await self._shell.begin(order.calendar, workflow.now())
        await self._shell.advance(Transition())
        watching, passing = asyncio.create_task(self._shell.over()), asyncio.create_task(self._pass_time())
        await workflow.wait([watching, passing], return_when=asyncio.FIRST_COMPLETED)
        async with self._passing:
            if not passing.done():
                passing.cancel()
                workflow.continue_as_new(order.model_copy(update={"stage": self._shell.stage}))
        await passing

    async def _pass_time(self) -> None:
        while (at := self._shell.stage.state.next_done()) is not None:
            await workflow.sleep(max((at - workflow.now()).total_seconds(), 0), summary="As assumed")
            async with self._passing:
                stage = self._shell.stage
                self._shell.stage = stage.with_state(stage.state.at(max(at, workflow.now())))
                await self._shell.advance(Transition())
