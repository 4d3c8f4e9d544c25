"""A review at each of its steps: builders of the panel's commands, and the ways to get there."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from stage_world import CASE, CHAIR, MANAGER, REGIME, T0, World, actor, request_id

from domain.agency import AgencyAsked
from domain.agency_report_commands import (
    AnswerAgencyReport,
    ExtendAgencyReport,
    GoOnWithoutReport,
    NominateAuthor,
    SendAgencyReport,
)
from domain.appointments import Appoint, EndAppointment
from domain.command import Command, Found
from domain.findings import EnterFinding, WithdrawFinding
from domain.panel import PanelReviewState
from domain.participation import PlanFamilyMember, RecordFamilyContact, RecordPractitioners
from domain.people import Actor, Role
from domain.report_commands import (
    AnswerCorrection,
    CheckFacts,
    DecideOnReport,
    DeclareImpasse,
    GoOnWithoutFactCheck,
    SettleImpasse,
    SignOff,
    SubmitDraft,
)
from domain.stage import Stage
from domain.terms import DecideOnTerms, DraftTerms
from domain.timetable import ExplainDelay, ExtendReview, MeetMilestone

AGENCIES = ("health", "police", "school")
REVIEWER = actor(Role.LEAD_REVIEWER, "nb-reviewer-1")
PANEL_CHAIR = actor(Role.PANEL_CHAIR, "nb-panel-chair")
NOTHING = Found()

C = TypeVar("C", bound=Command)


def member(agency: str) -> Actor:
    return actor(Role.PANEL_MEMBER, f"nb-{agency}-executive")


def lead(agency: str) -> Actor:
    return actor(Role.AGENCY_LEAD, f"nb-{agency}-lead", agency)


def _given(kind: type[C], by: Actor, fields: dict[str, Any], item: str | None = None) -> C:
    """``found`` as the service would have filled it in, so that rules that look something up are asked too."""
    return kind.model_validate({"request_id": request_id(), "actor": by, "item": item, "found": NOTHING} | fields)


def appoint(role: Role, person: str, agency: str = "", by: Actor = CHAIR, **fields: Any) -> Appoint:
    declared = {
        "belongs_to_board": False,
        "belongs_to_agency": agency or "none",
        "managed_the_case": False,
        "worked_on_the_case": False,
        "other_interests": "none",
    }
    return _given(Appoint, by, {"person": person, "role": role.value, "agency": agency} | declared | fields)


def end_appointment(role: Role, person: str) -> EndAppointment:
    return _given(EndAppointment, CHAIR, {"reason": "left the organisation"}, f"{role.value}/{person}")


def draft_terms(agencies: Iterable[str] = AGENCIES, by: Actor = REVIEWER, **fields: Any) -> DraftTerms:
    terms = {
        "purpose": "How organisations worked together.",
        "acted_on": "Through the board's learning framework.",
        "expected_to_change": "Information reaches those who need it.",
        "questions": ("What was known of the family, and by whom?",),
        "period_from": date(2025, 1, 1),
        "period_to": date(2026, 1, 31),
        "agencies": tuple(agencies),
        "method": "Conversations and a learning event.",
        "disagreement": "The board chair hears both sides and settles it.",
        "family_plan": "Told in person, invited to take part.",
        "media_lead": "communications lead of the board",
    }
    return _given(DraftTerms, by, terms | fields)


def decide_on_terms(outcome: str = "approved", by: Actor = CHAIR) -> DecideOnTerms:
    return _given(DecideOnTerms, by, {"outcome": outcome, "reason": "read and discussed"})


def extend_review(until: date, by: Actor = CHAIR) -> ExtendReview:
    return _given(ExtendReview, by, {"until": until, "reason": "the inquest", "told": "board members"})


def meet_milestone(item: str, at: datetime = T0) -> MeetMilestone:
    return _given(MeetMilestone, PANEL_CHAIR, {"reached_at": at}, item)


def explain_delay(item: str = "serious-case-review") -> ExplainDelay:
    return _given(ExplainDelay, PANEL_CHAIR, {"reason": "an agency was late", "meanwhile": "early actions"}, item)


def nominate(agency: str, **fields: Any) -> NominateAuthor:
    answers = {"author": f"{agency}-author", "worked_on_the_case": False, "managed_the_case": False}
    return _given(NominateAuthor, lead(agency), answers | fields, agency)


def send_report(agency: str, **fields: Any) -> SendAgencyReport:
    answers = {"report": "D-1/1", "chronology": f"{agency}/1", "signed_off_by": f"{agency}-senior"}
    return _given(SendAgencyReport, lead(agency), answers | fields, agency)


def nil_return(agency: str) -> SendAgencyReport:
    return send_report(agency, nil_return=True, report="", chronology="")


def answer_report(agency: str, outcome: str = "accepted", by: Actor = PANEL_CHAIR) -> AnswerAgencyReport:
    return _given(AnswerAgencyReport, by, {"outcome": outcome, "reasons": "read by the panel"}, agency)


def extend_report(agency: str, until: date, by: Actor = PANEL_CHAIR) -> ExtendAgencyReport:
    return _given(ExtendAgencyReport, by, {"until": until, "reason": "the author fell ill"}, agency)


def go_on_without_report(agency: str) -> GoOnWithoutReport:
    return _given(GoOnWithoutReport, CHAIR, {"reason": "it will not come"}, agency)


def finding(item: str | None = "F1", by: Actor = REVIEWER, **fields: Any) -> EnterFinding:
    answers = {
        "kind": "finding",
        "what_happened": "Information was held in three places.",
        "why": "Each organisation saw only its own part.",
        "chronology_rows": ("health/1/1",),
        "how_usual": "Practitioners say it is usual.",
        "part_of_system": "working-together",
        "priority": "high",
        "put_to_board": "How will the board know that information is shared?",
    }
    return _given(EnterFinding, by, answers | fields, item)


def withdraw(item: str = "F1") -> WithdrawFinding:
    return _given(WithdrawFinding, REVIEWER, {"reason": "part of another"}, item)


def submit(document: str = "D-9/1", by: Actor = REVIEWER, **fields: Any) -> SubmitDraft:
    return _given(SubmitDraft, by, {"document": document} | fields)


def check_facts(agency: str, corrections: int = 0) -> CheckFacts:
    wrong = {"passage": "in May", "correct": "in June", "source": "record 7"}
    return _given(CheckFacts, lead(agency), {"corrections": (wrong,) * corrections, "checked_by": "author"}, agency)


def answer_correction(agency: str, number: int = 1, accepted: bool = True) -> AnswerCorrection:
    return _given(AnswerCorrection, REVIEWER, {"accepted": accepted, "reason": "the record"}, f"{agency}/{number}")


def go_on_without_check(agency: str) -> GoOnWithoutFactCheck:
    return _given(GoOnWithoutFactCheck, CHAIR, {"reason": "it will not come"}, agency)


def sign_off(by: Actor = PANEL_CHAIR, agrees: bool = True) -> SignOff:
    return _given(SignOff, by, {"agrees": agrees, "dissent": "" if agrees else "finding 1 goes too far"})


def declare_impasse() -> DeclareImpasse:
    return _given(DeclareImpasse, PANEL_CHAIR, {"about": "finding 1", "tried": "two meetings"})


def settle_impasse(outcome: str = "draft-stands") -> SettleImpasse:
    return _given(SettleImpasse, CHAIR, {"outcome": outcome, "reason": "heard both", "heard": "panel, reviewer"})


def decide_on_report(outcome: str = "accepted", by: Actor = CHAIR) -> DecideOnReport:
    return _given(DecideOnReport, by, {"outcome": outcome, "reasons": "discussed by the board"})


def plan_family(item: str = "family-1", **fields: Any) -> PlanFamilyMember:
    answers = {"who": "mother", "told_by": "lead reviewer", "takes_part": "conversations"}
    return _given(PlanFamilyMember, MANAGER, answers | fields, item)


def family(step: str, at: datetime = T0, item: str = "family-1") -> RecordFamilyContact:
    return _given(RecordFamilyContact, MANAGER, {"step": step, "happened_at": at, "by_whom": "lead reviewer"}, item)


def practitioners(step: str, at: datetime = T0) -> RecordPractitioners:
    return _given(RecordPractitioners, MANAGER, {"step": step, "happened_at": at})


def review(agencies: Iterable[str] = AGENCIES) -> World[PanelReviewState]:
    """A review that was just decided; these agencies were involved."""
    involved = tuple(AgencyAsked(id=agency, asked_at=T0) for agency in agencies)
    state = PanelReviewState.begun(T0, involved, REGIME.panel.quorum_percent)
    stage = Stage[PanelReviewState](
        case=CASE, id=CASE.stage_id("panel"), regime="england-scr", rules=REGIME.clock, state=state
    )
    world = World(stage)
    world.advance(state.opening())
    return world


def give(world: World[PanelReviewState], *commands: Command) -> World[PanelReviewState]:
    for command in commands:
        world.give(command)
    return world


def convened(agencies: Iterable[str] = AGENCIES) -> World[PanelReviewState]:
    """Panel chair, lead reviewer, and a member for each agency."""
    chosen = tuple(agencies)
    members = (appoint(Role.PANEL_MEMBER, f"nb-{agency}-executive", agency) for agency in chosen)
    chair = appoint(Role.PANEL_CHAIR, PANEL_CHAIR.person)
    return give(review(chosen), chair, appoint(Role.LEAD_REVIEWER, REVIEWER.person), *members)


def gathering(agencies: Iterable[str] = AGENCIES, **terms: Any) -> World[PanelReviewState]:
    """Terms approved, agencies asked."""
    chosen = tuple(agencies)
    return give(convened(chosen), draft_terms(chosen, **terms), decide_on_terms())


def gathered() -> World[PanelReviewState]:
    """Every agency's report accepted; people took part."""
    world = gathering()
    for agency in AGENCIES:
        give(world, nominate(agency), send_report(agency), answer_report(agency))
    world.at += timedelta(hours=1)
    give(world, plan_family(), family("informed"))
    return give(world, *(practitioners(step) for step in ("invited", "informed", "supported", "learning-event-held")))


def drafted() -> World[PanelReviewState]:
    """A draft with the agencies."""
    return give(gathered(), finding(), submit())


def checked() -> World[PanelReviewState]:
    """Facts checked, the family heard: before the panel's sign-off."""
    return give(drafted(), *(check_facts(agency) for agency in AGENCIES), family("feedback-given"))


def signed_off() -> World[PanelReviewState]:
    """The panel has signed off."""
    return give(checked(), sign_off(), *(sign_off(member(agency)) for agency in AGENCIES[:2]))


def accepted() -> World[PanelReviewState]:
    """The board has accepted the report."""
    return give(signed_off(), decide_on_report())
