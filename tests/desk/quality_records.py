"""One review from its decision to its changes, recorded by hand, with one word in everything that people typed."""

from learning_records import (
    Told,
    clock,
    directory,
    expected,
    finding,
    met,
    now,
    on,
    opened,
    planned,
)

from desk.quality import MarkerInPack, QualityPack, quality_pack
from desk.quality_writing import as_lines, as_markdown
from domain.action_commands import ExtendAction, PlanAction, ReviewPlan, SignOffPlan, SubmitEvidence, VerifyAction
from domain.agency import SendFirstSummary
from domain.agency_report_commands import (
    AnswerAgencyReport,
    ExtendAgencyReport,
    GoOnWithoutReport,
    NominateAuthor,
    SendAgencyReport,
)
from domain.appointments import Appoint, EndAppointment
from domain.change_commands import CloseChange, ExpectChange, JudgeChange, RecordNoObservation, RecordObservation
from domain.clocks.rule import Direction, Unit
from domain.clocks.stops import Stop
from domain.decision_commands import Decide, Recommend
from domain.findings import EnterFinding, WithdrawFinding
from domain.parallel_commands import DecideEffect, RecordParallelProcess
from domain.participation import PlanFamilyMember, RecordFamilyContact, RecordPractitioners
from domain.people import Actor, Role
from domain.publication_commands import (
    AbortPublication,
    AnswerFinding,
    ConfirmPublished,
    DecidePublication,
    RecordCheck,
    RecordReportSent,
    ReplaceReport,
    SetPublicationDate,
)
from domain.record import CaseRef, Fact
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
from domain.safety_commands import DecideForChild
from domain.terms import DecideOnTerms, DraftTerms
from domain.timetable import ExplainDelay, ExtendReview

CASE = CaseRef(board="northbridge", reference="NB-2027-401")
TYPED = "kumquat"
"""A word that stands in everything that people typed; only judgements are shown."""


def play(told: Told) -> None:
    """The whole review, 4 January 2027 to 1 June 2028."""
    opened(told, on("2027-01-04"))
    _decision(told)
    _set_up(told)
    _people(told)
    _agencies(told)
    _report(told)
    _published(told)
    _acted(told)


def _decision(told: Told) -> None:
    notified = clock("incident-notification", on("2027-01-01"), "2027-01-08")
    told.kept(on("2027-01-04"), met(notified, on("2027-01-04")), "")
    child = Fact(kind="child-identified", at=on("2027-01-04"), item="S1", detail={"named": True})
    told.moved(on("2027-01-04"), "safety", child, stage="safety/1")
    told.said(on("2027-01-04"), DecideForChild, "S1", "safety/1", decision="no-further-action", reason=TYPED)
    limbs = {"death": True, "parent_murdered": None}
    put = Fact(kind="put-to-the-criteria", at=on("2027-01-04"),
               detail={"verdict": "always", "met": ["death"], "limbs": limbs, "because": TYPED})  # fmt: skip
    asked = [Fact(kind="agency-asked", at=on("2027-01-04"), item=agency) for agency in ("health", "police", "school")]
    told.moved(on("2027-01-04"), "decision", put, *asked, stage="decision/1")
    summary = clock("agency-first-summary", on("2027-01-04"), "2027-01-18", "police")
    told.kept(on("2027-01-20"), met(summary, on("2027-01-20")), "decision/1")
    told.said(on("2027-01-10"), SendFirstSummary, "health", "decision/1", involvement=TYPED, signed_off_by=TYPED)
    told.said(on("2027-01-20"), SendFirstSummary, "police", "decision/1", nil_return=True, signed_off_by=TYPED)
    told.said(on("2027-01-25"), Recommend, "", "decision/1", outcome="none", reasons={"death": TYPED}, rationale=TYPED)
    overtaken = Fact(kind="recommendation-overtaken", at=on("2027-01-26"), detail={"verdict": "always"})
    told.moved(on("2027-01-26"), "decision", overtaken, stage="decision/1")
    said = {"reasons": {"death": TYPED, "parent_murdered": TYPED}, "rationale": TYPED}
    told.said(on("2027-01-30"), Recommend, "", "decision/1", outcome="serious-case-review", **said)
    dissent = [{"who": TYPED, "view": TYPED}]
    told.said(on("2027-02-08"), Decide, "", "decision/1", outcome="serious-case-review", rationale=TYPED,
              dissent=dissent)  # fmt: skip
    decision = clock("review-decision", on("2027-01-04"), "2027-02-04")
    told.kept(on("2027-02-08"), met(decision, on("2027-02-08")), "decision/1")
    absent = Fact(kind="first-summary-absent", at=on("2027-02-08"), item="school")
    notice = {"letter": "notice/board-members/board-member", "at": on("2027-02-10").isoformat(), "proof": TYPED}
    given = Fact(kind="notice-given", at=on("2027-02-10"), detail=notice)
    told.moved(on("2027-02-10"), "decision", absent, given, stage="decision/1")
    members = clock("board-members-told", on("2027-02-08"), "2027-02-15")
    told.kept(on("2027-02-10"), met(members, on("2027-02-10")), "decision/1")


DECLARED = {
    "belongs_to_board": False,
    "belongs_to_agency": "none",
    "managed_the_case": False,
    "worked_on_the_case": False,
    "other_interests": TYPED,
}


def _set_up(told: Told) -> None:
    for person, role in (("nb-c", "panel-chair"), ("nb-r1", "lead-reviewer"), ("nb-r2", "lead-reviewer")):
        told.said(on("2027-02-20"), Appoint, "", "panel", person=person, role=role, **DECLARED)
    told.said(on("2027-03-20"), EndAppointment, "lead-reviewer/nb-r2", "panel", reason=TYPED)
    terms = {
        **dict.fromkeys(("purpose", "acted_on", "expected_to_change", "method", "disagreement"), TYPED),
        "family_plan": TYPED,
        "media_lead": TYPED,
        "questions": [TYPED, TYPED],
        "agencies": ["health", "police"],
        "period_from": "2025-01-01",
        "period_to": "2026-12-31",
        "milestones": [{"id": TYPED, "title": TYPED, "due_on": "2027-05-31"}],
    }
    for drafted, outcome in (("2027-02-25", "sent-back"), ("2027-03-05", "approved")):
        told.said(on(drafted), DraftTerms, "", "panel", **terms)
        told.said(on(drafted, 15), DecideOnTerms, "", "panel", outcome=outcome, reason=TYPED)
    review = clock("serious-case-review", on("2027-02-08"), "2027-10-29", unit=Unit.MONTHS)
    stop = Stop(since=on("2027-04-01"), until=on("2027-05-01"), reason=TYPED)
    told.kept(on("2027-10-20"), met(review.model_copy(update={"stops": (stop,)}), on("2027-10-20")), "panel")
    told.said(on("2027-07-20"), ExtendReview, "", "panel", until="2027-10-29", reason=TYPED, told=TYPED)
    milestone = clock("milestone", on("2027-03-05"), "2027-05-31", TYPED, unit=Unit.SET_DATE)
    told.kept(on("2027-06-03"), met(milestone, on("2027-06-03")), "panel")
    second = clock("milestone", on("2027-03-05"), "2027-08-31", f"{TYPED}-2", unit=Unit.SET_DATE)
    told.kept(on("2027-09-02"), met(second, on("2027-09-02")), "panel")
    told.said(on("2027-06-01"), ExplainDelay, f"milestone/{TYPED}", "panel", reason=TYPED, meanwhile=TYPED)
    _beside(told)


def _beside(told: Told) -> None:
    for key, kind, more in (
        ("trial-1", "police-and-prosecution", {"next_on": "2027-04-20"}),
        ("inquest-1", "coroner", {"ended": True}),
        ("hearing-1", "disciplinary", {}),
    ):
        said = {"kind": kind, "contact": TYPED, "status": TYPED, **more}
        told.said(on("2027-03-10"), RecordParallelProcess, key, "panel", **said)
    told.said(on("2027-04-01"), DecideEffect, "trial-1", "panel", effect="stops-review-clock", reason=TYPED,
              told=TYPED, look_again_on="2027-05-01")  # fmt: skip
    told.said(on("2027-05-01"), DecideEffect, "trial-1", "panel", effect="none", reason=TYPED, told=TYPED)


def _people(told: Told) -> None:
    member = {"who": TYPED, "told_by": TYPED}
    told.said(on("2027-03-01"), PlanFamilyMember, "family-1", "panel", takes_part=TYPED,
              interpreter_or_help=TYPED, **member)  # fmt: skip
    told.said(on("2027-03-01"), PlanFamilyMember, "family-2", "panel", why_not=TYPED, **member)
    told.said(on("2027-03-01"), PlanFamilyMember, "family-3", "panel", takes_part=TYPED, **member)
    for step, day in (("informed", "2027-03-04"), ("took-part", "2027-05-04"), ("feedback-given", "2027-09-04")):
        told.said(on(day), RecordFamilyContact, "family-1", "panel", step=step, happened_at=on(day), by_whom=TYPED,
                  note=TYPED)  # fmt: skip
    for step, day in (("informed", "2027-03-08"), ("not-held", "2027-05-08"), ("supported", "2027-03-09")):
        reason = TYPED if step == "not-held" else ""
        told.said(on("2027-05-09"), RecordPractitioners, "", "panel", step=step, happened_at=on(day), reason=reason)


def _agencies(told: Told) -> None:
    asked = (Fact(kind="agency-asked", at=on("2027-03-05"), item=agency) for agency in ("health", "police", "school"))
    told.moved(on("2027-03-05"), "panel", *asked, stage="panel")
    told.said(on("2027-03-06"), NominateAuthor, "health", "panel", author="h-1")
    for day, outcome in (("2027-05-01", "returned"), ("2027-05-20", "accepted")):
        told.said(
            on(day), SendAgencyReport, "health", "panel", report="D-3", chronology="health/1", signed_off_by="h-2"
        )
        told.said(on(day, 16), AnswerAgencyReport, "health", "panel", outcome=outcome, reasons=TYPED)
    told.said(on("2027-04-28"), ExtendAgencyReport, "health", "panel", until="2027-05-05", reason=TYPED)
    told.said(on("2027-04-01"), SendAgencyReport, "police", "panel", nil_return=True, signed_off_by="p-2")
    told.said(on("2027-06-01"), GoOnWithoutReport, "school", "panel", reason=TYPED)
    report = clock("agency-report", on("2027-03-05"), "2027-05-05", "health")
    told.kept(on("2027-05-01"), met(report, on("2027-05-01")), "panel")
    rework = clock("agency-report-rework", on("2027-05-01", 16), "2027-05-15", "health/1", agency="health")
    told.kept(on("2027-05-20"), met(rework, on("2027-05-20")), "panel")
    for version, rows in ((1, 40), (2, 42)):
        detail = {"agency": "health", "version": version, "sha256": "0", "rows": rows, "rows_not_read": 1}
        received = Fact(kind="chronology-received", at=on("2027-05-01"), item=f"health/{version}", detail=detail)
        told.moved(on("2027-05-01"), "Case: the review is under way", received)


def _report(told: Told) -> None:
    said = finding() | dict.fromkeys(("what_happened", "why", "how_usual", "put_to_board"), TYPED)
    said |= {"conversations": [TYPED, TYPED]}
    for id in ("F1", "F2", "F3"):
        told.said(on("2027-07-01"), EnterFinding, id, "panel", **said)
    told.said(on("2027-07-02"), EnterFinding, "F1", "panel", **said | {"chronology_rows": ["health/1/3"],
              "addressed_to": "national", "stays": [{"passage": TYPED, "reason": TYPED}]})  # fmt: skip
    told.said(on("2027-07-03"), WithdrawFinding, "F3", "panel", reason=TYPED)
    told.said(on("2027-08-01"), SubmitDraft, "", "panel", document="D-7/1")
    _view(told, "2027-08-20", "nb-m1", agrees=True)
    told.said(on("2027-08-05"), CheckFacts, "health", "panel", checked_by=TYPED, corrections=[
        {"passage": TYPED, "correct": TYPED, "source": TYPED}, {"passage": TYPED, "correct": TYPED, "source": TYPED}
    ])  # fmt: skip
    told.said(on("2027-08-06"), AnswerCorrection, "health/1", "panel", accepted=True, reason=TYPED)
    told.said(on("2027-08-06"), AnswerCorrection, "health/2", "panel", accepted=False, reason=TYPED)
    told.said(on("2027-08-07"), GoOnWithoutFactCheck, "police", "panel", reason=TYPED)
    stays = [{"passage": TYPED, "reason": TYPED}]
    told.said(on("2027-09-01"), SubmitDraft, "", "panel", document="D-7/2", stays=stays)
    for person, agrees in (("nb-m1", False), ("nb-m2", False), ("nb-m1", True), ("nb-c", True)):
        _view(told, "2027-09-10", person, agrees=agrees)
    told.said(on("2027-09-12"), DeclareImpasse, "", "panel", about=TYPED, tried=TYPED)
    told.said(on("2027-09-15"), SettleImpasse, "", "panel", outcome="draft-stands", reason=TYPED, heard=TYPED)
    told.said(on("2027-10-01"), DecideOnReport, "", "panel", outcome="sent-back", reasons=TYPED)
    told.said(on("2027-10-20"), DecideOnReport, "", "panel", outcome="accepted", reasons=TYPED)


def _view(told: Told, day: str, person: str, *, agrees: bool) -> None:
    by = Actor(person=person, role=Role.PANEL_MEMBER)
    command = SignOff(request_id="r", actor=by, agrees=agrees, dissent="" if agrees else TYPED)
    fact = Fact(kind=command.FACT, at=on(day), by=by, detail=command.answer())
    told.moved(on(day), "panel", fact, stage="panel")


def _published(told: Told) -> None:
    stage = "publication"
    told.said(on("2027-10-25"), AnswerFinding, "F1", stage, outcome="accepted", reason=TYPED)
    told.said(on("2027-10-25"), AnswerFinding, "F2", stage, outcome="rejected", reason=TYPED)
    told.said(on("2027-11-04"), AnswerFinding, "F2", stage, outcome="partly", reason=TYPED)
    told.said(on("2027-11-05"), DecidePublication, "", stage, outcome="in-part", reason=TYPED)
    for outcome, day in (("failed", "2027-11-06"), ("passed", "2027-11-16")):
        told.said(on(day), RecordCheck, "identification", stage, outcome=outcome, checked_by="nb-9", note=TYPED,
                  to_do=TYPED)  # fmt: skip
    told.said(on("2027-11-10"), ReplaceReport, "", stage, report="D-7/3", reason=TYPED)
    told.said(on("2027-11-20"), SetPublicationDate, "", stage, publish_at=on("2027-12-10"))
    told.said(on("2027-11-25"), SetPublicationDate, "", stage, publish_at=on("2027-12-15"), reason=TYPED)
    told.said(on("2027-12-01"), AbortPublication, "", stage, reason=TYPED)
    told.said(on("2027-12-02"), SetPublicationDate, "", stage, publish_at=on("2028-01-12"))
    told.said(on("2027-12-03"), RecordReportSent, "national-panel", stage, sent_at=on("2027-12-03"), how=TYPED,
              reference=TYPED)  # fmt: skip
    notice = clock("advance-notice", on("2028-01-12"), "2027-12-30", direction=Direction.BEFORE)
    told.kept(on("2027-12-03"), met(notice, on("2027-12-03")), stage)
    told.said(on("2028-01-12", 12), ConfirmPublished, "", stage, published_at=on("2028-01-12"),
              address="https://board.example/report", response="D-9/1")  # fmt: skip


def _acted(told: Told) -> None:
    told.said(on("2027-06-01"), PlanAction, "A1", **planned("2027-09-01", what=TYPED))
    received = Fact(kind="findings-received", at=on("2027-11-04"), detail={"answers": {}})
    told.moved(on("2027-11-04"), "actions", received, stage="actions")
    told.said(on("2027-11-10"), PlanAction, "A2", **planned("2028-03-01", ("F1",), agency="police", what=TYPED))
    told.said(on("2027-11-12"), ExpectChange, "C1", **expected(("A2",)) | {"what": TYPED, "measure": TYPED})
    told.said(on("2027-11-20"), SignOffPlan, "", outcome="signed-off", reason=TYPED)
    told.said(on("2028-01-10"), ReviewPlan, "", held_at=on("2028-01-09"), decided=TYPED)
    told.said(on("2028-02-01"), ExtendAction, "A2", until="2028-04-01", reason=TYPED)
    for day, outcome in (("2028-03-01", "sent-back"), ("2028-03-20", "verified")):
        told.said(on(day), SubmitEvidence, "A2", note=TYPED)
        told.said(on(day, 15), VerifyAction, "A2", outcome=outcome, reason=TYPED)
    for number, due in ((1, "2028-02-01"), (2, "2028-03-01"), (3, "2028-04-01"), (4, "2028-09-01")):
        entry = clock("observation", on("2027-11-20"), due, f"C1/{number}", unit=Unit.SET_DATE)
        told.kept(on("2027-11-20"), entry, "change")
    seen = {"observed_on": "2028-02-03", "value": "62", "seen": TYPED}
    told.said(on("2028-02-04"), RecordObservation, "C1/1", "change", **seen)
    told.said(on("2028-02-10"), JudgeChange, "C1/1", "change", judgement="no-change", reason=TYPED,
              answer_was_wrong=True)  # fmt: skip
    wrong = Fact(kind="answer-was-wrong", at=on("2028-02-10"), item="C1", detail={"actions": ["A1"]})
    told.moved(on("2028-02-10"), "actions", wrong, stage="actions")
    told.said(on("2028-03-02"), RecordNoObservation, "C1/2", "change", reason=TYPED)
    told.said(on("2028-06-01"), CloseChange, "C1", "change", outcome="not-achieved", reason=TYPED)


def pack(told: Told, at: str = "2027-06-15") -> QualityPack:
    return quality_pack(told.record, directory(), told.case, now(at))


def marker(found: QualityPack, number: int) -> MarkerInPack:
    return found.markers[number - 1]


def shown(found: QualityPack, number: int) -> list[str]:
    return [each.text for each in marker(found, number).shows]


def written(found: QualityPack) -> str:
    return as_markdown(found) + found.model_dump_json() + "\n".join(line.text for line in as_lines(found))
