"""The outbox: who may take which letter when, and that a letter has one end."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from recorded_cases import CASE, DECISION, SAFETY, climb, letter, minutes, recording

from domain.people import Role
from domain.record import CaseRef, Delivery, LetterOutcome
from records import outbox, queries
from records.outbox import OutboxLetter
from records.store import Record

LEASE = timedelta(minutes=5)
OTHER = CaseRef(board="northbridge", reference="SCR-2031-02")
OTHER_SAFETY = OTHER.stage_id("safety", 1)


def ids(letters: Sequence[OutboxLetter]) -> list[str]:
    return [claimed.letter.id for claimed in letters]


def test_ripe_letters_of_the_stage_are_claimed_in_the_order_they_were_written(record: Record) -> None:
    record.write(recording(1, letters=(letter("b"), letter("a", address="lead@agency.example"))))
    record.write(recording(3, letters=(letter("later"),)))
    record.write(recording(1, DECISION, letters=(letter("elsewhere"),)))
    claimed = outbox.claim_ripe(record, SAFETY, minutes(2), "one", LEASE)
    assert ids(claimed) == ["b", "a"]
    assert claimed[1].letter == letter("a", address="lead@agency.example")
    assert (claimed[0].case, claimed[0].stage, claimed[0].attempts) == (CASE, SAFETY, 1)


def test_letter_is_not_claimed_before_its_instant(record: Record) -> None:
    record.write(recording(5, letters=(letter(),)))
    assert outbox.claim_ripe(record, SAFETY, minutes(5) - timedelta(microseconds=1), "one", LEASE) == []
    assert ids(outbox.claim_ripe(record, SAFETY, minutes(5), "one", LEASE)) == ["letter/1"]


def test_late_climbs_of_every_case_are_claimed_together(record: Record) -> None:
    for case, stage in ((CASE, SAFETY), (OTHER, OTHER_SAFETY)):
        record.write(recording(1, stage, case, climbs=(climb("0", minutes(-60)),), letters=(letter("own"),)))
    claimed = outbox.claim_ripe(record, SAFETY, minutes(2), "one", LEASE)
    assert [(c.stage, c.letter.kind, c.late) for c in claimed] == [
        (SAFETY, "climb", True),
        (SAFETY, "letter", False),
        (OTHER_SAFETY, "climb", True),
    ]


def test_late_climbs_wait_for_each_other_though_another_letter_leaves_before_them(record: Record) -> None:
    for case, stage in ((CASE, SAFETY), (OTHER, OTHER_SAFETY)):
        record.write(recording(1, stage, case, climbs=(climb("0", minutes(-60)),)))
    record.write(recording(1, DECISION, letters=(letter("own"),)))
    assert ids(outbox.claim_ripe(record, DECISION, minutes(1), "one", LEASE)) == ["own"]
    assert len(outbox.claim_ripe(record, SAFETY, minutes(2), "two", LEASE)) == 2


def test_punctual_climbs_of_other_stages_are_left_to_them(record: Record) -> None:
    record.write(recording(1, OTHER_SAFETY, OTHER, climbs=(climb("0", minutes(0)),)))
    assert outbox.claim_ripe(record, SAFETY, minutes(30), "one", LEASE) == []


def test_claimed_letter_is_not_claimed_by_another_until_the_lease_is_over(record: Record) -> None:
    record.write(recording(1, letters=(letter(),)))
    outbox.claim_ripe(record, SAFETY, minutes(1), "one", LEASE)
    assert outbox.claim_ripe(record, SAFETY, minutes(6), "two", LEASE) == []
    [again] = outbox.claim_ripe(record, SAFETY, minutes(6) + timedelta(seconds=1), "two", LEASE)
    assert again.attempts == 2


def test_claimant_that_begins_again_gets_its_letters_at_once(record: Record) -> None:
    record.write(recording(1, letters=(letter(),)))
    outbox.claim_ripe(record, SAFETY, minutes(1), "one", LEASE)
    assert ids(outbox.claim_ripe(record, SAFETY, minutes(2), "one", LEASE)) == ["letter/1"]


def test_letter_is_claimed_once_when_two_race(record: Record) -> None:
    record.write(recording(1, letters=tuple(letter(f"letter/{n}") for n in range(40))))
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda n: outbox.claim_ripe(record, SAFETY, minutes(1), f"w{n}", LEASE), range(4)))
    assert sorted(i for claim in claims for i in ids(claim)) == sorted(f"letter/{n}" for n in range(40))


def test_released_letter_waits_again_with_its_error(record: Record) -> None:
    record.write(recording(1, letters=(letter(),)))
    [claimed] = outbox.claim_ripe(record, SAFETY, minutes(1), "one", LEASE)
    outbox.release(record, [claimed.pk], "the mail server does not answer")
    [kept] = queries.letters(record, CASE)
    assert (kept.state, kept.attempts, kept.last_error) == ("waiting", 1, "the mail server does not answer")
    assert ids(outbox.claim_ripe(record, SAFETY, minutes(1), "two", LEASE)) == ["letter/1"]


def test_release_does_not_take_back_a_letter_that_was_sent(record: Record) -> None:
    record.write(recording(1, letters=(letter(),)))
    [claimed] = outbox.claim_ripe(record, SAFETY, minutes(1), "one", LEASE)
    outbox.mark_sent(record, claimed.pk, minutes(2), message_id="<1>", person="p-1", proof="250 ok")
    outbox.release(record, [claimed.pk], "late")
    assert [kept.state for kept in queries.letters(record, CASE)] == ["sent"]


def test_end_of_a_letter_is_a_fact_of_its_case_once(record: Record) -> None:
    record.write(recording(1, OTHER_SAFETY, OTHER, letters=(letter(to=Role.AGENCY_LEAD, agency="police"),)))
    [claimed] = outbox.claim_ripe(record, OTHER_SAFETY, minutes(1), "one", LEASE)
    for _ in range(2):
        outbox.mark_sent(record, claimed.pk, minutes(2), message_id="<1@scr>", person="p-1", proof="250 queued as 7")
    outbox.mark_refused(record, claimed.pk, minutes(3), message_id="<1@scr>", person="p-1", proof="550 no")
    [sent] = queries.facts(record, OTHER)
    assert (sent.fact.kind, sent.fact.at, sent.fact.item, sent.stage) == (
        "letter-sent",
        minutes(2),
        "police",
        OTHER_SAFETY,
    )
    assert sent.fact.detail == {
        "letter": "letter/1",
        "role": "agency-lead",
        "message_id": "<1@scr>",
        "proof": "250 queued as 7",
    }
    [kept] = queries.letters(record, OTHER)
    assert (kept.state, kept.person, kept.ended_at, kept.proof) == ("sent", "p-1", minutes(2), "250 queued as 7")
    assert queries.verify(record, OTHER).ok


def test_two_who_tell_the_same_end_leave_one_fact(record: Record) -> None:
    record.write(recording(1, letters=(letter(),)))
    [claimed] = outbox.claim_ripe(record, SAFETY, minutes(1), "one", LEASE)

    def tell(n: int) -> None:
        outbox.mark_sent(record, claimed.pk, minutes(2), message_id="<1>", person="p-1", proof=f"250 {n}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(4)))
    assert len(queries.facts(record, CASE)) == 1


@pytest.fixture
def ended(record: Record) -> Record:
    """A letter of each kind and end."""
    kinds = ("letter", "notice")
    wanted = tuple(letter(f"{kind}/{end}", kind=kind) for kind in kinds for end in Delivery)
    record.write(recording(1, letters=(*wanted, letter("notice/waiting", kind="notice"))))
    claimed = outbox.claim_ripe(record, SAFETY, minutes(1), "one", LEASE)
    for one in reversed(claimed):
        match one.letter.id.partition("/")[2]:
            case "sent":
                outbox.mark_sent(record, one.pk, minutes(2), message_id="<s>", person="p-1", proof="250 ok")
            case "refused":
                outbox.mark_refused(record, one.pk, minutes(3), message_id="<r>", person="p-1", proof="550 no")
            case "unaddressed":
                outbox.mark_unaddressed(record, one.pk, minutes(4))
    return record


def test_stage_is_told_of_sent_notices_and_of_every_letter_that_was_not_delivered(ended: Record) -> None:
    told = outbox.outcomes(ended, SAFETY)
    assert told == (
        LetterOutcome(
            letter="letter/refused", delivery=Delivery.REFUSED, at=minutes(3), message_id="<r>", proof="550 no"
        ),
        LetterOutcome(letter="letter/unaddressed", delivery=Delivery.UNADDRESSED, at=minutes(4)),
        LetterOutcome(letter="notice/sent", delivery=Delivery.SENT, at=minutes(2), message_id="<s>", proof="250 ok"),
        LetterOutcome(
            letter="notice/refused", delivery=Delivery.REFUSED, at=minutes(3), message_id="<r>", proof="550 no"
        ),
        LetterOutcome(letter="notice/unaddressed", delivery=Delivery.UNADDRESSED, at=minutes(4)),
    )
    assert outbox.outcomes(ended, SAFETY) == told
    assert outbox.outcomes(ended, DECISION) == ()


def test_next_look_is_at_the_first_waiting_letter(record: Record) -> None:
    record.write(recording(9, letters=(letter("a"),)))
    record.write(recording(5, letters=(letter("b"),)))
    record.write(recording(1, DECISION, letters=(letter("elsewhere"),)))
    assert outbox.next_post_at(record, SAFETY, minutes(2)) == minutes(5)
    assert outbox.next_post_at(record, SAFETY, minutes(30)) == minutes(30)


def test_next_look_is_at_the_end_of_the_lease_of_a_letter_being_sent(record: Record) -> None:
    record.write(recording(1, climbs=(climb("0", minutes(-60)),)))
    outbox.claim_ripe(record, OTHER_SAFETY, minutes(2), "other", LEASE)
    assert outbox.next_post_at(record, SAFETY, minutes(3)) == minutes(7)


def test_no_next_look_where_no_letter_is_on_its_way(ended: Record) -> None:
    [waiting] = outbox.claim_ripe(ended, SAFETY, minutes(5), "one", LEASE)
    outbox.mark_sent(ended, waiting.pk, minutes(5), message_id="<w>", person="p-1", proof="250 ok")
    assert outbox.next_post_at(ended, SAFETY, minutes(6)) is None
