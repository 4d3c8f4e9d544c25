"""The desk's pages on a record of their own, signed in without a provider: for tests."""

import re
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

from desk_cases import desk as service_of
from desk_cases import directory
from httpx2 import Response
from starlette.testclient import TestClient
from temporalio.client import Client

from desk.web.app import web_app
from desk.web.context import Desk
from desk.web.sessions import cookie_name
from domain.directory import Directory
from records import desk_sessions
from records.files import open_files
from records.store import Record
from settings import ScratchSettings

BOARD = "northbridge"


class Pages:
    """The desk, and its time."""

    def __init__(self, record: Record, folder: Path, now: datetime, **settings: Any) -> None:
        self.record, self.now = record, now
        self.settings = ScratchSettings(var_dir=folder, **settings)
        self.known: Directory = directory()
        self.desk = Desk(
            settings=self.settings,
            record=record,
            keyring=record.keyring,
            directory=lambda: self.known,
            connect=_no_server,
            service=service_of(record, lambda: self.known),
            store=open_files(self.settings, record.keyring),
            now=lambda: self.now,
        )
        self.app = web_app(self.desk)

    def browser(self, person: str = "") -> "Browser":
        """Somebody's browser, signed in where a person is named."""
        browser = Browser(self)
        if person:
            browser.sign_in(person)
        return browser


class Browser:
    """One browser: its cookies, and what it sees."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.client = TestClient(pages.app, base_url=pages.settings.desk_url, raise_server_exceptions=True)

    def sign_in(self, person: str, board: str = BOARD) -> None:
        """As if the provider had said who it is."""
        token = f"token-{person}-{uuid4()}"
        desk_sessions.begin(self.pages.record, token, board, person, self.pages.now)
        self.client.cookies.set(cookie_name(self.pages.desk), token)

    def get(self, path: str) -> Response:
        """A page, without going where it leads on to."""
        return self.client.get(path, follow_redirects=False)

    def post(
        self, path: str, form_token: str | None = None, *, own: dict[str, str] | None = None, **fields: str
    ) -> Response:
        """A form as this browser would send it; ``own`` are the desk's own inputs, without what they begin with."""
        token = self.form_token() if form_token is None else form_token
        more = {f"desk-{name}": value for name, value in (own or {}).items()}
        return self.client.post(path, data={"form_token": token, **more, **fields}, follow_redirects=False)

    def form_token(self) -> str:
        """What the forms of this session carry."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.client.get("/", follow_redirects=True).text)
        return found[1] if found else ""


def words(page: Response) -> str:
    """What a person reads on the page."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def _no_server() -> Client:
    raise RuntimeError("Failed client connect")
