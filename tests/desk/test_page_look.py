"""What every answer tells the browser, and that nothing comes from elsewhere."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from desk_cases import TOLD, Opened
from desk_pages import Pages, words
from starlette.routing import Route

from desk.web import assets
from desk.web.access import self_guarded
from desk.web.app import web_app
from desk.web.serving import served
from records.engine import RecordFault, make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring
from simulated import free_port

CASE = "/cases/northbridge/NB-2026-101"
MANAGER = "nb-manager"
PAGES = (
    "/",
    "/cases",
    CASE,
    f"{CASE}/record",
    f"{CASE}/documents",
    f"{CASE}/chronology",
    "/board",
    "/lessons",
    "/nowhere",
)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=\"|javascript:", re.IGNORECASE)
ELSEWHERE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//(?!localhost)", re.IGNORECASE)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    Opened(record)
    yield Pages(record, tmp_path, TOLD + timedelta(minutes=1))
    engine.dispose()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_refuses_what_is_inline_and_what_is_from_elsewhere_and_has_none(pages: Pages, path: str) -> None:
    got = pages.browser(MANAGER).get(path)
    policy = got.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["referrer-policy"] == "same-origin"
    assert not INLINE.search(got.text), INLINE.search(got.text)
    assert not ELSEWHERE.search(got.text), ELSEWHERE.search(got.text)


def test_styles_and_scripts_are_the_desks_own_and_kept_for_ever(pages: Pages) -> None:
    browser = pages.browser()
    page = pages.browser(MANAGER).get("/").text
    linked = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))
    assert {Path(each).name for each in linked} == {"desk.css", "desk.js", "icon.svg"}
    for each in linked:
        got = browser.get(each)
        assert got.status_code == 200
        assert got.headers["cache-control"].endswith("immutable")
    style = (assets.BUILT / "desk.css").read_text("utf-8")
    assert "GDS Transport" not in style and "@font-face" not in style
    assert not re.search(r"url\(.?(https?:)?//", style)


@pytest.mark.parametrize(
    "path",
    ["../app.py", "..%2fapp.py", "%2e%2e/%2e%2e/settings.py", "....//app.py", "desk.css/../../app.py", "nothing.js"],
)
def test_no_other_file_is_served(pages: Pages, path: str) -> None:
    got = pages.browser().get(f"{assets.PREFIX}/{assets.version()}/{path}")
    assert got.status_code == 404
    assert got.headers["cache-control"] == "no-store", "what is not there is not kept"


def test_over_https_the_cookie_and_the_browser_are_told_so(pages: Pages, tmp_path: Path) -> None:
    safe = Pages(pages.record, tmp_path, pages.now, desk_url="https://reviews.northbridge.example")
    browser = safe.browser(MANAGER)
    got = browser.get("/")
    assert got.status_code == 200 and "max-age" in got.headers["strict-transport-security"]
    assert "__Host-scr-desk" in browser.client.cookies


def test_a_fault_of_ours_shows_nothing_of_how_it_came(pages: Pages) -> None:
    async def broken(_: object) -> None:
        raise RuntimeError("Tamsin Wexcombe-Arle")

    app = web_app(pages.desk, more=[self_guarded("/broken", broken, name="broken")])  # type: ignore[arg-type]
    assert any(isinstance(route, Route) for route in app.routes)
    pages.app = app
    browser = pages.browser()
    browser.client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    got = browser.get("/broken")
    assert got.status_code == 500
    assert "Something went wrong here" in words(got) and "Tamsin" not in got.text and "Traceback" not in got.text
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "no-store"


def test_a_form_token_of_odd_characters_is_refused_like_any_other(pages: Pages) -> None:
    refused = pages.browser(MANAGER).client.post(
        "/sign-out", content=b"form_token=%ff%C3%A9", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert refused.status_code == 403


async def test_what_is_logged_of_a_fault_of_ours_has_no_words_of_anybody(
    pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: object) -> None:
        raise RuntimeError("Tamsin Wexcombe-Arle")

    app = web_app(pages.desk, more=[self_guarded("/broken", broken, name="broken")])  # type: ignore[arg-type]
    port = free_port()
    async with served(app, port), httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as browser:
        assert (await browser.get("/broken")).status_code == 500
    assert "a page failed: RuntimeError at test_page_look.py" in caplog.text
    assert "Tamsin" not in caplog.text


def test_while_the_record_cannot_be_reached_that_is_said(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = pages.browser(MANAGER)

    def away(*_: object) -> None:
        raise RecordFault("the case record cannot be used")

    monkeypatch.setattr("desk.web.sessions.desk_sessions.find", away)
    got = browser.get("/cases")
    assert got.status_code == 503 and "cannot be reached" in words(got)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_nothing_is_done_by_another_method(pages: Pages, method: str) -> None:
    got = pages.browser(MANAGER).client.request(method, CASE)
    assert got.status_code == 405


def test_times_are_civil_and_in_words(pages: Pages) -> None:
    said = words(pages.browser(MANAGER).get(CASE))
    assert "10:30 on Thursday 5 February 2026" in said
    assert "by the end of Thursday 5 March 2026" in said
    assert not re.search(r"\d{4}-\d\d-\d\dT", said)


def test_the_session_tells_how_long_it_lasts_and_looking_does_not_keep_it(pages: Pages) -> None:
    browser = pages.browser(MANAGER)
    assert browser.get("/session").json() == {"seconds": 30 * 60}
    pages.now += timedelta(minutes=20)
    assert browser.get("/session").json() == {"seconds": 10 * 60}
    assert browser.get("/stay").status_code == 204
    assert browser.get("/session").json() == {"seconds": 30 * 60}
    pages.now += timedelta(minutes=31)
    assert browser.get("/session").json() == {"seconds": 0}
    assert browser.get("/stay").status_code == 303


def test_after_twelve_hours_everybody_signs_in_again(pages: Pages) -> None:
    browser = pages.browser(MANAGER)
    for _ in range(12 * 3):
        pages.now += timedelta(minutes=20)
        browser.get("/stay")
    assert browser.get("/").status_code == 200
    pages.now += timedelta(minutes=20)
    assert browser.get("/").status_code == 303
