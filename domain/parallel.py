"""Processes beside the review: police, coroner, family court and others, and what each of them means for the review.

None of them takes precedence by itself. An effect is the board chair's decision, with a reason and a day to look again,
and it lasts until the chair decides otherwise: nothing pauses silently, and nothing goes on silently.
"""

from datetime import date, datetime
from re import fullmatch
from typing import Any, ClassVar, Final, Self

from domain.clocks.book import ClockNeed
from domain.clocks.calendar import day_in_words
from domain.clocks.stops import Stop
from domain.command import Command, please, refuses_future
from domain.model import Model, Refusal
from domain.parallel_commands import DecideEffect, Effect, ParallelKind, RecordParallelProcess
from domain.part import Part
from domain.people import TOLD_OF_DELAYS, Actor, Role
from domain.record import Letter, Task
from domain.stage_state import Transition

BESIDE = "Serious case review quality marker 9: the review runs beside other processes with little delay and prejudice"
LOOK_AGAIN: Final = "look-again"
NEXT_DATE: Final = "parallel-next-date"
STOPPED: Final = "stopped-clock"
KEY = r"[a-z]{2,20}-[1-9][0-9]{0,2}"
"""What the process is and a number. It stands in ids and letters, so there is no room in it for a name in full."""


class NextDate(Model):
    """A date of a process, and when it was recorded what came of it."""

    on: date
    set_at: datetime
    moved: bool = False
    settled_at: datetime | None = None


class DecidedEffect(Model):
    """An effect as it was decided, and how long it lasted."""

    effect: Effect
    kind: ParallelKind
    """Of the process, at that time."""
    by: Actor
    since: datetime
    until: datetime | None = None
    """Until when it lasted; ``None`` for the decision that stands."""
    recorded_at: datetime | None = None
    """Where it counts from an earlier instant."""
    seen_to_at: datetime | None = None
    """When the chair decided again, where that counts from an earlier instant."""
    look_again_on: date | None = None

    @property
    def stops(self) -> bool:
        """Whether it stops the review's clock."""
        return self.effect is Effect.STOPS_REVIEW_CLOCK


class ParallelProcess(Model):
    """One process beside the review."""

    key: str
    kind: ParallelKind
    ended: bool = False
    times_recorded: int = 1
    dates: tuple[NextDate, ...] = ()
    effects: tuple[DecidedEffect, ...] = ()
    """All that was decided of it, the earliest first."""

    @property
    def effect(self) -> Effect:
        """The effect that stands."""
        return self.effects[-1].effect if self.effects else Effect.NONE

    @property
    def to_be_decided(self) -> bool:
        """Whether it is over while its effect still stands."""
        return self.ended and self.effect is not Effect.NONE

    def recorded(self, command: RecordParallelProcess, at: datetime) -> "ParallelProcess":
        """With how it stands now. A date that was reached or dropped is settled; one still to come may be moved."""
        return self.model_copy(
            update={
                "kind": command.kind,
                "ended": command.ended,
                "times_recorded": self.times_recorded + 1,
                "dates": _dates_after(self.dates, command.next_on, at),
            }
        )

    def decided(self, command: DecideEffect, at: datetime) -> "ParallelProcess":
        """With an effect that takes the place of the one before."""
        since = command.since or at
        recorded_at = None if command.since is None else at
        ended = {"until": since, "seen_to_at": recorded_at}
        before = tuple(e if e.until else e.model_copy(update=ended) for e in self.effects)
        effect = DecidedEffect(
            effect=command.effect,
            kind=self.kind,
            by=command.actor,
            since=since,
            recorded_at=recorded_at,
            look_again_on=command.look_again_on,
        )
        return self.model_copy(update={"effects": (*before, effect)})

    @property
    def stopped(self) -> tuple[tuple[str, DecidedEffect, DecidedEffect], ...]:
        """Each time that it stopped the review's clock: its clock's item, the first and the last of its decisions."""
        spans: list[tuple[str, DecidedEffect, DecidedEffect]] = []
        went_on = False
        for number, effect in enumerate(self.effects, start=1):
            if effect.stops:
                item, first, _ = spans.pop() if went_on else (f"{self.key}/{number}", effect, effect)
                spans.append((item, first, effect))
            went_on = effect.stops
        return tuple(spans)


class ParallelProcesses(Part):
    """All processes beside the review, running and ended."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (RecordParallelProcess, DecideEffect)

    processes: tuple[ParallelProcess, ...] = ()
    carried_at: datetime | None = None
    """When publication took them over from the review; what was settled before has its record there."""
    outside: tuple[Role, ...] = TOLD_OF_DELAYS
    """The outside bodies that are told when the review's clock is stopped, and when it runs again."""

    def in_force(self, effect: Effect) -> tuple[str, ...]:
        """Keys of the processes that have this effect at present."""
        return tuple(process.key for process in self.processes if process.effects and process.effect is effect)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """When the review's clock was stopped, and by which process; the last may stand now."""
        return tuple(
            Stop(since=first.since, until=last.until, reason=f"{first.kind.words} ({process.key})")
            for process in self.processes
            for _, first, last in process.stopped
        )

    def carried_over(self, at: datetime) -> Self:
        """The part as the next stage takes it over: clocks that ran out or were met are not opened again there."""
        return self.model_copy(update={"carried_at": at})

    def refuses(self, command: Command, at: datetime, whole: Any) -> Refusal | None:
        """A process needs a key without a name; an effect needs its process and a day to look again."""
        if isinstance(command, RecordParallelProcess):
            return _refuses_process(command, at)
        assert isinstance(command, DecideEffect), "dispatched by its part"  # noqa: S101
        return self._refuses_effect(command, at)

    def accept(self, command: Command, at: datetime, whole: Any) -> tuple[Self, Transition]:
        """With the process or its effect; outside bodies are told when the review's clock stops or runs again."""
        before = self._process(command.item)
        if isinstance(command, RecordParallelProcess):
            after = _first(command, at) if before is None else before.recorded(command, at)
            was_asked = before is not None and before.to_be_decided
            letters = (_ask_chair(after),) if after.to_be_decided and not was_asked else ()
            return self._with(after), Transition(letters=letters)
        assert isinstance(command, DecideEffect) and before is not None, "refused before"  # noqa: S101
        after = before.decided(command, at)
        begun_or_ended = (before.effect is Effect.STOPS_REVIEW_CLOCK) != (after.effect is Effect.STOPS_REVIEW_CLOCK)
        return self._with(after), Transition(letters=_notices(after, self.outside) if begun_or_ended else ())

    def needs(self, whole: Any) -> tuple[ClockNeed, ...]:
        """The days to look again, the dates of the processes, and the monthly report of a stopped clock."""
        needs = [need for p in self.processes for need in (*_look_agains(p), *_next_dates(p))]
        if self.carried_at is None:
            needs += [need for process in self.processes for need in _stopped_clocks(process)]
        return tuple(
            need.model_copy(update={"opened_at": self.carried_at or need.opened_at})
            for need in needs
            if self._belongs_here(need, over=whole.done())
        )

    def tasks(self, whole: Any) -> tuple[Task, ...]:
        """What came of each date is to be recorded, and effects are to be decided again."""
        if whole.done():
            return ()
        tasks = (task for process in self.processes for task in (_date_task(process), _effect_task(process)))
        return tuple(task for task in tasks if task is not None)

    def _belongs_here(self, need: ClockNeed, *, over: bool) -> bool:
        """Open clocks go on in the next stage once this one is over; what was settled stays where it was settled."""
        if need.satisfied_at is None:
            return not over
        return self.carried_at is None or need.satisfied_at >= self.carried_at

    def _process(self, key: str | None) -> ParallelProcess | None:
        return next((process for process in self.processes if process.key == key), None)

    def _with(self, process: ParallelProcess) -> Self:
        by_key = {each.key: each for each in self.processes} | {process.key: process}
        return self.model_copy(update={"processes": tuple(by_key.values())})

    def _refuses_effect(self, command: DecideEffect, at: datetime) -> Refusal | None:
        process = self._process(command.item)
        if process is None:
            text = "No process of that key is recorded; record it first with record-parallel-process."
            return _no("process-known", text)
        if command.effect is Effect.STOPS_REVIEW_CLOCK and self.carried_at is not None:
            return _no("review-complete", "The report is accepted and the review's clock has ended; hold publication.")
        if process.ended and command.effect is not Effect.NONE:
            text = "This process has ended and can only have no effect; if it goes on, record it as running first."
            return _no("process-ended", text)
        return _refuses_since(command, process, at) or _refuses_look_again(command, at)


def _refuses_since(command: DecideEffect, process: ParallelProcess, at: datetime) -> Refusal | None:
    """Decisions of a process count one after the other, whenever they are recorded."""
    if command.since is None:
        return None
    if process.effects and command.since <= process.effects[-1].since:
        text = "It has to count from an instant after that from which the decision before it counts."
        return _no("since-after-last", text)
    return refuses_future("The instant from which it counts", command.since, at)


def _refuses_look_again(command: DecideEffect, at: datetime) -> Refusal | None:
    if command.look_again_on is None:
        text = "Give the day to look again (look_again_on): nothing pauses without one."
        return None if command.effect is Effect.NONE else _no("look-again-day", text)
    if command.look_again_on <= at.date():
        return _no("look-again-ahead", "The day to look again must be still to come.")
    return None


def _refuses_process(command: RecordParallelProcess, at: datetime) -> Refusal | None:
    if not fullmatch(KEY, command.item or ""):
        return _no("process-key", "Name the process by what it is and a number, like trial-1, and never by a person.")
    if command.next_on is None:
        return None
    if command.ended:
        return _no("ended-without-date", "A process that has ended has no next date; leave next_on out.")
    if command.next_on < at.date():
        return _no("next-date-ahead", "The next date has passed; say what came of it, and give one still to come.")
    return None


def _first(command: RecordParallelProcess, at: datetime) -> ParallelProcess:
    dates = _dates_after((), command.next_on, at)
    return ParallelProcess(key=command.item or "", kind=command.kind, ended=command.ended, dates=dates)


def _dates_after(dates: tuple[NextDate, ...], next_on: date | None, at: datetime) -> tuple[NextDate, ...]:
    open_date = dates[-1] if dates and dates[-1].settled_at is None else None
    new = () if next_on is None else (NextDate(on=next_on, set_at=at),)
    if open_date is None:
        return (*dates, *new)
    if open_date.on == next_on:
        return dates
    if next_on is not None and at.date() < open_date.on:
        return (*dates[:-1], open_date.model_copy(update={"on": next_on, "moved": True}))
    return (*dates[:-1], open_date.model_copy(update={"settled_at": at}), *new)


def _look_agains(process: ParallelProcess) -> tuple[ClockNeed, ...]:
    """One for each decision with a day to look again: the next decision satisfies it."""
    return tuple(
        ClockNeed(
            rule=LOOK_AGAIN,
            item=f"{process.key}/{number}",
            started_at=decided.recorded_at or decided.since,
            satisfied_at=decided.seen_to_at or decided.until,
            waiting_on=Role.BOARD_CHAIR,
            due_on=decided.look_again_on,
            why="the board chair decided to look again by this day",
            task=f"{process.key}/{DecideEffect.FORM}",
        )
        for number, decided in enumerate(process.effects, start=1)
        if decided.look_again_on is not None and (decided.until is not None or _looked_at_again(process))
    )


def _looked_at_again(process: ParallelProcess) -> bool:
    """A process that has ended without effect needs no further look."""
    return not process.ended or process.effect is not Effect.NONE


def _next_dates(process: ParallelProcess) -> tuple[ClockNeed, ...]:
    return tuple(
        ClockNeed(
            rule=NEXT_DATE,
            item=f"{process.key}/{number}",
            started_at=each.set_at,
            satisfied_at=each.settled_at,
            waiting_on=Role.BUSINESS_MANAGER,
            due_on=each.on,
            why="the next date of the process was moved" if each.moved else "this is the next date of the process",
            task=f"{process.key}/{RecordParallelProcess.FORM}",
        )
        for number, each in enumerate(process.dates, start=1)
    )


def _stopped_clocks(process: ParallelProcess) -> tuple[ClockNeed, ...]:
    """It reports itself for as long as the stop lasts; the stop is decided until the day to look again."""
    return tuple(
        ClockNeed(
            rule=STOPPED,
            item=item,
            started_at=first.since,
            opened_at=first.recorded_at,
            satisfied_at=last.until,
            waiting_on=Role.BOARD_CHAIR,
            due_on=last.look_again_on,
            why="the board chair decided that the review's clock stands still until this day at first",
            task=f"{process.key}/{DecideEffect.FORM}",
        )
        for item, first, last in process.stopped
    )


def _date_task(process: ParallelProcess) -> Task | None:
    if not process.dates or process.dates[-1].settled_at is not None:
        return None
    return Task(
        form=RecordParallelProcess.FORM,
        item=process.key,
        role=Role.BUSINESS_MANAGER,
        title="Record what came of the next date of a process beside the review",
        clock=f"{NEXT_DATE}/{process.key}/{len(process.dates)}",
    )


def _effect_task(process: ParallelProcess) -> Task | None:
    looked_at = bool(process.effects) and process.effects[-1].look_again_on is not None and _looked_at_again(process)
    if not looked_at and not process.to_be_decided:
        return None
    ended = "A process beside the review has ended: decide that its effect ends"
    return Task(
        form=DecideEffect.FORM,
        item=process.key,
        role=Role.BOARD_CHAIR,
        title=ended if process.to_be_decided else "Look again at what a process beside the review means for it",
        clock=f"{LOOK_AGAIN}/{process.key}/{len(process.effects)}",
    )


def _ask_chair(process: ParallelProcess) -> Letter:
    return Letter(
        id=f"task/{DecideEffect.FORM}/{process.key}/{process.times_recorded}",
        template="task",
        to=Role.BOARD_CHAIR,
        task=f"{process.key}/{DecideEffect.FORM}",
        clock_title=please(DecideEffect),
    )


def _notices(process: ParallelProcess, outside: tuple[Role, ...]) -> tuple[Letter, ...]:
    """To the outside bodies: which process, what it means now, and the days; never the reason."""
    decided = process.effects[-1]
    words = {
        "clock": "is stopped" if decided.stops else "runs again",
        "process": f"{decided.kind.words} ({process.key})",
        "effect": decided.effect.words,
        "decided_at": decided.since.isoformat(),
        "look_again_on": day_in_words(decided.look_again_on) if decided.look_again_on else "",
    }
    return tuple(
        Letter(
            id=f"effect/{process.key}/{len(process.effects)}/{role.value}",
            template="effect-decided",
            to=role,
            kind="notice",
            words=words,
        )
        for role in outside
    )


def _no(code: str, text: str, source: str = BESIDE) -> Refusal:
    return Refusal(code=code, text=text, source=source)
