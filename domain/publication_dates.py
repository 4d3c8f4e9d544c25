"""The date of publication: set, moved, called off; who was told which date; the report with the bodies in advance."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, please, refuses_future
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import BODIES, Role
from domain.publication_commands import (
    AbortPublication,
    ConfirmPublished,
    RecordReportSent,
    SetPublicationDate,
)
from domain.record import Fact, Letter, LetterOutcome, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.publication import PublicationState

DATE = "Publication plan, after serious case review quality marker 17"
ADVANCE = "Working Together to Safeguard Children (2015), chapter 4: the report is with the bodies before publication"
HOLD = "Effect of a parallel process, as the board chair decided it"


class Recipient(Model):
    """Somebody who is told of the date and of the publication: an outside body, the board's members, an agency."""

    role: Role
    agency: str | None = None
    address: str | None = None

    @property
    def key(self) -> str:
        """By which letters to it are told apart: ``national-panel``, ``agency-lead/health``."""
        return self.role.value if self.agency is None else f"{self.role.value}/{self.agency}"

    def letter(self, name: str, template: str, words: dict[str, str]) -> Letter:
        """A letter to it, a notice of which proof is kept: who was told a date is told when it no longer stands."""
        return Letter(
            id=f"{name}/{self.key}",
            template=template,
            to=self.role,
            agency=self.agency,
            address=self.address,
            kind="notice",
            words=words,
        )


def recipients(whole: "PublicationState") -> tuple[Recipient, ...]:
    """Everybody who is told: the bodies, the board's members, the agencies' leads."""
    of_the_board = (Recipient(role=role) for role in (*whole.handovers.bodies, Role.BOARD_MEMBER))
    agencies = (Recipient(role=Role.AGENCY_LEAD, agency=a.id, address=a.address) for a in whole.agencies)
    return (*of_the_board, *agencies)


class PublicationDate(Model):
    """A date as it was set. Dates are numbered through; a move keeps the run, a new date after an abort begins one."""

    number: int
    run: int
    publish_at: datetime
    set_at: datetime
    set_by: Role
    holds: tuple[str, ...] = ()
    """Parallel processes that held publication when the date was moved."""

    @property
    def item(self) -> str | None:
        """Item of its clocks: none for the first run, so that the clocks of a run are one across its moves."""
        return None if self.run == 1 else str(self.run)

    def clock(self, rule: str) -> str:
        """Id of one of its clocks."""
        return rule if self.item is None else f"{rule}/{self.item}"


class Abort(Model):
    """A publication that was called off before its day."""

    date: int
    """Number of the date that stood."""
    at: datetime


class PublicationDates(Part):
    """Every date that was set, every abort, and who was told what."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (SetPublicationDate, AbortPublication)

    dates: tuple[PublicationDate, ...] = ()
    aborts: tuple[Abort, ...] = ()
    written: tuple[str, ...] = ()
    """Ids of the letters about dates that were called for."""
    told: tuple[tuple[str, datetime], ...] = ()
    """Those of them that were handed over, and when."""
    held: int = 0
    """How often a process came to hold publication while a date stood."""

    @property
    def standing(self) -> PublicationDate | None:
        """The date that stands; none before the first and after an abort."""
        if not self.dates or (self.aborts and self.aborts[-1].date == self.dates[-1].number):
            return None
        return self.dates[-1]

    def refuses(self, command: Command, at: datetime, whole: "PublicationState") -> Refusal | None:
        """A date lies ahead, nothing holds publication, a move has its reason; only what stands is called off."""
        if whole.published_at is not None:
            return _no("published-already", "The report is published; its date is no longer moved or called off.")
        if isinstance(command, AbortPublication):
            return (
                None if self.standing else _no("no-date", "No date of publication stands; there is none to call off.")
            )
        assert isinstance(command, SetPublicationDate), "dispatched by its part"  # noqa: S101
        if whole.not_published:
            return _no("decided-not-to-publish", "The chair has decided not to publish; no date can be set.")
        if whole.decision.awaits_panel:
            text = "A proposal not to publish lies with the national panel; its answer and the decision come first."
            return _no("panel-to-answer", text)
        return self._refuses_date(command, at) or self._refuses_held(command, whole)

    def accept(self, command: Command, at: datetime, whole: "PublicationState") -> tuple[Self, Transition]:
        """With the date set, moved or withdrawn; those who were told of an earlier one are told of it once."""
        if isinstance(command, AbortPublication):
            return self._aborted(at, whole)
        assert isinstance(command, SetPublicationDate), "dispatched by its part"  # noqa: S101
        moved = self.standing
        date = PublicationDate(
            number=len(self.dates) + 1,
            run=len(self.aborts) + 1,
            publish_at=command.publish_at,
            set_at=at,
            set_by=command.actor.role,
            holds=whole.holds,
        )
        part = self.model_copy(update={"dates": (*self.dates, date)})
        if moved is None:
            words = {"publish_at": date.publish_at.isoformat()}
            letters = [r.letter(f"date/{date.number}", "publication-date-set", words) for r in recipients(whole)]
        else:
            letters = [
                part._correction(r, told) for r in recipients(whole) if (told := self._last_told(r.key, date.run))
            ]
        return part._writing(letters)

    def told_of(self, outcome: LetterOutcome, whole: "PublicationState") -> tuple[Self, Transition]:
        """With a letter handed over. Who is told of a date that no longer stands is told at once what does."""
        if outcome.letter not in self.written or outcome.letter in dict(self.told):
            return self, Transition()
        detail = {"letter": outcome.letter, "at": outcome.at.isoformat(), "proof": outcome.proof}
        fact = Fact(kind="publication-date-told", at=outcome.at, detail={**detail, "message_id": outcome.message_id})
        part = self.model_copy(update={"told": (*self.told, (outcome.letter, outcome.at))})
        number, key = _number_and_key(outcome.letter)
        overtaken = number and (self.standing is None or self.standing.number != number)
        if not overtaken or whole.published_at is not None:
            return part, Transition(facts=(fact,))
        late = [part._correction(r, self.dates[number - 1]) for r in recipients(whole) if r.key == key]
        part, then = part._writing([letter for letter in late if letter.id not in self.written])
        return part, Transition(facts=(fact,), letters=then.letters)

    def newly_held(self) -> tuple[Self, Transition]:
        """With a process that came to hold publication while a date stands: the business manager is asked."""
        part = self.model_copy(update={"held": self.held + 1})
        letter = Letter(
            id=f"task/held/{part.held}",
            template="task",
            to=Role.BUSINESS_MANAGER,
            task=SetPublicationDate.FORM,
            clock_title="A parallel process now holds publication: move the date, or ask the chair to call it off",
        )
        return part, Transition(letters=(letter,))

    def needs(self, whole: "PublicationState") -> tuple[ClockNeed, ...]:
        """The bodies' advance notice counts back from the date; the day itself waits to be confirmed.

        Once published, the notice is counted back from what truly was the day, too: a publication that the bodies were
        not told of in time is refused as one that cannot be met.
        """
        date = self.standing
        if date is None:
            return ()
        first = next(d for d in self.dates if d.run == date.run)
        why = f"the date of publication was moved by the {date.set_by.words}" if date is not first else ""
        if not whole.handovers.bodies:
            return ()
        notice = ClockNeed(
            rule="advance-notice",
            item=date.item,
            started_at=date.publish_at,
            satisfied_at=whole.handovers.complete_at,
            waiting_on=Role.BUSINESS_MANAGER,
            why=why,
            opened_at=date.set_at,
            task=f"{whole.handovers.missing[0]}/{RecordReportSent.FORM}" if whole.handovers.missing else "",
        )
        judged = {"item": "published", "started_at": whole.published_at, "why": ""}
        return (
            notice,
            *((notice.model_copy(update=judged),) if whole.published_at is not None else ()),
            ClockNeed(
                rule="publication-day",
                item=date.item,
                started_at=first.set_at,
                satisfied_at=whole.published_at,
                waiting_on=Role.BUSINESS_MANAGER,
                due_on=date.publish_at.date(),  # typed in civil time
                why=why or "the date of publication as it was set",
                task=ConfirmPublished.FORM,
            ),
        )

    def tasks(self, whole: "PublicationState") -> tuple[Task, ...]:
        """A date is asked for once it is decided to publish, and another one where a process came to hold it."""
        if whole.published_at is not None or whole.not_published:
            return ()
        date, role = self.standing, Role.BUSINESS_MANAGER
        if date is None:
            if not whole.decision.to_publish or whole.holds:
                return ()
            return (Task(form=SetPublicationDate.FORM, role=role, title="Set the date of publication"),)
        confirm = Task(
            form=ConfirmPublished.FORM,
            role=role,
            title=f"On the day of publication: {ConfirmPublished.TITLE}",
            clock=date.clock("publication-day"),
        )
        if not set(whole.holds) - set(date.holds):
            return (confirm,)
        held = f"Publication is held ({', '.join(whole.holds)}): move its date, or ask the chair to call it off"
        return (confirm, Task(form=SetPublicationDate.FORM, role=role, title=held))

    def _aborted(self, at: datetime, whole: "PublicationState") -> tuple[Self, Transition]:
        date = self.dates[-1]
        part = self.model_copy(update={"aborts": (*self.aborts, Abort(date=date.number, at=at))})
        told = ((r, self._last_told(r.key, date.run)) for r in recipients(whole))
        return part._writing([part._correction(r, earlier) for r, earlier in told if earlier])

    def _correction(self, to: Recipient, told: PublicationDate) -> Letter:
        """What somebody is told who was told of an earlier date: the one that stands, or that it was called off."""
        words = {"earlier": told.publish_at.isoformat()}
        if self.standing is None:
            return to.letter(f"aborted/{len(self.aborts)}", "publication-aborted", words)
        words["publish_at"] = self.standing.publish_at.isoformat()
        return to.letter(f"date/{self.standing.number}", "publication-date-moved", words)

    def _writing(self, letters: list[Letter]) -> tuple[Self, Transition]:
        written = (*self.written, *(letter.id for letter in letters))
        return self.model_copy(update={"written": written}), Transition(letters=tuple(letters))

    def _last_told(self, key: str, run: int) -> PublicationDate | None:
        """The last date of that run of which a letter was handed over to that recipient."""
        handed = dict(self.told)
        known = (date for date in self.dates if date.run == run and f"date/{date.number}/{key}" in handed)
        return max(known, key=lambda date: date.number, default=None)

    def _refuses_date(self, command: SetPublicationDate, at: datetime) -> Refusal | None:
        if command.publish_at <= at:
            return _no("date-past", "A date of publication lies ahead; this one has passed.")
        if self.standing is None:
            return None
        if command.publish_at == self.standing.publish_at:
            return _no("date-stands", "This date of publication stands already.")
        if not command.reason.strip():
            return _no("reason-for-move", "A date of publication stands; say why it is moved (field reason).")
        return None

    def _refuses_held(self, command: SetPublicationDate, whole: "PublicationState") -> Refusal | None:
        """Putting the day off is always open; a new or nearer date waits until nothing holds publication."""
        later = self.standing is not None and command.publish_at > self.standing.publish_at
        return None if later else refuses_held(whole)


class Handover(Model):
    """The report handed over to one body. Recorded again it is a correction, or a new version handed over."""

    body: str
    sent_at: datetime
    report: str
    """The version that was the report then."""


class Handovers(Part):
    """Which bodies have the report before its publication."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (RecordReportSent,)

    bodies: tuple[Role, ...] = BODIES
    """The outside bodies of the regime."""
    made: tuple[Handover, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The bodies that do not have the report yet."""
        have = {handover.body for handover in self.made}
        return tuple(role.value for role in self.bodies if role.value not in have)

    @property
    def complete_at(self) -> datetime | None:
        """When the last of the bodies was handed the report."""
        return None if self.missing else max((handover.sent_at for handover in self.made), default=None)

    def refuses(self, command: Command, at: datetime, whole: "PublicationState") -> Refusal | None:
        """The report is handed over to one of the bodies, after its acceptance and before its publication."""
        assert isinstance(command, RecordReportSent), "dispatched by its part"  # noqa: S101
        bodies = tuple(role.value for role in self.bodies)
        if command.item not in bodies:
            return _no("body-known", f"The report goes to these bodies in advance: {', '.join(bodies)}.", ADVANCE)
        if whole.published_at is not None:
            return _no("published-already", "The report is published; nothing is handed over in advance now.", ADVANCE)
        if command.sent_at < whole.accepted_at:
            return _no("sent-after-acceptance", "The report is handed over after the board accepted it.", ADVANCE)
        return refuses_future("The hand-over", command.sent_at, at)

    def accept(self, command: Command, at: datetime, whole: "PublicationState") -> tuple[Self, Transition]:
        """With the report handed over to that body."""
        assert isinstance(command, RecordReportSent), "dispatched by its part"  # noqa: S101
        given = Handover(body=command.item or "", sent_at=command.sent_at, report=whole.report)
        others = tuple(handover for handover in self.made if handover.body != given.body)
        return self.model_copy(update={"made": (*others, given)}), Transition()

    def tasks(self, whole: "PublicationState") -> tuple[Task, ...]:
        """Once there is a date, each body that does not have the report is asked for."""
        date = whole.dates.standing
        if date is None or whole.published_at is not None:
            return ()
        return tuple(
            Task(
                form=RecordReportSent.FORM,
                item=body,
                role=Role.BUSINESS_MANAGER,
                title=f"{please(RecordReportSent)}: {Role(body).words}",
                clock=date.clock("advance-notice"),
            )
            for body in self.missing
        )


def refuses_held(whole: "PublicationState") -> Refusal | None:
    """Whether a parallel process holds publication."""
    if not whole.holds:
        return None
    text = f"Publication is held by {', '.join(whole.holds)}; the chair decides on that effect (decide-effect)."
    return _no("publication-held", text, HOLD)


def _number_and_key(letter: str) -> tuple[int, str]:
    """Number of the date and recipient of a letter about a date; 0 for a letter about an abort."""
    kind, number, key = letter.split("/", 2)
    return (int(number) if kind == "date" else 0), key


def _no(code: str, text: str, source: str = DATE) -> Refusal:
    return Refusal(code=code, text=text, source=source)
