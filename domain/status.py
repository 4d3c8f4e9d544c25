"""A stage's status page for the Temporal Web UI, in markdown: where it stands, its clocks, who is waited for."""

from datetime import datetime
from typing import Any

from domain.clocks.explain import due_in_words, in_words
from domain.record import ClockEntry, ClockStatus, Task
from domain.safety import NOT_A_REFERRAL, SafetyState
from domain.stage import Stage

SHOWN = 12


def status_markdown(stage: Stage[Any], at: datetime, tasks: tuple[Task, ...]) -> str:
    """The page. By reference only; due dates in the calendar's civil time; nothing that grows stale by itself."""
    parts = [f"### {stage.case.reference}: {stage.headline}"]
    if isinstance(stage.state, SafetyState):
        parts.append(f"> {NOT_A_REFERRAL}")
    if running := stage.clocks.open:
        rows = "\n".join(_clock_row(entry, at) for entry in running[:SHOWN])
        parts.append(
            f"**Clocks running**\n\n| clock | for | due | waits for |\n|---|---|---|---|\n{rows}{_more(running)}"
        )
    if tasks:
        parts.append("**Asked for**\n\n" + "\n".join(_task_line(task) for task in tasks[:SHOWN]) + _more(tasks))
    if standing := stage.clocks.stopped:
        lines = "\n".join(_standing_line(entry) for entry in standing[:SHOWN])
        parts.append(f"**Clocks that stand still**\n\n{lines}{_more(standing)}")
    over = [entry for entry in stage.clocks.entries if entry.status not in (ClockStatus.OPEN, ClockStatus.STOPPED)]
    if over:
        parts.append("**Clocks that are over**\n\n" + "\n".join(_over_line(entry) for entry in over[-SHOWN:]))
    if stage.lately:
        parts.append("**What happened last**\n\n" + "\n".join(f"- {line}" for line in stage.lately))
    return stage.vocabulary.spoken("\n\n".join(parts))


def _clock_row(entry: ClockEntry, at: datetime) -> str:
    late = "**overdue** since " if entry.deadline.due_at <= at else ""
    waits = entry.waiting_on.words if entry.waiting_on else ""
    return f"| {entry.rule.title} | {entry.item or ''} | {late}{in_words(entry.deadline)} | {waits} |"


def _task_line(task: Task) -> str:
    who = f"{task.role.words} of {task.agency}" if task.agency else task.role.words
    return f"- {who}: {task.title}"


def _standing_line(entry: ClockEntry) -> str:
    about = f" ({entry.item})" if entry.item else ""
    return f"- {entry.rule.title}{about}: {due_in_words(entry)}"


def _over_line(entry: ClockEntry) -> str:
    civil = entry.deadline.due_at.tzinfo
    when = f" on {entry.satisfied_at.astimezone(civil).date().isoformat()}" if entry.satisfied_at else ""
    about = f" ({entry.item})" if entry.item else ""
    return f"- {entry.rule.title}{about}: {entry.status.value}{when}, due {in_words(entry.deadline)}"


def _more(rows: tuple[Any, ...]) -> str:
    return f"\n\nand {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
