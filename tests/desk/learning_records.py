"""Two reviews over two years of a board, recorded by hand: findings, answers, actions, changes, clocks."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from activities.directory import read_directory
from desk.civil import LONDON
from domain.action_commands import (
    ExtendAction,
    PlanAction,
    RateAction,
    ReachMilestone,
    RecordNoAction,
    RefuseAction,
    ReopenAction,
    ReportProgress,
    ReviewPlan,
    SignOffPlan,
    StartAction,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.change_commands import CloseChange, ExpectChange, JudgeChange, RecordNoObservation, RecordObservation
from domain.clocks.deadline import Deadline
from domain.clocks.rule import ClockRule, Direction, FirstDay, Source, Strength, Unit
from domain.clocks.stops import Stop
from domain.command import Command
from domain.decision_commands import Decide
from domain.directory import Directory
from domain.findings import EnterFinding, WithdrawFinding
from domain.people import Actor, Role
from domain.publication_commands import AnswerFinding
from domain.record import CaseRef, ClockEntry, ClockStatus, Fact, Recording, Task
from domain.timetable import ExplainDelay
from records.store import Record

ROOT = Path(__file__).parents[2]
BOARD = "northbridge"
FIRST = CaseRef(board=BOARD, reference="NB-2026-201")
SECOND = CaseRef(board=BOARD, reference="NB-2026-202")
ELSEWHERE = CaseRef(board="eastmere", reference="EM-2026-1")
NAME = "Tamsin"
"""A name that the incident holds."""


def on(text: str, hour: int = 10) -> datetime:
    """That hour of the day in civil time: ``on("2026-04-20")``."""
    return datetime.fromisoformat(f"{text}T{hour:02}:00").replace(tzinfo=LONDON)


def directory() -> Directory:
    """The example directory."""
    return read_directory(ROOT / "directory.toml")


class Told:
    """Writes a case transition by transition."""

    def __init__(self, record: Record, case: CaseRef) -> None:
        self.record = record
        self.case = case
        self._sequences: Counter[str] = Counter()
        self.facts = 0

    def moved(
        self, at: datetime, title: str, *facts: Fact, stage: str = "", finished: bool = False, **more: Any
    ) -> int:
        """A transition; the number of its last fact."""
        of = self.case.stage_id(stage) if stage else self.case.workflow_id
        self._sequences[of] += 1
        self.record.write(
            Recording(
                case=self.case,
                stage=of,
                sequence=self._sequences[of],
                at=at,
                stage_title=title,
                finished=finished,
                regime="england-scr",
                facts=facts,
                **more,
            )
        )
        self.facts += len(facts)
        return self.facts

    def said(self, at: datetime, command: type[Command], item: str = "", stage: str = "actions", **fields: Any) -> int:
        """A command and its fact, as its stage records it; the number of the fact."""
        role = sorted(command.ROLES)[0]
        actor = Actor(person="nb-1", role=role, agency="health" if role.of_an_agency else None)
        told = command.model_validate({"request_id": "r", "actor": actor, "item": item or None} | fields)
        fact = Fact(kind=command.FACT, at=at, by=actor, item=told.item, detail=told.answer())
        return self.moved(at, stage, fact, stage=stage)

    def kept(self, at: datetime, entry: ClockEntry, stage: str) -> None:
        """A clock as a transition leaves it."""
        self.moved(at, stage, stage=stage, clocks=(entry,))


def clock(rule: str, started: datetime, due: str, item: str | None = None, **fields: Any) -> ClockEntry:
    """A clock that runs out at the end of that day, or in clock hours at that instant."""
    unit = fields.pop("unit", Unit.WORKING_DAYS)
    due_on = date.fromisoformat(due[:10])
    due_at = on((due_on + timedelta(days=1)).isoformat(), 0)
    if unit is Unit.CLOCK_HOURS:
        due_at = datetime.fromisoformat(due).replace(tzinfo=LONDON)
    direction = fields.pop("direction", Direction.AFTER)
    amount = 0 if unit is Unit.SET_DATE else 4
    return ClockEntry(
        rule=ClockRule(
            id=rule,
            title=rule.replace("-", " ").capitalize(),
            amount=amount,
            unit=unit,
            direction=direction,
            start_event="it began",
            strength=fields.pop("strength", Strength.GUIDANCE),
            source=Source(document="Working Together", paragraph="chapter 4"),
        ),
        item=item,
        deadline=Deadline(
            rule=rule,
            amount=amount,
            unit=unit,
            direction=direction,
            first_day=FirstDay.DAY_AFTER,
            started_at=started,
            due_on=due_on,
            due_at=due_at,
            calendar="england-wales 1",
        ),
        **fields,
    )


def met(entry: ClockEntry, at: datetime) -> ClockEntry:
    """The clock satisfied at that instant, in time or late."""
    status = ClockStatus.MET if at < entry.deadline.due_at else ClockStatus.LATE
    return entry.model_copy(update={"status": status, "satisfied_at": at})


def planned(due: str, findings: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    """What is answered when an action is planned."""
    return {
        "findings": findings,
        "outcome": "records are shared within a day",
        "what": "agree one way of sharing records",
        "agency": "northbridge-icb",
        "lead": "nb-lead-7",
        "starts_on": "2026-06-01",
        "due_on": due,
        "evidence": "the signed agreement",
        "effect": "audit of ten cases",
    } | fields


def finding(kind: str = "finding") -> dict[str, Any]:
    """What is answered when a finding is entered."""
    return {
        "kind": kind,
        "what_happened": "records were not shared",
        "why": "two systems",
        "conversations": ["health visitor, 3 March"],
        "how_usual": "often",
        "part_of_system": "tools-and-guidance",
        "priority": "high",
        "put_to_board": "How are records shared?",
    }


def opened(told: Told, at: datetime) -> None:
    """The case begins with the example incident, under its own reference."""
    raw = json.loads((ROOT / "examples" / "incident.json").read_text("utf-8"))
    event = raw | {"subject": told.case.reference, "data": raw["data"] | {"board": told.case.board}}
    fact = Fact(kind="incident-notified", at=at, detail={"event": event})
    told.moved(at, "Case: it is being decided", fact)


def decided(told: Told, at: datetime, outcome: str = "serious-case-review") -> None:
    """The chair's decision, and where the case stands then."""
    told.said(at, Decide, stage="decision/1", outcome=outcome, rationale="the criteria are met")
    fact = Fact(kind="case-moved-on", at=at, detail={"standing": "panel review"})
    told.moved(at, "Case: the review is under way", fact)


def write_all(record: Record) -> tuple[Told, Told]:
    """Both reviews, and one of another board."""
    first, second = Told(record, FIRST), Told(record, SECOND)
    write_first(first)
    write_second(second)
    other = Told(record, ELSEWHERE)
    opened(other, on("2026-05-01"))
    other.kept(on("2026-05-01"), clock("review-decision", on("2026-05-01"), "2026-06-01"), "decision/1")
    return first, second


def write_first(told: Told) -> None:
    """Opened 2026-04-20, decided, late, findings in 2026/27, answered in 2027/28, closed on 2028-05-01."""
    opened(told, on("2026-04-20"))
    _first_clocks(told)
    decided(told, on("2026-05-15"))
    told.said(on("2026-06-01"), PlanAction, "A1", **planned("2026-09-01"))
    told.said(on("2026-06-05"), StartAction, "A1", started_at=on("2026-06-05"))
    told.said(on("2026-08-20"), ExtendAction, "A1", until="2026-12-01", reason="the contract was signed late")
    told.said(on("2026-11-20"), ExplainDelay, "serious-case-review", "panel", reason="the criminal trial goes first",
              meanwhile="the early action goes on")  # fmt: skip
    told.said(on("2026-12-05"), SubmitEvidence, "A1", note="signed agreement")
    told.said(on("2027-01-10"), VerifyAction, "A1", outcome="verified", reason="seen")
    for number in (1, 2, 3, 4, 5):
        told.said(on("2027-02-10"), EnterFinding, f"F{number}", "panel", **finding())
    told.said(on("2027-02-10"), EnterFinding, "G1", "panel", **finding("good-practice"))
    told.said(on("2027-02-20"), WithdrawFinding, "F5", "panel", reason="it is part of F1")
    told.said(on("2027-04-10"), ExplainDelay, "serious-case-review", "panel",
              reason=f"{NAME} could be heard only in June", meanwhile="nothing")  # fmt: skip
    _answers(told)
    _plan(told)
    _watch(told)
    told.said(on("2028-04-10"), SubmitEvidence, "A2", note="done")
    for action in ("A2", "A10"):
        told.said(on("2028-04-20"), VerifyAction, action, outcome="verified", reason="seen")
    told.moved(on("2028-05-01"), "Case: closed", Fact(kind="case-closed", at=on("2028-05-01")), finished=True)


def _first_clocks(told: Told) -> None:
    decision = clock("review-decision", on("2026-04-20"), "2026-05-20")
    told.kept(on("2026-04-20"), decision, "decision/1")
    told.kept(on("2026-05-15"), met(decision, on("2026-05-15")), "decision/1")
    notices = clock("decision-notices", on("2026-05-15"), "2026-05-22")
    told.kept(on("2026-05-26"), met(notices, on("2026-05-26")), "decision/1")
    safety = clock("safety-decision", on("2026-04-20"), "2026-04-20T14:00", "S1", unit=Unit.CLOCK_HOURS,
                   strength=Strength.LOCAL)  # fmt: skip
    told.kept(on("2026-04-20", 17), met(safety, on("2026-04-20", 17)), "safety/1")
    told.kept(on("2026-04-21"), clock("conference", on("2026-04-21"), "2026-05-11", "S1"), "safety/1")
    gone = clock("conference", on("2026-04-21"), "2026-05-11", "S1", status=ClockStatus.WITHDRAWN)
    told.kept(on("2026-04-30"), gone, "safety/1")
    review = clock("serious-case-review", on("2026-05-15"), "2026-11-15", unit=Unit.MONTHS)
    told.kept(on("2026-05-15"), review, "panel")
    longer = clock("serious-case-review", on("2026-05-15"), "2027-06-30", unit=Unit.MONTHS, computation=2,
                   due_on=date(2027, 6, 30), set_at=on("2027-04-10"))  # fmt: skip
    told.kept(on("2027-04-10"), longer, "panel")
    told.kept(on("2027-06-20"), met(longer, on("2027-06-20")), "panel")


def _answers(told: Told) -> None:
    told.said(on("2027-07-01"), AnswerFinding, "F1", "publication", outcome="accepted", reason="it is so")
    told.said(on("2027-07-01"), AnswerFinding, "F2", "publication", outcome="accepted", reason="it is so")
    told.said(on("2027-07-02"), AnswerFinding, "F2", "publication", outcome="rejected", reason="the law forbids it")
    told.said(on("2027-07-02"), AnswerFinding, "F3", "publication", outcome="partly", reason=f"what {NAME} said holds")
    told.said(on("2027-07-02"), AnswerFinding, "F4", "publication", outcome="accepted", reason="it is so")
    told.said(on("2027-07-02"), AnswerFinding, "G1", "publication", outcome="noted")


def _plan(told: Told) -> None:
    steps = [{"what": "draft agreed", "due_on": "2027-09-01"}, {"what": "all trained", "due_on": "2027-10-01"}]
    received = Fact(kind="findings-received", at=on("2027-07-02"), detail={"answers": {}})
    told.moved(on("2027-07-02"), "actions", received, stage="actions")
    told.said(on("2027-07-10"), PlanAction, "A2", **planned("2027-11-01", ("F1",), milestones=steps))
    told.said(on("2027-07-10"), PlanAction, "A3", **planned("2027-10-01", ("F1",)))
    told.said(on("2027-07-10"), PlanAction, "A4", **planned("2027-10-01", ("F3",)))
    told.said(on("2027-07-10"), PlanAction, "A10", **planned("2028-02-01", ("F1",)))
    told.said(on("2027-07-11"), RecordNoAction, "F4", reason="the national guidance was changed already")
    told.said(on("2027-07-12"), ExpectChange, "C1", **expected(("A2",)))
    told.said(on("2027-07-20"), SignOffPlan, "", outcome="signed-off", reason="complete")
    told.said(on("2027-08-01"), StartAction, "A2", started_at=on("2027-08-01"))
    told.said(on("2027-09-01"), RefuseAction, "A3", reason="there is no money for it")
    told.said(on("2027-09-15"), ReviewPlan, "", held_at=on("2027-09-14"), decided="go on")
    told.said(on("2027-09-20"), ReachMilestone, "A2", milestone=1, reached_at=on("2027-09-18"))
    told.said(on("2027-10-05"), SupersedeAction, "A4", by="A10", reason="one action does both")
    told.said(on("2027-10-20"), ExtendAction, "A2", until="2027-12-01", reason=f"{NAME} was ill")
    told.said(on("2027-10-21"), RateAction, "A2", colour="amber", reason="behind")
    told.said(on("2027-12-10"), ReportProgress, "A2", note="slow", late_because="training places were short")
    told.said(on("2027-12-20"), SubmitEvidence, "A10", note="done")


def expected(actions: tuple[str, ...]) -> dict[str, Any]:
    """What is answered when a change is expected."""
    return {
        "actions": actions,
        "what": "records reach the health visitor within a day",
        "kind": "number",
        "measure": "share of records within a day",
        "gathered": "by the health lead, from the system",
        "agency": "northbridge-icb",
        "unit": "per cent",
        "direction": "higher",
        "baseline": "40",
        "target": "90",
    }


def _watch(told: Told) -> None:
    for number, due in ((1, "2027-12-01"), (2, "2028-01-15"), (3, "2028-02-10"), (4, "2028-06-01")):
        entry = clock("observation", on("2027-07-20"), due, f"C1/{number}", unit=Unit.SET_DATE)
        told.kept(on("2027-07-20"), entry, "change")
    seen = {"observed_on": "2027-12-01", "value": "62.50", "seen": "on 8 of 13 cases"}
    told.said(on("2027-12-11"), RecordObservation, "C1/1", "change", **seen)
    told.said(on("2027-12-15"), JudgeChange, "C1/1", "change", judgement="improved", reason="more than before",
              answer_was_wrong=True)  # fmt: skip
    wrong = Fact(kind="answer-was-wrong", at=on("2027-12-15"), item="C1", detail={"actions": ["A2"]})
    told.moved(on("2027-12-15"), "actions", wrong, stage="actions")
    told.said(on("2028-01-20"), RecordNoObservation, "C1/2", "change", reason="the system was being replaced")
    ran_out = Fact(kind="clock-ran-out", at=on("2028-02-11"), item="C1/3", detail={"clock": "observation/C1/3"})
    told.moved(on("2028-02-11"), "change", ran_out, stage="change")
    told.said(on("2028-02-20"), CloseChange, "C1", "change", outcome="not-achieved", reason="the measure has ended")


def write_second(told: Told) -> None:
    """Opened in 2025/26, closed and opened again in 2026/27, its clock stopped at the end of that year."""
    opened(told, on("2026-02-01"))
    decided(told, on("2026-02-20"), "none")
    told.moved(on("2026-05-01"), "Case: closed", Fact(kind="case-closed", at=on("2026-05-01")), finished=True)
    told.moved(on("2026-10-01"), "Case: it is being decided", Fact(kind="case-reopened", at=on("2026-10-01")))
    told.said(on("2026-10-20"), Decide, stage="decision/2", outcome="serious-case-review", rationale="new facts")
    stands = Stop(since=on("2027-02-01"), reason="the criminal trial")
    entry = clock("serious-case-review", on("2026-10-20"), "2027-04-20", unit=Unit.MONTHS)
    stopped = entry.model_copy(update={"stops": (stands,), "status": ClockStatus.STOPPED})
    told.kept(on("2027-02-01"), stopped, "panel")
    ended = (stands.model_copy(update={"until": on("2027-05-01")}),)
    later = clock("serious-case-review", on("2026-10-20"), "2027-07-18", unit=Unit.MONTHS, computation=2, stops=ended)
    told.kept(on("2027-05-01"), later, "panel")
    told.said(on("2027-01-05"), PlanAction, "A1", **planned("2027-03-01"))
    told.said(on("2027-02-05"), RefuseAction, "A1", reason="it is done elsewhere")
    told.said(on("2027-03-05"), ReopenAction, "A1", due_on="2027-03-20", reason="it is not done after all")


def now(text: str = "2028-06-15") -> datetime:
    """An instant at which the reports are made."""
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)


def asked(told: Told, at: datetime, form: str, role: Role = Role.BOARD_CHAIR) -> None:
    """A task of the action plan."""
    told.moved(at, "actions", stage="actions", tasks=(Task(form=form, role=role, title=form),))
