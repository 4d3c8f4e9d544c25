"""The review itself: panel, terms of reference, agencies' reports, findings, the report, to the board's acceptance.

A stage of parts, each in a file of its own; this one says how they stand to each other.
"""

from datetime import datetime
from typing import ClassVar, Self

from domain.accepted_report import Accepted
from domain.agency import AgencyAsked
from domain.agency_report import AgencyReports
from domain.appointments import Appoint, Appointment, Appointments, EndAppointment
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.findings import Findings
from domain.model import Refusal
from domain.parallel import ParallelProcesses
from domain.part import Part, StateOfParts
from domain.participation import Participation
from domain.people import BODIES, TOLD_OF_DELAYS, Role
from domain.record import Fact, Letter
from domain.report import Report
from domain.stage_state import Transition
from domain.terms import Milestone, TermsOfReference
from domain.timetable import Timetable

APPOINTED_NOW = "Appointments of the review"
PEOPLE = (
    "Serious case review quality markers 4, 11 and 12: families and practitioners take part, or it is recorded why not"
)


class PanelReviewState(StateOfParts):
    """The review as it stands, from the chair's decision to the board's acceptance of the report."""

    STAGE: ClassVar[str] = "panel"
    PARTS: ClassVar[dict[str, type[Part]]] = {
        "appointments": Appointments,
        "terms": TermsOfReference,
        "timetable": Timetable,
        "parallel": ParallelProcesses,
        "participation": Participation,
        "reports": AgencyReports,
        "findings": Findings,
        "report": Report,
    }

    decided_at: datetime
    """When the chair decided to hold the review: its six months count from here."""
    involved: tuple[AgencyAsked, ...] = ()
    """Agencies that the incident named; the terms of reference say which are under review."""
    appointments: Appointments = Appointments()
    terms: TermsOfReference = TermsOfReference()
    timetable: Timetable = Timetable()
    parallel: ParallelProcesses = ParallelProcesses()
    participation: Participation = Participation()
    reports: AgencyReports = AgencyReports()
    findings: Findings = Findings()
    report: Report = Report()

    @classmethod
    def begun(
        cls,
        decided_at: datetime,
        involved: tuple[AgencyAsked, ...],
        quorum_percent: int,
        bodies: tuple[Role, ...] = BODIES,
    ) -> Self:
        """The state at the beginning; ``bodies`` are the outside bodies that the regime knows."""
        outside = tuple(role for role in TOLD_OF_DELAYS if role in bodies)
        return cls(
            decided_at=decided_at,
            involved=involved,
            report=Report(quorum_percent=quorum_percent),
            timetable=Timetable(outside=outside),
            parallel=ParallelProcesses(outside=outside),
        )

    def opening(self) -> Transition:
        """What beginning the stage asks: the chair is to convene a panel."""
        return Transition(
            letters=(
                Letter(
                    id="task/appoint",
                    template="task",
                    to=Role.BOARD_CHAIR,
                    task=Appoint.FORM,
                    clock_title=please(Appoint),
                ),
            )
        )

    @property
    def under_review(self) -> tuple[str, ...]:
        """Ids of the agencies under review: as the terms of reference say, before them as the incident did."""
        return self.terms.in_force.agencies if self.terms.in_force else tuple(agency.id for agency in self.involved)

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        """The timetable's steps that are in force."""
        return self.terms.in_force.milestones if self.terms.in_force else ()

    @property
    def panel(self) -> tuple[Appointment, ...]:
        """Who is on the panel at present: its chair, and the members of the agencies under review."""
        members = (held for held in self.appointments.now(Role.PANEL_MEMBER) if held.agency in self.under_review)
        return (*self.appointments.now(Role.PANEL_CHAIR), *members)

    @property
    def accepted_at(self) -> datetime | None:
        """When the board accepted the report: the review is complete."""
        return self.report.accepted_at

    @property
    def wants_feedback(self) -> bool:
        """Whether the family's view of the report is needed now: facts are checked, the panel has not signed off."""
        return self.report.checked_at is not None and self.report.signed_off_at is None

    @property
    def waits_for(self) -> Role:
        """Who the review as a whole waits for."""
        if self.report.signed_off_at is not None or not self.appointments.complete:
            return Role.BOARD_CHAIR
        return Role.PANEL_CHAIR if self.terms.in_force is None or self.reports.unsettled else Role.LEAD_REVIEWER

    @property
    def standing(self) -> str:
        """The step that the review is at."""
        if self.accepted_at is not None:
            return "report accepted"
        if self.report.signed_off_at is not None:
            return "with the board"
        if self.report.document:
            return "checking facts" if self.report.open_checks else "signing off"
        if self.terms.in_force is None:
            return "setting up"
        return "gathering" if self.reports.unsettled else "analysing"

    def headline(self) -> str:
        """What the review waits for, in words."""
        words = {
            "setting up": "panel and terms of reference are being set up",
            "gathering": f"{len(self.reports.unsettled)} of {len(self.reports.agencies)} agencies' reports to settle",
            "analysing": f"analysis; {len(self.findings.standing)} findings so far",
            "checking facts": f"{len(self.report.open_checks)} agencies check the facts of draft {self.report.drafts}",
            "signing off": f"the panel signs off draft {self.report.drafts}",
            "with the board": "the board decides on the report",
            "report accepted": "the board has accepted the report",
        }
        stopped = "; the review's clock is stopped" if any(stop.until is None for stop in self.parallel.stops) else ""
        impasse = "; the panel is at an impasse" if self.report.at_impasse else ""
        return f"Review: {words[self.standing]}{impasse}{stopped}"

    def done(self) -> bool:
        """The board has accepted the report."""
        return self.accepted_at is not None

    def refuses(self, command: Command, at: datetime) -> Refusal | None:
        """As its part says; nothing changes a report that is accepted."""
        if self.done():
            return _no("report-accepted", "The board has accepted the report; this stage is over.")
        return self._refuses_unappointed(command) or super().refuses(command, at)

    def _refuses_unappointed(self, command: Command) -> Refusal | None:
        """Who is no longer lead reviewer, or on the panel, acts no longer as that."""
        role = command.actor.role
        if not role.of_a_case or self.appointments.holds(command.actor.person, role):
            return None
        return _no("appointed", f"Only who is appointed {role.words} at present can do this.", APPOINTED_NOW)

    def accept(self, command: Command, at: datetime) -> tuple[Self, Transition]:
        """With its part changed. New terms of reference ask the agencies that they name."""
        state, transition = super().accept(command, at)
        if isinstance(command, EndAppointment):
            return state._judged_again(transition, at)
        terms = state.terms.in_force
        if terms is None or terms == self.terms.in_force:
            return state, transition
        addresses = {agency.id: agency.address for agency in self.involved}
        asked = {report.id for report in self.reports.agencies}
        facts = tuple(Fact(kind="agency-asked", at=at, item=a) for a in terms.agencies if a not in asked)
        reports = state.reports.asking(terms.agencies, addresses, at)
        return (
            state.model_copy(update={"reports": reports}),
            Transition(facts=(*transition.facts, *facts), letters=transition.letters),
        )

    def _judged_again(self, transition: Transition, at: datetime) -> tuple[Self, Transition]:
        """Who leaves the panel may have been the one that its sign-off waited for."""
        report, then = self.report.judged_again(at, self)
        letters = (*transition.letters, *then.letters)
        return self.model_copy(update={"report": report}), transition.model_copy(update={"letters": letters})

    def needs(self) -> tuple[ClockNeed, ...]:
        """The clocks of all parts; those that the regime says stand still while the review's clock is stopped."""
        stops = self.parallel.stops
        return tuple(need.model_copy(update={"stops": stops}) for need in super().needs())

    def refuses_without_people(self) -> Refusal | None:
        """Before a draft: practitioners took part, and the family was told of the review."""
        if missing := self.participation.practitioner_gaps:
            words = ", ".join(step.value.replace("-", " ") for step in missing)
            return _no("practitioners-took-part", f"Not recorded of the practitioners yet: {words}.")
        if not self.participation.planned:
            return _no("family-planned", "Nobody has recorded who of the family is told and takes part, or why nobody.")
        if gaps := self.participation.family_gaps("informed"):
            return _no("family-informed", f"Not told of the review yet, with no reason recorded: {', '.join(gaps)}.")
        return None

    def refuses_without_feedback(self) -> Refusal | None:
        """Before the report is final: the family could give its view of it."""
        if gaps := self.participation.family_gaps("feedback-given"):
            text = f"The family's view of the report is not recorded, nor why not: {', '.join(gaps)}."
            return _no("family-feedback", text)
        return None

    def accepted(self) -> Accepted:
        """What publication begins with."""
        assert self.accepted_at is not None, "asked when the report is accepted"  # noqa: S101
        named = {agency.id: agency for agency in self.involved}
        agencies = tuple(
            named.get(report.id) or AgencyAsked(id=report.id, address=report.address, asked_at=report.asked_at)
            for report in self.reports.agencies
        )
        return Accepted(
            accepted_at=self.accepted_at,
            report=self.report.document,
            findings=tuple(finding.brief for finding in self.findings.standing),
            agencies=agencies,
            authors=tuple(dict.fromkeys((*self.report.authors, *self.appointments.ever(Role.LEAD_REVIEWER)))),
            parallel=self.parallel,
            participation=self.participation,
        )


def _no(code: str, text: str, source: str = PEOPLE) -> Refusal:
    return Refusal(code=code, text=text, source=source)
