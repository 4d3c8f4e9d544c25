"""A private PostgreSQL instance for tests."""

import os
import pwd
import shutil
import socket
import subprocess
from itertools import count
from pathlib import Path

import psycopg

DATABASES = count(1)
TRIES = 5


class PostgresServer:
    """A PostgreSQL instance of the tests' own, in a folder of its own."""

    def __init__(self, programs: Path, folder: Path, owner: str | None) -> None:
        self.programs = programs
        self._folder = folder
        self._owner = owner
        self.port = 0

    def start(self) -> None:
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        for attempt in range(1, TRIES + 1):
            self.port = _free_port()
            options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
            try:
                return self._run("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "log", "-o", options, "start")
            except subprocess.CalledProcessError:  # somebody else took the port meanwhile
                if attempt == TRIES:
                    raise

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def new_database(self) -> str:
        """Address of an empty database."""
        name = f"record_{next(DATABASES)}"
        with psycopg.connect(self.address("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.address(name)

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            cwd=self._folder,
            user=self._owner,
            group=pwd.getpwnam(self._owner).pw_gid if self._owner else None,
            extra_groups=[] if self._owner else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def installed_programs() -> Path | None:
    """Folder of the newest PostgreSQL programs on this machine."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if packaged:
        return packaged[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def unprivileged_user() -> str | None:
    """The user to run PostgreSQL as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
