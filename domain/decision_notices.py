"""The notices that a decision on a review calls for: to whom, by which clock, and which of them are given."""

from collections.abc import Iterator
from datetime import datetime

from domain.clocks.book import ClockNeed
from domain.decision_commands import RecordLearning, ReviewOutcome
from domain.model import Model
from domain.people import Role
from domain.record import Fact, Letter, LetterOutcome
from domain.regimes import Notice


class DecisionNotices(Model):
    """One decision, and the notices of it."""

    notices: tuple[Notice, ...]
    """The regime's."""
    outcome: ReviewOutcome
    decided_at: datetime
    told: tuple[tuple[str, datetime], ...] = ()
    """Notices handed over, by letter id, and when."""

    @property
    def called_for(self) -> tuple[tuple[str, Role, Notice], ...]:
        """Every notice that the outcome calls for: letter id, reader, and what the regime says of it."""
        return tuple(
            (f"notice/{notice.id}/{role.value}", role, notice)
            for notice in self.notices
            if self.outcome.value in notice.after
            for role in notice.to
        )

    @property
    def owed(self) -> tuple[str, ...]:
        """Letter ids of those that were not handed over yet."""
        told = dict(self.told)
        return tuple(letter for letter, _, _ in self.called_for if letter not in told)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """The notices as letters."""
        words = {"outcome": self.outcome.words, "decided_at": self.decided_at.isoformat()}
        return tuple(
            Letter(id=letter, template=notice.letter, to=role, kind="notice", words=words)
            for letter, role, notice in self.called_for
        )

    def needs(self) -> Iterator[ClockNeed]:
        """Each notice's clock; it is met when the last of its letters is handed over."""
        told = dict(self.told)
        for clock in dict.fromkeys(notice.clock for _, _, notice in self.called_for):
            given = [told.get(letter) for letter, _, notice in self.called_for if notice.clock == clock]
            yield ClockNeed(
                rule=clock,
                started_at=self.decided_at,
                satisfied_at=max(at for at in given if at) if all(given) else None,
                waiting_on=Role.BUSINESS_MANAGER,
            )

    def learning_need(self, learning_at: datetime | None) -> ClockNeed:
        """The clock of what is learned without a review, from the last notice on."""
        return ClockNeed(
            rule="closing-learning",
            started_at=max((self.decided_at, *(at for _, at in self.told))),
            satisfied_at=learning_at,
            waiting_on=Role.BUSINESS_MANAGER,
            task=RecordLearning.FORM,
        )

    def given(self, outcome: LetterOutcome) -> Fact | None:
        """The fact that a notice was handed over; ``None`` for another letter, or one told of before."""
        if outcome.letter not in self.owed:
            return None
        detail = {"letter": outcome.letter, "at": outcome.at.isoformat(), "proof": outcome.proof}
        return Fact(kind="notice-given", at=outcome.at, detail={**detail, "message_id": outcome.message_id})
