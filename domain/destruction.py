"""What the activity that destroys a record is asked, and what it answers."""

from datetime import date, datetime

from domain.clocks.calendar import day_in_words
from domain.model import Model
from domain.people import Actor
from domain.record import CaseRef


class DestroyRecord(Model):
    """Ask for the record of a closed case to be destroyed. Asked again it is finished, and told once."""

    case: CaseRef
    retention: str
    """Id of the class by which the record was kept."""
    proposed_by: Actor
    agreed_by: Actor
    agreed_at: datetime
    """With the case it names the destruction."""


class RecordDestroyed(Model):
    """What is known of a destruction: the entry of the destruction log."""

    at: datetime
    on: date
    """In civil time."""
    facts: int
    """How many facts the chain had."""
    head: str
    """Hash of the last of them: an export that was made before can be compared with it."""
    counts: dict[str, int]
    """How much was destroyed: rows by table, and files."""

    @property
    def words(self) -> str:
        """That it was destroyed and when: ``the record was destroyed on Monday 3 May 2066``."""
        return f"the record was destroyed on {day_in_words(self.on)}"
