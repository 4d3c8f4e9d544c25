"""Change monitoring: what was expected to change is looked at for years, judged by others, closed by a rule."""

from datetime import datetime
from re import fullmatch
from typing import ClassVar, Self

from domain.change_clocks import change_needs, change_tasks
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
    refuses_reopening,
)
from domain.clocks.arithmetic import add_months
from domain.clocks.book import ClockNeed
from domain.command import Command
from domain.expected_change import Closed, Look, WatchedChange, same_but_version
from domain.learning import AnswerWasWrong, ChangeRules, ChangesExpected
from domain.model import Refusal
from domain.people import Role
from domain.record import Fact, Letter, Task
from domain.stage_state import StageState, Transition

OF_A_LOOK = (RecordObservation, RecordNoObservation, JudgeChange)


class ChangeMonitoringState(StageState):
    """The expected changes of one case as they stand."""

    STAGE: ClassVar[str] = "change"

    rules: ChangeRules = ChangeRules()
    changes: tuple[WatchedChange, ...] = ()
    heard: datetime | None = None
    """When the plan was signed off that it watches."""
    wrong: tuple[AnswerWasWrong, ...] = ()
    """Every conclusion so far that actions were the wrong answer, in order."""
    ended: bool = False

    @classmethod
    def begun(cls, rules: ChangeRules) -> Self:
        """Nothing is watched yet."""
        return cls(rules=rules)

    @classmethod
    def commands(cls) -> tuple[type[Command], ...]:
        """What it takes."""
        return (*OF_A_LOOK, ObserveFurther, CloseChange, ReopenChange)

    def get(self, change: str | None) -> WatchedChange | None:
        """The change of that id."""
        return next((known for known in self.changes if known.id == change), None)

    def changes_expected(self, message: ChangesExpected, at: datetime) -> tuple[Self, Transition]:
        """After a plan was signed off: new changes are watched, known ones as they are expected now.

        A change that the message leaves out stays as it is. A message that was heard already changes nothing, nor
        does one that was overtaken by a later plan.
        """
        if self.heard is not None and message.at <= self.heard:
            return self, Transition()
        known = {change.id: change for change in self.changes}
        taken: list[str] = []
        for definition in message.changes:
            before = known.get(definition.id)
            if before is None:
                first = WatchedChange(definition=definition, taken_over_at=at)
                known[definition.id] = first.further(definition.dates, "planned")
            else:
                known[definition.id] = before.taken_over(definition, at)
            if before is None or not same_but_version(before.definition, definition):
                taken.append(definition.id)
        state = self.model_copy(update={"changes": tuple(known.values()), "heard": message.at})
        # What is to be watched now is answered, though the case was closing.
        state = state.model_copy(update={"ended": self.ended and state.settled})
        if not taken:
            return state, Transition()
        return state, Transition(facts=(Fact(kind="changes-taken-over", at=at, detail={"changes": [*taken]}),))

    def winding_up(self) -> Self:
        """Told that the case closes: it ends, unless something is open after all."""
        return self.model_copy(update={"ended": self.settled})

    def resumed(self) -> Self:
        """Open again, as it stood."""
        return self.model_copy(update={"ended": False})

    @property
    def settled(self) -> bool:
        """Whether every change is closed, was looked at once more, and nothing waits to be judged."""
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
            return self._refuses_look(command, change, look, at)
        return self._refuses_change(command, change, at)

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """The state after a command that is not refused."""
        change, look = self._named(command)
        assert change is not None, "refused before"  # noqa: S101
        if isinstance(command, OF_A_LOOK):
            assert look is not None, "refused before"  # noqa: S101
            return self._looked(command, change, look, at)
        match command:
            case ObserveFurther():
                changed = change.further(command.on, "further")
            case CloseChange():
                changed = _closed(command, change, at, self.rules)
            case _:
                assert isinstance(command, ReopenChange), "all that it takes"  # noqa: S101
                changed = _reopened(command, change, at)
        return self._with(changed), Transition()

    def needs(self) -> tuple[ClockNeed, ...]:
        """Each date, each judgement that is owed, each decision after the last date, each one more look."""
        return tuple(need for change in self.changes for need in change_needs(change, self.rules))

    def tasks(self) -> tuple[Task, ...]:
        """The next date of each change, what waits to be judged, and what may be closed."""
        return tuple(task for change in self.changes for task in change_tasks(change, self.rules))

    def headline(self) -> str:
        """How many changes are watched, and what waits."""
        watched = sum(change.closed is None for change in self.changes)
        unjudged = sum(len(change.unjudged) for change in self.changes)
        closed = len(self.changes) - watched
        waits = f"; {unjudged} observations to be judged" if unjudged else ""
        return f"Change monitoring: {watched} changes watched, {closed} closed{waits}"

    def done(self) -> bool:
        """Whether the case closes and nothing is open."""
        return self.ended and self.settled

    def _named(self, command: Command) -> tuple[WatchedChange | None, Look | None]:
        """The change, and the look, that the command's item names: ``C1/2`` for a look, otherwise ``C1``."""
        if not isinstance(command, OF_A_LOOK):
            return self.get(command.item), None
        item, _, number = (command.item or "").partition("/")
        change = self.get(item)
        look = change.look(int(number)) if change is not None and fullmatch("[1-9][0-9]{0,2}", number) else None
        return change, look

    def _refuses_look(self, command: Command, change: WatchedChange, look: Look | None, at: datetime) -> Refusal | None:
        if look is None:
            numbers = ", ".join(str(look.number) for look in change.looks) or "none"
            return _no("look-known", f"Name the change and the number of one of its dates, as C1/2; it has: {numbers}.")
        match command:
            case RecordObservation():
                return refuses_observation(command, change, look, at)
            case RecordNoObservation():
                return refuses_absence(command, change, look, at)
        assert isinstance(command, JudgeChange), "all that concerns a look"  # noqa: S101
        return refuses_judgement(command, change, look, at)

    def _refuses_change(self, command: Command, change: WatchedChange, at: datetime) -> Refusal | None:
        match command:
            case CloseChange():
                return refuses_closing(command, change, at, self)
            case ObserveFurther():
                return refuses_further(command, change, at)
        assert isinstance(command, ReopenChange), "all that it takes"  # noqa: S101
        return refuses_reopening(command, change, at)

    def _looked(self, command: Command, change: WatchedChange, look: Look, at: datetime) -> tuple[Self, Transition]:
        match command:
            case RecordObservation():
                return self._with(change.with_look(_observed(command, look, at))), Transition()
            case RecordNoObservation():
                return self._with(change.with_look(look.model_copy(update={"absent_at": at}))), Transition()
        assert isinstance(command, JudgeChange), "all that concerns a look"  # noqa: S101
        judged = _judged(command, change, look, at)
        state, letters = self._with(change.with_look(judged)), _told(change, judged)
        if command.answer_was_wrong:
            conclusion = AnswerWasWrong(change=change.id, actions=change.definition.actions, at=at)
            state = state.model_copy(update={"wrong": (*self.wrong, conclusion)})
            # An absent date may be judged, and judged again once it was observed: the number keeps letters apart.
            key = f"{change.id}/{look.number}/{len(state.wrong)}"
            letters += (_letter("change-judged-wrong", key, Role.BUSINESS_MANAGER, change),)
        return state, Transition(letters=letters)

    def _with(self, changed: WatchedChange) -> Self:
        changes = tuple(changed if change.id == changed.id else change for change in self.changes)
        return self.model_copy(update={"changes": changes})


def _observed(command: RecordObservation, look: Look, at: datetime) -> Look:
    """What was said while it was absent falls away: what was observed is judged anew."""
    seen = {"observed_on": command.observed_on, "recorded_at": at, "by": command.actor, "value": command.value}
    unjudged = {"judgement": None, "judged_at": None, "judged_by": None, "target_met": None, "answer_was_wrong": False}
    return look.model_copy(update=seen | unjudged)


def _judged(command: JudgeChange, change: WatchedChange, look: Look, at: datetime) -> Look:
    shown = {"judgement": command.judgement, "judged_at": at, "judged_by": command.actor}
    met = _target_met(command, change, look)
    return look.model_copy(update=shown | {"target_met": met, "answer_was_wrong": command.answer_was_wrong})


def _target_met(command: JudgeChange, change: WatchedChange, look: Look) -> bool | None:
    """Worked out where the target is a figure, otherwise as judged; ``None`` where nothing can be told."""
    if change.definition.in_figures:
        return change.meets(look.value) if look.value is not None else None
    if not look.observed or command.judgement is Judgement.CANNOT_TELL:
        return None
    return command.target_met


def _closed(command: CloseChange, change: WatchedChange, at: datetime, rules: ChangeRules) -> WatchedChange:
    """Dates to come fall away; what was not planned anew is looked at once more."""
    replanned = command.outcome == "re-planned"
    closed = Closed(
        outcome=command.outcome,
        at=at,
        on=at.date(),
        by=command.by if replanned else "",
        actor=command.actor,
        owed_since=change.decision_owed_since,
    )
    looks = tuple(look for look in change.looks if look.answered)
    changed = change.model_copy(update={"looks": looks, "closed": closed})
    if replanned:
        return changed
    day = add_months(closed.on, rules.another_look_months)
    return changed.further((day,), "afterwards", closing=len(changed.all_closings))


def _reopened(command: ReopenChange, change: WatchedChange, at: datetime) -> WatchedChange:
    """A look that was missed meanwhile stays, so that it shows; one that is to come is replaced by the new dates."""
    looks = tuple(look for look in change.looks if look.answered or look.due_on <= at.date())
    changed = change.model_copy(update={"looks": looks, "closed": None, "closings": change.all_closings})
    return changed.further(command.on, "further")


def _told(change: WatchedChange, look: Look) -> tuple[Letter, ...]:
    """The chair is told of what goes the wrong way, and of a sustained change that did not last after all."""
    key = f"{change.id}/{look.number}"
    if _did_not_last(change, look):
        return (_letter("change-not-lasting", key, Role.BOARD_CHAIR, change),)
    if look.judgement not in (Judgement.WORSE, Judgement.UNINTENDED):
        return ()
    return (_letter("change-worse", key, Role.BOARD_CHAIR, change, judgement=look.judgement.value.replace("-", " ")),)


def _did_not_last(change: WatchedChange, look: Look) -> bool:
    if not look.closing or not look.went_back:
        return False
    return change.all_closings[look.closing - 1].outcome == "sustained"


def _letter(template: str, key: str, to: Role, change: WatchedChange, **words: str) -> Letter:
    return Letter(id=f"{template}/{key}", template=template, to=to, words={"about": change.id} | words)


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source="Monitoring of change by the board, after quality marker 18")
