"""The report: draft, the agencies' check of facts, the panel's sign-off, the board's acceptance; impasse too."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.document import FOR_PUBLICATION, refuses_document
from domain.findings import refuses_marks
from domain.model import Refusal
from domain.part import Part
from domain.people import Role
from domain.record import Letter, Task
from domain.report_asked import FactCheck, Impasse, Turn, View, check_needs, check_tasks, in_turn, task
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
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.panel import PanelReviewState

SIGN_OFF = "Terms of reference: quality assurance and sign-off, after serious case review quality marker 7"
FACT_CHECK = "Agencies check the facts before the report is final, after serious case review quality marker 7"
ACCEPTANCE = "Separation of duties: who wrote the report does not accept it for the board"


class Report(Part):
    """The report on its way from the draft to the board's acceptance."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (
        SubmitDraft,
        CheckFacts,
        AnswerCorrection,
        GoOnWithoutFactCheck,
        SignOff,
        DeclareImpasse,
        SettleImpasse,
        DecideOnReport,
    )

    quorum_percent: int = 50
    """Views of more than this share of the panel make a quorum."""
    drafts: int = 0
    document: str = ""
    """Id of the last draft among the documents of the case; empty before there is one, or while it is sent back."""
    authors: tuple[str, ...] = ()
    """Ids of everybody who submitted a draft."""
    checks: tuple[FactCheck, ...] = ()
    checked_at: datetime | None = None
    """When the last check of facts was settled."""
    corrections_owed: bool = False
    """Whether a correction was accepted that no draft holds yet."""
    views: tuple[View, ...] = ()
    sign_offs: tuple[Turn, ...] = ()
    """Each time that the panel was asked to sign off, and when it did (or was asked for another draft)."""
    impasses: tuple[Impasse, ...] = ()
    signed_off_at: datetime | None = None
    decisions: tuple[Turn, ...] = ()
    """Each time that the panel signed off, and when the board decided."""
    accepted_at: datetime | None = None

    @property
    def open_checks(self) -> tuple[str, ...]:
        """Agencies whose check is not settled."""
        return tuple(check.agency for check in self.checks if not check.settled)

    @property
    def at_impasse(self) -> bool:
        """Whether an impasse waits to be settled."""
        return any(impasse.settled_at is None for impasse in self.impasses)

    def refuses(self, command: Command, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        """Each step needs the one before."""
        match command:
            case SubmitDraft():
                return self._refuses_draft(command, whole)
            case CheckFacts() | GoOnWithoutFactCheck():
                return self._refuses_check(command)
            case AnswerCorrection():
                return self._refuses_answer(command)
            case SignOff():
                return self._refuses_sign_off(command, whole)
            case DecideOnReport():
                return self._refuses_decision(command, whole)
        return self._refuses_about_impasse(command, whole)

    def accept(self, command: Command, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """With the step done, and whoever is next written to."""
        match command:
            case SubmitDraft():
                return self._submitted(command, at, whole)
            case CheckFacts() | GoOnWithoutFactCheck() | AnswerCorrection():
                return self._fact_checked(command, at)
            case SignOff():
                view = View(person=command.actor.person, agrees=command.agrees, at=at)
                views = (*(known for known in self.views if known.person != view.person), view)
                return self.model_copy(update={"views": views})._signed_off_if_agreed(at, whole)
            case DeclareImpasse():
                impasses = (*self.impasses, Impasse(declared_at=at))
                letter = _letter(f"impasse/{len(impasses)}", SettleImpasse, Role.BOARD_CHAIR)
                return self.model_copy(update={"impasses": impasses}), Transition(letters=(letter,))
            case SettleImpasse():
                return self._settled(command, at)
        assert isinstance(command, DecideOnReport), "refused before"  # noqa: S101
        return self._decided(command, at)

    def needs(self, whole: "PanelReviewState") -> tuple[ClockNeed, ...]:
        """Each agency's check, each sign-off, each decision of the board, each impasse."""
        impasses = tuple((impasse.declared_at, impasse.settled_at) for impasse in self.impasses)
        return (
            *check_needs(self.checks),
            *in_turn("panel-sign-off", self.sign_offs, Role.PANEL_CHAIR, f"{Role.PANEL_CHAIR.value}/{SignOff.FORM}"),
            *in_turn("board-acceptance", self.decisions, Role.BOARD_CHAIR, DecideOnReport.FORM),
            *in_turn("impasse", impasses, Role.BOARD_CHAIR, SettleImpasse.FORM),
        )

    def tasks(self, whole: "PanelReviewState") -> tuple[Task, ...]:
        """What the report waits for."""
        if self.accepted_at is not None:
            return ()
        if self.at_impasse:
            return (task(SettleImpasse, Role.BOARD_CHAIR, f"impasse/{len(self.impasses)}"),)
        if self.signed_off_at is not None:
            return (task(DecideOnReport, Role.BOARD_CHAIR, f"board-acceptance/{len(self.decisions)}"),)
        if self.open_checks:
            return tuple(check_tasks(self.checks))
        return self._tasks_of_draft(whole)

    def _tasks_of_draft(self, whole: "PanelReviewState") -> tuple[Task, ...]:
        """A draft is asked for once there is enough for one; then the views of those who have not given theirs."""
        if not self.document or self.corrections_owed:
            ready = whole.terms.in_force is not None and not whole.reports.unsettled
            return (task(SubmitDraft, Role.LEAD_REVIEWER),) if ready else ()
        given = {view.person for view in self.views}
        clock = f"panel-sign-off/{len(self.sign_offs)}"
        waiting = dict.fromkeys(held.role for held in whole.panel if held.person not in given)
        if not waiting:  # everybody has spoken, and they do not agree
            return (task(DeclareImpasse, Role.PANEL_CHAIR, clock),)
        return tuple(task(SignOff, role, clock).model_copy(update={"item": role.value}) for role in waiting)

    def _refuses_draft(self, command: SubmitDraft, whole: "PanelReviewState") -> Refusal | None:
        if self.signed_off_at is not None:
            return _no("signed-off", "The panel has signed the report off; the board decides, or sends it back.")
        return (
            self._refuses_at_impasse()
            or _refuses_unready(whole)
            or whole.refuses_without_people()
            or _refuses_document(command)
        )

    def _refuses_at_impasse(self) -> Refusal | None:
        text = "The panel is at an impasse; the board chair settles it first."
        return _no("at-impasse", text, SIGN_OFF) if self.at_impasse else None

    def _refuses_check(self, command: CheckFacts | GoOnWithoutFactCheck) -> Refusal | None:
        check = next((check for check in self.checks if check.agency == command.item), None)
        if check is None:
            return _no("no-fact-check", "That agency is not asked to check the facts of a draft.", FACT_CHECK)
        if check.answered_at is not None or check.without_at is not None:
            return _no("facts-checked", "That agency's check is recorded, or was gone on without.", FACT_CHECK)
        return None

    def _refuses_answer(self, command: AnswerCorrection) -> Refusal | None:
        agency, number = _correction(command.item)
        check = next((check for check in self.checks if check.agency == agency), None)
        if check is None or not 0 < number <= len(check.corrections):
            return _no("no-such-correction", "There is no such correction; name it by agency and number.", FACT_CHECK)
        if check.corrections[number - 1] is not None:
            return _no("correction-answered", "That correction was answered before.", FACT_CHECK)
        return None

    def _refuses_sign_off(self, command: SignOff, whole: "PanelReviewState") -> Refusal | None:
        if command.agrees == bool(command.dissent.strip()):
            text = "Agree, or record the view that differs (field dissent): one of the two."
            return _no("dissent-given", text, SIGN_OFF)
        return (
            self._refuses_without_draft()
            or self._refuses_unchecked()
            or self._refuses_at_impasse()
            or _refuses_unready(whole)
            or whole.refuses_without_feedback()
        )

    def _refuses_without_draft(self) -> Refusal | None:
        if self.document and self.signed_off_at is None:
            return None
        return _no("no-draft", "No draft waits for the panel.", SIGN_OFF)

    def _refuses_unchecked(self) -> Refusal | None:
        if self.open_checks:
            return _no("facts-settled", f"Checks of fact are open: {', '.join(self.open_checks)}.")
        if self.corrections_owed:
            return _no("corrections-made", "Corrections were accepted; the lead reviewer submits the corrected draft.")
        return None

    def _refuses_about_impasse(self, command: Command, whole: "PanelReviewState") -> Refusal | None:
        if isinstance(command, DeclareImpasse):
            return self._refuses_at_impasse() or self._refuses_without_draft()
        assert isinstance(command, SettleImpasse), "dispatched by its part"  # noqa: S101
        if not self.at_impasse:
            return _no("no-impasse", "No impasse waits to be settled.", SIGN_OFF)
        if command.outcome != "draft-stands":
            return None
        return self._refuses_unchecked() or _refuses_unready(whole) or whole.refuses_without_feedback()

    def _refuses_decision(self, command: DecideOnReport, whole: "PanelReviewState") -> Refusal | None:
        if self.signed_off_at is None:
            return _no("not-signed-off", "The panel has not signed the report off yet.", SIGN_OFF)
        if command.actor.person in (*self.authors, *whole.appointments.ever(Role.LEAD_REVIEWER)):
            return _no("author-is-not-decider", "Who wrote the report cannot accept it; the deputy can.", ACCEPTANCE)
        return None

    def _submitted(self, command: SubmitDraft, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        again = not command.facts_unchanged or not self.checks
        number = self.drafts + 1
        checks = tuple(self._asked(whole, number, at)) if again else self.checks
        part = self.model_copy(
            update={
                "drafts": number,
                "document": command.document,
                "authors": tuple(dict.fromkeys((*self.authors, command.actor.person))),
                "checks": checks,
                "checked_at": at if all(check.settled for check in checks) else None,
                "views": (),
                "corrections_owed": False,
                "sign_offs": _closed(self.sign_offs, at),
            }
        )
        if part.checked_at is not None:
            return part._asked_to_sign_off(at)
        return part, Transition(letters=tuple(_check_letter(check) for check in checks if again))

    def _asked(self, whole: "PanelReviewState", number: int, at: datetime) -> Iterable[FactCheck]:
        """Agencies that sent a report check what the draft makes of it; a nil return has no facts to check."""
        for report in whole.reports.agencies:
            if report.accepted and not report.nil_return:
                yield FactCheck(agency=report.id, address=report.address, asked_at=at, draft=number)

    def _fact_checked(
        self, command: CheckFacts | GoOnWithoutFactCheck | AnswerCorrection, at: datetime
    ) -> tuple[Self, Transition]:
        if isinstance(command, CheckFacts):
            corrections = (None,) * len(command.corrections)
            return self._checked(command.item, {"answered_at": at, "corrections": corrections}, at)
        if isinstance(command, GoOnWithoutFactCheck):
            return self._checked(command.item, {"without_at": at}, at)
        agency, number = _correction(command.item)
        check = next(check for check in self.checks if check.agency == agency)
        answers = list(check.corrections)
        answers[number - 1] = command.accepted
        owed = self.corrections_owed or command.accepted
        part = self.model_copy(update={"corrections_owed": owed})
        return part._checked(agency, {"corrections": tuple(answers)}, at)

    def _checked(self, agency: str | None, changes: dict[str, object], at: datetime) -> tuple[Self, Transition]:
        checks = tuple(c.model_copy(update=changes) if c.agency == agency else c for c in self.checks)
        part = self.model_copy(update={"checks": checks})
        if part.open_checks or self.checked_at is not None or not self.document:
            return part, Transition()
        part = part.model_copy(update={"checked_at": at})
        if part.corrections_owed:
            letter = _letter(f"corrected-draft/{self.drafts + 1}", SubmitDraft, Role.LEAD_REVIEWER)
            return part, Transition(letters=(letter,))
        return part._asked_to_sign_off(at)

    def _asked_to_sign_off(self, at: datetime) -> tuple[Self, Transition]:
        sign_offs = (*self.sign_offs, (at, None))
        letters = tuple(
            _letter(f"sign-off/{len(sign_offs)}/{role.value}", SignOff, role, role.value)
            for role in (Role.PANEL_CHAIR, Role.PANEL_MEMBER)
        )
        return self.model_copy(update={"sign_offs": sign_offs}), Transition(letters=letters)

    def judged_again(self, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """The views as they count for the panel as it is now, after somebody left it."""
        open_question = bool(self.views) and self.signed_off_at is None and not self.at_impasse
        if not open_question or self._refuses_unchecked() or _refuses_unready(whole):
            return self, Transition()
        return self._signed_off_if_agreed(at, whole)

    def _signed_off_if_agreed(self, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """A quorum has given its views, more agree than dissent, and the panel's chair is among them."""
        panel = {held.person for held in whole.panel}
        views = [view for view in self.views if view.person in panel]
        agree = {view.person for view in views if view.agrees}
        chairs = {held.person for held in whole.appointments.now(Role.PANEL_CHAIR)}
        quorum = len(views) * 100 > self.quorum_percent * len(panel)
        if not quorum or 2 * len(agree) <= len(views) or not chairs & agree:
            return self, Transition()
        return self._signed_off(at)

    def _signed_off(self, at: datetime) -> tuple[Self, Transition]:
        part = self.model_copy(
            update={
                "signed_off_at": at,
                "sign_offs": _closed(self.sign_offs, at),
                "decisions": (*self.decisions, (at, None)),
            }
        )
        letter = _letter(f"accept/{len(part.decisions)}", DecideOnReport, Role.BOARD_CHAIR)
        return part, Transition(letters=(letter,))

    def _settled(self, command: SettleImpasse, at: datetime) -> tuple[Self, Transition]:
        settled = self.impasses[-1].model_copy(update={"settled_at": at})
        part = self.model_copy(update={"impasses": (*self.impasses[:-1], settled)})
        return part._signed_off(at) if command.outcome == "draft-stands" else part._back(at)

    def _decided(self, command: DecideOnReport, at: datetime) -> tuple[Self, Transition]:
        decisions = _closed(self.decisions, at)
        if command.outcome == "sent-back":
            return self.model_copy(update={"decisions": decisions, "signed_off_at": None})._back(at)
        return self.model_copy(update={"decisions": decisions, "accepted_at": at}), Transition()

    def _back(self, at: datetime) -> tuple[Self, Transition]:
        """Another draft is asked for."""
        part = self.model_copy(update={"document": "", "views": (), "sign_offs": _closed(self.sign_offs, at)})
        letter = _letter(f"draft/{self.drafts + 1}", SubmitDraft, Role.LEAD_REVIEWER)
        return part, Transition(letters=(letter,))


def _refuses_unready(whole: "PanelReviewState") -> Refusal | None:
    if whole.terms.in_force is None:
        return _no("terms-approved", "The terms of reference are not approved yet.")
    if whole.terms.proposed is not None:
        return _no("terms-decided", "A new version of the terms of reference waits for the board chair's decision.")
    if whole.reports.unsettled:
        text = f"Reports are not settled yet: {', '.join(whole.reports.unsettled)}."
        return _no("reports-settled", text + " The board chair can decide to go on without one.")
    if not any(finding.kind == "finding" for finding in whole.findings.standing):
        return _no("findings-entered", "No finding is entered yet.")
    return None


def _refuses_document(command: SubmitDraft) -> Refusal | None:
    return refuses_document(command.document, command.found, FOR_PUBLICATION) or refuses_marks(
        command.found, command.stays
    )


def _correction(item: str | None) -> tuple[str, int]:
    """Agency and number of ``health/2``; number 0 for what is no correction."""
    agency, _, number = (item or "").rpartition("/")
    return agency, int(number) if number.isdecimal() and len(number) < 4 else 0


def _closed(turns: tuple[Turn, ...], at: datetime) -> tuple[Turn, ...]:
    """With the last turn ended, where it had not."""
    if not turns or turns[-1][1] is not None:
        return turns
    return (*turns[:-1], (turns[-1][0], at))


def _letter(name: str, form: type[Command], to: Role, item: str = "") -> Letter:
    task_id = f"{item}/{form.FORM}" if item else form.FORM
    return Letter(id=f"task/{name}", template="task", to=to, task=task_id, clock_title=please(form))


def _check_letter(check: FactCheck) -> Letter:
    return Letter(
        id=f"fact-check/{check.agency}/{check.draft}",
        template="task",
        to=Role.AGENCY_LEAD,
        agency=check.agency,
        address=check.address,
        task=f"{check.agency}/{CheckFacts.FORM}",
        clock_title=please(CheckFacts),
    )


def _no(code: str, text: str, source: str = FACT_CHECK) -> Refusal:
    return Refusal(code=code, text=text, source=source)
