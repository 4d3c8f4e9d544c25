"""A stage of a review as a whole: its state, its clocks, what it asks of whom, and what each transition records.

A stage's own rules are in its ``StageState``; what all stages share is here: receipts that make commands idempotent,
clocks, escalation and its acknowledgement, and letters that could not be delivered.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar

from domain.clocks.book import ClockBook, ClockNeed, DueRung
from domain.clocks.calendar import Calendar
from domain.clocks.explain import in_words
from domain.clocks.feasible import refuses_no_extension, refuses_too_soon
from domain.clocks.rule import ClockRule
from domain.command import (
    AcknowledgeEscalation,
    Command,
    DeliverOtherwise,
    Receipt,
    SeeToMailServer,
    refuses_far_ahead,
    refuses_role,
)
from domain.corrections import ApplyCalendar, Corrected, CorrectStart, corrected, letters_of_moved, refuses_start
from domain.model import Model, Refusal
from domain.people import Role
from domain.record import (
    CaseRef,
    Climb,
    ClockStatus,
    Delivery,
    Fact,
    Letter,
    LetterOutcome,
    Recording,
    Task,
)
from domain.regime_change import RegimeChanged
from domain.stage_facts import clock_ran_out, in_one_line, rung_climbed
from domain.stage_post import (
    delivery_tasks,
    mail_needs,
    mail_tasks,
    open_deliveries,
    refuses_delivery,
    refuses_seeing_to,
    undelivered_needs,
)
from domain.stage_state import StageState, Transition
from domain.vocabulary import Vocabulary

RECEIPTS_KEPT = 500
LATELY = 8


S = TypeVar("S", bound=StageState)


class Stage(Model, Generic[S]):
    """One stage of one case as it stands; carried over when its workflow continues as new."""

    case: CaseRef
    id: str
    regime: str
    rules: tuple[ClockRule, ...]
    vocabulary: Vocabulary = Vocabulary()
    """In which its titles, tasks and letters are said."""
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

    corrections: tuple[Corrected, ...] = ()
    """Starts that were corrected, in order."""
    mail_away_since: datetime | None = None
    mail_seen_to: datetime | None = None

    @property
    def path(self) -> str:
        """The stage's id without its prefix: what task ids begin with."""
        return self.id.removeprefix("scr/")

    @property
    def headline(self) -> str:
        """Where the stage stands, in the regime's words."""
        return self.vocabulary.spoken(self.state.headline())

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
        return refuses_role(command) or refuses_far_ahead(command, at) or self._refuses(command, at, calendar)

    def _refuses(self, command: Command, at: datetime, calendar: Calendar | None) -> Refusal | None:
        match command:
            case DeliverOtherwise():
                return refuses_delivery(self, command, at)
            case SeeToMailServer():
                return refuses_seeing_to(self)
            case CorrectStart():
                return refuses_start(command, self.clocks.get(command.item or ""), at)
            case ApplyCalendar():
                return None
        return self.state.refuses(command, at) or self._refuses_too_soon(command, at, calendar)

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
            case CorrectStart():
                return self._start_corrected(command), Transition(facts=(fact,))
            case ApplyCalendar():
                return self, Transition(facts=(fact,), recounts=command.why)
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

    def moved_to(self, change: RegimeChanged, at: datetime) -> tuple["Stage[S]", Transition]:
        """The stage under other rules; every clock that differs by them is counted again."""
        if (change.regime, change.rules) == (self.regime, self.rules):
            return self, Transition()
        fact = Fact(kind="rules-changed", at=at, detail={"before": self.regime, "after": change.regime})
        stage = self._with(regime=change.regime, rules=change.rules, vocabulary=change.vocabulary)
        return stage, Transition(facts=(fact,), recounts=change.why)

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
        needs = (*self.state.needs(), *undelivered_needs(self), *mail_needs(self))
        needs = tuple(corrected((*needs, *_beside(needs, self.rules)), self.corrections, calendar))
        book, recounted = self.clocks.recounted(rules, calendar, at, transition.recounts)
        book, changed = book.reconciled(needs, rules, calendar, at)
        moved = letters_of_moved(self.clocks.entries, (*recounted, *changed), self.vocabulary)
        by_clock = {need.id: need for need in needs}
        rungs = book.due_rungs(at)
        climbs = tuple(self._climb(book, by_clock[rung.clock], rung) for rung in rungs)
        ran_out = book.ran_out(at)
        book, marked = book.marked(rungs, ran_out)
        ran = tuple(clock_ran_out(entry, at) for entry in ran_out)
        facts = (*transition.facts, *ran, *(rung_climbed(climb, at) for climb in climbs))
        lately = (*self.lately, *(in_one_line(fact, calendar) for fact in facts))[-LATELY:]
        stage = self._with(clocks=book, sequence=self.sequence + 1, lately=lately)
        recording = Recording(
            case=self.case,
            stage=self.id,
            sequence=stage.sequence,
            at=at,
            stage_title=self.headline,
            finished=finished,
            regime=self.regime,
            facts=facts,
            clocks=tuple({entry.id: entry for entry in (*transition.clocks, *recounted, *changed, *marked)}.values()),
            tasks=stage.tasks(),
            climbs=climbs,
            letters=tuple(self._with_full_task(letter) for letter in (*transition.letters, *moved)),
        )
        return stage, recording

    def moved(self, at: datetime) -> bool:
        """Whether time alone has something to do: a rung to climb, a clock that ran out."""
        return bool(self.clocks.due_rungs(at) or self.clocks.ran_out(at))

    def tasks(self) -> tuple[Task, ...]:
        """Everything asked in this stage, each with the due instant of the clock it satisfies."""
        asked = (*self.state.tasks(), *self._acknowledgements(), *delivery_tasks(self), *mail_tasks(self))
        return tuple(self._dated(task) for task in asked)

    def done(self) -> bool:
        """Whether the stage may end: nothing of its own remains, and no letter waits to be delivered otherwise."""
        return self.state.done() and not open_deliveries(self)

    def received(self, command: Command, at: datetime) -> tuple["Stage[S]", Receipt]:
        """The stage with the receipt of a command it has just accepted."""
        receipt = Receipt(
            request_id=command.request_id,
            form=command.FORM,
            item=command.item,
            accepted_at=at,
            digest=command.digest(),
            next=self.headline,
        )
        return self._with(receipts=(*self.receipts, receipt)[-RECEIPTS_KEPT:]), receipt

    def _with(self, **changes: object) -> "Stage[S]":
        return self.model_copy(update=changes)

    def with_state(self, state: S) -> "Stage[S]":
        """The stage with another state."""
        return self._with(state=state)

    def _with_full_task(self, letter: Letter) -> Letter:
        task = f"{self.path}/{letter.task}" if letter.task else ""
        return letter.model_copy(update={"task": task, "vocabulary": self.vocabulary})

    def _dated(self, task: Task) -> Task:
        task = task.model_copy(update={"title": self.vocabulary.spoken(task.title)})
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

    def _start_corrected(self, command: CorrectStart) -> "Stage[S]":
        entry = self.clocks.get(command.item or "")
        assert entry is not None, "refused before"  # noqa: S101
        told = Corrected(was=entry.deadline.started_at, started_at=command.started_at)
        return self._with(corrections=(*self.corrections, told))

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
                vocabulary=self.vocabulary,
                words={"about": entry.item} if entry.item else {},
            ),
        )


def _beside(needs: Iterable[ClockNeed], rules: Iterable[ClockRule]) -> tuple[ClockNeed, ...]:
    """A board's stricter clocks: each starts and ends with the one beside which it runs."""
    stricter = [rule for rule in rules if rule.beside]
    return tuple(
        need.model_copy(update={"rule": rule.id}) for rule in stricter for need in needs if need.rule == rule.beside
    )


def _other_content(command: Command, given: Receipt) -> Refusal | None:
    if (given.form, given.item, given.digest) == (command.FORM, command.item, command.digest()):
        return None
    return Refusal(
        code="request-id-used",
        text="This request id was used for another answer; nothing was done.",
        source="Each answer has a request id of its own",
    )
