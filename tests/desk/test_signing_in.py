"""Signing in with a provider over HTTP: the right way in, and every way that is none."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from desk_cases import Opened
from desk_pages import Pages
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from desk.web.app import web_app
from desk.web.provider import TryOut
from desk.web.serving import served
from desk.web.sign_in import Provider, local_path
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import create_keyring
from settings import ScratchSettings, SettingsFault
from simulated import free_port

CHAIR = "chair@board.northbridge.example"


@dataclass
class Organisation:
    """An organisation's provider, which can be told to say anything."""

    url: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    token: Callable[[dict[str, Any]], str] | None = None
    nonce: str = ""
    broken: bool = False

    @property
    def app(self) -> Starlette:
        async def metadata(_: Request) -> Response:
            return JSONResponse(
                {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "jwks_uri": f"{self.url}/jwks",
                    "end_session_endpoint": f"{self.url}/out",
                    "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
                }
            )

        async def jwks(_: Request) -> Response:
            return JSONResponse(KeySet([self.key]).as_dict(private=False))

        async def token(_: Request) -> Response:
            if self.broken:
                return Response(status_code=500)
            now = int(datetime.now(UTC).timestamp())
            usual = {"iss": self.url, "sub": "1", "aud": "desk", "exp": now + 300, "iat": now, "nonce": self.nonce}
            claims = {**usual, "email": CHAIR, **self.claims}
            made = self.token(claims) if self.token else jwt.encode({"alg": "ES256", "kid": "k1"}, claims, self.key)
            return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": made})

        posts = ["POST"]
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", metadata),
                Route("/jwks", jwks),
                Route("/token", token, methods=posts),
            ]
        )


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    Opened(record)
    yield Pages(record, tmp_path, datetime.now(UTC), desk_port=free_port())
    engine.dispose()


@asynccontextmanager
async def with_organisation(pages: Pages) -> AsyncIterator[tuple[Organisation, httpx2.AsyncClient]]:
    """The desk with an organisation's provider beside it, and a browser of somebody."""
    port = free_port()
    there = Organisation(f"http://127.0.0.1:{port}")
    app = web_app(pages.desk, Provider(there.url, "desk", "secret"))
    async with (
        served(there.app, port),
        served(app, pages.settings.desk_port),
        httpx2.AsyncClient(base_url=pages.settings.desk_url, follow_redirects=False) as browser,
    ):
        yield there, browser


async def at_the_provider(there: Organisation, browser: httpx2.AsyncClient, wanted: str = "/cases") -> dict[str, str]:
    """What the desk asked of the provider, once somebody has asked for a page."""
    first = await browser.get(wanted)
    assert first.status_code == 303
    to = await browser.get(first.headers["location"])
    asked = {name: values[0] for name, values in parse_qs(urlsplit(to.headers["location"]).query).items()}
    there.nonce = asked["nonce"]
    return asked


async def back(browser: httpx2.AsyncClient, asked: dict[str, str], code: str = "c") -> httpx2.Response:
    return await browser.get("/sign-in/return", params={"code": code, "state": asked["state"]})


async def test_somebody_of_the_directory_signs_in_and_gets_to_the_page_they_wanted(pages: Pages) -> None:
    async with with_organisation(pages) as (there, browser):
        asked = await at_the_provider(there, browser, "/cases?q=101")
        assert asked["code_challenge_method"] == "S256" and asked["code_challenge"]
        assert asked["redirect_uri"] == f"{pages.settings.desk_url}/sign-in/return"
        got = await back(browser, asked)
        assert (got.status_code, got.headers["location"]) == (303, "/cases?q=101")
        cookie = next(each for each in got.headers.get_list("set-cookie") if each.startswith("scr-desk="))
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert "Jocasta Fairweather" in (await browser.get("/cases?q=101")).text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another-desk"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"email": "nobody@elsewhere.example"},
        {"email_verified": False},
        {"email": None},
        {"email": ["chair@board.northbridge.example"]},
    ],
    ids=str,
)
async def test_what_the_token_says_has_to_be_right(pages: Pages, claims: dict[str, Any]) -> None:
    async with with_organisation(pages) as (there, browser):
        asked = await at_the_provider(there, browser)
        there.claims = claims
        got = await back(browser, asked)
        assert got.status_code in {400, 403} and "Traceback" not in got.text
        assert (await browser.get("/cases")).status_code == 303, "nobody is signed in"


def forged_with_another_key(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k1"}, claims, ECKey.generate_key("P-256", {"kid": "k1"}))


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "none"}, claims, OctKey.import_key("x" * 32), algorithms=["none"])


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("secret" * 6), algorithms=["HS256"])


@pytest.mark.parametrize("forge", [forged_with_another_key, unsigned, signed_with_the_public_key])
async def test_a_forged_token_lets_nobody_in(pages: Pages, forge: Callable[[dict[str, Any]], str]) -> None:
    async with with_organisation(pages) as (there, browser):
        asked = await at_the_provider(there, browser)
        there.token = forge
        assert (await back(browser, asked)).status_code == 400
        assert (await browser.get("/cases")).status_code == 303


async def test_a_return_that_was_not_asked_for_here_lets_nobody_in(pages: Pages) -> None:
    async with with_organisation(pages) as (there, browser):
        asked = await at_the_provider(there, browser)
        assert (await back(browser, {"state": "another"})).status_code == 400
        asked = await at_the_provider(there, browser)
        async with httpx2.AsyncClient(base_url=pages.settings.desk_url) as another:
            assert (await back(another, asked)).status_code == 400, "another browser has not begun it"
        refused = await browser.get("/sign-in/return", params={"error": "access_denied", "state": asked["state"]})
        assert refused.status_code == 400


async def test_a_return_counts_once(pages: Pages) -> None:
    async with with_organisation(pages) as (there, browser):
        asked = await at_the_provider(there, browser)
        assert (await back(browser, asked)).status_code == 303
        assert (await back(browser, asked)).status_code == 400


async def test_while_the_provider_is_away_that_is_said_and_nobody_is_in(pages: Pages) -> None:
    pages.app.state.sign_in = None
    provider = Provider(f"http://127.0.0.1:{free_port()}", "desk")
    async with (
        served(web_app(pages.desk, provider), pages.settings.desk_port),
        httpx2.AsyncClient(base_url=pages.settings.desk_url) as browser,
    ):
        got = await browser.get("/sign-in")
        assert got.status_code == 503 and "does not answer" in got.text
    async with with_organisation(pages) as (there, browser):
        asked = await at_the_provider(there, browser)
        there.broken = True
        assert (await back(browser, asked)).status_code in {400, 503}


async def test_without_a_provider_it_is_said_that_nobody_can_sign_in(pages: Pages) -> None:
    got = pages.browser().client.get("/sign-in")
    assert got.status_code == 503 and "SCR_OIDC_ISSUER" in got.text


async def test_signing_out_ends_the_session_here_and_at_the_provider(pages: Pages) -> None:
    async with with_organisation(pages) as (there, browser):
        await back(browser, await at_the_provider(there, browser))
        token = browser.cookies["scr-desk"]
        page = (await browser.get("/")).text
        own = re.search(r'name="form_token" value="([^"]+)"', page)
        assert own is not None
        got = await browser.post("/sign-out", data={"form_token": own[1]})
        assert got.headers["location"].startswith(f"{there.url}/out?client_id=desk")
        browser.cookies.set("scr-desk", token)
        assert (await browser.get("/")).status_code == 303, "the same cookie opens nothing any more"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "",
        "evil",
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(path: str) -> None:
    assert local_path(path) == "/"
    assert local_path(f"/{quote(path)}").startswith("/")
    assert local_path("/cases?page=2") == "/cases?page=2"


@asynccontextmanager
async def trying_out(pages: Pages) -> AsyncIterator[httpx2.AsyncClient]:
    made = TryOut(pages.settings)
    app = web_app(pages.desk, made.provider, made.routes)
    async with (
        served(app, pages.settings.desk_port),
        httpx2.AsyncClient(base_url=pages.settings.desk_url, follow_redirects=False) as browser,
    ):
        yield browser


def inputs(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {unescape(name): unescape(value) for name, value in found}


async def chosen(browser: httpx2.AsyncClient, person: str = "northbridge/nb-chair") -> tuple[str, str]:
    """Where the provider sends somebody who chose a person, and the verifier's half that it was asked with."""
    first = await browser.get("/sign-in")
    page = await browser.get(first.headers["location"])
    assert "Anybody on this machine can sign in as anybody" in page.text
    asked = inputs(page.text)
    got = await browser.post("/try-out-provider/authorize", data={**asked, "person": person})
    assert got.status_code == 303
    return str(got.headers["location"]), asked["code_challenge"]


async def test_trying_out_anybody_signs_in_by_choosing_themselves(pages: Pages) -> None:
    async with trying_out(pages) as browser:
        location, _ = await chosen(browser)
        assert (await browser.get(location)).headers["location"] == "/"
        page = await browser.get("/")
        assert "Jocasta Fairweather" in page.text and "Try-out" in page.text


async def test_a_code_of_the_try_out_provider_is_good_once_and_with_its_verifier(pages: Pages) -> None:
    async with trying_out(pages) as browser:
        location, _ = await chosen(browser)
        code = parse_qs(urlsplit(location).query)["code"][0]
        forged = {"grant_type": "authorization_code", "code": code, "code_verifier": "guessed"}
        assert (await browser.post("/try-out-provider/token", data=forged)).status_code == 400
        assert (await browser.get(location)).status_code == 400, "it was used up"
        location, _ = await chosen(browser, "northbridge/nobody")
        assert (await browser.get(location)).status_code == 400


async def test_the_try_out_provider_sends_nobody_elsewhere_and_answers_nobody_from_elsewhere(pages: Pages) -> None:
    async with trying_out(pages) as browser:
        elsewhere = {
            "client_id": "desk",
            "redirect_uri": "https://evil.example/",
            "state": "s",
            "nonce": "n",
            "code_challenge": "c",
        }
        assert (await browser.get("/try-out-provider/authorize", params=elsewhere)).status_code == 400
        form = {**elsewhere, "person": "northbridge/nb-chair"}
        assert (await browser.post("/try-out-provider/authorize", data=form)).status_code == 400
        rebound = {"host": "desk.evil.example"}
        for path in ("authorize", ".well-known/openid-configuration", "jwks"):
            assert (await browser.get(f"/try-out-provider/{path}", headers=rebound)).status_code == 403


@pytest.mark.parametrize(
    "settings",
    [
        {"desk_url": "https://reviews.northbridge.example"},
        {"desk_host": "0.0.0.0"},
        {"desk_url": "http://192.168.1.4:8235"},
    ],
    ids=str,
)
def test_trying_out_cannot_be_switched_on_where_others_reach_the_desk(tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(SettingsFault, match="SCR_OIDC_ISSUER"):
        TryOut(ScratchSettings(var_dir=tmp_path, **settings))
