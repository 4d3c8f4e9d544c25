"""Lists of what is asked of whom."""

from collections.abc import Iterable
from datetime import datetime

from desk.fields import Field, fields_of, schema_of
from desk.views import TaskView
from domain.clocks.explain import in_words
from domain.decision_commands import Recommend
from domain.forms import FORMS
from domain.people import Role
from domain.record import CaseRef, ClockEntry, ClockStatus
from records import queries
from records.store import Record
from records.views import RecordedFact, RecordedTask


def task_views(
    record: Record,
    at: datetime,
    *,
    role: Role | None = None,
    board: str | None = None,
    case: CaseRef | None = None,
    done: bool = False,
) -> list[TaskView]:
    """Open tasks, the earliest due first; with ``done`` those that are done as well, after them."""
    board, reference = (case.board, case.reference) if case is not None else (board, None)
    found = queries.tasks(record, role, board, reference)
    if done:
        found += queries.tasks(record, role, board, reference, done=True)
    due = _due(record, found)
    return [_view(record, task, due.get((task.stage, task.clock or "")), at) for task in found]


def fields_asked(record: Record, case: CaseRef, stage: str, form: str) -> tuple[Field, ...]:
    """The fields of a form, with the limbs of the criteria where it asks for each."""
    command = FORMS.get(form)
    if command is None:  # recorded by a newer version
        return ()
    if command is not Recommend:
        return fields_of(command)
    return fields_of(command, {"reasons": limbs(queries.facts(record, case), stage)})


def limbs(facts: Iterable[RecordedFact], stage: str) -> tuple[str, ...]:
    """Ids of the limbs of the criteria, as the stage's case was put to them last."""
    put = [each.fact for each in facts if each.stage == stage and each.fact.kind == "put-to-the-criteria"]
    found = put[-1].detail.get("limbs") if put else None
    return tuple(found) if isinstance(found, dict) else ()


def _due(record: Record, tasks: Iterable[RecordedTask]) -> dict[tuple[str, str], ClockEntry]:
    """The clock of each stage and id, for the cases of these tasks."""
    cases = dict.fromkeys((task.case.board, task.case.reference) for task in tasks if task.clock)
    return {
        (clock.stage, clock.entry.id): clock.entry
        for board, reference in cases
        for clock in queries.clocks(record, CaseRef(board=board, reference=reference))
        if clock.current
    }


def _view(record: Record, task: RecordedTask, clock: ClockEntry | None, at: datetime) -> TaskView:
    asked = fields_asked(record, task.case, task.stage, task.form) if task.done_at is None else ()
    schema = schema_of(FORMS[task.form]) if task.form in FORMS else {}
    return task_line(task, clock, at).model_copy(update={"fields": asked, "answer_schema": schema})


def task_line(task: RecordedTask, clock: ClockEntry | None, at: datetime) -> TaskView:
    """The task as a list shows it: without what is to be filled in."""
    return TaskView(
        id=task.id,
        case=task.case,
        role=task.role,
        agency=task.agency,
        title=task.title,
        form=task.form,
        item=task.item,
        due_at=task.due_at,
        due=in_words(clock.deadline) if clock is not None and clock.status is not ClockStatus.STOPPED else "",
        overdue=task.done_at is None and task.due_at is not None and task.due_at <= at,
        opened_at=task.opened_at,
        done_at=task.done_at,
    )
