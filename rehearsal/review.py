"""The review itself: twelve agencies, two returns for rework, one agency late, a trial that stops the clock."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from domain.people import Role
from domain.record import CaseRef
from rehearsal.service import Rehearsal

PANEL_CHAIR, REVIEWER, NEXT_REVIEWER = "nb-panel-chair", "nb-reviewer-1", "nb-reviewer-2"
LATE, NIL, RETURNED = "northbridge-housing", "northbridge-ambulance", ("northbridge-police", "northbridge-icb")
TRIAL = "trial-1"
NOT_TIED: dict[str, Any] = {
    "belongs_to_board": False,
    "managed_the_case": False,
    "worked_on_the_case": False,
    "other_interests": "none",
}


class Review:
    """One review and the people in it."""

    def __init__(self, stage: Rehearsal, case: CaseRef, only: Collection[str] = ()) -> None:
        self.stage = stage
        self.case = case
        self.panel = case.stage_id("panel")
        known = stage.directory.boards[0].agencies
        self.agencies = {agency.id: agency for agency in known if not only or agency.id in only}
        self.returned = tuple(agency for agency in RETURNED if agency in self.agencies)
        self.correcting = LATE if LATE in self.agencies else next(iter(self.agencies))
        self.reviewer = REVIEWER
        self.document = ""

    async def answer(self, form: str, role: Role, item: str | None = None, person: str = "", **answer: Any) -> None:
        """Somebody answers in the review."""
        people = {Role.PANEL_CHAIR: PANEL_CHAIR, Role.LEAD_REVIEWER: self.reviewer}
        person = person or people.get(role, "")
        await self.stage.answer(self.panel, form, role, item=item, person=person, **answer)

    async def set_up(self) -> None:
        """Panel, lead reviewer, terms of reference, the family, the trial that runs beside the review."""
        await self.stage.pass_days(2)
        await self._appoint(PANEL_CHAIR, Role.PANEL_CHAIR)
        await self._appoint(REVIEWER, Role.LEAD_REVIEWER)
        await self.answer(
            "plan-family-member",
            Role.LEAD_REVIEWER,
            "family-1",
            who="mother",
            told_by="lead reviewer",
            interpreter_or_help="a supporter of her choice",
            takes_part="two conversations",
        )
        day = await self.stage.pass_days(3)
        await self._family("informed")
        kind = "police-and-prosecution"
        process: dict[str, Any] = {"kind": kind, "contact": "senior investigating officer", "status": "charged"}
        await self.answer(
            "record-parallel-process", Role.BUSINESS_MANAGER, TRIAL, next_on=_months_later(day, 10), **process
        )
        day = await self.stage.pass_days(4)
        await self.answer("draft-terms", Role.LEAD_REVIEWER, **_terms(day, tuple(self.agencies)))
        await self.stage.pass_days(2)
        await self.answer("decide-on-terms", Role.BOARD_CHAIR, outcome="approved", reason="Discussed with the board.")
        for agency in self.agencies.values():
            await self._appoint(str(agency.executive), Role.PANEL_MEMBER, agency.id)

    async def gather(self) -> None:
        """Authors, reports and chronologies; two are returned, one agency makes a nil return, one is late."""
        await self.stage.pass_days(5)
        for agency in self.agencies:
            apart: dict[str, Any] = {"worked_on_the_case": False, "managed_the_case": False}
            await self.answer("nominate-author", Role.AGENCY_LEAD, agency, author=f"author-of-{agency}", **apart)
        await self.stage.pass_days(35)
        for agency in self.agencies:
            if agency != LATE:
                await self._send(agency)
        await self.stage.pass_days(3)
        for agency in self.agencies:
            if agency != LATE:
                outcome = "returned" if agency in RETURNED else "accepted"
                await self.answer("answer-agency-report", Role.PANEL_CHAIR, agency, outcome=outcome, reasons="Read.")
        await self.stage.pass_days(7)
        for agency in self.returned:
            await self._send(agency)
        await self.stage.pass_days(2)
        for agency in self.returned:
            await self.answer("answer-agency-report", Role.PANEL_CHAIR, agency, outcome="accepted", reasons="Read.")
        if LATE in self.agencies:
            await self._late_agency()

    async def _late_agency(self) -> None:
        """Its executive is told three working days after the due day, the board's chair ten working days after it."""
        await self.stage.pass_days(11)
        await self._seen(f"agency-report/{LATE}/5", Role.AGENCY_EXECUTIVE)
        await self.stage.pass_days(10)
        await self._seen(f"agency-report/{LATE}/6", Role.BOARD_CHAIR)
        await self.stage.pass_days(1)
        await self._send(LATE)
        await self.stage.pass_days(2)
        await self.answer("answer-agency-report", Role.PANEL_CHAIR, LATE, outcome="accepted", reasons="Read.")

    async def stop_for_trial(self) -> None:
        """The chair stops the review's clock for the trial; seven months later it runs again, with another reviewer."""
        day = await self.stage.pass_days(1)
        await self.answer(
            "decide-effect",
            Role.BOARD_CHAIR,
            TRIAL,
            effect="stops-review-clock",
            reason="Witnesses of the trial would have to be heard.",
            look_again_on=_months_later(day, 7),
            told="panel, family, agencies",
        )
        for _ in range(6):
            await self.stage.pass_days(30)
        await self.answer(
            "end-appointment", Role.BOARD_CHAIR, f"lead-reviewer/{REVIEWER}", reason="Another office was taken up."
        )
        await self._appoint(NEXT_REVIEWER, Role.LEAD_REVIEWER)
        self.reviewer = NEXT_REVIEWER
        await self.stage.pass_to(_months_later(day, 7))
        over: dict[str, Any] = {"kind": "police-and-prosecution", "contact": "senior investigating officer"}
        await self.answer(
            "record-parallel-process", Role.BUSINESS_MANAGER, TRIAL, status="verdict given", ended=True, **over
        )
        await self.answer(
            "decide-effect", Role.BOARD_CHAIR, TRIAL, effect="none", reason="The trial is over.", told="panel, family"
        )

    async def learn(self) -> None:
        """Practitioners come together; findings; the draft and its facts."""
        for step in ("invited", "informed", "supported"):
            await self.stage.pass_days(2)
            await self.answer("record-practitioners", Role.LEAD_REVIEWER, step=step, happened_at=await self.stage.now())
        await self.stage.pass_days(10)
        held = await self.stage.now()
        await self.answer("record-practitioners", Role.LEAD_REVIEWER, step="learning-event-held", happened_at=held)
        await self.answer("meet-milestone", Role.PANEL_CHAIR, "learning-event", reached_at=held)
        await self.stage.pass_days(14)
        for item, told in FINDINGS.items():
            await self.answer("enter-finding", Role.LEAD_REVIEWER, item, **told)
        await self._submit("draft report")
        await self.answer("meet-milestone", Role.PANEL_CHAIR, "draft-report", reached_at=await self.stage.now())
        await self._check_facts()

    async def _check_facts(self) -> None:
        await self.stage.pass_days(5)
        for agency in self.agencies:
            if agency != NIL:
                wrong = {"passage": "in May", "correct": "in June", "source": "visiting record"}
                corrections = (wrong,) if agency == self.correcting else ()
                checked: dict[str, Any] = {"corrections": corrections, "checked_by": "author of the report"}
                await self.answer("check-facts", Role.AGENCY_LEAD, agency, **checked)
        await self.stage.pass_days(1)
        answered: dict[str, Any] = {"accepted": True, "reason": "The record says so."}
        await self.answer("answer-correction", Role.LEAD_REVIEWER, f"{self.correcting}/1", **answered)
        await self._submit("draft report, corrected", facts_unchanged=True)

    async def sign_off(self) -> None:
        """The family gives its view, the panel signs off, the board accepts."""
        await self.stage.pass_days(3)
        await self._family("feedback-given")
        for agency in self.agencies.values():
            agrees = agency.id != self.correcting
            view: dict[str, Any] = {"agrees": agrees, "dissent": "" if agrees else "The second finding goes too far."}
            await self.answer("sign-off", Role.PANEL_MEMBER, person=str(agency.executive), **view)
        await self.answer("sign-off", Role.PANEL_CHAIR, agrees=True)
        await self.stage.pass_days(9)
        await self.answer("decide-on-report", Role.BOARD_CHAIR, outcome="accepted", reasons="Read by the whole board.")
        await self.stage.pass_days(1)

    async def _appoint(self, person: str, role: Role, agency: str = "") -> None:
        declared = {**NOT_TIED, "belongs_to_agency": agency or "none"}
        fields = {"person": person, "role": role.value, "agency": agency, **declared}
        await self.stage.give(self.panel, "appoint", Role.BUSINESS_MANAGER, fields)

    async def _family(self, step: str) -> None:
        told: dict[str, Any] = {"step": step, "happened_at": await self.stage.now(), "by_whom": "lead reviewer"}
        await self.answer("record-family-contact", Role.LEAD_REVIEWER, "family-1", **told)

    async def _send(self, agency: str) -> None:
        signed: dict[str, Any] = {"signed_off_by": f"senior-of-{agency}"}
        if agency == NIL:
            await self.answer("send-agency-report", Role.AGENCY_LEAD, agency, nil_return=True, **signed)
            return
        report = await self.stage.keep_document(self.case, "agency-report", f"Report of {agency}", agency)
        chronology = await self.stage.keep_chronology(self.case, agency)
        await self.answer(
            "send-agency-report", Role.AGENCY_LEAD, agency, report=report, chronology=chronology, **signed
        )

    async def _submit(self, title: str, *, facts_unchanged: bool = False) -> None:
        self.document = await self.stage.keep_document(self.case, "draft-report", title)
        draft: dict[str, Any] = {"document": self.document, "facts_unchanged": facts_unchanged}
        await self.answer("submit-draft", Role.LEAD_REVIEWER, **draft)

    async def _seen(self, rung: str, role: Role) -> None:
        agency = LATE if role.of_an_agency else None
        await self.stage.give(self.panel, "acknowledge-escalation", role, {}, item=rung, agency=agency)


FINDINGS: dict[str, dict[str, Any]] = {
    "F1": {
        "kind": "finding",
        "what_happened": "What each organisation knew of the family was held in separate records.",
        "why": "Practitioners saw their own part of the picture, and the forms in use asked for no more.",
        "chronology_rows": ("northbridge-cs/1/1",),
        "how_usual": "Practitioners at the learning event said that it is usual.",
        "part_of_system": "working-together",
        "priority": "high",
        "put_to_board": "How will the board know that what is known is brought together?",
    },
    "F2": {
        "kind": "finding",
        "what_happened": "Missed appointments were closed without anybody asking what they meant for the children.",
        "why": "The system counts attendance, and closing is what it prompts for.",
        "conversations": ("Health visitors, learning event",),
        "how_usual": "Found in two earlier audits.",
        "part_of_system": "tools-and-guidance",
        "priority": "medium",
        "put_as": "recommendation",
        "put_to_board": "Ask organisations to treat an appointment to which a child was not brought as a question.",
    },
    "G1": {
        "kind": "good-practice",
        "what_happened": "The school noticed changes early and kept asking.",
        "why": "Time for pastoral care was protected.",
        "conversations": ("Designated safeguarding lead",),
        "how_usual": "Usual in this school.",
        "part_of_system": "resources-and-demand",
        "priority": "low",
    },
}


def _terms(day: date, agencies: tuple[str, ...]) -> dict[str, Any]:
    return {
        "purpose": "What the case teaches about how organisations work together.",
        "acted_on": "Through the board's learning and improvement framework.",
        "expected_to_change": "What is known of a family reaches those who need it.",
        "questions": ("What was known of the family, by whom, and what made it hard to bring together?",),
        "period_from": day - timedelta(days=900),
        "period_to": day - timedelta(days=60),
        "agencies": agencies,
        "reports_due_on": day + timedelta(days=56),
        "method": "Agencies' reports, conversations with practitioners, a learning event.",
        "disagreement": "The board's chair hears both sides and settles it.",
        "milestones": (
            {"id": "learning-event", "title": "Learning event", "due_on": day + timedelta(days=110)},
            {"id": "draft-report", "title": "Draft of the report", "due_on": day + timedelta(days=130)},
        ),
        "family_plan": "Told in person by the lead reviewer, with a supporter.",
        "media_lead": "communications lead of the council",
    }


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))


async def hold_review(stage: Rehearsal, case: CaseRef, only: Collection[str] = ()) -> str:
    """From the decision to the board's acceptance, of these agencies or of all. Returns the accepted report's id."""
    review = Review(stage, case, only)
    await review.set_up()
    await review.gather()
    await review.stop_for_trial()
    await review.learn()
    await review.sign_off()
    return review.document
