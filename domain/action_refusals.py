"""What the rules of actions forbid: who may act on which, what has to be named, what comes after what."""

from datetime import date, datetime
from re import fullmatch
from typing import TYPE_CHECKING

from domain.action import Action
from domain.action_commands import (
    ActionStatus,
    ExtendAction,
    PlanAction,
    RateAction,
    ReachMilestone,
    ReopenAction,
    ReplaceLead,
    ReportProgress,
    StartAction,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.command import Command, refuses_future
from domain.findings import refuses_marks
from domain.model import Refusal
from domain.people import Role

if TYPE_CHECKING:
    from domain.action_plan import ActionPlanState

PLANNING = "Action plan of the board, after serious case review quality markers 15 and 18"
APART = "Separation of duties: nobody certifies an action of their own side, after quality marker 18"
LIFE = "Monitoring of actions by the board, after serious case review quality marker 18"
BY_LEAD = (StartAction, ReportProgress, ReachMilestone, SubmitEvidence)


def refuses_planning(command: PlanAction, at: datetime, whole: "ActionPlanState") -> Refusal | None:
    """An action has an owner, a lead, days in order, and findings to answer once there are any."""
    if not fullmatch(r"A[1-9][0-9]{0,2}", command.item or ""):
        return _no("action-named", "Give the action an id: A and a number, as A1 or A27.")
    known = whole.actions.get(command.item)
    actor = command.actor
    if actor.role.of_an_agency and {command.agency, known.agency if known else command.agency} != {actor.agency}:
        return _no("own-agency", "An agency plans actions of its own only.", APART)
    return (
        _refuses_names(command)
        or _refuses_days(command, known, at)
        or _refuses_findings(command, known, whole)
        or _refuses_again(command, known, whole)
        or _refuses_other_owner(command, known)
        or refuses_marks(command.found, command.stays)
    )


def _refuses_names(command: PlanAction) -> Refusal | None:
    missing = command.found.missing if command.found is not None else ()
    if "person" in missing:
        return _no("lead-known", "The board's directory does not know the lead (field lead).")
    if "agencies" in missing:
        return _no("agency-known", "The board's directory does not know the agency (field agency).")
    if "themes" in missing:
        return _no("theme-known", "A theme is not on the board's list (field themes).")
    return None


def _refuses_days(command: PlanAction, known: Action | None, at: datetime) -> Refusal | None:
    if command.due_on < command.starts_on:
        return _no("days-in-order", "The action is due before it starts.")
    if known is None and command.due_on < at.date():
        return _no("due-to-come", "The day on which the action is due has passed.")
    steps = [step.due_on for step in command.milestones]
    if any(not command.starts_on <= day <= command.due_on for day in steps):
        return _no("milestones-within", "Every milestone lies between the start of the action and its due day.")
    return None


def _refuses_findings(command: PlanAction, known: Action | None, whole: "ActionPlanState") -> Refusal | None:
    if command.findings and not whole.response.answered:
        text = "The board has not answered its findings; leave them out, and name them later by planning it anew."
        return _no("findings-not-answered", text)
    if not whole.response.known.issuperset(command.findings):
        return _no("finding-known", f"The findings are: {', '.join(sorted(whole.response.known))}.")
    early = known is not None and known.early
    if whole.response.answered and whole.response.known and not command.findings and not early:
        return _no("finding-named", "An action answers at least one finding (field findings).")
    if known is not None and not set(known.findings) <= set(command.findings) | set(_others(known, whole)):
        text = "A finding that this action answers would be left without one; keep it, or plan another action first."
        return _no("finding-kept", text)
    return None


def _others(known: Action, whole: "ActionPlanState") -> list[str]:
    """Findings that other actions answer too."""
    standing = (a for a in whole.actions.all if a.id != known.id and a.status is not ActionStatus.SUPERSEDED)
    return [finding for action in standing for finding in action.findings]


def _refuses_again(command: PlanAction, known: Action | None, whole: "ActionPlanState") -> Refusal | None:
    if known is None:
        return None
    if not known.open:  # also one that was the wrong answer: what was verified is not given another lead or text
        return _no("action-over", "This action is at its end; it can be reopened (reopen-action).", LIFE)
    if not whole.sign_off.signed_off(known.id) and known.extensions == 0:
        return None
    if not command.reason.strip():
        return _no("reason-for-change", "The plan with this action is signed off; say why it changes (field reason).")
    if command.due_on != known.due_on:
        text = "The day of an action that is signed off moves by giving it more time (extend-action)."
        return _no("more-time-by-extension", text, LIFE)
    return None


def _refuses_other_owner(command: PlanAction, known: Action | None) -> Refusal | None:
    """Otherwise the agency whose evidence it is could verify it."""
    if known is None or known.status is not ActionStatus.EVIDENCE_SUBMITTED or command.agency == known.agency:
        return None
    text = "Its evidence waits to be verified; the agency that owns it changes only after that (verify-action)."
    return _no("evidence-waits", text, APART)


def refuses_action(command: Command, at: datetime, whole: "ActionPlanState") -> Refusal | None:
    """The rule of an action's life, or of who may act on it, that forbids the command."""
    action = whole.actions.get(command.item)
    if action is None:
        known = ", ".join(each.id for each in whole.actions.all) or "none yet"
        return _no("action-known", f"The plan has no such action; it has: {known}.")
    if isinstance(command, BY_LEAD) and (refusal := _refuses_others(command, action)) is not None:
        return refusal
    if isinstance(command, ReopenAction):
        return _refuses_reopening(command, action, at)
    if isinstance(command, VerifyAction | RateAction | SupersedeAction):
        return _refuses_by_others(command, action, whole)
    if not action.open:
        return _no("action-over", "This action is at its end; it can be reopened (reopen-action).", LIFE)
    return _refuses_while_open(command, action, at, whole)


def _refuses_by_others(
    command: VerifyAction | RateAction | SupersedeAction, action: Action, whole: "ActionPlanState"
) -> Refusal | None:
    match command:
        case VerifyAction():
            return _refuses_verifying(command, action, whole)
        case RateAction():
            return _refuses_colour(command, action, whole)
        case SupersedeAction():
            return _refuses_superseding(command, action, whole)


def _refuses_while_open(command: Command, action: Action, at: datetime, whole: "ActionPlanState") -> Refusal | None:
    match command:
        case StartAction():
            return _refuses_start(command, action, at)
        case ReachMilestone():
            return _refuses_milestone(command, action, at)
        case SubmitEvidence():
            return _refuses_submission(command, action)
        case ExtendAction():
            return _refuses_more_time(command, action, at, whole)
    return (
        _refuses_lead(command, action) if isinstance(command, ReplaceLead) else _refuses_other_agency(command, action)
    )


def _refuses_start(command: StartAction, action: Action, at: datetime) -> Refusal | None:
    if action.status is not ActionStatus.PLANNED:
        return _no("started-already", "It is recorded that work on this action has begun.", LIFE)
    return refuses_future("The beginning", command.started_at, at)


def _refuses_others(command: Command, action: Action) -> Refusal | None:
    """Its lead, the lead of the agency that owns it, and the business manager tell how it goes."""
    actor = command.actor
    if actor.role is Role.ACTION_LEAD and actor.person != action.lead:
        return _no("own-action", "Only the lead of this action does that, or its agency or the business manager.", LIFE)
    return _refuses_other_agency(command, action)


def _refuses_other_agency(command: Command, action: Action) -> Refusal | None:
    actor = command.actor
    if actor.role.of_an_agency and actor.agency != action.agency:
        return _no("own-action", "An agency does that for its own actions only.", LIFE)
    return None


def _refuses_milestone(command: ReachMilestone, action: Action, at: datetime) -> Refusal | None:
    if command.milestone > len(action.milestones):
        return _no("milestone-known", f"This action has {len(action.milestones)} milestones.", LIFE)
    if action.milestones[command.milestone - 1].reached_at is not None:
        return _no("reached-already", "That this milestone was reached is recorded already.", LIFE)
    return refuses_future("The milestone", command.reached_at, at)


def _refuses_submission(command: SubmitEvidence, action: Action) -> Refusal | None:
    if action.status is ActionStatus.EVIDENCE_SUBMITTED:
        return _no("submitted-already", "Its evidence is submitted and waits to be verified.", LIFE)
    if command.found is not None and "documents" in command.found.missing:
        return _no("document-kept", "A document that is named is not kept with the case (field documents).", LIFE)
    return None


def _refuses_verifying(command: VerifyAction, action: Action, whole: "ActionPlanState") -> Refusal | None:
    """Neither its lead, now or ever, nor who submitted its evidence, nor anybody of an agency that owns or led it."""
    if action.status is not ActionStatus.EVIDENCE_SUBMITTED:
        return _no("evidence-first", "There is no evidence that waits to be verified (submit-evidence).", LIFE)
    person = command.actor.person
    of_its_side = {person for a in whole.actions.all if a.agency in action.agencies for person in a.leads}
    parts = set(command.found.agencies if command.found is not None else ()) | {command.actor.agency}
    if person in of_its_side | set(action.leads) | set(action.submitted_by) or parts & set(action.sides):
        text = (
            "It is verified by somebody who neither leads or led it nor belongs to the agency of its owner or a lead."
        )
        return _no("own-side", text, APART)
    return None


def _refuses_colour(command: RateAction, action: Action, whole: "ActionPlanState") -> Refusal | None:
    legend = [colour.id for colour in whole.rules.legend]
    if command.colour not in legend:
        return _no("colour-of-legend", f"The board's legend has: {', '.join(legend)}.", LIFE)
    if action.status in (ActionStatus.SUPERSEDED, ActionStatus.REFUSED):
        return _no("action-over", "An action that is superseded or refused has no colour any more.", LIFE)
    return None


def _refuses_more_time(command: ExtendAction, action: Action, at: datetime, whole: "ActionPlanState") -> Refusal | None:
    if action.status is ActionStatus.EVIDENCE_SUBMITTED:
        return _no("submitted-already", "Its evidence is submitted; it has no need of more time now.", LIFE)
    if command.until <= action.due_on or command.until <= at.date():
        return _no("later-day", "More time ends on a day to come, later than the one that stands.", LIFE)
    if command.actor.role is Role.SUB_GROUP and action.extensions >= whole.rules.extensions_by_sub_group:
        text = f"The sub-group has given this action more time {action.extensions} times; now the board chair decides."
        return _no("extension-for-chair", text, str(whole.rules.source))
    return None


def _refuses_superseding(command: SupersedeAction, action: Action, whole: "ActionPlanState") -> Refusal | None:
    if not action.open and action.replan_since is None:
        return _no("action-over", "This action is at its end; nothing takes its place.", LIFE)
    other = whole.actions.get(command.by)
    if other is None or not other.open or other.id == action.id:
        return _no("successor-open", "Another action of the plan that is open takes its place (field by).", LIFE)
    if not set(action.findings) <= set(other.findings):
        return _no("findings-covered", "The action that takes its place answers every finding of this one.", PLANNING)
    return None


def _refuses_reopening(command: ReopenAction, action: Action, at: datetime) -> Refusal | None:
    if action.open:
        return _no("action-open", "This action is open; there is nothing to reopen.", LIFE)
    return _refuses_past(command.due_on, at)


def _refuses_past(day: date, at: datetime) -> Refusal | None:
    if day > at.date():
        return None
    return _no("due-to-come", "The day on which the action is due has passed.", LIFE)


def _refuses_lead(command: ReplaceLead, action: Action) -> Refusal | None:
    if (refusal := _refuses_other_agency(command, action)) is not None:
        return refusal
    if command.lead == action.lead:
        return _no("lead-stands", "This person leads the action already.", LIFE)
    if command.found is not None and "person" in command.found.missing:
        return _no("lead-known", "The board's directory does not know the lead (field lead).")
    return None


def _no(code: str, text: str, source: str = PLANNING) -> Refusal:
    return Refusal(code=code, text=text, source=source)
