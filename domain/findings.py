"""Findings: what the case teaches about how organisations work together, and why it made sense at the time.

A review is not an inquiry into how a child died or who is culpable. Good practice is a finding too. People are roles.
"""

from datetime import datetime
from enum import StrEnum
from re import fullmatch
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

from pydantic import Field

from domain.accepted_report import FindingBrief
from domain.command import Command, Found, LookUp, Words
from domain.incident import Slug
from domain.model import Model, Refusal
from domain.part import Part
from domain.people import Role
from domain.stage_state import Transition
from domain.text_check import Kept, Mark, unanswered

if TYPE_CHECKING:
    from domain.panel import PanelReviewState

FINDINGS = "Serious case review quality markers 13 and 14: analysis and report"
LEARNING = "A review is about learning: neither an inquiry into how a child died nor into who is culpable"
LESSONS = "Serious case reviews quality marker 18 and the board's own list of themes"
MARKS_TOLD = 5
TEXT_MARKED: Final = "text-marked"
ID = r"[A-Z][1-9][0-9]?"
"""It stands in ids of tasks, so there is no room in it for a name."""


class PartOfSystem(StrEnum):
    """Which part of the system a finding is about."""

    WORKING_TOGETHER = "working-together"
    FAMILIES_AND_PROFESSIONALS = "families-and-professionals"
    TOOLS_AND_GUIDANCE = "tools-and-guidance"
    MANAGEMENT_AND_SUPERVISION = "management-and-supervision"
    RESOURCES_AND_DEMAND = "resources-and-demand"
    HUMAN_REASONING = "human-reasoning"
    TRAINING_AND_KNOWLEDGE = "training-and-knowledge"


class EnterFinding(Command):
    """A finding, entered or changed. Everything but good practice asks the board something."""

    FORM: ClassVar[str] = "enter-finding"
    FACT: ClassVar[str] = "finding-entered"
    TITLE: ClassVar[str] = "enter a finding, or good practice"
    ABOUT: ClassVar[str] = "FINDING"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.LEAD_REVIEWER})

    kind: Literal["finding", "good-practice"]
    what_happened: Words
    why: Words
    """What made it make sense to those who were there."""
    chronology_rows: tuple[str, ...] = ()
    """Evidence: ids of rows of the chronologies (health/1/17)."""
    conversations: tuple[Words, ...] = ()
    """Evidence: conversations, by role and date."""
    how_usual: Words
    """How usual it is beyond this case."""
    part_of_system: PartOfSystem
    priority: Literal["high", "medium", "low"]
    put_as: Literal["question", "recommendation"] = "question"
    put_to_board: str = Field("", max_length=20_000)
    """The question or recommendation; not needed for good practice."""
    addressed_to: Literal["board", "national", "local"] = "board"
    themes: tuple[Slug, ...] = ()
    """Themes of the board's list that it belongs to: under them it is found by later reviews."""
    stays: tuple[Kept, ...] = ()
    """Marked passages that stay as they are, each with its reason."""

    def looks_up(self) -> LookUp:
        """Its evidence, its themes, and words of blame, names and identifiers in its text."""
        texts = (self.what_happened, self.why, *self.conversations, self.how_usual, self.put_to_board)
        said = tuple(text for text in texts if text.strip())
        return LookUp(chronology=self.chronology_rows, texts=said, themes=self.themes)


class WithdrawFinding(Command):
    """A finding is taken back; it stays in the record with the reason."""

    FORM: ClassVar[str] = "withdraw-finding"
    FACT: ClassVar[str] = "finding-withdrawn"
    TITLE: ClassVar[str] = "withdraw a finding"
    ABOUT: ClassVar[str] = "FINDING"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.LEAD_REVIEWER})

    reason: Words


class Finding(Model):
    """A finding as far as rules need it; its text is in the record."""

    id: str
    version: int = 1
    kind: Literal["finding", "good-practice"]
    addressed_to: Literal["board", "national", "local"]
    priority: Literal["high", "medium", "low"]
    withdrawn: bool = False

    @property
    def brief(self) -> FindingBrief:
        """As the board answers it."""
        return FindingBrief(id=self.id, kind=self.kind, addressed_to=self.addressed_to, priority=self.priority)


class Findings(Part):
    """The findings of the review."""

    COMMANDS: ClassVar[tuple[type[Command], ...]] = (EnterFinding, WithdrawFinding)

    all: tuple[Finding, ...] = ()

    @property
    def standing(self) -> tuple[Finding, ...]:
        """Those not withdrawn."""
        return tuple(finding for finding in self.all if not finding.withdrawn)

    def get(self, finding: str | None) -> Finding | None:
        """The finding of that id that was not withdrawn."""
        return next((known for known in self.standing if known.id == finding), None)

    def refuses(self, command: Command, at: datetime, whole: "PanelReviewState") -> Refusal | None:
        """A finding has evidence and asks something, and every marked passage has a reason to stay."""
        if whole.report.signed_off_at is not None:
            text = "The panel has signed the report off; findings change again once the board sends it back."
            return _no("findings-settled", text)
        if isinstance(command, WithdrawFinding):
            return None if self.get(command.item) else _no("no-such-finding", "There is no such finding.")
        assert isinstance(command, EnterFinding), "dispatched by its part"  # noqa: S101
        return _refuses_content(command) or refuses_marks(command.found, command.stays)

    def accept(self, command: Command, at: datetime, whole: "PanelReviewState") -> tuple[Self, Transition]:
        """With the finding entered, changed or withdrawn."""
        known = self.get(command.item)
        if isinstance(command, WithdrawFinding):
            assert known is not None, "refused before"  # noqa: S101
            return self._with(known.model_copy(update={"withdrawn": True})), Transition()
        assert isinstance(command, EnterFinding), "dispatched by its part"  # noqa: S101
        finding = Finding(
            id=command.item or "",
            version=known.version + 1 if known else 1,
            kind=command.kind,
            addressed_to=command.addressed_to,
            priority=command.priority,
        )
        return self._with(finding), Transition()

    def _with(self, changed: Finding) -> Self:
        by_id = {finding.id: finding for finding in self.all} | {changed.id: changed}
        return self.model_copy(update={"all": tuple(by_id.values())})


def refuses_marks(found: Found | None, stays: tuple[Kept, ...]) -> Refusal | None:
    """Whether passages are marked of which nobody has said why they stay. They are told, never edited."""
    left = unanswered(found.marks, stays) if found is not None else ()
    if not left:
        return None
    text = f"{len(left)} marked; rephrase each, or say why it stays (field stays). {_told(left)}"
    return _no("text-marked", text, LEARNING)


def _told(marks: tuple[Mark, ...]) -> str:
    """Kinds and advice, not the passages: a refusal may be logged, and a passage may be a name."""
    kinds = dict.fromkeys((mark.kind, mark.why) for mark in marks)
    return " ".join(
        f"{kind.replace('-', ' ').capitalize()}: {why.rstrip('.')}." for kind, why in list(kinds)[:MARKS_TOLD]
    )


def _refuses_content(command: EnterFinding) -> Refusal | None:
    if not fullmatch(ID, command.item or ""):
        return _no("finding-named", "Give the finding an id: a capital letter and a number, as F1 or G2.")
    if not command.chronology_rows and not command.conversations:
        return _no("evidence-given", "Give the evidence: rows of the chronologies, or conversations.")
    if command.found is not None and "chronology" in command.found.missing:
        return _no("evidence-kept", "A row of a chronology that is given as evidence is not kept with the case.")
    if command.found is not None and "themes" in command.found.missing:
        text = "A theme is not on the board's own list: scr.py lessons --themes shows it, and the directory adds to it."
        return _no("theme-known", text, LESSONS)
    if command.kind == "finding" and not command.put_to_board.strip():
        return _no("put-to-board", "A finding asks something of the board: a question or a recommendation.")
    return None


def _no(code: str, text: str, source: str = FINDINGS) -> Refusal:
    return Refusal(code=code, text=text, source=source)
