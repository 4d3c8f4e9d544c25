"""What every answer tells the browser: nothing from elsewhere, nothing kept, nothing inside other pages."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.web.assets import PREFIX

YEAR: Final = 31_536_000
"""Seconds."""
_ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def content_security_policy(provider: str = "") -> str:
    """Scripts, styles and pictures of the desk alone; forms to the desk, and on to the sign-in provider."""
    forms = f"'self' {provider}".strip()
    parts = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": forms,
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def security_headers(*, https: bool, provider: str = "") -> dict[str, str]:
    """What every answer has. ``provider`` is the origin of the sign-in provider, where it is another."""
    over_https = {"strict-transport-security": f"max-age={YEAR}; includeSubDomains"} if https else {}
    return _ALWAYS | over_https | {"content-security-policy": content_security_policy(provider)}


class SecurityHeaders:
    """Adds them to every answer."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", _kept(scope["path"], message["status"]))
            await send(message)

        await self._app(scope, receive, with_headers)


def _kept(path: str, status: int) -> str:
    """Assets have an address that changes with them; a page is for the eyes of one person, now."""
    for_ever = path.startswith(f"{PREFIX}/") and status in {200, 304}
    return f"public, max-age={YEAR}, immutable" if for_ever else "no-store"
