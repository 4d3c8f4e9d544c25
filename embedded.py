"""Everything that one machine needs beside a worker: Temporal server with Web UI, desk, mailbox, case record.

It all lives in the folder of ``SCR_VAR_DIR`` and listens on 127.0.0.1 only. What can be checked is checked before
anything is started.
"""

import errno
import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import make_url
from starlette.applications import Starlette
from temporalio.client import Client

from desk.web.app import web_app
from desk.web.provider import TryOut
from desk.web.serving import make_desk, served
from domain.directory import Directory
from letters.mailbox import Mailbox
from records.migrate import upgrade
from records.store import Record
from sealing import Keyring, KeyringFault, create_keyring, load_keyring
from settings import PREFIX, Settings
from simulated import free_port
from temporal_server import EmbeddedFault, TemporalServer
from web_ui import web_ui_app


class Embedded:
    """All of it, for as long as the context lasts.

    Entering raises ``EmbeddedFault``, ``KeyringFault`` or ``RecordFault`` of one line, and leaves nothing running.
    """

    keyring: Keyring

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = TemporalServer(settings)
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.aclose()

    async def until_it_fails(self) -> None:
        """Wait until a part has ended by itself, then raise ``EmbeddedFault``."""
        await self._server.until_it_ends()

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        folder = settings.var_dir
        _make_folder(folder)
        stack.enter_context(_only_copy(folder / "lock"))
        await self._server.stop_left_over()
        _check_ports(settings)
        self.keyring = open_keyring(settings)
        upgrade(settings.database_url)
        await stack.enter_async_context(Mailbox(folder / "mailbox", settings.mailbox_port))
        self._server.ui_port = free_port()
        stack.push_async_callback(self._server.stop)
        await self._server.start()
        await stack.enter_async_context(served(web_ui_app(self._server.ui_port), settings.ui_port))


def own_desk(settings: Settings, record: Record, directory: Callable[[], Directory], client: Client) -> Starlette:
    """The desk's pages; for trying out with a provider of its own, unless the settings name one.

    Raises ``AssetsFault``, and ``SettingsFault`` where trying out would be open to others.
    """

    async def connected() -> Client:
        return client

    desk = make_desk(settings, record, directory, connected)
    if settings.oidc_issuer:
        return web_app(desk)
    trying_out = TryOut(settings)
    return web_app(desk, trying_out.provider, trying_out.routes)


def open_keyring(settings: Settings) -> Keyring:
    """The key ring; made on first use, and never again once something is sealed. Raises ``KeyringFault``.

    A small sealed file beside the record tells a wrong key before anything is read or written with it.
    """
    key_file, check = settings.key_file, settings.var_dir / "keyring.check"
    if key_file.exists():
        keyring = load_keyring(key_file)
    elif _something_is_sealed(settings, check):
        reason = f"there is no key file {key_file}, and what is kept in {settings.var_dir} was sealed with it"
        raise KeyringFault(f"{reason}: put it back")
    else:
        keyring = create_keyring(key_file)
    if check.exists():
        _try(keyring, check, settings)
    else:
        _seal_for_trying(keyring, check)
    return keyring


def _seal_for_trying(keyring: Keyring, check: Path) -> None:
    key_id, sealed = keyring.seal(check.name.encode())
    unfinished = check.with_suffix(".new")
    unfinished.write_text(f"{key_id} {sealed.hex()}")
    unfinished.replace(check)


def _try(keyring: Keyring, check: Path, settings: Settings) -> None:
    try:
        key_id, _, sealed = check.read_text().rpartition(" ")
        keyring.open(key_id, bytes.fromhex(sealed))
    except (KeyringFault, ValueError):
        reason = f"the key ring {settings.key_file} is not the one that {settings.var_dir} was sealed with"
        raise KeyringFault(f"{reason}: put that one back") from None


def _something_is_sealed(settings: Settings, check: Path) -> bool:
    record = make_url(settings.database_url)
    files = [check, settings.var_dir / "temporal.db"]
    if record.get_backend_name() == "sqlite" and record.database:
        files.append(Path(record.database))
    return any(file.exists() for file in files)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedFault(f"the folder {folder} cannot be made: {error.strerror} ({PREFIX}VAR_DIR)") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EmbeddedFault(f"the folder {folder} may not be written to by this user ({PREFIX}VAR_DIR)")


@contextmanager
def _only_copy(path: Path) -> Iterator[None]:
    """Hold the folder's lock, which ends with this process however it ends."""
    try:
        lock = path.open("a+")
    except OSError as error:
        raise EmbeddedFault(f"the file {path} cannot be used: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise EmbeddedFault(f"another copy is already running here (pid {lock.read().strip()})") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _check_ports(settings: Settings) -> None:
    faults = []
    for name in ("temporal_port", "ui_port", "mailbox_port", "desk_port"):
        port = getattr(settings, name)
        try:
            # As servers do it: a connection of an earlier run that is still closing is no hindrance.
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({os.strerror(error.errno or 0)})"
            faults.append(f"port {port} {why}: set {PREFIX}{name.upper()} to another")
    if faults:
        raise EmbeddedFault("; ".join(faults))
