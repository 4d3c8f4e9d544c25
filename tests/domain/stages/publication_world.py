"""A publication to talk to: an accepted report with two findings and good practice, people in their roles, answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stage_world import CALENDAR, CASE, CHAIR, DAY, MANAGER, REGIME, T0, World, request_id, sent

from domain.accepted_report import Accepted, FindingBrief
from domain.agency import AgencyAsked
from domain.command import Command, Found
from domain.model import Refusal
from domain.people import BODIES, Actor
from domain.publication import PublicationState
from domain.publication_commands import CheckKind
from domain.stage import Stage

FORMS: dict[str, type[Command]] = {command.FORM: command for command in PublicationState.commands()}
FINDINGS = ("finding-1", "finding-2")
GOOD_PRACTICE = "practice-1"
AUTHOR = "nb-reviewer-1"
CHECKER = "nb-legal-1"
CHECKS = tuple(kind.value for kind in CheckKind)
BODY_IDS = tuple(body.value for body in BODIES)
TOLD = (*BODY_IDS, "board-member", "agency-lead/health", "agency-lead/police")
"""Everybody who is told of the date, as letters name them."""
PUBLISH_AT = datetime(2026, 4, 14, 9, tzinfo=UTC)
"""A Tuesday after Easter: 7 working days before it is Wednesday 1 April, over Good Friday and Easter Monday."""
ADDRESS = "https://board.example/reviews/NB-2026-101"


@dataclass
class Publishing(World[PublicationState]):
    """As the shell asks: with the calendar, by which a date is judged that cannot be met."""

    def refuses(self, command: Command) -> Refusal | None:
        return self.stage.refuses(command, self.at, CALENDAR)

    def refusal(self, command: Command) -> Refusal:
        refusal = self.refuses(command)
        assert refusal is not None, f"{command.FORM} was not refused"
        return refusal

    def all(self, commands: Iterable[Command]) -> "Publishing":
        for command in commands:
            self.give(command)
        return self

    def due_on(self, clock: str) -> date:
        entry = self.stage.clocks.get(clock)
        assert entry is not None
        return entry.deadline.due_on

    def handed_over(self, *prefixes: str) -> "Publishing":
        """The letters whose ids begin so are handed over to the mail server."""
        self.told(*(sent(letter.id, self.at) for letter in self.letters if letter.id.startswith(prefixes)))
        return self

    def written(self, template: str) -> list[str]:
        """Ids of the letters of that template."""
        return [letter.id for letter in self.letters if letter.template == template]


def accepted(**changes: Any) -> Accepted:
    """The report as the board accepted it."""
    findings = (
        FindingBrief(id=FINDINGS[0], priority="high"),
        FindingBrief(id=FINDINGS[1], addressed_to="national"),
        FindingBrief(id=GOOD_PRACTICE, kind="good-practice"),
    )
    order = Accepted(
        accepted_at=T0,
        report="D-9/1",
        findings=findings,
        agencies=tuple(AgencyAsked(id=a, address=f"lead@{a}.example", asked_at=T0) for a in ("health", "police")),
        authors=(AUTHOR,),
    )
    return order.model_copy(update=changes)


def publication(order: Accepted | None = None, at: datetime = T0) -> Publishing:
    """The stage at its beginning."""
    state = PublicationState.begun(order or accepted())
    stage = Stage[PublicationState](
        case=CASE, id=CASE.stage_id("publication"), regime=REGIME.id, rules=REGIME.clock, state=state
    )
    world = Publishing(stage, at)
    world.advance(state.opening(at))
    return world


def command(
    form: str, item: str | None = None, by: Actor = MANAGER, found: Found | None = None, **answer: Any
) -> Command:
    """A command of that form, as it comes from the desk."""
    envelope = {"request_id": request_id(), "actor": by, "item": item, "found": found}
    return FORMS[form].model_validate(envelope | answer)


def answer_finding(finding: str = FINDINGS[0], answer: str = "accepted", reason: str = "as resolved") -> Command:
    return command("answer-finding", finding, outcome=answer, reason=reason)


def answers() -> list[Command]:
    """An answer to everything in the report."""
    return [*(answer_finding(finding) for finding in FINDINGS), answer_finding(GOOD_PRACTICE, "noted", "")]


def check(kind: str, outcome: str = "passed", checked_by: str = CHECKER, by: Actor = MANAGER, **more: Any) -> Command:
    return command("record-check", kind, by, outcome=outcome, checked_by=checked_by, note="as checked", **more)


def checks() -> list[Command]:
    """Every check, passed."""
    return [check(kind) for kind in CHECKS]


def replace(report: str = "D-9/2", **more: Any) -> Command:
    return command("replace-report", report=report, reason="the school can be recognised", **more)


def decide(outcome: str = "whole", by: Actor = CHAIR) -> Command:
    return command("decide-publication", by=by, outcome=outcome, reason="as weighed")


def propose(by: Actor = CHAIR) -> Command:
    return command("propose-no-publication", by=by, reasons="as weighed")


def panel_answers(at: datetime, answer: str = "agrees") -> Command:
    return command("record-national-panel-answer", outcome=answer, answered_at=at, reference="letter 7")


def set_date(publish_at: datetime = PUBLISH_AT, reason: str = "") -> Command:
    return command("set-publication-date", publish_at=publish_at, reason=reason)


def abort(by: Actor = CHAIR) -> Command:
    return command("abort-publication", by=by, reason="as weighed")


def report_sent(body: str, at: datetime) -> Command:
    return command("record-report-sent", body, sent_at=at, how="portal", reference="receipt 7")


def reports_sent(at: datetime) -> list[Command]:
    """The report to each of the bodies."""
    return [report_sent(body, at) for body in BODY_IDS]


def confirm(at: datetime, **more: Any) -> Command:
    given = {"report": "D-9/1", "response": "D-10/1", "statement": "D-11/1", "address": ADDRESS}
    return command("confirm-published", published_at=at, **(given | more))


def decide_availability(outcome: str = "take-down", by: Actor = MANAGER) -> Command:
    return command("decide-availability", by=by, outcome=outcome, reason="as weighed")


def process(key: str = "trial-1") -> Command:
    return command(
        "record-parallel-process",
        key,
        kind="police-and-prosecution",
        contact="senior investigating officer, police",
        status="charged",
    )


def effect(key: str = "trial-1", effect: str = "holds-publication", until: date | None = None) -> Command:
    look_again = until or (T0 + 300 * DAY).date()
    return command(
        "decide-effect",
        key,
        CHAIR,
        effect=effect,
        reason="as advised",
        look_again_on=None if effect == "none" else look_again,
        told="police, national panel",
    )


def family_member(key: str = "family-1") -> Command:
    return command(
        "plan-family-member",
        key,
        who="mother",
        told_by="lead reviewer",
        interpreter_or_help="none",
        takes_part="meets the lead reviewer",
    )


def contact(step: str, at: datetime, key: str = "family-1") -> Command:
    return command("record-family-contact", key, step=step, happened_at=at, by_whom="lead reviewer", note="at home")


def ready() -> Publishing:
    """Everything done and the date set; only the day has not come."""
    world = publication()
    world.all([*answers(), *checks(), decide(), set_date(), *reports_sent(T0)])
    return world


def published() -> Publishing:
    """Published on the day that was set."""
    world = ready().walk(PUBLISH_AT - T0 + timedelta(hours=1))
    world.give(confirm(PUBLISH_AT))
    return world
