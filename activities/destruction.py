"""The activity that destroys the record of a closed case."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.destruction import DestroyRecord, RecordDestroyed
from records.destruction import CaseOpen, destroy
from records.files import FileStore
from records.store import Record

CASE_OPEN = "CaseOpen"


class Destruction:
    """The end of a record, in the database and in the store of files."""

    def __init__(self, record: Record, store: FileStore) -> None:
        self._record = record
        self._store = store

    @activity.defn(name="destroy_record")
    def destroy_record(self, order: DestroyRecord) -> RecordDestroyed:
        """Destroy everything of the case but the case itself and the log, once however often it is asked.

        Raises ``ApplicationError`` of type ``CaseOpen``, not to be tried again; whatever else it raises is.
        """
        at = activity.info().current_attempt_scheduled_time
        try:
            return destroy(self._record, self._store, order, at)
        except CaseOpen as error:
            raise ApplicationError(str(error), type=CASE_OPEN, non_retryable=True) from None
