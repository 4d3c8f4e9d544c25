"""What people come for, done by them in a browser from the letter in their mailbox on, on a phone and at a desk.

The review between is the rehearsal's; its clock is the only thing that is not real.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from seats import DESKTOP, PHONE, Seat, link_in, seat

from desk.web.app import web_app
from desk.web.provider import TryOut
from desk.web.serving import make_desk, served
from domain.command import Receipt
from domain.directory import Absence, Directory, Person
from domain.people import Role
from domain.record import CaseRef
from letters.mailbox import Kept
from rehearsal.acting import act_early
from rehearsal.beginning import decide_on_review
from rehearsal.publishing import _respond
from rehearsal.review import LATE, Review
from rehearsal.service import Rehearsal, rehearsal
from simulated import free_port

pytestmark = pytest.mark.time_skipping
FEW = ("northbridge-cs", "northbridge-police", LATE)
Turn = Callable[["Journeys", str, str | None, dict[str, Any]], Awaitable[None]]


class Journeys(Rehearsal):
    """The rehearsal, in which some answers are given by people at a browser."""

    def __init__(self, stage: Rehearsal, browser: Browser, size: dict[str, int]) -> None:
        super().__init__(stage.env, stage.settings, stage.record, stage.directory)
        self.browser, self.size = browser, size
        self.turns: dict[tuple[str, str | None], Turn] = {}
        self.taken: list[str] = []
        self._at = datetime.now(UTC)
        self.desk = make_desk(self.settings, self.record, lambda: self.directory, self._client)
        object.__setattr__(self.desk, "now", lambda: self._at)

    async def _client(self) -> Any:
        return self.env.client

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """The desk, with the provider for trying out."""
        trying_out = TryOut(self.settings)
        app = web_app(self.desk, trying_out.provider, trying_out.routes)
        async with served(app, self.settings.desk_port):
            yield

    async def seat(self, person: str) -> Seat:
        """A browser for the person of that id, at the time that the rehearsal has now."""
        self._at = await self.now()
        known = next(each for each in self.directory.boards[0].people if each.id == person)
        return await seat(self.browser, known.name, self.size)

    async def give(self, stage: str, form: str, role: Role, answer: dict[str, Any], **more: Any) -> Receipt:
        """By somebody at a browser where that is their turn; else as in every rehearsal."""
        turn = self.turns.pop((form, more.get("item")), None) or self.turns.pop((form, None), None)
        if turn is None:
            return await super().give(stage, form, role, answer, **more)
        await turn(self, stage, more.get("item"), answer)
        self.taken.append(form)
        return Receipt(request_id="at-the-desk", form=form, accepted_at=await self.now(), next="")

    def letter(self, person: str, words: str) -> Kept:
        """The last letter to somebody with these words in its subject or text."""
        address = next(each.email for each in self.directory.boards[0].people if each.id == person)
        found = [kept for kept in self.letters() if kept.to == address and words in f"{kept.subject}\n{kept.text}"]
        assert found, (person, words, [(kept.to, kept.subject) for kept in self.letters()][-8:])
        return found[-1]


async def safe_at_night(desk: Journeys, _: str, child: str | None, __: dict[str, Any]) -> None:
    """The duty social worker decides for a sibling, from the letter on."""
    who = await desk.seat("nb-duty-1")
    letter = desk.letter("nb-duty-1", f"%2F{child}%2Facknowledge-child")
    await who.follow(link_in(letter, f"%2F{child}%2F"))  # it was acknowledged meanwhile, so that it leads to the case
    await who.click(f"Child {child}: decide what is done")
    said = await who.send(decision="strategy-discussion-called")
    assert "What happens next" in said
    await who.context.close()


async def decided_by_the_chair(desk: Journeys, _: str, __: str | None, answer: dict[str, Any]) -> None:
    """The letter leads to the form; what is forgotten is said, and nothing that was typed is lost."""
    who = await desk.seat("nb-chair")
    await who.follow(link_in(desk.letter("nb-chair", "decide"), "decide"))
    await who.fill(rationale=answer["rationale"])
    await who.press("Continue")
    assert "There is a problem" in await who.said()
    assert (await who.page.title()).startswith("Error: ")
    assert answer["rationale"] in await who.page.locator('[name="rationale"]').input_value()
    await who.send(**answer)
    await who.context.close()


async def verified_by_somebody_else(desk: Journeys, _: str, action: str | None, answer: dict[str, Any]) -> None:
    """Whoever leads the action is told the rule, and who can do it; the sub-group does."""
    lead = await desk.seat("nb-cs-lead")
    await lead.follow(f"{desk.settings.desk_url}/tasks/{NAMED}/actions/{action}/verify-action")
    await lead.fill(**answer)
    await lead.press("Continue")
    await lead.press("Send")
    refused = await lead.said()
    assert "There is a problem" in refused and "lead" in refused and "Recorded" not in refused
    await lead.context.close()
    who = await desk.seat("nb-subgroup-chair")
    await who.follow(desk.settings.desk_url)
    await _choose(who, "Verify that an action", action)
    await who.send(**answer)
    await who.context.close()


async def sent_by_its_agency(desk: Journeys, _: str, agency: str | None, __: dict[str, Any]) -> None:
    """The lead adds the chronology and the report from the pages of the case, and then sends them to the panel."""
    lead = await desk.holder(Role.AGENCY_LEAD, agency)
    who = await desk.seat(lead)
    await who.follow(link_in(desk.letter(lead, "send-agency-report"), "send-agency-report"))
    form = who.page.url
    await who.click("Back to case")
    await who.click("Chronology", exact=True)
    rows = [f"{number:02}/03/2025,Visit {number} to the family,Agreed to meet again" for number in range(1, 29)]
    await who.choose("rows.csv", "\n".join(["Date,Event,Response", *rows, "30/02/2025,Seen,"]))
    await who.press("Add the chronology")
    said = await who.said()
    assert "28 rows" in said and "1 row was not kept" in said and "Row 30" in said, said
    chronology = await who.word(rf"{agency}/\d+")
    await who.click("Back to case")
    await who.click("Documents", exact=True)
    await who.choose("report.txt", "What our organisation knew, and what made it hard to see.")
    await who.fill(kind="agency-report", title="Our report")
    await who.press("Add the document")
    report = await who.word(r"D-\d+/\d+")
    await who.follow(form)
    await who.send(report=report, chronology=chronology, signed_off_by="senior-1")
    await who.context.close()


async def returned_by_the_panel(desk: Journeys, _: str, agency: str | None, answer: dict[str, Any]) -> None:
    """The panel's chair, appointed in this review alone, reads the report and returns it; its agency is written to."""
    who = await desk.seat("nb-panel-chair")
    await who.follow(desk.settings.desk_url)
    await who.click(desk.directory.board("northbridge").agency_named(str(agency)))
    await who.send(**answer | {"outcome": "returned"})
    await who.context.close()
    await desk.pass_time(timedelta(hours=1))
    assert desk.letter(await desk.holder(Role.AGENCY_LEAD, agency), "returned")


async def _choose(who: Seat, title: str, item: str | None) -> None:
    """From the list of cases to a form that nobody asked for."""
    await who.click("Cases")
    await who.click("NB-2026-101")
    await who.click("Record something")
    await who.page.get_by_label(title).fill(str(item))
    await who.press(title)


async def answered(desk: Journeys, _: str, finding: str | None, answer: dict[str, Any]) -> None:
    """The board's answer to a finding, entered by the business manager from the list of what is asked of her."""
    who = await desk.seat("nb-manager")
    await who.follow(desk.settings.desk_url)
    await who.click(f"{finding}")
    await who.send(**answer)
    await who.context.close()


async def seen_by_the_deputy(desk: Journeys, _: str, __: str | None, ___: dict[str, Any]) -> None:
    """The chair is away: the deputy has the letter and its button, and once it is pressed nobody is told again."""
    who = await desk.seat("nb-deputy-chair")
    await who.follow(link_in(desk.letter("nb-deputy-chair", "acknowledge"), "acknowledge-escalation"))
    await who.send()
    await who.context.close()


NAMED = "northbridge/NB-2026-101"


def with_the_chair_away(begins: date) -> Callable[[Directory], Directory]:
    """The example's directory, its chair away for some weeks in which an agency's report is late."""
    away = Absence(first=begins + timedelta(days=70), last=begins + timedelta(days=130))

    def change(known: Directory) -> Directory:
        board, *others = known.boards
        people = tuple(_away(person, away) for person in board.people)
        return known.model_copy(update={"boards": (board.model_copy(update={"people": people}), *others)})

    return change


def _away(person: Person, away: Absence) -> Person:
    return person.model_copy(update={"absences": (away,)}) if person.id == "nb-chair" else person


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_people_do_what_they_are_asked_from_their_letters_on(
    chromium: Browser, tmp_path: Path, size: dict[str, int]
) -> None:
    people = with_the_chair_away(datetime.now(UTC).date())
    async with rehearsal(tmp_path, people=people, desk_port=free_port()) as stage:
        desk = Journeys(stage, chromium, size)
        desk.turns = {
            ("decide-for-child", "S1"): safe_at_night,
            ("decide-for-child", "H1"): safe_at_night,
            ("decide", None): decided_by_the_chair,
            ("verify-action", "A1"): verified_by_somebody_else,
            ("answer-finding", "F1"): answered,
        }
        async with desk.served():
            case = await decide_on_review(desk)
            await act_early(desk, case)
            await _review(desk, case)
            await _respond(desk, case.stage_id("publication"))
        assert not desk.turns, "somebody's turn never came"


async def _review(desk: Journeys, case: CaseRef) -> None:
    review = Review(desk, case, FEW)
    await review.set_up()
    desk.turns["send-agency-report", "northbridge-police"] = sent_by_its_agency
    desk.turns["answer-agency-report", "northbridge-police"] = returned_by_the_panel
    desk.turns["acknowledge-escalation", f"agency-report/{LATE}/6"] = seen_by_the_deputy
    await review.gather()
    await review.learn()
    await review.sign_off()
