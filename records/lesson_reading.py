"""What the facts of a case teach: its findings, actions and expected changes as they stand."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from domain.action_commands import (
    ActionStatus,
    PlanAction,
    RefuseAction,
    ReopenAction,
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
    RecordNoObservation,
    RecordObservation,
    ReopenChange,
)
from domain.findings import EnterFinding, WithdrawFinding
from domain.publication_commands import AnswerFinding
from domain.record import Fact
from domain.report_commands import DecideOnReport
from records.lesson_views import Entry, LessonAction, LessonChange, LessonFinding


class Taught:
    """Takes the facts of one case in, in order. Facts of other kinds change nothing."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.stays: set[str] = set()
        """Passages that somebody let stand although they were marked."""
        self._entered: dict[str, LessonFinding] = {}
        self._accepted: dict[str, LessonFinding] = {}
        self._answers: dict[str, object] = {}
        self._actions: dict[str, LessonAction] = {}
        self._changes: dict[str, LessonChange] = {}
        self._seen: dict[str, dict[int, dict[str, Any]]] = {}
        accepted = False
        for fact in facts:
            if take := _TAKES.get(fact.kind):
                take(self, fact, fact.item or "")
                accepted = accepted or _accepts(fact)
        self.accepted = accepted
        """Whether the board has ever accepted the report: before that nothing of the case is shown to others."""

    def entries(self) -> tuple[Entry, ...]:
        """Everything that other reviews may learn from: nothing before the board has accepted the report.

        Findings are those of the accepted report. Texts are still as they were typed.
        """
        if not self.accepted:
            return ()
        findings = {id: self._with_answer(each) for id, each in self._accepted.items()}
        actions = {id: _taking_over(each, findings, each.findings) for id, each in self._actions.items()}
        changes = {id: _taking_over(self._with_seen(each), actions, each.actions) for id, each in self._changes.items()}
        return (*findings.values(), *actions.values(), *changes.values())

    def _with_answer(self, finding: LessonFinding) -> LessonFinding:
        return LessonFinding.model_validate(finding.model_dump() | {"answer": self._answers.get(finding.id)})

    def _with_seen(self, change: LessonChange) -> LessonChange:
        """With the judgement of the latest date that was judged, and how many dates have no observation."""
        dates = self._seen.get(change.id, {})
        judged = max((number for number, seen in dates.items() if "judgement" in seen), default=None)
        told: dict[str, Any] = {"absent": sum(bool(seen.get("absent")) for seen in dates.values())}
        if judged is not None:
            told |= {name: value for name, value in dates[judged].items() if name != "absent"}
        seen = LessonChange.model_validate(change.model_dump() | told)
        return seen if seen.direction == "described" or judged is None else seen.model_copy(update=_met(seen))

    def _enter(self, fact: Fact, id: str) -> None:
        self._entered[id] = self._told(LessonFinding, fact, self._entered.get(id))

    def _withdraw(self, fact: Fact, id: str) -> None:
        self._entered.pop(id, None)
        self._accepted.pop(id, None)

    def _decide(self, fact: Fact, id: str) -> None:
        if _accepts(fact):
            self._accepted = dict(self._entered)

    def _answer(self, fact: Fact, id: str) -> None:
        self._answers[id] = fact.detail.get("outcome")

    def _plan(self, fact: Fact, id: str) -> None:
        known = self._actions.get(id)
        planned = self._told(LessonAction, fact, known)
        goes_on = known is not None and not known.status.at_its_end
        self._actions[id] = planned.model_copy(update={"status": known.status}) if known and goes_on else planned

    def _move(self, fact: Fact, id: str) -> None:
        """An action's status changed."""
        status = _STATUS[fact.kind]
        if fact.kind == VerifyAction.FACT and fact.detail.get("outcome") != "verified":
            status = ActionStatus.UNDER_WAY
        if known := self._actions.get(id):
            by = str(fact.detail.get("by") or "")
            self._actions[id] = known.model_copy(update={"status": status, "superseded_by": by})

    def _expect(self, fact: Fact, id: str) -> None:
        known = self._changes.get(id)
        self._changes[id] = self._told(LessonChange, fact, known)

    def _drop(self, fact: Fact, id: str) -> None:
        self._changes.pop(id, None)

    def _close(self, fact: Fact, id: str) -> None:
        """A change was closed, or is watched again."""
        if known := self._changes.get(id):
            outcome = fact.detail.get("outcome") if fact.kind == CloseChange.FACT else ""
            self._changes[id] = LessonChange.model_validate(known.model_dump() | {"outcome": outcome})

    def _observe(self, fact: Fact, item: str) -> None:
        """Something was seen or judged at a date, or it is said why not; the item has the date's number: ``C1/2``."""
        change, _, number = item.partition("/")
        dates = self._seen.setdefault(change, {})
        if not number.isdecimal():
            return
        detail = fact.detail
        match fact.kind:
            case RecordObservation.FACT:
                seen = {"value": detail.get("value"), "absent": False}
            case RecordNoObservation.FACT:
                seen = {"absent": True}
            case _:
                seen = {"judgement": detail.get("judgement"), "target_met": bool(detail.get("target_met"))}
        dates[int(number)] = dates.get(int(number), {}) | seen

    def _told(self, kind: type[Any], fact: Fact, known: Entry | None) -> Any:
        """The entry as this fact tells it; what it was before is replaced, but for when it was told first."""
        stays = fact.detail.get("stays")
        for each in stays if isinstance(stays, list) else ():
            if isinstance(each, dict):
                self.stays.add(str(each.get("passage") or ""))
        given = {name: value for name, value in fact.detail.items() if name in kind.model_fields and value is not None}
        return kind.model_validate({**given, "id": fact.item or "", "told_at": known.told_at if known else fact.at})


def _met(change: LessonChange) -> dict[str, bool | None]:
    """Whether the figure meets the target; ``None`` where either is missing."""
    if change.value is None or change.target is None:
        return {"target_met": None}
    higher = change.direction == "higher"
    return {"target_met": change.value >= change.target if higher else change.value <= change.target}


def _accepts(fact: Fact) -> bool:
    return fact.kind == DecideOnReport.FACT and fact.detail.get("outcome") == "accepted"


def _taking_over(entry: Any, of: dict[str, Any], ids: Iterable[str]) -> Any:
    """The entry with the themes of what it answers, too."""
    themes = (theme for id in ids if id in of for theme in of[id].themes)
    return entry.model_copy(update={"themes": tuple(dict.fromkeys((*entry.themes, *themes)))})


_STATUS: Final = {
    StartAction.FACT: ActionStatus.UNDER_WAY,
    SubmitEvidence.FACT: ActionStatus.EVIDENCE_SUBMITTED,
    VerifyAction.FACT: ActionStatus.VERIFIED,
    SupersedeAction.FACT: ActionStatus.SUPERSEDED,
    RefuseAction.FACT: ActionStatus.REFUSED,
    ReopenAction.FACT: ActionStatus.UNDER_WAY,
}
_TAKES: Final[dict[str, Callable[[Taught, Fact, str], None]]] = {
    EnterFinding.FACT: Taught._enter,
    WithdrawFinding.FACT: Taught._withdraw,
    DecideOnReport.FACT: Taught._decide,
    AnswerFinding.FACT: Taught._answer,
    PlanAction.FACT: Taught._plan,
    **dict.fromkeys(_STATUS, Taught._move),
    ExpectChange.FACT: Taught._expect,
    DropExpectedChange.FACT: Taught._drop,
    CloseChange.FACT: Taught._close,
    ReopenChange.FACT: Taught._close,
    RecordObservation.FACT: Taught._observe,
    RecordNoObservation.FACT: Taught._observe,
    JudgeChange.FACT: Taught._observe,
}
TEACH: Final = frozenset(_TAKES)
"""The kinds of facts that are read."""
TEXTS: Final = frozenset({EnterFinding.FACT, DecideOnReport.FACT, PlanAction.FACT, ExpectChange.FACT})
"""Those of them after which other texts are to be shown than before."""
