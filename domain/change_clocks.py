"""What change monitoring waits for: the clocks of each watched change, and what is asked of whom."""

from collections.abc import Iterator

from domain.change_commands import CloseChange, JudgeChange, RecordObservation
from domain.clocks.book import ClockNeed
from domain.command import please
from domain.expected_change import Look, WatchedChange
from domain.learning import ChangeRules
from domain.people import Role
from domain.record import Task

ANOTHER_LOOK = "another-look"
CLOSING = "change-closing"
JUDGEMENT = "change-judgement"


def change_needs(change: WatchedChange, rules: ChangeRules) -> Iterator[ClockNeed]:
    """Its dates, the judgements that are owed, the decision after its last date, one more look after a closing."""
    for look in change.looks:
        if look.kind != "afterwards" and not look.absent:
            yield _observation(change, look)
        if look.observed:
            yield _judgement(change, look)
    yield from _closings(change, rules)
    for number, closing in enumerate(change.all_closings, start=1):
        afterwards = change.look_after(number)
        if afterwards is not None and not afterwards.absent:
            yield ClockNeed(
                rule=ANOTHER_LOOK,
                item=_of_closing(change, number),
                started_at=closing.at,
                satisfied_at=afterwards.recorded_at,
                waiting_on=_who_gathers(change),
                agency=change.definition.agency or None,
                task=f"{change.id}/{afterwards.number}/{RecordObservation.FORM}",
            )


def change_tasks(change: WatchedChange, rules: ChangeRules) -> Iterator[Task]:
    """What waits to be judged, the next date, and the closing where the board's rule allows it or no date is left."""
    for look in change.unjudged:
        yield Task(
            form=JudgeChange.FORM,
            item=f"{change.id}/{look.number}",
            role=Role.SUB_GROUP,
            title=f"{please(JudgeChange)}: {change.id}, date {look.number}",
            clock=f"{JUDGEMENT}/{change.id}/{look.number}",
        )
    if change.waiting:
        yield _next_look(change, change.waiting[0])
    owed = change.decision_owed_since is not None
    may_close = change.closed is None and not change.unjudged and not change.not_sustained(rules)
    if owed or may_close:
        yield Task(
            form=CloseChange.FORM,
            item=change.id,
            role=rules.closed_by[0],
            title=f"{please(CloseChange)}: {change.id}",
            clock=f"{CLOSING}/{_of_closing(change, len(change.closings) + 1)}" if owed else None,
        )


def _observation(change: WatchedChange, look: Look) -> ClockNeed:
    return ClockNeed(
        rule=_clock_of_dates(change),
        item=f"{change.id}/{look.number}",
        started_at=change.taken_over_at,
        satisfied_at=look.recorded_at,
        waiting_on=_who_gathers(change),
        agency=change.definition.agency or None,
        due_on=look.due_on,
        task=f"{change.id}/{look.number}/{RecordObservation.FORM}",
    )


def _judgement(change: WatchedChange, look: Look) -> ClockNeed:
    assert look.recorded_at is not None, "only what was observed is judged"  # noqa: S101
    return ClockNeed(
        rule=JUDGEMENT,
        item=f"{change.id}/{look.number}",
        started_at=look.recorded_at,
        satisfied_at=look.judged_at,
        waiting_on=Role.SUB_GROUP,
        task=f"{change.id}/{look.number}/{JudgeChange.FORM}",
    )


def _closings(change: WatchedChange, rules: ChangeRules) -> Iterator[ClockNeed]:
    """A decision is owed only where no date is left; a change that was closed before that owed none."""
    decisions = [(closing.owed_since, closing.at) for closing in change.all_closings]
    open_decision = [] if change.closed is not None else [(change.decision_owed_since, None)]
    for number, (since, closed_at) in enumerate([*decisions, *open_decision], start=1):
        if since is not None:
            yield ClockNeed(
                rule=CLOSING,
                item=_of_closing(change, number),
                started_at=since,
                satisfied_at=closed_at,
                waiting_on=rules.closed_by[0],
                task=f"{change.id}/{CloseChange.FORM}",
            )


def _next_look(change: WatchedChange, look: Look) -> Task:
    item = f"{change.id}/{look.number}"
    afterwards = f"{ANOTHER_LOOK}/{_of_closing(change, look.closing)}"
    return Task(
        form=RecordObservation.FORM,
        item=item,
        role=_who_gathers(change),
        agency=change.definition.agency or None,
        title=f"{please(RecordObservation)}: {change.id}, date {look.number}",
        clock=afterwards if look.kind == "afterwards" else f"{_clock_of_dates(change)}/{item}",
    )


def _of_closing(change: WatchedChange, number: int) -> str:
    """The item of a clock of the change's first closing is the change, of later ones with their number: ``C1/2``."""
    return change.id if number == 1 else f"{change.id}/{number}"


def _clock_of_dates(change: WatchedChange) -> str:
    return "observation" if change.definition.agency else "observation-by-board"


def _who_gathers(change: WatchedChange) -> Role:
    return Role.AGENCY_LEAD if change.definition.agency else Role.BUSINESS_MANAGER
