"""The desk's pages as an ASGI application: every route there is, each with whom it is for."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from desk.codec import LARGEST as LARGEST_PAYLOADS
from desk.web import (
    annual,
    assets,
    board,
    cases,
    chronology,
    documents,
    findings,
    history,
    lessons,
    my_work,
    operator,
    pages,
    plan,
    recording,
    sessions,
    sign_in,
    tasks,
)
from desk.web.access import guarded
from desk.web.codec import Codec
from desk.web.context import Desk
from desk.web.events import Events
from desk.web.headers import SecurityHeaders, security_headers
from desk.web.limits import FORM, LimitedBody
from desk.web.sign_in import Provider
from desk.web.uploads import largest, takes_files
from desk.web.whom import For
from records.engine import RecordFault
from settings import Settings

_log = logging.getLogger(__name__)

_WORDS: Final = {
    404: ("There is no such page", "Or it is not meant for you."),
    405: ("This cannot be done here", "Go back and use the buttons of the page."),
    413: ("Too much was sent", "Send less at a time."),
    503: (
        "This cannot be shown just now",
        "The record of the cases cannot be reached. Nothing was changed. Try again in a few minutes.",
    ),
    500: (
        "Something went wrong here",
        "What you typed into a form is kept. Try again in a while, or tell the business manager.",
    ),
}


def web_app(desk: Desk, provider: Provider | None = None, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The pages of this desk, with a provider to sign in with: one that is given, or that of the settings.

    ``more`` are routes beside them. Raises ``AssetsFault`` where styles and scripts have not been made.
    """
    chosen = provider or sign_in.provider_of(desk)
    headers = security_headers(
        https=desk.settings.desk_url.startswith("https:"), provider=chosen.origin if chosen else ""
    )
    app = Starlette(
        routes=[*routes(), *Events(desk).routes, *Codec(desk).routes, *more, assets.assets_mount()],
        middleware=[
            Middleware(SecurityHeaders, headers),
            Middleware(LimitedBody, largest=partial(_largest, desk.settings)),
            sign_in.remembering(desk),
        ],
        exception_handlers={HTTPException: _http, RecordFault: _away, Exception: _broken},
    )
    app.state.desk, app.state.headers = desk, headers
    app.state.sign_in = sign_in.client_for(chosen) if chosen else None
    app.state.tryout = provider is not None
    return app


def routes() -> list[Route]:
    """Every page."""
    own = [
        guarded("/healthz", _healthz, For.EVERYBODY, name="health", counts=False),
        guarded("/session", _session, For.EVERYBODY, name="session", counts=False),
        guarded("/stay", _stay, For.SIGNED_IN, name="stay"),
    ]
    parts = (
        my_work,
        cases,
        recording,
        tasks,
        documents,
        chronology,
        findings,
        history,
        plan,
        lessons,
        annual,
        board,
        operator,
        sign_in,
    )
    return [*own, *(route for part in parts for route in part.routes)]


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok")


def _largest(settings: Settings, path: str) -> int:
    """Bytes that a request to that path may have."""
    if path.startswith("/codec/"):
        return LARGEST_PAYLOADS
    if takes_files(path):
        return largest(settings)
    return FORM


async def _session(request: Request) -> Response:
    """How long the session lasts, for the warning before it ends."""
    return JSONResponse({"seconds": await sessions.seconds_left(request)})


async def _stay(_: Request) -> Response:
    """Asked for by somebody who wants to stay signed in."""
    return Response(status_code=204)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it only
    title, text = _WORDS.get(error.status_code, ("This cannot be done", "Go back and try again."))
    return pages.problem(request, error.status_code, title, text)


async def _away(request: Request, fault: Exception) -> Response:
    _log.error("the record cannot be used: %s", fault)
    return pages.problem(request, 503, *_WORDS[503])


async def _broken(request: Request, _: Exception) -> Response:
    """Answered outside everything else, the headers included."""
    page = pages.problem(request, 500, *_WORDS[500])
    page.headers.update({**request.app.state.headers, "cache-control": "no-store"})
    return page
