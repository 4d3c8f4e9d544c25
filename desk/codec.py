"""The codec endpoint: opens sealed payloads for the Temporal Web UI, and seals what is typed there.

``POST /codec/decode`` and ``/codec/encode`` take and give ``{"payloads": […]}`` in Temporal's JSON. Browsers are served
for the Web UI's own origins only. As a process of its own: ``python -m desk.codec``.
"""

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

from sealing import KeyringFault, load_keyring
from settings import Settings, SettingsFault
from wiring import KeyringCodec, configure_logging

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of one request: several payloads of the 2 MiB that Temporal allows for each, in base64."""
HEADERS: Final = ("content-type", "x-namespace", "authorization")

_log = logging.getLogger(__name__)

Work = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]


def codec_app(codec: PayloadCodec, origins: Collection[str]) -> Starlette:
    """The endpoint as an ASGI application, for browsers on pages of these origins (``http://localhost:8233``)."""
    return Starlette(
        routes=[
            Route("/codec/encode", _endpoint("encoded", codec.encode), methods=["POST"]),
            Route("/codec/decode", _endpoint("decoded", codec.decode), methods=["POST"]),
            Route("/healthz", _healthz),
        ],
        middleware=[
            Middleware(_OwnPagesOnly, origins=origins),
            Middleware(CORSMiddleware, allow_origins=origins, allow_methods=["POST"], allow_headers=HEADERS),
        ],
        exception_handlers={HTTPException: _one_line},
    )


@asynccontextmanager
async def serving(app: Starlette, port: int) -> AsyncIterator[asyncio.Task[None]]:
    """Serve on 127.0.0.1 for as long as the context lasts; yields the task. Raises ``OSError`` for a taken port."""
    server = _Guest(_config(app))
    with socket.create_server(("127.0.0.1", port)) as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]), name="codec endpoint")
        try:
            yield task
        finally:
            server.should_exit = True
            await task


class _Guest(uvicorn.Server):
    """A web server in a process that is not its own: signals are none of its business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signal handlers as they are."""
        yield


def _config(app: Starlette, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """No access log of its own: the endpoint writes one that tells what was opened."""
    return uvicorn.Config(app, host=host, port=port, access_log=False, log_config=None, timeout_graceful_shutdown=1)


class _OwnPagesOnly:
    """Turns away whatever a page of another origin asks for, whether or not its browser would show the answer."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = {origin.encode() for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origins = [value for name, value in scope.get("headers", ()) if name == b"origin"]
        if all(origin in self._origins for origin in origins):
            await self._app(scope, receive, send)
            return
        await PlainTextResponse("pages of this origin may not use the codec endpoint", 403)(scope, receive, send)


def _endpoint(done: str, work: Work) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def answer(request: Request) -> JSONResponse:
        given = _payloads(await _body(request))
        try:
            payloads = await work(given)
        except KeyringFault as fault:
            raise HTTPException(400, str(fault)) from None
        _log.info("payloads %s: %d", done, len(payloads))
        return JSONResponse({"payloads": [MessageToDict(payload) for payload in payloads]})

    return answer


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise HTTPException(413, f"more than {LARGEST} bytes in one request")
    return bytes(body)


class _Body(BaseModel):
    payloads: list[dict[str, Any]]


def _payloads(body: bytes) -> Sequence[Payload]:
    try:
        given = _Body.model_validate_json(body).model_dump()
        return ParseDict(given, Payloads(), ignore_unknown_fields=True).payloads
    except (ValidationError, ParseError):
        # What was given is not quoted: it may be plain text.
        raise HTTPException(400, 'the body is not {"payloads": [...]} as Temporal writes it') from None


async def _healthz(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def _one_line(_: Request, error: Exception) -> PlainTextResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it only
    return PlainTextResponse(error.detail, error.status_code, headers=error.headers)


def main() -> int:
    """Serve until stopped. Exit status 1 where the key ring cannot be used, 2 where a setting cannot."""
    try:
        settings = Settings()
        codec = KeyringCodec(load_keyring(settings.key_file))
    except (SettingsFault, KeyringFault) as fault:
        print(fault, file=sys.stderr)  # noqa: T201
        return 2 if isinstance(fault, SettingsFault) else 1
    configure_logging(settings)
    app = codec_app(codec, settings.ui_origins)
    uvicorn.Server(_config(app, settings.codec_host, settings.codec_port)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
