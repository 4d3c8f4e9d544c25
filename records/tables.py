"""The tables of the case record.

Columns hold ids, keys, references and instants. Whatever a person typed, and whatever may name somebody, is sealed.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Dialect, ForeignKey, Index, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

GENESIS = "0" * 64
"""What the hash chain of every case begins with."""


class Instant(TypeDecorator[datetime]):
    """An instant: taken aware, stored in UTC, returned aware in UTC. A naive one is a ``ValueError``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC; SQLite has no zones, so there it is stored without."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its offset")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: names of constraints that are the same on every database."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map = {datetime: Instant(), str: String(), dict[str, Any]: JSON()}

    id: Mapped[int] = mapped_column(primary_key=True)


class CaseRow(Base):
    """A case, and the end of its chain of facts."""

    __tablename__ = "cases"
    __table_args__ = (UniqueConstraint("board", "reference"),)

    board: Mapped[str]
    reference: Mapped[str]
    workflow_id: Mapped[str] = mapped_column(unique=True)
    regime: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="")
    """Where the case stands, in words."""
    opened_at: Mapped[datetime]
    """The engine's time of the first recording."""
    closed_at: Mapped[datetime | None]
    facts: Mapped[int] = mapped_column(default=0)
    """How many facts the chain has."""
    head: Mapped[str] = mapped_column(String(64), default=GENESIS)
    """Hash of the last fact."""
    snapshot_key: Mapped[str | None]
    snapshot: Mapped[bytes | None]


class OfCase:
    """What belongs to a case."""

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    stage: Mapped[str]
    """Workflow id of the stage."""


class FactRow(OfCase, Base):
    """A fact: appended, never changed. Its body is sealed; the hash covers it as it is sealed."""

    __tablename__ = "facts"
    __table_args__ = (UniqueConstraint("case_id", "seq"), Index(None, "stage", "sequence"))

    seq: Mapped[int]
    """Counts the facts of the case from 1."""
    kind: Mapped[str]
    at: Mapped[datetime]
    sequence: Mapped[int | None]
    """The stage's transition that it was recorded with; none for what became of letters."""
    key_id: Mapped[str]
    sealed: Mapped[bytes]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class TransitionRow(OfCase, Base):
    """A recorded transition of a stage, and what the record answered."""

    __tablename__ = "transitions"
    __table_args__ = (UniqueConstraint("stage", "sequence"),)

    sequence: Mapped[int]
    at: Mapped[datetime]
    title: Mapped[str]
    """Where the stage stood then, in words."""
    finished: Mapped[bool]
    next_post_at: Mapped[datetime | None]


class DeadlineRow(OfCase, Base):
    """One computation of a clock. ``entry`` is the ``ClockEntry``: rule, working and rungs, nothing personal."""

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("stage", "clock", "computation"),
        Index(None, "status", "due_at"),
        Index(None, "status", "rule", "due_on", "case_id", "computation"),
    )

    clock: Mapped[str]
    computation: Mapped[int]
    rule: Mapped[str]
    item: Mapped[str | None]
    title: Mapped[str]
    due_on: Mapped[date] = mapped_column(Date)
    due_at: Mapped[datetime]
    status: Mapped[str]
    """A ``ClockStatus``; of a clock with several computations only that of the last matters."""
    satisfied_at: Mapped[datetime | None]
    waiting_on: Mapped[str | None]
    sequence: Mapped[int]
    """The stage's transition that it last changed with."""
    entry: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The entry before that change; none where it was new."""
    history: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """How the computation stood from when on, a ``ClockStep`` for each; none where only an earlier version wrote it."""


class TaskRow(OfCase, Base):
    """Something asked of somebody, open until ``done_at``."""

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "done_at", "due_at"), Index(None, "stage"), Index(None, "agency", "case_id"))

    task: Mapped[str] = mapped_column(unique=True)
    """Full id: the stage's id without ``scr/``, and the task's id within it."""
    form: Mapped[str]
    item: Mapped[str | None]
    role: Mapped[str]
    agency: Mapped[str | None]
    title: Mapped[str]
    clock: Mapped[str | None]
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class RungRow(OfCase, Base):
    """A climbed rung of a ladder. The insert of its unique row is the claim."""

    __tablename__ = "rungs"
    __table_args__ = (UniqueConstraint("stage", "clock", "computation", "rung"),)

    clock: Mapped[str]
    computation: Mapped[int]
    rung: Mapped[str]
    scheduled_at: Mapped[datetime]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    letter: Mapped[str]


class PostState(StrEnum):
    """Where a letter is on its way: from ``sent`` on they are ends."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNADDRESSED = "unaddressed"
    WITHDRAWN = "withdrawn"
    """Its clock stopped before it left."""


class LetterRow(OfCase, Base):
    """A letter in the outbox. Its body is sealed, because it may hold an agency contact's address."""

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("stage", "letter"),
        Index(None, "state", "not_before"),
        Index(None, "late", "state"),
        Index(None, "daily", "state"),
    )

    letter: Mapped[str]
    sequence: Mapped[int]
    """The stage's transition that called for it."""
    kind: Mapped[str]
    role: Mapped[str]
    agency: Mapped[str | None]
    urgent: Mapped[bool]
    late: Mapped[bool]
    """Its rung had long passed when it was climbed: sent with others of its kind as one letter a person."""
    daily: Mapped[bool] = mapped_column(default=False)
    """An escalation that is sent with others of its kind, one message a person and day."""
    not_before: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=PostState.WAITING.value)
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    message_id: Mapped[str] = mapped_column(default="")
    person: Mapped[str | None]
    """Id of the recipient in the directory."""
    ended_at: Mapped[datetime | None]
    """When it was handed over, refused, or found to have no reader."""
    proof: Mapped[str] = mapped_column(default="")
    key_id: Mapped[str]
    sealed: Mapped[bytes]


class DeliveryRow(Base):
    """A letter handed over for one of its readers, so that none gets it again when another has to be tried again."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("letter_id", "person"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    person: Mapped[str]
    """Id of the reader in the directory."""
    at: Mapped[datetime]
    message_id: Mapped[str]
    proof: Mapped[str]


class DailyPostRow(Base):
    """The one message of daily letters that a person gets on a day. The insert of its unique row is the claim."""

    __tablename__ = "daily_posts"
    __table_args__ = (UniqueConstraint("board", "person", "day"),)

    board: Mapped[str]
    person: Mapped[str]
    """Id of the reader in the directory."""
    day: Mapped[date] = mapped_column(Date)
    """In civil time."""
    message_id: Mapped[str]
    """By which the message is known again, when it has to be handed over once more."""


class ProclaimedDayRow(Base):
    """A day that counts otherwise than the calendar's tables say. The last word about a day stands."""

    __tablename__ = "proclaimed_days"

    calendar: Mapped[str] = mapped_column(index=True)
    day: Mapped[date] = mapped_column(Date)
    name: Mapped[str]
    """The bank holiday's name; empty where the day is none any more."""
    source: Mapped[str]
    at: Mapped[datetime]


class DocumentRow(Base):
    """One version of a document of a case. Its content is in the store of files under its hash; nothing is deleted."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("case_id", "number", "version"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[int]
    """Counts the documents of the case from 1."""
    version: Mapped[int]
    """Counts the versions of the document from 1."""
    kind: Mapped[str]
    agency: Mapped[str | None]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the content in clear."""
    size: Mapped[int]
    at: Mapped[datetime]
    key_id: Mapped[str]
    sealed: Mapped[bytes]
    """The whole ``Document``, with its title and file name."""


class ChronologyRow(Base):
    """One version of an agency's chronology: one file as it was sent. Nothing is deleted."""

    __tablename__ = "chronologies"
    __table_args__ = (UniqueConstraint("case_id", "agency", "version"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    agency: Mapped[str]
    version: Mapped[int]
    """Counts the agency's files in the case from 1."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file as it was sent."""
    rows: Mapped[int]
    """How many of its rows are kept."""
    faults: Mapped[int]
    """How many of its rows could not be read."""
    at: Mapped[datetime]
    key_id: Mapped[str]
    sealed: Mapped[bytes]
    """The whole ``Upload``."""


class ChronologyEntryRow(Base):
    """One row of one version of an agency's chronology."""

    __tablename__ = "chronology_entries"
    __table_args__ = (UniqueConstraint("chronology_id", "number"),)

    chronology_id: Mapped[int] = mapped_column(ForeignKey("chronologies.id"))
    number: Mapped[int]
    """Its row in the file."""
    earliest: Mapped[datetime | None]
    latest: Mapped[datetime | None]
    """Between which it happened; none where the date is unknown."""
    key_id: Mapped[str]
    sealed: Mapped[bytes]
    """The whole ``Row``."""


class ChronologyLinkRow(Base):
    """Two rows that a person says tell of the same. An undone link is kept as undone."""

    __tablename__ = "chronology_links"
    __table_args__ = (UniqueConstraint("case_id", "first", "second"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    first: Mapped[str]
    second: Mapped[str]
    """Ids of the rows: ``health/2/117``."""
    at: Mapped[datetime]
    """When it was last linked or undone; by whom is in the facts."""
    stands: Mapped[bool]


class SnapshotRow(OfCase, Base):
    """The state that a stage ended with, sealed, so that it can go on when its case is opened again."""

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("stage"),)

    at: Mapped[datetime]
    key_id: Mapped[str]
    sealed: Mapped[bytes]


class LessonRow(Base):
    """A finding, an action or an expected change of an accepted report, for the search across reviews.

    It lies in clear, so that the database can search it (its words are in ``lesson_words``, which each database keeps
    in its own way). Nothing personal is in it: every passage that the text check marks as a name, as initials or as an
    identifier was taken out before, with the names that the case and the directory know; cases, agencies and items are
    ids. It holds nothing that the facts do not hold, and can be made again from them at any time.
    """

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("case_id", "kind", "item"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    """A ``LessonKind``."""
    item: Mapped[str]
    """Id of the finding, the action or the change within its case."""
    told_at: Mapped[datetime]
    """When it was entered or planned first."""
    themes: Mapped[str]
    """Ids of its themes, each with a space before and after it."""
    entry: Mapped[dict[str, Any]]
    """What is shown of it."""


class LessonsReadRow(Base):
    """How far the facts of a case were read for the search across reviews."""

    __tablename__ = "lessons_read"
    __table_args__ = (UniqueConstraint("case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int] = mapped_column(default=0)
    """Number of the last fact that was read."""


class AppointmentRow(Base):
    """That somebody has a part in a case now, so that lists find the cases of a person.

    It holds nothing that the facts do not hold, and can be made again from them at any time.
    """

    __tablename__ = "appointments"
    __table_args__ = (UniqueConstraint("case_id", "person", "role", "agency", "item"), Index(None, "person"))

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person: Mapped[str]
    """Id in the directory."""
    role: Mapped[str]
    agency: Mapped[str]
    """For which a member of the panel speaks; else empty."""
    item: Mapped[str]
    """The action that somebody leads; else empty."""


class AppointmentsReadRow(Base):
    """How far the facts of a case were read for the appointments."""

    __tablename__ = "appointments_read"
    __table_args__ = (UniqueConstraint("case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int] = mapped_column(default=0)
    """Number of the last fact that was read."""


class DestructionRow(Base):
    """The destruction log: that the record of a case was destroyed, by which two people, and how much there was."""

    __tablename__ = "destructions"
    __table_args__ = (UniqueConstraint("case_id", "agreed_at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    retention: Mapped[str]
    """Id of the class by which it was kept."""
    proposed_role: Mapped[str]
    proposed_by: Mapped[str]
    """Id of the person in the directory."""
    agreed_role: Mapped[str]
    agreed_by: Mapped[str]
    agreed_at: Mapped[datetime]
    destroyed_at: Mapped[datetime]
    facts: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    """How many facts the chain had, and the hash of the last."""
    counts: Mapped[dict[str, Any]]
    """How much was destroyed: rows by table, and files."""


class HeartbeatRow(Base):
    """A worker process that tells about every minute that it is there, so that its absence can be seen."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(unique=True)
    """Random id of the process, which its log names too."""
    task_queue: Mapped[str] = mapped_column(index=True)
    begun_at: Mapped[datetime]
    at: Mapped[datetime]
    """When it told so last."""
    ended_at: Mapped[datetime | None]
    """When it was stopped in order."""


class DeskSessionRow(Base):
    """That somebody is signed in at the desk's pages. The browser holds a token; here is its hash."""

    __tablename__ = "desk_sessions"

    token: Mapped[str] = mapped_column(String(64), unique=True)
    """Hash of the token, in hexadecimal."""
    board: Mapped[str]
    person: Mapped[str]
    """Id of the person in the directory."""
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When the last page was asked for."""
    ended_at: Mapped[datetime | None]


class AccessRow(Base):
    """Who looked at what of a case, took what along, or answered what: appended, never changed."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_board_reference_at", "board", "reference", "at"),)

    at: Mapped[datetime] = mapped_column(index=True)
    board: Mapped[str]
    reference: Mapped[str]
    """Of the case; empty where what was looked at is of no one case."""
    person: Mapped[str]
    what: Mapped[str]
    """Name of the page, or what was done: ``case``, ``explain``, ``answer``."""
    detail: Mapped[str]
    """What of it, by id: a clock, a task, a document; never what was typed."""


class DraftRow(Base):
    """What somebody has typed into a form and not sent yet, sealed."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("board", "person", "task"),)

    board: Mapped[str]
    person: Mapped[str]
    task: Mapped[str]
    """Full id of the task."""
    kept_at: Mapped[datetime]
    key_id: Mapped[str]
    sealed: Mapped[bytes]
