"""Handing a letter over to the mail server."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

from domain.directory import EMAIL
from letters.render import Rendered

PERMANENT = 500
CLOSING = 421
"""The server closes the connection (RFC 5321, section 3.8)."""
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


class RecipientRefused(Exception):
    """The mail server will never take this letter; its answer, without addresses."""


class NotNow(Exception):
    """The mail server asks to try this letter again later; its answer, without addresses."""


class MailServerAway(NotNow):
    """The mail server cannot be reached or does not let us in, for any letter; why, without addresses."""


class Sender:
    """The mail server: where it is, how the connection is secured, and who writes."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: Literal["none", "starttls", "tls"],
        username: str,
        password: str,
        sender: str,
        timeout: float = 30,
    ) -> None:
        self._host, self._port = host, port
        self._tls: Literal["none", "starttls", "tls"] = tls
        self._login = (username, password) if username else None
        self._sender, self._timeout = sender, timeout

    def message_id(self, parts: Iterable[str]) -> str:
        """The same letter to the same reader has the same id, by which mail systems know it again."""
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
        return f"<{digest}@{self._sender.rpartition('@')[2]}>"

    async def send(self, rendered: Rendered, to: str, message_id: str, at: datetime) -> str:
        """Hand the letter over. Returns the server's answer.

        Raises ``RecipientRefused``, ``NotNow``, or ``MailServerAway`` where other letters would fare no better.
        """
        if not EMAIL.fullmatch(to):
            raise RecipientRefused("the address cannot be written to")
        message = _message(rendered, self._sender, to, message_id, at)
        try:
            async with self._connection() as server:
                if self._login:
                    await server.login(*self._login)
                _, answer = await server.send_message(message, sender=self._sender, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0].code, error.recipients[0].message) from None
        except aiosmtplib.SMTPDataError as error:
            raise _refusal(error.code, error.message) from None
        except aiosmtplib.SMTPResponseException as error:
            # Greeting, login or sender were not accepted: ours to put right, not the reader's.
            words = f"{error.code} {without_addresses(error.message)}"
            raise MailServerAway(f"the mail server does not let us in ({words})") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailServerAway(f"the mail server cannot be reached ({type(error).__name__})") from None
        return without_addresses(answer)

    def _connection(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls == "tls",
            start_tls=self._tls == "starttls",
            timeout=self._timeout,
        )


def without_addresses(answer: str) -> str:
    """The mail server's answer, verbatim but for addresses."""
    return _ADDRESS.sub("(address)", answer)[:500]


def _refusal(code: int, answer: str) -> RecipientRefused | NotNow:
    words = f"{code} {without_addresses(answer)}"
    if code >= PERMANENT:
        return RecipientRefused(words)
    return MailServerAway(words) if code == CLOSING else NotNow(words)


def _message(rendered: Rendered, sender: str, to: str, message_id: str, at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = rendered.subject
    message["From"] = Address("Serious case reviews", addr_spec=sender)
    message["To"] = to
    message["Date"] = at
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message
