"""The Temporal Web UI of ``make run``, told to show its cookies to the codec endpoint.

The development server can be told where the endpoint is, but not that a browser should send the desk's cookie there, by
which the endpoint knows who asks. So its pages are passed on through here, and the one answer that lacks this gets it.
"""

import json
from typing import Final

import httpx2
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

SETTINGS: Final = "/api/v1/settings"
METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
NOT_PASSED_ON: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length", "content-encoding"}
)
"""Headers of one connection, and those of a body that is passed on unpacked."""


def web_ui_app(port: int) -> Starlette:
    """The Web UI that the server has on that port of this machine."""
    client = httpx2.AsyncClient(timeout=60, trust_env=False)

    async def passed_on(request: Request) -> Response:
        asked = client.build_request(
            request.method,
            httpx2.URL(f"http://127.0.0.1:{port}").copy_with(raw_path=_as_sent(request)),
            headers=[(name, value) for name, value in request.headers.items() if name not in NOT_PASSED_ON],
            content=await request.body(),
        )
        try:
            answer = await client.send(asked, stream=True)
        except httpx2.HTTPError:
            return PlainTextResponse("The Temporal server does not answer.", 502)
        headers = {name: value for name, value in answer.headers.items() if name not in NOT_PASSED_ON}
        if request.url.path == SETTINGS and answer.status_code == 200:
            return Response(with_cookies(await answer.aread()), 200, headers)
        done = BackgroundTask(answer.aclose)
        return StreamingResponse(answer.aiter_bytes(), answer.status_code, headers, background=done)

    return Starlette(routes=[Route("/{path:path}", passed_on, methods=METHODS)])


def _as_sent(request: Request) -> bytes:
    """Path and query, still encoded: ids of workflows have slashes in them."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return path + b"?" + query if query else path


def with_cookies(settings: bytes) -> bytes:
    """The Web UI's settings, in which its requests to the codec endpoint carry cookies."""
    told = json.loads(settings)
    told["Codec"] = {**(told.get("Codec") or {}), "IncludeCredentials": True}
    return json.dumps(told).encode()
