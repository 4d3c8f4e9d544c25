"""A local mailbox: a real mail server on loopback that keeps every letter as a file, to be read in the terminal."""

import email
import email.policy
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Kept:
    """A letter in the mailbox."""

    path: Path
    message_id: str
    date: datetime
    to: str
    subject: str
    text: str
    """The plain text part."""


class Mailbox:
    """The mail server, for as long as the context lasts. A letter that comes again is kept once and counted."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self._controller = Controller(_Keeper(folder), hostname="127.0.0.1", port=port)

    async def __aenter__(self) -> Self:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._controller.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the letter on disk before it is accepted."""
        message = _parse(envelope.content)
        digest = _digest(message, envelope.rcpt_tos)
        # Sent again it has a later date: its id tells that it is the same.
        if known := next(self._folder.glob(f"*-{digest}.eml"), None):
            with known.with_suffix(".again").open("a", encoding="utf-8") as again:
                again.write(f"{_message_id(message)}\n")
            return "250 Kept before"
        date = parsedate_to_datetime(message["Date"]).strftime("%Y%m%d-%H%M%S")
        path = self._folder / f"{date}-{digest}.eml"
        unfinished = path.with_suffix(".new")
        with unfinished.open("wb") as file:
            file.write(envelope.content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        return f"250 Kept as {path.name}"


def list_letters(folder: Path) -> list[Kept]:
    """All letters of a mailbox, the oldest first."""
    return sorted((read_letter(path) for path in folder.glob("*.eml")), key=lambda kept: (kept.date, kept.path.name))


def read_letter(path: Path) -> Kept:
    """A letter of a mailbox."""
    message = _parse(path.read_bytes())
    body = message.get_body(("plain",))
    return Kept(
        path=path,
        message_id=_message_id(message),
        date=parsedate_to_datetime(message["Date"]),
        to=message["To"] or "",
        subject=(message["Subject"] or "").strip(),
        text=body.get_content() if body else "",
    )


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, EmailMessage, policy=email.policy.default)


def _message_id(message: EmailMessage) -> str:
    """Without the line break that a long one begins with."""
    return str(message["Message-ID"] or "").strip()


def _digest(message: EmailMessage, recipients: list[str]) -> str:
    """The same for the same letter to the same reader."""
    key = f"{_message_id(message)} {' '.join(sorted(recipients))}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]
