"""The quality markers of a case: asked at the right time, answered in words, never scored."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from domain.command import Command, LookUp, Words
from domain.findings import refuses_marks
from domain.model import Model, Refusal
from domain.people import Role
from domain.record import Letter, Task
from domain.regimes import QualityMarker
from domain.text_check import Kept

MARKERS = "Serious case review quality markers (2016): questions to inform judgement, no scores"


class JudgeMarker(Command):
    """How the review stands against a quality marker, in words. It can be said again; the earlier one stays."""

    FORM: ClassVar[str] = "judge-marker"
    FACT: ClassVar[str] = "marker-judged"
    TITLE: ClassVar[str] = "say how the review stands against a quality marker"
    ABOUT: ClassVar[str] = "MARKER"
    ROLES: ClassVar[frozenset[Role]] = frozenset(
        {
            Role.BUSINESS_MANAGER,
            Role.BOARD_CHAIR,
            Role.SUB_GROUP,
            Role.PANEL_CHAIR,
            Role.LEAD_REVIEWER,
            Role.PANEL_MEMBER,
            Role.BOARD_MEMBER,
        }
    )
    ITEM_IS_AGENCY: ClassVar[bool] = False

    judgement: Words
    evidence: tuple[str, ...] = ()
    """Ids of documents that are kept with the case (D-4/1)."""
    facts: tuple[int, ...] = ()
    """Numbers of facts of the record, as show lists them."""
    stays: tuple[Kept, ...] = ()
    """Marked passages that stay as they are, each with its reason."""

    def looks_up(self) -> LookUp:
        """The documents, and words of blame, names and identifiers in the text."""
        return LookUp(documents=self.evidence, texts=(self.judgement,))


class Asked(StrEnum):
    """How far the asking for a marker has come."""

    NOT_YET = "not-yet"
    ONCE = "once"
    AGAIN = "again"


class MarkerState(Model):
    """One marker in one case."""

    id: str
    number: int
    title: str
    stage: str
    roles: tuple[Role, ...]
    asked: Asked = Asked.NOT_YET
    judged_at: datetime | None = None


class Quality(Model):
    """All markers of a case."""

    markers: tuple[MarkerState, ...] = ()

    @classmethod
    def of(cls, markers: tuple[QualityMarker, ...]) -> Self:
        """None of them asked yet."""
        return cls(
            markers=tuple(
                MarkerState(id=m.id, number=m.number, title=m.title, stage=m.stage, roles=m.asked) for m in markers
            )
        )

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Ids of the markers of which nobody has said how the review stands."""
        return tuple(marker.id for marker in self.markers if marker.judged_at is None)

    def refuses(self, command: JudgeMarker, at: datetime) -> Refusal | None:
        """A marker is judged by those who are asked, or by the board's manager or chair, with evidence that is kept."""
        marker = next((known for known in self.markers if known.id == command.item), None)
        if marker is None:
            known = ", ".join(m.id for m in self.markers) or "none"
            return _no("marker-known", f"There is no such quality marker; there are: {known}.")
        able = (*marker.roles, Role.BUSINESS_MANAGER, Role.BOARD_CHAIR)
        if command.actor.role not in able:
            words = " or ".join(role.words for role in dict.fromkeys(able))
            return _no("marker-role", f"This marker is judged by the {words}.")
        if command.found is not None and "documents" in command.found.missing:
            return _no("document-kept", "A document that is named is not kept with the case (field evidence).")
        return refuses_marks(command.found, command.stays)

    def judged(self, command: JudgeMarker, at: datetime) -> Self:
        """With a judgement of one marker."""
        return self._with(m.model_copy(update={"judged_at": at}) if m.id == command.item else m for m in self.markers)

    def stage_began(self, stage: str, at: datetime) -> tuple[Self, tuple[Letter, ...]]:
        """The markers of a stage are asked at its beginning, those judged already excepted."""
        return self._ask(stage, (Asked.NOT_YET,), Asked.ONCE, "quality-asked")

    def stage_ended(self, stage: str, at: datetime) -> tuple[Self, tuple[Letter, ...]]:
        """Those of its markers that nobody has judged are asked at its end, where it had no beginning as well.

        Change that nobody expects is not watched: its marker is asked then, too.
        """
        return self._ask(stage, (Asked.NOT_YET, Asked.ONCE), Asked.AGAIN, "quality-asked-again")

    def tasks(self) -> tuple[Task, ...]:
        """The markers that are asked and not judged. No clock runs: nothing waits for them."""
        return tuple(
            Task(
                form=JudgeMarker.FORM,
                item=marker.id,
                role=marker.roles[0],
                title=f"Quality marker {marker.number}, {marker.title}: say how the review stands",
            )
            for marker in self.markers
            if marker.asked is not Asked.NOT_YET and marker.judged_at is None
        )

    def _ask(
        self, stage: str, before: tuple[Asked, ...], after: Asked, template: str
    ) -> tuple[Self, tuple[Letter, ...]]:
        asked = [m for m in self.markers if m.stage == stage and m.asked in before and m.judged_at is None]
        quality = self._with(m.model_copy(update={"asked": after}) if m in asked else m for m in self.markers)
        letters = (
            Letter(
                id=f"quality/{stage}/{after.value}/{role.value}",
                template=template,
                to=role,
                words={"markers": ", ".join(str(m.number) for m in asked if m.roles[0] is role)},
            )
            for role in dict.fromkeys(m.roles[0] for m in asked)
        )
        return quality, tuple(letters)

    def _with(self, markers: Iterable[MarkerState]) -> Self:
        return self.model_copy(update={"markers": tuple(markers)})


def _no(code: str, text: str) -> Refusal:
    return Refusal(code=code, text=text, source=MARKERS)
