"""The codec endpoint as the Temporal Web UI's browser page uses it, and as nobody else may."""

import base64
import json
import logging
import socket
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload

from desk.codec import LARGEST, codec_app, serving
from sealing import Keyring
from wiring import KeyringCodec

UI = "http://localhost:8233"
ELSEWHERE = "http://localhost:9999"
NAME = "Quillfeather"


@pytest.fixture(scope="session")
def codec(keyring: Keyring) -> KeyringCodec:
    return KeyringCodec(keyring)


@pytest.fixture(scope="session")
async def endpoint(codec: KeyringCodec) -> AsyncIterator[httpx.AsyncClient]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app = codec_app(codec, ["http://127.0.0.1:8233", UI])
    async with serving(app, port), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def plain(text: str = NAME) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(text).encode())


def body(*payloads: Payload) -> dict[str, object]:
    return {"payloads": [MessageToDict(payload) for payload in payloads]}


@pytest.mark.parametrize("path", ["/codec/encode", "/codec/decode"])
@pytest.mark.parametrize("origin", [UI, "http://127.0.0.1:8233"])
async def test_preflight_of_the_web_ui_is_allowed_for_both_paths(
    endpoint: httpx.AsyncClient, path: str, origin: str
) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-namespace",
    }
    answer = await endpoint.options(path, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = {header.strip().lower() for header in answer.headers["access-control-allow-headers"].split(",")}
    assert allowed >= {"authorization", "content-type", "x-namespace"}


@pytest.mark.parametrize("path", ["/codec/encode", "/codec/decode"])
@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "http://localhost:8233.example", "https://localhost:8233"])
async def test_pages_of_another_origin_get_no_answer_and_no_cors_header(
    endpoint: httpx.AsyncClient, path: str, origin: str
) -> None:
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (
        await endpoint.options(path, headers=preflight),
        await endpoint.post(path, headers={"Origin": origin}, json=body(plain())),
    ):
        assert answer.status_code == 403
        assert not [header for header in answer.headers if header.startswith("access-control")]
        assert "payloads" not in answer.text


async def test_what_is_encoded_is_sealed_and_decodes_to_the_same(endpoint: httpx.AsyncClient) -> None:
    headers = {"Origin": UI, "X-Namespace": "default"}
    sealed = await endpoint.post("/codec/encode", headers=headers, json=body(plain(), plain("second")))
    assert sealed.status_code == 200
    assert sealed.headers["access-control-allow-origin"] == UI
    assert NAME not in sealed.text
    assert base64.b64encode(json.dumps(NAME).encode()).decode() not in sealed.text
    opened = await endpoint.post("/codec/decode", headers=headers, json=sealed.json())
    assert opened.json() == body(plain(), plain("second"))


async def test_what_was_never_sealed_is_passed_on_as_it_is(endpoint: httpx.AsyncClient) -> None:
    opened = await endpoint.post("/codec/decode", json=body(plain()))
    assert opened.json() == body(plain())


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
async def test_a_bad_body_is_refused_in_one_line_that_does_not_quote_it(
    endpoint: httpx.AsyncClient, content: str | bytes
) -> None:
    answer = await endpoint.post("/codec/decode", content=content)
    assert answer.status_code == 400
    assert len(answer.text.splitlines()) == 1
    assert NAME not in answer.text


async def test_an_unknown_key_is_named(endpoint: httpx.AsyncClient) -> None:
    other = Keyring.model_validate({"current": "k9", "keys": {"k9": bytes(32)}})
    sealed = await KeyringCodec(other).encode([plain()])
    answer = await endpoint.post("/codec/decode", headers={"Origin": UI}, json=body(*sealed))
    assert answer.status_code == 400
    assert "'k9'" in answer.text
    assert len(answer.text.splitlines()) == 1


async def test_altered_bytes_do_not_open(endpoint: httpx.AsyncClient, codec: KeyringCodec) -> None:
    [sealed] = await codec.encode([plain()])
    sealed.data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
    answer = await endpoint.post("/codec/decode", json=body(sealed))
    assert answer.status_code == 400
    assert "does not open" in answer.text


async def test_a_request_that_is_too_large_is_refused(endpoint: httpx.AsyncClient) -> None:
    answer = await endpoint.post("/codec/decode", content=b" " * (LARGEST + 1))
    assert answer.status_code == 413


async def test_each_decoding_is_logged_with_its_count_and_nothing_of_its_content(
    endpoint: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await endpoint.post("/codec/decode", json=body(plain(), plain(), plain()))
    [line] = [record.getMessage() for record in caplog.records if record.name == "desk.codec"]
    assert line == "payloads decoded: 3"
    assert NAME not in caplog.text


async def test_it_says_that_it_is_there(endpoint: httpx.AsyncClient) -> None:
    assert (await endpoint.get("/healthz")).status_code == 200


@pytest.mark.parametrize("path", ["/codec/encode", "/codec/decode"])
async def test_only_posting_opens_or_seals(endpoint: httpx.AsyncClient, path: str) -> None:
    assert (await endpoint.get(path)).status_code == 405
