"""What the report waits for on its way to the board: clocks and tasks of each check of facts, sign-off and decision."""

from collections.abc import Iterable
from datetime import datetime

from domain.clocks.book import ClockNeed
from domain.command import Command, please
from domain.model import Model
from domain.people import Role
from domain.record import Task
from domain.report_commands import AnswerCorrection, CheckFacts

Turn = tuple[datetime, datetime | None]
"""When something was asked, and when it was answered."""


class FactCheck(Model):
    """One agency's check of a draft: asked, answered, its corrections answered."""

    agency: str
    address: str | None = None
    asked_at: datetime
    draft: int
    """Version of the draft that was sent for checking."""
    answered_at: datetime | None = None
    without_at: datetime | None = None
    corrections: tuple[bool | None, ...] = ()
    """Of each correction whether it was accepted; ``None`` until the lead reviewer answers."""

    @property
    def settled(self) -> bool:
        """Whether nothing of this check is open."""
        return self.without_at is not None or (self.answered_at is not None and None not in self.corrections)


class View(Model):
    """What a member of the panel holds of the draft."""

    person: str
    agrees: bool
    at: datetime


class Impasse(Model):
    """A question that the panel could not settle."""

    declared_at: datetime
    settled_at: datetime | None = None


def check_needs(checks: Iterable[FactCheck]) -> Iterable[ClockNeed]:
    """A clock for each agency that is asked; nobody is chased once it was gone on without."""
    for check in checks:
        if check.without_at is not None:
            continue
        yield ClockNeed(
            rule="fact-check",
            item=f"{check.agency}/{check.draft}",
            started_at=check.asked_at,
            satisfied_at=check.answered_at,
            waiting_on=Role.AGENCY_LEAD,
            agency=check.agency,
            address=check.address,
            task=f"{check.agency}/{CheckFacts.FORM}",
        )


def check_tasks(checks: Iterable[FactCheck]) -> Iterable[Task]:
    """Agencies are asked to check, the lead reviewer to answer each correction."""
    for check in checks:
        if check.answered_at is None and check.without_at is None:
            yield Task(
                form=CheckFacts.FORM,
                item=check.agency,
                role=Role.AGENCY_LEAD,
                agency=check.agency,
                title=please(CheckFacts),
                clock=f"fact-check/{check.agency}/{check.draft}",
            )
        for number, answer in enumerate(check.corrections, start=1):
            if answer is None:
                yield Task(
                    form=AnswerCorrection.FORM,
                    item=f"{check.agency}/{number}",
                    role=Role.LEAD_REVIEWER,
                    title=f"{please(AnswerCorrection)}: {check.agency}, number {number}",
                )


def in_turn(rule: str, turns: tuple[Turn, ...], waiting_on: Role, task_id: str) -> Iterable[ClockNeed]:
    """A clock for each time that something was asked."""
    for number, (began, ended) in enumerate(turns, start=1):
        yield ClockNeed(
            rule=rule,
            item=str(number),
            started_at=began,
            satisfied_at=ended,
            waiting_on=waiting_on,
            task=task_id,
        )


def task(form: type[Command], role: Role, clock: str | None = None) -> Task:
    """What is asked of one role for the whole review."""
    return Task(form=form.FORM, role=role, title=please(form), clock=clock)
