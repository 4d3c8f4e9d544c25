"""The findings that the board has answered, as far as the action plan has to follow from them."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.action_commands import ActionStatus, RecordNoAction
from domain.command import Command
from domain.learning import AnsweredFinding
from domain.model import Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.action_plan import ActionPlanState

FOLLOWS = "Board's response, after serious case review quality markers 15 and 16: what follows from each finding"


class FindingsToAnswer(Part):
    """What has to follow: from each accepted finding an action, or a recorded reason why none."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (RecordNoAction,)

    findings: tuple[AnsweredFinding, ...] = ()
    answered_at: datetime | None = None
    no_action: tuple[str, ...] = ()
    """Ids of the findings for which it is recorded why they lead to no action."""

    @property
    def answered(self) -> bool:
        """Whether the board has answered its findings."""
        return self.answered_at is not None

    @property
    def known(self) -> frozenset[str]:
        """Ids of all findings."""
        return frozenset(finding.id for finding in self.findings)

    @property
    def wanting(self) -> frozenset[str]:
        """Ids of the findings from which something has to follow."""
        return frozenset(finding.id for finding in self.findings if finding.wants_action)

    def uncovered(self, whole: "ActionPlanState") -> tuple[str, ...]:
        """Ids of the findings with neither an action nor a reason. A refused action has its reason."""
        standing = (action for action in whole.actions.all if action.status is not ActionStatus.SUPERSEDED)
        covered = {finding for action in standing for finding in action.findings}.union(self.no_action)
        return tuple(finding.id for finding in self.findings if finding.wants_action and finding.id not in covered)

    def refuses(self, command: Command, at: datetime, whole: "ActionPlanState") -> Refusal | None:
        """Only for a finding that wants an action and has none that is open."""
        finding = next((known for known in self.findings if known.id == command.item), None)
        if finding is None:
            known = ", ".join(f.id for f in self.findings) or "none yet"
            return _no("finding-known", f"There is no such finding among those that the board answered: {known}.")
        if not finding.wants_action:
            return _no("wants-no-action", "The board did not accept this finding; nothing has to follow from it.")
        if any(action.open for action in whole.actions.for_finding(finding.id)):
            return _no("action-open", "There is an open action for this finding.")
        return None

    def accept(self, command: Command, at: datetime, whole: "ActionPlanState") -> tuple[Self, Transition]:
        """With the reason noted; its text is in the record."""
        no_action = tuple(dict.fromkeys((*self.no_action, command.item or "")))
        return self.model_copy(update={"no_action": no_action}), Transition()

    def tasks(self, whole: "ActionPlanState") -> tuple[Task, ...]:
        """Each finding from which nothing follows yet."""
        return tuple(
            Task(
                form=RecordNoAction.FORM,
                item=finding,
                role=Role.BUSINESS_MANAGER,
                title=f"Plan an action for finding {finding} (plan-action), or record why it leads to none",
                clock=whole.sign_off.clock,
            )
            for finding in self.uncovered(whole)
        )


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=FOLLOWS)
