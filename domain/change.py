"""Change monitoring: what was expected to change is looked at for years, judged by others, closed by a rule."""

from datetime import datetime
from re import fullmatch
from typing import ClassVar, Self

from domain.change_commands import (
    CloseChange,
    JudgeChange,
    Judgement,
    ObserveFurther,
    RecordNoObservation,
    RecordObservation,
    ReopenChange,
)
from domain.change_refusals import (
    refuses_absence,
    refuses_closing,
    refuses_further,
    refuses_judgement,
    refuses_observation,
)
from domain.clocks.arithmetic import add_months
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.learning import AnswerWasWrong, ChangeRules, ChangesExpected
from domain.model import Refusal
from domain.people import Role
from domain.record import Fact, Letter, Task
from domain.stage_state import StageState, Transition
from domain.watched_change import Closed, Look, WatchedChange

OF_A_LOOK = (RecordObservation, RecordNoObservation, JudgeChange)


class ChangeMonitoringState(StageState):
    """The expected changes of one case as they stand."""

    STAGE: ClassVar[str] = "change"

    rules: ChangeRules = ChangeRules()
    changes: tuple[WatchedChange, ...] = ()
    heard: datetime | None = None
    """When the plan was signed off that it watches."""
    wrong: tuple[AnswerWasWrong, ...] = ()
    """Every conclusion so far that actions were the wrong answer."""
    ended: bool = False

    @classmethod
    def begun(cls, rules: ChangeRules) -> Self:
        """Nothing is watched yet."""
        return cls(rules=rules)

    @classmethod
    def commands(cls) -> tuple[type[Command], ...]:
        """What it takes."""
        return (*OF_A_LOOK, ObserveFurther, CloseChange, ReopenChange)

    def get(self, change: str) -> WatchedChange | None:
        """The change of that id."""
        return next((known for known in self.changes if known.id == change), None)

    def changes_expected(self, message: ChangesExpected, at: datetime) -> tuple[Self, Transition]:
        """After a plan was signed off: new changes are watched, known ones as they are expected now."""
        if message.at == self.heard:
            return self, Transition()
        known = {change.id: change for change in self.changes}
        for definition in message.changes:
            before = known.get(definition.id)
            new = WatchedChange(definition=definition, taken_over_at=at).further(definition.dates, "planned")
            known[definition.id] = new if before is None else before.taken_over(definition, at)
        state = self.model_copy(update={"changes": tuple(known.values()), "heard": message.at})
        taken = [change.id for change in state.changes if change != self.get(change.id)]
        return state, Transition(facts=(Fact(kind="changes-taken-over", at=at, detail={"changes": list(taken)}),))

    def winding_up(self) -> Self:
        """Told that the case closes: it ends, unless something is open after all."""
        return self.model_copy(update={"ended": self.settled})

    def resumed(self) -> Self:
        """Open again, as it stood."""
        return self.model_copy(update={"ended": False})

    @property
    def settled(self) -> bool:
        """Whether every change is closed, and was looked at once more."""
        return all(change.at_its_end for change in self.changes)

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """The rule that forbids the command as things stand."""
        if self.ended:
            text = "The case is being closed; nothing is taken in any more. A closed case can be opened again."
            return _no("case-closes", text)
        change, look = self._named(command)
        if change is None:
            known = ", ".join(change.id for change in self.changes) or "none yet"
            return _no("change-known", f"No such change is watched; there are: {known}.")
        if isinstance(command, OF_A_LOOK):
            if look is None:
                text = f"Name the change and the number of the date, as {change.id}/1; it has {len(change.looks)}."
                return _no("look-known", text)
            return _refuses_look(command, change, look, at)
        if isinstance(command, CloseChange):
            return refuses_closing(command, change, at, self)
        assert isinstance(command, ObserveFurther | ReopenChange), "all that it takes"  # noqa: S101
        return refuses_further(command, change, at)

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The state after a command that is not refused."""
        change, look = self._named(command)
        assert change is not None, "refused before"  # noqa: S101
        if isinstance(command, JudgeChange) and look is not None:
            return self._judged(command, change, look, at)
        return self._with(self._changed(command, change, look, at)), Transition()

    def needs(self) -> tuple[ClockNeed, ...]:
        """Each date, each judgement that is owed, each decision after the last date, each one more look."""
        return tuple(need for change in self.changes for need in (*_looks(change), *_ends(change, self.rules)))

    def tasks(self) -> tuple[Task, ...]:
        """The next date of each change, what waits to be judged, and what may be closed."""
        return tuple(task for change in self.changes for task in _asked(change, self.rules))

    def headline(self) -> str:
        """How many changes are watched, and what waits."""
        watched = sum(change.closed is None for change in self.changes)
        unjudged = sum(look.waits_for_judgement for change in self.changes for look in change.looks)
        closed = len(self.changes) - watched
        waits = f"; {unjudged} observations to be judged" if unjudged else ""
        return f"Change monitoring: {watched} changes watched, {closed} closed{waits}"

    def done(self) -> bool:
        """Whether the case closes and nothing is open."""
        return self.ended and self.settled

    def _named(self, command: Command) -> tuple[WatchedChange | None, Look | None]:
        """The change, and the look, that the command's item names."""
        item, _, number = (command.item or "").partition("/")
        change = self.get(item)
        look = change.look(int(number)) if change is not None and fullmatch("[0-9]{1,3}", number) else None
        return change, look

    def _changed(self, command: Command, change: WatchedChange, look: Look | None, at: datetime) -> WatchedChange:
        match command:
            case RecordObservation() if look is not None:
                seen = {"observed_on": command.observed_on, "recorded_at": at, "value": command.value}
                again = {"judgement": None, "judged_at": None} if look.absent_at else {}
                return change.with_look(look.model_copy(update=seen | again))
            case RecordNoObservation() if look is not None:
                return change.with_look(look.model_copy(update={"absent_at": at}))
            case ObserveFurther():
                return change.further(command.on, "further")
            case CloseChange():
                return _closed(command, change, at, self.rules)
            case ReopenChange():
                return _reopened(command, change)
        return change

    def _judged(self, command: JudgeChange, change: WatchedChange, look: Look, at: datetime) -> tuple[Self, Transition]:
        met = change.meets(look.value) if look.value is not None else command.target_met
        update = {"judgement": command.judgement, "judged_at": at, "target_met": met}
        state = self._with(change.with_look(look.model_copy(update=update)))
        letters = list(_told(command, change, look, met=met, at=at))
        if command.answer_was_wrong:
            conclusion = AnswerWasWrong(change=change.id, actions=change.definition.actions, at=at)
            state = state.model_copy(update={"wrong": (*self.wrong, conclusion)})
            letters.append(_letter(change, look, "change-judged-wrong", Role.BOARD_CHAIR))
        return state, Transition(letters=tuple(letters))

    def _with(self, changed: WatchedChange) -> Self:
        changes = tuple(changed if change.id == changed.id else change for change in self.changes)
        return self.model_copy(update={"changes": changes})


def _refuses_look(command: Command, change: WatchedChange, look: Look, at: datetime) -> Refusal | None:
    match command:
        case RecordObservation():
            return refuses_observation(command, change, look, at)
        case RecordNoObservation():
            return refuses_absence(command, change, look, at)
    assert isinstance(command, JudgeChange), "all that concerns a look"  # noqa: S101
    return refuses_judgement(command, change, look, at)


def _closed(command: CloseChange, change: WatchedChange, at: datetime, rules: ChangeRules) -> WatchedChange:
    """Dates to come fall away; what was not planned anew is looked at once more."""
    looks = tuple(look for look in change.looks if look.answered)
    closed = Closed(outcome=command.outcome, at=at, on=at.date(), by=command.by)
    changed = change.model_copy(update={"looks": looks, "closed": closed})
    if command.outcome == "re-planned":
        return changed
    return changed.further((add_months(at.date(), rules.another_look_months),), "afterwards")


def _reopened(command: ReopenChange, change: WatchedChange) -> WatchedChange:
    looks = tuple(look for look in change.looks if look.answered)
    closings = (*change.closings, change.closed) if change.closed is not None else change.closings
    changed = change.model_copy(update={"looks": looks, "closed": None, "closings": closings})
    return changed.further(command.on, "further")


def _told(command: JudgeChange, change: WatchedChange, look: Look, *, met: bool, at: datetime) -> tuple[Letter, ...]:
    """The chair is told of what goes the wrong way, and of a change that did not last."""
    wrong_way = (Judgement.WORSE, Judgement.UNINTENDED)
    if look.kind == "afterwards" and (command.judgement in wrong_way or not met):
        return (_letter(change, look, "change-not-lasting", Role.BOARD_CHAIR),)
    if command.judgement not in wrong_way:
        return ()
    letter = _letter(change, look, "change-worse", Role.BOARD_CHAIR)
    words = letter.words | {"judgement": command.judgement.value.replace("-", " ")}
    return (letter.model_copy(update={"words": words}),)


def _letter(change: WatchedChange, look: Look, template: str, to: Role) -> Letter:
    return Letter(id=f"{template}/{change.id}/{look.number}", template=template, to=to, words={"about": change.id})


def _looks(change: WatchedChange) -> tuple[ClockNeed, ...]:
    needs = []
    for look in change.looks:
        if look.kind != "afterwards" and (look.recorded_at is not None or look.absent_at is None):
            needs.append(_observation(change, look))
        if look.recorded_at is not None:
            needs.append(_judgement(change, look))
    return tuple(needs)


def _observation(change: WatchedChange, look: Look) -> ClockNeed:
    agency = change.definition.agency
    return ClockNeed(
        rule="observation" if agency else "observation-by-board",
        item=f"{change.id}/{look.number}",
        started_at=change.taken_over_at,
        satisfied_at=look.recorded_at,
        waiting_on=Role.AGENCY_LEAD if agency else Role.BUSINESS_MANAGER,
        agency=agency or None,
        due_on=look.due_on,
        task=f"{change.id}/{look.number}/{RecordObservation.FORM}",
    )


def _judgement(change: WatchedChange, look: Look) -> ClockNeed:
    assert look.recorded_at is not None, "only what was observed is judged"  # noqa: S101
    return ClockNeed(
        rule="change-judgement",
        item=f"{change.id}/{look.number}",
        started_at=look.recorded_at,
        satisfied_at=look.judged_at,
        waiting_on=Role.SUB_GROUP,
        task=f"{change.id}/{look.number}/{JudgeChange.FORM}",
    )


def _ends(change: WatchedChange, rules: ChangeRules) -> tuple[ClockNeed, ...]:
    """The decision once no date is left; the one more look after each closing."""
    needs = []
    since = _decision_owed_since(change)
    if since is not None:
        needs.append(
            ClockNeed(
                rule="change-closing",
                item=change.id if not change.closings else f"{change.id}/{len(change.closings) + 1}",
                started_at=since,
                satisfied_at=change.closed.at if change.closed else None,
                waiting_on=rules.closed_by[0],
                task=f"{change.id}/{CloseChange.FORM}",
            )
        )
    last = next((look for look in change.looks if look.kind == "afterwards" and not _earlier(change, look)), None)
    if change.closed is not None and last is not None and (last.recorded_at is not None or last.absent_at is None):
        needs.append(
            ClockNeed(
                rule="another-look",
                item=change.id if not change.closings else f"{change.id}/{len(change.closings) + 1}",
                started_at=change.closed.at,
                satisfied_at=last.recorded_at,
                waiting_on=Role.AGENCY_LEAD if change.definition.agency else Role.BUSINESS_MANAGER,
                agency=change.definition.agency or None,
                task=f"{change.id}/{last.number}/{RecordObservation.FORM}",
            )
        )
    return tuple(needs)


def _earlier(change: WatchedChange, look: Look) -> bool:
    """Whether an afterwards look belongs to an earlier closing."""
    return change.closed is not None and look.due_on <= change.closed.on


def _decision_owed_since(change: WatchedChange) -> datetime | None:
    """When the last date was judged, or found absent; none while dates are to come or to be judged."""
    looks = [look for look in change.looks if look.kind != "afterwards"]
    if not looks or any(not look.answered or look.waits_for_judgement for look in looks):
        return None
    ends = [at for look in looks if (at := look.judged_at or look.absent_at) is not None]
    return max(ends)


def _asked(change: WatchedChange, rules: ChangeRules) -> tuple[Task, ...]:
    tasks = [
        Task(
            form=JudgeChange.FORM,
            item=f"{change.id}/{look.number}",
            role=Role.SUB_GROUP,
            title=f"{please(JudgeChange)}: {change.id}, date {look.number}",
            clock=f"change-judgement/{change.id}/{look.number}",
        )
        for look in change.looks
        if look.waits_for_judgement
    ]
    if change.waiting:
        tasks.append(_next_look(change, change.waiting[0]))
    if change.closed is None and (not change.not_sustained(rules) or _decision_owed_since(change) is not None):
        role = rules.closed_by[0]
        owed = _decision_owed_since(change) is not None
        item = change.id if not change.closings else f"{change.id}/{len(change.closings) + 1}"
        clock = f"change-closing/{item}" if owed else None
        title = f"{please(CloseChange)}: {change.id}"
        tasks.append(Task(form=CloseChange.FORM, item=change.id, role=role, title=title, clock=clock))
    return tuple(tasks)


def _next_look(change: WatchedChange, look: Look) -> Task:
    agency = change.definition.agency
    item = f"{change.id}/{look.number}"
    rule = "observation" if agency else "observation-by-board"
    closing = change.id if not change.closings else f"{change.id}/{len(change.closings) + 1}"
    return Task(
        form=RecordObservation.FORM,
        item=item,
        role=Role.AGENCY_LEAD if agency else Role.BUSINESS_MANAGER,
        agency=agency or None,
        title=f"{please(RecordObservation)}: {change.id}, date {look.number}",
        clock=f"another-look/{closing}" if look.kind == "afterwards" else f"{rule}/{item}",
    )


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source="Monitoring of change by the board, after quality marker 18")
