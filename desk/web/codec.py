"""The codec endpoint: opens sealed payloads for the Temporal Web UI and command line, and seals what is typed there.

For people alone who operate the service and may see content: signed in at the desk, or with a token that they made here
for the command line. Browsers are served on pages of the Web UI's own origins; each decoding is in the access log.
"""

import re
import secrets
from datetime import timedelta
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from desk.civil import in_civil_time
from desk.codec import NotPayloads, Work, worked
from desk.web import pages, sessions
from desk.web.access import guarded, note, self_guarded
from desk.web.context import Desk, desk_of
from desk.web.viewer import Viewer, viewer_for
from desk.web.whom import For, is_for
from records import desk_sessions
from sealing import KeyringFault
from wiring import KeyringCodec

NAMESPACE: Final = re.compile(r"[a-z0-9.-]{1,60}")
HEADERS: Final = "authorization, content-type, x-namespace"
TOKEN_LASTS: Final = timedelta(hours=1)
REFUSED: Final = "sign in at the desk as somebody who operates the service and may see content"


class Codec:
    """The endpoint, with the key ring of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._origins = frozenset(desk.settings.ui_origins)
        codec = KeyringCodec(desk.keyring)
        self._work: dict[str, Work] = {"encode": codec.encode, "decode": codec.decode}

    @property
    def routes(self) -> list[Route]:
        """Sealing, opening, and the page that gives a token for the command line."""
        made = [
            self_guarded(f"/codec/{what}", self._endpoint, name=f"codec-{what}", methods=("POST", "OPTIONS"))
            for what in self._work
        ]
        return [
            *made,
            guarded("/codec/token", _token_page, For.CONTENT, name="codec-token"),
            guarded("/codec/token", _give_token, For.CONTENT, name="codec-token-given", methods=("POST",)),
        ]

    async def _endpoint(self, request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._origins:
            return PlainTextResponse("pages of this origin may not use the codec endpoint", 403)
        answer = Response(status_code=204) if request.method == "OPTIONS" else await self._answered(request)
        if origin is not None:
            answer.headers.update(_cors(origin))
        return answer

    async def _answered(self, request: Request) -> Response:
        viewer = await _who(request)
        if viewer is None or not is_for(For.CONTENT, viewer):
            return PlainTextResponse(REFUSED, 403)
        what = request.url.path.rpartition("/")[2]
        try:
            payloads, count = await worked(await request.body(), self._work[what])
        except (NotPayloads, KeyringFault) as fault:
            return PlainTextResponse(str(fault), 400)
        request.state.viewer = viewer
        await note(request, f"payloads-{what}d", f"{count}{_namespace(request)}")
        return JSONResponse(payloads)


def _namespace(request: Request) -> str:
    """As the log has it: names of namespaces are references, and nothing else is taken for one."""
    named = request.headers.get("x-namespace", "")
    return f" in {named}" if NAMESPACE.fullmatch(named) else ""


async def _who(request: Request) -> Viewer | None:
    """Whose session it is; or whose token, which is good for nothing but this."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(sessions.FOR_CODEC):
        return await sessions.viewer_of(request)
    desk = desk_of(request)
    found = await run_in_threadpool(desk_sessions.find, desk.record, token)
    signed_in = token.removeprefix(sessions.FOR_CODEC).partition(".")[0]
    if not await run_in_threadpool(desk_sessions.is_open, desk.record, signed_in):
        return None  # a token goes with the sign-in in which it was given
    if found is None or found.ended_at is not None or desk.now() - found.begun_at > TOKEN_LASTS:
        return None
    return viewer_for(desk.directory(), found.board, found.person, in_civil_time(desk.now()).date())


async def _token_page(request: Request) -> Response:
    """What the token is for."""
    return pages.page(request, "codec-token.html", token="", desk_url=desk_of(request).settings.desk_url)


async def _give_token(request: Request) -> Response:
    """A token for an hour, or until its person signs out; shown once."""
    desk, viewer = desk_of(request), request.state.viewer
    signed_in = desk_sessions.fingerprint(sessions.token_of(request) or "")
    token = f"{sessions.FOR_CODEC}{signed_in}.{secrets.token_urlsafe(32)}"
    await run_in_threadpool(desk_sessions.begin, desk.record, token, viewer.board, viewer.person, desk.now())
    await note(request, "codec-token")
    return pages.page(request, "codec-token.html", token=token, desk_url=desk.settings.desk_url)


def _cors(origin: str) -> dict[str, str]:
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": HEADERS,
        "vary": "Origin",
    }
