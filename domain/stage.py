"""A stage of a review as a whole: its state, its clocks, what it asks of whom, and what each transition records.

A stage's own rules are in its ``StageState``; what all stages share is here: receipts that make commands idempotent,
clocks, escalation and its acknowledgement, and letters that could not be delivered.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar

from domain.clocks.book import ClockBook, ClockNeed, DueRung
from domain.clocks.calendar import Calendar, day_in_words
from domain.clocks.explain import in_words
from domain.clocks.feasible import refuses_no_extension, refuses_too_soon
from domain.clocks.rule import ClockRule
from domain.command import (
    AcknowledgeEscalation,
    Command,
    DeliverOtherwise,
    Receipt,
    SeeToMailServer,
    please,
    refuses_far_ahead,
    refuses_future,
    refuses_role,
)
from domain.model import Model, Refusal
from domain.people import Role
from domain.record import (
    CaseRef,
    Climb,
    ClockEntry,
    ClockStatus,
    Delivery,
    Fact,
    Letter,
    LetterOutcome,
    Recording,
    Task,
)
from domain.stage_state import StageState, Transition

RECEIPTS_KEPT = 500
LATELY = 8
UNDELIVERED = "undelivered-letter"
MAIL_SERVER = "mail-server"


S = TypeVar("S", bound=StageState)


class Stage(Model, Generic[S]):
    """One stage of one case as it stands; carried over when its workflow continues as new."""

    case: CaseRef
    id: str
    regime: str
    rules: tuple[ClockRule, ...]
    state: S
    clocks: ClockBook = ClockBook()
    sequence: int = 0
    receipts: tuple[Receipt, ...] = ()
    delivered: tuple[str, ...] = ()
    """Ids of letters whose handing over the state was told of."""
    undelivered: tuple[LetterOutcome, ...] = ()
    lately: tuple[str, ...] = ()
    """The last facts in words, for the status page."""
    otherwise: tuple[tuple[str, datetime], ...] = ()
    """Undelivered letters brought to their reader in another way, and when."""

    mail_away_since: datetime | None = None
    mail_seen_to: datetime | None = None

    @property
    def path(self) -> str:
        """The stage's id without its prefix: what task ids begin with."""
        return self.id.removeprefix("scr/")

    def receipt(self, command: Command) -> Receipt | None:
        """The receipt of a command that was accepted before."""
        given = next((r for r in self.receipts if r.request_id == command.request_id), None)
        return given and given.model_copy(update={"changed": False})

    def refuses(self, command: Command, at: datetime, calendar: Calendar | None = None) -> Refusal | None:
        """The rule that forbids the command: its role, the shared rules, then the stage's own.

        With a calendar, also a day of an event that leaves no time for what has to be done before it.
        """
        given = self.receipt(command)
        if given is not None:
            return _other_content(command, given)
        if isinstance(command, AcknowledgeEscalation):
            return self._refuses_acknowledgement(command)
        if (refusal := refuses_role(command)) is not None:
            return refusal
        match command:
            case DeliverOtherwise():
                return self._refuses_delivery(command, at)
            case SeeToMailServer():
                return self._refuses_seeing_to()
        return (
            refuses_far_ahead(command, at)
            or self.state.refuses(command, at)
            or self._refuses_too_soon(command, at, calendar)
        )

    def accept(self, command: Command, at: datetime) -> tuple["Stage[S]", Transition]:
        """The stage after a command that is not refused, with its fact."""
        fact = Fact(kind=command.FACT, at=at, by=command.actor, item=command.item, detail=command.answer())
        match command:
            case AcknowledgeEscalation():
                return self._acknowledged(command, fact)
            case DeliverOtherwise():
                stage, then = self._delivered_otherwise(command)
                return stage, Transition(facts=(fact, *then.facts), letters=then.letters)
            case SeeToMailServer():
                return self._with(mail_seen_to=at), Transition(facts=(fact,))
        state, then = self.state.accept(command, at)
        return self._with(state=state), Transition(facts=(fact, *then.facts), letters=then.letters)

    def told(self, outcomes: Iterable[LetterOutcome]) -> tuple["Stage[S]", Transition]:
        """The stage after it learned what became of its letters; what it knew already is passed over."""
        stage = self
        facts: list[Fact] = []
        letters: list[Letter] = []
        for outcome in outcomes:
            if outcome.letter in stage.delivered or outcome.letter in {u.letter for u in stage.undelivered}:
                continue
            if outcome.delivery is Delivery.SENT:
                state, then = stage.state.told_of(outcome)
                stage = stage._with(state=state, delivered=(*stage.delivered, outcome.letter))
                facts += then.facts
                letters += then.letters
            else:
                stage = stage._with(undelivered=(*stage.undelivered, outcome))
        return stage, Transition(facts=tuple(facts), letters=tuple(letters))

    def mail_server(self, *, away: bool, at: datetime) -> tuple["Stage[S]", Transition]:
        """The stage after it learned that the mail server takes no letters, or takes them again."""
        if away == (self.mail_away_since is not None):
            return self, Transition()
        fact = Fact(kind="mail-server-away" if away else "mail-server-back", at=at)
        return self._with(mail_away_since=at if away else None, mail_seen_to=None), Transition(facts=(fact,))

    def advanced(
        self, transition: Transition, calendar: Calendar, at: datetime, *, finished: bool = False
    ) -> tuple["Stage[S]", Recording]:
        """Bring clocks and tasks into line, climb the rungs whose instant has come, and say what is to be recorded."""
        rules = {rule.id: rule for rule in self.rules}
        needs = (*self.state.needs(), *self._undelivered_needs(), *self._mail_needs())
        book, changed = self.clocks.reconciled(needs, rules, calendar, at)
        by_clock = {need.id: need for need in needs}
        rungs = book.due_rungs(at)
        climbs = tuple(self._climb(book, by_clock[rung.clock], rung) for rung in rungs)
        ran_out = book.ran_out(at)
        book, marked = book.marked(rungs, ran_out)
        ran = tuple(_clock_ran_out(entry, at) for entry in ran_out)
        facts = (*transition.facts, *ran, *(_climbed(climb, at) for climb in climbs))
        lately = (*self.lately, *(_in_words(fact, calendar) for fact in facts))[-LATELY:]
        stage = self._with(clocks=book, sequence=self.sequence + 1, lately=lately)
        recording = Recording(
            case=self.case,
            stage=self.id,
            sequence=stage.sequence,
            at=at,
            stage_title=self.state.headline(),
            finished=finished,
            regime=self.regime,
            facts=facts,
            clocks=tuple({entry.id: entry for entry in (*transition.clocks, *changed, *marked)}.values()),
            tasks=stage.tasks(),
            climbs=climbs,
            letters=tuple(self._with_full_task(letter) for letter in transition.letters),
        )
        return stage, recording

    def moved(self, at: datetime) -> bool:
        """Whether time alone has something to do: a rung to climb, a clock that ran out."""
        return bool(self.clocks.due_rungs(at) or self.clocks.ran_out(at))

    def tasks(self) -> tuple[Task, ...]:
        """Everything asked in this stage, each with the due instant of the clock it satisfies."""
        asked = (*self.state.tasks(), *self._acknowledgements(), *self._deliveries(), *self._mail_tasks())
        return tuple(self._dated(task) for task in asked)

    def done(self) -> bool:
        """Whether the stage may end: nothing of its own remains, and no letter waits to be delivered otherwise."""
        return self.state.done() and not self._open_deliveries()

    def received(self, command: Command, at: datetime) -> tuple["Stage[S]", Receipt]:
        """The stage with the receipt of a command it has just accepted."""
        receipt = Receipt(
            request_id=command.request_id,
            form=command.FORM,
            item=command.item,
            accepted_at=at,
            digest=command.digest(),
            next=self.state.headline(),
        )
        return self._with(receipts=(*self.receipts, receipt)[-RECEIPTS_KEPT:]), receipt

    def _with(self, **changes: object) -> "Stage[S]":
        return self.model_copy(update=changes)

    def with_state(self, state: S) -> "Stage[S]":
        """The stage with another state."""
        return self._with(state=state)

    def _with_full_task(self, letter: Letter) -> Letter:
        return letter.model_copy(update={"task": f"{self.path}/{letter.task}"}) if letter.task else letter

    def _dated(self, task: Task) -> Task:
        entry = self.clocks.get(task.clock) if task.clock else None
        if entry is None:
            return task
        stands = entry.status is ClockStatus.STOPPED
        return task.model_copy(update={"due_at": None if stands else entry.deadline.due_at})

    def _acknowledgements(self) -> tuple[Task, ...]:
        return tuple(
            Task(
                form=AcknowledgeEscalation.FORM,
                item=f"{entry.id}/{key}",
                role=rung.to,
                agency=(entry.agency or entry.item) if rung.to.of_an_agency else None,
                title=f"Acknowledge: {entry.rule.title} is overdue",
            )
            for entry in self.clocks.open
            for key, rung in ((str(n), rung) for n, rung in enumerate(entry.rule.ladder))
            if rung.acknowledge and key in entry.climbed and key not in entry.acknowledged
        )

    def _refuses_too_soon(self, command: Command, at: datetime, calendar: Calendar | None) -> Refusal | None:
        """Tries the command, before anything was looked up for it too: what was found decides no day."""
        if calendar is None:
            return None
        state, _ = self.state.accept(command, at)
        if command.EXTENDS and (refusal := refuses_no_extension(self.clocks.open, state.needs())) is not None:
            return refusal
        return refuses_too_soon(self.state.needs(), state.needs(), self.rules, calendar, at)

    def _refuses_acknowledgement(self, command: AcknowledgeEscalation) -> Refusal | None:
        asked = next((t for t in self._acknowledgements() if t.item == command.item), None)
        source = "Escalation of the board: read and acknowledged"
        if asked is None:
            return Refusal(code="nothing-to-acknowledge", text="No such escalation waits to be seen.", source=source)
        if command.actor.role is not asked.role:
            return Refusal(code="role", text=f"The {asked.role.words} is asked to acknowledge this.", source=source)
        if asked.agency is not None and command.actor.agency != asked.agency:
            return Refusal(code="own-agency", text="An agency answers for itself only.", source=source)
        return None

    def _acknowledged(self, command: AcknowledgeEscalation, fact: Fact) -> tuple["Stage[S]", Transition]:
        clock, _, key = (command.item or "").rpartition("/")
        entry = self.clocks.get(clock)
        assert entry is not None, "refused before"  # noqa: S101
        seen = entry.model_copy(update={"acknowledged": (*entry.acknowledged, key)})
        return self._with(clocks=self.clocks.replaced((seen,))), Transition(facts=(fact,), clocks=(seen,))

    def _open_deliveries(self) -> tuple[LetterOutcome, ...]:
        solved = {letter for letter, _ in self.otherwise}
        return tuple(outcome for outcome in self.undelivered if outcome.letter not in solved)

    def _deliveries(self) -> tuple[Task, ...]:
        return tuple(
            Task(
                form=DeliverOtherwise.FORM,
                item=outcome.letter,
                role=Role.BUSINESS_MANAGER,
                title=f"Deliver letter {outcome.letter} in another way: it was {outcome.delivery.value}",
                clock=None if _about_undelivered(outcome) else f"{UNDELIVERED}/{outcome.letter}",
            )
            for outcome in self._open_deliveries()
        )

    def _undelivered_needs(self) -> tuple[ClockNeed, ...]:
        solved = dict(self.otherwise)
        return tuple(
            ClockNeed(
                rule=UNDELIVERED,
                item=outcome.letter,
                started_at=outcome.at,
                satisfied_at=solved.get(outcome.letter),
                waiting_on=Role.BUSINESS_MANAGER,
                task=f"{outcome.letter}/{DeliverOtherwise.FORM}",
            )
            for outcome in self.undelivered
            if not _about_undelivered(outcome)
        )

    def _mail_needs(self) -> tuple[ClockNeed, ...]:
        """Each time that the mail server goes away has a clock of its own; it stops when letters leave again."""
        if self.mail_away_since is None:
            return ()
        return (
            ClockNeed(
                rule=MAIL_SERVER,
                item=f"{self.mail_away_since:%Y%m%d-%H%M%S}",
                started_at=self.mail_away_since,
                satisfied_at=self.mail_seen_to,
                waiting_on=Role.BUSINESS_MANAGER,
                task=SeeToMailServer.FORM,
            ),
        )

    def _mail_tasks(self) -> tuple[Task, ...]:
        if self.mail_away_since is None or self.mail_seen_to is not None:
            return ()
        clock = f"{MAIL_SERVER}/{self.mail_away_since:%Y%m%d-%H%M%S}"
        title = please(SeeToMailServer)
        return (Task(form=SeeToMailServer.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=clock),)

    def _refuses_seeing_to(self) -> Refusal | None:
        if self.mail_away_since is not None and self.mail_seen_to is None:
            return None
        return Refusal(
            code="mail-server-there",
            text="Nobody waits for the mail server in this stage.",
            source="Letters of the board",
        )

    def _refuses_delivery(self, command: DeliverOtherwise, at: datetime) -> Refusal | None:
        if command.item not in {outcome.letter for outcome in self._open_deliveries()}:
            return Refusal(
                code="nothing-undelivered",
                text="No such letter waits to be delivered otherwise.",
                source="Letters of the board",
            )
        return refuses_future("The hand-over", command.told_at, at)

    def _delivered_otherwise(self, command: DeliverOtherwise) -> tuple["Stage[S]", Transition]:
        letter = command.item or ""
        stage = self._with(otherwise=(*self.otherwise, (letter, command.told_at)))
        outcome = LetterOutcome(letter=letter, delivery=Delivery.SENT, at=command.told_at, proof=command.reference)
        state, then = stage.state.told_of(outcome)
        return stage._with(state=state), then

    def _climb(self, book: ClockBook, need: ClockNeed, due: DueRung) -> Climb:
        entry = book.get(due.clock)
        assert entry is not None, "a due rung belongs to a clock of the book"  # noqa: S101
        root = due.key.partition(".")[0]
        acknowledge = f"{self.path}/{entry.id}/{root}/{AcknowledgeEscalation.FORM}" if due.rung.acknowledge else ""
        agency = entry.agency or entry.item
        return Climb(
            clock=entry.id,
            computation=entry.computation,
            rung=due.key,
            scheduled_at=due.at,
            letter=Letter(
                id=f"climb/{entry.id}/{entry.computation}/{due.key}",
                template=due.rung.letter,
                to=due.rung.to,
                agency=agency if due.rung.to.of_an_agency else None,
                person=need.person if due.rung.to is Role.ACTION_LEAD else "",
                address=need.address if due.rung.to is Role.AGENCY_LEAD else None,
                urgent=entry.rule.urgent,
                daily=entry.rule.daily and not entry.rule.urgent,
                kind="climb",
                clock_title=entry.rule.title,
                due_at=entry.deadline.due_at,
                due_on=in_words(entry.deadline),
                waited_for=need.waiting_on.words,
                task=f"{self.path}/{need.task}" if need.task else "",
                acknowledge=acknowledge,
                words={"about": entry.item} if entry.item else {},
            ),
        )


def _about_undelivered(outcome: LetterOutcome) -> bool:
    """A reminder of an undelivered letter starts no clock of its own: its reminders would never end."""
    return outcome.letter.startswith(f"climb/{UNDELIVERED}/")


def _other_content(command: Command, given: Receipt) -> Refusal | None:
    if (given.form, given.item, given.digest) == (command.FORM, command.item, command.digest()):
        return None
    return Refusal(
        code="request-id-used",
        text="This request id was used for another answer; nothing was done.",
        source="Each answer has a request id of its own",
    )


def _in_words(fact: Fact, calendar: Calendar) -> str:
    about = f" ({fact.item})" if fact.item else ""
    by = f", {fact.by.role.words}" if fact.by else ""
    at = calendar.local(fact.at)
    return f"{day_in_words(at.date())} {at:%H:%M}: {fact.kind.replace('-', ' ')}{about}{by}"


def _clock_ran_out(entry: ClockEntry, at: datetime) -> Fact:
    due = entry.deadline.due_at.isoformat()
    return Fact(kind="clock-ran-out", at=at, item=entry.item, detail={"clock": entry.id, "due_at": due})


def _climbed(climb: Climb, at: datetime) -> Fact:
    return Fact(
        kind="rung-climbed",
        at=at,
        detail={
            "clock": climb.clock,
            "rung": climb.rung,
            "scheduled_at": climb.scheduled_at.isoformat(),
            "to": climb.letter.to.value,
            "letter": climb.letter.id,
        },
    )
