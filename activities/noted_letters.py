"""Letters that would go: noted with their readers, and sent to nobody."""

from datetime import datetime

from temporalio import activity

from activities.letters import LEASE, in_role, is_over
from domain.directory import Directory
from domain.model import Model
from domain.record import Letter, Posted, PostLetters
from letters.render import civil_day
from records import outbox
from records.store import Record


class Noted(Model):
    """A letter that would go."""

    stage: str
    letter: Letter
    at: datetime
    people: tuple[str, ...]
    """Ids of its readers; nobody where the directory has nobody for it."""


class NotedPost:
    """The outgoing post of a forecast: what would leave goes onto a list, in the order in which it would."""

    def __init__(self, record: Record, directory: Directory, would_go: list[Noted]) -> None:
        self._record, self._directory, self._would_go = record, directory, would_go

    @activity.defn(name="post_letters")
    def post_letters(self, order: PostLetters) -> Posted:
        """Note what may leave now, and tell what became of the stage's letters."""
        at = activity.info().current_attempt_scheduled_time
        for claimed in outbox.claim_ripe(self._record, order.stage, at, order.stage, LEASE):
            if is_over(self._record, claimed):
                outbox.mark_withdrawn(self._record, claimed.pk, at)
                continue
            readers = in_role(self._record, claimed, self._directory, civil_day(at))
            people = tuple(reader.person for reader in readers)
            self._would_go.append(Noted(stage=claimed.stage, letter=claimed.letter, at=at, people=people))
            if people:
                outbox.mark_sent(self._record, claimed.pk, at, message_id="", person=None, proof="")
            else:
                outbox.mark_unaddressed(self._record, claimed.pk, at)
        return Posted(
            outcomes=outbox.outcomes(self._record, order.stage),
            next_post_at=outbox.next_post_at(self._record, order.stage, at),
        )
