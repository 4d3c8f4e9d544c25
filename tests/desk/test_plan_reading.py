"""The plan as it is read from its facts, against the plan as its stage has it."""

from datetime import timedelta
from typing import Any

from learning_records import (
    on,
    planned,
)

from desk.action_reading import ReadPlan, read_plan
from domain.action_commands import (
    ExtendAction,
    PlanAction,
    RateAction,
    ReachMilestone,
    RecordNoAction,
    RefuseAction,
    ReopenAction,
    ReplaceLead,
    SignOffPlan,
    StartAction,
    SubmitEvidence,
    SupersedeAction,
    VerifyAction,
)
from domain.action_plan import ActionPlanState
from domain.command import Command
from domain.learning import ActionRules, AnsweredFinding, AnswerWasWrong, ChangeRules, FindingsAnswered
from domain.people import Actor, Role
from domain.record import CaseRef, Fact
from domain.stage import Stage
from records.views import RecordedFact

OTHER = CaseRef(board="northbridge", reference="NB-2027-301")


class Played:
    """An action plan as its stage has it, and the facts that it leaves."""

    def __init__(self) -> None:
        begun = ActionPlanState.begun(on("2027-05-01"), ActionRules(), ChangeRules())
        self.stage: Stage[ActionPlanState] = Stage(
            case=OTHER, id=OTHER.stage_id("actions"), regime="england-scr", rules=(), state=begun
        )
        self.facts: list[Fact] = []

    def given(self, command: type[Command], item: str = "", person: str = "nb-1", **fields: Any) -> None:
        at = on("2027-05-01") + timedelta(hours=len(self.facts))
        actor = Actor(person=person, role=sorted(command.ROLES - {Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE})[0])
        request = f"r{len(self.facts)}"
        told = command.model_validate({"request_id": request, "actor": actor, "item": item or None} | fields)
        assert self.stage.refuses(told, at) is None, self.stage.refuses(told, at)
        self.stage, transition = self.stage.accept(told, at)
        self.facts += transition.facts

    def heard(self, message: FindingsAnswered | AnswerWasWrong) -> None:
        at = on("2027-05-01") + timedelta(hours=len(self.facts))
        heard = "findings_answered" if isinstance(message, FindingsAnswered) else "answer_was_wrong"
        state, transition = getattr(self.stage.state, heard)(message, at)
        self.stage = self.stage.with_state(state)
        self.facts += transition.facts

    def read(self) -> ReadPlan:
        recorded = (
            RecordedFact(seq=seq, stage=self.stage.id, sequence=seq, hash="", stands=True, fact=fact)
            for seq, fact in enumerate(self.facts, start=1)
        )
        return read_plan(recorded)


def test_plan_read_from_its_facts_is_the_plan_as_its_stage_has_it() -> None:
    played = Played()
    findings = tuple(AnsweredFinding(id=f"F{number}", answer="accepted") for number in (1, 2, 3))
    steps = [{"what": "draft", "due_on": "2027-07-01"}, {"what": "agreed", "due_on": "2027-08-01"}]
    played.heard(FindingsAnswered(findings=findings, answered_at=on("2027-05-01")))
    watched = {"no_change": "seen in the audit"}
    for number in (1, 2, 3, 4):
        answers = ("F1",) if number < 3 else ("F2",)
        played.given(PlanAction, f"A{number}", **planned("2027-09-01", answers, milestones=steps) | watched)
    played.given(ReachMilestone, "A1", person="nb-lead-7", milestone=1, reached_at=on("2027-05-01"))
    played.given(PlanAction, "A1", **planned("2027-10-01", ("F1",), milestones=steps) | watched)
    played.given(RecordNoAction, "F3", reason="it is done")
    played.given(SignOffPlan, outcome="signed-off", reason="complete")
    assert (played.read().version, played.read().to_be_signed_off) == (1, False)
    played.given(StartAction, "A1", person="nb-lead-7", started_at=on("2027-05-01"))
    played.given(ReplaceLead, "A1", lead="nb-lead-8", reason="leaves")
    played.given(ExtendAction, "A1", until="2027-12-01", reason="more places are needed")
    played.given(RateAction, "A1", colour="amber", reason="behind")
    played.given(SubmitEvidence, "A1", person="nb-lead-8", note="done")
    played.given(VerifyAction, "A1", person="nb-9", outcome="sent-back", reason="the audit is missing")
    played.given(SubmitEvidence, "A1", person="nb-lead-8", note="with the audit")
    played.given(VerifyAction, "A1", person="nb-9", outcome="verified", reason="seen")
    played.given(SubmitEvidence, "A2", person="nb-lead-7", note="done")
    played.given(RefuseAction, "A3", reason="there is no money")
    played.given(ReopenAction, "A3", due_on="2028-01-01", reason="there is money")
    played.heard(AnswerWasWrong(change="C1", actions=("A1", "A4"), at=on("2027-05-02")))
    played.given(SupersedeAction, "A4", by="A3", reason="one does both")
    read, state = played.read(), played.stage.state
    assert tuple(each.action for each in read.actions) == state.actions.all
    assert set(read.no_action) == set(state.response.no_action)
    assert [f.id for f in findings if read.uncovered(f.id)] == list(state.response.uncovered(state))
    assert len(read.signed_off) == len(state.sign_off.versions)
    assert read.to_be_signed_off is state.sign_off.is_due(state)
    assert [each.action.id for each in read.actions if each.action.replan_since] == ["A1"]
