"""What moved in an action plan and in what is watched for it since a review, fact by fact, without what was typed."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from desk.annual_case import CaseAsOf
from desk.civil import in_civil_time
from domain.action_commands import (
    DecideOnAction,
    ExtendAction,
    PlanAction,
    RateAction,
    ReachMilestone,
    RecordNoAction,
    RefuseAction,
    ReopenAction,
    ReplaceLead,
    ReportProgress,
    SignOffPlan,
    StartAction,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.change_commands import (
    CloseChange,
    DropExpectedChange,
    ExpectChange,
    JudgeChange,
    ObserveFurther,
    RecordNoObservation,
    RecordObservation,
    ReopenChange,
)
from domain.clocks.calendar import day_in_words
from domain.model import Model
from domain.people import Role
from records.views import RecordedFact


class Moved(Model):
    """One step of the plan."""

    on: date
    item: str
    """The action, finding or change; empty for the plan as a whole."""
    what: str
    fact: int
    """Number of the fact, where its reason is to be read."""
    by: Role | None


def moved_since(known: CaseAsOf, since: datetime | None) -> tuple[Moved, ...]:
    """What was recorded after that instant, or from the beginning, in order."""
    seen: set[tuple[str, str]] = set()
    moved = []
    for each in sorted(known.facts, key=lambda each: (each.fact.at, each.seq)):
        if each.fact.kind in _WORDS:
            again = (each.fact.kind, each.fact.item or "") in seen
            seen.add((each.fact.kind, each.fact.item or ""))
            if since is None or each.fact.at > since:
                moved.append(_moved(each, again=again))
    return tuple(moved)


def _moved(each: RecordedFact, *, again: bool) -> Moved:
    fact = each.fact
    what = _WORDS[fact.kind](fact.detail)
    return Moved(
        on=in_civil_time(fact.at).date(),
        item=fact.item or "",
        what=f"{what} anew" if again and fact.kind in (PlanAction.FACT, ExpectChange.FACT) else what,
        fact=each.seq,
        by=fact.by.role if fact.by else None,
    )


def _day(detail: Mapping[str, Any], field: str) -> str:
    return day_in_words(date.fromisoformat(str(detail[field])))


_WORDS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    PlanAction.FACT: lambda detail: "planned",
    RecordNoAction.FACT: lambda detail: "leads to no action, for the reason recorded",
    SignOffPlan.FACT: lambda detail: f"plan {str(detail['outcome']).replace('-', ' ')}",
    StartAction.FACT: lambda detail: "work began",
    ReportProgress.FACT: lambda detail: (
        "progress reported" + (", and why it is late" if detail["late_because"] else "")
    ),
    RateAction.FACT: lambda detail: f"rated {detail['colour']}",
    ReachMilestone.FACT: lambda detail: f"milestone {detail['milestone']} reached",
    SubmitEvidence.FACT: lambda detail: "evidence submitted",
    VerifyAction.FACT: lambda detail: "verified" if detail["outcome"] == "verified" else "sent back, not verified",
    ExtendAction.FACT: lambda detail: f"given more time until {_day(detail, 'until')}",
    SupersedeAction.FACT: lambda detail: f"superseded by {detail['by']}",
    RefuseAction.FACT: lambda detail: "refused",
    ReopenAction.FACT: lambda detail: f"reopened, due on {_day(detail, 'due_on')}",
    ReplaceLead.FACT: lambda detail: f"led by {detail['lead']} from now on",
    DecideOnAction.FACT: lambda detail: "decided on, being beyond tolerance",
    ExpectChange.FACT: lambda detail: "change expected",
    DropExpectedChange.FACT: lambda detail: "taken out of the plan",
    RecordObservation.FACT: lambda detail: "observed",
    RecordNoObservation.FACT: lambda detail: "no observation, for the reason recorded",
    JudgeChange.FACT: lambda detail: (
        f"judged: {str(detail['judgement']).replace('-', ' ')}"
        + ("; the answer was wrong" if detail.get("answer_was_wrong") else "")
    ),
    ObserveFurther.FACT: lambda detail: "further dates set",
    CloseChange.FACT: lambda detail: f"closed: {str(detail['outcome']).replace('-', ' ')}",
    ReopenChange.FACT: lambda detail: "watched again",
}
"""What each fact says of its item, by its kind."""
