"""What the pages work with: handed in once, when the application is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from desk.sending import Connect
from desk.service import Service
from domain.directory import Directory
from records.files import FileStore
from records.store import Record
from sealing import Keyring
from settings import Settings


@dataclass(frozen=True)
class Desk:
    """Everything behind the pages."""

    settings: Settings
    record: Record
    keyring: Keyring
    directory: Callable[[], Directory]
    connect: Connect
    service: Service
    store: FileStore
    now: Callable[[], datetime]
    """The time of day, aware, in UTC."""


def desk_of(request: Request) -> Desk:
    """The desk that serves the request."""
    desk: Desk = request.app.state.desk
    return desk
