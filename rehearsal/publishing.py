"""Publication: the board answers every finding, the date is moved twice, the day comes, and the months after it."""

from datetime import date, datetime, timedelta
from typing import Any

from activities.regimes import read_regime
from domain.people import Role
from domain.record import CaseRef
from rehearsal.acting import Acting
from rehearsal.diary import Diary
from rehearsal.review import FINDINGS
from rehearsal.service import CIVIL, Rehearsal
from rehearsal.watching import Watching


async def publish(stage: Rehearsal, case: CaseRef, report: str, diary: Diary | None = None) -> datetime:
    """From the board's acceptance of the report of that id to its publication. Returns when it was published.

    With a diary the action plan is drafted as soon as the findings are answered, and what will happen is entered.
    """
    publication = case.stage_id("publication")
    day = await prepare(stage, case, diary)
    await stage.pass_until(datetime(day.year, day.month, day.day, 11, 23, tzinfo=CIVIL))
    files = {
        kind: await stage.keep_document(case, document, kind)
        for kind, document in (("response", "board-response"), ("statement", "statement"))
    }
    published_at = await stage.now()
    out: dict[str, Any] = {"published_at": published_at, "address": "https://board.northbridge.example/reviews/101"}
    await stage.answer(publication, "confirm-published", Role.BUSINESS_MANAGER, report=report, **out, **files)
    await stage.pass_days(1)
    return published_at


async def prepare(stage: Rehearsal, case: CaseRef, diary: Diary | None = None) -> date:
    """All that comes before the day, its date moved twice. Returns the day."""
    publication = case.stage_id("publication")
    await _respond(stage, publication)
    if diary is not None:
        acting = Acting(stage, case, diary)
        await acting.draft()
        Watching(stage, case, acting, diary).enter()
    await stage.pass_days(2)
    await stage.answer(
        publication, "decide-publication", Role.BOARD_CHAIR, outcome="whole", reason="The learning is for everybody."
    )
    first = await stage.pass_days(1) + timedelta(weeks=6)
    await _set_date(stage, publication, first)
    await stage.pass_days(3)
    for body in (role.value for role in read_regime(stage.regime).bodies):
        sent: dict[str, Any] = {"sent_at": await stage.now(), "how": "secure portal", "reference": f"receipt of {body}"}
        await stage.answer(publication, "record-report-sent", Role.BUSINESS_MANAGER, item=body, **sent)
    await stage.pass_days(4)
    await _set_date(stage, publication, first + timedelta(weeks=2), "The court asked for a fortnight.")
    await stage.pass_days(9)
    day = first + timedelta(weeks=3)
    await _set_date(stage, publication, day, "The family asked for a week more.")
    told: dict[str, Any] = {"step": "told-of-publication", "happened_at": await stage.now(), "by_whom": "board chair"}
    await stage.answer(publication, "record-family-contact", Role.BUSINESS_MANAGER, item="family-1", **told)
    await _check(stage, publication)
    return day


async def end_availability(stage: Rehearsal, case: CaseRef) -> None:
    """A year and a few days later it is decided what becomes of the published report."""
    await stage.pass_days(370)
    await archive(stage, case)
    await stage.pass_days(1)


async def archive(stage: Rehearsal, case: CaseRef) -> None:
    """After its time the report is archived and given on request."""
    archived: dict[str, Any] = {"outcome": "archive-on-request", "reason": "Its actions are in force."}
    await stage.answer(case.stage_id("publication"), "decide-availability", Role.BUSINESS_MANAGER, **archived)


async def _respond(stage: Rehearsal, publication: str) -> None:
    await stage.pass_days(8)
    for item, finding in FINDINGS.items():
        noted = finding["kind"] == "good-practice"
        answer = {"outcome": "noted"} if noted else {"outcome": "accepted", "reason": "It is so in other cases too."}
        await stage.answer(publication, "answer-finding", Role.BOARD_CHAIR, item=item, **answer)


async def _set_date(stage: Rehearsal, publication: str, day: Any, reason: str = "") -> None:
    publish_at = datetime(day.year, day.month, day.day, 10, 0, tzinfo=CIVIL)
    fields: dict[str, Any] = {"publish_at": publish_at, "reason": reason}
    await stage.answer(publication, "set-publication-date", Role.BUSINESS_MANAGER, **fields)


async def _check(stage: Rehearsal, publication: str) -> None:
    await stage.pass_days(2)
    checks = (
        "legal-and-data-protection",
        "identification",
        "family-told",
        "staff-and-agencies-told",
        "support-and-media-plan",
    )
    for check in checks:
        passed = {"outcome": "passed", "checked_by": "nb-deputy-manager", "note": "Made line by line."}
        await stage.answer(publication, "record-check", Role.BUSINESS_MANAGER, item=check, **passed)
