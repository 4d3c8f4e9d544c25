"""A case as it stands, by reference; the names that the record holds only where they are asked for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError

from desk.answers import stage_name
from desk.taskview import task_views
from desk.views import CaseView, ClockView, FactView, LetterView, MayRecord, PersonView, StageView
from domain.agency import SecureRecords, SendFirstSummary
from domain.case_commands import Challenge, ReopenCase
from domain.clocks.explain import due_in_words, in_words
from domain.command import Command
from domain.deciding import DECIDED, STAGES
from domain.decision_commands import AnswerCriterion, Recommend
from domain.forms import OF_STAGE, UNASKED
from domain.incident import Incident, IncidentEvent
from domain.record import CaseRef, ClockEntry, ClockStatus
from domain.safety import NOT_A_REFERRAL, SafetyState
from domain.safety_commands import DecideForChild, RecordAllegation
from domain.timetable import ExplainDelay
from records import queries
from records.store import Record
from records.views import CaseSummary, RecordedClock, RecordedFact, RecordedLetter


def case_view(record: Record, case: CaseRef, at: datetime, link_template: str, *, people: bool) -> CaseView:
    """The case as it stands. Raises ``NotFound``, and ``KeyringFault`` where a fact does not open."""
    summary = queries.case_summary(record, case)
    facts = queries.facts(record, case)
    tasks = task_views(record, at, case=case)
    names = {stage_name(case, stage.stage) for stage in summary.stages}
    return CaseView(
        case=case,
        stage=summary.stage,
        regime=summary.regime,
        opened_at=summary.opened_at,
        closed_at=summary.closed_at,
        stages=tuple(StageView(id=s.stage, title=s.title, finished=s.finished, at=s.at) for s in summary.stages),
        clocks=_running(queries.clocks(record, case), facts, at),
        tasks=tuple(tasks),
        facts=tuple(fact_view(each) for each in facts),
        letters=tuple(_letter(each) for each in queries.letters(record, case)),
        may_record=_may_record(record, summary, facts, {task.id for task in tasks}),
        link=link_template.format(board=quote(case.board), reference=quote(case.reference), task=""),
        notice=NOT_A_REFERRAL if SafetyState.STAGE in names else "",
        people=tuple(_people(facts)) if people else (),
    )


def notice_of(case: CaseRef, stage: str) -> str:
    """What must be said wherever a child's safety is logged."""
    return NOT_A_REFERRAL if stage_name(case, stage) == SafetyState.STAGE else ""


def _running(clocks: Iterable[RecordedClock], facts: Iterable[RecordedFact], at: datetime) -> tuple[ClockView, ...]:
    said_why = [(each.stage, each.fact.item, each.seq) for each in facts if each.fact.kind == ExplainDelay.FACT]
    going = (ClockStatus.OPEN, ClockStatus.STOPPED)
    current = (each for each in clocks if each.current and each.entry.status in going)
    views = (
        ClockView(
            id=each.entry.id,
            stage=each.stage,
            title=each.entry.rule.title,
            item=each.entry.item,
            due_at=each.entry.deadline.due_at,
            due=_due(each.entry),
            overdue=each.entry.status is ClockStatus.OPEN and each.entry.deadline.due_at <= at,
            stopped=each.entry.status is ClockStatus.STOPPED,
            waiting_on=each.entry.waiting_on,
            explained_in=tuple(seq for stage, item, seq in said_why if (stage, item) == (each.stage, each.entry.id)),
        )
        for each in current
    )
    return tuple(sorted(views, key=lambda view: view.due_at))


def _due(entry: ClockEntry) -> str:
    return due_in_words(entry) if entry.status is ClockStatus.STOPPED else in_words(entry.deadline)


def fact_view(recorded: RecordedFact) -> FactView:
    """The fact without what was typed."""
    fact = recorded.fact
    return FactView(
        seq=recorded.seq,
        kind=fact.kind,
        at=fact.at,
        role=fact.by.role if fact.by else None,
        agency=fact.by.agency if fact.by else None,
        item=fact.item,
        stands=recorded.stands,
    )


def _letter(recorded: RecordedLetter) -> LetterView:
    return LetterView(
        id=recorded.letter.id,
        stage=recorded.stage,
        to=recorded.letter.to,
        agency=recorded.letter.agency,
        state=recorded.state,
        ended_at=recorded.ended_at,
    )


def _may_record(
    record: Record, summary: CaseSummary, facts: list[RecordedFact], asked: set[str]
) -> tuple[MayRecord, ...]:
    """What the open stages take without having asked for it; of a closed case that it may be opened again."""
    case = summary.case
    if queries.destroyed(record, case) is not None:
        return ()
    found = []
    for stage in summary.stages:
        if stage.finished or stage.stage == case.workflow_id:
            continue
        for command in OF_STAGE[stage_name(case, stage.stage)]:
            if command.FORM in UNASKED:
                found += [_may(stage.stage, item, command) for item in _items(command, stage.stage, facts)]
    if _decided(case, facts):
        found.append(_may(case.workflow_id, None, Challenge))
    if summary.closed_at is not None:
        found.append(_may(case.workflow_id, None, ReopenCase))
    return tuple(may for may in found if may.id not in asked)


def _may(stage: str, item: str | None, command: type[Command]) -> MayRecord:
    path = "/".join(filter(None, (stage.removeprefix("scr/"), item, command.FORM)))
    about = f"{item}: " if item else ""
    return MayRecord(id=path, title=f"{about}{command.TITLE}", roles=tuple(sorted(command.ROLES)))


def _items(command: type[Command], stage: str, facts: list[RecordedFact]) -> list[str | None]:
    """The children or agencies for whom it may be recorded; ``None`` for what concerns the whole stage."""
    of_stage = [each.fact for each in facts if each.stage == stage]
    if command in _BEFORE_THE_DECISION and any(fact.kind in DECIDED for fact in of_stage):
        return []
    begins, ends = _CONCERNS.get(command, ("", ""))
    items = dict.fromkeys(fact.item for fact in of_stage if fact.kind == begins) if begins else [command.ABOUT or None]
    over = {ends, command.FACT} if command in _ONCE else {ends}
    gone = {fact.item for fact in of_stage if fact.kind in over}
    return [item for item in items if item not in gone]


_CONCERNS: Final[dict[type[Command], tuple[str, str]]] = {
    DecideForChild: ("child-identified", "child-known-to-have-died"),
    SecureRecords: ("agency-asked", ""),
    SendFirstSummary: ("agency-asked", ""),
}
"""For what is recorded item by item: the facts with which an item comes and goes."""

_ONCE: Final = (RecordAllegation, SecureRecords, SendFirstSummary)
_BEFORE_THE_DECISION: Final = (AnswerCriterion, Recommend)


def _decided(case: CaseRef, facts: list[RecordedFact]) -> bool:
    """Whether the last decision that was begun has been made: only that can be challenged."""
    of_decisions = [each for each in facts if stage_name(case, each.stage) in STAGES.values()]
    last = max((_number(each.stage) for each in of_decisions), default=0)
    return any(each.fact.kind in DECIDED and _number(each.stage) == last for each in of_decisions)


def _number(stage: str) -> int:
    return int(stage.rpartition("/")[2])


def _people(facts: Iterable[RecordedFact]) -> list[PersonView]:
    """Everybody whom the incident events name, as the last of them does."""
    found: dict[str, PersonView] = {}
    for incident in _incidents(facts):
        for child in incident.children:
            name = f"{child.given_name} {child.family_name}"
            found[child.key] = PersonView(key=child.key, name=name, part=child.outcome.value.replace("_", " "))
        for other in incident.other_children:
            name = " ".join(filter(None, (other.given_name, other.family_name)))
            found[other.key] = PersonView(
                key=other.key, name=name or "name to follow", part=other.relationship, named=bool(name)
            )
        by = incident.notified_by
        found["notified by"] = PersonView(
            key="", name=by.name, part=f"notified by, {by.role} of {by.agency}", professional=True
        )
        for agency in incident.agencies:
            part = f"contact of {agency.name}"
            contact = PersonView(key=agency.id, name=agency.contact.name, part=part, professional=True)
            found[f"contact {agency.id}"] = contact
    return list(found.values())


def _incidents(facts: Iterable[RecordedFact]) -> Iterable[Incident]:
    for each in facts:
        if each.stands and each.fact.kind in ("incident-notified", "incident-updated"):
            try:
                yield IncidentEvent.model_validate(each.fact.detail["event"]).data
            except ValidationError:  # a record of years ago may hold an event of another shape; the rest is shown
                continue
