"""The desk's pages, as a process of their own (``python -m desk.web.serving``) or as a part of another."""

import asyncio
import logging
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client

from desk.opening import open_record
from desk.sending import Connect
from desk.service import Service
from desk.web.app import web_app
from desk.web.assets import AssetsFault
from desk.web.context import Desk
from domain.directory import Directory, DirectoryFault
from records.appointed import refresh
from records.engine import RecordFault
from records.files import open_files
from records.store import Record
from sealing import KeyringFault
from settings import Settings, SettingsFault
from wiring import CurrentDirectory, configure_logging, connect

_log = logging.getLogger(__name__)

FAULTS: Final = (AssetsFault, RecordFault, KeyringFault, DirectoryFault)


def make_desk(settings: Settings, record: Record, directory: Callable[[], Directory], connect_to: Connect) -> Desk:
    """The desk on that record; ``connect_to`` gives a client for answers."""
    service = Service(
        record,
        directory=directory,
        connect=connect_to,
        task_queue=settings.task_queue,
        link_template=settings.link_template,
    )
    return Desk(
        settings=settings,
        record=record,
        keyring=record.keyring,
        directory=directory,
        connect=connect_to,
        service=service,
        store=open_files(settings, record.keyring),
        now=lambda: datetime.now(UTC),
    )


class Connected:
    """A client that is made with the first answer and used for all that follow."""

    def __init__(self, settings: Settings, record: Record) -> None:
        self._settings, self._record = settings, record
        self._client: Client | None = None

    async def __call__(self) -> Client:
        """The client. Raises ``RuntimeError`` where the server cannot be reached."""
        if self._client is None:
            self._client = await connect(self._settings, keyring=self._record.keyring)
        return self._client


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[asyncio.Task[None]]:
    """Serve on 127.0.0.1 for as long as the context lasts; yields the task. Raises ``OSError`` for a taken port."""
    server = _Guest(_config(app))
    with socket.create_server(("127.0.0.1", port)) as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]), name="desk")
        try:
            yield task
        finally:
            server.should_exit = True
            await task


class Contained:
    """Ends a fault of ours with a line that says where it came about, and nothing of what somebody typed.

    The person sees the page for it; the web server would log the fault with all its words.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a fault that passes all handlers ends here."""
        try:
            await self._app(scope, receive, send)
        except Exception as fault:  # whatever it is, its words may be somebody's
            last = traceback.extract_tb(fault.__traceback__)[-1]
            _log.error("a page failed: %s at %s:%d", type(fault).__name__, Path(last.filename).name, last.lineno)


class _Guest(uvicorn.Server):
    """A web server in a process that is not its own: signals are none of its business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the process's signal handlers as they are."""
        yield


def _config(app: Starlette, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """No access log of the web server's own: who looked at what is in the record."""
    return uvicorn.Config(
        Contained(app),
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def main() -> int:
    """Serve until stopped. Exit status 1 where the record or the key ring cannot be used, 2 where a setting cannot."""
    try:
        settings = Settings()
        record, directory = open_record(settings), CurrentDirectory(settings.directory_file)
        app = web_app(make_desk(settings, record, directory, Connected(settings, record)))
        for board in directory().boards:
            refresh(record, board.id)
    except (SettingsFault, *FAULTS) as fault:
        print(fault, file=sys.stderr)  # noqa: T201
        return 2 if isinstance(fault, SettingsFault) else 1
    configure_logging(settings)
    uvicorn.Server(_config(app, settings.desk_host, settings.desk_port)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
