"""The changes that a plan expects of its actions, and how each of them will be seen."""

from datetime import date, datetime
from decimal import Decimal
from re import fullmatch
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from domain.action_commands import ActionStatus
from domain.change_commands import DropExpectedChange, ExpectChange, MeasureKind
from domain.clocks.arithmetic import add_months
from domain.command import Command, please
from domain.findings import refuses_marks
from domain.learning import ExpectedChange
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.action_plan import ActionPlanState

SEEN = "Serious case review quality marker 18: monitoring looks at the outcome for children, over time"
MOST_DATES = 20


class PlannedChange(Model):
    """An expected change as it is planned; its texts are in the record."""

    id: str
    actions: tuple[str, ...]
    kind: MeasureKind
    agency: str = ""
    unit: str = ""
    direction: Literal["higher", "lower", "described"]
    baseline: Decimal | None = None
    target: Decimal | None = None
    dates: tuple[date, ...]
    dropped: bool = False


class ExpectedChanges(Part):
    """Every change that the plan expects."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (ExpectChange, DropExpectedChange)

    all: tuple[PlannedChange, ...] = ()

    @property
    def standing(self) -> tuple[PlannedChange, ...]:
        """Those that were not taken out of the plan."""
        return tuple(change for change in self.all if not change.dropped)

    def get(self, change: str | None) -> PlannedChange | None:
        """The change of that id that stands."""
        return next((known for known in self.standing if known.id == change), None)

    def unwatched(self, whole: "ActionPlanState") -> tuple[str, ...]:
        """Ids of the actions for findings that are in no expected change, with no reason given why not."""
        watched = {action for change in self.standing for action in resolved(change.actions, whole)}
        ended = (ActionStatus.SUPERSEDED, ActionStatus.REFUSED)
        return tuple(
            action.id
            for action in whole.actions.all
            if not action.early and action.change_watched and action.status not in ended and action.id not in watched
        )

    def refuses(self, command: Command, at: datetime, whole: "ActionPlanState") -> Refusal | None:
        """A change belongs to actions, and says how it will be seen."""
        if isinstance(command, DropExpectedChange):
            return self._refuses_dropping(command, whole)
        assert isinstance(command, ExpectChange), "dispatched by its part"  # noqa: S101
        return (
            _refuses_names(command, whole)
            or _refuses_measure(command)
            or _refuses_dates(command, at)
            or refuses_marks(command.found, command.stays)
        )

    def accept(self, command: Command, at: datetime, whole: "ActionPlanState") -> tuple[Self, Transition]:
        """With the change planned, planned anew, or taken out."""
        if isinstance(command, DropExpectedChange):
            known = self.get(command.item)
            assert known is not None, "refused before"  # noqa: S101
            return self._with(known.model_copy(update={"dropped": True})), Transition()
        assert isinstance(command, ExpectChange), "dispatched by its part"  # noqa: S101
        planned = PlannedChange(
            id=command.item or "",
            actions=command.actions,
            kind=command.kind,
            agency=command.agency,
            unit=command.unit,
            direction=command.direction,
            baseline=command.baseline,
            target=command.target,
            dates=command.observe_on or _usual_dates(command.actions, whole),
        )
        return self._with(planned), Transition()

    def tasks(self, whole: "ActionPlanState") -> tuple[Task, ...]:
        """One task for all actions without an expected change, once there are findings."""
        unwatched = self.unwatched(whole)
        if not whole.response.answered or not unwatched:
            return ()
        title = f"{please(ExpectChange)} (item C and a number), or plan anew with a reason: {', '.join(unwatched)}"
        return (Task(form=ExpectChange.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=whole.sign_off.clock),)

    def handed_over(self, version: int, whole: "ActionPlanState") -> tuple[ExpectedChange, ...]:
        """As change monitoring takes them over, with the actions that took the place of superseded ones."""
        return tuple(_handed_over(change, version, whole) for change in self.standing)

    def _with(self, changed: PlannedChange) -> Self:
        by_id = {change.id: change for change in self.all} | {changed.id: changed}
        return self.model_copy(update={"all": tuple(by_id.values())})

    def _refuses_dropping(self, command: DropExpectedChange, whole: "ActionPlanState") -> Refusal | None:
        if self.get(command.item) is None:
            return _no("change-known", "There is no such expected change in the plan.")
        if whole.sign_off.watched(command.item or ""):
            return _no("change-watched", "This change is signed off and watched; it is closed there (close-change).")
        return None


def resolved(actions: tuple[str, ...], whole: "ActionPlanState") -> tuple[str, ...]:
    """The actions, each followed to the one that took its place in the end."""
    found = []
    for action in actions:
        known = whole.actions.get(action)
        while known is not None and known.superseded_by:
            known = whole.actions.get(known.superseded_by)
        found.append(known.id if known is not None else action)
    return tuple(dict.fromkeys(found))


def _with_successors(actions: tuple[str, ...], whole: "ActionPlanState") -> tuple[str, ...]:
    """The actions and each that took the place of another: none of their leads judges what came of them."""
    found = list(actions)
    for action in actions:
        known = whole.actions.get(action)
        while known is not None and known.superseded_by:
            found.append(known.superseded_by)
            known = whole.actions.get(known.superseded_by)
    return tuple(dict.fromkeys(found))


def with_sides(change: ExpectedChange, whole: "ActionPlanState") -> ExpectedChange:
    """The change as it was signed off, with those who lead and own its actions now: none of them judges it."""
    return change.model_copy(update=_sides(change.actions, whole))


def _sides(actions: tuple[str, ...], whole: "ActionPlanState") -> dict[str, tuple[str, ...]]:
    """The actions with those that took their places, and everybody who ever owned or led one of them."""
    ids = _with_successors(actions, whole)
    known = [action for id in ids if (action := whole.actions.get(id)) is not None]
    return {
        "actions": ids,
        "owners": tuple(dict.fromkeys(agency for action in known for agency in action.sides)),
        "leads": tuple(dict.fromkeys(lead for action in known for lead in action.leads)),
    }


def _handed_over(change: PlannedChange, version: int, whole: "ActionPlanState") -> ExpectedChange:
    sides = _sides(change.actions, whole)
    actions = [known for id in sides["actions"] if (known := whole.actions.get(id)) is not None]
    return ExpectedChange(
        id=change.id,
        version=version,
        findings=tuple(dict.fromkeys(finding for action in actions for finding in action.findings)),
        actions=sides["actions"],
        owners=sides["owners"],
        leads=sides["leads"],
        agency=change.agency,
        kind=change.kind,
        unit=change.unit,
        direction=change.direction,
        baseline=change.baseline,
        target=change.target,
        dates=change.dates,
    )


def _usual_dates(actions: tuple[str, ...], whole: "ActionPlanState") -> tuple[date, ...]:
    latest = max(action.due_on for id in actions if (action := whole.actions.get(id)) is not None)
    return tuple(add_months(latest, months) for months in whole.change_rules.observe_after_months)


def _refuses_names(command: ExpectChange, whole: "ActionPlanState") -> Refusal | None:
    if not fullmatch(r"C[1-9][0-9]{0,2}", command.item or ""):
        return _no("change-named", "Give the expected change an id: C and a number, as C1 or C12.")
    gone = (ActionStatus.SUPERSEDED, ActionStatus.REFUSED)
    known = {action.id for action in whole.actions.all if action.status not in gone}
    if not known.issuperset(command.actions):
        return _no("action-known", "A change is expected of actions of the plan, not of superseded or refused ones.")
    missing = command.found.missing if command.found is not None else ()
    if "agencies" in missing:
        return _no("agency-known", "The board's directory does not know the agency (field agency).")
    if "themes" in missing:
        return _no("theme-known", "A theme is not on the board's list (field themes).")
    return None


def _refuses_measure(command: ExpectChange) -> Refusal | None:
    if command.direction == "described":
        if command.target is not None or command.baseline is not None or not command.described.strip():
            text = "Say baseline and target in words (field described), or give a direction for figures."
            return _no("target-in-words", text)
        return None
    if command.target is None or not command.unit.strip():
        return _no("target-in-figures", "A measure in figures has a target and a unit (fields target, unit).")
    if command.baseline is None or command.baseline == command.target:
        return None
    if (command.target > command.baseline) != (command.direction == "higher"):
        return _no("target-better", "The target lies on the wrong side of the baseline (fields direction, target).")
    return None


def _refuses_dates(command: ExpectChange, at: datetime) -> Refusal | None:
    days = command.observe_on
    if len(days) > MOST_DATES or list(days) != sorted(set(days)) or any(day <= at.date() for day in days):
        text = f"The dates come in order, each once, all in the future, {MOST_DATES} at most (field observe_on)."
        return _no("dates-in-order", text)
    return None


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=SEEN)
