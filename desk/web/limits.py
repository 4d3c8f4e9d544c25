"""How much a request may bring along: what is larger is turned away before it is read."""

from collections.abc import Callable
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM: Final = 2 * 1024 * 1024
"""Bytes of a request to a page; documents have a limit of their own."""


class TooLarge(Exception):
    """Raised while a body is read that grows beyond its limit."""


class LimitedBody:
    """Turns away bodies that are larger than a page takes, told or not."""

    def __init__(self, app: ASGIApp, largest: Callable[[str], int]) -> None:
        self._app, self._most = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while it is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = self._most(scope["path"])
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if told.isdigit() and int(told) > largest:
            await _too_large(scope, receive, send)
            return
        seen, begun = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > largest:
                raise TooLarge
            return message

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noticed)
        except TooLarge:
            if begun:
                raise
            await _too_large(scope, receive, send)


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("More was sent than this page takes.", 413)(scope, receive, send)
