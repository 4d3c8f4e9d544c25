"""Being signed in: a random token in a cookie of the browser, its hash with what belongs to it in the record.

Somebody who asks for no page for a while has to sign in again; so has everybody after some hours. Who left the
directory, or ended the session, is signed out with the next page.
"""

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desk.civil import in_civil_time
from desk.web.context import Desk, desk_of
from desk.web.viewer import Viewer, viewer_for
from records import desk_sessions
from records.desk_sessions import DeskSession

PLAIN_COOKIE: Final = "scr-desk"
SAFE_COOKIE: Final = "__Host-scr-desk"
"""A name that browsers accept over https alone, for the whole host and from nobody else."""
FOR_CODEC: Final = "codec-"
"""What tokens for the command line begin with: they are no session of a browser."""
LATELY: Final = timedelta(days=1)
NOTED_EVERY: Final = timedelta(seconds=30)
"""A click is not written down more often than this."""


def cookie_name(desk: Desk) -> str:
    """The name of the cookie: the safe one wherever the desk is reached over https."""
    return SAFE_COOKIE if _is_https(desk) else PLAIN_COOKIE


async def begin(request: Request, board: str, person: str) -> str:
    """Sign somebody in, in place of whoever was before. Returns the value of the ``Set-Cookie`` header."""
    desk, token = desk_of(request), secrets.token_urlsafe(32)
    await end(request)
    await run_in_threadpool(desk_sessions.begin, desk.record, token, board, person, desk.now())
    return _cookie(desk, token)


async def end(request: Request) -> None:
    """Sign out; nothing where nobody is signed in."""
    desk = desk_of(request)
    if token := token_of(request):
        await run_in_threadpool(desk_sessions.end, desk.record, token, desk.now())


def forget(desk: Desk, response: Response) -> None:
    """Have the browser forget the cookie."""
    response.headers.append("set-cookie", _cookie(desk, "", gone=True))


async def viewer_of(request: Request, *, counts: bool = True) -> Viewer | None:
    """Who asks for this page; ``None`` where nobody is signed in, or not any more. ``counts``: as a sign of life."""
    desk, token = desk_of(request), token_of(request)
    found = await run_in_threadpool(desk_sessions.find, desk.record, token) if token else None
    if token is None or found is None or not _holds(desk, found):
        return None
    now = desk.now()
    if counts and now - found.seen_at > NOTED_EVERY:
        await run_in_threadpool(desk_sessions.seen, desk.record, token, now)
    return viewer_for(desk.directory(), found.board, found.person, in_civil_time(now).date())


async def seconds_left(request: Request) -> int:
    """Seconds until the session runs out by itself; 0 where there is none."""
    desk, token = desk_of(request), token_of(request)
    found = await run_in_threadpool(desk_sessions.find, desk.record, token) if token else None
    if found is None or not _holds(desk, found):
        return 0
    idle = found.seen_at + timedelta(minutes=desk.settings.session_minutes)
    over = found.begun_at + timedelta(hours=desk.settings.session_hours)
    return max(int((min(idle, over) - desk.now()).total_seconds()), 0)


async def lately(request: Request) -> Viewer | None:
    """Whose session it was that ran out by itself within a day, so that nothing typed is lost.

    ``None`` for one that was ended, and for somebody who has left the directory.
    """
    desk, token = desk_of(request), token_of(request)
    found = await run_in_threadpool(desk_sessions.find, desk.record, token) if token else None
    if found is None or found.ended_at is not None or desk.now() - found.seen_at > LATELY:
        return None
    return viewer_for(desk.directory(), found.board, found.person, in_civil_time(desk.now()).date())


def token_of(request: Request) -> str | None:
    """The token that the browser shows."""
    token = request.cookies.get(cookie_name(desk_of(request))) or ""
    return token if token and not token.startswith(FOR_CODEC) else None


def form_token(request: Request) -> str:
    """What every form of this session carries, so that no other site can send one in somebody's name."""
    key = token_of(request) or ""
    return hmac.new(key.encode(), b"form", sha256).hexdigest()


def is_own_form(request: Request, given: str) -> bool:
    """Whether a form that came in is one of this session."""
    own = form_token(request).encode()
    return bool(token_of(request)) and hmac.compare_digest(own, given.encode("utf-8", "replace"))


def _holds(desk: Desk, session: DeskSession) -> bool:
    now, settings = desk.now(), desk.settings
    idle = now - session.seen_at > timedelta(minutes=settings.session_minutes)
    over = now - session.begun_at > timedelta(hours=settings.session_hours)
    return session.ended_at is None and not idle and not over


def _is_https(desk: Desk) -> bool:
    return desk.settings.desk_url.startswith("https://")


def _cookie(desk: Desk, token: str, *, gone: bool = False) -> str:
    cookie: SimpleCookie = SimpleCookie()
    name = cookie_name(desk)
    cookie[name] = token
    morsel: Any = cookie[name]  # whose values are texts, or whether a flag is set
    morsel.update({"path": "/", "httponly": True, "samesite": "Lax", "secure": _is_https(desk)})
    if gone:
        morsel["max-age"] = 0
    return str(morsel.OutputString())
