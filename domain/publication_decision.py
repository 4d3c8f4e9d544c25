"""The chair's decision on publication. Not to publish is put to the national panel first, with the reasons."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from domain.clocks.book import ClockNeed
from domain.command import Command, please, refuses_future
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import BODIES, Role
from domain.publication_commands import (
    DecidePublication,
    ProposeNoPublication,
    PublicationOutcome,
    RecordNationalPanelAnswer,
)
from domain.record import Fact, Letter, LetterOutcome, Task
from domain.stage_state import Transition

if TYPE_CHECKING:
    from domain.publication import PublicationState

DECISION = "Working Together to Safeguard Children (2015), chapter 4: reports of serious case reviews are published"
PANEL_FIRST = (
    "National panel of independent experts on serious case reviews, guidance (2013): "
    "it is consulted before a report is not published"
)
APART = "Separation of duties: who wrote the report neither checks it nor decides on its publication"


class Proposal(Model):
    """The proposal not to publish, as it was put to the national panel, and when the panel answered."""

    at: datetime
    by: str
    answered_at: datetime | None = None


class Decided(Model):
    """A decision as it was made; the last one stands."""

    outcome: PublicationOutcome
    by: str
    at: datetime


class PublicationDecision(Part):
    """Proposals not to publish, decisions, and the notices that follow a decision not to publish."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (DecidePublication, ProposeNoPublication, RecordNationalPanelAnswer)

    bodies: tuple[Role, ...] = BODIES
    """The outside bodies of the regime: without a national panel among them the chair decides alone."""
    proposals: tuple[Proposal, ...] = ()
    decisions: tuple[Decided, ...] = ()
    told: tuple[tuple[str, datetime], ...] = ()
    """Notices handed over, by letter id, and when."""

    @property
    def outcome(self) -> PublicationOutcome | None:
        """The decision that stands."""
        return self.decisions[-1].outcome if self.decisions else None

    @property
    def to_publish(self) -> bool:
        """Whether the report is to be published, in whole or in part."""
        return self.outcome not in (None, PublicationOutcome.NOT)

    @property
    def awaits_panel(self) -> bool:
        """Whether a proposal not to publish waits for the national panel's answer."""
        return self._proposed and self.proposals[-1].answered_at is None

    @property
    def notices_owed(self) -> tuple[str, ...]:
        """Ids of the notices of a decision not to publish that were not handed over yet."""
        told = dict(self.told)
        return tuple(letter for letter in self._notices() if letter not in told)

    def refuses(self, command: Command, at: datetime, whole: "PublicationState") -> Refusal | None:
        """The panel is asked before the chair decides against; no author decides; nothing is decided twice."""
        if isinstance(command, RecordNationalPanelAnswer):
            return self._refuses_answer(command, at)
        if (refusal := self._refuses_chair(command, whole)) is not None:
            return refusal
        if isinstance(command, ProposeNoPublication):
            return self._refuses_proposal()
        assert isinstance(command, DecidePublication), "dispatched by its part"  # noqa: S101
        return self._refuses_decision(command)

    def accept(self, command: Command, at: datetime, whole: "PublicationState") -> tuple[Self, Transition]:
        """With the proposal, the panel's answer or the decision; notices go to the bodies that they are owed to."""
        if isinstance(command, ProposeNoPublication):
            proposals = (*self.proposals, Proposal(at=at, by=command.actor.person))
            return self.model_copy(update={"proposals": proposals}), Transition(letters=(_proposal(proposals),))
        if isinstance(command, RecordNationalPanelAnswer):
            answered = self.proposals[-1].model_copy(update={"answered_at": command.answered_at})
            return self.model_copy(update={"proposals": (*self.proposals[:-1], answered)}), Transition()
        assert isinstance(command, DecidePublication), "dispatched by its part"  # noqa: S101
        decided = Decided(outcome=command.outcome, by=command.actor.person, at=at)
        part = self.model_copy(update={"decisions": (*self.decisions, decided)})
        return part, Transition(letters=part._notice_letters())

    def told_of(self, outcome: LetterOutcome, whole: "PublicationState") -> tuple[Self, Transition]:
        """With a notice of the decision handed over."""
        if outcome.letter not in self.notices_owed:
            return self, Transition()
        detail = {"letter": outcome.letter, "at": outcome.at.isoformat(), "proof": outcome.proof}
        fact = Fact(kind="notice-given", at=outcome.at, detail={**detail, "message_id": outcome.message_id})
        told = (*self.told, (outcome.letter, outcome.at))
        return self.model_copy(update={"told": told}), Transition(facts=(fact,))

    def needs(self, whole: "PublicationState") -> tuple[ClockNeed, ...]:
        """The decision is due, counted from the report's acceptance; then the notices where nothing is published."""
        asked = RecordNationalPanelAnswer.FORM if self.awaits_panel else DecidePublication.FORM
        needs = [
            ClockNeed(
                rule="publication-decision",
                started_at=whole.accepted_at,
                satisfied_at=self.decisions[0].at if self.decisions else None,
                waiting_on=Role.BUSINESS_MANAGER if self.awaits_panel else Role.BOARD_CHAIR,
                task=asked,
            )
        ]
        if self.outcome is PublicationOutcome.NOT:
            given = [at for letter, at in self.told if letter in self._notices()]
            needs.append(
                ClockNeed(
                    rule="no-publication-notice",
                    started_at=self.decisions[-1].at,
                    satisfied_at=None if self.notices_owed else max(given),
                    waiting_on=Role.BUSINESS_MANAGER,
                )
            )
        return tuple(needs)

    def tasks(self, whole: "PublicationState") -> tuple[Task, ...]:
        """The chair's decision is asked for, or the panel's answer where it was asked."""
        if whole.published_at is not None or self.outcome is PublicationOutcome.NOT:
            return ()
        clock = None if self.decisions else "publication-decision"
        if self.awaits_panel:
            title = please(RecordNationalPanelAnswer)
            return (Task(form=RecordNationalPanelAnswer.FORM, role=Role.BUSINESS_MANAGER, title=title, clock=clock),)
        if self.decisions:
            return ()
        title = please(DecidePublication)
        return (Task(form=DecidePublication.FORM, role=Role.BOARD_CHAIR, title=title, clock=clock),)

    @property
    def _proposed(self) -> bool:
        """Whether the last proposal is open: a decision made since has settled it."""
        if not self.proposals:
            return False
        return not self.decisions or self.proposals[-1].at >= self.decisions[-1].at

    def _notices(self) -> tuple[str, ...]:
        """Ids of the notices that the decision calls for."""
        if self.outcome is not PublicationOutcome.NOT:
            return ()
        return tuple(f"decision/{len(self.decisions)}/{role.value}" for role in self.bodies)

    def _notice_letters(self) -> tuple[Letter, ...]:
        if self.outcome is not PublicationOutcome.NOT:
            return ()
        return tuple(
            Letter(
                id=notice,
                template="notice-of-no-publication",
                to=role,
                kind="notice",
                words={"decided_at": self.decisions[-1].at.isoformat()},
            )
            for notice, role in zip(self._notices(), self.bodies, strict=True)
        )

    def _refuses_chair(self, command: Command, whole: "PublicationState") -> Refusal | None:
        if whole.published_at is not None:
            return _no("published-already", "The report is published; whether to publish it is no longer open.")
        if command.actor.person in whole.authors:
            text = "Who is or was a lead reviewer of this review does not decide on it; the chair's deputy can."
            return _no("author-does-not-decide", text, APART)
        if self.outcome is PublicationOutcome.NOT:
            return _no("decided-not-to-publish", "The chair has decided not to publish; the bodies are being told.")
        against = isinstance(command, ProposeNoPublication) or (
            isinstance(command, DecidePublication) and command.outcome is PublicationOutcome.NOT
        )
        if against and whole.publish_at is not None:
            text = "A date of publication stands; the chair calls it off first (abort-publication)."
            return _no("date-stands", text)
        return None

    def _refuses_proposal(self) -> Refusal | None:
        if Role.NATIONAL_PANEL not in self.bodies:
            return _no("no-national-panel", "Under this regime the chair decides without a panel (decide-publication).")
        if self.awaits_panel:
            text = "A proposal lies with the national panel; its answer is recorded first."
            return _no("panel-to-answer", text, PANEL_FIRST)
        return None

    def _refuses_decision(self, command: DecidePublication) -> Refusal | None:
        if command.outcome is self.outcome:
            return _no("decided-so", "The chair has decided so already; the decision stands.")
        if command.outcome is not PublicationOutcome.NOT or Role.NATIONAL_PANEL not in self.bodies:
            return None
        if not self._proposed:
            text = "Not to publish is put to the national panel first, with the reasons (propose-no-publication)."
            return _no("panel-first", text, PANEL_FIRST)
        if self.awaits_panel:
            text = "The national panel's answer is recorded first; then the chair can decide."
            return _no("panel-to-answer", text, PANEL_FIRST)
        return None

    def _refuses_answer(self, command: RecordNationalPanelAnswer, at: datetime) -> Refusal | None:
        if not self.awaits_panel:
            text = "No proposal waits for the national panel's answer; the chair puts one (propose-no-publication)."
            return _no("nothing-proposed", text, PANEL_FIRST)
        if command.answered_at < self.proposals[-1].at:
            text = "The national panel cannot have answered before the proposal was put to it."
            return _no("answer-after-proposal", text, PANEL_FIRST)
        return refuses_future("The national panel's answer", command.answered_at, at)


def _proposal(proposals: tuple[Proposal, ...]) -> Letter:
    return Letter(
        id=f"proposal/{len(proposals)}/{Role.NATIONAL_PANEL.value}",
        template="proposal-not-to-publish",
        to=Role.NATIONAL_PANEL,
        kind="notice",
        words={"proposed_at": proposals[-1].at.isoformat()},
    )


def _no(code: str, text: str, source: str = DECISION) -> Refusal:
    return Refusal(code=code, text=text, source=source)
