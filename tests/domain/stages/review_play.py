"""What people in a review might answer next, sensible or not, chosen by whoever asks: hypothesis, or always the first.

The same few people turn up in many roles, so that rules which keep people apart are put to the test.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from panel_world import AGENCIES, NOTHING
from publication_world import ADDRESS, BODY_IDS, CHECKS, Publishing
from review_answers import REVIEW_ANSWERS
from stage_world import DAY, HOUR, World, actor, request_id

from domain.command import AcknowledgeEscalation, Command, DeliverOtherwise, Found
from domain.panel import PanelReviewState
from domain.parallel_commands import Effect, ParallelKind
from domain.participation import FamilyStep, PractitionerStep
from domain.people import Actor, Role
from domain.publication import PublicationState
from domain.record import Task

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
"""Takes one of these; the first is what mostly happens."""

PEOPLE = tuple(f"nb-{number}" for number in range(1, 9))
CHAIR, DEPUTY, MANAGER, PANEL_CHAIR, REVIEWER, HEALTH, POLICE, SCHOOL = PEOPLE
WRITERS = ("staff-1", "staff-2", "staff-3")
"""Of the agencies: who writes a report, and who signs it off."""
MORE_AGENCIES = (*AGENCIES, "library")
FAMILY = ("family-1", "family-2")
PROCESSES = ("trial-1", "inquest-1")
FINDINGS = ("F1", "G1", "F2")
MILESTONES = ("learning-event", "first-draft")
DOCUMENTS = ("D-9/1", "D-10/1", "D-11/1", "D-12/1")

OF_EVERY_STAGE: tuple[type[Command], ...] = (AcknowledgeEscalation, DeliverOtherwise)
OF_BOTH = (*PanelReviewState.commands(), *PublicationState.commands(), *OF_EVERY_STAGE)
FORMS: dict[str, type[Command]] = {form.FORM: form for form in OF_BOTH}
USUALLY: dict[Role, str] = {
    Role.BOARD_CHAIR: CHAIR,
    Role.BUSINESS_MANAGER: MANAGER,
    Role.PANEL_CHAIR: PANEL_CHAIR,
    Role.LEAD_REVIEWER: REVIEWER,
}


class Play:
    """Makes commands for one stage as it stands. Where it is ``wild`` it makes many that are to be refused."""

    def __init__(self, world: World[Any], choose: Choose[Any], *, wild: bool = False) -> None:
        self.world = world
        self.state: Any = world.state
        self.at = world.at
        self.one_of: Choose[Any] = choose
        self.wild = wild

    def any_of(self, *options: Any) -> Any:
        """Any of them in a wild play, the first in an orderly one."""
        return self.one_of(options) if self.wild else options[0]

    def seldom(self, usual: Any, *others: Any) -> Any:
        """Mostly the usual, even in a wild play."""
        return self.any_of(*(usual,) * 6, *others)

    def day(self, *days: int) -> date:
        ahead: int = self.any_of(*days)
        return (self.at + ahead * DAY).date()

    def hours_ago(self, *hours: int) -> datetime:
        ago: int = self.any_of(*hours)
        return self.at - ago * HOUR

    # Who

    def by(self, role: Role, agency: str | None) -> Actor:
        """Somebody in that role: of those appointed where it is a role of the review, most of the time."""
        person = self.seldom(USUALLY.get(role, CHAIR), *PEOPLE)
        if role.of_a_case and isinstance(self.state, PanelReviewState):
            held = [appointment.person for appointment in self.state.appointments.now(role)]
            if role is Role.PANEL_MEMBER:
                given = {view.person for view in self.state.report.views}
                held = [p for p in held if p not in given] or held
            person = self.seldom(self.one_of(held), person) if held else person
        if role.of_an_agency:
            agency = self.seldom(agency if agency in MORE_AGENCIES else AGENCIES[0], *AGENCIES)
        return actor(role, person, agency if role.of_an_agency else None)

    def command(self, form: str, item: str | None = None, role: Role | None = None) -> Command:
        """A command of that form, complete; of that item and by that role where they are said."""
        kind = FORMS[form]
        if role is None:
            role = self.one_of(sorted(kind.ROLES) * 6 + list(Role) if self.wild else sorted(kind.ROLES))
        item = item or getattr(self, f"item_of_{form.replace('-', '_')}", lambda: None)()
        answer = dict(REVIEW_ANSWERS.get(form, {}))
        fill = getattr(self, f"fill_{form.replace('-', '_')}", None)
        if fill is not None:
            answer |= fill(item)
        found = self.seldom(NOTHING, None, Found(missing=("person", "agencies", "documents", "chronology")))
        envelope = {"request_id": request_id(), "actor": self.by(role, item), "item": item, "found": found}
        return kind.model_validate(envelope | answer)

    def answering(self, task: Task) -> Command:
        """An answer to what is asked, by whom it is asked of."""
        return self.command(task.form, task.item, task.role)

    def an_agency(self) -> str:
        return str(self.one_of(MORE_AGENCIES))

    item_of_nominate_author = item_of_send_agency_report = item_of_answer_agency_report = an_agency
    item_of_extend_agency_report = item_of_go_on_without_report = an_agency
    item_of_check_facts = item_of_go_on_without_fact_check = an_agency

    # The panel, its terms and its timetable

    def fill_appoint(self, _: str | None) -> dict[str, Any]:
        appointments, declared = self.state.appointments, {"managed_the_case": self.seldom(False, True, None)}
        missing = [role for role in (Role.PANEL_CHAIR, Role.LEAD_REVIEWER) if not appointments.now(role)]
        spoken_for = {held.agency for held in appointments.now(Role.PANEL_MEMBER)}
        free = [agency for agency in self.state.under_review if agency not in spoken_for]
        role = self.any_of(*missing, Role.PANEL_MEMBER, Role.PANEL_CHAIR, Role.LEAD_REVIEWER)
        agency = self.any_of(*free, *MORE_AGENCIES) if role is Role.PANEL_MEMBER else self.seldom("", "health")
        of_agency = {"health": HEALTH, "police": POLICE, "school": SCHOOL}.get(agency, DEPUTY)
        declared["belongs_to_agency"] = self.any_of(agency or "none", "none", "library", "school")
        return declared | {
            "role": role.value,
            "agency": agency,
            "person": self.any_of(USUALLY.get(role, of_agency), *PEOPLE),
            "belongs_to_board": self.seldom(False, True),
            "worked_on_the_case": self.seldom(False, True),
            "other_interests": "none",
        }

    def item_of_end_appointment(self) -> str:
        return str(self.one_of([held.id for held in self.state.appointments.all] or ["panel-chair/nobody"]))

    def fill_draft_terms(self, _: str | None) -> dict[str, Any]:
        agencies = self.any_of(AGENCIES, AGENCIES, ("health", "police"), ("health",), MORE_AGENCIES, ("library",))
        milestones = [{"id": m, "title": "a step", "due_on": self.day(90, 30, -1)} for m in MILESTONES]
        return {
            "agencies": agencies,
            "period_from": date(2025, 1, 1),
            "period_to": date(2026, 1, 1),
            "milestones": milestones[: self.any_of(1, 0, 2)],
            "reports_due_on": self.any_of(None, self.day(30, 60, -1)),
            "reason": self.seldom("as discussed", ""),
        }

    def fill_decide_on_terms(self, _: str | None) -> dict[str, Any]:
        return {"outcome": self.seldom("approved", "sent-back")}

    def fill_extend_review(self, _: str | None) -> dict[str, Any]:
        return {"until": self.day(300, 400, 200, 30, -3)}

    def item_of_meet_milestone(self) -> str:
        return str(self.one_of(MILESTONES))

    def fill_meet_milestone(self, _: str | None) -> dict[str, Any]:
        return {"reached_at": self.hours_ago(0, 24, -24)}

    def item_of_explain_delay(self) -> str:
        return str(self.one_of(("serious-case-review", "milestone/learning-event", "milestone/none")))

    # Beside the review: other processes, the family, practitioners

    def a_process(self) -> str:
        return str(self.one_of(PROCESSES))

    item_of_record_parallel_process = item_of_decide_effect = a_process

    def fill_record_parallel_process(self, _: str | None) -> dict[str, Any]:
        ended = self.any_of(False, False, True)
        kind = self.any_of(*ParallelKind).value
        return {"kind": kind, "ended": ended, "next_on": self.any_of(None, self.day(30, 2, -1))}

    def fill_decide_effect(self, _: str | None) -> dict[str, Any]:
        effect = self.any_of(*Effect)
        return {"effect": effect.value, "look_again_on": self.any_of(None, self.day(60, 20, 1, 0))}

    def a_family_member(self) -> str:
        return str(self.one_of(FAMILY))

    item_of_plan_family_member = item_of_record_family_contact = a_family_member

    def fill_plan_family_member(self, _: str | None) -> dict[str, Any]:
        takes, why = self.any_of(("conversations", ""), ("conversations", ""), ("", "abroad"), ("", ""))
        return {"takes_part": takes, "why_not": why}

    def fill_record_family_contact(self, item: str | None) -> dict[str, Any]:
        member = next((m for m in self.state.participation.family if m.key == item), None)
        usual = FamilyStep.INFORMED
        if isinstance(self.state, PublicationState):
            usual = FamilyStep.TOLD_OF_PUBLICATION
        elif member is not None and not member.owes(FamilyStep.INFORMED):
            usual = FamilyStep.FEEDBACK_GIVEN
        step = self.any_of(usual, usual, usual, *FamilyStep)
        return {"step": step.value, "happened_at": self.hours_ago(0, 0, 5, 24 * 90, -1), "note": self.seldom("so", "")}

    def fill_record_practitioners(self, _: str | None) -> dict[str, Any]:
        gaps = self.state.participation.practitioner_gaps
        step = self.any_of(*gaps, *PractitionerStep)
        return {"step": step.value, "happened_at": self.hours_ago(0, 0, 5, -1), "reason": "they are heard one by one"}

    # Agencies' reports

    def fill_nominate_author(self, _: str | None) -> dict[str, Any]:
        author = self.any_of(*WRITERS)
        return {"author": author, "worked_on_the_case": self.seldom(False, True, None), "managed_the_case": False}

    def fill_send_agency_report(self, item: str | None) -> dict[str, Any]:
        nil = self.any_of(False, False, False, True)
        files = {"report": "", "chronology": ""} if nil else {"report": "D-1/1", "chronology": f"{item}/1"}
        signer = self.any_of(WRITERS[1], *WRITERS)
        return files | {"nil_return": nil, "signed_off_by": signer}

    def fill_answer_agency_report(self, _: str | None) -> dict[str, Any]:
        return {"outcome": self.any_of("accepted", "accepted", "returned")}

    def fill_extend_agency_report(self, _: str | None) -> dict[str, Any]:
        return {"until": self.day(90, 120, 10, -1)}

    # Findings and report

    def item_of_enter_finding(self) -> str:
        return str(self.one_of(FINDINGS))

    def item_of_withdraw_finding(self) -> str:
        return str(self.one_of(FINDINGS))

    def fill_enter_finding(self, item: str | None) -> dict[str, Any]:
        kind = "good-practice" if (item or "").startswith("G") else "finding"
        asks = self.seldom("How will the board know?", "")
        return {"kind": kind, "put_to_board": asks, "chronology_rows": ["health/1/1"]}

    def fill_submit_draft(self, _: str | None) -> dict[str, Any]:
        return {"document": self.any_of(*DOCUMENTS), "facts_unchanged": self.any_of(False, True)}

    def fill_check_facts(self, _: str | None) -> dict[str, Any]:
        wrong = {"passage": "in May", "correct": "in June", "source": "record 7"}
        return {"corrections": [wrong] * self.any_of(0, 0, 1, 2)}

    def item_of_answer_correction(self) -> str:
        return f"{self.one_of(AGENCIES)}/{self.one_of((1, 2))}"

    def fill_answer_correction(self, _: str | None) -> dict[str, Any]:
        return {"accepted": self.any_of(True, False)}

    def fill_sign_off(self, _: str | None) -> dict[str, Any]:
        agrees = self.any_of(True, True, False)
        return {"agrees": agrees, "dissent": "" if agrees else "it goes too far"}

    def fill_settle_impasse(self, _: str | None) -> dict[str, Any]:
        return {"outcome": self.any_of("draft-stands", "draft-again")}

    def fill_decide_on_report(self, _: str | None) -> dict[str, Any]:
        return {"outcome": self.any_of("accepted", "accepted", "sent-back")}

    # Publication

    def item_of_answer_finding(self) -> str:
        return str(self.one_of([finding.id for finding in self.state.response.findings] or ["F1"]))

    def fill_answer_finding(self, item: str | None) -> dict[str, Any]:
        good = (item or "").startswith("G")
        outcome = self.any_of("noted" if good else "accepted", "noted", "accepted", "rejected")
        return {"outcome": outcome, "reason": self.seldom("as resolved", "")}

    def item_of_record_check(self) -> str:
        return str(self.one_of(CHECKS))

    def fill_record_check(self, _: str | None) -> dict[str, Any]:
        outcome = self.seldom("passed", "failed")
        return {"outcome": outcome, "checked_by": self.any_of(DEPUTY, *PEOPLE), "note": "so", "to_do": "once more"}

    def fill_replace_report(self, _: str | None) -> dict[str, Any]:
        return {"report": self.any_of(*DOCUMENTS)}

    def fill_decide_publication(self, _: str | None) -> dict[str, Any]:
        return {"outcome": self.any_of("whole", "whole", "in-part", "not")}

    def fill_record_national_panel_answer(self, _: str | None) -> dict[str, Any]:
        return {"outcome": "agrees", "answered_at": self.hours_ago(0, 0, 24, -1)}

    def fill_set_publication_date(self, _: str | None) -> dict[str, Any]:
        return {"publish_at": self.at + self.any_of(30, 15, 9, 60, -1) * DAY, "reason": "as planned"}

    def item_of_record_report_sent(self) -> str:
        return str(self.one_of(BODY_IDS))

    def fill_record_report_sent(self, _: str | None) -> dict[str, Any]:
        return {"sent_at": self.hours_ago(0, 0, 24, -1), "how": "portal", "reference": "7"}

    def fill_confirm_published(self, _: str | None) -> dict[str, Any]:
        report = self.seldom(self.state.report, *DOCUMENTS)
        at = self.hours_ago(0, 0, 1, 24, -1)
        given = {"published_at": at, "report": report, "address": ADDRESS}
        return given | {"response": "D-20/1", "statement": self.seldom("D-21/1", "D-20/1", "")}

    def fill_decide_availability(self, _: str | None) -> dict[str, Any]:
        return {"outcome": self.any_of("take-down", "keep", "archive-on-request")}

    # Of every stage

    def fill_deliver_otherwise(self, _: str | None) -> dict[str, Any]:
        return {"told_at": self.at, "how": "by post", "reference": "7"}


def orderly_steps(world: World[Any] | Publishing, choose: Choose[Any]) -> list[Command]:
    """Sensible answers to what is asked now, and what nobody is asked for but everybody expects."""
    play = Play(world, choose)
    state = world.state
    later = {"meet-milestone", "record-parallel-process", "confirm-published", "decide-availability"}
    asked = [task for task in world.stage.tasks() if task.form not in later]
    if isinstance(state, PanelReviewState):
        if any(t.form == "submit-draft" for t in asked) and not state.findings.standing:
            return [play.command("enter-finding", finding, Role.LEAD_REVIEWER) for finding in FINDINGS[:2]]
        members = [t for t in asked if t.form == "appoint"]
        asked = members or asked
    return [play.answering(task) for task in asked]
