"""Activities on the case record: recording a transition, and finding how a case stood when it closed."""

from temporalio import activity

from domain.record import CaseRef, Recorded, Recording, Restored
from records.store import Record


class RecordActivities:
    """The record as workflows use it.

    Where the database cannot be used they raise ``RecordFault``, which names nothing of the case, and are tried again.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    @activity.defn(name="record")
    def record(self, recording: Recording) -> Recorded:
        """Write everything of one transition, once however often it is asked."""
        return self._record.write(recording)

    @activity.defn(name="restore_case")
    def restore_case(self, case: CaseRef) -> Restored:
        """The state that a case was last closed with; none for a case that never closed."""
        return Restored(snapshot=self._record.restore(case))

    @activity.defn(name="restore_stage")
    def restore_stage(self, stage: str) -> Restored:
        """The state that the stage of that workflow id ended with last; none where none was kept."""
        return Restored(snapshot=self._record.restore_stage(stage))
