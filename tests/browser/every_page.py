"""Every page there is, of a case that has been lived to its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.async_api import Browser
from seats import Seat, seat

from desk.web.app import web_app
from desk.web.provider import TryOut
from desk.web.serving import make_desk, served
from domain.record import CaseRef
from rehearsal.play import play
from rehearsal.service import Rehearsal, rehearsal
from simulated import free_port

CASE = CaseRef(board="northbridge", reference="NB-2026-101")
FEW = ("northbridge-cs", "northbridge-police", "northbridge-housing")
OF_CASE = f"/cases/{CASE.board}/{CASE.reference}"
MANAGER, CHAIR, LEAD, OPERATOR = "nb-manager", "nb-chair", "nb-police-lead", "nb-operator-2"
PAGES: dict[str, tuple[str, str]] = {
    "my-work": (MANAGER, "/"),
    "cases": (MANAGER, "/cases"),
    "case": (MANAGER, OF_CASE),
    "explain": (MANAGER, f"{OF_CASE}/dates?clock=serious-case-review"),
    "dates": (MANAGER, f"{OF_CASE}/dates"),
    "facts": (MANAGER, f"{OF_CASE}/facts?all=1"),
    "letters": (MANAGER, f"{OF_CASE}/letters"),
    "record": (MANAGER, f"{OF_CASE}/record"),
    "accesses": (MANAGER, f"{OF_CASE}/accesses"),
    "documents": (MANAGER, f"{OF_CASE}/documents"),
    "chronology": (MANAGER, f"{OF_CASE}/chronology"),
    "chronology-gaps": (MANAGER, f"{OF_CASE}/chronology/gaps"),
    "findings": (MANAGER, f"{OF_CASE}/findings"),
    "plan": (MANAGER, f"{OF_CASE}/plan"),
    "changes": (MANAGER, f"{OF_CASE}/changes"),
    "lessons": (MANAGER, "/lessons?q=appointments"),
    "board": (CHAIR, "/board"),
    "board-due": (CHAIR, "/board/due"),
    "board-overdue": (CHAIR, "/board/overdue"),
    "board-escalations": (CHAIR, "/board/escalations"),
    "agency-my-work": (LEAD, "/"),
    "agency-case": (LEAD, OF_CASE),
    "agency-plan": (LEAD, f"{OF_CASE}/plan"),
    "agency-chronology": (LEAD, f"{OF_CASE}/chronology"),
    "reopen": (CHAIR, f"/tasks/{quote(CASE.board)}/{CASE.reference}/reopen-case"),
    "operator": (OPERATOR, "/operator"),
    "codec-token": (OPERATOR, "/codec/token"),
    "no-such-page": (MANAGER, "/cases/northbridge/NB-1999-001"),
}
"""Whose page, and where. The annual report's year is added once it is known."""


class Lived:
    """The desk on the record of that case."""

    def __init__(self, stage: Rehearsal, at: datetime) -> None:
        self.stage = stage
        self.at = at
        desk = make_desk(stage.settings, stage.record, lambda: stage.directory, self._client)
        object.__setattr__(desk, "now", lambda: self.at)
        self._desk = desk
        year = at.year - 2
        self.pages = {**PAGES, "annual-report": (CHAIR, f"/annual-report?year={year}")}

    async def _client(self) -> Any:
        return self.stage.env.client

    @property
    def url(self) -> str:
        return self.stage.settings.desk_url

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        trying_out = TryOut(self.stage.settings)
        app = web_app(self._desk, trying_out.provider, trying_out.routes)
        async with served(app, self.stage.settings.desk_port):
            yield

    async def seats(self, browser: Browser, size: dict[str, int]) -> dict[str, Seat]:
        """A browser for each of the people, signed in."""
        people = {person.id: person.name for person in self.stage.directory.boards[0].people}
        found = {}
        for person in dict.fromkeys(person for person, _ in self.pages.values()):
            found[person] = await seat(browser, people[person], size)
            await found[person].follow(self.url)
        return found


@asynccontextmanager
async def lived(folder: Path) -> AsyncIterator[Lived]:
    """A case from the incident to its closing, and the desk on its record, at the time of its end."""
    async with rehearsal(folder, desk_port=free_port()) as stage:
        await play(stage, FEW)
        made = Lived(stage, await stage.now())
        async with made.served():
            yield made
