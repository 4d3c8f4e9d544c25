"""The actions of a case and the life of its plan, read from its facts alone."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter

from desk.civil import in_civil_time
from domain.action import Action, Step, Verification
from domain.action_commands import (
    ActionStatus,
    ExtendAction,
    PlanAction,
    RateAction,
    ReachMilestone,
    RecordNoAction,
    RefuseAction,
    ReopenAction,
    ReplaceLead,
    ReportProgress,
    ReviewPlan,
    SignOffPlan,
    StartAction,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.change_commands import DropExpectedChange, ExpectChange
from domain.model import Model
from domain.record import Fact
from records.views import RecordedFact

CHANGES_PLAN: Final = frozenset(
    command.FACT for command in (PlanAction, RecordNoAction, ExpectChange, DropExpectedChange, SupersedeAction)
)
"""Facts after which the plan is no longer what was signed off."""
_INSTANT: Final = TypeAdapter(datetime)


class Move(Model):
    """A change of an action's status."""

    fact: int
    at: datetime
    status: ActionStatus
    was: ActionStatus | None = None
    """None where the action was planned for the first time."""

    @property
    def ended(self) -> bool:
        """Whether an open action came to its end by it."""
        return self.status.at_its_end and self.was is not None and not self.was.at_its_end

    @property
    def reopened(self) -> bool:
        """Whether an action that had ended is open again by it."""
        return self.was is not None and self.was.at_its_end and not self.status.at_its_end


class Given(Model):
    """More time that an action was given."""

    fact: int
    at: datetime
    until: date


class Reached(Model):
    """A milestone that was reached."""

    fact: int
    at: datetime
    """When it was recorded."""
    number: int


class ReadAction(Model):
    """An action as it stands, with the numbers of the facts that tell of it."""

    action: Action
    planned_in: int
    """Number of the fact that planned it last."""
    moves: tuple[Move, ...]
    given: tuple[Given, ...] = ()
    reached: tuple[Reached, ...] = ()
    rated_in: int | None = None
    late_said_in: int | None = None
    """Number of the last progress report that says why it is late; none since it came to its end."""

    @property
    def status(self) -> ActionStatus:
        """Where it is in its life."""
        return self.action.status

    def late_by(self, on: date) -> int:
        """By how many days it is beyond its day; 0 where it is not, or is at its end.

        While its evidence waits to be verified: by how many days that came late.
        """
        if not self.action.open:
            return 0
        submitted = self.action.submitted_at if self.status is ActionStatus.EVIDENCE_SUBMITTED else None
        return max(0, ((in_civil_time(submitted).date() if submitted else on) - self.action.due_on).days)

    @property
    def last_move(self) -> Move:
        """The last change of its status."""
        return self.moves[-1]


class Review(Model):
    """A review of the plan."""

    fact: int
    held_at: datetime


class ReadPlan(Model):
    """The plan as it stands."""

    actions: tuple[ReadAction, ...] = ()
    no_action: dict[str, int] = {}
    """For each finding of which it is recorded why it leads to no action: the number of the last such fact."""
    reviews: tuple[Review, ...] = ()
    signed_off: tuple[datetime, ...] = ()
    """When each version was signed off."""
    changed: bool = False
    """Whether it differs from what was signed off last."""
    answered: bool = False
    """Whether it has heard the board's answers to the findings."""

    @property
    def version(self) -> int:
        """Number of the version as it stands: of the last one that was signed off, or of the next one."""
        return len(self.signed_off) + (self.changed or not self.signed_off)

    @property
    def to_be_signed_off(self) -> bool:
        """Whether that version waits to be signed off."""
        return self.answered and self.version > len(self.signed_off)

    def answering(self, finding: str) -> tuple[ReadAction, ...]:
        """The actions that answer a finding; one that was refused has its reason, one that was superseded is gone."""
        superseded = ActionStatus.SUPERSEDED
        return tuple(a for a in self.actions if finding in a.action.findings and a.status is not superseded)

    def uncovered(self, finding: str) -> bool:
        """Whether there is neither an action for the finding nor a reason why none."""
        return finding not in self.no_action and not self.answering(finding)


def read_plan(facts: Iterable[RecordedFact]) -> ReadPlan:
    """The plan as these facts leave it; actions in order of their numbers."""
    reader = _Reader()
    for each in facts:
        reader.take(each)
    actions = sorted(reader.actions.values(), key=lambda each: number_of(each.action.id))
    return reader.plan.model_copy(update={"actions": tuple(actions), "no_action": reader.no_action})


def number_of(key: str) -> tuple[str, int, str]:
    """By which ids are put in order: ``A2`` before ``A10``, and what has no number behind its letter last of all."""
    digits = key[1:]
    return (key[:1], int(digits), "") if digits.isdecimal() else (key[:1], 0, digits)


class _Reader:
    """Takes facts in, one after the other."""

    def __init__(self) -> None:
        self.plan = ReadPlan()
        self.actions: dict[str, ReadAction] = {}
        self.no_action: dict[str, int] = {}

    def take(self, each: RecordedFact) -> None:
        """One more fact; those of other stages change nothing."""
        fact, item = each.fact, each.fact.item or ""
        if fact.kind in CHANGES_PLAN:
            self._now(changed=True)
        match fact.kind:
            case PlanAction.FACT:
                self.actions[item] = self._planned(item, each)
            case RecordNoAction.FACT:
                self.no_action[item] = each.seq
            case ReviewPlan.FACT:
                review = Review(fact=each.seq, held_at=_INSTANT.validate_python(fact.detail["held_at"]))
                self._now(reviews=(*self.plan.reviews, review))
            case SignOffPlan.FACT if fact.detail["outcome"] == "signed-off":
                self._now(signed_off=(*self.plan.signed_off, fact.at), changed=False)
            case "findings-received":
                self._now(answered=True)
            case "answer-was-wrong":
                self._to_be_replanned(each)
            case _ if item in self.actions:
                self.actions[item] = _after(self.actions[item], each)

    def _now(self, **changes: object) -> None:
        self.plan = self.plan.model_copy(update=changes)

    def _planned(self, item: str, each: RecordedFact) -> ReadAction:
        """The action as it is planned; one that is planned anew keeps its status and the milestones it has reached."""
        known, detail = self.actions.get(item), each.fact.detail
        reached = [step.reached_at for step in known.action.milestones] if known else []
        update: dict[str, object] = {
            "findings": _names(each.fact, "findings"),
            "agency": str(detail["agency"]),
            "agencies": _once(*(known.action.agencies if known else ()), str(detail["agency"])),
            "lead": str(detail["lead"]),
            "assigned": known.action.assigned + (known.action.lead != detail["lead"]) if known else 1,
            "starts_on": date.fromisoformat(str(detail["starts_on"])),
            "due_on": date.fromisoformat(str(detail["due_on"])),
            "milestones": tuple(
                Step(due_on=day, reached_at=reached[n] if n < len(reached) else None)
                for n, day in enumerate(_days(detail.get("milestones")))
            ),
            "change_watched": not str(detail.get("no_change") or "").strip(),
            "replan_since": None,
        }
        if known is None:
            first = {"id": item, "leads": (detail["lead"],), "planned_at": each.fact.at}
            action = Action.model_validate({**update, **first, "original_due_on": update["due_on"]})
            moved = Move(fact=each.seq, at=each.fact.at, status=ActionStatus.PLANNED)
            return ReadAction(action=action, planned_in=each.seq, moves=(moved,))
        if update["due_on"] != known.action.due_on:
            update["original_due_on"] = update["due_on"]
        update["leads"] = _once(*known.action.leads, str(detail["lead"]))
        return _with(known, **update).model_copy(update={"planned_in": each.seq})

    def _to_be_replanned(self, each: RecordedFact) -> None:
        for item in _names(each.fact, "actions"):
            known = self.actions.get(item)
            if known is not None and known.status not in (ActionStatus.SUPERSEDED, ActionStatus.REFUSED):
                self.actions[item] = _with(known, replan_since=known.action.replan_since or each.fact.at)


def _after(known: ReadAction, each: RecordedFact) -> ReadAction:
    """The action after a fact that is about it."""
    action, detail = known.action, each.fact.detail
    match each.fact.kind:
        case ExtendAction.FACT:
            until = date.fromisoformat(str(detail["until"]))
            given = (*known.given, Given(fact=each.seq, at=each.fact.at, until=until))
            extended = _with(known, due_on=until, extensions=action.extensions + 1)
            return extended.model_copy(update={"given": given})
        case ReachMilestone.FACT:
            return _reached(known, each)
        case RateAction.FACT:
            return _with(known, colour=str(detail["colour"])).model_copy(update={"rated_in": each.seq})
        case ReportProgress.FACT if str(detail.get("late_because") or "").strip():
            return known.model_copy(update={"late_said_in": each.seq})
        case ReplaceLead.FACT:
            lead = str(detail["lead"])
            return _with(known, lead=lead, leads=_once(*action.leads, lead), assigned=action.assigned + 1)
    return _further(known, each)


def _further(known: ReadAction, each: RecordedFact) -> ReadAction:
    """The action after a fact that changes its status; other facts change nothing."""
    fact, action = each.fact, known.action
    status = _STATUS.get(fact.kind)
    if fact.kind == VerifyAction.FACT and fact.detail["outcome"] != "verified":
        status = ActionStatus.UNDER_WAY
    if status is None:
        return known
    update: dict[str, object] = {"ended_at": fact.at if status.at_its_end else None}
    match fact.kind:
        case StartAction.FACT:
            update["started_at"] = _INSTANT.validate_python(fact.detail["started_at"])
        case SubmitEvidence.FACT:
            people = (*action.submitted_by, *((fact.by.person,) if fact.by else ()))
            update |= {"submitted_at": fact.at, "submitted_by": tuple(dict.fromkeys(people))}
            update["started_at"] = action.started_at or fact.at
        case VerifyAction.FACT:
            looked = Verification(submitted_at=action.submitted_at or fact.at, judged_at=fact.at)
            update["verifications"] = (*action.verifications, looked)
            if status is ActionStatus.UNDER_WAY:
                update |= {"submitted_at": None, "sent_back": action.sent_back + 1}
        case SupersedeAction.FACT:
            update |= {"superseded_by": str(fact.detail["by"]), **_unjudged(action)}
        case RefuseAction.FACT:
            update |= _unjudged(action)
        case ReopenAction.FACT:
            due_on = date.fromisoformat(str(fact.detail["due_on"]))
            update |= {"due_on": due_on, "reopened": action.reopened + 1, "submitted_at": None, "superseded_by": ""}
            update |= {"reopened_at": fact.at, "started_at": action.started_at or fact.at}
    return _moved(known, each, status, **update)


def _unjudged(action: Action) -> dict[str, object]:
    """At an end: it is not to be planned anew, and evidence that waited is not looked at any more."""
    waiting = action.submitted_at if action.status is ActionStatus.EVIDENCE_SUBMITTED else None
    looks = (*action.verifications, Verification(submitted_at=waiting)) if waiting else action.verifications
    return {"replan_since": None, "verifications": looks}


def _once(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


_STATUS: Final = {
    StartAction.FACT: ActionStatus.UNDER_WAY,
    SubmitEvidence.FACT: ActionStatus.EVIDENCE_SUBMITTED,
    VerifyAction.FACT: ActionStatus.VERIFIED,
    SupersedeAction.FACT: ActionStatus.SUPERSEDED,
    RefuseAction.FACT: ActionStatus.REFUSED,
    ReopenAction.FACT: ActionStatus.UNDER_WAY,
}
"""The status to which each fact takes an action; evidence that is sent back takes it back under way."""


def _reached(known: ReadAction, each: RecordedFact) -> ReadAction:
    number, at = int(str(each.fact.detail["milestone"])), _INSTANT.validate_python(each.fact.detail["reached_at"])
    steps = tuple(
        step.model_copy(update={"reached_at": at}) if n == number else step
        for n, step in enumerate(known.action.milestones, start=1)
    )
    reached = (*known.reached, Reached(fact=each.seq, at=each.fact.at, number=number))
    return _with(known, milestones=steps).model_copy(update={"reached": reached})


def _moved(known: ReadAction, each: RecordedFact, status: ActionStatus, **update: object) -> ReadAction:
    """With the status changed; where it was so before, no move is told."""
    changed = _with(known, status=status, **update)
    if status is known.status:
        return changed
    move = Move(fact=each.seq, at=each.fact.at, status=status, was=known.status)
    over = {"late_said_in": None} if status.at_its_end else {}
    return changed.model_copy(update={"moves": (*known.moves, move), **over})


def _with(known: ReadAction, **update: object) -> ReadAction:
    return known.model_copy(update={"action": known.action.model_copy(update=update)})


def _names(fact: Fact, field: str) -> tuple[str, ...]:
    found = fact.detail.get(field)
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def _days(milestones: object) -> list[date]:
    steps = milestones if isinstance(milestones, list) else []
    return [date.fromisoformat(str(each["due_on"])) for each in steps if isinstance(each, dict)]
