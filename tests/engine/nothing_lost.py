"""What must hold of a case at its end, whatever was killed on the way: nothing lost, nothing double."""

import asyncio
from collections import Counter

from running_service import PATIENCE, Answer, RunningService, until
from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus

from domain.forms import FORMS
from domain.people import Role
from domain.record import CaseRef
from records import queries
from records.store import Record
from records.tables import CaseRow, DeliveryRow, LetterRow, PostState
from records.views import Export, RecordedFact

ON_ITS_WAY = {PostState.WAITING.value, PostState.SENDING.value}


async def until_the_chairs_decision_is_told(service: RunningService, case: CaseRef) -> None:
    """Wait until both stages have ended and every letter of the case has come to its end."""

    def told() -> bool:
        stages = queries.case_summary(service.record, case).stages
        return len([s for s in stages if s.finished]) == 2 and not on_their_way(service, case)

    await until(told)


def on_their_way(service: RunningService, case: CaseRef) -> list[str]:
    """The letters of a case that have not come to their end."""
    return [x.letter.id for x in queries.letters(service.record, case) if x.state in ON_ITS_WAY]


async def until_its_post_rests(service: RunningService, case: CaseRef) -> None:
    """Wait until no letter of the case is on its way, and none is being sent."""
    await until(lambda: not on_their_way(service, case))
    for stage in (case.stage_id("safety", 1), case.stage_id("decision", 1)):
        handle = service.client.get_workflow_handle(stage)
        async with asyncio.timeout(PATIENCE):
            while (await handle.describe()).raw_description.pending_activities:  # noqa: ASYNC110 - told in no other way
                await asyncio.sleep(0.05)


async def check_whole_case(
    service: RunningService, case: CaseRef, answers: list[Answer], *, superseded: int = 0
) -> None:
    """Everything about the case, once the chair's decision is told."""
    await until_the_chairs_decision_is_told(service, case)
    record = Export.model_validate(queries.export(service.record, case))
    check_answers(record.facts, answers)
    check_facts(record.facts, superseded)
    check_rungs(record)
    assert queries.verify(service.record, case).ok
    await check_workflows(service, case)
    # What follows the decision has letters of its own: they come when it has begun.
    await until(lambda: not on_their_way(service, case))
    check_letters(service, case)


def check_answers(facts: tuple[RecordedFact, ...], answers: list[Answer]) -> None:
    """Every answer is in the record once."""
    standing = Counter((f.stage, f.fact.kind, f.fact.item) for f in facts if f.stands and f.fact.by is not None)
    assert standing == Counter((a.stage, FORMS[a.form].FACT, a.item) for a in answers)


def check_facts(facts: tuple[RecordedFact, ...], superseded: int = 0) -> None:
    """No fact stands twice, and none had to be superseded unless a kill explains it."""
    said = Counter((f.stage, f.fact.model_dump_json(exclude={"at"})) for f in facts if f.stands)
    assert [fact for fact, times in said.items() if times > 1] == []
    assert sum(f.fact.kind == "facts-superseded" for f in facts) <= superseded


def check_rungs(record: Export) -> None:
    """Each climbed rung has its one row, its one fact and its one letter."""
    rungs = Counter((rung.stage, rung.letter) for rung in record.rungs)
    facts = [f for f in record.facts if f.fact.kind == "rung-climbed" and f.stands]
    assert rungs == Counter((f.stage, f.fact.detail["letter"]) for f in facts)
    assert rungs == Counter((x.stage, x.letter.id) for x in record.letters if x.letter.kind == "climb")
    assert set(rungs.values()) == {1}


def check_letters(service: RunningService, case: CaseRef) -> None:
    """Each letter reached each of its readers, and the mailbox holds exactly these messages."""
    letters = _deliveries(service.record, case)
    ends = (PostState.SENT.value, PostState.WITHDRAWN.value)
    assert [(x.letter, x.state) for x in letters if x.state not in ends] == []
    handed_over = {message for readers in letters.values() for message in readers.values()}
    for letter, readers in letters.items():
        if letter.state == PostState.SENT:
            assert readers, letter.letter
            assert Role(letter.role).of_a_case or set(readers) == _readers(service, letter), letter.letter
    kept = Counter(mail.message_id for mail in service.letters() if case.reference in mail.subject)
    assert kept == Counter(handed_over)


def _deliveries(record: Record, case: CaseRef) -> dict[LetterRow, dict[str, str]]:
    """Of each letter of the case: the message that each reader got."""
    of_case = select(LetterRow).join(CaseRow, CaseRow.id == LetterRow.case_id)
    with record.reading() as session:
        letters = session.scalars(of_case.where(CaseRow.workflow_id == case.workflow_id)).all()
        handed = session.scalars(select(DeliveryRow)).all()
        session.expunge_all()
    return {x: {row.person: row.message_id for row in handed if row.letter_id == x.id} for x in letters}


def _readers(service: RunningService, letter: LetterRow) -> set[str]:
    assert letter.ended_at is not None
    board = service.directory.boards[0]
    role = Role(letter.role)
    return {person.id for person in board.holders(role, letter.agency, letter.ended_at.date())}


async def check_workflows(service: RunningService, case: CaseRef) -> None:
    """The stages have ended; the review itself is under way."""
    for stage in (case.stage_id("safety", 1), case.stage_id("decision", 1)):
        await service.client.get_workflow_handle(stage).result()
    described = await service.client.get_workflow_handle(case.workflow_id).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
    await until(
        lambda: queries.case_summary(service.record, case).stage.endswith("the serious case review is under way")
    )
