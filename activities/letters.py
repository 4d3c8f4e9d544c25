"""Sending the letters that wait: recipients resolved now, each reader once, what failed tried again or told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from jinja2 import TemplateError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.directory import Board, Directory, UnknownBoard
from domain.people import Role
from domain.record import CaseRef, Posted, PostLetters
from letters.render import Rendered, Written, civil_day, render, render_combined
from letters.sending import MailServerAway, NotNow, RecipientRefused, Sender
from records import daily, deliveries, outbox, queries
from records.mornings import next_morning
from records.outbox import OutboxLetter
from records.store import Record

LEASE = timedelta(minutes=6)
"""Longer than the activity may run: a letter is sent by one worker at a time."""
ALARM_AFTER = 5
"""Attempts after which the stage is told that the mail server is away."""
UNKNOWN_READER = "contact-of-the-event"


@dataclass(frozen=True)
class Reader:
    """Who gets a letter."""

    person: str
    address: str


@dataclass
class Parcel:
    """What goes to one reader in one message."""

    reader: Reader
    letters: list[OutboxLetter]

    @property
    def pks(self) -> set[int]:
        """Which letters it holds."""
        return {letter.pk for letter in self.letters}

    @property
    def board(self) -> str:
        """Whose letters they are."""
        return self.letters[0].case.board

    @property
    def roles(self) -> tuple[Role, ...]:
        """In which roles the reader gets them."""
        return tuple(dict.fromkeys(letter.letter.to for letter in self.letters))

    def without_daily(self) -> "Parcel":
        """What does not have to wait where the reader had the message of the day already."""
        return replace(self, letters=[letter for letter in self.letters if not letter.daily])


@dataclass
class Left:
    """What could not be handed over."""

    waiting: set[int] = field(default_factory=set)
    """Letters to be tried again."""
    why_not: str = ""
    tomorrow: set[int] = field(default_factory=set)
    """Daily letters for a reader who had the message of the day."""


class Post:
    """The outgoing post."""

    def __init__(
        self, record: Record, directory: Callable[[], Directory], sender: Sender, link: Callable[[CaseRef, str], str]
    ) -> None:
        self._record = record
        self._directory = directory
        self._sender = sender
        self._link = link

    @activity.defn(name="post_letters")
    async def post_letters(self, order: PostLetters) -> Posted:
        """Send what may leave now, and tell what became of the stage's letters.

        Raises a retryable ``ApplicationError`` where the mail server took nothing that was left to send; what was
        handed over before stays so. After several attempts that is told instead, so that somebody sees to it.
        """
        info = activity.info()
        at = info.current_attempt_scheduled_time
        letters = await asyncio.to_thread(
            outbox.claim_ripe, self._record, order.stage, at, info.workflow_id or order.stage, LEASE
        )
        ended, why_not = await self._send_all(letters, at)
        # What was sent is told first: a letter that has to wait must not keep the stage from knowing.
        if why_not and not ended:
            if order.patient or info.attempt < ALARM_AFTER:
                raise ApplicationError(why_not, type="MailServerAway")
            return Posted(next_post_at=at, away=True)
        outcomes = await asyncio.to_thread(outbox.outcomes, self._record, order.stage)
        again = await asyncio.to_thread(outbox.next_post_at, self._record, order.stage, at)
        return Posted(outcomes=outcomes, next_post_at=again)

    async def _send_all(self, letters: Sequence[OutboxLetter], at: datetime) -> tuple[bool, str]:
        """Send to every reader. Whether any letter came to its end, and why others did not; empty if all did."""
        directory = self._directory()
        letters = await asyncio.to_thread(self._still_asking, letters, at)
        readers = {letter.pk: await self._readers(letter, directory, at) for letter in letters}
        left = await self._send_parcels(_parcels(letters, readers), directory, at)
        ended = [letter for letter in letters if letter.pk not in left.waiting | left.tomorrow]
        for letter in ended:
            await self._complete(letter, at)
        if left.waiting:
            await asyncio.to_thread(outbox.release, self._record, left.waiting, left.why_not)
        for letter in letters:
            if letter.pk in left.tomorrow - left.waiting:
                await asyncio.to_thread(self._put_off, letter, at)
        return bool(ended), left.why_not

    def _put_off(self, letter: OutboxLetter, at: datetime) -> None:
        until = self._record.daily_from(letter.case.board, next_morning(at))
        outbox.put_off(self._record, letter.pk, until)

    def _still_asking(self, letters: Sequence[OutboxLetter], at: datetime) -> list[OutboxLetter]:
        """Without those that waited for the morning and ask for what was done meanwhile."""
        over = {letter.pk for letter in letters if is_over(self._record, letter)}
        for pk in over:
            outbox.mark_withdrawn(self._record, pk, at)
        return [letter for letter in letters if letter.pk not in over]

    async def _send_parcels(self, parcels: Sequence[Parcel], directory: Directory, at: datetime) -> Left:
        """Hand over what can be. What is left."""
        left = Left()
        for number, whole in enumerate(parcels):
            activity.heartbeat()
            parcel = await self._of_today(whole, at)
            left.tomorrow |= whole.pks - parcel.pks
            if not parcel.letters:
                continue
            try:
                await self._hand_over(parcel, directory, at)
            except RecipientRefused as refusal:
                await self._give_day_back(parcel, at)
                await self._refuse(parcel, at, str(refusal))
            except MailServerAway as error:
                await self._give_day_back(parcel, at)
                left.waiting.update(*(later.pks for later in (parcel, *parcels[number + 1 :])))
                left.why_not = str(error)
                break
            except (NotNow, TemplateError) as error:
                await self._give_day_back(parcel, at)
                left.waiting |= parcel.pks
                left.why_not = str(error)
        return left

    async def _of_today(self, parcel: Parcel, at: datetime) -> Parcel:
        """The parcel, without its daily letters where the reader had another message of daily letters on that day."""
        if not any(letter.daily for letter in parcel.letters):
            return parcel
        first = await asyncio.to_thread(daily.claim_day, self._record, *_day_of(parcel, at), self._message_id(parcel))
        return parcel if first else parcel.without_daily()

    async def _give_day_back(self, parcel: Parcel, at: datetime) -> None:
        await asyncio.to_thread(daily.give_day_back, self._record, *_day_of(parcel, at), self._message_id(parcel))

    async def _readers(self, letter: OutboxLetter, directory: Directory, at: datetime) -> list[Reader]:
        """Those in the role today, deputies for absent ones, without those who have the letter already."""
        readers = await asyncio.to_thread(in_role, self._record, letter, directory, civil_day(at))
        had = await asyncio.to_thread(deliveries.handed_over, self._record, letter.pk)
        if not readers and not had:
            await asyncio.to_thread(outbox.mark_unaddressed, self._record, letter.pk, at)
        return [reader for reader in readers if reader.person not in had]

    async def _hand_over(self, parcel: Parcel, directory: Directory, at: datetime) -> None:
        rendered = self._rendered(parcel, directory.board(parcel.board))
        message_id = self._message_id(parcel)
        proof = await self._sender.send(rendered, parcel.reader.address, message_id, at)
        await asyncio.to_thread(
            deliveries.hand_over,
            self._record,
            parcel.pks,
            parcel.reader.person,
            at,
            message_id=message_id,
            proof=proof,
        )

    def _message_id(self, parcel: Parcel) -> str:
        names = [f"{letter.stage} {letter.letter.id}" for letter in parcel.letters]
        return self._sender.message_id([*sorted(names), parcel.reader.person])

    def _rendered(self, parcel: Parcel, board: Board) -> Rendered:
        written = [self._written(each) for each in parcel.letters]
        if len(written) == 1:
            return render(written[0], parcel.roles[0], board.name)
        late = any(letter.late for letter in parcel.letters)
        return render_combined(written, *parcel.roles, late=late)

    def _written(self, of: OutboxLetter) -> Written:
        def link(task: str) -> str:
            return self._link(of.case, task) if task else ""

        answer, acknowledge = link(of.letter.task), link(of.letter.acknowledge)
        return Written(
            case=of.case, letter=of.letter, link=self._link(of.case, ""), answer=answer, acknowledge=acknowledge
        )

    async def _refuse(self, parcel: Parcel, at: datetime, answer: str) -> None:
        for letter in parcel.letters:
            await asyncio.to_thread(
                outbox.mark_refused,
                self._record,
                letter.pk,
                at,
                message_id="",
                person=parcel.reader.person,
                proof=answer,
            )

    async def _complete(self, letter: OutboxLetter, at: datetime) -> None:
        """Every reader has it: the letter is sent. The proof of several readers is told together."""
        had = await asyncio.to_thread(deliveries.handed_over, self._record, letter.pk)
        if not had:
            return
        ids = " ".join(dict.fromkeys(message_id for message_id, _ in had.values()))
        proof = "; ".join(f"{person}: {answer}" for person, (_, answer) in had.items())
        await asyncio.to_thread(
            outbox.mark_sent,
            self._record,
            letter.pk,
            at,
            message_id=ids,
            person=next(iter(had)) if len(had) == 1 else None,
            proof=proof,
        )


def is_over(record: Record, claimed: OutboxLetter) -> bool:
    """Whether nobody has the letter yet, and what it asks for is done."""
    letter = claimed.letter
    asks = (letter.kind == "letter" or claimed.daily) and bool(letter.task)
    if not asks or claimed.attempts > 1 or not outbox.is_done(record, letter.task):
        return False
    return not deliveries.handed_over(record, claimed.pk)


def in_role(record: Record, letter: OutboxLetter, directory: Directory, on: date) -> list[Reader]:
    """Who gets the letter on that day.

    Nobody where the directory no longer has the board: then there is no one to stand behind the letter either.
    """
    try:
        board = directory.board(letter.case.board)
    except UnknownBoard:
        return []
    body = letter.letter
    if body.to.of_a_case:
        appointed = [held.person for held in queries.appointed(record, letter.case) if held.role is body.to]
        people = board.known([body.person] if body.person else appointed)
    else:
        people = board.holders(body.to, body.agency, on)
    readers = [Reader(person=person.id, address=person.email) for person in people]
    if not readers and body.address:
        return [Reader(person=UNKNOWN_READER, address=body.address)]
    return readers


def _day_of(parcel: Parcel, at: datetime) -> tuple[str, str, date]:
    """Board, reader and day of the one message of daily letters."""
    person = parcel.reader.person
    if person == UNKNOWN_READER:
        person = f"{UNKNOWN_READER}/{parcel.letters[0].letter.agency}"
    return parcel.board, person, civil_day(at)


def _parcels(letters: Sequence[OutboxLetter], readers: Mapping[int, Sequence[Reader]]) -> list[Parcel]:
    """One message a reader for escalations that leave together, whatever roles the reader has; each other letter is
    a message of its own.
    """
    parcels: dict[object, Parcel] = {}
    for letter in letters:
        for reader in readers[letter.pk]:
            key = (reader, letter.case.board) if letter.letter.kind == "climb" else (reader, letter.pk)
            parcels.setdefault(key, Parcel(reader, [])).letters.append(letter)
    return list(parcels.values())
