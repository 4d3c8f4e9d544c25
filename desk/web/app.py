"""The desk's pages as an ASGI application: every route there is, each with whom it is for."""

from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from desk.web import assets, cases, my_work, pages, tasks
from desk.web.access import For, guarded
from desk.web.context import Desk
from desk.web.headers import SecurityHeaders
from desk.web.limits import LimitedBody

_WORDS: Final = {
    404: ("There is no such page", "Or it is not meant for you."),
    405: ("This cannot be done here", "Go back and use the buttons of the page."),
    413: ("Too much was sent", "Send less at a time."),
    500: ("Something went wrong here", "What you typed into a form is kept. Try again in a while, or tell the business manager."),
}


def web_app(desk: Desk, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The pages of this desk; ``more`` are routes beside them: signing in, events, codec."""
    app = Starlette(
        routes=[*routes(), *more, assets.assets_mount()],
        middleware=[Middleware(SecurityHeaders, desk_url=desk.settings.desk_url), Middleware(LimitedBody)],
        exception_handlers={HTTPException: _http, Exception: _broken},
    )
    app.state.desk = desk
    return app


def routes() -> list[Route]:
    """Every page."""
    health = guarded("/healthz", _healthz, For.EVERYBODY, name="health")
    return [health, *my_work.routes, *cases.routes, *tasks.routes]


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it only
    title, text = _WORDS.get(error.status_code, ("This cannot be done", "Go back and try again."))
    return pages.problem(request, error.status_code, title, text)


async def _broken(request: Request, _: Exception) -> Response:
    return pages.problem(request, 500, *_WORDS[500])
