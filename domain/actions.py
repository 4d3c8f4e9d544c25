"""The actions of a plan: planned, carried out, shown, verified by somebody else, given more time, refused, reopened."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.action import Action, Step, Verification
from domain.action_commands import (
    ActionStatus,
    ExtendAction,
    PlanAction,
    RateAction,
    ReachMilestone,
    RefuseAction,
    ReopenAction,
    ReplaceLead,
    ReportProgress,
    StartAction,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.action_refusals import refuses_action, refuses_planning
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.model import Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.action_plan import ActionPlanState


class Actions(Part):
    """Every action of the plan, those at their end included."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (
        PlanAction,
        StartAction,
        ReportProgress,
        RateAction,
        ReachMilestone,
        SubmitEvidence,
        VerifyAction,
        ExtendAction,
        SupersedeAction,
        RefuseAction,
        ReopenAction,
        ReplaceLead,
    )

    all: tuple[Action, ...] = ()

    def get(self, action: str | None) -> Action | None:
        """The action of that id."""
        return next((known for known in self.all if known.id == action), None)

    @property
    def open(self) -> tuple[Action, ...]:
        """Those that are not at their end."""
        return tuple(action for action in self.all if action.open)

    @property
    def at_their_end(self) -> bool:
        """Whether none is open, and none waits to be planned anew."""
        return not any(action.open or action.replan_since for action in self.all)

    def for_finding(self, finding: str) -> tuple[Action, ...]:
        """The actions that answer a finding."""
        return tuple(action for action in self.all if finding in action.findings)

    def with_wrong_answer(self, actions: tuple[str, ...], at: datetime) -> Self:
        """With these judged the wrong answer: those not superseded or refused meanwhile are to be planned anew."""
        settled = (ActionStatus.SUPERSEDED, ActionStatus.REFUSED)
        part = self
        for action in self.all:
            if action.id in actions and action.status not in settled:
                part = part._with(_set(action, replan_since=action.replan_since or at))
        return part

    def refuses(self, command: Command, at: datetime, whole: "ActionPlanState") -> Refusal | None:
        """As the rules of planning, of the action's life and of who may act have it."""
        if isinstance(command, PlanAction):
            return refuses_planning(command, at, whole)
        return refuses_action(command, at, whole)

    def accept(self, command: Command, at: datetime, whole: "ActionPlanState") -> tuple[Self, Transition]:
        """With the action as the command makes it."""
        if isinstance(command, PlanAction):
            return self._planned(command, at)
        known = self.get(command.item)
        assert known is not None, "refused before"  # noqa: S101
        changed, letters = _lived(known, command, at)
        return self._with(changed), Transition(letters=letters)

    def needs(self, whole: "ActionPlanState") -> tuple[ClockNeed, ...]:
        """The day of each action, of each of its milestones, and the time to verify its evidence."""
        return tuple(need for action in self.all for need in (*_day(action), *_steps(action), *_verification(action)))

    def tasks(self, whole: "ActionPlanState") -> tuple[Task, ...]:
        """What the leads are asked, and the verification of what they submitted."""
        return tuple(task for action in self.open for task in _asked(action))

    def _planned(self, command: PlanAction, at: datetime) -> tuple[Self, Transition]:
        known = self.get(command.item)
        action = _anew(known, command) if known else _new(command, at)
        if known is not None and known.lead == action.lead:
            return self._with(action), Transition()
        return self._with(action), Transition(letters=(_assigned(action),))

    def _with(self, changed: Action) -> Self:
        by_id = {action.id: action for action in self.all} | {changed.id: changed}
        return self.model_copy(update={"all": tuple(by_id.values())})


def _new(command: PlanAction, at: datetime) -> Action:
    return Action(
        id=command.item or "",
        findings=command.findings,
        agency=command.agency,
        agencies=(command.agency,),
        lead=command.lead,
        leads=(command.lead,),
        leads_agencies=_of_lead(command),
        planned_at=at,
        starts_on=command.starts_on,
        due_on=command.due_on,
        original_due_on=command.due_on,
        milestones=tuple(Step(due_on=step.due_on) for step in command.milestones),
        change_watched=not command.no_change.strip(),
    )


def _of_lead(command: PlanAction | ReplaceLead) -> tuple[str, ...]:
    """The agencies that the lead who is named belongs to."""
    return command.found.agencies if command.found is not None else ()


def _anew(known: Action, command: PlanAction) -> Action:
    """Milestones that were reached stay reached, by their numbers."""
    reached = [step.reached_at for step in known.milestones]
    steps = tuple(
        Step(due_on=step.due_on, reached_at=reached[n] if n < len(reached) else None)
        for n, step in enumerate(command.milestones)
    )
    moved = command.due_on != known.due_on
    return known.model_copy(
        update={
            "findings": command.findings,
            "agency": command.agency,
            "agencies": tuple(dict.fromkeys((*known.agencies, command.agency))),
            "lead": command.lead,
            "assigned": known.assigned + (command.lead != known.lead),
            "leads": tuple(dict.fromkeys((*known.leads, command.lead))),
            "leads_agencies": tuple(dict.fromkeys((*known.leads_agencies, *_of_lead(command)))),
            "starts_on": command.starts_on,
            "due_on": command.due_on,
            "original_due_on": command.due_on if moved else known.original_due_on,
            "milestones": steps,
            "change_watched": not command.no_change.strip(),
            "replan_since": None,
        }
    )


def _lived(action: Action, command: Command, at: datetime) -> tuple[Action, tuple[Letter, ...]]:
    """The action after a command of its life, and who is told."""
    match command:
        case StartAction():
            return _set(action, status=ActionStatus.UNDER_WAY, started_at=command.started_at), ()
        case RateAction():
            return _set(action, colour=command.colour), ()
        case ReachMilestone():
            return _reached(action, command), ()
        case SubmitEvidence():
            return _submitted(action, command, at), ()
        case VerifyAction():
            return _judged(action, command, at)
    return _ended_or_led(action, command, at)


def _reached(action: Action, command: ReachMilestone) -> Action:
    steps = tuple(
        step.model_copy(update={"reached_at": command.reached_at}) if number == command.milestone else step
        for number, step in enumerate(action.milestones, start=1)
    )
    return _set(action, milestones=steps)


def _submitted(action: Action, command: SubmitEvidence, at: datetime) -> Action:
    by = tuple(dict.fromkeys((*action.submitted_by, command.actor.person)))
    status = ActionStatus.EVIDENCE_SUBMITTED
    return _set(action, status=status, submitted_at=at, submitted_by=by, started_at=action.started_at or at)


def _judged(action: Action, command: VerifyAction, at: datetime) -> tuple[Action, tuple[Letter, ...]]:
    looked = Verification(submitted_at=action.submitted_at or at, judged_at=at)
    action = _set(action, verifications=(*action.verifications, looked))
    if command.outcome == "verified":
        return _set(action, status=ActionStatus.VERIFIED, ended_at=at), ()
    back = _set(action, status=ActionStatus.UNDER_WAY, submitted_at=None, sent_back=action.sent_back + 1)
    return back, (_to_lead(back, "action-sent-back", back.sent_back),)


def _ended_or_led(action: Action, command: Command, at: datetime) -> tuple[Action, tuple[Letter, ...]]:
    match command:
        case ExtendAction():
            return _set(action, due_on=command.until, extensions=action.extensions + 1), ()
        case SupersedeAction():
            ended = _ended(action, ActionStatus.SUPERSEDED, at)
            return _set(ended, superseded_by=command.by), ()
        case RefuseAction():
            return _ended(action, ActionStatus.REFUSED, at), _told_of_refusal(action, command)
        case ReopenAction():
            return _reopened(action, command, at)
        case ReplaceLead():
            leads = tuple(dict.fromkeys((*action.leads, command.lead)))
            sides = tuple(dict.fromkeys((*action.leads_agencies, *_of_lead(command))))
            led = _set(action, lead=command.lead, leads=leads, leads_agencies=sides, assigned=action.assigned + 1)
            return led, (_assigned(led),)
    return action, ()  # progress is in the record


def _ended(action: Action, status: ActionStatus, at: datetime) -> Action:
    """At an end without a judgement: evidence that waited is not looked at any more."""
    waiting = action.submitted_at if action.status is ActionStatus.EVIDENCE_SUBMITTED else None
    looks = (*action.verifications, Verification(submitted_at=waiting)) if waiting else action.verifications
    return _set(action, status=status, ended_at=at, replan_since=None, verifications=looks)


def _told_of_refusal(action: Action, command: RefuseAction) -> tuple[Letter, ...]:
    """The chair is told, unless the chair said so."""
    if command.actor.role is Role.BOARD_CHAIR:
        return ()
    id = f"action-refused/{action.id}/{action.reopened + 1}"
    return (Letter(id=id, template="action-refused", to=Role.BOARD_CHAIR, words={"about": action.id}),)


def _reopened(action: Action, command: ReopenAction, at: datetime) -> tuple[Action, tuple[Letter, ...]]:
    cleared: dict[str, object] = {"submitted_at": None, "ended_at": None, "superseded_by": ""}
    again = _set(
        action,
        status=ActionStatus.UNDER_WAY,
        started_at=action.started_at or at,
        due_on=command.due_on,
        reopened=action.reopened + 1,
        reopened_at=at,
        **cleared,
    )
    return again, (_to_lead(again, "action-reopened", again.reopened),)


def _set(action: Action, **changes: object) -> Action:
    return action.model_copy(update=changes)


def _assigned(action: Action) -> Letter:
    letter = _to_lead(action, "action-assigned", action.assigned)
    task = f"{action.id}/{StartAction.FORM}" if action.status is ActionStatus.PLANNED else ""
    return letter.model_copy(update={"task": task})


def _to_lead(action: Action, template: str, number: int) -> Letter:
    return Letter(
        id=f"{template}/{action.id}/{number}",
        template=template,
        to=Role.ACTION_LEAD,
        person=action.lead,
        words={"about": action.id, "due_on": action.due_on.isoformat()},
    )


def _day(action: Action) -> tuple[ClockNeed, ...]:
    if action.status in (ActionStatus.SUPERSEDED, ActionStatus.REFUSED) and action.submitted_at is None:
        return ()
    moved = (("more time was given", action.extensions), ("it was reopened", action.reopened))
    return (
        ClockNeed(
            rule="action",
            item=action.id,
            started_at=action.planned_at,
            satisfied_at=action.submitted_at,
            waiting_on=Role.ACTION_LEAD,
            agency=action.agency,
            person=action.lead,
            due_on=action.due_on,
            why=" and ".join(words for words, times in moved if times),
            task=f"{action.id}/{SubmitEvidence.FORM}",
        ),
    )


def _steps(action: Action) -> tuple[ClockNeed, ...]:
    """A milestone that was not reached is not waited for once the action is done."""
    waits = action.open and action.submitted_at is None
    return tuple(
        ClockNeed(
            rule="action-milestone",
            item=f"{action.id}/{number}",
            started_at=action.planned_at,
            satisfied_at=step.reached_at,
            waiting_on=Role.ACTION_LEAD,
            agency=action.agency,
            person=action.lead,
            due_on=step.due_on,
            opened_at=action.reopened_at,
            task=f"{action.id}/{SubmitEvidence.FORM}",
        )
        for number, step in enumerate(action.milestones, start=1)
        if step.reached_at is not None or waits
    )


def _verification(action: Action) -> tuple[ClockNeed, ...]:
    """Each submission has a clock of its own."""
    looks = [(look.submitted_at, look.judged_at) for look in action.verifications]
    waits = action.status is ActionStatus.EVIDENCE_SUBMITTED and action.submitted_at is not None
    waiting = [(action.submitted_at, None)] if waits and action.submitted_at else []
    return tuple(
        ClockNeed(
            rule="action-verification",
            item=action.id if number == 1 else f"{action.id}/{number}",
            started_at=submitted_at,
            satisfied_at=judged_at,
            waiting_on=Role.BUSINESS_MANAGER,
            agency=action.agency,
            task=f"{action.id}/{VerifyAction.FORM}",
        )
        for number, (submitted_at, judged_at) in enumerate([*looks, *waiting], start=1)
        if judged_at is not None or number > len(looks)
    )


def _asked(action: Action) -> tuple[Task, ...]:
    if action.status is ActionStatus.EVIDENCE_SUBMITTED:
        *_, clock = _verification(action)
        title = f"{please(VerifyAction)}: {action.id}"
        role = Role.BUSINESS_MANAGER
        return (Task(form=VerifyAction.FORM, item=action.id, role=role, title=title, clock=clock.id),)
    forms = (StartAction, SubmitEvidence) if action.status is ActionStatus.PLANNED else (SubmitEvidence,)
    return tuple(
        Task(
            form=form.FORM,
            item=action.id,
            role=Role.ACTION_LEAD,
            agency=action.agency,
            title=f"{please(form)}: {action.id}",
            clock=f"action/{action.id}",
        )
        for form in forms
    )
