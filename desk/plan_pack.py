"""The meeting pack of an action plan: what moved since the last review, what is late and why, what needs a decision.

It is read from the case record alone. What people typed is shown only where no name is found in it; else the fact is
named that it stands in.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from temporalio.exceptions import ApplicationError

from activities.regimes import read_regime
from desk.action_reading import ReadAction, number_of
from desk.annual_case import CaseAsOf, case_as_of
from desk.change_reading import ReadChange
from desk.civil import in_civil_time
from desk.clocks_as_of import ClockAsOf, ClockStood
from desk.plan_moves import Moved, moved_since
from desk.said import Said
from domain.action_commands import ActionStatus
from domain.directory import Directory
from domain.learning import Colour
from domain.model import Model
from domain.people import Role
from domain.record import CaseRef
from records import queries
from records.store import Record


class LateItem(Model):
    """An action, a milestone or an observation that is beyond its day."""

    item: str
    """``A1``, ``A1/2`` for its second milestone, ``C1/2`` for a change's second date."""
    kind: str
    """Action, milestone or observation."""
    agency: str
    due_on: date
    original_due_on: date
    days_late: int
    extensions: int = 0
    because: Said | None = None
    """What the last progress report on the action said; none where it said nothing."""


class ToDecide(Model):
    """Something that needs a decision."""

    item: str
    what: str
    who: Role
    due_on: date | None = None
    overdue: bool = False


class MilestoneRow(Model):
    """A milestone of an action."""

    number: int
    due_on: date
    reached_on: date | None = None


class ActionRow(Model):
    """An action as the plan has it."""

    action: str
    what: Said
    findings: tuple[str, ...]
    agency: str
    lead: str
    """Id of the person in the directory."""
    status: ActionStatus
    superseded_by: str = ""
    colour: str = ""
    colour_means: str = ""
    """As the board's legend has it."""
    starts_on: date
    due_on: date
    original_due_on: date
    extensions: int
    days_late: int
    milestones: tuple[MilestoneRow, ...]


class ChangeRow(Model):
    """An expected change as the plan has it."""

    change: str
    what: Said
    actions: tuple[str, ...]
    stood: str
    next_on: date | None
    """The first day of which there is neither an observation nor a reason why none."""


class PlanPack(Model):
    """What a review of the plan needs."""

    case: CaseRef
    at: datetime
    since: datetime | None
    """When the plan was last reviewed; none where it never was."""
    version: int
    signed_off_on: date | None
    """When a version was last signed off."""
    next_review_on: date | None
    moved: tuple[Moved, ...]
    late: tuple[LateItem, ...]
    decisions: tuple[ToDecide, ...]
    actions: tuple[ActionRow, ...]
    changes: tuple[ChangeRow, ...]
    legend: tuple[Colour, ...]


PLAN, REVIEW, TOLERANCE, REPLAN = "action-plan", "plan-review", "action-tolerance", "action-replan"
VERIFICATION: Final = "action-verification"
_GOING: Final = (ClockStood.RUNNING, ClockStood.OVERDUE)


def plan_pack(record: Record, directory: Directory, case: CaseRef, now: datetime) -> PlanPack:
    """The pack as things stand. Raises ``NotFound``, and ``KeyringFault`` where a fact does not open."""
    summary = queries.case_summary(record, case)
    known = case_as_of(record, directory, summary, now)
    legend = _legend(summary.regime)
    plan, today = known.plan, in_civil_time(now).date()
    since = max((review.held_at for review in plan.reviews), default=None)
    reviews = [clock.entry.deadline.due_on for clock in _going(known, REVIEW)]
    return PlanPack(
        case=case,
        at=in_civil_time(now),
        since=since and in_civil_time(since),
        version=plan.version,
        signed_off_on=in_civil_time(plan.signed_off[-1]).date() if plan.signed_off else None,
        next_review_on=min(reviews, default=None),
        moved=moved_since(known, since),
        late=tuple(_late(known, today)),
        decisions=tuple(_decisions(known)),
        actions=tuple(_row(known, action, legend, today) for action in plan.actions),
        changes=tuple(_change_row(known, change) for change in known.changes if change.dropped_at is None),
        legend=legend,
    )


def _legend(regime: str) -> tuple[Colour, ...]:
    """The board's colours; none where the case's regime is not to be had any more."""
    try:
        return read_regime(regime).actions.legend
    except ApplicationError:
        return ()


def _going(known: CaseAsOf, rule: str) -> list[ClockAsOf]:
    return [clock for clock in known.clocks if clock.entry.rule.id == rule and clock.stood in _GOING]


def _late(known: CaseAsOf, today: date) -> Iterator[LateItem]:
    for each in known.plan.actions:
        yield from _late_of(known, each, today)
    for change in known.changes:
        for on in change.dates if change.dropped_at is None else ():
            if on.observed is None and on.late_by(today):
                yield LateItem(
                    item=f"{change.id}/{on.number}",
                    kind="observation",
                    agency=change.agency,
                    due_on=on.on,
                    original_due_on=on.on,
                    days_late=on.late_by(today),
                )


def _late_of(known: CaseAsOf, each: ReadAction, today: date) -> Iterator[LateItem]:
    """The action itself, and its milestones."""
    action = each.action
    because = known.said(each.late_said_in, "late_because") if each.late_said_in else None
    if days := each.late_by(today):
        yield LateItem(
            item=action.id,
            kind="action",
            agency=action.agency,
            due_on=action.due_on,
            original_due_on=action.original_due_on,
            days_late=days,
            extensions=action.extensions,
            because=because,
        )
    for number, step in enumerate(action.milestones, start=1):
        waits = action.open and action.status is not ActionStatus.EVIDENCE_SUBMITTED
        if waits and step.reached_at is None and step.due_on < today:
            yield LateItem(
                item=f"{action.id}/{number}",
                kind="milestone",
                agency=action.agency,
                due_on=step.due_on,
                original_due_on=step.due_on,
                days_late=(today - step.due_on).days,
                because=because,
            )


def _decisions(known: CaseAsOf) -> Iterator[ToDecide]:
    if known.plan.to_be_signed_off:
        what = f"version {known.plan.version} of the plan waits to be signed off"
        yield _to_decide(next(iter(_going(known, PLAN)), None), what, Role.BOARD_CHAIR, "plan")
    for clock in _going(known, TOLERANCE):
        what = "beyond the board's tolerance: what becomes of it"
        yield _to_decide(clock, what, Role.BOARD_CHAIR, _about(clock))
    waiting = [a.action.id for a in known.plan.actions if a.status is ActionStatus.EVIDENCE_SUBMITTED]
    yield from _each(
        known, waiting, VERIFICATION, "evidence waits to be verified by somebody else", Role.BUSINESS_MANAGER
    )
    for finding in sorted((f for f in known.findings if f.wants_action), key=lambda f: number_of(f.id)):
        if known.plan.uncovered(finding.id):
            what = "accepted finding with neither an action nor a reason why none"
            yield _to_decide(None, what, Role.BUSINESS_MANAGER, finding.id)
    wrong = [a.action.id for a in known.plan.actions if a.action.replan_since is not None]
    yield from _each(known, wrong, REPLAN, "was the wrong answer and is to be planned anew", Role.BUSINESS_MANAGER)
    for clock in _going(known, "change-judgement"):
        who = clock.entry.waiting_on or Role.SUB_GROUP
        yield _to_decide(clock, "observation waits to be judged", who, clock.entry.item or "")
    for clock in _going(known, "change-closing"):
        who = clock.entry.waiting_on or Role.BOARD_CHAIR
        yield _to_decide(clock, "every date has passed: whether it is closed", who, _about(clock))


def _each(known: CaseAsOf, items: Iterable[str], rule: str, what: str, who: Role) -> Iterator[ToDecide]:
    """One decision an item, due as the clock of that rule is where one runs."""
    clocks = {_about(clock): clock for clock in _going(known, rule)}
    return (_to_decide(clocks.get(item), what, who, item) for item in items)


def _about(clock: ClockAsOf) -> str:
    """The action or change of a clock: of ``A1/2``, its second, too."""
    return (clock.entry.item or "").partition("/")[0]


def _to_decide(clock: ClockAsOf | None, what: str, who: Role, item: str) -> ToDecide:
    if clock is None:
        return ToDecide(item=item, what=what, who=who)
    overdue = clock.stood is ClockStood.OVERDUE
    return ToDecide(item=item, what=what, who=who, due_on=clock.entry.deadline.due_on, overdue=overdue)


def _row(known: CaseAsOf, each: ReadAction, legend: Iterable[Colour], today: date) -> ActionRow:
    action = each.action
    meanings = {colour.id: colour.meaning for colour in legend}
    return ActionRow(
        action=action.id,
        what=known.said(each.planned_in, "what"),
        findings=action.findings,
        agency=action.agency,
        lead=action.lead,
        status=action.status,
        superseded_by=action.superseded_by,
        colour=action.colour,
        colour_means=meanings.get(action.colour, ""),
        starts_on=action.starts_on,
        due_on=action.due_on,
        original_due_on=action.original_due_on,
        extensions=action.extensions,
        days_late=each.late_by(today),
        milestones=tuple(
            MilestoneRow(
                number=number,
                due_on=step.due_on,
                reached_on=in_civil_time(step.reached_at).date() if step.reached_at else None,
            )
            for number, step in enumerate(action.milestones, start=1)
        ),
    )


def _change_row(known: CaseAsOf, change: ReadChange) -> ChangeRow:
    return ChangeRow(
        change=change.id,
        what=known.said(change.fact, "what"),
        actions=change.actions,
        stood=change.words,
        next_on=change.next_date.on if change.next_date else None,
    )
