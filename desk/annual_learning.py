"""Findings and actions in a board's annual report: what was answered, what is done, what is not done and why."""

from collections.abc import Iterable
from datetime import date

from desk.action_reading import Move, ReadAction, number_of
from desk.annual_case import CaseAsOf, Period
from desk.civil import in_civil_time
from desk.finding_reading import ReadFinding
from desk.said import Said
from domain.action_commands import ActionStatus
from domain.model import Model
from domain.publication_commands import FindingAnswer


class FindingLine(Model):
    """The findings of one review: what the board answered to them in the year, and what waited at its end."""

    reference: str
    entered: int
    """In the year, those withdrawn since included."""
    answers: dict[FindingAnswer, int]
    """The board's last answers, as far as they were given in the year."""
    waiting: int
    """Without an answer at the end of the year."""

    @property
    def answered(self) -> int:
        """How many were answered in the year."""
        return sum(self.answers.values())


class NotAccepted(Model):
    """A finding that the board rejected, or accepted in part."""

    reference: str
    finding: str
    answer: FindingAnswer
    on: date
    reason: Said


class Findings(Model):
    """Section 3 of the report."""

    lines: tuple[FindingLine, ...]
    not_accepted: tuple[NotAccepted, ...]


class ActionLine(Model):
    """The actions of one review.

    ``open_before + planned + reopened - verified - refused - superseded`` is ``open_at_end``.
    """

    reference: str
    open_before: int
    planned: int
    reopened: int
    verified: int
    refused: int
    superseded: int
    open_at_end: int
    late: int
    """Of those open at the end: beyond their day."""
    waiting: int
    """Of those open at the end: their evidence waits to be verified."""
    extended: int
    """How often actions were given more time in the year."""


class LateAction(Model):
    """An action that was beyond its day at the end of the year."""

    reference: str
    action: str
    agency: str
    status: ActionStatus
    original_due_on: date
    due_on: date
    days_late: int
    extensions: int
    because: Said | None
    """What the last progress report said."""


class MoreTime(Model):
    """An action that was given more time in the year."""

    reference: str
    action: str
    agency: str
    on: date
    original_due_on: date
    until: date
    time: int
    """Which of its extensions it was, from 1."""
    reason: Said


class NotDone(Model):
    """An action that is not carried out, or a finding without an action."""

    reference: str
    about: str
    """Id of the action or of the finding."""
    what: str
    on: date | None
    reason: Said | None
    """None where none is recorded."""


class Actions(Model):
    """Section 4 of the report."""

    lines: tuple[ActionLine, ...]
    late: tuple[LateAction, ...]
    more_time: tuple[MoreTime, ...]
    not_done: tuple[NotDone, ...]


def findings(cases: Iterable[CaseAsOf], period: Period) -> Findings:
    """What was found, and what the board answered."""
    lines, others = [], []
    for case in cases:
        known = [finding for finding in case.findings if finding.stands]
        given = [finding for finding in known if period.has(finding.answered_at)]
        line = FindingLine(
            reference=case.case.reference,
            entered=sum(period.has(finding.entered_at) for finding in case.findings),
            answers={answer: sum(finding.answer is answer for finding in given) for answer in FindingAnswer},
            waiting=sum(finding.answer is None for finding in known),
        )
        if line.entered or line.answered or line.waiting:
            lines.append(line)
        others += [_not_accepted(case, finding) for finding in given if finding.answer in _NOT_WHOLLY]
    return Findings(lines=tuple(lines), not_accepted=tuple(others))


_NOT_WHOLLY = (FindingAnswer.REJECTED, FindingAnswer.PARTLY)


def _not_accepted(case: CaseAsOf, finding: ReadFinding) -> NotAccepted:
    assert finding.answer and finding.answered_at and finding.answered_in, "it was answered"  # noqa: S101
    return NotAccepted(
        reference=case.case.reference,
        finding=finding.id,
        answer=finding.answer,
        on=in_civil_time(finding.answered_at).date(),
        reason=case.said(finding.answered_in),
    )


def actions(cases: Iterable[CaseAsOf], period: Period) -> Actions:
    """What was planned, done and not done."""
    lines: list[ActionLine] = []
    late: list[LateAction] = []
    more: list[MoreTime] = []
    not_done: list[NotDone] = []
    for case in cases:
        known = case.plan.actions
        if known:
            lines.append(_action_line(case, period))
        late += [_late(case, action, period) for action in known if action.late_by(period.today)]
        more += [line for action in known for line in _more_time(case, action, period)]
        not_done += [
            _ended(case, action, move)
            for action in known
            for move in action.moves
            if move.status in _NOT_DONE and period.has(move.at)
        ]
        not_done += _without_action(case, period)
    return Actions(lines=tuple(lines), late=tuple(late), more_time=tuple(more), not_done=tuple(not_done))


_NOT_DONE = (ActionStatus.REFUSED, ActionStatus.SUPERSEDED)


def _action_line(case: CaseAsOf, period: Period) -> ActionLine:
    known = case.plan.actions
    moves = [move for action in known for move in action.moves if period.has(move.at)]
    still_open = [action for action in known if action.action.open]
    ends = {status: sum(move.ended and move.status is status for move in moves) for status in ActionStatus}
    return ActionLine(
        reference=case.case.reference,
        open_before=sum(_was_open(action, period) for action in known),
        planned=sum(move.was is None for move in moves),
        reopened=sum(move.reopened for move in moves),
        verified=ends[ActionStatus.VERIFIED],
        refused=ends[ActionStatus.REFUSED],
        superseded=ends[ActionStatus.SUPERSEDED],
        open_at_end=len(still_open),
        late=sum(action.late_by(period.today) > 0 for action in still_open),
        waiting=sum(action.status is ActionStatus.EVIDENCE_SUBMITTED for action in still_open),
        extended=sum(period.has(given.at) for action in known for given in action.given),
    )


def _was_open(action: ReadAction, period: Period) -> bool:
    """Whether it was open when the year began."""
    before = [move for move in action.moves if move.at < period.begins]
    return bool(before) and not before[-1].status.at_its_end


def _late(case: CaseAsOf, known: ReadAction, period: Period) -> LateAction:
    action = known.action
    return LateAction(
        reference=case.case.reference,
        action=action.id,
        agency=action.agency,
        status=action.status,
        original_due_on=action.original_due_on,
        due_on=action.due_on,
        days_late=known.late_by(period.today),
        extensions=action.extensions,
        because=case.said(known.late_said_in, "late_because") if known.late_said_in else None,
    )


def _more_time(case: CaseAsOf, known: ReadAction, period: Period) -> list[MoreTime]:
    return [
        MoreTime(
            reference=case.case.reference,
            action=known.action.id,
            agency=known.action.agency,
            on=in_civil_time(given.at).date(),
            original_due_on=known.action.original_due_on,
            until=given.until,
            time=time,
            reason=case.said(given.fact),
        )
        for time, given in enumerate(known.given, start=1)
        if period.has(given.at)
    ]


def _ended(case: CaseAsOf, known: ReadAction, move: Move) -> NotDone:
    what = "action refused"
    if move.status is ActionStatus.SUPERSEDED:
        what = f"action superseded by {case.by_number[move.fact].fact.detail['by']}"
    if move.was is ActionStatus.VERIFIED:
        what = f"{what}, having been verified"
    since = "" if move is known.last_move else "; reopened since"
    return NotDone(
        reference=case.case.reference,
        about=known.action.id,
        what=f"{what}{since}",
        on=in_civil_time(move.at).date(),
        reason=case.said(move.fact),
    )


def _without_action(case: CaseAsOf, period: Period) -> list[NotDone]:
    """Accepted findings that lead to no action: those of which it was said in the year, and those not spoken of.

    Where an action was refused, that has its reason.
    """
    found = []
    for finding in case.findings:
        actions = case.plan.answering(finding.id)
        said_in = case.plan.no_action.get(finding.id)
        if not finding.wants_action or (actions and not said_in) or any(a.status not in _NOT_DONE for a in actions):
            continue
        at = case.by_number[said_in].fact.at if said_in else None
        if at is None or period.has(at):
            found.append(
                NotDone(
                    reference=case.case.reference,
                    about=finding.id,
                    what="finding without an action" if at else "finding without an action yet",
                    on=in_civil_time(at).date() if at else None,
                    reason=case.said(said_in) if said_in else None,
                )
            )
    return sorted(found, key=lambda each: number_of(each.about))
