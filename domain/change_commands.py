"""What is answered about changes that are expected: what was planned to be watched, what was seen, what it shows."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from domain.action_commands import OF_THE_PLAN, ActionId
from domain.command import Command, LookUp, Words
from domain.incident import Slug
from domain.people import Role
from domain.text_check import Kept

ChangeId = Annotated[str, StringConstraints(pattern=r"^C[1-9][0-9]{0,2}$")]
"""``C1`` to ``C999``."""
Figure = Annotated[Decimal, Field(max_digits=15, decimal_places=4, allow_inf_nan=False)]
OBSERVES = frozenset({Role.AGENCY_LEAD, Role.AGENCY_EXECUTIVE, Role.BUSINESS_MANAGER, Role.SUB_GROUP})
JUDGES = frozenset({Role.SUB_GROUP, Role.BOARD_CHAIR, Role.BUSINESS_MANAGER, Role.BOARD_MEMBER})


class MeasureKind(StrEnum):
    """How a change is seen."""

    AUDIT = "audit"
    NUMBER = "number"
    SURVEY = "survey"
    CHILDREN = "voices-of-children"
    FAMILIES = "voices-of-families"
    PRACTITIONERS = "voices-of-practitioners"


class Judgement(StrEnum):
    """What an observation shows."""

    IMPROVED = "improved"
    NO_CHANGE = "no-change"
    WORSE = "worse"
    UNINTENDED = "unintended-consequence"
    CANNOT_TELL = "cannot-tell"


class ExpectChange(Command):
    """A change that actions are expected to bring about, and how it will be seen. Part of the action plan."""

    FORM: ClassVar[str] = "expect-change"
    FACT: ClassVar[str] = "change-expected"
    TITLE: ClassVar[str] = "say what is expected to change, and how that will be seen"
    ABOUT: ClassVar[str] = "CHANGE"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PLAN

    actions: tuple[ActionId, ...] = Field(min_length=1)
    """Ids of the actions that are expected to bring it about."""
    what: Words
    """What is expected to change."""
    kind: MeasureKind
    measure: Words
    """What is measured or asked."""
    gathered: Words
    """How it is gathered, and by whom (by role)."""
    agency: str = Field("", max_length=100)
    """Id of the agency that gathers it; empty where the board's own office does."""
    unit: str = Field("", max_length=40)
    """Of baseline, target and observations: per cent, days, children."""
    direction: Literal["higher", "lower", "described"] = "described"
    """Whether higher or lower figures are better; described where the change is told in words."""
    baseline: Figure | None = None
    target: Figure | None = None
    described: str = Field("", max_length=20_000)
    """Baseline and target in words, where they are not figures."""
    observe_on: tuple[date, ...] = ()
    """The days on which it is looked at; as the board's rule has it, from the latest due day of its actions."""
    themes: tuple[Slug, ...] = ()
    stays: tuple[Kept, ...] = ()

    def looks_up(self) -> LookUp:
        """Agency and themes, and words of blame, names and identifiers in its text."""
        texts = tuple(text for text in (self.what, self.measure, self.gathered, self.described) if text.strip())
        return LookUp(agencies=(self.agency,) if self.agency else (), themes=self.themes, texts=texts)


class DropExpectedChange(Command):
    """A change that was only planned to be watched is taken out of the plan."""

    FORM: ClassVar[str] = "drop-expected-change"
    FACT: ClassVar[str] = "expected-change-dropped"
    TITLE: ClassVar[str] = "take an expected change out of the plan"
    ABOUT: ClassVar[str] = "CHANGE"
    ROLES: ClassVar[frozenset[Role]] = OF_THE_PLAN

    reason: Words


class RecordObservation(Command):
    """What was seen at one of the dates. Its item is the change and the number of the date: C1/2."""

    FORM: ClassVar[str] = "record-observation"
    FACT: ClassVar[str] = "change-observed"
    TITLE: ClassVar[str] = "record what was observed of an expected change"
    ROLES: ClassVar[frozenset[Role]] = OBSERVES
    ITEM_IS_AGENCY: ClassVar[bool] = False

    observed_on: date
    """The day to which the observation belongs."""
    value: Figure | None = None
    """In the measure's unit; needed where its target is a figure."""
    seen: Words
    """What was seen, and on how many cases or answers it rests."""
    documents: tuple[str, ...] = ()

    def looks_up(self) -> LookUp:
        """Whether the documents are kept with the case."""
        return LookUp(documents=self.documents)


class RecordNoObservation(Command):
    """There will be no observation for one of the dates. It stays visible as absent; nothing is filled in for it."""

    FORM: ClassVar[str] = "record-no-observation"
    FACT: ClassVar[str] = "observation-absent"
    TITLE: ClassVar[str] = "record why there is no observation for a date"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.SUB_GROUP, Role.BOARD_CHAIR})

    reason: Words


class JudgeChange(Command):
    """What an observation shows, judged by somebody who neither leads the actions nor is of their agencies."""

    FORM: ClassVar[str] = "judge-change"
    FACT: ClassVar[str] = "change-judged"
    TITLE: ClassVar[str] = "judge what an observation of an expected change shows"
    ROLES: ClassVar[frozenset[Role]] = JUDGES

    judgement: Judgement
    reason: Words
    """What it rests on: the evidence."""
    target_met: bool = False
    """Whether the target is met, where it is told in words; with figures it is worked out."""
    answer_was_wrong: bool = False
    """Whether the actions were the wrong answer and have to be planned anew."""
    documents: tuple[str, ...] = ()

    def looks_up(self) -> LookUp:
        """In which agencies whoever judges has a part, and whether the documents are kept with the case."""
        return LookUp(person=self.actor.person, documents=self.documents)


class ObserveFurther(Command):
    """Further dates on which a change is looked at."""

    FORM: ClassVar[str] = "observe-further"
    FACT: ClassVar[str] = "observations-added"
    TITLE: ClassVar[str] = "set further dates on which an expected change is looked at"
    ABOUT: ClassVar[str] = "CHANGE"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.BUSINESS_MANAGER, Role.SUB_GROUP, Role.BOARD_CHAIR})

    on: tuple[date, ...] = Field(min_length=1)
    reason: Words


class CloseChange(Command):
    """The authorised body closes an expected change."""

    FORM: ClassVar[str] = "close-change"
    FACT: ClassVar[str] = "change-closed"
    TITLE: ClassVar[str] = "close an expected change"
    ABOUT: ClassVar[str] = "CHANGE"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.SUB_GROUP, Role.BOARD_CHAIR})

    outcome: Literal["sustained", "re-planned", "not-achieved"]
    """Sustained as the board's rule has it; re-planned where another change took its place; or not achieved."""
    by: str = Field("", pattern=r"^(C[1-9][0-9]{0,2})?$")
    """For one that is re-planned: id of the change that takes its place."""
    reason: Words


class ReopenChange(Command):
    """A change that was closed is watched again."""

    FORM: ClassVar[str] = "reopen-change"
    FACT: ClassVar[str] = "change-reopened"
    TITLE: ClassVar[str] = "watch an expected change again"
    ABOUT: ClassVar[str] = "CHANGE"
    ROLES: ClassVar[frozenset[Role]] = frozenset({Role.SUB_GROUP, Role.BOARD_CHAIR})

    on: tuple[date, ...] = Field(min_length=1)
    reason: Words
