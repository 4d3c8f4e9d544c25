"""The codec endpoint as the Temporal Web UI's browser page uses it, and as nobody else may."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_pages import Browser, Pages
from google.protobuf.json_format import MessageToDict
from starlette.testclient import TestClient
from temporalio.api.common.v1 import Payload

from desk.codec import LARGEST
from records import access_log
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from sealing import Keyring, create_keyring
from wiring import KeyringCodec

UI = "http://localhost:8233"
ELSEWHERE = "http://localhost:9999"
NAME = "Quillfeather"
CONTENT, OPERATOR, CHAIR = "nb-operator-2", "nb-operator-1", "nb-chair"
PATHS = ("/codec/encode", "/codec/decode")
NOW = datetime.fromisoformat("2026-11-23T10:00:00+00:00")


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    engine = make_engine(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(engine)
    record = Record(engine, create_keyring(tmp_path / "keyring.json"), lambda board, at, urgent: at)
    yield Pages(record, tmp_path, NOW)
    engine.dispose()


@pytest.fixture
def endpoint(pages: Pages) -> TestClient:
    """As somebody who may see content."""
    return pages.browser(CONTENT).client


def plain(text: str = NAME) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(text).encode())


def body(*payloads: Payload) -> dict[str, object]:
    return {"payloads": [MessageToDict(payload) for payload in payloads]}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [UI, "http://127.0.0.1:8233"])
def test_preflight_of_the_web_ui_is_allowed_with_its_cookie(endpoint: TestClient, path: str, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-namespace",
    }
    answer = endpoint.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = {header.strip().lower() for header in answer.headers["access-control-allow-headers"].split(",")}
    assert allowed >= {"authorization", "content-type", "x-namespace"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "http://localhost:8233.example", "https://localhost:8233"])
def test_pages_of_another_origin_get_no_answer_and_no_cors_header(endpoint: TestClient, path: str, origin: str) -> None:
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (
        endpoint.options(path, headers=preflight),
        endpoint.post(path, headers={"Origin": origin}, json=body(plain())),
    ):
        assert answer.status_code == 403
        assert not [header for header in answer.headers if header.startswith("access-control")]
        assert "payloads" not in answer.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["", OPERATOR, CHAIR, "nb-manager"])
def test_nobody_is_served_who_may_not_see_content(pages: Pages, path: str, who: str) -> None:
    answer = pages.browser(who).client.post(path, headers={"Origin": UI}, json=body(plain()))
    assert answer.status_code == 403 and "payloads" not in answer.text
    assert answer.headers["access-control-allow-origin"] == UI, "the Web UI can say why"


def test_what_is_encoded_is_sealed_and_decodes_to_the_same(endpoint: TestClient) -> None:
    headers = {"Origin": UI, "X-Namespace": "default"}
    sealed = endpoint.post("/codec/encode", headers=headers, json=body(plain(), plain("second")))
    assert sealed.status_code == 200
    assert sealed.headers["access-control-allow-origin"] == UI
    assert NAME not in sealed.text
    assert base64.b64encode(json.dumps(NAME).encode()).decode() not in sealed.text
    opened = endpoint.post("/codec/decode?preserveStorageRefs=true", headers=headers, json=sealed.json())
    assert opened.json() == body(plain(), plain("second"))


def test_what_was_never_sealed_is_passed_on_as_it_is(endpoint: TestClient) -> None:
    assert endpoint.post("/codec/decode", json=body(plain())).json() == body(plain())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"payloads": {}}',
        '{"payloads": [1]}',
        '{"payloads": [{"data": 7}]}',
        '{"payloads": [{"metadata": ["a"]}]}',
        "[" * 200_000,
        '{"payloads": ["' + NAME + '"]}',
        b"\xff\xfe",
    ],
)
def test_a_bad_body_is_refused_in_one_line_that_does_not_quote_it(endpoint: TestClient, content: str | bytes) -> None:
    answer = endpoint.post("/codec/decode", content=content)
    assert answer.status_code == 400
    assert len(answer.text.splitlines()) == 1
    assert NAME not in answer.text


async def test_an_unknown_key_is_named(endpoint: TestClient) -> None:
    other = Keyring.model_validate({"current": "k9", "keys": {"k9": bytes(32)}})
    sealed = await KeyringCodec(other).encode([plain()])
    answer = endpoint.post("/codec/decode", headers={"Origin": UI}, json=body(*sealed))
    assert answer.status_code == 400
    assert "'k9'" in answer.text
    assert len(answer.text.splitlines()) == 1


async def test_altered_bytes_do_not_open(endpoint: TestClient, pages: Pages) -> None:
    [sealed] = await KeyringCodec(pages.desk.keyring).encode([plain()])
    sealed.data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
    answer = endpoint.post("/codec/decode", json=body(sealed))
    assert answer.status_code == 400
    assert "does not open" in answer.text


def test_a_request_that_is_too_large_is_refused(endpoint: TestClient) -> None:
    assert endpoint.post("/codec/decode", content=b" " * (LARGEST + 1)).status_code == 413


def test_each_decoding_is_in_the_access_log_with_its_count_and_nothing_of_its_content(
    endpoint: TestClient, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.post("/codec/decode", json=body(plain(), plain(), plain()), headers={"X-Namespace": "default"})
    [noted] = access_log.noted(pages.record, "northbridge", "")
    assert (noted.person, noted.what, noted.detail) == (CONTENT, "payloads-decoded", "3 in default")
    assert NAME not in caplog.text


def made_token(browser: Browser) -> str:
    page = browser.post("/codec/token")
    found = re.search(r"Bearer (codec-[\w.-]+)", page.text)
    assert found, page.text
    return found[1]


def test_a_token_opens_payloads_for_an_hour_and_nothing_else(pages: Pages) -> None:
    token = made_token(pages.browser(CONTENT))
    client = pages.browser().client
    auth = {"Authorization": f"Bearer {token}"}
    assert client.post("/codec/decode", json=body(plain()), headers=auth).status_code == 200
    assert client.get("/operator", headers=auth, follow_redirects=False).status_code == 303
    client.cookies.set("scr-desk", token)
    assert client.get("/operator", follow_redirects=False).status_code == 303, "it is no session"
    client.cookies.clear()
    pages.now += timedelta(minutes=61)
    assert client.post("/codec/decode", json=body(plain()), headers=auth).status_code == 403


def test_a_token_goes_with_signing_out(pages: Pages) -> None:
    browser = pages.browser(CONTENT)
    auth = {"Authorization": f"Bearer {made_token(browser)}"}
    browser.post("/sign-out")
    assert pages.browser().client.post("/codec/decode", json=body(plain()), headers=auth).status_code == 403


def test_what_is_no_name_of_a_namespace_is_not_written_down(endpoint: TestClient, pages: Pages) -> None:
    endpoint.post("/codec/decode", json=body(plain()), headers={"X-Namespace": "Tamsin Wexcombe"})
    [noted] = access_log.noted(pages.record, "northbridge", "")
    assert noted.detail == "1"


def test_who_lost_the_role_has_a_token_that_opens_nothing(pages: Pages) -> None:
    token = made_token(pages.browser(CONTENT))
    board, *others = pages.known.boards
    left = tuple(person for person in board.people if person.id != CONTENT)
    pages.known = pages.known.model_copy(update={"boards": (board.model_copy(update={"people": left}), *others)})
    auth = {"Authorization": f"Bearer {token}"}
    assert pages.browser().client.post("/codec/decode", json=body(plain()), headers=auth).status_code == 403
