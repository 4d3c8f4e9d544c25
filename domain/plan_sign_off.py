"""The board's sign-off of the action plan, version by version."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.action_commands import SignOffPlan
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.learning import ChangesExpected
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.plan_changes import with_sides
from domain.record import Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.action_plan import ActionPlanState

PLAN = "Action plan of the board, after serious case review quality markers 15, 16 and 18"
CLOCK = "action-plan"


class Version(Model):
    """A version of the plan that was signed off."""

    signed_off_at: datetime
    drafted_at: datetime
    """Since when it waited: the clock of its sign-off counted from here."""


class PlanSignOff(Part):
    """Which versions were signed off, and whether the plan has changed since."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (SignOffPlan,)

    versions: tuple[Version, ...] = ()
    changed_at: datetime | None = None
    """Since when the plan differs from what was signed off; none where it does not."""
    actions: tuple[str, ...] = ()
    """Ids of the actions that were in a plan that was signed off."""
    expected: ChangesExpected | None = None
    """What is to be watched, as it was signed off last."""

    @property
    def clock(self) -> str:
        """Id of the clock of the next sign-off."""
        number = len(self.versions) + 1
        return CLOCK if number == 1 else f"{CLOCK}/{number}"

    def signed_off(self, action: str) -> bool:
        """Whether the action was in a plan that was signed off."""
        return action in self.actions

    def watched(self, change: str) -> bool:
        """Whether the change is in the plan that was signed off last."""
        return self.expected is not None and change in {known.id for known in self.expected.changes}

    def is_due(self, whole: "ActionPlanState") -> bool:
        """Whether a version waits to be signed off."""
        if whole.response.answered_at is None:
            return False
        first = not self.versions and bool(whole.response.wanting or whole.actions.all)
        return first or (bool(self.versions) and self.changed_at is not None)

    def with_sides(self, at: datetime, whole: "ActionPlanState") -> Self:
        """With those who lead and own the actions now, where that differs from what was handed over."""
        if self.expected is None:
            return self
        changes = tuple(with_sides(change, whole) for change in self.expected.changes)
        if changes == self.expected.changes:
            return self
        return self.model_copy(update={"expected": ChangesExpected(changes=changes, at=at)})

    def changed(self, at: datetime) -> Self:
        """With the plan different from what was signed off."""
        return self if self.changed_at is not None else self.model_copy(update={"changed_at": at})

    def refuses(self, command: Command, at: datetime, whole: "ActionPlanState") -> Refusal | None:
        """Every accepted finding leads to an action or a reason, every action to an expected change or a reason."""
        assert isinstance(command, SignOffPlan), "dispatched by its part"  # noqa: S101
        if not whole.response.answered:
            return _no("findings-not-answered", "The board has not answered its findings; the plan follows from them.")
        if not self.is_due(whole):
            return _no("nothing-to-sign-off", "The plan has not changed since it was signed off.")
        if command.outcome == "sent-back":
            return None
        if uncovered := whole.response.uncovered(whole):
            text = f"Findings with neither an action nor a reason why none: {', '.join(uncovered)}."
            return _no("finding-without-action", text)
        if unwatched := whole.changes.unwatched(whole):
            text = f"Actions with neither an expected change nor a reason why none: {', '.join(unwatched)}."
            return _no("action-without-change", text)
        return None

    def accept(self, command: Command, at: datetime, whole: "ActionPlanState") -> tuple[Self, Transition]:
        """Signed off as it stands, with the agencies told; or sent back."""
        assert isinstance(command, SignOffPlan), "dispatched by its part"  # noqa: S101
        stamp = f"{at:%Y%m%d-%H%M%S}"
        if command.outcome == "sent-back":
            letter = Letter(id=f"plan-sent-back/{stamp}", template="plan-sent-back", to=Role.BUSINESS_MANAGER)
            return self, Transition(letters=(letter,))
        drafted_at = self.changed_at if self.versions else whole.response.answered_at
        version = len(self.versions) + 1
        part = self.model_copy(
            update={
                "versions": (*self.versions, Version(signed_off_at=at, drafted_at=drafted_at or at)),
                "changed_at": None,
                "actions": tuple(action.id for action in whole.actions.all),
                "expected": ChangesExpected(changes=whole.changes.handed_over(version, whole), at=at),
            }
        )
        words = {"version": str(version)}
        owners = dict.fromkeys(action.agency for action in whole.actions.open)
        letters = [Letter(id=f"plan/{version}/members", template="plan-signed-off", to=Role.BOARD_MEMBER, words=words)]
        letters += [
            Letter(
                id=f"plan/{version}/{agency}",
                template="plan-signed-off",
                to=Role.AGENCY_LEAD,
                agency=agency,
                words=words,
            )
            for agency in owners
        ]
        return part, Transition(letters=tuple(letters))

    def needs(self, whole: "ActionPlanState") -> tuple[ClockNeed, ...]:
        """The sign-off of each version, the next one included where it is due."""
        signed = tuple(
            _need(number, version.drafted_at, version.signed_off_at)
            for number, version in enumerate(self.versions, start=1)
        )
        since = self.changed_at if self.versions else whole.response.answered_at
        if since is None or not self.is_due(whole):
            return signed
        return (*signed, _need(len(self.versions) + 1, since, None))

    def tasks(self, whole: "ActionPlanState") -> tuple[Task, ...]:
        """The sign-off, once every finding and every action is connected."""
        if not self.is_due(whole) or whole.response.uncovered(whole) or whole.changes.unwatched(whole):
            return ()
        return (Task(form=SignOffPlan.FORM, role=Role.BOARD_CHAIR, title=please(SignOffPlan), clock=self.clock),)


def _need(number: int, since: datetime, signed_off_at: datetime | None) -> ClockNeed:
    return ClockNeed(
        rule=CLOCK,
        item=None if number == 1 else str(number),
        started_at=since,
        satisfied_at=signed_off_at,
        waiting_on=Role.BOARD_CHAIR,
        task=SignOffPlan.FORM,
    )


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=PLAN)
