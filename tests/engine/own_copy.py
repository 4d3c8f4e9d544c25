"""A copy of the service for tests: a folder and ports of its own."""

import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from settings import Settings

ROOT = Path(__file__).parents[2]
PORTS = ("temporal_port", "ui_port", "mailbox_port", "desk_port")


def own_settings(folder: Path, **more: Any) -> Settings:
    """Settings for a copy in that folder, on ports that are free."""
    with ExitStack() as held:
        servers = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        ports = {name: server.getsockname()[1] for name, server in zip(PORTS, servers, strict=True)}
    return Settings(var_dir=folder, directory_file=ROOT / "directory.toml", **(ports | more))


def as_environment(settings: Settings) -> dict[str, str]:
    """The same settings as a process gets them."""
    names = ("var_dir", "directory_file", "key_file", "database_url", *PORTS)
    return {f"SCR_{name.upper()}": str(getattr(settings, name)) for name in names}


def refuses_connections(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0
