"""Reviews of the plan on the board's rhythm, and what they bring beyond the board's tolerance."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from domain.action import Action
from domain.action_commands import DecideOnAction, ReviewPlan, SupersedeAction
from domain.clocks.book import ClockNeed
from domain.command import Command, please, refuses_future
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.action_plan import ActionPlanState

REVIEWS = "Reviews of the action plan by the board, after serious case review quality marker 18"
WORDS = {
    "amber": "it was at amber or red at several reviews in a row",
    "red": "it was at red at several reviews in a row",
    "extended": "it was given more time more often than the sub-group may give it",
}


class Run(Model):
    """At how many reviews in a row an action was at a colour."""

    action: str
    amber: int = 0
    """Amber or red."""
    red: int = 0


class Beyond(Model):
    """An action that is beyond the board's tolerance, until the chair has decided."""

    action: str
    since: datetime
    number: int = 1
    """Counts how often this action went beyond it."""
    because: Literal["red", "extended"] = "red"
    extensions: int = 0
    """How often it had been given more time then: for these it is not brought to the chair again."""
    decided_at: datetime | None = None
    lapsed: bool = False
    """Whether it came to its end, or was planned anew, before the chair had decided."""

    @property
    def item(self) -> str:
        """Item of its clock."""
        return self.action if self.number == 1 else f"{self.action}/{self.number}"


class PlanReviews(Part):
    """When the plan was reviewed, and which actions went to the chair."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (ReviewPlan, DecideOnAction)

    held: tuple[datetime, ...] = ()
    """When each review was held."""
    runs: tuple[Run, ...] = ()
    beyond: tuple[Beyond, ...] = ()

    def refuses(self, command: Command, at: datetime, whole: "ActionPlanState") -> Refusal | None:
        """A review comes after the last one; the chair decides on what was brought to them."""
        if isinstance(command, DecideOnAction):
            if command.item not in {each.action for each in self.waiting(whole)}:
                return _no("nothing-to-decide", "This action is not beyond the board's tolerance; nothing waits.")
            return None
        assert isinstance(command, ReviewPlan), "dispatched by its part"  # noqa: S101
        if not whole.actions.all:
            return _no("actions-first", "The plan has no action yet; there is nothing to review.")
        if self.held and command.held_at <= self.held[-1]:
            return _no("review-in-order", "A review comes after the last one that is recorded.")
        return refuses_future("The review", command.held_at, at)

    def accept(self, command: Command, at: datetime, whole: "ActionPlanState") -> tuple[Self, Transition]:
        """With the colours of this cycle counted; or with the chair's decision, from which counting starts anew."""
        if isinstance(command, DecideOnAction):
            return self._decided(command.item or "", at), Transition()
        assert isinstance(command, ReviewPlan), "dispatched by its part"  # noqa: S101
        return self._counted(command.held_at, at, whole)

    def waiting(self, whole: "ActionPlanState") -> tuple[Beyond, ...]:
        """What the chair has to decide on: only actions that are open."""
        open_ids = {action.id for action in whole.actions.open}
        return tuple(each for each in self.beyond if _undecided(each) and each.action in open_ids)

    def without(self, over: Collection[str]) -> Self:
        """With nothing asked of the chair about these actions any more; their reviews are counted anew."""
        beyond = tuple(
            each.model_copy(update={"lapsed": True}) if each.action in over and _undecided(each) else each
            for each in self.beyond
        )
        runs = tuple(run for run in self.runs if run.action not in over)
        return self.model_copy(update={"beyond": beyond, "runs": runs})

    def needs(self, whole: "ActionPlanState") -> tuple[ClockNeed, ...]:
        """The next review while an action is open; the chair's decisions; what is to be planned anew."""
        return (*self._reviews(whole), *self._decisions(whole), *_replans(whole))

    def tasks(self, whole: "ActionPlanState") -> tuple[Task, ...]:
        """The same, asked of the people who do it."""
        tasks = [
            Task(
                form=DecideOnAction.FORM,
                item=each.action,
                role=Role.BOARD_CHAIR,
                title=f"{please(DecideOnAction)}: {each.action}",
                clock=f"action-tolerance/{each.item}",
            )
            for each in self.waiting(whole)
        ]
        tasks += [
            Task(
                form=SupersedeAction.FORM,
                item=action.id,
                role=Role.BUSINESS_MANAGER,
                title=f"{'Plan' if action.open else 'Reopen and plan'} {action.id} anew, or let another take its "
                "place: it was judged the wrong answer",
                clock=f"action-replan/{action.id}",
            )
            for action in whole.actions.all
            if action.replan_since is not None
        ]
        if (clock := self._next_clock(whole)) is not None:
            title = please(ReviewPlan)
            tasks.append(Task(form=ReviewPlan.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=clock))
        return tuple(tasks)

    def _decided(self, action: str, at: datetime) -> Self:
        beyond = tuple(
            each.model_copy(update={"decided_at": at}) if each.action == action and _undecided(each) else each
            for each in self.beyond
        )
        runs = tuple(run for run in self.runs if run.action != action)
        return self.model_copy(update={"beyond": beyond, "runs": runs})

    def _counted(self, held_at: datetime, at: datetime, whole: "ActionPlanState") -> tuple[Self, Transition]:
        """The runs after this review, and who is told of those that have become too long."""
        runs = tuple(self._run(action, whole) for action in whole.actions.open)
        part = self.model_copy(update={"held": (*self.held, held_at), "runs": runs})
        letters: list[Letter] = []
        for run in runs:
            action = whole.actions.get(run.action)
            assert action is not None, "counted over the plan's actions"  # noqa: S101
            if run.amber == whole.rules.amber_reviews_to_executive:
                letters.append(_letter(action, "amber", at, Role.AGENCY_EXECUTIVE))
            because = part._because(action, run, whole)
            if because is not None:
                part, then = part._raised(action, because, at)
                letters += then.letters
        return part, Transition(letters=tuple(letters))

    def _because(self, action: Action, run: Run, whole: "ActionPlanState") -> Literal["red", "extended"] | None:
        """Why the action goes to the chair; not while the chair has it already, nor for the same extensions again."""
        known = [each for each in self.beyond if each.action == action.id]
        if any(_undecided(each) for each in known):
            return None
        if run.red >= whole.rules.red_reviews_to_chair:
            return "red"
        brought = max((each.extensions for each in known), default=0)
        return "extended" if action.extensions > max(brought, whole.rules.extensions_by_sub_group) else None

    def _run(self, action: Action, whole: "ActionPlanState") -> Run:
        before = next((run for run in self.runs if run.action == action.id), Run(action=action.id))
        counts = {colour.id: colour.counts_as for colour in whole.rules.legend}.get(action.colour, "")
        return Run(
            action=action.id,
            amber=before.amber + 1 if counts else 0,
            red=before.red + 1 if counts == "red" else 0,
        )

    def _raised(self, action: Action, because: Literal["red", "extended"], at: datetime) -> tuple[Self, Transition]:
        number = 1 + sum(each.action == action.id for each in self.beyond)
        raised = Beyond(action=action.id, since=at, number=number, because=because, extensions=action.extensions)
        letter = _letter(action, because, at, Role.BOARD_CHAIR)
        letter = letter.model_copy(update={"task": f"{action.id}/{DecideOnAction.FORM}"})
        return self.model_copy(update={"beyond": (*self.beyond, raised)}), Transition(letters=(letter,))

    def _next_clock(self, whole: "ActionPlanState") -> str | None:
        waiting = [need for need in self._reviews(whole) if need.satisfied_at is None]
        return waiting[0].id if waiting else None

    def _reviews(self, whole: "ActionPlanState") -> tuple[ClockNeed, ...]:
        if not whole.sign_off.versions:
            return ()
        first = whole.sign_off.versions[0].signed_off_at
        counted = [held for held in self.held if held > first]
        starts = [first, *counted]
        needs = [
            _review(number, start, end) for number, (start, end) in enumerate(zip(starts, counted, strict=False), 1)
        ]
        # Where every action had come to its end, the rhythm begins again with the first that is open again.
        since = min((max(starts[-1], action.reopened_at or starts[-1]) for action in whole.actions.open), default=None)
        if since is not None:
            needs.append(_review(len(counted) + 1, since, None))
        return tuple(needs)

    def _decisions(self, whole: "ActionPlanState") -> tuple[ClockNeed, ...]:
        waiting = self.waiting(whole)
        return tuple(
            ClockNeed(
                rule="action-tolerance",
                item=each.item,
                started_at=each.since,
                satisfied_at=each.decided_at,
                waiting_on=Role.BOARD_CHAIR,
                task=f"{each.action}/{DecideOnAction.FORM}",
            )
            for each in self.beyond
            if each.decided_at is not None or each in waiting
        )


def _undecided(each: Beyond) -> bool:
    return each.decided_at is None and not each.lapsed


def _review(number: int, start: datetime, end: datetime | None) -> ClockNeed:
    return ClockNeed(
        rule="plan-review",
        item=None if number == 1 else str(number),
        started_at=start,
        satisfied_at=end,
        waiting_on=Role.BUSINESS_MANAGER,
        task=ReviewPlan.FORM,
    )


def _replans(whole: "ActionPlanState") -> tuple[ClockNeed, ...]:
    return tuple(
        ClockNeed(
            rule="action-replan",
            item=action.id,
            started_at=action.replan_since,
            waiting_on=Role.BUSINESS_MANAGER,
            task=f"{action.id}/{SupersedeAction.FORM}",
        )
        for action in whole.actions.all
        if action.replan_since is not None
    )


def _letter(action: Action, because: str, at: datetime, to: Role) -> Letter:
    return Letter(
        id=f"tolerance/{action.id}/{because}/{at:%Y%m%d-%H%M%S}",
        template="action-beyond-tolerance",
        to=to,
        agency=action.agency if to.of_an_agency else None,
        words={"about": action.id, "because": WORDS[because]},
    )


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=REVIEWS)
