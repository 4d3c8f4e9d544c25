"""Gathering: each agency under review is asked for its report and chronology; the panel accepts or returns them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.agency_report_commands import (
    AnswerAgencyReport,
    ExtendAgencyReport,
    GoOnWithoutReport,
    NominateAuthor,
    SendAgencyReport,
)
from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.document import DocumentKind, refuses_document
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Letter, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.panel import PanelReviewState
    from domain.terms import Terms

GATHERING = "Terms of reference: reports of the agencies under review"
AUTHORS = (
    "Working Together to Safeguard Children (2010), chapter 8: "
    "the author of an agency's report was not involved in the case and is not who signs it off"
)


class Round(Model):
    """A version of a report that came in, and what the panel answered."""

    received_at: datetime
    answered_at: datetime | None = None
    returned: bool = False


class AgencyReport(Model):
    """One agency's report as it stands, with every version that was returned."""

    id: str
    address: str | None = None
    asked_at: datetime
    author: str = ""
    author_at: datetime | None = None
    rounds: tuple[Round, ...] = ()
    nil_return: bool = False
    extended_to: date | None = None
    extended_by: str = ""
    without_at: datetime | None = None
    """When the chair decided to go on without it."""

    @property
    def last(self) -> Round | None:
        """The version that came in last."""
        return self.rounds[-1] if self.rounds else None

    @property
    def awaited(self) -> bool:
        """Whether the agency owes a report or its rework."""
        return self.without_at is None and (self.last is None or self.last.returned)

    @property
    def with_panel(self) -> bool:
        """Whether a report waits for the panel's answer."""
        return self.last is not None and self.last.answered_at is None

    @property
    def accepted(self) -> bool:
        """Whether the panel has accepted the report."""
        return self.last is not None and self.last.answered_at is not None and not self.last.returned

    @property
    def settled(self) -> bool:
        """Whether the review need not wait for it any more."""
        return self.accepted or self.without_at is not None

    @property
    def returns(self) -> int:
        """How often the panel has returned it."""
        return sum(version.returned for version in self.rounds)


class AgencyReports(Part):
    """The reports of all agencies under review."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (
        NominateAuthor,
        SendAgencyReport,
        AnswerAgencyReport,
        ExtendAgencyReport,
        GoOnWithoutReport,
    )

    agencies: tuple[AgencyReport, ...] = ()

    def get(self, agency: str | None) -> AgencyReport | None:
        """The report of that agency, if the terms of reference name it."""
        return next((report for report in self.agencies if report.id == agency), None)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Agencies whose report is still awaited or waits for the panel."""
        return tuple(report.id for report in self.agencies if not report.settled)

    def asking(self, agencies: Iterable[str], addresses: dict[str, str | None], at: datetime) -> Self:
        """With exactly the agencies of the terms in force; those asked before keep what they sent."""
        known = {report.id: report for report in self.agencies}
        asked = tuple(
            known.get(agency) or AgencyReport(id=agency, address=addresses.get(agency), asked_at=at)
            for agency in agencies
        )
        return self.model_copy(update={"agencies": asked})

    def refuses(self, command: Command, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        """Each command is about an agency under review, and in its order: author, report, the panel's answer."""
        if whole.report.signed_off_at is not None:
            return _no("report-signed-off", "The panel has signed the review's report off; the board decides on it.")
        report = self.get(command.item)
        if report is None:
            return _no("agency-under-review", "No agency of that id is under review; the terms of reference name them.")
        return _refuses_of(command, report, at)

    def accept(self, command: Command, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """With what the agency sent, or what the panel or the chair decided about it."""
        report = self.get(command.item)
        assert report is not None, "refused before"  # noqa: S101
        changes: dict[str, object] = {}
        letters: tuple[Letter, ...] = ()
        match command:
            case NominateAuthor():
                changes = {"author": command.author, "author_at": report.author_at or at}
            case SendAgencyReport():
                rounds = (*report.rounds, Round(received_at=at))
                changes = {"rounds": rounds, "nil_return": command.nil_return, "without_at": None}
            case AnswerAgencyReport():
                assert report.last is not None, "refused before"  # noqa: S101
                returned = command.outcome == "returned"
                answered = report.last.model_copy(update={"answered_at": at, "returned": returned})
                changes = {"rounds": (*report.rounds[:-1], answered)}
                if returned:
                    changes |= {"extended_to": None, "extended_by": ""}
                    letters = (_returned(report),)
            case ExtendAgencyReport():
                changes = {"extended_to": command.until, "extended_by": command.actor.role.words}
            case GoOnWithoutReport():
                changes = {"without_at": at}
        return self._with(report.model_copy(update=changes)), Transition(letters=letters)

    def needs(self, whole: "PanelReviewState") -> tuple[ClockNeed, ...]:
        """The first report, each rework, and the panel's answer, agency by agency."""
        return tuple(
            need
            for report in self.agencies
            for need in (
                *_author_needs(report),
                *_report_needs(report, whole.terms.in_force),
                *_rework_needs(report),
                *_answer_needs(report),
            )
        )

    def tasks(self, whole: "PanelReviewState") -> tuple[Task, ...]:
        """Author, report and rework are asked of the agency, the answer of the panel's chair."""
        return tuple(task for report in self.agencies for task in _tasks(report))

    def _with(self, changed: AgencyReport) -> Self:
        agencies = tuple(changed if report.id == changed.id else report for report in self.agencies)
        return self.model_copy(update={"agencies": agencies})


def _refuses_of(command: Command, report: AgencyReport, at: datetime) -> Refusal | None:
    match command:
        case NominateAuthor():
            return _refuses_author(command, report)
        case SendAgencyReport():
            return _refuses_report(command, report)
        case AnswerAgencyReport():
            return None if report.with_panel else _no("no-report", "No report of that agency waits for the panel.")
    if not report.awaited:
        text = "Nothing is awaited of that agency: its report is there, or was gone on without."
        return _no("report-awaited", text)
    return _refuses_extension(command, report, at) if isinstance(command, ExtendAgencyReport) else None


def _refuses_author(command: NominateAuthor, report: AgencyReport) -> Refusal | None:
    if report.settled:
        return _no("report-settled", "The panel has accepted that agency's report, or goes on without it.")
    if report.with_panel:
        return _no("report-with-panel", "A report of that agency waits for the panel's answer; its author stands.")
    if None in (command.worked_on_the_case, command.managed_the_case):
        text = "Say whether the author worked on the case, and whether they managed those who did."
        return _no("declaration-unanswered", text, AUTHORS)
    if command.worked_on_the_case or command.managed_the_case:
        text = "The author may neither have worked on the case nor have managed those who did; name somebody else."
        return _no("author-apart", text, AUTHORS)
    return None


def _refuses_report(command: SendAgencyReport, report: AgencyReport) -> Refusal | None:
    if report.accepted:
        return _no("report-accepted", "The panel has accepted that agency's report.")
    if report.with_panel:
        return _no("report-with-panel", "A report of that agency waits for the panel's answer.")
    if command.nil_return == bool(command.report or command.chronology):
        text = "Send both report and chronology, or make a nil return: one of the two."
        return _no("report-or-nil", text)
    return None if command.nil_return else _refuses_authorship(command, report) or _refuses_files(command, report)


def _refuses_authorship(command: SendAgencyReport, report: AgencyReport) -> Refusal | None:
    if not report.author:
        return _no("author-named", "The agency has not named its author; that comes first.", AUTHORS)
    if report.author == command.signed_off_by:
        return _no("author-is-not-who-signs", "The author cannot sign the report off; a senior officer does.", AUTHORS)
    return None


def _refuses_files(command: SendAgencyReport, report: AgencyReport) -> Refusal | None:
    if not (command.report and command.chronology):
        return _no("report-or-nil", "Send both report and chronology, or make a nil return: one of the two.")
    if command.chronology.partition("/")[0] != report.id:
        return _no("own-chronology", "That chronology belongs to another agency.")
    if command.found is not None and "chronology" in command.found.missing:
        return _no("chronology-kept", "That chronology is not kept with the case yet; add the file first.")
    return refuses_document(command.report, command.found, (DocumentKind.AGENCY_REPORT,), report.id)


def _refuses_extension(command: ExtendAgencyReport, report: AgencyReport, at: datetime) -> Refusal | None:
    if command.until <= at.date() or (report.extended_to is not None and command.until <= report.extended_to):
        return _no("extension-forward", "More time ends on a later day than the one that stands, still to come.")
    return None


def _author_needs(report: AgencyReport) -> Iterable[ClockNeed]:
    named_at = report.author_at or (report.rounds[0].received_at if report.rounds else None)
    if named_at is None and report.settled:
        return
    yield _need("agency-author", report, report.asked_at, named_at, NominateAuthor)


def _report_needs(report: AgencyReport, terms: "Terms | None") -> Iterable[ClockNeed]:
    """The first version. Once gone on without, nobody is chased any more."""
    if report.without_at is not None and not report.rounds:
        return
    received_at = report.rounds[0].received_at if report.rounds else None
    need = _need("agency-report", report, report.asked_at, received_at, SendAgencyReport)
    if terms is not None and terms.reports_due_on is not None:
        why = f"set in version {terms.version} of the terms of reference"
        need = need.model_copy(update={"due_on": terms.reports_due_on, "why": why})
    yield need if report.returns else _extended(need, report)


def _rework_needs(report: AgencyReport) -> Iterable[ClockNeed]:
    for number, version in enumerate(report.rounds, start=1):
        if not version.returned or version.answered_at is None:
            continue
        last = number == len(report.rounds)
        if last and report.without_at is not None:
            return
        received_at = None if last else report.rounds[number].received_at
        need = _need("agency-report-rework", report, version.answered_at, received_at, SendAgencyReport)
        need = need.model_copy(update={"item": f"{report.id}/{number}"})
        yield _extended(need, report) if last else need


def _answer_needs(report: AgencyReport) -> Iterable[ClockNeed]:
    for number, version in enumerate(report.rounds, start=1):
        yield ClockNeed(
            rule="panel-answer",
            item=f"{report.id}/{number}",
            started_at=version.received_at,
            satisfied_at=version.answered_at,
            waiting_on=Role.PANEL_CHAIR,
            task=f"{report.id}/{AnswerAgencyReport.FORM}",
        )


def _need(
    rule: str, report: AgencyReport, started_at: datetime, satisfied_at: datetime | None, form: type[Command]
) -> ClockNeed:
    return ClockNeed(
        rule=rule,
        item=report.id,
        started_at=started_at,
        satisfied_at=satisfied_at,
        waiting_on=Role.AGENCY_LEAD,
        agency=report.id,
        address=report.address,
        task=f"{report.id}/{form.FORM}",
    )


def _extended(need: ClockNeed, report: AgencyReport) -> ClockNeed:
    """With the time that was allowed; the book keeps the date that stood before."""
    if report.extended_to is None:
        return need
    return need.model_copy(
        update={"due_on": report.extended_to, "why": f"more time allowed by the {report.extended_by}"}
    )


def _tasks(report: AgencyReport) -> Iterable[Task]:
    if not report.author and report.awaited:
        yield _task(report, NominateAuthor, f"agency-author/{report.id}")
    if report.awaited:
        clock = f"agency-report-rework/{report.id}/{len(report.rounds)}" if report.rounds else ""
        yield _task(report, SendAgencyReport, clock or f"agency-report/{report.id}")
    if report.with_panel:
        yield Task(
            form=AnswerAgencyReport.FORM,
            item=report.id,
            role=Role.PANEL_CHAIR,
            title=please(AnswerAgencyReport),
            clock=f"panel-answer/{report.id}/{len(report.rounds)}",
        )


def _task(report: AgencyReport, form: type[Command], clock: str) -> Task:
    return Task(
        form=form.FORM,
        item=report.id,
        role=Role.AGENCY_LEAD,
        agency=report.id,
        title=please(form),
        clock=clock,
    )


def _returned(report: AgencyReport) -> Letter:
    return Letter(
        id=f"returned/{report.id}/{len(report.rounds)}",
        template="report-returned",
        to=Role.AGENCY_LEAD,
        agency=report.id,
        address=report.address,
        task=f"{report.id}/{SendAgencyReport.FORM}",
        clock_title=please(SendAgencyReport),
    )


def _no(code: str, text: str, source: str = GATHERING) -> Refusal:
    return Refusal(code=code, text=text, source=source)
