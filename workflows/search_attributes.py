"""The search attributes, once: workflows set them, set-up registers them, tests read them. Never personal data."""

from datetime import datetime
from typing import Any, Final

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from domain.record import Task
    from domain.stage import Stage

BOARD: Final = SearchAttributeKey.for_keyword("Board")
CASE_REFERENCE: Final = SearchAttributeKey.for_keyword("CaseReference")
STAGE: Final = SearchAttributeKey.for_keyword("Stage")
REGIME: Final = SearchAttributeKey.for_keyword("Regime")
NEXT_DEADLINE: Final = SearchAttributeKey.for_datetime("NextDeadline")
OVERDUE: Final = SearchAttributeKey.for_bool("Overdue")
ESCALATION_LEVEL: Final = SearchAttributeKey.for_int("EscalationLevel")
WAITING_ON: Final = SearchAttributeKey.for_keyword_list("WaitingOn")

ALL_KEYS: Final[tuple[SearchAttributeKey[Any], ...]] = (
    BOARD,
    CASE_REFERENCE,
    STAGE,
    REGIME,
    NEXT_DEADLINE,
    OVERDUE,
    ESCALATION_LEVEL,
    WAITING_ON,
)


def of_stage(stage: Stage[Any], at: datetime, tasks: tuple[Task, ...]) -> list[SearchAttributeUpdate[Any]]:
    """What the Temporal Web UI's lists show of a stage. A stage's standing in words, never whom it concerns."""
    due = stage.clocks.open
    return [
        BOARD.value_set(stage.case.board),
        CASE_REFERENCE.value_set(stage.case.reference),
        STAGE.value_set(stage.state.standing),
        REGIME.value_set(stage.regime),
        NEXT_DEADLINE.value_set(due[0].deadline.due_at) if due else NEXT_DEADLINE.value_unset(),
        OVERDUE.value_set(bool(stage.clocks.overdue(at))),
        ESCALATION_LEVEL.value_set(stage.clocks.escalation_level()),
        WAITING_ON.value_set(sorted({task.role.value for task in tasks})),
    ]
