"""A board, two cases and their letters, posted by the real activity to real mail servers."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mail_server import HOST
from temporalio.testing import ActivityEnvironment

from activities.letters import Post
from domain.directory import Directory, parse_directory
from domain.people import Role
from domain.record import CaseRef, Climb, Letter, Posted, PostLetters, Recording
from letters.sending import Sender
from records import queries
from records.store import Record
from records.views import RecordedLetter

EXAMPLE = (Path(__file__).parents[2] / "directory.toml").read_text("utf-8")
CASE = CaseRef(board="northbridge", reference="NB-2026-014")
OTHER = CaseRef(board="northbridge", reference="NB-2026-015")
STAGE, OTHER_STAGE = CASE.stage_id("decision", 1), OTHER.stage_id("decision", 1)
AT = datetime.fromisoformat("2026-04-14T10:00:00+01:00")
"""A Tuesday morning."""
CHAIR, MANAGER = "chair@board.northbridge.example", "business-manager@board.northbridge.example"
PANEL = "notices@national-panel.example"
PLANTED = ("Quillfeather", "Thistlewick", "Ombersley")


def directory(*changes: tuple[str, str]) -> Directory:
    """The example directory, with these pieces of its text replaced."""
    text = EXAMPLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_directory(text)


def letter(id: str = "letter/1", to: Role = Role.BOARD_CHAIR, **fields: Any) -> Letter:
    """A letter of a clock; names are planted wherever a letter must not repeat what it holds."""
    given: dict[str, Any] = {
        "template": "clock-overdue",
        "clock_title": "Decision whether to hold a review",
        "due_on": "by the end of Thursday 16 April 2026",
        "waited_for": "board chair",
        "words": {"outcome": "no review", "decided_at": AT.isoformat(), "child": PLANTED[0]},
    }
    return Letter(id=id, to=to, **given | fields)


def notice(to: Role = Role.NATIONAL_PANEL, **fields: Any) -> Letter:
    """A notice of the decision."""
    return letter(f"notice/{to}", to, template="notice-of-decision", kind="notice", **fields)


def climb(number: int, at: datetime, to: Role = Role.BOARD_CHAIR, **fields: Any) -> Climb:
    """A rung that was to be climbed at that instant."""
    written = letter(f"climb/review-decision/1/{number}", to, kind="climb", **fields)
    return Climb(clock="review-decision", computation=1, rung=str(number), scheduled_at=at, letter=written)


def write(
    record: Record,
    letters: Sequence[Letter] = (),
    climbs: Sequence[Climb] = (),
    case: CaseRef = CASE,
    at: datetime = AT,
    sequence: int = 1,
) -> None:
    """Record a transition that calls for these letters."""
    record.write(
        Recording(
            case=case,
            stage=case.stage_id("decision", 1),
            sequence=sequence,
            at=at,
            stage_title="Decision",
            letters=tuple(letters),
            climbs=tuple(climbs),
        )
    )


class Killed(Exception):
    """The worker dies here."""


class DyingSender(Sender):
    """A worker that is killed when so many letters were accepted, before anything of the last is recorded."""

    lives: int = 1

    async def send(self, *letter: Any) -> str:
        """Send, and die with the last life."""
        proof = await super().send(*letter)
        self.lives -= 1
        if self.lives == 0:
            raise Killed
        return proof


def sender(port: int, lives: int | None = None) -> Sender:
    """A sender to the mail server on that port."""
    kind = Sender if lives is None else DyingSender
    made = kind(
        HOST, port, tls="none", username="", password="", sender="reviews@board.northbridge.example", timeout=10
    )
    if isinstance(made, DyingSender):
        made.lives = lives or 0
    return made


async def post(
    record: Record,
    port: int,
    at: datetime = AT,
    *,
    case: CaseRef = CASE,
    people: Directory | None = None,
    attempt: int = 1,
    lives: int | None = None,
    patient: bool = False,
) -> Posted:
    """One attempt of the activity for the case's stage, at that instant of the engine."""
    known = people or directory()
    stage = case.stage_id("decision", 1)
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, workflow_id=stage, attempt=attempt, current_attempt_scheduled_time=at.astimezone(UTC)
    )
    posting = Post(record, lambda: known, sender(port, lives), link)
    return await environment.run(posting.post_letters, PostLetters(case=case, stage=stage, patient=patient))


def link(case: CaseRef, task: str) -> str:
    """The page of the task, or of the case."""
    return f"https://reviews.example/{case.reference}" + (f"?task={task}" if task else "")


def states(record: Record, case: CaseRef = CASE) -> dict[str, str]:
    """What became of each letter of the case."""
    return {kept.letter.id: kept.state for kept in queries.letters(record, case)}


def kept_letters(record: Record, case: CaseRef = CASE) -> list[RecordedLetter]:
    """The letters of the case in the record."""
    return queries.letters(record, case)


def later(**span: float) -> datetime:
    """So much after the start."""
    return AT + timedelta(**span)
