"""The day of publication, and the time that the report stays available afterwards."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from domain.clocks.arithmetic import add_months
from domain.clocks.book import ClockNeed
from domain.clocks.calendar import day_in_words
from domain.command import Command, refuses_future
from domain.document import FOR_PUBLICATION, DocumentKind, refuses_document
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.publication_checks import refuses_untold
from domain.publication_commands import ConfirmPublished, DecideAvailability
from domain.publication_dates import ADVANCE, recipients, refuses_held
from domain.record import Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.publication import PublicationState

GATES = "Publication of the board: nothing is public before every step is done"
AVAILABLE = (
    "Working Together to Safeguard Children (2015), chapter 4: the report stays available for at least twelve months"
)


class Availability(Model):
    """One period through which the report is available, and what was decided at its end."""

    started_at: datetime
    until: date
    """The last day of the period."""
    outcome: Literal["", "keep", "archive-on-request", "take-down"] = ""


class PublicationDay(Part):
    """When the report was published, and the periods of its availability."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (ConfirmPublished, DecideAvailability)

    months: int = 12
    """Length of a period of availability, as the regime's clock ``availability`` has it."""
    published_at: datetime | None = None
    address: str = ""
    """Where the report can be read."""
    documents: tuple[str, ...] = ()
    """Ids of the report, the response and the statement as published."""
    periods: tuple[Availability, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it is decided that the report is no longer available to everybody."""
        return bool(self.periods) and self.periods[-1].outcome in ("archive-on-request", "take-down")

    def refuses(self, command: Command, at: datetime, whole: "PublicationState") -> Refusal | None:
        """Published only when every gate is passed; its availability is decided only when its time is over."""
        if isinstance(command, DecideAvailability):
            return self._refuses_availability(at)
        assert isinstance(command, ConfirmPublished), "dispatched by its part"  # noqa: S101
        if self.published_at is not None:
            return _no("published-already", "That the report was published is recorded already.")
        return (
            _refuses_undecided(whole)
            or _refuses_unchecked(whole)
            or refuses_held(whole)
            or refuses_untold(whole)
            or _refuses_unsent(whole)
            or _refuses_day(command, at, whole)
            or _refuses_documents(command, whole)
        )

    def accept(self, command: Command, at: datetime, whole: "PublicationState") -> tuple[Self, Transition]:
        """Published, with everybody told; or with the next period, or the end of the last."""
        if isinstance(command, ConfirmPublished):
            part = self.model_copy(
                update={
                    "published_at": command.published_at,
                    "address": command.address,
                    "documents": (command.report, command.response, command.statement),
                    "periods": (self._period(command.published_at),),
                }
            )
            words = {"published_at": command.published_at.isoformat()}
            return part, Transition(letters=tuple(r.letter("published", "published", words) for r in recipients(whole)))
        assert isinstance(command, DecideAvailability), "dispatched by its part"  # noqa: S101
        ended = self.periods[-1].model_copy(update={"outcome": command.outcome})
        further = (self._period(at),) if command.outcome == "keep" else ()
        return self.model_copy(update={"periods": (*self.periods[:-1], ended, *further)}), Transition()

    def needs(self, whole: "PublicationState") -> tuple[ClockNeed, ...]:
        """Each period of availability is a clock; it is met when the report stayed available to its last day."""
        return tuple(
            ClockNeed(
                rule="availability",
                item=_item(number),
                started_at=period.started_at,
                # The decision comes after the period; what the clock asks for is that the report stayed until then.
                satisfied_at=datetime.combine(period.until, time(12), UTC) if period.outcome else None,
                waiting_on=Role.BUSINESS_MANAGER,
                task=DecideAvailability.FORM,
            )
            for number, period in enumerate(self.periods, start=1)
        )

    def tasks(self, whole: "PublicationState") -> tuple[Task, ...]:
        """What becomes of the report when the period is over."""
        if not self.periods or self.over:
            return ()
        item = _item(len(self.periods))
        return (
            Task(
                form=DecideAvailability.FORM,
                role=Role.BUSINESS_MANAGER,
                title=f"After {day_in_words(self.periods[-1].until)}: {DecideAvailability.TITLE}",
                clock="availability" if item is None else f"availability/{item}",
            ),
        )

    def _period(self, since: datetime) -> Availability:
        return Availability(started_at=since, until=add_months(since.date(), self.months))

    def _refuses_availability(self, at: datetime) -> Refusal | None:
        if not self.periods:
            return _no(
                "not-published", "The report is not published; there is no availability to decide on.", AVAILABLE
            )
        if self.over:
            return _no("availability-decided", "What becomes of the report is decided already.", AVAILABLE)
        until = self.periods[-1].until
        if at.date() <= until:
            text = (
                f"The report stays available to the end of {day_in_words(until)}; "
                "the business manager or the board chair decides after that."
            )
            return _no("still-available", text, AVAILABLE)
        return None


def _item(number: int) -> str | None:
    return None if number == 1 else str(number)


def _refuses_undecided(whole: "PublicationState") -> Refusal | None:
    if not whole.decision.to_publish:
        text = "The chair has not decided to publish, in whole or in part (decide-publication)."
        return _no("decided-to-publish", text)
    if whole.unanswered_findings:
        text = f"The board has not answered every finding; missing: {', '.join(whole.unanswered_findings)}."
        return _no("every-finding-answered", text)
    return None


def _refuses_unchecked(whole: "PublicationState") -> Refusal | None:
    if not whole.checks.missing:
        return None
    missing = ", ".join(kind.value for kind in whole.checks.missing)
    return _no("every-check-passed", f"Every check is passed before publication (record-check); missing: {missing}.")


def _refuses_unsent(whole: "PublicationState") -> Refusal | None:
    if not whole.handovers.missing:
        return None
    missing = ", ".join(Role(body).words for body in whole.handovers.missing)
    text = f"The report is with the bodies before publication (record-report-sent); missing: {missing}."
    return _no("bodies-have-report", text, ADVANCE)


def _refuses_day(command: ConfirmPublished, at: datetime, whole: "PublicationState") -> Refusal | None:
    if whole.publish_at is None:
        return _no("date-set", "No date of publication stands; set one first (set-publication-date).")
    if at < whole.publish_at or command.published_at < whole.publish_at:
        text = "The time set for publication has not come, or lies after what is reported; the date can be moved first."
        return _no("day-has-come", text)
    return refuses_future("The publication", command.published_at, at)


def _refuses_documents(command: ConfirmPublished, whole: "PublicationState") -> Refusal | None:
    named = (command.report, command.response, command.statement)
    if not all(named):
        text = "Name the report, the board's response and the statement (fields report, response, statement)."
        return _no("documents-named", text)
    if command.report != whole.report:
        text = f"The report that is published is the version that was checked: {whole.report}."
        return _no("checked-version", text)
    if len(set(named)) < len(named):
        return _no("documents-apart", "Report, response and statement are three documents; one is named twice.")
    kinds = (FOR_PUBLICATION, (DocumentKind.BOARD_RESPONSE,), (DocumentKind.STATEMENT,))
    refusals = (refuses_document(id, command.found, kind) for id, kind in zip(named, kinds, strict=True))
    return next((refusal for refusal in refusals if refusal is not None), None)


def _no(code: str, text: str, source: str = GATES) -> Refusal:
    return Refusal(code=code, text=text, source=source)
