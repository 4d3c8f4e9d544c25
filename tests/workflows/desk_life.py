"""People of a rehearsal who answer on the desk's pages, form after form, instead of by themselves."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from enum import Enum
from html import unescape
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from desk.answers import Target
from desk.web.app import web_app
from desk.web.context import Desk
from desk.web.serving import make_desk
from desk.web.sessions import cookie_name
from domain.command import Receipt
from domain.people import Role
from domain.record import CaseRef
from records import desk_sessions, queries
from rehearsal.service import Rehearsal

BOARD = "northbridge"


class AtTheDesk(Rehearsal):
    """The same service; every answer goes through the form of its task: filled in, checked, sent."""

    def __init__(self, stage: Rehearsal) -> None:
        super().__init__(stage.env, stage.settings, stage.record, stage.directory)
        self.regime = stage.regime
        self.time = datetime.now(UTC)
        self.desk: Desk = make_desk(self.settings, self.record, lambda: self.directory, self._client)
        object.__setattr__(self.desk, "now", lambda: self.time)
        self.app = web_app(self.desk)
        self.forms: dict[str, int] = {}

    async def _client(self) -> Any:
        return self.env.client

    async def give(
        self,
        stage: str,
        form: str,
        role: Role,
        answer: dict[str, Any],
        *,
        by: str = "",
        item: str | None = None,
        agency: str | None = None,
    ) -> Receipt:
        """Answer on the pages; the receipt is that of the record."""
        person = by or await self.holder(role, agency)
        case = case_of(stage)
        task = Target(case=case, stage=stage, form=form, item=item).id
        self.forms[form] = self.forms.get(form, 0) + 1
        async with self.signed_in(person) as browser:
            return await self._through_the_form(browser, task, role, agency, dict(flat(answer)))

    async def _through_the_form(
        self, browser: httpx.AsyncClient, task: str, role: Role, agency: str | None, typed: dict[str, str]
    ) -> Receipt:
        path = f"/tasks/{task}"
        page = await browser.get(path)
        assert page.status_code == 200, (task, said(page))
        missing = {name for name in typed if f'name="{name}"' not in page.text and "." not in name}
        assert not missing, (task, missing)
        own = {"form_token": hidden(page, "form_token"), "desk-role": role.value, "desk-agency": agency or ""}
        check = await browser.post(path, data={**own, **typed, "desk-step": "check"})
        assert check.status_code == 200, (task, typed, said(check))
        inputs = dict(all_hidden(check))
        sent = await browser.post(path, data={**inputs, "desk-step": "send"})
        assert sent.status_code == 200, (task, said(sent))
        assert "Recorded" in said(sent), said(sent)
        return Receipt(request_id=inputs["desk-request"], form=task, accepted_at=self.time, next="")

    @asynccontextmanager
    async def signed_in(self, person: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser of somebody who is signed in."""
        self.time = await self.now()
        token = uuid4().hex
        desk_sessions.begin(self.record, token, BOARD, person, self.time)
        transport = httpx.ASGITransport(app=self.app)
        cookies = {cookie_name(self.desk): token}
        async with httpx.AsyncClient(transport=transport, base_url=self.settings.desk_url, cookies=cookies) as browser:
            yield browser


def case_of(stage: str) -> CaseRef:
    """The case of a stage's workflow."""
    _, board, reference, *_ = stage.split("/")
    return CaseRef(board=board, reference=reference)


def flat(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is typed into each input of a form for an answer."""
    for name, value in answer.items():
        match value:
            case dict():
                yield from ((f"{name}.{key}", written(each)) for key, each in value.items())
            case tuple() | list() if value and all(isinstance(each, dict) for each in value):
                for number, entry in enumerate(value):
                    yield from ((f"{name}.{number}.{part}", written(each)) for part, each in entry.items())
            case tuple() | list() if not value:
                continue
            case tuple() | list():
                yield name, "\n".join(written(each) for each in value)
            case _:
                yield name, written(value)


def written(value: Any) -> str:
    """A value as somebody types or chooses it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat()
        case date():
            return value.isoformat()
        case Enum():
            return str(value.value)
        case None:
            return ""
        case _:
            return str(value)


def hidden(page: httpx.Response, name: str) -> str:
    """What a hidden input of the page holds."""
    return dict(all_hidden(page))[name]


def all_hidden(page: httpx.Response) -> Iterator[tuple[str, str]]:
    """Every hidden input of the page's last form."""
    for found in re.finditer(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text):
        yield unescape(found[1]), unescape(found[2])


def said(page: httpx.Response) -> str:
    """What a person reads on the page's main part."""
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main[0] if main else page.text)).split())


def clocks_of(stage: Rehearsal, case: CaseRef) -> list[tuple[str, str, Any]]:
    """Every computation of every clock."""
    return [(each.stage, each.entry.id, each.entry.deadline.due_at) for each in queries.clocks(stage.record, case)]
