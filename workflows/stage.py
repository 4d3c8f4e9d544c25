"""The durable shell that all stages share: commands in, facts out, one timer for the earliest instant, letters out.

The rules are in ``domain``; nothing here decides anything about a review.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeUpdate
from temporalio.exceptions import ApplicationError

from workflows import search_attributes

with workflow.unsafe.imports_passed_through():
    from domain import renewal
    from domain.clocks.calendar import FIRST_YEAR, Calendar, CalendarDoesNotCover, CalendarRequest
    from domain.command import Command, Found, Receipt, refuses_long_ago
    from domain.corrections import ApplyCalendar
    from domain.looking_up import LookUpOrder
    from domain.record import Posted, PostLetters, Recorded, Recording, Restored, Task
    from domain.regime_change import RegimeChanged
    from domain.stage import Stage
    from domain.stage_state import StageState, Transition
    from domain.status import status_markdown

S = TypeVar("S", bound=StageState)

YEARS_AHEAD = 4
LOCALLY = timedelta(seconds=20)
POSTING = timedelta(minutes=5)
READING = timedelta(minutes=5)
PATIENTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))


class StageShell(Generic[S]):
    """Carries out one stage. ``stage`` is its state, carried over when the workflow continues as new."""

    def __init__(self, stage: Stage[S]) -> None:
        self.stage: Stage[S] = stage
        self._calendar_id = ""
        self._calendar: Calendar | None = None
        self._recording = asyncio.Lock()
        self._post_at: datetime | None = None
        self._posting = False
        self._finished: Stage[S] | None = None
        self._shown: list[SearchAttributeUpdate[Any]] = []
        self._times_asked = 0

    async def begin(self, calendar: str, since: datetime) -> None:
        """Load the calendar that the stage's dates are computed with, so that it is in history."""
        self._calendar_id = calendar
        self._calendar = await self._load_calendar(since.year - 1, workflow.now().year + YEARS_AHEAD)
        # Letters that waited when the workflow continued as new are asked for again.
        self._post_at = workflow.now() if self.stage.sequence else None

    async def resume(self) -> None:
        """Go on as the stage stood when it ended, for a case that is open again. Before ``begin``."""
        restored = await workflow.execute_local_activity(
            "restore_stage",
            self.stage.id,
            result_type=Restored,
            start_to_close_timeout=LOCALLY,
            retry_policy=PATIENTLY,
            summary="Ask the record how the stage ended",
        )
        if restored.snapshot is not None:
            ended = type(self.stage).model_validate(restored.snapshot["stage"])
            self.stage = ended.with_state(ended.state.resumed())

    async def _load_calendar(self, first_year: int, last_year: int) -> Calendar:
        calendar: Calendar = await workflow.execute_local_activity(
            "load_calendar",
            CalendarRequest(
                id=self._calendar_id,
                first_year=max(first_year, FIRST_YEAR),
                last_year=last_year,
                board=self.stage.case.board,
            ),
            result_type=Calendar,
            start_to_close_timeout=LOCALLY,
            retry_policy=PATIENTLY,
            summary="Load the working-day calendar",
        )
        return calendar

    async def _load_calendar_anew(self) -> None:
        """The calendar was corrected: from now on dates are counted by it as it is known today."""
        before = self._calendar
        assert before is not None, "commands are taken when there is one"  # noqa: S101
        self._calendar = await self._load_calendar(before.first_year, before.last_year)

    async def change_rules(self, change: RegimeChanged) -> None:
        """The case was moved to other rules: the stage goes on by them."""
        await workflow.wait_condition(lambda: self.ready)
        self.stage, transition = self.stage.moved_to(change, workflow.now())
        if transition.recounts:
            await self.advance(transition)

    async def _advanced(
        self, transition: Transition, calendar: Calendar, *, finished: bool
    ) -> tuple[Stage[S], Recording]:
        """The stage advanced; where the calendar ends too early, with a wider one."""
        while True:
            try:
                return self.stage.advanced(transition, calendar, workflow.now(), finished=finished)
            except CalendarDoesNotCover as gap:
                first = min(gap.day.year - 1, calendar.first_year)
                last = max(gap.day.year + YEARS_AHEAD, calendar.last_year)
                calendar = self._calendar = await self._load_calendar(first, last)

    @property
    def ready(self) -> bool:
        """Whether commands can be taken: the calendar is there."""
        return self._calendar is not None

    def validate(self, command: Command) -> None:
        """Refuse before anything reaches history. A stage that is only just beginning is asked in the handler."""
        if self.ready:
            self._check(command.model_copy(update={"found": None}))

    def _check(self, command: Command) -> None:
        assert self._calendar is not None, "asked when ready"  # noqa: S101
        earliest = self._calendar.first_year + 1
        refusal = refuses_long_ago(command, earliest) or self.stage.refuses(command, workflow.now(), self._calendar)
        if refusal is not None:
            raise ApplicationError(refusal.text, refusal.code, refusal.source, type="Refused", non_retryable=True)

    async def take(self, command: Command) -> Receipt:
        """Accept a command once: apply it, record its facts, and answer with a receipt."""
        await workflow.wait_condition(lambda: self.ready)
        command = await self._looked_up(command)
        if isinstance(command, ApplyCalendar) and self.stage.receipt(command) is None:
            await self._load_calendar_anew()
        # Another command may have been accepted between the validator and now; nothing awaits from here to the change.
        self._check(command)
        if (given := self.stage.receipt(command)) is not None:
            async with self._recording:  # the first one may still be on its way into the record
                return given
        at = workflow.now()
        stage, transition = self.stage.accept(command, at)
        self.stage, receipt = stage.received(command, at)
        await self.advance(transition)
        return receipt

    async def _looked_up(self, command: Command) -> Command:
        """The command with what had to be looked up outside, so that what decides about it stands in history."""
        ask = command.looks_up()
        if ask is None or self.stage.receipt(command) is not None:
            return command.model_copy(update={"found": None})
        # Reading a whole report takes longer than a workflow task should be kept open for.
        look_up = workflow.execute_activity if ask.report else workflow.execute_local_activity
        found = await look_up(
            "look_up",
            LookUpOrder(case=self.stage.case, ask=ask),
            result_type=Found,
            start_to_close_timeout=READING if ask.report else LOCALLY,
            retry_policy=PATIENTLY,
            summary=f"Look up what {command.FORM} names",
        )
        return command.model_copy(update={"found": found})

    async def advance(
        self, transition: Transition, *, finished: bool = False, keep: dict[str, Any] | None = None
    ) -> None:
        """Record a transition together with whatever time has brought, and show how things stand.

        With ``keep`` the state is stored with the record, for a case that closes and may be opened again.
        """
        assert self._calendar is not None, "a stage begins before it advances"  # noqa: S101
        self.stage, recording = await self._advanced(transition, self._calendar, finished=finished)
        if keep is not None:
            snapshot = {"stage": self.stage.model_dump(mode="json"), **keep}
            recording = recording.model_copy(update={"snapshot": snapshot})
        self._show(recording.tasks)
        async with self._recording:  # in the order of the sequence: the lock is first come, first served
            await self._record(recording)

    async def over(self) -> bool:
        """Watch until the stage is done; ``False`` where history is long and the workflow should continue as new."""
        while True:
            await self._watch()
            await workflow.wait_condition(workflow.all_handlers_finished)
            if self._must_renew():
                return False
            if self._over():
                return True

    async def finish(self, *, keep: dict[str, Any] | None = None) -> None:
        """Record the end of the stage."""
        await self.advance(Transition(), finished=True, keep=keep)
        self._finished = self.stage

    def look_again(self) -> None:
        """Consider the instants anew: what is due is done, and the timer for what comes next is armed again."""
        self._times_asked += 1

    @property
    def ended(self) -> bool:
        """Whether the end is recorded and nothing came in since: whatever did makes the stage go on."""
        return self._finished is not None and self._finished == self.stage and workflow.all_handlers_finished()

    async def _watch(self) -> None:
        """Sleep until the earliest instant, do what it brings, and again, until all is done and no letter waits.

        The timer is armed anew only when the earliest instant changes.
        """
        while not self._over() and not self._must_renew():
            armed = self._next()
            if armed is not None and armed[0] <= workflow.now():
                await self._instant_came()
                continue
            asked = self._times_asked
            try:
                await workflow.wait_condition(
                    lambda armed=armed, asked=asked: (  # type: ignore[misc]
                        self._over() or self._must_renew() or self._next() != armed or self._times_asked != asked
                    ),
                    timeout=armed and armed[0] - workflow.now(),
                    timeout_summary=armed and armed[1],
                )
            except TimeoutError:
                await self._instant_came()

    def _over(self) -> bool:
        return self.stage.done() and not self._posting and self._post_at is None

    def _must_renew(self) -> bool:
        info = workflow.info()
        long = info.is_continue_as_new_suggested() or info.get_current_history_length() >= renewal.LONG_HISTORY
        return long and not self._posting

    def _next(self) -> tuple[datetime, str] | None:
        """The earliest instant at which something is to be done, and what the timer is for."""
        instants = [self.stage.clocks.next_instant()]
        if self._post_at is not None and not self._posting:
            instants.append((self._post_at, "Letters wait for the morning or for each other"))
        return min((instant for instant in instants if instant is not None), default=None)

    async def _instant_came(self) -> None:
        now = workflow.now()
        if self.stage.moved(now):
            await self.advance(Transition())
        if self._post_at is not None and self._post_at <= now and not self._posting:
            self._posting, self._post_at = True, None
            self._poster = asyncio.create_task(self._post())

    async def _record(self, recording: Recording) -> None:
        recorded = await workflow.execute_local_activity(
            "record",
            recording,
            result_type=Recorded,
            start_to_close_timeout=LOCALLY,
            retry_policy=PATIENTLY,
            summary=f"Record transition {recording.sequence}",
        )
        self._letters_wait_until(recorded.next_post_at)

    async def _post(self) -> None:
        """Letters leave by an activity of its own with its own retries; the stage goes on meanwhile."""
        posted = await workflow.execute_activity(
            "post_letters",
            PostLetters(case=self.stage.case, stage=self.stage.id, patient=self.stage.mail_away_since is not None),
            result_type=Posted,
            start_to_close_timeout=POSTING,
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=PATIENTLY,
            summary="Send the letters that wait",
        )
        before = self.stage
        self.stage, told = self.stage.told(posted.outcomes)
        self.stage, mail = self.stage.mail_server(away=posted.away, at=workflow.now())
        if self.stage != before:
            await self.advance(Transition(facts=(*told.facts, *mail.facts), letters=told.letters))
        self._letters_wait_until(posted.next_post_at)
        self._posting = False

    def _letters_wait_until(self, at: datetime | None) -> None:
        """The earliest instant known is kept: letters may be recorded, or sent by another stage, meanwhile."""
        self._post_at = min((instant for instant in (self._post_at, at) if instant is not None), default=None)

    def _show(self, tasks: tuple[Task, ...]) -> None:
        """Keep the Temporal Web UI true: current details, and search attributes where they changed."""
        workflow.set_current_details(status_markdown(self.stage, workflow.now(), tasks))
        shown = search_attributes.of_stage(self.stage, workflow.now(), tasks)
        if changed := [pair for pair in shown if pair not in self._shown]:
            self._shown = shown
            workflow.upsert_search_attributes(changed)
